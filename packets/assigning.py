"""The stages that decide who marks what: independent markings, and third ones where they are called.

Origins are opened as tokens, with the organiser's key; nothing unverified is recorded.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck import doubts, facts, keys, numbering, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import (
    THIRD_MARKING,
    AnonymousNumber,
    ExpertId,
    MarkingKey,
    SchoolToken,
    Status,
    WorkId,
)
from crosscheck.procedure import Procedure, Scheme, Scope
from crosscheck.station import Station
from crosscheck.status import numbered_pages
from crosscheck.vault import Purpose, RecordKind
from packets.calling import Calling
from packets.errors import CannotAllocate, NotVerified
from packets.exporting import exported
from packets.origins import Origins, open_origins
from packets.present import all_experts, directions_taken, experts_there, reserve
from packets.problem import (
    AnySchool,
    Assignment,
    ExpertCapacity,
    Infeasible,
    Problem,
    SchoolPairs,
    Solution,
    Who,
    WorkToAssign,
    is_optimal,
    levels_proven,
)
from packets.schemes import kept_whole, tournament
from packets.solve import solve
from packets.verify import verify
from packets.violations import in_sentence
from packets.waivers import said
from packets.wishing import Marker, wishes_of


@dataclass(frozen=True, slots=True)
class Allocated:
    """What was recorded: assignments, and the largest differences between experts' loads and between the pages of
    those who got works. `reserve`: places to be kept for third markings; `kept`: how many of them are."""

    assignments: int
    experts: int
    load_gap: int
    page_gap: int
    reserve: int = 0
    kept: int = 0


def allocate(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign every independent marking that waits. Raises CannotAllocate with the reason in words."""
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        works = _works_waiting(connection, procedure)
        if not works:
            return Allocated(0, 0, 0, 0)
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ALLOCATE)
    with station.ledger.writing() as writer:
        problem = _first_markings(station, writer.connection, origins, works)
        places = reserve(writer.connection, procedure, problem.experts)
        done = _decide(station, writer, problem, {}, places)
        left = all_experts(writer.connection, origins)
        kept = sum(min(places[e.expert], e.room) for e in left if e.expert in places)
        return dataclasses.replace(done, reserve=sum(places.values()), kept=kept)


