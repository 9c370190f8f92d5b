"""What is looked at in a digit cell, and what is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from scoring.digits.glyph import AROUND_MM, PER_MM, SIDE, Empty, Glyph, Ink, Unclear, look_at, look_at_all

HEIGHT, WIDTH = round((7.2 + 2 * AROUND_MM) * PER_MM), round((7.0 + 2 * AROUND_MM) * PER_MM)
LEVEL, FAINT = 0.24, 0.1


def cell(noise: float = 0.02) -> Ink:
    return np.abs(np.random.default_rng(1).normal(0.0, noise, (HEIGHT, WIDTH))).astype(np.float32)


def stroke(ink: Ink, *points: tuple[float, float], dark: float = 0.8, wide: int = 4) -> Ink:
    """A line through points in mm from the corner of the cell."""
    layer = np.zeros_like(ink)
    pixels = [[round((x + AROUND_MM) * PER_MM), round((y + AROUND_MM) * PER_MM)] for x, y in points]
    cv2.polylines(layer, [np.array(pixels, np.int32)], False, dark, wide, cv2.LINE_AA)
    return np.maximum(ink, layer)


def ring(ink: Ink, dark: float = 0.8) -> Ink:
    points = [(3.5 + 1.4 * np.cos(a), 3.6 + 2.2 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 30)]
    return stroke(ink, *points, dark=dark)


def look(ink: Ink) -> Empty | Unclear | Glyph:
    return look_at(ink, np.zeros(ink.shape, np.bool_), LEVEL, FAINT)


def test_paper_is_empty() -> None:
    """Noise is not ink, nor is a speck of dust."""
    assert look(cell()) == Empty()
    assert look(stroke(cell(), (3, 3), (3.1, 3), wide=1)) == Empty()


def test_a_sign_is_set_into_the_middle_at_one_size() -> None:
    """Wherever it stands and however large it is."""
    small = look(stroke(cell(), (1, 1), (1, 3.2)))
    large = look(stroke(cell(), (5.5, 0.6), (5.5, 6.4)))
    assert isinstance(small, Glyph)
    assert isinstance(large, Glyph)
    for glyph in (small, large):
        assert glyph.picture.shape == (SIDE, SIDE)
        rows = np.flatnonzero((glyph.picture > 0.3).any(axis=1))
        assert (rows[0], rows[-1]) == pytest.approx((2, 21), abs=1)
        columns = np.flatnonzero((glyph.picture > 0.3).any(axis=0))
        assert (columns[0] + columns[-1]) / 2 == pytest.approx(SIDE / 2, abs=1.5)


def test_a_zero_has_a_hole_and_a_cross_has_none() -> None:
    """Closed in paper in the middle: the second look that tells 0 from X."""
    zero, one = look(ring(cell())), look(stroke(cell(), (3.5, 1), (3.5, 6)))
    cross = look(stroke(stroke(cell(), (1.5, 1), (5.5, 6)), (5.5, 1), (1.5, 6)))
    assert [isinstance(each, Glyph) and each.hole for each in (zero, one, cross)] == [True, False, False]


def test_a_stroke_that_comes_in_from_beside_is_not_this_cells() -> None:
    """A touch of the line is let go; one that reaches in makes the cell unclear."""
    touching = ((-1.0, 3.0), (-0.1, 3.2))
    assert look(stroke(cell(), *touching)) == Empty()
    assert isinstance(look(stroke(ring(cell()), *touching)), Glyph)
    reaching = ((-1.0, 0.2), (-1.0, 6.0), (-0.6, 6.4), (1.2, 6.6))
    assert look(stroke(stroke(cell(), (4, 1), (4, 5)), *reaching)) == Unclear("neighbour")


def test_a_sign_that_leaves_the_picture_is_cut() -> None:
    """What is outside nobody saw."""
    assert look(stroke(cell(), (3, 3), (3.2, 9.0), (3.3, 3.0))) == Unclear("cut")


def test_pale_and_small_marks_are_neither_signs_nor_nothing() -> None:
    """A person looks: a blank is claimed only where there is no trace."""
    assert look(ring(cell(), dark=0.19)) == Unclear("faint")
    assert look(stroke(cell(), (3, 3), (3.4, 3.4))) == Unclear("small")


def test_a_stroke_cut_by_the_print_is_one_stroke() -> None:
    """Where the cell's line was taken away a piece of the stroke is missing: its tail outside still belongs to it."""
    print_ = np.zeros((HEIGHT, WIDTH), np.bool_)
    print_[-11:-6] = True
    whole = stroke(cell(), (2, 1), (4, 5), (4, 7.9))
    cut = np.where(print_, 0.0, whole).astype(np.float32)
    assert look_at(cut, print_, LEVEL, FAINT) == look_at(whole, print_, LEVEL, FAINT) == Unclear("cut")
    inside = look_at(
        np.where(print_, 0.0, stroke(cell(), (2, 1), (4, 5), (4, 7.6))).astype(np.float32), print_, LEVEL, FAINT
    )
    assert isinstance(inside, Glyph)
    tall = np.flatnonzero((inside.picture > 0.2).any(axis=1))
    assert tall[-1] - tall[0] >= 18


def test_cells_looked_at_together_are_what_they_are_alone() -> None:
    """Neighbours in the pile, and cells of another size, change nothing."""
    dice = np.random.default_rng(4)
    cells = []
    for number in range(60):
        ink = cell(0.05)[: HEIGHT - 4 * (number % 2)]
        for _stroke in range(dice.integers(4)):
            ends = dice.uniform(-1, 8.5, (3, 2)).tolist()
            ink = stroke(ink, *ends, dark=dice.uniform(0.1, 0.9), wide=int(dice.integers(1, 7)))
        cells.append((ink, dice.random(ink.shape) < 0.2))
    together, alone = look_at_all(cells, LEVEL, FAINT), [look_at(*each, LEVEL, FAINT) for each in cells]
    assert {type(one) for one in together} == {Empty, Unclear, Glyph}
    for one, other in zip(together, alone, strict=True):
        if isinstance(one, Glyph) and isinstance(other, Glyph):
            assert (one.hole, one.picture.tolist()) == (other.hole, other.picture.tolist())
        else:
            assert one == other
