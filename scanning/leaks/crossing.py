"""Ink that runs over the border of an answer zone: a name written across, or an answer that is cut off."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from scanning.placing.registration import Registration

Grey = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_INK_OF_PAPER = 0.7
_PERHAPS_OF_PAPER = 0.78  # at a first look
# From the printed frame line outwards, within the guard. Captions stand there too, but a stroke that
# crosses leaves no white between itself and the line.
_NEAR_MM, _FAR_MM = 0.2, 1.9
_ALONG, _DEEP = 5, 8  # samples a millimetre
_THROUGH = 0.9
_LEAST_MM = 0.4
_FIRST_ROWS = 3
_APART = 2  # samples between two sides in one row: what is dark on one leans over by one
_WHOLE_PIXELS = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
_LONGER_THAN_STROKES_MM = 12.0  # on both sides of the border: 24 mm in all
_ROOM_MM = 6.0  # around what may cross: enough to tell paper from ink, and strokes lean


class Side(enum.Enum):
    """A side of an answer zone."""

    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"


_UPRIGHT = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Ink that runs over `side` of zone `zone` (from 0), `mm` of it: a name written across, or an answer cut off."""

    zone: int
    side: Side
    mm: float


def crossings(original: Grey, registration: Registration, zones: Sequence[Box]) -> Iterator[Crossing]:
    """Where strokes cross zones' borders in the raw scan (grey HxW)."""
    for number, side, stretch in _perhaps(original, registration, tuple(zones)):
        zone = zones[number]
        outside, inside = (_part(band, side, stretch) for band in _bands(zone, side))
        out_ink = _inked(original, registration, outside, side)
        if not out_ink.any():
            continue
        in_ink = _inked(original, registration, inside, side)
        reach = _ALONG  # 1 mm to both sides: strokes lean
        near = np.convolve(in_ink, np.ones(2 * reach + 1), "same") > 0
        if np.count_nonzero(out_ink & near) < _LEAST_MM * _ALONG:
            continue
        written = out_ink & near & ~_streaked(original, registration, zone, side, stretch)
        crossing = float(np.count_nonzero(written)) / _ALONG
        if crossing >= _LEAST_MM:
            yield Crossing(number, side, crossing)


def _bands(zone: Box, side: Side) -> tuple[Box, Box]:
    """Strips outside and inside one side of a zone, both from its printed frame on."""
    deep = _FAR_MM - _NEAR_MM
    match side:
        case Side.TOP:
            return Box(zone.x, zone.y - _FAR_MM, zone.w, deep), Box(zone.x, zone.y + _NEAR_MM, zone.w, deep)
        case Side.BOTTOM:
            return Box(zone.x, zone.bottom + _NEAR_MM, zone.w, deep), Box(zone.x, zone.bottom - _FAR_MM, zone.w, deep)
        case Side.LEFT:
            return Box(zone.x - _FAR_MM, zone.y, deep, zone.h), Box(zone.x + _NEAR_MM, zone.y, deep, zone.h)
        case Side.RIGHT:
            return Box(zone.right + _NEAR_MM, zone.y, deep, zone.h), Box(zone.right - _FAR_MM, zone.y, deep, zone.h)


def _ribbon(
    original: Grey, registration: Registration, band: Box, side: Side, deep: int, how: int, lean: float = 0.0
) -> Grey:
    """The band of the scan as rows along it, `deep` of them, `_ALONG` samples a millimetre; `how`: OpenCV's
    interpolation. `lean`: how far it slips along the side for each mm across, around the band's middle."""
    to_mm, count = _grid(band, side, deep, lean)
    ribbon = cv2.warpPerspective(
        original,
        registration.homography() @ to_mm,
        (count, deep),
        flags=how | cv2.WARP_INVERSE_MAP,
        borderValue=255.0,
    )
    return np.asarray(ribbon, np.uint8)


def _grid(band: Box, side: Side, deep: int, lean: float) -> tuple[Floats, int]:
    """3x3 from samples of a ribbon to millimetres of the page, and how many there are along it."""
    upright = side in _UPRIGHT
    long, short = (band.h, band.w) if upright else (band.w, band.h)
    along, across = 1 / _ALONG, short / deep
    slip, start = lean * across, along / 2 + lean * (across - short) / 2
    to_mm = (
        np.array([[0, across, band.x + across / 2], [along, slip, band.y + start], [0, 0, 1]])
        if upright
        else np.array([[along, slip, band.x + start], [0, across, band.y + across / 2], [0, 0, 1]])
    )
    return to_mm, max(1, int(long * _ALONG))


def _leaning(dark: Bools) -> NDArray[np.uint8]:
    return np.asarray(cv2.dilate(dark.astype(np.uint8), np.ones((1, 3), np.uint8)), np.uint8)


