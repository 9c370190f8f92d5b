"""Allocate: one exact min-cost flow, filled into rows. The same problem gives the same answer in any order of input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from crosscheck.model import ExpertId
from packets.cut import cut_of
from packets.errors import AllocationTooLarge, AllocationUndecided, SolverFailed
from packets.network import Counts, Network, cost_of, flow_of, network_of
from packets.problem import Group, Infeasible, Potentials, Problem, Solution, Unproven, cliques_of, groups_of
from packets.rows import Clashes, Rows, alternated, fill, loads_of, repaired

_LARGEST_COST = 1 << 61  # cost x nodes; the solver scales costs by the number of nodes in 64 bits
_SLACK = 3  # places above the even load that are priced one by one at first

Ints = npt.NDArray[np.int64]


def solve(problem: Problem) -> Solution | Infeasible:
    """Give every marking of every work to an expert.

    Hard: conflicts, status, capacity, different experts, different schools. Then, in this order: loads as even as
    they can be (no other allocation has a smaller sum of squares), works of a school spread over experts, a hashed
    choice. Raises AllocationUndecided, AllocationTooLarge, SolverFailed.
    """
    room = {e.expert: e.room for e in problem.experts}
    cut = cut_of(groups_of(problem), len(problem.markings), room, cliques_of(problem))
    if cut.served < cut.reads:
        return Infeasible(cut.reads)
    network, counts = _balanced(problem)
    rows, mixed = _filled(problem, network, counts)
    if mixed:
        return _searched(problem, network.groups, mixed, rows)
    flow = flow_of(network, counts)
    proof = Potentials(tuple(_potentials(network, flow).tolist()))
    assignments = alternated(rows, problem.markings)
    return Solution(assignments, loads_of(problem.experts, assignments), cost_of(network, flow), proof, problem.seed)


def _filled(problem: Problem, network: Network, counts: Counts) -> tuple[Rows, list[Group]]:
    """Rows of all works, and the groups in which experts who share a school could not be swapped apart."""
    parts, clashes = cliques_of(problem), Clashes(problem)
    of_group: list[dict[ExpertId, int]] = [{} for _ in network.groups]
    for (at, expert), works in counts.items():
        of_group[at][expert] = works
    rows: Rows = {}
    mixed: list[Group] = []
    for group, works_for in zip(network.groups, of_group, strict=True):
        filled = fill(problem, group, works_for, parts)
        if not clashes.only_in_parts and not repaired(filled, clashes):
            mixed.append(group)
        rows.update(filled)
    return rows, mixed


def _searched(problem: Problem, groups: Sequence[Group], mixed: Sequence[Group], hint: Rows) -> Solution | Infeasible:
    """Search the groups that swapping left mixed, then everything."""
    # Loading the constraint solver takes half a second, and hardly any allocation needs it.
    from packets.shared_schools import Undecided, search, search_with_reads

    found = search_with_reads(problem, mixed, hint)
    if isinstance(found, (Infeasible, Undecided)):
        found = search(problem, groups, hint)
    if isinstance(found, Undecided):
        raise AllocationUndecided(works=len(problem.works))
    if isinstance(found, Infeasible):
        return found
    rows = hint | found
    assignments = alternated(rows, problem.markings)
    loads = loads_of(problem.experts, assignments)
    exact = network_of(problem, max((load for _, load in loads), default=0))
    counts: dict[tuple[int, ExpertId], int] = {}
    for at, group in enumerate(exact.groups):
        for work in group.works:
            for expert in rows[work.work]:
                counts[at, expert] = counts.get((at, expert), 0) + 1
    cost = cost_of(exact, flow_of(exact, counts))
    why = "experts of several schools could only be kept apart by search"
    return Solution(assignments, loads, cost, Unproven(why), problem.seed)


def _balanced(problem: Problem) -> tuple[Network, Counts]:
    """The cheapest flow, with as many places priced singly as it needs."""
    even = _water_level(problem)
    slack = _SLACK
    while True:
        network = network_of(problem, even + slack)
        counts = _cheapest(problem, network)
        loads = {e.expert: e.load for e in problem.experts}
        for (_, expert), works in counts.items():
            loads[expert] += works
        if all(loads[e.expert] <= max(e.load, even + slack) + 1 for e in problem.experts):
            return network, counts
        slack *= 2


def _water_level(problem: Problem) -> int:
    """The least load up to which everybody may be filled so that all reads find room, conflicts aside."""
    low, high = 0, max((e.load + e.room for e in problem.experts), default=0)
    while low < high:
        middle = (low + high) // 2
        if sum(min(e.room, max(0, middle - e.load)) for e in problem.experts) >= problem.reads:
            high = middle
        else:
            low = middle + 1
    return low


def _cheapest(problem: Problem, network: Network) -> Counts:
    if not network.reads:
        return {}
    if max(network.costs) * network.nodes >= _LARGEST_COST:
        raise AllocationTooLarge(works=len(problem.works), experts=len(problem.experts))
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        *(np.array(column, dtype=np.int64) for column in (network.tails, network.heads)),
        *(np.array(column, dtype=np.int64) for column in (network.capacities, network.costs)),
    )
    solver.set_nodes_supplies(np.arange(network.nodes), np.array(network.supplies, dtype=np.int64))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolverFailed(status=status)
    return _counted(network, solver.flows(arcs).tolist())


def _counted(network: Network, flow: list[int]) -> Counts:
    used: dict[tuple[int, int], int] = {}
    for tail, head, works in zip(network.tails, network.heads, flow, strict=True):
        if works:
            used[tail, head] = used.get((tail, head), 0) + works
    pairs = {key: network.crossing(key) for key in network.paths}
    return {key: used[pair] for key, pair in pairs.items() if pair in used}


def _potentials(network: Network, flow: list[int]) -> Ints:
    """Shortest distances in the residual graph (Bellman-Ford, all arcs at once): they prove the flow cheapest."""
    carried = np.array(flow, dtype=np.int64)
    tails, heads = np.array(network.tails, dtype=np.int64), np.array(network.heads, dtype=np.int64)
    costs = np.array(network.costs, dtype=np.int64)
    more, less = carried < np.array(network.capacities, dtype=np.int64), carried > 0
    start = np.concatenate([tails[more], heads[less]])
    end = np.concatenate([heads[more], tails[less]])
    length = np.concatenate([costs[more], -costs[less]])
    distance = np.zeros(network.nodes, dtype=np.int64)
    for _ in range(network.nodes + 1):
        nearer = distance.copy()
        np.minimum.at(nearer, end, distance[start] + length)
        if np.array_equal(nearer, distance):
            return distance
        distance = nearer
    raise SolverFailed(status="not cheapest")
