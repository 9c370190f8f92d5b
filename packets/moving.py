"""Which kept works have to make room when what is gone finds no place beside them: as few as can be.

A flow over single works and experts, whose first cost is a change and whose second the load: unlike works that are
given out for the first time, these are not interchangeable, because each has its own experts already. It is asked
only when nothing else helps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from crosscheck.model import ExpertId, Marking, Status, WorkId
from packets.errors import AllocationTooLarge, SolverFailed
from packets.problem import Assignment, Problem, cliques_of
from packets.situation import Situation, Slot

_PAIRS = 12_000_000  # works x experts that a computer of 8 GB takes


@dataclass(frozen=True, slots=True)
class Blocked:
    """Not everything that is gone finds a place, whatever is moved."""


@dataclass(frozen=True, slots=True)
class _Node:
    """Markings of a work that may get another expert and ask for the same statuses; `kept` have one now."""

    work: WorkId
    gone: tuple[Slot, ...]
    kept: tuple[Assignment, ...]
    allowed: tuple[ExpertId, ...]

    @property
    def reads(self) -> int:
        return len(self.gone) + len(self.kept)


def least_moves(situation: Situation, freed: frozenset[Slot]) -> frozenset[Slot] | Blocked:
    """The kept slots to give anew together with what is gone. Their number is the least there is, as far as parts say
    who may not meet (`packets.problem.cliques_of`); among such choices one leaves the loads most even.

    Raises AllocationTooLarge, SolverFailed.
    """
    experts = sorted(e.expert for e in situation.experts if e.expert not in situation.absent)
    nodes = _nodes(situation, freed, experts)
    if sum(len(node.allowed) for node in nodes) > _PAIRS:
        raise AllocationTooLarge(works=len(nodes), experts=len(experts))
    used = _flow(situation, nodes, experts)
    if used is None:
        return Blocked()
    return frozenset((a.work, a.marking) for node in nodes for a in node.kept if (node.work, a.expert) not in used)


def _nodes(situation: Situation, freed: frozenset[Slot], experts: Sequence[ExpertId]) -> list[_Node]:
    found = []
    for work in sorted(situation.readers):
        movable = [a for a in situation.readers[work] if (work, a.marking) not in situation.returned]
        of_status: dict[frozenset[Status], list[Assignment]] = {}
        for a in movable:
            of_status.setdefault(situation.qualified(a.marking), []).append(a)
        for some in of_status.values():
            found.append(_node(situation, work, some, freed, experts))
    return found


def _node(
    situation: Situation, work: WorkId, some: Sequence[Assignment], freed: frozenset[Slot], experts: Sequence[ExpertId]
) -> _Node:
    slots = {(work, a.marking) for a in some}
    others = [a.expert for a in situation.readers[work] if (work, a.marking) not in slots | freed]
    kept = tuple(a for a in some if (work, a.marking) not in freed)
    item = situation.work_of[work]
    markings = {a.marking for a in some}
    barred = situation.bars.of(item) | {e for marking, e in item.had if markings != {marking}}
    barred |= situation.unfit(some[0].marking, item.school)
    stay = {a.expert for a in kept}
    allowed = tuple(
        e for e in experts if e in stay or (e not in barred and not any(situation.clash(e, other) for other in others))
    )
    return _Node(work, tuple(sorted(slots & freed)), kept, allowed)


class _Arcs:
    """A network under construction."""

    def __init__(self) -> None:
        self.tail: list[int] = []
        self.head: list[int] = []
        self.most: list[int] = []
        self.cost: list[int] = []
        self.nodes = 0

    def node(self) -> int:
        self.nodes += 1
        return self.nodes - 1

    def add(self, tail: int, head: int, most: int, cost: int) -> int:
        self.tail.append(tail)
        self.head.append(head)
        self.most.append(most)
        self.cost.append(cost)
        return len(self.tail) - 1


def _flow(
    situation: Situation, nodes: Sequence[_Node], experts: Sequence[ExpertId]
) -> frozenset[tuple[WorkId, ExpertId]] | None:
    """Who reads what in the flow with the fewest changes; None when not everything can be served."""
    arcs = _Arcs()
    of_expert = {e: arcs.node() for e in experts}
    sink = arcs.node()
    change = 1 + _places(situation, nodes, of_expert, sink, arcs)
    part = cliques_of(Problem((), situation.experts, (Marking(1),), situation.different_schools))
    pairs: dict[int, tuple[WorkId, ExpertId]] = {}
    supply = dict.fromkeys(of_expert.values(), 0)
    for node in nodes:
        at, gates, stay = arcs.node(), dict[str, int](), {a.expert for a in node.kept}
        supply[at] = node.reads
        for e in node.allowed:
            if part[e] not in gates:
                gates[part[e]] = arcs.node()
                arcs.add(at, gates[part[e]], 1, 0)
            pairs[arcs.add(gates[part[e]], of_expert[e], 1, 0 if e in stay else change)] = (node.work, e)
    supply[sink] = -sum(node.reads for node in nodes)
    carried = _solved(arcs, supply)
    return None if carried is None else frozenset(pairs[at] for at in np.flatnonzero(carried).tolist() if at in pairs)


def _places(
    situation: Situation, nodes: Sequence[_Node], of_expert: Mapping[ExpertId, int], sink: int, arcs: _Arcs
) -> int:
    """Places of experts, dearer the more they have; what all of them together may cost."""
    movable = {(node.work, a.marking) for node in nodes for a in node.kept}
    movable |= {slot for node in nodes for slot in node.gone}
    fixed = Counter({e.expert: e.load for e in situation.experts})
    fixed.update(a.expert for a in situation.held if (a.work, a.marking) not in movable)
    keeping = Counter(a.expert for node in nodes for a in node.kept)
    total = 0
    for e, at in of_expert.items():
        # Who has more than the capacity already may keep it.
        top = max(situation.expert_of[e].capacity, fixed[e] + keeping[e])
        for load in range(fixed[e], top):
            arcs.add(at, sink, 1, 2 * load + 1)
        total += top * top
    return total


def _solved(arcs: _Arcs, supply: Mapping[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    solver = min_cost_flow.SimpleMinCostFlow()
    columns = (np.array(column, dtype=np.int64) for column in (arcs.tail, arcs.head, arcs.most, arcs.cost))
    solver.add_arcs_with_capacity_and_unit_cost(*columns)
    names = np.array(sorted(supply), dtype=np.int64)
    solver.set_nodes_supplies(names, np.array([supply[at] for at in names.tolist()], dtype=np.int64))
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise SolverFailed(status=status.name)
    return np.asarray(solver.flows(np.arange(len(arcs.tail), dtype=np.int64)))
