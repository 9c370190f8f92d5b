"""Handwriting of made-up pupils: free script fonts made to look written by hand.

The fonts are the npm packages `@fontsource/{caveat,bad-script,marck-script,neucha}` (SIL Open Font
License), as `npm pack` leaves them: `FontBook` reads the archives where they lie. None is part of the project.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from crosscheck.geometry import Box
from drill.ink import BLACK, BLUE, VIOLET, Ink, Page, lay, pixels

FAMILIES = ("caveat", "bad-script", "marck-script", "neucha")
# The fonts' letters differ in height at one nominal size; these bring them to one look.
_HEIGHT = {"caveat": 1.0, "bad-script": 0.74, "marck-script": 0.86, "neucha": 0.84}
_SUBSETS = ("cyrillic", "latin")


class FontsMissingError(Exception):
    """A font archive is not in the folder given; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How one person writes: `size_mm` of the letters' em, `slant` (shear, positive leans right), `drift` (mm of
    baseline per mm written), `unsteadiness` (share of the size by which letters jump)."""

    family: str
    size_mm: float
    slant: float
    drift: float
    unsteadiness: float
    ink: Ink


class FontBook:
    """The script fonts, loaded from the archives in `folder`; sizes are made once and kept."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            (family, subset): _font_file(folder, family, subset) for family in FAMILIES for subset in _SUBSETS
        }
        self._faces: dict[tuple[str, str, int], ImageFont.FreeTypeFont] = {}

    def face(self, family: str, letter: str, size: int) -> ImageFont.FreeTypeFont:
        """The face of `family` that has `letter`, `size` pixels high."""
        subset = "cyrillic" if "Ѐ" <= letter <= "ӿ" or letter == "№" else "latin"
        key = (family, subset, size)
        if key not in self._faces:
            self._faces[key] = ImageFont.truetype(io.BytesIO(self._files[family, subset]), size)
        return self._faces[key]


def _font_file(folder: Path, family: str, subset: str) -> bytes:
    archives = sorted(folder.glob(f"fontsource-{family}-*.tgz"))
    if not archives:
        raise FontsMissingError(f"No {family} in {folder}. Run there: npm pack @fontsource/{family}")
    with tarfile.open(archives[-1]) as archive:
        member = archive.extractfile(f"package/files/{family}-{subset}-400-normal.woff2")
        if member is None:
            raise FontsMissingError(f"{archives[-1].name} has no {subset} letters; fetch it again with npm pack")
        return member.read()


def some_hand(rng: np.random.Generator) -> Hand:
    """The hand of one more person."""
    ink = (BLUE, BLUE, VIOLET, BLACK)[int(rng.integers(4))]
    return Hand(
        family=FAMILIES[int(rng.integers(len(FAMILIES)))],
        size_mm=float(rng.uniform(6.0, 8.0)),
        slant=float(rng.uniform(-0.12, 0.25)),
        drift=float(rng.normal(0.0, 0.008)),
        unsteadiness=float(rng.uniform(0.01, 0.05)),
        ink=replace(ink, strength=float(rng.uniform(0.85, 0.98))),
    )


def _placed(text: str, hand: Hand, size: float, rng: np.random.Generator, book: FontBook) -> Image.Image:
    """The letters of `text` side by side, each a little off, on a black layer (baseline 1.5 sizes down)."""
    layer = Image.new("L", (int(size * (len(text) + 4)), int(size * 2.5)), 0)
    pen, x = ImageDraw.Draw(layer), size
    for letter in text:
        px = max(6, round(size * _HEIGHT[hand.family] * float(rng.normal(1.0, hand.unsteadiness))))
        face = book.face(hand.family, letter, px)
        y = 1.5 * size + float(rng.normal(0.0, hand.unsteadiness * size / 2))
        pen.text((x, y), letter, fill=255, font=face, anchor="ls")
        x += face.getlength(letter) * float(rng.normal(1.0, hand.unsteadiness / 2))
    return layer.crop((0, 0, int(x + size), layer.height))


