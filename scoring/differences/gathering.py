"""From the ledger to what differences are found in: markings with their evidence, cells in doubt, what people said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.meeting import agreed_points
from crosscheck.model import (
    APPEAL_MARKING,
    AnonymousNumber,
    CriterionId,
    Given,
    Marking,
    MarkingKey,
    NotAttempted,
    Points,
    TaskId,
    WorkId,
)
from crosscheck.procedure import Procedure
from scoring.differences.beside import own_markings
from scoring.differences.causes import Cause, Doubted, caused, known
from scoring.differences.kinds import (
    NO_JOURNAL,
    Beside,
    Comparison,
    Discrepancy,
    JournalMark,
    MarkingSeen,
    Name,
    ScoreSeen,
    WorkSeen,
)
from scoring.differences.states import Act, Note, State
from scoring.differences.states import state as stands_at
from scoring.discrepancies import found_in
from scoring.forms.recorded import school_said
from scoring.forms.stated import NOTHING_SAID
from scoring.places import Place
from scoring.severities import severities


@dataclass(frozen=True, slots=True)
class Entry:
    """A difference as the list has it: with its likely cause, what people said of it, and where it stands."""

    found: Discrepancy
    cause: Cause
    notes: tuple[Note, ...]
    state: State


def entries(
    connection: Connection,
    procedure: Procedure,
    works: tuple[WorkSeen, ...],
    journal: Mapping[WorkId, JournalMark] = NO_JOURNAL,
) -> tuple[Entry, ...]:
    """The one list of differences between accounts of these works. journal: marks in journals, where somebody with the
    coordinator's key had them opened."""
    beside = Beside(own_markings(connection), journal)
    found = found_in(procedure, works, beside)
    own = {work: account.stated for work, account in beside.own.items()}
    beneath = known(procedure, works, found.stands, severities(procedure, works), doubted(connection), own)
    causes, said = caused(beneath, found.listed), notes(connection)
    return tuple(
        Entry(one, cause, mine := said.get(one.kept_as, ()), stands_at(one, mine))
        for one, cause in zip(found.listed, causes, strict=True)
    )


def notes(connection: Connection) -> Mapping[Name, tuple[Note, ...]]:
    """What people said of differences, in order, by the names they are kept under."""
    found: dict[Name, list[Note]] = {}
    for row in queries.signed_rows(connection, facts.DiscrepancyNote):
        name = Name(WorkId(str(row["work"])), Comparison(str(row["comparison"])), TaskId(str(row["task"])))
        note = Note(Act(str(row["act"])), str(row["found"]), str(row["why"]), str(row["who"]), str(row["at"]))
        found.setdefault(name, []).append(note)
    return {name: tuple(several) for name, several in found.items()}


def doubted(connection: Connection) -> list[Doubted]:
    """Cells of score sheets that weren't beyond doubt when they were read, or aren't any more."""
    waiting = {finding.finding for finding in queries.open_findings(connection)}
    have = {(s.work, s.marking, s.criterion): s.source for s in queries.standing_scores(connection)}
    found = []
    for cell in queries.all_of(connection, facts.CellReading):
        key = (cell.work, cell.marking, cell.criterion)
        still = not waiting.isdisjoint(state.doubts_of(*key)) or key not in have
        if still or cell.kind not in ("points", "not_attempted"):
            place = Place(WorkId(cell.work), Marking(cell.marking), CriterionId(cell.criterion))
            might_be = tuple(map(_given, json.loads(cell.candidates)))
            found.append(Doubted(place, might_be, still, have.get(key) in ("review", "entry")))
    return found


def _given(sign: str) -> Given:
    return NotAttempted() if sign == "X" else Points(int(sign))


def works_seen(connection: Connection, procedure: Procedure) -> tuple[WorkSeen, ...]:
    """Every numbered work with its markings, by number, experts by a number of their own. A marking whose parts have
    different experts is seen part by part."""
    experts, owners = expert_numbers(connection), procedure.owners
    assigned = {a.key: a.expert for a in queries.standing_assignments(connection)}
    crops = {(c.work, c.marking, c.criterion): c.crop for c in queries.all_of(connection, facts.CellReading)}
    scores: dict[MarkingKey, list[ScoreSeen]] = {}
    for score in queries.standing_scores(connection):
        given: Given = NotAttempted() if score.points is None else Points(score.points)
        cell = (score.work, score.marking, score.criterion)
        seen = ScoreSeen(CriterionId(score.criterion), given, crops.get(cell))
        scores.setdefault(owners.key(*cell), []).append(seen)
    found: dict[WorkId, list[MarkingSeen]] = {}
    for number in sorted(queries.all_of(connection, facts.Number), key=lambda n: n.number):
        expert, key = experts.get(assigned.get(number.key, ""), ""), number.key
        one = MarkingSeen(key.marking, AnonymousNumber(number.number), expert, tuple(scores.get(key, ())), key.part)
        found.setdefault(key.work, []).append(one)
    # What an appeal decided has no number of its own: nobody was given the work under one.
    for key, decided in scores.items():
        if key.marking == APPEAL_MARKING and key.work in found:
            number_of = min(found[key.work], key=lambda m: (m.marking, m.part)).number
            found[key.work].append(MarkingSeen(key.marking, number_of, "", tuple(decided)))
    said, agreed = school_said(connection), agreed_points(connection)
    return tuple(
        WorkSeen(
            work,
            tuple(sorted(markings, key=lambda m: (m.marking, m.part))),
            said.get(work, NOTHING_SAID),
            agreed.get(work, {}),
        )
        for work, markings in found.items()
    )


def expert_numbers(connection: Connection) -> dict[str, str]:
    """Experts by number before release: the order of their first packets, which says nothing about schools."""
    numbers: dict[str, str] = {}
    for packet in sorted(queries.all_of(connection, facts.Packet), key=lambda p: p.packet):
        numbers.setdefault(packet.expert, str(len(numbers) + 1))
    return numbers
