"""The rules of double marking, as verdicts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

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
from crosscheck.procedure import Boundaries, Minor, Procedure, Rules, Scope, Third
from scoring.errors import BoundariesNeeded, PointsAboveMaximum, UnknownCriterion
from scoring.judging import Reason
from scoring.verdicts import (
    Unsettled,
    finals,
    many,
    school_mark,
    settled_by_third,
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
    minor=st.sampled_from(sorted({*Minor} - {Minor.FIRST}, key=str)),
    third_scope=st.sampled_from(Scope),
    criterion_difference=st.one_of(st.none(), st.integers(1, 3)),
    zero_gates=st.sampled_from([(), (P.criteria[4].id,)]),
    third=st.sampled_from(Third),
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
    """Swapping experts changes no verdict but for whose score is missing, where the rule names no first one."""
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


@settings(max_examples=150)
@given(st.data(), rule_sets, st.integers(1, 3))
def test_a_missing_score_is_never_nought(data: st.DataObject, rules: Rules, n: int) -> None:
    """Of a task that lacks a score nothing is agreed, whatever the rules; there is no total, and a nought in its place
    would be another thing: it makes the work whole."""
    procedure = replace(P, rules=rules, markings=n, boundaries=Boundaries(4, 7, 10))
    some = {Marking(i): s for i, s in enumerate(data.draw(works(n)), 1)}
    found = verdicts(procedure, some)
    lacking = {c.task for c in P.criteria if any(c.id not in s for s in some.values())}
    for c in P.criteria:
        if (c.task in lacking) if n > 1 else (c.id not in some[FIRST_MARKING]):
            assert isinstance(found[c.id], Incomplete)
    assert isinstance(finals(found), Unsettled) or not lacking
    filled = {m: {c.id: s.get(c.id, Points(0)) for c in P.criteria} for m, s in some.items()}
    assert not any(isinstance(one, Incomplete) for one in verdicts(procedure, filled).values())


@settings(max_examples=150)
@given(st.data(), rule_sets)
def test_what_a_marking_lacks_has_no_part_in_what_a_third_one_settles(data: st.DataObject, rules: Rules) -> None:
    """A third marking that joins is taken with the scores that there are: between the lowest and the highest of them,
    so that no nought comes in by the back door."""
    procedure = replace(P, rules=rules)
    first, second, third = data.draw(works(3))
    found = verdicts(procedure, {FIRST_MARKING: first, SECOND_MARKING: second, THIRD_MARKING: third})
    for criterion, verdict in found.items():
        there = [total([s[criterion]]) for s in (first, second, third) if criterion in s]
        if isinstance(verdict, Agreed):
            assert there
            assert min(there) <= total([verdict.final]) <= max(there)


# --- sums and roundings --------------------------------------------------------------------------

_EXACT: dict[Minor, Callable[[list[int]], int]] = {
    Minor.MEAN_UP: lambda points: math.ceil(Fraction(sum(points), len(points))),
    Minor.MEAN_DOWN: lambda points: math.floor(Fraction(sum(points), len(points))),
    Minor.HIGHER: max,
    Minor.LOWER: min,
    Minor.FIRST: lambda points: points[0],
}
small = st.integers(0, 99)


def test_every_rule_of_rounding_is_held_against_exact_fractions() -> None:
    """A rule without such a test is none."""
    assert _EXACT.keys() == {*Minor}


@given(st.lists(st.none() | small, min_size=1, max_size=3), st.sampled_from(Minor))
def test_minor_differences_are_rounded_exactly(found: list[int | None], minor: Minor) -> None:
    """As exact fractions are, to a whole number that is an int; X counts 0 beside points, and all X stay X."""
    given_scores = tuple(X if one is None else Points(one) for one in found)
    settled = settled_minor(given_scores, minor)
    if given_scores == (X,) * len(given_scores):
        assert settled == X
        return
    assert settled == Points(_EXACT[minor]([one or 0 for one in found]))
    assert type(total([settled])) is int


@given(small, st.lists(small, min_size=1, max_size=3), st.sampled_from(Third))
def test_third_markings_are_rounded_exactly(third: int, others: list[int], rule: Third) -> None:
    """The mean of it and the nearest, or of all, rounded up as exact fractions are; or just it."""
    nearest = max(others, key=lambda one: (-abs(one - third), one))
    exact = {
        Third.FINAL: Fraction(third),
        Third.NEAREST: Fraction(third + nearest, 2),
        Third.MEAN: Fraction(third + sum(others), 1 + len(others)),
    }[rule]
    assert settled_by_third(Points(third), tuple(map(Points, others)), rule) == Points(math.ceil(exact))


@given(st.lists(st.just(X) | st.builds(Points, small), max_size=30))
def test_totals_are_exact_sums(found: list[Given]) -> None:
    """Whole numbers, in whatever order; X adds nothing."""
    assert total(found) == sum(one.value for one in found if isinstance(one, Points))
    assert total(reversed(found)) == total(found)
    assert type(total(found)) is int


# --- further rules -------------------------------------------------------------------------------


def test_a_criterion_may_differ_essentially_though_its_task_does_not() -> None:
    """Two criteria of a task that differ by one each, in opposite ways: the sums are the same."""
    calm = judged("1 2 2 3 2 0", "1 2 2 3 1 1")
    assert calm["5К1"] == Agreed(Points(2))
    strict = judged("1 2 2 3 2 0", "1 2 2 3 1 1", criterion_difference=1)
    assert strict["5К1"] == strict["5К2"] == Discrepant("criterion_difference")


def test_nothing_against_points_is_essential_where_a_criterion_decides() -> None:
    """0 against 1 on the criterion named, X counting 0 there; 1 against 2 is a minor difference also there."""
    gate = (CriterionId("5К1"),)
    assert judged("1 2 2 3 0 1", "1 2 2 3 1 1", zero_gates=gate)["5К1"] == Discrepant("zero_gate")
    assert judged("1 2 2 3 0 1", "1 2 2 3 1 1")["5К1"] == Agreed(Points(1))
    assert judged("1 2 2 3 2 1", "1 2 2 3 1 1", zero_gates=gate)["5К1"] == Agreed(Points(2))
    assert judged("1 2 2 3 1 0", "1 2 2 3 1 1", zero_gates=gate)["5К2"] == Agreed(Points(1))


@pytest.mark.parametrize(
    ("minor", "stands"),
    [(Minor.MEAN_UP, 2), (Minor.MEAN_DOWN, 1), (Minor.HIGHER, 2), (Minor.LOWER, 1), (Minor.FIRST, 2)],
)
def test_a_minor_difference_is_settled_as_the_rule_says(minor: Minor, stands: int) -> None:
    """2 and 1."""
    assert settled_minor((Points(2), Points(1)), minor) == Points(stands)


@pytest.mark.parametrize(
    ("third", "rule", "stands"),
    [
        (0, Third.FINAL, 0),
        (1, Third.NEAREST, 1),  # 0 and 1
        (2, Third.NEAREST, 3),  # 0 and 4 are as near: the higher one
        (3, Third.NEAREST, 4),
        (1, Third.MEAN, 2),  # 5 of 3
        (2, Third.MEAN, 2),
    ],
)
def test_a_third_marking_is_final_or_joins(third: int, rule: Third, stands: int) -> None:
    """Beside 0 and 4; means are rounded up."""
    assert settled_by_third(Points(third), (Points(0), Points(4)), rule) == Points(stands)


def test_what_joins_works_criterion_by_criterion_and_an_appeal_stands_alone() -> None:
    """The third covers task 5 only; what it doesn't cover is settled as without it."""
    procedure = replace(P, rules=Rules(third=Third.NEAREST))
    given_scores = {
        FIRST_MARKING: scores("1 2 2 3 2 1"),
        SECOND_MARKING: scores("1 2 2 3 0 0"),
        THIRD_MARKING: scores(". . . . 1 1"),
    }
    found = verdicts(procedure, given_scores)
    assert [found[CriterionId(c)] for c in ("1", "5К1", "5К2")] == [Agreed(Points(n)) for n in (1, 2, 1)]
    appealed = verdicts(procedure, {**given_scores, APPEAL_MARKING: scores(". . . . 0 .")})
    assert [appealed[CriterionId(c)] for c in ("5К1", "5К2")] == [Agreed(Points(0)), Agreed(Points(1))]