def _part(band: Box, side: Side, stretch: tuple[float, float]) -> Box:
    """From so many mm along the band to so many."""
    begin, end = stretch
    if side in _UPRIGHT:
        return Box(band.x, band.y + begin, band.w, min(band.h, end) - begin)
    return Box(band.x + begin, band.y, min(band.w, end) - begin, band.h)


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """The sides of some zones, to be looked at together: of each its zone (from 0), its side, 3x3 from samples of a
    ribbon just outside it to millimetres, and where in a row of all of them its samples begin and end."""

    sides: tuple[tuple[int, Side, Floats, int, int], ...]
    length: int


@lru_cache(maxsize=64)
def _all_around(zones: tuple[Box, ...]) -> _Around:
    sides, begin = [], _APART
    for number, zone in enumerate(zones):
        for side in Side:
            to_mm, count = _grid(_bands(zone, side)[0], side, _FIRST_ROWS, 0.0)
            sides.append((number, side, to_mm, begin, begin + count))
            begin += count + _APART
    return _Around(tuple(sides), begin)


def _perhaps(
    original: Grey, registration: Registration, zones: tuple[Box, ...]
) -> Iterator[tuple[int, Side, tuple[float, float]]]:
    """The zones and sides over which ink may run, and where along them (mm): of three rows along the side two or more
    are dark at one place. Whatever is dark nearly all through is, and most borders are clean."""
    around, homography = _all_around(zones), registration.homography()
    rows = np.full((_FIRST_ROWS, around.length), 255, np.uint8)
    levels = np.zeros(around.length, np.float64)
    for _, _, to_mm, begin, end in around.sides:
        seen, size = rows[:, begin:end], (end - begin, _FIRST_ROWS)
        cv2.warpPerspective(original, homography @ to_mm, size, seen, _WHOLE_PIXELS, cv2.BORDER_CONSTANT, 255.0)
        levels[begin:end] = _PERHAPS_OF_PAPER * max(1.0, _middle(seen[1, ::3]))
    hits = _leaning(rows < levels).sum(axis=0) >= _FIRST_ROWS - 1
    for number, side, _, begin, end in around.sides:
        places = np.flatnonzero(hits[begin:end]) / _ALONG
        if places.size:
            yield number, side, (max(0.0, float(places[0]) - _ROOM_MM), float(places[-1]) + _ROOM_MM)


def _streaked(original: Grey, registration: Registration, zone: Box, side: Side, stretch: tuple[float, float]) -> Bools:
    """Along a side: whether a straight line longer than any stroke runs through it, along the page or along the scan:
    dirt on the scanner's glass, or a fold. It is no writing."""
    band = _part(_around(zone, side), side, stretch)
    deep = int(_LONGER_THAN_STROKES_MM * _DEEP)  # half as many samples a millimetre as for one side
    scans = float(np.tan(np.radians(registration.skew()))) * (-1 if side in _UPRIGHT else 1)
    found = np.zeros(max(1, int((band.h if side in _UPRIGHT else band.w) * _ALONG)), np.bool_)
    for lean in {0.0, scans}:
        rows = _ribbon(original, registration, band, side, deep, cv2.INTER_LINEAR, lean)
        dark = _leaning(rows < _PERHAPS_OF_PAPER * max(1.0, _median(rows)))
        found |= _leaning((dark.mean(axis=0) >= _THROUGH)[None])[0] > 0
    return np.asarray(found, np.bool_)


def _around(zone: Box, side: Side) -> Box:
    """The strip along one side of a zone that reaches as far out of it as into it."""
    reach = _LONGER_THAN_STROKES_MM
    match side:
        case Side.TOP:
            return Box(zone.x, zone.y - reach, zone.w, 2 * reach)
        case Side.BOTTOM:
            return Box(zone.x, zone.bottom - reach, zone.w, 2 * reach)
        case Side.LEFT:
            return Box(zone.x - reach, zone.y, 2 * reach, zone.h)
        case Side.RIGHT:
            return Box(zone.right - reach, zone.y, 2 * reach, zone.h)


def _inked(original: Grey, registration: Registration, band: Box, side: Side) -> Bools:
    """Along the band: whether there is ink all the way through it."""
    deep = max(1, int(min(band.w, band.h) * _DEEP))
    rows = _ribbon(original, registration, band, side, deep, cv2.INTER_LINEAR)
    dark = rows < _INK_OF_PAPER * max(1.0, _median(rows))
    # Nearly all the depth must be dark: a stroke that crosses, not a dot or a caption.
    return np.asarray(_leaning(dark).mean(axis=0) >= _THROUGH, np.bool_)


def _median(grey: Grey) -> float:
    """The middle grey (the higher of two): counting is quicker than sorting."""
    below = np.cumsum(np.bincount(grey.ravel(), minlength=256))
    return float(np.searchsorted(below, grey.size // 2, side="right"))


def _middle(few: Grey) -> float:
    """The same of few: sorting is quicker."""
    return float(np.partition(few, few.size // 2)[few.size // 2])
