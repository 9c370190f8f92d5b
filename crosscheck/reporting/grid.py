"""A table for paper: how wide its columns are, how its cells break into lines, which rows stand on which page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from crosscheck import typeset
from crosscheck.report import Cell, Share, Table, Text, Whole
from crosscheck.report_text import clean, shown
from crosscheck.reporting.pen import BASE, LEADING, Line, Pen, Type, filled, lines, stroked, wide, words
from crosscheck.reporting.scene import FILLS

_SIZES = (9.0, 8.0, 7.0, 6.0, 5.5)
_PADDING = 4.0  # points, both sides of a cell together
_OVER, _UNDER = 1.5, 2.5
_EDGE, _HEADER = stroked("#8C8C8C"), filled("#E6E6E6")
_HAIR = 0.01


@dataclass(frozen=True, slots=True)
class GridCell:
    """Lines of a cell, its colour, and whether they stand to the left or in the middle."""

    lines: tuple[str, ...]
    fill: str = ""
    left: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row that is `high` points; `head`: of titles."""

    cells: tuple[GridCell, ...]
    high: float
    head: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table laid out for a width; columns in points."""

    size: float
    widths: tuple[float, ...]
    header: GridRow
    rows: tuple[GridRow, ...]

    @property
    def leading(self) -> float:
        return self.size * LEADING


def laid_out(table: Table, room: float) -> Grid:
    """The table in the largest type whose words stay whole in `room` points."""
    texts = [[shown(cell) for cell in row] for row in table.rows]
    titles = [clean(title) for title in table.columns]
    size, widths = _layout(titles, list(zip(*texts, strict=True)) or [()] * len(titles), room)
    rooms = [width - _PADDING for width in widths]
    heads = [GridCell(lines(t, w / size, typeset.BOLD)) for t, w in zip(titles, rooms, strict=True)]
    rows = tuple(
        _row(size, [_cell(cell, text, size, w) for cell, text, w in zip(cells, said, rooms, strict=True)])
        for cells, said in zip(table.rows, texts, strict=True)
    )
    return Grid(size, tuple(widths), _row(size, heads, head=True), rows)


def _cell(cell: Cell, text: str, size: float, room: float) -> GridCell:
    # Most cells are one line that fits.
    fits = "\n" not in text and wide(text) * size <= room
    broken = (text,) if fits else lines(text, room / size)
    fill = FILLS.get(cell.band, "") if isinstance(cell, Share | Whole) else ""
    return GridCell(broken, fill, isinstance(cell, Text))


def _row(size: float, cells: Sequence[GridCell], *, head: bool = False) -> GridRow:
    most = max((len(cell.lines) for cell in cells), default=1)
    return GridRow(tuple(cells), most * size * LEADING + _OVER + _UNDER, head)


# --- widths --------------------------------------------------------------------------------------


def _layout(titles: Sequence[str], columns: Sequence[Sequence[str]], room: float) -> tuple[float, list[float]]:
    """Size of type in points and widths of columns."""
    least = [_widest(title, words, column) for title, column in zip(titles, columns, strict=True)]
    for size in _SIZES:
        needed = [one * size + _PADDING + 1.0 for one in least]
        if sum(needed) <= room:
            whole = (_widest(title, str.splitlines, column) for title, column in zip(titles, columns, strict=True))
            return size, _shared(needed, [one * size + _PADDING + 1.0 for one in whole], room)
    # Too many columns even in the smallest type: long words break over lines, nothing is cut.
    needed = [one * _SIZES[-1] + _PADDING + 1.0 for one in least]
    return _SIZES[-1], [width * room / sum(needed) for width in needed]


def _widest(title: str, split: Callable[[str], list[str]], column: Sequence[str]) -> float:
    """How wide the longest word (or line) of a column is at one point of size, those of its title in bold."""
    pieces = {piece for text in set(column) for piece in split(text)}
    return max([0.0, *(wide(word, typeset.BOLD) for word in words(title)), *map(wide, pieces)])


def _shared(least: list[float], wanted: list[float], room: float) -> list[float]:
    """Give what is left over to the columns whose lines would like more."""
    short = [max(want - low, 0.0) for low, want in zip(least, wanted, strict=True)]
    left = room - sum(least)
    share = min(1.0, left / sum(short)) if sum(short) > 0 else 0.0
    return [low + more * share for low, more in zip(least, short, strict=True)]


# --- pages ---------------------------------------------------------------------------------------


def parts(grid: Grid, first: float, page: float) -> Iterator[tuple[GridRow, ...]]:
    """The rows that stand on one page after the other, the header over each: `first` points are left of this page, the
    others have `page`. Where there is no room here the first part is empty. A row that is higher than a page goes on on
    the next; a header that would take half of each page stands once."""
    repeated = (grid.header,) if grid.header.high <= page / 2 else ()
    most = page - sum(row.high for row in repeated)
    rows = list(reversed(grid.rows if repeated else (grid.header, *grid.rows)))
    left = first - page + most
    nothing = not rows and left < -_HAIR  # not even for the header of a table without rows
    while rows or nothing:
        here: list[GridRow] = []
        while rows and (cut := _cut(rows[-1], grid, left, most)) is not None:
            rows[-1:] = cut[1:]
            here.append(cut[0])
            left -= cut[0].high
        yield (*repeated, *here) if here else ()
        left, nothing = most, False
    if not grid.rows and repeated:
        yield repeated


def _cut(row: GridRow, grid: Grid, left: float, most: float) -> tuple[GridRow, ...] | None:
    """The row where it fits into what is left; what fits and the rest, of one that is higher than a page."""
    if row.high <= left + _HAIR:
        return (row,)
    count = int((left - _OVER - _UNDER + _HAIR) / grid.leading)
    if row.high <= most or count < 1:
        return None
    fitting = [replace(cell, lines=cell.lines[:count]) for cell in row.cells]
    rest = [replace(cell, lines=cell.lines[count:]) for cell in row.cells]
    return _row(grid.size, fitting, head=row.head), _row(grid.size, rest, head=row.head)


# --- drawing -------------------------------------------------------------------------------------


def draw(pen: Pen, grid: Grid, rows: Sequence[GridRow], x: float, top: float) -> float:
    """Some rows from the left edge `x` and the upper edge `top`; gives the lower edge."""
    edges = list(accumulate(grid.widths, initial=x))
    levels = list(accumulate((-row.high for row in rows), initial=top))
    _colour(pen, edges, levels, rows)
    across = [((x, y), (edges[-1], y)) for y in levels]
    pen.rule([*across, *(((edge, top), (edge, levels[-1])) for edge in edges)], _EDGE, 0.4)
    for font, head in ((typeset.BOLD, True), (typeset.REGULAR, False)):
        some = [(row, y) for row, y in zip(rows, levels, strict=False) if row.head is head]
        pen.write(_placed(grid, edges, some, font), Type(grid.size, font))
    return levels[-1]


def _colour(pen: Pen, edges: Sequence[float], levels: Sequence[float], rows: Sequence[GridRow]) -> None:
    boxes: dict[str, list[tuple[float, float, float, float]]] = {}
    for row, top in zip(rows, levels, strict=False):
        if row.head:
            boxes.setdefault(_HEADER, []).append((edges[0], top - row.high, edges[-1] - edges[0], row.high))
        for n, cell in enumerate(row.cells):
            if cell.fill:
                box = (edges[n], top - row.high, edges[n + 1] - edges[n], row.high)
                boxes.setdefault(filled(cell.fill), []).append(box)
    for ink, some in boxes.items():
        pen.fill(some, ink)


def _placed(grid: Grid, edges: Sequence[float], rows: Iterable[tuple[GridRow, float]], font: str) -> Iterator[Line]:
    """Lines of cells, those of a cell in the middle of its row. rows: each with its upper edge."""
    size, leading = grid.size, grid.leading
    for row, top in rows:
        for n, cell in enumerate(row.cells):
            free = row.high - _OVER - _UNDER - len(cell.lines) * leading
            y = top - _OVER - free / 2 - BASE * size
            for line in cell.lines:
                start = edges[n] + _PADDING / 2
                if not cell.left:
                    start = (edges[n] + edges[n + 1] - wide(line, font) * size) / 2
                yield start, y, line
                y -= leading
