"""The rules of double marking, as verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import (
    APPEAL_MARKING,
    FIRST_MARKING,
    SECOND_MARKING,
    THIRD_MARKING,
    Agreed,
    CriterionId,
    Discrepant,
    Given,
    Incomplete,
    Marking,
    NotAttempted,
    Points,
    Verdict,
)
from crosscheck.procedure import Boundaries, Minor, Procedure, Rules, Scope
from scoring.errors import BoundariesNeeded, PointsAboveMaximum, UnknownCriterion
from scoring.verdicts import (
    Reason,
    Unsettled,
    finals,
    school_mark,
    settled_minor,
    third_needed,
    total,
    verdicts,
)
from tests import factories

X = NotAttempted()
P = factories.procedure()
FULL = "1 2 2 3 2 1"


def scores(text: str, procedure: Procedure = P) -> dict[CriterionId, Given]:
    """Scores in the order of the criteria; `.` is missing."""
    words = zip(procedure.criteria, text.split(), strict=True)
    return {c.id: X if word == "X" else Points(int(word)) for c, word in words if word != "."}


def judged(first: str, second: str, third: str | None = None, **rules: object) -> dict[str, Verdict]:
    procedure = replace(P, rules=replace(Rules(), **rules))  # type: ignore[arg-type]
    given_scores = {FIRST_MARKING: scores(first), SECOND_MARKING: scores(second)}
    if third is not None:
        given_scores[THIRD_MARKING] = scores(third)
    return {str(c): v for c, v in verdicts(procedure, given_scores).items()}


def test_equal_markings_stand() -> None:
    """Where both gave the same, that stands."""
    assert set(judged(FULL, FULL).values()) == {Agreed(Points(n)) for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("a", "b", "minor", "stands"),
    [
        (Points(1), Points(2), Minor.MEAN_UP, Points(2)),
        (Points(1), Points(3), Minor.MEAN_UP, Points(2)),
        (Points(1), Points(2), Minor.HIGHER, Points(2)),
        (Points(1), Points(2), Minor.LOWER, Points(1)),
        (X, X, Minor.MEAN_UP, X),
        (X, Points(0), Minor.MEAN_UP, Points(0)),
        (X, Points(0), Minor.LOWER, Points(0)),
        (X, Points(1), Minor.MEAN_UP, Points(1)),
    ],
)
def test_minor_differences_are_settled_by_rule(a: Given, b: Given, minor: Minor, stands: Given) -> None:
    """Mean rounded up, higher or lower; X beside 0 is 0, and only X with X stays X."""
    assert settled_minor((a, b), minor) == stands
    assert settled_minor((b, a), minor) == stands


def test_a_task_difference_makes_all_criteria_of_the_task_discrepant() -> None:
    """The difference counts on the task's sum, so both criteria of task 5 go to the third marking."""
    found = judged("1 2 2 3 2 1", "1 2 2 3 1 0")
    assert found["5К1"] == found["5К2"] == Discrepant("task_difference")
    assert found["4"] == Agreed(Points(3))


def test_differences_within_a_task_that_cancel_out_are_minor() -> None:
    """5К1 one more and 5К2 one less: the task's sums agree."""
    found = judged("1 2 2 3 2 0", "1 2 2 3 1 1")
    assert found["5К1"] == Agreed(Points(2))
    assert found["5К2"] == Agreed(Points(1))


@pytest.mark.parametrize(("asked", "verdict"), [(True, Discrepant("x_against_points")), (False, Agreed(Points(1)))])
def test_x_against_points_is_essential_where_the_rules_say_so(asked: bool, verdict: Verdict) -> None:
    """One X and one point differ by less than two points, yet differ essentially."""
    assert judged("X 2 2 3 2 1", "1 2 2 3 2 1", x_against_points=asked)["1"] == verdict


def test_x_against_0_is_no_difference() -> None:
    """X beside 0 stands as 0."""
    assert judged("X 2 2 3 2 1", "0 2 2 3 2 1")["1"] == Agreed(Points(0))


