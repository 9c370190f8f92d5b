"""Errors of a many-facet Rasch model: the information that the scores hold on all its parameters together. Pure.

Louis 1982: what would be known if abilities were, less what not knowing them costs: the covariance, given a work's
readings, of what each parameter gains and loses from it. Works are independent, so all is a sum over works; two readers
who share no work have nothing in common in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

from scoring.measures import inverse
from scoring.measures.rasch_likelihood import Batch, Likelihood, State
from scoring.measures.readings import Floats, Ints

_NOTHING = 1e-11  # of the squares of all curves
_UNLIKELY = 1e-12  # chance of a node that counts for nothing


@dataclass(frozen=True, slots=True)
class Information:
    """Observed information at the maximum. readers: of severities; border: of severities with steps and the log of the
    spread, in this order; corner: of these among themselves."""

    readers: sparse.csr_array
    border: Floats
    corner: Floats


def information(likelihood: Likelihood, vector: Floats) -> Information:
    """What the scores hold on all parameters, by their vector."""
    data, layout, state = likelihood.data, likelihood.layout, likelihood.state(vector)
    weight = np.zeros_like(state.moments.points)
    for batch, _each, chances in likelihood.works(state):
        weight += batch.scatter @ chances
    known, curves = _complete(likelihood, state, weight), _curves(state, weight)
    # Places of what is lost on the border: directions, then the spread.
    size = curves.directions.shape[1] + 1
    places: list[tuple[Ints, Ints, Floats]] = []
    border, corner = np.zeros((layout.readers, size)), np.zeros((size, size))
    for batch, _each, chances in likelihood.works(state):
        who, lost = data.reader[batch.pairs], _lost(state, curves, batch, data.totals[batch.works], chances)
        count = who.shape[1]
        np.add.at(border, who.ravel(), lost[:, :count, count:].reshape(-1, size))
        corner += lost[:, count:, count:].sum(axis=0)
        one = np.broadcast_to(who[:, :, None], (len(who), count, count))
        places.append((one.ravel(), np.moveaxis(one, 1, 2).ravel(), lost[:, :count, :count].ravel()))
    one, other, both = (np.concatenate(some) for some in zip(*places, strict=True))
    shared = sparse.csr_array((both, (one, other)), shape=(layout.readers, layout.readers))
    back = np.zeros((layout.steps + 1, size))
    back[:-1, :-1], back[-1, -1] = curves.directions, 1.0
    return Information(
        readers=(known.readers - shared).tocsr(),
        border=known.border - border @ back.T,
        corner=known.corner - back @ corner @ back.T,
    )


@dataclass(frozen=True, slots=True)
class _Curves:
    """Chances of all steps along the nodes are curves of one family, so that few directions hold them. main: pairs x
    directions x nodes; directions: steps x directions."""

    main: Floats
    directions: Floats


def _curves(state: State, weight: Floats) -> _Curves:
    passing = state.moments.passing
    flat = passing.reshape(len(passing), -1)
    squares, directions = np.linalg.eigh(np.array([flat @ (step * weight.ravel()) for step in flat]))
    kept = directions[:, squares > _NOTHING * squares.sum()]
    main = np.empty((len(weight), kept.shape[1], weight.shape[1]))
    for at, direction in enumerate(kept.T):
        main[:, at] = (direction @ flat).reshape(weight.shape)
    return _Curves(main, kept)


def _lost(state: State, curves: _Curves, batch: Batch, totals: Floats, chances: Floats) -> Floats:
    """Covariances, given each work's readings, of what pulls at parameters: works x pulls x pulls. Pulled at are
    severities of those who read it, directions, the spread."""
    count, directions = batch.pairs.shape[1], curves.main.shape[1]
    likely = np.nonzero(chances.max(axis=0) > _UNLIKELY)[0]
    nodes = slice(int(likely[0]), int(likely[-1]) + 1)
    pulls = np.empty((len(totals), 1 + count + directions + 1, nodes.stop - nodes.start))
    pulls[:, 0] = 1.0
    pulls[:, 1 : 1 + count] = state.moments.points[:, nodes][batch.pairs]
    pulls[:, 1 + count : -1] = curves.main[:, :, nodes][batch.pairs[:, 0]]
    for pair in batch.pairs.T[1:]:
        pulls[:, 1 + count : -1] += curves.main[:, :, nodes][pair]
    # What the spread of abilities gains: a work's points less what was to be expected.
    pulls[:, -1] = (totals[:, None] - pulls[:, 1 : 1 + count].sum(axis=1)) * state.place[nodes]
    pulls *= np.sqrt(chances[:, nodes])[:, None, :]
    products = pulls @ np.moveaxis(pulls, 1, 2)
    mean = products[:, 0, 1:]
    return np.asarray(products[:, 1:, 1:] - mean[:, :, None] * mean[:, None, :])


def errors(likelihood: Likelihood, vector: Floats) -> Floats:
    """Standard errors of severities, logits, which add up to 0; infinite where the scores don't tell them."""
    found, readers = information(likelihood, vector), likelihood.layout.readers
    try:
        variance = _of_few(found) if readers <= inverse.MOST else _of_many(found)
    except np.linalg.LinAlgError:
        return np.full(readers, np.inf)
    return np.asarray(np.sqrt(np.maximum(variance - 1.0 / readers**2, 0.0)))


