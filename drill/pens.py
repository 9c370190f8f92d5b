"""Experts' pens: score sheets filled as people fill them, with the truth of what was meant and done.

Knows the sheet's geometry (shared with whoever prints) and nothing of how sheets are read.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.model import CriterionId, Given, Points
from crosscheck.sheetform import SheetForm
from drill import numerals
from drill.ink import BLACK, BLUE, PENCIL, VIOLET, Ink, Page, lay, pixels
from drill.numerals import Hand, some_hand

_SUBPIXEL = 4  # bits of fraction in cv2's fixed-point coordinates


class Deed(enum.Enum):
    """What was done to a cell."""

    CROSSED = "crossed"
    CORRECTED = "corrected"  # another box was crossed, then filled; the right one crossed after
    FAINT = "faint"
    SLIPPED = "slipped"  # the cross reaches into the neighbouring box
    FORGOTTEN = "forgotten"
    WRITTEN = "written"  # in digits
    STRUCK_OUT = "struck_out"  # digits struck out, and the right ones written beside or over them
    MISCOUNTED = "miscounted"  # the sum of a row is not that of its points


@dataclass(frozen=True, slots=True)
class Habits:
    """How often, of all cells (0 to 1): the rest are plain crosses."""

    corrected: float = 0.0
    faint: float = 0.0
    slipped: float = 0.0
    forgotten: float = 0.0
    no_sum: float = 0.0  # of all rows
    miscounted: float = 0.0


@dataclass(frozen=True, slots=True)
class Pen:
    """`width_mm` of the line, `reach` of a cross as a share of the box (1 = corner to corner), `jitter_mm` of its
    ends and middle, ink and habits."""

    width_mm: float
    reach: float
    jitter_mm: float
    ink: Ink
    habits: Habits


@dataclass(frozen=True, slots=True)
class FilledCell:
    """The truth of one cell: row from 0, what the expert meant, what was done, and the box filled in when it
    was corrected or touched when it slipped."""

    row: int
    criterion: CriterionId
    meant: Given
    deed: Deed
    also: Given | None = None


@dataclass(frozen=True, slots=True)
class FilledSum:
    """The truth of the sum at the end of a row: what stands there, None when it was forgotten."""

    row: int
    written: int | None
    deed: Deed


@dataclass(frozen=True, slots=True)
class Filled:
    """The truth of a sheet that was filled."""

    cells: tuple[FilledCell, ...]
    sums: tuple[FilledSum, ...]


STEADY = Habits()
HUMAN = Habits(corrected=0.012, faint=0.004, slipped=0.003, forgotten=0.004, no_sum=0.01, miscounted=0.01)
CAREFUL = Pen(0.5, 0.8, 0.2, BLUE, STEADY)
ORDINARY = Pen(0.5, 0.85, 0.35, BLUE, HUMAN)
HASTY = Pen(0.6, 1.0, 0.6, VIOLET, Habits(0.03, 0.01, 0.015, 0.01))
FINE = Pen(0.32, 0.7, 0.25, BLACK, HUMAN)
BROAD = Pen(0.9, 0.9, 0.3, BLACK, HUMAN)
GRAPHITE = Pen(0.5, 0.8, 0.3, PENCIL, Habits(0.01, 0.05, 0.003, 0.004))
PENS = {"careful": CAREFUL, "ordinary": ORDINARY, "hasty": HASTY, "fine": FINE, "broad": BROAD, "pencil": GRAPHITE}


def some_pen(rng: np.random.Generator, habits: Habits = HUMAN) -> Pen:
    """The pen of one more expert."""
    ink = (BLUE, BLUE, BLUE, VIOLET, BLACK)[int(rng.integers(5))]
    return Pen(
        width_mm=float(rng.uniform(0.35, 0.75)),
        reach=float(rng.uniform(0.7, 1.0)),
        jitter_mm=float(rng.uniform(0.15, 0.4)),
        ink=replace(ink, strength=float(rng.uniform(0.82, 0.98))),
        habits=habits,
    )


class _Sheet:
    """A page being written on: strokes are drawn on small masks and laid down as ink."""

    def __init__(self, page: Page, dpi: float, rng: np.random.Generator) -> None:
        self.page, self.dpi, self.rng = page, dpi, rng

    def strokes(self, lines: Sequence[NDArray[np.float64]], width_mm: float, ink: Ink) -> None:
        """Draw polylines (points in mm) as one mask."""
        points = np.concatenate(lines)
        corner = np.floor(pixels(1.0, self.dpi) * (points.min(axis=0) - 2.0)).astype(int)
        size = np.ceil(pixels(1.0, self.dpi) * (points.max(axis=0) + 2.0)).astype(int) - corner
        mask = np.zeros((int(size[1]), int(size[0])), np.uint8)
        wide = max(1, round(pixels(width_mm, self.dpi)))
        for line in lines:
            fixed = np.rint((line * self.dpi / 25.4 - corner) * (1 << _SUBPIXEL)).astype(np.int32)
            cv2.polylines(mask, [fixed.reshape(-1, 1, 2)], False, 255, wide, cv2.LINE_AA, _SUBPIXEL)
        lay(self.page, mask, int(corner[0]), int(corner[1]), ink, self.rng)


def _stroke(
    start: tuple[float, float], end: tuple[float, float], bend_mm: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A slightly bent line from start to end: 7 points (mm)."""
    a, b = np.array(start), np.array(end)
    way = np.linspace(0.0, 1.0, 7)[:, None]
    across = np.array([-(b - a)[1], (b - a)[0]]) / max(float(np.hypot(*(b - a))), 1e-6)
    return np.asarray(a + (b - a) * way + across * 4 * way * (1 - way) * float(rng.normal(0.0, bend_mm)))