def adjudicate(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign the third markings that were called, to experts of the right standing who never read the work."""
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        calls = _calls_waiting(connection)
        if not calls:
            return Allocated(0, 0, 0, 0)
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ADJUDICATE)
    with station.ledger.writing() as writer:
        problem = _third_markings(station, writer.connection, origins, calls)
        criteria = {work: sorted(asked) for work, asked in calls.items()}
        done = _decide(station, writer, problem, criteria if procedure.rules.third_scope is Scope.DIFFERING else {})
        _number_thirds(writer, station.secret(), calls)
        return done


def waiting(station: Station, organiser: PrivateKey) -> Problem | None:
    """What `allocate` would decide now, else what `adjudicate` would; None when nothing waits. Nothing is decided."""
    with station.ledger.reading() as connection:
        works, calls = _works_waiting(connection, station.procedure()), _calls_waiting(connection)
        doubts.refuse_doubts(connection)
    if not works and not calls:
        return None
    origins = open_origins(station, organiser, Purpose.ALLOCATE if works else Purpose.ADJUDICATE)
    with station.ledger.reading() as connection:
        if works:
            return _first_markings(station, connection, origins, works)
        return _third_markings(station, connection, origins, calls)


# --- what waits ---------------------------------------------------------------------------------


def _first_markings(station: Station, connection: Connection, origins: Origins, works: Sequence[WorkId]) -> Problem:
    procedure = station.procedure()
    pages = numbered_pages(connection)  # a work whose pages nobody counted is taken for one page
    problem = Problem(
        works=tuple(WorkToAssign(work, *origins.works[work], pages=pages.get(work, 1)) for work in works),
        experts=experts_there(connection, origins, frozenset(Status)),
        markings=procedure.independent(),
        different_schools=procedure.different_schools,
        conflicts=origins.conflicts,
        seed=seed(station, procedure),
        mutual=procedure.mutual_schools,
        directions=directions_taken(connection, procedure, origins),
    )
    return _by_scheme(procedure.scheme, wished(connection, procedure, problem, origins), origins)


def _third_markings(
    station: Station, connection: Connection, origins: Origins, calls: Mapping[WorkId, object]
) -> Problem:
    procedure, pages = station.procedure(), numbered_pages(connection)
    had, readers = (
        {work: origins.persons.of_all(read) for work, read in readers_of(given).items()}
        for given in (queries.ever_assigned(connection), queries.standing_assignments(connection))
    )
    problem = Problem(
        works=tuple(
            WorkToAssign(work, *origins.works[work], had[work], _schools(origins, readers[work]), pages.get(work, 1))
            for work in calls
        ),
        experts=experts_there(connection, origins, procedure.third_statuses),
        markings=(THIRD_MARKING,),
        different_schools=procedure.different_schools,
        statuses=procedure.third_statuses,
        conflicts=origins.conflicts,
        seed=seed(station, procedure),
        mutual=procedure.mutual_schools,
        directions=directions_taken(connection, procedure, origins),
    )
    return wished(connection, procedure, problem, origins)


def _works_waiting(connection: Connection, procedure: Procedure) -> list[WorkId]:
    assigned = {assignment.work for assignment in queries.standing_assignments(connection)}
    numbers = queries.all_of(connection, facts.Number, marking=int(procedure.independent()[0]))
    return sorted(WorkId(number.work) for number in numbers if number.work not in assigned)


def _calls_waiting(connection: Connection) -> dict[WorkId, set[str]]:
    assigned = {a.work for a in queries.standing_assignments(connection, marking=int(THIRD_MARKING))}
    calls: dict[WorkId, set[str]] = {}
    for call in queries.all_of(connection, facts.ThirdCall):
        if call.work not in assigned:
            calls.setdefault(WorkId(call.work), set()).add(call.criterion)
    return dict(sorted(calls.items()))


def readers_of(given: Sequence[facts.Assignment]) -> dict[WorkId, frozenset[ExpertId]]:
    readers: dict[WorkId, frozenset[ExpertId]] = {}
    for assignment in given:
        work = WorkId(assignment.work)
        readers[work] = readers.get(work, frozenset()) | {ExpertId(assignment.expert)}
    return readers


def _schools(origins: Origins, experts: frozenset[ExpertId]) -> frozenset[SchoolToken]:
    return frozenset(school for expert in experts for school in origins.experts[expert].schools)


# --- the problem as the procedure states it ---------------------------------------------------------


def wished(connection: Connection, procedure: Procedure, problem: Problem, origins: Origins) -> Problem:
    """The same with the procedure's wishes, in its order."""
    points = {e.expert: e.check_point for e in queries.latest_of(connection, facts.Expert)}
    markers = [Marker(e.expert, e.schools, points[e.expert]) for e in problem.experts if e.room]
    schools = (work.school for work in problem.works)
    return dataclasses.replace(problem, wishes=wishes_of(procedure.wishes, schools, markers, origins.grounds))


def _by_scheme(scheme: Scheme, problem: Problem, origins: Origins) -> Problem:
    if scheme is Scheme.CLASS_SETS:
        return kept_whole(problem)
    schools = {school for expert in problem.experts for school in expert.schools}
    return dataclasses.replace(
        problem, who=whose(scheme, origins, schools.union(work.school for work in problem.works), problem.seed)
    )


def whose(scheme: Scheme, origins: Origins, schools: Iterable[SchoolToken], drawn: int) -> Who:
    """Whose experts may mark whose works."""
    match scheme:
        case Scheme.PAIRS:
            return SchoolPairs(origins.pairs)
        case Scheme.TOURNAMENT:
            return tournament(schools, drawn)
        case _:
            return AnySchool()


def seed(station: Station, procedure: Procedure) -> int:
    return int(keys.keyed(station.secret(), "allocation", procedure.code)[:7], 16)


# --- deciding and recording ---------------------------------------------------------------------


def _decide(
    station: Station,
    writer: Writer,
    problem: Problem,
    criteria: Mapping[WorkId, Sequence[str]],
    places: Mapping[ExpertId, int] | None = None,
) -> Allocated:
    """Allocate and record; with `places` of experts left free where that is possible."""
    problem, solution = _solved(problem, places or {})
    if isinstance(solution, Infeasible):
        raise CannotAllocate(reason=said(problem, Calling()))
    if violations := verify(problem, solution):
        raise NotVerified(first=in_sentence(violations[0]), count=len(violations))
    name = record_allocation(writer, station, problem, solution)
    writer.append_all(_fact(assignment, name, criteria) for assignment in solution.assignments)
    able = {expert.expert for expert in problem.experts if expert.capacity}
    loads = [load for expert, load in solution.loads if expert in able]
    pages_of, pages = {w.work: w.pages for w in problem.works}, Counter[ExpertId]()
    for a in solution.assignments:
        pages[a.expert] += pages_of[a.work]
    gaps = (max(some) - min(some) for some in (loads, pages.values()))
    return Allocated(len(solution.assignments), len(pages), *gaps)


def _solved(problem: Problem, places: Mapping[ExpertId, int]) -> tuple[Problem, Solution | Infeasible]:
    if any(places.values()):
        less = [dataclasses.replace(e, capacity=_less(e, places.get(e.expert, 0))) for e in problem.experts]
        kept = dataclasses.replace(problem, experts=tuple(less))
        solution = solve(kept)
        if not isinstance(solution, Infeasible):
            return kept, solution
    return problem, solve(problem)


def _less(expert: ExpertCapacity, places: int) -> int:
    """The capacity without some places; what the expert has already isn't taken back."""
    return min(expert.capacity, max(expert.load, expert.capacity - places))


def record_allocation(
    writer: Writer, station: Station, problem: Problem, solution: Solution, repairs: Mapping[str, object] | None = None
) -> str:
    """Record a verified allocation with its proof and seal its copy; its name. `repairs`: what it changed, where works
    had been given out before."""
    # Origins are in it, so it lies sealed. Whoever doubts the allocation can have it checked elsewhere; the digest in
    # the ledger tells whether what was checked is what was recorded.
    text = exported(problem, solution).encode()
    rows = [(a.work, int(a.marking), a.expert) for a in solution.assignments]
    # The same works may come to the same experts twice: given back and taken again.
    named = [rows, queries.position(writer.connection)] if repairs is not None else rows
    name = "A" + hashlib.sha256(json.dumps(named).encode()).hexdigest()[:12]
    proof = levels_proven(solution.certificate)
    certificate: dict[str, object] = {
        "verified": True,
        "optimal": is_optimal(solution.certificate),
        "loads": [list(load) for load in solution.loads],
        "levels": [dataclasses.asdict(level) for level in proof],
        "spread": problem.spread,
        "export_sha256": hashlib.sha256(text).hexdigest(),
        **({"repair": repairs} if repairs is not None else {}),
    }
    writer.append(facts.Allocation(name, solution.seed, solution.objective, json.dumps(certificate, sort_keys=True)))
    safe.keep_bytes(writer, station, RecordKind.ALLOCATION, name, text)
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
            drawn = numbering.number(secret, MarkingKey(work, THIRD_MARKING), taken)
            taken.add(drawn)
            writer.append(facts.Number(work, int(THIRD_MARKING), drawn))
