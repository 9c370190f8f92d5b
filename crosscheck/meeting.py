"""What the standardisation meeting decided: how criteria are read, and the points agreed on for exemplar works.

What was recorded before the first packet was printed stands in all packets; what comes later is a supplement, and never
changes what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import CriterionId, Given, NotAttempted, Points, WorkId, is_control


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision by its number; `criterion` is empty where it is about all."""

    number: int
    criterion: str
    text: str


Agreed = Mapping[CriterionId, Given]


@dataclass(frozen=True, slots=True)
class Exemplar:
    """Agreed points of an exemplar work, in order of criteria; none where they were taken back. `number`: of
    `exemplar_numbers`; no number of the work itself is shown to those who may have it in hand."""

    number: int
    points: tuple[tuple[CriterionId, Given], ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Decisions in order of their numbers; exemplar works that may be shown, in order of theirs."""

    decisions: tuple[Decision, ...] = ()
    exemplars: tuple[Exemplar, ...] = ()

    @property
    def said(self) -> bool:
        """Is there anything to print?"""
        return bool(self.decisions or self.exemplars)

    def about(self, criteria: frozenset[CriterionId]) -> Meeting:
        """What whoever marks these criteria needs of it."""
        decisions = tuple(one for one in self.decisions if not one.criterion or one.criterion in criteria)
        shown = (Exemplar(e.number, tuple((c, g) for c, g in e.points if c in criteria)) for e in self.exemplars)
        return Meeting(decisions, tuple(one for one in shown if one.points))


NOTHING_DECIDED = Meeting()


def printed(connection: Connection) -> Meeting:
    """What stands in packets. Points of works that are hidden among the others of somebody are not shown: who saw them
    would know the answer."""
    decisions = queries.all_of(connection, facts.MeetingDecision, supplement=0)
    return _meeting(connection, decisions, queries.all_of(connection, facts.AgreedPoints, supplement=0))


def supplement(connection: Connection) -> Meeting:
    """What came, changed or was taken back (an empty text, no points) after packets were printed; of an exemplar
    work all that stands where any of it came later."""
    later = queries.all_of(connection, facts.AgreedPoints, supplement=1)
    works = {one.work for one in later}
    every = [one for one in queries.all_of(connection, facts.AgreedPoints) if one.work in works]
    return _meeting(connection, queries.all_of(connection, facts.MeetingDecision, supplement=1), every, withdrawn=True)


def _meeting(
    connection: Connection,
    decisions: list[facts.MeetingDecision],
    points: list[facts.AgreedPoints],
    *,
    withdrawn: bool = False,
) -> Meeting:
    newest = {one.decision: one for one in decisions}  # in order of arrival
    said = (Decision(one.decision, one.criterion, one.text) for one in newest.values() if one.text or withdrawn)
    numbers = exemplar_numbers(connection)
    exemplars = (
        Exemplar(numbers[work], tuple(sorted(agreed.items())))
        for work, agreed in _agreed(points).items()
        if work in numbers and (agreed or withdrawn)
    )
    return Meeting(
        tuple(sorted(said, key=lambda one: one.number)), tuple(sorted(exemplars, key=lambda one: one.number))
    )


def exemplar_numbers(connection: Connection) -> Mapping[WorkId, int]:
    """The number of each exemplar work that may be shown, without a gap: one would tell experts that a work is hidden
    among theirs. Those that stand in packets first, in the order in which they were agreed on; then those that came
    later."""
    hidden = {a.work for a in queries.standing_assignments(connection) if is_control(a.marking)}
    rows = [one for one in queries.all_of(connection, facts.AgreedPoints) if one.work not in hidden]
    printed_ones = _agreed([one for one in rows if not one.supplement])
    later = (WorkId(one.work) for one in rows if one.supplement)
    works = dict.fromkeys([*(work for work, points in printed_ones.items() if points), *later])
    return {work: number for number, work in enumerate(works, start=1)}


def agreed_points(connection: Connection) -> Mapping[WorkId, Agreed]:
    """Agreed points of every exemplar work as they stand now."""
    found = _agreed(queries.all_of(connection, facts.AgreedPoints))
    return {work: points for work, points in found.items() if points}


def _agreed(rows: list[facts.AgreedPoints]) -> dict[WorkId, dict[CriterionId, Given]]:
    """The newest of each criterion, none where all were taken back; works in the order in which they were agreed on
    first."""
    found: dict[WorkId, dict[CriterionId, Given]] = {}
    for one in rows:  # in order of arrival
        points = found.setdefault(WorkId(one.work), {})
        points.pop(CriterionId(one.criterion), None)
        if one.kind == "points" and one.points is not None:
            points[CriterionId(one.criterion)] = Points(one.points)
        elif one.kind == "not_attempted":
            points[CriterionId(one.criterion)] = NotAttempted()
    return found


def packets_printed(connection: Connection) -> bool:
    """Is what comes now a supplement?"""
    return queries.count_of(connection, facts.PacketPrint) > 0
