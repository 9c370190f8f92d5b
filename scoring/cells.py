"""Measuring score boxes on a scan that has been laid over the form. Measures only; `scoring.decide` judges.

What is printed is known and left out. Boxes are measured all together: one by one, calls cost more than arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.model import Given
from scoring.crops import Place
from scoring.decide import BoxMeasure, Thresholds
from scoring.finding import Shift
from scoring.laying import SCALE, Grey, Part, area_of, areas_of
from scoring.streaks import Streaks

Dark = NDArray[np.float32]
Flags = NDArray[np.bool_]

CROP_MM = 1.5  # around a cell that is kept as evidence
_STREAK = round(0.06 * 255)  # darkness of all of a line from which it is no noise
_WINDOW_MM = 3.3  # inner window of a 4.2 mm box: its line and half a millimetre of slack stay outside
_RING_MM = 0.8
_PRINTED = round(0.08 * 255)  # darkness from which something is print
_SHADE = 11  # pixels: no pen's stroke is as wide, nor its crossing
_STREAK = 7  # pixels that a stroke may lose to a streak
_OF_STROKE = 0.5  # of a stroke's darkness is ink: its edges are paler
_ABOVE_NOISE = 0.06
_MOST_HIDDEN = 0.35  # of a box may lie under streaks


@dataclass(frozen=True, slots=True)
class Levels:
    """Darkness that counts as ink, and as a trace, 0 to 1; and what bare paper has of it."""

    ink: float
    faint: float
    noise: float

    @property
    def ink_grey(self) -> int:
        """The same of 255: what is darker is ink."""
        return int(self.ink * 255)

    @property
    def faint_grey(self) -> int:
        return int(self.faint * 255)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What boxes are measured on: the table of a page, whether the scan was in black and white, what counts as ink; and
    streaks, which are left out as print is."""

    part: Part
    two_coloured: bool
    levels: Levels
    streaks: Streaks


@dataclass(frozen=True, slots=True)
class BoxPlace:
    """A score box and where its cell lies in the scan."""

    given: Given
    box: Box
    shift: Shift


def measure(scene: Scene, places: Sequence[BoxPlace]) -> list[BoxMeasure]:
    """Measure score boxes, all of one size."""
    if not places:
        return []
    part, boxes = scene.part, [one.box for one in places]
    inner = areas_of(boxes, (_WINDOW_MM - boxes[0].w) / 2) + _moves(places)
    dark, trace, hidden = part.dark, _traces(part), np.zeros(len(places))
    if scene.streaks.any:
        hidden = _shares(_windows(part, scene.streaks.mask, inner) > 0)
        dark, trace = (np.where(scene.streaks.mask, np.uint8(0), each) for each in (dark, trace))
    seen = 1.0 - hidden  # what a streak hides is taken to be as the rest is
    windows = _windows(part, dark, inner)
    ink = windows > scene.levels.ink_grey
    coverage = np.minimum(_shares(ink) / np.maximum(seen, 0.01), 1.0).tolist()
    faint = _shares(_windows(part, trace, inner) > scene.levels.faint_grey) / np.maximum(seen, 0.01)
    marked = np.flatnonzero((faint > 0) | ink.reshape(len(ink), -1).any(axis=1))
    depths = dict(zip(marked.tolist(), _depths(windows[marked]), strict=True))
    rings = _rings(scene, dark, places, boxes).tolist()
    quarters, sides = _quarters(ink).tolist(), _shares(ink[:, _side_fields(*ink.shape[1:])]).tolist()
    found = []
    for i, one in enumerate(places):
        whole = ink[i] if hidden[i] == 0 else _bridged(ink[i])
        blob, extent = _largest(whole) if coverage[i] > 0 else (0.0, 0.0)
        measured = (coverage[i], min(float(faint[i]), 1.0), rings[i], blob, extent, quarters[i], sides[i])
        found.append(BoxMeasure(one.given, *measured, bool(hidden[i] > _MOST_HIDDEN), depths.get(i, 0.0)))
    return found


def _depths(windows: Grey) -> list[float]:
    """How dark the darkest twelfth of each window is: of a cross, its strokes."""
    if not len(windows):
        return []
    flat = windows.reshape(len(windows), -1)
    at = flat.shape[1] * 11 // 12
    return [float(depth) / 255 for depth in np.partition(flat, at, axis=1)[:, at]]


