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

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning.leaks import crossing, inklook, inplace, likeness, plainfile
from scanning.leaks.crossing import Crossing, Side
from scanning.leaks.inplace import Printed
from scanning.leaks.likeness import PLACE_LOOK, Alike
from scanning.leaks.plainfile import Opened
from scanning.placing.registration import Capture, Registration
from scanning.placing.shrinking import Views, halved, views_of

__all__ = ["Check", "CheckName", "Crossing", "LeakProof", "Paper", "Resemblance", "Side", "check"]

Grey = NDArray[np.uint8]

_BLOCK = 8  # a JPEG block: ink at a zone's edge may ring as far as its block reaches
_RINGS = 128  # ringing of a block is never darker
_INSIDE_MM = 0.2  # of a zone's border: nothing dark nearer to it
_NOT_COPIED_MM = 0.4  # inwards from a zone's border: frames lie there, a little off their place at times
_PALE, _MOST_OF_SIDE = 240, 0.5  # a line that runs along most of a side is its frame, however pale
_LEAST_LEAK = 1.0  # mm²: less ink than this out of place is no letter
_COPIED = 0.6  # this like a hidden word, and more so than like the scan at its place: a copy
_BLUR = 0.05  # by so much masking and looking change the picture of what was written
_RESEMBLES = 0.86  # written twice by one hand; other words of that hand reach 0.82
_AROUND_MM = 6.0  # of what looks like a code: its own edge and quiet zone
# So much of a square of this side is dark in any code; the densest writing of 99 pages of 100 stays below.
_CODE_MM, _CODE_INK = 7.0, 0.42
_INKED = 205
_FORMATS = zxingcpp.barcode_formats_from_str("QRCode,MicroQRCode,DataMatrix,Aztec,PDF417,Code128,Code39")
_MOST_OFF_MM = 1.5  # a code may be seen so far from its place
_CODES_ENOUGH, _LEAST_FRAMED, _WELL_FRAMED = 1, 0.6, 0.85


class CheckName(enum.Enum):
    """What a check is about; the name goes into the proof."""

    IN_PLACE = "in_place"  # what is printed lies where the zones' places were taken from
    PLAIN_FILE = "plain_file"  # one picture of an A4 page with no metadata
    NO_CODE = "no_code"
    OUTSIDE_WHITE = "outside_white"
    OWN_PLACE = "own_place"  # all ink stands in the scan at the very same place
    IDENTITY_ABSENT = "identity_absent"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its measure is a count (codes, pixels, entries), an area in mm², the best likeness 0..1 of a copied
    word, or how far in mm print lies from its place."""

    name: CheckName
    passed: bool
    measure: float


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


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of the paper: boxes in which something may be `handwritten` that says whose it is (None: in any
    hidden box); `printed` things that were seen and whose place is known; whether zones have printed frames."""

    handwritten: tuple[Box, ...] | None = None
    printed: tuple[Printed, ...] = ()
    framed: bool = False


def check(
    masked: bytes,
    original: Grey | Views,
    registration: Registration,
    zones: Sequence[Box],
    identity: Sequence[Box],
    paper: Paper | None = None,
) -> LeakProof:
    """Examine an encoded masked page against the raw scan (HxW uint8, or its `Views`) it was made from."""
    opened = plainfile.opened(masked)
    if opened is None:
        return LeakProof((Check(CheckName.PLAIN_FILE, False, 0),))
    paper = paper or Paper()
    scan = original if isinstance(original, Views) else views_of(original)
    written = identity if paper.handwritten is None else paper.handwritten
    sight, shown = inklook.sight_of(scan, registration), inklook.page_ink(opened.half, opened.half_k, PLACE_LOOK)
    stray = likeness.unexplained(shown, sight)
    alike = tuple(likeness.resemblances(opened, shown, sight, written, doubted=stray > 0))
    return LeakProof(
        (
            _plain(opened),
            _no_code(masked, opened),
            _outside_white(opened, zones),
            _in_place(scan, registration, zones, paper),
            Check(CheckName.OWN_PLACE, stray < _LEAST_LEAK, round(stray, 2)),
            _identity_absent(alike, zones),
        ),
        tuple(crossing.crossings(scan.page, registration, zones)),
        tuple(_resemblances(alike, zones)),
    )


def _plain(opened: Opened) -> Check:
    height, width = opened.shape
    a4 = abs(height / width - A4_HEIGHT / A4_WIDTH) < 0.01
    return Check(CheckName.PLAIN_FILE, a4 and opened.entries == 0, opened.entries)


def _in_place(scan: Views, registration: Registration, zones: Sequence[Box], paper: Paper) -> Check:
    """Whether the zones lie where the print says: a wrong registration deceives mask and check alike."""
    off = inplace.farthest(registration, paper.printed)
    return Check(CheckName.IN_PLACE, off <= _MOST_OFF_MM and _framed(scan, registration, zones, paper), round(off, 2))


def _framed(scan: Views, registration: Registration, zones: Sequence[Box], paper: Paper) -> bool:
    """Whether the frames lie around the zones. With a code in its place they may be lost to a scan in black and white,
    but must not be seen elsewhere; and the page must be as long as it is wide, as nothing else would show a slip."""
    if not paper.framed:
        return True
    share = inplace.framed(scan, registration, zones)
    if share >= _WELL_FRAMED:
        return True
    unseen = registration.kind is Capture.SCAN and inplace.slipped(registration) > _MOST_OFF_MM
    if share < _LEAST_FRAMED and (len(paper.printed) < _CODES_ENOUGH or unseen):
        return False
    return not inplace.astray(scan, registration, zones, share)


