"""The stages that decide who marks what: independent markings, and third ones where they are called.

Origins are opened as tokens, with the organiser's key; nothing unverified is recorded.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crosscheck import doubts, facts, keys
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import (
    RE_MARKING,
    THIRD_MARKING,
    WHOLE,
    CriterionId,
    ExpertId,
    Marking,
    Part,
    SchoolToken,
    Status,
    TaskId,
    WorkId,
    is_control,
)
from crosscheck.procedure import Procedure, Scheme, Scope
from crosscheck.station import Station
from crosscheck.status import numbered_pages
from crosscheck.vault import Purpose
from packets.calling import Calling
from packets.controls import NOTHING, Wanted
from packets.errors import CannotAllocate, NotVerified
from packets.hiding import Hidden, hide, wanted
from packets.origins import Origins, open_origins
from packets.parting import Parted, Parting, PartProblem, Share, counted, parted
from packets.parts_check import verify_parts
from packets.present import all_experts, directions_taken, experts_there, placed, reserve
from packets.problem import (
    AnySchool,
    ExpertCapacity,
    Infeasible,
    Problem,
    SchoolPairs,
    Solution,
    Who,
    WorkToAssign,
)
from packets.readers import readers_beside, readers_of, schools_of
from packets.recording import number_markings, record_allocation
from packets.schemes import kept_whole, tournament
from packets.solve import solve
from packets.verify import verify
from packets.violations import in_sentence
from packets.waivers import said_of_parts
from packets.wishing import Marker, wishes_of


@dataclass(frozen=True, slots=True)
class GivenOut:
    """What was recorded of one part (tasks: empty, where works are whole): assignments, and the largest differences
    between experts' loads and between the pages of those who got works."""

    tasks: tuple[TaskId, ...]
    assignments: int
    experts: int
    load_gap: int
    page_gap: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """What was recorded, part by part. `reserve`: places to be kept for third markings; `kept`: how many of them are.
    idle: experts who have room, but may mark none of the works. hidden: control markings, part by part."""

    parts: tuple[GivenOut, ...] = ()
    reserve: int = 0
    kept: int = 0
    idle: tuple[ExpertId, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def assignments(self) -> int:
        return sum(part.assignments for part in self.parts)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be given out: of whole works, with capacities in units of effort, and what it is split into."""

    problem: Problem
    parting: Parting


def allocate(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign every independent marking that waits. Raises CannotAllocate with the reason in words."""
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        works = _works_waiting(connection)
        if not works:
            return Allocated()
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ALLOCATE)
    with station.ledger.writing() as writer:
        waits = _first_markings(station, writer.connection, origins, works)
        places = reserve(writer.connection, procedure, waits.problem.experts)
        asked = {part.number: _listed(c.id for c in procedure.criteria_in(part)) for part in procedure.parts}
        asked_for = _Asked(asked if procedure.in_parts else {}, controls=wanted(procedure))
        done = _decide(station, writer, waits, asked_for, places)
        left = (counted(e, waits.parting.whole) for e in all_experts(writer.connection, procedure, origins))
        kept = sum(min(places[e.expert], e.room) for e in left if e.expert in places)
        return replace(done, reserve=sum(places.values()), kept=kept)


