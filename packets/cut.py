"""How many reads can be served at all, and the works that block it: maximum flow and its smallest cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import max_flow

from crosscheck.model import ExpertId
from packets.errors import SolverFailed
from packets.problem import Group


@dataclass(frozen=True, slots=True)
class Cut:
    """`served` of `reads` can be given; `blocked` are the groups on the near side of the smallest cut."""

    reads: int
    served: int
    blocked: tuple[Group, ...]


def cut_of(groups: Sequence[Group], markings: int, room: Mapping[ExpertId, int], parts: Mapping[ExpertId, str]) -> Cut:
    """Serve the groups as far as possible.

    At most one read of each work goes to an expert and to each part; `room` bounds an expert. Necessary for an
    allocation, and sufficient when everybody who may not meet is in one part.
    """
    reads = markings * sum(len(group.works) for group in groups)
    if not reads:
        return Cut(0, 0, ())
    arcs, sink = _arcs(groups, markings, room, parts)
    table = np.array(arcs, dtype=np.int64)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(table[:, 0], table[:, 1], table[:, 2])
    status = solver.solve(0, sink)
    if status != solver.OPTIMAL:
        raise SolverFailed(status=status)
    served = int(solver.optimal_flow())
    near = frozenset(solver.get_source_side_min_cut()) if served < reads else frozenset()
    return Cut(reads, served, tuple(group for at, group in enumerate(groups) if at + 2 in near))


def _arcs(
    groups: Sequence[Group], markings: int, room: Mapping[ExpertId, int], parts: Mapping[ExpertId, str]
) -> tuple[list[tuple[int, int, int]], int]:
    sink, after = 1, 2 + len(groups)
    node: dict[object, int] = {}
    arcs: list[tuple[int, int, int]] = []
    for at, group in enumerate(groups):
        works = len(group.works)
        arcs.append((0, at + 2, works * markings))
        for expert in group.allowed:
            if (at, parts[expert]) not in node:
                node[at, parts[expert]] = after + len(node)
                arcs.append((at + 2, node[at, parts[expert]], works))
            if expert not in node:
                node[expert] = after + len(node)
                arcs.append((node[expert], sink, room[expert]))
            arcs.append((node[at, parts[expert]], node[expert], works))
    return arcs, sink