def _traces(part: Part) -> Grey:
    """How much darker each place is than what is evenly shaded around it: a stain is no trace of a pen."""
    soft = np.asarray(cv2.blur(part.dark, (3, 3)), np.uint8)
    shade = cv2.morphologyEx(soft, cv2.MORPH_OPEN, np.ones((_SHADE, _SHADE), np.uint8))
    return np.asarray(cv2.subtract(soft, shade), np.uint8)


def _bridged(ink: Flags) -> Flags:
    """Strokes that a streak cut in two, joined across it."""
    flat = ink.view(np.uint8)
    across, down = (
        cv2.morphologyEx(flat, cv2.MORPH_CLOSE, np.ones(size, np.uint8)) for size in ((1, _STREAK), (_STREAK, 1))
    )
    return np.asarray(cv2.max(across, down)) > 0


def _moves(places: Sequence[BoxPlace]) -> NDArray[np.intp]:
    """How far each place lies off, to be added to its area."""
    return np.array([(one.shift.dy, one.shift.dy, one.shift.dx, one.shift.dx) for one in places], np.intp)


def _windows(part: Part, picture: Grey, areas: NDArray[np.intp]) -> Grey:
    """Areas of one size from a picture of the part, one after another."""
    x, y = part.corner
    top, bottom, left, right = areas[0]
    windows = sliding_window_view(picture, (int(bottom - top), int(right - left)))
    return np.asarray(windows[areas[:, 0] - y, areas[:, 2] - x], np.uint8)


def _shares(flags: Flags) -> NDArray[np.float64]:
    """The share that is set, of each."""
    flat = flags.reshape(len(flags), -1)
    return np.asarray(np.count_nonzero(flat, axis=1) / flat.shape[1], np.float64)


