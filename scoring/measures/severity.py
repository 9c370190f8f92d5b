"""How much more or less than others a reader gives, in score points: from works that several readers read. Pure.

Two readings of one work differ by the severities of their readers and by chance; whatever the work deserves falls out.
So the model needs no assumption on works or tasks, and its errors hold also where a reader's impression of a work
colours all its tasks. Least squares on the graph of readers, whose links are works; errors by HC3 (MacKinnon & White
1985; Long & Ervin 2000). Severities are stated against the mean of the readers that works link: where the graph falls
apart, there is nothing to compare between its parts, and nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import cg

from scoring.measures import inverse
from scoring.measures.readings import Floats, Ints, Readings

_CLOSE = 1e-12
_ALONE = 1e-8
_ROWS, _COLUMNS = 1_000, 128  # readers, and contrasts, at a time


@dataclass(frozen=True, slots=True)
class Severities:
    """One place for each reader. severity: points given less than the mean of the reader's part (less than 0: more);
    part: which part of the graph, from 0; works: that others read, too. Readers without such works have 0 works, a part
    of their own and severity 0, which says nothing."""

    severity: Floats
    part: Ints
    works: Ints

    @property
    def parts(self) -> int:
        """Parts between which nothing can be compared."""
        return int(self.part.max()) + 1 if len(self.part) else 0


@dataclass(frozen=True, slots=True)
class _Batch:
    """Contrasts of equally many readings. readers: contrasts x readings; weights: of each reading; value: one each."""

    readers: Ints
    weights: Floats
    value: Floats


@dataclass(frozen=True, slots=True)
class Contrasts:
    """What is left of readings when works fall out: contrasts between readers of a work, each with the same error."""

    batches: tuple[_Batch, ...]
    readers: int
    works: Ints

    def design(self) -> sparse.csr_array:
        """Contrasts x readers."""
        counts = [len(batch.value) for batch in self.batches]
        columns = [batch.readers.ravel() for batch in self.batches]
        entries = [np.tile(batch.weights, len(batch.value)) for batch in self.batches]
        sizes = [np.full(count, len(batch.weights)) for count, batch in zip(counts, self.batches, strict=True)]
        starts = np.concatenate([[0], *sizes]).cumsum()
        shape = sum(counts), self.readers
        empty = np.zeros(0)
        return sparse.csr_array(
            (np.concatenate([empty, *entries]), np.concatenate([empty, *columns]).astype(np.int64), starts), shape=shape
        )

    @property
    def value(self) -> Floats:
        return np.concatenate([np.zeros(0), *(batch.value for batch in self.batches)])


def severities(seen: Readings) -> Severities:
    """Least squares severities of all readers. Cost grows linearly with the readings."""
    contrasts = helmert(seen)
    return _solved(contrasts, contrasts.design())


def _solved(contrasts: Contrasts, design: sparse.csr_array) -> Severities:
    normal = (design.T @ design).tocsr()
    _count, part = csgraph.connected_components(normal, directed=False)
    scale = normal.diagonal()
    scale[scale == 0] = 1.0
    given, _state = cg(normal, design.T @ contrasts.value, rtol=_CLOSE, M=sparse.diags_array(1 / scale))
    return Severities(-_centred(given, part), part.astype(np.int64), contrasts.works)


def _centred(given: Floats, part: npt.NDArray[np.integer]) -> Floats:
    return np.asarray(given - (np.bincount(part, given) / np.bincount(part))[part])


def helmert(seen: Readings) -> Contrasts:
    """Helmert's contrasts: each reading of a work against the mean of those before it; of two, their difference."""
    order = np.argsort(seen.unit, kind="stable")
    unit, reader, value = seen.unit[order], seen.reader[order], seen.value[order]
    rank = np.arange(len(unit)) - np.searchsorted(unit, unit)
    batches = []
    for before in range(1, int(rank.max()) + 1 if len(rank) else 1):
        weights = np.append(np.full(before, -1 / before), 1.0) * np.sqrt(before / (before + 1.0))
        places = np.nonzero(rank == before)[0][:, None] + np.arange(-before, 1)
        batches.append(_Batch(reader[places], weights, value[places] @ weights))
    shared = np.bincount(unit)[unit] > 1
    works = np.bincount(reader[shared], minlength=seen.readers).astype(np.int64)
    return Contrasts(tuple(batches), seen.readers, works)


@dataclass(frozen=True, slots=True)
class Measured:
    """Severities and how sure they are. error: standard errors in points; infinite where a reader can't be compared, or
    where one work decides alone."""

    severities: Severities
    error: Floats
    _normal: sparse.csr_array
    _noise: sparse.csr_array

    def variance(self, weights: Floats) -> float:
        """Variance of a weighted sum of severities: of a mean, of a difference; weights of a part add up to 0."""
        part = self.severities.part
        spread = _centred(inverse.solved(self._normal, _centred(weights, part)[:, None])[:, 0], part)
        return float(spread @ (self._noise @ spread))


