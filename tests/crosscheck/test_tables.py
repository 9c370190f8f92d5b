"""Tables from CSV and XLSX: the same texts at the same places, whatever wrote the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import tables
from crosscheck.errors import CrosscheckError
from crosscheck.table_values import Place, cleaned, column_letters
from crosscheck.tables import (
    TableMissing,
    TableProblems,
    TableTooLarge,
    TableUnreadable,
    read_tables,
)


def written(folder: Path, content: bytes, name: str = "table.csv") -> Path:
    """A file with the content."""
    path = folder / name
    path.write_bytes(content)
    return path


def workbook(folder: Path, rows: Sequence[Sequence[object]], name: str = "table.xlsx") -> Path:
    """A workbook of one sheet called `schools`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "schools"
    for row in rows:
        sheet.append(row)
    book.save(folder / name)
    return folder / name


def texts(path: Path) -> list[list[str]]:
    """Header and rows of the only table of a file."""
    (table,) = read_tables(path)
    return [[cell.text for cell in table.header], *([cell.text for cell in row.cells] for row in table.rows)]


SMALL = "school;name\n7;Школа №7\n12;Гимназия «Ёлка»\n"
READ = [["school", "name"], ["7", "Школа №7"], ["12", "Гимназия «Ёлка»"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_csv_file_reads_the_same_however_it_was_saved(
    tmp_path: Path, encoding: str, delimiter: str, newline: str
) -> None:
    """Encoding, delimiter and line ends don't change what is read."""
    text = SMALL.replace(";", delimiter).replace("\n", newline)
    assert texts(written(tmp_path, text.encode(encoding))) == READ


def test_a_workbook_reads_the_same_as_a_csv_file(tmp_path: Path) -> None:
    """Numbers and texts of a sheet become the same texts."""
    assert texts(workbook(tmp_path, [["school", "name"], [7, "Школа №7"], [12.0, " Гимназия  «Ёлка» "]])) == READ


def test_places_are_those_a_spreadsheet_shows(tmp_path: Path) -> None:
    """Blank rows are skipped but counted, so that a message names the right cell."""
    (table,) = read_tables(written(tmp_path, b"a;b\n\n1;2\n"))
    assert table.rows[0].cells[1].place == Place(3, 2)
    assert str(table.rows[0].cells[1].place) == "B3"


@given(st.integers(1, 20_000))
@settings(max_examples=50)
def test_column_letters_count_like_a_spreadsheet(column: int) -> None:
    """Letters are digits of base 26 without a zero: reading them gives the column back."""
    value = 0
    for letter in column_letters(column):
        value = value * 26 + ord(letter) - ord("A") + 1
    assert value == column


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("7.0", "7"),
        ("7.00", "7"),
        ("7.5", "7.5"),
        ("07.0", "07"),
        (" a \u00a0 b\n", "a b"),
        ("\ufeff7\u200b", "7"),
        ("и\u0306", "й"),
        ("7,0", "7,0"),
    ],
)
def test_texts_are_cleaned_of_what_programs_add(text: str, clean: str) -> None:
    """Only what nobody typed on purpose goes away: a list `7,0` stays a list."""
    assert cleaned(text) == clean


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A cleaned text is its own cleaned text."""
    assert cleaned(cleaned(text)) == cleaned(text)


def test_leading_zeros_kept_by_a_cell_format_belong_to_the_code(tmp_path: Path) -> None:
    """A code shown as 00123 is 00123, though the cell holds the number 123."""
    path = workbook(tmp_path, [["participant"], [123], ["00456"]])
    book = openpyxl.load_workbook(path)
    book.active["A2"].number_format = "00000"
    book.save(path)
    assert texts(path) == [["participant"], ["00123"], ["00456"]]


def test_a_formula_is_refused_with_its_cell(tmp_path: Path) -> None:
    """Its value is only what some program last believed."""
    with pytest.raises(TableProblems) as caught:
        read_tables(workbook(tmp_path, [["school", "declared"], [7, "=1+1"], [8, "#N/A"]]))
    assert [(p.file, p.sheet, p.cell) for p in caught.value.problems] == [
        ("table.xlsx", "schools", "B2"),
        ("table.xlsx", "schools", "B3"),
    ]
    assert str(caught.value).startswith("E3003")


def test_a_text_that_begins_like_a_formula_is_only_text_in_csv(tmp_path: Path) -> None:
    """Nothing is ever executed."""
    assert texts(written(tmp_path, b"a;b\n=1+1;@x\n"))[1] == ["=1+1", "@x"]


@pytest.mark.parametrize(
    ("content", "cell"),
    [
        (b"school;;name\n1;2;3\n", "B1"),
        (b"school;name;School\n1;2;3\n", "C1"),
        (b"school;name\n1;2;3\n", "C2"),
        (b"school;name\n1;\x07\n", "B2"),
        (b"", "A1"),
        (b"\n;;\n", "A1"),
    ],
)
def test_a_header_or_cell_that_can_not_be_used_is_named(tmp_path: Path, content: bytes, cell: str) -> None:
    """Empty and repeated column names, cells under no name, control characters, an empty file."""
    with pytest.raises(TableProblems) as caught:
        read_tables(written(tmp_path, content))
    assert [problem.cell for problem in caught.value.problems] == [cell]


def test_short_rows_and_empty_columns_at_the_end_are_no_problem(tmp_path: Path) -> None:
    """Programs leave out or add empty cells at the end of a row."""
    assert texts(written(tmp_path, b"a;b;;\n1;;;\n2\n")) == [["a", "b"], ["1", ""], ["2", ""]]


def test_quoted_cells_keep_delimiters_and_lines(tmp_path: Path) -> None:
    """A list in quotes is one cell; a line break in a cell is a space and doesn't shift the rows."""
    (table,) = read_tables(written(tmp_path, b'schools,name\n"7,12","a\nb"\n5,c\n'))
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["7,12", "a b"], ["5", "c"]]
    assert table.rows[1].number == 3


