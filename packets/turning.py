"""Directions between schools turned one at a time, each tried among its neighbours only. Pure but for the flow.

At the size of a city the programme of `packets.broad` says which way most directions lean; the rest were rounded. Here
each direction used is turned: what it carried finds other places among some schools that are near by price, while all
else stays. Such a flow has a hundredth of the city's pairs, so thousands are tried where the whole is solved ten times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from packets.bounds import Closed, Meetings
from packets.face import Face, Potentials, blocks, open_pairs, reduced
from packets.network import Ints, Level, Network, Truth
from packets.relaxed import Reals

_NEAR = 10  # schools on each side of the two that take part
_AGAIN = 3  # times a neighbourhood is solved until no two of it mark each other
_LARGEST = 20_000_000  # groups x experts whose reads are kept in a table


def may_turn(network: Network, face: Face) -> bool:
    """Is the face one that is understood here: earlier levels had for nothing, and a table of reads not too large?"""
    plain = not (len(face.held) or len(face.gates.low.keys) or len(face.lanes.low.keys))
    return plain and len(network.size) * len(network.experts) <= _LARGEST


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """A neighbourhood: its schools, groups and experts, by number."""

    schools: Ints
    groups: Ints
    experts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Reads of a neighbourhood (groups x experts), reads between its schools, what it saves."""

    reads: Ints
    flow: Ints
    saves: int


