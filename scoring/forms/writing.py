"""An electronic form as an XLSX file: only score cells and what else is asked may be changed; the same form gives the
same bytes, on any day and computer.

The sheet is protected without a password: that keeps hands off by mistake, and proves nothing. What comes back is
read as if nothing had been protected.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from crosscheck.i18n import translator
from crosscheck.register_rows import MOST_VARIANTS
from crosscheck.report_text import clean
from crosscheck.reporting.fillable import freeze_dates, put_text
from crosscheck.reporting.workbook import sheet_title
from crosscheck.table_values import Place
from scoring.forms.layout import (
    SEX_WORDS,
    CodeColumn,
    Column,
    Datum,
    DatumColumn,
    FixedColumn,
    Form,
    ScoreColumn,
    SumColumn,
    choices,
)
from scoring.forms.values import MARKS, NO_MARK_WORD

_OPEN, _SHUT = PatternFill("solid", fgColor="FFF9DB"), PatternFill("solid", fgColor="E6E6E6")
_EDGE = Side("thin", color="8C8C8C")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_NARROWEST, _WIDEST = 7, 40  # characters
_LINE = 15  # points


Known = Mapping[str, Mapping[Datum, str]]  # by participant code, in the spelling of the ledger


def write_form(form: Form, known: Known = MappingProxyType({})) -> bytes:
    """The file of a form. known: what stands in it already of a participant, for the school to correct; it is no part
    of what the form is known by."""
    book = Workbook()
    sheet = book.active
    sheet.title = sheet_title(form.title, set())
    _write_head(sheet, form)
    for row, code in enumerate(form.participants, start=form.header + 1):
        _write_row(sheet, form, row, code, known.get(code, {}))
    for number, column in enumerate(form.columns, start=1):
        _restrict(sheet, form, number, column)
        sheet.column_dimensions[get_column_letter(number)].width = _width(form, column)
    _settle_sheet(sheet, form)
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = clean(form.title)
    book.properties.creator = "crosscheck"
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    freeze_dates(raw, out)
    return out.getvalue()


def _write_head(sheet: Worksheet, form: Form) -> None:
    for place, text in form.fixed():
        label = place.column == 1
        put_text(sheet.cell(place.row, place.column), text, bold=place.row == 1 or not label)
    for number in range(1, len(form.columns) + 1):
        cell = sheet.cell(form.header, number)
        cell.alignment, cell.fill, cell.border, cell.font = _MIDDLE, _SHUT, _BORDER, Font(bold=True)


def _write_row(sheet: Worksheet, form: Form, row: int, code: str, known: Mapping[Datum, str]) -> None:
    for number, column in enumerate(form.columns, start=1):
        cell = sheet.cell(row, number)
        cell.alignment, cell.border = Alignment(horizontal="center"), _BORDER
        match column:
            case CodeColumn():
                _put_shut(cell, code)
            case FixedColumn(text=text):
                _put_shut(cell, text)
            case SumColumn():
                cell.value, cell.fill, cell.number_format = form.sum_of(row), _SHUT, "0"
            case ScoreColumn():
                cell.protection, cell.fill = Protection(locked=False), _OPEN
            case DatumColumn(datum=datum):
                cell.protection, cell.fill = Protection(locked=False), _OPEN
                cell.value = _shown(datum, known.get(datum, ""), form.language)


def _shown(datum: Datum, said: str, language: str) -> str | int | None:
    """As the cell offers it; None for what isn't known."""
    if not said:
        return None
    return SEX_WORDS[language]["mf".index(said)] if datum is Datum.SEX else int(said)


def _put_shut(cell: Cell, text: str) -> None:
    put_text(cell, text)
    cell.number_format, cell.fill = "@", _SHUT


def _restrict(sheet: Worksheet, form: Form, number: int, column: Column) -> None:
    """A drop-down with what is allowed; the program says so at once when something else is typed."""
    offered = _offered(form, column)
    if offered is None or not form.participants:
        return
    _ = translator(form.language)
    rule = (
        DataValidation("list", formula1=f'"{",".join(offered)}"', allow_blank=True)
        if offered
        else DataValidation("whole", operator="between", formula1="1", formula2=str(MOST_VARIANTS), allow_blank=True)
    )
    rule.showErrorMessage = True
    rule.errorTitle = clean(column.title)[:32]
    if isinstance(column, DatumColumn):
        rule.showInputMessage = True
        rule.prompt = _("Filled in as far as it is known here: correct what is wrong; an empty cell is yours to fill.")
    rule.error = _("Allowed: {values}").format(values=", ".join(offered) or f"1-{MOST_VARIANTS}")[:255]
    first, last = Place(form.header + 1, number), Place(form.header + len(form.participants), number)
    rule.add(f"{first}:{last}")
    sheet.add_data_validation(rule)


def _offered(form: Form, column: Column) -> Sequence[str] | None:
    """What a drop-down lists; empty for a number without one, None where nothing is typed."""
    match column:
        case ScoreColumn():
            return choices(column, form.language)
        case DatumColumn(datum=Datum.SEX):
            return SEX_WORDS[form.language]
        case DatumColumn(datum=Datum.VARIANT):
            return ()
        case DatumColumn():
            return (*map(str, MARKS), NO_MARK_WORD[form.language])
        case _:
            return None


def _width(form: Form, column: Column) -> int:
    """Characters: as wide as the longest word of the title, and as what stands below it."""
    words = [*column.title.split(), " " * (_NARROWEST - 2)]
    match column:
        case CodeColumn():
            # The labels above the table stand in this column, too, with their values beside them.
            words += [*form.participants, *(label for label, _value in form.lines)]
        case FixedColumn(text=text):
            words.append(text)
    return min(max(map(len, words)) + 2, _WIDEST)


def _settle_sheet(sheet: Worksheet, form: Form) -> None:
    """Frozen panes, print across on one page's width, protection."""
    lines = max(len(textwrap.wrap(column.title, _width(form, column) - 1)) for column in form.columns)
    sheet.row_dimensions[form.header].height = _LINE * lines + _LINE / 2
    sheet.freeze_panes = f"B{form.header + 1}"
    sheet.print_title_rows = f"{form.header}:{form.header}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.sheet = True
