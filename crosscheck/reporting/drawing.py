"""Charts of a table as scenes. Pure. A chart of which no row has a figure is no scene: nothing is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosscheck.report import Bars, Cell, Chart, Lines, Ranges, Share, Table, figure
from crosscheck.report_text import shown
from crosscheck.reporting.scene import GRID, INK, PALE, SERIES, Anchor, Box, Dot, Scene, Shape, Stroke, Words, wide

_WIDTH, _TALL = 720.0, 250.0
_LEFT, _RIGHT, _TOP = 44.0, 12.0, 22.0
_SIZE = 8.0
_ROW = 13.0  # of a range
MOST_RANGES = 120  # more rows are no picture any more: the table says it better
_MARK = 2.6


def scenes(table: Table) -> tuple[Scene, ...]:
    """What can be drawn of the charts of a table."""
    drawn = (scene(table, chart) for chart in table.charts)
    return tuple(one for one in drawn if one is not None)


def scene(table: Table, chart: Chart) -> Scene | None:
    """One chart; None without a figure."""
    match chart:
        case Lines():
            return _lines(table, chart)
        case Bars():
            return _bars(table, chart)
        case Ranges():
            return _ranges(table, chart)


# --- axes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, a tick at every `step`; `percent`: figures are shares."""

    low: float
    high: float
    step: float
    percent: bool

    def place(self, value: float, start: float, end: float) -> float:
        """Where a value lies between two places."""
        return start + (value - self.low) / (self.high - self.low) * (end - start)

    def ticks(self) -> tuple[float, ...]:
        count = round((self.high - self.low) / self.step)
        return tuple(self.low + n * self.step for n in range(count + 1))

    def name(self, value: float) -> str:
        return f"{value * 100:.0f} %" if self.percent else f"{value:g}".replace(".", ",")


_ALL = Axis(0.0, 1.0, 0.2, percent=True)


def axis(cells: Sequence[Cell]) -> Axis:
    """The axis for these figures, at least one of them: from 0, or a round number below all, to one above all."""
    percent = any(isinstance(cell, Share) for cell in cells)
    values = [value for cell in cells if (value := figure(cell)) is not None]
    step = max(round_step(max(1e-9, *map(abs, values)) / 5), 0.01 if percent else 1.0)
    below, above = (max(0, math.ceil(end / step - 1e-9)) for end in (-min(values), max(values)))
    return Axis(-step * below if below else 0.0, step * (above or not below), step, percent)


def span(middles: Sequence[Cell], ends: Sequence[Cell]) -> Axis:
    """The axis for points, at least one of them, and the ends of their intervals: it begins near the least, or points
    would crowd far from 0; never below 0 where no point lies there, because a limit of a mean may."""
    percent = any(isinstance(cell, Share) for cell in middles)
    points = [value for cell in middles if (value := figure(cell)) is not None]
    values = [*points, *(value for cell in ends if (value := figure(cell)) is not None)]
    least = max(min(values), 0.0) if min(points) >= 0 else min(values)
    step = max(round_step(max(1e-9, max(values) - least) / 6), 0.01 if percent else 0.1)
    below, above = math.floor(least / step + 1e-9), math.ceil(max(values) / step - 1e-9)
    return Axis(step * below, step * max(above, below + 1), step, percent)


def axis_of(table: Table, chart: Chart) -> Axis | None:
    """The axis that a chart is read on; None where it isn't drawn: without a figure, or with too many ranges."""
    match chart:
        case Lines(series=series):
            return _axis_of(table, series, _ALL)
        case Bars(series=series):
            return _axis_of(table, series, None)
        case Ranges(middle=middle, low=low, high=high, line=line):
            rows = _ranged(table, chart)
            if not rows or len(rows) > MOST_RANGES:
                return None
            seen = [table.rows[n] for n in (rows if line is None else [*rows, line])]
            return span([row[middle] for row in seen], [row[end] for row in seen for end in (low, high)])


def _axis_of(table: Table, series: Sequence[int], whole: Axis | None) -> Axis | None:
    cells = [row[column] for row in table.rows for column in series]
    told = [cell for cell in cells if figure(cell) is not None]
    if not told:
        return None
    shares = all(isinstance(cell, Share) and 0 <= cell.value <= 1 for cell in told)
    return whole if whole is not None and shares else axis(told)


def _ranged(table: Table, chart: Ranges) -> list[int]:
    """The rows that have a point of their own."""
    return [n for n, row in enumerate(table.rows) if figure(row[chart.middle]) is not None and n != chart.line]


