"""The likelihood of a many-facet Rasch model with partial credit, and its gradient. Pure.

The chance of a work's readings depends on its points, on who read it, and on nothing else of it, so that a work costs
one row of quadrature however many tasks it has; what tasks and readers say is worked out once for each reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from scoring.measures.readings import Floats, Ints

# Nodes lie at equal distances, in standard deviations of abilities. With distances near the spread of what is known of
# one work, sums over nodes are as good as integrals; more nodes are taken where a work is known better than that.
WIDE = 5.0
_FARTHEST = 30.0  # logits: beyond, chances are 0 and 1


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
class Data:
    """What the likelihood needs of the scores. kinds: which tasks a reading scores; kind, reader: one for each pair of
    these that occurs; pair: of each reading. totals: of works; given: how often each step was taken or passed."""

    work: Ints
    pair: Ints
    reader: Ints
    kinds: npt.NDArray[np.bool_]
    kind: Ints
    totals: Floats
    of_readers: Floats
    given: Floats
    member: sparse.csr_array  # works x pairs


def data_of(marked: Marked) -> Data:
    there = marked.points >= 0
    kinds, kind = _kinds(there)
    key = marked.reader * len(kinds) + kind
    keys, pair = np.unique(key, return_inverse=True)
    points = np.where(there, marked.points, 0)
    sums = points.sum(axis=1).astype(np.float64)
    given = [float((points[:, t] >= k).sum()) for t, m in enumerate(marked.maxima) for k in range(1, m + 1)]
    shape = marked.works, len(keys)
    return Data(
        work=marked.work,
        pair=pair.astype(np.int64),
        reader=(keys // len(kinds)).astype(np.int64),
        kinds=kinds,
        kind=(keys % len(kinds)).astype(np.int64),
        totals=np.bincount(marked.work, sums, minlength=marked.works).astype(np.float64),
        of_readers=np.bincount(marked.reader, sums, minlength=marked.readers).astype(np.float64),
        given=np.array(given),
        member=sparse.csr_array((np.ones(len(pair)), (marked.work, pair)), shape=shape),
    )


def _kinds(there: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Ints]:
    """Which tasks readings score: the kinds there are, and that of each reading."""
    if there.all():  # as nearly always
        return there[:1], np.zeros(len(there), dtype=np.int64)
    kinds, kind = np.unique(there, axis=0, return_inverse=True)
    return kinds, kind.astype(np.int64).reshape(-1)


@dataclass(frozen=True, slots=True)
class Moments:
    """At each node, for each pair: log of the normaliser, and for each step the chance to take or pass it."""

    normaliser: Floats  # pairs x nodes
    passing: Floats  # steps x pairs x nodes


def _moments(data: Data, maxima: tuple[int, ...], eta: Floats, steps: Floats) -> Moments:
    """eta: readers x nodes, ability less severity."""
    # Powers of one exponential are all that the points of any task need.
    power = np.exp(np.clip(eta, -_FARTHEST, _FARTHEST))[data.reader]
    powers = [np.ones_like(power)]
    for _points in range(max(maxima, default=0)):
        powers.append(powers[-1] * power)
    normaliser, passing = np.zeros_like(power), np.empty((len(steps), *power.shape))
    first = 0
    for task, maximum in enumerate(maxima):
        easiness = np.exp(-np.cumsum(steps[first : first + maximum]))
        above = np.zeros_like(power)
        for points in range(maximum, 0, -1):
            above += powers[points] * easiness[points - 1]
            passing[first + points - 1] = above
        total = above + 1.0
        scored = data.kinds[data.kind, task].astype(np.float64)[:, None]
        passing[first : first + maximum] *= scored / total
        normaliser += np.log(total) * scored
        first += maximum
    return Moments(normaliser, passing)


class Likelihood:
    """Minus the log likelihood and its gradient."""

    def __init__(self, data: Data, layout: Layout, count: int) -> None:
        self.data, self.layout = data, layout
        self.nodes = np.linspace(-WIDE, WIDE, count)
        self._log_weights = -(self.nodes**2) / 2 - special.logsumexp(-(self.nodes**2) / 2)

    def posterior(self, vector: Floats) -> tuple[Floats, Floats, Moments]:
        """Log likelihood of each work, chances of the nodes for it, and the moments they come from."""
        layout, spread = self.layout, self.layout.spread(vector)
        eta = spread * self.nodes - layout.severity(vector)[:, None]
        moments = _moments(self.data, layout.maxima, eta, layout.task_steps(vector))
        log = (
            self.data.totals[:, None] * (spread * self.nodes)
            + self._log_weights
            - self.data.member @ moments.normaliser
        )
        top = log.max(axis=1, keepdims=True)
        chances = np.exp(log - top)
        total = chances.sum(axis=1, keepdims=True)
        return (np.log(total) + top)[:, 0], chances / total, moments

    def __call__(self, vector: Floats) -> tuple[float, Floats]:
        layout, data = self.layout, self.data
        each, chances, moments = self.posterior(vector)
        severity, steps = layout.severity(vector), layout.task_steps(vector)
        value = -(each.sum() - severity @ data.of_readers - steps @ data.given)
        at_pairs = data.member.T @ chances  # pairs x nodes
        passed = np.einsum("pq,spq->ps", at_pairs, moments.passing)
        expected = np.bincount(data.reader, passed.sum(axis=1), minlength=layout.readers)
        pulled = float(np.einsum("pq,spq,q->s", at_pairs, moments.passing, self.nodes).sum())
        by_spread = layout.spread(vector) * (self.nodes @ (chances.T @ data.totals) - pulled)
        gradient = np.concatenate([expected - data.of_readers, passed.sum(axis=0) - data.given, [by_spread]])
        return float(value), -gradient

    def says(self, vector: Floats) -> Floats:
        """Roughly the information on each parameter, were abilities known."""
        _each, chances, moments = self.posterior(vector)
        at_pairs = self.data.member.T @ chances
        variance = moments.passing * (1 - moments.passing)
        steps = np.einsum("pq,spq->ps", at_pairs, variance)
        readers = np.bincount(self.data.reader, steps.sum(axis=1), minlength=self.layout.readers)
        known = np.concatenate([readers, steps.sum(axis=0), [2.0 * len(self.data.totals)]])
        return np.asarray(np.maximum(known, 1e-3))