def test_not_attempted_by_all_stays_not_attempted() -> None:
    """X of all three is X; X beside points counts 0."""
    assert settled_by_third(X, (X, X), Third.MEAN) == X
    assert settled_by_third(X, (Points(2), X), Third.MEAN) == Points(1)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.sampled_from([*Third]))
def test_what_stands_lies_among_what_was_given_and_experts_may_be_swapped(
    one: int, other: int, third: int, rule: Third
) -> None:
    """Never above the highest or below the lowest of the three."""
    found = settled_by_third(Points(third), (Points(one), Points(other)), rule)
    assert isinstance(found, Points)
    assert min(one, other, third) <= found.value <= max(one, other, third)
    assert found == settled_by_third(Points(third), (Points(other), Points(one)), rule)


@given(st.data(), rule_sets, st.integers(1, 3))
def test_many_works_are_judged_as_each_alone(data: st.DataObject, rules: Rules, n: int) -> None:
    """Whatever lies beside it, a work gets the verdicts that it gets alone."""
    procedure = replace(P, rules=rules, markings=n, boundaries=Boundaries(4, 7, 10))
    drawn = [data.draw(works(n + 1)) for _ in range(data.draw(st.integers(0, 4)))]
    keys = [*(Marking(i) for i in range(1, n + 1)), THIRD_MARKING]
    some = [dict(zip(keys, given_scores, strict=True)) for given_scores in drawn]
    found = many(procedure, some)
    assert [one.verdicts() for one in found] == [verdicts(procedure, one) for one in some]
    assert [one.third_needed() for one in found] == [third_needed(procedure, one) for one in some]
