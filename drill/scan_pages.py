"""Clean pages for the scan drill: printed once, written on with lifted handwriting, their true answers kept."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, BAR_TOP, QR_BOTTOM, QR_TOP, Box
from crosscheck.labels import Label, digits, text
from crosscheck.typeset import canvas
from drill import foreign, scan_ink
from drill.drawing import rendered, sketches
from drill.ink import Page, pixels
from drill.paper import grey
from drill.scan_ink import DPI, Script

TRUTH_DPI = 75
_PATTERN_CELLS = (8, 24)  # rows, columns, a millimetre each
_SIZE = (round(A4_WIDTH / 25.4 * DPI), round(A4_HEIGHT / 25.4 * DPI))  # width, height
_TRUTH_SIZE = (_SIZE[0] * TRUTH_DPI // DPI, _SIZE[1] * TRUTH_DPI // DPI)


@dataclass(frozen=True, slots=True)
class Paper:
    """One printed page of a form as the drill knows it: places to write identity, zones to answer in, zones that hide
    (mm, on the flat page)."""

    fields: tuple[Box, ...]
    answers: tuple[Box, ...]
    identity: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """Where the printed page comes from: page `index` of a PDF file, or the page of a foreign form by name."""

    source: str
    index: int


@dataclass(frozen=True, slots=True)
class Filling:
    """What is written: by which hand; `name_zone`: the answer zone (from 0) that the name is written into, else None;
    `pattern`: seed of a chequered patch laid into the identity zone, else None."""

    hand: int
    seed: tuple[int, ...]
    name_zone: int | None = None
    pattern: int | None = None


@dataclass(frozen=True, slots=True)
class Clean:
    """A page before scanning (grey, DPI) and its true answers: ink in the zones, TRUTH_DPI, packed."""

    page: Page
    answers: bytes


def blank(printed: Print) -> Page:
    """The page as printed (grey, DPI), to be written on: a fresh copy."""
    if printed.source in foreign.FORMS:
        return _foreign(printed.source, printed.index).copy()
    page = _document(printed.source)[printed.index].render(scale=DPI / 72, grayscale=True).to_numpy()
    return _exact(np.asarray(page, np.uint8).reshape(page.shape[:2]))


def _exact(page: Page) -> Page:
    """Exactly A4; a part of the page given when that is no smaller."""
    if page.shape[0] >= _SIZE[1] and page.shape[1] >= _SIZE[0]:
        return page[: _SIZE[1], : _SIZE[0]]
    exact = np.full((_SIZE[1], _SIZE[0]), 255, np.uint8)
    rows, columns = min(_SIZE[1], page.shape[0]), min(_SIZE[0], page.shape[1])
    exact[:rows, :columns] = page[:rows, :columns]
    return exact


@lru_cache(maxsize=4)
def _document(path: str) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(Path(path).read_bytes())


@lru_cache(maxsize=8)
def _foreign(name: str, index: int) -> Page:
    return grey(rendered(foreign.draw(foreign.FORMS[name]), index, DPI))


@lru_cache(maxsize=2)
def stray(kind: str) -> Page:
    """`notice`: a sheet that has nothing to do with any procedure; `nothing`: the empty back of a page."""
    out = io.BytesIO()
    with sketches(out) as sketch:
        if kind == "notice":
            sketch.text(30, 40, "Памятка дежурному по этажу", 16, bold=True)
            for i in range(12):
                sketch.text(30, 60 + 12 * i, f"{i + 1}. Закрыть окна в кабинете после {i + 1}-го урока.", 11)
        sketch.next_page()
    return grey(rendered(out.getvalue(), 0, DPI))


def codes_of(label: Label) -> tuple[str, str]:
    """What the page's codes say: text of the QR codes, digits of the bars."""
    return text(label), digits(label)


def with_codes(page: Page, said: tuple[str, str]) -> Page:
    """The own page with other codes in the places of its own."""
    out = io.BytesIO()
    press = canvas(out)
    for box in (QR_TOP, QR_BOTTOM):
        press.qr(box, said[0])
    press.bar(BAR_TOP, said[1])
    press.end_page()
    press.finish()
    codes = grey(rendered(out.getvalue(), 0, DPI))
    for box in (QR_TOP, QR_BOTTOM, BAR_TOP):
        _part(page, box)[:] = _part(codes, box)
    return page