def _rings(scene: Scene, dark: Grey, places: Sequence[BoxPlace], boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Inked share of the ring outside each box's own line; printed pixels and their edges don't count."""
    part, areas = scene.part, areas_of(boxes, _RING_MM)
    printed = np.asarray(cv2.dilate(part.blank, np.ones((5, 5), np.uint8)), np.uint8)
    free = _windows(part, printed, areas) <= _PRINTED
    border = round(_RING_MM * SCALE) - 1
    free[:, border:-border, border:-border] = False
    ink = (_windows(part, dark, areas + _moves(places)) > scene.levels.ink_grey) & free
    room = np.count_nonzero(free.reshape(len(free), -1), axis=1)
    return np.asarray(np.count_nonzero(ink.reshape(len(ink), -1), axis=1) / np.maximum(room, 1), np.float64)


def _largest(ink: Flags) -> tuple[float, float]:
    """Share of the window in the largest connected piece, and that piece's lesser side in windows."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    best = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    lesser = min(best[cv2.CC_STAT_WIDTH] / ink.shape[1], best[cv2.CC_STAT_HEIGHT] / ink.shape[0])
    return float(best[cv2.CC_STAT_AREA] / ink.size), float(lesser)


def _quarters(ink: Flags) -> NDArray[np.intp]:
    """How many quarters of each window are inked by 6 % or more."""
    y, x = ink.shape[1] // 2, ink.shape[2] // 2
    parts = (ink[:, :y, :x], ink[:, :y, x:], ink[:, y:, :x], ink[:, y:, x:])
    return np.asarray(sum((_shares(part) >= 0.06).astype(np.intp) for part in parts))


@cache
def _side_fields(height: int, width: int) -> Flags:
    """The four mid-edge fields: points clearly nearer to an edge's middle than to a diagonal."""
    y, x = np.mgrid[0:height, 0:width]
    across = np.abs((x + 0.5) / width * 2 - 1)
    along = np.abs((y + 0.5) / height * 2 - 1)
    return np.asarray(np.abs(across - along) > 0.5)


def streaked(scene: Scene, box: Box, shift: Shift) -> bool:
    """Whether a streak runs through a box."""
    if not scene.streaks.any:
        return False
    return bool(scene.part.cut(scene.streaks.mask, area_of(box, shift.dx, shift.dy)).any())


def inked(scene: Scene, places: Sequence[tuple[Box, Shift]], around_mm: float) -> list[tuple[Dark, Flags]]:
    """Darkness above paper and print, 0 to 1, of boxes and so much around them, where they lie in the scan; and where
    print is, so that a stroke across it may have a gap."""
    part = scene.part
    # A line of print may lie a pixel beside its place. In black and white what is grey is black, with rough edges, or
    # not there.
    reach, times = (7, 2.5) if scene.two_coloured else (3, 1.0)
    known = np.asarray(cv2.dilate(part.blank, np.ones((reach, reach), np.uint8)), np.uint8)
    if times > 1:
        known = np.asarray(cv2.convertScaleAbs(known, alpha=times), np.uint8)
    found = []
    for box, shift in places:
        printed = part.cut(known, area_of(box.grown(around_mm)))
        dark = part.cut(part.dark, area_of(box.grown(around_mm), shift.dx, shift.dy))
        ink = np.asarray(cv2.subtract(dark, printed), np.uint8)
        found.append((ink.astype(np.float32) / np.float32(255), printed > _PRINTED))
    return found


def of_pen(levels: Levels, depth: float) -> Levels:
    """Levels for a pen whose strokes are so dark: pale pencil is ink where nothing else is, as far as paper allows."""
    ink = max(_OF_STROKE * depth, levels.noise + _ABOVE_NOISE)
    if ink >= levels.ink:
        return levels
    return replace(levels, ink=ink, faint=min(levels.faint, max(0.5 * ink, levels.noise + _ABOVE_NOISE / 2)))


# --- what one sheet's paper and scanner make of ink ------------------------------------------------


def references(part: Part, boxes: tuple[Box, Box, Box], shift: Shift, *, lying: bool) -> tuple[Levels, Thresholds]:
    """Levels and thresholds of one sheet from its printed empty, crossed and filled box."""
    areas = [area_of(box.grown((_WINDOW_MM - box.w) / 2), shift.dx, shift.dy) for box in boxes]
    empty, crossed, filled = (part.cut(part.dark, area) for area in areas)
    empty = _without_streak(empty.T if lying else empty)
    black = float(np.median(filled)) / 255
    noise = float(np.percentile(empty, 99)) / 255
    levels = Levels(
        ink=float(np.clip(max(0.24 * black, noise + 0.06), 0.12, 0.4)),
        faint=float(np.clip(max(0.11 * black, noise + 0.03), 0.06, 0.3)),
        noise=noise,
    )
    cross, full, none = (float((window > levels.ink_grey).mean()) for window in (crossed, filled, empty))
    return levels, _thresholds(levels, cross, full, black, none)


def _without_streak(paper: Grey) -> Grey:
    """A window of paper without the line that dust on the glass draws down all of it: paper and noise are never dark
    in all places one below the other. Where that takes more than a third, it is no line, and stays."""
    streak = (paper.min(axis=0, initial=255) > _STREAK).astype(np.uint8)
    beside = np.asarray(cv2.dilate(streak, np.ones(3, np.uint8)), np.bool_).ravel()
    return paper[:, ~beside] if 3 * int(np.count_nonzero(beside)) <= paper.shape[1] else paper


def _thresholds(levels: Levels, cross: float, full: float, black: float, empty: float) -> Thresholds:
    return Thresholds(
        ink=levels.ink,
        faint_ink=levels.faint,
        blank_coverage=0.03,
        blank_faint=0.07,
        blank_ring=0.12,
        bare=0.01,
        bare_ring=0.35,
        cross_least=float(np.clip(0.4 * cross, 0.09, 0.15)),
        cross_most=0.86,
        cross_extent=0.55,
        cross_quarters=3,
        cross_mass=1.1,
        cross_sides=0.4,
        cross_ring=0.3,
        filled_least=0.6,
        reliable=black > 0.45 and full > 0.85 and 0.08 < cross < 0.7 and empty < 0.02 and noise_ok(levels),
    )


def noise_ok(levels: Levels) -> bool:
    """Whether the empty reference left room between paper and ink."""
    return levels.ink < 0.38


def crop(part: Part, box: Box, shift: Shift) -> Place:
    """Where the evidence for a cell lies in the picture of a part: `box` and CROP_MM around it; less at the edges."""
    top, bottom, left, right = area_of(box.grown(CROP_MM), shift.dx, shift.dy)
    height, width = part.grey.shape
    x, y = (max(first - corner, 0) for first, corner in zip((left, top), part.corner, strict=True))
    return x, y, max(min(right - part.corner[0], width) - x, 0), max(min(bottom - part.corner[1], height) - y, 0)
