"""Made-up forms for tests, and how people and programs leave them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

from crosscheck.model import CriterionId, NotAttempted, Points
from crosscheck.procedure import Procedure
from crosscheck.table_values import Place, TableProblem
from scoring.forms.book import Book
from scoring.forms.layout import ClassForm, Datum, DatumColumn, Form, FormNumber, ScoreColumn, collection_form
from scoring.forms.reading import Faults, FormRead, read
from scoring.forms.stated import NotStated, NotTaught, Stated
from scoring.forms.unpacking import Caps, unpacked
from scoring.forms.writing import write_form
from tests import factories

CODES = ("00017", "00018", "00020")
CLASS = ClassForm("7", "Школа №7", "5А", CODES, absent=1)
NUMBER = FormNumber("math-5", "Q3ZK7MWD", "ABCDEFG2", 1)
SHEET = "Форма сбора результатов"
# Header and first participant of the form that `form()` makes, and its columns.
HEADER, FIRST = 13, 14
CODE, CLASS_COLUMN, VARIANT, FIRST_SCORE, SUM, SEX, TERM, JOURNAL = "A", "B", "C", "D", "J", "K", "L", "M"


def form(procedure: Procedure | None = None, of: ClassForm = CLASS) -> Form:
    """The form of a class of three, in Russian."""
    return collection_form(procedure or factories.procedure(), of, NUMBER)


def edited(content: bytes, edit: Callable[[Any, Any], None]) -> bytes:
    """A workbook after somebody worked in it: `edit` gets the book and its first sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book, book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_cells(cells: Mapping[str, object], of: Form | None = None) -> bytes:
    """The form with these cells typed in; a score in the first cell, so that it isn't empty as a whole."""

    def typed(_book: Any, sheet: Any) -> None:
        sheet[f"{FIRST_SCORE}{FIRST}"] = 1
        for cell, value in cells.items():
            sheet[cell] = value

    return edited(write_form(of or form()), typed)


def book_of(content: bytes) -> Book:
    found = unpacked(content, Caps())
    assert isinstance(found, Book)
    return found


def found_in(content: bytes, of: Form | None = None) -> FormRead | Faults:
    return read(of or form(), book_of(content), "f.xlsx")


def accepted(content: bytes, of: Form | None = None) -> FormRead:
    found = found_in(content, of)
    assert isinstance(found, FormRead), [str(problem) for problem in found.problems]
    return found


def problems(content: bytes, of: Form | None = None) -> tuple[TableProblem, ...]:
    found = found_in(content, of)
    assert isinstance(found, Faults)
    return found.problems


# --- filled by people ----------------------------------------------------------------------------


Filled = Mapping[str, Mapping[CriterionId, Stated]]


def fill(of: Form, stated: Filled, spell: Callable[[Stated], object], data: Mapping[Datum, object]) -> bytes:
    """The form with these scores, each spelt as somebody would."""
    score_columns = {c.criterion.id: n for n, c in enumerate(of.columns, start=1) if isinstance(c, ScoreColumn)}
    data_columns = {c.datum: n for n, c in enumerate(of.columns, start=1) if isinstance(c, DatumColumn)}

    def typed(_book: Any, sheet: Any) -> None:
        for row, code in enumerate(of.participants, start=of.header + 1):
            for criterion, one in stated[code].items():
                sheet.cell(row, score_columns[criterion]).value = spell(one)
            for datum, said in data.items():
                sheet.cell(row, data_columns[datum]).value = said

    return edited(write_form(of), typed)


SPELLINGS: Mapping[type[object], tuple[Callable[[int], object], ...]] = {
    Points: (int, str, float, lambda n: f" {n} ", lambda n: f"{n},0", lambda n: f"\u00a0{n}.0"),
    NotAttempted: (lambda _n: "X", lambda _n: "х", lambda _n: " Х", lambda _n: "x"),
    NotTaught: (lambda _n: "н/п", lambda _n: "-", lambda _n: "—", lambda _n: "Н/П ", lambda _n: "–"),
    NotStated: (lambda _n: None, lambda _n: " "),
}


# --- saved by programs ---------------------------------------------------------------------------


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A container of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """A container with parts added or replaced; `__` in a name stands for `/`."""
    return packed({**_parts(content), **{name.replace("__", "/"): text for name, text in parts.items()}})


def sheet_changed(content: bytes, change: Callable[[str], str]) -> bytes:
    """A workbook with the XML of its first sheet changed."""
    parts = _parts(content)
    name = "xl/worksheets/sheet1.xml"
    return packed({**parts, name: change(parts[name].decode()).encode()})


def as_libreoffice(content: bytes) -> bytes:
    """As LibreOffice leaves it: formulas with their values, attributes written out, emptiness to the last row."""

    def change(xml: str) -> str:
        xml = re.sub(r"<f>([^<]*)</f><v ?/?>(</v>)?", r'<f aca="false">\1</f><v>3</v>', xml)
        xml = re.sub(r"<row ", '<row customFormat="false" hidden="false" outlineLevel="0" collapsed="false" ', xml)
        last = '<row r="1048576" customFormat="false" ht="12.8" hidden="false" customHeight="false"/>'
        return xml.replace("</sheetData>", f"{last}</sheetData>")

    return sheet_changed(with_shared_texts(content), change)


_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


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
    types = _parts(content)["[Content_Types].xml"].decode().replace("</Types>", override)
    parts = {"xl/sharedStrings.xml": texts.encode(), "[Content_Types].xml": types.encode()}
    return packed({**_parts(changed), **parts})


SAVED: Mapping[str, Callable[[bytes], bytes]] = {
    "as openpyxl": lambda content: content,
    "as LibreOffice": as_libreoffice,
    "with shared texts": with_shared_texts,
}


def place(cell: str) -> Place:
    column, row = re.fullmatch(r"([A-Z])(\d+)", cell).groups()  # type: ignore[union-attr]
    return Place(int(row), ord(column) - ord("A") + 1)


def sheet_xml(content: bytes) -> str:
    """The first sheet as it is written."""
    return _parts(content)["xl/worksheets/sheet1.xml"].decode()
