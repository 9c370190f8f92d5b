"""Pages of a PDF as pictures, drawn by PDFium: what most viewers and printers make of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from crosscheck.i18n import N_
from packets.errors import NoSuchPageThere, ScanUnreadable

NO_PDF = N_("it is no PDF, or it is protected or damaged")


def pictures(document: Path, page: int | None, dpi: int) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and PNG of every page, or of one. Errors: ScanUnreadable (E6090), NoSuchPageThere (E6092)."""
    try:
        opened = pypdfium2.PdfDocument(document)
    except (pypdfium2.PdfiumError, OSError) as wrong:
        said = wrong.strerror if isinstance(wrong, OSError) else None
        raise ScanUnreadable(file=document, reason=said or NO_PDF) from wrong
    try:
        if page is not None and page > len(opened):
            raise NoSuchPageThere(file=document, page=page, pages=len(opened))
        for number in range(1, len(opened) + 1) if page is None else [page]:
            opened[number - 1].render(scale=dpi / 72).to_pil().save(png := io.BytesIO(), "PNG", dpi=(dpi, dpi))
            yield number, png.getvalue()
    finally:
        opened.close()
