"""What the cells of a score sheet say, once it is known which sheet it is and where it lies.

What was read keeps its evidence: measures, the rule, a picture of the cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from crosscheck.geometry import Box
from crosscheck.model import CellReading, CriterionId, Damaged, Given
from crosscheck.sheetform import SheetForm
from scanning.placing.registration import Registration
from scanning.placing.shrinking import Views
from scoring import rows
from scoring.cells import (
    CROP_MM,
    BoxPlace,
    Levels,
    Scene,
    crop,
    measure,
    of_pen,
    references,
)
from scoring.crops import Place as Crop
from scoring.decide import BoxMeasure, Decision, Look, Rule, Thresholds, decide, look
from scoring.digits.numbers import Illegible, NumberReading, Shares, read_number
from scoring.digits.reading import looks
from scoring.errors import RowsDontFit
from scoring.finding import Shift, cell_shifts, expected_shifts, square_shifts
from scoring.laying import Grey, Laid, Part, areas_of, laid
from scoring.pictures import png
from scoring.rows import SumSays
from scoring.streaks import lean, streaks

_AROUND_MM = 1.0  # of a cell that must lie on the scan
_FARTHEST_MM = 1.9  # a cell may lie from its place, by what the side squares say and the search around that

Evidence = tuple[BoxMeasure, ...] | NumberReading


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One cell: `row` from 0. `evidence`: measures of its boxes, or what its digits say. `crop`: where the cell lies
    in the picture of the sheet."""

    row: int
    criterion: CriterionId
    evidence: Evidence
    reading: CellReading
    rule: Rule
    crop: Crop


