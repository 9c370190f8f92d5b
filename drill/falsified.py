"""Allocations made false: a row, a number or a proof altered, and all that follows from it restated as a liar would."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from crosscheck.model import ExpertId, Marking
from drill.plain_rules import may, valid
from packets.network import levels_of, network_of, tie_level
from packets.optimum import level_cost
from packets.prices import reads_of
from packets.problem import Assignment, LevelProof, Problem, Proven, Solution

_Rows = list[Assignment]
_Change = Callable[[Problem, Solution, random.Random], Solution | None]
_TRIES = 12


def falsified(problem: Problem, solution: Solution, chance: random.Random, kind: str) -> Solution | None:
    """One alteration that makes a claim false, by `KINDS`; None where this kind can't."""
    return KINDS[kind](problem, solution, chance)


# --- rows ---------------------------------------------------------------------------------------


def _swapped(rows: _Rows, _problem: Problem, chance: random.Random) -> _Rows:
    one, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    experts = rows[one].expert, rows[other].expert
    rows[one], rows[other] = replace(rows[one], expert=experts[1]), replace(rows[other], expert=experts[0])
    return rows


def _other_expert(rows: _Rows, problem: Problem, chance: random.Random) -> _Rows:
    at = chance.randrange(len(rows))
    rows[at] = replace(rows[at], expert=chance.choice(problem.experts).expert)
    return rows


def _stranger(rows: _Rows, _problem: Problem, chance: random.Random) -> _Rows:
    at = chance.randrange(len(rows))
    rows[at] = replace(rows[at], expert=ExpertId("stranger"))
    return rows


def _dropped(rows: _Rows, _problem: Problem, chance: random.Random) -> _Rows:
    del rows[chance.randrange(len(rows))]
    return rows


def _doubled(rows: _Rows, _problem: Problem, chance: random.Random) -> _Rows:
    return [*rows, chance.choice(rows)]


def _other_marking(rows: _Rows, _problem: Problem, chance: random.Random) -> _Rows:
    at = chance.randrange(len(rows))
    rows[at] = replace(rows[at], marking=Marking(chance.randint(1, 4)))
    return rows


def _other_work(rows: _Rows, problem: Problem, chance: random.Random) -> _Rows:
    at = chance.randrange(len(rows))
    rows[at] = replace(rows[at], work=chance.choice(problem.works).work)
    return rows


def _with_rows(change: Callable[[_Rows, Problem, random.Random], _Rows]) -> _Change:
    """Rows that break a rule, or that are no longer the one best allocation.

    Works that the same experts may mark can change places, and nothing that was claimed becomes false.
    """

    def altered(problem: Problem, solution: Solution, chance: random.Random) -> Solution | None:
        best = _counts(problem, solution.assignments) if isinstance(solution.certificate, Proven) else None
        for _ in range(_TRIES if solution.assignments else 0):
            rows = tuple(change(list(solution.assignments), problem, chance))
            if not valid(problem, rows) or (best is not None and _counts(problem, rows) != best):
                return _restated(problem, solution, rows)
        return None

    return altered


def _counts(problem: Problem, rows: tuple[Assignment, ...]) -> Counter[tuple[int, ExpertId]]:
    """How many works of each kind an expert gets; works of a school that the same experts may mark are of one kind."""
    kinds: dict[tuple[str, frozenset[ExpertId]], int] = {}
    kind = {}
    for work in problem.works:
        able = frozenset(e.expert for e in problem.experts if may(problem, work, e))
        kind[work.work] = kinds.setdefault((work.school, able), len(kinds))
    return Counter((kind[a.work], a.expert) for a in rows)


def _restated(problem: Problem, solution: Solution, rows: tuple[Assignment, ...]) -> Solution:
    """Other rows; loads and costs of levels as they follow from them, the potentials as they were."""
    new = Counter(a.expert for a in rows)
    loads = tuple(sorted((e.expert, e.load + new[e.expert]) for e in problem.experts))
    squares = sum(load * load for _, load in loads)
    changed = replace(solution, assignments=rows, loads=loads, objective=squares)
    known = new.keys() <= {e.expert for e in problem.experts}
    if not isinstance(solution.certificate, Proven) or not known:
        return changed
    return replace(changed, certificate=_with_costs(problem, solution.certificate, rows))


