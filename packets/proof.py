"""Is an allocation the best there is? Checked from its certificate, without a solver and without the solver's code.

The argument: give every node of the network (`packets.network`) a number, its potential. The price of an arc is its
cost plus the potential where it begins minus the one where it ends. Round any circle the potentials cancel out, so
sending reads round a circle costs what its prices add up to. If no arc with a negative price can take more reads, and
none with a positive price gives any back, no circle saves anything: the allocation is cheapest. And every other one
that is as cheap leaves those arcs as they are, so the next level has to look at arcs of price 0 only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from packets.directions import directions_of, one_each
from packets.network import BALANCE, SPREAD, Ints, Level, Network, levels_of, network_of, tie_level
from packets.problem import Assignment, Bounded, LevelProof, Problem, Proven
from packets.rules import Rule

_LARGEST = 1 << 60  # of a potential: sums of three stay within 64 bits
_PAIRS = 1 << 21  # pairs priced together
_Exceptions = Mapping[int, tuple[Ints, Ints]]  # first number -> second numbers, potentials


@dataclass(frozen=True, slots=True)
class _Priced:
    """A level and its potentials, ready to use."""

    level: Level
    groups: Ints
    experts: Ints
    gates: _Exceptions
    lanes: _Exceptions


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
    work, expert = _numbers(network, rows)
    pairs, reads = np.unique(network.group_of[work] * len(network.experts) + expert, return_counts=True)
    for level, proof in zip(expected, claim.levels, strict=True):
        if _cost(network, level, pairs, reads) != proof.cost:
            yield level.name, Rule.OBJECTIVE
    priced = [_priced(network, level, proof) for level, proof in zip(expected, claim.levels, strict=True)]
    levels = [one for one in priced if one is not None]
    broken = {level.name for level, one in zip(expected, priced, strict=True) if one is None}
    if not broken:
        broken = {*_loads(network, levels, pairs, reads), *_lanes(network, levels, pairs, reads)}
        broken |= {*_gates(network, levels, pairs, reads), *_pairs(network, levels, pairs, reads)}
    yield from ((name, Rule.OPTIMALITY) for name in sorted(broken))


def _numbers(network: Network, rows: Sequence[Assignment]) -> tuple[Ints, Ints]:
    works = {w.work: at for at, w in enumerate(network.works)}
    experts = {e.expert: at for at, e in enumerate(network.experts)}
    found = [(works[a.work], experts[a.expert]) for a in rows]
    both = np.array(found, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _priced(network: Network, level: Level, proof: LevelProof) -> _Priced | None:
    """None when the potentials are not those of this network."""
    groups, experts, parts = len(network.size), len(network.experts), network.parts
    fits = len(proof.groups) == groups and len(proof.experts) == experts
    fits &= all(abs(v) < _LARGEST for v in (*proof.groups, *proof.experts))
    for some, high, wide in ((proof.gates, groups, parts), (proof.lanes, len(network.schools), experts)):
        fits &= len({(a, b) for a, b, _ in some}) == len(some)
        fits &= all(0 <= a < high and 0 <= b < wide and abs(v) < _LARGEST for a, b, v in some)
    if not fits:
        return None
    at_groups, at_experts = np.array(proof.groups, dtype=np.int64), np.array(proof.experts, dtype=np.int64)
    return _Priced(level, at_groups, at_experts, _by_first(proof.gates), _by_first(proof.lanes))


def _by_first(some: Sequence[tuple[int, int, int]]) -> _Exceptions:
    found: dict[int, tuple[list[int], list[int]]] = {}
    for first, second, value in some:
        seconds, values = found.setdefault(first, ([], []))
        seconds.append(second)
        values.append(value)
    return {at: (np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)) for at, (a, b) in found.items()}


def _cost(network: Network, level: Level, pairs: Ints, reads: Ints) -> int:
    group, expert = pairs // max(1, len(network.experts)), pairs % max(1, len(network.experts))
    if level.pairs is not None:
        return int(np.dot(level.pairs.at(group, expert), reads))
    if level.name == BALANCE:
        return sum(
            load**2 for load in (network.load + np.bincount(expert, reads, len(network.load))).astype(int).tolist()
        )
    taken = _taken(network, pairs, reads)
    return sum(int(np.maximum(0, n - network.steps[school, 1:-1]).sum()) for (school, _), n in taken.items())


def _taken(network: Network, pairs: Ints, reads: Ints) -> Counter[tuple[int, int]]:
    """Reads of each lane."""
    taken: Counter[tuple[int, int]] = Counter()
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    for school, who, n in zip(network.school[group].tolist(), expert.tolist(), reads.tolist(), strict=True):
        taken[school, who] += n
    return taken


def _pairs(network: Network, levels: list[_Priced], pairs: Ints, reads: Ints) -> Iterator[str]:
    """Every allowed pair of a group and an expert, level by level: price 0 stays open to the next level."""
    experts = len(network.experts)
    rows = max(1, _PAIRS // max(1, experts))
    for first in range(0, len(network.size), rows):
        after = min(first + rows, len(network.size))
        open_, carried = network.may(first, after), np.zeros((after - first) * experts, np.int64)
        low, high = np.searchsorted(pairs, (first * experts, after * experts))
        carried[pairs[low:high] - first * experts] = reads[low:high]
        some = carried.reshape(after - first, experts) > 0
        full = carried.reshape(after - first, experts) == network.size[first:after, None]
        for one in levels:
            price = _prices(network, one, first, after)
            if (open_ & (((price > 0) & some) | ((price < 0) & ~full))).any():
                yield one.level.name
            open_ &= price == 0


def _prices(network: Network, one: _Priced, first: int, after: int) -> Ints:
    begins = np.repeat(one.groups[first:after, None], network.parts, axis=1)
    ends = np.repeat(one.experts[None, :], after - first, axis=0)
    for row, (group, school) in enumerate(zip(range(first, after), network.school[first:after].tolist(), strict=True)):
        if group in one.gates:
            parts, values = one.gates[group]
            begins[row, parts] = values
        if school in one.lanes:
            who, values = one.lanes[school]
            ends[row, who] = values
    price = np.take(begins, network.part, axis=1) - ends
    return price if one.level.pairs is None else price + one.level.pairs.block(first, after)


_Range = tuple[int, int]


def _within(flow: int, price: int, range_: _Range) -> tuple[bool, _Range]:
    """Is an arc where its price puts it, and what does that leave open?"""
    low, high = range_
    left = (low, low) if price > 0 else (high, high) if price < 0 else range_
    return left[0] <= flow <= left[1], left


def _gates(network: Network, levels: list[_Priced], pairs: Ints, reads: Ints) -> Iterator[str]:
    """Gates with a potential of their own; all others have price 0."""
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    flow: Counter[tuple[int, int]] = Counter()
    for at, part, n in zip(group.tolist(), network.part[expert].tolist(), reads.tolist(), strict=True):
        flow[at, part] += n
    ranges: dict[tuple[int, int], _Range] = {}
    for one in levels:
        for at, (parts, values) in one.gates.items():
            for part, value in zip(parts.tolist(), values.tolist(), strict=True):
                price, range_ = int(one.groups[at]) - value, ranges.get((at, part), (0, int(network.size[at])))
                fine, ranges[at, part] = _within(flow[at, part], price, range_)
                if not fine:
                    yield one.level.name


def _lanes(network: Network, levels: list[_Priced], pairs: Ints, reads: Ints) -> Iterator[str]:
    """Lanes that are used or have a potential of their own; all others carry nothing at price 0."""
    taken = _taken(network, pairs, reads)
    ranges = {(s, e): (0, int(network.steps[s, -1])) for s, e in taken}
    own = [
        {(s, int(e)): int(v) for s, (who, at) in one.lanes.items() for e, v in zip(who, at, strict=True)}
        for one in levels
    ]
    for lane in {lane for some in own for lane in some}:
        ranges[lane] = (0, int(network.steps[lane[0], -1]))
    for one, values in zip(levels, own, strict=True):
        for (school, expert), range_ in ranges.items():
            ends = int(one.experts[expert])
            price = values.get((school, expert), ends) - ends
            if one.level.name == SPREAD:
                fine, left = _on_steps(network.steps[school].tolist(), taken[school, expert], -price, range_)
            else:
                fine, left = _within(taken[school, expert], price, range_)
            ranges[school, expert] = left
            if not fine:
                yield one.level.name


def _on_steps(steps: list[int], flow: int, worth: int, range_: _Range) -> tuple[bool, _Range]:
    """Places of a lane that cost less than `worth` are taken, those that cost more are not."""
    low, high = (min(max(steps[min(max(at, 0), len(steps) - 1)], range_[0]), range_[1]) for at in (worth, worth + 1))
    return low <= flow <= high, (low, high)


def _loads(network: Network, levels: list[_Priced], pairs: Ints, reads: Ints) -> Iterator[str]:
    """Loads of experts; the place from load n to n+1 costs 2n+1 at the level of balance."""
    new = np.bincount(pairs % max(1, len(network.experts)), reads, len(network.experts)).astype(np.int64)
    low, high = network.load, network.load + network.room
    for one in levels:
        if one.level.name == BALANCE:
            # Places below the first of these are cheaper than what the potential is worth, from the second on dearer.
            fewest, most = -((one.experts + 1) // 2), (-one.experts - 1) // 2 + 1
            low, high = np.clip(fewest, low, high), np.clip(most, low, high)
        else:
            low, high = np.where(one.experts < 0, high, low), np.where(one.experts > 0, low, high)
        if ((network.load + new < low) | (network.load + new > high)).any():
            yield one.level.name
