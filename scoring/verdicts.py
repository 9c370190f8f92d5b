"""From the markings of one work to a verdict on each criterion. Pure; exact whole numbers only.

The rules are data of the procedure (`procedure.Rules`), taken from the practice of double marking:
independent markings that differ essentially go to a third marking, which is final for what it covers;
a minor difference is settled by rule. Experts are interchangeable: swapping them changes nothing, but
for the one rule that lets the first marking stand.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import (
    APPEAL_MARKING,
    THIRD_MARKING,
    Agreed,
    CriterionId,
    Discrepant,
    Given,
    Incomplete,
    Marking,
    NotAttempted,
    Points,
    TaskId,
    Verdict,
)
from crosscheck.procedure import Minor, Procedure, Scope, Third
from scoring.errors import BoundariesNeeded, PointsAboveMaximum, UnknownCriterion

Scores = Mapping[Marking, Mapping[CriterionId, Given]]


class Reason(enum.StrEnum):
    """The rule by which markings differ essentially; the text of `Discrepant.reason`."""

    TASK_DIFFERENCE = "task_difference"
    CRITERION_DIFFERENCE = "criterion_difference"
    ZERO_GATE = "zero_gate"
    X_AGAINST_POINTS = "x_against_points"
    SUM_DIFFERENCE = "sum_difference"
    MARK_DIFFERS = "mark_differs"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Criteria whose verdict is not Agreed yet, so that there is no total."""

    criteria: frozenset[CriterionId]


def counted(given: Given) -> int:
    """Points as totals count them: X counts 0 there, and only there."""
    return given.value if isinstance(given, Points) else 0


def total(given: Iterable[Given]) -> int:
    """Sum of points."""
    return sum(counted(value) for value in given)


def school_mark(procedure: Procedure, points: int) -> int | None:
    """The school mark 2-5 for a total; None while the procedure has no boundaries."""
    return None if procedure.boundaries is None else procedure.boundaries.mark(points)


def finals(verdicts: Mapping[CriterionId, Verdict]) -> Mapping[CriterionId, Given] | Unsettled:
    """What stands for each criterion, or the criteria that are still open."""
    still_open = frozenset(c for c, verdict in verdicts.items() if not isinstance(verdict, Agreed))
    if still_open:
        return Unsettled(still_open)
    return standing(verdicts)


def standing(verdicts: Mapping[CriterionId, Verdict]) -> Mapping[CriterionId, Given]:
    """What stands for each criterion that is settled; the others are left out."""
    return {c: verdict.final for c, verdict in verdicts.items() if isinstance(verdict, Agreed)}