def _with_costs(problem: Problem, proof: Proven, rows: tuple[Assignment, ...]) -> Proven:
    network = network_of(problem)
    levels = list(levels_of(problem, network))
    levels += [tie_level(network, at + 1) for at in range(len(proof.levels) - len(levels))]
    pairs, reads = reads_of(network, rows)
    found = zip(levels, proof.levels, strict=True)
    return Proven(tuple(replace(one, cost=level_cost(network, level, pairs, reads)) for level, one in found))


# --- numbers ------------------------------------------------------------------------------------


def _loads(_problem: Problem, solution: Solution, chance: random.Random) -> Solution | None:
    loads = list(solution.loads)
    if not loads:
        return None
    at = chance.randrange(len(loads))
    loads[at] = (loads[at][0], loads[at][1] + chance.choice((-1, 1)))
    return replace(solution, loads=tuple(loads), objective=sum(load * load for _, load in loads))


def _objective(_problem: Problem, solution: Solution, chance: random.Random) -> Solution:
    return replace(solution, objective=solution.objective + chance.choice((-2, -1, 1, 2)))


def _seed(_problem: Problem, solution: Solution, chance: random.Random) -> Solution:
    return replace(solution, seed=solution.seed + chance.choice((-1, 1)))


# --- proofs -------------------------------------------------------------------------------------


def _cost(_problem: Problem, solution: Solution, chance: random.Random) -> Solution | None:
    def change(level: LevelProof) -> LevelProof:
        return replace(level, cost=level.cost + chance.choice((-1, 1)))

    return _with_level(solution, chance, change)


def _with_level(
    solution: Solution, chance: random.Random, change: Callable[[LevelProof], LevelProof]
) -> Solution | None:
    if not isinstance(solution.certificate, Proven):
        return None
    levels = list(solution.certificate.levels)
    at = chance.randrange(len(levels))
    levels[at] = change(levels[at])
    return replace(solution, certificate=Proven(tuple(levels)))


def _level_lost(_problem: Problem, solution: Solution, chance: random.Random) -> Solution | None:
    if not isinstance(solution.certificate, Proven):
        return None
    levels = list(solution.certificate.levels)
    del levels[chance.randrange(len(levels))]
    return replace(solution, certificate=Proven(tuple(levels)))


def _levels_turned(_problem: Problem, solution: Solution, _chance: random.Random) -> Solution | None:
    """Another order of importance than the problem's."""
    if not isinstance(solution.certificate, Proven):
        return None
    return replace(solution, certificate=Proven(solution.certificate.levels[::-1]))


def _potential(problem: Problem, solution: Solution, chance: random.Random) -> Solution | None:
    """A number on which something rests: at a pair that carries some of the works but not all, prices must be 0.

    Others may well be changed, and the proof is another one that is as good.
    """
    network = network_of(problem)
    pairs, reads = reads_of(network, solution.assignments)
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    partly = np.flatnonzero(reads < network.size[group]).tolist()
    if not partly:
        return None
    at = chance.choice(partly)
    g, e, by = int(group[at]), int(expert[at]), chance.choice((-(1 << 40), -1, 1, 7))
    gate, lane = (g, int(network.part[e])), (int(network.school[g]), e)

    def change(level: LevelProof) -> LevelProof:
        if chance.random() < 0.5:
            own = _moved_own(level.gates, gate, by)
            return replace(level, gates=own) if own else replace(level, groups=_moved(level.groups, g, by))
        own = _moved_own(level.lanes, lane, by)
        return replace(level, lanes=own) if own else replace(level, experts=_moved(level.experts, e, by))

    return _with_level(solution, chance, change)


_Own = tuple[tuple[int, int, int], ...]


def _moved_own(some: _Own, key: tuple[int, int], by: int) -> _Own:
    """With the potential of its own that a gate or lane has changed; nothing where it has none."""
    if not any((a, b) == key for a, b, _ in some):
        return ()
    return tuple((a, b, v + by if (a, b) == key else v) for a, b, v in some)


def _moved(some: tuple[int, ...], at: int, by: int) -> tuple[int, ...]:
    return (*some[:at], some[at] + by, *some[at + 1 :])


KINDS: Mapping[str, _Change] = {
    "rows swapped": _with_rows(_swapped),
    "expert replaced": _with_rows(_other_expert),
    "expert unknown": _with_rows(_stranger),
    "row dropped": _with_rows(_dropped),
    "row doubled": _with_rows(_doubled),
    "marking replaced": _with_rows(_other_marking),
    "work replaced": _with_rows(_other_work),
    "loads": _loads,
    "objective": _objective,
    "seed": _seed,
    "cost of a level": _cost,
    "level lost": _level_lost,
    "levels turned": _levels_turned,
    "potential": _potential,
}
