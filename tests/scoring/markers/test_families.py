"""What each kind of marker measures, and what it doesn't take for one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crosscheck.procedure import Boundaries
from drill.markers import Size, lifted, works
from scoring.markers import identical, journal, own, results, step
from scoring.markers.frame import Frame
from scoring.markers.judged import Absent, Candidate, Family, Kind, Why, held
from scoring.markers.usual import apart
from scoring.measures.readings import Ints, Readings

SIZE = Size(schools=12, classes=2, pupils=30, tasks=12)


def judged(found: object) -> Family:
    assert isinstance(found, Family)
    return found


def marked(found: object) -> set[str]:
    return {one.name for one in judged(found).marked}


def district(seed: int = 4, size: Size = SIZE) -> Frame:
    return works(np.random.default_rng(seed), size)


# --- held together -------------------------------------------------------------------------------

# Benjamini & Hochberg 1995, table of 15.
BH = (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1)


def candidates(*p: float) -> list[Candidate]:
    return [Candidate(f"{n}", 50, 1.0, one, lambda level: (1 - level, 1 + level)) for n, one in enumerate(p)]


def test_the_published_example_marks_four() -> None:
    """At 5 %; expected to be false: a fifth of one."""
    found = held(Kind.RAISED, candidates(*BH))
    assert marked(found) == {"0", "1", "2", "3"}
    assert found.expected_false == pytest.approx(0.2)


def test_limits_are_as_wide_as_the_choice_asks_for() -> None:
    """1 - 5 % of four in fifteen, twice that where one side is tested; never narrower than 95 %."""
    assert held(Kind.JUMP, candidates(*BH)).tested[0].high == pytest.approx(1 + 1 - 0.05 * 4 / 15)
    assert held(Kind.RAISED, candidates(*BH)).tested[0].high == pytest.approx(1 + 1 - 0.05 * 8 / 15)
    assert held(Kind.RAISED, candidates(0.001)).tested[0].high == pytest.approx(1.95)


@pytest.mark.parametrize("kind", [Kind.RAISED, Kind.JUMP])
def test_limits_and_markers_say_the_same(kind: Kind) -> None:
    """Nought lies outside the limits of what is marked and inside those of all else."""
    stood = 0
    for seed in range(40):
        dice = np.random.default_rng(seed)
        value = dice.normal(size=60) + np.append(np.linspace(2, 8, 5), np.zeros(55))
        found = apart(value, np.full(60, 0.5))
        p = found.above() if kind is Kind.RAISED else found.either()
        some = [Candidate(f"{n}", 50, float(found.effect[n]), float(p[n]), found.limits(n)) for n in range(60)]
        for one in held(kind, some).tested:
            assert one.marked == (one.low > 0 or (one.high < 0 and kind is Kind.JUMP))
            stood += one.marked
    assert stood > 40


def test_what_is_not_worth_saying_is_no_marker() -> None:
    """However sure it is; and it makes others no more likely to be one."""
    some = candidates(1e-9, 0.03)
    assert marked(held(Kind.RAISED, [replace(some[0], worth=False), some[1]])) == set()
    assert marked(held(Kind.RAISED, some)) == {"0", "1"}


def test_a_group_far_off_does_not_make_itself_usual() -> None:
    """Nine alike and one ten points above: its own distance counts for the others' spread only."""
    value = np.array([*np.linspace(-1, 1, 9), 10.0])
    found = apart(value, np.full(10, 0.1))
    assert found.effect[-1] == pytest.approx(10, abs=0.05)
    assert found.error[-1] < 1
    assert found.error[0] > 2


# --- results -------------------------------------------------------------------------------------


def test_a_school_half_a_deviation_above_is_not_named_where_schools_differ_as_much() -> None:
    """Spread of schools in good faith is nobody's fault."""
    assert marked(results.raised(district())) == set()


def test_a_strong_school_has_no_inverted_profile() -> None:
    """It does hard tasks better, and easy ones too: only works of the same total are compared."""
    frame = district()
    strong = (frame.school == 0)[:, None] & (np.random.default_rng(1).random(frame.points.shape) < 0.5)
    found = judged(results.profile(replace(frame, points=np.where(strong, frame.maxima, frame.points))))
    assert next(one.p for one in found.tested if one.name == "0") > 0.05