def written(page: Page, paper: Paper, filling: Filling) -> Clean:
    """The printed page filled in by one hand, in place."""
    rng = np.random.default_rng(filling.seed)
    script = scan_ink.scripts()[filling.hand]
    strength = float(rng.uniform(0.65, 0.92))
    _identify(page, paper, script, strength, rng)
    ink = np.full_like(page, 255)
    for zone in paper.answers:
        _answer(ink, zone, script, strength, rng)
    if filling.name_zone is not None:
        zone = paper.answers[filling.name_zone]
        name = scan_ink.jittered(script.names[-1], rng, 60.0, 9.0)
        scan_ink.lay(ink, name, (zone.right - name.width_mm - 6.0, zone.bottom - 12.0), strength)
    np.minimum(page, ink, out=page)
    if filling.pattern is not None:
        _part(page, _pattern_box(paper))[:] = patch(filling.pattern, _pattern_box(paper))
    return Clean(page, packed(ink))


def _identify(page: Page, paper: Paper, script: Script, strength: float, rng: np.random.Generator) -> None:
    pieces = (*script.words[: len(paper.fields) - 1], script.names[0])
    for box, piece in zip(paper.fields, pieces[-len(paper.fields) :] if paper.fields else (), strict=True):
        fitted = scan_ink.jittered(piece, rng, box.w - 3.0, box.h - 0.5)
        scan_ink.lay(page, fitted, (box.x + 2.0, box.bottom - 1.0 - fitted.height_mm), strength)


def _answer(ink: Page, zone: Box, script: Script, strength: float, rng: np.random.Generator) -> None:
    y = zone.y + float(rng.uniform(2.0, 5.0))
    for _ in range(int(rng.integers(0, 7))):
        line = script.lines[int(rng.integers(len(script.lines)))]
        fitted = scan_ink.jittered(line, rng, zone.w - 18.0, 9.0)
        if y + fitted.height_mm > zone.bottom - 2.0:
            return
        scan_ink.lay(ink, fitted, (zone.x + float(rng.uniform(4.0, 10.0)), y), strength)
        y += fitted.height_mm + float(rng.uniform(1.5, 4.0))


# --- what is to be found, or not to be found, afterwards ----------------------------------------------


def packed(ink: Page) -> bytes:
    """Where there is ink in a grey page (DPI): bits at TRUTH_DPI, compressed."""
    return zlib.compress(np.packbits(shrunk(ink, _TRUTH_SIZE) < 215).tobytes(), 1)


def shrunk(page: Page, size: tuple[int, int]) -> Page:
    """Averaged down to a size (width, height): by halves as far as they go, many times quicker than at once."""
    while page.shape[1] >= 2 * size[0] and page.shape[0] >= 2 * size[1]:
        even = page[: page.shape[0] // 2 * 2, : page.shape[1] // 2 * 2]
        page = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    if page.shape == size[::-1]:
        return page
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


def unpacked(bits: bytes) -> Page:
    """0 or 255 (ink), as `packed` saw it."""
    shape = _TRUTH_SIZE[::-1]
    flat = np.unpackbits(np.frombuffer(zlib.decompress(bits), np.uint8))[: shape[0] * shape[1]]
    return (flat.reshape(shape) * 255).astype(np.uint8)


def chequers(seed: int) -> Page:
    """The pseudo-random pattern of a patch, one value a millimetre: 0 or 255."""
    rng = np.random.default_rng([seed, 99])
    return (rng.integers(0, 2, _PATTERN_CELLS) * 255).astype(np.uint8)


def patch(seed: int, box: Box) -> Page:
    """The pattern as it fills a box at DPI."""
    size = (
        round(pixels(box.right, DPI)) - round(pixels(box.x, DPI)),
        round(pixels(box.bottom, DPI)) - round(pixels(box.y, DPI)),
    )
    return np.asarray(cv2.resize(chequers(seed), size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _pattern_box(paper: Paper) -> Box:
    """In the largest of the identity zones, at its right."""
    zone = max(paper.identity, key=lambda box: box.w * box.h)
    rows, columns = _PATTERN_CELLS
    wide, high = min(float(columns), zone.w - 2.0), min(float(rows), zone.h - 2.0)
    return Box(zone.right - wide - 1.0, zone.y + 1.0, wide, high)


def pattern_size(paper: Paper) -> tuple[float, float]:
    """Width and height of the patch in mm."""
    box = _pattern_box(paper)
    return box.w, box.h


def _part(page: Page, box: Box) -> Page:
    top, left = round(pixels(box.y, DPI)), round(pixels(box.x, DPI))
    return page[top : round(pixels(box.bottom, DPI)), left : round(pixels(box.right, DPI))]
