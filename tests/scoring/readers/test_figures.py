"""Figures of experts: against tables, against other ways to the same figure, and where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import (
    APPEAL_MARKING,
    FIRST_CONTROL_MARKING,
    RE_MARKING,
    THIRD_MARKING,
    CriterionId,
    Marking,
    Part,
    WorkId,
)
from drill.markers import Size
from drill.markers import given as played
from scoring.agreement import quadratic_kappa
from scoring.controls import hidden
from scoring.discrepancies import MarkingSeen
from scoring.markers.judged import Few
from scoring.measures.components import Components
from scoring.measures.figures import Known, NotEnoughData, NoVariation
from scoring.measures.readings import Floats, Ints
from scoring.readers import district, drift, repeats, scale, spread
from scoring.readers.district import Bound, Interval
from scoring.readers.given import Given, residuals
from scoring.readers.given import given as gathered
from tests.scoring.test_discrepancies import FULL, P, marking
from tests.scoring.test_severities import by, seen

SIZE = Size(10, 1, 1, 8)


def played_by(count: int = 60, colour: float = 0.0, noise: float = 0.0) -> Given:
    return played(np.random.default_rng(1), SIZE, colour=colour, noise=noise, count=count)


# --- shifts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shift", "length", "at", "found"),
    [
        (0.5, 500, 7.26, 25.8),
        (0.5, 2000, 9.93, 36.4),
        (1.0, 500, 4.38, 9.1),
        (1.0, 2000, 5.75, 11.8),
        (0.25, 500, 10.74, 65),
        (0.25, 2000, 15.70, 103),
    ],
)
def test_thresholds_and_delays_are_the_tabled_ones(shift: float, length: float, at: float, found: float) -> None:
    """Siegmund's approximation, one-sided."""
    assert drift.threshold(length, shift) == pytest.approx(at, abs=0.03)
    assert drift.run_length(at, shift, shift) == pytest.approx(found, rel=0.02)


def test_sums_by_hand() -> None:
    """Reference a quarter: what lies below it takes the upward sum back to nothing, never below."""
    up, down = drift.sums(np.array([1.0, 1.0, -2.0, 0.25]))
    assert up.tolist() == [0.75, 1.5, 0.0, 0.0]
    assert down.tolist() == [0.0, 0.0, 1.75, 1.25]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=25, max_size=60), st.floats(-5, 5))
def test_how_severe_somebody_is_makes_no_shift(values: list[float], severity: float) -> None:
    """The same residuals on another level."""
    one, other = drift.drift(np.array(values)), drift.drift(np.array(values) + severity)
    assert isinstance(one, drift.Drift)
    assert isinstance(other, drift.Drift)
    assert other.p == pytest.approx(one.p, abs=1e-6)
    assert 0 <= one.p <= 1


@pytest.mark.parametrize("planted", [30, 60])
def test_a_shift_is_found_where_it_was_planted(planted: int) -> None:
    """Of two spreads, over 200 experts with 100 works each: the work from which on, and how much."""
    found = []
    for seed in range(200):
        values = np.random.default_rng(seed).normal(size=100)
        values[planted:] += 2
        found.append(drift.drift(values))
    shifts = [one for one in found if isinstance(one, drift.Drift)]
    assert abs(np.median([one.since for one in shifts]) - planted) <= 3
    assert np.mean([one.change for one in shifts]) == pytest.approx(2, abs=0.15)


def test_fewer_than_twenty_five_works_are_no_series() -> None:
    """And it is said how many would be needed: a shift of half a spread takes 36 to be seen."""
    assert drift.drift(np.zeros(24)) == Few("", 24, 25 + 37)


# --- against others ------------------------------------------------------------------------------


def test_residuals_have_the_spread_of_one_and_no_severity() -> None:
    """Over all, whatever the severities."""
    found = residuals(played_by())
    assert float(found.value.std()) == pytest.approx(1, abs=0.03)
    for reader in range(10):
        own = found.value[found.reader == reader]
        assert abs(float(own.mean())) < 3 / len(own) ** 0.5


def test_markings_of_one_reader_come_in_their_order() -> None:
    """Whatever the order of works."""
    some = played_by()
    found = residuals(some)
    for reader in range(10):
        assert (np.diff(some.order[found.at[found.reader == reader]]) > 0).all()


def test_a_work_a_second_time_by_the_same_expert_and_a_third_marking_are_left_out() -> None:
    """As for severities."""
    again = by("1", FIRST_CONTROL_MARKING, "0 0 0 0 0 0")
    some = gathered(P, [seen("w", by("1", 1, FULL), by("2", 2, FULL), again, by("3", THIRD_MARKING, FULL))], {})
    assert (some.experts, some.unit.tolist()) == (("1", "2"), [0, 0])
    assert some.units == ((WorkId("w"), Part(0)),)


def test_what_was_planted_shows_in_the_figure_of_its_kind() -> None:
    """Halo of the first reader; noise of each score makes no halo."""
    plain, coloured, noisy = played_by(200), played_by(200, colour=1.5), played_by(200, noise=1.5)
    halos = [spread.halo(some, residuals(some)) for some in (plain, coloured, noisy)]
    values = [found.of[0].value if found and found.of[0] else 0.0 for found in halos]
    assert values[1] > values[0] + 0.2
    assert values[2] < values[0] + 0.1
    wide = spread.ratios(residuals(coloured), 10)[0]
    assert wide is not None
    assert wide.low > 1.2