def test_a_profile_is_held_against_other_schools_alone() -> None:
    """A school that has a quarter of all works, all with the hard task instead of the easy one: its whole distance."""
    points = np.tile([[0, 1]], (160, 1))
    points[:40] = [1, 0]
    frame = replace(
        district(),
        points=points,
        maxima=np.ones(2, dtype=np.int64),
        task=np.arange(2),
        school=np.repeat(np.arange(7), [40, *[20] * 6]),
        schools=tuple(map(str, range(7))),
        class_set=np.zeros(160, dtype=np.int64),
        classes=("a",),
    )
    value = results._against_equals(frame)
    assert value[:40] == pytest.approx(2)
    assert value[40:] == pytest.approx(-1 + 60 / 140)
    alone = results._against_equals(replace(frame, school=np.zeros(160, dtype=np.int64)))
    assert alone == pytest.approx(0)


def test_the_published_error_of_a_jump_is_met() -> None:
    """25 works each year, cohorts that differ by .2 of a deviation: .40; with 100 works .32."""
    for n, error in ((25, 0.40), (100, 0.316)):
        noise = np.full(2000, 2 / n)
        change = np.random.default_rng(n).normal(0, (2 / n + 2 * 0.2**2) ** 0.5, 2000)
        assert float(np.median(apart(change, noise).error)) == pytest.approx(error, abs=0.015)


def test_the_same_pupils_are_compared_with_themselves() -> None:
    """One school's pupils gained two deviations."""
    dice = np.random.default_rng(3)
    school = np.repeat(np.arange(8), 30)
    before = dice.normal(0, 1, 240)
    now = before + dice.normal(0, 0.4, 240) + 2.0 * (school == 2)
    pupils = results.Pupils(tuple("abcdefgh"), now, before, school)
    assert marked(results.jumps_of_pupils(pupils)) == {"c"}


# --- steps ---------------------------------------------------------------------------------------


def totals(values: Ints, school: Ints) -> Frame:
    """One task of 26 points."""
    names = tuple(map(str, range(int(school.max()) + 1)))
    one = np.zeros(1, dtype=np.int64)
    return Frame(names, names, school, school, values[:, None], one, np.array([26]), Boundaries(8, 14, 20))


def test_in_a_large_district_the_exact_test_is_the_binomial_one() -> None:
    """Schools of the same mean, one boundary with works: hypergeometric and binomial agree."""
    others = np.repeat([13, 14], [300_000, 300_000])
    own_ = np.repeat([13, 14], [40, 60])
    frame = totals(np.concatenate([own_, others]), np.repeat([0, 1], [100, 600_000]))
    found = judged(step.steps(frame))
    # The tilt takes the school's higher mean out: of two totals alone nothing is left to be seen.
    assert next(one.p for one in found.tested if one.name == "0") > 0.4
    wide = np.concatenate([own_, np.repeat([3, 24], [57, 43]), others, np.repeat([3, 24], [300_000, 300_000])])
    frame = totals(wide, np.repeat([0, 1], [200, 1_200_000]))
    p = next(one.p for one in judged(step.steps(frame)).tested if one.name == "0")
    assert p == pytest.approx(float(stats.binom.sf(59, 100, 0.5)), abs=0.01)


def test_a_strong_school_has_no_step() -> None:
    """More works above any line: that is what a higher mean is."""
    dice = np.random.default_rng(8)
    school = np.repeat(np.arange(20), 400)
    level = np.where(school == 0, 4.0, 0.0)
    values = np.clip(np.round(dice.normal(12 + level, 5, len(school))), 0, 26).astype(np.int64)
    found = judged(step.steps(totals(values, school)))
    assert marked(found) == set()


def test_the_share_that_was_lifted_lies_within_its_limits() -> None:
    """0.6 of the works just below, and some from further below."""
    dice = np.random.default_rng(6)
    school = np.repeat(np.arange(10), 400)
    values = np.clip(np.round(dice.normal(13, 5, len(school))), 0, 26).astype(np.int64)
    found = judged(step.steps(lifted(totals(values, school), dice, 0.6)))
    assert marked(found) == {"0"}
    assert found.marked[0].low < 0.6 < found.marked[0].high


