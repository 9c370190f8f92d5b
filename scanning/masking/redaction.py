"""A new page that holds the answers and nothing else.

Default deny: the output starts as white paper, and only answer zones are copied into it, straight from the
raw scan. Nothing is levelled, thresholded or straightened before masking: any such step would carry traces
of the identity zone into the answers. The output is encoded from pixels alone, so no metadata, text layer,
thumbnail or colour profile can cross.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.pageform import GUARD_MM
from scanning.errors import UnsafeZones
from scanning.files.sources import Grey, Media
from scanning.masking import sparsejpeg
from scanning.masking.sparsecopy import Places, copy_inked
from scanning.placing.registration import Capture, Registration

Floats = NDArray[np.float64]

MAX_DPI = 200.0
_MM_PER_INCH = 25.4
_INSIDE_FRAME_MM = 0.4
_CLEAR = 0.90  # of the paper's own grey: whatever is lighter is paper or shows through from the reverse
_WHITE = 245  # whatever comes out lighter is white: rules to write on, and noise
_DARKEST_PAPER = 110  # half of the light is taken by the deepest shadows that a page can still be read in
_JPEG_QUALITY = 85
_AS_FINE = 1.02  # of the output's resolution
_HARDLY_TURNED = 1.5  # degrees: a row of pixels is cut every 40 or farther
_COARSER = 8  # of so many pixels one is looked at in each direction to judge a zone's paper
_LIGHTER = 0.7  # of a zone's pixels are darker than what is taken for its paper
_CELL_MM = 12.0  # a shadow is judged in squares of about so much
_EVEN = 0.88  # paper that is nowhere darker than this against its lightest has one level, and all of it is cleared
_FALLS = 0.9  # of its level from one square to the next: whatever is steeper is drawn, not a shadow


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked page: encoded image, its kind, SHA-256 in hex, size in pixels, resolution."""

    image: bytes
    media: Media
    sha256: str
    width: int
    height: int
    dpi: float


def gap(a: Box, b: Box) -> float:
    """Millimetres between two boxes along the axis that separates them best; 0 or less when they meet."""
    return max(b.x - a.right, a.x - b.right, b.y - a.bottom, a.y - b.bottom)


def redact(
    grey: Grey, registration: Registration, zones: Sequence[Box], identity: Sequence[Box], dpi: float | None = None
) -> Masked:
    """The answer zones of a raw scan (HxW uint8) on a new white A4 page of `dpi` (at most 200; by default
    the scan's). Raises UnsafeZones when a zone comes nearer than the guard to an identity zone."""
    _refuse_unsafe(zones, identity)
    dpi = min(registration.dpi if dpi is None else dpi, MAX_DPI)
    k = dpi / _MM_PER_INCH
    page = np.full((round(A4_HEIGHT * k), round(A4_WIDTH * k)), 255, np.uint8)
    inner = [zone.grown(-_INSIDE_FRAME_MM) for zone in zones]
    looks = [_coarse_look(grey, registration, zone, k) for zone in inner]
    two_coloured = bool(inner) and all(
        _only_black_and_white(look) and _two_coloured(grey, registration, zone, k)
        for zone, look in zip(inner, looks, strict=True)
    )
    written: list[Places | None] = []
    for zone, look in zip(inner, looks, strict=True):
        left, top, right, bottom = _area(zone, k, page)
        if right > left and bottom > top:
            part, to_scan = page[top:bottom, left:right], _from_output(registration, left, top, k)
            if two_coloured:
                _warp(grey, registration, to_scan, part)
                cv2.threshold(part, 127, 255, cv2.THRESH_BINARY, dst=part)
            else:
                shade, paper = _shade(look, _CELL_MM * k / _COARSER), _paper(look)
                put = _copy_clear(grey, registration, to_scan, part, shade, paper)
                written.append(None if put is None else put + np.array([left, top]))
    return _encoded(page, two_coloured, dpi, written)


def _refuse_unsafe(zones: Sequence[Box], identity: Sequence[Box]) -> None:
    for number, zone in enumerate(zones, start=1):
        for hidden in identity:
            distance = gap(zone, hidden)
            if distance < GUARD_MM - 1e-6:
                raise UnsafeZones(zone=number, distance=max(0.0, distance), guard=GUARD_MM)


def _area(zone: Box, k: float, page: Grey) -> tuple[int, int, int, int]:
    """Whole pixels inside a zone: left, top, right, bottom."""
    height, width = page.shape
    left, top = max(0, int(np.ceil(zone.x * k))), max(0, int(np.ceil(zone.y * k)))
    return left, top, min(width, int(zone.right * k)), min(height, int(zone.bottom * k))


def _from_output(registration: Registration, left: float, top: float, k: float) -> Floats:
    """3x3 from pixels of a part of the output that begins at (left, top) to pixels of the scan."""
    # Output pixel (i, j) covers the millimetres around ((left + i + 0.5) / k, (top + j + 0.5) / k).
    to_mm = np.array([[1 / k, 0, (left + 0.5) / k], [0, 1 / k, (top + 0.5) / k], [0, 0, 1]])
    return np.asarray(registration.homography() @ to_mm, np.float64)


def _warp(grey: Grey, registration: Registration, to_scan: Floats, into: Grey) -> None:
    """Fill `into` from the scan; `to_scan` is 3x3 from its pixels to the scan's. What lies off the scan is white."""
    how = cv2.INTER_NEAREST if _pixel_for_pixel(registration, to_scan) else cv2.INTER_LINEAR
    size = into.shape[::-1]
    cv2.warpPerspective(grey, to_scan, size, dst=into, flags=how | cv2.WARP_INVERSE_MAP, borderValue=255.0)


