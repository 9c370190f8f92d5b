"""An answer zone copied from the scan without copying its bare paper: a third of the cost.

Nearly all of a zone is paper, which becomes white anyhow. So the scan is first looked at in squares, each by its
darkest pixel, and only where something is dark enough to be seen in the copy are pixels copied. That is never wrong by
a pixel: a square of the copy is left white only when nothing near it is dark.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Words = NDArray[np.uint64]

_CELL = 8  # pixels of the copy, and bytes of one machine word
_TOO_MANY = 0.4  # of the cells: copying all of them together is quicker
_IN_A_ROW = 16  # cells in a row of a packed picture, which must not be longer than 32,767 pixels
_BESIDE = np.ones((3, 3), np.uint8)
_SIDES = np.arange(_CELL)
# From columns and rows of cells to the pixel of the copy in their middle.
_MIDDLES = np.array([[_CELL, 0, (_CELL - 1) / 2], [0, _CELL, (_CELL - 1) / 2], [0, 0, 1.0]])


def copy_inked(grey: Grey, to_scan: Floats, level: float, table: Grey, into: Grey, *, nearest: bool) -> bool:
    """Put into a white picture, `into` (HxW uint8, rows of it side by side in memory), whatever the scan `grey` (HxW
    uint8) has darker than `level`, each grey turned into what `table` (256) has for it. False, with nothing put, when
    that is so much, or lies so near to the scan's edge, that it has to be copied as a whole.

    `to_scan`: 3x3 from pixels of the copy to pixels of the scan, affine or nearly so. `nearest`: whole pixels are
    taken, as the page is hardly turned and as large in the scan as in the copy; else four are mixed."""
    if min(into.shape) < _CELL:
        return False
    inked = _inked(grey, to_scan, into.shape, level)
    if np.count_nonzero(inked) > _TOO_MANY * inked.size:
        return False
    places = _places(inked, into.shape)
    if places.size:
        found = _moved(grey, to_scan, places) if nearest else _mixed(grey, to_scan, places)
        if found is None:
            return False
        _put(into, places, np.asarray(cv2.LUT(found, table), np.uint8))
    return True


def _places(inked: Grey, shape: tuple[int, ...]) -> Places:
    """First pixels (x, y) of the cells that are inked. The last row and column of cells overlap those before them,
    so that no cell reaches beyond the copy."""
    rows, columns = np.nonzero(inked)
    last = (shape[1] - _CELL, shape[0] - _CELL)
    return np.minimum(_CELL * np.column_stack([columns, rows]), last)


def _put(into: Grey, places: Places, found: Grey) -> None:
    """Lay the pixels of cells (rows of 64) at their places: a cell's row is one word."""
    stride = into.strides[0]
    first = places[:, 1] * stride + places[:, 0]
    _words(into)[first[:, None] + _SIDES * stride] = found.view(np.uint64)[: len(first)]


def _words(picture: Grey) -> Words:
    """Of each place in memory the eight pixels from there on, as one word."""
    (height, width), stride = picture.shape, picture.strides[0]
    first = picture[0, :_CELL].view(np.uint64)
    return np.lib.stride_tricks.as_strided(first, ((height - 1) * stride + width - _CELL + 1,), (1,))


# --- where there is ink ------------------------------------------------------------------------------------


