"""Lines that a speck of dust on a feeder's glass draws down every page: found, so that they can be left out.

They run straight along the feed, whatever the paper does beneath: on a page that went through askew they lean.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scoring.laying import SCALE, Grey, Part

_PRINTED = round(0.08 * 255)  # darkness from which something is print
_ALONG = 0.6  # of the way down the table that is free of print, a streak is seen
_EVERY = 7  # of the lines is looked at first: no row of a sheet is a multiple of it
_MAYBE = 0.35  # of these, where print is left out less widely than down the whole table
_LEAST_LEAN = 0.5  # pixels from the first row to the last


@dataclass(frozen=True, slots=True, eq=False)
class Streaks:
    """Streaks over a part of a page. `mask`: 1 where one lies, of the part's shape. `at`: the columns (rows, of a page
    that lies) of the page in which they run, halfway."""

    mask: Grey
    at: NDArray[np.intp]

    @property
    def any(self) -> bool:
        return len(self.at) > 0

    def mm(self) -> tuple[int, ...]:
        """Whole millimetres from the left edge (of a page that lies, from the top)."""
        return tuple(sorted({int(column) // SCALE for column in self.at}))


def lean(matrix: NDArray[np.float64], *, lying: bool) -> float:
    """By how many pixels of the laid page streaks move across for each along it. `matrix`: laid page to scan."""
    across, along = (matrix[:2, 1], matrix[:2, 0]) if lying else (matrix[:2, 0], matrix[:2, 1])
    # A streak keeps its column of the scan; of a scan that was turned a quarter, its row.
    axis = int(np.argmax(np.abs(across)))
    return float(-along[axis] / across[axis])


def streaks(part: Part, level: int, slope: float, *, lying: bool) -> Streaks:
    """Where a line darker than `level` runs down most of a part, leaning by `slope`. No pen stroke is that long."""
    dark, blank = (part.dark.T, part.blank.T) if lying else (part.dark, part.blank)
    if not _suspected(dark[::_EVERY], blank[::_EVERY], level, slope * _EVERY):
        return Streaks(np.zeros(part.dark.shape, np.uint8), np.zeros(0, np.intp))
    printed = cv2.dilate(np.ascontiguousarray(blank), np.ones((3, 3), np.uint8))
    free = _leant(np.asarray(printed <= _PRINTED).view(np.uint8), -slope)
    found = _leant((np.ascontiguousarray(dark) > level).view(np.uint8), -slope) & free
    wide = np.asarray(cv2.dilate(found, np.ones((1, 5), np.uint8)), np.uint8)
    seen, room = (cv2.reduce(each, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for each in (wide, free))
    columns = np.asarray(seen > _ALONG * np.maximum(room, 1))
    if not columns.any():
        return Streaks(np.zeros(part.dark.shape, np.uint8), np.zeros(0, np.intp))
    mask = _leant(np.ascontiguousarray(np.broadcast_to(columns.view(np.uint8), dark.shape)), slope)
    start = part.corner[1] if lying else part.corner[0]
    halfway = np.flatnonzero(mask[len(mask) // 2]) + start
    return Streaks(np.ascontiguousarray(mask.T) if lying else mask, halfway)


def _suspected(dark: Grey, blank: Grey, level: int, slope: float) -> bool:
    """Whether some of a part's lines leave it possible that there is a streak: on nearly every sheet that is all that
    has to be looked at."""
    printed = cv2.dilate(np.ascontiguousarray(blank), np.ones((1, 3), np.uint8))
    free = _leant(np.asarray(printed <= _PRINTED).view(np.uint8), -slope)
    found = _leant((np.ascontiguousarray(dark) > level).view(np.uint8), -slope) & free
    wide = np.asarray(cv2.dilate(found, np.ones((1, 5), np.uint8)), np.uint8)
    seen, room = (cv2.reduce(each, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel() for each in (wide, free))
    return bool((seen > _MAYBE * np.maximum(room, 1)).any())


def _leant(flags: Grey, slope: float) -> Grey:
    """Each row moved across by `slope` times how far it is from the middle row."""
    if abs(slope) * len(flags) < _LEAST_LEAN:
        return flags
    middle = len(flags) / 2
    matrix = np.array([[1.0, slope, -slope * middle], [0.0, 1.0, 0.0]])
    size = flags.shape[::-1]
    return np.asarray(cv2.warpAffine(flags, matrix, (int(size[0]), int(size[1])), flags=cv2.INTER_NEAREST), np.uint8)
