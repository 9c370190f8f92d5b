"""The flow on a face: few candidate pairs, exact over all. Every question is asked and every answer proven here.

A city has millions of pairs, and nearly all carry nothing. So the flow is found on some candidates; its potentials
then price every pair, and whichever could improve it becomes a candidate, until none does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from packets.errors import AllocationTooLarge, SolverFailed
from packets.face import Bounds, Face, Potentials, Sparse, blocks, merged, open_pairs, reduced
from packets.network import TIE_BITS, Ints, Level, Network, Truth, ties_of

_LARGEST_COST = 1 << 56  # cost x nodes that the solver takes
_EACH = 12  # candidates at first for each group and each expert
_MORE = 4  # candidates added in a round for each
_WINDOW = 3  # loads around the even one whose places are priced singly at first
_NEVER = np.iinfo(np.int64).max
FREE = Level("none")


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Arcs in parallel arrays: those of the candidates first, in their order, then gates, lanes, loads.

    Nodes: groups, experts, gates, lanes, the sink last. joined: pairs whose lane has no node of its own.
    """

    tail: Ints
    head: Ints
    low: Ints
    high: Ints
    cost: Ints
    supply: Ints
    gates: Ints
    lanes: Ints
    joined: Truth

    @property
    def nodes(self) -> int:
        return len(self.supply)


@dataclass(frozen=True, slots=True, eq=False)
class Reads:
    """A flow: reads of each candidate pair (`group * experts + expert`, sorted), and what proves it cheapest."""

    pairs: Ints
    reads: Ints
    proof: Potentials


@dataclass(frozen=True, slots=True, eq=False)
class Enough:
    """Everything can be served with these candidates."""

    pairs: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Short:
    """Only `served` reads can be served. blocked: the groups on the near side of the smallest cut."""

    served: int
    blocked: Ints


# --- arcs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """Total loads between which an expert's places are priced singly; outside, all cost as the nearest one."""

    low: int
    high: int


