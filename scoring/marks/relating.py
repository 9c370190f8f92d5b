"""How results go with marks from elsewhere, and how the same participants did over the years. Pure.

Under ten participants nothing is said. Points are held against points by Pearson's coefficient, marks from 2 to 5,
which have an order and no distances, by Spearman's. Limits: Fisher 1921 by the inverse hyperbolic tangent, with the
variance of Bonett & Wright 2000 for ranks; of means, Student's t.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.measures.limits import SURE, normal, of_mean
from scoring.measures.readings import Floats

LEAST = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """A figure with its limits, of `n` participants."""

    value: float
    low: float
    high: float
    n: int


Related = Limits | NotEnoughData | NoVariation


def pearson(pairs: Sequence[tuple[float, float]], least: int = LEAST, level: float = SURE) -> Related:
    """Correlation of points with points."""
    return _related(_array(pairs), least, level, ranks=False)


def spearman(pairs: Sequence[tuple[float, float]], least: int = LEAST, level: float = SURE) -> Related:
    """Correlation of ranks, ties sharing theirs."""
    return _related(_array(pairs), least, level, ranks=True)


def _array(pairs: Sequence[tuple[float, float]]) -> Floats:
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def _related(pairs: Floats, least: int, level: float, *, ranks: bool) -> Related:
    n = len(pairs)
    if n < max(least, 4):  # Fisher's variance is 1 / (n - 3)
        return NotEnoughData(n, max(least, 4))
    if (np.ptp(pairs, axis=0) == 0).any():
        return NoVariation(n)
    both = stats.rankdata(pairs, axis=0) if ranks else pairs
    r = float(np.clip(np.asarray(np.corrcoef(both, rowvar=False))[0, 1], -1.0, 1.0))
    if abs(r) >= 1 - 1e-12:  # all on one line: chance has no part in it that these pairs could show
        return Limits(math.copysign(1.0, r), math.copysign(1.0, r), math.copysign(1.0, r), n)
    wide = normal(level) * math.sqrt((1 + (r * r / 2 if ranks else 0)) / (n - 3))
    z = math.atanh(r)
    return Limits(r, math.tanh(z - wide), math.tanh(z + wide), n)


def paired(one: Mapping[str, float], other: Mapping[str, float]) -> list[tuple[float, float]]:
    """Values of participants who have both, by code."""
    return [(one[code], other[code]) for code in sorted(one.keys() & other.keys())]


# --- over the years ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class YearMean:
    """The mean share of the highest score in a year, of the participants who have a result of it."""

    year: int
    mean: Limits | NotEnoughData


@dataclass(frozen=True, slots=True)
class Change:
    """From one year to the next one with results: mean change of those who have both, as a share of the highest score.
    Assessments differ in difficulty: only beside other schools does it say something."""

    since: int
    until: int
    mean: Limits | NotEnoughData


@dataclass(frozen=True, slots=True)
class Dynamics:
    """The same participants over the years."""

    years: tuple[YearMean, ...]
    changes: tuple[Change, ...]


def dynamics(years: Mapping[int, Mapping[str, float]], least: int = LEAST, level: float = SURE) -> Dynamics:
    """From shares of the highest score by year and code."""
    ordered = sorted(year for year, values in years.items() if values)
    means = tuple(YearMean(year, mean_of(list(years[year].values()), least, level)) for year in ordered)
    steps = itertools.pairwise(ordered)
    changes = tuple(
        Change(a, b, mean_of([now - then for then, now in paired(years[a], years[b])], least, level)) for a, b in steps
    )
    return Dynamics(means, changes)


def mean_of(values: Sequence[float], least: int = LEAST, level: float = SURE) -> Limits | NotEnoughData:
    """A mean with limits by Student's t."""
    n = len(values)
    if n < max(least, 2):
        return NotEnoughData(n, max(least, 2))
    mean = float(np.mean(values))
    wide = float(of_mean(float(np.std(values, ddof=1)), n, level))
    return Limits(mean, mean - wide, mean + wide, n)
