"""Rows whose expert added up wrongly, apart from all others: each must have been shown to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscheck import facts, rowsums
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import Given, Part, Points
from crosscheck.procedure import Procedure
from scoring.rows import SumSays

Cell = tuple[str, int, str]  # work, marking, criterion


@dataclass(frozen=True, slots=True)
class Miscount:
    """A row with a sum that is not its own: its cells that were read, and whether a person was shown the row."""

    cells: frozenset[Cell]
    shown: bool


def found(connection: Connection, procedure: Procedure, meant: Mapping[tuple[str, str], Given]) -> list[Miscount]:
    """Every such row of a played day. `meant`: by number and criterion; `sum:N` is what stands on sheet N."""
    numbers = {number.key: number.number for number in queries.all_of(connection, facts.Number)}
    read = {(c.work, int(c.marking), c.criterion): c for c in queries.all_of(connection, facts.CellReading)}
    doubted = {finding.finding for finding in queries.all_of(connection, facts.Finding)}
    rows = []
    for one in queries.all_of(connection, facts.SumReading):
        number = numbers[one.key]
        written = meant.get((number, f"sum:{one.sheet}"))
        criteria = rowsums.criteria_of(procedure, Part(one.part), one.sheet)
        cells = {c: (one.work, int(one.marking), c) for c in criteria if (one.work, int(one.marking), c) in read}
        right = sum(_points(meant[number, criterion]) for criterion in cells)
        if written is None or _points(written) == right:
            continue
        asked = any(rowsums.finding_name(*cell) in doubted for cell in cells.values())
        open_ = any(read[cell].kind not in ("points", "not_attempted") for cell in cells.values())
        # A sum that could not be read is asked about by itself, and its row when it has been keyed.
        shown = asked or (one.kind != SumSays.AGREES.value and (open_ or one.kind in ("unclear", "empty")))
        rows.append(Miscount(frozenset(cells.values()), shown))
    return rows


def _points(given: Given) -> int:
    return given.value if isinstance(given, Points) else 0


def cells_of(rows: list[Miscount]) -> Iterator[Cell]:
    """The cells of all such rows."""
    return (cell for row in rows for cell in row.cells)