def arcs_of(network: Network, face: Face, level: Level, pairs: Ints, window: Window) -> Arcs:
    """The flow problem of a level on some pairs."""
    groups, experts = len(network.size), len(network.experts)
    group, expert = np.divmod(pairs, experts)
    high = network.size[group]
    low = np.where(_among(pairs, face.held), high, 0)
    lane = network.school[group] * experts + expert
    joined = np.bincount(network.school)[network.school[group]] == 1 if not level.lanes else np.zeros(len(pairs), bool)
    lane_low, lane_high = face.lanes.at(lane, np.zeros_like(lane), face.lane[network.school[group]])
    low, high = np.where(joined, np.maximum(low, lane_low), low), np.where(joined, np.minimum(high, lane_high), high)
    gate = group * network.parts + network.part[expert]
    gates = merged(gate, _asked(face.gates))
    gate = np.searchsorted(gates, gate)
    gate_group = gates // network.parts
    gate_low, gate_high = face.gates.at(gates, np.zeros_like(gates), network.size[gate_group])
    asked = (np.bincount(gate, high, len(gates)) > gate_high) | (gate_low > 0)
    gate_node = np.where(asked, groups + experts + np.cumsum(asked) - 1, gate_group)
    gates, gate_low, gate_high = gates[asked], gate_low[asked], gate_high[asked]
    # Lanes and gates that must carry something stand here even where no pair is left to feed them: then nothing can.
    lanes = merged(lane[~joined], np.setdiff1d(_asked(face.lanes), lane[joined]))
    of_lane = np.searchsorted(lanes, lane[~joined])
    head = groups + expert
    first_lane = groups + experts + len(gates)
    head[~joined] = first_lane + of_lane
    sink = first_lane + len(lanes)
    cost = np.zeros(len(pairs), np.int64) if level.pairs is None else level.pairs.at(group, expert)
    parts = [
        (gate_node[gate], head, low, high, cost),
        (gates // network.parts, gate_node[asked], gate_low, gate_high, np.zeros_like(gates)),
        _lane_arcs(network, face, level, lanes, first_lane),
        _place_arcs(network, window, sink) if level.places else _load_arcs(network, face, sink),
    ]
    supply = np.zeros(sink + 1, np.int64)
    supply[:groups], supply[sink] = network.size * network.markings, -network.reads
    tail, head, low, high, cost = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    return Arcs(tail, head, low, high, cost, supply, gates, lanes, joined)


def _asked(bounds: Bounds) -> Ints:
    return bounds.low.keys[bounds.low.values > 0]


def _among(keys: Ints, some: Ints) -> Truth:
    """Which of the keys are among some sorted ones."""
    if not len(some):
        return np.zeros(len(keys), np.bool_)
    return np.asarray(some[np.minimum(np.searchsorted(some, keys), len(some) - 1)] == keys)


def _possible(network: Network, face: Face, pairs: Ints) -> Ints:
    """Those of the pairs that may carry reads on the face, and those that must."""
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    free = face.free[group, expert >> 3] >> (7 - (expert & 7)).astype(np.uint8) & 1
    return merged(pairs[free == 1], face.held)


_Columns = tuple[Ints, Ints, Ints, Ints, Ints]


def _lane_arcs(network: Network, face: Face, level: Level, lanes: Ints, first: int) -> _Columns:
    groups, experts = len(network.size), len(network.experts)
    school, expert = np.divmod(lanes, experts)
    node, zeros = first + np.arange(len(lanes)), np.zeros_like(lanes)
    low, high = face.lanes.at(lanes, zeros, face.lane[school])
    if not level.lanes:
        return node, groups + expert, low, high, zeros
    width = np.diff(np.clip(network.steps[school], low[:, None], high[:, None]), axis=1)
    row, step = np.nonzero(width)
    return (
        np.concatenate([node, node[row]]),
        groups + np.concatenate([expert, expert[row]]),
        np.concatenate([low, np.zeros_like(row)]),
        np.concatenate([low, width[row, step]]),
        np.concatenate([zeros, step]),
    )


def _load_arcs(network: Network, face: Face, sink: int) -> _Columns:
    node = len(network.size) + np.arange(len(network.experts))
    return node, np.full_like(node, sink), face.load_low, face.load_high, np.zeros_like(node)


def _place_arcs(network: Network, window: Window, sink: int) -> _Columns:
    """Places one by one inside the window; the rest below and above as one arc each."""
    node, top = len(network.size) + np.arange(len(network.experts)), network.load + network.room
    low, high = np.clip(window.low, network.load, top), np.clip(window.high, network.load, top)
    expert = np.repeat(np.arange(len(node)), high - low)
    load = np.arange(len(expert)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[expert]
    tail = np.concatenate([node, node[expert], node])
    capacity = np.concatenate([low - network.load, np.ones_like(load), top - high])
    cost = np.concatenate(
        [np.full_like(node, 2 * window.low - 1), 2 * load + 1, np.full_like(node, 2 * window.high + 1)]
    )
    return tail, np.full_like(tail, sink), np.zeros_like(tail), capacity, cost


# --- can everything be served? ------------------------------------------------------------------


def served(network: Network, face: Face, pairs: Ints) -> Enough | Short:
    """Serve all reads on a face, beginning with some candidates. A maximum flow; its smallest cut asks for more."""
    if not len(network.experts):
        return Short(0, np.arange(len(network.size))) if network.reads else Enough(pairs)
    pairs = _possible(network, face, pairs)
    while True:
        arcs = arcs_of(network, face, FREE, pairs, Window(0, 0))
        if (arcs.low > arcs.high).any():
            # A pair that must carry all works, in a lane that may not: earlier levels and this hope exclude each other.
            return Short(0, np.arange(0))
        need = arcs.supply.copy()
        np.subtract.at(need, arcs.tail, arcs.low)
        np.add.at(need, arcs.head, arcs.low)
        give, take = np.flatnonzero(need > 0), np.flatnonzero(need < 0)
        solver, source, sink = max_flow.SimpleMaxFlow(), arcs.nodes, arcs.nodes + 1
        solver.add_arcs_with_capacity(
            np.concatenate([arcs.tail, np.full_like(give, source), take]),
            np.concatenate([arcs.head, give, np.full_like(take, sink)]),
            np.concatenate([arcs.high - arcs.low, need[give], -need[take]]),
        )
        status = solver.solve(source, sink)
        if status != solver.OPTIMAL:
            raise SolverFailed(status=status)
        wanted, flow = int(need[give].sum()), int(solver.optimal_flow())
        if flow == wanted:
            return Enough(pairs)
        near = np.ones(arcs.nodes + 2, np.int64)
        near[np.array(solver.get_source_side_min_cut(), dtype=np.int64)] = 0
        carried = np.asarray(solver.flows(np.arange(len(pairs))), dtype=np.int64) + arcs.low[: len(pairs)]
        more = _tempting(network, face, None, _named(network, face, arcs, near[:-2], carried, pairs), pairs)
        if not len(more):
            return Short(network.reads - (wanted - flow), np.flatnonzero(near[: len(network.size)] == 0))
        pairs = merged(pairs, more)


# --- the cheapest flow --------------------------------------------------------------------------


def cheapest(network: Network, face: Face, level: Level, pairs: Ints) -> Reads:
    """The cheapest flow of a level on a face that candidates `pairs` can serve, proven over all pairs."""
    pairs = _possible(network, face, pairs)
    even = int((network.load.sum() + network.reads) // max(1, len(network.experts)))
    window, wide = Window(max(0, even - _WINDOW), even + _WINDOW), _WINDOW
    while True:
        arcs = arcs_of(network, face, level, pairs, window)
        flow = _solved(network, arcs)
        if level.places and not _inside(network, window, pairs, flow[: len(pairs)]):
            wide *= 4
            window = Window(max(0, even - wide), even + wide)
            continue
        carried = flow[: len(pairs)]
        proof = _named(network, face, arcs, _distances(arcs, flow), carried, pairs)
        more = _tempting(network, face, level, proof, pairs)
        if not len(more):
            return Reads(pairs, carried, proof)
        pairs = merged(pairs, more)


def _inside(network: Network, window: Window, pairs: Ints, carried: Ints) -> bool:
    """Does nobody's load need a place outside the window, where places were not priced as they are?"""
    top = network.load + network.room
    loads = network.load + _per_expert(network, pairs, carried)
    low, high = np.clip(window.low, network.load, top), np.clip(window.high, network.load, top)
    return bool(((loads >= low) & (loads <= high)).all())


def _per_expert(network: Network, pairs: Ints, carried: Ints) -> Ints:
    count = len(network.experts)
    return np.bincount(pairs % max(1, count), carried, count).astype(np.int64)


def _solved(network: Network, arcs: Arcs) -> Ints:
    """Flow on all arcs."""
    if not len(arcs.tail):
        return np.empty(0, np.int64)
    if int(arcs.cost.max(initial=0)) * arcs.nodes >= _LARGEST_COST:
        raise AllocationTooLarge(works=len(network.works), experts=len(network.experts))
    used = np.flatnonzero(arcs.high > arcs.low)
    supply = arcs.supply.copy()
    np.subtract.at(supply, arcs.tail, arcs.low)
    np.add.at(supply, arcs.head, arcs.low)
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        arcs.tail[used], arcs.head[used], (arcs.high - arcs.low)[used], arcs.cost[used]
    )
    solver.set_nodes_supplies(np.arange(arcs.nodes), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverFailed(status=status)
    flow = arcs.low.copy()
    flow[used] += np.asarray(solver.flows(np.arange(len(used))), dtype=np.int64)
    return flow


def _distances(arcs: Arcs, flow: Ints) -> Ints:
    """Shortest distances from anywhere in the residual graph (Bellman-Ford, many arcs at once); the sink's is 0."""
    more, less = flow < arcs.high, flow > arcs.low
    start = np.concatenate([arcs.tail[more], arcs.head[less]])
    end = np.concatenate([arcs.head[more], arcs.tail[less]])
    length = np.concatenate([arcs.cost[more], -arcs.cost[less]])
    distance = np.zeros(arcs.nodes, dtype=np.int64)
    order = np.argsort(start, kind="stable")
    start, end, length = start[order], end[order], length[order]
    after = np.searchsorted(start, np.arange(arcs.nodes + 1))
    nearer = np.arange(arcs.nodes)
    for _ in range(arcs.nodes + 1):
        if not len(nearer):
            return np.asarray(distance - distance[-1])
        # Only what became nearer can bring something else nearer: soon that is little.
        count, before = after[nearer + 1] - after[nearer], distance.copy()
        some = np.arange(count.sum()) + np.repeat(after[nearer] - np.cumsum(count) + count, count)
        np.minimum.at(distance, end[some], before[start[some]] + length[some])
        nearer = np.flatnonzero(distance < before)
    raise SolverFailed(status="not cheapest")


def _named(network: Network, face: Face, arcs: Arcs, at: Ints, carried: Ints, pairs: Ints) -> Potentials:
    """Potentials of nodes by what they are; gates and lanes that say nothing new are left out.

    A lane without a node gets a potential of its own where the lane, and not the pair, is what binds.
    """
    groups, experts = len(network.size), len(network.experts)
    gates = at[groups + experts :][: len(arcs.gates)]
    told = gates != at[arcs.gates // max(1, network.parts)]
    lanes = at[groups + experts + len(arcs.gates) : -1]
    moved = lanes != at[groups + arcs.lanes % max(1, experts)]
    count = len(pairs)
    tail = at[arcs.tail[:count]] + arcs.cost[:count]
    price = tail - at[arcs.head[:count]]
    group, expert = np.divmod(pairs, max(1, experts))
    binds = (
        arcs.joined
        & ~_among(pairs, face.held)
        & (((price > 0) & (carried > 0)) | ((price < 0) & (carried < network.size[group])))
    )
    keys = np.concatenate([arcs.lanes[moved], (network.school[group] * experts + expert)[binds]])
    order = np.argsort(keys)
    return Potentials(
        at[:groups],
        at[groups : groups + experts],
        Sparse(arcs.gates[told], gates[told]),
        Sparse(keys[order], np.concatenate([lanes[moved], tail[binds]])[order]),
    )


# --- candidates ---------------------------------------------------------------------------------


def candidates(network: Network, face: Face, level: Level) -> Ints:
    """For each group the cheapest experts, for each expert the cheapest groups, of those still free."""
    chosen = _Chosen(network, _EACH)
    for first, after in blocks(network):
        some = open_pairs(network, face, first, after)
        price = np.zeros(some.shape, np.int64) if level.pairs is None else level.pairs.block(first, after)
        chosen.add(price, some, first)
    return chosen.keys()


def _tempting(network: Network, face: Face, level: Level | None, at: Potentials, pairs: Ints) -> Ints:
    """Free pairs that aren't candidates and would improve the flow; the most tempting ones of each row and column.

    If there are any, those that nearly would come along: the next potentials often make them do so.
    """
    chosen, experts, improves = _Chosen(network, _MORE), len(network.experts), False
    near = 1 + (int(at.groups.max(initial=0)) - int(at.groups.min(initial=0)) >> 5) if level is not None else 0
    for first, after in blocks(network):
        price = reduced(network, level, at, first, after)
        some = open_pairs(network, face, first, after) & (price < near)
        known = pairs[np.searchsorted(pairs, first * experts) : np.searchsorted(pairs, after * experts)]
        some.reshape(-1)[known - first * experts] = False
        improves = improves or bool((some & (price < 0)).any())
        chosen.add(price, some, first)
    return chosen.keys() if improves else np.empty(0, np.int64)


class _Chosen:
    """Of pairs that come block by block, those of least price in each row and each column; equals by hash."""

    def __init__(self, network: Network, each: int) -> None:
        self._ties, self._each = ties_of(network, 0), each
        experts = len(network.experts)
        self._few = 2 * each * (1 + experts // max(1, len(network.size)))  # of a row: all of them are taken
        self._keys = [np.empty(0, np.int64)]
        self._columns = [np.empty((3, 0), np.int64)]  # price, group, expert
        self._limit = np.full(experts, _NEVER)  # the least price that is too much, for each expert
        self._waiting = 0

    def add(self, price: Ints, some: Truth, first: int) -> None:
        rows, columns = some.shape
        if np.count_nonzero(some) <= rows * self._few:
            self._keys.append(np.flatnonzero(some) + first * columns)
            return
        price = np.where(some, (price << TIE_BITS) + self._ties.block(first, first + rows), _NEVER)
        most = _NEVER - 1 if self._each >= columns else np.partition(price, self._each - 1, axis=1)[:, [self._each - 1]]
        row, expert = np.nonzero((price <= most) & some)
        self._keys.append((row + first) * columns + expert)
        row, expert = np.nonzero(price < self._limit)
        self._columns.append(np.stack([price[row, expert], row + first, expert]))
        self._waiting += len(row)
        if self._waiting > 2 * self._each * columns:
            self._settle()

    def _settle(self) -> None:
        """Keep the cheapest groups of each expert."""
        price, group, expert = np.concatenate(self._columns, axis=1)
        order = np.lexsort((group, price, expert))
        count = np.bincount(expert, minlength=len(self._limit))
        rank = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
        last = order[rank == self._each - 1]
        self._limit[expert[last]] = price[last]
        kept = order[rank < self._each]
        self._columns, self._waiting = [np.stack([price[kept], group[kept], expert[kept]])], 0

    def keys(self) -> Ints:
        """The pairs chosen (`group * experts + expert`), sorted."""
        self._settle()
        _price, group, expert = self._columns[0]
        return merged(*self._keys, group * len(self._limit) + expert)
