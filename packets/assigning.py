"""The stages that decide who marks what: independent markings, and third ones where they are called.

Origins are opened as tokens, with the organiser's key; nothing unverified is recorded.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crosscheck import doubts, facts, keys, numbering, safe
from crosscheck.conflicts import (
    Conflict,
    ConflictIndex,
    ExpertOrigin,
    OwnSchool,
    Source,
    WorkOrigin,
    index_conflicts,
    standing_conflicts,
)
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.declared import declared, is_over
from crosscheck.keys import PrivateKey
from crosscheck.model import (
    THIRD_MARKING,
    AnonymousNumber,
    ClassToken,
    ExpertId,
    Marking,
    MutualMarking,
    SchoolToken,
    Status,
    WorkId,
)
from crosscheck.procedure import Procedure, Scope
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.whoiswho import Persons, Standing, common_conflicts, common_origins, one_standing
from packets.errors import CannotAllocate, NotVerified
from packets.explain import Blocking, explain, sentence
from packets.exporting import exported
from packets.problem import (
    Assignment,
    Direction,
    ExpertCapacity,
    Infeasible,
    Problem,
    Solution,
    WorkToAssign,
    is_optimal,
    levels_proven,
)
from packets.solve import solve
from packets.verify import verify


@dataclass(frozen=True, slots=True)
class Origins:
    """Where works and experts come from, as tokens, and every conflict that stands. All codes of one person have the
    schools, classes and conflicts of all of them."""

    works: Mapping[WorkId, tuple[SchoolToken, ClassToken]]
    experts: Mapping[ExpertId, ExpertOrigin]
    conflicts: frozenset[Conflict]
    persons: Persons = field(default_factory=Persons)


@dataclass(frozen=True, slots=True)
class Allocated:
    """What was recorded: assignments, and the largest difference between the loads of experts."""

    assignments: int
    experts: int
    load_gap: int


def allocate(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign every independent marking that waits. Raises CannotAllocate with the reason in words."""
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        works = _works_waiting(connection, procedure)
        if not works:
            return Allocated(0, 0, 0)
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ALLOCATE)
    with station.ledger.writing() as writer:
        problem = Problem(
            works=tuple(WorkToAssign(work, *origins.works[work]) for work in works),
            experts=_experts(writer.connection, origins, frozenset(Status)),
            markings=procedure.independent(),
            different_schools=procedure.different_schools,
            conflicts=origins.conflicts,
            seed=_seed(station, procedure),
            mutual=procedure.mutual_schools,
            directions=directions_taken(writer.connection, procedure, origins),
        )
        return _decide(station, writer, problem, {})


