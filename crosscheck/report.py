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


class OriginsUneven(CrosscheckError):
    """A report table says of more or fewer columns and rows where they come from than it has."""

    number = 3150
    exit = Exit.INPUT
    sentence = "The table {table} names {formulas} formulas and {bases} sources, which don't fit its columns and rows."
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


# --- where figures come from -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Basis:
    """What the figures of a row are computed from: so many works, and the files in which their rows stand."""

    name: str
    n: int
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """How the figures of a column are computed. key: ASCII, one formula in a report. basis: what the whole column is
    computed from, where that isn't what its rows are: figures of the district beside those of a school."""

    key: str
    name: str
    text: str
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one figure comes from."""

    formula: Formula
    basis: Basis


# --- pictures: each shows columns of the table that it belongs to ----------------------------------


@dataclass(frozen=True, slots=True)
class Lines:
    """A line for each column of `series`, over the labels: a profile. Where there is no figure the line has a gap."""

    title: str
    labels: int
    series: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A line before a bar: the row of the table that it stands before, and what begins there."""

    row: int
    name: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of the columns `series`, side by side: a distribution."""

    title: str
    labels: int
    series: tuple[int, ...]
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranges:
    """A point and an interval for each row; `line`: the row whose point is drawn as a line through all."""

    title: str
    labels: int
    middle: int
    low: int
    high: int
    line: int | None = None


Chart = Lines | Bars | Ranges


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; every row is as wide as `columns`. Raises E3065 when one is not.

    formulas: of each column, bases: of each row, where figures are computed; both empty where nothing is. above: lines
    of fixed forms that stand over the header, as wide as the table."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    formulas: tuple[Formula | None, ...] = ()
    bases: tuple[Basis | None, ...] = ()
    charts: tuple[Chart, ...] = ()
    above: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise UnevenRow(row=index, table=self.title, cells=len(row), columns=len(self.columns))
        told = (self.formulas, self.columns), (self.bases, self.rows)
        if any(said and len(said) != len(asked) for said, asked in told):
            raise OriginsUneven(table=self.title, formulas=len(self.formulas), bases=len(self.bases))

    def formula(self, column: int) -> Formula | None:
        """How the figures of a column are computed."""
        return self.formulas[column] if self.formulas else None

    def basis(self, row: int) -> Basis | None:
        """What the figures of a row are computed from."""
        return self.bases[row] if self.bases else None

    def origin(self, row: int, column: int) -> Origin | None:
        """Where the figure of a cell comes from; None where there is none, or nothing is computed."""
        formula = self.formula(column)
        if formula is None or figure(self.rows[row][column]) is None:
            return None
        basis = formula.basis or self.basis(row)
        return None if basis is None else Origin(formula, basis)


def figure(cell: Cell) -> float | None:
    """The number that a cell holds; None where it holds none. What is withheld is never 0."""
    match cell:
        case Whole(value=value) | Decimal(value=value) | Share(value=value):
            return float(value)
        case Text() | Sign() | Withheld():
            return None


@dataclass(frozen=True, slots=True)
class Report:
    """What one document holds: title, lines under it, tables; the language of its words. opening,
    closing: paragraphs above and below the tables, of a letter; on paper, in HTML and JSON."""

    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    language: str
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()

    def formulas(self) -> tuple[Formula, ...]:
        """All formulas, each once, in the order of the tables."""
        return tuple({f.key: f for table in self.tables for f in table.formulas if f is not None}.values())

    def bases(self) -> tuple[Basis, ...]:
        """All that figures are computed from, each once, in the order of the tables."""
        # Rows mostly share one value, which is compared with itself quickly and hashed slowly.
        seen = {id(basis): basis for table in self.tables for basis in table.bases}
        columns = (formula.basis for formula in self.formulas())
        return tuple(dict.fromkeys(basis for basis in (*seen.values(), *columns) if basis is not None))