def _leaning(layer: Image.Image, hand: Hand, size: float) -> NDArray[np.uint8]:
    # Shear about the baseline, then let the baseline drift: one affine map.
    base = 1.5 * size
    matrix = np.array([[1.0, -hand.slant, hand.slant * base], [hand.drift, 1.0, -hand.drift * size]], np.float64)
    mask = cv2.warpAffine(np.asarray(layer), matrix, layer.size, flags=cv2.INTER_LINEAR)
    if hand.family == "bad-script":  # drawn with a hairline: no ballpoint pen writes that thin
        mask = cv2.dilate(mask, np.ones((2, 2), np.uint8), iterations=max(1, round(size / 45)))
    return np.asarray(mask, np.uint8)


def _struck(mask: NDArray[np.uint8], size: float, dpi: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    lefts = np.linspace(size * 0.8, mask.shape[1] - size * 0.8, 12)
    for _ in range(2):
        heights = 1.25 * size + rng.normal(0.0, size * 0.06, 12)
        line = np.stack([lefts, heights], axis=1).astype(np.int32)
        cv2.polylines(mask, [line], False, 255, max(1, round(pixels(0.35, dpi))), cv2.LINE_AA)
    return mask


def width_mm(text: str, hand: Hand, dpi: float, book: FontBook) -> float:
    """About how wide `text` gets when `hand` writes it, in millimetres."""
    size = max(6, round(pixels(hand.size_mm, dpi) * _HEIGHT[hand.family]))
    return sum(book.face(hand.family, letter, size).getlength(letter) for letter in text) / dpi * 25.4


def write(
    page: Page,
    text: str,
    at: tuple[float, float],
    dpi: float,
    hand: Hand,
    rng: np.random.Generator,
    book: FontBook,
    *,
    struck: bool = False,
) -> Box:
    """Write one line onto `page` in place, its baseline starting at `at` (mm); `struck` strikes it out.

    Returns the box of its ink in millimetres.
    """
    size = pixels(hand.size_mm, dpi)
    mask = _leaning(_placed(text, hand, size, rng, book), hand, size)
    mask = _struck(mask.copy(), size, dpi, rng) if struck else mask
    left, top = round(pixels(at[0], dpi) - size), round(pixels(at[1], dpi) - 1.5 * size)
    lay(page, mask, left, top, hand.ink, rng)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return Box(at[0], at[1], 0.0, 0.0)
    mm = 25.4 / dpi
    return Box(
        round((left + int(columns[0])) * mm, 2),
        round((top + int(rows[0])) * mm, 2),
        round((int(columns[-1] - columns[0]) + 1) * mm, 2),
        round((int(rows[-1] - rows[0]) + 1) * mm, 2),
    )


def write_in(page: Page, text: str, box: Box, dpi: float, hand: Hand, rng: np.random.Generator, book: FontBook) -> Box:
    """Write one line into a field, smaller when it would not fit. Returns the box of its ink (mm)."""
    wide = width_mm(text, hand, dpi, book)
    size = min(hand.size_mm * min(1.0, (box.w - 4.0) / max(wide, 0.1)), box.h * 0.95)
    return write(
        page,
        text,
        (box.x + 2.0, box.bottom - 0.28 * box.h),
        dpi,
        replace(hand, size_mm=size, drift=hand.drift / 4),
        rng,
        book,
    )


def write_lines(
    page: Page, lines: Sequence[str], box: Box, dpi: float, hand: Hand, rng: np.random.Generator, book: FontBook
) -> None:
    """Write `lines` into an answer zone from its top; lines that find no room are left out, wide ones get smaller."""
    pitch = hand.size_mm * 1.25
    baseline = box.y + hand.size_mm * 1.2
    for line in lines:
        if baseline > box.bottom - 2.5:
            return
        left = box.x + float(rng.uniform(4.0, 9.0))
        room = box.right - left - 6.0
        size = hand.size_mm * min(1.0, room / max(width_mm(line, hand, dpi, book), 0.1))
        struck = rng.random() < 0.06
        write(page, line, (left, baseline), dpi, replace(hand, size_mm=size), rng, book, struck=struck)
        baseline += pitch
