"""Smaller pictures come out the same whoever asks for them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanning.placing.shrinking import halved, shrunk, views_of

PAGE = np.random.default_rng(2).integers(0, 255, (1401, 1003)).astype(np.uint8)
VIEWS = views_of(PAGE)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.13, 1.0))
def test_a_view_is_what_shrinking_the_page_gives(scale: float) -> None:
    """To the byte: nobody's result depends on who made the halves."""
    assert np.array_equal(VIEWS.at(scale), shrunk(PAGE, scale))


@given(st.floats(0.01, 1.0))
def test_the_nearest_view_is_large_enough_and_no_larger(scale: float) -> None:
    """Except for the smallest there is."""
    picture, own = VIEWS.nearest(scale)
    assert own >= scale or len(picture) == len(VIEWS.pictures[-1])
    assert own < 2 * scale or own == 0.5 ** (len(VIEWS.pictures) - 1)


def test_views_are_halves_of_halves() -> None:
    """Four of them on a page, fewer on a stamp."""
    assert len(VIEWS.pictures) == 4
    assert np.array_equal(VIEWS.pictures[2], halved(halved(PAGE)))
    assert len(views_of(PAGE[:100, :100]).pictures) == 1


def test_the_view_about_a_resolution_is_the_nearest_octave() -> None:
    """A page of 200 dpi has one of 100."""
    page = np.full((2339, 1654), 255, np.uint8)
    views = views_of(page)
    assert views.about(100).shape == views.pictures[1].shape
    assert views.about(300) is page
    assert views.about(1).shape == views.pictures[-1].shape