def _inked(grey: Grey, to_scan: Floats, shape: tuple[int, ...], level: float) -> Grey:
    """Cells of the copy near which the scan is darker than `level`: not 0. What lies off the scan counts as paper."""
    high, wide = (-(-side // _CELL) for side in shape)
    left, top, right, bottom = _reach(grey.shape, to_scan, shape)
    if right <= left or bottom <= top:
        return np.zeros((high, wide), np.uint8)
    side = int(np.ceil(_CELL * np.sqrt(abs(np.linalg.det(to_scan[:2, :2])))))
    dark = cv2.threshold(_darkest(grey[top:bottom, left:right], side), level, 255, cv2.THRESH_BINARY_INV)[1]
    # A cell of the copy reaches less than one square of the scan beyond the square that its middle lies in.
    around = cv2.dilate(dark, _BESIDE)
    to_squares = np.array([[1, 0, 0.5 - left - side / 2], [0, 1, 0.5 - top - side / 2], [0, 0, side]])
    how = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    cells = cv2.warpPerspective(around, to_squares @ to_scan @ _MIDDLES, (wide, high), flags=how, borderValue=0.0)
    return np.asarray(cells, np.uint8)


def _reach(seen: tuple[int, ...], to_scan: Floats, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The part of the scan that the copy shows, with a pixel around it: left, top, right, bottom."""
    x, y = shape[1] - 1, shape[0] - 1
    corners = np.array([[0, 0, 1], [x, 0, 1], [0, y, 1], [x, y, 1]]) @ to_scan.T
    px = corners[:, :2] / corners[:, 2:]
    (left, top), (right, bottom) = np.floor(px.min(axis=0)) - 1, np.ceil(px.max(axis=0)) + 2
    return max(0, int(left)), max(0, int(top)), min(seen[1], int(right)), min(seen[0], int(bottom))


def _darkest(part: Grey, side: int) -> Grey:
    """The darkest pixel of each square of `side` pixels; those at the right and lower edge may be smaller."""
    even = part.shape[0] // side * side
    rows = part[:even].reshape(-1, side, part.shape[1]).min(axis=1)
    if even < part.shape[0]:
        rows = np.vstack([rows, part[even:].min(axis=0, keepdims=True)])
    return np.asarray(cv2.erode(rows, np.ones((1, side), np.uint8), anchor=(0, 0))[:, ::side], np.uint8)


# --- what stands there ---------------------------------------------------------------------------------------


def _seen_from(to_scan: Floats, places: NDArray[np.number[Any]]) -> Floats:
    """Where places (x, y) of the copy lie in the scan."""
    lifted = np.column_stack([places, np.ones(len(places))]) @ to_scan.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def _moved(grey: Grey, to_scan: Floats, places: Places) -> Grey | None:
    """Pixels of the cells that begin at `places`, each cell moved as a whole: over 8 pixels, turned by less than 1.5
    degrees, nothing is off by more than a tenth of a pixel. None when a cell reaches beyond the scan."""
    half = (_CELL - 1) / 2
    first = np.rint(_seen_from(to_scan, places + half) - half).astype(np.intp)
    (height, width), stride = grey.shape, grey.strides[0]
    if first.min() < 0 or np.any(first.max(axis=0) > (width - _CELL, height - _CELL)) or grey.strides[1] != 1:
        return None
    start = first[:, 1] * stride + first[:, 0]
    found = _words(grey)[start[:, None] + _SIDES * stride].view(np.uint8).reshape(-1, _CELL, _CELL)
    upright = np.rot90(found, _quarters(to_scan), axes=(1, 2))
    return np.ascontiguousarray(upright).reshape(-1, _CELL * _CELL)


def _quarters(to_scan: Floats) -> int:
    """How many quarters the page is turned clockwise in the scan."""
    return round(float(np.degrees(np.arctan2(to_scan[1, 0], to_scan[0, 0]))) / 90) % 4


def _mixed(grey: Grey, to_scan: Floats, places: Places) -> Grey:
    """Pixels of the cells that begin at `places`, each mixed of the four nearest of the scan."""
    count = -(-len(places) // _IN_A_ROW) * _IN_A_ROW
    first = np.zeros((count, 2))
    first[: len(places)] = places
    at = _seen_from(to_scan, first).astype(np.float32)
    # Within a cell the page lies as it does at the copy's corner: over 8 pixels no scan bends.
    slopes = (to_scan[:2, :2] / to_scan[2, 2]).astype(np.float32)
    down, right = (place.astype(np.float32) for place in np.divmod(np.arange(_CELL * _CELL), _CELL))
    x = at[:, :1] + (slopes[0, 0] * right + slopes[0, 1] * down)
    y = at[:, 1:] + (slopes[1, 0] * right + slopes[1, 1] * down)
    row = (-1, _IN_A_ROW * _CELL * _CELL)
    how, border = cv2.INTER_LINEAR, cv2.BORDER_CONSTANT
    packed = cv2.remap(grey, x.reshape(row), y.reshape(row), how, borderMode=border, borderValue=255.0)
    return np.asarray(packed, np.uint8).reshape(-1, _CELL * _CELL)
