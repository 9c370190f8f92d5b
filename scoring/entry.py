"""Score sheets that people key in: what is asked in which order, and what is recorded with each key.

Every cell is a fact at once, so that whoever is cut off goes on at the same cell. Scores are made when a row ends: its
sum, or Enter, has then said that it was keyed as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck import facts, labels, numbering, packetcode, rowsums
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.labels import Fault, Kind, Label, ShortLabel
from crosscheck.model import AnonymousNumber, CriterionId, Given, Marking, WorkId
from crosscheck.names import person
from crosscheck.packetcode import NoCode, NotAPacketCode, PacketCode
from crosscheck.procedure import Procedure, sheet_digest
from crosscheck.sheetform import SheetForm, sheet_forms
from scoring import looks, settle
from scoring.blind import Differs, Open, Said, Stands, TakenBack, verdict, voices
from scoring.keying import Check, Ending, Field, Row, State
from scoring.looks import Saying
from scoring.settle import Place


class OldPrint(CrosscheckError):
    number, exit = 3084, Exit.USAGE
    sentence = "This is print {found} of sheet {sheet} of packet {code}; print {newest} replaced it."
    remedy = "Key the newest print; keep this one apart, for the protocol."


# --- which packet -----------------------------------------------------------------------------------


def packet_of(connection: Connection, procedure: Procedure, text: str) -> PacketCode:
    """The packet whose code was typed, or read by a scanner from its cover or from one of its sheets. Raises
    NotAPacketCode, NoSuchPacket, PacketTakenBack, OldPrint."""
    label, by_keys = packetcode.label_of(text)
    if isinstance(label, Fault) or label.kind is not Kind.SHEET:
        return settle.packet_of(connection, procedure, text)
    if not _ours(label, procedure):
        raise NotAPacketCode(code=packetcode.shown(text), reason=packetcode.WHY[NoCode.OTHER_PROCEDURE])
    _require_newest(connection, label)
    return settle.standing(connection, PacketCode(label.number, label.round, by_keys))


def _ours(label: Label | ShortLabel, procedure: Procedure) -> bool:
    digest = sheet_digest(procedure)
    if isinstance(label, ShortLabel):
        return label.paper_digits == labels.paper_digits(digest)
    return label.paper == digest


def _require_newest(connection: Connection, label: Label | ShortLabel) -> None:
    printed = queries.all_of(connection, facts.Sheet, packet=label.number, sheet=label.page)
    newest = max((sheet.round for sheet in printed), default=label.round)
    if label.round < newest:
        code = numbering.packet_code(label.number)
        raise OldPrint(found=label.round + 1, sheet=label.page, code=code, newest=newest + 1)


# --- what is asked ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RowToKey:
    """A row of a sheet with what is still to be keyed, and how far it is already."""

    sheet: int
    work: WorkId
    marking: Marking
    row: Row
    state: State

    def place(self, index: int) -> Place:
        """The cell at a place of the row."""
        return Place(self.work, self.marking, self.row.fields[index].criterion)


@dataclass(frozen=True, slots=True)
class ForOthers:
    """Cells of a packet that wait for somebody else: keyed once, or keyed differently."""

    once: int
    differ: tuple[tuple[str, CriterionId], ...]  # number of the row, criterion


def rows_to_key(connection: Connection, procedure: Procedure, packet: int, who: str) -> list[RowToKey]:
    """What a person is asked of a packet: sheet by sheet, its rows from top to bottom, cells that have no score and of
    which this person said nothing. What others said isn't told."""
    rows = _rows(connection, packet)
    said = looks.by_cell(connection, [WorkId(row.work) for row in rows])
    have = _scores(connection, rows)
    sheets = {row.part: sheet_forms(procedure, row.key.part) for row in rows}
    most = max((len(forms) for forms in sheets.values()), default=0)
    found = (
        _row_to_key(procedure, row, sheets[row.part][sheet], said, have, person(who))
        for sheet in range(most)
        for row in rows
        if sheet < len(sheets[row.part])
    )
    return [row for row in found if row is not None]


def _rows(connection: Connection, packet: int) -> list[facts.PacketRow]:
    return sorted(queries.standing_rows(connection, packet=packet), key=lambda row: row.row)


def _scores(connection: Connection, rows: Sequence[facts.PacketRow]) -> Mapping[Place, int]:
    """Points that stand in these rows; X counts 0."""
    return {
        Place(WorkId(score.work), Marking(score.marking), CriterionId(score.criterion)): score.points or 0
        for row in rows
        for score in queries.standing_scores(connection, work=row.work, marking=row.marking)
    }


