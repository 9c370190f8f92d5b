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

Sums = NDArray[np.int32]

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
    pictures = _Pictures.of(part)
    areas = areas_of(boxes, _AROUND_MM) - pictures.corner
    moves = np.array([(start.dy, start.dx) for start in starts], np.intp).reshape(-1, 2)
    sizes = np.column_stack([areas[:, 1] - areas[:, 0], areas[:, 3] - areas[:, 2]])
    firsts = areas[:, [0, 2]] + moves - search
    room = np.array(part.dark.shape)
    inside = (firsts >= 0) & (firsts + sizes + 2 * search <= room) & (areas[:, [0, 2]] >= 0)
    whole = (inside & (areas[:, [1, 3]] <= room)).all(axis=1)
    for size in {(int(height), int(width)) for height, width in sizes[whole]}:
        at = np.flatnonzero(whole & (sizes == size).all(axis=1))
        looks = _Looks(pictures, size, search, firsts[at], areas[at][:, [0, 2]])
        for one, place in zip(at.tolist(), _places(looks), strict=True):
            if place is not None:
                start = starts[one]
                shifts[one] = Shift(start.dx + place[0] - search, start.dy + place[1] - search, True)
    return shifts


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    """Scan and print of a part, no darker than outlines, and the sums of all that is above and left of each pixel."""

    dark: Grey
    blank: Grey
    dark_sums: Sums
    blank_sums: Sums
    corner: NDArray[np.intp]

    @staticmethod
    def of(part: Part) -> _Pictures:
        dark, blank = (np.asarray(np.minimum(each, _OUTLINE), np.uint8) for each in (part.dark, part.blank))
        x, y = part.corner
        dark_sums, blank_sums = (np.asarray(cv2.integral(each), np.int32) for each in (dark, blank))
        return _Pictures(dark, blank, dark_sums, blank_sums, np.array([y, y, x, x], np.intp))


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """Boxes of one size (height, width): the first pixels (y, x) of where each is looked for, `search` around it on
    every side, and of where it is printed."""

    pictures: _Pictures
    size: tuple[int, int]
    search: int
    firsts: NDArray[np.intp]
    printed: NDArray[np.intp]

    def here(self, at: int) -> Grey:
        """The picture in which the print of one is looked for."""
        (y, x), reach = self.firsts[at], 2 * self.search
        return self.pictures.dark[y : y + self.size[0] + reach, x : x + self.size[1] + reach]

    def template(self, at: int) -> Grey:
        """What the print of one looks like."""
        y, x = self.printed[at]
        return self.pictures.blank[y : y + self.size[0], x : x + self.size[1]]


def _places(looks: _Looks) -> list[tuple[int, int] | None]:
    """Where in each picture its print lies; None where it isn't found.

    Sums along rows and columns, which straight lines of print dominate, say it many times quicker than trying every
    place. Where the print is not surely seen there, every place is tried."""
    height, width = looks.size
    seen, known, reach = looks.pictures.dark_sums, looks.pictures.blank_sums, 2 * looks.search
    y, x = looks.firsts.T
    rows, columns = looks.printed.T
    ys = _aligned(
        _by_row(seen, y, height + reach, x + looks.search, width), _by_row(known, rows, height, columns, width)
    )
    xs = _aligned(_by_row(seen.T, x, width + reach, y + ys, height), _by_row(known.T, columns, width, rows, height))
    found: list[tuple[int, int] | None] = []
    for at, place in enumerate(zip(xs.tolist(), ys.tolist(), strict=True)):
        here, template = looks.here(at), looks.template(at)
        sure = _correlation(here[place[1] : place[1] + height, place[0] : place[0] + width], template) >= _SURELY
        found.append(place if sure else _searched(here, template))
    return found


def _searched(here: Grey, template: Grey) -> tuple[int, int] | None:
    if float(cv2.meanStdDev(template)[1][0, 0]) < _LEAST_SPREAD:
        return None
    scores = cv2.matchTemplate(here, template, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(scores)
    return None if best < _FOUND else (int(at[0]), int(at[1]))


def _by_row(
    sums: Sums, tops: NDArray[np.intp], rows: int, lefts: NDArray[np.intp], columns: int
) -> NDArray[np.float32]:
    """The sum along each of so many rows of areas that are so many columns wide, one line an area."""
    lines = tops[:, None] + np.arange(rows + 1)
    wide = sums[lines, (lefts + columns)[:, None]] - sums[lines, lefts[:, None]]
    return np.asarray(np.diff(wide, axis=1), np.float32)


def _aligned(profiles: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.intp]:
    """Where in each longer profile its template correlates best."""
    wanted = wanted - wanted.mean(axis=1, keepdims=True)
    windows = sliding_window_view(profiles, wanted.shape[1], axis=1)
    sums, squares = windows.sum(axis=2), np.einsum("ijk,ijk->ij", windows, windows)
    spread = np.sqrt(np.maximum(squares - sums * sums / wanted.shape[1], 0.0)) + 1.0
    return np.asarray(np.argmax(np.einsum("ijk,ik->ij", windows, wanted) / spread, axis=1), np.intp)


def _correlation(one: Grey, other: Grey) -> float:
    """Of two pictures of one size."""
    n, a, b = one.size, cv2.sumElems(one)[0], cv2.sumElems(other)[0]
    aa, bb = (float(cv2.norm(each, cv2.NORM_L2SQR)) for each in (one, other))
    ab = (aa + bb - float(cv2.norm(one, other, cv2.NORM_L2SQR))) / 2
    return (ab - a * b / n) / (float(np.sqrt(max((aa - a * a / n) * (bb - b * b / n), 0.0))) + 1.0)


def square_shifts(page: Laid, squares: Sequence[Box]) -> tuple[Shift, ...]:
    """Where each side square lies. Those of one side stand in a line and are looked for in one strip. One that is seen
    best where the search ends lies farther off, nobody knows how far: it isn't found."""
    reach, here = _AROUND_MM + (_SQUARE_SEARCH + 1) / SCALE, Shift(0, 0, True)
    found: dict[Box, Shift] = {}
    for side in _sides(squares):
        first, last = side[0], side[-1]
        strip = Box(first.x, first.y, last.right - first.x, last.bottom - first.y).grown(reach)
        found |= zip(side, find_all(page.part(strip), side, _SQUARE_SEARCH, [here] * len(side)), strict=True)
    return tuple(_inside(found[square]) for square in squares)


def _inside(shift: Shift) -> Shift:
    return NOWHERE if max(abs(shift.dx), abs(shift.dy)) >= _SQUARE_SEARCH else shift


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
