"""A scanned score sheet: which one it is, where it lies, and what its cells say.

The sheet is known by its codes and its four marks together; a page that shows anything less is a fault
for a person, never a guess. What was read keeps its evidence: measures, the rule, a picture of the cell.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from crosscheck.geometry import Box
from crosscheck.labels import Kind, Label, ShortLabel
from crosscheck.model import CellReading, CriterionId, Damaged, Given
from crosscheck.sheetform import SheetForm
from crosscheck.sheetlayout import BOX, LAYOUTS, Layout
from scanning.codes.barcodes import Disagree, LabelRead, LabelReading, ShortOnly, Unreadable, label_of, read_codes
from scanning.placing.registration import (
    Registration,
    RegistrationFault,
    RegistrationFaultKind,
    register_seen,
    see_marks,
    which_page,
)
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
from scoring.errors import RowsDontFit


class SheetFaultKind(enum.Enum):
    """Why a page can't be taken as a score sheet."""

    NO_CODE = "no_code"  # no readable code
    CODE_DAMAGED = "code_damaged"  # a code of ours whose check failed, or of a later version
    DISAGREE = "disagree"  # the codes of the page say different things
    NOT_A_SHEET = "not_a_sheet"  # other paper of ours, or somebody else's
    MARKS_MISSING = "marks_missing"  # not all four corner marks; the detail names the missing ones
    TWO_SHEETS = "two_sheets"  # a corner mark twice: two sheets in one scan
    RESIDUAL = "residual"  # the marks don't lie as on a flat page


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """A sheet that can be read. A ShortLabel (only the Code128 was read) must be matched with what was issued.
    `layout`: upright or lying, as its marks say."""

    label: Label | ShortLabel
    registration: Registration
    layout: Layout


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A page that can't; `detail` says what was found."""

    kind: SheetFaultKind
    detail: str


def identify(grey: Grey) -> SheetSeen | SheetFault:
    """Which score sheet a scanned page is and where it lies. `grey`: HxW uint8, any of four orientations."""
    found = label_of(read_codes(grey))
    label = _sheet_label(found, grey)
    if isinstance(label, SheetFault):
        return label
    seen = see_marks(grey)
    layout = max(LAYOUTS, key=lambda one: len({mark.marker for mark in one.marks} & {mark.marker for mark in seen}))
    place = register_seen(grey, seen, layout.marks)
    return _placed(place) if isinstance(place, RegistrationFault) else SheetSeen(label, place, layout)


def _sheet_label(found: LabelReading, grey: Grey) -> Label | ShortLabel | SheetFault:
    match found:
        case LabelRead(label=label) | ShortOnly(label=label):
            if label.kind is not Kind.SHEET:
                return SheetFault(SheetFaultKind.NOT_A_SHEET, label.kind.name)
            return label
        case Disagree(labels=several):
            return SheetFault(
                SheetFaultKind.DISAGREE, "; ".join(f"{s.kind.value} {s.number}-{s.page}" for s in several)
            )
        case Unreadable(alien=alien, damaged=damaged):
            return _no_label(alien, damaged, grey)


def _no_label(alien: tuple[str, ...], damaged: tuple[str, ...], grey: Grey) -> SheetFault:
    if which_page(grey) == "answer":
        return SheetFault(SheetFaultKind.NOT_A_SHEET, Kind.ANSWER.name)
    if damaged:
        return SheetFault(SheetFaultKind.CODE_DAMAGED, "; ".join(damaged))
    return SheetFault(SheetFaultKind.NOT_A_SHEET if alien else SheetFaultKind.NO_CODE, "; ".join(alien))


def _placed(fault: RegistrationFault) -> SheetFault:
    kinds = {
        RegistrationFaultKind.MISSING: SheetFaultKind.MARKS_MISSING,
        RegistrationFaultKind.DOUBLE: SheetFaultKind.TWO_SHEETS,
    }
    detail = ", ".join(map(str, fault.markers)) or fault.detail
    return SheetFault(kinds.get(fault.kind, SheetFaultKind.RESIDUAL), detail)


