"""What scanning does to a page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drill.ink import Page
from drill.paper import CLEAN, PROFILES, WORN, Turn, aged, bilevel, grey, resampled, turned


def _page(*, colour: bool = False) -> Page:
    page = np.full((297, 210, 3) if colour else (297, 210), 255, np.uint8)
    page[40:60, 30:90] = 0
    return page


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("colour", [False, True])
def test_a_worn_page_keeps_its_shape(name: str, colour: bool) -> None:
    """Every profile leaves height, width, channels and type as they were, and changes the pixels."""
    page = _page(colour=colour)
    old = aged(page, 100, PROFILES[name], np.random.default_rng(1), page)
    assert (old.shape, old.dtype) == (page.shape, page.dtype)
    assert not np.array_equal(old, page)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_the_same_seed_wears_a_page_the_same_way(seed: int) -> None:
    """Two runs of one seed give the same pixels."""
    one, two = (aged(_page(), 100, WORN, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(one, two)


def test_another_seed_wears_it_another_way() -> None:
    """Chance comes from the generator given and nowhere else."""
    one, two = (aged(_page(), 100, WORN, np.random.default_rng(seed)) for seed in (1, 2))
    assert not np.array_equal(one, two)


def test_the_reverse_side_shows_through_mirrored() -> None:
    """Ink at the left of the reverse side darkens the right of a bare front."""
    bare = np.full((297, 210), 255, np.uint8)
    seen = aged(bare, 100, WORN, np.random.default_rng(3), _page()).astype(float)
    alone = aged(bare, 100, WORN, np.random.default_rng(3)).astype(float)
    darker = (alone - seen)[42:58]
    assert darker[:, 130:170].mean() > 5.0
    assert abs(darker[:, 30:70].mean()) < 1.0


def test_clean_paper_stays_nearly_as_printed() -> None:
    """The clean profile neither darkens paper nor loses print."""
    old = aged(_page(), 100, CLEAN, np.random.default_rng(4))
    assert old[100:200].mean() > 245
    assert old[45:55, 40:80].mean() < 30


@pytest.mark.parametrize("turn", list(Turn))
def test_four_quarter_turns_bring_a_page_back(turn: Turn) -> None:
    """A turned page turned on by what is left of 360 degrees is the page again."""
    back = Turn((360 - turn.value) % 360)
    assert np.array_equal(turned(turned(_page(), turn), back), _page())


def test_a_quarter_turn_is_anticlockwise() -> None:
    """What was at the top lies at the left after 90 degrees."""
    page = np.full((30, 20), 255, np.uint8)
    page[0] = 0
    assert (turned(page, Turn.LEFT)[:, 0] == 0).all()


def test_bilevel_has_two_levels() -> None:
    """A 1-bit scan holds black and white only."""
    old = bilevel(aged(_page(colour=True), 100, WORN, np.random.default_rng(5)))
    assert set(np.unique(old)) == {0, 255}
    assert old.ndim == 2


def test_resampling_changes_the_size_by_the_ratio_of_resolutions() -> None:
    """Half the resolution is half the pixels each way; the same resolution is the same page."""
    assert resampled(_page(), 200, 100).shape == (148, 105)
    assert np.array_equal(resampled(_page(), 150, 150), grey(_page()))
