"""What an appeal does to every figure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from scoring.appeals.effects import Measure, Scope, changes, figures, with_points
from scoring.reports import WorkResult
from scoring.verdicts import school_mark, total
from tests import factories

P = factories.procedure()
MAXIMA = {c.id: c.maximum for c in P.criteria}


def result(n: int, school: str, class_set: str, points: dict[CriterionId, Given]) -> WorkResult:
    whole = total(points.values())
    return WorkResult(f"{n:05d}", school, class_set, points, whole, school_mark(P, whole))


givens = st.fixed_dictionaries({c: st.none() | st.integers(0, most) for c, most in MAXIMA.items()}).map(
    lambda row: {c: NotAttempted() if p is None else Points(p) for c, p in row.items()}
)


@st.composite
def districts(draw: st.DrawFn) -> list[WorkResult]:
    """One to twenty works in a few classes of a few schools; small groups among them."""
    places = st.tuples(st.sampled_from(["7", "12"]), st.sampled_from(["5А", "5Б"]))
    return [result(n, *draw(places), draw(givens)) for n in range(draw(st.integers(1, 20)))]


@given(districts(), givens, st.sets(st.sampled_from(sorted(MAXIMA)), min_size=1), st.data())
def test_every_figure_after_an_appeal_is_that_of_a_full_recomputation(
    before: list[WorkResult], new: dict[CriterionId, Given], criteria: set[CriterionId], data: st.DataObject
) -> None:
    """To 1e-9: results made anew from the points alone give the figures that the effect names, before and after."""
    at = data.draw(st.integers(0, len(before) - 1))
    after_points = {c: new[c] for c in criteria}
    before_points = {c: before[at].points[c] for c in criteria}
    # A full recomputation: every result is built anew, the changed one with its new points.
    anew = [
        result(n, r.school, r.class_set, {**r.points, **(after_points if n == at else {})})
        for n, r in enumerate(before)
    ]
    wanted = figures(P, anew, anew[at])
    original = figures(P, before, before[at])
    # The effect is asked for when the ledger has the new points already.
    told = changes(P, anew, anew[at], before_points, after_points)
    assert len(told) == len(wanted) == len(original)
    for change, one, other in zip(told, original, wanted, strict=True):
        assert (change.scope, change.measure, change.of) == (one.scope, one.measure, one.of)
        for found, exact in ((change.before, one.value), (change.after, other.value)):
            assert (found is None) == (exact is None)
            assert found is None or exact is None or math.isclose(found, exact, rel_tol=0, abs_tol=1e-9)


def test_only_groups_of_the_work_change_and_small_ones_are_withheld() -> None:
    """A class of one work tells no mean; the school of five does, and the other school doesn't change."""
    full = {c: Points(most) for c, most in MAXIMA.items()}
    works = [result(n, "7", "5А" if n else "5Б", {**full}) for n in range(5)] + [result(9, "12", "5А", {**full})]
    told = changes(P, works, works[0], {CriterionId("4"): Points(3)}, {CriterionId("4"): Points(0)})
    by = {(one.scope, one.measure, one.of): (one.before, one.after) for one in told}
    assert by[Scope.WORK, Measure.TOTAL, ""] == (11, 8)
    assert by[Scope.WORK, Measure.MARK, ""] == (5, 4)
    assert by[Scope.CLASS_SET, Measure.MEAN, ""] == (None, None)
    assert by[Scope.SCHOOL, Measure.MEAN, ""] == pytest.approx((11, 10.4))
    assert by[Scope.SCHOOL, Measure.TASK_SHARE, "4"] == pytest.approx((1, 0.8))
    assert by[Scope.SCHOOL, Measure.TASK_SHARE, "3"] == (1, 1)
    assert by[Scope.DISTRICT, Measure.MEAN, ""] == (11, 10.5)


def test_other_points_make_another_total_and_mark() -> None:
    """X counts nothing."""
    one = result(1, "7", "5А", {c: Points(most) for c, most in MAXIMA.items()})
    changed = with_points(P, one, {CriterionId("4"): NotAttempted(), CriterionId("3"): Points(0)})
    assert (changed.total, changed.school_mark) == (6, 3)


def test_a_work_that_had_no_result_was_in_no_figure_before() -> None:
    """Points were missing until the panel gave them: nothing of its own before, and groups without it."""
    works = [result(n, "7", "5А", {c: Points(most) for c, most in MAXIMA.items()}) for n in range(6)]
    told = changes(P, works, works[0], None, {CriterionId("4"): Points(0)})
    by = {(one.scope, one.measure, one.of): (one.before, one.after) for one in told}
    assert by[Scope.WORK, Measure.TOTAL, ""] == (None, 8)
    assert by[Scope.WORK, Measure.POINTS, "3"][0] is None
    assert by[Scope.SCHOOL, Measure.MEAN, ""] == pytest.approx((11, 10.5))