def test_a_difference_of_totals_concerns_the_tasks_that_made_it() -> None:
    """Three tasks a point apart each: the totals differ by 3, the equal tasks stand."""
    found = judged("1 2 2 3 2 1", "0 1 1 3 2 1", sum_difference=3)
    assert [c for c, v in found.items() if v == Discrepant("sum_difference")] == ["1", "2", "3"]
    assert found["4"] == Agreed(Points(3))


def test_differing_school_marks_are_essential_where_the_rules_say_so() -> None:
    """10 points make a 5 and 9 a 4: one point on task 1 is enough."""
    found = judged("1 2 2 2 2 1", "0 2 2 2 2 1", mark_differs=True)
    assert found["1"] == Discrepant("mark_differs")
    assert judged("1 2 2 3 2 1", "0 2 2 3 2 1", mark_differs=True)["1"] == Agreed(Points(1))


def test_school_marks_cannot_be_compared_without_boundaries() -> None:
    """The boundaries are never inferred: their absence is said."""
    procedure = replace(P, rules=Rules(mark_differs=True), boundaries=None)
    with pytest.raises(BoundariesNeeded, match="E3062"):
        verdicts(procedure, {FIRST_MARKING: scores(FULL), SECOND_MARKING: scores(FULL)})


def test_the_third_marking_is_final_for_what_it_covers() -> None:
    """Even when it lies outside both earlier scores; what it leaves out stays discrepant."""
    found = judged("1 2 2 3 2 1", "1 0 0 3 2 1", ". 1 . . . .")
    assert found["2"] == Agreed(Points(1))
    assert found["3"] == Discrepant("task_difference")


def test_scope_all_sends_the_whole_work_to_the_third_marking() -> None:
    """Essays are marked a third time as a whole."""
    found = judged("1 2 2 3 2 1", "1 0 2 3 2 1", third_scope=Scope.ALL)
    assert set(found.values()) == {Discrepant("task_difference")}


def test_an_appeal_stands_over_the_third_marking() -> None:
    """The decision of the appeal is the last word, up or down."""
    given_scores = {
        FIRST_MARKING: scores(FULL),
        SECOND_MARKING: scores("1 0 2 3 2 1"),
        THIRD_MARKING: scores(". 2 . . . ."),
        APPEAL_MARKING: scores(". 1 . . . ."),
    }
    assert verdicts(P, given_scores)[CriterionId("2")] == Agreed(Points(1))


def test_a_missing_score_is_incomplete_and_never_0() -> None:
    """The second expert left out 5К1: the whole task waits for it."""
    found = judged(FULL, "1 2 2 3 . 1")
    assert found["5К1"] == found["5К2"] == Incomplete((SECOND_MARKING,))
    assert found["1"] == Agreed(Points(1))


def test_a_missing_score_holds_back_the_whole_work_when_totals_count() -> None:
    """With a rule on totals nothing is agreed until every score is there."""
    found = judged(FULL, "1 2 2 3 . 1", sum_difference=5)
    assert set(found.values()) == {Incomplete((SECOND_MARKING,))}


def test_one_marking_agrees_at_once() -> None:
    """A procedure with one marking has nothing to differ from."""
    procedure = replace(P, markings=1)
    found = verdicts(procedure, {FIRST_MARKING: scores("1 2 . 3 2 1")})
    assert found[CriterionId("2")] == Agreed(Points(2))
    assert found[CriterionId("3")] == Incomplete((FIRST_MARKING,))
    assert found[CriterionId("5К1")] == Agreed(Points(2))


def test_third_needed_lists_the_waiting_criteria_with_reasons() -> None:
    """What has been decided by the third marking waits no longer."""
    given_scores = {
        FIRST_MARKING: scores(FULL),
        SECOND_MARKING: scores("1 0 0 3 2 1"),
        THIRD_MARKING: scores(". 1 . . . ."),
    }
    assert third_needed(P, given_scores) == {CriterionId("3"): Reason.TASK_DIFFERENCE}


def test_points_above_the_maximum_are_refused() -> None:
    """Never clamped."""
    with pytest.raises(PointsAboveMaximum, match=r"E3061.*at most 1"):
        verdicts(P, {FIRST_MARKING: {CriterionId("1"): Points(2)}})


def test_unknown_criteria_are_refused() -> None:
    """A score for another procedure's criterion is not dropped silently."""
    with pytest.raises(UnknownCriterion, match="E3060"):
        verdicts(P, {FIRST_MARKING: {CriterionId("99"): Points(0)}})


