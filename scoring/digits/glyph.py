"""From the ink of one digit cell to what the recogniser looks at: the sign alone, at one size, in the middle.

Ink is darkness above paper with the print taken away, 0 to 1, at 8 pixels a millimetre. A sign that can't be told from
what else is there (it is cut off, or a neighbour's reaches in) is not passed on at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]

SIDE = 24  # pixels of a glyph
_SIGN = 20  # the longer side of the sign in it
AROUND_MM = 1.0  # beyond the cell's edges that belongs to the picture of a cell
PER_MM = 8
_LEAST = 14  # pixels of ink: a stroke of 0.3 mm and 0.7 mm length
_SPECK = 5
_GAP = 7  # pixels
_LEAST_SIGN = 12  # pixels, the longer side: 1.5 mm
_SQUARE_3, _SQUARE_GAP = np.ones((3, 3), np.uint8), np.ones((_GAP, _GAP), np.uint8)


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing is written in the cell."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something is there that is no sign by itself, and why: faint, small, cut, neighbour."""

    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """A sign: SIDE x SIDE, 0 (paper) to 1 (ink). `hole`: whether its middle is paper closed in by ink."""

    picture: Ink
    hole: bool


Look = Empty | Unclear | Glyph


def look_at(ink: Ink, print_: NDArray[np.bool_], level: float, faint: float) -> Look:
    """What stands in a cell. `ink`: the cell and AROUND_MM around it, the print taken away from where `print_` says
    that it is; `level`: what counts as ink, `faint`: as a trace."""
    edge = round(AROUND_MM * PER_MM)
    marked = (ink > level).astype(np.uint8)
    # A stroke that crosses the print may have lost a piece there.
    closed = np.asarray(cv2.morphologyEx(marked, cv2.MORPH_CLOSE, _SQUARE_GAP), np.uint8)
    marked |= closed & print_.view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marked, connectivity=8)
    inside = np.bincount(labels[edge:-edge, edge:-edge].ravel(), minlength=count).tolist()
    own = []
    for part, (left, top, wide, high, area) in enumerate(stats.tolist()):
        if part == 0 or area < _SPECK:
            continue
        if inside[part] >= 0.5 * area:
            own.append((part, left, top, left + wide, top + high, area))
        elif inside[part] > 0 and _reaches_in(labels == part, edge):
            return Unclear("neighbour")
    if sum(area for *_place, area in own) < _LEAST:
        return Empty() if _is_blank(ink, edge, faint) else Unclear("faint")
    parts, lefts, tops, rights, bottoms, _areas = zip(*own, strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    if left == 0 or top == 0 or right == ink.shape[1] or bottom == ink.shape[0]:
        return Unclear("cut")
    if max(bottom - top, right - left) < _LEAST_SIGN:
        return Unclear("small")
    within = labels[top:bottom, left:right]
    sign = within == parts[0] if len(parts) == 1 else np.isin(within, parts)
    return _glyph(ink[top:bottom, left:right], sign)


def _reaches_in(part: NDArray[np.bool_], edge: int) -> bool:
    """Whether a neighbour's stroke comes farther into the cell than its line."""
    return bool(part[edge + 4 : -edge - 4, edge + 4 : -edge - 4].any())


def _is_blank(ink: Ink, edge: int, faint: float) -> bool:
    smooth = np.asarray(cv2.blur(ink, (3, 3)))[edge:-edge, edge:-edge]
    return int(np.count_nonzero(smooth > faint)) < 2 * _LEAST


def _glyph(ink: Ink, sign: NDArray[np.bool_]) -> Glyph:
    """The glyph of a sign, both cut to its edges."""
    shape = sign.view(np.uint8)
    near = np.asarray(cv2.dilate(shape, _SQUARE_3), np.float32)
    black = _percentile(ink[sign], 0.8)
    return Glyph(framed(np.minimum(ink * near / np.float32(black), np.float32(1.0))), _hole(shape))


def _percentile(values: Ink, share: float) -> float:
    """As numpy's, for one-dimensional values, at a tenth of the cost."""
    at = share * (len(values) - 1)
    low = int(at)
    two = np.partition(values, (low, min(low + 1, len(values) - 1)))
    return float(two[low]) + (at - low) * float(two[min(low + 1, len(values) - 1)] - two[low])


def framed(sign: Ink) -> Ink:
    """A sign cut to its edges, brought to size and put into the middle of a glyph."""
    height, width = sign.shape
    scale = _SIGN / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(sign, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    picture = np.zeros((SIDE, SIDE), np.float32)
    y, x = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    picture[y : y + size[1], x : x + size[0]] = small
    return picture


def _hole(shape: NDArray[np.uint8]) -> bool:
    """Whether paper closed in by ink lies in the middle of the sign: true of a 0, never of an X."""
    closed = cv2.morphologyEx(shape, cv2.MORPH_CLOSE, _SQUARE_3)
    room = cv2.copyMakeBorder(1 - np.asarray(closed, np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1.0,))
    _, labels = cv2.connectedComponents(room, connectivity=4)
    height, width = shape.shape
    middle = labels[1 + height * 2 // 5 : 2 + height * 3 // 5, 1 + width * 2 // 5 : 2 + width * 3 // 5]
    closed_in = np.count_nonzero((middle != labels[0, 0]) & (middle != 0))
    return bool(closed_in > 0.5 * middle.size)
