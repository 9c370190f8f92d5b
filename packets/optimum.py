"""The best flow of a network, level by level: the order of the input changes nothing.

Levels (`packets.network`) are decided one after another: each has small whole-number costs of its own and looks only
at flows that are cheapest at every earlier one. No weights have to be balanced against each other, and none overflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from packets.costs import Wish
from packets.errors import SolverFailed
from packets.face import Face, Potentials, merged, narrowed, nothing, whole
from packets.flow import Short, candidates, cheapest, served
from packets.network import Ints, Level, Network, levels_of, tie_level
from packets.problem import Infeasible, Problem
from packets.unique import only_one

_MOST_TIES = 8  # levels of ties; one is nearly always enough


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Reads of pairs (`group * experts + expert`, sorted) so far, what proves them best, and what is still open."""

    pairs: Ints
    reads: Ints
    levels: tuple[tuple[Level, Potentials], ...]
    face: Face


def optimum(problem: Problem, network: Network) -> Optimum | Infeasible:
    """The one allocation of reads to pairs that is best level by level, as far as parts say who may not meet."""
    levels = levels_of(problem, network)
    ideals = [_ideal(problem, network, level) for level in levels]
    easy = ideals.index(None) if None in ideals else len(levels)
    best = _started(network, levels[:easy], ideals[:easy], [*levels[easy:], tie_level(network, 1)][0])
    if isinstance(best, Infeasible):
        return best
    for level in levels[easy:]:
        best = _decided(network, best, level)
    for number in range(1, _MOST_TIES + 1):
        best = _decided(network, best, tie_level(network, number))
        if only_one(network, best.face, best.pairs, best.reads):
            return best
    raise SolverFailed(status="ties")


def _started(
    network: Network, levels: Sequence[Level], ideals: Sequence[Potentials | None], first: Level
) -> Optimum | Infeasible:
    """The levels that may be had for nothing: all at once, or else one by one."""
    start = Optimum(np.empty(0, np.int64), np.empty(0, np.int64), (), whole(network))
    hopeful = _ideally(network, start, levels, ideals, first)
    if hopeful is not None:
        return hopeful
    plain = served(network, start.face, candidates(network, start.face, first))
    if isinstance(plain, Short):
        return Infeasible(network.reads)
    best = Optimum(plain.pairs, start.reads, (), start.face)
    for level, ideal in zip(levels, ideals, strict=True):
        best = _ideally(network, best, [level], [ideal], first) or _decided(network, best, level)
    return best


def _ideally(
    network: Network, best: Optimum, levels: Sequence[Level], ideals: Sequence[Potentials | None], first: Level
) -> Optimum | None:
    """These levels at their least conceivable cost, if anything then serves all reads."""
    face, proven = best.face, list(best.levels)
    for level, ideal in zip(levels, ideals, strict=True):
        if ideal is None:
            return None
        face = narrowed(network, face, level, ideal)
        proven.append((level, ideal))
    found = served(network, face, merged(best.pairs, candidates(network, face, first)))
    return None if isinstance(found, Short) else Optimum(found.pairs, best.reads[:0], tuple(proven), face)


def _decided(network: Network, best: Optimum, level: Level) -> Optimum:
    """The level's least cost, proven, and what it leaves open."""
    # Before anything was decided, the pairs are candidates already, chosen by the cost of this level.
    more = candidates(network, best.face, level) if len(best.reads) else best.pairs
    found = cheapest(network, best.face, level, merged(best.pairs, more))
    used = found.reads > 0
    face = narrowed(network, best.face, level, found.proof)
    return Optimum(found.pairs[used], found.reads[used], (*best.levels, (level, found.proof)), face)


def _ideal(problem: Problem, network: Network, level: Level) -> Potentials | None:
    """Potentials that prove the least conceivable cost of a level; None where that is not worth trying."""
    if level.places:
        return _flat(network, -2 * _water_level(network) - 1)
    wish = next((w for w in problem.wishes if f"wish {w.name}" == level.name), None)
    return _flat(network, 0) if wish is None or _mostly_free(wish) else None


def _mostly_free(wish: Wish) -> bool:
    return all(2 * np.count_nonzero(table.values) <= table.values.size for table in wish.tables)


def _flat(network: Network, value: int) -> Potentials:
    groups, experts = np.full_like(network.size, value), np.full_like(network.room, value)
    return Potentials(groups, experts, nothing(), nothing())


def _water_level(network: Network) -> int:
    """The highest load up to which everybody may be filled, conflicts aside, without giving out too much."""
    top, total = network.load + network.room, int(network.load.sum()) + network.reads
    low, high = 0, int(top.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.clip(middle, network.load, top).sum()) <= total:
            low = middle
        else:
            high = middle - 1
    return low


def level_cost(network: Network, level: Level, pairs: Ints, reads: Ints) -> int:
    """What reads of some pairs cost at a level."""
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    if level.pairs is not None:
        return int((level.pairs.at(group, expert) * reads).sum())
    if level.places:
        loads = network.load + np.bincount(expert, reads, len(network.experts)).astype(np.int64)
        return int((loads * loads).sum())
    lanes, lane = np.unique(network.school[group] * len(network.experts) + expert, return_inverse=True)
    places = np.bincount(lane, reads, len(lanes)).astype(np.int64)
    bounds = network.steps[lanes // max(1, len(network.experts))]
    taken = np.clip(places[:, None] - bounds[:, :-1], 0, np.diff(bounds, axis=1))
    return int((taken * np.arange(taken.shape[1])).sum())
