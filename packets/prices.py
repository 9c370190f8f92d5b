"""What spread and every wish cost: the same works given out once more with fewer levels of importance, and compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from packets.network import BALANCE, SPREAD, Ints, Level, Network, levels_of, network_of
from packets.optimum import level_cost
from packets.overview import overview
from packets.problem import Assignment, Problem, Solution, is_optimal
from packets.solve import solve

NO_SPREAD = 1  # one expert for a school's works is always reached


@dataclass(frozen=True, slots=True)
class Step:
    """An allocation decided by `kept` levels only, and what it costs at every level of the problem; `mutual`: pairs of
    schools that mark each other. proven: none decided by the same levels is better."""

    kept: tuple[str, ...]
    costs: tuple[int, ...]
    mutual: int
    proven: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """levels: of the problem, the most important first. steps: with one level more each; the last is the allocation
    itself. unspread: all levels but spread; None where the problem asks for no spread."""

    levels: tuple[str, ...]
    steps: tuple[Step, ...]
    unspread: Step | None


def prices(problem: Problem, solution: Solution) -> Prices:
    """Compare an allocation with those that fewer levels would have given. Raises what `solve` raises."""
    network = network_of(problem)
    levels = levels_of(problem, network)
    names = tuple(level.name for level in levels)

    def step(fewer: Problem, kept: tuple[str, ...], found: Solution | None = None) -> Step:
        decided = found or solve(fewer)
        # Levels are no rules: what was possible with all of them is possible with fewer.
        assert isinstance(decided, Solution)
        pairs, reads = reads_of(network, decided.assignments)
        costs = tuple(level_cost(network, level, pairs, reads) for level in levels)
        mutual = len(overview(problem, decided, {}).mutual)
        return Step(kept, costs, mutual, is_optimal(decided.certificate))

    steps = [step(fewer, kept) for fewer, kept in _fewer(problem, levels)]
    own = step(problem, names, solution)
    if problem.spread == NO_SPREAD or not problem.wishes:
        return Prices(names, (*steps, own), None)
    rest = tuple(name for name in names if name != SPREAD)
    return Prices(names, (*steps, own), step(replace(problem, spread=NO_SPREAD), rest))


def _fewer(problem: Problem, levels: Sequence[Level]) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    """The problem with one level, two levels, ...; not the whole one."""
    before = tuple(level.name for level in levels)[: len(levels) - len(problem.wishes)]
    if problem.spread > NO_SPREAD:
        yield replace(problem, spread=NO_SPREAD, wishes=()), (BALANCE,)
    for at in range(len(problem.wishes)):
        yield replace(problem, wishes=problem.wishes[:at]), (*before, *(f"wish {w.name}" for w in problem.wishes[:at]))


def reads_of(network: Network, rows: Sequence[Assignment]) -> tuple[Ints, Ints]:
    """How many reads each pair of a group and an expert has."""
    works = {work.work: at for at, work in enumerate(network.works)}
    experts = {expert.expert: at for at, expert in enumerate(network.experts)}
    found = [int(network.group_of[works[a.work]]) * len(experts) + experts[a.expert] for a in rows]
    pairs, reads = np.unique(np.array(found, dtype=np.int64), return_counts=True)
    return pairs, reads.astype(np.int64)
