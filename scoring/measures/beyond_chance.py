"""Agreement beyond chance: observed against expected agreement, (o - e) / (1 - e). Pure.

What is observed is the same for all: the weighted share of pairs of readings of one unit that agree. What chance would
give is what the coefficients differ in. Sources: Cohen 1960, 1968; Fleiss 1971; Conger 1980; Krippendorff 2011;
Gwet 2014 (general form with weights and missing readings).

On marks with few values the coefficients lie close together; they fall apart where nearly all readings are the same.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from scoring.measures.figures import Figure, Known, NotEnoughData, NoVariation
from scoring.measures.readings import Floats, Readings


class Weights(enum.StrEnum):
    """How far two values may lie apart and still agree in part."""

    IDENTITY = "identity"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


class Metric(enum.StrEnum):
    """Krippendorff's differences between two values."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Chance(enum.StrEnum):
    """By whom chance agreement is named."""

    CONGER = "conger"  # each reader has habits of his own; with two readers Cohen's kappa
    FLEISS = "fleiss"  # all readers have the same habits
    BRENNAN_PREDIGER = "brennan_prediger"  # every value is as likely as another
    GWET = "gwet"  # AC1, with weights AC2: only what is hard to judge is left to chance


def weights(values: Floats, kind: Weights) -> Floats:
    """Agreement of every two values, 1 on the diagonal; values: at least two, in ascending order."""
    apart = np.abs(values[:, None] - values[None, :]) / (values[-1] - values[0])
    match kind:
        case Weights.IDENTITY:
            return np.asarray(apart == 0, dtype=np.float64)
        case Weights.LINEAR:
            return np.asarray(1 - apart)
        case Weights.QUADRATIC:
            return np.asarray(1 - apart**2)


@dataclass(frozen=True, slots=True)
class _Counted:
    """counts: units x values, how many readers gave this value; habits: readers x values, shares of each reader."""

    values: Floats
    counts: Floats
    habits: Floats

    @property
    def usual(self) -> Floats:
        """Share of each value, every unit counting once."""
        shares = self.counts / self.counts.sum(axis=1, keepdims=True)
        return np.asarray(shares.mean(axis=0))


def _counted(seen: Readings, values: npt.ArrayLike | None) -> _Counted:
    # An index among values that occur is no place on the scale: a value that nobody gave still lies between two others.
    scale = np.unique(seen.value) if values is None else np.asarray(values, dtype=np.float64)
    at, q = np.searchsorted(scale, seen.value), len(scale)
    counts = np.bincount(seen.unit * q + at, minlength=seen.units * q).reshape(-1, q).astype(np.float64)
    habits = np.bincount(seen.reader * q + at, minlength=seen.readers * q).reshape(-1, q).astype(np.float64)
    return _Counted(scale, counts, habits / habits.sum(axis=1, keepdims=True))


def coefficient(
    seen: Readings,
    chance: Chance,
    kind: Weights = Weights.IDENTITY,
    *,
    values: npt.ArrayLike | None = None,
    least: int = 2,
) -> Figure:
    """A coefficient of agreement, at most 1. values: the whole scale in ascending order; without it, values that occur.
    Needs `least` units with two readings or more."""
    paired = int((np.bincount(seen.unit) > 1).sum()) if len(seen.unit) else 0
    if paired < max(least, 1):
        return NotEnoughData(paired, least)
    counted = _counted(seen, values)
    if len(counted.values) < 2:
        return NoVariation(paired)
    matrix = weights(counted.values, kind)
    observed, expected = _observed(counted.counts, matrix), _expected(counted, matrix, chance)
    return NoVariation(paired) if expected >= 1 else Known((observed - expected) / (1 - expected))


def _observed(counts: Floats, matrix: Floats) -> float:
    many = counts[counts.sum(axis=1) > 1]
    n = many.sum(axis=1)
    agreeing = (many * (many @ matrix - 1)).sum(axis=1)
    return float((agreeing / (n * (n - 1))).mean())


def _expected(counted: _Counted, matrix: Floats, chance: Chance) -> float:
    usual, q = counted.usual, len(counted.values)
    match chance:
        case Chance.FLEISS:
            return float(usual @ matrix @ usual)
        case Chance.BRENNAN_PREDIGER:
            return float(matrix.sum() / q**2)
        case Chance.GWET:
            return float(matrix.sum() * (usual * (1 - usual)).sum() / (q * (q - 1)))
        case Chance.CONGER:
            mean, readers = counted.habits.mean(axis=0), len(counted.habits)
            apart = counted.habits - mean
            spread = apart.T @ apart / (readers - 1)
            return float(mean @ matrix @ mean - (matrix * spread).sum() / readers)


def light_kappa(seen: Readings) -> Figure:
    """The mean of Cohen's kappa over all pairs of readers that read at least one unit in common."""
    found = []
    for one, other in combinations(range(seen.readers), 2):
        both = seen.only((seen.reader == one) | (seen.reader == other)).of_units(2)
        kappa = coefficient(both, Chance.CONGER, least=1)
        found += [kappa.value] if isinstance(kappa, Known) else []
    return Known(float(np.mean(found))) if found else NotEnoughData(0, 1)


def disagreement_kappa(counts: npt.ArrayLike, disagreement: npt.ArrayLike) -> Figure:
    """Cohen's weighted kappa from a square table of two readers; disagreement: any weights, 0 on the diagonal."""
    table, weight = np.asarray(counts, dtype=np.float64), np.asarray(disagreement, dtype=np.float64)
    shares = table / table.sum()
    by_chance = float((weight * np.outer(shares.sum(axis=1), shares.sum(axis=0))).sum())
    if by_chance == 0:
        return NoVariation(round(float(table.sum())))
    return Known(1 - float((weight * shares).sum()) / by_chance)


def alpha(seen: Readings, metric: Metric, least: int = 2) -> Figure:
    """Krippendorff's alpha, at most 1. Needs `least` units with two readings or more; others say nothing here."""
    paired = seen.of_units(2) if len(seen.unit) else seen
    if paired.units < max(least, 1):
        return NotEnoughData(paired.units, least)
    counted = _counted(paired, None)
    totals = counted.counts.sum(axis=0)
    differences = _differences(counted.values, totals, metric)
    expected = float(totals @ differences @ totals) / (totals.sum() - 1)
    if expected == 0:
        return NoVariation(paired.units)
    within = (counted.counts * (counted.counts @ differences)).sum(axis=1) / (counted.counts.sum(axis=1) - 1)
    return Known(1 - float(within.sum()) / expected)


def _differences(values: Floats, totals: Floats, metric: Metric) -> Floats:
    """Squared differences of every two values; `totals`: how often each occurs, which makes the ordinal ones."""
    one, other = values[:, None], values[None, :]
    match metric:
        case Metric.NOMINAL:
            return np.asarray(one != other, dtype=np.float64)
        case Metric.INTERVAL:
            return np.asarray((one - other) ** 2)
        case Metric.RATIO:
            sums = np.where(one + other == 0, 1.0, one + other)
            return np.asarray(((one - other) / sums) ** 2)
        case Metric.ORDINAL:
            below = np.cumsum(totals) - totals / 2
            return np.asarray((below[:, None] - below[None, :]) ** 2)
