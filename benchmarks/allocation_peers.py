"""Other ways to decide the last wish of an allocation, given the loads and pairs that the earlier levels leave.

Each gets the same rules: conflicts, different experts and schools, loads of exactly the solution's, spread, no pair
that met last year. Each returns the cost of the last wish it reached. Run as a module it measures one of them, in a
process of its own: `python -m benchmarks.allocation_peers SIZE NAME`.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_matrix

from benchmarks.allocation_instances import SIZES, instance
from crosscheck.model import FIRST_MARKING
from packets.network import Ints, Network, Truth, levels_of, network_of
from packets.optimum import optimum
from packets.problem import Problem, Proven, Solution
from packets.solve import solve

_CP_SECONDS = 120.0
_BATCHES = 4000  # of swaps tried together
_RUNS = 3  # of our own, beside one of a peer


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """What the earlier levels leave: pairs (group, expert), what each costs, and the loads to reach.

    Schools of the benchmark are single groups, so a lane is a pair, and `most` its bound.
    """

    network: Network
    group: Ints
    expert: Ints
    cost: Ints
    loads: Ints
    most: Ints


def left(problem: Problem, solution: Solution) -> Left:
    """Pairs that didn't meet last year, and the loads of the solution."""
    network = network_of(problem)
    *_, met, wish = levels_of(problem, network)
    assert met.pairs is not None
    assert wish.pairs is not None
    free = network.may(0, len(network.size)) & (met.pairs.block(0, len(network.size)) == 0)
    group, expert = np.nonzero(free)
    loads = np.array([load for _, load in solution.loads], dtype=np.int64) - network.load
    most = np.minimum(network.size, network.steps[network.school, 1])[group]
    return Left(network, group, expert, wish.pairs.at(group, expert), loads, most)


# --- exact ones -----------------------------------------------------------------------------------------