# --- reading -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One cell: `row` from 0. `crop`: PNG of the cell from the scan."""

    row: int
    criterion: CriterionId
    boxes: tuple[BoxMeasure, ...]
    reading: CellReading
    rule: Rule
    crop: bytes


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
    """All asked cells of a sheet, row by row, in the order of the form's columns."""

    cells: tuple[CellSeen, ...]
    thresholds: Thresholds
    quality: SheetQuality


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    criterion: CriterionId
    boxes: tuple[tuple[Given, Box], ...]

    @property
    def box(self) -> Box:
        first, last = self.boxes[0][1], self.boxes[-1][1]
        return Box(first.x, first.y, last.right - first.x, BOX)


@dataclass(frozen=True, slots=True)
class _Measured:
    cell: _Cell
    shift: Shift
    seen: bool
    boxes: tuple[BoxMeasure, ...]


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
    levels, thresholds = references(page.dark, layout.reference, _reference_shift(sheet))
    scene = Scene(page, printed, levels, _streaks(sheet, levels, len(asked)), layout.lying)
    measured = tuple(_measured(sheet, scene, cell) for cell in _cells(form, asked))
    settled = replace(thresholds, cross_most=_cross_most(measured, thresholds))
    cells = tuple(_seen(page, item, settled) for item in measured)
    return SheetReading(cells, settled, _quality(sheet, measured, scene, thresholds))


def _cells(form: SheetForm, asked: Sequence[frozenset[CriterionId]]) -> tuple[_Cell, ...]:
    return tuple(
        _Cell(row, criterion, boxes)
        for row, wanted in enumerate(asked)
        for criterion, boxes in form.cells(row)
        if criterion in wanted
    )


def _reference_shift(sheet: _Sheet) -> Shift:
    first, last = sheet.form.layout.reference[0], sheet.form.layout.reference[-1]
    span = Box(first.x, first.y, last.right - first.x, first.h)
    return cell_shift(sheet.page.dark, sheet.blank, span, sheet.expected(span))


def _streaks(sheet: _Sheet, levels: Levels, rows: int) -> Columns:
    form, dark, blank = sheet.form, sheet.page.dark, sheet.blank
    if form.layout.lying:
        # Paper is fed along its long side, which here runs across the page.
        across, printed = np.ascontiguousarray(dark.T), np.ascontiguousarray(blank.T)
        return streak_columns(across, printed, levels.faint, form.layout.left, form.layout.right)
    return streak_columns(dark, blank, levels.faint, form.row_top(0), form.row_top(max(rows - 1, 4)) + BOX)


def _measured(sheet: _Sheet, scene: Scene, cell: _Cell) -> _Measured:
    shift = cell_shift(sheet.page.dark, sheet.blank, cell.box, sheet.expected(cell.box))
    if not visible(sheet.page, cell.box.grown(0.8), shift):
        return _Measured(cell, shift, False, ())
    return _Measured(cell, shift, True, tuple(measure(scene, given, box, shift) for given, box in cell.boxes))


def _cross_most(measured: Sequence[_Measured], thresholds: Thresholds) -> float:
    """The most a cross may cover, judged by this expert's own crosses on this sheet.

    A box much blacker than the others of the same pen may be a cancelled one.
    """
    crosses = [box.coverage for item in measured for box in item.boxes if look(box, thresholds) is Look.CROSS]
    if len(crosses) < 5:
        return thresholds.cross_most
    return min(thresholds.cross_most, max(1.4 * median(crosses), 0.45))


def _seen(page: Canonical, item: _Measured, thresholds: Thresholds) -> CellSeen:
    decision = decide(item.boxes, thresholds) if item.seen else Decision(Damaged(), Rule.CUT_OFF)
    picture = crop(page, item.cell.box, item.shift)
    return CellSeen(item.cell.row, item.cell.criterion, item.boxes, decision.reading, decision.rule, picture)


def _quality(sheet: _Sheet, measured: Sequence[_Measured], scene: Scene, thresholds: Thresholds) -> SheetQuality:
    found = [item.shift for item in measured if item.shift.found]
    return SheetQuality(
        squares_found=sum(shift.found for shift in sheet.squares),
        squares=len(sheet.squares),
        largest_shift_mm=max((shift.length_mm for shift in found), default=0.0),
        print_found=len(found) / max(len(measured), 1),
        streaks_mm=scene.streaks_mm(),
        references=thresholds.reliable,
    )
