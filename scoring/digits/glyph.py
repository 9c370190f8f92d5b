"""From the ink of one digit cell to what the recogniser looks at: the sign alone, at one size, in the middle.

Ink is darkness above paper with the print taken away, 0 to 1, at 8 pixels a millimetre. A sign that can't be told from
what else is there (it is cut off, or a neighbour's reaches in) is not passed on at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]
Flags = NDArray[np.bool_]
_T = TypeVar("_T", bound=np.generic)

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


def look_at(ink: Ink, print_: Flags, level: float, faint: float) -> Look:
    """What stands in a cell. `ink`: the cell and AROUND_MM around it, the print taken away from where `print_` says
    that it is; `level`: what counts as ink, `faint`: as a trace."""
    (look,) = look_at_all([(ink, print_)], level, faint)
    return look


def look_at_all(cells: Sequence[tuple[Ink, Flags]], level: float, faint: float) -> list[Look]:
    """The same of many cells: one by one, calls cost more than arithmetic."""
    found: dict[int, Look] = {}
    for shape in {ink.shape for ink, _print in cells}:
        at = [number for number, (ink, _print) in enumerate(cells) if ink.shape == shape]
        inks, prints = zip(*(cells[number] for number in at), strict=True)
        found |= zip(at, _looks(np.stack(inks), np.stack(prints), level, faint), strict=True)
    return [found[number] for number in range(len(cells))]


def _looks(inks: NDArray[np.float32], prints: Flags, level: float, faint: float) -> list[Look]:
    """What stands in cells of one size (n, height, width)."""
    edge, height = round(AROUND_MM * PER_MM), inks.shape[1]
    parts = _parts(_strokes(inks, prints, level), height, edge)
    near = _apart(cv2.dilate(parts.signs.reshape(-1, parts.signs.shape[2]), _SQUARE_3), len(inks))
    holes = _holes(near)
    found: list[Look] = []
    for number, ink in enumerate(inks):
        if parts.neighbours[number]:
            found.append(Unclear("neighbour"))
        elif parts.areas[number] < _LEAST:
            found.append(Empty() if _is_blank(ink, edge, faint) else Unclear("faint"))
        else:
            box = parts.boxes[number]
            why = _spoilt(box, ink.shape)
            sign = (_cut(each, box) for each in (ink, parts.signs[number], near[number], holes[number]))
            found.append(why or _glyph(*sign))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Pieces of ink of cells of one size. `signs`: 1 where a cell's own ink is, with rows between cells. Of each cell:
    how much ink is its own, its edges (left, top, right, bottom), and whether a neighbour's stroke reaches in."""

    signs: NDArray[np.uint8]
    areas: list[int]
    boxes: list[tuple[int, int, int, int]]
    neighbours: list[bool]


