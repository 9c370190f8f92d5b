"""A second look at a masked page, by other means than those that made it (no code of `redaction` is used).

It can prove that known ways of leaking are shut; it can't prove that nobody's name is written in an answer.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning.registration import Registration

Grey = NDArray[np.uint8]

_BLOCK = 8  # a JPEG block: ink at a zone's edge may ring as far as its block reaches
_LOOK_DPI = 50.0
_ALIKE = 0.6
_STROKES = 8.0  # least spread of the change of grey that is writing at all, not paper
_FORMATS = "QRCode,MicroQRCode,DataMatrix,Aztec,PDF417,Code128,Code39"
_INK_OF_PAPER = 0.7
# From the printed frame line outwards, within the guard. Captions stand there too, but a stroke that
# crosses leaves no white between itself and the line.
_NEAR_MM, _FAR_MM = 0.2, 1.9
_THROUGH = 0.9


class CheckName(enum.Enum):
    """What a check is about; the name goes into the proof."""

    PLAIN_FILE = "plain_file"  # one picture of an A4 page with no metadata
    NO_CODE = "no_code"
    OUTSIDE_WHITE = "outside_white"
    IDENTITY_ABSENT = "identity_absent"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its measure is a count (codes, pixels, entries) or the best likeness 0..1."""

    name: CheckName
    passed: bool
    measure: float


class Side(enum.Enum):
    """A side of an answer zone."""

    TOP = "top"
    RIGHT = "right"
    BOTTOM = "bottom"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Crossing:
    """Ink that runs over `side` of zone `zone` (from 0), `mm` of it: a name written across, or an answer cut off."""

    zone: int
    side: Side
    mm: float


@dataclass(frozen=True, slots=True)
class LeakProof:
    """All checks, and ink that crosses a zone's border (for a person to look at, no failure)."""

    checks: tuple[Check, ...]
    crossings: tuple[Crossing, ...] = ()

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)


def check(
    masked: bytes, original: Grey, registration: Registration, zones: Sequence[Box], identity: Sequence[Box]
) -> LeakProof:
    """Examine an encoded masked page against the raw scan (HxW uint8) it was made from."""
    opened = _opened(masked)
    if opened is None:
        return LeakProof((Check(CheckName.PLAIN_FILE, False, 0),))
    page, entries = opened
    plain = entries == 0 and abs(page.shape[0] / page.shape[1] - A4_HEIGHT / A4_WIDTH) < 0.01
    codes = _count_codes(page)
    spoilt = _spoilt_outside(page, zones)
    likeness = max((_likeness(page, original, registration, box) for box in identity), default=0.0)
    return LeakProof(
        (
            Check(CheckName.PLAIN_FILE, plain, entries),
            Check(CheckName.NO_CODE, codes == 0, codes),
            Check(CheckName.OUTSIDE_WHITE, spoilt == 0, spoilt),
            Check(CheckName.IDENTITY_ABSENT, likeness < _ALIKE, round(likeness, 4)),
        ),
        tuple(_crossings(original, registration, zones)),
    )


def _opened(masked: bytes) -> tuple[Grey, int] | None:
    """Pixels, and how many metadata entries came along (JFIF's own header fields don't count)."""
    from io import BytesIO

    try:
        with Image.open(BytesIO(masked)) as picture:
            own = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
            entries = len(set(picture.info) - own) + len(picture.getexif())
            page = np.array(picture.convert("L"), np.uint8)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    return page, entries + _after_the_end(masked)


def _after_the_end(masked: bytes) -> int:
    """1 when bytes stand behind the end of the picture."""
    end = b"\xff\xd9" if masked.startswith(b"\xff\xd8") else b"IEND\xaeB`\x82"
    return int(not masked.endswith(end))


def _count_codes(page: Grey) -> int:
    try:
        return len(zxingcpp.read_barcodes(page, formats=zxingcpp.barcode_formats_from_str(_FORMATS), try_invert=False))
    except (RuntimeError, ValueError):
        return 1  # a reader that fails proves nothing