def test_a_step_in_the_whole_district_shows_against_a_smooth_curve() -> None:
    """Where all schools do it none differs from the others."""
    dice = np.random.default_rng(7)
    values = np.clip(np.round(dice.normal(13, 5, 4000)), 0, 26).astype(np.int64)
    plain = totals(values, np.zeros(4000, dtype=np.int64))
    assert marked(step.district(plain, "d")) == set()
    assert marked(step.district(lifted(plain, dice, 0.4), "d")) == {"d"}


def test_a_short_scale_has_no_curve() -> None:
    """Eleven points and three boundaries leave too little beside them."""
    frame = district()
    short = replace(frame, points=frame.points[:, :6], task=frame.task[:6], maxima=frame.maxima[:6])
    short = replace(short, boundaries=Boundaries(3, 5, 8))
    assert step.district(short, "d") == Absent(Kind.STEP, Why.SCALE)


def test_boundaries_that_share_a_total_are_not_counted_twice() -> None:
    """4 and 5: the works at 4 can't lie both at a boundary and just below one."""
    assert step.apart_lines(Boundaries(4, 5, 8), 10) == (4, 8)
    assert step.apart_lines(Boundaries(0, 2, 12), 10) == (2,)


# --- equal works ---------------------------------------------------------------------------------


def test_equal_works_of_a_short_test_are_nothing() -> None:
    """Five tasks: nearly every work has a twin somewhere."""
    assert marked(identical.identical(district(2, Size(12, 2, 30, 4)))) == set()


def test_works_with_all_points_are_left_out() -> None:
    """A class that did everything right has thirty equal works."""
    frame = district()
    points = frame.points.copy()
    points[frame.class_set == 3] = frame.maxima
    found = identical.identical(replace(frame, points=points))
    assert marked(found) == set()
    assert [few.name for few in judged(found).few] == ["3"]


