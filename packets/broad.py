"""The programme of `packets.relaxed` at the size of a city: on the cheapest pairs, and nearly solved.

A first-order method (PDLP) comes near the least cost in seconds where the simplex takes an hour. It needn't be exact:
prices prove what they prove (`packets.bounds`, over all pairs), and of two directions the one that carries more is
kept, until `packets.turning` turns it. Numbers of steps end it, never a clock.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.pdlp import solvers_pb2
from ortools.pdlp.python import pdlp
from scipy import sparse

from packets.bounds import Meetings
from packets.face import Face, Potentials, blocks, open_pairs, reduced
from packets.network import Ints, Level, Network, Truth
from packets.relaxed import Reals

_OF_GROUP, _OF_EXPERT = 40, 12  # cheapest pairs that are looked at
_ENOUGH = 1e-4  # how near is near enough, of the cost
_STEPS = 20_000
_USED = 0.05  # reads; less is noise
_NEVER = np.iinfo(np.int64).max


def cheapest_pairs(network: Network, face: Face, level: Level, at: Potentials, also: Ints) -> Ints:
    """Pairs with the least prices of each group and each expert, and those of a flow."""
    experts, found = len(network.experts), [also]
    best, of = np.empty((0, experts), np.int64), np.empty((0, experts), np.int64)
    for first, after in blocks(network):
        price = np.where(open_pairs(network, face, first, after), reduced(network, level, at, first, after), _NEVER)
        rows = _least(price, _OF_GROUP, 1)
        found.append(((np.arange(first, after)[:, None] * experts + rows)[_taken(price, rows, 1)]).reshape(-1))
        best = np.concatenate([best, price])
        of = np.concatenate([of, np.broadcast_to(np.arange(first, after)[:, None], price.shape)])
        rows = _least(best, _OF_EXPERT, 0)
        best, of = np.take_along_axis(best, rows, axis=0), np.take_along_axis(of, rows, axis=0)
    found.append((of * experts + np.arange(experts))[best < _NEVER])
    return np.asarray(np.unique(np.concatenate(found)))


def _least(price: Ints, many: int, axis: int) -> Ints:
    many = min(many, price.shape[axis])
    some = np.argpartition(price, many - 1, axis=axis) if many < price.shape[axis] else np.argsort(price, axis=axis)
    return np.asarray(some[:, :many] if axis else some[:many])


def _taken(price: Ints, rows: Ints, axis: int) -> Truth:
    return np.asarray(np.take_along_axis(price, rows, axis=axis) < _NEVER)


@dataclass(frozen=True, slots=True, eq=False)
class Leaning:
    """What the programme nearly found. flow: reads between schools; groups, experts, gates: its prices, as in
    `packets.relaxed.Shared`."""

    flow: Reals
    groups: Reals
    experts: Reals
    gates: dict[tuple[int, int], float]


class Broad:
    """The programme of a wish on some pairs of a face."""

    def __init__(self, network: Network, meetings: Meetings, level: Level, face: Face, pairs: Ints) -> None:
        assert level.pairs is not None
        self._network, self._meetings = network, meetings
        self._group, self._expert = np.divmod(pairs, len(network.experts))
        self._school = network.school[self._group]
        counted = meetings.counted[self._school, self._expert]
        self.both = _both_ways(self._school, counted, len(network.schools))
        cost = level.pairs.at(self._group, self._expert).astype(np.float64)
        rows = [self._ends(face), self._gates(face), self._lanes(face)]
        self._high = np.concatenate([np.minimum(network.size[self._group], face.lane[self._school]), self._ones()])
        self._problem = pdlp.QuadraticProgram()
        self._problem.objective_vector = np.concatenate([cost, 0.0 * self._ones()])
        self._problem.constraint_matrix = sparse.vstack([matrix for matrix, _, _ in rows]).tocsc()
        self._problem.constraint_lower_bounds = np.concatenate([low for _, low, _ in rows])
        self._problem.constraint_upper_bounds = np.concatenate([high for _, _, high in rows])

    def _ones(self) -> Reals:
        return np.ones(len(self.both))

    # --- rows: reads first, then shares of the direction from the lower number ------------------

    def _ends(self, face: Face) -> tuple[sparse.csr_matrix, Reals, Reals]:
        network, count = self._network, len(self._group)
        row = np.concatenate([self._group, len(network.size) + self._expert])
        shape = (len(network.size) + len(network.experts), count + len(self.both))
        matrix = sparse.csr_matrix((np.ones(2 * count), (row, np.tile(np.arange(count), 2))), shape)
        supply = network.size * network.markings
        low, high = np.concatenate([supply, face.load_low]), np.concatenate([supply, face.load_high])
        return matrix, low.astype(np.float64), high.astype(np.float64)

    def _gates(self, face: Face) -> tuple[sparse.csr_matrix, Reals, Reals]:
        """What goes through a gate, as a share of what it carries at most."""
        network = self._network
        gates, of = np.unique(self._group * network.parts + network.part[self._expert], return_inverse=True)
        group, part = np.divmod(gates, network.parts)
        self._gate_keys = gates
        most = np.maximum(1, face.gates.at(gates, np.zeros_like(gates), network.size[group])[1])
        self._gate_most = most
        counted = self._meetings.counted_parts[network.school[group], part]
        return self._capped(of, 1.0 / most[of], network.school[group], counted)

    def _lanes(self, face: Face) -> tuple[sparse.csr_matrix, Reals, Reals]:
        network = self._network
        lanes, of = np.unique(self._school * len(network.experts) + self._expert, return_inverse=True)
        school, expert = np.divmod(lanes, len(network.experts))
        most = np.maximum(1, face.lanes.at(lanes, np.zeros_like(lanes), face.lane[school])[1])
        return self._capped(of, 1.0 / most[of], school, self._meetings.counted[school, expert])

    def _capped(self, row: Ints, value: Reals, school: Ints, other: Ints) -> tuple[sparse.csr_matrix, Reals, Reals]:
        count, rows = len(self._group), len(school)
        keys, width = school * len(self._network.schools) + other, len(self._network.schools)
        back = other * width + school
        forth = np.minimum(np.searchsorted(self.both, keys), max(0, len(self.both) - 1))
        against = np.minimum(np.searchsorted(self.both, back), max(0, len(self.both) - 1))
        up, down = ((other >= 0) & np.isin(some, self.both) for some in (keys, back))
        shares = np.flatnonzero(up | down)
        column = count + np.where(up, forth, against)[shares]
        entries = np.concatenate([value, np.where(up, -1.0, 1.0)[shares]])
        at = np.concatenate([row, shares]), np.concatenate([np.arange(count), column])
        matrix = sparse.csr_matrix((entries, at), (rows, count + len(self.both)))
        return matrix, np.full(rows, -np.inf), np.where(up, 0.0, 1.0)

    # --- solving ------------------------------------------------------------------------------

    def solve(self) -> Leaning:
        """With both directions open, each for a share."""
        self._problem.variable_lower_bounds = np.zeros(len(self._high))
        self._problem.variable_upper_bounds = self._high
        settings = solvers_pb2.PrimalDualHybridGradientParams(num_threads=1)
        settings.termination_criteria.simple_optimality_criteria.eps_optimal_relative = _ENOUGH
        settings.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = _ENOUGH
        settings.termination_criteria.iteration_limit = _STEPS
        found = pdlp.primal_dual_hybrid_gradient(self._problem, settings)
        return self._leaning(np.array(found.primal_solution), np.array(found.dual_solution))

    def _leaning(self, primal: Reals, dual: Reals) -> Leaning:
        network, meetings = self._network, self._meetings
        between = np.zeros((len(network.schools), len(network.experts)))
        np.add.at(between, (self._school, self._expert), primal[: len(self._group)])
        flow = np.where((some := between @ meetings.belongs.T.astype(np.float64)) > _USED, some, 0.0)
        np.fill_diagonal(flow, 0.0)
        first, after = len(network.size), len(network.size) + len(network.experts)
        groups = -dual[:first]
        gates = zip(self._gate_keys.tolist(), dual[after:].tolist(), self._gate_most.tolist(), strict=False)
        priced = {divmod(key, network.parts): worth / most for key, worth, most in gates if worth < -1e-6}
        return Leaning(
            flow,
            groups,
            dual[first:after],
            {gate: float(groups[gate[0]]) - worth for gate, worth in priced.items()},
        )


def _both_ways(school: Ints, counted: Ints, schools: int) -> Ints:
    """Directions `school * schools + other`, school below other, whose answer has pairs too."""
    used = np.unique((school * schools + counted)[counted >= 0])
    one, other = np.divmod(used, schools)
    return np.asarray(used[(one < other) & np.isin(other * schools + one, used)])
