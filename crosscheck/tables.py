"""A table from a CSV or XLSX file: texts with their places, nothing executed, nothing guessed.

CSV: UTF-8 (with or without a byte order mark), UTF-16 with one, else windows-1251; `;`, `,` or a tab
between the cells. XLSX: cells are taken as they are written; a formula is refused, because its value
is whatever the last program to save the file believed. Texts are trimmed, spaces run together, and a
whole number that a spreadsheet wrote as `7.0` becomes `7`.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import gettext as _
from crosscheck.table_values import Cell, Place, Row, Table, TableProblem, cleaned, quoted

_LARGEST_FILE = 64_000_000
_LARGEST_UNPACKED = 512_000_000
_MOST_PARTS = 2_000
_MOST_ROWS = 200_000
_MOST_COLUMNS = 100
_LONGEST_CELL = 2_000
_DELIMITERS = ";,\t"
# What Russian tables are written with. A UTF-8 file with one broken byte would "be" windows-1251 too,
# but full of signs outside this set: then it is refused instead of read as nonsense.
_PLAUSIBLE = re.compile(r"[\t\r\n -~А-Яа-яЁё«»—–№…“”„‘’•§\u00a0]*")


class TableMissing(CrosscheckError):
    """A table file can't be opened."""

    number: ClassVar[int] = 3000
    exit: ClassVar[Exit] = Exit.INPUT
    sentence: ClassVar[str] = "The table {file} can't be opened: {detail}."
    remedy: ClassVar[str] = "Check the path and the access rights, close the file in other programs, and try again."


class TableTooLarge(CrosscheckError):
    """A table is larger than any district's."""

    number: ClassVar[int] = 3001
    exit: ClassVar[Exit] = Exit.INPUT
    sentence: ClassVar[str] = "The table {file} is too large: {detail}."
    remedy: ClassVar[str] = "Give the table alone, without pictures, other sheets or rows that are only formatted."


class TableUnreadable(CrosscheckError):
    """A file is no table, is damaged, locked by a password or in an unknown encoding."""

    number: ClassVar[int] = 3002
    exit: ClassVar[Exit] = Exit.INPUT
    sentence: ClassVar[str] = "The file {file} can't be read as a table: {detail}."
    remedy: ClassVar[str] = "Save it again as XLSX without a password, or as CSV in UTF-8."


class TableProblems(CrosscheckError):
    """A table was read, but its header or cells can't be used; `problems` lists all of them."""

    number: ClassVar[int] = 3003
    exit: ClassVar[Exit] = Exit.INPUT
    sentence: ClassVar[str] = "The table {file} can't be used; problems: {count}.\n{listing}\n"
    remedy: ClassVar[str] = "Correct the cells named above and run the command again; nothing was recorded."

    @property
    def problems(self) -> tuple[TableProblem, ...]:
        found = self.fields["problems"]
        assert isinstance(found, tuple)
        return found


