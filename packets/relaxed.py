"""The allocation as a linear programme in which two directions between schools share what one may carry.

Whatever a direction carries at most - a pair, a lane, a gate - it carries as far as its share goes, and the shares of
both directions add up to 1. Its prices are what `packets.bounds` checks; where each share is 0 or 1, it is an
allocation. Reads that find no place are counted at a high cost instead of making the programme impossible.

Most limits never bind, so they are added when they are broken. The simplex goes on from where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp
from scipy import sparse

from packets.bounds import Closed, Meetings
from packets.errors import SolverFailed
from packets.face import Face
from packets.network import Ints, Level, Network, Truth

_NEAR = 1e-6
_INFINITY = float("inf")

Reals = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What the programme found. value: its cost, unserved reads included; unserved: how many there are.

    flow: reads between schools (of works, of experts). groups, experts, gates, earlier: its prices.
    """

    value: float
    unserved: float
    flow: Reals
    groups: Reals
    experts: Reals
    gates: Mapping[tuple[int, int], float]
    earlier: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A level to keep low on a face, among what costs no more than `limits` at the open levels before it.

    lost: the cost of a read without a place.
    """

    level: Level | None  # None: nothing but reads without a place
    face: Face
    limits: tuple[tuple[Level, int], ...]
    lost: float


class Programme:
    """The programme of a question, solved again and again with other directions closed."""

    def __init__(self, network: Network, meetings: Meetings, ask: Ask, pairs: Ints) -> None:
        self._network, self._meetings, self._ask = network, meetings, ask
        self._group, self._expert = np.divmod(pairs, max(1, len(network.experts)))
        self._school = network.school[self._group]
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._settings = _settings()
        self._closed: Closed = frozenset()
        self.steps = 0
        self._reads = self._variables()
        self._lost: list[pywraplp.Variable] = []
        self._gate_rows: list[tuple[tuple[int, int], pywraplp.Constraint]] = []
        self._experts_rows, self._groups_rows = self._ends(pairs)
        self._shares = self._both_ways()
        self._caps = self._capacities()
        self._hills: list[_Hill] = []
        self._slopes: list[tuple[pywraplp.Constraint, int, int]] = []
        self._limit_rows = self._costs()

    # --- what stands from the beginning -------------------------------------------------------

    def _variables(self) -> list[pywraplp.Variable]:
        high = np.minimum(self._network.size[self._group], self._lane_high(self._school, self._expert))
        return [self._solver.NumVar(0, float(most), "") for most in high.tolist()]

    def _lane_high(self, school: Ints, expert: Ints) -> Ints:
        face, keys = self._ask.face, school * len(self._network.experts) + expert
        return face.lanes.at(keys, np.zeros_like(keys), face.lane[school])[1]

    def _row(self, low: float, high: float, terms: Iterable[tuple[pywraplp.Variable, float]]) -> pywraplp.Constraint:
        row = self._solver.Constraint(low, high)
        for variable, factor in terms:
            row.SetCoefficient(variable, factor)
        return row

    def _spare(self) -> tuple[pywraplp.Variable, float]:
        """Something to fill a row that reads can't fill."""
        variable = self._solver.NumVar(0, _INFINITY, "")
        self._solver.Objective().SetCoefficient(variable, self._ask.lost)
        self._lost.append(variable)
        return variable, 1.0

    def _ends(self, pairs: Ints) -> tuple[list[pywraplp.Constraint], list[pywraplp.Constraint]]:
        """Every group sends all its reads; every expert takes as many as the face says; what must be carried is."""
        network, face = self._network, self._ask.face
        supply = (network.size * network.markings).tolist()
        groups = [self._row(n, n, (self._spare(),)) for n in supply]
        loads = zip(face.load_low.tolist(), face.load_high.tolist(), strict=True)
        experts = [self._row(low, high, (self._spare(),) if low else ()) for low, high in loads]
        for at, (group, expert) in enumerate(zip(self._group.tolist(), self._expert.tolist(), strict=True)):
            groups[group].SetCoefficient(self._reads[at], 1)
            experts[expert].SetCoefficient(self._reads[at], 1)
        for at in np.flatnonzero(np.isin(pairs, face.held)).tolist():
            self._row(float(network.size[self._group[at]]), _INFINITY, (self._spare(), (self._reads[at], 1.0)))
        lanes, gates = self._school * len(network.experts) + self._expert, self._gate_of()
        for keys, bounds in ((lanes, face.lanes.low), (gates, face.gates.low)):
            for key, least in zip(bounds.keys.tolist(), bounds.values.tolist(), strict=True):
                if least:
                    some = [(self._reads[at], 1.0) for at in np.flatnonzero(keys == key).tolist()]
                    row = self._row(least, _INFINITY, (self._spare(), *some))
                    if bounds is face.gates.low:
                        self._gate_rows.append((divmod(key, network.parts), row))
        return experts, groups

    def _gate_of(self) -> Ints:
        return self._group * self._network.parts + self._network.part[self._expert]

    def _both_ways(self) -> dict[tuple[int, int], pywraplp.Variable]:
        """For each two schools that could mark each other here: the share of the direction from the first."""
        counted = self._meetings.counted[self._school, self._expert]
        used = {(a, b) for a, b in zip(self._school.tolist(), counted.tolist(), strict=True) if b >= 0}
        both = sorted((a, b) for a, b in used if a < b and (b, a) in used)
        return {pair: self._solver.NumVar(0, 1, "") for pair in both}

    # --- limits that are added when they are broken -------------------------------------------

    def _capacities(self) -> _Capacities:
        """Pairs, lanes and gates with what they carry at most, and the direction whose share of that it is."""
        network, face, count = self._network, self._ask.face, len(self._reads)
        counted = self._meetings.counted[self._school, self._expert]
        lane, gate = self._school * len(network.experts) + self._expert, self._gate_of()
        lanes, in_lane = np.unique(lane, return_inverse=True)
        gates, in_gate = np.unique(gate, return_inverse=True)
        lane_school, lane_expert = np.divmod(lanes, max(1, len(network.experts)))
        gate_group, gate_part = np.divmod(gates, max(1, network.parts))
        gate_high = face.gates.at(gates, np.zeros_like(gates), network.size[gate_group])[1]
        gate_counted = self._meetings.counted_parts[network.school[gate_group], gate_part]
        high = np.concatenate(
            [
                [variable.ub() for variable in self._reads],
                self._lane_high(lane_school, lane_expert),
                gate_high,
            ]
        )
        row = np.concatenate([np.arange(count), count + in_lane, count + len(lanes) + in_gate])
        matrix = sparse.csr_matrix((np.ones(len(row)), (row, np.tile(np.arange(count), 3))), (len(high), count))
        one = np.concatenate([self._school, lane_school, network.school[gate_group]])
        other = np.concatenate([counted, self._meetings.counted[lane_school, lane_expert], gate_counted])
        named = [(-1, -1)] * (count + len(lanes)) + list(zip(gate_group.tolist(), gate_part.tolist(), strict=True))
        between = list(zip(one.tolist(), other.tolist(), strict=True))
        return _Capacities(matrix, high, between, named, np.zeros(len(high), np.bool_))

    def _costs(self) -> list[pywraplp.Constraint]:
        """The level itself, and a limit for each open level before."""
        ask, objective = self._ask, self._solver.Objective()
        for variable, cost in self._cost_of(ask.level) if ask.level is not None else ():
            objective.SetCoefficient(variable, cost)
        objective.SetMinimization()
        return [self._row(-_INFINITY, most, (*self._cost_of(level), self._lost_limit())) for level, most in ask.limits]

    def _lost_limit(self) -> tuple[pywraplp.Variable, float]:
        variable, _ = self._spare()
        return variable, -1.0

    def _cost_of(self, level: Level) -> list[tuple[pywraplp.Variable, float]]:
        if level.pairs is not None:
            costs = level.pairs.at(self._group, self._expert).tolist()
            return [(v, float(cost)) for v, cost in zip(self._reads, costs, strict=True) if cost]
        network, terms = self._network, []
        hill: _Hill
        if level.places:
            reads: dict[int, list[int]] = {e: [] for e in range(len(network.experts))}
            for at, expert in enumerate(self._expert.tolist()):
                reads[expert].append(at)
            for expert, some in ((expert, some) for expert, some in reads.items() if some):
                hill = _Hill(self._solver.NumVar(0, _INFINITY, ""), some, int(network.load[expert]), None)
                terms.append((hill.height, 1.0))
                self._hills.append(hill)
            return terms
        lanes: dict[tuple[int, int], list[int]] = {}
        for at, key in enumerate(zip(self._school.tolist(), self._expert.tolist(), strict=True)):
            lanes.setdefault(key, []).append(at)
        for (school, _), some in lanes.items():
            hill = _Hill(self._solver.NumVar(0, _INFINITY, ""), some, 0, tuple(network.steps[school].tolist()))
            terms.append((hill.height, 1.0))
            self._hills.append(hill)
        return terms

    def _add_broken(self, reads: Reals, shares: Mapping[tuple[int, int], float]) -> bool:
        caps, broken = self._caps, False
        heights = [hill.height.solution_value() for hill in self._hills]  # gone as soon as a row is added
        room = caps.high * np.array([_share(shares, pair) for pair in caps.between])
        for at in np.flatnonzero((caps.reads @ reads > room + _NEAR) & ~caps.added).tolist():
            caps.added[at] = broken = True
            terms = [(self._reads[n], 1.0) for n in caps.reads[[at]].indices.tolist()]
            most, (one, other) = float(caps.high[at]), caps.between[at]
            if (one, other) in self._shares:
                row = self._row(-_INFINITY, 0.0, (*terms, (self._shares[one, other], -most)))
            elif (other, one) in self._shares:
                row = self._row(-_INFINITY, most, (*terms, (self._shares[other, one], most)))
            else:
                row = self._row(-_INFINITY, most, terms)
            if caps.gate[at][0] >= 0:
                self._gate_rows.append((caps.gate[at], row))
        for hill, height in zip(self._hills, heights, strict=True):
            inside = hill.load + float(reads[hill.reads].sum())
            if hill.at(inside) > height + _NEAR * max(1.0, hill.at(inside)):
                slope, less = hill.tangent(inside)
                terms = [(self._reads[n], -float(slope)) for n in hill.reads]
                row = self._row(float(slope * hill.load - less), _INFINITY, ((hill.height, 1.0), *terms))
                if hill.steps is None:
                    self._slopes.append((row, slope, int(self._expert[hill.reads[0]])))
                broken = True
        return broken

    # --- solving ------------------------------------------------------------------------------

    def solve(self, closed: Closed) -> Shared:
        """The cheapest with some directions (by number of schools) closed. Raises SolverFailed."""
        self._close(closed)
        while True:
            status = self._solver.Solve(self._settings)
            self.steps += int(self._solver.iterations())
            if status != pywraplp.Solver.OPTIMAL:
                raise SolverFailed(status=f"programme {status}")
            reads = np.array([variable.solution_value() for variable in self._reads])
            shares = {pair: variable.solution_value() for pair, variable in self._shares.items()}
            if not self._add_broken(reads, shares):
                return self._found(reads)

    def _close(self, closed: Closed) -> None:
        belongs = self._meetings.belongs
        for one, other in sorted(closed ^ self._closed):
            shut = (one, other) in closed
            if (one, other) in self._shares:
                self._shares[one, other].SetUb(0.0 if shut else 1.0)
            elif (other, one) in self._shares:
                self._shares[other, one].SetLb(1.0 if shut else 0.0)
            here = (self._school == one) & belongs[other][self._expert]
            shut = np.logical_or.reduce([belongs[to] for of, to in closed if of == one] or [belongs[0] & False])
            for at in np.flatnonzero(here).tolist():
                self._reads[at].SetUb(0.0 if shut[self._expert[at]] else float(self._caps.high[at]))
        self._closed = closed

    def _expert_prices(self) -> Reals:
        """An expert's place is worth what the next one costs."""
        prices = np.array([row.dual_value() for row in self._experts_rows])
        for row, slope, expert in self._slopes:
            prices[expert] -= slope * row.dual_value()
        return prices

    def _found(self, reads: Reals) -> Shared:
        network, schools = self._network, len(self._network.schools)
        between = np.zeros((schools, len(network.experts)))
        np.add.at(between, (self._school, self._expert), reads)
        flow = between @ self._meetings.belongs.T
        np.fill_diagonal(flow, 0)
        groups = np.array([-row.dual_value() for row in self._groups_rows])
        gates: dict[tuple[int, int], float] = {}
        for gate, row in self._gate_rows:
            gates[gate] = gates.get(gate, groups[gate[0]]) - row.dual_value()
        return Shared(
            self._solver.Objective().Value(),
            sum(variable.solution_value() for variable in self._lost),
            flow,
            groups,
            self._expert_prices(),
            {gate: at for gate, at in gates.items() if abs(at - groups[gate[0]]) > _NEAR},
            np.array([max(0.0, -row.dual_value()) for row in self._limit_rows]),
        )


