"""Is a flow the only one on its face? It is, unless reads can go round in a circle of arcs that still have play."""

from __future__ import annotations

import numpy as np

from packets.face import Face, blocks, merged, open_pairs
from packets.flow import FREE, Window, arcs_of
from packets.network import Ints, Network


def only_one(network: Network, face: Face, pairs: Ints, reads: Ints) -> bool:
    """Is there no other flow with the bounds of the face?

    Arcs that can both take and give reads must form no circle; arcs with one direction none between what those join.
    """
    experts = len(network.experts)
    free = [np.flatnonzero(open_pairs(network, face, a, b)) + a * experts for a, b in blocks(network)]
    every = merged(*free, face.held, pairs)
    carried = np.zeros(len(every), np.int64)
    carried[np.searchsorted(every, pairs)] = reads
    arcs = arcs_of(network, face, FREE, every, Window(0, 0))
    into = np.bincount(arcs.head[: len(every)], carried, arcs.nodes).astype(np.int64)
    out_of = np.bincount(arcs.tail[: len(every)], carried, arcs.nodes).astype(np.int64)
    gates, lanes = len(arcs.gates), len(arcs.lanes)
    through_gates = out_of[arcs.head[len(every) :][:gates]]
    through_lanes = into[arcs.tail[len(every) + gates :][:lanes]]
    loads = np.bincount(every % max(1, experts), carried, experts).astype(np.int64)
    flow = np.concatenate([carried, through_gates, through_lanes, loads])
    more, less = flow < arcs.high, flow > arcs.low
    joined = _Joined(arcs.nodes)
    both = np.flatnonzero(more & less)
    for tail, head in zip(arcs.tail[both].tolist(), arcs.head[both].tolist(), strict=True):
        if not joined.join(tail, head):
            return False
    up, down = np.flatnonzero(more & ~less), np.flatnonzero(less & ~more)
    start = np.concatenate([arcs.tail[up], arcs.head[down]]).tolist()
    end = np.concatenate([arcs.head[up], arcs.tail[down]]).tolist()
    return _in_order([(joined.root(a), joined.root(b)) for a, b in zip(start, end, strict=True)])


class _Joined:
    """Which nodes hang together (union-find)."""

    def __init__(self, nodes: int) -> None:
        self._above = list(range(nodes))

    def root(self, node: int) -> int:
        while self._above[node] != node:
            self._above[node] = self._above[self._above[node]]
            node = self._above[node]
        return node

    def join(self, one: int, other: int) -> bool:
        """False when they already hung together."""
        one, other = self.root(one), self.root(other)
        self._above[one] = other
        return one != other


def _in_order(arcs: list[tuple[int, int]]) -> bool:
    """Can the nodes be put in a line with all arcs pointing one way?"""
    heads: dict[int, list[int]] = {}
    waiting: dict[int, int] = {}
    for tail, head in arcs:
        heads.setdefault(tail, []).append(head)
        waiting[head] = waiting.get(head, 0) + 1
        waiting.setdefault(tail, 0)
    ready = [node for node, number in waiting.items() if not number]
    placed = 0
    while ready:
        placed += 1
        for head in heads.get(ready.pop(), ()):
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return placed == len(waiting)
