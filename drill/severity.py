"""The drill of severities: are errors as large as they say? Over made-up districts whose readers are known.

Three figures each: severities in logits where the model holds; severities in points there, and where one impression of
a work colours all its marks (which the model for logits doesn't allow for). Off by more than 1.96 errors must be one in
twenty: more means that errors are too small and somebody is called severe by chance; fewer, that they are too large.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from drill.gate import Gate
from drill.recipe import Dice
from scoring.measures.limits import normal
from scoring.measures.rasch import Marked, fit
from scoring.measures.readings import Floats, Ints, Readings
from scoring.measures.severity import measured

WORKS, READERS, TASKS, MOST = 2_000, 80, 10, 3
_USUAL = 200


@dataclass(frozen=True, slots=True)
class District:
    """Scores of works that two readers each read; severity: logits, points: of a work, each against the mean."""

    marked: Marked
    severity: Floats
    points: Floats


def run(seed: int, districts: int) -> tuple[Gate, ...]:
    """So many districts where the model holds, and as many where it doesn't."""
    logits, points, coloured = [], [], []
    for n in range(districts):
        plain, halo = (made(np.random.default_rng([seed, n, kind]), spread) for kind, spread in ((0, 0.0), (1, 0.5)))
        found = fit(plain.marked)
        logits.append((found.severity - plain.severity) / found.error)
        points.append(_in_points(plain))
        coloured.append(_in_points(halo))
    return (
        *_gates("logits", logits, districts),
        *_gates("points", points, districts),
        *_gates("points under a halo", coloured, districts),
    )


def _in_points(district: District) -> Floats:
    marked = district.marked
    totals = Readings(marked.work, marked.reader, marked.points.sum(axis=1).astype(np.float64))
    found = measured(totals)
    return np.asarray((found.severities.severity - district.points) / found.error)


def _gates(name: str, off: Sequence[Floats], districts: int) -> Iterator[Gate]:
    z = np.concatenate(off)
    # Fewer districts than usual are allowed what chance does to so few.
    chance = 0.0 if districts >= _USUAL else 3 * (0.0475 * len(z)) ** 0.5
    beyond, most = int((np.abs(z) >= normal()).sum()), int(0.06 * len(z) + chance)
    yield Gate(f"{name}: off by more than 1.96 errors", beyond, most, len(z))
    yield Gate(f"{name}: off by less than 1.96 errors", len(z) - beyond, int(0.96 * len(z) + chance), len(z))
    spread, allowed = 1000 * abs(float(z.std()) - 1), 50 + (0.0 if districts >= _USUAL else 3000 / (2 * len(z)) ** 0.5)
    yield Gate(f"{name}: spread of errors off from 1, thousandths", round(spread), int(allowed), len(z))


def made(dice: Dice, halo: float) -> District:
    """A district: two readers at random for each work; halo: spread of a reader's own impression of a work, logits."""
    first = dice.integers(0, READERS, WORKS)
    second = (first + dice.integers(1, READERS, WORKS)) % READERS
    severity = dice.normal(0, 0.3, READERS)
    severity -= severity.mean()
    work, reader = np.tile(np.arange(WORKS), 2), np.concatenate([first, second])
    impression = dice.normal(0, 1.2, WORKS)[work] + dice.normal(0, halo, 2 * WORKS)
    steps = np.cumsum(dice.normal(0, 1, (TASKS, MOST)), axis=1)
    points = np.stack([_given(impression - severity[reader], hard, dice) for hard in steps], axis=1)
    mean = _mean_points(severity, steps, (1.2**2 + halo**2) ** 0.5)
    return District(Marked(work, reader, points, (MOST,) * TASKS), severity, mean.mean() - mean)


def _given(place: Floats, hard: Floats, dice: Dice) -> Ints:
    below = np.cumsum(_chances(place, hard), axis=1)
    return np.asarray((dice.random(len(place))[:, None] > below).sum(axis=1), dtype=np.int64)


def _chances(place: Floats, hard: Floats) -> Floats:
    weights = np.exp(np.arange(MOST + 1) * place[:, None] - np.append(0.0, hard))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _mean_points(severity: Floats, steps: Floats, spread: float) -> Floats:
    """What each reader gives to a work in the mean over all works."""
    nodes = np.linspace(-6, 6, 241)
    weight = np.exp(-(nodes**2) / 2)
    place = (spread * nodes - severity[:, None]).ravel()
    given = sum(_chances(place, hard) @ np.arange(MOST + 1) for hard in steps)
    return np.asarray(np.reshape(given, (len(severity), -1)) @ (weight / weight.sum()))
