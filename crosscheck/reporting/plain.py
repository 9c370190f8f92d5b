"""A report as JSON, for programs. The same report, the same bytes."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from crosscheck.report import Band, Cell, Origin, Report, Row, Share, Sign, Table, Text, Whole, Withheld, figure

FORMAT = 1


def write_json(report: Report, out: BinaryIO) -> None:
    """Write the report: each figure with what it comes `from`. What is withheld has `withheld` and no value."""
    out.write(json.dumps(json_of(report), ensure_ascii=False, allow_nan=False).encode() + b"\n")


def json_of(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return {
        "format": FORMAT,
        "title": report.title,
        "lines": list(report.lines),
        "language": report.language,
        "formulas": {formula.key: {"name": formula.name, "text": formula.text} for formula in report.formulas()},
        "tables": [_table(table) for table in report.tables],
        # Letters alone have paragraphs.
        **({"opening": list(report.opening), "closing": list(report.closing)} if report.closing else {}),
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [_row(table, at, row) for at, row in enumerate(table.rows)]
    said = {"title": table.title, "columns": list(table.columns), "rows": rows, "notes": list(table.notes)}
    # Only fixed forms have lines over the header.
    return {**said, "above": [[_cell(cell, None) for cell in row] for row in table.above]} if table.above else said


def _row(table: Table, at: int, row: Row) -> list[dict[str, Any]]:
    return [_cell(cell, table.origin(at, column)) for column, cell in enumerate(row)]


def _cell(cell: Cell, origin: Origin | None) -> dict[str, Any]:
    match cell:
        case Text(text=text) | Sign(sign=text):
            return {"text": text}
        case Withheld(why=why):
            return {"withheld": why}
        case _:
            said: dict[str, Any] = {"value": figure(cell) if not isinstance(cell, Whole) else cell.value}
            if isinstance(cell, Share | Whole) and cell.band is not Band.PLAIN:
                said["band"] = cell.band.value
            if origin is not None:
                basis = origin.basis
                said["from"] = {
                    "formula": origin.formula.key,
                    "of": basis.name,
                    "n": basis.n,
                    "rows": list(basis.files),
                }
            return said
