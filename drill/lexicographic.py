"""Least costs of an allocation level by level, by an integer programme over works and experts: slow, independent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_matrix

from crosscheck.model import ExpertId, MutualMarking
from drill.plain_rules import cost_of_pair, free_places, may, may_meet
from packets.problem import Problem

INFEASIBLE = 2  # a status of SciPy's milp
Row = tuple[Mapping[int, float], float, float]  # coefficients, least, most
_Places = Mapping[tuple[int, int], int]  # (work, expert) -> variable


def possible(problem: Problem) -> bool:
    """Is there an allocation at all?"""
    return most_reads(problem) == problem.reads


def most_reads(problem: Problem) -> int:
    """How many markings can be given at most when works may stay without some of theirs."""
    place = _places(problem)
    rows = [*_markings(problem, place, 0), *_rules(problem, place), *_rooms(problem, place)]
    answer = _solved(dict.fromkeys(place.values(), -1.0), rows, len(place)) if place else None
    return 0 if answer is None else round(-answer.fun)


def least_room(problem: Problem, who: Collection[ExpertId]) -> int | None:
    """How much more room these experts need at least in all; None when no room of theirs is enough."""
    place = _places(problem)
    if not place:
        return None if problem.reads else 0
    rows = [*_markings(problem, place, len(problem.markings)), *_rules(problem, place)]
    more, count = dict[int, float](), len(place)
    for expert, (reads, least, most) in zip(problem.experts, _rooms(problem, place), strict=True):
        wide = {count + n: -1.0 for n in range(len(problem.works))} if expert.expert in who else {}
        count += len(wide)
        more |= dict.fromkeys(wide, 1.0)
        # Reads less what is used of the additional room: never below 0 where that is made to cost.
        rows.append(({**reads, **wide}, least - len(wide), most))
    answer = _solved(more, rows, count)
    return None if answer is None else round(answer.fun)


def best_levels(problem: Problem) -> list[int] | None:
    """Least cost of balance, then spread, then each wish; None when there is no allocation."""
    place = _places(problem)
    rows = [*_markings(problem, place, len(problem.markings)), *_rules(problem, place), *_rooms(problem, place)]
    count = _one_way(problem, place, rows)
    balance, spread = dict[int, float](), dict[int, float]()
    for e, who in enumerate(problem.experts):
        reads = {place[w, e]: -1.0 for w in range(len(problem.works))}
        count = _steps(rows, reads, count, balance, [2 * (who.load + n) + 1 for n in range(who.room)])
        for school in sorted({w.school for w in problem.works}):
            reads = {place[w, e]: -1.0 for w, item in enumerate(problem.works) if item.school == school}
            count = _steps(rows, reads, count, spread, free_places(problem, school))
    levels: list[Mapping[int, float]] = [balance, spread]
    for wish in problem.wishes:
        costs = {at: cost_of_pair(wish, problem.works[w], problem.experts[e]) for (w, e), at in place.items()}
        levels.append(costs)
    return _one_by_one(levels, rows, count, sum(e.load**2 for e in problem.experts))


def _places(problem: Problem) -> _Places:
    pairs = ((w, e) for w in range(len(problem.works)) for e in range(len(problem.experts)))
    return {pair: at for at, pair in enumerate(pairs)}


def _markings(problem: Problem, place: _Places, least: int) -> Iterator[Row]:
    for w in range(len(problem.works)):
        yield {place[w, e]: 1.0 for e in range(len(problem.experts))}, least, len(problem.markings)


def _rules(problem: Problem, place: _Places) -> Iterator[Row]:
    for w, item in enumerate(problem.works):
        barred = [e for e, who in enumerate(problem.experts) if not may(problem, item, who)]
        if barred:
            yield {place[w, e]: 1.0 for e in barred}, 0, 0
        for (e, one), (f, other) in combinations(enumerate(problem.experts), 2):
            if not may_meet(problem, one, other):
                yield {place[w, e]: 1.0, place[w, f]: 1.0}, 0, 1


def _rooms(problem: Problem, place: _Places) -> Iterator[Row]:
    for e, who in enumerate(problem.experts):
        yield {place[w, e]: 1.0 for w in range(len(problem.works))}, 0, who.room


def _one_way(problem: Problem, place: _Places, rows: list[Row]) -> int:
    """A variable for every two schools says which of them may mark the other; how many variables there are then."""
    if problem.mutual is MutualMarking.ALLOWED:
        return len(place)
    schools = sorted({w.school for w in problem.works} | {s for e in problem.experts for s in e.schools})
    switch = {pair: len(place) + at for at, pair in enumerate(combinations(schools, 2))}
    for (w, e), read in place.items():
        home = problem.works[w].school
        for other in problem.experts[e].schools - {home}:
            if (home, other) in switch:
                rows.append(({read: 1.0, switch[home, other]: -1.0}, -1, 0))
            else:
                rows.append(({read: 1.0, switch[other, home]: 1.0}, 0, 1))
            if (other, home) in problem.directions:
                rows.append(({read: 1.0}, 0, 0))
    return len(place) + len(switch)


def _steps(rows: list[Row], reads: dict[int, float], count: int, costs: dict[int, float], prices: list[int]) -> int:
    """One variable for each place, dearer ones later: the cheapest are used first by themselves."""
    for price in prices:
        costs[count] = price
        reads[count] = 1.0
        count += 1
    rows.append((reads, 0, 0))
    return count


def _one_by_one(levels: list[Mapping[int, float]], rows: list[Row], count: int, before: int) -> list[int] | None:
    found: list[int] = []
    for level in levels:
        if not count:
            if any(least > 0 for _, least, _ in rows):
                return None
            found.append(0)
            continue
        answer = _solved(level, rows, count)
        if answer is None:
            return None
        found.append(round(answer.fun))
        # Costs are whole numbers: half of one more changes nothing and keeps clear of the solver's tolerances.
        rows.append((level, 0, found[-1] + 0.5))
    return [found[0] + before, *found[1:]]


def _solved(level: Mapping[int, float], rows: Sequence[Row], count: int) -> OptimizeResult | None:
    """Zeros and ones that cost least; None when nothing keeps the rows."""
    ends = np.cumsum([0, *(len(coefficients) for coefficients, _, _ in rows)])
    variables = [variable for coefficients, _, _ in rows for variable in coefficients]
    values = [value for coefficients, _, _ in rows for value in coefficients.values()]
    matrix = csr_matrix((values, variables, ends), shape=(len(rows), count))
    low, high = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    costs = np.zeros(count)
    costs[list(level)] = list(level.values())
    answer = milp(costs, constraints=LinearConstraint(matrix, low, high), integrality=1, bounds=Bounds(0, 1))
    assert answer.x is not None or answer.status == INFEASIBLE, answer.message
    return None if answer.x is None else answer
