"""The likelihood of a many-facet Rasch model with partial credit, and its gradient. Pure.

The chance of a work's readings depends on its points, on who read it, and on nothing else of it, so that a work costs
one row of quadrature however many tasks it has; what tasks and readers say is worked out once for each reader. Works
with the same points would have the same row, were all readers usual ones: that row is worked out once, too, and what
its readers are else is multiplied into it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from scoring.measures.readings import Floats, Ints

# Nodes lie at equal distances, in standard deviations of abilities. With distances near the spread of what is known of
# one work, sums over nodes are as good as integrals; more nodes are taken where a work is known better than that.
WIDE = 5.0
_FARTHEST = 30.0  # logits: beyond, chances are 0 and 1
_LARGEST = 300.0  # logarithm of what can be multiplied into numbers from 1 down and loses none that count
_CHUNK = 2_000  # works at a time, or as many as pairs: what they need stays in the processor's own memory


@dataclass(frozen=True, slots=True)
class Marked:
    """Scores of readings. work, reader: one for each reading, numbered from 0; points: readings x tasks, from 0, -1
    where there is no score; maxima: of each task."""

    work: Ints
    reader: Ints
    points: Ints
    maxima: tuple[int, ...]

    @property
    def works(self) -> int:
        return int(self.work.max()) + 1

    @property
    def readers(self) -> int:
        return int(self.reader.max()) + 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Where parameters stand in one vector: severities, steps, log of the spread. That severities add up to 0 is left
    to the end: all of them and all steps may move together and nothing changes."""

    readers: int
    maxima: tuple[int, ...]

    @property
    def steps(self) -> int:
        return sum(self.maxima)

    def severity(self, vector: Floats) -> Floats:
        return vector[: self.readers]

    def task_steps(self, vector: Floats) -> Floats:
        return vector[self.readers : self.readers + self.steps]

    def spread(self, vector: Floats) -> float:
        return float(np.exp(vector[-1]))


@dataclass(frozen=True, slots=True)
class Batch:
    """Some works with equally many readings. works: which; pairs: works x readings; usual: of each work, its row among
    those that there are, of which totals are the points and kinds (rows x readings) what was read."""

    works: Ints
    pairs: Ints
    usual: Ints
    totals: Floats
    kinds: Ints
    scatter: sparse.csr_array  # pairs x works


@dataclass(frozen=True, slots=True)
class Data:
    """What the likelihood needs of the scores. kinds: which tasks a reading scores; kind, reader: one for each pair of
    these that occurs. totals: of works; given: how often each step was taken or passed."""

    reader: Ints
    kinds: npt.NDArray[np.bool_]
    kind: Ints
    totals: Floats
    of_readers: Floats
    given: Floats
    batches: tuple[Batch, ...]


