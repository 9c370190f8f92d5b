"""Small made-up check days: works given out, some back, somebody absent; and the best repair by an integer program."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source, Target
from crosscheck.model import ClassToken, ExpertId, SchoolToken, Status, WorkId
from packets.problem import Assignment, ExpertCapacity, Problem, Solution, WorkToAssign
from packets.situation import Situation, StandingWork
from packets.solve import solve
from tests.packets.instances import SCHOOLS, markings, own_schools

MOVED = 10_000  # what a change costs beside loads


def made_up(seed: int, *, several: bool = False) -> Situation:
    """A day by one number: up to 14 works and 7 experts. several: experts may work in two schools."""
    chance = random.Random(seed)
    while True:
        given = _given(chance, several=several)
        if given is not None:
            break
    problem, solution = given
    slots = [(a.work, a.marking) for a in solution.assignments]
    names = [e.expert for e in problem.experts]
    returned = frozenset(slot for slot in slots if chance.random() < chance.choice((0, 0.3, 0.7)))
    absent = frozenset(name for name in names if chance.random() < 0.25)
    found = [Conflict(name, _target(chance, problem), Source.DECLARED) for name in names if chance.random() < 0.15]
    return Situation(
        works=tuple(StandingWork(w.work, w.school, w.class_set) for w in problem.works),
        experts=tuple(replace(e, load=0, capacity=e.capacity + chance.choice((0, 0, 1, 3))) for e in problem.experts),
        held=solution.assignments,
        returned=returned,
        absent=absent,
        conflicts=problem.conflicts | frozenset(found),
        different_schools=problem.different_schools,
        seed=chance.randrange(4),
        spread=chance.choice((1, 2, 8)),
    )


def _target(chance: random.Random, problem: Problem) -> Target:
    work = chance.choice(problem.works)
    targets: list[Target] = [OfSchool(work.school), OfClass(work.class_set), OfWork(work.work), OfWork(work.work)]
    return chance.choice(targets)


def _given(chance: random.Random, *, several: bool) -> tuple[Problem, Solution] | None:
    some = SCHOOLS[: chance.randint(2, len(SCHOOLS))]
    works = chance.randint(1, 14)
    experts = tuple(
        ExpertCapacity(
            ExpertId(f"e{n}"),
            frozenset(chance.sample(some, 2 if several and chance.random() < 0.4 else 1)),
            chance.randint(1, works + 2),
        )
        for n in range(chance.randint(2, 7))
    )
    items = []
    for n in range(works):
        of: SchoolToken = chance.choice(some)
        items.append(WorkToAssign(WorkId(f"w{n:02d}"), of, ClassToken(f"{of}-{chance.choice('ab')}")))
    problem = Problem(
        tuple(items),
        experts,
        markings(chance.choice((1, 2, 2, 3))),
        chance.random() < 0.7,
        conflicts=own_schools(experts) if chance.random() < 0.5 else frozenset(),
        seed=chance.randrange(4),
    )
    solution = solve(problem)
    return (problem, solution) if isinstance(solution, Solution) else None


@dataclass(frozen=True, slots=True)
class Best:
    """Fewest changes, and the least sum of squared loads of those who are there with as few."""

    changes: int
    squares: int


def best(situation: Situation) -> Best | None:
    """By an integer program over slots and experts, which shares nothing with the product; None: there is no repair."""
    there = [e for e in situation.experts if e.expert not in situation.absent]
    slots = [a for a in situation.held if (a.work, a.marking) not in situation.returned]
    fixed = [a for a in situation.held if (a.work, a.marking) in situation.returned]
    pairs = [(s, e) for s, a in enumerate(slots) for e, who in enumerate(there) if _may(situation, a, who, fixed)]
    cost: list[float] = [MOVED * (slots[s].expert != there[e].expert) for s, e in pairs]
    rows: list[tuple[dict[int, float], float, float]] = []
    number = {pair: n for n, pair in enumerate(pairs)}
    for s in range(len(slots)):
        rows.append(({n: 1.0 for (of, _e), n in number.items() if of == s}, 1, 1))
    for one, other in combinations(range(len(slots)), 2):
        if slots[one].work == slots[other].work:
            for (s, e), n in number.items():
                for (t, f), m in number.items():
                    if s == one and t == other and situation.clash(there[e].expert, there[f].expert):
                        rows.append(({n: 1.0, m: 1.0}, 0, 1))
    kept = Counter(a.expert for a in fixed)
    columns = len(pairs)
    for e, who in enumerate(there):
        mine = {n: 1.0 for (_s, of), n in number.items() if of == e}
        # Whoever has more than the capacity may keep it, but gets nothing new.
        top = max(who.capacity, kept[who.expert])
        places = range(kept[who.expert], max(top, kept[who.expert] + len(mine)))
        cost += [2 * place + 1 for place in places]
        rows.append((mine | {columns + n: -1.0 for n in range(len(places))}, 0, 0))
        new = {n: 1.0 for (s, of), n in number.items() if of == e and slots[s].expert != who.expert}
        stay = {n: 1.0 for (s, of), n in number.items() if of == e and slots[s].expert == who.expert}
        for n in new:
            rows.append((new | stay | {n: 1.0 + len(slots)}, 0, who.capacity - kept[who.expert] + len(slots)))
        columns += len(places)
    found = _solved(cost, rows, columns)
    if found is None:
        return None
    changes, squares = divmod(round(found), MOVED)
    return Best(changes, squares + sum(kept[e.expert] ** 2 for e in there))


def _solved(cost: list[float], rows: list[tuple[dict[int, float], float, float]], columns: int) -> float | None:
    if not columns:
        return None if any(low > 0 for _row, low, _high in rows) else 0.0
    at = [(r, c, v) for r, (row, _low, _high) in enumerate(rows) for c, v in row.items()]
    matrix = coo_matrix(
        ([v for _r, _c, v in at], ([r for r, _c, _v in at], [c for _r, c, _v in at])), shape=(len(rows), columns)
    )
    limits = LinearConstraint(matrix.tocsr(), [low for _r, low, _h in rows], [high for _r, _l, high in rows])
    found = milp(
        cost, constraints=limits, integrality=np.ones(columns), bounds=Bounds(0, 1), options={"mip_rel_gap": 0}
    )
    return float(found.fun) if found.status == 0 else None


def _may(situation: Situation, slot: Assignment, who: ExpertCapacity, fixed: list[Assignment]) -> bool:
    """The rules for one slot and one expert, said once more and differently from the product."""
    work = next(w for w in situation.works if w.work == slot.work)
    touched = (OfSchool(work.school), OfClass(work.class_set), OfWork(work.work))
    if any(c.expert == who.expert and c.target in touched for c in situation.conflicts):
        return False
    if who.status not in situation.statuses.get(slot.marking, frozenset(Status)):
        return False
    return not any(a.work == slot.work and situation.clash(a.expert, who.expert) for a in fixed)
