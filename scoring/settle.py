"""What people decide about scores: doubtful cells, keyed sheets, corrections. Every decision is a new fact."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from crosscheck import facts, numbering, packetcode
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import AnonymousNumber, CriterionId, Given, Marking, MarkingKey, NotAttempted, Points, WorkId
from crosscheck.names import meant
from crosscheck.numbering import packet_code, spaced
from crosscheck.packetcode import PacketCode
from crosscheck.procedure import Procedure, paper_digest
from scoring.decide import Rule
from scoring.places import Place as Place


class NoSuchNumber(CrosscheckError):
    number, exit = 3070, Exit.USAGE
    sentence = "{number} is not the number of a work given to an expert."
    remedy = "Type all seven digits as printed on the sheet; the last one is a check digit."


class NoSuchCriterion(CrosscheckError):
    number, exit = 3071, Exit.USAGE
    sentence = "There is no criterion {criterion} to score here; there are: {known}."
    remedy = "Type the criterion as it stands above the column."


class NotPoints(CrosscheckError):
    number, exit = 3072, Exit.USAGE
    sentence = "{found} is not possible for criterion {criterion}: it takes 0 to {maximum}, or X."
    remedy = "Look at the sheet again; nothing was recorded."


class StandsAlready(CrosscheckError):
    number, exit = 3073, Exit.USAGE
    sentence = "Criterion {criterion} of work {number} has {points} points already."
    remedy = "To correct it, repeat the command with --correct and say why."


class NoSuchPacket(CrosscheckError):
    number, exit = 3074, Exit.USAGE
    sentence = "There is no packet {code}."
    remedy = "Type the packet's code as printed on its cover; the last digit is a check digit."


class PacketTakenBack(CrosscheckError):
    number, exit = 3080, Exit.USAGE
    sentence = "All works of packet {code} were taken back from its expert: nothing of it counts."
    remedy = "Key the packets that were printed instead; keep this one apart, for the protocol."


def numbered(connection: Connection, number: str) -> MarkingKey:
    """The work, marking and part of an anonymous number as typed. Raises NoSuchNumber."""
    parsed = numbering.parsed(number)
    found = None if parsed is None else queries.one_of(connection, facts.Number, number=parsed)
    if found is None:
        raise NoSuchNumber(number=number)
    return found.key


def place_of(connection: Connection, procedure: Procedure, number: str, criterion: str) -> Place:
    """The cell that a number and a criterion name. Raises NoSuchNumber, NoSuchCriterion."""
    key = numbered(connection, number)
    rows = queries.standing_rows(connection, work=key.work, marking=key.marking, part=key.part)
    asked = frozenset[CriterionId]().union(*(state.asked(row, procedure) for row in rows))
    return Place(key.work, key.marking, criterion_called(sorted(asked), criterion))


def criterion_called(known: Sequence[CriterionId], typed: str) -> CriterionId:
    """The criterion that is meant, on whichever keyboard its letter was typed. Raises NoSuchCriterion."""
    if (found := meant(known, typed)) is None:
        raise NoSuchCriterion(criterion=typed, known=", ".join(known) or "-")
    return CriterionId(found)


def given_of(procedure: Procedure, criterion: CriterionId, text: str) -> Given:
    """Points or X as typed (Latin X and Cyrillic Х are the same). Above the maximum: refused. Raises NotPoints."""
    typed = text.strip().upper()
    if typed in ("X", "Х"):
        return NotAttempted()
    maximum = next(c.maximum for c in procedure.criteria if c.id == criterion)
    if not (typed.isascii() and typed.isdigit()) or int(typed) > maximum:
        raise NotPoints(found=text, criterion=criterion, maximum=maximum)
    return Points(int(typed))


def given_from(points: int | None) -> Given:
    """From what is stored: None is X."""
    return NotAttempted() if points is None else Points(points)


def points_of(given: Given) -> int | None:
    """As stored: X is None."""
    return None if isinstance(given, NotAttempted) else given.value


def record(writer: Writer, place: Place, given: Given, source: str, why: str, *, correct: bool = False) -> bool:
    """Add a score. False when the same one stands; another one is only replaced with `correct`."""
    work, marking, criterion = place.work, int(place.marking), place.criterion
    where: dict[str, object] = {"work": work, "marking": marking, "criterion": criterion}
    standing = queries.standing_scores(writer.connection, **where)
    revision = queries.next_revision(writer.connection, facts.Score, **where)
    points = points_of(given)
    # After something was taken back, the same again is said anew.
    if standing and standing[-1].points == points and standing[-1].revision == revision - 1:
        return False
    if standing and standing[-1].points != points and not correct:
        raise _stands_already(writer.connection, standing[-1])
    page = next((c.page for c in queries.all_of(writer.connection, facts.CellReading, **where)), "")
    return writer.append(facts.Score(work, marking, criterion, revision, points, source, page, why))


def require_free(connection: Connection, place: Place, given: Given) -> None:
    """Raise StandsAlready when another score stands."""
    where: dict[str, object] = {"work": place.work, "marking": int(place.marking), "criterion": place.criterion}
    for score in queries.standing_scores(connection, **where):
        if score.points != points_of(given):
            raise _stands_already(connection, score)


def _stands_already(connection: Connection, score: facts.Score) -> StandsAlready:
    """Said by the number on the sheet: what a work is called inside means nothing to anybody."""
    rows = queries.standing_rows(connection, work=score.work, marking=score.marking)
    number = next((spaced(AnonymousNumber(row.number)) for row in rows), score.work)
    return StandsAlready(criterion=score.criterion, number=number, points=_shown(score.points))


def stands_undoubted(connection: Connection, place: Place, given: Given) -> bool:
    """Whether this very score stands and nothing puts it in doubt: then there is nothing to say."""
    where: dict[str, object] = {"work": place.work, "marking": int(place.marking), "criterion": place.criterion}
    newest = queries.next_revision(connection, facts.Score, **where) - 1
    standing = [score for score in queries.standing_scores(connection, **where) if score.revision == newest]
    open_ = {finding.finding for finding in queries.open_findings(connection)}
    doubted = not open_.isdisjoint(state.doubts_of(place.work, int(place.marking), place.criterion))
    return not doubted and [score.points for score in standing] == [points_of(given)]


def _shown(points: int | None) -> str:
    return "X" if points is None else str(points)


def spelled(given: Given) -> str:
    """As people write it."""
    return _shown(points_of(given))


def read_otherwise(cell: facts.CellReading, keyed: facts.Score) -> bool:
    """Whether digits were read, with no other value likely, that a person who didn't see them keyed otherwise."""
    candidates = json.loads(cell.candidates)
    if keyed.source != "entry" or cell.rule not in (Rule.DIGITS, Rule.SUM_DIFFERS) or len(candidates) != 1:
        return False
    return bool(candidates[0] != ("X" if keyed.points is None else str(keyed.points)))


