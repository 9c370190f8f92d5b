"""Geometry of score sheets in millimetres: one source for printer and reader.

Rows are works, columns are criteria, and each cell is a run of score boxes 0..maximum and X. Criteria
that don't fit side by side go on further sheets of the same packet. Nothing is ever printed inside a
box; captions stand above the columns, repeated every five rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.geometry import BAR_TOP, QR_BOTTOM, QR_TOP, Box, Mark, corner_marks
from crosscheck.model import WHOLE, CriterionId, Given, NotAttempted, Part, Points
from crosscheck.procedure import Criterion, Procedure

FIRST_MARKER = 4
BOX = 4.2
PITCH = 5.8
ROW = 7.5
CAPTION = 5.5
ROWS_PER_CAPTION = 5
MAX_ROWS = 20
MAX_MAXIMUM = 20
_CRITERION_GAP = 3.0
_LEFT, _RIGHT = 44.0, 194.0
_NUMBER = (17.0, 26.0)
_TOP = 62.0
_SIDE = 3.0
_SIDE_TOPS = (50.0, 100.0, 150.0, 200.0, 250.0)


@dataclass(frozen=True, slots=True)
class Column:
    """One criterion: `choices` left to right, each with the left edge of its box."""

    criterion: Criterion
    choices: tuple[tuple[Given, float], ...]


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One sheet of a packet's set: `sheet` from 1 of `sheets`."""

    sheet: int
    sheets: int
    rows: int
    columns: tuple[Column, ...]
    marks: tuple[Mark, ...]
    qr: tuple[Box, Box]
    bar: Box
    side_squares: tuple[Box, ...]
    reference: tuple[Box, Box, Box]  # printed empty, crossed, filled: they calibrate each sheet

    def row_top(self, row: int) -> float:
        """Top of row `row` (from 0), the caption of its group above it."""
        return _TOP + CAPTION * (row // ROWS_PER_CAPTION + 1) + ROW * row

    def caption_top(self, group: int) -> float:
        """Top of the caption line above rows 5·group to 5·group + 4."""
        return _TOP + group * (CAPTION + ROWS_PER_CAPTION * ROW)

    def caption_groups(self) -> int:
        return (self.rows + ROWS_PER_CAPTION - 1) // ROWS_PER_CAPTION

    def number_box(self, row: int) -> Box:
        """Where the anonymous number of the row is printed."""
        return Box(_NUMBER[0], self.row_top(row), _NUMBER[1], ROW)

    def score_box(self, row: int, left: float) -> Box:
        """The box of a choice whose left edge is `left`, in row `row`."""
        return Box(left, self.row_top(row) + (ROW - BOX) / 2, BOX, BOX)

    def cells(self, row: int) -> tuple[tuple[CriterionId, tuple[tuple[Given, Box], ...]], ...]:
        """The cells of a row: criterion and its boxes, left to right."""
        return tuple(
            (column.criterion.id, tuple((given, self.score_box(row, left)) for given, left in column.choices))
            for column in self.columns
        )


def choices(maximum: int) -> tuple[Given, ...]:
    """0..maximum and X."""
    return (*(Points(n) for n in range(maximum + 1)), NotAttempted())


def _width(criterion: Criterion) -> float:
    return len(choices(criterion.maximum)) * PITCH


def _blocks(criteria: tuple[Criterion, ...]) -> list[list[Criterion]]:
    blocks: list[list[Criterion]] = [[]]
    used = 0.0
    for criterion in criteria:
        need = _width(criterion) + (_CRITERION_GAP if blocks[-1] else 0.0)
        if blocks[-1] and used + need > _RIGHT - _LEFT:
            blocks.append([])
            used, need = 0.0, _width(criterion)
        blocks[-1].append(criterion)
        used += need
    return blocks


def _columns(block: list[Criterion]) -> tuple[Column, ...]:
    columns = []
    left = _LEFT
    for criterion in block:
        lefts = [left + i * PITCH for i in range(criterion.maximum + 2)]
        columns.append(Column(criterion, tuple(zip(choices(criterion.maximum), lefts, strict=True))))
        left += _width(criterion) + _CRITERION_GAP
    return tuple(columns)


def sheet_forms(procedure: Procedure, part: Part = WHOLE) -> tuple[SheetForm, ...]:
    """The sheets that a packet of this procedure has, in order: with the criteria of a part only, where its works are
    given out in parts."""
    blocks = _blocks(procedure.criteria_in(procedure.part(part)))
    squares = tuple(Box(x, top, _SIDE, _SIDE) for x in (11.0, 196.0) for top in _SIDE_TOPS)
    reference = (Box(120, 50, BOX, BOX), Box(130, 50, BOX, BOX), Box(140, 50, BOX, BOX))
    return tuple(
        SheetForm(
            sheet=i,
            sheets=len(blocks),
            rows=procedure.rows_per_sheet,
            columns=_columns(block),
            marks=corner_marks(FIRST_MARKER),
            qr=(QR_TOP, QR_BOTTOM),
            bar=BAR_TOP,
            side_squares=squares,
            reference=reference,
        )
        for i, block in enumerate(blocks, start=1)
    )
