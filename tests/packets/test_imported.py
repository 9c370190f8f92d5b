"""Somebody else's PDF among our pages: it looks the same, and brings nothing along."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from crosscheck.criteria_file import CriteriaUnreadable
from crosscheck.typeset import Press
from packets.drawing.criteria import draw_criteria_page, read_criteria
from tests.packets.printed import pages


def _redrawn(pdf: bytes, times: int = 1) -> bytes:
    criteria = read_criteria(pdf)
    press = Press(out := io.BytesIO())
    for _ in range(times):
        for index in range(criteria.pages):
            draw_criteria_page(press, criteria, index, "")
    press.finish()
    return out.getvalue()


def _rich() -> bytes:
    """A4 pages with standard fonts, a transparent picture, clipped shapes, a half transparent box and a shading."""
    canvas = Canvas(out := io.BytesIO(), pagesize=(595.28, 841.89))
    image = Image.new("RGBA", (60, 60), (200, 30, 30, 120))
    for page in range(3):
        canvas.setFont("Times-BoldItalic", 40)
        canvas.drawString(80, 700, f"Criteria (page) {page} \\ end")
        canvas.drawImage(ImageReader(image), 100, 300, 200, 200, mask="auto")
        canvas.setFillAlpha(0.5)
        canvas.rect(200, 250, 200, 200, fill=1)
        canvas.setFillAlpha(1)
        canvas.linearGradient(50, 50, 300, 150, ((1, 0, 0), (0, 0, 1)))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_rich_page_looks_as_it_did() -> None:
    """Fonts, soft masks, alpha and shadings come along with what they need."""
    source, taken = pages(_rich(), dpi=50), pages(_redrawn(_rich()), dpi=50)
    assert len(source) == len(taken) == 3
    factor = 286 / 297
    for before, after in zip(source, taken, strict=True):
        high, wide = round(before.shape[0] * factor), round(before.shape[1] * factor)
        small = np.asarray(Image.fromarray(before).resize((wide, high), Image.Resampling.BILINEAR))
        left = (after.shape[1] - wide) // 2
        assert (small < 128).mean() > 0.02
        assert np.abs(after[:high, left : left + wide].astype(int) - small).mean() < 6


def test_what_pages_share_is_taken_once() -> None:
    """Drawn for fifty packets, a page costs its bytes once."""
    once, often = len(_redrawn(_rich())), len(_redrawn(_rich(), 50))
    assert often < once + 50 * 3 * 900


def _with(change: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(_rich()))
    page = writer.pages[0]
    resources = page["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    if change == "circle":
        ring = DictionaryObject({NameObject("/A"): NumberObject(1)})
        held = writer._add_object(ring)
        ring[NameObject("/Self")] = held
        resources[NameObject("/Properties")] = DictionaryObject({NameObject("/MC0"): held})
    elif change == "secrets":
        secret = StreamObject()
        secret._data = b"SECRET STREAM"
        page[NameObject("/PieceInfo")] = writer._add_object(secret)
        page[NameObject("/Annots")] = ArrayObject(
            [DictionaryObject({NameObject("/Contents"): TextStringObject("SECRET")})]
        )
        writer.add_metadata({"/Author": "SECRET"})
        script = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("SECRET()")}
        )
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(script)
        writer.add_attachment("SECRET.txt", b"SECRET")
    elif change == "names":
        odd = DictionaryObject(
            {NameObject("/Имя 1"): TextStringObject("Привет"), NameObject("/Null"): NameObject("/a#b")}
        )
        resources[NameObject("/Properties")] = odd
    writer.write(out := io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize("change", ["circle", "names"])
def test_objects_that_go_in_circles_or_have_odd_names_come_along(change: str) -> None:
    """They are legal in PDF, and two programs read the result."""
    taken = _redrawn(_with(change))
    assert len(PdfReader(io.BytesIO(taken), strict=True).pages) == 3
    assert len(pages(taken, dpi=20)) == 3


def test_annotations_attachments_scripts_and_metadata_stay_out() -> None:
    """Nothing but what a page shows crosses."""
    assert b"SECRET" in _with("secrets")
    assert b"SECRET" not in _redrawn(_with("secrets"))


def test_dictionaries_within_each_other_without_end_are_refused() -> None:
    """A file made to exhaust the program is a numbered error."""
    writer = PdfWriter(clone_from=io.BytesIO(_rich()))
    resources = writer.pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    deep = DictionaryObject()
    resources[NameObject("/Properties")] = DictionaryObject({NameObject("/A"): deep})
    for _ in range(400):
        inner = DictionaryObject()
        deep[NameObject("/D")] = inner
        deep = inner
    writer.write(out := io.BytesIO())
    with pytest.raises(CriteriaUnreadable, match="E5010"):
        read_criteria(out.getvalue())
