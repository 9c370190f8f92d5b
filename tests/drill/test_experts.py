"""Experts of known severity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from drill.experts import EXACT, LENIENT, SEVERITIES, STRICT, Severity, judge, judge_work
from tests.factories import procedure


@given(maximum=st.integers(1, 20), seed=st.integers(0, 9999), name=st.sampled_from(sorted(SEVERITIES)), data=st.data())
@settings(max_examples=60, deadline=None)
def test_nobody_gives_more_than_the_maximum(maximum: int, seed: int, name: str, data: st.DataObject) -> None:
    """Whatever the severity: whole points from 0 to the maximum, or X."""
    true_points: Given = data.draw(st.one_of(st.integers(0, maximum).map(Points), st.just(NotAttempted())))
    given_points = judge(true_points, SEVERITIES[name], np.random.default_rng(seed), maximum)
    assert isinstance(given_points, NotAttempted) or 0 <= given_points.value <= maximum


@pytest.mark.parametrize("true_points", [Points(0), Points(2), Points(3), NotAttempted()])
def test_the_exact_expert_gives_what_it_is_worth(true_points: Given) -> None:
    """Without bias, noise and blunders judging is the identity."""
    assert all(judge(true_points, EXACT, np.random.default_rng(s), 3) == true_points for s in range(50))


def _mean(severity: Severity) -> float:
    rng = np.random.default_rng(1)
    given_points = [judge(Points(5), severity, rng, 10) for _ in range(300)]
    return float(np.mean([g.value for g in given_points if isinstance(g, Points)]))


def test_the_strict_give_less_than_the_lenient() -> None:
    """Bias moves the mean its own way."""
    assert _mean(STRICT) < 4.5 < 5.5 < _mean(LENIENT)


def test_a_work_is_judged_criterion_by_criterion() -> None:
    """Every criterion of the procedure gets a judgement, in its order."""
    criteria = procedure().criteria
    worth: dict[CriterionId, Given] = {c.id: Points(c.maximum) for c in criteria}
    judged = judge_work(worth, criteria, EXACT, np.random.default_rng(1))
    assert list(judged.items()) == list(worth.items())
