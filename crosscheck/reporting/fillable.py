"""What workbooks to fill in have in common: text that stays text, and the same bytes on any day."""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Font

from crosscheck.report_text import clean, is_formula_like

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_EPOCH_W3C = "1980-01-01T00:00:00Z"


def put_text(cell: SheetCell, text: str, bold: bool = False) -> None:
    """Text stays text, whatever it begins with."""
    cell.value = clean(text)
    cell.data_type = "s"  # openpyxl takes a leading = for a formula
    cell.font = Font(bold=bold)
    # Spreadsheets re-read a cell that is edited: the quote prefix keeps it text even then.
    cell.quotePrefix = is_formula_like(text)


def freeze_dates(raw: io.BytesIO, out: BinaryIO) -> None:
    """Copy a workbook with fixed dates: in the zip's entries and in its core properties."""
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(W3CDTF\">)[^<]*(<)", rb"\g<1>" + _EPOCH_W3C.encode() + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # or the bytes would tell the operating system
            target.writestr(entry, content)
