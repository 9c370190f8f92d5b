"""Charts of a workbook, over figures of their own on a sheet of charts."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook

from crosscheck.report import Bars, Chart, Lines, Ranges, Report, Table, Text, figure
from crosscheck.report_text import clean, shown
from crosscheck.reporting.cells import Looks
from crosscheck.reporting.drawing import Axis, axis_of
from crosscheck.reporting.scene import SERIES

_WIDTH, _HEIGHT, _BETWEEN = 907, 359, 22  # pixels, and rows that a chart takes
_LEAST, _LABEL = 16, 24  # pixels that a row has at least, characters of its label
_GRID = "#D0D0D0"


def drawable(table: Table, chart: Chart) -> bool:
    """Is the chart drawn? Whatever is on paper, and nothing else."""
    return axis_of(table, chart) is not None


def write_charts(book: Workbook, title: str, report: Report, looks: Looks) -> None:
    """A sheet of charts. What is withheld is an empty cell there, which charts leave out; its words in the table would
    be drawn as 0."""
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 0, 24)
    row = 0
    for table in report.tables:
        for chart in table.charts:
            if (axis := axis_of(table, chart)) is not None:
                row = _write_chart(book, sheet, table, chart, axis, row, looks)


def _write_chart(book: Workbook, sheet: Any, table: Table, chart: Chart, axis: Axis, row: int, looks: Looks) -> int:
    """Its figures from `row` on, the picture beside them; gives the next free row."""
    columns = _series(chart)
    looks.line(sheet, row, 0, chart.title, bold=True)
    for at, column in enumerate(columns, start=1):
        looks.header(sheet, row + 1, at, table.columns[column])
    for n, cells in enumerate(table.rows, start=row + 2):
        looks.put(sheet, n, 0, Text(_short(shown(cells[chart.labels]))))
        for at, column in enumerate(columns, start=1):
            if figure(cells[column]) is not None:
                looks.put(sheet, n, at, cells[column])
    last = row + 1 + len(table.rows)
    drawn = book.add_chart({"type": "column" if isinstance(chart, Bars) else "line"})
    for at in range(len(columns)):
        drawn.add_series(
            {
                "name": [sheet.get_name(), row + 1, at + 1],
                "categories": [sheet.get_name(), row + 2, 0, last, 0],
                "values": [sheet.get_name(), row + 2, at + 1, last, at + 1],
                **_dress(chart, at),
            }
        )
    _frame(drawn, chart, axis, len(table.rows))
    sheet.insert_chart(row, len(columns) + 2, drawn)
    return max(last + 2, row + _BETWEEN)


def _series(chart: Chart) -> tuple[int, ...]:
    match chart:
        case Lines(series=series) | Bars(series=series):
            return series
        case Ranges(middle=middle, low=low, high=high):
            return low, middle, high


def _dress(chart: Chart, n: int) -> dict[str, object]:
    """How a series looks: told apart by shape, too; ends of intervals are joined by a line."""
    colour = SERIES[n % len(SERIES)]
    match chart:
        case Bars():
            return {"fill": {"color": colour}, "gap": 40}
        case Lines():
            line = {"color": colour, "width": 2.25, "dash_type": ("solid", "dash")[n % 2]}
            mark = {"type": ("circle", "square")[n % 2], "fill": {"color": colour}, "border": {"color": colour}}
            return {"line": line, "marker": mark}
        case Ranges():
            return {"line": {"none": True}, "marker": {"type": ("long_dash", "circle", "long_dash")[n], "size": 7}}


def _short(label: str) -> str:
    """A label that stands upright under its point; the table beside has the whole text."""
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"


def _frame(drawn: Any, chart: Chart, axis: Axis, rows: int) -> None:
    form = {"num_format": "0%"} if axis.percent else {}
    grid = {"visible": True, "line": {"color": _GRID}}
    ends = {"min": axis.low, "max": axis.high, "major_unit": axis.step}
    drawn.set_y_axis({**ends, **form, "major_gridlines": grid})
    # Where points lie below 0 the labels stay at the foot.
    drawn.set_x_axis({"label_position": "low"})
    drawn.set_title({"name": clean(chart.title)})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": max(_WIDTH, rows * _LEAST), "height": _HEIGHT})
    if isinstance(chart, Ranges):
        drawn.set_high_low_lines()
