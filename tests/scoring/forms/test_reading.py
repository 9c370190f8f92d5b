"""A form that came back is held against the one that went out: taken whole, or every fault named with its cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from crosscheck.model import CriterionId, NotAttempted, Points
from crosscheck.procedure import Procedure
from drill.form_saves import SAVED, SPELLINGS, edited, fill, sheet_changed, sheet_xml
from scoring.forms.book import Book
from scoring.forms.layout import ClassForm, Datum, form_number
from scoring.forms.reading import FormRead, NoNumber, number_of
from scoring.forms.stated import NotStated, NotTaught, Stated
from scoring.forms.writing import write_form
from tests import factories
from tests.scoring.forms import made
from tests.scoring.forms.made import (
    CODE,
    CODES,
    FIRST,
    FIRST_SCORE,
    HEADER,
    NUMBER,
    SEX,
    SHEET,
    SUM,
    accepted,
    book_of,
    form,
    found_in,
    problems,
    with_cells,
)

LAST = FIRST + len(CODES) - 1


# --- what is taken -------------------------------------------------------------------------------


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """1 to 30 criteria in tasks of one or more, maxima 1 to 20."""
    maxima = draw(st.lists(st.integers(1, 20), min_size=1, max_size=30))
    together = draw(st.lists(st.booleans(), min_size=len(maxima), max_size=len(maxima)))
    task, criteria, part = 0, [], 1
    for maximum, same in zip(maxima, together, strict=True):
        task, part = (task, part + 1) if same and task else (task + 1, 1)
        criteria.append(factories.criterion(f"{task}К{part}", str(task), maximum))
    tasks = tuple(factories.task(str(n), 1, 10) for n in range(1, task + 1))
    return factories.procedure(tasks=tasks, criteria=tuple(criteria), boundaries=None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(procedure=procedures(), participants=st.integers(1, 6), saved=st.sampled_from(sorted(SAVED)), data=st.data())
def test_what_was_typed_is_what_is_read(
    procedure: Procedure, participants: int, saved: str, data: st.DataObject
) -> None:
    """Any procedure, filled in as people do and saved as programs do: the same points, X, "not taught", nothing."""
    codes = tuple(f"{n:05d}" for n in range(17, 17 + participants))
    of = form(procedure, ClassForm("7", "Школа №7", "5А", codes))

    def stated(maximum: int) -> st.SearchStrategy[Stated]:
        points = st.builds(Points, st.integers(0, maximum))
        return st.one_of(points, points, st.sampled_from([NotAttempted(), NotTaught(), NotStated()]))

    filled = {code: {c.id: data.draw(stated(c.maximum)) for c in procedure.criteria} for code in codes}
    first = procedure.criteria[0].id
    filled[codes[0]][first] = Points(1)

    def spelt(one: Stated) -> object:
        spelling = data.draw(st.sampled_from(SPELLINGS[type(one)]))
        return spelling(one.value if isinstance(one, Points) else 0)

    content = SAVED[saved](fill(of, filled, spelt, {Datum.SEX: "ж", Datum.JOURNAL_MARK: 4}))
    read = accepted(content, of)
    assert {row.code: dict(row.scores) for row in read.rows} == filled
    assert {(row.data[Datum.SEX], row.data[Datum.JOURNAL_MARK], row.data[Datum.TERM_MARK]) for row in read.rows} == {
        ("f", "4", "")
    }
    assert read.stated + read.missing == participants * len(procedure.criteria)


def test_a_comment_is_refused_with_its_cell_and_never_read() -> None:
    """The school means something with it, and it may name people: the message names the cell alone."""

    def commented(_book: Any, sheet: Any) -> None:
        sheet[f"{FIRST_SCORE}{FIRST}"] = 1
        sheet[f"{SEX}{FIRST}"].comment = Comment("Иванов болел", "Петрова А. И.")

    (problem,) = problems(edited(write_form(form()), commented))
    assert (problem.sheet, problem.cell, problem.found) == (SHEET, f"{SEX}{FIRST}", "a comment")
    assert "Иванов" not in str(problem)


def test_rows_may_be_in_another_order() -> None:
    """The code says whose row it is: somebody sorted the table."""

    def sort(_book: Any, sheet: Any) -> None:
        for row, code in enumerate(reversed(CODES), start=FIRST):
            sheet[f"{CODE}{row}"] = code
        sheet[f"D{FIRST}"] = 1

    read = accepted(edited(write_form(form()), sort))
    assert [row.code for row in read.rows] == list(CODES)
    assert [row.scores[CriterionId("1")] for row in read.rows] == [NotStated(), NotStated(), Points(1)]


def test_codes_that_lost_their_zeros_are_known_when_only_one_can_be_meant() -> None:
    """17 is 00017, unless there is a 017 as well."""
    assert accepted(with_cells({f"{CODE}{FIRST}": 17})).rows[0].code == "00017"
    of = form(of=ClassForm("7", "Школа №7", "5А", ("00017", "017")))
    assert f"{CODE}{FIRST}" in {problem.cell for problem in problems(with_cells({f"{CODE}{FIRST}": 17}, of), of)}


def test_sums_that_agree_and_blanks_are_no_fault() -> None:
    """The formula of the form, written with other blanks and signs; a number that is right; blanks in far cells."""
    cells = {f"{SUM}{FIRST}": f"= sum($D${FIRST}:I{FIRST})", f"{SUM}{FIRST + 1}": 0, "Z3": "  ", f"D{LAST + 5}": " "}
    assert accepted(with_cells(cells)).stated == 1


def test_hidden_emptiness_is_no_fault() -> None:
    """Columns and rows beyond the table that somebody hid hold nothing."""

    def hide(_book: Any, sheet: Any) -> None:
        sheet["D14"] = 1
        sheet.column_dimensions["Z"].hidden = True
        sheet.row_dimensions[LAST + 3].hidden = True

    assert accepted(edited(write_form(form()), hide)).stated == 1


# --- what is refused, with its cell --------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"D15": 2}, {"D15": "2"}),
        ({"E14": "=1+1"}, {"E14": "=1+1"}),
        ({"E14": "1,5", "F15": "3", "I16": "два"}, {"E14": "1,5", "F15": "3", "I16": "два"}),
        ({"A15": "00099"}, {"A14": "00018", "A15": "00099"}),
        ({"A15": None}, {"A14": "00018", "A15": "nothing"}),
        ({"A15": "00017"}, {"A14": "00018", "A15": "00017"}),
        ({"B15": "5Б"}, {"B15": "5Б"}),
        ({f"{SUM}14": 7}, {"J14": "7"}),
        ({f"{SUM}14": "=cmd|'/c calc'!A1"}, {"J14": "cmd"}),
        ({f"{SUM}14": "=SUM(D15:I15)"}, {"J14": "D15"}),
        ({f"{SEX}14": "?"}, {"K14": "?"}),
        ({"E13": "3 (2б)"}, {"E13": "3 (2б)"}),
        ({"N13": "Итог"}, {"N13": "Итог"}),
        ({"N15": 3}, {"N15": "3"}),
        ({"D3": "x"}, {"D3": "x"}),
        ({"B8": "5Б"}, {"B8": "5Б"}),
        ({"A1": "Моя форма"}, {"A1": "Моя форма"}),
        ({"A20": "Итого"}, {"A20": "Итого"}),
        ({"D20": 1}, {"A20": "nothing"}),
    ],
)
def test_each_fault_names_its_cell_and_what_was_found(cells: dict[str, object], named: dict[str, str]) -> None:
    """All faults at once; each with sheet, cell, what was found and what is allowed."""
    found = problems(with_cells(cells))
    assert {problem.cell for problem in found} == set(named)
    for problem in found:
        assert named[problem.cell] in problem.found
        assert (problem.file, problem.sheet) == ("f.xlsx", SHEET)
        assert problem.allowed


def _merge(_book: Any, sheet: Any) -> None:
    sheet.merge_cells("D14:E14")


def _hide_row(_book: Any, sheet: Any) -> None:
    sheet.row_dimensions[15].hidden = True


def _hide_column(_book: Any, sheet: Any) -> None:
    sheet.column_dimensions["E"].hidden = True


def _hide_columns_together(_book: Any, sheet: Any) -> None:
    sheet.column_dimensions.group("E", "G", hidden=True)


def _hide_sheet(book: Any, sheet: Any) -> None:
    book.create_sheet("Пусто")
    sheet.sheet_state = "hidden"


def _another_sheet(book: Any, _sheet: Any) -> None:
    book.create_sheet("Лист2")["C7"] = "черновик"


def _a_date(_book: Any, sheet: Any) -> None:
    sheet["E15"].number_format, sheet["E15"].value = "d.m.yyyy", 46054


def _insert_row(_book: Any, sheet: Any) -> None:
    sheet.insert_rows(14)
    sheet["D14"] = 1


def _insert_column(_book: Any, sheet: Any) -> None:
    sheet.insert_cols(5)
    sheet["E13"] = "1а"


@pytest.mark.parametrize(
    ("edit", "cell", "found"),
    [
        (_merge, "D14", "merged cells D14:E14"),
        (_hide_row, "A15", "hidden row"),
        (_hide_column, "E1", "hidden column"),
        (_hide_columns_together, "G1", "hidden column"),
        (_hide_sheet, "A1", "hidden sheet"),
        (_another_sheet, "C7", "another sheet"),
        (_a_date, "E15", "01.02.2026"),
        (_insert_row, "A14", "nothing"),
        (_insert_column, "E13", "1а"),
    ],
)
def test_shapes_that_hide_or_move_something_are_refused(
    edit: Callable[[Any, Any], None], cell: str, found: str
) -> None:
    """Merged, hidden, inserted, turned into a date: the first cell of it is named."""
    said = {problem.cell: problem.found for problem in problems(edited(with_cells({}), edit))}
    assert found in said[cell]


def test_what_is_dragged_shut_is_hidden_too() -> None:
    """Whoever drags it shut hides it as well as by the menu."""
    content = sheet_changed(
        with_cells({}), lambda xml: xml.replace('<row r="15"', '<row r="15" ht="0" customHeight="1"')
    )
    assert [(problem.cell, problem.found) for problem in problems(content)] == [("A15", "a hidden row")]


def test_not_taught_is_no_answer_where_the_school_marks() -> None:
    """Its own points make the total: points, X, or nothing yet."""
    of = form(made.KEYED)
    (problem,) = problems(with_cells({"D14": "н/п", "E14": "н/п"}, of), of)
    assert (problem.cell, "X or nothing" in problem.allowed, "n/t" in problem.allowed) == ("D14", True, False)


def test_an_empty_form_is_refused() -> None:
    """Nothing was filled in: that is no statement of a whole class."""
    (problem,) = problems(write_form(form()))
    assert (problem.cell, problem.found) == ("D14", "no score at all")


def test_faults_come_in_the_order_of_the_cells() -> None:
    """As somebody reads the sheet who corrects it."""
    found = [problem.cell for problem in problems(with_cells({"I16": 9, "D15": 9, "B8": "?", "E15": 9}))]
    assert found == ["B8", "D15", "E15", "I16"]


def test_found_text_can_not_command_a_terminal() -> None:
    """Control characters in a cell are shown as signs."""
    (problem,) = problems(with_cells({"E14": "1\n2\t\x85[31m"}))
    assert all(char.isprintable() for char in str(problem))


# --- which form it is ----------------------------------------------------------------------------


def test_a_form_says_which_one_it_is() -> None:
    """By the number above its table, also when another sheet was put before it."""
    content = write_form(form())
    assert number_of(book_of(content)) == NUMBER

    def before(book: Any, _sheet: Any) -> None:
        book.create_sheet("Первый", 0)

    assert number_of(book_of(edited(content, before))) == NUMBER


@pytest.mark.parametrize("text", ["", "math-5", "math-5 · Q3ZK7MWD · ABCDEFG2 · 0", "x · q · w · 1", "1", None])
def test_a_workbook_without_a_number_is_no_form(text: str | None) -> None:
    """What stands in its place is named."""

    def write(_book: Any, sheet: Any) -> None:
        sheet["B2"] = text

    found = number_of(book_of(edited(write_form(form()), write)))
    assert isinstance(found, NoNumber)
    assert (found.cell, found.found) == ("B2", f"“{text}”" if text else "nothing")


def test_a_book_without_sheets_is_no_form() -> None:
    """Nor does it end in an error of its own."""
    assert isinstance(number_of(Book(())), NoNumber)


@given(version=st.integers(1, 99999), code=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}", fullmatch=True))
def test_a_number_is_read_as_it_is_written(version: int, code: str) -> None:
    """There and back."""
    number = replace(NUMBER, version=version, code=code)
    assert form_number(str(number)) == number


def test_a_form_read_against_another_list_names_every_code() -> None:
    """A list with other participants: nothing of it is taken."""
    other = form(of=ClassForm("7", "Школа №7", "5А", ("00017", "00099", "00100"), absent=1))
    named = {problem.found for problem in problems(with_cells({}), other)}
    assert {"“00018”", "“00020”"} <= named
    assert not isinstance(found_in(with_cells({}), other), FormRead)


def test_the_header_row_is_where_the_tests_think() -> None:
    """The yardstick itself."""
    assert (form().header, FIRST) == (HEADER, HEADER + 1)


def test_programs_save_in_ways_that_differ() -> None:
    """The yardstick itself: each way of saving leaves another sheet, and all say the same."""
    content = with_cells({"D15": "X"})
    saved = [save(content) for save in SAVED.values()]
    assert len({sheet_xml(one) for one in saved}) == len(SAVED)
    assert len({str(accepted(one)) for one in saved}) == 1
    assert "<v>3</v></c>" in sheet_xml(SAVED["as LibreOffice"](content))
