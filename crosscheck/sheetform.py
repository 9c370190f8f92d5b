"""Geometry of score sheets in millimetres: one source for printer and reader.

Rows are works, columns are criteria. A cell is a run of score boxes 0..maximum and X, or one or two digit cells, as
the procedure says. Where it asks for row sums, two digit cells end each row. Criteria that don't fit side by side go
on further sheets of the same packet. Nothing is ever printed inside a box or a digit cell; captions stand above the
columns, repeated every five rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscheck.geometry import Box
from crosscheck.model import WHOLE, CriterionId, Given, NotAttempted, Part, Points
from crosscheck.procedure import CaptureStyle, Control, Criterion, Procedure
from crosscheck.sheetlayout import BOX, LAYOUTS, Layout

PITCH = 5.8
DIGIT_WIDTH, DIGIT_HEIGHT = 7.0, 7.2
CAPTION = 5.7
ROWS_PER_CAPTION = 5
MAX_ROWS = 20
MAX_MAXIMUM = 20
LARGEST_SUM = 99  # two digit cells hold no more
_BOX_ROW, _DIGIT_ROW = 7.5, 8.8
_BOX_GAP, _DIGIT_GAP = 3.0, 2.0  # between criteria
_IN_PAIR = 0.8  # between the two digit cells of one number
_SUM_GAP = 5.0


@dataclass(frozen=True, slots=True)
class BoxColumn:
    """One criterion as score boxes: `choices` left to right, each with the left edge of its box."""

    criterion: Criterion
    choices: tuple[tuple[Given, float], ...]

    @property
    def left(self) -> float:
        return self.choices[0][1]

    @property
    def right(self) -> float:
        return self.choices[-1][1] + BOX


@dataclass(frozen=True, slots=True)
class DigitColumn:
    """One criterion as digit cells: their left edges."""

    criterion: Criterion
    lefts: tuple[float, ...]

    @property
    def left(self) -> float:
        return self.lefts[0]

    @property
    def right(self) -> float:
        return self.lefts[-1] + DIGIT_WIDTH


Column = BoxColumn | DigitColumn


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One sheet of a packet's set: `sheet` from 1 of `sheets`. All its columns are of one kind. `sums`: left edges of
    the digit cells for the sum of a row; none where the procedure asks for no sums."""

    sheet: int
    sheets: int
    rows: int
    row_height: float
    layout: Layout
    columns: tuple[Column, ...]
    sums: tuple[float, ...]

    @property
    def criteria(self) -> frozenset[CriterionId]:
        return frozenset(column.criterion.id for column in self.columns)

    @property
    def digits(self) -> bool:
        """Whether anything on the sheet is written in digits."""
        return bool(self.sums) or isinstance(self.columns[0], DigitColumn)

    @property
    def right(self) -> float:
        """Where the table ends on the right."""
        return self.sums[-1] + DIGIT_WIDTH if self.sums else self.columns[-1].right

    def row_top(self, row: int) -> float:
        """Top of row `row` (from 0), the caption of its group above it."""
        return self.layout.top + CAPTION * (row // ROWS_PER_CAPTION + 1) + self.row_height * row

    def caption_top(self, group: int) -> float:
        """Top of the caption line above rows 5·group to 5·group + 4."""
        return self.layout.top + group * (CAPTION + ROWS_PER_CAPTION * self.row_height)

    def caption_groups(self) -> int:
        return _groups(self.rows)

    def number_box(self, row: int) -> Box:
        """Where the anonymous number of the row is printed."""
        return Box(self.layout.number, self.row_top(row), self.layout.number_width, self.row_height)

    def score_box(self, row: int, left: float) -> Box:
        """The box of a choice whose left edge is `left`, in row `row`."""
        return Box(left, self.row_top(row) + (self.row_height - BOX) / 2, BOX, BOX)

    def digit_box(self, row: int, left: float) -> Box:
        """The digit cell whose left edge is `left`, in row `row`."""
        return Box(left, self.row_top(row) + (self.row_height - DIGIT_HEIGHT) / 2, DIGIT_WIDTH, DIGIT_HEIGHT)

    def cells(self, row: int) -> tuple[tuple[CriterionId, tuple[tuple[Given, Box], ...]], ...]:
        """The cells of a row that are score boxes: criterion and its boxes, left to right."""
        return tuple(
            (column.criterion.id, tuple((given, self.score_box(row, left)) for given, left in column.choices))
            for column in self.columns
            if isinstance(column, BoxColumn)
        )

    def digit_cells(self, row: int) -> tuple[tuple[CriterionId, tuple[Box, ...]], ...]:
        """The cells of a row that are written in digits: criterion and its digit cells, left to right."""
        return tuple(
            (column.criterion.id, tuple(self.digit_box(row, left) for left in column.lefts))
            for column in self.columns
            if isinstance(column, DigitColumn)
        )

    def sum_cells(self, row: int) -> tuple[Box, ...]:
        """The digit cells for the sum of a row, left to right; none where no sums are asked for."""
        return tuple(self.digit_box(row, left) for left in self.sums)


def choices(maximum: int) -> tuple[Given, ...]:
    """0..maximum and X."""
    return (*(Points(n) for n in range(maximum + 1)), NotAttempted())


def _groups(rows: int) -> int:
    return -(-rows // ROWS_PER_CAPTION)


# --- how wide things are --------------------------------------------------------------------------


def _cells(maximum: int) -> int:
    return 1 if maximum < 10 else 2


def _lefts(left: float, cells: int) -> tuple[float, ...]:
    return tuple(left + i * (DIGIT_WIDTH + _IN_PAIR) for i in range(cells))


_SUM_WIDTH = _SUM_GAP + _lefts(0.0, 2)[-1] + DIGIT_WIDTH


def _width(criterion: Criterion, style: CaptureStyle) -> float:
    if style is CaptureStyle.BOXES:
        return len(choices(criterion.maximum)) * PITCH
    return _lefts(0.0, _cells(criterion.maximum))[-1] + DIGIT_WIDTH


def _gap(style: CaptureStyle) -> float:
    return _BOX_GAP if style is CaptureStyle.BOXES else _DIGIT_GAP


def _column(criterion: Criterion, style: CaptureStyle, left: float) -> Column:
    if style is CaptureStyle.DIGITS:
        return DigitColumn(criterion, _lefts(left, _cells(criterion.maximum)))
    lefts = [left + i * PITCH for i in range(criterion.maximum + 2)]
    return BoxColumn(criterion, tuple(zip(choices(criterion.maximum), lefts, strict=True)))


def _columns(block: Iterable[Criterion], style: CaptureStyle, left: float) -> tuple[Column, ...]:
    columns = []
    for criterion in block:
        columns.append(_column(criterion, style, left))
        left += _width(criterion, style) + _gap(style)
    return tuple(columns)


# --- what goes on which sheet ---------------------------------------------------------------------


def _blocks(procedure: Procedure, criteria: Sequence[Criterion], layout: Layout) -> list[list[Criterion]]:
    """The criteria of each sheet: as many as stand side by side and, with row sums, as two digits can sum up."""
    style, control = procedure.style, procedure.control
    room = layout.right - layout.left - (_SUM_WIDTH if control is Control.ROWS else 0.0)
    blocks: list[list[Criterion]] = [[]]
    used, points = 0.0, 0
    for criterion in criteria:
        need = _width(criterion, style) + (_gap(style) if blocks[-1] else 0.0)
        too_many = control is Control.ROWS and points + criterion.maximum > LARGEST_SUM
        if blocks[-1] and (used + need > room or too_many):
            blocks.append([])
            used, points, need = 0.0, 0, _width(criterion, style)
        blocks[-1].append(criterion)
        used += need
        points += criterion.maximum
    return blocks


def _row_height(procedure: Procedure) -> float:
    boxes_only = procedure.style is CaptureStyle.BOXES and procedure.control is Control.NONE
    return _BOX_ROW if boxes_only else _DIGIT_ROW


def _holds(layout: Layout, rows: int, row_height: float) -> bool:
    return layout.top + _groups(rows) * CAPTION + rows * row_height <= layout.bottom


def _chosen(procedure: Procedure, criteria: Sequence[Criterion]) -> tuple[Layout, Sequence[Sequence[Criterion]]]:
    """The layout with the fewest sheets; upright where both have as many."""
    rows, height = procedure.rows_per_sheet, _row_height(procedure)
    fitting = [(layout, _blocks(procedure, criteria, layout)) for layout in LAYOUTS if _holds(layout, rows, height)]
    return min(fitting, key=lambda pair: len(pair[1]))


def _sums(columns: tuple[Column, ...], control: Control) -> tuple[float, ...]:
    return _lefts(columns[-1].right + _SUM_GAP, 2) if control is Control.ROWS else ()


def sheet_forms(procedure: Procedure, part: Part = WHOLE) -> tuple[SheetForm, ...]:
    """The sheets that a packet of this procedure has, in order: with the criteria of a part only, where its works are
    given out in parts."""
    layout, blocks = _chosen(procedure, procedure.criteria_in(procedure.part(part)))
    forms = []
    for i, block in enumerate(blocks, start=1):
        columns = _columns(block, procedure.style, layout.left)
        sums = _sums(columns, procedure.control)
        rows, height = procedure.rows_per_sheet, _row_height(procedure)
        forms.append(SheetForm(i, len(blocks), rows, height, layout, columns, sums))
    return tuple(forms)
