"""No two schools mark each other: which direction between every two schools is best, and how good any could be.

Once one direction between every two schools is closed, the best allocation is a flow as ever. Which ones are best is
searched level by level (`packets.branching`); levels that cost what they would without the rule need no search. What
the search proves comes along as bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from packets.bounds import Closed, Meetings, Pricing, meetings_of, proven_bound
from packets.branching import CASES, Question, branched, in_order, mutual
from packets.broad import Broad, Leaning, cheapest_pairs
from packets.errors import DirectionsUndecided
from packets.face import Face, Potentials, blocks, narrowed, open_pairs, whole
from packets.network import Ints, Network, levels_of, network_of
from packets.optimum import Optimum, level_cost, optimum
from packets.problem import Direction, Infeasible, LevelBound, Prices, Problem, Split
from packets.relaxed import Ask, Programme, Reals, Shared
from packets.turning import Turning, may_turn

_SCALES = (1 << 20, 1 << 10, 1 << 4, 1)
_BROAD = 20_000  # groups x experts from which on no proof is searched case by case
_LOST = 1000  # costs of the dearest read that one without a place costs
_NEAR = 1e-6
_SWEEPS = 4  # over all directions of a city; each finds a tenth of what the one before did


@dataclass(frozen=True, slots=True, eq=False)
class Oriented:
    """The best allocation found. network: with the pairs of closed directions barred. bounds: empty when nothing had
    to be closed, and so nothing needs them."""

    best: Optimum
    network: Network
    closed: tuple[Direction, ...]
    bounds: tuple[LevelBound, ...]


def oriented(problem: Problem, network: Network) -> Oriented | Infeasible:
    """The best allocation without schools that mark each other. Raises DirectionsUndecided, SolverFailed."""
    free = optimum(problem, network)
    if isinstance(free, Infeasible):
        return free
    meetings = meetings_of(network)
    flow = flow_between(network, meetings, free.pairs, free.reads)
    if not mutual(flow):
        # The proof needs no direction closed. Where experts of several schools can't be kept apart in the rows, others
        # are sought, and these mustn't use what answers.
        return Oriented(free, network.without_directions(_named(network, _unused(meetings, flow))), (), ())
    return _Search(problem, network, meetings, free).run()


def flow_between(network: Network, meetings: Meetings, pairs: Ints, reads: Ints) -> Reals:
    """Reads between schools: of works, of experts; nothing inside a school."""
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    between = np.zeros((len(network.schools), len(network.experts)))
    np.add.at(between, (network.school[group], expert), reads)
    flow = between @ meetings.belongs.T.astype(np.float64)
    np.fill_diagonal(flow, 0)
    return np.asarray(flow)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """An allocation without schools that mark each other: directions closed, what its levels cost."""

    closed: Closed
    best: Optimum
    costs: tuple[int, ...]


def possible(problem: Problem) -> bool:
    """Is there any allocation without schools that mark each other, experts of several schools aside? Raises
    DirectionsUndecided, SolverFailed."""
    network = network_of(problem)
    free = optimum(problem, network)
    return not isinstance(free, Infeasible) and _Search(problem, network, meetings_of(network), free).begun()


class _Search:
    def __init__(self, problem: Problem, network: Network, meetings: Meetings, free: Optimum) -> None:
        self._problem, self._network, self._meetings, self._free = problem, network, meetings, free
        self._levels = levels_of(problem, network)
        self._free_costs = self._costs(free)
        self._pricing = [Pricing(network, meetings, self._levels[: at + 1]) for at in range(len(self._levels))]
        self._broad = len(network.size) * len(network.experts) > _BROAD
        self._leaning: Leaning | None = None
        self._tried: set[Closed] = set()
        self._known: _Known | None = None

    def begun(self) -> bool:
        """Is there any allocation?"""
        if self._broad:
            return self._begun_broadly()
        self._hope()
        if self._known is None:
            self._any()
        return self._known is not None

    def run(self) -> Oriented | Infeasible:
        if not self.begun() or self._known is None:
            return Infeasible(self._network.reads)
        bounds: list[LevelBound] = []
        while len(bounds) < len(self._levels):
            before = self._known.costs
            bounds.append(self._bound(len(bounds)))
            if self._known.costs[: len(bounds) - 1] != before[: len(bounds) - 1]:
                bounds = []  # an earlier level became better: what was proven of later ones was about another one
        return self._chosen(self._known, tuple(bounds))

    def _costs(self, best: Optimum) -> tuple[int, ...]:
        return tuple(level_cost(self._network, level, best.pairs, best.reads) for level in self._levels)

    # --- allocations ------------------------------------------------------------------------

    def _try(self, closed: Closed, flow: Reals) -> bool:
        """Close what a flow uses less, until the best allocation uses one direction of each two; is there one?"""
        network = self._network
        closed = closed | (_lesser(flow) if mutual(flow) else _answers(flow))
        while closed not in self._tried:
            self._tried.add(closed)
            best = optimum(self._problem, network.without_directions(self._named(closed)))
            if isinstance(best, Infeasible):
                return False
            more = _lesser(flow_between(network, self._meetings, best.pairs, best.reads))
            closed |= more
            if not more:
                costs = self._costs(best)
                if self._known is None or costs < self._known.costs:
                    self._known = _Known(closed, best, costs)
                return True
        return False

    def _hope(self) -> None:
        """An allocation from the programme of the last level, as if all earlier ones could be had for nothing."""
        at = len(self._levels) - 1
        programme = self._programme(at, at)
        self._try(frozenset(), programme.solve(frozenset()).flow)

    def _begun_broadly(self) -> bool:
        """An allocation from what the programme of the last level leans to. Raises DirectionsUndecided."""
        free = self._free
        if self._levels[-1].pairs is not None:
            at = len(self._levels) - 1
            broad = self._broad_programme(at, at)
            self._leaning = broad.solve()
            self._try(frozenset(), self._leaning.flow)
            self._turn(at)
        if self._known is None:
            self._try(frozenset(), flow_between(self._network, self._meetings, free.pairs, free.reads))
        if self._known is None:
            raise DirectionsUndecided(works=len(self._network.works), schools=len(self._network.schools))
        return True

    def _turn(self, at: int) -> None:
        """Turn single directions of the allocation known while that makes it better, at no cost of earlier levels."""
        face, level = self._face(at), self._levels[at]
        for _ in range(_SWEEPS):
            if self._known is None or self._same() < at or not may_turn(self._network, face):
                return
            best, before = self._known.best, self._known.costs
            prices = next(found for each, found in best.levels if each.name == level.name)
            turning = Turning(self._network, self._meetings, face, level, best.pairs, best.reads)
            turning.sweep(prices)
            self._try(turning.closed(prices), turning.flow.astype(np.float64))
            if self._known.costs == before:
                return

    def _broad_programme(self, at: int, free: int) -> Broad:
        level, face = self._levels[at], self._face(free)
        pairs = cheapest_pairs(self._network, face, level, self._free.levels[at][1], self._free.pairs)
        return Broad(self._network, self._meetings, level, face, pairs)

    def _any(self) -> None:
        """Any allocation by search: cases in which reads find no place are left."""
        programme = Programme(self._network, self._meetings, Ask(None, whole(self._network), (), 1.0), self._pairs(0))
        waiting: list[Closed] = [frozenset()]
        for _ in range(CASES):
            if not waiting or self._known is not None:
                return
            closed = waiting.pop()
            found = programme.solve(closed)
            if found.unserved > _NEAR or self._try(closed, found.flow):
                continue
            pairs = mutual(found.flow)
            if pairs:
                one, other = max(pairs, key=lambda p: (min(found.flow[p], found.flow[p[1], p[0]]), p))
                waiting += [closed | {(one, other)}, closed | {(other, one)}]
        raise DirectionsUndecided(works=len(self._network.works), schools=len(self._network.schools))

    def _chosen(self, known: _Known, bounds: tuple[LevelBound, ...]) -> Oriented:
        """Between every two schools one direction closed, also where none is used: never one that is."""
        flow = flow_between(self._network, self._meetings, known.best.pairs, known.best.reads)
        closed = _unused(self._meetings, flow)
        network = self._network.without_directions(self._named(closed))
        best = optimum(self._problem, network)
        assert isinstance(best, Optimum)  # the one known uses none of what was closed
        return Oriented(best, network, self._named(closed), bounds)

    def _named(self, closed: Closed) -> tuple[Direction, ...]:
        return _named(self._network, closed)

    # --- bounds -----------------------------------------------------------------------------

    def _bound(self, at: int) -> LevelBound:
        """What the level can't be better than; whatever better allocation is met on the way is kept."""
        assert self._known is not None
        before, free = self._known.costs[:at], min(at + 1, self._same())
        if free > at:
            own = self._free.levels[at][1]
            prices = self._weighed(at, at, 1, *_whole(own, self._network.parts), ())
            return self._claimed(at, before, 1, [prices])
        if self._broad:
            return self._broad_bound(at, free, before)
        programme = self._programme(at, free)
        scale = self._scale(at, free, programme.solve(frozenset()))
        ask = Question(
            programme,
            self._pricing[at],
            before,
            scale,
            self._meetings.both,
            lambda: self._beat(at, before),
            self._try,
            lambda found: self._priced(at, free, scale, found),
        )
        return self._claimed(at, before, scale, in_order(branched(ask)))

    def _broad_bound(self, at: int, free: int, before: tuple[int, ...]) -> LevelBound:
        """From the prices of the one programme solved, or else of the allocation without the rule. Levels that cost
        more than without it count nothing at later ones: what is proven is less then, and still true."""
        own, opened = self._free.levels[at][1], (0,) * (at - free)
        claims = [self._claimed(at, before, 1, [self._weighed(at, free, 1, *_whole(own, self._network.parts), opened)])]
        if self._leaning is not None and at == len(self._levels) - 1:
            found = self._leaning
            for scale in _SCALES:
                groups, experts = (np.rint(some * scale).astype(np.int64) for some in (found.groups, found.experts))
                gates = {gate: round(value * scale) for gate, value in found.gates.items()}
                prices = self._weighed(at, free, scale, groups, experts, gates, opened)
                claims.append(self._claimed(at, before, scale, [prices]))
                if claims[-1].bound > claims[0].bound:
                    break
        return max(claims, key=lambda claim: claim.bound)

    def _claimed(self, at: int, before: tuple[int, ...], scale: int, cases: Iterable[Split | Prices]) -> LevelBound:
        claim = LevelBound(self._levels[at].name, 0, scale, tuple(cases))
        return replace(claim, bound=proven_bound(self._pricing[at], before, claim) or 0)

    def _same(self) -> int:
        """How many levels cost what they would without the rule."""
        assert self._known is not None
        return [*(a == b for a, b in zip(self._free_costs, self._known.costs, strict=True)), False].index(False)

    def _beat(self, at: int, before: tuple[int, ...]) -> int:
        """What the level costs in the best allocation known; nothing when an earlier level became better meanwhile."""
        assert self._known is not None
        return self._known.costs[at] if self._known.costs[:at] == before else -1

    def _programme(self, at: int, free: int) -> Programme:
        """The level on the face of the levels before `free`; those from there on cost no more than they do."""
        level, limits = self._levels[at], []
        if self._known is not None:
            limits = list(zip(self._levels[free:at], self._known.costs[free:at], strict=True))
        ask = Ask(level, self._face(free), tuple(limits), float(_LOST * (1 + self._pricing[at].dearest[at])))
        return Programme(self._network, self._meetings, ask, self._pairs(free))

    def _face(self, free: int) -> Face:
        face = whole(self._network)
        for level, at in self._free.levels[:free]:
            face = narrowed(self._network, face, level, at)
        return face

    def _pairs(self, free: int) -> Ints:
        face, experts = self._face(free), len(self._network.experts)
        some = [np.flatnonzero(open_pairs(self._network, face, a, b)) + a * experts for a, b in blocks(self._network)]
        return np.unique(np.concatenate([*some, face.held]))

    # --- prices as whole numbers --------------------------------------------------------------

    def _scale(self, at: int, free: int, found: Shared) -> int:
        """The finest scale at which sums are exact."""
        for scale in _SCALES:
            if self._pricing[at].least(self._priced(at, free, scale, found), scale, frozenset()) is not None:
                return scale
        return 1

    def _priced(self, at: int, free: int, scale: int, found: Shared) -> Prices:
        """What the programme found, and the prices of the levels before `free` so high that they come first."""
        gates = {gate: round(value * scale) for gate, value in found.gates.items()}
        earlier = tuple(round(value * scale) for value in found.earlier.tolist())
        groups, experts = (np.rint(values * scale).astype(np.int64) for values in (found.groups, found.experts))
        return self._weighed(at, free, scale, groups, experts, gates, earlier)

    def _weighed(
        self,
        at: int,
        free: int,
        scale: int,
        groups: Ints,
        experts: Ints,
        gates: Mapping[tuple[int, int], int],
        open_levels: tuple[int, ...],
    ) -> Prices:
        dearest, weights = self._pricing[at].dearest, [*open_levels, scale]
        highest = sum(weight * most for weight, most in zip(weights, dearest[free:], strict=True))
        highest += _reach(groups, experts, gates.values())
        for before in reversed(range(free)):
            potentials = self._free.levels[before][1]
            weight = 1 << (highest.bit_length() + 1)
            own = _by_gate(potentials, self._network.parts)
            gates = {
                gate: gates.get(gate, int(groups[gate[0]])) + weight * own.get(gate, int(potentials.groups[gate[0]]))
                for gate in gates.keys() | own.keys()
            }
            groups, experts = groups + weight * potentials.groups, experts + weight * potentials.experts
            highest += weight * (dearest[before] + _reach(potentials.groups, potentials.experts, own.values()))
            weights.insert(0, weight)
        listed = tuple(sorted((group, part, value) for (group, part), value in gates.items()))
        return Prices(tuple(groups.tolist()), tuple(experts.tolist()), listed, tuple(weights[:-1]))


