"""Other ways to decide the last wish of an allocation, given the loads and pairs that the earlier levels leave.

Each gets the same rules: conflicts, different experts and schools, loads of exactly the solution's, spread, no pair
that met last year. Each returns the cost of the last wish it reached.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from packets.network import Ints, Network, levels_of, network_of
from packets.problem import Problem, Solution

Peer = Callable[[Problem, Solution], int]


def works_by_experts(problem: Problem, solution: Solution) -> int:
    """One flow over works x experts: a node for each work, and for each part at a work."""
    network, group, expert, cost, loads = _open(problem, solution)
    works = [np.flatnonzero(network.group_of == g) for g in range(len(network.size))]
    pairs = [
        (w, e, c) for g, e, c in zip(group.tolist(), expert.tolist(), cost.tolist(), strict=True) for w in works[g]
    ]
    work, who, price = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    gates, gate = np.unique(work * network.parts + network.part[who], return_inverse=True)
    # A lane bounds what a school sends to an expert; schools are single groups here.
    lanes, lane = np.unique(network.group_of[work] * len(loads) + who, return_inverse=True)
    first = len(network.works)
    gate_node, lane_node = first + gate, first + len(gates) + lane
    expert_node = first + len(gates) + len(lanes)
    tail = [gates // network.parts, gate_node, first + len(gates) + np.arange(len(lanes))]
    head = [first + np.arange(len(gates)), lane_node, expert_node + lanes % len(loads)]
    bound = network.steps[network.school[lanes // len(loads)], 1]
    capacity = [np.ones_like(gates), np.ones_like(work), bound]
    costs = [np.zeros_like(gates), price, np.zeros_like(lanes)]
    supply = np.concatenate([np.full(first, network.markings), np.zeros(len(gates) + len(lanes), np.int64), -loads])
    columns = [np.concatenate(column) for column in (tail, head, capacity, costs)]
    return _flow(columns[0], columns[1], columns[2], columns[3], supply)


def highs(problem: Problem, solution: Solution) -> int:
    """HiGHS on groups x experts, as a linear programme (its vertices are whole)."""
    network, group, expert, cost, loads = _open(problem, solution)
    count = np.arange(len(group))
    gates, gate = np.unique(group * network.parts + network.part[expert], return_inverse=True)
    equal = coo_matrix(
        (np.ones(2 * len(group)), (np.concatenate([group, len(network.size) + expert]), np.concatenate([count, count])))
    )
    upper = coo_matrix((np.ones(len(group)), (gate, count)))
    right = np.concatenate([network.size * network.markings, loads])
    most = np.minimum(network.size, network.steps[network.school, 1])[group]
    answer = linprog(
        cost,
        upper.tocsr(),
        network.size[gates // network.parts],
        equal.tocsr(),
        right,
        np.stack([0 * most, most], axis=1),
    )
    return int(answer.fun + 0.5)


def _open(problem: Problem, solution: Solution) -> tuple[Network, Ints, Ints, Ints, Ints]:
    """Pairs left when nobody meets a school of last year, what each costs, and the loads to reach."""
    network = network_of(problem)
    *_, met, wish = levels_of(problem, network)
    assert met.pairs is not None
    assert wish.pairs is not None
    free = network.may(0, len(network.size)) & (met.pairs.block(0, len(network.size)) == 0)
    group, expert = np.nonzero(free)
    loads = np.array([load for _, load in solution.loads], dtype=np.int64) - network.load
    return network, group, expert, wish.pairs.at(group, expert), loads


def _flow(tail: Ints, head: Ints, capacity: Ints, cost: Ints, supply: Ints) -> int:
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    if solver.solve() != solver.OPTIMAL:
        raise SystemExit("the flow over works found nothing")
    return int(solver.optimal_cost())


# name, most works it can be tried on, what to call
PEERS: tuple[tuple[str, int, Peer], ...] = (
    ("flow over works x experts", 2000, works_by_experts),
    ("HiGHS over groups x experts", 10_000, highs),
)
