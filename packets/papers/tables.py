"""Tables as pieces: columns as wide as their longest word, cells wrapped, the head on every page, nothing cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from crosscheck.geometry import Box
from crosscheck.typeset import BOLD, REGULAR, Align, width
from packets.papers.blocks import Column, Side, Table
from packets.papers.ink import Ink, Rule, Set, Shade, moved, words

SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
_BESIDE, _ABOVE = 0.6, 0.8  # millimetres between a cell's text and its lines
_ALIGNED = {Side.LEFT: Align.LEFT, Side.CENTRE: Align.CENTRE, Side.RIGHT: Align.RIGHT}
_SLACK = 0.05  # widths are sums of fractions


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was set: from its top left corner, lines included."""

    height: float
    things: tuple[Ink, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """So many columns as lie side by side: the head, and the rows."""

    head: Row
    rows: tuple[Row, ...]


def parts(table: Table, room: float) -> Iterator[Part]:
    """The table in `room` millimetres: one part, or several under each other when its columns are too many."""
    size = next((size for size in SIZES if sum(_least(table, size)) <= room), SIZES[-1])
    for chosen in _side_by_side(table, size, room):
        part = _of_columns(table, chosen)
        yield _part(part, size, _widths(part, size, room))


# --- columns ------------------------------------------------------------------------------------


def _least(table: Table, size: float) -> list[float]:
    """Widths in which no word is broken."""
    return [
        max(column.least, _longest(column.title.split(), size, bold=True), _widest(table, at, size, str.split))
        for at, column in enumerate(table.columns)
    ]


def _widest(table: Table, at: int, size: float, pieces: Callable[[str], list[str]]) -> float:
    """The widest piece of a column's cells; sums stand in bold."""
    sums = len(table.rows) - table.totals
    plain, bold = (
        {piece for row in rows for piece in pieces(row[at])} for rows in (table.rows[:sums], table.rows[sums:])
    )
    return max(_longest(plain, size), _longest(bold, size, bold=True))


def _longest(texts: Sequence[str] | set[str], size: float, *, bold: bool = False) -> float:
    font = BOLD if bold else REGULAR
    return max((width(text, size, font) for text in texts), default=0.0) + 2 * _BESIDE + _SLACK


def _side_by_side(table: Table, size: float, room: float) -> Iterator[list[int]]:
    """Which columns lie side by side: all, or the keys and a share of the others, in as few parts as there is room."""
    least, keys = _least(table, size), list(range(table.keys))
    if not keys or sum(least) <= room:
        yield list(range(len(table.columns)))
        return
    left = room - sum(least[at] for at in keys)
    others = list(range(table.keys, len(table.columns)))
    greedy = _chunks(others, least, left)
    share = -(-len(others) // len(greedy))
    even = [others[at : at + share] for at in range(0, len(others), share)]
    fits = all(sum(least[at] for at in some) <= left for some in even)
    for some in even if fits else greedy:
        yield [*keys, *some]


def _chunks(columns: Sequence[int], least: Sequence[float], room: float) -> list[list[int]]:
    """As many columns in each part as there is room for, at least one."""
    found: list[list[int]] = [[]]
    for at in columns:
        if found[-1] and sum(least[one] for one in [*found[-1], at]) > room:
            found.append([])
        found[-1].append(at)
    return found


def _of_columns(table: Table, chosen: Sequence[int]) -> Table:
    return Table(
        tuple(table.columns[at] for at in chosen),
        tuple(tuple(row[at] for at in chosen) for row in table.rows),
        totals=table.totals,
        row_height=table.row_height,
    )


def _widths(table: Table, size: float, room: float) -> list[float]:
    least = _least(table, size)
    if sum(least) > room:
        return _capped(table.columns, least, room)
    wanted = [max(low, _widest(table, at, size, lambda text: text.split("\n"))) for at, low in enumerate(least)]
    short = sum(wanted) - sum(least)
    share = min(1.0, (room - sum(least)) / short) if short > 0 else 0.0
    widths = [low + (want - low) * share for low, want in zip(least, wanted, strict=True)]
    stretch, left = sum(column.stretch for column in table.columns), room - sum(widths)
    return [
        wide + (left * column.stretch / stretch if stretch else 0.0)
        for wide, column in zip(widths, table.columns, strict=True)
    ]


def _capped(columns: Sequence[Column], least: Sequence[float], room: float) -> list[float]:
    """Even in the smallest type words are too long: the widest columns give way, and break words over lines."""
    low, high = 0.0, max(least)
    for _step in range(40):
        cap = (low + high) / 2
        total = sum(max(column.least, min(want, cap)) for column, want in zip(columns, least, strict=True))
        low, high = (cap, high) if total <= room else (low, cap)
    return [max(column.least, min(want, low)) for column, want in zip(columns, least, strict=True)]


# --- rows ---------------------------------------------------------------------------------------


def _part(table: Table, size: float, widths: Sequence[float]) -> Part:
    titles = [column.title for column in table.columns]
    centred = [Align.CENTRE] * len(titles)
    sides = [_ALIGNED[column.side] for column in table.columns]
    sums = len(table.rows) - table.totals
    head = _row(titles, size, widths, centred, bold=True, least=0.0) if any(titles) else Row(0.0, ())
    return Part(
        head,
        tuple(
            _row(row, size, widths, sides, bold=at >= sums, least=table.row_height) for at, row in enumerate(table.rows)
        ),
    )


def _row(
    texts: Sequence[str], size: float, widths: Sequence[float], sides: Sequence[Align], *, bold: bool, least: float
) -> Row:
    cells: list[Set] = []
    left = 0.0
    for text, wide, side in zip(texts, widths, sides, strict=True):
        cells.append(words(text, left + _BESIDE, 0.0, wide - 2 * _BESIDE, size, bold=bold, align=side))
        left += wide
    high = max(least, *(cell.box.h + 2 * _ABOVE for cell in cells))
    things: list[Ink] = [Shade(Box(0, 0, left, high))] if bold else []
    for cell in cells:
        things += moved([cell], 0.0, (high - cell.box.h) / 2) if cell.text else []
    return Row(high, (*things, *_lines(widths, high)))


def _lines(widths: Sequence[float], high: float) -> Iterator[Rule]:
    """The four sides of every cell."""
    right = sum(widths)
    yield Rule((0, 0), (right, 0))
    yield Rule((0, high), (right, high))
    left = 0.0
    for wide in (*widths, 0.0):
        yield Rule((left, 0), (left, high))
        left += wide
