"""The criteria, which come as somebody else's PDF, among the packet's own pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import NameObject

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.typeset import POINT, Align, canvas
from packets.drawing.errors import CriteriaEncrypted, CriteriaUnreadable

CONTENT = Box(0, 0, A4_WIDTH, 286)  # a criteria page is fitted into it, so that the stamp covers nothing
STAMP = Box(12, 287, 186, 4.5)


def joined(parts: Sequence[bytes]) -> bytes:
    """PDFs one after the other; the same parts give the same bytes."""
    if len(parts) == 1:
        return parts[0]
    writer = PdfWriter()
    for part in parts:
        writer.append(PdfReader(io.BytesIO(part)), import_outline=False)
    return _written(writer)


def stamped(criteria: bytes, stamp: str) -> tuple[bytes, int]:
    """The criteria on A4 with `stamp` at the foot of every page, and their number of pages.

    Annotations, metadata, scripts and attachments stay out.
    Errors: CriteriaUnreadable (E5010), CriteriaEncrypted (E5011).
    """
    with _quiet():
        try:
            reader = PdfReader(io.BytesIO(criteria), strict=False)
            if reader.is_encrypted:
                raise CriteriaEncrypted
            made = _stamped(reader, stamp)
        except CriteriaEncrypted:
            raise
        except Exception as wrong:  # pypdf raises a dozen classes, KeyError and RecursionError among them
            raise CriteriaUnreadable(reason=str(wrong) or type(wrong).__name__) from wrong
    if made[1] == 0:
        raise CriteriaUnreadable(reason="0 pages")
    return made


def _stamped(reader: PdfReader, stamp: str) -> tuple[bytes, int]:
    overlay = PdfReader(io.BytesIO(_stamp_page(stamp))).pages[0]
    writer = PdfWriter()
    for source in reader.pages:
        page = writer.add_blank_page(A4_WIDTH / POINT, A4_HEIGHT / POINT)
        _place(page, source)
        page.merge_page(overlay)
    for page in writer.pages:
        page.compress_content_streams()
    return _written(writer), len(writer.pages)


def _place(page: PageObject, source: PageObject) -> None:
    """Put what a viewer shows of `source`, turned as it says, as large as fits into CONTENT."""
    if "/Annots" in source:
        del source[NameObject("/Annots")]
    crop = source.cropbox
    upright = Transformation().rotate(-source.rotation)
    corners = [upright.apply_on(corner) for corner in (crop.lower_left, crop.upper_right)]
    left, low = min(x for x, _ in corners), min(y for _, y in corners)
    wide, high = max(x for x, _ in corners) - left, max(y for _, y in corners) - low
    scale = min(CONTENT.w / POINT / wide, CONTENT.h / POINT / high)
    margin = (A4_WIDTH / POINT - wide * scale) / 2
    foot = (A4_HEIGHT - CONTENT.y) / POINT - high * scale
    page.merge_transformed_page(source, upright.translate(-left, -low).scale(scale).translate(margin, foot))


def _stamp_page(stamp: str) -> bytes:
    made = io.BytesIO()
    press = canvas(made)
    press.text(STAMP, stamp, 8, align=Align.CENTRE)
    press.end_page()
    press.finish()
    return made.getvalue()


def _written(writer: PdfWriter) -> bytes:
    writer.metadata = {"/Creator": "crosscheck", "/Producer": "crosscheck"}
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@contextmanager
def _quiet() -> Iterator[None]:
    # pypdf warns about every repair it makes; the outcome is what counts here.
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
