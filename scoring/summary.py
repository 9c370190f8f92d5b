"""Summary figures of a group of results. Pure; sources: the field's formulas (mean, sample deviation, interval
mean ± t(0.975, n-1)·s/√n) and Abramowitz & Stegun 26.7 for Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev


@dataclass(frozen=True, slots=True)
class Summary:
    """Of `n` totals: mean, median, sample standard deviation (0 for one), in points."""

    n: int
    mean: float
    median: float
    deviation: float

    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the mean; needs n of 2 or more."""
        half = t_quantile(self.n - 1) * self.deviation / math.sqrt(self.n)
        return self.mean - half, self.mean + half


def summary(totals: Sequence[int]) -> Summary:
    """Summary of one or more totals."""
    spread = stdev(totals) if len(totals) > 1 else 0.0
    return Summary(len(totals), fmean(totals), float(median(totals)), spread)


def t_quantile(degrees: int, probability: float = 0.975) -> float:
    """Quantile of Student's t for `degrees` of freedom (1 or more), probability 0.5 to 0.9999."""
    low, high = 0.0, 10_000.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_below(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def _t_below(t: float, degrees: int) -> float:
    """P(T < t) for t >= 0: the finite trigonometric series (A&S 26.7.3, 26.7.4)."""
    theta = math.atan(t / math.sqrt(degrees))
    cosine = math.cos(theta)
    odd = degrees % 2
    term, series = (cosine, 0.0) if odd else (1.0, 0.0)
    for k in range(odd + 1, degrees, 2):
        series += term
        term *= cosine * cosine * k / (k + 1)
        if term < 1e-17:
            break
    share = math.sin(theta) * series
    return 0.5 + (theta + share) / math.pi if odd else 0.5 + share / 2
