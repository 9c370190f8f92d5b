"""Figures of groups of works, of all groups at once. Pure; sources: the field's formulas (mean, sample deviation,
interval mean ± t(0.975, n-1)·s/√n, coefficients, quality, success, СОУ).

Sums are whole numbers until the last division, so a figure of a school is the same whatever other schools there are.
A group without works has figures too, which mean nothing: `Figures.n` says so, and no report prints them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.procedure import Procedure
from crosscheck.report_settings import Scaled
from scoring.measures.limits import of_mean
from scoring.reporting.arrays import NO_MARK, Flags, Floats, Ints, Results

MARKS = (2, 3, 4, 5)
TRAINED = (16, 36, 64, 100)  # СОУ of the field: per cent for each of the marks


@dataclass(frozen=True, slots=True)
class Figures:
    """One value for each group; groups × tasks, criteria or marks where it says so.

    n: works. mean, median, deviation: of raw scores. reach: half of the 95 % interval of the mean (0 for one work).
    coefficient: points reached of points possible. tasks, criteria: the same of each; full_tasks, full_criteria: share
    of works with all of its points. marks: works with each mark 2-5; marked: works with a mark. lowered, confirmed,
    raised, apart: works whose mark is below, at, above that of the journal, and further from it than `gap` allows;
    compared: works with both. scaled: mean scaled score, as the procedure understands it.
    """

    n: Ints
    mean: Floats
    median: Floats
    deviation: Floats
    reach: Floats
    coefficient: Floats
    tasks: Floats
    criteria: Floats
    full_tasks: Floats
    full_criteria: Floats
    marks: Ints
    lowered: Ints
    confirmed: Ints
    raised: Ints
    apart: Ints
    scaled: Floats

    @property
    def marked(self) -> Ints:
        return np.asarray(self.marks.sum(axis=1))

    @property
    def compared(self) -> Ints:
        return self.lowered + self.confirmed + self.raised


def figures(procedure: Procedure, results: Results, group: Ints, groups: int) -> Figures:
    """Figures of each group. group: of each work, from 0 to `groups` - 1."""
    n = np.bincount(group, minlength=groups)
    safe, total = np.maximum(n, 1), results.total
    maxima = np.array([criterion.maximum for criterion in procedure.all_criteria], dtype=np.int64)
    places = _places(procedure)
    reached = _sums(results.points, group, groups)
    of_tasks = np.stack([reached[:, place].sum(axis=1) for place in places], axis=1)
    task_maxima = np.array([maxima[place].sum() for place in places])
    full = results.points == maxima
    full_tasks = np.stack([full[:, place].all(axis=1) for place in places], axis=1)
    sums, squares = reached.sum(axis=1), _sums(total[:, None] ** 2, group, groups)[:, 0]
    # n·Σx² - (Σx)² is exact: nothing is lost where all works are nearly equal.
    variance = np.maximum(n * squares - sums**2, 0) / np.maximum(n * (n - 1), 1)
    deviation = np.sqrt(variance)
    journal = _journal(results, group, groups, procedure.reports.gap)
    return Figures(
        n=n,
        mean=sums / safe,
        median=_medians(total, group, n),
        deviation=deviation,
        reach=of_mean(deviation, n),
        coefficient=sums / (safe * maxima.sum()),
        tasks=of_tasks / (safe[:, None] * task_maxima),
        criteria=reached / (safe[:, None] * maxima),
        full_tasks=_sums(full_tasks, group, groups) / safe[:, None],
        full_criteria=_sums(full, group, groups) / safe[:, None],
        marks=np.stack([np.bincount(group[results.mark == mark], minlength=groups) for mark in MARKS], axis=1),
        **journal,
        scaled=_scaled(procedure, results, group, groups),
    )


def _places(procedure: Procedure) -> list[list[int]]:
    """Of each task: the places of its criteria."""
    order = {criterion.id: n for n, criterion in enumerate(procedure.all_criteria)}
    return [[order[criterion.id] for criterion in procedure.all_criteria_of(task.id)] for task in procedure.tasks]


def _sums(values: Ints | Flags, group: Ints, groups: int) -> Ints:
    """Sums of columns by group. Floats hold whole numbers up to 2^53 exactly: more points than there are pupils."""
    columns = [np.bincount(group, weights=column, minlength=groups) for column in values.T]
    return np.stack(columns, axis=1).astype(np.int64)


def _medians(total: Ints, group: Ints, n: Ints) -> Floats:
    ordered = np.append(total[np.lexsort((total, group))], 0)
    first = np.cumsum(n) - n
    return np.asarray((ordered[first + np.maximum(n - 1, 0) // 2] + ordered[first + n // 2]) / 2)


def _journal(results: Results, group: Ints, groups: int, gap: int) -> dict[str, Ints]:
    both = (results.mark != NO_MARK) & (results.journal != NO_MARK)
    step, of = (results.mark - results.journal)[both], group[both]
    kinds = {"lowered": step < 0, "confirmed": step == 0, "raised": step > 0, "apart": np.abs(step) >= gap}
    return {name: np.bincount(of[kind], minlength=groups) for name, kind in kinds.items()}


def distributions(total: Ints, highest: int, group: Ints, groups: int) -> Ints:
    """Groups × raw scores from 0 to the highest: how many works have them."""
    return np.bincount(group * (highest + 1) + total, minlength=groups * (highest + 1)).reshape(groups, highest + 1)


def _scaled(procedure: Procedure, results: Results, group: Ints, groups: int) -> Floats:
    """What the procedure calls a scaled score, in the mean of each group; 0 where it has none."""
    settings, total, n = procedure.reports, results.total, np.bincount(group, minlength=groups)
    match settings.scaled:
        case Scaled.NONE:
            return np.zeros(groups)
        case Scaled.PERCENT:
            values: Ints | Floats = total * 100 / procedure.highest
        case Scaled.MARK:
            values, n = results.mark, np.bincount(group[results.mark != NO_MARK], minlength=groups)
        case Scaled.SCALE:
            values = np.array(settings.scale, dtype=np.int64)[total]
    return np.asarray(np.bincount(group, weights=values, minlength=groups) / np.maximum(n, 1))


def trained(marks: Sequence[int]) -> float:
    """СОУ of so many marks 2-5, 0..1."""
    return sum(weight * count for weight, count in zip(TRAINED, marks, strict=True)) / (100 * sum(marks))