def _of_few(found: Information) -> Floats:
    """Variances, were the sum of severities one more observation: severities and steps may move together."""
    known = found.readers.toarray() - found.border @ np.linalg.solve(found.corner, found.border.T) + 1.0
    half, failed = lapack.dpotrf(known.T, lower=1, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError("not positive definite")
    # Only the diagonal of the inverse is asked for: lengths of the columns of the inverse half.
    half, _failed = lapack.dtrtri(half, lower=1, overwrite_c=1)
    return np.asarray(np.einsum("ij,ij->j", half, half))


def _of_many(found: Information) -> Floats:
    """The same, without a full matrix of readers: what steps and the sum of severities make is of low rank (Woodbury).
    Standard errors are off by half a per cent as a rule."""
    beside = np.column_stack([found.border, np.ones(len(found.border))])
    inner = np.zeros((beside.shape[1], beside.shape[1]))
    inner[:-1, :-1], inner[-1, -1] = -found.corner, 1.0
    spread = inverse.solved(found.readers, beside)
    lost = (spread * np.linalg.solve(inner + beside.T @ spread, spread.T).T).sum(axis=1)
    return np.asarray(inverse.diagonal(found.readers) - lost)


def _complete(likelihood: Likelihood, state: State, weight: Floats) -> Information:
    """What would be known if abilities were. weight: works at each pair and node, pairs x nodes."""
    data, layout, passing = likelihood.data, likelihood.layout, state.moments.passing
    readers, steps = layout.readers, layout.steps
    border, corner, variance = np.zeros((readers, steps + 1)), np.zeros((steps + 1, steps + 1)), np.zeros_like(weight)
    for first, last in _of_tasks(layout.maxima):
        for j in range(first, last):
            with_total = np.zeros_like(weight)
            for i in range(first, last):
                shared = weight * (passing[max(i, j)] - passing[i] * passing[j])
                corner[i, j] = shared.sum()
                with_total += shared
            variance += with_total
            border[:, j] = np.bincount(data.reader, with_total.sum(axis=1), minlength=readers)
            corner[j, -1] = corner[-1, j] = -float((with_total @ state.place).sum())
    border[:, -1] = -np.bincount(data.reader, variance @ state.place, minlength=readers)
    corner[-1, -1] = float((variance @ state.place**2).sum())
    of_readers = np.bincount(data.reader, variance.sum(axis=1), minlength=readers)
    return Information(sparse.diags_array(of_readers).tocsr(), border, corner)


def _of_tasks(maxima: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Where the steps of each task begin, and where they end."""
    first = 0
    for maximum in maxima:
        yield first, first + maximum
        first += maximum