def test_text_in_no_known_encoding_is_refused_not_read_as_nonsense(tmp_path: Path) -> None:
    """A UTF-8 file with one broken byte is not taken for windows-1251."""
    broken = "school;name\n7;Школа\n".encode() + b"\xff\n"
    for content in (broken, b"a;b\n\x98;\n", b"\xff\xfea", b"a;b\n\x00;\n", b'a;b\n"x"y;\n'):
        with pytest.raises(TableUnreadable):
            read_tables(written(tmp_path, content))


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    """An old or locked workbook and an archive of something else say what they are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "x")
    for content in (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), packed.getvalue(), b"PK\x03\x04broken"):
        with pytest.raises(TableUnreadable):
            read_tables(written(tmp_path, content, "table.xlsx"))


def test_a_workbook_that_would_unpack_to_gigabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is taken from the archive's list, before anything is unpacked."""
    path = workbook(tmp_path, [["school"], [1]])
    monkeypatch.setattr(tables, "_LARGEST_UNPACKED", 1000)
    with pytest.raises(TableTooLarge):
        read_tables(path)


@pytest.mark.parametrize(("limit", "value"), [("_MOST_ROWS", 2), ("_LARGEST_FILE", 5), ("_MOST_COLUMNS", 1)])
def test_a_table_above_a_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    """Rows, bytes and columns have their limits."""
    path = written(tmp_path, b"a;b\n1;2\n3;4\n")
    monkeypatch.setattr(tables, limit, value)
    with pytest.raises(TableTooLarge):
        read_tables(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """The system's own reason is passed on."""
    with pytest.raises(TableMissing, match="No such file"):
        read_tables(tmp_path / "schools.csv")


def test_each_sheet_that_is_not_empty_is_a_table(tmp_path: Path) -> None:
    """Empty sheets, which programs add by themselves, are left out."""
    book = openpyxl.Workbook()
    book.create_sheet("second").append(["a"])
    book.save(tmp_path / "t.xlsx")
    assert [table.sheet for table in read_tables(tmp_path / "t.xlsx")] == ["second"]


@given(st.binary(max_size=60))
@settings(max_examples=60)
def test_any_bytes_give_a_table_or_a_numbered_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """No file makes the reader fall over."""
    path = written(tmp_path_factory.mktemp("any"), content)
    outcome: object
    try:
        outcome = read_tables(path)
    except (TableProblems, TableUnreadable, TableTooLarge) as error:
        outcome = error
    assert isinstance(outcome, CrosscheckError) or (isinstance(outcome, tuple) and len(outcome) == 1)
