"""The stages that decide who marks what: independent markings, and third ones where they are called.

Origins are opened as tokens, with the organiser's key; nothing unverified is recorded.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crosscheck import doubts, facts, keys, numbering, safe
from crosscheck.conflicts import (
    Conflict,
    ConflictIndex,
    ExpertOrigin,
    OwnSchool,
    Source,
    WorkOrigin,
    away_conflicts,
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
    SchoolToken,
    Status,
    WorkId,
)
from crosscheck.procedure import Procedure, Scheme, Scope, Wished
from crosscheck.station import Station
from crosscheck.status import numbered_pages
from crosscheck.vault import Purpose, RecordKind
from crosscheck.whoiswho import Persons, Standing, common_conflicts, common_origins, one_standing
from packets.calling import Calling
from packets.errors import CannotAllocate, NotVerified
from packets.exporting import exported
from packets.problem import Assignment, ExpertCapacity, Infeasible, Problem, Proven, SchoolPairs, Solution, WorkToAssign
from packets.schemes import kept_whole, tournament
from packets.solve import solve
from packets.verify import verify
from packets.violations import in_sentence
from packets.waivers import said
from packets.wishing import BetweenSchools, Grounds, Marker, ToPoints, wishes_of


@dataclass(frozen=True, slots=True)
class Origins:
    """Where works and experts come from, as tokens, and every conflict that stands. All codes of one person have the
    schools, classes and conflicts of all of them. pairs: as in the table school_pairs; empty without one."""

    works: Mapping[WorkId, tuple[SchoolToken, ClassToken]]
    experts: Mapping[ExpertId, ExpertOrigin]
    conflicts: frozenset[Conflict]
    persons: Persons = field(default_factory=Persons)
    pairs: frozenset[tuple[SchoolToken, SchoolToken]] = frozenset()
    grounds: Grounds = field(default_factory=Grounds)


@dataclass(frozen=True, slots=True)
class Allocated:
    """What was recorded: assignments, and the largest differences between experts' loads and between the pages of
    those who got works."""

    assignments: int
    experts: int
    load_gap: int
    page_gap: int


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
        return _decide(station, writer, _first_markings(station, writer.connection, origins, works), {})


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


def _first_markings(station: Station, connection: Connection, origins: Origins, works: Sequence[WorkId]) -> Problem:
    procedure = station.procedure()
    pages = numbered_pages(connection)  # a work whose pages nobody counted is taken for one page
    problem = Problem(
        works=tuple(WorkToAssign(work, *origins.works[work], pages=pages.get(work, 1)) for work in works),
        experts=_experts(connection, origins, frozenset(Status)),
        markings=procedure.independent(),
        different_schools=procedure.different_schools,
        conflicts=origins.conflicts,
        seed=_seed(station, procedure),
    )
    return _by_scheme(procedure.scheme, _wished(connection, procedure, problem, origins), origins)


def _third_markings(
    station: Station, connection: Connection, origins: Origins, calls: Mapping[WorkId, object]
) -> Problem:
    procedure, pages = station.procedure(), numbered_pages(connection)
    readers = {w: origins.persons.of_all(read) for w, read in _readers(connection).items()}
    problem = Problem(
        works=tuple(
            WorkToAssign(
                work, *origins.works[work], readers[work], _schools(origins, readers[work]), pages.get(work, 1)
            )
            for work in calls
        ),
        experts=_experts(connection, origins, procedure.third_statuses),
        markings=(THIRD_MARKING,),
        different_schools=procedure.different_schools,
        statuses=procedure.third_statuses,
        conflicts=origins.conflicts,
        seed=_seed(station, procedure),
    )
    return _wished(connection, procedure, problem, origins)


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
    rows = opened(RecordKind.EXPERT_ORIGIN)
    experts = {
        ExpertId(expert): ExpertOrigin(
            ExpertId(expert),
            frozenset(SchoolToken(school) for school in row["schools"]),
            frozenset(ClassToken(token) for token in row["classes"]),
        )
        for expert, row in rows.items()
    }
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        persons = doubts.persons(connection)
    experts = dict(common_origins(persons, experts))
    stated = [declared(row) for row in opened(RecordKind.CONFLICT).values() if not is_over(row, procedure)]
    conflicts = standing_conflicts(experts.values(), OwnSchool.FORBIDDEN) | common_conflicts(persons, stated)
    if procedure.by_check_point:
        places = _places(station, organiser, purpose, (school for school, _class in works.values()))
        points = {ExpertId(expert): row.get("comes_to", ()) for expert, row in rows.items()}
        comes = {e: frozenset(p for code in persons.of(e) for p in points.get(code, ())) for e in experts}
        conflicts |= away_conflicts(places, comes)
    pairs = _pairs(station, organiser, purpose, RecordKind.SCHOOL_PAIRS)
    return Origins(works, experts, conflicts, persons, pairs, _grounds(station, organiser, purpose, procedure))


def _pairs(
    station: Station, organiser: PrivateKey, purpose: Purpose, kind: RecordKind
) -> frozenset[tuple[SchoolToken, SchoolToken]]:
    opened = safe.open_kind(station, kind, purpose, organiser, "allocation")
    rows = (row for plain in opened.values() for row in json.loads(plain))
    return frozenset((SchoolToken(school), SchoolToken(marked_by)) for school, marked_by in rows)


def _places(
    station: Station, organiser: PrivateKey, purpose: Purpose, schools: Iterable[SchoolToken]
) -> Mapping[SchoolToken, frozenset[str]]:
    """At which check points the works of each school are marked; of one that no table names, at none."""
    found: dict[SchoolToken, frozenset[str]] = dict.fromkeys(schools, frozenset())
    for school, point in _pairs(station, organiser, purpose, RecordKind.MARKED_AT):
        found[school] = found.get(school, frozenset()) | {point}
    return found


def _grounds(station: Station, organiser: PrivateKey, purpose: Purpose, procedure: Procedure) -> Grounds:
    """What the procedure's wishes look at; nothing is opened that none does."""
    grounds = Grounds()
    if Wished.LAST_YEAR in procedure.wishes:
        grounds = dataclasses.replace(grounds, met=_pairs(station, organiser, purpose, RecordKind.LAST_YEAR))
    if Wished.TRAVEL in procedure.wishes:
        opened = safe.open_kind(station, RecordKind.DISTANCES, purpose, organiser, "allocation")
        for table in map(json.loads, opened.values()):
            ways = {(SchoolToken(school), to): way for school, to, way in table["ways"]}
            far = ToPoints(ways) if table["to"] == "check_points" else BetweenSchools(ways)
            grounds = dataclasses.replace(grounds, far=far)
    return grounds