def _cross(sheet: _Sheet, box: Box, pen: Pen, ink: Ink, shift: float = 0.0) -> None:
    rng = sheet.rng
    middle = np.array(box.centre) + rng.normal(0.0, pen.jitter_mm / 3, 2) + (shift, 0.0)
    reach = pen.reach * float(rng.normal(1.0, 0.08)) * box.w / 2

    def end(x: int, y: int) -> tuple[float, float]:
        at = (
            middle
            + reach * np.array([x, y])
            + np.clip(rng.normal(0.0, pen.jitter_mm / 2, 2), -pen.jitter_mm, pen.jitter_mm)
        )
        return float(at[0]), float(at[1])

    bend = pen.jitter_mm / 2
    lines = [_stroke(end(-1, -1), end(1, 1), bend, rng), _stroke(end(1, -1), end(-1, 1), bend, rng)]
    sheet.strokes(lines, pen.width_mm * float(rng.uniform(0.85, 1.15)), ink)


def _fill(sheet: _Sheet, box: Box, pen: Pen) -> None:
    """Scribble the box full, as the sheet's instruction asks when a cross is cancelled."""
    rng = sheet.rng
    lines = box.h / (pen.width_mm * 0.75)
    ys = np.linspace(box.y + 0.2, box.bottom - 0.2, max(6, round(lines)))
    points = [((box.x if i % 2 else box.right) + float(rng.normal(0.0, 0.15)), float(y)) for i, y in enumerate(ys)]
    sheet.strokes([np.array(points)], pen.width_mm, pen.ink)


def _deed(habits: Habits, rng: np.random.Generator) -> Deed:
    chances = (habits.corrected, habits.faint, habits.slipped, habits.forgotten)
    drawn, reached = float(rng.random()), 0.0
    for deed, chance in zip((Deed.CORRECTED, Deed.FAINT, Deed.SLIPPED, Deed.FORGOTTEN), chances, strict=True):
        reached += chance
        if drawn < reached:
            return deed
    return Deed.CROSSED


def _neighbour(boxes: Sequence[tuple[Given, Box]], at: int, rng: np.random.Generator) -> int:
    return at + 1 if at == 0 or (at + 1 < len(boxes) and rng.random() < 0.5) else at - 1


def _fill_cell(sheet: _Sheet, boxes: Sequence[tuple[Given, Box]], at: int, pen: Pen) -> tuple[Deed, Given | None]:
    """Fill one cell, box `at` being meant; returns what was done and the other box that got ink, if any."""
    deed, box = _deed(pen.habits, sheet.rng), boxes[at][1]
    match deed:
        case Deed.FORGOTTEN:
            return deed, None
        case Deed.FAINT:
            _cross(sheet, box, pen, replace(pen.ink, strength=pen.ink.strength * float(sheet.rng.uniform(0.12, 0.3))))
            return deed, None
        case Deed.SLIPPED:
            other = _neighbour(boxes, at, sheet.rng)
            _cross(
                sheet,
                box,
                replace(pen, reach=1.35),
                pen.ink,
                (boxes[other][1].x - box.x) * float(sheet.rng.uniform(0.26, 0.4)),
            )
            return deed, boxes[other][0]
        case Deed.CORRECTED:
            other = int(sheet.rng.choice([i for i in range(len(boxes)) if i != at]))
            _cross(sheet, boxes[other][1], pen, pen.ink)
            _fill(sheet, boxes[other][1], pen)
            _cross(sheet, box, pen, pen.ink)
            return deed, boxes[other][0]
        case _:
            _cross(sheet, box, pen, pen.ink)
            return deed, None


