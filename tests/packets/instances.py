"""Small made-up allocations of odd shapes, and answers by brute force."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.model import ClassToken, ExpertId, Marking, SchoolToken, Status, WorkId
from drill.plain_rules import may, may_meet
from packets.costs import Wish, between_schools
from packets.problem import AnySchool, ExpertCapacity, Problem, SchoolPairs, WorkToAssign

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
            1 + n * n % 6,
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
        who=draw(st.just(AnySchool()) | st.builds(SchoolPairs, st.frozensets(st.tuples(school, school), min_size=1))),
    )


def shuffled(problem: Problem, random_order: random.Random) -> Problem:
    works, experts = list(problem.works), list(problem.experts)
    random_order.shuffle(works)
    random_order.shuffle(experts)
    return replace(problem, works=tuple(works), experts=tuple(experts))


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


def made_up(seed: int, most_works: int = 60, most_experts: int = 10, most_schools: int = 2) -> Problem:
    """A problem of any shape with up to two wishes, from one number: many at little cost."""
    chance = random.Random(seed)
    some = SCHOOLS[: chance.randint(1, len(SCHOOLS))]
    experts = tuple(
        ExpertCapacity(
            ExpertId(f"e{n}"),
            frozenset(chance.sample(some, min(len(some), chance.randint(0, most_schools)))),
            chance.choice((0, 5, most_works, most_works + 3, 2 * most_works)),
            chance.choice((0, 0, 0, 2)),
            chance.choice((Status.ORDINARY, Status.ORDINARY, Status.SENIOR)),
        )
        for n in range(chance.randint(0, most_experts))
    )
    names = [e.expert for e in experts]
    works = []
    for n in range(chance.randint(1, most_works)):
        of, barred = chance.choice(some), frozenset(name for name in names if chance.random() < 0.01)
        used = frozenset({chance.choice(some)}) if chance.random() < 0.05 else frozenset[SchoolToken]()
        class_set, pages = ClassToken(f"{of}-{chance.choice('ab')}"), 1 + (n * n + seed) % 6
        works.append(WorkToAssign(WorkId(f"w{n:02d}"), of, class_set, barred, used, pages))
    targets: list[Target] = [*map(OfSchool, some), OfClass(works[0].class_set), OfWork(works[-1].work)]
    declared = [Conflict(name, chance.choice(targets), Source.DECLARED) for name in names if chance.random() < 0.2]
    return Problem(
        tuple(works),
        experts,
        markings(chance.choice((1, 2, 2, 3))),
        chance.random() < 0.7,
        chance.choice((frozenset(Status), frozenset(Status), frozenset({Status.SENIOR}))),
        frozenset(declared) | (own_schools(experts) if chance.random() < 0.5 else frozenset()),
        chance.randrange(4),
        chance.choice((1, 2, 3, 5, 8, 9)),
        _wishes(chance, experts),
    )


def _wishes(chance: random.Random, experts: tuple[ExpertCapacity, ...]) -> tuple[Wish, ...]:
    schools = [(e.expert, min(e.schools)) for e in experts if e.schools]
    wishes = []
    for name, costs in chance.choice(
        ((), (("met", "0001"),), (("way", "0123456789"),), (("met", "0001"), ("way", "0379")))
    ):
        table = np.array([[int(chance.choice(costs)) for _ in SCHOOLS] for _ in SCHOOLS])
        extra = {(SCHOOLS[0], experts[0].expert): 4} if experts and chance.random() < 0.5 else {}
        wishes.append(Wish(name, (between_schools(SCHOOLS, table, schools),), extra))
    return tuple(wishes)


def many(**sizes: int) -> st.SearchStrategy[Problem]:
    """Problems by `made_up`."""
    return st.integers(0, 2**32 - 1).map(lambda seed: made_up(seed, **sizes))
