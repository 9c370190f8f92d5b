"""Made-up tables of marks."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

from crosscheck.model import WorkId
from crosscheck.schoolbook import school_book
from scoring.forms.book import Book
from scoring.forms.reading import Faults
from scoring.forms.unpacking import Caps, unpacked
from scoring.marks.form1 import is_form1, read_form1
from scoring.marks.own import own_scale
from scoring.marks.reading import Known, Register, TableRead, read_table
from tests.factories import procedure

Rows = Sequence[Sequence[object]]
REGISTER = Register(
    {
        "00017": Known(WorkId("W1"), "7", "5А"),
        "00018": Known(WorkId("W2"), "7", "5А"),
        "00019": Known(WorkId("W3"), "12", "5Б"),
    },
    school_book([("7", "Школа №7"), ("12", "Гимназия №12")]),
    2026,
    "Математика",
    own_scale(procedure()),
    {"4832915": Known(WorkId("W1"), "7", "5А"), "5726103": Known(WorkId("W2"), "7", "5А")},
)
FORM1: Rows = [
    ["ВПР 2026 Математика 5 класс"],
    ["Предмет", "Математика"],
    ["Максимальный первичный балл", 5],
    ["Дата", "14.04.2026"],
    ["Организация", "edu202512 (25 уч.)"],
    [None, None, None, None, None, None, "Б", "П"],
    [
        *("ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант", "1 (2б)", "6К1 (3б)"),
        *("Первичный балл", "Отметка", "Отметка по журналу"),
    ],
    ["edu1", "Район", "Школа 7", "00017", "5А", 1, 2, 1, 3, 4, 5],
    ["edu1", "Район", "Школа 7", "00018", "5А", 2, "X", "н/п", 0, 2, "нет отметки"],
]


def xlsx(rows: Rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def found_in(rows: Rows) -> TableRead | Faults:
    book = unpacked(xlsx(rows), Caps())
    assert isinstance(book, Book)
    return (read_form1 if is_form1(book) else read_table)(book, "m.xlsx", REGISTER)


def taken(rows: Rows) -> dict[str, dict[str, int]]:
    """Marks by work and source, of a table without a fault."""
    found = found_in(rows)
    assert isinstance(found, TableRead), [str(problem) for problem in found.problems]
    return {row.work: {str(mark.source): mark.value for mark in row.marks} for row in found.rows}


def faults(rows: Rows) -> dict[str, str]:
    """What was found, by cell."""
    found = found_in(rows)
    assert isinstance(found, Faults)
    return {problem.cell: problem.found for problem in found.problems}