def round_step(rough: float) -> float:
    """The next of 1, 2, 5, 10, 20 ... from a number above 0."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= rough * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where the upright chart stands: slots of equal width, one for each row."""

    rows: int
    bottom: float
    axis: Axis

    @property
    def slot(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / self.rows

    def middle(self, row: int) -> float:
        return _LEFT + (row + 0.5) * self.slot

    def y(self, value: float) -> float:
        return self.axis.place(value, self.bottom, _TOP)


def _plot(table: Table, chart: Lines | Bars) -> _Plot | None:
    found = axis_of(table, chart)
    return None if found is None else _Plot(len(table.rows), _TALL, found)


def _grid(plot: _Plot) -> Iterator[Shape]:
    for tick in plot.axis.ticks():
        y = plot.y(tick)
        yield Stroke(((_LEFT, y), (_WIDTH - _RIGHT, y)), INK if tick == plot.axis.low else GRID, 0.6)
        yield Words(_LEFT - 4, y + _SIZE * 0.35, plot.axis.name(tick), _SIZE, Anchor.END, ink=PALE)


def _labels(table: Table, column: int, plot: _Plot) -> tuple[list[Shape], float]:
    """Labels under the slots, upright where they are wider than a slot, and how high they stand. Where slots are
    narrower than type, every second label is shown, or every fifth ..."""
    texts = [shown(row[column]) for row in table.rows]
    longest = max(wide(text, _SIZE) for text in texts)
    upright = longest > plot.slot - 2
    every = max(1, math.ceil((_SIZE + 2) / plot.slot)) if upright else 1
    height = min(longest, 120.0) + 8 if upright else _SIZE + 8
    made: list[Shape] = []
    for row in range(0, len(texts), every):
        x, text = plot.middle(row), _short(texts[row], 120.0)
        if upright:
            made.append(Words(x + _SIZE * 0.35, plot.bottom + 5, text, _SIZE, Anchor.END, upright=True))
        else:
            made.append(Words(x, plot.bottom + _SIZE + 4, text, _SIZE, Anchor.MIDDLE))
    return made, height


def _short(text: str, room: float) -> str:
    """The table beside has the whole text."""
    if wide(text, _SIZE) <= room:
        return text
    return text[: max(1, int(room / wide("x", _SIZE)) - 1)] + "…"


def _legend(table: Table, series: Sequence[int], y: float) -> Iterator[Shape]:
    if len(series) < 2:
        return
    x = _LEFT
    for n, column in enumerate(series):
        yield Stroke(((x, y - 3), (x + 18, y - 3)), _ink(n), 1.8, dashed=_second(n))
        yield Dot(x + 9, y - 3, _MARK, _ink(n), square=_second(n))
        yield Words(x + 23, y, table.columns[column], _SIZE)
        x += 23 + wide(table.columns[column], _SIZE) + 18


def _ink(n: int) -> str:
    return SERIES[n % len(SERIES)]


def _second(n: int) -> bool:
    return n % 2 == 1


def _hint(table: Table, row: int, labels: int, column: int) -> str:
    cells = table.rows[row]
    return f"{shown(cells[labels])}: {table.columns[column]} {shown(cells[column])}"


def _told(table: Table, labels: int, series: Sequence[int]) -> str:
    """What the picture shows, for those who don't see it."""
    parts = []
    for column in series:
        said = (f"{shown(row[labels])} {shown(row[column])}" for row in table.rows)
        parts.append(f"{table.columns[column]}: {'; '.join(said)}")
    return ". ".join(parts)


def _upright(table: Table, chart: Lines | Bars, plot: _Plot, drawn: Sequence[Shape]) -> Scene:
    labels, height = _labels(table, chart.labels, plot)
    foot = plot.bottom + height + 12
    shapes = (*_grid(plot), *drawn, *labels, *_legend(table, chart.series, foot))
    told = _told(table, chart.labels, chart.series)
    return Scene(chart.title, told, _WIDTH, foot + 6 if len(chart.series) > 1 else foot - 8, shapes)


# --- kinds of charts -----------------------------------------------------------------------------


def _lines(table: Table, chart: Lines) -> Scene | None:
    plot = _plot(table, chart)
    if plot is None:
        return None
    drawn: list[Shape] = []
    # The first series is what the report is about: it lies on top.
    for n, column in reversed(list(enumerate(chart.series))):
        values = [figure(row[column]) for row in table.rows]
        for piece in _pieces(values):
            points = tuple((plot.middle(row), plot.y(value)) for row, value in piece)
            if len(points) > 1:
                drawn.append(Stroke(points, _ink(n), 1.6, dashed=_second(n)))
            hints = [_hint(table, row, chart.labels, column) for row, _value in piece]
            marks = zip(points, hints, strict=True)
            drawn += [Dot(x, y, _MARK, _ink(n), square=_second(n), hint=hint) for (x, y), hint in marks]
    return _upright(table, chart, plot, drawn)


def _pieces(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Runs of rows that have figures."""
    runs: list[list[tuple[int, float]]] = [[]]
    for row, value in enumerate(values):
        if value is not None:
            runs[-1].append((row, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _bars(table: Table, chart: Bars) -> Scene | None:
    plot = _plot(table, chart)
    if plot is None:
        return None
    drawn: list[Shape] = []
    thick = min(plot.slot * 0.8, 60.0) / len(chart.series)
    for row, cells in enumerate(table.rows):
        for n, column in enumerate(chart.series):
            value = figure(cells[column])
            if value is not None and value > 0:
                x = plot.middle(row) + (n - len(chart.series) / 2) * thick
                y, hint = plot.y(value), _hint(table, row, chart.labels, column)
                drawn.append(Box(x, y, thick * 0.94, plot.bottom - y, _ink(n), hint))
    for limit in chart.limits:
        x = _LEFT + limit.row * plot.slot
        drawn.append(Stroke(((x, _TOP - 8), (x, plot.bottom)), INK, 1.0, dashed=True))
        drawn.append(Words(x + 2, _TOP - 10, limit.name, _SIZE))
    return _upright(table, chart, plot, drawn)


@dataclass(frozen=True, slots=True)
class _Across:
    """Where a lying chart stands: rows below each other, figures to the right of their names."""

    left: float
    bottom: float
    axis: Axis

    def x(self, value: float) -> float:
        return self.axis.place(value, self.left, _WIDTH - _RIGHT)


def _ranges(table: Table, chart: Ranges) -> Scene | None:
    """Rows below each other, so that long names stay readable."""
    found, rows = axis_of(table, chart), _ranged(table, chart)
    if found is None:
        return None
    names = {n: _short(shown(table.rows[n][chart.labels]), 220.0) for n in rows}
    left = max(wide(name, _SIZE) for name in names.values()) + 12
    plot = _Across(left, _TOP + len(rows) * _ROW, found)
    drawn = [*_scale(plot), *_reference(table, chart, plot)]
    for place, n in enumerate(rows):
        y = _TOP + (place + 0.5) * _ROW
        drawn.append(Words(left - 6, y + _SIZE * 0.35, names[n], _SIZE, Anchor.END))
        drawn += _range(table, chart, plot, n, y)
    told = _told(table, chart.labels, (chart.middle, chart.low, chart.high))
    return Scene(chart.title, told, _WIDTH, plot.bottom + 18, tuple(drawn))


def _scale(plot: _Across) -> Iterator[Shape]:
    for tick in plot.axis.ticks():
        yield Stroke(((plot.x(tick), _TOP), (plot.x(tick), plot.bottom)), GRID, 0.6)
        yield Words(plot.x(tick), plot.bottom + 11, plot.axis.name(tick), _SIZE, Anchor.MIDDLE, ink=PALE)


def _reference(table: Table, chart: Ranges, plot: _Across) -> Iterator[Shape]:
    """The line that all rows are compared with."""
    cells = None if chart.line is None else table.rows[chart.line]
    value = None if cells is None else figure(cells[chart.middle])
    if cells is None or value is None:
        return
    name = f"{shown(cells[chart.labels])}: {shown(cells[chart.middle])}"
    yield Stroke(((plot.x(value), _TOP - 6), (plot.x(value), plot.bottom)), SERIES[1], 1.2, dashed=True)
    yield Words(plot.x(value), _TOP - 9, name, _SIZE, Anchor.MIDDLE)


def _range(table: Table, chart: Ranges, plot: _Across, row: int, y: float) -> Iterator[Shape]:
    low, high, middle = (figure(table.rows[row][column]) for column in (chart.low, chart.high, chart.middle))
    if low is not None and high is not None:
        # A limit of a mean may lie where no score can.
        ends = (min(max(end, plot.axis.low), plot.axis.high) for end in (low, high))
        yield Stroke(tuple((plot.x(end), y) for end in ends), SERIES[0], 1.6)
    if middle is not None:
        yield Dot(plot.x(middle), y, _MARK, SERIES[0], hint=_hint(table, row, chart.labels, chart.middle))
