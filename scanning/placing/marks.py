"""Our corner marks in a scan, seen coarsely: which they are and about where. Where exactly is measured in `edges`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck import pageform, sheetlayout
from crosscheck.geometry import A4_HEIGHT
from scanning.placing.shrinking import shrunk

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_COARSE_DPI = 100.0
_MM_PER_INCH = 25.4
_ENOUGH = 0.7  # a picture of this share of the size wanted will do, or the inverse
_ONE_WINDOW = 13  # pixels: two modules of a mark at 100 dpi
_LEAST_AT_FIRST = 0.3  # four sides of a mark at first look, of the longer side of a corner: over half its printed size
_NEAR, _FAR = 4.0, 10 / 3  # a corner of the scan is this part of its side: at first look, at second


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark seen coarsely: its corners in scan pixels, clockwise from its own top left."""

    marker: int
    corners: tuple[tuple[float, float], ...]

    def side(self) -> float:
        """Mean length of its sides in pixels."""
        corners = np.array(self.corners)
        return float(np.mean(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)))

    def centre(self) -> Floats:
        """Mean of its corners."""
        return np.asarray(np.mean(np.array(self.corners), axis=0), np.float64)


@cache
def _detector(thorough: bool) -> cv2.aruco.ArucoDetector:
    """`thorough`: several thresholds instead of the one at which nearly all marks are seen."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    parameters.minMarkerPerimeterRate = 0.02  # of the longer side of what is looked at
    if not thorough:
        parameters.minMarkerPerimeterRate = _LEAST_AT_FIRST
        parameters.adaptiveThreshConstant = 12
        parameters.adaptiveThreshWinSizeMin = parameters.adaptiveThreshWinSizeMax = _ONE_WINDOW
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)


_Area = tuple[int, int, int, int]  # left, top, right, bottom in pixels of the scan


def _found(grey: Grey, area: _Area, scale: float, small: Grey | None, thorough: bool) -> list[Seen]:
    """Marks within `area`, looked at in a picture of `scale` of the scan's size: in `small` when that is about as
    large, else in one made of the area alone."""
    left, top, right, bottom = area
    of = 1.0 if small is None else max(small.shape) / max(grey.shape)
    if small is not None and _ENOUGH < of / scale < 1 / _ENOUGH:
        part, scale = small[int(top * of) : int(bottom * of), int(left * of) : int(right * of)], of
        corner = np.array([int(left * of) / of, int(top * of) / of])
    else:
        part, corner = shrunk(grey[top:bottom, left:right], scale), np.array([left, top], np.float64)
    corners, ids, _ = _detector(thorough).detectMarkers(np.ascontiguousarray(part))
    if ids is None:
        return []
    seen = []
    for marker, quad in zip(ids.ravel(), corners, strict=True):
        points = (quad.reshape(4, 2) + 0.5) / scale - 0.5 + corner
        seen.append(Seen(int(marker), tuple((float(x), float(y)) for x, y in points)))
    return seen


def _coarse_scale(shape: tuple[int, ...]) -> float:
    """A half, a quarter ... of the scan, whichever is nearest to the resolution at which marks are well seen:
    such a picture is made quickest."""
    times = max(shape) / (_COARSE_DPI * A4_HEIGHT / _MM_PER_INCH)
    return float(0.5 ** max(0, round(np.log2(times))))


def _corner_areas(shape: tuple[int, ...], part: float) -> list[_Area]:
    height, width = shape[:2]
    w, h = int(width / part), int(height / part)
    return [(x, y, x + w, y + h) for x in (0, width - w) for y in (0, height - h)]


def see_marks(grey: Grey, small: Grey | None = None) -> tuple[Seen, ...]:
    """All ArUco marks of the page, coarsely: four corners at small size first, the whole page when fewer
    than four were seen, the whole page at half size when there are still fewer. `small`: the same scan smaller,
    where somebody has it at hand (else it is made)."""
    return see_all_marks(grey, see_corner_marks(grey, small), small)


def see_corner_marks(grey: Grey, small: Grey | None = None) -> tuple[Seen, ...]:
    """Marks in the four corners of the scan at small size: where they are on nearly every page of ours.

    Corners without a mark are looked at again, more thoroughly, when others have one."""
    scale, areas = _coarse_scale(grey.shape), _corner_areas(grey.shape, _NEAR)
    by_corner = [_found(grey, area, scale, small, thorough=False) for area in areas]
    if any(by_corner) and not all(by_corner):
        pairs = zip(by_corner, _corner_areas(grey.shape, _FAR), strict=True)
        by_corner = [seen or _found(grey, area, scale, small, thorough=True) for seen, area in pairs]
    return tuple(mark for seen in by_corner for mark in seen)


def see_all_marks(grey: Grey, in_corners: tuple[Seen, ...], small: Grey | None = None) -> tuple[Seen, ...]:
    """The marks seen in the corners and, when they are fewer than four, those elsewhere on the page."""
    seen, scale = list(in_corners), _coarse_scale(grey.shape)
    for factor in (scale, min(1.0, max(0.5, 2 * scale))):
        if len({mark.marker for mark in seen}) >= 4:
            break
        seen = _merged(seen, _found(grey, (0, 0, grey.shape[1], grey.shape[0]), factor, small, thorough=True))
    return tuple(seen)


def _merged(seen: list[Seen], more: list[Seen]) -> list[Seen]:
    """Both, without a mark that was seen at the same place before."""
    fresh = [m for m in more if not any(m.marker == s.marker and _distance(m, s) < s.side() / 2 for s in seen)]
    return seen + fresh


def _distance(a: Seen, b: Seen) -> float:
    return float(np.linalg.norm(a.centre() - b.centre()))


def page_kind(seen: tuple[Seen, ...]) -> Literal["answer", "sheet"] | None:
    """Which of our papers the marks belong to; None when fewer than two say so (handwriting may look
    like one) or as many speak for each."""
    markers = {mark.marker for mark in seen}
    answers = len(markers & set(range(pageform.FIRST_MARKER, pageform.FIRST_MARKER + 4)))
    sheets = len(markers & sheetlayout.MARKERS)
    if answers == sheets or max(answers, sheets) < 2:
        return None
    return "answer" if answers > sheets else "sheet"


def which_page(grey: Grey) -> Literal["answer", "sheet"] | None:
    """Whether this is an answer page (markers 0-3) or a score sheet (markers 4-7, lying 12-15) of ours."""
    return page_kind(see_marks(grey))
