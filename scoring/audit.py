"""Audits in the ledger: what is drawn, what is keyed again, what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Given, Marking, Points, WorkId, counts_in_result
from crosscheck.names import person
from crosscheck.procedure import Procedure
from crosscheck.sheetform import sheet_forms
from scoring import auditing, looks, settle
from scoring.auditing import Checked, Counts
from scoring.entry import RowToKey, check_of
from scoring.keying import Field, Row, State
from scoring.looks import Seen
from scoring.places import Place

_LARGEST_FILE = 100_000
_COUNTS = ("population", "rows", "wrong_rows", "cells", "wrong_cells")


class NothingToAudit(CrosscheckError):
    number, exit = 3086, Exit.USAGE
    sentence = "No row of a score sheet has all its points yet."
    remedy = "Read the sheets and settle what waits first; what is audited must stand."


class NoSuchAudit(CrosscheckError):
    number, exit = 3087, Exit.USAGE
    sentence = "There is no audit {audit}."
    remedy = "Draw one with `crosscheck read audit draw`; the newest is meant when none is named."


class NotAnAuditFile(CrosscheckError):
    number, exit = 3088, Exit.INPUT
    sentence = "{file} holds no counts of an audit: {why}."
    remedy = "Take the file that `crosscheck read audit export` wrote, unchanged."


# --- drawing ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an audit is to be drawn: so many rows by lot; works within `near` points of another mark (0: none); those
    within as many of another decision about a third marking, if `third`."""

    rows: int
    near: int
    third: bool


def draw(writer: Writer, procedure: Procedure, seed: str, wanted: Wanted) -> str:
    """Draw an audit; its name. Raises NothingToAudit."""
    connection = writer.connection
    whole = _whole_rows(connection, procedure)
    if not whole:
        raise NothingToAudit
    name = f"A{draws(connection) + 1}"
    order = auditing.lot(seed, whole)[: wanted.rows]
    close = _close(connection, procedure, wanted)
    near = sorted(number for number, row in whole.items() if row.work in close and number not in order)
    distance = wanted.near if close or wanted.third or procedure.boundaries else 0
    writer.append(facts.AuditDraw(name, seed, len(whole), len(order), distance, int(wanted.third)))
    writer.append_all(facts.AuditRow(name, number, "lot", place) for place, number in enumerate(order))
    writer.append_all(facts.AuditRow(name, number, "near", place) for place, number in enumerate(near))
    return name


def draws(connection: Connection) -> int:
    """How many audits were drawn."""
    return queries.count_of(connection, facts.AuditDraw)


def _whole_rows(connection: Connection, procedure: Procedure) -> dict[str, facts.PacketRow]:
    """Rows that count and have all their points, by number."""
    have = state.scored(connection)
    return {
        row.number: row
        for row in queries.standing_rows(connection)
        if counts_in_result(row.marking)
        and state.asked(row, procedure) <= have.get((WorkId(row.work), Marking(row.marking)), frozenset())
    }


def _close(connection: Connection, procedure: Procedure, wanted: Wanted) -> frozenset[str]:
    if not wanted.near:
        return frozenset()
    scores = settle.all_scores(connection)
    return frozenset(
        work
        for work, markings in scores.items()
        if _near_a_mark(procedure, markings, wanted.near)
        or (wanted.third and _near_a_third(procedure, markings, wanted.near))
    )


_Markings = Mapping[Marking, Mapping[CriterionId, Given]]


def _near_a_mark(procedure: Procedure, markings: _Markings, near: int) -> bool:
    # Where schools mark tasks, or experts only parts, no single marking makes the mark.
    if procedure.boundaries is None or procedure.school_criteria or procedure.in_parts:
        return False
    given: dict[CriterionId, list[int]] = {}
    for marking, points in markings.items():
        for criterion, one in points.items():
            if counts_in_result(marking):
                given.setdefault(criterion, []).append(settle.points_of(one) or 0)
    # Whatever rule makes one value of several, it lies between them.
    low, high = (sum(extreme(values) for values in given.values()) for extreme in (min, max))
    return auditing.may_change_mark(low, high, near, procedure.boundaries)


def _near_a_third(procedure: Procedure, markings: _Markings, near: int) -> bool:
    by_task = [_by_task(procedure, markings[m]) for m in procedure.independent() if m in markings]
    cut = procedure.rules.task_difference
    pairs = ((one, other) for at, one in enumerate(by_task) for other in by_task[at + 1 :])
    return any(
        far is not None and far <= near for one, other in pairs for far in [auditing.to_third_marking(one, other, cut)]
    )


def _by_task(procedure: Procedure, points: Mapping[CriterionId, Given]) -> dict[str, Given]:
    """Sums of tasks of which every criterion has points."""
    sums: dict[str, Given] = {}
    for task in procedure.marked_tasks:
        given = [points.get(criterion.id) for criterion in procedure.criteria_of(task.id)]
        if all(one is not None for one in given):
            sums[task.id] = Points(sum(one.value for one in given if isinstance(one, Points)))
    return sums


# --- what is keyed again ----------------------------------------------------------------------------