def _row_to_key(
    procedure: Procedure,
    row: facts.PacketRow,
    form: SheetForm,
    said: Mapping[Place, list[Said]],
    have: Mapping[Place, int],
    me: str,
) -> RowToKey | None:
    work, marking = WorkId(row.work), Marking(row.marking)
    asked = state.asked(row, procedure)
    maxima = {column.criterion.id: column.criterion.maximum for column in form.columns if column.criterion.id in asked}
    places = {criterion: Place(work, marking, criterion) for criterion in maxima}
    waiting = [criterion for criterion, place in places.items() if place not in have]
    mine = {c: voices(said.get(places[c], ())).get(me) for c in waiting}
    keyed = _leading(waiting, mine)
    settled = [c for c in keyed if _stands(procedure, said.get(places[c], ()))]
    fields = [*waiting[: len(keyed)], *(c for c in waiting[len(keyed) :] if mine[c] is None)]
    if not fields or (len(fields) == len(keyed) and not settled):
        return None
    beside = sum(have[place] for place in places.values() if place in have)
    beside += sum(_worth(mine[c]) for c in waiting if c not in fields)
    check = check_of(form, (maxima[c] for c in fields))
    made = Row(row.number, tuple(Field(c, maxima[c]) for c in fields), check, beside)
    return RowToKey(form.sheet, work, marking, made, State(tuple(keyed.values())))


def _leading(waiting: Sequence[CriterionId], mine: Mapping[CriterionId, Given | None]) -> dict[CriterionId, Given]:
    """What I keyed of the row before I was cut off: cells from the left without a gap."""
    keyed: dict[CriterionId, Given] = {}
    for criterion in waiting:
        given = mine[criterion]
        if given is None:
            break
        keyed[criterion] = given
    return keyed


def _stands(procedure: Procedure, said: Sequence[Said]) -> bool:
    return isinstance(verdict(said, procedure.keying.entry_people), Stands)


def _worth(given: Given | None) -> int:
    return 0 if given is None else settle.points_of(given) or 0


def check_of(form: SheetForm, maxima: Iterable[int]) -> Check:
    """What ends a row of a sheet, when cells with these maxima are keyed."""
    if not form.sums:
        return Check.ENTER
    return Check.LAST_DIGIT if all(most < 10 for most in maxima) else Check.WHOLE_SUM


def for_others(connection: Connection, procedure: Procedure, packet: int) -> ForOthers:
    """What of a packet waits for another person."""
    rows = _rows(connection, packet)
    have = _scores(connection, rows)
    once, differ = 0, []
    said = looks.by_cell(connection, [WorkId(row.work) for row in rows])
    for row in rows:
        for criterion in (c.id for c in procedure.criteria if c.id in state.asked(row, procedure)):
            place = Place(WorkId(row.work), Marking(row.marking), criterion)
            if place in have:
                continue
            match verdict(said.get(place, ()), procedure.keying.entry_people):
                case Differs():
                    differ.append((row.number, criterion))
                case Open(people) if people:
                    once += 1
                case _:
                    pass
    return ForOthers(once, tuple(differ))


# --- what is recorded -------------------------------------------------------------------------------


def keep(writer: Writer, place: Place, given: Given, audit: str = "") -> None:
    """A cell was keyed, in an audit where one is named."""
    looks.say(writer, place, given, _saying(audit))


def take_back(writer: Writer, place: Place, audit: str = "") -> None:
    """A cell that was keyed is to be keyed again."""
    looks.say(writer, place, TakenBack(), _saying(audit))


def _saying(audit: str) -> Saying:
    return Saying("audit" if audit else "entry", audit)


def end_row(writer: Writer, procedure: Procedure, one: RowToKey, ending: Ending) -> None:
    """The row was keyed to its end: what enough people said becomes a score. A sum that stands on the paper and isn't
    that of its points is told, and changes none of them."""
    for index in range(len(one.row.fields)):
        place = one.place(index)
        try:
            looks.conclude(writer, procedure, place, "entry")
        except settle.StandsAlready:  # it was read in the meantime, and otherwise
            settle.tell_difference_at(writer, place)
    if ending is Ending.SUM_DIFFERS:
        name = f"keyed_sum-{one.work}-{one.marking}-{one.sheet}"
        if queries.one_of(writer.connection, facts.Finding, finding=name) is None:
            number = numbering.spaced(AnonymousNumber(one.row.number))
            detail = f"{number}: the sum that is written on sheet {one.sheet} isn't that of the points keyed"
            writer.append(facts.Finding(name, rowsums.KIND, one.work, detail))