def test_totals_wait_for_every_criterion() -> None:
    """There is a total only when all is agreed, and X counts 0 in it."""
    open_ones = verdicts(P, {FIRST_MARKING: scores(FULL), SECOND_MARKING: scores("1 0 2 3 2 1")})
    assert finals(open_ones) == Unsettled(frozenset({CriterionId("2")}))
    settled = finals(verdicts(P, {FIRST_MARKING: scores("X 2 2 3 2 1"), SECOND_MARKING: scores("X 2 2 3 2 1")}))
    assert not isinstance(settled, Unsettled)
    assert total(settled.values()) == 10


def test_the_school_mark_follows_the_published_boundaries() -> None:
    """Just at a boundary the higher mark is given; without boundaries there is none."""
    assert [school_mark(P, n) for n in (0, 3, 4, 7, 9, 10)] == [2, 2, 3, 4, 4, 5]
    assert school_mark(replace(P, boundaries=None), 5) is None


def test_human_double_markings_come_out_as_their_organisers_settled_them() -> None:
    """ASAP essay set 3 (first, second > final: count): the mean rounded up is the final score of 1720 works of
    1725; the other five were settled by hand."""
    counts = (
        "00>0:39 01>1:2 11>1:603 12>2:76 20>1:1 20>3:1 21>2:87 21>3:1 22>2:492 22>3:1 23>3:107 30>2:2 30>3:1 31>3:1 "
        "32>3:155 33>3:156"
    )
    settled = [
        (settled_minor((Points(int(c[0])), Points(int(c[1]))), Minor.MEAN_UP), Points(int(c[3])), int(c[5:]))
        for c in counts.split()
    ]
    assert sum(n for got, final, n in settled if got == final) == 1720


rule_sets = st.builds(
    Rules,
    task_difference=st.integers(1, 3),
    sum_difference=st.one_of(st.none(), st.integers(1, 6)),
    mark_differs=st.booleans(),
    x_against_points=st.booleans(),
    minor=st.sampled_from(Minor),
    third_scope=st.sampled_from(Scope),
)


def works(count: int) -> st.SearchStrategy[list[dict[CriterionId, Given]]]:
    """Markings with a few scores missing."""

    def one(maximum: int) -> st.SearchStrategy[Given | None]:
        points = st.builds(Points, st.integers(0, maximum))
        return st.one_of(points, points, points, st.just(X), st.none())

    marking = st.fixed_dictionaries({c.id: one(c.maximum) for c in P.criteria}).map(
        lambda d: {c: v for c, v in d.items() if v is not None}
    )
    return st.lists(marking, min_size=count, max_size=count)


@settings(max_examples=150)
@given(st.data(), rule_sets, st.integers(2, 3))
def test_experts_are_interchangeable(data: st.DataObject, rules: Rules, n: int) -> None:
    """Swapping the experts changes no verdict but for whose score is missing."""
    procedure = replace(P, rules=rules, markings=n, boundaries=Boundaries(4, 7, 10))
    given_scores = data.draw(works(n))
    swapped = data.draw(st.permutations(given_scores))
    there = verdicts(procedure, {Marking(i): s for i, s in enumerate(given_scores, 1)})
    back = verdicts(procedure, {Marking(i): s for i, s in enumerate(swapped, 1)})
    for criterion, verdict in there.items():
        other = back[criterion]
        assert type(verdict) is type(other)
        if not isinstance(verdict, Incomplete):
            assert verdict == other


@settings(max_examples=150)
@given(works(2), rule_sets)
def test_what_is_agreed_lies_between_the_markings(given_scores: list[dict[CriterionId, Given]], rules: Rules) -> None:
    """A settled score is never above the higher nor below the lower of the two, and needs both."""
    procedure = replace(P, rules=rules)
    first, second = given_scores
    for criterion, verdict in verdicts(procedure, {FIRST_MARKING: first, SECOND_MARKING: second}).items():
        if isinstance(verdict, Agreed):
            both = [total([first[criterion]]), total([second[criterion]])]
            assert min(both) <= total([verdict.final]) <= max(both)
