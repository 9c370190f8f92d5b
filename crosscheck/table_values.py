"""A table read from a file, as frozen values: cells with their places, and what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from crosscheck.i18n import gettext as _


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A cell: `row` and `column` count from 1, as a spreadsheet program shows them."""

    row: int
    column: int

    def __str__(self) -> str:
        return f"{column_letters(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's cleaned text (empty for an empty cell) and its place."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header, as many cells as the header has; `number` counts from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file. `source` is the file's name, `sheet` the sheet's (None for CSV)."""

    source: str
    sheet: str | None
    header: tuple[Cell, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TableProblem:
    """One fault in a table: where, what was found, what is allowed. `cell` is as `B7`, or empty."""

    file: str
    sheet: str | None
    cell: str
    found: str
    allowed: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.sheet, self.cell) if part)
        return _("{where}: found {found}; allowed: {allowed}").format(
            where=where, found=self.found, allowed=self.allowed
        )


def column_letters(column: int) -> str:
    """The letters of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cleaned(text: str) -> str:
    """A text as it is compared: composed letters, single spaces, no invisible signs, `7.0` as `7`."""
    visible = "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Cf")
    joined = " ".join(visible.split())
    return joined.partition(".")[0] if re.fullmatch(r"\d+\.0+", joined) else joined


def quoted(text: str) -> str:
    """A found text for a message: in quotes, cut to a readable length; an empty one is called nothing. What a terminal
    would obey instead of showing it stands as �."""
    if not text:
        return _("nothing")
    shown = "".join("�" if unicodedata.category(char).startswith("C") else char for char in text[:60])
    return f"“{shown}”" if len(text) <= 60 else f"“{shown[:59]}…”"