@dataclass(slots=True, eq=False)
class _Capacities:
    """Rows of pairs that carry at most `high` together, times the share of a direction; which are in the programme."""

    reads: sparse.csr_matrix
    high: Reals
    between: list[tuple[int, int]]
    gate: list[tuple[int, int]]
    added: Truth


@dataclass(frozen=True, slots=True, eq=False)
class _Hill:
    """A cost that grows faster and faster with some reads: squares of loads, or the steps of a lane."""

    height: pywraplp.Variable
    reads: Sequence[int]
    load: int
    steps: tuple[int, ...] | None

    def at(self, reads: float) -> float:
        slope, less = self.tangent(reads)
        return slope * reads - less

    def tangent(self, reads: float) -> tuple[int, int]:
        """The line `slope * reads - less` that touches it there."""
        if self.steps is None:
            whole = int(np.floor(reads + 1e-9))
            return 2 * whole + 1, whole * (whole + 1)
        passed = [step for step in self.steps[1:-1] if step < reads]
        return len(passed), sum(passed)


def _share(shares: Mapping[tuple[int, int], float], direction: tuple[int, int]) -> float:
    if direction in shares:
        return shares[direction]
    one, other = direction
    return 1.0 - shares[other, one] if (other, one) in shares else 1.0


def _settings() -> pywraplp.MPSolverParameters:
    settings = pywraplp.MPSolverParameters()
    for what, value in (
        (settings.PRESOLVE, settings.PRESOLVE_OFF),
        (settings.INCREMENTALITY, settings.INCREMENTALITY_ON),
        (settings.LP_ALGORITHM, settings.DUAL),
    ):
        settings.SetIntegerParam(what, value)
    return settings
