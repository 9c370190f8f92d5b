"""Branch and bound over directions between schools, for one level: what can't be better than what is known is left.

Cases are looked at best first, going on with the better half of the case at hand. Limits are numbers of cases and of
steps, never a clock: the same question has the same answer everywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from packets.bounds import Closed, Pricing, case_bound
from packets.network import Truth
from packets.problem import Prices, Split
from packets.relaxed import Programme, Reals, Shared

CASES = 3000
STEPS = 100_000  # of the simplex
_ROUNDED = 12  # cases at first from each of which an allocation is made, then from every so many
_NEAR = 1e-6


def mutual(flow: Reals) -> list[tuple[int, int]]:
    """Pairs of schools between which reads go both ways."""
    both = np.triu((flow > _NEAR) & (flow.T > _NEAR))
    return list(zip(*(some.tolist() for some in np.nonzero(both)), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A level to bound. costs: of the earlier levels. best: what the level costs in the best allocation known.

    attempt: make an allocation from closed directions and a flow. price: prices as whole numbers.
    """

    programme: Programme
    pricing: Pricing
    costs: Sequence[int]
    scale: int
    both: Truth
    best: Callable[[], int]
    attempt: Callable[[Closed, Reals], object]
    price: Callable[[Shared], Prices]


@dataclass(slots=True, eq=False)
class Case:
    """Some directions closed. Below `bound` nothing is possible there, as the prices prove; or it is split further."""

    closed: Closed
    bound: int
    prices: Prices
    flow: Reals
    split: Split | None = None
    cases: tuple[Case, ...] = ()


def branched(ask: Question) -> Case:
    """The tree of cases that bounds a level, from its root."""
    root = _solved(ask, frozenset(), None)
    gains, waiting, number, at = _Gains(), list[tuple[int, int, Case]](), 1, _worth(ask, root, 0)
    while at is not None and number < CASES and ask.programme.steps < STEPS:
        halves = sorted(_halves(ask, at, gains), key=lambda case: case.bound)
        number += len(halves)
        kept = [case for case in (_worth(ask, half, number) for half in halves) if case is not None]
        for case in kept[1:]:
            heapq.heappush(waiting, (case.bound, number, case))
        at = kept[0] if kept else None
        while at is None and waiting:
            at = _worth(ask, heapq.heappop(waiting)[2], -1)
    return root


def leaves(case: Case) -> Iterator[Case]:
    """Cases that weren't split."""
    if case.split is None:
        yield case
    for half in case.cases:
        yield from leaves(half)


def in_order(case: Case) -> Iterator[Split | Prices]:
    """The tree as `packets.problem.LevelBound` lists it."""
    yield case.prices if case.split is None else case.split
    for half in case.cases:
        yield from in_order(half)


def _solved(ask: Question, closed: Closed, above: Case | None) -> Case:
    found = ask.programme.solve(closed)
    prices = ask.price(found)
    bound = case_bound(ask.pricing, ask.costs, prices, ask.scale, closed)
    if bound is None or (above is not None and bound < above.bound):
        # Rounding, or a sum too large: what held for both halves together still holds.
        prices, bound = (prices, 0) if above is None else (above.prices, above.bound)
    return Case(closed, bound, prices, found.flow)


def _worth(ask: Question, case: Case, number: int) -> Case | None:
    """The case, if anything better than what is known may be in it."""
    if case.bound >= ask.best():
        return None
    if number >= 0 and (number < _ROUNDED or number % _ROUNDED == 0 or not mutual(case.flow)):
        ask.attempt(case.closed, case.flow)
    return case if case.bound < ask.best() else None


def _halves(ask: Question, case: Case, gains: _Gains) -> Iterator[Case]:
    """Between two schools that mark each other, or could, one direction closed and then the other one."""
    pair = _pair(ask, case, gains)
    if pair is None:
        return
    one, other = pair
    flow = case.flow
    halves = []
    for direction in ((one, other), (other, one)):
        half = _solved(ask, case.closed | {direction}, case)
        gains.add(direction, (half.bound - case.bound) / max(_NEAR, float(flow[direction])))
        halves.append(half)
    case.split, case.cases, case.flow = Split(one, other), tuple(halves), flow[:0]
    yield from halves


def _pair(ask: Question, case: Case, gains: _Gains) -> tuple[int, int] | None:
    flow = case.flow
    some = mutual(flow)
    if not some:
        # An allocation was made of it. Costs of several levels may still leave room for another one.
        used = np.triu(ask.both & ((flow > _NEAR) | (flow.T > _NEAR)))
        some = [p for p in zip(*(s.tolist() for s in np.nonzero(used)), strict=True) if not _decided(case.closed, p)]
    return max(some, key=lambda pair: (gains.worth(flow, pair), pair), default=None)


def _decided(closed: Closed, pair: tuple[int, int]) -> bool:
    return pair in closed or (pair[1], pair[0]) in closed


@dataclass(slots=True)
class _Gains:
    """What closing a direction gained so far, for each read that had to go elsewhere."""

    total: dict[tuple[int, int], float] = field(default_factory=dict)
    times: dict[tuple[int, int], int] = field(default_factory=dict)
    all: float = 0.0
    every: int = 0

    def add(self, direction: tuple[int, int], gain: float) -> None:
        self.total[direction] = self.total.get(direction, 0.0) + gain
        self.times[direction] = self.times.get(direction, 0) + 1
        self.all, self.every = self.all + gain, self.every + 1

    def worth(self, flow: Reals, pair: tuple[int, int]) -> float:
        """How much both halves of a split are likely to gain."""
        gains = [max(1e-3, float(flow[d]) * self._each(d)) for d in (pair, (pair[1], pair[0]))]
        return min(gains) * 5 + max(gains)

    def _each(self, direction: tuple[int, int]) -> float:
        times = self.times.get(direction, 0)
        return self.total[direction] / times if times else (self.all + 1.0) / (self.every + 1)
