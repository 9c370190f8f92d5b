"""Errors of a many-facet Rasch model: the information that the scores hold on all its parameters together. Pure.

Louis 1982: what would be known if abilities were, less what not knowing them costs: the covariance, given a work's
readings, of what each parameter gains and loses from it. Works are independent, so all is a sum over works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from scoring.measures.rasch_likelihood import Likelihood
from scoring.measures.readings import Floats, Ints

_CHUNK = 4_000  # works at a time: what they need stays in the processor's own memory


@dataclass(frozen=True, slots=True)
class Pulls:
    """What at each node pulls at parameters, of the pairs of reader and kind. total: of severities; step: of steps."""

    total: Floats  # pairs x nodes
    step: Floats  # pairs x nodes x steps


def information(likelihood: Likelihood, vector: Floats) -> Floats:
    """Observed information, parameters x parameters, in the order of the vector."""
    data, layout = likelihood.data, likelihood.layout
    _each, chances, moments = likelihood.posterior(vector)
    spread = layout.spread(vector)
    found = _complete(likelihood, vector, chances, moments.passing)
    pulls = Pulls(moments.passing.sum(axis=0), np.ascontiguousarray(np.moveaxis(moments.passing, 0, 2)))
    reader, steps = data.reader, slice(layout.readers, layout.readers + layout.steps)
    for works, pairs in _alike(data.work, data.pair):
        p = chances[works]
        totals, step = pulls.total[pairs], pulls.step[pairs].sum(axis=1)
        # What the spread of abilities gains: a work's points less what was to be expected, at each node.
        ability = (data.totals[works][:, None] - totals.sum(axis=1)) * (spread * likelihood.nodes)
        weighed = totals * p[:, None, :]
        mean_total, mean_step, mean_ability = weighed.sum(axis=2), _under(p, step), (p * ability).sum(axis=1)
        both = weighed @ np.moveaxis(totals, 1, 2) - mean_total[:, :, None] * mean_total[:, None, :]
        with_steps = weighed @ step - mean_total[:, :, None] * mean_step[:, None, :]
        with_ability = (weighed @ ability[:, :, None])[:, :, 0] - mean_total * mean_ability[:, None]
        who = reader[pairs]
        np.subtract.at(found, (who[:, :, None], who[:, None, :]), both)
        np.subtract.at(found[:, steps], who.ravel(), with_steps.reshape(-1, layout.steps))
        np.subtract.at(found[:, -1], who.ravel(), with_ability.ravel())
        flat = step.reshape(-1, layout.steps)
        found[steps, steps] -= (flat * p.reshape(-1, 1)).T @ flat - mean_step.T @ mean_step
        found[steps, -1] -= flat.T @ (p * ability).ravel() - mean_step.T @ mean_ability
        found[-1, -1] -= float(((p * ability**2).sum(axis=1) - mean_ability**2).sum())
    found[steps, : layout.readers] = found[: layout.readers, steps].T
    found[-1, :-1] = found[:-1, -1]
    return found


def errors(likelihood: Likelihood, vector: Floats) -> Floats:
    """Standard errors of severities, logits, which add up to 0; infinite where the scores don't tell them."""
    found, readers = information(likelihood, vector), likelihood.layout.readers
    # Severities and steps may move together: only what keeps the sum of severities is known.
    found[:readers, :readers] += 1.0
    half, failed = lapack.dpotrf(found, lower=1, overwrite_a=1)
    if failed:
        return np.full(readers, np.inf)
    # Only the diagonal of the inverse is asked for: lengths of the columns of the inverse half.
    half, _failed = lapack.dtrtri(half, lower=1, overwrite_c=1)
    variance = (np.tril(half) ** 2).sum(axis=0)[:readers]
    return np.asarray(np.sqrt(np.maximum(variance - 1.0 / readers**2, 0.0)))


def _complete(likelihood: Likelihood, vector: Floats, chances: Floats, passing: Floats) -> Floats:
    """What would be known if abilities were, at the nodes with the chances that they have."""
    data, layout = likelihood.data, likelihood.layout
    size, readers = len(vector), layout.readers
    found = np.zeros((size, size))
    weight, place = data.member.T @ chances, layout.spread(vector) * likelihood.nodes
    variance = np.zeros_like(weight)
    first = 0
    for maximum in layout.maxima:
        of_task = passing[first : first + maximum]
        for j in range(maximum):
            at = readers + first + j
            with_total = np.zeros_like(weight)
            for i in range(maximum):
                shared = weight * (of_task[max(i, j)] - of_task[i] * of_task[j])
                found[readers + first + i, at] = shared.sum()
                with_total += shared
            variance += with_total
            found[:readers, at] = found[at, :readers] = np.bincount(
                data.reader, with_total.sum(axis=1), minlength=readers
            )
            found[at, -1] = found[-1, at] = -float((with_total @ place).sum())
        first += maximum
    np.fill_diagonal(found[:readers, :readers], np.bincount(data.reader, variance.sum(axis=1), minlength=readers))
    found[:readers, -1] = found[-1, :readers] = -np.bincount(data.reader, variance @ place, minlength=readers)
    found[-1, -1] = float((variance @ place**2).sum())
    return found


def _under(chances: Floats, values: Floats) -> Floats:
    return np.asarray((chances[:, None, :] @ values)[:, 0, :])


def _alike(work: Ints, pair: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Works with equally many readings, some at a time, and the pairs of each: works x readings."""
    order = np.argsort(work, kind="stable")
    counts = np.bincount(work)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    for count in np.unique(counts[counts > 0]):
        works = np.nonzero(counts == count)[0]
        for some in np.array_split(works, max(1, len(works) // _CHUNK)):
            yield some, pair[order[starts[some][:, None] + np.arange(count)]]
