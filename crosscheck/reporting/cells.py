"""Cells of workbooks. Text stays text; how a cell looks is made once for each workbook and shared."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from typing import Any

from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from crosscheck.report import Band, Cell, Decimal, Share, Sign, Text, Whole, Withheld
from crosscheck.report_text import clean

FILLS = {Band.GREEN: "C9E7B5", Band.YELLOW: "FFF0A8", Band.RED: "F6B9B4"}
_LINK = "1F4E79"


def put_text(cell: SheetCell, text: str, bold: bool = False) -> None:
    """Text stays text, whatever it begins with."""
    _say(cell, text)
    cell.font = Font(bold=bold)
    _keep_text(cell, text)


def _say(cell: SheetCell, text: str) -> None:
    cell.value = clean(text)
    cell.data_type = "s"  # openpyxl takes a leading = for a formula


def _is_formula_like(text: str) -> bool:
    return text.startswith(("=", "+", "-", "@"))


def _keep_text(cell: SheetCell, text: str) -> None:
    # Spreadsheets re-read a cell that is edited: the quote prefix keeps it text even then.
    cell.quotePrefix = _is_formula_like(text)


class Looks:
    """How the cells of one workbook look. Looking a style up takes longer than all else, so each is made once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}

    def put(self, cell: SheetCell, value: Cell) -> None:
        """A cell of a report: numbers as numbers with their format, words as text."""
        match value:
            case Text(text=text):
                self._words(cell, text, "text", _as_text)
            case Sign(sign=sign):
                self._words(cell, sign, "sign", _as_sign)
            case Withheld(why=why):
                self._words(cell, why, "withheld", _as_withheld)
            case Whole(value=number, band=band):
                cell.value = number
                self._look(cell, ("0", band), lambda made: _as_number(made, "0", band))
            case Decimal(value=figure, digits=digits):
                cell.value, form = figure, "0." + "0" * digits if digits else "0"
                self._look(cell, form, lambda made: _as_number(made, form, Band.PLAIN))
            case Share(value=share, band=band):
                cell.value = share
                self._look(cell, ("0.0%", band), lambda made: _as_number(made, "0.0%", band))

    def header(self, cell: SheetCell, title: str) -> None:
        self._words(cell, title, "header", _as_header)

    def link(self, cell: SheetCell, place: str) -> None:
        """The cell leads to a place of this workbook, `'Sheet'!A1`."""
        cell.hyperlink = f"#{place}"
        self._look(cell, ("link", tuple(cell._style)), _as_link)

    def _words(self, cell: SheetCell, text: str, name: str, make: Callable[[SheetCell], None]) -> None:
        _say(cell, text)
        quoted = _is_formula_like(text)

        def made(one: SheetCell) -> None:
            make(one)
            one.quotePrefix = quoted

        self._look(cell, (name, quoted), made)

    def _look(self, cell: SheetCell, name: Hashable, make: Callable[[SheetCell], None]) -> None:
        if name not in self._known:
            make(cell)
            self._known[name] = copy(cell._style)
        else:
            cell._style = copy(self._known[name])


def _as_text(cell: SheetCell) -> None:
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _as_sign(cell: SheetCell) -> None:
    cell.alignment = Alignment(horizontal="right")


def _as_withheld(cell: SheetCell) -> None:
    cell.font = Font(italic=True, color="707070")


def _as_header(cell: SheetCell) -> None:
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.fill = PatternFill("solid", fgColor="E6E6E6")
    cell.border = Border(bottom=Side("thin"))


def _as_number(cell: SheetCell, form: str, band: Band) -> None:
    cell.number_format = form
    if band in FILLS:
        cell.fill = PatternFill("solid", fgColor=FILLS[band])


def _as_link(cell: SheetCell) -> None:
    cell.font = Font(bold=cell.font.b, color=_LINK, underline="single")
