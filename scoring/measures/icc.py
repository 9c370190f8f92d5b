"""Intraclass correlation: which share of the variance of a reading lies between works. All six forms. Pure.

From variance components, so that any design will do in which some work has two readings; in a complete one the values
and limits are those of Shrout & Fleiss 1979 and McGraw & Wong 1996. Elsewhere limits come from leaving out one
twentieth of the works after another (jackknife).
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import stats

from scoring.measures.components import Components, NotEstimable, components
from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.measures.limits import SURE, student
from scoring.measures.readings import Readings

_GROUPS = 20
_FAR = 1e12
_UNIT, _READER, _READING = "unit", "reader", "reading"


class Form(enum.StrEnum):
    """What of a difference between two readers of a work counts against them."""

    ONE_WAY = "one_way"  # everything; readers are strangers at each work
    AGREEMENT = "agreement"  # everything; readers mark many works
    CONSISTENCY = "consistency"  # all but what one reader gives more than another everywhere


class Of(enum.StrEnum):
    """Of which reading: one, or the mean of all that a work gets."""

    SINGLE = "single"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Correlation:
    """An intraclass correlation with its 95 % limits, -1 to 1; readings: of how many the mean is, 1 for a single one.
    Where works have different numbers of readings, their harmonic mean."""

    value: float
    low: float
    high: float
    readings: float


Correlations = Mapping[tuple[Form, Of], Correlation]


def correlations(seen: Readings, least: int = 2) -> Correlations | NotEnoughData | NoVariation:
    """All six correlations over the works that have two readings or more, of which `least` are needed."""
    paired = seen.of_units(2) if len(seen.unit) else seen
    if paired.units < max(least, 2) or paired.readers < 2:
        return NotEnoughData(paired.units, least)
    if np.ptp(paired.value) == 0:
        return NoVariation(paired.units)
    try:
        values = _values(paired)
        limits = _exact(paired, values) if paired.complete else _left_out(paired)
    except NotEstimable:
        return NotEnoughData(paired.units, least)
    many = _usual(paired)
    return {key: Correlation(value, *limits[key], many if key[1] is Of.MEAN else 1.0) for key, value in values.items()}


def _usual(seen: Readings) -> float:
    return float(stats.hmean(np.bincount(seen.unit)))


def _values(seen: Readings) -> dict[tuple[Form, Of], float]:
    k = _usual(seen)
    dust = 1e-12 * float(seen.value.var())
    return {
        (form, of): 0.0
        if abs(between) + abs(noise) <= dust
        else _of(between, between + noise / (k if of is Of.MEAN else 1))
        for form, (between, noise) in _variances(seen).items()
        for of in Of
    }


def _of(part: float, whole: float) -> float:
    """A share; not below -1. Where works differ less than their readings' noise would make them, the share of a mean
    has no lower end: -1 says that the readings have nothing in common, and more can't be said."""
    return max(-1.0, part / whole) if whole > 0 else -1.0


def _variances(seen: Readings) -> dict[Form, tuple[float, float]]:
    """Variance between works, and that of one reading of a work, as each form counts it."""
    unit, both = frozenset({_UNIT}), frozenset({_UNIT, _READER})
    two = components(seen.value, {_UNIT: seen.unit, _READER: seen.reader}, [unit, frozenset({_READER})])
    one: Components = components(seen.value, {_UNIT: seen.unit, _READING: np.arange(len(seen.unit))}, [unit])
    noise, severity = two[both], two[frozenset({_READER})]
    return {
        Form.ONE_WAY: (one[unit], one[frozenset({_UNIT, _READING})]),
        Form.AGREEMENT: (two[unit], severity + noise),
        Form.CONSISTENCY: (two[unit], noise),
    }


# --- limits --------------------------------------------------------------------------------------

_Limits = dict[tuple[Form, Of], tuple[float, float]]


def _exact(seen: Readings, values: Mapping[tuple[Form, Of], float]) -> _Limits:
    """Limits in a complete design: McGraw & Wong 1996, table 7."""
    n, k = seen.units, seen.readers
    cells = np.zeros((n, k))
    cells[seen.unit, seen.reader] = seen.value
    works, readers = k * cells.mean(axis=1).var(ddof=1), n * cells.mean(axis=0).var(ddof=1)
    rest = cells - cells.mean(axis=1, keepdims=True) - cells.mean(axis=0) + cells.mean()
    error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    within = float(cells.var(axis=1, ddof=1).mean())
    single = {
        Form.ONE_WAY: _of_ratio(works, within, n, k, n * (k - 1)),
        Form.CONSISTENCY: _of_ratio(works, error, n, k, (n - 1) * (k - 1)),
        Form.AGREEMENT: _of_agreement(values[Form.AGREEMENT, Of.SINGLE], works, readers, error, n, k),
    }
    return {
        (form, of): (low, high) if of is Of.SINGLE else (_stepped_up(low, k), _stepped_up(high, k))
        for (form, (low, high)), of in product(single.items(), Of)
    }


def _stepped_up(single: float, k: int) -> float:
    """Spearman and Brown: from one reading to the mean of k."""
    return _of(k * single, 1 + (k - 1) * single)


def _of_ratio(works: float, noise: float, n: int, k: int, freedom: int) -> tuple[float, float]:
    if noise <= 0:
        return 1.0, 1.0
    at, ratio = (1 + SURE) / 2, works / noise
    low, high = ratio / stats.f.ppf(at, n - 1, freedom), ratio * stats.f.ppf(at, freedom, n - 1)
    return _of(float(low - 1), float(low + k - 1)), _of(float(high - 1), float(high + k - 1))


def _of_agreement(value: float, works: float, readers: float, error: float, n: int, k: int) -> tuple[float, float]:
    if error <= 0:
        return (0.0, 1.0) if readers > 0 else (1.0, 1.0)
    at, ratio = (1 + SURE) / 2, readers / error
    rest = n * (1 + (k - 1) * value) - k * value
    freedom = (k - 1) * (n - 1) * (k * value * ratio + rest) ** 2 / ((n - 1) * (k * value * ratio) ** 2 + rest**2)
    up, down = stats.f.ppf(at, n - 1, freedom), stats.f.ppf(at, freedom, n - 1)
    if not up < _FAR:  # hardly any freedom: nothing is known from below
        return -1.0, 1.0
    noise = k * readers + (k * n - k - n) * error
    return (
        _of(float(n * (works - up * error)), float(up * noise + n * works)),
        _of(float(n * (down * works - error)), float(noise + n * down * works)),
    )


def _left_out(seen: Readings) -> _Limits:
    """Limits in any design: one group of works after another is left out."""
    groups = min(_GROUPS, seen.units)
    found = [_values(seen.only(seen.unit % groups != group)) for group in range(groups)]
    whole, at = _values(seen), float(student(groups - 1))
    limits = {}
    for key, value in whole.items():
        each = np.array([one[key] for one in found])
        error = math.sqrt((groups - 1) / groups * float(((each - each.mean()) ** 2).sum()))
        limits[key] = max(-1.0, value - at * error), min(1.0, value + at * error)
    return limits
