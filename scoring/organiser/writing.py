"""The form of a check point as XLSX: locked but for what is asked, with drop-downs; the same form, the same bytes."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from crosscheck.i18n import translator
from crosscheck.report_text import clean
from crosscheck.reporting.fillable import freeze_dates, put_text
from crosscheck.table_values import Place, column_letters
from scoring.organiser.layout import (
    HEADER,
    MOST,
    Choice,
    Clock,
    Count,
    Kind,
    Name,
    Note,
    Packets,
    PointForm,
    Section,
    Topic,
    lists,
    sections,
)

_OPEN, _SHUT = PatternFill("solid", fgColor="FFF9DB"), PatternFill("solid", fgColor="E6E6E6")
_EDGE = Side("thin", color="8C8C8C")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


def write_form(form: PointForm) -> bytes:
    """The file of a form."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _ = translator(form.language)
    for section in sections(form.procedure):
        _write_section(book.create_sheet(_(section.title)), form, section)
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = clean(f"{_('Report of a check point')}: {form.point}")
    book.properties.creator = "crosscheck"
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    freeze_dates(raw, out)
    return out.getvalue()


def _write_section(sheet: Worksheet, form: PointForm, section: Section) -> None:
    for place, text in form.fixed(section):
        cell = sheet.cell(place.row, place.column)
        put_text(cell, text, bold=place.row == 1 or place.row == HEADER)
        if place.row >= HEADER:
            cell.fill, cell.border, cell.alignment = _SHUT, _BORDER, Alignment(wrap_text=True, vertical="center")
    for place, asked in form.open_cells(section):
        cell = sheet.cell(place.row, place.column)
        cell.protection, cell.fill, cell.border = Protection(locked=False), _OPEN, _BORDER
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        # As text: a program would make a date of `14.30`, and a number of a packet's.
        cell.number_format = "0" if isinstance(asked.kind, Count) else "@"
    _restrict(sheet, form, section)
    _settle(sheet, section)


def _restrict(sheet: Worksheet, form: PointForm, section: Section) -> None:
    """Drop-downs and limits; the program says at once when something else is typed."""
    offered = {field.name: places for field, _choice, places in lists(section)}
    cells: dict[str, list[Place]] = {}
    for place, asked in form.open_cells(section):
        cells.setdefault(asked.name, []).append(place)
    for asked in section.fields:
        if asked.name in offered:
            first, last = offered[asked.name][0], offered[asked.name][-1]
            column = column_letters(first.column)
            rule = DataValidation("list", formula1=f"${column}${first.row}:${column}${last.row}", allow_blank=True)
        elif isinstance(asked.kind, Count):
            rule = DataValidation("whole", operator="between", formula1="0", formula2=str(MOST), allow_blank=True)
        else:
            continue
        rule.showErrorMessage = True
        rule.errorTitle = clean(translator(form.language)(asked.title))[:32]
        rule.add(f"{cells[asked.name][0]}:{cells[asked.name][-1]}")
        sheet.add_data_validation(rule)


def _width(kind: Kind) -> int:
    """Characters."""
    match kind:
        case Clock() | Count():
            return 12
        case Note() | Packets():
            return 48
        case Name():
            return 32
        case Choice():
            return 30


def _settle(sheet: Worksheet, section: Section) -> None:
    if section.topic is Topic.PROGRESS:
        widths = [44, 60]
    else:
        widths = [_width(asked.kind) for asked in section.fields]
        widths += [4, *(30 for _field in lists(section))]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = f"A{HEADER + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.sheet = True
