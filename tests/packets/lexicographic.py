"""The best allocation level by level, by an integer programme over works and experts: slow, plain, independent."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from crosscheck.model import MutualMarking
from packets.problem import Problem
from tests.packets.instances import cost_of_pair, free_places, may, may_meet

INFEASIBLE = 2  # a status of SciPy's milp
Row = tuple[dict[int, float], float, float]  # coefficients, least, most


def best_levels(problem: Problem) -> list[int] | None:
    """Least cost of balance, then spread, then each wish; None when there is no allocation."""
    pairs = [(w, e) for w in range(len(problem.works)) for e in range(len(problem.experts))]
    place = {pair: at for at, pair in enumerate(pairs)}
    rows = _rules(problem, place)
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
        levels.append({place[w, e]: cost_of_pair(wish, problem.works[w], problem.experts[e]) for w, e in pairs})
    return _one_by_one(levels, rows, count, sum(e.load**2 for e in problem.experts))


def _rules(problem: Problem, place: Mapping[tuple[int, int], int]) -> list[Row]:
    rows: list[Row] = []
    for w, item in enumerate(problem.works):
        rows.append(({place[w, e]: 1.0 for e in range(len(problem.experts))}, *(2 * (len(problem.markings),))))
        for e, who in enumerate(problem.experts):
            if not may(problem, item, who):
                rows.append(({place[w, e]: 1.0}, 0, 0))
        for (e, one), (f, other) in combinations(enumerate(problem.experts), 2):
            if not may_meet(problem, one, other):
                rows.append(({place[w, e]: 1.0, place[w, f]: 1.0}, 0, 1))
    for e, who in enumerate(problem.experts):
        rows.append(({place[w, e]: 1.0 for w in range(len(problem.works))}, 0, who.room))
    return rows


def _one_way(problem: Problem, place: Mapping[tuple[int, int], int], rows: list[Row]) -> int:
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
        matrix = lil_matrix((len(rows), count))
        for at, (coefficients, _, _) in enumerate(rows):
            for variable, value in coefficients.items():
                matrix[at, variable] = value
        low, high = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
        costs = np.zeros(count)
        costs[list(level)] = list(level.values())
        answer = milp(
            costs, constraints=LinearConstraint(matrix.tocsr(), low, high), integrality=1, bounds=Bounds(0, 1)
        )
        if answer.x is None:
            assert answer.status == INFEASIBLE, answer.message
            return None
        found.append(round(answer.fun))
        # Costs are whole numbers: half of one more changes nothing and keeps clear of the solver's tolerances.
        rows.append((dict(level), 0, found[-1] + 0.5))
    return [found[0] + before, *found[1:]]
