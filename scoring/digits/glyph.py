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
    height, width = ink.shape
    edge = round(AROUND_MM * PER_MM)
    inside = np.zeros(ink.shape, np.bool_)
    inside[edge : height - edge, edge : width - edge] = True
    marked = ink > level
    # A stroke that crosses the print may have lost a piece there.
    closed = np.asarray(cv2.morphologyEx(marked.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((_GAP, _GAP), np.uint8))) > 0
    marked |= closed & print_
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marked.astype(np.uint8), connectivity=8)
    own = np.zeros(count, np.bool_)
    for part in range(1, count):
        area = int(stats[part, cv2.CC_STAT_AREA])
        share = int((inside & (labels == part)).sum()) / area
        if area < _SPECK:
            continue
        if share >= 0.5:
            own[part] = True
        elif share > 0.0 and _reaches_in(labels == part, edge):
            return Unclear("neighbour")
    sign = own[labels]
    if int(sign.sum()) < _LEAST:
        return Empty() if _is_blank(ink, inside, faint) else Unclear("faint")
    if sign[0].any() or sign[-1].any() or sign[:, 0].any() or sign[:, -1].any():
        return Unclear("cut")
    return _glyph(ink, sign)


def _reaches_in(part: NDArray[np.bool_], edge: int) -> bool:
    """Whether a neighbour's stroke comes farther into the cell than its line."""
    return bool(part[edge + 4 : -edge - 4, edge + 4 : -edge - 4].any())


def _is_blank(ink: Ink, inside: NDArray[np.bool_], faint: float) -> bool:
    smooth = np.asarray(cv2.blur(ink, (3, 3)))
    return int((smooth[inside] > faint).sum()) < 2 * _LEAST


def _glyph(ink: Ink, sign: NDArray[np.bool_]) -> Look:
    rows, columns = np.flatnonzero(sign.any(axis=1)), np.flatnonzero(sign.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    if max(bottom - top, right - left) < _LEAST_SIGN:
        return Unclear("small")
    near = np.asarray(cv2.dilate(sign.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    only = np.where(near, ink, 0.0).astype(np.float32)
    black = float(np.percentile(ink[sign], 80))
    return Glyph(framed(np.clip(only / black, 0.0, 1.0)[top:bottom, left:right]), _hole(sign[top:bottom, left:right]))


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


def _hole(sign: NDArray[np.bool_]) -> bool:
    """Whether paper closed in by ink lies in the middle of the sign: true of a 0, never of an X."""
    closed = np.asarray(cv2.morphologyEx(sign.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    room = np.pad(1 - closed, 1, constant_values=1)
    _, labels = cv2.connectedComponents(room, connectivity=4)
    height, width = sign.shape
    middle = labels[1 + height * 2 // 5 : 2 + height * 3 // 5, 1 + width * 2 // 5 : 2 + width * 3 // 5]
    outside = labels[0, 0]
    return bool(((middle != outside) & (middle != 0)).mean() > 0.5)
