"""Is all of a TIFF there? Asked of a file that somebody may still be writing. Only its directories are read.

A TIFF has no end mark: it names places. It is whole when every place that it names lies inside the file, its chain of
directories ends, and nothing lies behind the last place: that would be a page whose directory is not written yet.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import BinaryIO, Literal

HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_LETTERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_PIECES = ((273, 279), (324, 325))  # where strips and tiles lie, and how long each is
_MOST_PAGES, _MOST_PIECES = 5000, 1_000_000
_SLACK = 64  # bytes behind the last place that may be padding


@dataclass(frozen=True, slots=True)
class _Entry:
    """A field of a directory: its type, how many values, where they lie."""

    kind: int
    count: int
    at: int

    @property
    def end(self) -> int:
        return self.at + _SIZES.get(self.kind, 1) * self.count


class _NotWhole(Exception):
    """Something that the file names is not there."""


@dataclass(frozen=True, slots=True)
class _Tiff:
    """An open TIFF: byte order as `struct` has it, whether places are 8 bytes long, its size."""

    file: BinaryIO
    order: Literal["<", ">"]
    big: bool
    size: int

    def numbers(self, at: int, letters: str) -> tuple[int, ...]:
        """Numbers from a place on. Raises _NotWhole where the file ends before."""
        layout = struct.Struct(self.order + letters)
        if not 0 < at <= self.size - layout.size:
            raise _NotWhole
        self.file.seek(at)
        found = self.file.read(layout.size)
        if len(found) != layout.size:
            raise _NotWhole
        return layout.unpack(found)


def all_there(file: BinaryIO, size: int) -> bool:
    """Whether an open TIFF of `size` bytes is whole. One that makes no sense is not."""
    file.seek(0)
    head = file.read(4)
    if head not in HEADS:
        return False
    tiff = _Tiff(file, "<" if head[:1] == b"I" else ">", b"+" in head, size)
    try:
        last = max(_ends(tiff), default=0)
    except _NotWhole:
        return False
    return size - _SLACK <= last <= size


def _ends(tiff: _Tiff) -> Iterator[int]:
    """Where all ends that the file names. Raises _NotWhole."""
    (at,) = tiff.numbers(8, "Q") if tiff.big else tiff.numbers(4, "I")
    seen: set[int] = set()
    if not at:
        raise _NotWhole
    while at:
        if at in seen or len(seen) >= _MOST_PAGES:
            raise _NotWhole
        seen.add(at)
        entries, end, at = _directory(tiff, at)
        yield end
        yield from _ends_of(tiff, entries)


def _directory(tiff: _Tiff, at: int) -> tuple[dict[int, _Entry], int, int]:
    """The fields of a directory by number, where it ends, and where the next one is (0: nowhere)."""
    (count,) = tiff.numbers(at, "Q" if tiff.big else "H")
    first, length, room = (at + 8, 20, 8) if tiff.big else (at + 2, 12, 4)
    if count > 0xFFFF:
        raise _NotWhole
    entries = {}
    for place in range(first, first + count * length, length):
        tag, kind, values = tiff.numbers(place, "HHQ" if tiff.big else "HHI")
        entry = _Entry(kind, values, place + length - room)
        if entry.end - entry.at > room:
            (elsewhere,) = tiff.numbers(entry.at, "Q" if tiff.big else "I")
            entry = _Entry(kind, values, elsewhere)
        entries[tag] = entry
    end = first + count * length
    (following,) = tiff.numbers(end, "Q" if tiff.big else "I")
    return entries, end + room, following


def _ends_of(tiff: _Tiff, entries: dict[int, _Entry]) -> Iterator[int]:
    for entry in entries.values():
        if entry.end > tiff.size:
            raise _NotWhole
        yield entry.end
    for places, lengths in _PIECES:
        if places in entries and lengths in entries:
            pieces = zip_longest(_values(tiff, entries[places]), _values(tiff, entries[lengths]), fillvalue=0)
            for place, length in pieces:
                if place + length > tiff.size or (length and not place):
                    raise _NotWhole
                yield place + length


def _values(tiff: _Tiff, entry: _Entry) -> Sequence[int]:
    letter = _LETTERS.get(entry.kind)
    if letter is None or entry.count > _MOST_PIECES:
        raise _NotWhole
    return tiff.numbers(entry.at, f"{entry.count}{letter}")
