"""Is an allocation the best there is? Checked from its certificate, without a solver and without the solver's code.

The argument: give every node of the network (`packets.network`) a number, its potential. The price of an arc is its
cost plus the potential where it begins minus the one where it ends. Round any circle the potentials cancel out, so
sending reads round a circle costs what its prices add up to. If no arc with a negative price can take more reads, and
none with a positive price gives any back, no circle saves anything: the allocation is cheapest. And every other one
that is as cheap leaves those arcs as they are, so the next level has to look at arcs of price 0 only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from packets.directions import directions_of, one_each
from packets.network import BALANCE, SPREAD, Ints, Level, Network, levels_of, network_of, tie_level
from packets.problem import Assignment, Bounded, LevelProof, Problem, Proven
from packets.rules import Rule

_LARGEST = 1 << 60  # of a potential: sums of three stay within 64 bits
_PAIRS = 1 << 21  # pairs priced together


@dataclass(frozen=True, slots=True, eq=False)
class _Own:
    """Potentials of the gates or lanes that have one of their own, by `first number * wide + second number`; sorted."""

    keys: Ints
    values: Ints

    def at(self, keys: Ints, others: Ints) -> Ints:
        """The potentials of `keys`; those of `others`, one for each key, where there is none of its own."""
        found, own = others.copy(), np.isin(keys, self.keys)
        found[own] = self.values[np.searchsorted(self.keys, keys[own])]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """A level and its potentials, ready to use."""

    level: Level
    groups: Ints
    experts: Ints
    gates: _Own
    lanes: _Own


@dataclass(frozen=True, slots=True, eq=False)
class _Flow:
    """Reads of pairs (`group * experts + expert`, sorted), and the numbers of what they pass."""

    pairs: Ints
    reads: Ints
    group: Ints
    expert: Ints
    gate: Ints
    lane: Ints


def not_proven(problem: Problem, rows: Sequence[Assignment], claim: Proven | Bounded) -> Iterator[tuple[str, Rule]]:
    """Levels whose stated cost is wrong or whose optimality isn't proven, as long as no closed direction is used. Rows
    must keep the hard rules."""
    network = network_of(problem)
    if isinstance(claim, Bounded):
        if not one_each(problem, claim.closed) or directions_of(problem, rows) & set(claim.closed):
            yield "directions", Rule.OPTIMALITY
            return
        network = network.without_directions(claim.closed)
    expected = list(levels_of(problem, network))
    expected += [tie_level(network, at + 1) for at in range(max(1, len(claim.levels) - len(expected)))]
    if [level.name for level in expected] != [proof.level for proof in claim.levels]:
        yield "levels", Rule.OPTIMALITY
        return
    flow, priced = _flow(network, rows), list[_Priced]()
    for level, proof in zip(expected, claim.levels, strict=True):
        if _cost(network, level, flow) != proof.cost:
            yield level.name, Rule.OBJECTIVE
        one = _priced(network, level, proof)
        if one is None:
            yield level.name, Rule.OPTIMALITY
        else:
            priced.append(one)
    if len(priced) == len(expected):
        parts = (_loads, _lanes, _gates, _pairs)
        broken = {name for part in parts for name in part(network, priced, flow)}
        yield from ((name, Rule.OPTIMALITY) for name in sorted(broken))


def _flow(network: Network, rows: Sequence[Assignment]) -> _Flow:
    works = {w.work: at for at, w in enumerate(network.works)}
    experts = {e.expert: at for at, e in enumerate(network.experts)}
    work = np.array([works[a.work] for a in rows], dtype=np.int64)
    who = np.array([experts[a.expert] for a in rows], dtype=np.int64)
    pairs, reads = np.unique(network.group_of[work] * len(experts) + who, return_counts=True)
    group, expert = np.divmod(pairs, max(1, len(experts)))
    gate, lane = group * network.parts + network.part[expert], network.school[group] * len(experts) + expert
    return _Flow(pairs, reads, group, expert, gate, lane)


def _priced(network: Network, level: Level, proof: LevelProof) -> _Priced | None:
    """None when the potentials are not those of this network."""
    gates = _own(proof.gates, len(network.size), network.parts)
    lanes = _own(proof.lanes, len(network.schools), len(network.experts))
    fits = (len(proof.groups), len(proof.experts)) == (len(network.size), len(network.experts))
    if gates is None or lanes is None or not fits or not all(map(_small, (*proof.groups, *proof.experts))):
        return None
    groups, experts = np.array(proof.groups, dtype=np.int64), np.array(proof.experts, dtype=np.int64)
    return _Priced(level, groups, experts, gates, lanes)


def _small(potential: int) -> bool:
    return -_LARGEST < potential < _LARGEST


def _own(some: Sequence[tuple[int, int, int]], high: int, wide: int) -> _Own | None:
    found = {a * wide + b: v for a, b, v in some if 0 <= a < high and 0 <= b < wide and _small(v)}
    keys = sorted(found)
    if len(keys) < len(some):  # one that doesn't exist, or one twice
        return None
    return _Own(np.array(keys, dtype=np.int64), np.array([found[key] for key in keys], dtype=np.int64))


def _cost(network: Network, level: Level, flow: _Flow) -> int:
    if level.pairs is not None:
        return int(np.dot(level.pairs.at(flow.group, flow.expert), flow.reads))
    if level.name == BALANCE:
        return sum(load**2 for load in (network.load + _sums(flow.expert, flow.reads, len(network.experts))).tolist())
    lanes, at = np.unique(flow.lane, return_inverse=True)
    steps = network.steps[lanes // max(1, len(network.experts)), 1:-1]
    return int(np.maximum(0, _sums(at, flow.reads, len(lanes))[:, None] - steps).sum())


def _sums(numbers: Ints, reads: Ints, count: int) -> Ints:
    return np.bincount(numbers, reads, count).astype(np.int64)


# --- is every arc where its price puts it? --------------------------------------------------------

_Bounds = tuple[Ints, Ints]


def _kept(
    levels: Sequence[_Priced], flow: Ints, bounds: _Bounds, left: Callable[[_Priced, Ints, Ints], _Bounds]
) -> Iterator[str]:
    """Levels at which some arc is the first time not where its price puts it; `left`: what each leaves open."""
    fine = np.ones(len(flow), np.bool_)
    for one in levels:
        bounds = left(one, *bounds)
        strays = fine & ((flow < bounds[0]) | (flow > bounds[1]))
        if strays.any():
            yield one.level.name
        fine &= ~strays


def _narrowed(price: Ints, low: Ints, high: Ints) -> _Bounds:
    """An arc that costs something carries the least it may, one that saves something the most."""
    return np.where(price < 0, high, low), np.where(price > 0, low, high)


def _loads(network: Network, levels: Sequence[_Priced], flow: _Flow) -> Iterator[str]:
    """Loads of experts; the place from load n to n+1 costs 2n+1 at the level of balance."""

    def left(one: _Priced, low: Ints, high: Ints) -> _Bounds:
        if one.level.name != BALANCE:
            return _narrowed(one.experts, low, high)
        # Places below the first of these are cheaper than what the potential is worth, from the second on dearer.
        fewest, most = -((one.experts + 1) // 2), (-one.experts - 1) // 2 + 1
        return np.clip(fewest, low, high), np.clip(most, low, high)

    loads = network.load + _sums(flow.expert, flow.reads, len(network.experts))
    return _kept(levels, loads, (network.load, network.load + network.room), left)


def _gates(network: Network, levels: Sequence[_Priced], flow: _Flow) -> Iterator[str]:
    """Gates with a potential of their own at some level; all others have price 0."""
    gates = np.unique(np.concatenate([one.gates.keys for one in levels]))
    group = gates // max(1, network.parts)

    def left(one: _Priced, low: Ints, high: Ints) -> _Bounds:
        at = one.groups[group]
        return _narrowed(at - one.gates.at(gates, at), low, high)

    some = np.isin(flow.gate, gates)
    through = _sums(np.searchsorted(gates, flow.gate[some]), flow.reads[some], len(gates))
    return _kept(levels, through, (np.zeros_like(gates), network.size[group]), left)


def _lanes(network: Network, levels: Sequence[_Priced], flow: _Flow) -> Iterator[str]:
    """Lanes that are used or have a potential of their own; all others carry nothing at price 0."""
    lanes = np.unique(np.concatenate([flow.lane, *(one.lanes.keys for one in levels)]))
    school, expert = np.divmod(lanes, max(1, len(network.experts)))
    steps, rows = network.steps[school], np.arange(len(lanes))
    last = steps.shape[1] - 1

    def left(one: _Priced, low: Ints, high: Ints) -> _Bounds:
        ends = one.experts[expert]
        price = one.lanes.at(lanes, ends) - ends
        if one.level.name != SPREAD:
            return _narrowed(price, low, high)
        # Places that cost less than what the potentials are worth are taken, those that cost more are not.
        taken, taking = (steps[rows, np.clip(worth, 0, last)] for worth in (-price, 1 - price))
        return np.clip(taken, low, high), np.clip(taking, low, high)

    through = _sums(np.searchsorted(lanes, flow.lane), flow.reads, len(lanes))
    return _kept(levels, through, (np.zeros_like(lanes), steps[:, last]), left)


def _pairs(network: Network, levels: Sequence[_Priced], flow: _Flow) -> Iterator[str]:
    """Every allowed pair of a group and an expert, level by level: price 0 stays open to the next level."""
    experts = len(network.experts)
    rows = max(1, _PAIRS // max(1, experts))
    for first in range(0, len(network.size), rows):
        after = min(first + rows, len(network.size))
        open_, carried = network.may(first, after), np.zeros((after - first, experts), np.int64)
        low, high = np.searchsorted(flow.pairs, (first * experts, after * experts))
        carried.reshape(-1)[flow.pairs[low:high] - first * experts] = flow.reads[low:high]
        some, full = carried > 0, carried == network.size[first:after, None]
        for one in levels:
            price = _prices(network, one, first, after)
            if (open_ & (((price > 0) & some) | ((price < 0) & ~full))).any():
                yield one.level.name
            open_ &= price == 0


def _prices(network: Network, one: _Priced, first: int, after: int) -> Ints:
    parts, experts, schools = network.parts, len(network.experts), network.school[first:after]
    begins = np.repeat(one.groups[first:after, None], parts, axis=1)
    low, high = np.searchsorted(one.gates.keys, (first * parts, after * parts))
    begins.reshape(-1)[one.gates.keys[low:high] - first * parts] = one.gates.values[low:high]
    ends = np.repeat(one.experts[None, :], after - first, axis=0)
    lows, highs = (np.searchsorted(one.lanes.keys, at * experts) for at in (schools, schools + 1))
    for row in np.flatnonzero(lows < highs).tolist():
        own = slice(lows[row], highs[row])
        ends[row, one.lanes.keys[own] - schools[row] * experts] = one.lanes.values[own]
    price = np.take(begins, network.part, axis=1) - ends
    return price if one.level.pairs is None else price + one.level.pairs.block(first, after)
