"""What an appeal does to every figure: total and mark of the work, class-set, school, district; before and after. Pure.

Figures of groups follow from the results of their works alone, so before and after are the same functions of the same
results, but for the criteria that the appeal changed. Agreement and severities follow from independent markings, which
no appeal touches.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.model import CriterionId, Given
from crosscheck.procedure import Procedure
from scoring.reporting.arrays import gathered
from scoring.reporting.figures import figures as figures_of
from scoring.reporting.figures import trained
from scoring.reports import WorkResult
from scoring.verdicts import school_mark, total


class Scope(enum.StrEnum):
    """Whose figure it is."""

    WORK = "work"
    CLASS_SET = "class_set"
    SCHOOL = "school"
    DISTRICT = "district"


class Measure(enum.StrEnum):
    """Which figure."""

    POINTS = "points"  # of a criterion
    TOTAL = "total"
    MARK = "mark"
    MEAN = "mean"
    MEDIAN = "median"
    DEVIATION = "deviation"
    WORK_SHARE = "work_share"  # coefficient of the work
    TASK_SHARE = "task_share"  # coefficient of a task
    CRITERION_SHARE = "criterion_share"  # coefficient of a criterion
    QUALITY = "quality"  # works with a 4 or a 5, of those with a mark
    SUCCESS = "success"  # works with a 3 or better, of those with a mark
    TRAINED = "trained"  # level of training by marks


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `of`: criterion or task, else empty. None: there is none (no boundaries), or it is withheld."""

    scope: Scope
    measure: Measure
    of: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after."""

    scope: Scope
    measure: Measure
    of: str
    before: float | None
    after: float | None


def figures(procedure: Procedure, results: Sequence[WorkResult], of: WorkResult) -> tuple[Figure, ...]:
    """Every figure that the points of one work go into. `of`: that work, one of the results."""
    groups = {
        Scope.CLASS_SET: [r for r in results if (r.school, r.class_set) == (of.school, of.class_set)],
        Scope.SCHOOL: [r for r in results if r.school == of.school],
        Scope.DISTRICT: list(results),
    }
    own = [Figure(Scope.WORK, Measure.POINTS, c, float(total([g]))) for c, g in sorted(of.points.items())]
    own += [
        Figure(Scope.WORK, Measure.TOTAL, "", float(of.total)),
        Figure(Scope.WORK, Measure.MARK, "", None if of.school_mark is None else float(of.school_mark)),
    ]
    return (*own, *(f for scope, group in groups.items() for f in _of_group(procedure, scope, group)))


def _of_group(procedure: Procedure, scope: Scope, group: Sequence[WorkResult]) -> Iterator[Figure]:
    """By the functions of the reports; withheld for groups too small to say anything about."""
    told = len(group) >= procedure.reports.withheld_under
    found = figures_of(procedure, gathered(procedure, group), np.zeros(len(group), np.int64), 1)

    def figure(measure: Measure, value: float, of: str = "") -> Figure:
        return Figure(scope, measure, of, float(value) if told else None)

    yield figure(Measure.MEAN, found.mean[0])
    yield figure(Measure.MEDIAN, found.median[0])
    yield figure(Measure.DEVIATION, found.deviation[0])
    yield figure(Measure.WORK_SHARE, found.coefficient[0])
    for task, share in zip(procedure.tasks, found.tasks[0], strict=True):
        yield figure(Measure.TASK_SHARE, share, task.id)
    for criterion, share in zip(procedure.all_criteria, found.criteria[0], strict=True):
        yield figure(Measure.CRITERION_SHARE, share, criterion.id)
    if procedure.boundaries is not None:
        marks = found.marks[0].tolist()
        n = max(sum(marks), 1)
        yield figure(Measure.QUALITY, sum(marks[2:]) / n)
        yield figure(Measure.SUCCESS, sum(marks[1:]) / n)
        yield figure(Measure.TRAINED, trained(marks) if sum(marks) else 0.0)


def with_points(procedure: Procedure, result: WorkResult, points: Mapping[CriterionId, Given]) -> WorkResult:
    """A result with other points for some criteria; total and mark follow."""
    now = {**result.points, **points}
    whole = total(now.values())
    return replace(result, points=now, total=whole, school_mark=school_mark(procedure, whole))


def changes(
    procedure: Procedure,
    results: Sequence[WorkResult],
    of: WorkResult,
    before: Mapping[CriterionId, Given] | None,
    after: Mapping[CriterionId, Given],
) -> tuple[Change, ...]:
    """Every figure that the points of a work go into, before and after; those that stay the same, too. before: None
    where the work had no result."""

    def seen(points: Mapping[CriterionId, Given]) -> tuple[Figure, ...]:
        side = with_points(procedure, of, points)
        return figures(procedure, [side if r is of else r for r in results], side)

    first, last = _without(procedure, results, of) if before is None else seen(before), seen(after)
    return tuple(
        Change(one.scope, one.measure, one.of, one.value, other.value) for one, other in zip(first, last, strict=True)
    )


def _without(procedure: Procedure, results: Sequence[WorkResult], of: WorkResult) -> tuple[Figure, ...]:
    """The same figures while the work has no result: none of its own, and groups without it."""
    found = figures(procedure, [r for r in results if r is not of], of)
    return tuple(replace(one, value=None) if one.scope is Scope.WORK else one for one in found)
