"""What people do to a form that must send it back: each fault with the cell that has to be named."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openpyxl.comments import Comment

from crosscheck.table_values import column_letters
from drill.form_saves import edited
from drill.recipe import Dice
from scoring.forms.layout import DatumColumn, FixedColumn, Form, ScoreColumn, SumColumn


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a fault is put: a row of a participant and a column of scores, drawn."""

    form: Form
    row: int
    column: int
    maximum: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}"

    def at(self, kind: type[object]) -> str:
        """The cell of the row in the first column of a kind."""
        number = next(n for n, column in enumerate(self.form.columns, start=1) if isinstance(column, kind))
        return f"{column_letters(number)}{self.row}"

    @property
    def beyond(self) -> str:
        """The letters of the column after the last one."""
        return column_letters(len(self.form.columns) + 1)


Spoil = Callable[[Any, Any, Spot], str]  # changes the book and its sheet; the cell that has to be named


def spot(of: Form, dice: Dice) -> Spot:
    """A participant and a criterion."""
    column = int(dice.choice(of.scores))
    drawn = of.columns[column - 1]
    assert isinstance(drawn, ScoreColumn)
    row = of.header + 1 + int(dice.integers(len(of.participants)))
    return Spot(of, row, column, drawn.criterion.maximum)


def _typed(value: Callable[[Spot], object]) -> Spoil:
    def spoil(_book: Any, sheet: Any, at: Spot) -> str:
        sheet[at.cell] = value(at)
        return at.cell

    return spoil


def _in(kind: type[object], value: object) -> Spoil:
    def spoil(_book: Any, sheet: Any, at: Spot) -> str:
        sheet[at.at(kind)] = value
        return at.at(kind)

    return spoil


def _date(_book: Any, sheet: Any, at: Spot) -> str:
    sheet[at.cell].value = datetime.datetime(2026, 2, 1)
    sheet[at.cell].number_format = "d.mm"
    return at.cell


def _per_cent(_book: Any, sheet: Any, at: Spot) -> str:
    sheet[at.cell].value, sheet[at.cell].number_format = 1, "0%"
    return at.cell


def _merged(_book: Any, sheet: Any, at: Spot) -> str:
    sheet.merge_cells(f"{at.cell}:{column_letters(at.column + 1)}{at.row}")
    return at.cell


def _hidden_row(_book: Any, sheet: Any, at: Spot) -> str:
    sheet.row_dimensions[at.row].hidden = True
    return f"A{at.row}"


def _hidden_column(_book: Any, sheet: Any, at: Spot) -> str:
    sheet.column_dimensions[column_letters(at.column)].hidden = True
    return f"{column_letters(at.column)}1"


def _second_sheet(book: Any, _sheet: Any, _at: Spot) -> str:
    book.create_sheet("Лист2")["B3"] = "итоги"
    return "B3"


def _more_column(_book: Any, sheet: Any, at: Spot) -> str:
    cell = f"{at.beyond}{at.form.header}"
    sheet[cell] = "Итого"
    return cell


def _remark(_book: Any, sheet: Any, at: Spot) -> str:
    cell = f"{at.beyond}{at.row}"
    sheet[cell] = "болел"
    return cell


def _comment(_book: Any, sheet: Any, at: Spot) -> str:
    sheet[at.cell].comment = Comment("Иванов болел, балл условный", "Петрова")
    return at.cell


def _below(_book: Any, sheet: Any, at: Spot) -> str:
    cell = f"A{at.form.header + len(at.form.participants) + 2}"
    sheet[cell] = "Всего"
    return cell


def _other_code(_book: Any, sheet: Any, at: Spot) -> str:
    sheet[f"A{at.row}"] = "99999"
    return f"A{at.row}"


def _code_twice(_book: Any, sheet: Any, at: Spot) -> str:
    first = at.form.header + 1
    other = at.row if at.row > first else first + 1
    sheet[f"A{other}"] = sheet[f"A{first}"].value
    return f"A{other}"


