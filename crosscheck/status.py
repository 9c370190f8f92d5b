"""What is done, what waits and whether everything is accounted for: counted from the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crosscheck import facts, rowsums
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.laws import Counts, Law, laws
from crosscheck.model import THIRD_MARKING, CriterionId, Fate, Marking, MarkingKey, Part, WorkId, counts_in_result
from crosscheck.procedure import Procedure

_MOST = 1_000_000


class Unbalanced(CrosscheckError):
    number, exit = 4006, Exit.LEDGER
    sentence = "Not everything is accounted for: {law}."
    remedy = (
        "Settle the pages that wait (`crosscheck pages list`), or let a named person go on with "
        "`crosscheck status --override {name} --why REASON`."
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A stage and how many units wait in it."""

    stage: str
    units: int


def asked(row: facts.PacketRow | facts.Assignment, procedure: Procedure) -> frozenset[CriterionId]:
    """The criteria that a row of a packet, or an assignment, asks for."""
    if row.criteria:
        return frozenset(CriterionId(criterion) for criterion in json.loads(row.criteria))
    return frozenset(criterion.id for criterion in procedure.criteria)


def scored(connection: Connection) -> dict[tuple[WorkId, Marking], frozenset[CriterionId]]:
    """Criteria with a score that stands, by work and marking."""
    found: dict[tuple[WorkId, Marking], set[CriterionId]] = {}
    for score in queries.standing_scores(connection):
        found.setdefault((WorkId(score.work), Marking(score.marking)), set()).add(CriterionId(score.criterion))
    return {key: frozenset(criteria) for key, criteria in found.items()}


def complete(connection: Connection, procedure: Procedure) -> frozenset[MarkingKey]:
    """Markings that came back with every criterion they were asked for."""
    have = scored(connection)
    return frozenset(
        row.key
        for row in counted_assignments(connection)
        if asked(row, procedure) <= have.get((row.key.work, row.key.marking), frozenset())
    )


def counted_assignments(connection: Connection) -> list[facts.Assignment]:
    """Who marks what, as far as it counts: without control markings and re-markings, for which no result waits."""
    given = queries.standing_assignments(connection)
    return [one for one in given if counts_in_result(one.marking)]


def wanted(procedure: Procedure, works: Iterable[WorkId]) -> Iterator[MarkingKey]:
    """Every independent marking of every part of these works."""
    parts = [part.number for part in procedure.parts]
    return (MarkingKey(work, m, part) for work in works for m in procedure.independent() for part in parts)


def missing_pages(connection: Connection) -> frozenset[tuple[str, int]]:
    """Pages declared missing and not found since."""
    return frozenset(
        (page.work, page.page_no) for page in queries.latest_of(connection, facts.MissingPage) if not page.withdrawn
    )


def expected_pages(connection: Connection) -> frozenset[tuple[str, int]]:
    """Every page of every work that should exist."""
    forms = queries.all_of(connection, facts.IssuedForm)
    listed = queries.all_of(connection, facts.ManifestPage)
    from_forms = ((form.work, n) for form in forms for n in range(1, form.pages + 1))
    return frozenset((*from_forms, *((page.work, page.page) for page in listed)))


def numbered_pages(connection: Connection) -> dict[WorkId, int]:
    """How many pages each numbered work has."""
    found = queries.all_of(connection, facts.NumberedPages)
    return {WorkId(each.work): len(json.loads(each.pages)) for each in found}


def counts(connection: Connection, procedure: Procedure) -> Counts:
    """Count everything the laws are about."""
    pages = queries.pages_of_purpose(connection, "works")
    fate_of = {fate.page: fate for fate in queries.latest_of(connection, facts.PageFate)}
    fates = Counter(_fate_name(page, fate_of) for page in pages)
    known = [(f.work, f.page_no) for f in fate_of.values() if f.fate == Fate.KNOWN.value]
    expected, missing = expected_pages(connection), missing_pages(connection)
    works = {WorkId(work.work) for work in queries.all_of(connection, facts.Work)}
    absent = {WorkId(work.work) for work in queries.all_of(connection, facts.Absence)}
    numbered = [WorkId(work) for work in queries.numbered_works(connection)]
    called = {WorkId(call.work) for call in queries.all_of(connection, facts.ThirdCall)}
    assigned = [a.key for a in counted_assignments(connection)]
    asked_for = {*wanted(procedure, numbered), *(MarkingKey(work, THIRD_MARKING) for work in called)}
    waits = asked_for - set(assigned)
    back = complete(connection, procedure)
    return Counts(
        scanned=sum(file.pages for file in _files(connection, "works")),
        fates=fates,
        expected=len(expected),
        known=len(known),
        missing=len(missing),
        pages_waiting=len(expected - set(known) - missing),
        declared=len(works),
        numbered=len(numbered),
        absent=len(absent),
        works_waiting=len(works - set(numbered) - absent),
        wanted=len(asked_for),
        assigned=len(assigned),
        unassignable=len(_unassignable(connection) & waits),
        markings_waiting=len(waits - _unassignable(connection)),
        returned=len(back),
        outstanding=sum(key not in back for key in assigned),
    )


