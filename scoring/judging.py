"""Verdicts on many works at once, on arrays: the rules of `procedure.Rules` in one place. Pure; whole numbers only.

`verdicts` asks here for one work; whoever has a city's works asks for all of them. Scores are whole numbers: points
from 0, X, and missing, which is neither.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import Boundaries, Minor, Procedure, Scope, Third

X, MISSING = -1, -2

Scores = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


class Reason(enum.StrEnum):
    """The rule by which markings differ essentially; the text of `Discrepant.reason`."""

    TASK_DIFFERENCE = "task_difference"
    CRITERION_DIFFERENCE = "criterion_difference"
    ZERO_GATE = "zero_gate"
    X_AGAINST_POINTS = "x_against_points"
    SUM_DIFFERENCE = "sum_difference"
    MARK_DIFFERS = "mark_differs"


REASONS = tuple(Reason)
_NONE = len(REASONS)


class State(enum.IntEnum):
    """What a verdict is; incomplete for want of a score of the task, or of another one that the rules look at."""

    AGREED = 0
    DISCREPANT = 1
    TASK_INCOMPLETE = 2
    WORK_INCOMPLETE = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """Works x criteria. state: of `State`; final: points or X where agreed, else missing; reason: number of a reason in
    `REASONS`, where independent markings differ essentially, decided since or not, else their count."""

    state: Scores
    final: Scores
    reason: Scores


def apart(judged: Judged, independent: Scores) -> Truths:
    """Works x criteria: where independent markings differ, or lack a score that the rules look at."""
    there, points = independent != MISSING, counted(independent)
    most = np.where(there, points, -1).max(axis=1)
    least = np.where(there, points, np.iinfo(np.int64).max).min(axis=1)
    lacking = (judged.state == State.TASK_INCOMPLETE) | (judged.state == State.WORK_INCOMPLETE)
    return np.asarray((judged.reason < _NONE) | (most > least) | lacking)


def crossing(boundaries: Boundaries, judged: Judged, independent: Scores) -> Truths:
    """Works of which some whole independent marking makes another mark than the one that stands."""
    stands = marks(boundaries, counted(judged.final).sum(axis=1))
    whole = (independent != MISSING).all(axis=2)
    others = marks(boundaries, counted(independent).sum(axis=2)) != stands[:, None]
    return np.asarray((judged.state == State.AGREED).all(axis=1) & (others & whole).any(axis=1))


def number(given: Given) -> int:
    """A score as it stands in arrays."""
    return given.value if isinstance(given, Points) else X


@cache
def given(value: int) -> Given:
    """The inverse of `number`. Of each value there is one: a city has a million scores."""
    return Points(value) if value >= 0 else NotAttempted()


def counted(scores: Scores) -> Scores:
    """Points as totals count them: X counts 0. Missing ones do so, too: whoever adds them up looks for them first."""
    return np.maximum(scores, 0)


def judged(procedure: Procedure, independent: Scores, third: Scores, appeal: Scores) -> Judged:
    """Verdicts. independent: works x markings x criteria; third, appeal: works x criteria."""
    work = _Works(procedure, independent)
    reason = work.reasons()
    whole = np.full(independent[:, 0, :].shape, work.looks_at_totals) & work.lacking.any(axis=1, keepdims=True)
    needed = work.lacking_task if procedure.markings > 1 else work.lacking
    state = np.select(
        [(appeal != MISSING) | (third != MISSING), needed, reason < _NONE, whole],
        [State.AGREED, State.TASK_INCOMPLETE, State.DISCREPANT, State.WORK_INCOMPLETE],
        State.AGREED,
    )
    final = np.where(
        appeal != MISSING,
        appeal,
        np.where(
            third != MISSING,
            settled_by_third(third, independent, procedure.rules.third),
            settled_minor(independent, procedure.rules.minor),
        ),
    )
    return Judged(state.astype(np.int64), np.where(state == State.AGREED, final, MISSING), reason)


def settled_minor(independent: Scores, rule: Minor) -> Scores:
    """What stands when independent markings (axis 1) don't differ essentially. All X gives X; X beside points counts 0.
    Means are rounded in whole numbers."""
    points, n = counted(independent), independent.shape[1]
    match rule:
        case Minor.MEAN_UP:
            found = -(-points.sum(axis=1) // n)
        case Minor.MEAN_DOWN:
            found = points.sum(axis=1) // n
        case Minor.HIGHER:
            found = points.max(axis=1)
        case Minor.LOWER:
            found = points.min(axis=1)
        case Minor.FIRST:
            found = points[:, 0]
    return np.where((independent == X).all(axis=1), X, found)


def settled_by_third(third: Scores, independent: Scores, rule: Third) -> Scores:
    """What stands where a third marking covers a criterion, with the independent ones (axis 1) that there are."""
    if rule is Third.FINAL:
        return third
    there, points, last = independent != MISSING, counted(independent), counted(third)
    if rule is Third.MEAN:
        found = -(-(np.where(there, points, 0).sum(axis=1) + last) // (there.sum(axis=1) + 1))
    else:
        # The nearest; of two as near, the higher.
        far = np.where(there, 2 * np.abs(points - last[:, None]) - (points > last[:, None]), np.iinfo(np.int64).max)
        nearest = np.take_along_axis(points, far.argmin(axis=1)[:, None], axis=1)[:, 0]
        found = -(-(nearest + last) // 2)
    alone = ~there.any(axis=1) | ((third == X) & ((independent == X) | ~there).all(axis=1))
    return np.where(alone, third, found)


class _Works:
    """Independent markings of works, and what the rules look at."""

    def __init__(self, procedure: Procedure, independent: Scores) -> None:
        self._procedure, self._given = procedure, independent
        self._points = counted(independent)
        criteria = [c.id for c in procedure.criteria]
        self._tasks = [_places(criteria, [c.id for c in procedure.criteria_of(t.id)]) for t in procedure.marked_tasks]
        self._gates = frozenset(_places(criteria, procedure.rules.zero_gates))
        self.lacking = (independent == MISSING).any(axis=1)

    @property
    def looks_at_totals(self) -> bool:
        """Could a score that is missing elsewhere still make a criterion differ?"""
        rules = self._procedure.rules
        whole = rules.sum_difference is not None or rules.mark_differs or rules.third_scope is Scope.ALL
        return self._procedure.markings > 1 and whole

    @property
    def lacking_task(self) -> Truths:
        """A task is judged as a whole: criteria of tasks that lack a score."""
        found = np.zeros_like(self.lacking)
        for places in self._tasks:
            found[:, places] = self.lacking[:, places].any(axis=1, keepdims=True)
        return np.asarray(found)

    def reasons(self) -> Scores:
        """Why criteria differ essentially, whether or not a third marking has been made."""
        works, _markings, criteria = self._given.shape
        found = np.full((works, criteria), _NONE)
        if self._procedure.markings < 2:
            return found
        tasks = self._task_reasons()
        for places, reason in zip(self._tasks, tasks.T, strict=True):
            found[:, places] = reason[:, None]
        if self._procedure.rules.third_scope is Scope.ALL:
            # The weightiest reason stands for criteria that have none of their own.
            first = tasks.min(axis=1, initial=_NONE)
            found = np.where(found < _NONE, found, first[:, None])
        return found

    def _task_reasons(self) -> Scores:
        """Works x tasks. When only totals differ, all tasks whose sums differ at all made the difference."""
        each = [self._task_reason(places) for places in self._tasks]
        found = np.stack([reason for reason, _spread in each], axis=1)
        apart = np.stack([spread for _reason, spread in each], axis=1)
        whole = np.where(self.lacking.any(axis=1), _NONE, self._total_reason())
        return np.where((found == _NONE) & (apart > 0), whole[:, None], found)

    def _task_reason(self, places: Sequence[int]) -> tuple[Scores, Scores]:
        """Why a task differs essentially, where it is complete, and by how many points it differs."""
        rules, given, points = self._procedure.rules, self._given[:, :, places], self._points[:, :, places]
        apart, of_each = _spread(points.sum(axis=2)), _spread(points)
        tests: list[Truths] = [apart >= rules.task_difference]
        least = rules.criterion_difference
        tests.append(_never(apart) if least is None else np.asarray((of_each >= least).any(axis=1)))
        gates = [at for at, place in enumerate(places) if place in self._gates]
        tests.append(((of_each > 0) & (points.min(axis=1) == 0))[:, gates].any(axis=1))
        against = ((given == X).any(axis=1) & (points > 0).any(axis=1)).any(axis=1)
        tests.append(against if rules.x_against_points else _never(apart))
        found = np.select(tests, list(range(len(tests))), _NONE)
        return np.where(self.lacking[:, places].any(axis=1), _NONE, found), apart

    def _total_reason(self) -> Scores:
        rules, totals = self._procedure.rules, self._points.sum(axis=2)
        apart = _spread(totals)
        by_sum = _never(apart) if rules.sum_difference is None else apart >= rules.sum_difference
        by_mark = _never(apart)
        if rules.mark_differs and self._procedure.boundaries is not None:
            by_mark = _spread(marks(self._procedure.boundaries, totals)) > 0
        numbers = [REASONS.index(Reason.SUM_DIFFERENCE), REASONS.index(Reason.MARK_DIFFERS)]
        return np.select([by_sum, by_mark], numbers, _NONE)


def marks(boundaries: Boundaries, totals: Scores) -> Scores:
    """School marks 2-5 of totals."""
    return np.asarray(2 + (totals >= boundaries.three) + (totals >= boundaries.four) + (totals >= boundaries.five))


def _places(criteria: Sequence[CriterionId], some: Sequence[CriterionId]) -> list[int]:
    return [criteria.index(criterion) for criterion in some]


def _spread(points: Scores) -> Scores:
    """Between the most and the least of all markings (axis 1)."""
    return np.asarray(points.max(axis=1) - points.min(axis=1))


def _never(like: Scores) -> Truths:
    return np.zeros(like.shape, dtype=bool)