def _no_code(_book: Any, sheet: Any, at: Spot) -> str:
    sheet[f"A{at.row}"] = None
    return f"A{at.row}"


def _row_deleted(_book: Any, sheet: Any, at: Spot) -> str:
    for number in range(1, len(at.form.columns) + 1):
        sheet.cell(at.row, number).value = None
    return f"A{at.form.header + 1}"


def _row_added(_book: Any, sheet: Any, at: Spot) -> str:
    below = at.form.header + len(at.form.participants) + 1
    sheet[f"A{below}"] = "77777"
    return f"A{below}"


def _other_title(_book: Any, sheet: Any, at: Spot) -> str:
    cell = f"{column_letters(at.column)}{at.form.header}"
    sheet[cell] = "99 (1б)"
    return cell


def _titles_swapped(_book: Any, sheet: Any, at: Spot) -> str:
    """The table moved by a column: what stood under one title stands under the next."""
    sheet.insert_cols(at.column)
    return f"{column_letters(at.column)}{at.form.header}"


def _other_class(_book: Any, sheet: Any, _at: Spot) -> str:
    sheet["B8"] = "11Я"
    return "B8"


def _contradicting_sum(_book: Any, sheet: Any, at: Spot) -> str:
    cell = at.at(SumColumn)
    sheet[cell] = 9999
    return cell


def _emptied(_book: Any, sheet: Any, at: Spot) -> str:
    for row in range(at.form.header + 1, at.form.header + 1 + len(at.form.participants)):
        for number in at.form.scores:
            sheet.cell(row, number).value = None
    return f"{column_letters(at.form.scores[0])}{at.form.header + 1}"


FAULTS: Mapping[str, Spoil] = {
    "above the maximum": _typed(lambda at: at.maximum + 1),
    "above the maximum, as text": _typed(lambda at: f" {at.maximum + 1}"),
    "negative": _typed(lambda _at: -1),
    "a half": _typed(lambda _at: 0.5),
    "a half, as text": _typed(lambda _at: "0,5"),
    "a word": _typed(lambda _at: "зачёт"),
    "a letter for a zero": _typed(lambda _at: "О"),
    "two scores": _typed(lambda _at: "1;1"),
    "a plus": _typed(lambda _at: "+1"),
    "a formula": _typed(lambda _at: "=1+0"),
    "a formula that calls a program": _typed(lambda _at: "=cmd|'/c calc'!A1"),
    "a formula from another file": _typed(lambda _at: "='[1]Лист1'!A1"),
    "a truth value": _typed(lambda _at: True),
    "an error value": _typed(lambda _at: "#REF!"),
    "a date": _date,
    "per cent": _per_cent,
    "merged cells": _merged,
    "a hidden row": _hidden_row,
    "a hidden column": _hidden_column,
    "a second sheet": _second_sheet,
    "a column more": _more_column,
    "a remark": _remark,
    "a comment": _comment,
    "a line below": _below,
    "a code of nobody": _other_code,
    "a code twice": _code_twice,
    "no code": _no_code,
    "a row deleted": _row_deleted,
    "a row more": _row_added,
    "another title": _other_title,
    "moved by a column": _titles_swapped,
    "another class": _other_class,
    "another class in a row": _in(FixedColumn, "11Я"),
    "a sum that contradicts": _contradicting_sum,
    "a sum that calls a program": _in(SumColumn, "=cmd|'/c calc'!A1"),
    "an unknown variant": _in(DatumColumn, "первый"),
    "nothing filled in": _emptied,
}


def spoilt(content: bytes, fault: str, at: Spot) -> tuple[bytes, str]:
    """A filled form with one fault, and the cell that has to be named."""
    named: list[str] = []
    changed = edited(content, lambda book, sheet: named.append(FAULTS[fault](book, sheet, at)))
    return changed, named[0]
