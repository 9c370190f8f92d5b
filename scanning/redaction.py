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
import simplejpeg

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.pageform import GUARD_MM
from scanning.errors import UnsafeZones
from scanning.registration import Registration
from scanning.sources import Grey, Media

MAX_DPI = 200.0
_MM_PER_INCH = 25.4
_INSIDE_FRAME_MM = 0.4
_CLEAR = 0.90  # of the paper's own grey: whatever is lighter is paper or shows through from the reverse
_DARKEST_PAPER = 160
_JPEG_QUALITY = 85


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
    two_coloured = bool(inner) and all(_two_coloured(grey, registration, zone, k) for zone in inner)
    for zone in inner:
        left, top, right, bottom = _area(zone, k, page)
        if right > left and bottom > top:
            part = _warped(grey, registration, (left, top, right, bottom), k, cv2.INTER_LINEAR)
            page[top:bottom, left:right] = _black_or_white(part) if two_coloured else _cleared(part)
    return _encoded(page, two_coloured, dpi)


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


def _warped(grey: Grey, registration: Registration, area: tuple[int, int, int, int], k: float, how: int) -> Grey:
    """The part of the page that fills `area` of the output; what lies off the scan is white."""
    left, top, right, bottom = area
    # Output pixel (i, j) covers the millimetres around ((left + i + 0.5) / k, (top + j + 0.5) / k).
    to_mm = np.array([[1 / k, 0, (left + 0.5) / k], [0, 1 / k, (top + 0.5) / k], [0, 0, 1]])
    matrix = registration.homography() @ to_mm
    size = (right - left, bottom - top)
    part = cv2.warpPerspective(grey, matrix, size, flags=how | cv2.WARP_INVERSE_MAP, borderValue=255.0)
    return np.asarray(part, np.uint8)


def _two_coloured(grey: Grey, registration: Registration, zone: Box, k: float) -> bool:
    """Whether the scan has only black and white in the zone. A coarse look spares most scans the full one."""
    for scale in (k / 8, k):
        area = (
            int(np.ceil(zone.x * scale)),
            int(np.ceil(zone.y * scale)),
            int(zone.right * scale),
            int(zone.bottom * scale),
        )
        if area[2] <= area[0] or area[3] <= area[1]:
            continue
        part = _warped(grey, registration, area, scale, cv2.INTER_NEAREST)
        if not np.all((part == 0) | (part == 255)):
            return False
    return True


def _black_or_white(part: Grey) -> Grey:
    return np.where(part < 128, 0, 255).astype(np.uint8)


def _cleared(part: Grey) -> Grey:
    """Light grey to white, the rest stretched; judged by the zone's own paper, which is most of it."""
    counts = np.cumsum(cv2.calcHist([part], [0], None, [256], [0, 256]).ravel())
    paper = max(_DARKEST_PAPER, int(np.searchsorted(counts, 0.7 * part.size)))
    table = np.clip(np.round(np.arange(256) * (255.0 / (_CLEAR * paper))), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(part, table), np.uint8)


def _encoded(page: Grey, two_coloured: bool, dpi: float) -> Masked:
    if two_coloured:
        image, media = cv2.imencode(".png", page, [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes(), Media.PNG
    else:
        image = simplejpeg.encode_jpeg(page[:, :, None], quality=_JPEG_QUALITY, colorspace="GRAY")
        media = Media.JPEG
    height, width = page.shape
    return Masked(image, media, hashlib.sha256(image).hexdigest(), width, height, dpi)
