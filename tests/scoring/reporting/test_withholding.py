"""Figures of few works can't be worked out from those that are told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.reporting.withholding import rest_is_told, withheld

SIZES = st.lists(st.integers(0, 30), min_size=1, max_size=12)
LEAST = 5


@given(SIZES, st.booleans())
def test_what_is_withheld_holds_enough_works_together(sizes: list[int], known: bool) -> None:
    """The whole less all that is told is nothing, or enough works; or nothing is told but the whole."""
    counts = np.array(sizes)
    hidden = withheld(counts, LEAST, known=known)
    assert all(hidden[counts < LEAST])
    gone = counts[hidden & (counts > 0)]
    assert not len(gone) or gone.sum() >= LEAST or hidden.all()
    if known and len(gone):  # whoever knows one of them learns nothing of the rest
        assert gone.sum() - gone.max() >= LEAST or hidden.all()


@given(SIZES, st.booleans())
def test_nothing_is_withheld_without_a_reason(sizes: list[int], known: bool) -> None:
    """Where every group is large enough, all are told; empty groups hide nobody."""
    counts = np.array(sizes)
    hidden = withheld(counts, LEAST, known=known)
    if not ((counts > 0) & (counts < LEAST)).any():
        assert hidden.tolist() == (counts < LEAST).tolist()


@pytest.mark.parametrize(
    ("sizes", "known", "hidden"),
    [
        ([25, 24, 3], False, [False, True, True]),
        ([25, 24, 3], True, [True, True, True]),
        ([25, 3], False, [True, True]),
        ([30, 4, 3], False, [False, True, True]),
        ([30, 4, 4, 4], True, [False, True, True, True]),
        ([30, 4, 0], False, [True, True, True]),
    ],
)
def test_the_smallest_others_are_withheld_with_a_small_group(sizes: list[int], known: bool, hidden: list[bool]) -> None:
    """As few as keep it unknown."""
    assert withheld(np.array(sizes), LEAST, known=known).tolist() == hidden


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(30, 33, False), (30, 35, True), (30, 30, True), (4, 40, True), (3, 4, False)]
)
def test_the_whole_isnt_told_where_it_tells_of_a_few_others(part: int, whole: int, told: bool) -> None:
    """A school of 30 in a district of 33 would learn of the other three."""
    assert rest_is_told(part, whole, LEAST) is told
