"""Stamps and seals in bright colours inside answer zones: they may name a school, so a person must look.

Pupils write in blue and violet too. What tells a seal from writing is not its colour but its drawing: a round seal is a
ring, a corner stamp a straight frame, with print inside. So only coloured ink is looked at, and in it these two shapes.
Only colour scans can be looked at; a grey one holds no colour, and in it a seal is ink like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from scanning.files.colours import COLOUR_DPI, Colours, Small, small
from scanning.files.sources import Media
from scanning.placing.registration import Registration

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

_K = COLOUR_DPI / 25.4
_COARSE_K = 1.0  # pixels a millimetre, to look for centres
_BRIGHT = 14  # strongest minus weakest channel, paper taken for white: paper and JPEG stay below
_LEAST_INK_MM2 = 25.0  # of bright ink in a zone: no seal has less
_RADII_MM = (7.5, 9.0, 10.5, 12.5, 14.5, 16.5, 18.5, 20.5, 22.5)
_COARSE_RING, _RING = 0.6, 0.72  # of a circle is inked: at a first look, and when looked at closely
_NEAR_MM = 1.6  # the first look may be so far off
_CANDIDATES = 6
_LEAST_INSIDE, _LEAST_INSIDE_RING = 0.15, 0.2  # of what a frame or a ring encloses is print
_SIDES_MM = (9.0, 60.0)  # of frames
_LEAST_AREA_MM2 = 300.0
_STRAIGHT = 0.93  # of a straight frame's rectangle is enclosed by it
_GAP_MM = 0.6  # such gaps of a frame are closed


def coloured(stream: bytes, media: Media, registration: Registration, zones: Sequence[Box]) -> tuple[int, ...]:
    """Numbers (from 0) of the zones (mm) in which a bright-coloured seal stands in a stored page image. Grey images
    have none. Raises UndecodableImage."""
    seen = small(stream, media, registration.dpi)
    return () if seen is None else sealed(seen, registration, zones)


def sealed(seen: Small, registration: Registration, zones: Sequence[Box]) -> tuple[int, ...]:
    """Numbers (from 0) of the zones in which a seal stands."""
    bright = _bright(seen.pixels)
    return tuple(n for n, zone in enumerate(zones) if _has_seal(_upright(bright, seen.scale, registration, zone)))


def _bright(pixels: Colours) -> Grey:
    """How far each pixel is from grey, on paper taken for white."""
    paper = np.median(pixels[::8, ::8].reshape(-1, 3), axis=0)
    red, green, blue = (
        cv2.convertScaleAbs(channel, alpha=255.0 / max(1.0, float(white)))
        for channel, white in zip(cv2.split(pixels), paper, strict=True)
    )
    strongest, weakest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return np.asarray(cv2.subtract(strongest, weakest), np.uint8)


def _upright(bright: Grey, scale: float, registration: Registration, zone: Box) -> Grey:
    """A zone's bright ink, 0 or 1, at 50 dpi."""
    to_small = np.array([[scale, 0, 0.5 * scale - 0.5], [0, scale, 0.5 * scale - 0.5], [0, 0, 1]])
    to_mm = np.array([[1 / _K, 0, zone.x + 0.5 / _K], [0, 1 / _K, zone.y + 0.5 / _K], [0, 0, 1]])
    size = max(1, round(zone.w * _K)), max(1, round(zone.h * _K))
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpPerspective(bright, to_small @ registration.homography() @ to_mm, size, flags=how)
    return np.asarray(cv2.threshold(part, _BRIGHT, 1, cv2.THRESH_BINARY)[1], np.uint8)


def _has_seal(ink: Grey) -> bool:
    if cv2.countNonZero(ink) < _LEAST_INK_MM2 * _K * _K:
        return False
    return _has_frame(ink) or any(_is_ring(ink, x, y, r) for x, y, r in _centres(ink))


# --- round seals -----------------------------------------------------------------------------------------


def _centres(ink: Grey) -> Iterator[tuple[float, float, float]]:
    """Where rings may stand, the likeliest first: centre and radius in pixels of `ink`."""
    inked = cv2.resize(ink.astype(np.float32), None, fx=_COARSE_K / _K, fy=_COARSE_K / _K, interpolation=cv2.INTER_AREA)
    inked = np.minimum(inked * 1.6, 1.0)  # a line of 0.6 mm counts fully
    height, width = inked.shape
    room = round(_RADII_MM[-1] * _COARSE_K)
    shape = cv2.getOptimalDFTSize(height + 2 * room), cv2.getOptimalDFTSize(width + 2 * room)
    padded = np.zeros(shape, np.float32)
    padded[room : room + height, room : room + width] = inked
    spectrum = cv2.dft(padded)
    found = []
    for radius in _RADII_MM:
        ring = cv2.idft(cv2.mulSpectrums(spectrum, _ring_spectrum(radius, shape), 0, conjB=True), flags=cv2.DFT_SCALE)
        best, at = cv2.minMaxLoc(ring)[1::2]
        if best >= _COARSE_RING:
            found.append((best, at[0] - room, at[1] - room, radius))
    to_ink = _K / _COARSE_K
    for _, x, y, radius in sorted(found, reverse=True)[:_CANDIDATES]:
        yield (x + 0.5) * to_ink - 0.5, (y + 0.5) * to_ink - 0.5, radius * _K


