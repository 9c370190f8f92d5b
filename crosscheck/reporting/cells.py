"""Cells of workbooks. Text stays text; how cells look is made once for each workbook and shared."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from crosscheck.report import Band, Cell, Decimal, Share, Sign, Text, Whole, Withheld
from crosscheck.report_text import clean, is_formula_like
from crosscheck.reporting.scene import FILLS

Look = tuple[tuple[str, object], ...]

_TEXT: Look = (("num_format", "@"), ("text_wrap", True), ("valign", "top"))
_SIGN: Look = (("align", "right"),)
_WITHHELD: Look = (("italic", True), ("font_color", "#707070"))
_HEADER: Look = (
    ("bold", True),
    ("text_wrap", True),
    ("valign", "vcenter"),
    ("align", "center"),
    ("bg_color", "#E6E6E6"),
    ("bottom", 1),
)
_LINK: Look = (("font_color", "#1F4E79"), ("underline", 1))
_QUOTED: Look = (("quote_prefix", True),)
_PLAIN: Look = ()
_BOLD: Look = (("bold", True),)


_MOST_SIGNS = 32_767  # that a cell holds


def _whole(text: str) -> str:
    """Longer texts end in a sign that something is missing: papers and pages have all of it."""
    return text if len(text) <= _MOST_SIGNS else text[: _MOST_SIGNS - 1] + "…"


class Looks:
    """How the cells of one workbook look, and cells put into its sheets; rows and columns count from 0."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._known: dict[Look, Any] = {}

    def put(self, sheet: Worksheet, row: int, column: int, value: Cell, place: str | None = None) -> None:
        """A cell of a report: numbers as numbers with their format, words as text. place: where it leads to."""
        match value:
            case Text(text=text):
                self._words(sheet, row, column, text, _TEXT, place)
            case Sign(sign=text):
                self._words(sheet, row, column, text, _SIGN, place)
            case Withheld(why=text):
                self._words(sheet, row, column, text, _WITHHELD, place)
            case Whole(value=number, band=band):
                self._number(sheet, row, column, number, "0", band, place)
            case Decimal(value=number, digits=digits):
                self._number(sheet, row, column, number, "0." + "0" * digits if digits else "0", Band.PLAIN, place)
            case Share(value=number, band=band):
                self._number(sheet, row, column, number, "0.0%", band, place)

    def header(self, sheet: Worksheet, row: int, column: int, title: str, place: str | None = None) -> None:
        """The title of a column."""
        self._words(sheet, row, column, title, _HEADER, place)

    def line(self, sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False) -> None:
        """Words beside tables."""
        self._words(sheet, row, column, text, _BOLD if bold else _PLAIN, None)

    def _words(self, sheet: Worksheet, row: int, column: int, text: str, look: Look, place: str | None) -> None:
        # Spreadsheets re-read a cell that is edited: the quote prefix keeps it text even then.
        told = look + _QUOTED if is_formula_like(text) else look
        linked = self._linked(sheet, row, column, told, place)
        if text:
            sheet.write_string(row, column, _whole(clean(text)), linked)
        else:  # nothing, not a text of no letters: filters offer it as blank
            sheet.write_blank(row, column, None, linked)

    def _number(
        self, sheet: Worksheet, row: int, column: int, number: float, form: str, band: Band, place: str | None
    ) -> None:
        look: Look = (("num_format", form),)
        if band in FILLS:
            look += (("bg_color", FILLS[band]),)
        sheet.write_number(row, column, number, self._linked(sheet, row, column, look, place))

    def _linked(self, sheet: Worksheet, row: int, column: int, look: Look, place: str | None) -> Any:
        """The look of a cell, which leads to `place` where there is one; its value is written over that of the link."""
        if place is None:
            return self._look(look)
        found = self._look(look + _LINK)
        sheet.write_url(row, column, f"internal:{place}", found, "")
        return found

    def _look(self, look: Look) -> Any:
        found = self._known.get(look)
        if found is None:
            found = self._known[look] = self._book.add_format(dict(look))
        return found