@dataclass(frozen=True, slots=True)
class SumSeen:
    """The sum that is written at the end of a row, what it says of the row, and where it lies in the picture."""

    row: int
    number: NumberReading
    says: SumSays
    crop: Crop

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
    """All asked cells of a sheet, row by row, in the order of the form's columns; the sums of its rows. `picture`: PNG
    of the table as scanned, in which crops lie."""

    cells: tuple[CellSeen, ...]
    sums: tuple[SumSeen, ...]
    thresholds: Thresholds
    quality: SheetQuality
    picture: bytes


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
    choices: tuple[tuple[Given, Box], ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(box for _given, box in self.choices)


@dataclass(frozen=True, slots=True)
class _Number:
    """Digit cells: of a criterion, or of the sum of a row. `most` is the largest value that is possible."""

    criterion: CriterionId | None
    boxes: tuple[Box, ...]
    most: int


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands in one row: its cells are all of one kind; at most one sum."""

    row: int
    boxes: tuple[_Boxes, ...]
    numbers: tuple[_Number, ...]
    sums: tuple[_Number, ...]

    @property
    def all(self) -> tuple[_Boxes | _Number, ...]:
        return (*self.boxes, *self.numbers, *self.sums)


_Key = tuple[int, CriterionId | None]  # a row and a criterion; None: its sum


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """A sheet of which everything is measured: where cells lie, measures of boxes, what numbers say."""

    scene: Scene
    rows: tuple[_Row, ...]
    places: Mapping[_Key, _Place]
    measures: Mapping[_Key, tuple[BoxMeasure, ...]]
    numbers: Mapping[_Key, NumberReading]


def read_sheet(
    scan: Views | Grey,
    registration: Registration,
    form: SheetForm,
    asked: Sequence[frozenset[CriterionId]],
    blank: bytes,
) -> SheetReading:
    """Read the asked cells of a sheet.

    `asked`: for each row in use, from the top, the criteria to read. `blank`: picture of the unfilled sheet.
    Raises E3063 (no picture), E3064 (more rows than the form has).
    """
    if len(asked) > form.rows:
        raise RowsDontFit(asked=len(asked), rows=form.rows)
    wanted = tuple(_row(form, row, criteria & form.criteria) for row, criteria in enumerate(asked))
    page = laid(scan, registration.homography(), form.layout.page, blank)
    squares = square_shifts(page, form.layout.side_squares)
    levels, thresholds = _references(page, form, squares)
    table = page.part(_table(form, len(asked)))
    lying = form.layout.lying
    lines = streaks(table, levels.faint_grey, lean(page.matrix, lying=lying), lying=lying)
    scene = Scene(table, page.two_coloured, levels, lines)
    places = _places(page, table, form, squares, wanted)
    measures = _measures(scene, wanted, places)
    pen = of_pen(levels, _depth(measures, thresholds))
    if pen != levels:
        scene = replace(scene, levels=pen)
        measures = _measures(scene, wanted, places)
        thresholds = replace(thresholds, ink=pen.ink, faint_ink=pen.faint)
    settled = replace(thresholds, cross_most=_cross_most(measures, thresholds))
    numbers = _numbers(scene, wanted, places, reliable=settled.reliable)
    sheet = _Sheet(scene, wanted, places, measures, numbers)
    read = [_read_row(sheet, row, settled) for row in wanted]
    cells = tuple(cell for row_cells, _sums in read for cell in row_cells)
    sums = tuple(each for _cells, row_sums in read for each in row_sums)
    return SheetReading(cells, sums, settled, _quality(sheet, squares, settled), png(table.grey))


# --- measuring ------------------------------------------------------------------------------------


def _row(form: SheetForm, row: int, wanted: frozenset[CriterionId]) -> _Row:
    maxima = {column.criterion.id: column.criterion.maximum for column in form.columns}
    boxes = tuple(_Boxes(criterion, choices) for criterion, choices in form.cells(row) if criterion in wanted)
    numbers = tuple(
        _Number(criterion, cells, maxima[criterion])
        for criterion, cells in form.digit_cells(row)
        if criterion in wanted
    )
    sums = form.sum_cells(row) if wanted else ()
    most = sum(maxima[criterion] for criterion in wanted)
    return _Row(row, boxes, numbers, (_Number(None, sums, most),) if sums else ())


def _span(boxes: Sequence[Box]) -> Box:
    """What boxes side by side take together."""
    first, last = boxes[0], boxes[-1]
    return Box(first.x, first.y, last.right - first.x, first.h)


def _table(form: SheetForm, used: int) -> Box:
    """The part of the page in which cells are looked for."""
    layout, last = form.layout, max(used - 1, 4)
    low = min(form.row_top(last) + form.row_height, layout.page.h)
    top, left = form.row_top(0), layout.left
    return Box(left, top, form.right - left, low - top).grown(CROP_MM + _FARTHEST_MM)


def _references(page: Laid, form: SheetForm, squares: tuple[Shift, ...]) -> tuple[Levels, Thresholds]:
    layout = form.layout
    span = _span(layout.reference)
    (start,) = expected_shifts([span], layout.side_squares, squares, lying=layout.lying)
    part = page.part(span.grown(CROP_MM + _FARTHEST_MM))
    (shift,) = cell_shifts(part, [span], [start])
    return references(part, layout.reference, shift, lying=layout.lying)


def _places(
    page: Laid, table: Part, form: SheetForm, squares: tuple[Shift, ...], wanted: Sequence[_Row]
) -> Mapping[_Key, _Place]:
    """Where every cell lies."""
    layout = form.layout
    spans = {(row.row, cell.criterion): _span(cell.boxes) for row in wanted for cell in row.all}
    boxes = list(spans.values())
    starts = expected_shifts(boxes, layout.side_squares, squares, lying=layout.lying)
    shifts = cell_shifts(table, boxes, starts)
    moves = np.array([(s.dy, s.dy, s.dx, s.dx) for s in shifts], np.intp).reshape(-1, 4)
    seen = zip(spans, boxes, shifts, page.whole(areas_of(boxes, _AROUND_MM) + moves), strict=True)
    return {key: _Place(box, shift, whole) for key, box, shift, whole in seen}


def _measures(
    scene: Scene, wanted: Sequence[_Row], places: Mapping[_Key, _Place]
) -> Mapping[_Key, tuple[BoxMeasure, ...]]:
    """The boxes of all cells that are whole, measured together."""
    cells = [(row.row, cell) for row in wanted for cell in row.boxes]
    whole = [(row, cell) for row, cell in cells if places[row, cell.criterion].whole]
    every = [
        BoxPlace(given, box, places[row, cell.criterion].shift) for row, cell in whole for given, box in cell.choices
    ]
    measured = iter(measure(scene, every))
    found = {(row, cell.criterion): tuple(next(measured) for _choice in cell.choices) for row, cell in whole}
    return {(row, cell.criterion): found.get((row, cell.criterion), ()) for row, cell in cells}


def _depth(measures: Mapping[_Key, tuple[BoxMeasure, ...]], thresholds: Thresholds) -> float:
    """How dark the strokes of this expert are: of cells in which one box has something in it, and no other a trace. 1
    where too few are as plain as that."""
    marked = [[box for box in cell if box.faint > thresholds.blank_faint] for cell in measures.values()]
    depths = [boxes[0].depth for boxes in marked if len(boxes) == 1]
    return median(depths) if len(depths) >= max(5, len(marked) / 2) else 1.0


def _cross_most(measures: Mapping[_Key, tuple[BoxMeasure, ...]], thresholds: Thresholds) -> float:
    """The most a cross may cover, judged by this expert's own crosses on this sheet.

    A box much blacker than the others of the same pen may be a cancelled one.
    """
    boxes = (box for cell in measures.values() for box in cell)
    crosses = [box.coverage for box in boxes if look(box, thresholds) is Look.CROSS]
    if len(crosses) < 5:
        return thresholds.cross_most
    return min(thresholds.cross_most, max(1.4 * median(crosses), 0.45))


def _numbers(
    scene: Scene, wanted: Sequence[_Row], places: Mapping[_Key, _Place], *, reliable: bool
) -> Mapping[_Key, NumberReading]:
    """What all digits of the sheet say: recognised together, it is much quicker. A number that is cut off or on a sheet
    whose reference boxes are not as printed is not looked at."""
    every = [(row.row, number) for row in wanted for number in (*row.numbers, *row.sums)]
    whole = [(row, number) for row, number in every if places[row, number.criterion].whole and reliable]
    cells = [(cell, places[row, number.criterion].shift) for row, number in whole for cell in number.boxes]
    seen = iter(looks(scene, cells))
    said: dict[_Key, NumberReading] = {(row, number.criterion): Illegible("cut") for row, number in every}
    for row, number in whole:
        signs = [next(seen) for _cell in number.boxes]
        said[row, number.criterion] = read_number(signs, number.most, x=number.criterion is not None)
    return said


# --- deciding -------------------------------------------------------------------------------------


def _read_row(sheet: _Sheet, row: _Row, thresholds: Thresholds) -> tuple[list[CellSeen], list[SumSeen]]:
    written = sheet.numbers[row.row, None] if row.sums else None
    evidence: list[Evidence]
    if row.boxes:
        decided = [_decided(sheet, (row.row, cell.criterion), thresholds) for cell in row.boxes]
        says, decisions = rows.settled_boxes(decided, written)
        evidence = [sheet.measures[row.row, cell.criterion] for cell in row.boxes]
    else:
        said = [sheet.numbers[row.row, number.criterion] for number in row.numbers]
        says, decisions = rows.settled_digits(said, written)
        evidence = [*said]
    asked: tuple[_Boxes | _Number, ...] = (*row.boxes, *row.numbers)
    criteria = [cell.criterion for cell in asked if cell.criterion is not None]
    cells = [
        CellSeen(row.row, criterion, proof, one.reading, one.rule, _crop(sheet, (row.row, criterion)))
        for criterion, proof, one in zip(criteria, evidence, decisions, strict=True)
    ]
    if written is None or says is None:
        return cells, []
    return cells, [SumSeen(row.row, written, says, _crop(sheet, (row.row, None)))]


def _crop(sheet: _Sheet, key: _Key) -> Crop:
    place = sheet.places[key]
    return crop(sheet.scene.part, place.box, place.shift)


def _decided(sheet: _Sheet, key: _Key, thresholds: Thresholds) -> Decision:
    if not sheet.places[key].whole:
        return Decision(Damaged(), Rule.CUT_OFF)
    return decide(sheet.measures[key], thresholds)


def _quality(sheet: _Sheet, squares: Sequence[Shift], thresholds: Thresholds) -> SheetQuality:
    places = [place for (_row, criterion), place in sheet.places.items() if criterion is not None]
    shifts = [place.shift for place in places if place.shift.found]
    return SheetQuality(
        squares_found=sum(shift.found for shift in squares),
        squares=len(squares),
        largest_shift_mm=max((shift.length_mm for shift in shifts), default=0.0),
        print_found=len(shifts) / max(len(places), 1),
        streaks_mm=sheet.scene.streaks.mm(),
        references=thresholds.reliable,
    )
