"""A template's zones drawn over a page: identity, answers with their tasks, what is ignored and what is kept clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.i18n import gettext as _
from scanning.forms.foreignform import TemplatePage
from scanning.placing.registration import Registration

Grey = NDArray[np.uint8]
Colour = tuple[int, int, int]

PREVIEW_DPI = 150.0
_K = PREVIEW_DPI / 25.4
_SIZE = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
_LEGEND_MM, _LEGEND_LEFT_MM = 20.0, 8.0
_AROUND_MM = 10.0  # of an entry of the legend: its colour and the space after it
_FONT = Path(__file__).resolve().parents[2] / "crosscheck" / "fonts" / "CrosscheckSans.ttf"
_IDENTITY: Colour = (200, 30, 30)
_GUARD: Colour = (235, 150, 0)
_ANSWER: Colour = (0, 130, 60)
_IGNORE: Colour = (90, 90, 200)
_ANCHOR: Colour = (130, 0, 150)
_SHADE = 50  # of 255: how strongly an area is tinted


@dataclass(frozen=True, slots=True)
class Shown:
    """One page to draw: its picture (upright A4, any size), zones, places it is recognised by, and a title."""

    picture: Grey
    page: TemplatePage
    anchors: tuple[Box, ...]
    title: str


def registered(grey: Grey, registration: Registration) -> Grey:
    """A scan (HxW uint8) as an upright page."""
    to_mm = np.array([[1 / _K, 0, 0.5 / _K], [0, 1 / _K, 0.5 / _K], [0, 0, 1]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpPerspective(grey, registration.homography() @ to_mm, _SIZE, flags=how, borderValue=255.0), np.uint8
    )


def drawn(shown: Shown) -> Image.Image:
    """The page with its zones and, beneath, what the colours mean."""
    size = (_SIZE[0], _SIZE[1] + round(_LEGEND_MM * _K))
    sheet = Image.new("RGB", size, (255, 255, 255))
    paper = cv2.resize(shown.picture, _SIZE, interpolation=cv2.INTER_AREA)
    sheet.paste(Image.fromarray(np.asarray(paper, np.uint8)).convert("RGB"), (0, 0))
    tint = ImageDraw.Draw(sheet, "RGBA")
    page = shown.page
    for box in page.identity:
        _area(tint, box.grown(page.guard), _GUARD)
    for colour, boxes in ((_IDENTITY, page.identity), (_IGNORE, page.ignore)):
        for box in boxes:
            _area(tint, box, colour)
    for answer in page.answers:
        _area(tint, answer.box, _ANSWER)
        place = (round((answer.box.right - 1.5) * _K), round((answer.box.y + 1) * _K))
        tint.text(place, _("task {task}").format(task=answer.task), fill=_ANSWER, font=_font(5.0), anchor="ra")
    for box in shown.anchors:
        tint.rectangle(_pixels(box), outline=_ANCHOR, width=2)
    _legend(tint, shown.title)
    return sheet


def _area(tint: ImageDraw.ImageDraw, box: Box, colour: Colour) -> None:
    tint.rectangle(_pixels(box), fill=(*colour, _SHADE), outline=colour, width=3)


def _pixels(box: Box) -> tuple[int, int, int, int]:
    return round(box.x * _K), round(box.y * _K), round(box.right * _K), round(box.bottom * _K)


def _font(size_mm: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), round(size_mm * _K))


def _entries() -> tuple[tuple[Colour, str], ...]:
    return (
        (_IDENTITY, _("identity: hidden")),
        (_GUARD, _("guard: kept clear")),
        (_ANSWER, _("answers: copied")),
        (_IGNORE, _("ignored")),
        (_ANCHOR, _("recognised by")),
    )


def _legend(tint: ImageDraw.ImageDraw, title: str) -> None:
    top = A4_HEIGHT + 2
    tint.line((0, round(A4_HEIGHT * _K), _SIZE[0], round(A4_HEIGHT * _K)), fill=(0, 0, 0), width=2)
    tint.text((round(8 * _K), round(top * _K)), title, fill=(0, 0, 0), font=_font(4.2))
    x, entries, font = _LEGEND_LEFT_MM, _entries(), _font(3.4)
    wide = sum(tint.textlength(words, font=font) / _K + _AROUND_MM for _colour, words in entries)
    if wide > A4_WIDTH - 2 * x:  # some languages need more words
        font = _font(3.4 * (A4_WIDTH - 2 * x) / wide * 0.95)
    for colour, words in entries:
        _area(tint, Box(x, top + 9, 5, 5), colour)
        tint.text((round((x + 6.5) * _K), round((top + 9.5) * _K)), words, fill=(0, 0, 0), font=font)
        x += tint.textlength(words, font=font) / _K + _AROUND_MM


def as_png(pages: Sequence[Shown]) -> bytes:
    """The only page as PNG."""
    (page,) = pages
    out = BytesIO()
    drawn(page).save(out, "PNG")
    return out.getvalue()


def as_pdf(pages: Sequence[Shown]) -> bytes:
    """All pages as one PDF."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for jpeg, (width, height) in _jpegs(pages):
        points = (width * 72 / PREVIEW_DPI, height * 72 / PREVIEW_DPI)
        canvas.setPageSize(points)
        canvas.drawImage(ImageReader(jpeg), 0, 0, *points)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _jpegs(pages: Sequence[Shown]) -> Iterator[tuple[BytesIO, tuple[int, int]]]:
    for page in pages:
        picture, out = drawn(page), BytesIO()
        picture.save(out, "JPEG", quality=85)
        out.seek(0)
        yield out, picture.size
