"""What stands where in a finished PDF, asked of PDFium: text and rules in millimetres, and what is wrong with them.

Shares nothing with the product: whatever drew the page, this is what a reader gets.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as raw

from crosscheck.geometry import Box

_POINT = 25.4 / 72
_MARGIN = 5.0  # millimetres at the edges that printers don't reach
_THIN = 0.6  # what is thinner is a rule, else a shade
_TOUCH = 0.1  # millimetres that boxes may share: rules are as thick


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of text, its ink's box and its size in points."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it came out."""

    page: Box
    texts: tuple[Placed, ...]
    rules: tuple[Box, ...]


def seen(pdf: bytes) -> list[Seen]:
    """Every page of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    found = [_seen(page) for page in document]
    document.close()
    return found


def _seen(page: pypdfium2.PdfPage) -> Seen:
    wide, high = page.get_size()
    reader = page.get_textpage()
    texts, rules = [], []
    for item in page.get_objects():
        left, bottom, right, top = item.get_bounds()
        box = Box(left * _POINT, (high - top) * _POINT, (right - left) * _POINT, (top - bottom) * _POINT)
        if item.type == raw.FPDF_PAGEOBJ_TEXT:
            if text := _text(item, reader).strip():
                texts.append(Placed(text, box, _size(item)))
        elif item.type == raw.FPDF_PAGEOBJ_PATH and min(box.w, box.h) < _THIN:
            rules.append(box)
    return Seen(Box(0, 0, wide * _POINT, high * _POINT), tuple(texts), tuple(rules))


def _text(item: pypdfium2.PdfObject, reader: pypdfium2.PdfTextPage) -> str:
    need = raw.FPDFTextObj_GetText(item.raw, reader.raw, None, 0)
    buffer = ctypes.create_string_buffer(need)
    raw.FPDFTextObj_GetText(item.raw, reader.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), need)
    return buffer.raw[: max(0, need - 2)].decode("utf-16-le")


def _size(item: pypdfium2.PdfObject) -> float:
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(item.raw, ctypes.byref(size))
    return float(size.value)


def faults(page: Seen, least: float) -> Iterator[str]:
    """Text off the page, smaller than `least` points, upon other text, or crossed by a rule."""
    inside = page.page.grown(-_MARGIN)
    for at, one in enumerate(page.texts):
        if not one.box.inside(inside):
            yield f"off the page: {one.text}"
        if one.size < least - 0.01:
            yield f"{one.size} points: {one.text}"
        core = one.box.grown(-_TOUCH)
        for other in page.texts[at + 1 :]:
            if core.overlaps(other.box):
                yield f"upon each other: {one.text} | {other.text}"
        if any(core.overlaps(rule) for rule in page.rules):
            yield f"crossed by a line: {one.text}"
