"""Where the print lies in the scan, to a pixel of the laid page: feeders stretch paper between its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from crosscheck.geometry import Box
from scoring.laying import SCALE, Grey, Laid, Part, areas_of

_SEARCH = round(0.5 * SCALE)  # the local search reaches half a millimetre
_SQUARE_SEARCH = round(1.2 * SCALE)
_AROUND_MM = 1.0  # of the print that is looked for
_OUTLINE = round(0.45 * 255)  # box outlines are printed at 45 % grey: pen strokes must not outweigh them
_LEAST_SPREAD = 0.01 * 255  # of the print's darkness: there must be something to find
_SURELY = 0.6  # correlation from which profiles are believed
_FOUND = 0.35  # least correlation that counts as having found the printed outline


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the scan lies from the form here, in pixels of the laid page, and whether the print was found."""

    dx: int
    dy: int
    found: bool

    @property
    def length_mm(self) -> float:
        return float(np.hypot(self.dx, self.dy)) / SCALE


NOWHERE = Shift(0, 0, False)


def find(part: Part, box: Box, search: int, start: Shift) -> Shift:
    """Where the print of `box` (and a little around it) lies, at most `search` pixels from `start`."""
    (found,) = find_all(part, [box], search, [start])
    return found


def find_all(part: Part, boxes: Sequence[Box], search: int, starts: Sequence[Shift]) -> list[Shift]:
    """The same for many boxes: one by one, calls cost more than arithmetic."""
    shifts = [Shift(start.dx, start.dy, False) for start in starts]
    dark = np.asarray(np.minimum(part.dark, _OUTLINE), np.uint8)
    blank = np.asarray(np.minimum(part.blank, _OUTLINE), np.uint8)
    looked_at: dict[tuple[int, ...], list[_Look]] = {}
    areas = areas_of(boxes, _AROUND_MM).tolist()
    for at, ((top, bottom, left, right), start) in enumerate(zip(areas, starts, strict=True)):
        template = part.cut(blank, (top, bottom, left, right))
        reach = (top + start.dy - search, bottom + start.dy + search)
        here = part.cut(dark, (*reach, left + start.dx - search, right + start.dx + search))
        if here.shape == (template.shape[0] + 2 * search, template.shape[1] + 2 * search):
            looked_at.setdefault(template.shape, []).append(_Look(at, here, template))
    for looks in looked_at.values():
        for one, place in zip(looks, _places(looks, search), strict=True):
            if place is not None:
                start = starts[one.at]
                shifts[one.at] = Shift(start.dx + place[0] - search, start.dy + place[1] - search, True)
    return shifts


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """Where (in a list) a box is looked for, in which picture, and what its print looks like."""

    at: int
    here: Grey
    template: Grey


def _places(looks: Sequence[_Look], search: int) -> list[tuple[int, int] | None]:
    """Where in each picture its print lies, all of one size; None where it isn't found.

    Sums along rows and columns, which straight lines of print dominate, say it many times quicker than trying every
    place. Where the print is not surely seen there, every place is tried."""
    height, width = looks[0].template.shape
    down = [_sums(one.here[:, search : search + width], 1) for one in looks]
    ys = _aligned(down, [_sums(one.template, 1) for one in looks])
    across = [_sums(one.here[y : y + height], 0) for one, y in zip(looks, ys, strict=True)]
    xs = _aligned(across, [_sums(one.template, 0) for one in looks])
    found: list[tuple[int, int] | None] = []
    for one, x, y in zip(looks, xs, ys, strict=True):
        sure = _correlation(one.here[y : y + height, x : x + width], one.template) >= _SURELY
        found.append((x, y) if sure else _searched(one))
    return found