def _named(network: Network, closed: Closed) -> tuple[Direction, ...]:
    names = network.schools
    return tuple(sorted((names[a], names[b]) for a, b in closed))


def _unused(meetings: Meetings, flow: Reals) -> Closed:
    """Between every two schools that could mark each other a direction that isn't used."""
    both = zip(*(some.tolist() for some in np.nonzero(np.triu(meetings.both))), strict=True)
    return frozenset((a, b) if flow[b, a] > _NEAR else (b, a) for a, b in both)


def _lesser(flow: Reals) -> Closed:
    """Of directions that are both used the one that carries less."""
    return frozenset((a, b) if flow[a, b] < flow[b, a] else (b, a) for a, b in mutual(flow))


def _answers(flow: Reals) -> Closed:
    """What would answer the directions used."""
    return frozenset((b, a) for a, b in zip(*(some.tolist() for some in np.nonzero(flow > _NEAR)), strict=True))


def _whole(own: Potentials, parts: int) -> tuple[Ints, Ints, dict[tuple[int, int], int]]:
    return own.groups, own.experts, _by_gate(own, parts)


def _reach(groups: Ints, experts: Ints, gates: Iterable[int]) -> int:
    """How far potentials are apart at most, the one behind the experts among them: it is always 0."""
    every: list[int] = [0, *groups.tolist(), *experts.tolist(), *gates]
    return max(every) - min(every) + 1


def _by_gate(potentials: Potentials, parts: int) -> dict[tuple[int, int], int]:
    gates = potentials.gates
    return {divmod(key, parts): at for key, at in zip(gates.keys.tolist(), gates.values.tolist(), strict=True)}