class Turning:
    """An allocation without schools that mark each other, whose directions are turned in place.

    reads: groups x experts. flow: reads between schools. Only experts of one school move.
    """

    def __init__(
        self, network: Network, meetings: Meetings, face: Face, level: Level, pairs: Ints, reads: Ints
    ) -> None:
        assert level.pairs is not None
        self._network, self._meetings, self._face, self._costs = network, meetings, face, level.pairs
        self._level = level
        self.reads = np.zeros((len(network.size), len(network.experts)), np.int32)
        self.reads.reshape(-1)[pairs] = reads
        self._single = meetings.belongs.sum(axis=0) == 1
        self._home = np.where(self._single, meetings.belongs.argmax(axis=0), -1)
        of_school = meetings.belongs.T.astype(np.int64)
        between = np.zeros((len(network.schools), len(network.experts)), np.int64)
        np.add.at(between, network.school, self.reads)
        self.flow = between @ of_school
        np.fill_diagonal(self.flow, 0)

    def sweep(self, at: Potentials) -> int:
        """Turn each direction once, those first that prices of the whole say save most; what was saved in all."""
        prices = self._by_schools(at)
        answered = np.where(self.flow.T > 0, np.inf, prices)
        saved = 0
        for school, other in self._worth(prices):
            if self.flow[other, school]:
                near = self._neighbours(answered, school, other)
                found = self._tried(near, school, other)
                if found is not None:
                    self.reads[np.ix_(near.groups, near.experts)] = found.reads
                    self.flow[np.ix_(near.schools, near.schools)] = found.flow
                    saved += found.saves
        return saved

    def closed(self, at: Potentials) -> Closed:
        """What must be closed for this allocation: the answer to each direction used, and of two unused the dearer."""
        prices, both = self._by_schools(at), self._meetings.both
        unused = np.triu(both & (self.flow == 0) & (self.flow.T == 0), 1)
        dearer = [(a, b) if prices[a, b] > prices[b, a] else (b, a) for a, b in np.argwhere(unused).tolist()]
        return frozenset((b, a) for a, b in np.argwhere((self.flow > 0) & both).tolist()) | frozenset(dearer)

    # --- which, and among whom --------------------------------------------------------------------

    def _by_schools(self, at: Potentials) -> Reals:
        """The least price of a read of one school's works by another's expert: schools x schools."""
        network, count = self._network, len(self._network.schools)
        found = np.full((count, count), np.inf)
        order = np.argsort(self._home, kind="stable")
        order = order[self._home[order] >= 0]
        homes, starts = np.unique(self._home[order], return_index=True)
        for first, after in blocks(network):
            price = np.where(
                open_pairs(network, self._face, first, after),
                reduced(network, self._level, at, first, after).astype(np.float64),
                np.inf,
            )
            least = np.minimum.reduceat(price[:, order], starts, axis=1) if len(starts) else price[:, :0]
            rows = network.school[first:after]
            for row, some in zip(rows.tolist(), least, strict=True):
                found[row, homes] = np.minimum(found[row, homes], some)
        return found

    def _worth(self, prices: Reals) -> Iterator[tuple[int, int]]:
        """Closed directions that would save something, the most promising first."""
        school, other = np.nonzero((self.flow.T > 0) & (prices < 0))
        hope = prices[school, other] * self.flow[other, school]
        yield from ((int(school[i]), int(other[i])) for i in np.lexsort((other, school, hope)).tolist())

    def _neighbours(self, prices: Reals, school: int, other: int) -> _Near:
        some = {school, other}
        for row in (prices[school], prices[other], prices[:, school], prices[:, other]):
            some.update(np.argsort(row, kind="stable")[:_NEAR].tolist())
        schools = np.array(sorted(some), np.int64)
        return _Near(
            schools,
            np.flatnonzero(np.isin(self._network.school, schools)),
            np.flatnonzero(np.isin(self._home, schools)),
        )

    # --- one turn -----------------------------------------------------------------------------------

    def _tried(self, near: _Near, school: int, other: int) -> _Found | None:
        """The neighbourhood with the direction from `school` to `other` open and its answer closed; None when that
        saves nothing."""
        place = {name: at for at, name in enumerate(near.schools.tolist())}
        between = self.flow[np.ix_(near.schools, near.schools)]
        is_open = between.T == 0
        is_open[place[school], place[other]], is_open[place[other], place[school]] = True, False
        now = self.reads[np.ix_(near.groups, near.experts)].astype(np.int64)
        group, expert = np.divmod(np.arange(now.size), now.shape[1])
        cost = self._costs.at(near.groups[group], near.experts[expert]).reshape(now.shape)
        others = between - self._between(near, now)  # what experts of several schools read stays
        for _ in range(_AGAIN):
            reads = self._solved(near, now, cost, is_open)
            if reads is None or (saves := int((cost * (now - reads)).sum())) <= 0:
                return None
            flow = others + self._between(near, reads)
            np.fill_diagonal(flow, 0)
            mutual = np.minimum(flow, flow.T) > 0
            if not mutual.any():
                return _Found(reads, flow, saves)
            lesser = mutual & ((flow < flow.T) | ((flow == flow.T) & np.triu(mutual)))
            is_open &= ~lesser
        return None

    def _between(self, near: _Near, reads: Ints) -> Ints:
        """Reads between the schools of a neighbourhood."""
        rows = np.searchsorted(near.schools, self._network.school[near.groups])
        columns = np.searchsorted(near.schools, self._home[near.experts])
        found = np.zeros((len(near.schools), len(near.schools)), np.int64)
        np.add.at(found, (rows[:, None], columns[None, :]), reads)
        return found

    def _solved(self, near: _Near, now: Ints, cost: Ints, is_open: Truth) -> Ints | None:
        """The cheapest reads with the same sums for every group and expert: groups, experts, gates, lanes."""
        network, experts = self._network, len(near.experts)
        rows = np.searchsorted(near.schools, network.school[near.groups])
        columns = np.searchsorted(near.schools, self._home[near.experts])
        may = np.unpackbits(self._face.free[near.groups], axis=1, count=len(network.experts)).astype(np.bool_)
        group, expert = np.nonzero(may[:, near.experts] & is_open[rows][:, columns])
        gates, gate = np.unique(group * network.parts + network.part[near.experts[expert]], return_inverse=True)
        lanes, lane = np.unique(rows[group] * experts + expert, return_inverse=True)
        first_gate = len(near.groups) + experts
        first_lane = first_gate + len(gates)
        size = network.size[near.groups]
        tail = [first_gate + gate, gates // network.parts, first_lane + np.arange(len(lanes))]
        head = [first_lane + lane, first_gate + np.arange(len(gates)), len(near.groups) + lanes % experts]
        high = [size[group], size[gates // network.parts], self._face.lane[near.schools[lanes // max(1, experts)]]]
        prices = [cost[group, expert], np.zeros_like(gates), np.zeros_like(lanes)]
        solver = min_cost_flow.SimpleMinCostFlow()
        columns_of = (np.concatenate(some) for some in (tail, head, high, prices))
        solver.add_arcs_with_capacity_and_unit_cost(*columns_of)
        supply = np.concatenate([now.sum(axis=1), -now.sum(axis=0), np.zeros(len(gates) + len(lanes), np.int64)])
        solver.set_nodes_supplies(np.arange(len(supply)), supply)
        if solver.solve() != solver.OPTIMAL:
            return None
        reads = np.zeros_like(now)
        reads[group, expert] = np.asarray(solver.flows(np.arange(len(group))))
        return reads