def _searched(look: _Look) -> tuple[int, int] | None:
    if float(look.template.std()) < _LEAST_SPREAD:
        return None
    scores = cv2.matchTemplate(look.here, look.template, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(scores)
    return None if best < _FOUND else (int(at[0]), int(at[1]))


def _sums(picture: Grey, axis: int) -> NDArray[np.float32]:
    return np.asarray(cv2.reduce(picture, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32F), np.float32).ravel()


def _aligned(profiles: Sequence[NDArray[np.float32]], templates: Sequence[NDArray[np.float32]]) -> list[int]:
    """Where in each longer profile its template correlates best."""
    wanted = np.stack(templates)
    wanted -= wanted.mean(axis=1, keepdims=True)
    windows = sliding_window_view(np.stack(profiles), wanted.shape[1], axis=1)
    sums, squares = windows.sum(axis=2), np.einsum("ijk,ijk->ij", windows, windows)
    spread = np.sqrt(np.maximum(squares - sums * sums / wanted.shape[1], 0.0)) + 1.0
    return [int(at) for at in np.argmax(np.einsum("ijk,ik->ij", windows, wanted) / spread, axis=1)]


def _correlation(one: Grey, other: Grey) -> float:
    """Of two pictures of one size."""
    n, a, b = one.size, cv2.sumElems(one)[0], cv2.sumElems(other)[0]
    aa, bb = (float(cv2.norm(each, cv2.NORM_L2SQR)) for each in (one, other))
    ab = (aa + bb - float(cv2.norm(one, other, cv2.NORM_L2SQR))) / 2
    return (ab - a * b / n) / (float(np.sqrt(max((aa - a * a / n) * (bb - b * b / n), 0.0))) + 1.0)


def square_shifts(page: Laid, squares: Sequence[Box]) -> tuple[Shift, ...]:
    """Where each side square lies. Those of one side stand in a line and are looked for in one strip."""
    reach, here = _AROUND_MM + (_SQUARE_SEARCH + 1) / SCALE, Shift(0, 0, True)
    found: dict[Box, Shift] = {}
    for side in _sides(squares):
        first, last = side[0], side[-1]
        strip = Box(first.x, first.y, last.right - first.x, last.bottom - first.y).grown(reach)
        found |= zip(side, find_all(page.part(strip), side, _SQUARE_SEARCH, [here] * len(side)), strict=True)
    return tuple(found[square] for square in squares)


def _sides(squares: Sequence[Box]) -> list[list[Box]]:
    """The squares by the line that they stand in: down the page, or across it when they share their height."""
    down = len({square.x for square in squares}) <= len({square.y for square in squares})
    lines: dict[float, list[Box]] = {}
    for square in squares:
        lines.setdefault(square.x if down else square.y, []).append(square)
    return list(lines.values())


def expected_shifts(
    boxes: Sequence[Box], squares: Sequence[Box], shifts: Sequence[Shift], *, lying: bool
) -> list[Shift]:
    """What the side squares say about the shift at each box: weighted by nearness. Of a page without any: nothing."""
    found = [(square, shift) for square, shift in zip(squares, shifts, strict=True) if shift.found]
    if not found or not boxes:
        return [NOWHERE] * len(boxes)
    # Stretch runs along the feed, so nearness counts most along the long side.
    along, across = (0, 1) if lying else (1, 0)
    here = np.array([box.centre for box in boxes])[:, None]
    there = np.array([square.centre for square, _ in found])[None]
    away = np.abs(here - there)
    weights = 1.0 / (4.0 + away[..., along] ** 2 + 0.05 * away[..., across])
    weights /= weights.sum(axis=1, keepdims=True)
    moved = weights @ np.array([(shift.dx, shift.dy) for _, shift in found], np.float64)
    return [Shift(round(float(dx)), round(float(dy)), True) for dx, dy in moved]


def cell_shifts(part: Part, cells: Sequence[Box], starts: Sequence[Shift]) -> list[Shift]:
    """Where the print of whole cells lies: all boxes of a cell together outvote a pen stroke."""
    return find_all(part, cells, _SEARCH, starts)
