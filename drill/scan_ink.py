"""Handwriting for many pages, quickly: lines and names lifted from the cleanest sample scans, laid on new pages.

The script fonts that the samples were written with are no part of the project; the samples are. A name that one
pupil wrote on three pages gives three writings of it by the same hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from crosscheck.geometry import Box
from crosscheck.pageform import page_forms
from drill import foreign
from drill.assessment import DISTRICT
from drill.ink import Page, pixels
from drill.truth import TruePage, Truth, read

DPI = 300  # of what is lifted, and of the pages it is laid on
_SAMPLES = Path(__file__).parent.parent / "sample_scans"
_FILES = {"scan-008.tif": 400, "scan-013.tif": 300}  # clean, 1-bit, with no rules left to lift along with the ink
_INSIDE_MM = 2.5  # clean pages lie within a millimetre and a third of a degree
_LEAST_LINE_MM = 12.0


@dataclass(frozen=True, slots=True)
class Sprite:
    """One piece of writing: darkness 0 to 255 at DPI."""

    ink: Page

    @property
    def width_mm(self) -> float:
        return float(self.ink.shape[1]) / DPI * 25.4

    @property
    def height_mm(self) -> float:
        return float(self.ink.shape[0]) / DPI * 25.4


@dataclass(frozen=True, slots=True)
class Script:
    """What is there of one pupil's hand: lines of answers; names, each a writing of the same name; short words."""

    lines: tuple[Sprite, ...]
    names: tuple[Sprite, ...]
    words: tuple[Sprite, ...]


@cache
def scripts() -> tuple[Script, ...]:
    """The hands of the cleanest sample scans; those with several writings of their name come first."""
    truth = read(_SAMPLES / "truth.json")
    found = [script for file, dpi in _FILES.items() for script in _scripts_of(file, dpi, truth)]
    return tuple(sorted(found, key=lambda script: -len(script.names)))


def _scripts_of(file: str, dpi: int, truth: Truth) -> Iterator[Script]:
    ways = {work.participant: work.way for work in truth.works}
    pages = [page for page in truth.pages if page.file == file and page.participant and page.accident is None]
    for code in sorted({page.participant for page in pages if page.participant}):
        lines: list[Sprite] = []
        names: list[Sprite] = []
        words: list[Sprite] = []
        for page in (each for each in pages if each.participant == code):
            picture = _picture(file, page.index, dpi)
            for zone in _zones(ways[code], page):
                lines += _lines(_cut(picture, zone.grown(-_INSIDE_MM)))
            written = [Sprite(_unruled(_cut(picture, box.grown(0.3)))) for box in page.identity]
            names += written[-1:]
            words += written[:-1]
        yield Script(tuple(lines), tuple(names), tuple(words))


def _picture(file: str, index: int, dpi: int) -> Page:
    """A sample page as darkness at DPI."""
    with Image.open(_SAMPLES / "scans" / file) as opened:
        opened.seek(index)
        dark = 255 - np.asarray(opened.convert("L"), np.uint8)
    if dpi != DPI:
        size = (round(dark.shape[1] * DPI / dpi), round(dark.shape[0] * DPI / dpi))
        return np.asarray(cv2.resize(dark, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), 0.7), np.uint8)


def _zones(way: str, page: TruePage) -> list[Box]:
    assert page.page is not None
    if way == "own":
        return [zone.box for zone in page_forms(DISTRICT)[page.page - 1].answers]
    return [answer.box for answer in foreign.FORMS[way].pages[page.page - 1].answers]


def _cut(picture: Page, box: Box) -> Page:
    top, left = round(pixels(box.y, DPI)), round(pixels(box.x, DPI))
    return picture[top : round(pixels(box.bottom, DPI)), left : round(pixels(box.right, DPI))].copy()


def _unruled(ink: Page) -> Page:
    """Without the line that a field is written on."""
    rule = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(pixels(7.0, DPI))), np.uint8))
    return np.asarray(cv2.subtract(ink, cv2.dilate(rule, np.ones((5, 5), np.uint8))), np.uint8)


def _lines(zone: Page) -> Iterator[Sprite]:
    """The lines written in a zone, each cut out between rows without ink."""
    inked = np.flatnonzero((zone > 100).any(axis=1))
    for rows in np.split(inked, np.flatnonzero(np.diff(inked) > pixels(0.8, DPI)) + 1):
        if rows.size < pixels(3.0, DPI):
            continue
        line = zone[max(0, int(rows[0]) - 2) : int(rows[-1]) + 3]
        columns = np.flatnonzero((line > 100).any(axis=0))
        if columns.size and columns[-1] - columns[0] > pixels(_LEAST_LINE_MM, DPI):
            yield Sprite(line[:, max(0, int(columns[0]) - 2) : int(columns[-1]) + 3].copy())


def jittered(sprite: Sprite, rng: np.random.Generator, most_width_mm: float, most_height_mm: float) -> Sprite:
    """Written once more by the same hand: a little larger or smaller, leaning a little, fitted into a room."""
    scale = float(rng.uniform(0.92, 1.08))
    scale *= min(1.0, most_width_mm / (sprite.width_mm * scale), most_height_mm / (sprite.height_mm * scale))
    lean = float(rng.uniform(-0.06, 0.06))
    height, width = sprite.ink.shape
    size = (max(4, int(width * scale + abs(lean) * height * scale)), max(4, int(height * scale)))
    shift = max(0.0, lean) * height * scale
    matrix = np.array([[scale, -lean * scale, shift], [0.0, scale, 0.0]])
    how = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    return Sprite(np.asarray(cv2.warpAffine(sprite.ink, matrix, size, flags=how), np.uint8))


def lay(page: NDArray[np.uint8], sprite: Sprite, at: tuple[float, float], strength: float) -> None:
    """Lay a sprite onto a grey page (DPI) in place, its corner at (x, y) mm; `strength`: share of black."""
    left, top = max(0, round(pixels(at[0], DPI))), max(0, round(pixels(at[1], DPI)))
    area = page[top : top + sprite.ink.shape[0], left : left + sprite.ink.shape[1]]
    if not area.size:
        return
    kept = cv2.convertScaleAbs(sprite.ink[: area.shape[0], : area.shape[1]], alpha=-strength, beta=255.0)
    area[:] = cv2.multiply(area, kept, scale=1 / 255.0)
