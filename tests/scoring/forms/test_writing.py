"""The form that goes out: locked but for what is asked, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import io
from itertools import product
from typing import Any

import openpyxl
import pytest

from crosscheck.procedure import MarkedBy
from crosscheck.table_values import Place
from drill.form_saves import parts_of
from scoring.forms.book import Text
from scoring.forms.layout import ClassForm, ScoreColumn, choices
from scoring.forms.values import Wrong, score
from scoring.forms.writing import write_form
from tests import factories
from tests.scoring.forms.made import CLASS, CODES, FIRST, KEYED, SHEET, form

HOSTILE = ("=1+1", "+7", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1", "\t=1", "a\x0bb")


def sheet_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def test_the_form_says_whose_it_is() -> None:
    """Procedure, subject, date, school by its own name, class, in Russian; then criteria with their maxima."""
    sheet = sheet_of(write_form(form()))
    head = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(2, 11)}
    assert sheet.title == sheet["A1"].value == SHEET
    assert head == {
        "Форма": "math-5 · Q3ZK7MWD · ABCDEFG2 · 1",
        "Процедура": "ВПР 2026. Математика. 5 класс",
        "Предмет": "Математика",
        "Параллель": "5",
        "Дата": "14.04.2026",
        "Школа": "Школа №7",
        "Класс": "5А",
        "Участников": "3 (отсутствовали: 1)",
        "Максимальный балл": "11",
    }
    assert [cell.value for cell in sheet[FIRST - 1]] == [
        "Код участника", "Класс", "Вариант", "1 (1б)", "2 (2б)", "3 (2б)", "4 (3б)", "5К1 (2б)", "5К2 (1б)", "Сумма",
        "Пол", "Отметка за последнюю четверть (триместр)", "Отметка по журналу",
    ]  # fmt: skip
    assert [sheet.cell(FIRST + n, 1).value for n in range(4)] == [*CODES, None]


def test_the_same_form_is_the_same_file() -> None:
    """Whenever it is written."""
    assert write_form(form()) == write_form(form())


def test_only_what_is_asked_can_be_typed() -> None:
    """Sheet and structure are protected; scores, sex, variant and marks are open."""
    book = openpyxl.load_workbook(io.BytesIO(write_form(form())))
    sheet = book.active
    assert sheet.protection.sheet
    assert book.security.lockStructure
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {f"{column}{row}" for column in "CDEFGHIKLM" for row in range(FIRST, FIRST + 3)}


def test_each_score_cell_offers_what_may_stand_in_it() -> None:
    """0 to the maximum, X, not taught: and reading takes just these."""
    of = form()
    rules = {str(rule.sqref): rule for rule in sheet_of(write_form(of)).data_validations.dataValidation}
    assert rules["G14:G16"].formula1 == '"0,1,2,3,X,н/п"'
    assert rules["K14:K16"].formula1 == '"м,ж"'
    assert all(rule.showErrorMessage and rule.error for rule in rules.values())
    assert set(rules) == {f"{column}14:{column}16" for column in "CDEFGHIKLM"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_offered_is_taken(language: str) -> None:
    """Whatever a drop-down offers, reading understands."""
    for maximum, marked_by in product((1, 20), MarkedBy):
        column = ScoreColumn("1", factories.criterion("1", "1", maximum), marked_by)
        offered = choices(column, language)
        assert len(",".join(offered)) < 250
        assert not any(isinstance(score(Text(text), column.criterion, marked_by), Wrong) for text in offered)


def test_where_the_school_marks_its_points_are_asked_for() -> None:
    """The criteria of all tasks stand in the form, in their order; "not taught" is no answer for the school's own."""
    of = form(KEYED)
    rules = {str(rule.sqref): rule.formula1 for rule in sheet_of(write_form(of)).data_validations.dataValidation}
    assert (rules["D14:D16"], rules["E14:E16"]) == ('"0,1,X"', '"0,1,2,X,н/п"')
    assert [column.criterion.id for column in of.columns if isinstance(column, ScoreColumn)] == [
        "1", "2", "3", "4", "5К1", "5К2",
    ]  # fmt: skip
    assert dict(of.fixed())[Place(10, 2)] == "11"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_goes_out_is_run(text: str) -> None:
    """Names that look like formulas are texts, in the head and in the rows; the sums are the only formulas."""
    procedure = factories.procedure(title=text, subject=text)
    content = write_form(form(procedure, ClassForm(text, text, text, (text, "2"))))
    sheet = sheet_of(content)
    formulas = {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}
    assert formulas == {f"J{row}": f"=SUM(D{row}:I{row})" for row in (14, 15)}
    assert {name for name in parts_of(content) if "extern" in name.lower() or name.endswith(".bin")} == set()


def test_columns_are_as_wide_as_their_words() -> None:
    """No title is cut within a word, no code, and no label above the table."""
    of = form(of=ClassForm("7", CLASS.school_name, "5А", ("0" * 20,)))
    sheet = sheet_of(write_form(of))
    for number, column in enumerate(of.columns, start=1):
        width = sheet.column_dimensions[openpyxl.utils.get_column_letter(number)].width
        assert width > max(len(word) for word in column.title.split())
    assert sheet.column_dimensions["A"].width > max(20, *(len(label) for label, _value in of.lines))
    assert sheet.freeze_panes == "B14"


def test_a_class_where_nobody_wrote_has_a_form_without_rows() -> None:
    """Not an error: the head alone."""
    of = form(of=ClassForm("7", "Школа №7", "5А", (), absent=3))
    sheet = sheet_of(write_form(of))
    assert sheet.max_row == of.header
    assert dict(of.fixed())[Place(9, 2)] == "0 (отсутствовали: 3)"
