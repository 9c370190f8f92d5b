"""The allocation as one min-cost flow: groups -> (gates) -> lanes -> experts -> sink. Pure; no solver here.

* A group sends `works x markings` reads. To one expert at most one read of each work can go.
* A gate bounds what a group sends to experts who may never meet on a work: one read of each work.
* A lane is a school seen by an expert. Its first places are free; more cost, so that the works of a school
  spread over many experts. It needs a node of its own only where a school has several groups.
* Places of an expert cost more and more: the cheapest allocation is the most balanced one.

Costs are whole numbers in three orders of weight: balance, then spread, then a hashed tie-break. A residual cycle
passes each node once, so the weights below make a better balance beat any spread, and any spread beat ties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from crosscheck.model import ExpertId, SchoolToken
from packets.problem import ExpertCapacity, Group, Problem, cliques_of, groups_of, hashed, sorted_experts

_TIE_BITS = 16
Counts = Mapping[tuple[int, ExpertId], int]  # (number of the group, expert) -> works


@dataclass(frozen=True, slots=True)
class Weights:
    """Cost of one step of spread and one step of balance; a tie-break costs less than 2**16."""

    spread: int
    balance: int


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs in four parallel tuples, nodes numbered 0 to nodes-1, the sink last.

    Parallel arcs between two nodes are in the order of cost. `paths` gives the nodes a read of a group
    passes to an expert, without the sink.
    """

    groups: tuple[Group, ...]
    experts: tuple[ExpertCapacity, ...]
    reads: int
    nodes: int
    gates: frozenset[int]
    tails: tuple[int, ...]
    heads: tuple[int, ...]
    capacities: tuple[int, ...]
    costs: tuple[int, ...]
    supplies: tuple[int, ...]
    paths: Mapping[tuple[int, ExpertId], tuple[int, ...]]

    @property
    def sink(self) -> int:
        return self.nodes - 1

    def crossing(self, key: tuple[int, ExpertId]) -> tuple[int, int]:
        """The two nodes between which only the reads of this group by this expert flow."""
        path = self.paths[key]
        at = 1 if path[1] in self.gates else 0
        return path[at], path[at + 1]


@dataclass(slots=True)
class _Arcs:
    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)

    def add(self, tail: int, head: int, capacity: int, cost: int) -> None:
        self.tails.append(tail)
        self.heads.append(head)
        self.capacities.append(capacity)
        self.costs.append(cost)

    def add_steps(self, tail: int, head: int, steps: Iterable[tuple[int, int]], cost: int) -> None:
        for capacity, more in steps:
            if capacity:
                self.add(tail, head, capacity, cost + more)