def read_tables(path: Path) -> tuple[Table, ...]:
    """All tables of a file: one for CSV, one for each sheet that is not empty for XLSX.

    Raises TableMissing, TableTooLarge, TableUnreadable or TableProblems.
    """
    content = _content(path)
    if content[:4] == b"PK\x03\x04":
        return _workbook(path.name, content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise TableUnreadable(file=path.name, detail=_("it is an old XLS file or locked by a password"))
    text = _decoded(path.name, content)
    return (_built(path.name, None, _csv_rows(path.name, text), []),)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise TableTooLarge(file=path.name, detail=_("more than {limit} MB").format(limit=_LARGEST_FILE // 10**6))
        return path.read_bytes()
    except OSError as error:
        raise TableMissing(file=path.name, detail=error.strerror or str(error)) from error


# --- CSV ---------------------------------------------------------------------------------------


def _decoded(name: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(name, content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _strictly(name, content, "cp1251")
    if not _PLAUSIBLE.fullmatch(text):
        raise TableUnreadable(file=name, detail=_("its text is neither UTF-8 nor windows-1251"))
    return text


def _strictly(name: str, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise TableUnreadable(file=name, detail=_("its text is neither UTF-8 nor windows-1251")) from error


def _csv_rows(name: str, text: str) -> Iterator[list[str]]:
    if "\x00" in text:
        raise TableUnreadable(file=name, detail=_("it is not text"))
    first = next((line for line in text.splitlines() if line.strip()), "")
    # The header tells: what cuts it into most columns is the delimiter; `;` when nothing cuts it.
    delimiter = max(_DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise TableUnreadable(file=name, detail=str(error)) from error


# --- XLSX --------------------------------------------------------------------------------------


def _workbook(name: str, content: bytes) -> tuple[Table, ...]:
    _refuse_bomb(name, content)
    # Loaded here: the command line must start without it.
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        # openpyxl has no error of its own: anything may come out of a damaged file.
        raise TableUnreadable(file=name, detail=_("it is not a sound XLSX file")) from error
    try:
        return tuple(table for sheet in book.worksheets if (table := _sheet(name, sheet)) is not None)
    finally:
        book.close()


def _refuse_bomb(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise TableUnreadable(file=name, detail=_("it is not a sound XLSX file")) from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise TableTooLarge(file=name, detail=_("unpacked it is far larger than a table of a district"))


def _sheet(name: str, sheet: Any) -> Table | None:
    problems: list[TableProblem] = []
    try:
        # A file may claim any size for its sheet; only what is really there counts.
        sheet.reset_dimensions()
        rows = list(_sheet_rows(name, sheet, problems))
    except CrosscheckError:
        raise
    except Exception as error:
        raise TableUnreadable(file=name, detail=_("it is not a sound XLSX file")) from error
    if not any(any(row) for row in rows) and not problems:
        return None
    return _built(name, str(sheet.title), rows, problems)


def _sheet_rows(name: str, sheet: Any, problems: list[TableProblem]) -> Iterator[list[str]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        _refuse_long(name, number, len(cells))
        texts = []
        for column, cell in enumerate(cells, start=1):
            text = _cell_text(cell)
            if text is None:
                place = str(Place(number, column))
                found = quoted(str(cell.value))
                problems.append(
                    TableProblem(name, str(sheet.title), place, found, _("a value, not a formula or error"))
                )
            texts.append(text or "")
        yield texts


def _cell_text(cell: Any) -> str | None:
    """The text of a spreadsheet cell; None for a formula or an error value."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in ("f", "e"):
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return _number_text(value, str(cell.number_format))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _number_text(value: float, shown_as: str) -> str:
    whole = int(value) if float(value).is_integer() else None
    if whole is None:
        return repr(value)
    # The format 00000 is how a spreadsheet keeps the leading zeros of a code: they belong to it.
    return str(whole).zfill(len(shown_as)) if re.fullmatch(r"0+", shown_as) else str(whole)


# --- both --------------------------------------------------------------------------------------


def _refuse_long(name: str, rows: int, columns: int) -> None:
    if rows > _MOST_ROWS:
        raise TableTooLarge(file=name, detail=_("more than {limit} rows").format(limit=_MOST_ROWS))
    if columns > _MOST_COLUMNS * 10:
        raise TableTooLarge(file=name, detail=_("more than {limit} columns").format(limit=_MOST_COLUMNS * 10))


def _built(name: str, sheet: str | None, raw: Iterable[Sequence[str]], problems: list[TableProblem]) -> Table:
    header: tuple[Cell, ...] = ()
    rows = []
    for number, texts in enumerate(raw, start=1):
        _refuse_long(name, number, len(texts))
        cells = tuple(Cell(cleaned(text), Place(number, n)) for n, text in enumerate(texts, start=1))
        if not any(cell.text for cell in cells):
            continue
        if not header:
            header = _trimmed(cells)
            problems.extend(_header_problems(name, sheet, header))
        else:
            problems.extend(_row_problems(name, sheet, cells, len(header)))
            rows.append(Row(number, _padded(cells, number, len(header))))
    if not header:
        problems.append(TableProblem(name, sheet, "A1", _("nothing"), _("a row of column names")))
    if problems:
        listing = "\n".join(f"  {problem}" for problem in problems)
        raise TableProblems(file=name, count=len(problems), listing=listing, problems=tuple(problems))
    return Table(name, sheet, header, tuple(rows))


def _trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    last = max((cell.place.column for cell in cells if cell.text), default=0)
    return cells[:last]


def _padded(cells: tuple[Cell, ...], row: int, width: int) -> tuple[Cell, ...]:
    missing = tuple(Cell("", Place(row, n)) for n in range(len(cells) + 1, width + 1))
    return (*cells[:width], *missing)


def _header_problems(name: str, sheet: str | None, header: tuple[Cell, ...]) -> Iterator[TableProblem]:
    if len(header) > _MOST_COLUMNS:
        raise TableTooLarge(file=name, detail=_("more than {limit} columns").format(limit=_MOST_COLUMNS))
    seen: set[str] = set()
    for cell in header:
        if not cell.text:
            yield TableProblem(name, sheet, str(cell.place), _("nothing"), _("a column name"))
        elif cell.text.casefold() in seen:
            yield TableProblem(name, sheet, str(cell.place), quoted(cell.text), _("a column name that stands once"))
        seen.add(cell.text.casefold())


def _row_problems(name: str, sheet: str | None, cells: tuple[Cell, ...], width: int) -> Iterator[TableProblem]:
    for cell in cells:
        if cell.text and cell.place.column > width:
            yield TableProblem(name, sheet, str(cell.place), quoted(cell.text), _("a cell under a column name"))
        elif len(cell.text) > _LONGEST_CELL or any(unicodedata.category(char) == "Cc" for char in cell.text):
            allowed = _("printable text, at most {longest} characters").format(longest=_LONGEST_CELL)
            yield TableProblem(name, sheet, str(cell.place), quoted(cell.text), allowed)
