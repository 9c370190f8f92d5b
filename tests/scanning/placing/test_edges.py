"""Marks are measured from their own edges, wherever the first look put them."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.geometry import Box
from scanning.placing.edges import Settled, settled, two_coloured
from tests.scanning.pages import FORM, Canvas, Grey, answer_page, laid, noisy

DPI = 150.0
PAGE = noisy(laid(answer_page(DPI), 1.3))
SIZES = [mark.box.w for mark in FORM.marks]


def quads(page: Grey = PAGE, degrees: float = 1.3) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Where the marks' corners are."""
    matrix = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), -degrees, 1.0)
    k = DPI / 25.4
    drawn = [Box(*(round(v * k) for v in (m.box.x, m.box.y, m.box.w, m.box.h))) for m in FORM.marks]
    corners = np.array([box.corners() for box in drawn], np.float64) - 0.5
    return np.asarray(corners @ matrix[:, :2].T + matrix[:, 2], np.float64)


def corners(found: tuple[Settled | None, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    assert all(found), found
    return np.array([mark.corners for mark in found if mark is not None])


def test_corners_are_found_to_a_tenth_of_a_pixel() -> None:
    """Of a noisy page."""
    assert np.abs(corners(settled(PAGE, quads(), SIZES)) - quads()).max() < 0.15


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=32, max_size=32))
def test_the_first_look_leaves_no_trace(off: list[float]) -> None:
    """From corners up to half a millimetre wrong the same sixteenths are reached, or a neighbour of theirs."""
    again = settled(PAGE, quads() + np.array(off).reshape(4, 4, 2), SIZES)
    assert np.abs(corners(again) - corners(settled(PAGE, quads(), SIZES))).max() <= 1 / 16


def test_a_first_look_askew_is_enough() -> None:
    """Corners that are off by as much as a picture at half size puts them."""
    page = noisy(laid(answer_page(DPI), -1.0, (-2.25, 1.5)))
    seen = np.array([[(42.5, 70.5), (98.5, 68.5), (100.5, 126.5), (44.5, 128.5)]])
    mark = settled(page, seen, SIZES[:1])[0]
    assert mark is not None
    assert np.abs(mark.corners - seen[0]).max() > 2.5


def test_nothing_farther_than_the_band_is_read() -> None:
    """Whatever stands more than 2.5 mm from a mark."""
    other = np.random.default_rng(4).integers(0, 256, PAGE.shape).astype(np.uint8)
    for quad in quads():
        reach = 2.5 * DPI / 25.4
        (left, top), (right, bottom) = (quad.min(axis=0) - reach).astype(int), (quad.max(axis=0) + reach).astype(int)
        other[top:bottom, left:right] = PAGE[top:bottom, left:right]
    assert np.array_equal(corners(settled(other, quads(), SIZES)), corners(settled(PAGE, quads(), SIZES)))


def test_a_mark_that_is_not_there_is_lost_alone() -> None:
    """The others are measured as if nothing had happened."""
    paper = Canvas(PAGE.copy(), DPI)
    paper.fill(FORM.marks[1].box.grown(4), 250)
    found = settled(paper.pixels, quads(), SIZES)
    assert [mark is None for mark in found] == [False, True, False, False]
    assert np.array_equal(corners((found[0],)), corners(settled(PAGE, quads(), SIZES))[:1])


def test_the_width_of_edges_tells_a_blurred_page() -> None:
    """In millimetres: 1.35 times the spread of the blur."""
    blurred = np.asarray(cv2.GaussianBlur(PAGE, (0, 0), 0.4 * DPI / 25.4), np.uint8)
    sharp, soft = (settled(page, quads(), SIZES)[0] for page in (PAGE, blurred))
    assert sharp is not None
    assert soft is not None
    assert sharp.edge_mm < 0.25
    assert 0.45 < soft.edge_mm < 0.65


def test_black_and_white_is_told_from_grey() -> None:
    """By the edges of a mark."""
    assert two_coloured(np.where(PAGE < 128, 0, 255).astype(np.uint8), quads()[0])
    assert not two_coloured(PAGE, quads()[0])
