"""Does an expert's measure move while marking? Pure.

Cumulative sums of residuals in the order of marking (CUSUM, Page 1954), self-starting: each residual is held against
the mean of those before it (Hawkins & Olwell 1998), so that nobody's usual severity need be known. How long a sum runs
before it reaches so far by chance is Siegmund's approximation (1985), with the overshoot 1.166.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from scoring.markers.judged import Few
from scoring.measures.limits import normal
from scoring.measures.readings import Floats

LEAST_WORKS = 25
SHIFT = 0.5  # spreads: what is looked for
_OVERSHOOT = 1.166
_PRIOR = 20  # works by which an expert's spread is drawn to the usual one
_FIRST = 5  # works before sums begin


@dataclass(frozen=True, slots=True)
class Drift:
    """Of one expert, in usual spreads. works: in order; since: the work from which on points lie elsewhere, from 0;
    change: mean from there on less the mean before (above 0: more points); low, high: its limits, which don't allow for
    the place having been chosen; p: chance of so large a sum where nothing moves."""

    works: int
    since: int
    change: float
    low: float
    high: float
    p: float


def run_length(threshold: float, shift: float = SHIFT, actual: float = 0.0) -> float:
    """Works until a one-sided sum passes, on average; actual: shift that there is, in spreads."""
    reference, b = shift / 2, threshold + _OVERSHOOT
    away = actual - reference
    if abs(away) < 1e-9:
        return b**2
    return (math.exp(min(700.0, -2 * away * b)) + 2 * away * b - 1) / (2 * away**2)


def threshold(length: float, shift: float = SHIFT) -> float:
    """What a sum must pass to run so long by chance."""
    return float(optimize.brentq(lambda h: run_length(h, shift) - length, 0.0, 200.0))


def needed(shift: float = SHIFT, length: float = 2000.0) -> int:
    """Works in which such a shift is found if it begins at work `LEAST_WORKS`."""
    return LEAST_WORKS + math.ceil(run_length(threshold(length, shift), shift, shift))


def sums(steps: Floats, shift: float = SHIFT) -> tuple[Floats, Floats]:
    """One-sided sums of standard values, upwards and downwards, after each of them: how far their running total lies
    from where it was furthest on the other side."""
    return _above(steps - shift / 2), _above(-steps - shift / 2)


def _above(steps: Floats) -> Floats:
    total = np.cumsum(steps)
    return np.asarray(total - np.minimum(0.0, np.minimum.accumulate(total)))


def drift(values: Floats) -> Drift | Few:
    """Of one expert's residuals in order, in usual spreads."""
    n = len(values)
    if n < LEAST_WORKS:
        return Few("", n, needed())
    spread = math.sqrt((_PRIOR + (n - 1) * _successive(values)) / (_PRIOR + n - 1))
    up, down = sums(_self_started(values) / spread)
    chart = up if up.max() >= down.max() else down
    peak = int(chart.argmax())
    reached = float(chart[peak])
    p = 1.0 if reached <= 0 else 1 - math.exp(-2 * n / max(1.0, run_length(reached)))
    zeros = np.nonzero(chart[: peak + 1] == 0)[0]
    # Sums begin at work `_FIRST`, and a run of them one place after it was last 0.
    since = min((int(zeros[-1]) + 1 if len(zeros) else 0) + _FIRST, n - 1)
    before, after = values[:since], values[since:]
    change = float(after.mean() - before.mean())
    reach = normal() * spread * math.sqrt(1 / len(before) + 1 / len(after))
    return Drift(n, since, change, change - reach, change + reach, p)


def _successive(values: Floats) -> float:
    """Variance from differences of neighbours, which a shift hardly touches."""
    return float((np.diff(values) ** 2).mean() / 2)


def _self_started(values: Floats) -> Floats:
    """Each value less the mean of those before, with the variance of one."""
    n = np.arange(1, len(values))
    before = np.cumsum(values)[:-1] / n
    return np.asarray(((values[1:] - before) * np.sqrt(n / (n + 1)))[_FIRST - 1 :])
