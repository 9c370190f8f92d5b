"""A report as tables of frozen values: what is in it, not how it looks (`crosscheck.report_files`). Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crosscheck.errors import CrosscheckError, Exit


class UnevenRow(CrosscheckError):
    """A report table has a row that is not as wide as its header."""

    number = 3065
    exit = Exit.INPUT
    sentence = "Row {row} of the table {table} has {cells} cells instead of {columns}."
    remedy = "This report can't be made: tell the developers which command made it."


class Band(enum.Enum):
    """Colour of a cell; of a share of points: reached, between, not reached."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that stands where figures stand: X."""

    sign: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A count or points; coloured where it says something by itself."""

    value: int
    band: Band = Band.PLAIN


@dataclass(frozen=True, slots=True)
class Decimal:
    """A measure shown with `digits` places."""

    value: float
    digits: int = 2


@dataclass(frozen=True, slots=True)
class Share:
    """A share 0..1, shown in per cent."""

    value: float
    band: Band = Band.PLAIN


@dataclass(frozen=True, slots=True)
class Withheld:
    """No figure, and why."""

    why: str


Cell = Text | Sign | Whole | Decimal | Share | Withheld
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; every row is as wide as `columns`. Raises E3065 when one is not."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise UnevenRow(row=index, table=self.title, cells=len(row), columns=len(self.columns))


@dataclass(frozen=True, slots=True)
class Report:
    """What one document holds: title, lines under it, tables."""

    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
