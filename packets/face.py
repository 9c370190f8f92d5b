"""What earlier levels leave open: bounds on pairs, gates, lanes and loads, and how a level's potentials narrow them.

With potentials that prove a flow cheapest, an arc of positive reduced cost is at its lower bound in every cheapest
flow, one of negative reduced cost at its upper bound, and every flow that keeps to this is cheapest. So the next
level is a flow problem again, with tighter bounds and its own small costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from packets.network import Bits, Ints, Level, Network, Truth, unpacked

_BLOCK = 1 << 18  # pairs looked at together: what lies near the processor


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """Values of some numbered things; keys sorted."""

    keys: Ints
    values: Ints

    def at(self, keys: Ints, otherwise: Ints) -> Ints:
        """The values of `keys`, those of `otherwise` (same length) where there is none."""
        if not len(self.keys):
            return otherwise
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.values[places], otherwise)

    def updated(self, keys: Ints, values: Ints) -> Sparse:
        """With other values for `keys` (sorted)."""
        kept = ~np.isin(self.keys, keys)
        joined = np.concatenate([self.keys[kept], keys])
        order = np.argsort(joined)
        return Sparse(joined[order], np.concatenate([self.values[kept], values])[order])


def merged(*keys: Ints) -> Ints:
    """All of some numbers that aren't negative, each once, sorted."""
    found = np.sort(np.concatenate(keys))
    return found[np.diff(found, prepend=-1) > 0]