def test_chances_of_pairs_are_those_of_drawing_by_lot() -> None:
    """Against works shuffled among classes; where it matters, in the tail, they are never smaller."""
    frame = district(5, Size(6, 1, 12, 5))
    dice = np.random.default_rng(2)
    found = identical._patterns(frame)
    class_set = int(found.class_set[0])
    counts = []
    order = np.argsort(found.total, kind="stable")
    for _try in range(4000):
        mixed = found.class_set.copy()
        shuffled = np.lexsort((dice.random(len(order)), found.total))
        mixed[shuffled] = found.class_set[order]
        own_ = found.pattern[mixed == class_set]
        n = np.bincount(own_)
        counts.append(int((n * (n - 1) // 2).sum()))
    by_lot = [float(np.mean(np.array(counts) >= pairs)) for pairs in range(1, 10)]
    own_totals = np.bincount(found.total[found.class_set == class_set], minlength=len(found.of_total))
    known = identical._Known(found)
    said = [identical._above(known, own_totals, pairs, 1.0) for pairs in range(1, 10)]
    assert said == pytest.approx(by_lot, abs=0.08)
    tail = [(ours, lot) for ours, lot in zip(said, by_lot, strict=True) if lot < 0.1]
    assert tail
    assert all(ours > lot - 0.005 for ours, lot in tail)
    assert any(ours < 2 * lot + 0.01 for ours, lot in tail)


def test_steps_of_the_tilt_only_make_chances_larger_and_hardly_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes that are as alike within one step share what is worked out; nobody is named for it."""
    found = identical._patterns(district(5, Size(6, 1, 12, 5)))
    known, own_totals = identical._Known(found), np.bincount(found.total[found.class_set == 0])
    asked = [(pairs, times) for pairs in (2, 5) for times in (1.0, 1.0005, 1.1, 1.5, 3.0)]
    said = [identical._above(known, own_totals, pairs, times) for pairs, times in asked]
    monkeypatch.setattr(identical, "_TILT", 1e-9)
    exact = [identical._above(identical._Known(found), own_totals, pairs, times) for pairs, times in asked]
    assert all(one >= p * (1 - 1e-9) for one, p in zip(said, exact, strict=True))
    assert said == pytest.approx(exact, rel=0.02)


# --- journal -------------------------------------------------------------------------------------


def test_wilsons_limits_are_the_tabled_ones() -> None:
    """.30 of 25: .17 to .52 about .32; of 100: .22 to .40."""
    assert journal.wilson(8, 25, 0.95) == pytest.approx((0.17, 0.52), abs=0.005)
    assert journal.wilson(30, 100, 0.95) == pytest.approx((0.22, 0.40), abs=0.005)


def test_where_schools_differ_the_same_share_is_less_strange() -> None:
    """Ten of 25 where 15 % is usual."""
    chances = [journal.chance(10, 25, 0.15, alike) for alike in (0.0, 0.02, 0.1)]
    assert chances[0] == pytest.approx(float(stats.binom.sf(9, 25, 0.15)))
    assert all(less < more for less, more in pairwise(chances))


@given(st.integers(1, 60), st.data(), st.floats(0.5, 0.999))
def test_wilsons_limits_are_the_usual_ones_where_works_are_not_alike(n: int, data: st.DataObject, level: float) -> None:
    """And those of half as many works where the correlation makes them count half."""
    k = data.draw(st.integers(0, n))
    plain = stats.binomtest(k, n).proportion_ci(level, method="wilson")
    assert journal.wilson(k, n, level) == pytest.approx((plain.low, plain.high), abs=1e-9)
    assert journal.wilson(2 * k, 2 * n, level, 1 / (2 * n - 1)) == pytest.approx((plain.low, plain.high), abs=1e-9)


def test_limits_against_the_journal_know_that_schools_differ() -> None:
    """Shares of 0 and .8 by turns: limits of a school are wider than forty works that are not alike would make them."""
    raised = np.tile(np.append(np.ones(32), np.zeros(48)).astype(np.int64), 5)
    marks = journal.Marks(tuple(map(str, range(10))), np.repeat(np.arange(10), 40), 3 + raised, np.full(400, 3))
    one = judged(journal.raised_above_journal(marks)).tested[0]
    low, high = journal.wilson(32, 40, 0.99)
    assert one.high - one.low > 1.2 * (high - low)


def test_lowered_confirmed_and_raised_are_counted() -> None:
    """And gaps of two marks, up or down."""
    marks = journal.Marks(("1", "2"), np.array([0, 0, 0, 1]), np.array([3, 5, 4, 2]), np.array([3, 3, 5, 4]))
    assert journal.compared(marks) == (journal.Compared(1, 1, 1, 1), journal.Compared(1, 0, 0, 1))
    assert journal.direction(journal.Compared(1, 5, 9, 0)) == pytest.approx(float(stats.binomtest(9, 10).pvalue))


# --- own marking ---------------------------------------------------------------------------------


def own_marks(apart_: float, repeated: bool = False, readers: int = 6) -> own.OwnMarks:
    dice = np.random.default_rng(9)
    school = np.repeat(np.arange(8), 25)
    n = len(school)
    worth, first = dice.normal(20, 5, n), dice.integers(0, readers, n)
    second = (first + dice.integers(1, readers, n)) % readers
    seen = Readings(
        np.tile(np.arange(n), 2), np.concatenate([first, second]), np.tile(worth, 2) + dice.normal(0, 1.4, 2 * n)
    )
    stated = worth + dice.normal(0, 1.4, n) + apart_ * (school == 2)
    names = tuple(map(str, range(8)))
    return own.OwnMarks(names, tuple(map(str, range(readers))), seen, school, stated, np.full(n, repeated))


def test_a_school_that_gives_more_to_its_own_is_a_marker() -> None:
    """Three points; nobody where nobody does."""
    assert marked(own.own(own_marks(3.0))) == {"2"}
    assert marked(own.own(own_marks(0.0))) == set()


def test_forms_that_repeat_the_experts_say_nothing_of_own_marking() -> None:
    """Nor does a form that nobody sent, nor works that one expert marked."""
    some = own_marks(3.0, repeated=True)
    assert own.own(some) == Absent(Kind.OWN, Why.REPEATS)
    nothing = replace(some, own=np.full(len(some.own), np.nan))
    assert own.own(nothing) == Absent(Kind.OWN, Why.NOTHING)
    half = len(some.own)
    once = replace(
        own_marks(3.0), seen=Readings(some.seen.unit[:half], some.seen.reader[:half], some.seen.value[:half])
    )
    assert own.own(once) == Absent(Kind.OWN, Why.ONE_MARKING)
