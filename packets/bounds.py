"""What no allocation without schools that mark each other can be better than: from prices, exactly, without a solver.

The argument: potentials turn the cost of an allocation into what its arcs cost at their prices, plus a constant
(`packets.proof`). Every arc costs least at one end of its range. Pairs of a group and an expert belong to a direction
between two schools, and of the two directions between them only one is used: the cheaper one counts, the other is
nothing. The sum of all that is below what any allocation costs. Costs of earlier levels are added with a weight each:
whoever is no worse there pays no more for them than this allocation does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from packets.network import BALANCE, SPREAD, Ints, Level, Network, Truth, levels_of, network_of
from packets.problem import Bounded, LevelBound, Prices, Problem, Split
from packets.rules import Rule

_LARGEST = 1 << 62  # no sum of prices comes near it, or nothing is claimed
_PAIRS = 1 << 21  # pairs looked at together

Closed = frozenset[tuple[int, int]]  # directions by number: school of the work, school of the expert


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Schools by number, as in the network: who works where, and which pairs could mark each other.

    belongs: schools x experts. could: schools x schools, may any expert of the second mark works of the first?
    counted: for a school and an expert the one school of the expert's whose direction is counted, or -1 where none
    could answer. counted_parts: the same for a school and a part, -1 where its experts differ.
    """

    belongs: Truth
    could: Truth
    counted: Ints
    counted_parts: Ints

    @property
    def both(self) -> Truth:
        """Pairs of schools that could mark each other."""
        return np.asarray(self.could & self.could.T)


def meetings_of(network: Network) -> Meetings:
    """Who could mark whom."""
    schools_of = _numbered_schools(network)
    count, experts = len(network.schools), len(network.experts)
    belongs = np.zeros((count, experts), np.bool_)
    for expert, schools in enumerate(schools_of):
        belongs[list(schools), expert] = True
    may = np.zeros((count, experts), np.bool_)
    for first, after in _blocks(network):
        np.logical_or.at(may, network.school[first:after], network.may(first, after))
    could = may.astype(np.float32) @ belongs.T.astype(np.float32) > 0
    np.fill_diagonal(could, val=False)
    both = could & could.T
    counted = np.full((count, experts), -1, np.int64)
    for expert, schools in enumerate(schools_of):
        for school in sorted(schools, reverse=True):
            counted[both[:, school], expert] = school
    parts = np.full((count, network.parts), -1, np.int64)
    for part in range(network.parts):
        some = counted[:, network.part == part]
        parts[:, part] = np.where((some == some[:, :1]).all(axis=1), some[:, 0], -1)
    return Meetings(belongs, could, counted, parts)


def _numbered_schools(network: Network) -> tuple[frozenset[int], ...]:
    """Schools of each expert by number; those without works here are left out."""
    number = {school: at for at, school in enumerate(network.schools)}
    return tuple(frozenset(number[s] for s in e.schools if s in number) for e in network.experts)