def _spoilt_outside(page: Grey, zones: Sequence[Box]) -> int:
    """Pixels that are not pure white farther than one JPEG block from every zone."""
    outside = page < 255
    across, down = page.shape[1] / A4_WIDTH, page.shape[0] / A4_HEIGHT
    for zone in zones:
        left, top = int(zone.x * across) // _BLOCK * _BLOCK, int(zone.y * down) // _BLOCK * _BLOCK
        right, bottom = -(-int(zone.right * across) // _BLOCK) * _BLOCK, -(-int(zone.bottom * down) // _BLOCK) * _BLOCK
        outside[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = False
    return int(np.count_nonzero(outside))


# --- likeness with what was hidden ---------------------------------------------------------------------


def _looked_at(original: Grey, registration: Registration, box: Box) -> Grey:
    """A part of the scan, upright, at a low resolution, each pixel the mean of what it covers."""
    fine = 3
    k = fine * _LOOK_DPI / 25.4
    columns, rows = max(fine, round(box.w * k)), max(fine, round(box.h * k))
    x = box.x + (np.arange(columns) + 0.5) / k
    y = box.y + (np.arange(rows) + 0.5) / k
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 1, 2)
    places = cv2.perspectiveTransform(points, registration.homography()).reshape(rows, columns, 2).astype(np.float32)
    fine_part = cv2.remap(original, places[:, :, 0], places[:, :, 1], cv2.INTER_LINEAR, borderValue=255.0)
    size = (max(1, columns // fine), max(1, rows // fine))
    return np.asarray(cv2.resize(fine_part, size, interpolation=cv2.INTER_AREA), np.uint8)


def _strokes(picture: Grey) -> NDArray[np.float32]:
    """How grey changes from left to right: keeps handwriting, drops ruled lines, which all forms share."""
    return np.asarray(cv2.Sobel(picture, cv2.CV_32F, 1, 0, ksize=3), np.float32)


def _likeness(page: Grey, original: Grey, registration: Registration, box: Box) -> float:
    """Best correlation, -1..1, of the hidden part with any place of the output; 0 when either is empty."""
    k = _LOOK_DPI / 25.4
    small = cv2.resize(page, (round(A4_WIDTH * k), round(A4_HEIGHT * k)), interpolation=cv2.INTER_AREA)
    shown, hidden = _strokes(np.asarray(small, np.uint8)), _strokes(_looked_at(original, registration, box))
    if hidden.std() < _STROKES or hidden.shape[0] > shown.shape[0] or hidden.shape[1] > shown.shape[1]:
        return 0.0
    scores = cv2.matchTemplate(shown, hidden, cv2.TM_CCOEFF_NORMED)
    # Over nearly white places the division is by almost nothing and the score is noise.
    energy = cv2.sqrBoxFilter(shown, cv2.CV_32F, (hidden.shape[1], hidden.shape[0]), anchor=(0, 0))
    meaningful = energy[: scores.shape[0], : scores.shape[1]] > _STROKES**2
    return float(np.max(scores[meaningful], initial=0.0))


# --- ink across the border --------------------------------------------------------------------------------


def _crossings(original: Grey, registration: Registration, zones: Sequence[Box]) -> Iterator[Crossing]:
    for number, zone in enumerate(zones):
        for side in Side:
            outside, inside = _bands(zone, side)
            out_ink = _inked(original, registration, outside, side)
            in_ink = _inked(original, registration, inside, side)
            reach = 5  # 1 mm to both sides at 5 samples a millimetre: strokes lean
            near = np.convolve(in_ink, np.ones(2 * reach + 1), "same") > 0
            crossing = float(np.count_nonzero(out_ink & near)) / 5
            if crossing >= 0.4:
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


def _inked(original: Grey, registration: Registration, band: Box, side: Side) -> NDArray[np.bool_]:
    """Along the band, 5 samples a millimetre: whether there is ink all the way through it."""
    upright = side in (Side.LEFT, Side.RIGHT)
    along, deep = (band.h, band.w) if upright else (band.w, band.h)
    s = (np.arange(max(1, int(along * 5))) + 0.5) / 5
    d = (np.arange(max(1, int(deep * 8))) + 0.5) / 8
    grid_s, grid_d = np.meshgrid(s, d)
    x, y = (band.x + grid_d, band.y + grid_s) if upright else (band.x + grid_s, band.y + grid_d)
    points = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
    places = cv2.perspectiveTransform(points, registration.homography()).reshape(*x.shape, 2).astype(np.float32)
    values = cv2.remap(original, places[:, :, 0], places[:, :, 1], cv2.INTER_LINEAR, borderValue=255.0)
    paper = max(1.0, float(np.median(values)))
    dark = values < _INK_OF_PAPER * paper
    # Nearly all the depth must be dark: a stroke that crosses, not a dot or a caption.
    leaning = cv2.dilate(dark.astype(np.uint8), np.ones((1, 3), np.uint8))
    return np.asarray(leaning.mean(axis=0) >= _THROUGH, np.bool_)