def _wished(connection: Connection, procedure: Procedure, problem: Problem, origins: Origins) -> Problem:
    """The same with the procedure's wishes, in its order."""
    points = {e.expert: e.check_point for e in queries.latest_of(connection, facts.Expert)}
    markers = [Marker(e.expert, e.schools, points[e.expert]) for e in problem.experts if e.room]
    schools = (work.school for work in problem.works)
    return dataclasses.replace(problem, wishes=wishes_of(procedure.wishes, schools, markers, origins.grounds))


def _by_scheme(scheme: Scheme, problem: Problem, origins: Origins) -> Problem:
    match scheme:
        case Scheme.MIXED:
            return problem
        case Scheme.CLASS_SETS:
            return kept_whole(problem)
        case Scheme.PAIRS:
            return dataclasses.replace(problem, who=SchoolPairs(origins.pairs))
        case Scheme.TOURNAMENT:
            schools = {school for expert in problem.experts for school in expert.schools}
            ring = tournament(schools.union(work.school for work in problem.works), problem.seed)
            return dataclasses.replace(problem, who=ring)


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


def _seed(station: Station, procedure: Procedure) -> int:
    return int(keys.keyed(station.secret(), "allocation", procedure.code)[:7], 16)


# --- deciding and recording ---------------------------------------------------------------------


def _decide(station: Station, writer: Writer, problem: Problem, criteria: Mapping[WorkId, Sequence[str]]) -> Allocated:
    solution = solve(problem)
    if isinstance(solution, Infeasible):
        raise CannotAllocate(reason=said(problem, Calling()))
    if violations := verify(problem, solution):
        raise NotVerified(first=in_sentence(violations[0]), count=len(violations))
    # Origins are in it, so it lies sealed. Whoever doubts the allocation can have it checked elsewhere; the digest in
    # the ledger tells whether what was checked is what was recorded.
    text = exported(problem, solution).encode()
    name = _record(writer, problem, solution, criteria, hashlib.sha256(text).hexdigest())
    safe.keep_bytes(writer, station, RecordKind.ALLOCATION, name, text)
    able = {expert.expert for expert in problem.experts if expert.capacity}
    loads = [load for expert, load in solution.loads if expert in able]
    pages_of, pages = {w.work: w.pages for w in problem.works}, Counter[ExpertId]()
    for a in solution.assignments:
        pages[a.expert] += pages_of[a.work]
    gaps = (max(some) - min(some) for some in (loads, pages.values()))
    return Allocated(len(solution.assignments), len(pages), *gaps)


def _record(
    writer: Writer, problem: Problem, solution: Solution, criteria: Mapping[WorkId, Sequence[str]], digest: str
) -> str:
    rows = [(a.work, int(a.marking), a.expert) for a in solution.assignments]
    name = "A" + hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:12]
    proof = solution.certificate.levels if isinstance(solution.certificate, Proven) else ()
    certificate = {
        "verified": True,
        "optimal": isinstance(solution.certificate, Proven),
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
