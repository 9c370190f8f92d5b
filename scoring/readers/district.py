"""How well all experts together mark: components of variance, intraclass correlations, kappas with limits. Pure.

A figure is held against a limit by its interval, never by itself: with 25 works a kappa of .7 is a coin that falls on
the wrong side in three of ten districts that reach it.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crosscheck.model import CriterionId
from scoring.measures.components import Components, NotEstimable, components
from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.measures.icc import Correlation, Form, Of, correlations
from scoring.measures.limits import SURE
from scoring.measures.readings import Floats, Ints
from scoring.readers.given import Given

LEAST_WORKS = 25
_DRAWS = 1000
_SEED = 20260414

WORK, READER, TASK = "work", "reader", "task"
WANTED = tuple(frozenset(some) for some in ((WORK,), (READER,), (TASK,), (WORK, TASK), (READER, TASK), (WORK, READER)))


class Bound(enum.Enum):
    """What an interval says of a limit."""

    AT_LEAST = "at_least"  # the whole interval lies at it or above
    BELOW = "below"  # the whole interval lies below
    OPEN = "open"  # it can't be said


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % limits, over so many works."""

    works: int
    value: float
    low: float
    high: float

    def against(self, limit: float) -> Bound:
        """What may be said of a limit."""
        if self.low >= limit:
            return Bound.AT_LEAST
        return Bound.BELOW if self.high < limit else Bound.OPEN


Estimated = Interval | NotEnoughData | NoVariation
Icc = Mapping[tuple[Form, Of], Correlation] | NotEnoughData | NoVariation
Parts = Components | NotEnoughData | NoVariation


def kappa(one: Ints, other: Ints, highest: int, least: int = LEAST_WORKS) -> Estimated:
    """Cohen's kappa with quadratic weights of two readings of each work; limits by drawing works again (percentiles of
    the bootstrap, Efron 1979), with a seed that is always the same. Scores 0..highest."""
    n = len(one)
    if n < max(2, least):
        return NotEnoughData(n, least)
    if len(np.unique(np.concatenate([one, other]))) < 2:
        return NoVariation(n)
    cell = one * (highest + 1) + other
    cells, counts = np.unique(cell, return_counts=True)
    first, second = cells // (highest + 1), cells % (highest + 1)
    value = float(_kappas(counts[None, :].astype(np.float64), first, second)[0])
    drawn = np.random.default_rng(_SEED).multinomial(n, counts / n, size=_DRAWS).astype(np.float64)
    tails = np.quantile(_kappas(drawn, first, second), [(1 - SURE) / 2, (1 + SURE) / 2])
    return Interval(n, value, min(value, float(tails[0])), max(value, float(tails[1])))


def _kappas(counts: Floats, first: Ints, second: Ints) -> Floats:
    """draws x cells to kappas: 1 - observed / expected squared distance; what is expected is told by both habits."""
    n = counts.sum(axis=1)
    observed = counts @ (first - second).astype(np.float64) ** 2 / n
    means = [counts @ some.astype(np.float64) / n for some in (first, second)]
    squares = counts @ (first**2 + second**2).astype(np.float64) / n
    expected = squares - 2 * means[0] * means[1]
    return np.asarray(np.where(expected > 1e-12, 1 - observed / np.maximum(expected, 1e-12), 1.0))


def kappas(some: Given, names: tuple[CriterionId, ...], least: int = LEAST_WORKS) -> dict[CriterionId, Estimated]:
    """Of each criterion, over works with two readings or more, of which the first two count."""
    first, second = _pairs(some)
    found: dict[CriterionId, Estimated] = {}
    for at, name in enumerate(names):
        one, other = some.points[first, at], some.points[second, at]
        asked = (one >= 0) & (other >= 0)
        found[name] = kappa(one[asked], other[asked], int(some.maxima[at]), least)
    return found


def kappa_of_totals(some: Given, least: int = LEAST_WORKS) -> Estimated:
    """Of totals of works; of works that are given out in parts, of the totals of parts."""
    first, second = _pairs(some)
    totals = np.maximum(some.points, 0).sum(axis=1)
    return kappa(totals[first], totals[second], int(some.maxima.sum()), least)


def _pairs(some: Given) -> tuple[Ints, Ints]:
    """Places of the first two readings of each unit that has two."""
    order = np.argsort(some.unit, kind="stable")
    unit = some.unit[order]
    begins = np.nonzero(np.append(True, unit[1:] != unit[:-1]))[0] if len(unit) else np.zeros(0, dtype=np.int64)
    two = begins[np.append(np.diff(begins), len(unit) - begins[-1]) > 1] if len(begins) else begins
    return order[two].astype(np.int64), order[two + 1].astype(np.int64) if len(two) else order[two].astype(np.int64)


def icc(some: Given, least: int = LEAST_WORKS) -> Icc:
    """All six correlations of totals; of works that are given out in parts there are none."""
    if len(np.unique(some.part)) > 1:
        return NotEnoughData(0, least)
    return correlations(some.totals, least)


def generalizability(some: Given, least: int = LEAST_WORKS) -> Parts:
    """Components of variance of single scores, as shares of the maximum: of works, experts, criteria and their
    meetings. The meeting of work and expert is the halo."""
    asked = some.points >= 0
    count = np.bincount(some.unit, minlength=len(some.units))
    works = int((count > 1).sum())
    if works < least or some.points.shape[1] < 2:
        return NotEnoughData(works, least)
    marking, criterion = np.nonzero(asked)
    values = some.points[marking, criterion] / some.maxima[criterion]
    if np.ptp(values) == 0:
        return NoVariation(works)
    factors = {WORK: some.unit[marking], READER: some.reader[marking], TASK: criterion.astype(np.int64)}
    try:
        return components(values, factors, WANTED)
    except NotEstimable:
        return NotEnoughData(works, least)


def dependable(found: Components, readers: int, criteria: int) -> float | None:
    """Share of the variance of mean scores that lies between works, were each marked by so many experts (the
    coefficient of dependability, Brennan 2001); None where works don't differ."""
    between = max(0.0, found[frozenset({WORK})])
    error = (
        max(0.0, found[frozenset({READER})]) / readers
        + max(0.0, found[frozenset({TASK})]) / criteria
        + max(0.0, found[frozenset({WORK, TASK})]) / criteria
        + max(0.0, found[frozenset({READER, TASK})]) / (readers * criteria)
        + max(0.0, found[frozenset({WORK, READER})]) / readers
        + max(0.0, found[frozenset({WORK, READER, TASK})]) / (readers * criteria)
    )
    return between / (between + error) if between + error > 0 else None
