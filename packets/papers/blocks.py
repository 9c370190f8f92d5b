"""What a paper says, block after block, as frozen values. How it is set stands in `setting` and `tables`. Pure.

Sizes of type are in points, all else in millimetres.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crosscheck.labels import Label

BODY = 10.0  # points


class Side(enum.Enum):
    """Where the text of a column stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    size: float = BODY
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; it never stands alone at the foot of a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Captions with what is known; where a value is empty, a line for a hand."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines to write on, under a caption (which may be empty)."""

    caption: str
    lines: int


@dataclass(frozen=True, slots=True)
class Ticks:
    """Boxes to tick, one under the other."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticked:
    """Boxes of which one is ticked already: item `which` (from 0)."""

    items: tuple[str, ...]
    which: int


@dataclass(frozen=True, slots=True)
class Steps:
    """Numbered steps."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. least: what a hand needs. stretch: its share of the width that is left over."""

    title: str
    least: float = 0.0
    stretch: float = 0.0
    side: Side = Side.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is repeated on every page.

    keys: so many first columns are repeated when not all columns fit side by side; 0: they are never parted.
    totals: so many last rows are sums. row_height: at least so high, for a hand.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: int = 0
    totals: int = 0
    row_height: float = 0.0


@dataclass(frozen=True, slots=True)
class Signatures:
    """A line to sign and one for the name for each role, captioned; a line for the date under them, or none."""

    roles: tuple[str, ...]
    signature: str
    name: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class NextPage:
    """What follows begins on a page of its own."""


Block = Words | Heading | Facts | Lines | Ticks | Ticked | Steps | Table | Signatures | NextPage


@dataclass(frozen=True, slots=True)
class Upright:
    """A4, upright."""


@dataclass(frozen=True, slots=True)
class Across:
    """A4, lying."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A4, upright, with the marks and codes of a cover: a scanner sets it aside by itself."""

    label: Label


Sheet = Upright | Across | Coded


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper, its pages numbered from 1. about: the procedure. place: for whom (a school, a check point) or empty.
    foot: stands at the foot of every page."""

    title: str
    about: str
    place: str
    blocks: tuple[Block, ...]
    sheet: Sheet = Upright()
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a card: smaller than `size` where it must be, in `height` millimetres."""

    text: str
    size: float
    height: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards side by side: to cut along thin lines (`cut`), or labels that lie at the edges of the paper. `head` stands
    above those to cut."""

    cards: tuple[tuple[Line, ...], ...]
    columns: int
    rows: int
    cut: bool
    head: str = ""


Printed = Paper | Cards
