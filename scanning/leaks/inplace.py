"""Do the zones lie where they are believed to? Asked of what is printed, not of the marks that said so.

A mask and its check that share one wrong registration agree with each other perfectly. So the leak check looks for
print whose place on the form is known: codes that were read, and the frames of answer zones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, Box
from scanning.placing.registration import Registration
from scanning.placing.shrinking import Grey, Views

Floats = NDArray[np.float64]

_NEAR_MM = 1.0  # a frame counts when it is so near to where it should be
_STEP_MM = 0.2
_ALONG_MM = 4.0
_SHIFTS_MM = [d for d in np.arange(-30.0, 30.1, 1.5) if abs(d) > 2]
# So much of a shifted frame is seen there, and so much more than at its place; or far more.
_CLEARLY, _CLEARER, _FAR_CLEARER = 0.75, 0.2, 0.4
_LINE = 0.9  # of the paper beside it: a printed line, however pale


@dataclass(frozen=True, slots=True)
class Printed:
    """Something whose place on the form is known: the middle of `box` (mm) was seen at `seen` (pixels of the scan)."""

    box: Box
    seen: tuple[float, float]


def farthest(registration: Registration, printed: Sequence[Printed]) -> float:
    """Millimetres between where print was seen and where the registration has it, at worst; 0 without any."""
    if not printed:
        return 0.0
    there = registration.pixels(tuple(each.box.centre for each in printed))
    off = np.linalg.norm(there - np.array([each.seen for each in printed]), axis=1)
    return float(off.max()) * 25.4 / registration.dpi


def slipped(registration: Registration) -> float:
    """Millimetres by which print between the marks may be off its place, at worst, if the feeder slipped once: then the
    page is longer or shorter than it is wide, and what lies at the slip is off by half of that."""
    across, down = (float(np.linalg.norm(column)) for column in registration.homography()[:2, :2].T)
    return abs(down / across - 1) * A4_HEIGHT / 2


def framed(scan: Views, registration: Registration, zones: Sequence[Box]) -> float:
    """Share of places along the borders of zones (mm) that have a line within a millimetre of the border: of level
    borders or of upright ones, whichever have fewer. 1 without any zones."""
    if not zones:
        return 1.0
    return min(_lined(scan, registration, points) for points in _places(tuple(zones)))


def astray(scan: Views, registration: Registration, zones: Sequence[Box], here: float) -> bool:
    """Whether the frames of the zones are seen more clearly beside their place, where `here` of them are: then what is
    on the paper lies shifted against its marks."""
    shifts = [(0.0, float(d)) for d in _SHIFTS_MM] + [(float(d), 0.0) for d in _SHIFTS_MM]
    moved = ([Box(zone.x + dx, zone.y + dy, zone.w, zone.h) for zone in zones] for dx, dy in shifts)
    least = min(max(_CLEARLY, here + _CLEARER), here + _FAR_CLEARER)
    return any(framed(scan, registration, boxes) >= least for boxes in moved)


def _lined(scan: Views, registration: Registration, points: Floats) -> float:
    if not len(points):
        return 1.0
    picture, scale = scan.nearest(min(1.0, 100.0 / registration.dpi))
    px = cv2.perspectiveTransform(points.reshape(-1, 1, 2), registration.homography()).reshape(points.shape)
    profiles = _nearest(picture, np.asarray((px + 0.5) * scale - 0.5, np.float64))
    n = profiles.shape[1]
    line = profiles[:, n // 4 : n - n // 4].min(axis=1)
    paper = np.sort(profiles, axis=1)[:, n // 2]
    return float(np.mean(line < _LINE * paper))


@lru_cache(maxsize=64)
def _places(zones: tuple[Box, ...]) -> tuple[Floats, Floats]:
    """For level borders and for upright ones: places x depth x 2 (mm), short lines across the border."""
    sides = [_across(zone) for zone in zones]
    return np.concatenate([level for level, _ in sides]), np.concatenate([upright for _, upright in sides])


def _across(zone: Box) -> tuple[Floats, Floats]:
    depth = np.arange(-2 * _NEAR_MM, 2 * _NEAR_MM + _STEP_MM / 2, _STEP_MM)
    xs = np.arange(zone.x + 3, zone.right - 3, _ALONG_MM)
    ys = np.arange(zone.y + 3, zone.bottom - 3, _ALONG_MM)
    level = [np.stack(np.broadcast_arrays(xs[:, None], y + depth), axis=-1) for y in (zone.y, zone.bottom)]
    upright = [np.stack(np.broadcast_arrays(x + depth, ys[:, None]), axis=-1) for x in (zone.x, zone.right)]
    return np.concatenate(level).astype(np.float64), np.concatenate(upright).astype(np.float64)


def _nearest(picture: Grey, places: Floats) -> Grey:
    height, width = picture.shape
    at = np.rint(places).astype(np.intp)
    return picture[np.clip(at[..., 1], 0, height - 1), np.clip(at[..., 0], 0, width - 1)]
