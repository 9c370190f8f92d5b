"""Many-facet Rasch model with partial credit: severities of readers and steps of tasks in logits. Pure.

A reading gives k points of a task with a chance proportional to exp(k (ability - severity) - steps 1..k of the task);
abilities of works are normal about 0, severities add up to 0 (Linacre 1989). Marginal maximum likelihood (Bock & Aitkin
1981). Points that nobody got are no step of a task: those that were given count 0, 1, 2 ... in their order.

Where one impression of a work colours all its tasks the model's independence fails, and its errors are too large:
severities in score points (`severity`) are what reports state; logits are for tables of the kind that other programs
for facets print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize, special

from scoring.measures.rasch_errors import errors
from scoring.measures.rasch_likelihood import WIDE, Data, Layout, Likelihood, Marked, data_of
from scoring.measures.readings import Floats, Ints

_FEW, _MOST = 25, 201  # nodes
# Distance of nodes in spreads of what is known of the best known work: sums differ from integrals by
# 2 exp(-2 (pi/d)^2), here three ten-thousandths; for a work known a quarter less well, two millionths.
_DISTANCE = 1.5
_NEAR = 0.01  # of a standard error of a parameter, were abilities known

__all__ = ["Marked", "Misfit", "NotFitted", "Rasch", "fit", "misfit"]


@dataclass(frozen=True, slots=True)
class Rasch:
    """What was estimated. severity, error: logits, one for each reader; steps: for each task, how much harder each next
    one of its levels is; levels: the points that were given for it; spread: standard deviation of abilities, logits;
    ability: mean of what is known of each work; deviance: -2 log likelihood."""

    severity: Floats
    error: Floats
    steps: tuple[Floats, ...]
    levels: tuple[Ints, ...]
    spread: float
    ability: Floats
    deviance: float

    def fair(self) -> Floats:
        """What each reader would give to a work of mean ability: points of all tasks together."""
        place = -self.severity
        chances = (_chances(place, steps) for steps in self.steps)
        return np.asarray(sum(found @ levels for found, levels in zip(chances, self.levels, strict=True)))


class NotFitted(ValueError):
    """The likelihood has no maximum: these readers gave nothing but the lowest points, or nothing but the highest."""

    def __init__(self, readers: Sequence[int]) -> None:
        super().__init__(f"readers {', '.join(map(str, readers))} gave the same everywhere")
        self.readers = tuple(readers)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Mean squares of residuals, one for each reader, 1 where the model holds. infit: weighed by what a score says;
    outfit: all scores alike, so that a few strange ones show."""

    infit: Floats
    outfit: Floats


def fit(marked: Marked) -> Rasch:
    """Estimate. Raises NotFitted."""
    marked, levels = _levels(marked)
    data, layout = data_of(marked), Layout(marked.readers, marked.maxima)
    if same := _the_same(marked, data):
        raise NotFitted(same)
    likelihood, vector = Likelihood(data, layout, _FEW), _start(data, layout, len(marked.work))
    while True:
        found = _maximum(likelihood, vector)
        vector, needed = found.x, _nodes_needed(likelihood, found.x)
        if needed <= len(likelihood.nodes):
            break
        likelihood = Likelihood(data, layout, needed)
    severity = layout.severity(vector)
    steps = np.split(layout.task_steps(vector) + severity.mean(), np.cumsum(layout.maxima)[:-1])
    mean, _sd = likelihood.abilities(vector)
    return Rasch(
        severity=severity - severity.mean(),
        error=errors(likelihood, vector),
        steps=tuple(steps),
        levels=levels,
        spread=layout.spread(vector),
        ability=mean * layout.spread(vector) - severity.mean(),
        deviance=2 * float(found.fun),
    )


def _levels(marked: Marked) -> tuple[Marked, tuple[Ints, ...]]:
    """Scores counted in the levels that were given, and the points of each level."""
    columns, levels = [], []
    for column in marked.points.T:
        given = np.unique(column[column >= 0])
        levels.append(given)
        columns.append(np.where(column >= 0, np.searchsorted(given, column), -1))
    maxima = tuple(max(0, len(given) - 1) for given in levels)
    return replace(marked, points=np.stack(columns, axis=1), maxima=maxima), tuple(levels)


def _the_same(marked: Marked, data: Data) -> list[int]:
    """Readers who gave the lowest everywhere, or the highest."""
    highest = np.where(marked.points >= 0, np.array(marked.maxima), 0).sum(axis=1)
    most = np.bincount(marked.reader, highest, minlength=marked.readers)
    return [int(r) for r in np.nonzero((data.of_readers == 0) | (data.of_readers == most))[0]]


def _nodes_needed(likelihood: Likelihood, vector: Floats) -> int:
    _mean, known = likelihood.abilities(vector)
    return min(_MOST, int(2 * WIDE / (_DISTANCE * max(float(known.min()), 1e-3))) + 2)


def _maximum(likelihood: Likelihood, start: Floats) -> optimize.OptimizeResult:
    """Quasi-Newton, each parameter measured in what one score says of it."""
    scale = 1 / np.sqrt(likelihood.says(start))

    def scaled(vector: Floats) -> tuple[float, Floats]:
        value, gradient = likelihood(vector * scale)
        return value, gradient * scale

    options = {"maxiter": 500, "ftol": 1e-13, "gtol": _NEAR, "maxcor": 10}
    found = optimize.minimize(scaled, start / scale, jac=True, method="L-BFGS-B", options=options)
    found.x = found.x * scale
    return found


def _start(data: Data, layout: Layout, readings: int) -> Floats:
    shares = np.clip(data.given / readings, 0.02, 0.98)
    return np.concatenate([np.zeros(layout.readers), -special.logit(shares), [0.5]])


def misfit(found: Rasch, marked: Marked) -> Misfit:
    """How far scores lie from what the model expects of their readers, at the mean of what is known of each work."""
    place = found.ability[marked.work] - found.severity[marked.reader]
    squares, variances, parts, scores = (np.zeros(len(found.severity)) for _each in range(4))
    for task, (steps, levels) in enumerate(zip(found.steps, found.levels, strict=True)):
        there = marked.points[:, task] >= 0
        if len(levels) < 2:
            continue
        chances, number = _chances(place[there], steps), np.arange(len(levels))
        mean = chances @ number
        variance = chances @ number**2 - mean**2
        square = (np.searchsorted(levels, marked.points[there, task]) - mean) ** 2
        who = marked.reader[there]
        for total, value in ((squares, square), (variances, variance), (parts, square / variance), (scores, 1.0)):
            np.add.at(total, who, value)
    return Misfit(squares / variances, parts / scores)


def _chances(place: Floats, steps: Floats) -> Floats:
    """Of each level of a task, at places on the scale of abilities: places x levels."""
    hardness = np.append(0.0, np.cumsum(steps))
    return np.asarray(special.softmax(np.arange(len(hardness)) * place[:, None] - hardness, axis=1))
