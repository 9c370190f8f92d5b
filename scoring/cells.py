"""Measuring score boxes on a scan that has been laid over the form. Measures only; `scoring.decide` judges.

Everything is measured on a *canonical* page: 8 pixels a millimetre, upright, as darkness above the
local paper (0 paper .. 1 black). What is printed is known from the blank raster and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.model import Given
from scoring.decide import BoxMeasure, Thresholds
from scoring.errors import BlankRasterUnreadable

Grey = NDArray[np.uint8]
Dark = NDArray[np.float32]
Columns = NDArray[np.bool_]
_T = TypeVar("_T", bound=np.generic)

SCALE = 8  # canonical pixels per millimetre: about 200 dpi
_WINDOW_MM = 3.3  # inner window of a 4.2 mm box: its line and half a millimetre of slack stay outside
_RING_MM = 0.8
_SEARCH = round(0.5 * SCALE)  # the local search reaches half a millimetre
_SQUARE_SEARCH = round(1.2 * SCALE)
_TILE = 8 * SCALE  # the local paper is estimated over 8 mm tiles
_OUTLINE_DARKNESS = 0.45  # box outlines are printed at 45 % grey: pen strokes must not outweigh them
_FOUND = 0.35  # least correlation that counts as having found the printed outline
_FINE_DPI = 330.0
_BETWEEN = 0.001  # of all pixels: a scan in grey has more that are neither black nor white


@dataclass(frozen=True, slots=True)
class Canonical:
    """A scan laid over the form: `grey` for crops, `dark` for measuring, `seen` where the scan has pixels; whether the
    scan was in black and white."""

    grey: Grey
    dark: Dark
    seen: NDArray[np.bool_]
    two_coloured: bool


def _size(paper: Box) -> tuple[int, int]:
    """Width and height of a canonical page."""
    return round(paper.w * SCALE), round(paper.h * SCALE)


def canonical(grey: Grey, matrix: NDArray[np.float64], paper: Box) -> Canonical:
    """Lay a scan over the form. `matrix`: 3x3, millimetres on the form to pixels of the scan. `paper`: the whole page,
    upright or lying."""
    scan, to_scan = _halved(grey, np.asarray(matrix, dtype=np.float64))
    canonical_mm = np.diag([1 / SCALE, 1 / SCALE, 1.0])
    canonical_mm[:2, 2] = 0.5 / SCALE  # the centre of the first pixel
    warp = to_scan @ canonical_mm
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    page = cv2.warpPerspective(scan, warp, _size(paper), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    whole = np.full(scan.shape[:2], 255, np.uint8)
    seen = cv2.warpPerspective(whole, warp, _size(paper), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    upright = np.asarray(page, dtype=np.uint8)
    some = grey[::3, ::3]
    between = float(((some > 40) & (some < 215)).mean())
    return Canonical(upright, darkness(upright), np.asarray(seen) > 0, between < _BETWEEN)


def _halved(grey: Grey, matrix: NDArray[np.float64]) -> tuple[Grey, NDArray[np.float64]]:
    """A fine scan at half size: a linear warp would skip pixels, and noise would look like ink."""
    dpi = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2])))) * 25.4
    while dpi > _FINE_DPI:
        grey = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1.0]])
        matrix, dpi = half @ matrix, dpi / 2
    return grey, matrix


def darkness(page: Grey) -> Dark:
    """Darkness above the local paper, 0 (paper) .. 1 (black): the paper is what is bright nearby."""
    height, width = page.shape
    rows, columns = -(-height // _TILE), -(-width // _TILE)
    padded = cv2.copyMakeBorder(page, 0, rows * _TILE - height, 0, columns * _TILE - width, cv2.BORDER_REPLICATE)
    small = np.asarray(cv2.resize(padded, (columns * 16, rows * 16), interpolation=cv2.INTER_AREA))
    tiles = small.reshape(rows, 16, columns, 16).swapaxes(1, 2).reshape(rows, columns, 256)
    paper = np.percentile(tiles, 85, axis=2).astype(np.float32)
    # A tile full of ink has no paper of its own: it takes its neighbours'.
    paper = np.asarray(cv2.dilate(paper, np.ones((3, 3), np.uint8)), dtype=np.float32)
    paper = np.asarray(cv2.blur(paper, (3, 3)), dtype=np.float32)
    local = cv2.resize(paper, (columns * _TILE, rows * _TILE), interpolation=cv2.INTER_LINEAR)[:height, :width]
    dark = 1.0 - page.astype(np.float32) / np.maximum(local, 1.0)
    return np.clip(dark, 0.0, 1.0).astype(np.float32)


def blank_darkness(png: bytes, paper: Box) -> Dark:
    """The unfilled sheet as printed, canonical. Raises E3063 when it is no picture."""
    page = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    if page is None:
        raise BlankRasterUnreadable()
    fitted = cv2.resize(page, _size(paper), interpolation=cv2.INTER_AREA)
    return (1.0 - np.asarray(fitted, dtype=np.float32) / 255.0).astype(np.float32)


# --- finding the print where the feeder stretched the paper ------------------------------------


@dataclass(frozen=True, slots=True)
class Shift:
    """How far the scan lies from the form here, in canonical pixels, and whether the print was found."""

    dx: int
    dy: int
    found: bool

    @property
    def length_mm(self) -> float:
        return float(np.hypot(self.dx, self.dy)) / SCALE


def find(page: Dark, blank: Dark, box: Box, search: int, start: Shift) -> Shift:
    """Where the print of `box` (grown a little) lies, at most `search` pixels from `start`."""
    top, bottom, left, right = _slice(box.grown(1.0))
    template = np.minimum(blank[top:bottom, left:right], _OUTLINE_DARKNESS)
    y, x = top + start.dy - search, left + start.dx - search
    area = page[max(y, 0) : bottom + start.dy + search, max(x, 0) : right + start.dx + search]
    wanted = (template.shape[0] + 2 * search, template.shape[1] + 2 * search)
    if area.shape != wanted or float(template.std()) < 0.01:
        return Shift(start.dx, start.dy, False)
    scores = cv2.matchTemplate(np.minimum(area, _OUTLINE_DARKNESS), template, cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(scores)
    if best < _FOUND:
        return Shift(start.dx, start.dy, False)
    return Shift(start.dx + at[0] - search, start.dy + at[1] - search, True)


def square_shifts(page: Dark, blank: Dark, squares: Sequence[Box]) -> tuple[Shift, ...]:
    """Where each side square lies."""
    return tuple(find(page, blank, square, _SQUARE_SEARCH, Shift(0, 0, True)) for square in squares)


def expected_shift(box: Box, squares: Sequence[Box], shifts: Sequence[Shift], *, lying: bool) -> Shift:
    """What the side squares say about the shift at `box`: weighted by nearness, at most 0.5 mm away after that."""
    found = [(square, shift) for square, shift in zip(squares, shifts, strict=True) if shift.found]
    if not found:
        return Shift(0, 0, False)
    # Stretch runs along the feed, so nearness counts most along the long side.
    along, across = (0, 1) if lying else (1, 0)
    here = box.centre
    weights = np.array(
        [
            1.0 / (4.0 + abs(s.centre[along] - here[along]) ** 2 + 0.05 * abs(s.centre[across] - here[across]))
            for s, _ in found
        ]
    )
    weights /= weights.sum()
    dx = float(weights @ np.array([shift.dx for _, shift in found]))
    dy = float(weights @ np.array([shift.dy for _, shift in found]))
    return Shift(round(dx), round(dy), True)


def cell_shift(page: Dark, blank: Dark, cell: Box, start: Shift) -> Shift:
    """Where the print of a whole cell lies: all its boxes together outvote a pen stroke."""
    return find(page, blank, cell, _SEARCH, start)


# --- measuring boxes ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Levels:
    """Darkness that counts as ink, and as a trace."""

    ink: float
    faint: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What boxes are measured on: ink of the page, the known print, and streaks by column (by row of a page that
    lies)."""

    page: Canonical
    blank: Dark
    levels: Levels
    streaks: Columns
    lying: bool = False

    def streaked(self, area: tuple[int, int, int, int]) -> bool:
        """Whether a streak runs through an area (top, bottom, left, right)."""
        start, end = area[:2] if self.lying else area[2:]
        return bool(self.streaks[max(start, 0) : max(end, 0)].any())

    def streaks_mm(self) -> tuple[int, ...]:
        """Whole millimetres from the left edge (of a page that lies, from the top) at which streaks run."""
        return tuple(sorted({int(column) // SCALE for column in np.flatnonzero(self.streaks)}))


def measure(scene: Scene, given: Given, box: Box, shift: Shift) -> BoxMeasure:
    """Measure one score box."""
    inner = _slice(box.grown((_WINDOW_MM - box.w) / 2), shift)
    outer = _slice(box.grown(_RING_MM), shift)
    window = _cut(scene.page.dark, inner)
    ink = window > scene.levels.ink
    blob, extent = _largest(ink)
    return BoxMeasure(
        given=given,
        coverage=float(ink.mean()),
        faint=float((np.asarray(cv2.blur(window, (3, 3))) > scene.levels.faint).mean()),
        ring=_ring(scene, outer, shift),
        blob=blob,
        extent=extent,
        quarters=_quarters(ink),
        sides=_sides(ink),
        streaked=scene.streaked(inner),
    )


def _ring(scene: Scene, outer: tuple[int, int, int, int], shift: Shift) -> float:
    """Inked share of the ring outside the box's own line; printed pixels and their edges don't count."""
    printed = _cut(scene.blank, _moved(outer, Shift(-shift.dx, -shift.dy, True)))
    free = np.asarray(cv2.dilate(printed, np.ones((5, 5), np.uint8))) < 0.08
    border = round(_RING_MM * SCALE) - 1
    free[border:-border, border:-border] = False
    if not free.any():
        return 0.0
    return float((_cut(scene.page.dark, outer) > scene.levels.ink)[free].mean())


def streaked(scene: Scene, box: Box, shift: Shift) -> bool:
    """Whether a streak runs through a box."""
    return scene.streaked(_slice(box, shift))


def inked(scene: Scene, box: Box, around_mm: float, shift: Shift) -> tuple[Dark, Columns]:
    """Darkness above paper and print, 0 to 1, of a box and so much around it, where it lies in the scan; and where
    print is, so that a stroke across it may have a gap."""
    outer = _slice(box.grown(around_mm), shift)
    printed = _cut(scene.blank, _moved(outer, Shift(-shift.dx, -shift.dy, True)))
    # A line of print may lie a pixel beside its place. In black and white what is grey is black, with rough edges, or
    # not there.
    reach, times = (7, 2.5) if scene.page.two_coloured else (3, 1.0)
    known = np.asarray(cv2.dilate(printed, np.ones((reach, reach), np.uint8)), np.float32) * times
    return np.asarray(np.clip(_cut(scene.page.dark, outer) - known, 0.0, 1.0), np.float32), known > 0.08


def _largest(ink: NDArray[np.bool_]) -> tuple[float, float]:
    """Share of the window in the largest connected piece, and that piece's lesser side in windows."""
    if not ink.any():
        return 0.0, 0.0
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    best = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    lesser = min(best[cv2.CC_STAT_WIDTH] / ink.shape[1], best[cv2.CC_STAT_HEIGHT] / ink.shape[0])
    return float(best[cv2.CC_STAT_AREA] / ink.size), float(lesser)


def _quarters(ink: NDArray[np.bool_]) -> int:
    """How many quarters of the window are inked by 6 % or more."""
    middle_y, middle_x = ink.shape[0] // 2, ink.shape[1] // 2
    parts = (ink[:middle_y, :middle_x], ink[:middle_y, middle_x:], ink[middle_y:, :middle_x], ink[middle_y:, middle_x:])
    return sum(float(part.mean()) >= 0.06 for part in parts)


def _sides(ink: NDArray[np.bool_]) -> float:
    """Inked share of the four mid-edge fields: points clearly nearer to an edge's middle than to a diagonal."""
    return float(ink[_side_fields(ink.shape[0], ink.shape[1])].mean())


@cache
def _side_fields(height: int, width: int) -> Columns:
    y, x = np.mgrid[0:height, 0:width]
    across = np.abs((x + 0.5) / width * 2 - 1)
    along = np.abs((y + 0.5) / height * 2 - 1)
    return np.asarray(np.abs(across - along) > 0.5)


def references(page: Dark, boxes: tuple[Box, Box, Box], shift: Shift) -> tuple[Levels, Thresholds]:
    """Levels and thresholds of one sheet from its printed empty, crossed and filled box."""
    empty, crossed, filled = (_cut(page, _slice(box.grown((_WINDOW_MM - box.w) / 2), shift)) for box in boxes)
    black = float(np.median(filled))
    noise = float(np.percentile(empty, 99))
    levels = Levels(
        ink=float(np.clip(max(0.24 * black, noise + 0.06), 0.12, 0.4)),
        faint=float(np.clip(max(0.11 * black, noise + 0.03), 0.06, 0.3)),
    )
    cross = float((crossed > levels.ink).mean())
    full = float((filled > levels.ink).mean())
    return levels, _thresholds(levels, cross, full, black, float((empty > levels.ink).mean()))


def _thresholds(levels: Levels, cross: float, full: float, black: float, empty: float) -> Thresholds:
    return Thresholds(
        ink=levels.ink,
        faint_ink=levels.faint,
        blank_coverage=0.03,
        blank_faint=0.07,
        blank_ring=0.12,
        cross_least=float(np.clip(0.4 * cross, 0.09, 0.15)),
        cross_most=0.75,
        cross_extent=0.55,
        cross_quarters=3,
        cross_mass=1.1,
        cross_ring=0.3,
        filled_least=0.6,
        reliable=black > 0.45 and full > 0.85 and 0.08 < cross < 0.7 and empty < 0.02 and noise_ok(levels),
    )


def noise_ok(levels: Levels) -> bool:
    """Whether the empty reference left room between paper and ink."""
    return levels.ink < 0.38


def streak_columns(page: Dark, blank: Dark, level: float, top: float, bottom: float) -> Columns:
    """Canonical columns in which a line runs down most of the grid between `top` and `bottom` mm.

    A speck of dust on a sheet-fed scanner's glass draws such a line; no pen stroke is that long.
    """
    rows = slice(round(top * SCALE), round(bottom * SCALE))
    free = np.asarray(cv2.dilate(blank[rows], np.ones((3, 3), np.uint8))) < 0.08
    # Streaks may lean: a line drifting by half a millimetre down the page still counts.
    ink = np.asarray(cv2.dilate(((page[rows] > level) & free).astype(np.uint8), np.ones((1, 5), np.uint8)))
    room = np.maximum(free.sum(axis=0), 1)
    return np.asarray((ink > 0).sum(axis=0) / room > 0.6)


def crop(page: Canonical, box: Box, shift: Shift) -> bytes:
    """The evidence for a cell: PNG of `box` and 1.5 mm around it, from the scan."""
    area = _cut(page.grey, _slice(box.grown(1.5), shift))
    _, encoded = cv2.imencode(".png", area, [cv2.IMWRITE_PNG_COMPRESSION, 2])
    return encoded.tobytes()


def visible(page: Canonical, box: Box, shift: Shift) -> bool:
    """Whether all of `box` lies on the scan."""
    top, bottom, left, right = _slice(box, shift)
    height, width = page.seen.shape
    inside = top >= 0 and left >= 0 and bottom <= height and right <= width
    return inside and bool(page.seen[top:bottom, left:right].all())


def _slice(box: Box, shift: Shift = Shift(0, 0, True)) -> tuple[int, int, int, int]:
    """Canonical top, bottom, left, right of a box."""
    top, left = round(box.y * SCALE) + shift.dy, round(box.x * SCALE) + shift.dx
    return top, top + round(box.h * SCALE), left, left + round(box.w * SCALE)


def _moved(area: tuple[int, int, int, int], by: Shift) -> tuple[int, int, int, int]:
    return area[0] + by.dy, area[1] + by.dy, area[2] + by.dx, area[3] + by.dx


def _cut(page: NDArray[_T], area: tuple[int, int, int, int]) -> NDArray[_T]:
    top, bottom, left, right = area
    return page[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
