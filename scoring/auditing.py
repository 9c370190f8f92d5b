"""Audits of points that stand: which rows are keyed again, and what it proves that so few were wrong. Pure.

The unit is a row of a score sheet: one work as one expert marked it. By lot: rows in the order of a hash of a public
seed with their printed numbers, so that anybody who knows both can draw them again, and nobody can choose them.
By closeness: works that a point or so more or less would give another mark, because there a wrong point does harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import Given, Points
from crosscheck.procedure import Boundaries
from scoring.bounds import rate_at_most, wrong_at_most

CONFIDENCE = 0.95


def lot(seed: str, numbers: Iterable[str]) -> list[str]:
    """Numbers in the order in which a public seed draws them: by SHA-256 of seed, a zero byte and the number."""
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}\x00{number}".encode()).digest())


def distance(value: int, cut: int) -> int:
    """By how many points a value must change to pass to the other side of a cut; those at the cut belong above."""
    return value - cut + 1 if value >= cut else cut - value


def may_change_mark(low: int, high: int, near: int, boundaries: Boundaries) -> bool:
    """Whether so many points more or less may give another mark 2-5, where the total lies between `low` and `high`."""
    return any(low - near < cut <= high + near for cut in (boundaries.three, boundaries.four, boundaries.five))


def to_third_marking(one: Mapping[str, Given], other: Mapping[str, Given], cut: int) -> int | None:
    """By how many points two markings (task to sum of its points) must change so that another decision follows about a
    third marking; None when they share no task."""
    shared = one.keys() & other.keys()
    return min((distance(abs(_worth(one[task]) - _worth(other[task])), cut) for task in shared), default=None)


def _worth(given: Given) -> int:
    return given.value if isinstance(given, Points) else 0


# --- what it proves ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that was keyed again: how many cells, how many of them were wrong or still differ."""

    cells: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What an audit by lot counted: rows there are, rows keyed again, wrong ones among them, and the same of cells."""

    population: int
    rows: int
    wrong_rows: int
    cells: int
    wrong_cells: int

    def __post_init__(self) -> None:
        if not (0 <= self.wrong_rows <= self.rows <= self.population and 0 <= self.wrong_cells <= self.cells):
            raise ValueError("more are wrong than were keyed, or more were keyed than there are")
        if self.cells < self.rows:
            raise ValueError("a row that was keyed has a cell")
        if self.wrong_cells < self.wrong_rows or (self.wrong_cells and not self.wrong_rows):
            raise ValueError("a wrong row has a wrong cell, and a wrong cell makes its row wrong")

    def rows_at_most(self, confidence: float = CONFIDENCE) -> int:
        """How many rows of all hold a wrong point, at most, with this confidence. Exact: rows were drawn by lot."""
        return wrong_at_most(self.wrong_rows, self.rows, self.population, confidence)

    def cells_at_most(self, confidence: float = CONFIDENCE) -> float:
        """The share of cells that are wrong, at most, with this confidence, if one error doesn't bring another."""
        return rate_at_most(self.wrong_cells, self.cells, confidence)


def counted(population: int, drawn: Sequence[Checked | None]) -> Counts:
    """The counts of a lot as far as it was keyed without a gap: whoever leaves out rows that are hard to read would
    otherwise choose the sample. `drawn`: in the order of the lot; None for a row not keyed yet."""
    done: list[Checked] = []
    for row in drawn:
        if row is None:
            break
        done.append(row)
    return Counts(
        population,
        len(done),
        sum(row.wrong > 0 for row in done),
        sum(row.cells for row in done),
        sum(row.wrong for row in done),
    )


def pooled(counts: Collection[Counts]) -> Counts:
    """Audits of several procedures as one. What it says of cells is of the way points are taken in, as it was used in
    them; what it says of rows holds when each was audited at about the same share."""
    return Counts(
        sum(one.population for one in counts),
        sum(one.rows for one in counts),
        sum(one.wrong_rows for one in counts),
        sum(one.cells for one in counts),
        sum(one.wrong_cells for one in counts),
    )
