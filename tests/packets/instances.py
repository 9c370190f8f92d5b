"""Small made-up allocations of odd shapes, and answers by brute force."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.model import ClassToken, ExpertId, Marking, SchoolToken, Status, WorkId
from packets.problem import Assignment, ExpertCapacity, Problem, WorkToAssign

SCHOOLS = tuple(SchoolToken(f"s{n}") for n in range(4))


def schools(*numbers: int) -> frozenset[SchoolToken]:
    return frozenset(SCHOOLS[n] for n in numbers)


def work(name: str, school: int, class_set: str = "a", **changes: object) -> WorkToAssign:
    made = WorkToAssign(WorkId(name), SCHOOLS[school], ClassToken(f"{SCHOOLS[school]}-{class_set}"))
    return replace(made, **changes)  # type: ignore[arg-type]


def expert(name: str, *of: int, capacity: int = 100, load: int = 0, status: Status = Status.ORDINARY) -> ExpertCapacity:
    return ExpertCapacity(ExpertId(name), schools(*of), capacity, load, status)


def markings(number: int) -> tuple[Marking, ...]:
    return tuple(Marking(n + 1) for n in range(number))


def own_schools(experts: tuple[ExpertCapacity, ...]) -> frozenset[Conflict]:
    return frozenset(Conflict(e.expert, OfSchool(s), Source.OWN_SCHOOL) for e in experts for s in e.schools)


@st.composite
def problems(draw: st.DrawFn, most_works: int = 40, most_experts: int = 8, most_schools: int = 2) -> Problem:
    """Allocations of every shape: nobody, one school, capacity 0, everybody in conflict, experts of several schools."""
    number = draw(st.integers(1, len(SCHOOLS)))
    school = st.sampled_from(SCHOOLS[:number])
    experts = tuple(
        ExpertCapacity(
            ExpertId(f"e{n}"),
            draw(st.frozensets(school, max_size=most_schools)),
            draw(st.integers(0, most_works + 3)),
            draw(st.integers(0, 3)),
            draw(st.sampled_from([Status.ORDINARY, Status.ORDINARY, Status.SENIOR])),
        )
        for n in range(draw(st.integers(0, most_experts)))
    )
    names = st.sampled_from([e.expert for e in experts]) if experts else st.nothing()
    works = tuple(
        WorkToAssign(
            WorkId(f"w{n:02d}"),
            of := draw(school),
            ClassToken(f"{of}-{draw(st.sampled_from('ab'))}"),
            draw(st.just(frozenset()) | st.frozensets(names, max_size=2)) if experts else frozenset(),
            draw(st.just(frozenset()) | st.frozensets(school, max_size=1)),
        )
        for n in range(draw(st.integers(0, most_works)))
    )
    declared: frozenset[Conflict] = frozenset()
    targets: list[Target] = [OfSchool(s) for s in SCHOOLS[:number]]
    for item in works:
        targets += [OfClass(item.class_set), OfWork(item.work)]
    if experts:
        one = st.builds(Conflict, names, st.sampled_from(targets), st.just(Source.DECLARED))
        declared = draw(st.frozensets(one, max_size=3))
    return Problem(
        works,
        experts,
        markings(draw(st.integers(1, 3))),
        draw(st.booleans()),
        draw(st.sampled_from([frozenset(Status), frozenset(Status), frozenset({Status.SENIOR})])),
        declared | (own_schools(experts) if draw(st.booleans()) else frozenset()),
        draw(st.integers(0, 3)),
        draw(st.integers(1, 9)),
    )


def shuffled(problem: Problem, random_order: random.Random) -> Problem:
    works, experts = list(problem.works), list(problem.experts)
    random_order.shuffle(works)
    random_order.shuffle(experts)
    return replace(problem, works=tuple(works), experts=tuple(experts))


def may(problem: Problem, item: WorkToAssign, who: ExpertCapacity) -> bool:
    """The rules for one work and one expert, said once more and differently from the product."""
    touched = (OfSchool(item.school), OfClass(item.class_set), OfWork(item.work))
    return (
        who.status in problem.statuses
        and who.expert not in item.barred
        and not any(c.expert == who.expert and c.target in touched for c in problem.conflicts)
        and not (problem.different_schools and who.schools & item.used_schools)
    )


def may_meet(problem: Problem, one: ExpertCapacity, other: ExpertCapacity) -> bool:
    return one.expert != other.expert and not (problem.different_schools and one.schools & other.schools)


def valid(problem: Problem, assignments: tuple[Assignment, ...]) -> bool:
    """Does a set of rows keep every hard rule?"""
    works, experts = {w.work: w for w in problem.works}, {e.expert: e for e in problem.experts}
    asked = sorted((w.work, m) for w in problem.works for m in problem.markings)
    if sorted((a.work, a.marking) for a in assignments) != asked:
        return False
    if any(a.expert not in experts or not may(problem, works[a.work], experts[a.expert]) for a in assignments):
        return False
    for one, other in combinations(assignments, 2):
        if one.work == other.work and not may_meet(problem, experts[one.expert], experts[other.expert]):
            return False
    given = [a.expert for a in assignments]
    return all(given.count(name) <= max(0, e.capacity - e.load) for name, e in experts.items())


def all_loads(problem: Problem) -> Iterator[tuple[int, ...]]:
    """Every vector of total loads that some allocation reaches; nothing when there is none."""
    states = {tuple(e.load for e in problem.experts)}
    for item in problem.works:
        choices = [
            team
            for team in combinations(range(len(problem.experts)), len(problem.markings))
            if all(may(problem, item, problem.experts[n]) for n in team)
            and all(may_meet(problem, problem.experts[a], problem.experts[b]) for a, b in combinations(team, 2))
        ]
        states = {
            tuple(load + (n in team) for n, load in enumerate(state))
            for state in states
            for team in choices
            if all(state[n] < problem.experts[n].capacity for n in team)
        }
    yield from states


def least_squares(problem: Problem) -> int | None:
    """The sum of squared loads of the most balanced allocation; None when there is no allocation."""
    return min((sum(load * load for load in loads) for loads in all_loads(problem)), default=None)
