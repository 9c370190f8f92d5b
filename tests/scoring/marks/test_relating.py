"""Correlations and changes over years: with limits, or why there are none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.marks.relating import Limits, dynamics, mean_of, pearson, spearman
from scoring.measures.figures import NotEnoughData, NoVariation

PAIRS = [(float(x), float(y)) for x, y in zip(range(12), (2, 1, 4, 3, 3, 6, 5, 9, 8, 7, 12, 9), strict=True)]
pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(2, 5)), min_size=10, max_size=40)


def test_pearson_is_that_of_scipy_with_its_limits() -> None:
    """Fisher's transformation, two-sided 95 %."""
    reference = stats.pearsonr(*zip(*PAIRS, strict=True))
    low, high = reference.confidence_interval(0.95)
    found = pearson(PAIRS)
    assert isinstance(found, Limits)
    assert found.n == 12
    assert [found.value, found.low, found.high] == pytest.approx([reference.statistic, low, high])


def test_spearman_is_that_of_scipy_with_wider_limits() -> None:
    """By ranks; its variance is larger by half the square of the coefficient (Bonett & Wright)."""
    rho = stats.spearmanr(*zip(*PAIRS, strict=True)).statistic
    found = spearman(PAIRS)
    assert isinstance(found, Limits)
    wide = 1.959963984540054 * math.sqrt((1 + rho**2 / 2) / 9)
    assert [found.value, found.high] == pytest.approx([rho, math.tanh(math.atanh(rho) + wide)])


@given(pairs)
def test_a_coefficient_lies_within_its_limits(some: list[tuple[int, int]]) -> None:
    """And all three within -1 and 1; swapping the two changes nothing; never a NaN."""
    for measure in (pearson, spearman):
        found = measure([(float(x), float(y)) for x, y in some])
        if isinstance(found, Limits):
            assert -1 <= found.low <= found.value <= found.high <= 1
            swapped = measure([(float(y), float(x)) for x, y in some])
            assert isinstance(swapped, Limits)
            assert swapped.value == pytest.approx(found.value)
        else:
            assert isinstance(found, NoVariation)


def test_under_ten_pairs_nothing_is_said() -> None:
    """Nor where all are the same."""
    assert pearson(PAIRS[:9]) == NotEnoughData(9, 10)
    assert spearman([(1.0, float(n)) for n in range(10)]) == NoVariation(10)


def test_limits_cover_as_often_as_they_say() -> None:
    """400 samples of 30 pairs with a true correlation of 0.6: about 95 % of limits hold it."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        x = rng.standard_normal(30)
        y = 0.6 * x + 0.8 * rng.standard_normal(30)
        found = pearson(list(zip(x.tolist(), y.tolist(), strict=True)))
        assert isinstance(found, Limits)
        held += found.low <= 0.6 <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_a_change_is_of_those_who_have_both_years() -> None:
    """Means are of all of a year; without results of a year the years around it are neighbours."""
    before = {f"c{n}": 0.5 + n / 100 for n in range(12)}
    now = {f"c{n}": 0.6 + n / 100 for n in range(2, 14)}
    found = dynamics({2026: now, 2024: before, 2025: {}})
    assert [year.year for year in found.years] == [2024, 2026]
    (change,) = found.changes
    assert (change.since, change.until, change.mean.n) == (2024, 2026, 10)
    assert isinstance(change.mean, Limits)
    assert change.mean.value == pytest.approx(0.1)


def test_limits_of_a_mean_are_students() -> None:
    """t of n - 1 degrees of freedom."""
    values = [0.1 * n for n in range(10)]
    low, high = stats.t.interval(0.95, 9, np.mean(values), stats.sem(values))
    found = mean_of(values)
    assert isinstance(found, Limits)
    assert [found.low, found.high] == pytest.approx([low, high])
