"""What did not come back: whole packets, sheets of packets, rows of sheets. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


class What(enum.StrEnum):
    """What is missing, or waits for another person."""

    PACKET = "packet"
    SHEET = "missing_sheet"
    ROW = "missing_row"
    CELLS = "missing_cells"  # of a row of which others came
    KEYED_ONCE = "keyed_once"  # a second person must key it
    KEYED_DIFFERENTLY = "keyed_differently"  # a third one must


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row of a sheet: how many cells it asks for, and how many of them have a score, were read with anything in them,
    were keyed by one person, keyed differently by several, and of how many nothing came at all."""

    number: str
    asked: int
    scored: int
    marked: int
    once: int
    differ: int
    lacking: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.scored or self.marked or self.once or self.differ)


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet of a packet with the rows that count. `read`: whether a scan of it was read."""

    packet: int
    sheet: int
    read: bool
    rows: tuple[RowSeen, ...]

    @property
    def came(self) -> bool:
        return self.read or any(row.anything for row in self.rows)


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing. `sheet` 0: all of the packet; `number` empty: all rows; `cells`: so many."""

    what: What
    packet: int
    sheet: int
    number: str
    cells: int


def missing(sheets: Iterable[SheetSeen]) -> list[Missing]:
    """What is missing of these sheets, named by the largest thing that is missing whole."""
    packets: dict[int, list[SheetSeen]] = {}
    for sheet in sheets:
        packets.setdefault(sheet.packet, []).append(sheet)
    return [one for packet in sorted(packets) for one in _of_packet(packet, packets[packet])]


def _of_packet(packet: int, sheets: Sequence[SheetSeen]) -> Iterator[Missing]:
    if not any(sheet.came for sheet in sheets):
        yield Missing(What.PACKET, packet, 0, "", sum(_cells(sheet) for sheet in sheets))
        return
    for sheet in sorted(sheets, key=lambda sheet: sheet.sheet):
        if _cells(sheet):
            yield from _of_sheet(sheet)


def _of_sheet(sheet: SheetSeen) -> Iterator[Missing]:
    if not sheet.came:
        yield Missing(What.SHEET, sheet.packet, sheet.sheet, "", _cells(sheet))
        return
    for row in sheet.rows:
        if row.asked and not row.anything:
            yield Missing(What.ROW, sheet.packet, sheet.sheet, row.number, row.asked)
        elif row.lacking:
            yield Missing(What.CELLS, sheet.packet, sheet.sheet, row.number, row.lacking)
        if row.once:
            yield Missing(What.KEYED_ONCE, sheet.packet, sheet.sheet, row.number, row.once)
        if row.differ:
            yield Missing(What.KEYED_DIFFERENTLY, sheet.packet, sheet.sheet, row.number, row.differ)


def _cells(sheet: SheetSeen) -> int:
    return sum(row.asked for row in sheet.rows)
