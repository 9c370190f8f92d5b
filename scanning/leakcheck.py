"""A second look at a masked page, by other means than those that made it (no code of `redaction` is used).

It can prove that known ways of leaking are shut; it can't prove that nobody's name is written in an answer.
"""

from __future__ import annotations

import enum
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning import likeness
from scanning.likeness import Alike
from scanning.registration import Registration

Grey = NDArray[np.uint8]

_BLOCK = 8  # a JPEG block: ink at a zone's edge may ring as far as its block reaches
_SQUARE_MM = 9  # pixels of the looking resolution: less ink than this out of place is no letter
_COPIED = 0.6  # this like a hidden word, and more so than like the scan at its place: a copy
_RESEMBLES = 0.86  # written twice by one hand; other words of that hand reach 0.82
_BAND_GAP_MM = 5.0  # no code has white rows as wide as this inside
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
    OWN_PLACE = "own_place"  # all ink stands in the scan at the very same place
    IDENTITY_ABSENT = "identity_absent"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its measure is a count (codes, pixels, entries) or the best likeness 0..1 of a copied word."""

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
class Resemblance:
    """Writing in zone `zone` (from 0) that looks like a word of an identity zone, by `likeness` of at most 1."""

    zone: int
    likeness: float


@dataclass(frozen=True, slots=True)
class LeakProof:
    """All checks; and for a person to look at, no failures: ink that crosses a zone's border, and answers
    that look like what is written in an identity zone."""

    checks: tuple[Check, ...]
    crossings: tuple[Crossing, ...] = ()
    resemblances: tuple[Resemblance, ...] = ()

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
    shown, there = likeness.page_ink(page), likeness.scan_ink(original, registration)
    stray = likeness.unexplained(shown, there)
    alike = tuple(likeness.resemblances(shown, there, identity))
    copied = max((word.likeness for word in alike if _is_copy(word, zones)), default=0.0)
    return LeakProof(
        (
            Check(CheckName.PLAIN_FILE, plain, entries),
            Check(CheckName.NO_CODE, codes == 0, codes),
            Check(CheckName.OUTSIDE_WHITE, spoilt == 0, spoilt),
            Check(CheckName.OWN_PLACE, stray < _SQUARE_MM, stray),
            Check(CheckName.IDENTITY_ABSENT, copied < _COPIED, round(max(0.0, copied), 4)),
        ),
        tuple(_crossings(original, registration, zones)),
        tuple(_resemblances(alike, zones)),
    )


def _in_zone(word: Alike, zone: Box) -> bool:
    return zone.x <= word.centre[0] <= zone.right and zone.y <= word.centre[1] <= zone.bottom


def _is_copy(word: Alike, zones: Sequence[Box]) -> bool:
    """A pupil's own writing lies in an answer zone and is more like itself than like any other word."""
    return word.own < word.likeness or not any(_in_zone(word, zone) for zone in zones)


def _resemblances(alike: Sequence[Alike], zones: Sequence[Box]) -> Iterator[Resemblance]:
    """The best of each zone, where it is good enough."""
    for number, zone in enumerate(zones):
        inside = [word.likeness for word in alike if _in_zone(word, zone)]
        if max(inside, default=0.0) >= _RESEMBLES:
            yield Resemblance(number, round(max(inside), 4))


def _opened(masked: bytes) -> tuple[Grey, int] | None:
    """Pixels, and how many metadata entries came along (JFIF's own header fields don't count)."""
    try:
        with Image.open(io.BytesIO(masked)) as picture:
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
        return sum(len(_codes(page[rows, columns])) for rows, columns in _bands_with_ink(page))
    except (RuntimeError, ValueError):
        return 1  # a reader that fails proves nothing


def _codes(part: Grey) -> Sequence[zxingcpp.Barcode]:
    framed = cv2.copyMakeBorder(part, _BLOCK, _BLOCK, _BLOCK, _BLOCK, cv2.BORDER_CONSTANT, value=(255.0,))
    formats = zxingcpp.barcode_formats_from_str(_FORMATS)
    return zxingcpp.read_barcodes(framed, formats=formats, try_invert=False)


def _bands_with_ink(page: Grey) -> Iterator[tuple[slice, slice]]:
    """The parts of the page with anything on them, between wide bands of white: most of a page is white."""
    inked = np.flatnonzero(page.min(axis=1) < 255)
    apart = _BAND_GAP_MM * page.shape[0] / A4_HEIGHT
    for rows in np.split(inked, np.flatnonzero(np.diff(inked) > apart) + 1):
        if rows.size:
            band = slice(int(rows[0]), int(rows[-1]) + 1)
            columns = np.flatnonzero(page[band].min(axis=0) < 255)
            yield band, slice(int(columns[0]), int(columns[-1]) + 1)


def _spoilt_outside(page: Grey, zones: Sequence[Box]) -> int:
    """Pixels that are not pure white farther than one JPEG block from every zone."""
    outside = page < 255
    across, down = page.shape[1] / A4_WIDTH, page.shape[0] / A4_HEIGHT
    for zone in zones:
        left, top = int(zone.x * across) // _BLOCK * _BLOCK, int(zone.y * down) // _BLOCK * _BLOCK
        right, bottom = -(-int(zone.right * across) // _BLOCK) * _BLOCK, -(-int(zone.bottom * down) // _BLOCK) * _BLOCK
        outside[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = False
    return int(np.count_nonzero(outside))


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