def _write_number(
    sheet: _Sheet, value: Given, cells: tuple[Box, ...], pen: Pen, hand: Hand
) -> tuple[Deed, Given | None]:
    """Write points or X into digit cells; what was done."""
    rng, deed = sheet.rng, _deed(pen.habits, sheet.rng)
    ink = pen.ink
    match deed:
        case Deed.FORGOTTEN:
            return deed, None
        case Deed.FAINT:
            ink = replace(pen.ink, strength=pen.ink.strength * float(rng.uniform(0.12, 0.3)))
        case Deed.CORRECTED:
            wrong = Points(int(rng.integers(10)))
            numerals.write(sheet.page, str(wrong.value), cells[-1:], sheet.dpi, hand, ink, rng)
            numerals.strike_out(sheet.page, cells[-1], sheet.dpi, ink, rng)
            above = replace(cells[-1], x=cells[-1].x + 1.5, y=cells[-1].y - 2.0)
            numerals.write(sheet.page, _spelled(value)[-1:], (above,), sheet.dpi, hand, ink, rng)
            return Deed.STRUCK_OUT, wrong
        case _:
            deed = Deed.WRITTEN
    numerals.write(sheet.page, _spelled(value), cells, sheet.dpi, hand, ink, rng)
    return deed, None


def _spelled(value: Given) -> str:
    return str(value.value) if isinstance(value, Points) else "X"


def _write_sum(
    sheet: _Sheet, row: int, given: Sequence[Given], cells: tuple[Box, ...], pen: Pen, hand: Hand
) -> FilledSum:
    rng = sheet.rng
    right = sum(value.value for value in given if isinstance(value, Points))
    chance = float(rng.random())
    if chance < pen.habits.no_sum:
        return FilledSum(row, None, Deed.FORGOTTEN)
    miscounted = chance < pen.habits.no_sum + pen.habits.miscounted
    written = max(0, right + (int(rng.choice([-2, -1, 1, 2])) if miscounted else 0))
    numerals.write(sheet.page, str(written), cells, sheet.dpi, hand, pen.ink, rng)
    return FilledSum(row, written, Deed.WRITTEN if written == right else Deed.MISCOUNTED)


def fill_sheet(
    image: Page,
    dpi: float,
    form: SheetForm,
    rows: Sequence[Mapping[CriterionId, Given] | None],
    pen: Pen,
    rng: np.random.Generator,
) -> tuple[Page, Filled]:
    """Fill an upright, unworn sheet (grey or RGB, `dpi` pixels an inch) with crosses or digits, as it asks, and write
    the sums of its rows.

    `rows[i]` says what row i is given; criteria it doesn't name, rows that are None and rows beyond the list stay
    untouched. Returns the filled copy and the truth of all that was to be filled.
    Raises ValueError when a value has no box on this sheet.
    """
    sheet, cells, sums = _Sheet(image.copy(), dpi, rng), [], []
    hand = some_hand(rng) if form.digits else None
    for row, given in enumerate(rows):
        asked = {criterion: value for criterion, value in (given or {}).items() if criterion in form.criteria}
        for criterion, boxes in form.cells(row):
            if criterion in asked:
                values = [value for value, _ in boxes]
                if asked[criterion] not in values:
                    raise ValueError(f"row {row}, criterion {criterion}: no box for {asked[criterion]}")
                deed, also = _fill_cell(sheet, boxes, values.index(asked[criterion]), pen)
                cells.append(FilledCell(row, criterion, asked[criterion], deed, also))
        if hand is None or not asked:
            continue
        for criterion, places in form.digit_cells(row):
            if criterion in asked:
                deed, also = _write_number(sheet, asked[criterion], places, pen, hand)
                cells.append(FilledCell(row, criterion, asked[criterion], deed, also))
        if form.sums:
            sums.append(_write_sum(sheet, row, list(asked.values()), form.sum_cells(row), pen, hand))
    return sheet.page, Filled(tuple(cells), tuple(sums))