def _fate_name(page: facts.ScanPage, fate_of: dict[str, facts.PageFate]) -> str:
    if page.page in fate_of:
        return fate_of[page.page].fate
    return "unreadable" if page.fault else "waiting"


def _files(connection: Connection, purpose: str) -> list[facts.ScanFile]:
    batches = {batch.batch for batch in queries.all_of(connection, facts.Batch, purpose=purpose)}
    return [file for file in queries.all_of(connection, facts.ScanFile) if file.batch in batches]


def subject_of(key: MarkingKey) -> str:
    """How a finding names a marking; the whole work has no third figure."""
    return f"{key.work}:{key.marking}" + (f":{key.part}" if key.part else "")


def _unassignable(connection: Connection) -> frozenset[MarkingKey]:
    stuck = (f.subject.split(":") for f in queries.open_findings(connection) if f.kind == "unassignable")
    return frozenset(_named(*words) for words in stuck)


def _named(work: str, marking: str, part: str = "0") -> MarkingKey:
    return MarkingKey(WorkId(work), Marking(int(marking)), Part(int(part)))


def all_laws(connection: Connection, procedure: Procedure) -> tuple[Law, ...]:
    """Every law of the ledger as it stands."""
    return laws(counts(connection, procedure), in_parts=procedure.in_parts)


def require_balance(connection: Connection, procedure: Procedure) -> None:
    """Raise Unbalanced unless every law balances or a named person let it pass."""
    let_pass = {override.law for override in queries.all_of(connection, facts.Override)}
    for law in all_laws(connection, procedure):
        if not law.balanced and law.name not in let_pass:
            raise Unbalanced(law=law, name=law.name)


def waiting(connection: Connection, procedure: Procedure) -> tuple[Waiting, ...]:
    """How many units wait in each stage that the machine or a person can move on now."""
    totals = counts(connection, procedure)
    rows = {r.key for r in queries.standing_rows(connection)}
    assigned = {a.key for a in queries.standing_assignments(connection)}
    called = {WorkId(call.work) for call in queries.all_of(connection, facts.ThirdCall)}
    third = sum(MarkingKey(work, THIRD_MARKING) not in assigned for work in called)
    units = {
        "redact": len(queries.unread_pages(connection, "works", _MOST)),
        "number": totals.works_waiting,
        "allocate": totals.markings_waiting - third,
        "print": len(assigned - rows),
        "read": len(queries.unread_pages(connection, "sheets", _MOST)),
        "review": len(doubtful_cells(connection)) + len(rowsums.waiting(connection, procedure)),
        "adjudicate": third,
    }
    return tuple(Waiting(stage, n) for stage, n in units.items())


AUDIT_DIFFERS = "audit_differs"
_DOUBTS = ("entry_differs", rowsums.KIND, AUDIT_DIFFERS)


def differs_name(work: str, marking: int, criterion: str) -> str:
    """The name of the finding that a cell was read otherwise than it was keyed."""
    return f"differs-{work}-{marking}-{criterion}"


def audit_name(work: str, marking: int, criterion: str) -> str:
    """The name of the finding that a cell was keyed otherwise in an audit than what stands."""
    return f"audit-{work}-{marking}-{criterion}"


def doubts_of(work: str, marking: int, criterion: str) -> frozenset[str]:
    """The names of the findings that may put a cell in doubt although it has a score."""
    names = (differs_name, audit_name, rowsums.finding_name)
    return frozenset(name(work, marking, criterion) for name in names)


def doubtful_cells(connection: Connection) -> list[facts.CellReading]:
    """Cells that wait for a person: read but not accepted, read otherwise than somebody keyed them, in a row whose sum
    differs, or decided last by somebody who took it back."""
    differing = {f.finding for f in queries.open_findings(connection) if f.kind in _DOUBTS}
    have = {(s.work, s.marking, s.criterion) for s in queries.standing_scores(connection)}
    have -= _taken_back(connection)
    return [
        cell
        for cell in queries.all_of(connection, facts.CellReading)
        if (cell.work, cell.marking, cell.criterion) not in have
        or not differing.isdisjoint(doubts_of(cell.work, cell.marking, cell.criterion))
    ]


def _taken_back(connection: Connection) -> set[tuple[str, int, str]]:
    """Cells whose last score was taken back: whatever stood before it, a person looks once more."""
    newest = {(s.work, s.marking, s.criterion): s.revision for s in queries.latest_of(connection, facts.Score)}
    withdrawn = queries.all_of(connection, facts.ScoreWithdrawn)
    return {cell for t in withdrawn if newest[cell := (t.work, t.marking, t.criterion)] == t.revision}
