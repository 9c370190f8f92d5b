"""A report as an XLSX workbook: a sheet for each table, charts, how figures were computed. The same report gives the
same bytes, on any day and computer."""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from crosscheck.i18n import translator
from crosscheck.report import Basis, Formula, Report, Row, Table, Text, Whole
from crosscheck.report_text import clean, shown
from crosscheck.reporting.cells import Looks
from crosscheck.reporting.workbook_charts import drawable, write_charts

_EPOCH = datetime.datetime(1980, 1, 1)
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\'\s]+")
_LONGEST = 31  # signs of the title of a sheet
_WIDEST = 60  # characters
_A4 = 9
_FIRST = 3  # row of formulas


def write_xlsx(report: Report, out: BinaryIO) -> None:
    """Write a workbook: a sheet for each table, its header frozen and filtered; charts; how figures were computed.

    Text is stored as text even where it looks like a formula; figures are numbers with formats.
    """
    _ = translator(report.language)
    raw = io.BytesIO()
    book = Workbook(raw, {"in_memory": True})
    looks = Looks(book)
    taken: set[str] = set()
    titles = [sheet_title(table.title, taken) for table in report.tables]
    origins = _origins_of(report, sheet_title(_("How it is computed"), taken))
    for title, table in zip(titles, report.tables, strict=True):
        _write_table(book.add_worksheet(title), report, table, origins, looks)
    if any(drawable(table, chart) for table in report.tables for chart in table.charts):
        write_charts(book, sheet_title(_("Charts"), taken), report, looks)
    if origins.formulas:
        _write_origins(book.add_worksheet(origins.title), report, origins, looks)
    book.set_properties({"title": clean(report.title), "author": "crosscheck", "created": _EPOCH})
    book.close()
    out.write(_of_no_system(raw.getvalue()))


def sheet_title(title: str, taken: set[str]) -> str:
    """A title as a sheet may have it, unlike those in `taken`, which it joins. What is too long ends after a word."""
    base = _NOT_IN_TITLES.sub(" ", clean(title)).strip() or "1"
    name, n = _cut(base, _LONGEST), 1
    while name.casefold() in taken:
        n += 1
        name = f"{_cut(base, _LONGEST - len(f' {n}'))} {n}"
    taken.add(name.casefold())
    return name


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    kept = text[:most]  # one sign more than has room beside the ellipsis: a word may just end there
    whole, blank, _rest = kept.rpartition(" ")
    return (whole if blank and len(whole) > most // 2 else kept[:-1]).rstrip(" ,.;-–—«(") + "…"


def _of_no_system(raw: bytes) -> bytes:
    """The archive without the sign of the operating system that it was made on."""
    made = bytearray(raw)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        at, entries = archive.start_dir, len(archive.filelist)
    for _entry in range(entries):
        made[at + 5] = 0
        at += 46 + sum(struct.unpack_from("<HHH", made, at + 28))
    return bytes(made)


# --- tables --------------------------------------------------------------------------------------


def _write_table(sheet: Worksheet, report: Report, table: Table, origins: Origins, looks: Looks) -> None:
    above = [report.title, *report.lines] + ([table.title] if not table.above else [])
    for row, line in enumerate(above):
        looks.line(sheet, row, 0, line, bold=row in (0, len(above) - 1))
    header = len(above) + len(table.above)
    for row, cells in enumerate(table.above, start=len(above)):
        _write_row(sheet, row, cells, None, looks)
    for column, title in enumerate(table.columns):
        looks.header(sheet, header, column, title, origins.of(table.formula(column)))
    for row, cells in enumerate(table.rows):
        _write_row(sheet, header + 1 + row, cells, origins.of_row(table.basis(row)), looks)
    last = header + len(table.rows)
    for offset, note in enumerate(table.notes, start=2):
        looks.line(sheet, last + offset, 0, note)
    _settle(sheet, table, header, last)


def _write_row(sheet: Worksheet, row: int, cells: Row, place: str | None, looks: Looks) -> None:
    """place: where the first cell leads to."""
    for column, cell in enumerate(cells):
        looks.put(sheet, row, column, cell, place if column == 0 else None)


def _settle(sheet: Worksheet, table: Table, header: int, last: int) -> None:
    """Header frozen, filtered and on every page; a page as wide as the table."""
    sheet.freeze_panes(header + 1, 0)
    sheet.autofilter(header, 0, last, len(table.columns) - 1)
    sheet.repeat_rows(header)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    if len(table.columns) > 8:
        sheet.set_landscape()
    for column, title in enumerate(table.columns):
        sheet.set_column(column, column, _width(title, column, table.rows))


def _width(title: str, column: int, rows: Sequence[Row]) -> int:
    """Characters: the longest word of the title, the longest line under it."""
    words = max((len(word) for word in title.split()), default=0)
    lines = (len(line) for row in rows for line in shown(row[column]).splitlines())
    return min(max(words, *lines, 6) + 2, _WIDEST)


# --- how figures were computed -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Origins:
    """In which row of the sheet of origins each formula and each basis stands, from 0."""

    title: str
    formulas: dict[str, int]
    bases: dict[Basis, int]

    def of(self, formula: Formula | None) -> str | None:
        """The place of a formula."""
        return None if formula is None else self._place(self.formulas[formula.key])

    def of_row(self, basis: Basis | None) -> str | None:
        """The place of what a row is computed from."""
        return None if basis is None else self._place(self.bases[basis])

    def _place(self, row: int) -> str:
        return f"'{self.title}'!A{row + 1}"


def _origins_of(report: Report, title: str) -> Origins:
    """The places that `_write_origins` fills."""
    formulas, bases = report.formulas(), report.bases()
    first = _FIRST + len(formulas) + 3
    return Origins(
        title,
        {formula.key: _FIRST + n for n, formula in enumerate(formulas)},
        {basis: first + n for n, basis in enumerate(bases)},
    )


def _write_origins(sheet: Worksheet, report: Report, origins: Origins, looks: Looks) -> None:
    """Formulas first, then what each row was computed from: how many works, and in which files they stand."""
    _ = translator(report.language)
    looks.line(sheet, 0, 0, origins.title, bold=True)
    for column, title in enumerate((_("Figure"), _("How it is computed"))):
        looks.header(sheet, _FIRST - 1, column, title)
    for formula in report.formulas():
        _write_row(sheet, origins.formulas[formula.key], (Text(formula.name), Text(formula.text)), None, looks)
    bases = report.bases()
    if bases:
        for column, title in enumerate((_("Row"), _("Works and where they stand"), _("Works"))):
            looks.header(sheet, min(origins.bases.values()) - 1, column, title)
    for basis in bases:
        cells = (Text(basis.name), Text(", ".join(basis.files)), Whole(basis.n))
        _write_row(sheet, origins.bases[basis], cells, None, looks)
    for column, width in enumerate((44, 90, 10)):
        sheet.set_column(column, column, width)