def _blocks(network: Network) -> Iterator[tuple[int, int]]:
    rows = max(1, _PAIRS // max(1, len(network.experts)))
    for first in range(0, len(network.size), rows):
        yield first, min(first + rows, len(network.size))


class Pricing:
    """Levels up to one and the places in which reads are priced; made once, asked for many cases."""

    def __init__(self, network: Network, meetings: Meetings, levels: Sequence[Level]) -> None:
        self._network, self._meetings, self._levels = network, meetings, levels
        self._dearest = tuple(_dearest(network, level) for level in levels)
        self._batches = list(_batches(network))
        works = np.bincount(network.school, network.size, len(network.schools))
        self._most = int(works.max(initial=0)) * max(1, len(network.experts))

    @property
    def dearest(self) -> Sequence[int]:
        """The most that one read costs at each level."""
        return self._dearest

    @property
    def schools(self) -> int:
        return len(self._network.schools)

    def fits(self, prices: Prices) -> bool:
        """Are these prices for this network?"""
        network = self._network
        gates = {(group, part) for group, part, _ in prices.gates}
        return (
            len(prices.groups) == len(network.size)
            and len(prices.experts) == len(network.experts)
            and len(prices.earlier) == len(self._levels) - 1
            and min(prices.earlier, default=0) >= 0
            and len(gates) == len(prices.gates)
            and all(0 <= group < len(network.size) and 0 <= part < network.parts for group, part in gates)
        )

    def least(self, prices: Prices, scale: int, closed: Closed) -> int | None:
        """The least that costs weighted by `scale` and `prices.earlier` can add up to while `closed` isn't used.

        None where 64 bits might not hold a sum.
        """
        weights = (*prices.earlier, scale)
        if not self._safe(prices, weights):
            return None
        network = self._network
        supply = (network.size * network.markings).tolist()
        total: int = -sum(at * reads for at, reads in zip(prices.groups, supply, strict=True))
        total += self._loads(np.array(prices.experts, dtype=np.int64), weights)
        values = np.zeros((len(network.schools),) * 2, np.int64)
        total += self._pairs(prices, weights, closed, values) + self._gates(prices, values)
        for of_work, of_expert in closed:
            values[of_work, of_expert] = 0
        cheaper = np.triu(np.minimum(values, values.T), 1)
        return total + _total(cheaper)

    def _safe(self, prices: Prices, weights: Sequence[int]) -> bool:
        network = self._network
        tails, heads = [*prices.groups, *(at for _, _, at in prices.gates)], prices.experts
        apart = max(tails, default=0) - min(heads, default=0), min(tails, default=0) - max(heads, default=0)
        highest = max(map(abs, apart))
        highest += sum(weight * most for weight, most in zip(weights, self._dearest, strict=True))
        highest += max(tails, default=0) - min(tails, default=0)
        top = int((network.load + network.room).max(initial=0)) + 2
        loads = weights[0] * top * top + max(map(abs, heads), default=0) * top
        return max(highest * self._most, 4 * loads, *map(abs, tails or [0])) < _LARGEST

    def _loads(self, at: Ints, weights: Sequence[int]) -> int:
        network, square = self._network, weights[0]
        if not square:
            return sum(np.minimum(0, at * network.room).tolist())
        below = np.floor_divide(-at - 2 * square * network.load, 2 * square)
        some = (np.clip(below + step, 0, network.room) for step in (0, 1))
        costs = [square * (network.load + reads) ** 2 + at * reads for reads in some]
        return sum(np.minimum(*costs).tolist())

    def _pairs(self, prices: Prices, weights: Sequence[int], closed: Closed, values: Ints) -> int:
        """Adds what directions are worth to `values`; returns what belongs to none."""
        network, meetings, free = self._network, self._meetings, 0
        tails, heads = self._tails(prices), np.array(prices.experts, dtype=np.int64)
        shut = self._shut(closed)
        for groups in self._batches:
            schools = network.school[groups[0]]
            flat = groups.reshape(-1)
            price = tails(flat) - heads
            for level, weight in zip(self._levels, weights, strict=True):
                if level.pairs is not None and weight:
                    price += weight * _costs(level, flat)
            size = np.where(_may(network, flat), network.size[flat][:, None], 0)
            shape = (*groups.shape, len(heads))
            spread = next((w for level, w in zip(self._levels, weights, strict=True) if level.name == SPREAD), 0)
            lanes = _lanes(price.reshape(shape), size.reshape(shape), network.steps[schools], spread)
            lanes[shut[schools]] = 0
            counted = meetings.counted[schools]
            free += _total(np.where(counted < 0, lanes, 0))
            row, expert = np.nonzero((counted >= 0) & (lanes < 0))
            np.add.at(values, (schools[row], counted[row, expert]), lanes[row, expert])
        return free

    def _tails(self, prices: Prices) -> Callable[[Ints], Ints]:
        network, groups = self._network, np.array(prices.groups, dtype=np.int64)
        own: dict[int, list[tuple[int, int]]] = {}
        for group, part, at in prices.gates:
            own.setdefault(group, []).append((part, at))

        def tails(some: Ints) -> Ints:
            found = np.repeat(groups[some][:, None], len(network.experts), axis=1)
            if not own:
                return found
            gates = np.repeat(groups[some][:, None], network.parts, axis=1)
            for row, group in enumerate(some.tolist()):
                for part, at in own.get(group, ()):
                    gates[row, part] = at
            return np.take(gates, network.part, axis=1)

        return tails

    def _gates(self, prices: Prices, values: Ints) -> int:
        network, free = self._network, 0
        for group, part, at in prices.gates:
            worth = min(0, prices.groups[group] - at) * int(network.size[group])
            school = int(network.school[group])
            other = int(self._meetings.counted_parts[school, part])
            if other < 0:
                free += worth
            else:
                values[school, other] += worth
        return free

    def _shut(self, closed: Closed) -> Truth:
        shut = np.zeros_like(self._meetings.belongs)
        for of_work, of_expert in closed:
            shut[of_work] |= self._meetings.belongs[of_expert]
        return shut


def _total(values: Ints) -> int:
    """The sum of a table; of rows in 64 bits, of all without a limit."""
    rows: list[int] = values.sum(axis=1).tolist()
    return sum(rows)


def _dearest(network: Network, level: Level) -> int:
    if level.pairs is not None:
        return max((int(level.pairs.block(a, b).max(initial=0)) for a, b in _blocks(network)), default=0)
    if level.name == BALANCE:
        return 2 * int((network.load + network.room).max(initial=0)) + 1
    return int(network.steps.shape[1])


def _batches(network: Network) -> Iterator[Ints]:
    """Groups by number, as (groups of a school, schools): schools with equally many groups together."""
    order = np.argsort(network.school, kind="stable")
    count = np.bincount(network.school, minlength=len(network.schools))
    first = np.cumsum(count) - count
    for many in np.unique(count[count > 0]).tolist():
        schools = np.flatnonzero(count == many)
        step = max(1, _PAIRS // max(1, many * len(network.experts)))
        for at in range(0, len(schools), step):
            yield order[first[schools[at : at + step]][None, :] + np.arange(many)[:, None]]


def _costs(level: Level, groups: Ints) -> Ints:
    assert level.pairs is not None
    experts = level.pairs.experts
    at = np.repeat(groups, experts), np.tile(np.arange(experts), len(groups))
    return level.pairs.at(*at).reshape(len(groups), experts)


def _may(network: Network, groups: Ints) -> Truth:
    bits = np.unpackbits(network.allowed[groups], axis=1, count=len(network.experts))
    return bits.astype(np.bool_)


def _lanes(price: Ints, size: Ints, steps: Ints, weight: int) -> Ints:
    """The least that reads of each lane (school, expert) can cost: `price` and `size` as (groups, schools, experts)."""
    if not weight:
        return np.asarray((np.minimum(0, price) * size).sum(axis=0))
    order = np.argsort(price, axis=0, kind="stable")
    price, size = np.take_along_axis(price, order, axis=0), np.take_along_axis(size, order, axis=0)
    ends = np.cumsum(size, axis=0)
    best = np.zeros(price.shape[1:], np.int64)
    corners = [*ends, *(np.minimum(steps[:, at, None], ends[-1]) for at in range(1, steps.shape[1]))]
    for reads in corners:
        cost = (price * np.clip(reads - ends + size, 0, size)).sum(axis=0)
        for at in range(1, steps.shape[1] - 1):
            dear = np.clip(reads - steps[:, at, None], 0, (steps[:, at + 1] - steps[:, at])[:, None])
            cost += weight * at * dear
        np.minimum(best, cost, out=best)
    return best


def proven_bound(pricing: Pricing, costs: Sequence[int], claim: LevelBound) -> int | None:
    """What the cases of a claim prove, `costs` being what the allocation costs at the earlier levels.

    None when the claim is malformed or too large for exact sums.
    """
    if claim.scale < 1:
        return None
    least: int | None = None
    waiting: list[Closed] = [frozenset()]
    for case in claim.cases:
        if not waiting:
            return None
        closed = waiting.pop()
        if isinstance(case, Split):
            if not 0 <= case.one < pricing.schools or not 0 <= case.other < pricing.schools or case.one == case.other:
                return None
            waiting += [closed | {(case.other, case.one)}, closed | {(case.one, case.other)}]
            continue
        found = case_bound(pricing, costs, case, claim.scale, closed)
        if found is None:
            return None
        least = found if least is None else min(least, found)
    return None if waiting else least


def case_bound(pricing: Pricing, costs: Sequence[int], prices: Prices, scale: int, closed: Closed) -> int | None:
    """What prices prove for one case, rounded up: costs are whole numbers."""
    if not pricing.fits(prices):
        return None
    least = pricing.least(prices, scale, closed)
    if least is None:
        return None
    before = sum(weight * cost for weight, cost in zip(prices.earlier, costs, strict=True))
    return -(-(least - before) // scale)


def not_bounded(problem: Problem, claim: Bounded) -> Iterator[tuple[str, Rule]]:
    """Levels whose bound isn't proven. What the levels cost must be verified."""
    network = network_of(problem)
    levels = levels_of(problem, network)
    if [bound.level for bound in claim.bounds] != [level.name for level in levels]:
        yield "bounds", Rule.BOUND
        return
    meetings, costs = meetings_of(network), [proof.cost for proof in claim.levels]
    for at, bound in enumerate(claim.bounds):
        proven = proven_bound(Pricing(network, meetings, levels[: at + 1]), costs[:at], bound)
        if proven is None or bound.bound > proven:
            yield bound.level, Rule.BOUND
