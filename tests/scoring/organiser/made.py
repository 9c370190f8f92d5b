"""Made-up forms of check points."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl

from scoring.forms.book import Book
from scoring.forms.layout import FormNumber
from scoring.forms.reading import Faults
from scoring.forms.unpacking import Caps, unpacked
from scoring.organiser.layout import PointForm
from scoring.organiser.reading import At, FormRead, Said, read
from scoring.organiser.writing import write_form
from tests import factories

FORM = PointForm(factories.procedure(), "П1", FormNumber("math-5", "Q3ZK7MWD", "ABCDEFG2", 1))
PROGRESS, OBSERVERS, DIFFICULTIES, INCIDENTS = "Ход проверки", "Наблюдатели", "Затруднения по заданиям", "Происшествия"
Cells = Mapping[tuple[str, str], object]
FILLED: Cells = {
    (PROGRESS, "B6"): "14:05",
    (PROGRESS, "B11"): 12,
    (OBSERVERS, "A6"): "Наблюдательная Нина Ивановна",
    (OBSERVERS, "B6"): "общественный наблюдатель",
    (OBSERVERS, "C6"): "помещения и ход проверки, не работы",
    (OBSERVERS, "D6"): "да",
    (DIFFICULTIES, "A6"): "5К1",
    (DIFFICULTIES, "B6"): "неясен критерий",
    (DIFFICULTIES, "D6"): "что считать пояснением",
    (INCIDENTS, "A6"): "15:10",
    (INCIDENTS, "B6"): "принтер, сканер, сеть, питание",
    (INCIDENTS, "C6"): "замятие бумаги",
}


def typed(content: bytes, cells: Cells) -> bytes:
    """A form with these cells typed in, as a spreadsheet program saves it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def found_in(cells: Cells, form: PointForm = FORM) -> FormRead | Faults:
    book = unpacked(typed(write_form(form), cells), Caps())
    assert isinstance(book, Book)
    return read(form, book, "f.xlsx")


def entries(cells: Cells) -> Mapping[At, Said]:
    found = found_in(cells)
    assert isinstance(found, FormRead), [str(problem) for problem in found.problems]
    return found.entries


def faults(cells: Cells) -> dict[tuple[str | None, str], str]:
    """What was found, by sheet and cell."""
    found = found_in(cells)
    assert isinstance(found, Faults)
    return {(problem.sheet, problem.cell): problem.found for problem in found.problems}