def adjudicate(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign the third markings that were called, to experts of the right standing who never read the work."""
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        calls = _calls_waiting(connection)
        if not calls:
            return Allocated(0, 0, 0)
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ADJUDICATE)
    with station.ledger.writing() as writer:
        readers = {w: origins.persons.of_all(read) for w, read in _readers(writer.connection).items()}
        problem = Problem(
            works=tuple(
                WorkToAssign(work, *origins.works[work], readers[work], _schools(origins, readers[work]))
                for work in calls
            ),
            experts=_experts(writer.connection, origins, procedure.third_statuses),
            markings=(THIRD_MARKING,),
            different_schools=procedure.different_schools,
            statuses=procedure.third_statuses,
            conflicts=origins.conflicts,
            seed=_seed(station, procedure),
            mutual=procedure.mutual_schools,
            directions=directions_taken(writer.connection, procedure, origins),
        )
        criteria = {work: sorted(asked) for work, asked in calls.items()}
        done = _decide(station, writer, problem, criteria if procedure.rules.third_scope is Scope.DIFFERING else {})
        _number_thirds(writer, station.secret(), calls)
        return done


CONFLICT = "conflict_of_interest"


def needs_check(connection: Connection) -> bool:
    """Whether conflicts changed since works were given out, and nobody checked."""
    return any(finding.kind == doubts.CHECK for finding in queries.open_findings(connection))


def check_again(station: Station, organiser: PrivateKey) -> int:
    """Hold every assignment against the conflicts as they stand now; how many are not allowed any more."""
    origins = open_origins(station, organiser, Purpose.ALLOCATE)
    index = index_conflicts(origins.conflicts)
    found = 0
    with station.ledger.writing() as writer:
        readers = _readers(writer.connection)
        for a in queries.all_of(writer.connection, facts.Assignment):
            work = WorkOrigin(WorkId(a.work), *origins.works[WorkId(a.work)])
            name = f"{CONFLICT}-{a.work}-{a.marking}"
            if sources := _against(index, origins.persons, ExpertId(a.expert), work, readers[work.work]):
                found += 1
                if queries.one_of(writer.connection, facts.Finding, finding=name) is None:
                    detail = f"{a.expert}: {', '.join(source.value for source in sources)}"
                    writer.append(facts.Finding(name, CONFLICT, f"{a.work}:{a.marking}", detail))
        for finding in queries.open_findings(writer.connection):
            if finding.kind == doubts.CHECK:
                writer.append(facts.FindingClosed(finding.finding, f"checked again: {found} not allowed"))
    return found


def _against(
    index: ConflictIndex, persons: Persons, expert: ExpertId, work: WorkOrigin, readers: frozenset[ExpertId]
) -> tuple[Source, ...]:
    """Why this expert may not have this work, which these codes read: nobody reads a work under two codes."""
    twice = (Source.PREVIOUS_MARKER,) if len(persons.of(expert) & readers) > 1 else ()
    return index.sources(expert, work) + twice


# --- what waits ---------------------------------------------------------------------------------


def _works_waiting(connection: Connection, procedure: Procedure) -> list[WorkId]:
    assigned = {assignment.work for assignment in queries.all_of(connection, facts.Assignment)}
    numbers = queries.all_of(connection, facts.Number, marking=int(procedure.independent()[0]))
    return sorted(WorkId(number.work) for number in numbers if number.work not in assigned)


def _calls_waiting(connection: Connection) -> dict[WorkId, set[str]]:
    assigned = {a.work for a in queries.all_of(connection, facts.Assignment, marking=int(THIRD_MARKING))}
    calls: dict[WorkId, set[str]] = {}
    for call in queries.all_of(connection, facts.ThirdCall):
        if call.work not in assigned:
            calls.setdefault(WorkId(call.work), set()).add(call.criterion)
    return dict(sorted(calls.items()))


def _readers(connection: Connection) -> dict[WorkId, frozenset[ExpertId]]:
    readers: dict[WorkId, frozenset[ExpertId]] = {}
    for assignment in queries.all_of(connection, facts.Assignment):
        work = WorkId(assignment.work)
        readers[work] = readers.get(work, frozenset()) | {ExpertId(assignment.expert)}
    return readers


def _schools(origins: Origins, experts: frozenset[ExpertId]) -> frozenset[SchoolToken]:
    return frozenset(school for expert in experts for school in origins.experts[expert].schools)


# --- origins ------------------------------------------------------------------------------------


def open_origins(station: Station, organiser: PrivateKey, purpose: Purpose) -> Origins:
    """Open the origin part of the vault; recorded."""

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, purpose, organiser, "allocation")

    works = {
        WorkId(work): (SchoolToken(row["school"]), ClassToken(row["class"]))
        for work, row in opened(RecordKind.WORK_ORIGIN).items()
    }
    experts = {
        ExpertId(expert): ExpertOrigin(
            ExpertId(expert),
            frozenset(SchoolToken(school) for school in row["schools"]),
            frozenset(ClassToken(token) for token in row["classes"]),
        )
        for expert, row in opened(RecordKind.EXPERT_ORIGIN).items()
    }
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        persons = doubts.persons(connection)
    experts = dict(common_origins(persons, experts))
    stated = [declared(row) for row in opened(RecordKind.CONFLICT).values() if not is_over(row, procedure)]
    conflicts = standing_conflicts(experts.values(), OwnSchool.FORBIDDEN) | common_conflicts(persons, stated)
    return Origins(works, experts, conflicts, persons)


def _experts(connection: Connection, origins: Origins, statuses: frozenset[Status]) -> tuple[ExpertCapacity, ...]:
    loads: dict[str, int] = {}
    for assignment in queries.all_of(connection, facts.Assignment):
        loads[assignment.expert] = loads.get(assignment.expert, 0) + 1
    codes = (
        Standing(ExpertId(e.expert), e.capacity, Status(e.status), loads.get(e.expert, 0))
        for e in queries.latest_of(connection, facts.Expert)
    )
    return tuple(
        ExpertCapacity(one.expert, origins.experts[one.expert].schools, one.capacity, one.load, one.status)
        for one in one_standing(origins.persons, codes)
        if one.status in statuses
    )


def directions_taken(connection: Connection, procedure: Procedure, origins: Origins) -> frozenset[Direction]:
    """Which school marks which already, where that is asked for."""
    if procedure.mutual_schools is MutualMarking.ALLOWED:
        return frozenset()
    rows = queries.all_of(connection, facts.Assignment)
    pairs = {(origins.works[WorkId(a.work)][0], ExpertId(a.expert)) for a in rows}
    return frozenset((school, other) for school, who in pairs for other in origins.experts[who].schools)


def _seed(station: Station, procedure: Procedure) -> int:
    return int(keys.keyed(station.secret(), "allocation", procedure.code)[:7], 16)


# --- deciding and recording ---------------------------------------------------------------------


def _decide(station: Station, writer: Writer, problem: Problem, criteria: Mapping[WorkId, Sequence[str]]) -> Allocated:
    solution = solve(problem)
    if isinstance(solution, Infeasible):
        blocking = explain(problem)
        raise CannotAllocate(reason=sentence(blocking) if isinstance(blocking, Blocking) else "")
    if violations := verify(problem, solution):
        raise NotVerified(first=violations[0], count=len(violations))
    # Origins are in it, so it lies sealed. Whoever doubts the allocation can have it checked elsewhere; the digest in
    # the ledger tells whether what was checked is what was recorded.
    text = exported(problem, solution).encode()
    name = _record(writer, problem, solution, criteria, hashlib.sha256(text).hexdigest())
    safe.keep_bytes(writer, station, RecordKind.ALLOCATION, name, text)
    able = {expert.expert for expert in problem.experts if expert.capacity}
    loads = [load for expert, load in solution.loads if expert in able]
    marking = {assignment.expert for assignment in solution.assignments}
    return Allocated(len(solution.assignments), len(marking), max(loads) - min(loads))


def _record(
    writer: Writer, problem: Problem, solution: Solution, criteria: Mapping[WorkId, Sequence[str]], digest: str
) -> str:
    rows = [(a.work, int(a.marking), a.expert) for a in solution.assignments]
    name = "A" + hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:12]
    proof = levels_proven(solution.certificate)
    certificate = {
        "verified": True,
        "optimal": is_optimal(solution.certificate),
        "loads": [list(load) for load in solution.loads],
        "levels": [dataclasses.asdict(level) for level in proof],
        "spread": problem.spread,
        "export_sha256": digest,
    }
    writer.append(facts.Allocation(name, solution.seed, solution.objective, json.dumps(certificate, sort_keys=True)))
    for assignment in solution.assignments:
        writer.append(_fact(assignment, name, criteria))
    return name


def _fact(assignment: Assignment, allocation: str, criteria: Mapping[WorkId, Sequence[str]]) -> facts.Assignment:
    asked = criteria.get(assignment.work)
    listed = json.dumps(list(asked), ensure_ascii=False) if asked is not None else ""
    return facts.Assignment(assignment.work, int(assignment.marking), assignment.expert, allocation, listed)


def _number_thirds(writer: Writer, secret: bytes, works: Mapping[WorkId, object]) -> None:
    numbers = queries.all_of(writer.connection, facts.Number)
    taken = {AnonymousNumber(number.number) for number in numbers}
    have = {number.work for number in numbers if number.marking == THIRD_MARKING}
    for work in works:
        if work not in have:
            drawn = numbering.number(secret, work, Marking(THIRD_MARKING), taken)
            taken.add(drawn)
            writer.append(facts.Number(work, int(THIRD_MARKING), drawn))
