"""Experts of known severity: what each of them gives for work of known worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import Criterion


@dataclass(frozen=True, slots=True)
class Severity:
    """`bias` in points for each point of the maximum (positive = stricter), `noise` (standard deviation) likewise,
    `blunder` the chance of a value that has nothing to do with the work."""

    bias: float = 0.0
    noise: float = 0.08
    blunder: float = 0.0


EXACT = Severity(0.0, 0.0, 0.0)
FAIR = Severity(0.0, 0.10, 0.003)
STRICT = Severity(0.12, 0.12, 0.003)
LENIENT = Severity(-0.12, 0.12, 0.003)
CARELESS = Severity(0.0, 0.3, 0.03)
SEVERITIES = {"exact": EXACT, "fair": FAIR, "strict": STRICT, "lenient": LENIENT, "careless": CARELESS}
_X_FOR_NOTHING = 0.03  # how often 0 is given for an X, or X for an empty 0, at ordinary noise


def judge(true_points: Given, severity: Severity, rng: np.random.Generator, maximum: int) -> Given:
    """What an expert of this severity gives for a criterion that is worth `true_points` of `maximum`."""
    if rng.random() < severity.blunder:
        return Points(int(rng.integers(maximum + 1)))
    mixed_up = rng.random() < _X_FOR_NOTHING * min(1.0, severity.noise / 0.1)
    if isinstance(true_points, NotAttempted):
        return Points(0) if mixed_up else true_points
    if true_points.value == 0 and mixed_up:
        return NotAttempted()
    felt = true_points.value + maximum * (float(rng.normal(0.0, severity.noise)) - severity.bias)
    return Points(int(np.clip(np.floor(felt + 0.5), 0, maximum)))


def judge_work(
    worth: Mapping[CriterionId, Given], criteria: tuple[Criterion, ...], severity: Severity, rng: np.random.Generator
) -> dict[CriterionId, Given]:
    """A whole work: `judge` for each criterion, in the order given."""
    return {c.id: judge(worth[c.id], severity, rng, c.maximum) for c in criteria}


def some_severity(rng: np.random.Generator) -> Severity:
    """The severity of one more expert: most are fair, some strict or lenient, few careless."""
    return (FAIR, FAIR, FAIR, FAIR, STRICT, LENIENT, FAIR, CARELESS)[int(rng.integers(8))]
