"""Variance components of scores: how much of their variance is between works, readers, tasks, and their meetings. Pure.

Symmetric differences (Koch 1968): two scores that have some factors in common differ only by the effects of the others,
so the mean squared difference of all such pairs is twice the sum of those components. One equation for each set of
factors that two scores can share; in a complete design the solution is that of the analysis of variance, in any other
one it is unbiased, too. All pairs are summed at once from sums of groups, so the cost grows linearly with the scores.
A component may come out below zero; that is a figure of its own and isn't made 0 here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scoring.measures.readings import Floats, Ints, numbered

Factors = frozenset[str]


@dataclass(frozen=True, slots=True)
class Components:
    """Variances in squared points, by the factors they belong to; all factors together is the rest that nothing
    explains."""

    of: Mapping[Factors, float]

    def __getitem__(self, factors: Factors) -> float:
        return self.of[factors]


class NotEstimable(ValueError):
    """The scores don't hold what the components asked for need: no two of them share what must be shared."""


def components(values: Floats, factors: Mapping[str, Ints], wanted: Sequence[Factors]) -> Components:
    """Components of scores. factors: for each name the level of each score, numbered from 0; wanted: the sets of
    factors that have a component, the residual not among them. Raises NotEstimable."""
    names = tuple(factors)
    everything = frozenset(names)
    unknown = (*dict.fromkeys(wanted), everything)
    rows, means = [], []
    for shared, mean in _mean_squares(values, factors):
        rows.append([2.0 * (not component <= shared) for component in unknown])
        means.append(mean)
    left = np.array(rows).reshape(-1, len(unknown))
    if np.linalg.matrix_rank(left) < len(unknown):
        raise NotEstimable
    found, *_ = np.linalg.lstsq(left, np.array(means), rcond=None)
    return Components({component: float(variance) for component, variance in zip(unknown, found, strict=True)})


def _mean_squares(values: Floats, factors: Mapping[str, Ints]) -> Iterator[tuple[Factors, float]]:
    """Mean squared difference of all pairs that share exactly these factors, for all sets that some pair shares."""
    names, centred = tuple(factors), values - values.mean() if len(values) else values
    sets = [frozenset(some) for count in range(len(names) + 1) for some in combinations(names, count)]
    at_least = {shared: _pairs(centred, [factors[name] for name in names if name in shared]) for shared in sets}
    exactly: dict[Factors, tuple[float, float]] = {}
    for shared in reversed(sets):
        more = [exactly[other] for other in exactly if shared < other]
        count = at_least[shared][0] - sum(n for n, _squares in more)
        squares = at_least[shared][1] - sum(squares for _n, squares in more)
        exactly[shared] = count, squares
        if count > 0 and len(shared) < len(names):
            yield shared, squares / count


def _pairs(values: Floats, levels: Sequence[Ints]) -> tuple[float, float]:
    """How many ordered pairs of different scores share these levels, and the sum of their squared differences."""
    group = np.zeros(len(values), dtype=np.int64)
    for level in levels:
        group = numbered(group * (int(level.max()) + 1) + level)
    n = np.bincount(group).astype(np.float64)
    sums, squares = np.bincount(group, values), np.bincount(group, values**2)
    return float((n * (n - 1)).sum()), float(2 * (n * squares - sums**2).sum())