def works_by_experts(of: Left) -> int:
    """One flow over works x experts: a node for each work, for each part at a work, for each school at an expert."""
    network, experts = of.network, len(of.loads)
    order = np.argsort(network.group_of, kind="stable")
    first = np.searchsorted(network.group_of[order], of.group)
    size = network.size[of.group]
    pair = np.repeat(np.arange(len(of.group)), size)
    work = order[np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size) + first[pair]]
    gates, gate = np.unique(work * network.parts + network.part[of.expert[pair]], return_inverse=True)
    works, count = len(network.works), len(of.group)
    gate_node, lane_node = works + gate, works + len(gates) + pair
    lanes, expert_node = np.arange(count), works + len(gates) + count
    tail = np.concatenate([gates // network.parts, gate_node, works + len(gates) + lanes])
    head = np.concatenate([works + np.arange(len(gates)), lane_node, expert_node + of.expert])
    capacity = np.concatenate([np.ones_like(gates), np.ones_like(work), of.most])
    cost = np.concatenate([np.zeros_like(gates), of.cost[pair], np.zeros_like(lanes)])
    supply = np.concatenate([np.full(works, network.markings), np.zeros(len(gates) + count, np.int64), -of.loads])
    assert len(supply) == expert_node + experts
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(len(supply)), supply)
    if solver.solve() != solver.OPTIMAL:
        raise SystemExit("the flow over works found nothing")
    return int(solver.optimal_cost())


def highs(of: Left) -> int:
    """HiGHS on groups x experts, as a linear programme (its vertices are whole)."""
    network, count = of.network, np.arange(len(of.group))
    gates, gate = np.unique(of.group * network.parts + network.part[of.expert], return_inverse=True)
    rows = np.concatenate([of.group, len(network.size) + of.expert])
    equal = coo_matrix((np.ones(2 * len(count)), (rows, np.concatenate([count, count]))))
    upper = coo_matrix((np.ones(len(count)), (gate, count)))
    right = np.concatenate([network.size * network.markings, of.loads])
    bounds = np.stack([0 * of.most, of.most], axis=1)
    answer = linprog(of.cost, upper.tocsr(), network.size[gates // network.parts], equal.tocsr(), right, bounds)
    return int(answer.fun + 0.5)


def cp_sat(of: Left) -> int:
    """CP-SAT on groups x experts, with two workers and two minutes."""
    from ortools.sat.python import cp_model

    network, model = of.network, cp_model.CpModel()
    reads = [model.new_int_var(0, int(most), "") for most in of.most]
    gates: dict[tuple[int, int], list[cp_model.IntVar]] = {}
    groups: dict[int, list[cp_model.IntVar]] = {}
    experts: dict[int, list[cp_model.IntVar]] = {at: [] for at in range(len(of.loads))}
    for one, group, expert in zip(reads, of.group.tolist(), of.expert.tolist(), strict=True):
        gates.setdefault((group, int(network.part[expert])), []).append(one)
        groups.setdefault(group, []).append(one)
        experts[expert].append(one)
    for (group, _), some in gates.items():
        model.add(sum(some) <= int(network.size[group]))
    for group, some in groups.items():
        model.add(sum(some) == int(network.size[group]) * network.markings)
    for expert, some in experts.items():
        model.add(sum(some) == int(of.loads[expert]))
    model.minimize(cp_model.LinearExpr.weighted_sum(reads, of.cost.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = _CP_SECONDS
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise SystemExit("CP-SAT found nothing")
    return int(solver.objective_value + 0.5)


def assigned(of: Left) -> int:
    """SciPy's assignment of works to places of experts: it fits one marking of each work, and no spread."""
    network = of.network
    wide = np.full((len(network.size), len(of.loads)), 1 << 20)
    wide[of.group, of.expert] = of.cost
    costs = np.repeat(wide[network.group_of], of.loads, axis=1)
    return int(costs[linear_sum_assignment(costs)].sum())


# --- by trying ------------------------------------------------------------------------------------------


def swaps(of: Left) -> int:
    """Any allocation that keeps the rules, then two reads change experts wherever that costs less, again and again.

    Whole batches are tried together: no work and no lane twice in one.
    """
    network, chance = of.network, np.random.default_rng(1)
    shape = (len(network.size), len(of.loads))
    cost, room = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    cost[of.group, of.expert], room[of.group, of.expert] = of.cost, of.most
    team = _some_allocation(of)
    group, works = network.group_of, len(network.works)
    np.subtract.at(room, (np.repeat(group, network.markings), team.reshape(-1)), 1)
    for _ in range(_BATCHES):
        one, other = chance.permutation(works)[: works // 2 * 2].reshape(2, -1)
        place, place_other = chance.integers(0, network.markings, (2, len(one)))
        mine, theirs = team[one, place], team[other, place_other]
        here, there = group[one], group[other]
        fits = (room[here, theirs] > 0) & (room[there, mine] > 0) & (here != there)
        fits &= _apart(network, team[one], place, theirs) & _apart(network, team[other], place_other, mine)
        saves = cost[here, mine] + cost[there, theirs] - cost[here, theirs] - cost[there, mine]
        good = np.flatnonzero(fits & (saves > 0))
        # Two swaps of a batch that fill the same lane could overfill it: only the first is made.
        into = np.concatenate([here[good] * shape[1] + theirs[good], there[good] * shape[1] + mine[good]])
        _, first, lane = np.unique(into, return_index=True, return_inverse=True)
        good = good[(first[lane] == np.arange(len(into))).reshape(2, -1).all(axis=0)]
        team[one[good], place[good]], team[other[good], place_other[good]] = theirs[good], mine[good]
        for at, who, by in ((here, mine, 1), (there, theirs, 1), (here, theirs, -1), (there, mine, -1)):
            np.add.at(room, (at[good], who[good]), by)
    assert (room >= 0).all()
    return int(cost[np.repeat(group, network.markings), team.reshape(-1)].sum())


def _apart(network: Network, teams: Ints, place: Ints, new: Ints) -> Truth:
    """May the new expert meet all others of the team?"""
    same = network.part[teams] == network.part[new][:, None]
    same[np.arange(len(teams)), place] = False
    return np.asarray(~same.any(axis=1))


def _some_allocation(of: Left) -> Ints:
    """A maximum flow, filled into rows: experts of each work."""
    network, count = of.network, len(of.group)
    gates, gate = np.unique(of.group * network.parts + network.part[of.expert], return_inverse=True)
    groups, experts = len(network.size), len(of.loads)
    first, sink = groups + experts, groups + experts + len(gates)
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.concatenate([first + gate, gates // network.parts, groups + np.arange(experts), np.full(groups, sink + 1)]),
        np.concatenate([groups + of.expert, first + np.arange(len(gates)), np.full(experts, sink), np.arange(groups)]),
        np.concatenate([of.most, network.size[gates // network.parts], of.loads, network.size * network.markings]),
    )
    if solver.solve(sink + 1, sink) != solver.OPTIMAL or solver.optimal_flow() != network.reads:
        raise SystemExit("there is no allocation to begin with")
    from packets.rows import filled

    reads = np.asarray(solver.flows(np.arange(count)), dtype=np.int64)
    used = reads > 0
    return filled(network, (of.group * experts + of.expert)[used], reads[used])


# --- measured -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Peer:
    """most: the most works it can be tried on. fitted: the instance as far as it can hold it."""

    name: str
    most: int
    decide: Callable[[Left], int]
    fitted: Callable[[Problem], Problem] = lambda problem: problem


def _once(problem: Problem) -> Problem:
    return replace(problem, markings=(FIRST_MARKING,), spread=1)


PEERS = (
    Peer("flow over works x experts", 10_000, works_by_experts),
    Peer("HiGHS over groups x experts", 10_000, highs),
    Peer("CP-SAT over groups x experts", 2000, cp_sat),
    Peer("swaps from any allocation", 10_000, swaps),
    Peer("SciPy's assignment, one marking", 2000, assigned, _once),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """Seconds, cost and peak memory of a peer, and ours of the same instance: seconds to decide."""

    seconds: float
    cost: int
    memory: float
    our_seconds: float
    our_cost: int


def beside(peer: Peer, problem: Problem) -> Beside:
    """Both on the same instance. Ours decides all levels, the peer only the last."""
    problem = peer.fitted(problem)
    solution = solve(problem)
    if not isinstance(solution, Solution) or not isinstance(solution.certificate, Proven):
        raise SystemExit("the allocation of the benchmark is not proven: no time means anything")
    network = network_of(problem)
    ours = statistics.median(_seconds(lambda: optimum(problem, network)) for _ in range(_RUNS))
    what, cost = left(problem, solution), [0]
    seconds = _seconds(lambda: cost.__setitem__(0, peer.decide(what)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    *_, last, _ties = solution.certificate.levels
    return Beside(seconds, cost[0], memory, ours, last.cost)


def _seconds(action: Callable[[], object]) -> float:
    """Of CPU: another program's share doesn't count."""
    start = time.process_time()
    action()
    return time.process_time() - start


if __name__ == "__main__":
    _size = next(size for size in SIZES if size.name == sys.argv[1])
    _peer = next(peer for peer in PEERS if peer.name == sys.argv[2])
    _found = beside(_peer, instance(_size))
    json.dump({name: getattr(_found, name) for name in Beside.__dataclass_fields__}, sys.stdout)
