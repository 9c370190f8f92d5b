"""Electronic forms as schools send them back: typed as people type, saved as programs save."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

from crosscheck.model import CriterionId, NotAttempted, Points
from scoring.forms.layout import Datum, DatumColumn, Form, ScoreColumn
from scoring.forms.stated import NotStated, NotTaught, Stated
from scoring.forms.writing import write_form

Statements = Mapping[str, Mapping[CriterionId, Stated]]  # by participant code
Edit = Callable[[Any, Any], None]  # gets the book and its first sheet
_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "xl/worksheets/sheet1.xml"

# How people write the same thing.
SPELLINGS: Mapping[type[object], tuple[Callable[[int], object], ...]] = {
    Points: (int, str, float, lambda n: f" {n} ", lambda n: f"{n},0", lambda n: f"\u00a0{n}.0", lambda n: f"0{n}"),
    NotAttempted: (lambda _n: "X", lambda _n: "х", lambda _n: " Х", lambda _n: "x"),
    NotTaught: (lambda _n: "н/п", lambda _n: "-", lambda _n: "—", lambda _n: "Н/П ", lambda _n: "–"),
    NotStated: (lambda _n: None, lambda _n: " "),
}


def edited(content: bytes, edit: Edit) -> bytes:
    """A workbook after somebody worked in it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book, book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill(
    of: Form, stated: Statements, spell: Callable[[Stated], object], data: Mapping[Datum, object], form: bytes = b""
) -> bytes:
    """A form with these scores, each spelt as somebody would; `form`: its file, where it was written already."""
    score_columns = {c.criterion.id: n for n, c in enumerate(of.columns, start=1) if isinstance(c, ScoreColumn)}
    data_columns = {c.datum: n for n, c in enumerate(of.columns, start=1) if isinstance(c, DatumColumn)}

    def typed(_book: Any, sheet: Any) -> None:
        for row, code in enumerate(of.participants, start=of.header + 1):
            for criterion, one in stated[code].items():
                sheet.cell(row, score_columns[criterion]).value = spell(one)
            for datum, said in data.items():
                sheet.cell(row, data_columns[datum]).value = said

    return edited(form or write_form(of), typed)


# --- the container -------------------------------------------------------------------------------


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a container by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A container of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def sheet_xml(content: bytes) -> str:
    """The first sheet as it is written."""
    return parts_of(content)[_SHEET].decode()


def sheet_changed(content: bytes, change: Callable[[str], str]) -> bytes:
    """A workbook with the XML of its first sheet changed."""
    return packed({**parts_of(content), _SHEET: change(sheet_xml(content)).encode()})


# --- saved by programs ---------------------------------------------------------------------------


def with_shared_texts(content: bytes) -> bytes:
    """As most programs leave it: texts in a list of their own, cells with their numbers in it."""
    listed: list[str] = []

    def share(found: re.Match[str]) -> str:
        listed.append(found[2])
        return f'<c{found[1]}t="s"><v>{len(listed) - 1}</v></c>'

    changed = sheet_changed(
        content, lambda xml: re.sub(r'<c([^>]*)t="inlineStr"><is>(.*?)</is></c>', share, xml, flags=re.DOTALL)
    )
    texts = f'<sst xmlns="{_MAIN}">' + "".join(f"<si>{text}</si>" for text in listed) + "</sst>"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHARED}"/></Types>'
    types = parts_of(content)["[Content_Types].xml"].decode().replace("</Types>", override)
    parts = {"xl/sharedStrings.xml": texts.encode(), "[Content_Types].xml": types.encode()}
    return packed({**parts_of(changed), **parts})


def as_libreoffice(content: bytes) -> bytes:
    """As LibreOffice leaves it: formulas with their values, attributes written out, emptiness to the last row."""

    def change(xml: str) -> str:
        xml = re.sub(r"<f>([^<]*)</f><v ?/?>(</v>)?", r'<f aca="false">\1</f><v>3</v>', xml)
        xml = re.sub(r"<row ", '<row customFormat="false" hidden="false" outlineLevel="0" collapsed="false" ', xml)
        last = '<row r="1048576" customFormat="false" ht="12.8" hidden="false" customHeight="false"/>'
        return xml.replace("</sheetData>", f"{last}</sheetData>")

    return sheet_changed(with_shared_texts(content), change)


SAVED: Mapping[str, Callable[[bytes], bytes]] = {
    "with texts in the cells": lambda content: content,
    "with shared texts": with_shared_texts,
    "as LibreOffice": as_libreoffice,
}
