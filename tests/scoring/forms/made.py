"""Made-up forms for tests; how people and programs leave them is the drill's to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crosscheck.procedure import MarkedBy, Procedure
from crosscheck.table_values import TableProblem
from drill.form_saves import edited, packed, parts_of
from scoring.forms.book import Book
from scoring.forms.layout import ClassForm, Form, FormNumber, collection_form
from scoring.forms.reading import Faults, FormRead, read
from scoring.forms.unpacking import Caps, unpacked
from scoring.forms.writing import write_form
from tests import factories

CODES = ("00017", "00018", "00020")
# Task 1 is marked by the school, by the key.
_KEYED, *_REST = factories.procedure().tasks
KEYED = factories.procedure(
    tasks=(replace(_KEYED, marked_by=MarkedBy.SCHOOL), *_REST),
    criteria=tuple(c for c in factories.procedure().criteria if c.task != _KEYED.id),
    school_criteria=tuple(c for c in factories.procedure().criteria if c.task == _KEYED.id),
)
CLASS = ClassForm("7", "Школа №7", "5А", CODES, absent=1)
NUMBER = FormNumber("math-5", "Q3ZK7MWD", "ABCDEFG2", 1)
SHEET = "Форма сбора результатов"
# Header and first participant of the form that `form()` makes, and its columns.
HEADER, FIRST = 13, 14
CODE, CLASS_COLUMN, VARIANT, FIRST_SCORE, SUM, SEX, TERM, JOURNAL = "A", "B", "C", "D", "J", "K", "L", "M"


def form(procedure: Procedure | None = None, of: ClassForm = CLASS) -> Form:
    """The form of a class of three, in Russian."""
    return collection_form(procedure or factories.procedure(), of, NUMBER)


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


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """A container with parts added or replaced: in their names `__` stands for `/`, the last `_` for the dot."""
    named = {".".join(name.replace("__", "/").rsplit("_", 1)): part for name, part in parts.items()}
    return packed({**parts_of(content), **named})