def test_long_tails_take_freedoms_away() -> None:
    """None for a normal distribution, most for one that is nearly always 0."""
    dice = np.random.default_rng(1)
    assert spread.thinning(dice.normal(0, 1, 100_000)) == pytest.approx(1, abs=0.03)
    assert spread.thinning((dice.random(100_000) < 0.01).astype(float)) < 0.05
    assert spread.thinning(np.zeros(10)) == 1.0


# --- all experts together ------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=25, max_size=60))
def test_kappa_is_that_of_the_table_of_agreement(pairs: list[tuple[int, int]]) -> None:
    """And lies within its limits."""
    one, other = (np.array(some, dtype=np.int64) for some in zip(*pairs, strict=True))
    found, known = district.kappa(one, other, 4), quadratic_kappa(pairs)
    if isinstance(found, Interval) and isinstance(known, Known):
        assert found.value == pytest.approx(known.value)
        assert found.low <= found.value <= found.high
    else:
        assert isinstance(found, NoVariation)


def test_limits_of_kappa_cover_what_is_true() -> None:
    """With 50 works, in at least nine of ten samples (the true one is that of a hundred thousand)."""
    dice = np.random.default_rng(4)

    def pairs(n: int) -> tuple[Ints, Ints]:
        worth = dice.normal(2, 1.2, n)
        return _rounded(worth + dice.normal(0, 0.6, n)), _rounded(worth + dice.normal(0, 0.6, n))

    truth = district.kappa(*pairs(100_000), 4)
    assert isinstance(truth, Interval)
    covered = 0
    for _sample in range(200):
        found = district.kappa(*pairs(50), 4)
        assert isinstance(found, Interval)
        covered += found.low <= truth.value <= found.high
    assert 175 <= covered <= 200


def _rounded(values: Floats) -> Ints:
    return np.clip(np.round(values), 0, 4).astype(np.int64)


def test_a_limit_is_judged_by_the_interval() -> None:
    """Never by the figure itself."""
    assert Interval(25, 0.72, 0.55, 0.88).against(0.7) is Bound.OPEN
    assert Interval(25, 0.68, 0.55, 0.88).against(0.7) is Bound.OPEN
    assert Interval(400, 0.74, 0.70, 0.78).against(0.7) is Bound.AT_LEAST
    assert Interval(400, 0.60, 0.55, 0.69).against(0.7) is Bound.BELOW


def test_components_and_correlations_come_from_the_same_scores() -> None:
    """Halo has a component of its own; more markings make a total more dependable."""
    found = district.generalizability(played_by(count=200))
    assert isinstance(found, Components)
    assert found[frozenset({"work", "reader"})] > 0
    once, twice = (district.dependable(found, n, 8) for n in (1, 2))
    assert once is not None
    assert twice is not None
    assert 0 < once < twice < 1
    assert isinstance(district.icc(played_by(count=200)), dict)
    assert isinstance(district.generalizability(played_by(count=2)), NotEnoughData)


def test_logits_and_fair_means_say_what_points_say() -> None:
    """Within one group; who shares no works with anybody has none."""
    some = played_by(count=100)
    found = scale.scaled(some)
    assert set(found) == set(some.experts)
    severities = np.array([found[name].severity for name in some.experts])
    fair = np.array([found[name].fair for name in some.experts])
    assert np.corrcoef(severities, fair)[0, 1] < -0.99


def test_an_expert_who_gave_the_same_everywhere_is_left_out_and_the_others_are_not() -> None:
    """The model has no place for such a one."""
    some = played_by(count=100)
    some.points[some.reader == 4] = 3
    found = scale.scaled(some)
    assert set(found) == set(some.experts) - {"4"}


def test_kappas_have_the_names_of_criteria() -> None:
    """One each."""
    names = tuple(CriterionId(str(n)) for n in range(8))
    assert tuple(district.kappas(played_by(), names)) == names


# --- hidden works --------------------------------------------------------------------------------


def test_hidden_works_have_margins_from_five_on() -> None:
    """Second time less first, works counted once however many criteria they have."""
    second = ("1 2 2 3 2 0", FULL, "0 2 2 3 2 1", FULL, "1 1 2 3 2 1")
    works = [
        seen(f"w{n}", marking(1, FULL), _control(text))  # expert Э01, a second time
        for n, text in enumerate(second)
    ]
    found = repeats.repeated(works)["Э01"]
    assert found.again is not None
    assert (found.again.works, found.again.value) == (5, -0.6)
    assert found.again.margin == pytest.approx(2.776 * 0.5477 / 5**0.5, abs=1e-3)
    assert found.same == pytest.approx(27 / 30)
    four = repeats.repeated(works[:4])["Э01"].again
    assert four is not None
    assert four.margin is None


@pytest.mark.parametrize("aided", [THIRD_MARKING, RE_MARKING, APPEAL_MARKING])
def test_markings_that_saw_others_points_are_no_others_of_an_exemplar_work(aided: Marking) -> None:
    """One point less than the only other who marked it unaided."""
    work = seen("w", marking(2, FULL), by("9", aided, "0 0 0 0 0 0"), _control("0 2 2 3 2 1"))
    found = repeats.repeated([work])["Э01"].exemplars
    assert found is not None
    assert found.value == -1
    assert hidden([work])[0].apart == (-1,)


def _control(text: str) -> MarkingSeen:
    return replace(by("Э01", 1, text), marking=Marking(FIRST_CONTROL_MARKING))
