"""What thresholds would cost, and what they would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import FIRST_MARKING, SECOND_MARKING, CriterionId, TaskId
from crosscheck.procedure import Criterion, Minor, Procedure, Rules, Third
from scoring import judging, verdicts
from scoring.judging import Scores
from scoring.thresholds import Cost, TooFewWorks, candidates, complete, costs
from tests import factories

P = factories.procedure()
TASKS = 10


def wide() -> Procedure:
    """Ten tasks of 20 points: errors of a few points never meet an end of the scale."""
    tasks = tuple(replace(P.tasks[0], id=TaskId(str(n))) for n in range(1, TASKS + 1))
    criteria = tuple(Criterion(CriterionId(task.id), task.id, 20) for task in tasks)
    return replace(P, tasks=tasks, criteria=criteria, rules=Rules(x_against_points=False))


def double(works: int, seed: int, care: float = 1.4) -> tuple[Scores, Scores]:
    """Two markings of works, and what each deserves: readers are off by whole points, as often above as below."""
    dice = np.random.default_rng(seed)
    worth = dice.integers(8, 13, (works, 1, TASKS))
    return worth + np.rint(dice.normal(0, care, (works, 2, TASKS))).astype(np.int64), worth[:, 0]


def found(*given_rules: Rules, works: int = 2_000, procedure: Procedure | None = None) -> tuple[Cost, ...]:
    got = costs(procedure or wide(), double(works, 1)[0], given_rules)
    assert not isinstance(got, TooFewWorks)
    return got


def test_the_error_is_the_one_that_two_readings_have() -> None:
    """Known, because the works' worth is: without third markings, the mean of two, rounded up."""
    two, worth = double(2_000, 1)
    (never,) = found(replace(wide().rules, task_difference=99))
    off = (-(-two.sum(axis=1) // 2) - worth).sum(axis=1)
    assert never.error[Third.FINAL] == pytest.approx(float(np.sqrt((off**2).mean())), rel=0.05)
    assert never.shift[Third.FINAL] == pytest.approx(float(off.mean()), abs=0.25)
    assert (never.works, never.criteria) == (0, 0)


def test_a_third_opinion_that_is_final_may_be_worse_than_none() -> None:
    """Of a third expert no more careful than the others: alone it knows less than two together; three know most."""
    plain = replace(wide().rules, minor=Minor.MEAN_DOWN)
    never, low = found(replace(plain, task_difference=99), replace(plain, task_difference=1))
    assert low.works == 2_000
    assert low.error[Third.FINAL] > never.error[Third.FINAL]
    assert low.error[Third.MEAN] < never.error[Third.FINAL]


def test_the_error_with_third_markings_is_the_one_they_have() -> None:
    """Played with a third reading: what is told beforehand comes true."""
    procedure = replace(wide(), rules=replace(wide().rules, third=Third.FINAL, task_difference=3))
    two, worth = double(4_000, 2)
    third = worth + np.rint(np.random.default_rng(9).normal(0, 1.4, worth.shape)).astype(np.int64)
    nothing = np.full(worth.shape, judging.MISSING)
    called = judging.judged(procedure, two, nothing, nothing).state == judging.State.DISCREPANT
    final = judging.judged(procedure, two, np.where(called, third, judging.MISSING), nothing).final
    (told,) = costs(procedure, two, [procedure.rules])  # type: ignore[misc]
    off = (final - worth).sum(axis=1)
    assert told.works == int(called.any(axis=1).sum())
    assert told.error[Third.FINAL] == pytest.approx(float(np.sqrt((off**2).mean())), rel=0.05)


def test_few_works_are_not_compared() -> None:
    """29 are one too few."""
    assert costs(wide(), double(29, 1)[0], [Rules()]) == TooFewWorks(29)


def test_every_threshold_of_a_task_is_a_candidate_up_to_never() -> None:
    """The largest task has three points: four never happens."""
    assert [one.task_difference for one in candidates(P)] == [1, 2, 3, 4]


def test_works_that_lack_a_score_are_left_out() -> None:
    """Missing is never 0."""
    whole = {c.id: judging.given(0) for c in P.criteria}
    lacking = dict(list(whole.items())[1:])
    works: list[verdicts.Scores] = [
        {FIRST_MARKING: whole, SECOND_MARKING: whole},
        {FIRST_MARKING: whole, SECOND_MARKING: lacking},
        {FIRST_MARKING: whole},
    ]
    assert complete(P, works).shape == (1, 2, len(P.criteria))
    assert complete(P, []).shape == (0, 2, len(P.criteria))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(0, 50))
def test_a_higher_threshold_never_calls_more(threshold: int, seed: int) -> None:
    """What differs by more differs by less, too."""
    two, _worth = double(60, seed)
    rules = [replace(wide().rules, task_difference=n) for n in (threshold, threshold + 1)]
    low, high = costs(wide(), two, rules)  # type: ignore[misc]
    assert low.works >= high.works
    assert low.criteria >= high.criteria