def _pixel_for_pixel(registration: Registration, to_scan: Floats) -> bool:
    """Whether whole pixels are copied: where the output is no coarser and the page hardly turned that is sharper than
    any mixture, and quicker."""
    finer = float(np.sqrt(abs(np.linalg.det(to_scan[:2, :2]))))
    return finer <= _AS_FINE and abs(registration.skew()) <= _HARDLY_TURNED


def _sampled(grey: Grey, registration: Registration, zone: Box, k: float) -> Grey:
    """Single pixels of the scan, `k` a millimetre of the zone; nothing for a zone smaller than that."""
    left, top, right, bottom = np.ceil(zone.x * k), np.ceil(zone.y * k), int(zone.right * k), int(zone.bottom * k)
    if right <= left or bottom <= top:
        return np.zeros((0, 0), np.uint8)
    size = (int(right - left), int(bottom - top))
    how = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    matrix = _from_output(registration, float(left), float(top), k)
    return np.asarray(cv2.warpPerspective(grey, matrix, size, flags=how, borderValue=255.0), np.uint8)


def _coarse_look(grey: Grey, registration: Registration, zone: Box, k: float) -> Grey:
    return _sampled(grey, registration, zone, k / _COARSER)


def _only_black_and_white(look: Grey) -> bool:
    return bool(np.all((look == 0) | (look == 255)))


def _two_coloured(grey: Grey, registration: Registration, zone: Box, k: float) -> bool:
    """Whether the scan has only black and white in the zone; asked only where the coarse look found nothing else."""
    return _only_black_and_white(_sampled(grey, registration, zone, k))


def _paper(look: Grey) -> float:
    """Grey of a zone's own paper: most of the zone is paper, writing is darker."""
    if look.size == 0:
        return 255.0
    return float(
        max(_DARKEST_PAPER, np.partition(look, int(_LIGHTER * look.size), axis=None)[int(_LIGHTER * look.size)])
    )


def _copy_clear(
    grey: Grey, registration: Registration, to_scan: Floats, into: Grey, shade: Grey, paper: float
) -> Places | None:
    """Fill `into`, white, from the scan: light grey becomes white, the rest is stretched, by the level of the zone's
    `paper` where that is even, else by the `shade` of the place. Gives what `copy_inked` gives; None: any of it
    may be written on."""
    if shade.size > 1:
        _warp(grey, registration, to_scan, into)
        around = cv2.resize(shade, into.shape[::-1], interpolation=cv2.INTER_LINEAR)
        cv2.LUT(cv2.divide(into, around, scale=255.0 / _CLEAR), _stretching(255.0), dst=into)
        return None
    level = _CLEAR * paper
    table, nearest = _stretching(level), _pixel_for_pixel(registration, to_scan)
    # Of a photo the scale varies from place to place.
    flat = registration.kind is not Capture.PHOTO
    put = copy_inked(grey, to_scan, level * _WHITE / 255, table, into, nearest=nearest) if flat else None
    if put is None:
        _warp(grey, registration, to_scan, into)
        cv2.LUT(into, table, dst=into)
    return put


def _stretching(level: float) -> Grey:
    """What each grey becomes when `level` becomes white; what would hardly differ from white is white."""
    table: Grey = np.rint(np.minimum(255.0, np.arange(256) * 255.0 / level)).astype(np.uint8)
    table[table >= _WHITE] = 255
    return table


def _shade(look: Grey, cell: float) -> Grey:
    """Grey of the paper in squares of about `cell` pixels of a zone's coarse look; a single one, or none, where it is
    even. Of the zone's own pixels, as all that decides about the output."""
    rows, columns = max(1, round(look.shape[0] / cell)), max(1, round(look.shape[1] / cell))
    if look.size == 0 or rows * columns == 1:
        return np.zeros((0, 0), np.uint8)
    # First at a glance: strokes are thinner than what is left of them here, shadows are not.
    glance = cv2.resize(cv2.dilate(look, np.ones((3, 3), np.uint8)), (columns, rows), interpolation=cv2.INTER_AREA)
    if glance.min() >= _EVEN * glance.max():
        return np.zeros((0, 0), np.uint8)
    side = max(1, round(cell))
    squares = cv2.resize(look, (columns * side, rows * side), interpolation=cv2.INTER_NEAREST)
    squares = squares.reshape(rows, side, columns, side).swapaxes(1, 2).reshape(rows, columns, side * side)
    at = int(_LIGHTER * side * side)
    shade = _gently(np.asarray(np.partition(squares, at, axis=2)[:, :, at], np.uint8))
    return shade if shade.min() < _EVEN * shade.max() else np.zeros((0, 0), np.uint8)


def _gently(found: Grey) -> Grey:
    """Levels that fall from square to square no faster than a shadow does: what is drawn or shaded stays dark."""
    levels = np.asarray(np.maximum(found, _DARKEST_PAPER), np.uint8)
    while True:
        around = cv2.convertScaleAbs(cv2.dilate(levels, np.ones((3, 3), np.uint8)), alpha=_FALLS)
        if not (around > levels).any():
            return levels
        levels = np.asarray(cv2.max(levels, around), np.uint8)


def _encoded(page: Grey, two_coloured: bool, dpi: float, written: Sequence[Places | None]) -> Masked:
    """`written`: rows of 8 pixels that are not white, as `sparsejpeg.encode` takes them, of each zone; None: any."""
    if two_coloured:
        image, media = cv2.imencode(".png", page, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes(), Media.PNG
    else:
        known = [put for put in written if put is not None]
        all_known = bool(known) and len(known) == len(written)
        image = sparsejpeg.encode(page, _JPEG_QUALITY, np.concatenate(known) if all_known else None)
        media = Media.JPEG
    height, width = page.shape
    return Masked(image, media, hashlib.sha256(image).hexdigest(), width, height, dpi)
