"""How many works a test would need: what a report says where there are too few for a verdict. Pure, by named formulas.

All at the power and level of `judged` unless others are given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from scoring.markers.judged import LEVEL, POWER
from scoring.measures.readings import Floats

_MOST = 10_000


def of_mean(effect: float, n: int, level: float = LEVEL) -> float:
    """Power of the one-sided t-test to see a mean `effect` standard deviations above (noncentral t)."""
    at = stats.t.ppf(1 - level, n - 1)
    return float(stats.nct.sf(at, n - 1, effect * math.sqrt(n)))


def works_for_mean(effect: float, level: float = LEVEL, power: float = POWER) -> int:
    """Least works with which `effect` standard deviations are seen."""
    low, high = 2, _MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if of_mean(effect, middle, level) >= power else (middle + 1, high)
    return low


def of_share(usual: float, share: float, n: npt.ArrayLike, level: float = LEVEL) -> Floats:
    """Power of the exact one-sided binomial test to see `share` where `usual` is usual."""
    return np.asarray(stats.binom.sf(stats.binom.isf(level, n, usual), n, share))


def works_for_share(usual: float, share: float, level: float = LEVEL, power: float = POWER) -> int:
    """Least works with which `share` is seen. Power of an exact test goes up and down by ones: the first that holds."""
    n = np.arange(2, 2_000)
    enough = np.nonzero(of_share(usual, share, n, level) >= power)[0]
    return int(n[enough[0]]) if len(enough) else _MOST


def works_for_step(
    shares: Floats, boundaries: Sequence[int], moved: float, level: float = LEVEL, power: float = POWER
) -> int:
    """Least works with which a step is seen: `moved` of the works just below each boundary are lifted to it, half as
    many of those one below (normal approximation of the pooled test; Fleiss, Levin & Paik 2003, 2.5). shares: of works
    for each total from 0."""
    usual = raised = more = 0.0
    for b in boundaries:
        below, at = float(shares[b - 1]), float(shares[b])
        further = moved / 2 * float(shares[b - 2]) if b > 1 else 0.0
        if below + at <= 0:
            continue
        p0, there, reached = at / (below + at), below + at + further, at + moved * below + further
        p1 = min(1.0, reached / there)
        usual += there * p0 * (1 - p0)
        raised += there * p1 * (1 - p1)
        more += reached - there * p0
    if more <= 0:
        return _MOST
    z = stats.norm.isf(level) * math.sqrt(usual) + stats.norm.ppf(power) * math.sqrt(raised)
    return int(min(_MOST, math.ceil((z / more) ** 2)))


def of_spread(ratio: float, n: npt.ArrayLike, level: float = LEVEL) -> Floats:
    """Power of the chi-squared test to see a variance `ratio` times the usual one."""
    freedom = np.asarray(n) - 1
    return np.asarray(stats.chi2.sf(stats.chi2.isf(level, freedom) / ratio, freedom))


def works_for_spread(ratio: float, level: float = LEVEL, power: float = POWER) -> int:
    """Least works with which a variance `ratio` times the usual one is seen."""
    n = np.arange(3, _MOST)
    enough = np.nonzero(of_spread(ratio, n, level) >= power)[0]
    return int(n[enough[0]]) if len(enough) else _MOST