def settled_minor(given: tuple[Given, ...], minor: Minor) -> Given:
    """What stands when independent markings of one criterion don't differ essentially.

    All X gives X; X beside points counts as 0. Means are rounded in whole numbers.
    """
    if all(isinstance(value, NotAttempted) for value in given):
        return NotAttempted()
    points = [counted(value) for value in given]
    match minor:
        case Minor.MEAN_UP:
            return _mean_up(points)
        case Minor.MEAN_DOWN:
            return Points(sum(points) // len(points))
        case Minor.HIGHER:
            return Points(max(points))
        case Minor.LOWER:
            return Points(min(points))
        case Minor.FIRST:
            return Points(points[0])


def settled_by_third(third: Given, given: tuple[Given, ...], rule: Third) -> Given:
    """What stands for one criterion when a third marking covers it, given the independent ones there are."""
    if rule is Third.FINAL or not given or all(isinstance(value, NotAttempted) for value in (third, *given)):
        return third
    last, others = counted(third), [counted(value) for value in given]
    if rule is Third.MEAN:
        return _mean_up([*others, last])
    return _mean_up([last, min(others, key=lambda points: (abs(points - last), -points))])


def _mean_up(points: Sequence[int]) -> Points:
    return Points(-(-sum(points) // len(points)))


def check(procedure: Procedure, scores: Scores) -> None:
    """Refuse scores for unknown criteria and above the maximum. Raises E3060, E3061."""
    maxima = {criterion.id: criterion.maximum for criterion in procedure.criteria}
    for marking in scores.values():
        for criterion, given in marking.items():
            if criterion not in maxima:
                raise UnknownCriterion(criterion=criterion, procedure=procedure.code)
            if counted(given) > maxima[criterion]:
                raise PointsAboveMaximum(criterion=criterion, points=counted(given), maximum=maxima[criterion])


def _spread(sums: Iterable[int]) -> int:
    values = list(sums)
    return max(values) - min(values)


@dataclass(frozen=True, slots=True)
class _Work:
    """The independent markings of one work, in the order of their numbers."""

    procedure: Procedure
    scores: Scores

    def missing(self, criteria: Iterable[CriterionId]) -> tuple[Marking, ...]:
        wanted = frozenset(criteria)
        return tuple(m for m in self.procedure.independent() if not wanted <= self.scores.get(m, {}).keys())

    def given(self, criterion: CriterionId) -> tuple[Given, ...]:
        return tuple(self.scores[m][criterion] for m in self.procedure.independent())

    def there(self, criterion: CriterionId) -> tuple[Given, ...]:
        """What independent markings gave, those that gave anything."""
        each = (self.scores.get(m, {}) for m in self.procedure.independent())
        return tuple(scores[criterion] for scores in each if criterion in scores)

    def sums(self, criteria: Iterable[CriterionId]) -> tuple[int, ...]:
        wanted = tuple(criteria)
        return tuple(total(self.scores[m][c] for c in wanted) for m in self.procedure.independent())

    def task(self, task: TaskId) -> tuple[CriterionId, ...]:
        return tuple(c.id for c in self.procedure.criteria_of(task))

    def everything(self) -> tuple[CriterionId, ...]:
        return tuple(c.id for c in self.procedure.criteria)


def _x_against_points(given: tuple[Given, ...]) -> bool:
    return any(isinstance(value, NotAttempted) for value in given) and any(counted(value) > 0 for value in given)


def _task_reason(work: _Work, task: TaskId) -> Reason | None:
    """Why a completely marked task differs essentially, if it does."""
    rules = work.procedure.rules
    criteria = work.task(task)
    if _spread(work.sums(criteria)) >= rules.task_difference:
        return Reason.TASK_DIFFERENCE
    apart = {c: _spread(map(counted, work.given(c))) for c in criteria}
    if rules.criterion_difference is not None and max(apart.values()) >= rules.criterion_difference:
        return Reason.CRITERION_DIFFERENCE
    if any(apart[c] > 0 and min(map(counted, work.given(c))) == 0 for c in criteria if c in rules.zero_gates):
        return Reason.ZERO_GATE
    if rules.x_against_points and any(_x_against_points(work.given(c)) for c in criteria):
        return Reason.X_AGAINST_POINTS
    return None


def _total_reason(work: _Work) -> Reason | None:
    """Why the totals of a completely marked work differ essentially, if they do."""
    rules, boundaries = work.procedure.rules, work.procedure.boundaries
    totals = work.sums(work.everything())
    if rules.sum_difference is not None and _spread(totals) >= rules.sum_difference:
        return Reason.SUM_DIFFERENCE
    if rules.mark_differs:
        if boundaries is None:
            raise BoundariesNeeded(procedure=work.procedure.code)
        if _spread(boundaries.mark(points) for points in totals) > 0:
            return Reason.MARK_DIFFERS
    return None


def _differing_tasks(work: _Work) -> dict[TaskId, Reason]:
    """Essentially differing tasks that are completely marked. When only the totals differ, all tasks
    whose sums differ at all made the difference."""
    tasks = [task.id for task in work.procedure.tasks]
    complete = [task for task in tasks if not work.missing(work.task(task))]
    found = {task: reason for task in complete if (reason := _task_reason(work, task)) is not None}
    if len(complete) == len(tasks) and (by_total := _total_reason(work)) is not None:
        for task in tasks:
            if task not in found and _spread(work.sums(work.task(task))) > 0:
                found[task] = by_total
    return found


def _essential(work: _Work) -> dict[CriterionId, Reason]:
    """Criteria that need a third marking, whether or not it has been made, each with its reason."""
    if work.procedure.markings < 2:
        return {}
    tasks = _differing_tasks(work)
    found = {c: reason for task, reason in tasks.items() for c in work.task(task)}
    if found and work.procedure.rules.third_scope is Scope.ALL:
        first = next(reason for reason in Reason if reason in tasks.values())
        return {c: found.get(c, first) for c in work.everything()}
    return found


def _looks_at_totals(procedure: Procedure) -> bool:
    rules = procedure.rules
    whole = rules.sum_difference is not None or rules.mark_differs or rules.third_scope is Scope.ALL
    return procedure.markings > 1 and whole


def _verdict(work: _Work, criterion: CriterionId, essential: Mapping[CriterionId, Reason], task: TaskId) -> Verdict:
    # What a later panel decided stands over what an earlier one did.
    if criterion in (appeal := work.scores.get(APPEAL_MARKING, {})):
        return Agreed(appeal[criterion])
    if criterion in (third := work.scores.get(THIRD_MARKING, {})):
        return Agreed(settled_by_third(third[criterion], work.there(criterion), work.procedure.rules.third))
    # A task is judged as a whole, and a rule on totals needs the whole work: until then a missing
    # score elsewhere could still turn this criterion into a discrepancy.
    needed = work.task(task) if work.procedure.markings > 1 else (criterion,)
    if missing := work.missing(needed):
        return Incomplete(missing)
    if criterion in essential:
        return Discrepant(essential[criterion].value)
    if _looks_at_totals(work.procedure) and (missing := work.missing(work.everything())):
        return Incomplete(missing)
    return Agreed(settled_minor(work.given(criterion), work.procedure.rules.minor))


def verdicts(procedure: Procedure, scores: Scores) -> dict[CriterionId, Verdict]:
    """The verdict on every criterion of one work.

    `scores`: what each marking gave; a criterion left out was not marked (never 0). Other markings
    than the independent ones, the third and the appeal have no say. Raises E3060-E3062.
    """
    check(procedure, scores)
    work = _Work(procedure, scores)
    essential = _essential(work)
    return {c.id: _verdict(work, c.id, essential, c.task) for c in procedure.criteria}


def essential_reasons(procedure: Procedure, scores: Scores) -> dict[CriterionId, Reason]:
    """Criteria on which the independent markings differ essentially, decided since or not. Raises as `verdicts`."""
    check(procedure, scores)
    return _essential(_Work(procedure, scores))


def third_needed(procedure: Procedure, scores: Scores) -> dict[CriterionId, Reason]:
    """Criteria that wait for a third marking, each with its reason. Raises as `verdicts`."""
    found = verdicts(procedure, scores)
    return {c: Reason(v.reason) for c, v in found.items() if isinstance(v, Discrepant)}
