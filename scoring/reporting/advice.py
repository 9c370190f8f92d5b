"""Where help is needed, and of whom one could learn. Pure.

Differences of small groups are mostly chance, so no single number leads to advice. In each task schools differ, and
chance adds to it; how much is which is estimated from all schools (DerSimonian & Laird 1986), and each school's
difference is drawn towards the usual school accordingly (empirical Bayes), with an interval. Advice is given where the
whole interval lies on one side, so that of all lines together no more than `WRONG` are expected to be on the wrong one,
however many schools and tasks are looked at; and never where the estimate is smaller than `LEAST`. Schools with too few
works take no part, and fewer than five schools tell nothing of what is usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscheck.procedure import Procedure
from scoring.measures.limits import normal
from scoring.reporting.arrays import Floats, Ints, Results

WRONG = 0.025
LEAST = 0.05  # of the points of a task: what is smaller is no reason to act
LEAST_SCHOOLS = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """One school in one task, shares 0..1. task: its place, or WHOLE. value: what was reached; usual: by the usual
    school; difference, low, high: the estimate of the difference with its interval 95 %."""

    school: int
    task: int
    works: int
    value: float
    usual: float
    difference: float
    low: float
    high: float


WHOLE = -1


@dataclass(frozen=True, slots=True)
class Advice:
    """help: schools and tasks below the usual school; learn: above it; the largest difference first. compared: schools
    that had enough works."""

    help: tuple[Estimate, ...]
    learn: tuple[Estimate, ...]
    compared: int

    def of_school(self, school: int) -> Advice:
        """What of it is about one school."""
        help_, learn = (tuple(one for one in each if one.school == school) for each in (self.help, self.learn))
        return Advice(help_, learn, self.compared)

    def teachers(self, task: int) -> tuple[int, ...]:
        """The schools to learn from in a task, the best first."""
        return tuple(one.school for one in self.learn if one.task == task)


def advice(procedure: Procedure, results: Results) -> Advice:
    """Advice for all schools, tasks and the work as a whole."""
    counts = np.bincount(results.school, minlength=len(results.schools))
    schools = np.nonzero(counts >= procedure.reports.enough)[0]
    if len(schools) < LEAST_SCHOOLS:
        return Advice((), (), len(schools))
    estimates: list[Estimate] = []
    for task, shares in _columns(procedure, results):
        estimates += _estimates(task, shares, results.school, counts, schools)
    return Advice(_clear(estimates, -1), _clear(estimates, 1), len(schools))


def _columns(procedure: Procedure, results: Results) -> list[tuple[int, Floats]]:
    """Shares of points of each work: of each task, and of the whole work."""
    order = {criterion.id: n for n, criterion in enumerate(procedure.all_criteria)}
    columns = [(WHOLE, results.total / procedure.highest)]
    for place, task in enumerate(procedure.tasks):
        criteria = procedure.all_criteria_of(task.id)
        reached = results.points[:, [order[c.id] for c in criteria]].sum(axis=1)
        columns.append((place, reached / sum(c.maximum for c in criteria)))
    return columns


def _estimates(task: int, shares: Floats, school: Ints, counts: Ints, schools: Ints) -> list[Estimate]:
    """One for each school; none where there is nothing to tell chance from."""
    n = counts[schools]
    sums, squares = (np.bincount(school, power, len(counts))[schools] for power in (shares, shares**2))
    mean = sums / n
    # One variance within schools for all: that of one small school is known too badly.
    within = max(float((squares - sums * mean).sum()), 0.0) / float((n - 1).sum())
    if within <= 1e-12:  # nobody's works differ: no chance to measure, nothing to tell
        return []
    error = within / n
    spread, usual, usual_error = _usual(mean, error)
    if spread <= 0:
        return []
    weight = spread / (spread + error)
    difference = weight * (mean - usual)
    deviation = np.sqrt(spread * (1 - weight) + (1 - weight) ** 2 * usual_error)
    found = zip(schools, n, mean, difference, normal() * deviation, strict=True)
    return [
        Estimate(int(s), task, int(c), float(m), float(usual), float(d), float(d - r), float(d + r))
        for s, c, m, d, r in found
    ]


def _usual(mean: Floats, error: Floats) -> tuple[float, float, float]:
    """Variance between schools beyond chance, the mean of schools, and its squared error."""
    weight = 1 / error
    centre = float((weight * mean).sum() / weight.sum())
    excess = float((weight * (mean - centre) ** 2).sum()) - (len(mean) - 1)
    spread = max(0.0, excess / float(weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1 / (error + spread)
    return spread, float((weight * mean).sum() / weight.sum()), float(1 / weight.sum())


def _clear(estimates: list[Estimate], side: int) -> tuple[Estimate, ...]:
    """Estimates on one side that are sure and large enough, the largest first."""
    kept = (one for one in estimates if side * one.difference >= LEAST and one.low * one.high > 0)
    return tuple(sorted(kept, key=lambda one: (-side * one.difference, one.school, one.task)))
