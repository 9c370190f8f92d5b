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
_WHITE = np.uint64(2**64 - 1)
_BESIDE = np.ones((3, 3), np.uint8)
# From columns and rows of cells to the pixel of the copy in their middle.
_MIDDLES = np.array([[_CELL, 0, (_CELL - 1) / 2], [0, _CELL, (_CELL - 1) / 2], [0, 0, 1.0]])


def copy_inked(grey: Grey, to_scan: Floats, level: float, table: Grey, into: Grey, *, nearest: bool) -> Places | None:
    """Put into a white picture, `into` (HxW uint8, rows of it side by side in memory), whatever the scan `grey` (HxW
    uint8) has darker than `level`, each grey turned into what `table` (256) has for it. Gives the
    rows of 8 pixels in `into` that are not white any more, by their first pixels (n x 2: x, y). None, with nothing put,
    when that is so much, or lies so near to the scan's edge, that it has to be copied as a whole.

    `to_scan`: 3x3 from pixels of the copy to pixels of the scan, affine or nearly so. `nearest`: whole pixels are
    taken, as the page is hardly turned and as large in the scan as in the copy; else four are mixed."""
    if min(into.shape) < _CELL:
        return None
    inked = _inked(grey, to_scan, into.shape, level)
    if cv2.countNonZero(inked) > _TOO_MANY * inked.size:
        return None
    places = _places(inked, into.shape)
    if not places.size:
        return places
    found = _moved(grey, to_scan, places) if nearest else _mixed(grey, to_scan, places)
    if found is None:
        return None
    words = np.asarray(cv2.LUT(found, table), np.uint8).view(np.uint64)[: len(places)]
    _cells(into)[places[:, 1], places[:, 0]] = words
    written = np.flatnonzero(words.ravel() != _WHITE)
    put = places[written // _CELL]
    put[:, 1] += written % _CELL
    return put


def _places(inked: Grey, shape: tuple[int, ...]) -> Places:
    """First pixels (x, y) of the cells that are inked. The last row and column of cells overlap those before them,
    so that no cell reaches beyond the copy."""
    cells = cv2.findNonZero(inked)
    if cells is None:
        return np.zeros((0, 2), np.intp)
    last = (shape[1] - _CELL, shape[0] - _CELL)
    return np.minimum(_CELL * cells.reshape(-1, 2).astype(np.intp), last)


def _cells(picture: Grey) -> Words:
    """Of each pixel of a picture the cell that begins there, as eight words: HxWx8, but for the last 7 rows and
    columns."""
    (height, width), (stride, step) = picture.shape, picture.strides
    first = picture[0, :_CELL].view(np.uint64)
    shape = (height - _CELL + 1, width - _CELL + 1, _CELL)
    return np.lib.stride_tricks.as_strided(first, shape, (stride, step, stride))


# --- where there is ink ------------------------------------------------------------------------------------


def _inked(grey: Grey, to_scan: Floats, shape: tuple[int, ...], level: float) -> Grey:
    """Cells of the copy near which the scan is darker than `level`: not 0. What lies off the scan counts as paper."""
    high, wide = (-(-side // _CELL) for side in shape)
    left, top, right, bottom = _reach(grey.shape, to_scan, shape)
    if right <= left or bottom <= top:
        return np.zeros((high, wide), np.uint8)
    side = int(np.ceil(_CELL * np.sqrt(abs(np.linalg.det(to_scan[:2, :2])))))
    dark = cv2.threshold(_darkest(grey[top:bottom, left:right], side), level, 255, cv2.THRESH_BINARY_INV)[1]
    # A cell of the copy reaches less than one square of the scan beyond the square that its middle lies in. Middles of
    # the last row and column, or of cells on the scan's edge, may lie beyond all squares: one more on each side.
    around = cv2.dilate(cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0), _BESIDE)
    to_squares = np.array([[1, 0, 0.5 - left + side / 2], [0, 1, 0.5 - top + side / 2], [0, 0, side]])
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
    height, width = grey.shape
    if first.min() < 0 or np.any(first.max(axis=0) > (width - _CELL, height - _CELL)) or grey.strides[1] != 1:
        return None
    found = _cells(grey)[first[:, 1], first[:, 0]].view(np.uint8)
    quarters = _quarters(to_scan)
    if quarters:
        found = np.ascontiguousarray(np.rot90(found.reshape(-1, _CELL, _CELL), quarters, axes=(1, 2)))
    return found.reshape(-1, _CELL * _CELL)


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
