"""Copying only what is written gives what copying everything gives."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scanning.masking import sparsecopy
from scanning.masking.sparsecopy import copy_inked
from tests.scanning.pages import Grey

PAPER, LEVEL = 240, 200.0
TABLE: Grey = np.where(np.arange(256) >= LEVEL, 255, np.arange(256)).astype(np.uint8)
SIZE = (581, 603)  # of the copy, width and height: no whole number of cells


def written(seed: int, strokes: int, shape: tuple[int, int] = (1100, 1100)) -> Grey:
    """Paper with noise and a few strokes, some of a single pixel."""
    rng = np.random.default_rng(seed)
    page = np.full(shape, PAPER, np.uint8)
    for _ in range(strokes):
        a = rng.integers(0, min(shape), 2)
        b = a + rng.integers(-90, 90, 2)
        cv2.line(page, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), (float(rng.integers(0, 190)),), 1)
        page[int(rng.integers(shape[0])), int(rng.integers(shape[1]))] = 20
    noisy: Grey = np.clip(page + rng.integers(-9, 10, shape), 0, 255).astype(np.uint8)
    return noisy


def turned(degrees: float, scale: float) -> NDArray[np.float64]:
    """From pixels of the copy to pixels of the scan, about the middles of both."""
    c, s = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    middle = np.array([550.3, 549.6]) - np.array([[c, -s], [s, c]]) @ (np.array(SIZE) / 2)
    return np.array([[c, -s, middle[0]], [s, c, middle[1]], [0, 0, 1]])


def ordinary(page: Grey, to_scan: NDArray[np.float64], how: int) -> Grey:
    seen = cv2.warpPerspective(page, to_scan, SIZE, flags=how | cv2.WARP_INVERSE_MAP, borderValue=255.0)
    return np.asarray(cv2.LUT(seen, TABLE), np.uint8)


def sparse(page: Grey, to_scan: NDArray[np.float64], *, nearest: bool) -> Grey:
    around = np.full((SIZE[1] + 5, SIZE[0] + 7), 255, np.uint8)
    into = around[2:-3, 3:-4]  # a part of a page, as the product has it
    put = copy_inked(page, to_scan, LEVEL, TABLE, into, nearest=nearest)
    assert put is not None
    assert told(put, into)
    outside = around.copy()
    outside[2:-3, 3:-4] = 255
    assert outside.min() == 255
    return into


def told(put: NDArray[np.intp], into: Grey) -> bool:
    """Whether rows of 8 pixels hold all that is not white."""
    left = into.copy()
    for x, y in put:
        left[y, x : x + 8] = 255
    return bool(left.min() == 255)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 20), st.floats(-180, 180), st.floats(0.6, 1.5))
@example(18552877, 3, 180.0, 1.1)  # a stroke ends on the last rows of the copy, the first of the scan that it shows
def test_mixed_pixels_are_those_of_an_ordinary_copy(seed: int, strokes: int, degrees: float, scale: float) -> None:
    """However the page is turned, finer or coarser: but for roundings."""
    page, to_scan = written(seed, strokes), turned(degrees, scale)
    found, wanted = sparse(page, to_scan, nearest=False), ordinary(page, to_scan, cv2.INTER_LINEAR)
    # OpenCV mixes in steps of a 32nd of a pixel, rounded in either way of calling it: next to a dark dot that is up to
    # 14 greys. A grey next to the level may fall on either side of it.
    dark = (wanted < LEVEL - 14) | (found < LEVEL - 14)
    assert np.abs(found.astype(np.int16) - wanted)[dark].max(initial=0) <= 14


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(0, 20),
    st.sampled_from([0, 90, 180, 270]),
    st.floats(-1.5, 1.5),
    st.floats(0.985, 1.02),
)
def test_whole_pixels_are_within_one_of_their_place(
    seed: int, strokes: int, quarter: int, degrees: float, scale: float
) -> None:
    """Nothing dark is left out and nothing is made up, on a page that lies any way round and a little askew."""
    page, to_scan = written(seed, strokes), turned(quarter + degrees, scale)
    found = sparse(page, to_scan, nearest=True)
    assert between(found, page, to_scan)


def between(found: Grey, page: Grey, to_scan: NDArray[np.float64]) -> bool:
    """Whether every pixel found is one that the scan has at its place or beside it."""
    kernel = np.ones((3, 3), np.uint8)
    darkest = ordinary(np.asarray(cv2.erode(page, kernel), np.uint8), to_scan, cv2.INTER_NEAREST)
    lightest = ordinary(np.asarray(cv2.dilate(page, kernel), np.uint8), to_scan, cv2.INTER_NEAREST)
    return bool(np.all(darkest <= found) and np.all(found <= lightest))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 1.4, 181.4])
@pytest.mark.parametrize("scale", [0.7, 1.0, 1.02, 1.1])
def test_what_stands_on_the_outermost_pixels_is_not_left_out(degrees: float, scale: float) -> None:
    """A dot on every eighth pixel along the sides of the copy is in it, whichever way round the page lies."""
    page, to_scan = np.full((1100, 1100), PAPER, np.uint8), turned(degrees, scale)
    along, across = np.arange(0, SIZE[0], 8), np.arange(0, SIZE[1], 8)
    sides = [
        (along, 0 * along),
        (along, 0 * along + SIZE[1] - 1),
        (0 * across, across),
        (0 * across + SIZE[0] - 1, across),
    ]
    dots = np.concatenate([np.column_stack(side) for side in sides])
    at = np.rint((np.column_stack([dots, np.ones(len(dots))]) @ to_scan.T)[:, :2]).astype(int)
    page[at[:, 1], at[:, 0]] = 20
    wanted, found = ordinary(page, to_scan, cv2.INTER_LINEAR), sparse(page, to_scan, nearest=False)
    assert not np.any((wanted < LEVEL - 14) & (found >= LEVEL))
    if abs(scale - 1) < 0.03:
        assert between(sparse(page, to_scan, nearest=True), page, to_scan)


@pytest.mark.parametrize("turn", [0, 180])
def test_writing_at_the_edge_of_the_scan_is_not_left_out(turn: int) -> None:
    """Of a cell whose middle lies beyond the scan the pixels within it are copied, too."""
    for beyond in np.arange(0.5, 8, 0.5):
        page, to_scan = np.full((550, 550), PAPER, np.uint8), turned(turn, 1.0)
        corner = to_scan @ (0, 0, 1) if not turn else to_scan @ (SIZE[0] - 1, SIZE[1] - 1, 1)
        to_scan[:2, 2] -= corner[:2] + beyond
        page[:2, 40:60] = page[40:60, :2] = 10
        wanted, found = ordinary(page, to_scan, cv2.INTER_LINEAR), sparse(page, to_scan, nearest=False)
        assert (wanted < LEVEL - 14).any()
        assert not np.any((wanted < LEVEL - 14) & (found >= LEVEL))


def test_a_page_full_of_writing_is_left_to_an_ordinary_copy() -> None:
    """Then that is quicker; nothing was put."""
    into: Grey = np.full(SIZE[::-1], 255, np.uint8)
    page = np.random.default_rng(1).integers(0, 256, (1100, 1100)).astype(np.uint8)
    assert copy_inked(page, turned(0, 1), LEVEL, TABLE, into, nearest=True) is None
    assert into.min() == 255


def test_a_zone_that_reaches_beyond_the_scan_is_left_to_an_ordinary_copy() -> None:
    """Whole pixels are not there to be taken; mixed ones count as paper."""
    page = np.full((550, 550), PAPER, np.uint8)
    page[70:80, 540:] = 10
    to_scan = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    into: Grey = np.full(SIZE[::-1], 255, np.uint8)
    assert copy_inked(page, to_scan, LEVEL, TABLE, into, nearest=True) is None
    assert copy_inked(page, to_scan, LEVEL, TABLE, into, nearest=False) is not None
    assert into[75, 545] == 10
    assert into[75, 560] == 255


def test_writing_missed_by_the_first_look_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The laws above can fail: without what lies around a dark square, strokes lose their ends."""
    monkeypatch.setattr(sparsecopy, "_BESIDE", np.ones((1, 1), np.uint8))
    page, to_scan = written(3, 0), turned(1.2, 1.0)
    cv2.line(page, (300, 300), (800, 700), (10.0,), 4)
    assert not between(sparse(page, to_scan, nearest=True), page, to_scan)