def draw_of(connection: Connection, audit: str | None) -> facts.AuditDraw:
    """An audit by name, or the newest one. Raises NoSuchAudit."""
    found = queries.all_of(connection, facts.AuditDraw)
    wanted = [one for one in found if audit in (None, one.audit)]
    if not wanted:
        raise NoSuchAudit(audit=audit or "-")
    return wanted[-1]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A row that was drawn, where it lies, and what was said of its cells in this audit."""

    draw: facts.AuditRow
    row: facts.PacketRow
    asked: tuple[CriterionId, ...]
    seen: Mapping[CriterionId, Seen]

    def place(self, criterion: CriterionId) -> Place:
        return Place(WorkId(self.row.work), Marking(self.row.marking), criterion)

    @property
    def done(self) -> bool:
        return len(self.seen) == len(self.asked)


def _drawn_rows(connection: Connection, procedure: Procedure, audit: str) -> list[_Drawn]:
    rows = {row.number: row for row in queries.standing_rows(connection)}
    seen: dict[Place, Seen] = {}
    for one in looks.all_seen(connection, source="audit", act=audit):
        seen[one.place] = one
    found = []
    for drawn in queries.all_of(connection, facts.AuditRow, audit=audit):
        row = rows.get(drawn.number)
        if row is None:  # it was taken back from its expert since: nothing of it counts
            continue
        asked = tuple(c.id for c in procedure.criteria if c.id in state.asked(row, procedure))
        said = {c: seen.get(Place(WorkId(row.work), Marking(row.marking), c)) for c in asked}
        kept = {c: look for c, look in said.items() if look is not None and look.look.kind != "taken_back"}
        found.append(_Drawn(drawn, row, asked, kept))
    return found


@dataclass(frozen=True, slots=True)
class ToKey:
    """A row to key again, and the paper that it stands on."""

    packet: int
    at: int
    row: RowToKey


def rows_to_key(connection: Connection, procedure: Procedure, audit: str, who: str) -> tuple[list[ToKey], int]:
    """What a person is asked, in the order of the paper; and how many rows they can't key, because they had a hand in
    them."""
    found: list[ToKey] = []
    own = 0
    for one in sorted(_drawn_rows(connection, procedure, audit), key=lambda d: (d.row.packet, d.row.row)):
        others = {person(seen.who) for seen in one.seen.values()} - {person(who)}
        if one.done or others:
            continue
        if person(who) in _hands(connection, one):
            own += 1
            continue
        found += _sheets(procedure, one)
    return found, own


def _hands(connection: Connection, one: _Drawn) -> frozenset[str]:
    """Who keyed or settled anything of this row."""
    where = {"work": one.row.work, "marking": one.row.marking}
    said = (s.who for s in looks.all_seen(connection, **where) if s.look.source in ("review", "entry"))
    scores = queries.signed_rows(connection, facts.Score, **where)
    return frozenset(map(person, (*said, *(str(r["who"]) for r in scores if r["source"] in ("review", "entry")))))


def _sheets(procedure: Procedure, one: _Drawn) -> list[ToKey]:
    found = []
    for form in sheet_forms(procedure, one.row.key.part):
        columns = [column.criterion for column in form.columns if column.criterion.id in one.asked]
        if not columns or all(criterion.id in one.seen for criterion in columns):
            continue
        fields = tuple(Field(criterion.id, criterion.maximum) for criterion in columns)
        keyed: list[Given] = []
        for field in fields:
            if field.criterion not in one.seen:
                break
            keyed.append(settle.given_from(one.seen[field.criterion].look.points))
        row = Row(one.row.number, fields, check_of(form, (field.maximum for field in fields)))
        place = one.place(fields[0].criterion)
        to_key = RowToKey(form.sheet, place.work, place.marking, row, State(tuple(keyed)))
        found.append(ToKey(one.row.packet, one.row.row, to_key))
    return found


def tell(writer: Writer, procedure: Procedure, audit: str) -> int:
    """A finding for each cell that was keyed otherwise than it stood: a person must look; how many were new."""
    told = {finding.finding for finding in queries.all_of(writer.connection, facts.Finding)}
    fresh = 0
    for one in _drawn_rows(writer.connection, procedure, audit):
        if not one.done:
            continue
        for criterion, seen in one.seen.items():
            name = state.audit_name(one.row.work, one.row.marking, criterion)
            if name not in told and not _same(seen, _stood(writer.connection, one.place(criterion), seen)):
                detail = f"criterion {criterion}: points keyed in audit {audit} differ from what stands"
                fresh += writer.append(facts.Finding(name, state.AUDIT_DIFFERS, one.row.work, detail))
    return fresh


def _stood(connection: Connection, place: Place, seen: Seen) -> facts.Score:
    """What stood when the cell was keyed again."""
    before = [
        s for s in queries.all_of(connection, facts.Score, **looks.where(place)) if s.revision < seen.look.revision
    ]
    return max(before, key=lambda score: score.revision)


def _same(seen: Seen, score: facts.Score) -> bool:
    return seen.look.points == score.points


# --- what was found ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """An audit as it stands. `checked`: of each drawn row by number, None before it was keyed. `packets`: packet and
    row of the paper. `open`: cells that differ and were not looked at again; they count as wrong until then."""

    draw: facts.AuditDraw
    rows: tuple[facts.AuditRow, ...]
    checked: Mapping[str, Checked | None]
    packets: Mapping[str, tuple[int, int]]
    open: int

    @property
    def by_lot(self) -> Counts:
        order = sorted((row for row in self.rows if row.how == "lot"), key=lambda row: row.place)
        return auditing.counted(self.draw.population, [self.checked[row.number] for row in order])

    @property
    def left(self) -> int:
        """Rows that were drawn and not keyed again yet."""
        return sum(row is None for row in self.checked.values())

    def near(self) -> tuple[int, int, int]:
        """Rows drawn for their closeness, how many of them were keyed again, and how many were wrong."""
        done = [self.checked[row.number] for row in self.rows if row.how == "near"]
        keyed = [row for row in done if row is not None]
        return len(done), len(keyed), sum(row.wrong > 0 for row in keyed)


def found(connection: Connection, procedure: Procedure, audit: str | None) -> Found:
    """What an audit has found so far. Raises NoSuchAudit."""
    draw = draw_of(connection, audit)
    rows = _drawn_rows(connection, procedure, draw.audit)
    still = {finding.finding for finding in queries.open_findings(connection)}
    checked = {one.row.number: _checked(connection, one, still) if one.done else None for one in rows}
    unsettled = sum(
        state.audit_name(one.row.work, one.row.marking, criterion) in still for one in rows for criterion in one.seen
    )
    packets = {one.row.number: (one.row.packet, one.row.row) for one in rows}
    return Found(draw, tuple(one.draw for one in rows), checked, packets, unsettled)


def _checked(connection: Connection, one: _Drawn, still: set[str]) -> Checked:
    wrong = sum(_is_wrong(connection, one, criterion, seen, still) for criterion, seen in one.seen.items())
    return Checked(len(one.seen), wrong)


def _is_wrong(connection: Connection, one: _Drawn, criterion: CriterionId, seen: Seen, still: set[str]) -> bool:
    """Whether what stood was wrong: it was changed since, or nobody has looked again yet."""
    place = one.place(criterion)
    stood = _stood(connection, place, seen)
    if _same(seen, stood):
        return False
    if state.audit_name(one.row.work, one.row.marking, criterion) in still:
        return True
    now = queries.standing_scores(connection, **looks.where(place))
    return not now or now[-1].points != stood.points


# --- from procedure to procedure --------------------------------------------------------------------


def exported(procedure: Procedure, audit: Found) -> bytes:
    """The counts of an audit for another ledger: no number, no name."""
    counts = asdict(audit.by_lot)
    said = {"crosscheck": "audit", "version": 1, "procedure": procedure.code, "audit": audit.draw.audit, **counts}
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def import_counts(writer: Writer, own: str, file: str, data: bytes) -> facts.AuditCount:
    """Record the counts that another procedure's ledger exported; own: code of this one, whose audit counts anyway.
    Raises NotAnAuditFile."""
    procedure, audit, counts = _parsed(file, data)
    if procedure == own:
        raise NotAnAuditFile(file=file, why=_("it is of this very procedure, whose audit counts anyway"))
    where = {"procedure": procedure, "audit": audit}
    known = queries.all_of(writer.connection, facts.AuditCount, **where)
    values = [getattr(counts, name) for name in _COUNTS]
    fact = facts.AuditCount(procedure, audit, len(known), *values)
    if known and [getattr(known[-1], name) for name in _COUNTS] == values:
        return known[-1]
    writer.append(fact)
    return fact


def _parsed(file: str, data: bytes) -> tuple[str, str, Counts]:
    if len(data) > _LARGEST_FILE:
        raise NotAnAuditFile(file=file, why=_("it is too large"))
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotAnAuditFile(file=file, why=_("it is not JSON")) from error
    if not isinstance(said, dict) or (said.get("crosscheck"), said.get("version")) != ("audit", 1):
        raise NotAnAuditFile(file=file, why=_("it says something else"))
    names = [said.get("procedure"), said.get("audit")]
    values = [said.get(name) for name in _COUNTS]
    if not all(isinstance(name, str) and name for name in names):
        raise NotAnAuditFile(file=file, why=_("it doesn't say of which audit it is"))
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        raise NotAnAuditFile(file=file, why=_("a count is missing"))
    try:
        return str(names[0]), str(names[1]), Counts(*(int(str(value)) for value in values))
    except ValueError as error:
        raise NotAnAuditFile(file=file, why=_("its counts contradict each other")) from error


def others(connection: Connection) -> Mapping[str, Counts]:
    """What was imported: of each procedure the audit that came last, because draws from the same rows overlap."""
    newest = {one.procedure: one for one in queries.latest_of(connection, facts.AuditCount)}
    return {name: Counts(*(getattr(one, count) for count in _COUNTS)) for name, one in newest.items()}
