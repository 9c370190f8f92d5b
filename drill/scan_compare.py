"""A masked picture against the truth: white outside the answers, answers from their own place, nothing of a pattern."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from crosscheck.geometry import A4_WIDTH, Box
from drill import scan_pages
from drill.ink import Page
from drill.scan_make import PageTruth

_WHITE = 250  # a masked page is white outside its answers
_BLOCK = 8  # ink at a zone's edge may ring as far as its JPEG block reaches
_PLACE_MM = 1.0
_REACH = 18  # pixels of TRUTH_DPI that content is looked for around its place: 6 mm
_AROUND = 6  # pixels of TRUTH_DPI: 2 mm around what was written
_LEAST_INK = 60  # pixels of TRUTH_DPI: less says nothing about where it lies
_ALIKE = 0.3
_PATTERN_PX = 3  # pixels of a cell of the pattern, a millimetre
_PATTERN_ALIKE = 0.75
_STRIP = 3  # rows of cells that are looked for together: a sliver of an identity zone is a leak, too


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a masked picture: `outside`: darkest pixel outside the answers when it is not white; `off_mm`:
    how far an answer's content lies from its place when more than a millimetre; `pattern`: it shows the pattern of the
    identity zone; `lost`: answers whose ink is not there."""

    outside: int = 255
    off_mm: float = 0.0
    pattern: float = 0.0
    lost: int = 0

    @property
    def leaked(self) -> bool:
        return self.outside < _WHITE or self.off_mm > _PLACE_MM or self.pattern > _PATTERN_ALIKE


def verdict(masked: bytes, truth: PageTruth) -> Verdict:
    """Judge one masked picture by the truth of its page."""
    with Image.open(io.BytesIO(masked)) as opened:
        page = np.asarray(opened.convert("L"), np.uint8)
    zones = truth.plan.paper.answers
    off, lost = _placed(page, truth, zones)
    return Verdict(_darkest_outside(page, zones), off, _pattern(page, truth), lost)


def _darkest_outside(page: Page, zones: tuple[Box, ...]) -> int:
    outside = page.copy()
    scale = page.shape[1] / A4_WIDTH
    for zone in zones:
        left, top = round(zone.x * scale) - _BLOCK, round(zone.y * scale) - _BLOCK
        right, bottom = round(zone.right * scale) + _BLOCK, round(zone.bottom * scale) + _BLOCK
        outside[max(0, top) : bottom, max(0, left) : right] = 255
    return int(outside.min())


def _placed(page: Page, truth: PageTruth, zones: tuple[Box, ...]) -> tuple[float, int]:
    """How far the content of the worst zone lies from its place (mm), and how many zones lack theirs."""
    there = scan_pages.unpacked(truth.answers)
    size = (there.shape[1], there.shape[0])
    seen = np.where(scan_pages.shrunk(page, size) < 215, 255, 0).astype(np.uint8)
    worst, lost = 0.0, 0
    for zone in zones:
        found = _shift(seen, there, zone)
        if found is None:
            continue
        if found[1] < _ALIKE:
            lost += 1
        else:
            worst = max(worst, found[0])
    return worst, lost


def _shift(seen: Page, there: Page, zone: Box) -> tuple[float, float] | None:
    """By how much (mm) the seen ink of a zone is off the true one, and how like it is; None: too little to tell."""
    k = scan_pages.TRUTH_DPI / 25.4
    rows = slice(round(zone.y * k), round(zone.bottom * k))
    columns = slice(round(zone.x * k), round(zone.right * k))
    true = there[rows, columns]
    if np.count_nonzero(true) < _LEAST_INK:
        return None
    # Where the pupil wrote and a little around: a fold through the rest of the zone takes nothing of the answer.
    written = _around_ink(true)
    true = true[written]
    room = cv2.copyMakeBorder(seen[rows, columns], *(_REACH,) * 4, cv2.BORDER_CONSTANT)
    mine = room[written[0].start : written[0].stop + 2 * _REACH, written[1].start : written[1].stop + 2 * _REACH]
    if not mine.any():
        return 0.0, 0.0
    around = cv2.GaussianBlur(mine, (0, 0), 0.8)
    alike = cv2.matchTemplate(around, cv2.GaussianBlur(true, (0, 0), 0.8), cv2.TM_CCOEFF_NORMED)
    y, x = np.unravel_index(int(np.argmax(alike)), alike.shape)
    return float(np.hypot(y - _REACH, x - _REACH)) / k, float(alike[y, x])


def _around_ink(ink: Page) -> tuple[slice, slice]:
    def span(inked: NDArray[np.intp], most: int) -> slice:
        return slice(max(0, int(inked[0]) - _AROUND), min(most, int(inked[-1]) + 1 + _AROUND))

    return span(np.flatnonzero(ink.any(axis=1)), ink.shape[0]), span(np.flatnonzero(ink.any(axis=0)), ink.shape[1])


def _pattern(page: Page, truth: PageTruth) -> float:
    """How like the pattern of the identity zone the most suspicious place is, 0 to 1; 0 without a pattern."""
    filling = truth.plan.filling
    if filling.pattern is None or truth.plan.printed is None or not (page < _WHITE).any():
        return 0.0
    wide, high = scan_pages.pattern_size(truth.plan.paper)
    cells = scan_pages.chequers(filling.pattern)
    size = (round(wide * _PATTERN_PX), round(high * _PATTERN_PX))
    whole = np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    scale = A4_WIDTH * _PATTERN_PX / page.shape[1]
    small = scan_pages.shrunk(page, (round(page.shape[1] * scale), round(page.shape[0] * scale)))
    strip = max(4, round(whole.shape[0] * _STRIP / cells.shape[0]))
    strips = [whole[top : top + strip] for top in range(0, whole.shape[0] - strip + 1, strip)]
    plain = _plain(small, strips[0].shape)
    return max(_likeness(small, each, plain) for each in strips)


def _plain(page: Page, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where a part of that shape (its corner) is white or nearly so: there likeness means nothing."""
    kernel = (shape[1], shape[0])
    real = page.astype(np.float32)
    mean = cv2.boxFilter(real, -1, kernel, anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    square = cv2.boxFilter(real * real, -1, kernel, anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
    found = (square - mean * mean)[: page.shape[0] - shape[0] + 1, : page.shape[1] - shape[1] + 1] < 15.0**2
    return np.asarray(found, np.bool_)


def _likeness(page: Page, strip: Page, plain: NDArray[np.bool_]) -> float:
    alike = cv2.matchTemplate(page, strip, cv2.TM_CCOEFF_NORMED)
    alike[plain | ~np.isfinite(alike)] = 0.0
    return float(alike.max())