@lru_cache(maxsize=256)
def _ring_spectrum(radius: float, shape: tuple[int, int]) -> Floats:
    """A ring about (0, 0), two millimetres wide, whose sum is 1, as a spectrum."""
    y, x = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    away = np.abs(np.hypot(y[:, None], x[None, :]) - radius * _COARSE_K)
    ring = np.clip(1.5 * _COARSE_K - away, 0.0, 1.0).astype(np.float32)
    return np.asarray(cv2.dft(ring / ring.sum()), np.float32)


def _is_ring(ink: Grey, x: float, y: float, radius: float) -> bool:
    """Whether a circle near that one is inked nearly all around, and print stands inside."""
    near = _NEAR_MM * _K
    best, place = 0.0, (x, y, radius)
    for grown in np.arange(-near, near + 0.1, 0.5):
        share, right, down = _most_inked(ink, x, y, radius + float(grown))
        if share > best:
            best, place = share, (x + right, y + down, radius + float(grown))
    return best >= _RING and _inside(ink, place) >= _LEAST_INSIDE_RING


@lru_cache(maxsize=1)
def _turns() -> tuple[Floats, Floats]:
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False, dtype=np.float32)
    return np.cos(turn), np.sin(turn)


def _most_inked(ink: Grey, x: float, y: float, radius: float) -> tuple[float, float, float]:
    """Of circles of this radius about places near (x, y): the greatest share that is inked, and how far off it is."""
    cosine, sine = _turns()
    near = round(_NEAR_MM * _K)
    steps = np.arange(-near, near + 1)
    height, width = ink.shape
    columns = np.rint(x + radius * cosine).astype(np.int32)[None, :] + steps[:, None]
    rows = np.rint(y + radius * sine).astype(np.int32)[None, :] + steps[:, None]
    on_columns, on_rows = (columns >= 0) & (columns < width), (rows >= 0) & (rows < height)
    found = ink[np.clip(rows, 0, height - 1)[:, None, :], np.clip(columns, 0, width - 1)[None, :, :]]
    shares = np.where(on_rows[:, None, :] & on_columns[None, :, :], found, 0).mean(axis=2)
    down, right = divmod(int(np.argmax(shares)), steps.size)
    return float(shares[down, right]), float(steps[right]), float(steps[down])


def _inside(ink: Grey, place: tuple[float, float, float]) -> float:
    x, y, radius = place
    disk = np.zeros_like(ink)
    cv2.circle(disk, (round(x), round(y)), max(1, round(0.85 * radius)), 1, -1)
    return cv2.countNonZero(cv2.bitwise_and(disk, ink)) / max(1, cv2.countNonZero(disk))


# --- frames ----------------------------------------------------------------------------------------------


def _has_frame(ink: Grey) -> bool:
    """Whether straight lines enclose a rectangle with print in it."""
    reach = 2 * round(_GAP_MM * _K / 2) + 1
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    outlines, nested = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if nested is None:
        return False
    return any(
        _is_frame(ink, np.asarray(outline, np.int32))
        for outline, (_next, _before, _child, parent) in zip(outlines, nested[0], strict=True)
        if parent >= 0  # what an outline encloses
    )


def _is_frame(ink: Grey, hole: NDArray[np.int32]) -> bool:
    area = cv2.contourArea(hole)
    if area < 0.6 * _LEAST_AREA_MM2 * _K * _K:
        return False
    (x, y), sides, turn = cv2.minAreaRect(hole)
    least, most = (side * _K for side in _SIDES_MM)
    if not (min(sides) >= least and max(sides) <= most and area >= _STRAIGHT * sides[0] * sides[1]):
        return False
    inner = np.zeros_like(ink)
    corners = cv2.boxPoints(((x, y), (0.9 * sides[0], 0.85 * sides[1]), turn))
    cv2.fillConvexPoly(inner, np.rint(corners).astype(np.int32), 1)
    return cv2.countNonZero(cv2.bitwise_and(inner, ink)) >= _LEAST_INSIDE * cv2.countNonZero(inner)