def tell_difference(writer: Writer, cell: facts.CellReading) -> None:
    """A cell was read otherwise than it was keyed: a person must look."""
    name = state.differs_name(cell.work, cell.marking, cell.criterion)
    detail = f"criterion {cell.criterion}: entered and read points differ"
    if queries.one_of(writer.connection, facts.Finding, finding=name) is None:
        writer.append(facts.Finding(name, "entry_differs", cell.work, detail))


def tell_difference_at(writer: Writer, place: Place) -> None:
    """The same where only the place is known."""
    where: dict[str, object] = {"work": place.work, "marking": int(place.marking), "criterion": place.criterion}
    if (cell := queries.one_of(writer.connection, facts.CellReading, **where)) is not None:
        tell_difference(writer, cell)


def compare_with_reading(writer: Writer, place: Place) -> None:
    """Compare what was just keyed with digits that a machine read in the same cell."""
    where: dict[str, object] = {"work": place.work, "marking": int(place.marking), "criterion": place.criterion}
    cell = queries.one_of(writer.connection, facts.CellReading, **where)
    standing = queries.standing_scores(writer.connection, **where)
    if cell is not None and standing and read_otherwise(cell, standing[-1]):
        tell_difference(writer, cell)


def close_doubts(writer: Writer, place: Place, why: str) -> None:
    """Close the findings that put a cell in doubt: a person has looked at it."""
    names = state.doubts_of(place.work, int(place.marking), place.criterion)
    still = {finding.finding for finding in queries.open_findings(writer.connection)}
    writer.append_all(facts.FindingClosed(name, why) for name in sorted(names & still))


def packet_of(connection: Connection, procedure: Procedure, text: str) -> PacketCode:
    """A packet from its code as typed or scanned. Raises NotAPacketCode (E6064), NoSuchPacket, PacketTakenBack."""
    return standing(connection, packetcode.required(text, paper_digest(procedure)))


def standing(connection: Connection, found: PacketCode) -> PacketCode:
    """The same, of a code that was understood. Raises NoSuchPacket, PacketTakenBack."""
    code = packet_code(found.packet)
    if queries.one_of(connection, facts.Packet, packet=found.packet) is None:
        raise NoSuchPacket(code=code)
    if not queries.standing_rows(connection, packet=found.packet):
        raise PacketTakenBack(code=code)
    return found


def all_scores(
    connection: Connection, /, **equals: object
) -> Mapping[WorkId, Mapping[Marking, Mapping[CriterionId, Given]]]:
    """Scores that stand, or those of them whose fields equal the given ones: by work, marking, criterion."""
    found: dict[WorkId, dict[Marking, dict[CriterionId, Given]]] = {}
    for score in queries.standing_scores(connection, **equals):
        given = given_from(score.points)
        marking = found.setdefault(WorkId(score.work), {}).setdefault(Marking(score.marking), {})
        marking[CriterionId(score.criterion)] = given
    return found
