"""Codes on a page: found by a cascade of cheap to dear readers, trusted only when their own check agrees.

Order and rungs follow what read best on damaged pages: QR at half size, QR at full size, Code128, then a
short ladder of repaired pictures. A page without any code costs the whole ladder, so it is short; it has no
clock, because what is read must not depend on how busy the computer is.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from crosscheck import labels
from crosscheck.labels import Label, ShortLabel
from crosscheck.limited import Child, ChildFault
from scanning.placing.shrinking import Views, halved, shrunk

Grey = NDArray[np.uint8]
Point = tuple[float, float]

_SECOND_OPINION_SECONDS = 10.0


class Symbology(enum.Enum):
    """The two kinds of code that are asked for; readers see others in handwriting."""

    QR = "QR"
    CODE128 = "CODE128"


@dataclass(frozen=True, slots=True)
class Code:
    """One code as read: its payload and its four corners in pixels of the page (clockwise in reading direction)."""

    symbology: Symbology
    payload: str
    corners: tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class LabelRead:
    """The page's label; `support` codes on the page say so."""

    label: Label
    support: int


@dataclass(frozen=True, slots=True)
class ShortOnly:
    """Only the Code128 was read: the label but for most of its paper digest."""

    label: ShortLabel


@dataclass(frozen=True, slots=True)
class Disagree:
    """Codes of ours on one page that say different things."""

    labels: tuple[Label | ShortLabel, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No code of ours. `alien`: what other codes said; `damaged`: codes in our grammar whose check failed
    or that a later version wrote."""

    alien: tuple[str, ...]
    damaged: tuple[str, ...] = ()


LabelReading = LabelRead | ShortOnly | Disagree | Unreadable

_FORMATS = {
    Symbology.QR: zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
    Symbology.CODE128: zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.Code128),
}


def parsed(code: Code) -> Label | ShortLabel | labels.Fault:
    """What a code means in our grammar."""
    return _parsed(code.symbology, code.payload)


@lru_cache(maxsize=64)  # a page's few codes are asked about again and again
def _parsed(symbology: Symbology, payload: str) -> Label | ShortLabel | labels.Fault:
    return labels.parse_text(payload) if symbology is Symbology.QR else labels.parse_digits(payload)


def ours(codes: tuple[Code, ...]) -> bool:
    """Whether any of the codes is of our grammar, with a check that agrees."""
    return any(not isinstance(parsed(code), labels.Fault) for code in codes)


# --- reading ---------------------------------------------------------------------------------------------


def read_picture(
    picture: Grey, wanted: Symbology, scale: float = 1.0, origin: Point = (0.0, 0.0), *, level: bool = False
) -> tuple[Code, ...]:
    """All codes of one kind in a picture that is `scale` times a part of the page that begins at `origin`. `level`:
    the code is known to lie level (either way up) and large enough, which is several times quicker."""
    try:
        found = zxingcpp.read_barcodes(
            picture,
            formats=_FORMATS[wanted],
            try_rotate=not level,
            try_downscale=not level,
            try_invert=False,
            text_mode=zxingcpp.TextMode.Plain,
        )
    except (RuntimeError, ValueError):  # a decoder that gives up on one picture has read nothing from it
        return ()
    return tuple(_code(barcode, wanted, scale, origin) for barcode in found if barcode.text)


def _code(barcode: zxingcpp.Barcode, wanted: Symbology, scale: float, origin: Point) -> Code:
    at = barcode.position

    def point(p: zxingcpp.Point) -> Point:
        return p.x / scale + origin[0], p.y / scale + origin[1]

    corners = (point(at.top_left), point(at.top_right), point(at.bottom_right), point(at.bottom_left))
    return Code(wanted, barcode.text, corners)


def _sharpened(grey: Grey) -> Grey:
    return np.asarray(cv2.addWeighted(grey, 2.2, cv2.GaussianBlur(grey, (0, 0), 2.0), -1.2, 0), np.uint8)


def _dark_only(grey: Grey) -> Grey:
    """Only real black stays: takes away pencil, stains and show-through."""
    return np.asarray(cv2.threshold(grey, 100, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _strokes_closed(grey: Grey) -> Grey:
    """Thin white streaks and dropped dots closed."""
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)


def _vertically_blurred(grey: Grey) -> Grey:
    """Bars running down the page gain from their own length."""
    return np.asarray(cv2.blur(grey, (1, 15)), np.uint8)


_Rung = tuple[Callable[[Grey], Grey], float, Symbology]


def _rungs() -> tuple[_Rung, ...]:
    """Repaired pictures, how large each is against the page, and what to look for in it."""
    two_thirds = partial(shrunk, scale=2 / 3)
    return (
        (_sharpened, 1.0, Symbology.QR),
        (two_thirds, 2 / 3, Symbology.QR),
        (_dark_only, 1.0, Symbology.QR),
        (_strokes_closed, 1.0, Symbology.QR),
        (two_thirds, 2 / 3, Symbology.CODE128),
        (_vertically_blurred, 1.0, Symbology.CODE128),
        (_sharpened, 1.0, Symbology.CODE128),
    )


def _plain(grey: Grey) -> Iterator[tuple[Code, ...]]:
    yield read_picture(halved(grey), Symbology.QR, 0.5)
    yield read_picture(grey, Symbology.QR)
    yield read_picture(grey, Symbology.CODE128)


def _repaired(grey: Grey, wanted: Sequence[Symbology], origin: Point = (0.0, 0.0)) -> Iterator[tuple[Code, ...]]:
    for repair, scale, symbology in _rungs():
        if symbology in wanted:
            yield read_picture(repair(grey), symbology, scale, origin)


def read_small(views: Views) -> tuple[Code, ...]:
    """QR codes anywhere on the page, seen at half its size: nine of ten, for a fraction of the cost of the rest."""
    picture, scale = views.nearest(0.5)
    return read_picture(picture, Symbology.QR, scale)


def read_plain(grey: Grey) -> tuple[Code, ...]:
    """Codes on a page (HxW uint8) as it is. Stops at the first look that finds a code of ours; codes of
    others found on the way are kept. Never raises for what is on the page."""
    return _until_ours(_plain(grey))


def read_repaired(
    grey: Grey, wanted: Sequence[Symbology] = tuple(Symbology), origin: Point = (0.0, 0.0)
) -> tuple[Code, ...]:
    """The same on repaired pictures of the page (or of a part of it that begins at `origin`), many times dearer:
    for pages that should have a code."""
    return _until_ours(_repaired(grey, wanted, origin))


def read_codes(grey: Grey) -> tuple[Code, ...]:
    """The same on the page as it is, then on repaired pictures of it."""
    return _until_ours(chain(_plain(grey), _repaired(grey, tuple(Symbology))))


def _until_ours(attempts: Iterator[tuple[Code, ...]]) -> tuple[Code, ...]:
    seen: dict[tuple[Symbology, str], Code] = {}
    for codes in attempts:
        if ours(codes):
            return (*seen.values(), *codes)
        for code in codes:
            seen.setdefault((code.symbology, code.payload), code)
    return tuple(seen.values())


# --- judging -------------------------------------------------------------------------------------------


def label_of(codes: tuple[Code, ...]) -> LabelReading:
    """What the page says it is. Codes of ours that don't say the same are a disagreement, never a vote."""
    meanings = [(code, parsed(code)) for code in codes]
    full = [meaning for _, meaning in meanings if isinstance(meaning, Label)]
    short = [meaning for _, meaning in meanings if isinstance(meaning, ShortLabel)]
    if not full and not short:
        alien = tuple(code.payload for code, meaning in meanings if meaning is labels.Fault.ALIEN)
        damaged = tuple(
            code.payload for code, meaning in meanings if meaning in (labels.Fault.CHECK, labels.Fault.VERSION)
        )
        return Unreadable(alien, damaged)
    if len(set(full)) > 1 or len({*short, *map(labels.shortened, full)}) > 1:
        return Disagree(tuple(dict.fromkeys([*full, *short])))
    return LabelRead(full[0], len(full) + len(short)) if full else ShortOnly(short[0])


# --- second opinion --------------------------------------------------------------------------------------


def second_opinion(grey: Grey) -> tuple[Code, ...]:
    """What zbar reads, asked in a process of its own because zbar can abort; () where it isn't installed.
    For pages on which `read_codes` found nothing of ours. Only codes whose own check agrees are kept."""
    head = json.dumps({"height": grey.shape[0], "width": grey.shape[1]}).encode()
    child = Child("scanning.codes.zbar_main")
    try:
        request = len(head).to_bytes(4, "big") + head + np.ascontiguousarray(grey).tobytes()
        answer = child.ask(request, _SECOND_OPINION_SECONDS, 1 << 20)
    finally:
        child.close()
    if isinstance(answer, ChildFault):
        return ()
    return tuple(code for code in map(_from_zbar, answer) if not isinstance(parsed(code), labels.Fault))


def _from_zbar(frame: bytes) -> Code:
    said = json.loads(frame)
    a, b, c, d = ((float(x), float(y)) for x, y in said["corners"])
    return Code(Symbology(said["symbology"]), str(said["payload"]), (a, b, c, d))