def spread_steps(works: int, markings: int, spread: int) -> tuple[int, ...]:
    """Places in a lane, cumulated: within the n-th number the wish for `spread >> n` experts is kept.

    With at most the first number of reads each, the reads of a school reach at least `spread` experts.
    """
    reads = works * markings
    steps: list[int] = []
    wanted = spread
    while wanted > 1:
        most = max(1, min(-(-reads // wanted), (reads - 1) // (wanted - 1)))
        steps.append(min(most, works))
        wanted //= 2
    return (*steps, works)


def network_of(problem: Problem, ceiling: int) -> Network:
    """The flow network. Above a total load of `ceiling` all places of an expert cost the same.

    That is a lower bound of the true cost, and exact while at most one such place is taken.
    """
    nodes = _nodes_of(problem)
    groups, experts = nodes.groups, nodes.experts
    weights = _weights(nodes, problem.spread)
    arcs, steps = _Arcs(), _steps_of_schools(problem, weights)
    for (at, _), node in nodes.gates.items():
        arcs.add(at, node, len(groups[at].works), 0)
    paths = _add_reads(arcs, nodes, steps, problem.seed)
    for (school, expert), node in nodes.lanes.items():
        arcs.add_steps(node, nodes.number[expert], steps[school], 0)
    _add_places(arcs, nodes, ceiling, weights)
    supplies = [0] * (nodes.sink + 1)
    for at, group in enumerate(groups):
        supplies[at] = len(group.works) * len(problem.markings)
    supplies[nodes.sink] = -problem.reads
    return Network(
        groups=groups,
        experts=experts,
        reads=problem.reads,
        nodes=nodes.sink + 1,
        gates=frozenset(nodes.gates.values()),
        tails=tuple(arcs.tails),
        heads=tuple(arcs.heads),
        capacities=tuple(arcs.capacities),
        costs=tuple(arcs.costs),
        supplies=tuple(supplies),
        paths=paths,
    )


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Numbers of the nodes: groups from 0, then experts, gates, lanes and the sink."""

    groups: tuple[Group, ...]
    experts: tuple[ExpertCapacity, ...]
    parts: Mapping[ExpertId, str]
    number: Mapping[ExpertId, int]
    gates: Mapping[tuple[int, str], int]
    lanes: Mapping[tuple[SchoolToken, ExpertId], int]

    @property
    def sink(self) -> int:
        return len(self.groups) + len(self.experts) + len(self.gates) + len(self.lanes)


def _nodes_of(problem: Problem) -> _Nodes:
    groups, experts, parts = groups_of(problem), sorted_experts(problem), cliques_of(problem)
    number = {e.expert: len(groups) + at for at, e in enumerate(experts)}
    first = len(groups) + len(experts)
    gates = {key: first + at for at, key in enumerate(_gates(parts, groups, experts))}
    of_school = Counter(group.school for group in groups)
    several = ((g.school, expert) for g in groups if of_school[g.school] > 1 for expert in g.allowed)
    lanes = {key: first + len(gates) + at for at, key in enumerate(dict.fromkeys(several))}
    return _Nodes(groups, experts, parts, number, gates, lanes)


def _add_reads(
    arcs: _Arcs, nodes: _Nodes, steps: Mapping[SchoolToken, list[tuple[int, int]]], seed: int
) -> dict[tuple[int, ExpertId], tuple[int, ...]]:
    """Arcs from groups and gates to lanes or, where a school is one group, to experts; the paths they make."""
    paths: dict[tuple[int, ExpertId], tuple[int, ...]] = {}
    for at, group in enumerate(nodes.groups):
        for expert, tie in zip(group.allowed, _ties(seed, group), strict=True):
            sender, end = nodes.gates.get((at, nodes.parts[expert]), at), nodes.number[expert]
            lane = nodes.lanes.get((group.school, expert), end)
            if lane == end:
                arcs.add_steps(sender, end, steps[group.school], tie)
            else:
                arcs.add(sender, lane, len(group.works), tie)
            paths[at, expert] = tuple(dict.fromkeys((at, sender, lane, end)))
    return paths


def _gates(
    cliques: Mapping[ExpertId, str], groups: tuple[Group, ...], experts: tuple[ExpertCapacity, ...]
) -> list[tuple[int, str]]:
    """Where experts who may never meet could together get more reads of a group than it has works."""
    room = {e.expert: e.room for e in experts}
    gates: list[tuple[int, str]] = []
    for at, group in enumerate(groups):
        could: dict[str, int] = {}
        for expert in group.allowed:
            part = cliques[expert]
            could[part] = could.get(part, 0) + min(len(group.works), room[expert])
        gates.extend((at, part) for part, reads in could.items() if reads > len(group.works))
    return gates


def _weights(nodes: _Nodes, spread: int) -> Weights:
    # A cycle passes each node once, so it holds at most two lane arcs of each expert. Every arc with a tie leaves a
    # sender and belongs to a lane; it is next to an expert's lane arc or to another sender of the same school.
    groups, experts = nodes.groups, len(nodes.experts)
    of_school = Counter(group.school for group in groups)
    shared = [of_school[group.school] > 1 for group in groups]
    meeting = sum(shared) + sum(shared[at] for at, _ in nodes.gates)
    senders = min(len(groups) + len(nodes.gates), experts + meeting)
    one_spread = 1 << (_TIE_BITS + 1 + senders.bit_length())
    return Weights(one_spread, one_spread << (1 + (experts * spread.bit_length()).bit_length()))


def _ties(seed: int, group: Group) -> list[int]:
    name = hashed(seed, group.school, group.works[0].work)
    return [hashed(name, expert) >> (64 - _TIE_BITS) for expert in group.allowed]


def _steps_of_schools(problem: Problem, weights: Weights) -> dict[SchoolToken, list[tuple[int, int]]]:
    """Places of a lane and what each of them costs, cheapest first."""
    works = Counter(work.school for work in problem.works)
    steps: dict[SchoolToken, list[tuple[int, int]]] = {}
    for school, number in works.items():
        bounds = (0, *spread_steps(number, len(problem.markings), problem.spread))
        steps[school] = [(high - low, at * weights.spread) for at, (low, high) in enumerate(pairwise(bounds))]
    return steps


def _add_places(arcs: _Arcs, nodes: _Nodes, ceiling: int, weights: Weights) -> None:
    # Only differences between loads matter; counting from the lowest keeps the costs small.
    lowest = min((e.load for e in nodes.experts), default=0)
    for expert in nodes.experts:
        at = nodes.number[expert.expert]
        single = min(expert.room, max(0, ceiling - expert.load))
        for place in range(expert.load, expert.load + single):
            arcs.add(at, nodes.sink, 1, (place - lowest) * weights.balance)
        if expert.room > single:
            arcs.add(at, nodes.sink, expert.room - single, (expert.load + single - lowest) * weights.balance)


def flow_of(network: Network, counts: Counts) -> list[int]:
    """Flow on every arc when the groups' reads go to the experts as counted; the cheapest places first.

    Raises KeyError when a group sends reads to an expert who may not have them.
    """
    through: dict[tuple[int, int], int] = {}
    for key, works in counts.items():
        nodes = (*network.paths[key], network.sink)
        for pair in pairwise(nodes):
            through[pair] = through.get(pair, 0) + works
    flow: list[int] = []
    for pair, capacity in zip(zip(network.tails, network.heads, strict=True), network.capacities, strict=True):
        here = min(capacity, through.get(pair, 0))
        if here:
            through[pair] -= here
        flow.append(here)
    return flow


def cost_of(network: Network, flow: list[int]) -> int:
    """Total cost of a flow."""
    return sum(f * c for f, c in zip(flow, network.costs, strict=True) if f)