def _strokes(inks: NDArray[np.float32], prints: Flags, level: float) -> NDArray[np.uint8]:
    """1 where ink is: cells below each other, so many empty rows after each that none reaches another."""
    number, height, width = inks.shape
    marked = np.zeros((number, height + _GAP // 2, width), np.uint8)
    np.greater(inks, level, out=marked[:, :height].view(np.bool_))
    # A stroke that crosses the print may have lost a piece there.
    wide = _apart(cv2.dilate(marked.reshape(-1, width), _SQUARE_GAP), number)
    wide[:, height:] = 1  # what lies beyond a cell speaks against nothing
    closed = _apart(cv2.erode(wide.reshape(-1, width), _SQUARE_GAP), number)
    marked[:, :height] |= closed[:, :height] & prints.view(np.uint8)
    return marked


def _apart(stacked: cv2.typing.MatLike, number: int) -> NDArray[np.uint8]:
    """Cells that lie below each other, again one by one."""
    picture = np.asarray(stacked, np.uint8)
    return picture.reshape(number, -1, picture.shape[1])


def _parts(marked: NDArray[np.uint8], height: int, edge: int) -> _Parts:
    """A piece belongs to the cell in which half of it lies. A neighbour's may touch the line, no more."""
    number, rows, width = marked.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        marked.reshape(-1, width), 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    at = np.flatnonzero(marked)  # a tenth of all: little else has to be looked at
    piece = np.asarray(labels).ravel()[at]
    y, x = at // width % rows, at % width
    deep = np.minimum(np.minimum(y, height - 1 - y), np.minimum(x, width - 1 - x))
    inside, far_inside = (np.bincount(piece[deep >= least], minlength=len(stats)) for least in (edge, edge + 4))
    area, tops = stats[:, cv2.CC_STAT_AREA], stats[:, cv2.CC_STAT_TOP]
    large = area >= _SPECK
    large[0] = False  # all that is no ink
    own = large & (2 * inside >= area)
    cell = tops // rows
    signs = np.zeros_like(marked)
    signs.ravel()[at] = own.view(np.uint8)[piece]
    return _Parts(
        signs,
        np.bincount(cell[own], area[own], minlength=number).tolist(),
        _edges(stats[own, :4] - np.array([0, 1, 0, 0]) * rows * cell[own, None], cell[own], number),
        (np.bincount(cell[large & ~own & (far_inside > 0)], minlength=number) > 0).tolist(),
    )


def _edges(pieces: NDArray[np.int32], cell: NDArray[np.int32], number: int) -> list[tuple[int, int, int, int]]:
    """Edges of all pieces (left, top, width, height) of each cell together."""
    firsts, lasts = np.full((number, 2), np.iinfo(np.int32).max), np.zeros((number, 2), np.int32)
    np.minimum.at(firsts, cell, pieces[:, :2])
    np.maximum.at(lasts, cell, pieces[:, :2] + pieces[:, 2:])
    return [(left, top, right, bottom) for left, top, right, bottom in np.hstack([firsts, lasts]).tolist()]


def _spoilt(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> Unclear | None:
    """Why what stands within a box is no whole sign."""
    left, top, right, bottom = box
    if left == 0 or top == 0 or right == shape[1] or bottom == shape[0]:
        return Unclear("cut")
    return Unclear("small") if max(bottom - top, right - left) < _LEAST_SIGN else None


def _is_blank(ink: Ink, edge: int, faint: float) -> bool:
    smooth = np.asarray(cv2.blur(ink, (3, 3)))[edge:-edge, edge:-edge]
    return int(np.count_nonzero(smooth > faint)) < 2 * _LEAST


def _cut(picture: NDArray[_T], box: tuple[int, int, int, int]) -> NDArray[_T]:
    left, top, right, bottom = box
    return picture[top:bottom, left:right]


def _glyph(ink: Ink, sign: NDArray[np.uint8], near: NDArray[np.uint8], holes: NDArray[np.uint8]) -> Glyph:
    """The glyph of a sign, all cut to its edges. `near`: 1 where its ink is, or beside it; `holes`: where paper is
    closed in."""
    black = _percentile(ink[sign.view(np.bool_)], 0.8)
    height, width = ink.shape
    middle = holes[height * 2 // 5 : 1 + height * 3 // 5, width * 2 // 5 : 1 + width * 3 // 5]
    hole = 2 * cv2.countNonZero(middle) > middle.size
    return Glyph(framed(np.minimum(ink * near / np.float32(black), np.float32(1.0))), hole)


def _holes(near: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where paper is closed in by ink: in the middle of a 0, never of an X. `near`: of all cells, 1 where a cell's
    own ink is, or beside it."""
    number, _rows, width = near.shape
    closed = np.asarray(cv2.erode(near.reshape(-1, width), _SQUARE_3), np.uint8)
    room = cv2.copyMakeBorder(1 - closed, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(1.0,))
    cv2.floodFill(room, None, (0, 0), (0.0,), flags=4)
    return _apart(np.ascontiguousarray(np.asarray(room)[1:-1, 1:-1]), number)


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
