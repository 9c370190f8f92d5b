"""What a workbook has beside its tables: how figures were computed, and charts of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from crosscheck.i18n import translator
from crosscheck.report import Bars, Basis, Cell, Chart, Formula, Lines, Ranges, Report, Share, Table, Text, figure
from crosscheck.report_text import shown
from crosscheck.reporting.cells import Looks, put_text
from crosscheck.reporting.scene import SERIES

_WIDTH, _HEIGHT, _BETWEEN = 24.0, 9.5, 22  # centimetres, and rows that a chart takes
_FIRST = 1


@dataclass(frozen=True, slots=True)
class Origins:
    """Where on the sheet of origins each formula and each basis stands."""

    title: str
    formulas: dict[str, int]
    bases: dict[Basis, int]

    def of(self, formula: Formula | None) -> str | None:
        """The place of a formula."""
        return None if formula is None else f"'{self.title}'!A{self.formulas[formula.key]}"

    def of_row(self, basis: Basis | None) -> str | None:
        """The place of what a row is computed from."""
        return None if basis is None else f"'{self.title}'!A{self.bases[basis]}"


def origins_of(report: Report, title: str) -> Origins:
    """The places that `write_origins` fills."""
    formulas, bases = report.formulas(), report.bases()
    first = _FIRST + 3 + len(formulas) + 3
    return Origins(
        title,
        {formula.key: _FIRST + 3 + n for n, formula in enumerate(formulas)},
        {basis: first + n for n, basis in enumerate(bases)},
    )


def write_origins(sheet: Worksheet, report: Report, origins: Origins, looks: Looks) -> None:
    """Formulas first, then what each row was computed from: how many works, and in which files they stand."""
    _ = translator(report.language)
    put_text(sheet.cell(_FIRST, 1), origins.title, bold=True)
    for column, title in enumerate((_("Figure"), _("How it is computed")), start=1):
        looks.header(sheet.cell(_FIRST + 2, column), title)
    for formula in report.formulas():
        for column, text in enumerate((formula.name, formula.text), start=1):
            looks.put(sheet.cell(origins.formulas[formula.key], column), Text(text))
    bases = report.bases()
    if bases:
        titles = (_("Row"), _("Works and where they stand"), _("Works"))
        for column, title in enumerate(titles, start=1):
            looks.header(sheet.cell(min(origins.bases.values()) - 1, column), title)
    for basis in bases:
        row = origins.bases[basis]
        looks.put(sheet.cell(row, 1), Text(basis.name))
        looks.put(sheet.cell(row, 2), Text(", ".join(basis.files)))
        sheet.cell(row, 3).value = basis.n
    for letter, width in (("A", 44), ("B", 90), ("C", 10)):
        sheet.column_dimensions[letter].width = width


# --- charts --------------------------------------------------------------------------------------


def drawable(table: Table, chart: Chart) -> bool:
    """Has the chart a figure to show?"""
    columns = _series(chart)
    return any(figure(row[column]) is not None for row in table.rows for column in columns)


def write_charts(sheet: Worksheet, report: Report, looks: Looks) -> None:
    """Charts over figures of their own on this sheet: what is withheld is an empty cell there, which charts leave out;
    its words in the table would be drawn as 0."""
    row = 1
    for table in report.tables:
        for chart in table.charts:
            if drawable(table, chart):
                row = _write_chart(sheet, table, chart, row, looks)
    sheet.column_dimensions["A"].width = 24


def _write_chart(sheet: Worksheet, table: Table, chart: Chart, row: int, looks: Looks) -> int:
    """Its figures from `row` on, the picture beside them; gives the next free row."""
    columns = _series(chart)
    put_text(sheet.cell(row, 1), chart.title, bold=True)
    for at, column in enumerate(columns, start=2):
        looks.header(sheet.cell(row + 1, at), table.columns[column])
    for n, cells in enumerate(table.rows, start=row + 2):
        looks.put(sheet.cell(n, 1), Text(shown(cells[chart.labels])))
        for at, column in enumerate(columns, start=2):
            if figure(cells[column]) is not None:
                looks.put(sheet.cell(n, at), cells[column])
    last = row + 1 + len(table.rows)
    drawn = _drawn(table, chart, columns)
    drawn.add_data(Reference(sheet, 2, row + 1, 1 + len(columns), last), titles_from_data=True)
    drawn.set_categories(Reference(sheet, 1, row + 2, 1, last))
    _dress(drawn, chart)
    sheet.add_chart(drawn, f"{get_column_letter(len(columns) + 3)}{row}")
    return max(last + 2, row + _BETWEEN)


def _series(chart: Chart) -> tuple[int, ...]:
    match chart:
        case Lines(series=series) | Bars(series=series):
            return series
        case Ranges(middle=middle, low=low, high=high):
            return low, middle, high


def _drawn(table: Table, chart: Chart, columns: Sequence[int]) -> LineChart | BarChart:
    drawn = BarChart() if isinstance(chart, Bars) else LineChart()
    drawn.title, drawn.width, drawn.height = chart.title, _WIDTH, _HEIGHT
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=_line("D0D0D0")))
    cells: list[Cell] = [row[column] for row in table.rows for column in columns]
    drawn.y_axis.scaling.min = 0
    if any(isinstance(cell, Share) for cell in cells):
        drawn.y_axis.number_format = "0%"
    if isinstance(chart, Lines):
        drawn.y_axis.scaling.max = 1
    drawn.legend.position = "b"
    drawn.title.overlay = drawn.legend.overlay = False  # or some programs write them over the bars
    if isinstance(chart, Bars):
        drawn.gapWidth = 40
    return drawn


def _line(colour: str) -> object:
    from openpyxl.drawing.line import LineProperties

    return LineProperties(solidFill=colour)


def _dress(drawn: LineChart | BarChart, chart: Chart) -> None:
    """Series told apart by shape, too; ends of intervals joined by a line."""
    for n, series in enumerate(drawn.series):
        colour = SERIES[n % len(SERIES)].removeprefix("#")
        match chart:
            case Bars():
                series.graphicalProperties.solidFill = colour
            case Lines():
                series.marker.symbol, series.smooth = ("circle", "square")[n % 2], False
                series.graphicalProperties.line.solidFill = colour
                series.graphicalProperties.line.dashStyle = ("solid", "dash")[n % 2]
            case Ranges():
                series.graphicalProperties.line.noFill = True
                series.marker.symbol = ("dash", "circle", "dash")[n]
    if isinstance(chart, Ranges):
        drawn.hiLowLines = ChartLines()
