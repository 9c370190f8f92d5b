"""How far limits lie from an estimate, in its standard errors. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from scoring.measures.readings import Floats

SURE = 0.95  # what limits cover where nothing else is asked for


def normal(level: float = SURE) -> float:
    """Where the error is known."""
    return float(special.ndtri((1 + level) / 2))


def student(freedom: npt.ArrayLike, level: float = SURE) -> Floats:
    """Where it is estimated, with so many freedoms."""
    return np.asarray(special.stdtrit(freedom, (1 + level) / 2))


def of_mean(deviation: Floats | float, n: npt.ArrayLike, level: float = SURE) -> Floats:
    """Of a mean, in its own unit: t s / sqrt(n); n: two or more (of one nothing is known; its deviation must be 0)."""
    count = np.asarray(n)
    return np.asarray(student(np.maximum(count - 1, 1), level) * deviation / np.sqrt(np.maximum(count, 1)))
