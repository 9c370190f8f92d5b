"""Plain vector drawing for papers of the samples that are not the product's: millimetres from the top left."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pypdfium2
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

import crosscheck
from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from drill.ink import Page

_FONTS = Path(crosscheck.__file__).parent / "fonts"
_REGULAR, _BOLD = "drill-regular", "drill-bold"


class Sketch:
    """Pages being drawn; every place is in millimetres from the top left, font sizes in points."""

    def __init__(self, out: BinaryIO) -> None:
        pdfmetrics.registerFont(TTFont(_REGULAR, _FONTS / "CrosscheckSans.ttf"))
        pdfmetrics.registerFont(TTFont(_BOLD, _FONTS / "CrosscheckSans-Bold.ttf"))
        self._canvas: Any = canvas.Canvas(out, pagesize=(A4_WIDTH * mm, A4_HEIGHT * mm), invariant=1)

    def text(self, x: float, y: float, words: str, size: float, *, bold: bool = False, right: bool = False) -> None:
        """Words on the baseline `y`, from `x` on (or up to it)."""
        self._canvas.setFont(_BOLD if bold else _REGULAR, size)
        place = self._canvas.drawRightString if right else self._canvas.drawString
        place(x * mm, (A4_HEIGHT - y) * mm, words)

    def hidden(self, x: float, y: float, words: str, size: float) -> None:
        """Words that can be searched but not seen: the text layer of a scanner's own recognition."""
        layer = self._canvas.beginText(x * mm, (A4_HEIGHT - y) * mm)
        layer.setFont(_REGULAR, size)
        layer.setTextRenderMode(3)
        layer.textLine(words)
        self._canvas.drawText(layer)

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float) -> None:
        self._canvas.setLineWidth(width * mm)
        self._canvas.line(start[0] * mm, (A4_HEIGHT - start[1]) * mm, end[0] * mm, (A4_HEIGHT - end[1]) * mm)

    def frame(self, box: Box, width: float) -> None:
        self._canvas.setLineWidth(width * mm)
        self._canvas.rect(box.x * mm, (A4_HEIGHT - box.bottom) * mm, box.w * mm, box.h * mm)

    def colour(self, red: float, green: float, blue: float) -> None:
        """The colour (0 to 1) of what follows on this page."""
        self._canvas.setFillColorRGB(red, green, blue)
        self._canvas.setStrokeColorRGB(red, green, blue)

    def next_page(self) -> None:
        self._canvas.showPage()

    def close(self) -> None:
        self._canvas.save()


@contextlib.contextmanager
def sketches(out: BinaryIO) -> Iterator[Sketch]:
    """A document to draw on, written to `out` as PDF at the end (the same drawing gives the same bytes)."""
    sketch = Sketch(out)
    yield sketch
    sketch.close()


def rendered(pdf: bytes, page: int, dpi: float) -> Page:
    """Page `page` (from 0) of a PDF as an RGB array, exactly A4 at `dpi`, lying where the page lies."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        image = document[page].render(scale=dpi / 72).to_numpy()[:, :, :3]
    finally:
        document.close()
    height, width = round(A4_HEIGHT / 25.4 * dpi), round(A4_WIDTH / 25.4 * dpi)
    if image.shape[1] > image.shape[0]:
        height, width = width, height
    exact = np.full((height, width, 3), 255, np.uint8)
    rows, columns = min(height, image.shape[0]), min(width, image.shape[1])
    exact[:rows, :columns] = image[:rows, :columns, ::-1]
    return exact