def _identity_absent(alike: Sequence[Alike], zones: Sequence[Box]) -> Check:
    copied = max((word.likeness for word in alike if _is_copy(word, zones)), default=0.0)
    return Check(CheckName.IDENTITY_ABSENT, copied < _COPIED, round(max(0.0, copied), 4))


def _in_zone(word: Alike, zone: Box) -> bool:
    return zone.x <= word.centre[0] <= zone.right and zone.y <= word.centre[1] <= zone.bottom


def _is_copy(word: Alike, zones: Sequence[Box]) -> bool:
    """A pupil's own writing lies in an answer zone and is about as like itself as two pictures of it can be; a copy
    lies where the scan has something else."""
    return word.own < word.likeness - _BLUR or not any(_in_zone(word, zone) for zone in zones)


def _resemblances(alike: Sequence[Alike], zones: Sequence[Box]) -> Iterator[Resemblance]:
    """The best of each zone, where it is good enough."""
    for number, zone in enumerate(zones):
        inside = [word.likeness for word in alike if _in_zone(word, zone)]
        if max(inside, default=0.0) >= _RESEMBLES:
            yield Resemblance(number, round(max(inside), 4))


# --- codes -----------------------------------------------------------------------------------------------


def _no_code(masked: bytes, opened: Opened) -> Check:
    try:
        codes = sum(len(_codes(part)) for part in _code_like(masked, opened))
    except (RuntimeError, ValueError):
        codes = 1  # a reader that fails proves nothing
    return Check(CheckName.NO_CODE, codes == 0, codes)


def _code_like(masked: bytes, opened: Opened) -> Iterator[Grey]:
    """Parts of the page at full size that hold as much ink as a code does: writing never comes near it."""
    inked = halved(np.asarray(cv2.threshold(opened.half, _INKED, 255, cv2.THRESH_BINARY_INV)[1], np.uint8))
    k = opened.half_k / 2
    side = round(_CODE_MM * k)
    if cv2.countNonZero(inked) < _CODE_INK * side * side:
        return
    share = cv2.blur(inked, (side, side), borderType=cv2.BORDER_CONSTANT)
    if share.max() <= 255 * _CODE_INK:
        return
    dense = (share > 255 * _CODE_INK).astype(np.uint8)
    reach = 2 * round(_AROUND_MM * k) + 1
    around = cv2.dilate(dense, np.ones((reach, reach), np.uint8))
    full = plainfile.full(masked)
    for outline in cv2.findContours(around, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, w, h = cv2.boundingRect(outline)
        yield full[4 * y : 4 * (y + h), 4 * x : 4 * (x + w)]


def _codes(part: Grey) -> Sequence[zxingcpp.Barcode]:
    framed = cv2.copyMakeBorder(part, _BLOCK, _BLOCK, _BLOCK, _BLOCK, cv2.BORDER_CONSTANT, value=(255.0,))
    return zxingcpp.read_barcodes(framed, formats=_FORMATS, try_invert=False)


# --- outside the zones -----------------------------------------------------------------------------------


def _outside_white(opened: Opened, zones: Sequence[Box]) -> Check:
    """Pixels that are not pure white farther than one JPEG block from every zone, and those nearer that are
    darker than ringing: frames, captions, whatever stands just outside. The measure counts pixels at half size."""
    half, (height, width) = opened.half, opened.shape
    across, down = width / A4_WIDTH, height / A4_HEIGHT
    # 0 where nothing is asked, else how light a pixel must be: both questions in one picture.
    asked = np.full_like(half, 255)
    for zone in zones:
        left, top = int(zone.x * across) // _BLOCK * _BLOCK, int(zone.y * down) // _BLOCK * _BLOCK
        right, bottom = -(-int(zone.right * across) // _BLOCK) * _BLOCK, -(-int(zone.bottom * down) // _BLOCK) * _BLOCK
        asked[max(0, top // 2) : max(0, bottom // 2), max(0, left // 2) : max(0, right // 2)] = _RINGS
    for zone in zones:
        inner = zone.grown(-_INSIDE_MM)
        rows = slice(max(0, int(inner.y * down / 2)), max(0, int(inner.bottom * down / 2) + 1))
        asked[rows, max(0, int(inner.x * across / 2)) : max(0, int(inner.right * across / 2) + 1)] = 0
    spoilt = cv2.countNonZero(cv2.subtract(asked, half))
    spoilt += sum(_lines_beside(half, zone, down / 2, across / 2) for zone in zones)
    return Check(CheckName.OUTSIDE_WHITE, spoilt == 0, spoilt)


def _lines_beside(half: Grey, zone: Box, down: float, across: float) -> int:
    """How many pixels along the sides of a zone, just outside what is copied, show a line that runs along most of a
    side: its frame, however pale, which a mask that lies right leaves out."""
    near = _BLOCK // 2 - 1
    inner = zone.grown(-_NOT_COPIED_MM)
    top, left = int(inner.y * down), int(inner.x * across)
    bottom, right = int(inner.bottom * down) + 1, int(inner.right * across) + 1
    sides = (
        half[max(0, top - near) : max(0, top), max(0, left) : right].min(axis=0, initial=255),
        half[bottom : bottom + near, max(0, left) : right].min(axis=0, initial=255),
        half[max(0, top) : bottom, max(0, left - near) : max(0, left)].min(axis=1, initial=255),
        half[max(0, top) : bottom, right : right + near].min(axis=1, initial=255),
    )
    lengths = (int(np.count_nonzero(side < _PALE)) for side in sides)
    return sum(n for n, side in zip(lengths, sides, strict=True) if side.size and n > _MOST_OF_SIDE * side.size)
