"""What the cells of a score sheet say, once it is known which sheet it is and where it lies.

What was read keeps its evidence: measures, the rule, a picture of the cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from crosscheck.geometry import Box
from crosscheck.model import CellReading, CriterionId, Damaged
from crosscheck.sheetform import SheetForm
from crosscheck.sheetlayout import BOX
from scanning.placing.registration import Registration
from scoring import rows
from scoring.cells import (
    Canonical,
    Columns,
    Dark,
    Grey,
    Levels,
    Scene,
    Shift,
    blank_darkness,
    canonical,
    cell_shift,
    crop,
    expected_shift,
    measure,
    references,
    square_shifts,
    streak_columns,
    visible,
)
from scoring.decide import BoxMeasure, Decision, Look, Rule, Thresholds, decide, look
from scoring.digits.numbers import Illegible, NumberReading, Shares, read_number
from scoring.digits.reading import looks
from scoring.errors import RowsDontFit
from scoring.rows import SumSays

_AROUND_MM = 1.0  # of a cell that must lie on the scan

Evidence = tuple[BoxMeasure, ...] | NumberReading


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One cell: `row` from 0. `evidence`: measures of its boxes, or what its digits say. `crop`: PNG of the cell from
    the scan."""

    row: int
    criterion: CriterionId
    evidence: Evidence
    reading: CellReading
    rule: Rule
    crop: bytes


@dataclass(frozen=True, slots=True)
class SumSeen:
    """The sum that is written at the end of a row, what it says of the row, and its picture."""

    row: int
    number: NumberReading
    says: SumSays
    crop: bytes

    def points(self) -> int | None:
        """The sum, where it was read beyond doubt."""
        if isinstance(self.number, Shares) and self.says in (SumSays.AGREES, SumSays.DIFFERS, SumSays.OPEN):
            return rows.total([self.number.best])
        return None


@dataclass(frozen=True, slots=True)
class SheetQuality:
    """How far the sheet can be trusted: side squares found of all, largest shift in mm of a found cell,
    share of asked cells whose print was found, columns with streaks (mm from the left), reference boxes as printed."""

    squares_found: int
    squares: int
    largest_shift_mm: float
    print_found: float
    streaks_mm: tuple[int, ...]
    references: bool


