"""Reports as plain text: cells in words, tables for a terminal, CSV. Standard library only."""

from __future__ import annotations

import csv
import decimal
import io
import math
import re
from collections.abc import Iterable
from functools import lru_cache

from crosscheck.i18n import translator
from crosscheck.report import Cell, Decimal, Report, Share, Sign, Table, Text, Whole, Withheld

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def shown(cell: Cell) -> str:
    """A cell as words, for paper."""
    match cell:
        case Text(text=text) | Sign(sign=text) | Withheld(why=text):
            return clean(text)
        case Whole(value=number):
            return str(number)
        case Decimal(value=value, digits=digits):
            return _rounded(value, digits)
        case Share(value=share):
            return _rounded(share * 100, 1) + " %"


@lru_cache(maxsize=1 << 14)  # the same figure goes into every format, and is measured before it is drawn
def _rounded(value: float, digits: int) -> str:
    """Halves go away from nought, as spreadsheets show them: one figure looks the same in every format. Figures are
    taken to twelve places first, so that a half which binary fractions can't hold is a half."""
    if not math.isfinite(value):
        return f"{value}"
    exact = decimal.Decimal(f"{value:.12f}").quantize(decimal.Decimal(1).scaleb(-digits), decimal.ROUND_HALF_UP)
    return f"{exact + 0:z.{digits}f}".replace(".", ",")


def clean(text: str) -> str:
    """Text without characters that neither XML nor paper can hold."""
    return _NOT_IN_XML.sub(" ", text)


def is_formula_like(text: str) -> bool:
    """Would a spreadsheet take the text for a formula when its cell is edited?"""
    return text.startswith(("=", "+", "-", "@"))


def text_of(report: Report) -> str:
    """The report as lines for a terminal: columns under each other, figures to the right."""
    blocks = ["\n".join([report.title, *report.lines]), *report.opening]
    for table in report.tables:
        rows = [[shown(cell) for cell in row] for row in table.rows]
        widths = [max(map(len, column)) for column in zip(table.columns, *rows, strict=True)]
        right = [all(not isinstance(row[at], Text) for row in table.rows) for at in range(len(widths))]
        lines = [
            "  ".join(text.rjust(w) if r else text.ljust(w) for text, w, r in zip(row, widths, right, strict=True))
            for row in [table.columns, *rows]
        ]
        blocks.append("\n".join([table.title, *(line.rstrip() for line in lines), *table.notes]))
    return "\n\n".join([*blocks, *report.closing])


def csv_of(table: Table) -> bytes:
    """A table as spreadsheets open it: lines of a fixed form over the header, figures as they are shown, semicolons
    between them."""
    rows = ([_guarded(cell) for cell in row] for row in table.rows)
    return _csv([*([_guarded(cell) for cell in row] for row in table.above), table.columns, *rows])


def csv_of_report(report: Report) -> bytes:
    """One table as it is; of several a line for each cell, because tables of different widths are no CSV file."""
    if len(report.tables) == 1:
        return csv_of(report.tables[0])
    _ = translator(report.language)
    columns = (_("Table"), _("Row"), _("Column"), _("Value"), _("How it is computed"), _("Of works"))
    return _csv([columns, *(line for table in report.tables for line in _cells(table))])


def _cells(table: Table) -> Iterable[list[str]]:
    for at, row in enumerate(table.rows):
        for column, cell in list(enumerate(row))[1:]:
            origin = table.origin(at, column)
            how = ("", "") if origin is None else (_text(origin.formula.text), str(origin.basis.n))
            yield [_text(table.title), _guarded(row[0]), _text(table.columns[column]), _guarded(cell), *how]


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: Cell) -> str:
    return _text(cell.text) if isinstance(cell, Text) else shown(cell)


def _text(text: str) -> str:
    # Spreadsheets run what begins like a formula, also out of a CSV file. A dash alone is none.
    text = clean(text)
    return f"'{text}" if len(text) > 1 and text.startswith(FORMULA_SIGNS) else text