def nothing() -> Sparse:
    """No values at all."""
    return Sparse(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Potentials:
    """As in `packets.problem.LevelProof`; gates by `group * parts + part`, lanes by `school * experts + expert`."""

    groups: Ints
    experts: Ints
    gates: Sparse
    lanes: Sparse


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """From `low` to `high` where listed."""

    low: Sparse
    high: Sparse

    def at(self, keys: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """Bounds of `keys`, and the given ones for those that aren't listed."""
        return self.low.at(keys, low), self.high.at(keys, high)

    def updated(self, keys: Ints, low: Ints, high: Ints) -> Bounds:
        return Bounds(self.low.updated(keys, low), self.high.updated(keys, high))


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """All flows that are cheapest at every level so far.

    free: pairs that may carry from nothing to all works of the group, eight to a byte. held: pairs (by
    `group * experts + expert`, sorted) that carry exactly all works. Other pairs carry nothing.
    lane: the most a lane takes unless it is listed in `lanes`, for each school. loads: reads of each expert.
    """

    free: Bits
    held: Ints
    gates: Bounds
    lanes: Bounds
    lane: Ints
    load_low: Ints
    load_high: Ints


def whole(network: Network) -> Face:
    """Everything that keeps the hard rules."""
    none = Bounds(nothing(), nothing())
    return Face(
        network.allowed,
        np.empty(0, np.int64),
        none,
        none,
        network.steps[:, -1],
        np.zeros_like(network.room),
        network.room,
    )


def blocks(network: Network) -> Iterator[tuple[int, int]]:
    """First and after-last group of blocks that fit into little memory."""
    rows = max(1, _BLOCK // max(1, len(network.experts)))
    for first in range(0, len(network.size), rows):
        yield first, min(first + rows, len(network.size))


def open_pairs(network: Network, face: Face, first: int, after: int) -> Truth:
    """Which pairs of a block are free."""
    return unpacked(face.free[first:after], len(network.experts))


def reduced(network: Network, level: Level | None, at: Potentials, first: int, after: int) -> Ints:
    """Reduced costs of all pairs of a block: cost + potential where a read comes from - where it goes."""
    found = _tails(network, at, first, after) - _heads(network, at, first, after)
    if level is not None and level.pairs is not None:
        found += level.pairs.block(first, after)
    return found


def _tails(network: Network, at: Potentials, first: int, after: int) -> Ints:
    parts = network.parts
    low, high = np.searchsorted(at.gates.keys, (first * parts, after * parts))
    if low == high:
        return at.groups[first:after, None]
    gates = np.repeat(at.groups[first:after, None], parts, axis=1)
    gates.reshape(-1)[at.gates.keys[low:high] - first * parts] = at.gates.values[low:high]
    return np.take(gates, network.part, axis=1)


def _heads(network: Network, at: Potentials, first: int, after: int) -> Ints:
    experts = len(network.experts)
    heads = np.repeat(at.experts[None, :], after - first, axis=0)
    schools = network.school[first:after]
    low = np.searchsorted(at.lanes.keys, schools * experts)
    count = np.searchsorted(at.lanes.keys, (schools + 1) * experts) - low
    rows = np.repeat(np.arange(after - first), count)
    places = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    heads[rows, at.lanes.keys[places] % experts] = at.lanes.values[places]
    return heads


def narrowed(network: Network, face: Face, level: Level, at: Potentials) -> Face:
    """The face of a level within the face of the levels before it."""
    free, held = _pairs(network, face, level, at)
    experts = len(network.experts)
    lanes, lane = face.lanes, face.lane
    keys = merged(at.lanes.keys, lanes.low.keys) if level.lanes else at.lanes.keys
    school, expert = np.divmod(keys, max(1, experts))
    low, high = lanes.at(keys, np.zeros_like(keys), lane[school])
    difference = at.experts[expert] - at.lanes.at(keys, at.experts[expert])
    if level.lanes:
        lane = np.minimum(lane, network.steps[:, 1])
        low, high = _steps(network.steps[school], difference, low, high)
    else:
        low, high = _fixed(-difference, low, high)
    lanes = lanes.updated(keys, low, high)
    load_low, load_high = _loads(network, face, level, at)
    return replace(
        face,
        free=free,
        held=held,
        gates=_gates(network, face, at),
        lanes=lanes,
        lane=lane,
        load_low=load_low,
        load_high=load_high,
    )


def _fixed(price: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    return np.where(price < 0, high, low), np.where(price > 0, low, high)


def _pairs(network: Network, face: Face, level: Level, at: Potentials) -> tuple[Bits, Ints]:
    """Free pairs left, and pairs that carry all they can. Without a price and a difference all stay as they are."""
    flat = not len(at.gates.keys) and not len(at.lanes.keys)
    if level.pairs is None and flat and len({*at.groups.tolist(), *at.experts.tolist()}) <= 1:
        return face.free, face.held
    free, held, experts = [], [face.held], len(network.experts)
    for first, after in blocks(network):
        open_, price = open_pairs(network, face, first, after), reduced(network, level, at, first, after)
        held.append(np.flatnonzero(open_ & (price < 0)) + first * experts)
        free.append(np.packbits(open_ & (price == 0), axis=1))
    return np.concatenate(free) if free else face.free, np.sort(np.concatenate(held))


def _gates(network: Network, face: Face, at: Potentials) -> Bounds:
    keys = at.gates.keys
    group = keys // max(1, network.parts)
    low, high = face.gates.at(keys, np.zeros_like(keys), network.size[group])
    return face.gates.updated(keys, *_fixed(at.groups[group] - at.gates.values, low, high))


def _steps(steps: Ints, difference: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Of the places of a lane those cheaper than the potentials' difference are taken, the dearer ones are not."""
    at, last = np.arange(len(steps)), steps.shape[1] - 1
    taken = steps[at, np.clip(difference, 0, last)]
    taking = steps[at, np.clip(difference + 1, 0, last)]
    return np.clip(taken, low, high), np.clip(taking, low, high)


def _loads(network: Network, face: Face, level: Level, at: Potentials) -> tuple[Ints, Ints]:
    low, high = face.load_low, face.load_high
    if not level.places:
        return _fixed(at.experts, low, high)
    # The place from load n to n+1 costs 2n+1; it is taken below -potential and free at it.
    taken, taking = -(-(-at.experts - 1) // 2), (-at.experts - 1) // 2 + 1
    return np.clip(taken - network.load, low, high), np.clip(taking - network.load, low, high)
