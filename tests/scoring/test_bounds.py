"""Exact bounds, against what is published, and against counting everything out."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.bounds import rate_at_most, wrong_at_most


@pytest.mark.parametrize(
    ("found", "drawn", "most"), [(0, 29_956, 1e-4), (0, 2_995, 1e-3), (1, 100, 0.0466), (0, 10, 0.2589), (10, 10, 1.0)]
)
def test_rates_are_the_published_ones(found: int, drawn: int, most: float) -> None:
    """0 errors in 29,956 cells bound the rate by 1 in 10,000; the others are of published tables."""
    assert rate_at_most(found, drawn) == pytest.approx(most, rel=2e-3)


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    whole = draw(st.integers(1, 60))
    drawn = draw(st.integers(0, whole))
    return draw(st.integers(0, drawn)), drawn, whole


def chance(found: int, drawn: int, whole: int, wrong: int) -> float:
    """The chance to find at most so many, counted out."""
    ways = sum(
        math.comb(wrong, n) * math.comb(whole - wrong, drawn - n)
        for n in range(found + 1)
        if n <= wrong and drawn - n <= whole - wrong
    )
    return ways / math.comb(whole, drawn)


@given(samples())
def test_what_isn_t_refuted_is_counted_out(sample: tuple[int, int, int]) -> None:
    """The largest number of errors under which so few would be found more often than once in twenty."""
    found, drawn, whole = sample
    possible = range(found, whole - (drawn - found) + 1)
    assert wrong_at_most(*sample) == max(n for n in possible if n == found or chance(*sample, n) > 0.05 - 1e-12)


@given(samples())
def test_a_whole_that_was_drawn_is_known(sample: tuple[int, int, int]) -> None:
    """Nothing is left to be wrong."""
    found, drawn, _whole = sample
    assert wrong_at_most(found, drawn, drawn) == found


def test_more_found_than_drawn_is_refused() -> None:
    """Counts that can't be."""
    for counts in ((2, 1, 5), (0, 6, 5), (-1, 2, 5)):
        with pytest.raises(ValueError, match="of"):
            wrong_at_most(*counts)