@dataclass(frozen=True, slots=True)
class SheetReading:
    """All asked cells of a sheet, row by row, in the order of the form's columns; the sums of its rows."""

    cells: tuple[CellSeen, ...]
    sums: tuple[SumSeen, ...]
    thresholds: Thresholds
    quality: SheetQuality


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell or the place of a sum, as printed; how far off it lies in the scan; whether all of it is there."""

    box: Box
    shift: Shift
    whole: bool


@dataclass(frozen=True, slots=True)
class _Boxes:
    """A cell of score boxes."""

    criterion: CriterionId
    place: _Place
    measures: tuple[BoxMeasure, ...]


@dataclass(frozen=True, slots=True)
class _Number:
    """Digit cells: of a criterion, or of the sum of a row. `most` is the largest value that is possible."""

    criterion: CriterionId | None
    place: _Place
    cells: tuple[Box, ...]
    most: int


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands in one row: its cells are all of one kind; at most one sum."""

    row: int
    boxes: tuple[_Boxes, ...]
    numbers: tuple[_Number, ...]
    sums: tuple[_Number, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The scan laid over the form, with the known blank and where the side squares lie."""

    form: SheetForm
    page: Canonical
    blank: Dark
    squares: tuple[Shift, ...]

    def expected(self, box: Box) -> Shift:
        layout = self.form.layout
        return expected_shift(box, layout.side_squares, self.squares, lying=layout.lying)

    def place(self, boxes: Sequence[Box]) -> _Place:
        """Where boxes side by side lie."""
        first, last = boxes[0], boxes[-1]
        box = Box(first.x, first.y, last.right - first.x, first.h)
        shift = cell_shift(self.page.dark, self.blank, box, self.expected(box))
        return _Place(box, shift, visible(self.page, box.grown(_AROUND_MM), shift))


def read_sheet(
    grey: Grey, registration: Registration, form: SheetForm, asked: Sequence[frozenset[CriterionId]], blank: bytes
) -> SheetReading:
    """Read the asked cells of a sheet.

    `asked`: for each row in use, from the top, the criteria to read. `blank`: PNG of the unfilled sheet.
    Raises E3063 (no picture), E3064 (more rows than the form has).
    """
    if len(asked) > form.rows:
        raise RowsDontFit(asked=len(asked), rows=form.rows)
    layout = form.layout
    page = canonical(grey, registration.homography(), layout.page)
    printed = blank_darkness(blank, layout.page)
    sheet = _Sheet(form, page, printed, square_shifts(page.dark, printed, layout.side_squares))
    levels, thresholds = references(page.dark, layout.reference, sheet.place(layout.reference).shift)
    scene = Scene(page, printed, levels, _streaks(sheet, levels, len(asked)), layout.lying)
    found = [_row(sheet, scene, row, wanted & form.criteria) for row, wanted in enumerate(asked)]
    settled = replace(thresholds, cross_most=_cross_most(found, thresholds))
    numbers = _numbers(scene, found, reliable=settled.reliable)
    read = [_read_row(page, row, numbers, settled) for row in found]
    cells = tuple(cell for row_cells, _sums in read for cell in row_cells)
    sums = tuple(each for _cells, row_sums in read for each in row_sums)
    return SheetReading(cells, sums, settled, _quality(sheet, found, scene, settled))


# --- measuring ------------------------------------------------------------------------------------


def _row(sheet: _Sheet, scene: Scene, row: int, wanted: frozenset[CriterionId]) -> _Row:
    form = sheet.form
    maxima = {column.criterion.id: column.criterion.maximum for column in form.columns}
    boxes, numbers = [], []
    for criterion, choices in form.cells(row):
        if criterion in wanted:
            place = sheet.place([box for _given, box in choices])
            measures = [measure(scene, given, box, place.shift) for given, box in choices] if place.whole else []
            boxes.append(_Boxes(criterion, place, tuple(measures)))
    for criterion, cells in form.digit_cells(row):
        if criterion in wanted:
            numbers.append(_Number(criterion, sheet.place(cells), cells, maxima[criterion]))
    sums = form.sum_cells(row) if wanted else ()
    most = sum(maxima[criterion] for criterion in wanted)
    return _Row(row, tuple(boxes), tuple(numbers), (_Number(None, sheet.place(sums), sums, most),) if sums else ())


def _streaks(sheet: _Sheet, levels: Levels, used: int) -> Columns:
    form, dark, blank = sheet.form, sheet.page.dark, sheet.blank
    if form.layout.lying:
        # Paper is fed along its long side, which here runs across the page.
        across, printed = np.ascontiguousarray(dark.T), np.ascontiguousarray(blank.T)
        return streak_columns(across, printed, levels.faint, form.layout.left, form.layout.right)
    return streak_columns(dark, blank, levels.faint, form.row_top(0), form.row_top(max(used - 1, 4)) + BOX)


def _cross_most(found: Sequence[_Row], thresholds: Thresholds) -> float:
    """The most a cross may cover, judged by this expert's own crosses on this sheet.

    A box much blacker than the others of the same pen may be a cancelled one.
    """
    measures = (box for row in found for cell in row.boxes for box in cell.measures)
    crosses = [box.coverage for box in measures if look(box, thresholds) is Look.CROSS]
    if len(crosses) < 5:
        return thresholds.cross_most
    return min(thresholds.cross_most, max(1.4 * median(crosses), 0.45))


_Key = tuple[int, CriterionId | None]


def _numbers(scene: Scene, found: Sequence[_Row], *, reliable: bool) -> Mapping[_Key, NumberReading]:
    """What all digits of the sheet say: recognised together, it is much quicker. A number that is cut off or on a sheet
    whose reference boxes are not as printed is not looked at."""
    every = [(row.row, number) for row in found for number in (*row.numbers, *row.sums)]
    whole = [(row, number) for row, number in every if number.place.whole and reliable]
    seen = iter(looks(scene, [(cell, number.place.shift) for _row, number in whole for cell in number.cells]))
    said: dict[_Key, NumberReading] = {(row, number.criterion): Illegible("cut") for row, number in every}
    for row, number in whole:
        signs = [next(seen) for _cell in number.cells]
        said[row, number.criterion] = read_number(signs, number.most, x=number.criterion is not None)
    return said


# --- deciding -------------------------------------------------------------------------------------


def _read_row(
    page: Canonical, row: _Row, numbers: Mapping[_Key, NumberReading], thresholds: Thresholds
) -> tuple[list[CellSeen], list[SumSeen]]:
    written = numbers[row.row, None] if row.sums else None
    if row.boxes:
        decided = [_decided(cell, thresholds) for cell in row.boxes]
        says, decisions = rows.settled_boxes(decided, written)
        evidence: list[Evidence] = [cell.measures for cell in row.boxes]
        places = [(cell.criterion, cell.place) for cell in row.boxes]
    else:
        said = [numbers[row.row, number.criterion] for number in row.numbers]
        says, decisions = rows.settled_digits(said, written)
        evidence = [*said]
        places = [(number.criterion, number.place) for number in row.numbers if number.criterion is not None]
    cells = [
        CellSeen(row.row, criterion, proof, one.reading, one.rule, _crop(page, place))
        for (criterion, place), proof, one in zip(places, evidence, decisions, strict=True)
    ]
    if written is None or says is None:
        return cells, []
    return cells, [SumSeen(row.row, written, says, _crop(page, row.sums[0].place))]


def _crop(page: Canonical, place: _Place) -> bytes:
    return crop(page, place.box, place.shift)


def _decided(cell: _Boxes, thresholds: Thresholds) -> Decision:
    return decide(cell.measures, thresholds) if cell.place.whole else Decision(Damaged(), Rule.CUT_OFF)


def _quality(sheet: _Sheet, found: Sequence[_Row], scene: Scene, thresholds: Thresholds) -> SheetQuality:
    places = [cell.place for row in found for cell in row.boxes]
    places += [number.place for row in found for number in row.numbers]
    shifts = [place.shift for place in places if place.shift.found]
    return SheetQuality(
        squares_found=sum(shift.found for shift in sheet.squares),
        squares=len(sheet.squares),
        largest_shift_mm=max((shift.length_mm for shift in shifts), default=0.0),
        print_found=len(shifts) / max(len(places), 1),
        streaks_mm=scene.streaks_mm(),
        references=thresholds.reliable,
    )