def data_of(marked: Marked) -> Data:
    there = marked.points >= 0
    kinds, kind = _kinds(there)
    key = marked.reader * len(kinds) + kind
    keys, pair = np.unique(key, return_inverse=True)
    points = np.where(there, marked.points, 0)
    sums = points.sum(axis=1).astype(np.float64)
    given = [float((points[:, t] >= k).sum()) for t, m in enumerate(marked.maxima) for k in range(1, m + 1)]
    totals = np.bincount(marked.work, sums, minlength=marked.works).astype(np.float64)
    of_pair = (keys % len(kinds)).astype(np.int64)
    alike = _alike(marked.work, pair.astype(np.int64), totals)
    return Data(
        reader=(keys // len(kinds)).astype(np.int64),
        kinds=kinds,
        kind=of_pair,
        totals=totals,
        of_readers=np.bincount(marked.reader, sums, minlength=marked.readers).astype(np.float64),
        given=np.array(given),
        batches=tuple(_batch(works, pairs, of_pair, totals) for works, pairs in alike),
    )


def _alike(work: Ints, pair: Ints, totals: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Works with equally many readings and about the same totals, some at a time, and the pairs of each: works x
    readings."""
    order = np.argsort(work, kind="stable")
    counts = np.bincount(work)
    starts, most = np.concatenate([[0], np.cumsum(counts)[:-1]]), max(_CHUNK, int(pair.max(initial=0)))
    for count in np.unique(counts[counts > 0]):
        works = np.nonzero(counts == count)[0]
        works = works[np.argsort(totals[works], kind="stable")]
        for some in np.array_split(works, max(1, len(works) // most)):
            yield some, pair[order[starts[some][:, None] + np.arange(count)]]


def _batch(works: Ints, pairs: Ints, kind: Ints, totals: Floats) -> Batch:
    said = np.column_stack([totals[works].astype(np.int64), np.sort(kind[pairs], axis=1)])
    rows, usual = np.unique(said, axis=0, return_inverse=True)
    place = pairs.ravel(), np.repeat(np.arange(len(works)), pairs.shape[1])
    scatter = sparse.csr_array((np.ones(pairs.size), place), shape=(len(kind), len(works)))
    return Batch(works, pairs, usual.reshape(-1), rows[:, 0].astype(np.float64), rows[:, 1:], scatter)


def _kinds(there: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Ints]:
    """Which tasks readings score: the kinds there are, and that of each reading."""
    if there.all():  # as nearly always
        return there[:1], np.zeros(len(there), dtype=np.int64)
    kinds, kind = np.unique(there, axis=0, return_inverse=True)
    return kinds, kind.astype(np.int64).reshape(-1)


@dataclass(frozen=True, slots=True)
class Moments:
    """At each node, for each pair. normaliser: its log; passing: the chance to take or pass each step; points: those to
    be expected."""

    normaliser: Floats  # pairs x nodes
    passing: Floats  # steps x pairs x nodes
    points: Floats  # pairs x nodes


def _moments(data: Data, maxima: tuple[int, ...], eta: Floats, steps: Floats) -> Moments:
    """eta: readers x nodes, ability less severity."""
    # Powers of one exponential are all that the points of any task need.
    power = np.exp(np.clip(eta, -_FARTHEST, _FARTHEST))[data.reader]
    powers = [np.ones_like(power)]
    for _points in range(max(maxima, default=0)):
        powers.append(powers[-1] * power)
    normaliser, passing = np.zeros_like(power), np.empty((len(steps), *power.shape))
    above, total, part = (np.empty_like(power) for _each in range(3))
    product, reach = np.ones_like(power), 0.0
    first = 0
    for task, maximum in enumerate(maxima):
        easiness = np.exp(-np.cumsum(steps[first : first + maximum]))
        scored = data.kinds[data.kind, task].astype(np.float64)[:, None]
        above[:] = 0.0
        for points in range(maximum, 0, -1):
            above += np.multiply(powers[points], easiness[points - 1] * scored, out=part)
            passing[first + points - 1] = above
        np.add(above, 1.0, out=total)
        passing[first : first + maximum] *= np.divide(1.0, total, out=part)
        # One logarithm of a product for as many tasks as it holds.
        largest = math.log(float(total.max(initial=1.0)))
        if reach + largest > 2 * _LARGEST:
            normaliser += np.log(product)
            product[:], reach = 1.0, 0.0
        product *= total
        reach += largest
        first += maximum
    return Moments(normaliser + np.log(product), passing, passing.sum(axis=0))


@dataclass(frozen=True, slots=True)
class State:
    """What one vector of parameters says. place: nodes in logits; moments: of the pairs."""

    place: Floats
    severity: Floats
    steps: Floats
    moments: Moments


class Likelihood:
    """Minus the log likelihood and its gradient."""

    def __init__(self, data: Data, layout: Layout, count: int) -> None:
        self.data, self.layout = data, layout
        self.nodes = np.linspace(-WIDE, WIDE, count)
        self._log_weights = -(self.nodes**2) / 2 - special.logsumexp(-(self.nodes**2) / 2)

    def state(self, vector: Floats) -> State:
        """What the parameters say."""
        layout, place = self.layout, self.layout.spread(vector) * self.nodes
        severity, steps = layout.severity(vector), layout.task_steps(vector)
        return State(place, severity, steps, _moments(self.data, layout.maxima, place - severity[:, None], steps))

    def works(self, state: State) -> Iterator[tuple[Batch, Floats, Floats]]:
        """Some works at a time: log likelihood of each, and chances of the nodes for it, works x nodes."""
        data, normaliser = self.data, state.moments.normaliser
        n = np.bincount(data.kind, minlength=len(data.kinds))
        kinds = sparse.csr_array((np.ones(len(data.kind)), (data.kind, np.arange(len(data.kind)))))
        usual = (kinds @ normaliser) / n[:, None]
        own = usual[data.kind] - normaliser
        times, furthest = np.exp(np.clip(own, -_LARGEST, _LARGEST)), float(np.abs(own).max(initial=0.0))
        for batch in data.batches:
            log = np.multiply.outer(batch.totals, state.place) + self._log_weights
            for kind in batch.kinds.T:
                log -= usual[kind]
            if furthest * batch.pairs.shape[1] < _LARGEST:
                top = log.max(axis=1)
                chances = np.exp(log - top[:, None])[batch.usual]
                for pair in batch.pairs.T:
                    chances *= times[pair]
                top = top[batch.usual]
            else:  # products would be no numbers
                log = log[batch.usual]
                for pair in batch.pairs.T:
                    log += own[pair]
                top = log.max(axis=1)
                chances = np.exp(log - top[:, None])
            total = chances @ np.ones(len(self.nodes))
            chances *= (1 / total)[:, None]
            yield batch, np.log(total) + top, chances

    def __call__(self, vector: Floats) -> tuple[float, Floats]:
        data, state = self.data, self.state(vector)
        value, by_node, at_pairs = 0.0, np.zeros(len(self.nodes)), np.zeros_like(state.moments.normaliser)
        for batch, each, chances in self.works(state):
            value += float(each.sum())
            by_node += data.totals[batch.works] @ chances
            at_pairs += batch.scatter @ chances
        value -= float(state.severity @ data.of_readers + state.steps @ data.given)
        passed = state.moments.passing.reshape(len(state.steps), -1) @ at_pairs.ravel()
        at_pairs *= state.moments.points
        expected = np.bincount(data.reader, at_pairs.sum(axis=1), minlength=self.layout.readers)
        by_spread = float(state.place @ (by_node - at_pairs.sum(axis=0)))
        gradient = np.concatenate([expected - data.of_readers, passed - data.given, [by_spread]])
        return -value, -gradient

    def abilities(self, vector: Floats) -> tuple[Floats, Floats]:
        """What is known of each work: mean and standard deviation, in spreads."""
        mean, square = np.zeros((2, len(self.data.totals)))
        for batch, _each, chances in self.works(self.state(vector)):
            mean[batch.works], square[batch.works] = chances @ self.nodes, chances @ self.nodes**2
        return mean, np.sqrt(np.maximum(square - mean**2, 0.0))

    def says(self, vector: Floats) -> Floats:
        """Roughly the information on each parameter, were abilities known."""
        state = self.state(vector)
        at_pairs = np.zeros_like(state.moments.normaliser)
        for batch, _each, chances in self.works(state):
            at_pairs += batch.scatter @ chances
        steps = np.einsum("pq,spq->ps", at_pairs, state.moments.passing * (1 - state.moments.passing))
        readers = np.bincount(self.data.reader, steps.sum(axis=1), minlength=self.layout.readers)
        known = np.concatenate([readers, steps.sum(axis=0), [2.0 * len(self.data.totals)]])
        return np.asarray(np.maximum(known, 1e-3))
