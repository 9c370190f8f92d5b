"""The rules of a procedure in words, what they do with examples, and what about them is doubtful. Pure.

Examples are judged by `verdicts` itself, so that what is told is what happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscheck.model import (
    FIRST_MARKING,
    Agreed,
    CriterionId,
    Discrepant,
    Given,
    NotAttempted,
    Points,
    TaskId,
    Verdict,
)
from crosscheck.procedure import Minor, Procedure, Scope, Third
from scoring.reports import Words
from scoring.verdicts import verdicts

_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Example:
    """Two markings of the first criterion of a task, all else being equal, and what stands; None: a third marking."""

    task: TaskId
    criterion: CriterionId
    first: Given
    second: Given
    stands: Given | None


def in_words(procedure: Procedure, _: Words) -> tuple[str, ...]:
    """Every rule that applies, a sentence each."""
    if procedure.markings < 2:
        return (_("Every work is marked once: what the expert gave stands."),)
    return (
        _("Every work is marked by {n} experts, who know nothing of each other.").format(n=procedure.markings),
        *_essential(procedure, _),
        _minor(procedure.rules.minor, _),
        *_third(procedure, _),
        _("X counts 0 in totals; X of all stays X. A score that is missing is never 0: the work waits for it."),
    )


def _essential(procedure: Procedure, _: Words) -> Iterator[str]:
    rules = procedure.rules
    yield _("A task differs essentially when its points differ by {n} or more.").format(n=rules.task_difference)
    if rules.criterion_difference is not None:
        yield _("It does so also when a criterion differs by {n} or more.").format(n=rules.criterion_difference)
    if rules.zero_gates:
        named = ", ".join(rules.zero_gates)
        yield _("On {criteria} 0 against points is essential, however small the difference.").format(criteria=named)
    if rules.x_against_points:
        yield _("X against more than 0 is essential.")
    if rules.sum_difference is not None:
        yield _("Totals that differ by {n} or more are essential: then every task that differs at all is.").format(
            n=rules.sum_difference
        )
    if rules.mark_differs:
        yield _("Totals that make different school marks are essential: then every task that differs at all is.")


def _minor(minor: Minor, _: Words) -> str:
    return {
        Minor.MEAN_UP: _("A smaller difference: the mean stands, rounded up to a whole point."),
        Minor.MEAN_DOWN: _("A smaller difference: the mean stands, rounded down to a whole point."),
        Minor.HIGHER: _("A smaller difference: the higher one stands."),
        Minor.LOWER: _("A smaller difference: the lower one stands."),
        Minor.FIRST: _("A smaller difference: what the first marking gave stands."),
    }[minor]


def _third(procedure: Procedure, _: Words) -> Iterator[str]:
    if procedure.rules.third_scope is Scope.ALL:
        yield _("An essential difference: a third expert marks the whole work and sees the earlier scores.")
    else:
        yield _("An essential difference: a third expert marks the tasks that differ and sees the earlier scores.")
    yield {
        Third.FINAL: _("What the third expert gave stands."),
        Third.NEAREST: _("The mean of the third and the nearest other stands, rounded up; of two as near, the higher."),
        Third.MEAN: _("The mean of all three stands, rounded up to a whole point."),
    }[procedure.rules.third]


# --- examples ------------------------------------------------------------------------------------


def examples(procedure: Procedure) -> tuple[Example, ...]:
    """What happens to two markings: for one task of each shape (maxima of its criteria), nearest pairs first. None
    where works are marked once, or where school marks are compared and their boundaries aren't known yet."""
    if procedure.markings < 2 or (procedure.rules.mark_differs and procedure.boundaries is None):
        return ()
    shapes: dict[tuple[int, ...], TaskId] = {}
    for task in procedure.marked_tasks:
        shapes.setdefault(tuple(c.maximum for c in procedure.criteria_of(task.id)), task.id)
    return tuple(one for task in shapes.values() for one in _of_task(procedure, task))


def _of_task(procedure: Procedure, task: TaskId) -> Iterator[Example]:
    criterion = procedure.criteria_of(task)[0]
    points: list[tuple[Given, Given]] = [
        (Points(low), Points(low + apart))
        for apart in range(criterion.maximum + 1)
        for low in range(criterion.maximum + 1 - apart)
        if apart > 0 or low == 0
    ]
    x: list[tuple[Given, Given]] = [(NotAttempted(), NotAttempted()), (NotAttempted(), Points(0))]
    if criterion.maximum:
        x.append((NotAttempted(), Points(1)))
    for first, second in [*points[:_MOST_PAIRS], *x]:
        verdict = _judged(procedure, criterion.id, first, second)
        if isinstance(verdict, Agreed | Discrepant):
            stands = verdict.final if isinstance(verdict, Agreed) else None
            yield Example(task, criterion.id, first, second, stands)


def _judged(procedure: Procedure, criterion: CriterionId, first: Given, second: Given) -> Verdict:
    """The verdict where experts agree on everything else: half the points there, so that sums say little."""
    rest: Mapping[CriterionId, Given] = {c.id: Points(c.maximum // 2) for c in procedure.criteria}
    one, *others = procedure.independent()
    scores = {one: {**rest, criterion: first}, **{m: {**rest, criterion: second} for m in others}}
    assert one == FIRST_MARKING
    return verdicts(procedure, scores)[criterion]


# --- doubts --------------------------------------------------------------------------------------


def doubts(procedure: Procedure, _: Words) -> tuple[str, ...]:
    """Rules that can never apply, or that apply where nobody may have thought of it."""
    rules, found = procedure.rules, list[str]()
    if procedure.markings < 2:
        return ()
    most = {task.id: sum(c.maximum for c in procedure.criteria_of(task.id)) for task in procedure.marked_tasks}
    if blind := [task for task, points in most.items() if points < rules.task_difference]:
        found.append(
            _("On these tasks no difference of points is essential, because they have fewer than {n}: {tasks}.").format(
                n=rules.task_difference, tasks=", ".join(blind)
            )
        )
    if rules.sum_difference is not None and rules.sum_difference > procedure.maximum:
        found.append(
            _("sum_difference = {n} never applies: a work has {maximum} points at most.").format(
                n=rules.sum_difference, maximum=procedure.maximum
            )
        )
    highest = max(c.maximum for c in procedure.criteria)
    if rules.criterion_difference is not None and rules.criterion_difference > highest:
        found.append(
            _("criterion_difference = {n} never applies: a criterion has {maximum} points at most.").format(
                n=rules.criterion_difference, maximum=highest
            )
        )
    if rules.mark_differs and procedure.boundaries is None:
        found.append(_("mark_differs needs the table [boundaries]: until it is there, nothing is settled."))
    if rules.minor is Minor.FIRST:
        found.append(_("minor = first: who marks first decides, and which marking is the first one is drawn by lot."))
    return tuple(found)
