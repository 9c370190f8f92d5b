"""Small pictures of ink, page upright: of a scan and of the masked page made from it, to be laid over each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE, Box
from scanning.placing.registration import Registration
from scanning.placing.shrinking import Views, halved

Ink = NDArray[np.uint8]  # 0 paper, 255 black
_ENOUGH = 0.95  # of the resolution wanted: blurred no more than what is looked for allows
_PAPER_LOOK_DPI = 10.0
_HALVES = 0.6  # a scale below it begins with a half
_SQUARES = (18, 25)  # across and down: about 12 mm each
_EVEN = 0.93  # paper nowhere darker than this against its lightest has one level
_FALLS = 0.9  # of its level from square to square: whatever is steeper is ink, not a shadow


@dataclass(frozen=True, slots=True)
class Look:
    """A resolution to look at. `k`: pixels a millimetre; `size`: width and height of an A4 page in pixels."""

    dpi: float

    @property
    def k(self) -> float:
        return self.dpi / 25.4

    @property
    def size(self) -> tuple[int, int]:
        return round(A4_WIDTH * self.k), round(A4_HEIGHT * self.k)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A raw scan, where the page lies in it, and the grey of its paper: in even squares all over the page, or in a
    single one."""

    scan: Views
    registration: Registration
    paper: Ink

    def ink(self, look: Look, box: Box = PAGE) -> Ink:
        """The ink within a box of the page (mm); what lies off the scan is paper."""
        seen = _upright(self, look, box, cv2.INTER_LINEAR)
        return self._against_paper(seen, look, box)

    def ink_around(self, look: Look, reach_mm: float) -> Ink:
        """For each place of the page the darkest ink within about `reach_mm` of it."""
        # Spread before it is turned upright: then single pixels are enough, and nothing thin falls between them.
        small, scale = self.scan.nearest(min(1.0, _ENOUGH * look.dpi / self.registration.dpi))
        wide = 2 * round(reach_mm * self.registration.dpi * scale / 25.4) + 1
        spread = Views((np.asarray(cv2.erode(small, np.ones((wide, wide), np.uint8)), np.uint8),))
        seen = _upright(Sight(spread, _smaller(self.registration, scale), self.paper), look, PAGE, cv2.INTER_NEAREST)
        return self._against_paper(seen, look, PAGE)

    def _against_paper(self, seen: Ink, look: Look, box: Box) -> Ink:
        if self.paper.size == 1:
            return np.asarray(255 - cv2.convertScaleAbs(seen, alpha=255.0 / float(self.paper[0, 0])), np.uint8)
        whole = cv2.resize(self.paper, look.size, interpolation=cv2.INTER_LINEAR)
        left, top = round(box.x * look.k), round(box.y * look.k)
        rows = np.clip(np.arange(top, top + seen.shape[0]), 0, whole.shape[0] - 1)
        columns = np.clip(np.arange(left, left + seen.shape[1]), 0, whole.shape[1] - 1)
        paper = whole[np.ix_(rows, columns)]
        return np.asarray(255 - cv2.divide(seen, paper, scale=255.0), np.uint8)


def sight_of(scan: Views, registration: Registration) -> Sight:
    """A scan to look at; its paper is the median of the page, or of the place where a shadow lies on it."""
    unknown = Sight(scan, registration, _one(255.0))
    page = _upright(unknown, Look(_PAPER_LOOK_DPI), PAGE, cv2.INTER_NEAREST)
    return Sight(scan, registration, _paper(page))


def _one(grey: float) -> Ink:
    return np.full((1, 1), max(1.0, grey), np.uint8)


def _paper(page: Ink) -> Ink:
    """Grey of the paper, of a page at a few dots an inch."""
    light = cv2.resize(cv2.dilate(page, np.ones((3, 3), np.uint8)), _SQUARES, interpolation=cv2.INTER_AREA)
    levels = np.asarray(cv2.medianBlur(light, 3), np.uint8)
    if levels.min() >= _EVEN * levels.max():
        return _one(float(np.median(page)))
    while True:  # from the lightest squares outwards
        least = cv2.convertScaleAbs(cv2.dilate(levels, np.ones((3, 3), np.uint8)), alpha=_FALLS)
        if not (least > levels).any():
            return np.maximum(levels, 1).astype(np.uint8)
        levels = np.asarray(cv2.max(levels, least), np.uint8)


def _smaller(registration: Registration, scale: float) -> Registration:
    """The same page in a picture of `scale` the scan's size."""
    shift = 0.5 * scale - 0.5
    matrix = np.array([[scale, 0, shift], [0, scale, shift], [0, 0, 1]]) @ registration.homography()
    return replace(registration, matrix=tuple(float(v) for v in matrix.ravel()), dpi=registration.dpi * scale)


def _upright(sight: Sight, look: Look, box: Box, how: int) -> Ink:
    small, scale = sight.scan.nearest(min(1.0, _ENOUGH * look.dpi / sight.registration.dpi))
    left, top = round(box.x * look.k), round(box.y * look.k)
    to_mm = np.array([[1 / look.k, 0, (left + 0.5) / look.k], [0, 1 / look.k, (top + 0.5) / look.k], [0, 0, 1]])
    matrix = _smaller(sight.registration, scale).homography() @ to_mm
    size = max(1, round(box.right * look.k) - left), max(1, round(box.bottom * look.k) - top)
    seen = cv2.warpPerspective(small, matrix, size, flags=how | cv2.WARP_INVERSE_MAP, borderValue=255.0)
    return np.asarray(seen, np.uint8)


def page_ink(page: Ink, k: float, look: Look) -> Ink:
    """The ink of a masked page (grey, white paper, upright, `k` pixels a millimetre from its top left corner)."""
    scale = look.k / k
    while scale < _HALVES:
        page, scale = halved(page), 2 * scale
    # By the exact scale: a page is not a whole number of pixels high, and half a pixel at its end is a blurred letter.
    sized = 255 - cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    width, height = look.size
    sized = sized[:height, :width]
    below, beside = height - sized.shape[0], width - sized.shape[1]
    return np.asarray(cv2.copyMakeBorder(sized, 0, below, 0, beside, cv2.BORDER_CONSTANT), np.uint8)