def measured(seen: Readings) -> Measured:
    """Severities with HC3 errors; of more than `inverse.MOST` readers the errors are estimates: off by
    half a per cent as a rule, by a few where somebody marked two or three works."""
    contrasts = helmert(seen)
    design = contrasts.design()
    normal = (design.T @ design).tocsr()
    found = _solved(contrasts, design)
    known = _Known(normal, found.part) if seen.readers <= inverse.MOST else _Drawn(normal, found.part, design)
    left = 1 - known.leverages(contrasts)
    # A contrast that decides a severity alone has leverage 1: its residual is 0 and says nothing.
    alone = left < _ALONE
    residual = np.where(alone, 0.0, (contrasts.value + design @ found.severity) / np.where(alone, 1.0, left))
    weighed = (sparse.diags_array(residual) @ design).tocsr()
    noise = (weighed.T @ weighed).tocsr()
    unsure = np.asarray(np.abs(design[np.nonzero(alone)[0]]).sum(axis=0)).ravel() > 0
    variance = np.maximum(known.variances(weighed, noise), 0.0)
    error = np.where(unsure | (found.works == 0), np.inf, np.sqrt(variance))
    return Measured(found, error, normal, noise)


class _Known:
    """The pseudo-inverse of the normal matrix, part by part; severities of a part add up to 0."""

    def __init__(self, normal: sparse.csr_array, part: Ints) -> None:
        self._inverse = np.zeros(normal.shape)
        order = np.argsort(part, kind="stable")
        for members in np.split(order, np.cumsum(np.bincount(part))[:-1]):
            mean = 1 / len(members)
            own, _size = inverse.inverse(normal[members][:, members].toarray() + mean)
            self._inverse[np.ix_(members, members)] = own - mean

    def leverages(self, contrasts: Contrasts) -> Floats:
        found = [
            np.einsum("i,j,nij->n", b.weights, b.weights, self._inverse[b.readers[:, :, None], b.readers[:, None, :]])
            for b in contrasts.batches
        ]
        return np.concatenate([np.zeros(0), *found])

    def variances(self, _weighed: sparse.csr_array, noise: sparse.csr_array) -> Floats:
        return np.asarray(((noise @ self._inverse).T * self._inverse).sum(axis=1))


class _Drawn:
    """The same drawn, for more readers than an inverse can be written down for (`inverse`). near: the inverse to the
    first order, which has no more entries than the matrix: what it says is known, what it leaves is drawn."""

    def __init__(self, normal: sparse.csr_array, part: Ints, design: sparse.csr_array) -> None:
        self._normal, self._part, self._design = normal, part, design
        own = normal.diagonal()
        over = sparse.diags_array(1 / np.where(own > 0, own, 1.0))
        self._near = (2 * over - over @ normal @ over).tocsr()
        n = np.bincount(part)
        self._of_parts = sparse.csr_array((1 / n[part], (part, np.arange(len(part)))))

    def leverages(self, _contrasts: Contrasts) -> Floats:
        design = self._design
        known = ((design @ self._near).multiply(design)).sum(axis=1)

        def rest(z: Floats) -> Floats:
            right = design.T @ z
            return np.asarray(z * (design @ (self._spread(right) - self._near @ right)))

        mean, error = inverse.drawn(design.shape[0], rest)
        found = np.asarray(known + mean)
        # What counts is how much of a residual is left.
        unsure = np.nonzero(error > inverse.CLOSE / 4 * np.abs(1 - found))[0]
        for some in np.array_split(unsure, -(-len(unsure) // _COLUMNS)) if len(unsure) else ():
            right = design[some].T.toarray()
            found[some] = (right * self._spread(right)).sum(axis=0)
        return found

    def variances(self, weighed: sparse.csr_array, noise: sparse.csr_array) -> Floats:
        def rest(z: Floats) -> Floats:
            right = weighed.T @ z
            return np.asarray(self._spread(right) ** 2 - (self._near @ right) ** 2)

        mean, error = inverse.drawn(weighed.shape[0], rest)
        found = self._of_near(noise) + mean
        unsure = np.nonzero((error > inverse.CLOSE * np.abs(found)) & (self._normal.diagonal() > 0))[0]
        for some, columns in inverse.alone(self._normal, unsure, self._centred):
            found[some] = (columns * (noise @ columns)).sum(axis=0)
        return np.asarray(found)

    def _spread(self, right: Floats) -> Floats:
        return self._centred(inverse.solved(self._normal, right))

    def _centred(self, columns: Floats) -> Floats:
        return np.asarray(columns - (self._of_parts @ columns)[self._part])

    def _of_near(self, noise: sparse.csr_array) -> Floats:
        """Variances that `near` alone would give, some readers at a time."""
        rows = [
            ((self._near[some] @ noise).multiply(self._near[some])).sum(axis=1)
            for some in np.array_split(np.arange(noise.shape[0]), -(-noise.shape[0] // _ROWS))
        ]
        return np.concatenate(rows)
