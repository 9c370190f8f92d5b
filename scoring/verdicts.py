"""From the markings of one work to a verdict on each criterion. Pure; exact whole numbers only.

The rules are data of the procedure (`procedure.Rules`), taken from the practice of double marking:
independent markings that differ essentially go to a third marking, which is final for what it covers;
a minor difference is settled by rule. Experts are interchangeable: swapping them changes nothing, but
for the one rule that lets the first marking stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import (
    APPEAL_MARKING,
    THIRD_MARKING,
    Agreed,
    CriterionId,
    Discrepant,
    Given,
    Incomplete,
    Marking,
    Points,
    Verdict,
)
from crosscheck.procedure import Minor, Procedure, Third
from scoring import judging
from scoring.errors import BoundariesNeeded, PointsAboveMaximum, UnknownCriterion
from scoring.judging import MISSING, Reason, State

Scores = Mapping[Marking, Mapping[CriterionId, Given]]


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


def settled_minor(scores: tuple[Given, ...], minor: Minor) -> Given:
    """What stands when independent markings of one criterion don't differ essentially.

    All X gives X; X beside points counts as 0. Means are rounded in whole numbers.
    """
    found = judging.settled_minor(_column(scores), minor)
    return judging.given(int(found[0, 0]))


def settled_by_third(third: Given, scores: tuple[Given, ...], rule: Third) -> Given:
    """What stands for one criterion when a third marking covers it, given the independent ones there are."""
    column = _column(scores) if scores else np.full((1, 1, 1), MISSING)
    found = judging.settled_by_third(np.array([[judging.number(third)]]), column, rule)
    return judging.given(int(found[0, 0]))


def _column(scores: tuple[Given, ...]) -> judging.Scores:
    return np.array([[[judging.number(value)] for value in scores]])


def check(procedure: Procedure, scores: Scores) -> None:
    """Refuse scores for unknown criteria and above the maximum. Raises E3060, E3061."""
    _check(procedure, {criterion.id: criterion.maximum for criterion in procedure.criteria}, scores)


def _check(procedure: Procedure, maxima: Mapping[CriterionId, int], scores: Scores) -> None:
    for marking in scores.values():
        for criterion, given in marking.items():
            if criterion not in maxima:
                raise UnknownCriterion(criterion=criterion, procedure=procedure.code)
            if isinstance(given, Points) and given.value > maxima[criterion]:
                raise PointsAboveMaximum(criterion=criterion, points=given.value, maximum=maxima[criterion])


def verdicts(procedure: Procedure, scores: Scores) -> dict[CriterionId, Verdict]:
    """The verdict on every criterion of one work.

    `scores`: what each marking gave; a criterion left out was not marked (never 0). Other markings
    than the independent ones, the third and the appeal have no say. Raises E3060-E3062.
    """
    (found,) = many(procedure, [scores])
    return found.verdicts()


def third_needed(procedure: Procedure, scores: Scores) -> dict[CriterionId, Reason]:
    """Criteria that wait for a third marking, each with its reason. Raises as `verdicts`."""
    (found,) = many(procedure, [scores])
    return found.third_needed()


@dataclass(frozen=True, slots=True)
class Judged:
    """One work, judged. state, final, reason: of each criterion, as in `judging.Judged`."""

    procedure: Procedure
    scores: Scores
    state: list[int]
    final: list[int]
    reason: list[int]

    def verdicts(self) -> dict[CriterionId, Verdict]:
        """The verdict on every criterion."""
        return {c.id: self._verdict(at) for at, c in enumerate(self.procedure.criteria)}

    def standing(self) -> dict[CriterionId, Given]:
        """What stands for each criterion that is settled."""
        named = zip(self.procedure.criteria, self.state, self.final, strict=True)
        return {c.id: judging.given(final) for c, state, final in named if state == State.AGREED}

    @property
    def incomplete(self) -> frozenset[CriterionId]:
        """Criteria that lack a score which the rules look at."""
        lacking = (State.TASK_INCOMPLETE, State.WORK_INCOMPLETE)
        return frozenset(c.id for c, state in zip(self.procedure.criteria, self.state, strict=True) if state in lacking)

    def essential(self) -> dict[CriterionId, Reason]:
        """Criteria on which the independent markings differ essentially, decided since or not."""
        named = zip(self.procedure.criteria, self.reason, strict=True)
        return {c.id: judging.REASONS[at] for c, at in named if at < len(judging.REASONS)}

    def third_needed(self) -> dict[CriterionId, Reason]:
        """Criteria that wait for a third marking, each with its reason."""
        named = zip(self.procedure.criteria, self.state, self.reason, strict=True)
        return {c.id: judging.REASONS[at] for c, state, at in named if state == State.DISCREPANT}

    def _verdict(self, at: int) -> Verdict:
        match State(self.state[at]):
            case State.AGREED:
                return Agreed(judging.given(self.final[at]))
            case State.DISCREPANT:
                return Discrepant(judging.REASONS[self.reason[at]].value)
            case State.TASK_INCOMPLETE:
                return Incomplete(self._without(self._needed(at)))
            case State.WORK_INCOMPLETE:
                return Incomplete(self._without([c.id for c in self.procedure.criteria]))

    def _needed(self, at: int) -> list[CriterionId]:
        """A task is judged as a whole; a single marking criterion by criterion."""
        criterion = self.procedure.criteria[at]
        if self.procedure.markings < 2:
            return [criterion.id]
        return [c.id for c in self.procedure.criteria_of(criterion.task)]

    def _without(self, criteria: list[CriterionId]) -> tuple[Marking, ...]:
        wanted = frozenset(criteria)
        return tuple(m for m in self.procedure.independent() if not wanted <= self.scores.get(m, {}).keys())


@dataclass(frozen=True, slots=True)
class Together:
    """Works judged at once, one or more. independent: works x markings x criteria."""

    procedure: Procedure
    works: Sequence[Scores]
    independent: judging.Scores
    found: judging.Judged

    def each(self) -> list[Judged]:
        """Every work by itself."""
        found = self.found
        rows = zip(self.works, found.state.tolist(), found.final.tolist(), found.reason.tolist(), strict=True)
        return [Judged(self.procedure, *row) for row in rows]


def many(procedure: Procedure, works: Sequence[Scores]) -> list[Judged]:
    """Every work judged, in their order; much quicker than one after another. Raises as `verdicts`."""
    return together(procedure, works).each() if works else []


def together(procedure: Procedure, works: Sequence[Scores]) -> Together:
    """The same as arrays, of one work or more. Raises as `verdicts`."""
    maxima = {criterion.id: criterion.maximum for criterion in procedure.criteria}
    for scores in works:
        _check(procedure, maxima, scores)
    order = tuple(maxima)
    independent = np.array([[_row(order, scores.get(m)) for m in procedure.independent()] for scores in works])
    third, appeal = (
        np.array([_row(order, scores.get(marking)) for scores in works]) for marking in (THIRD_MARKING, APPEAL_MARKING)
    )
    comparing = procedure.rules.mark_differs and procedure.markings > 1
    if comparing and procedure.boundaries is None and (independent != MISSING).all(axis=(1, 2)).any():
        raise BoundariesNeeded(procedure=procedure.code)
    return Together(procedure, works, independent, judging.judged(procedure, independent, third, appeal))


def row(procedure: Procedure, scores: Mapping[CriterionId, Given]) -> list[int]:
    """Scores of one marking as they stand in arrays, in the order of the criteria."""
    return _row([c.id for c in procedure.criteria], scores)


def _row(order: Sequence[CriterionId], scores: Mapping[CriterionId, Given] | None) -> list[int]:
    if not scores:
        return [MISSING] * len(order)
    return [judging.number(scores[c]) if c in scores else MISSING for c in order]
