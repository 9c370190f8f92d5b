"""Inverses of matrices of readers: whole ones, and the diagonal alone where there are too many readers for that. Pure.

A matrix of readers is sparse, because two readers have something in common only where they read the same work, but its
inverse is full: memory goes with the square of the readers. Its diagonal is drawn instead: for a vector z of random
signs the mean of z * (A^-1 z) is that diagonal (Hutchinson 1990; Bekas, Kokiopoulou & Saad 2007). What the entries of
A say of it directly is known exactly; only the small rest is drawn, and few draws tell it. How much draws differ says
how well: whoever isn't known to within `CLOSE` is worked out alone, which takes longer and is right for any matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from scoring.measures.readings import Floats, Ints

MOST = 2_000  # readers up to whom inverses are written down: 32 MB each, some at a time
CLOSE = 0.02  # of a variance: one per cent of a standard error
_DRAWS, _AT_ONCE = 128, 16
_SEED = 20260414
_SOLVED = 1e-6
_STEPS, _STEPS_A_ROW = 2_000, 8  # at the most: readers linked one to the next in a long line need most
_COLUMNS = 128  # solved together


def inverse(matrix: Floats) -> tuple[Floats, float]:
    """Of a symmetric matrix, which is overwritten, and the log of its determinant. Raises LinAlgError where it isn't
    positive definite."""
    half, failed = lapack.dpotrf(matrix.T, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("not positive definite")
    size = 2 * float(np.log(half.diagonal()).sum())
    found, _failed = lapack.dpotri(half, lower=1, overwrite_c=1)
    found += np.tril(found, -1).T
    return np.asarray(found), size


def solved(matrix: sparse.csr_array, right: Floats) -> Floats:
    """Solutions for the columns of `right`, by conjugate gradients (Hestenes & Stiefel 1952). The matrix may leave
    constants undetermined, where the columns add up to 0. Raises LinAlgError where that doesn't come to an end."""
    scale = matrix.diagonal()[:, None]
    scale = np.where(scale > 0, scale, 1.0)
    found, left = np.zeros_like(right), right.copy()
    towards = ahead = left / scale
    size = first = (left * ahead).sum(axis=0)
    for _step in range(max(_STEPS, _STEPS_A_ROW * len(right))):
        going = size > _SOLVED**2 * first
        if not going.any():
            break
        moved = matrix @ towards
        length = np.where(going, size / np.where(going, (towards * moved).sum(axis=0), 1.0), 0.0)
        found += length * towards
        left -= length * moved
        ahead = left / scale
        before, size = size, (left * ahead).sum(axis=0)
        towards = ahead + np.where(going, size / np.where(going, before, 1.0), 0.0) * towards
    else:
        raise np.linalg.LinAlgError("not solved")
    return found


def drawn(rows: int, of: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Means of what `of` makes of random signs (rows x some), always the same signs, and how well the means are
    known."""
    dice, sums, squares = np.random.default_rng(_SEED), 0.0, 0.0
    for _some in range(_DRAWS // _AT_ONCE):
        found = of(np.where(dice.random((rows, _AT_ONCE)) < 0.5, -1.0, 1.0))
        sums, squares = sums + found.sum(axis=1), squares + (found**2).sum(axis=1)
    mean = np.asarray(sums) / _DRAWS
    return mean, np.sqrt(np.maximum(np.asarray(squares) / _DRAWS - mean**2, 0.0) / _DRAWS)


def alone(matrix: sparse.csr_array, which: Ints, kept: Callable[[Floats], Floats]) -> Iterator[tuple[Ints, Floats]]:
    """Columns of the inverse of these readers, some readers at a time. kept: takes from columns what the matrix leaves
    undetermined."""
    for some in np.array_split(which, -(-len(which) // _COLUMNS)) if len(which) else ():
        right = np.zeros((matrix.shape[0], len(some)))
        right[some, np.arange(len(some))] = 1.0
        yield some, kept(solved(matrix, kept(right)))


def diagonal(matrix: sparse.csr_array) -> Floats:
    """Of the inverse of a positive definite matrix, or rather its estimate. What all readers have in common, which is
    known worst, is taken apart and worked out exactly."""
    near, of_all = _Near(matrix), solved(matrix, np.ones((matrix.shape[0], 1)))
    whole = float(of_all.sum())

    def rest(z: Floats) -> Floats:
        return np.asarray(z * (solved(matrix, z) - of_all * (of_all.T @ z) / whole - near(z)))

    mean, error = drawn(len(of_all), rest)
    found = near.diagonal() + mean + of_all[:, 0] ** 2 / whole
    unsure = np.nonzero(error > CLOSE * np.abs(found))[0]
    for some, columns in alone(matrix, unsure, lambda columns: columns):
        found[some] = columns[some, np.arange(len(some))]
    return np.asarray(found)


class _Near:
    """The inverse to the second order of what lies beside the diagonal, as far as it adds up to 0 both ways."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        self._over = 1 / matrix.diagonal()[:, None]
        self._off = (matrix - sparse.diags_array(matrix.diagonal())).tocsr()

    def __call__(self, right: Floats) -> Floats:
        found = self._series(right - right.mean(axis=0))
        return np.asarray(found - found.mean(axis=0))

    def _series(self, right: Floats) -> Floats:
        once = self._over * right
        twice = self._over * (self._off @ once)
        return np.asarray(once - twice + self._over * (self._off @ twice))

    def diagonal(self) -> Floats:
        over, n = self._over[:, 0], len(self._over)
        plain = over + (self._off.multiply(self._off) @ over) * over**2
        sums = self._series(np.ones((n, 1)))[:, 0]
        return np.asarray(plain - 2 * sums / n + sums.sum() / n**2)
