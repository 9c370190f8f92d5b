"""Do an expert's points lie further from others' than usual, and does one impression colour all tasks of a work? Pure.

Both are ratios of variances. On points, which are few and have long tails, the textbook's freedoms are too many: they
are divided by what the kurtosis of all residuals says (Box & Andersen 1955).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from scoring.measures.limits import SURE
from scoring.measures.readings import Floats, Ints
from scoring.readers.given import Given, Residuals

LEAST_WORKS = 25
RATIO = 2.0  # the variance for which "how many works" is said


@dataclass(frozen=True, slots=True)
class Ratio:
    """Of one expert: works, a figure with its limits, the chance of so much or more where nothing is unusual."""

    works: int
    value: float
    low: float
    high: float
    p: float


def ratios(found: Residuals, readers: int) -> list[Ratio | None]:
    """Variance of each reader's residuals against that of the others; None with fewer works than are needed."""
    n = np.bincount(found.reader, minlength=readers)
    mean = np.bincount(found.reader, found.value, minlength=readers) / np.maximum(n, 1)
    left = found.value - mean[found.reader]
    squares, freedom = np.bincount(found.reader, left**2, minlength=readers), np.maximum(n - 1, 0)
    thinned, others, rest = thinning(left), squares.sum() - squares, freedom.sum() - freedom
    judged = (n >= LEAST_WORKS) & (rest >= LEAST_WORKS) & (others > 1e-9)
    value = (squares / np.maximum(1, freedom)) / np.where(judged, others / np.maximum(1, rest), 1.0)
    low, high = _limits(value, freedom * thinned, rest * thinned)
    return _told(judged, n, value, low, high, _above(value, freedom * thinned, rest * thinned))


def _told(judged: npt.NDArray[np.bool_], works: Ints, *figures: Floats) -> list[Ratio | None]:
    """Figures of each reader, where there are any."""
    table = np.stack(figures, axis=1).tolist()
    return [Ratio(n, *row) if told else None for told, n, row in zip(judged, works.tolist(), table, strict=True)]


def thinning(left: Floats) -> float:
    """What share of the freedoms counts, 0..1: 2 / (kurtosis - 1); 1 for a normal distribution."""
    second = float((left**2).mean()) if len(left) else 0.0
    if second <= 1e-12:
        return 1.0
    return min(1.0, 2 / max(1e-9, float((left**4).mean()) / second**2 - 1))


def _above(value: Floats, freedom: Floats, rest: Floats) -> Floats:
    return np.asarray(stats.f.sf(value, freedom, rest))


def _limits(value: Floats, freedom: Floats, rest: Floats) -> tuple[Floats, Floats]:
    at = (1 + SURE) / 2
    return np.asarray(value / stats.f.ppf(at, freedom, rest)), np.asarray(value * stats.f.ppf(at, rest, freedom))


# --- halo ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Halo:
    """usual: share of the variance of differences between readers that goes through all tasks of a work alike, over all
    readers; of: of each reader, None with fewer works than are needed."""

    usual: float
    of: tuple[Ratio | None, ...]


def halo(some: Given, found: Residuals) -> Halo | None:
    """Shares of one impression in differences between readers of a work; None where works have fewer than two criteria
    that differ. Of parts of works, each is looked at by itself."""
    readers = len(some.experts)
    sums = np.zeros((readers, 4))  # between, its freedom; within, its freedom
    rows, of_row = [], []
    for part in np.unique(some.part):
        at = found.at[some.part[found.at] == part]
        apart = _apart(some, at)
        if apart.shape[1] < 2:
            continue
        between, within = _split(apart, some.reader[at], readers)
        n = np.maximum(np.bincount(some.reader[at], minlength=readers) - 1, 0)
        tasks = apart.shape[1]
        sums += np.stack([between, n, within, n * (tasks - 1)], axis=1)
        rows.append(apart.mean(axis=1) * tasks**0.5)
        of_row.append(tasks)
    if not rows or sums[:, 2].sum() <= 1e-9 or sums[:, 1].sum() < LEAST_WORKS:
        return None
    tasks = float(np.mean(of_row))
    whole = sums.sum(axis=0)
    usual = float(_share(whole[0] / whole[1], whole[2] / whole[3], tasks))
    thinned = thinning(np.concatenate(rows))
    n = np.bincount(found.reader, minlength=readers)
    return Halo(usual, tuple(_of_readers(sums, n, tasks, usual, thinned)))


def _apart(some: Given, at: Ints) -> Floats:
    """Own points less the mean of the others', markings x criteria with any variation, each in its own spread."""
    asked = (some.points[at] >= 0).all(axis=0) if len(at) else np.zeros(some.points.shape[1], dtype=bool)
    points = some.points[at][:, asked].astype(np.float64)
    unit = np.unique(some.unit[at], return_inverse=True)[1]
    n = np.bincount(unit)[unit][:, None] if len(at) else np.ones((0, 1))
    sums = np.zeros((int(unit.max()) + 1 if len(unit) else 0, points.shape[1]))
    np.add.at(sums, unit, points)
    apart = (points - sums[unit] / n) * np.sqrt(n / np.maximum(n - 1, 1))
    spread = apart.std(axis=0) if len(at) else np.zeros(points.shape[1])
    return np.asarray(apart[:, spread > 1e-9] / spread[spread > 1e-9])


def _split(apart: Floats, reader: Ints, readers: int) -> tuple[Floats, Floats]:
    """Sums of squares of each reader: between works, and within works across criteria; a reader's own usual distance on
    each criterion is taken off."""
    n = np.maximum(1, np.bincount(reader, minlength=readers))
    usual = np.zeros((readers, apart.shape[1]))
    np.add.at(usual, reader, apart)
    left = apart - (usual / n[:, None])[reader]
    of_work = left.mean(axis=1)
    between = np.bincount(reader, of_work**2, minlength=readers) * apart.shape[1]
    within = np.bincount(reader, ((left - of_work[:, None]) ** 2).sum(axis=1), minlength=readers)
    return np.asarray(between, dtype=np.float64), np.asarray(within, dtype=np.float64)


def _share(between: Floats, within: Floats, tasks: float) -> Floats:
    """From mean squares to shares of variance, -1/(tasks-1) to 1."""
    whole = between + (tasks - 1) * within
    return np.asarray(np.where(whole > 0, (between - within) / np.where(whole > 0, whole, 1.0), 0.0))


def _of_readers(sums: Floats, works: Ints, tasks: float, usual: float, thinned: float) -> list[Ratio | None]:
    between, freedom, within, rest = sums.T
    judged = (works >= LEAST_WORKS) & (within > 1e-9) & (rest > 0)
    mean = np.where(judged, within / np.maximum(1, rest), 1.0)
    value = (between / np.maximum(1, freedom)) / mean
    counted, others = freedom * thinned, rest * thinned
    expected = (1 + (tasks - 1) * usual) / max(1e-9, 1 - usual)
    shares = (_share(some, np.ones(len(some)), tasks) for some in (value, *_limits(value, counted, others)))
    return _told(judged, works, *shares, _above(value / expected, counted, others))