def adjudicate(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign the third markings that were called, to experts of the right standing who never read the work."""
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        calls = _calls_waiting(connection)
        if not calls:
            return Allocated()
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.ADJUDICATE)
    with station.ledger.writing() as writer:
        waits = _third_markings(station, writer.connection, origins, calls)
        differing = procedure.rules.third_scope is Scope.DIFFERING
        asked = {work: _listed(sorted(criteria)) for work, criteria in calls.items()} if differing else {}
        done = _decide(station, writer, waits, _Asked(of_works=asked), {})
        number_markings(writer, station.secret(), calls, THIRD_MARKING)
        return done


def remark(station: Station, organiser: PrivateKey) -> Allocated:
    """Assign the re-markings that were drawn, of whole works, to experts who never read the work."""
    with station.ledger.reading() as connection:
        works = remarks_waiting(connection)
        if not works:
            return Allocated()
        doubts.refuse_doubts(connection)
    origins = open_origins(station, organiser, Purpose.REMARK)
    with station.ledger.writing() as writer:
        given = [a for a in queries.standing_assignments(writer.connection) if not is_control(a.marking)]
        waits = _later_markings(
            station, writer.connection, origins, works, readers_of(given), RE_MARKING, frozenset(Status)
        )
        done = _decide(station, writer, waits, _Asked(), {})
        number_markings(writer, station.secret(), works, RE_MARKING)
        return done


def remarks_waiting(connection: Connection) -> list[WorkId]:
    """Works that were drawn to be marked again, and that nobody has yet."""
    assigned = {a.work for a in queries.standing_assignments(connection, marking=int(RE_MARKING))}
    drawn = queries.all_of(connection, facts.RemarkWork)
    return sorted(WorkId(one.work) for one in drawn if one.work not in assigned)


def waiting(station: Station, organiser: PrivateKey) -> Waiting | None:
    """What `allocate` would decide now, else what `adjudicate` would; None when nothing waits. Nothing is decided."""
    with station.ledger.reading() as connection:
        works, calls = _works_waiting(connection), _calls_waiting(connection)
        doubts.refuse_doubts(connection)
    if not works and not calls:
        return None
    origins = open_origins(station, organiser, Purpose.ALLOCATE if works else Purpose.ADJUDICATE)
    with station.ledger.reading() as connection:
        if works:
            return _first_markings(station, connection, origins, works)
        return _third_markings(station, connection, origins, calls)


# --- what waits ---------------------------------------------------------------------------------


def _first_markings(station: Station, connection: Connection, origins: Origins, works: Sequence[WorkId]) -> Waiting:
    procedure = station.procedure()
    pages = numbered_pages(connection)  # a work whose pages nobody counted is taken for one page
    problem = Problem(
        works=tuple(WorkToAssign(work, *origins.works[work], pages=pages.get(work, 1)) for work in works),
        experts=experts_there(connection, procedure, origins, frozenset(Status)),
        markings=procedure.independent(),
        different_schools=procedure.different_schools,
        conflicts=origins.conflicts,
        seed=seed(station, procedure),
        mutual=procedure.mutual_schools,
        directions=directions_taken(connection, procedure, origins),
    )
    problem = _by_scheme(procedure.scheme, wished(connection, procedure, problem, origins), origins)
    return Waiting(problem, parting_of(procedure, placed(connection, origins.persons)))


def parting_of(procedure: Procedure, experts: Mapping[ExpertId, Part]) -> Parting:
    """The parts of a procedure's works; `experts`: who has a part already."""
    page = {task.id: task.page for task in procedure.tasks}
    shares = (Share(part, procedure.effort(part), len({page[task] for task in part.tasks})) for part in procedure.parts)
    return Parting(tuple(shares), procedure.effort(procedure.part(WHOLE)), experts)


def _third_markings(
    station: Station, connection: Connection, origins: Origins, calls: Mapping[WorkId, Collection[CriterionId]]
) -> Waiting:
    procedure = station.procedure()
    readers = readers_beside(procedure, queries.standing_assignments(connection), calls)
    statuses = procedure.third_statuses
    return _later_markings(station, connection, origins, list(calls), readers, THIRD_MARKING, statuses)


def _later_markings(
    station: Station,
    connection: Connection,
    origins: Origins,
    works: Sequence[WorkId],
    readers: Mapping[WorkId, frozenset[ExpertId]],
    marking: Marking,
    statuses: frozenset[Status],
) -> Waiting:
    """A marking of whole works by nobody who ever read them. readers: whose schools are left out too."""
    procedure, pages = station.procedure(), numbered_pages(connection)
    whole = procedure.part(WHOLE)
    had = {w: origins.persons.of_all(read) for w, read in readers_of(queries.ever_assigned(connection)).items()}
    problem = Problem(
        works=tuple(
            WorkToAssign(work, *origins.works[work], had[work], schools_of(origins, readers[work]), pages.get(work, 1))
            for work in works
        ),
        # It counts as a whole work, whatever it asks for.
        experts=tuple(
            counted(e, procedure.effort(whole)) for e in experts_there(connection, procedure, origins, statuses)
        ),
        markings=(marking,),
        different_schools=procedure.different_schools,
        statuses=statuses,
        conflicts=origins.conflicts,
        seed=seed(station, procedure),
        mutual=procedure.mutual_schools,
        directions=directions_taken(connection, procedure, origins),
    )
    return Waiting(wished(connection, procedure, problem, origins), Parting((Share(whole, 1),)))


def _works_waiting(connection: Connection) -> list[WorkId]:
    assigned = {assignment.work for assignment in queries.standing_assignments(connection)}
    return [WorkId(work) for work in queries.numbered_works(connection) if work not in assigned]


def _calls_waiting(connection: Connection) -> dict[WorkId, set[CriterionId]]:
    assigned = {a.work for a in queries.standing_assignments(connection, marking=int(THIRD_MARKING))}
    calls: dict[WorkId, set[CriterionId]] = {}
    for call in queries.all_of(connection, facts.ThirdCall):
        if call.work not in assigned:
            calls.setdefault(WorkId(call.work), set()).add(CriterionId(call.criterion))
    return dict(sorted(calls.items()))


# --- the problem as the procedure states it ---------------------------------------------------------


def wished(connection: Connection, procedure: Procedure, problem: Problem, origins: Origins) -> Problem:
    """The same with the procedure's wishes, in its order."""
    points = {e.expert: e.check_point for e in queries.latest_of(connection, facts.Expert)}
    markers = [Marker(e.expert, e.schools, points[e.expert]) for e in problem.experts if e.room]
    schools = (work.school for work in problem.works)
    return replace(problem, wishes=wishes_of(procedure.wishes, schools, markers, origins.grounds))


def _by_scheme(scheme: Scheme, problem: Problem, origins: Origins) -> Problem:
    if scheme is Scheme.CLASS_SETS:
        return kept_whole(problem)
    schools = {school for expert in problem.experts for school in expert.schools}
    return replace(
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What assignments ask for, as JSON: by part, or by work; where neither says, everything. controls: what to hide
    among them."""

    of_parts: Mapping[Part, str] = field(default_factory=dict)
    of_works: Mapping[WorkId, str] = field(default_factory=dict)
    controls: Wanted = NOTHING

    def of(self, work: WorkId, part: Part) -> str:
        return self.of_works.get(work, self.of_parts.get(part, ""))


def _listed(criteria: Iterable[CriterionId]) -> str:
    return json.dumps(list(criteria), ensure_ascii=False)


def _decide(
    station: Station, writer: Writer, waits: Waiting, asked: _Asked, places: Mapping[ExpertId, int]
) -> Allocated:
    """Allocate and record; with `places` of experts left free where that is possible."""
    problem, split, solutions = _solved(waits, places, asked.controls.most)
    found = [(of, solution) for of, solution in zip(split.problems, solutions, strict=True)]
    if any(isinstance(solution, Infeasible) for _of, solution in found):
        raise CannotAllocate(reason=said_of_parts(split, Calling()))
    done = [(of, solution) for of, solution in found if isinstance(solution, Solution)]
    violations = [one for of, solution in done for one in verify(of.problem, solution)]
    violations += verify_parts(problem, waits.parting, [(of.part, of.problem, solution) for of, solution in done])
    if violations:
        raise NotVerified(first=in_sentence(violations[0]), count=len(violations))
    parts, hidden = [], []
    for of, solution in done:
        name = record_allocation(writer, station, of.problem, solution)
        part = of.part.number
        writer.append_all(
            facts.Assignment(a.work, int(a.marking), a.expert, name, asked.of(a.work, part), part)
            for a in solution.assignments
        )
        parts.append(_given_out(of, solution))
        real = {e.expert: counted(e, of.effort) for e in waits.problem.experts}
        experts = [real[e.expert] for e in of.problem.experts]
        criteria = asked.of_parts.get(part, "")
        hidden.append(hide(writer, station.secret(), asked.controls, part, of.problem, experts, solution, criteria))
    return Allocated(tuple(parts), idle=split.idle, hidden=tuple(hidden))


def _given_out(of: PartProblem, solution: Solution) -> GivenOut:
    able = {expert.expert for expert in of.problem.experts if expert.capacity}
    loads = [load for expert, load in solution.loads if expert in able]
    pages_of, pages = {w.work: w.pages for w in of.problem.works}, Counter[ExpertId]()
    for a in solution.assignments:
        pages[a.expert] += pages_of[a.work]
    gaps = (max(some) - min(some) for some in (loads, pages.values()))
    return GivenOut(of.problem.tasks, len(solution.assignments), len(pages), *gaps)


_Solved = tuple[Problem, Parted, tuple[Solution | Infeasible, ...]]


def _solved(waits: Waiting, places: Mapping[ExpertId, int], controls: int) -> _Solved:
    """With room for control markings and the places left free, or with the places alone, or with neither; what blocks
    is told of the whole capacities."""
    dearest = max(share.effort for share in waits.parting.shares) * controls
    reserved = {e: n * waits.parting.whole for e, n in places.items()}
    both = {e.expert: reserved.get(e.expert, 0) + dearest for e in waits.problem.experts}
    for free in (both, reserved) if controls else (reserved,):
        if any(free.values()):
            less = [replace(e, capacity=_less(e, free.get(e.expert, 0))) for e in waits.problem.experts]
            found = _each_solved(replace(waits.problem, experts=tuple(less)), waits.parting)
            if not any(isinstance(solution, Infeasible) for solution in found[2]):
                return found
    return _each_solved(waits.problem, waits.parting)


def _each_solved(problem: Problem, parting: Parting) -> _Solved:
    split = parted(problem, parting)
    return problem, split, tuple(solve(of.problem) for of in split.problems)


def _less(expert: ExpertCapacity, places: int) -> int:
    """The capacity without some places; what the expert has already isn't taken back."""
    return min(expert.capacity, max(expert.load, expert.capacity - places))
