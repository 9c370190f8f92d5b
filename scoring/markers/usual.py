"""How far each group lies from the others, when groups differ in good faith, too. Pure.

What is usual for a group is told by the others alone: their mean, and by how much they differ beyond chance
(DerSimonian & Laird 1986), each time without the group itself, so that one that lies far off doesn't make itself usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.measures.limits import student
from scoring.measures.readings import Floats

LEAST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Apart:
    """One place for each group. effect: above the others; error: of a usual group's effect; freedom: of its t."""

    effect: Floats
    error: Floats
    freedom: int

    @property
    def z(self) -> Floats:
        return np.asarray(self.effect / self.error)

    def above(self) -> Floats:
        """Chance of so much or more in a usual group."""
        return np.asarray(stats.t.sf(self.z, self.freedom))

    def either(self) -> Floats:
        """Chance of so much or more, up or down."""
        return np.asarray(2 * stats.t.sf(np.abs(self.z), self.freedom))

    def limits(self, at: int) -> Callable[[float], tuple[float, float]]:
        """From a confidence level to limits of one group's effect."""

        def of_level(level: float) -> tuple[float, float]:
            reach = float(student(self.freedom, level) * self.error[at])
            return float(self.effect[at]) - reach, float(self.effect[at]) + reach

        return of_level


def apart(value: Floats, noise: Floats) -> Apart:
    """Groups against the others. value, noise: of each group, and its variance by chance, above 0; of `LEAST_GROUPS` or
    more. Cost: groups squared."""
    spread = _spread_of_others(value, noise)
    weight = 1 / (noise[None, :] + spread[:, None])
    np.fill_diagonal(weight, 0.0)
    total = weight.sum(axis=1)
    usual = (weight @ value) / total
    return Apart(value - usual, np.sqrt(noise + spread + 1 / total), len(value) - 2)


def _spread_of_others(value: Floats, noise: Floats) -> Floats:
    """Variance of the other groups beyond chance, for each group."""
    y, w = value - value.mean(), 1 / noise
    some, squares = w.sum() - w, (w**2).sum() - w**2
    first, second = (w * y).sum() - w * y, (w * y**2).sum() - w * y**2
    q = second - first**2 / some
    return np.asarray(np.maximum(0.0, (q - (len(value) - 2)) / (some - squares / some)))
