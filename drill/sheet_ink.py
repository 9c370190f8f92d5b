"""Marks and numbers put on a clean sheet as the plan says. Knows places on the form and nothing of how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.model import Given, Points
from crosscheck.sheetform import SheetForm
from drill import numerals
from drill.ink import Ink, Page, lay, pixels
from drill.numerals import Hand
from drill.sheet_plan import CellPlan, Deed, Pen, RowPlan, SumDeed

Points2 = NDArray[np.float64]
Rng = np.random.Generator
_FRACTION = 4  # bits of cv2's fixed point


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """A sheet being written on, by whom and with what."""

    page: Page
    dpi: float
    pen: Pen
    hand: Hand | None
    rng: Rng

    def draw(self, lines: Sequence[Points2], ink: Ink | None = None, width_mm: float | None = None) -> None:
        """Lines through points (mm), laid down as one stroke of ink."""
        wide = max(1, round(pixels(width_mm or self.pen.width_mm * float(self.rng.uniform(0.88, 1.12)), self.dpi)))
        every = np.concatenate(lines) * self.dpi / 25.4
        corner = np.floor(every.min(axis=0)).astype(int) - wide - 2
        size = np.ceil(every.max(axis=0)).astype(int) + wide + 2 - corner
        mask = np.zeros((int(size[1]), int(size[0])), np.uint8)
        for line in lines:
            fixed = np.rint((line * self.dpi / 25.4 - corner) * (1 << _FRACTION)).astype(np.int32)
            cv2.polylines(mask, [fixed.reshape(-1, 1, 2)], False, 255, wide, cv2.LINE_AA, _FRACTION)
        lay(self.page, mask, int(corner[0]), int(corner[1]), ink or self.pen.ink, self.rng)

    def off(self, scale: float = 1.0) -> Points2:
        """How far a hand misses, in mm."""
        most = 2.0 * self.pen.shake_mm * scale
        return np.clip(self.rng.normal(0.0, self.pen.shake_mm * scale, 2), -most, most)

    def stroke(self, start: Points2, end: Points2) -> Points2:
        """A stroke of a hand: a little bent."""
        way = np.linspace(0.0, 1.0, 6)[:, None]
        along = end - start
        across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
        bend = float(self.rng.normal(0.0, 0.35 * self.pen.shake_mm))
        return np.asarray(start + along * way + across * 4 * way * (1 - way) * bend)


def filled(page: Page, dpi: float, form: SheetForm, rows: Sequence[RowPlan], pen: Pen, rng: Rng) -> Page:
    """A copy of a clean sheet (grey, `dpi`), filled as planned: row i of the form as rows[i] says."""
    hand = numerals.some_hand(rng) if form.digits else None
    desk = Desk(page.copy(), dpi, pen, hand, rng)
    for index, row in enumerate(rows):
        plans = {cell.criterion: cell for cell in row.cells}
        for criterion, boxes in form.cells(index):
            if criterion in plans:
                _fill_boxes(desk, dict(boxes), plans[criterion])
        for criterion, cells in form.digit_cells(index):
            if criterion in plans:
                _fill_digits(desk, cells, plans[criterion])
        if row.sum is not None and row.sum.written is not None:
            cells = form.sum_cells(index)
            _write(desk, str(row.sum.written), cells)
            if row.sum.deed is SumDeed.SPOILT:
                for cell in cells:
                    _scribble(desk, cell.grown(-0.8), 1.3)
    return desk.page


# --- boxes ----------------------------------------------------------------------------------------


def _middle(box: Box) -> Points2:
    return np.array(box.centre)


def _cross(desk: Desk, box: Box, reach: float | None = None, at: Points2 | None = None) -> list[Points2]:
    half = (reach or desk.pen.reach * float(desk.rng.normal(1.0, 0.07))) * box.w / 2
    middle = _middle(box) + 0.35 * desk.off() if at is None else at

    def end(x: int, y: int) -> Points2:
        return np.asarray(middle + half * np.array([x, y]) + 0.5 * desk.off())

    return [desk.stroke(end(-1, -1), end(1, 1)), desk.stroke(end(1, -1), end(-1, 1))]


def _scribble(desk: Desk, box: Box, gap: float) -> None:
    """Back and forth until the box is full; `gap`: from line to line, in widths of the pen."""
    count = max(6, round(box.h / (desk.pen.width_mm * gap)))
    ys = np.linspace(box.y + 0.15, box.bottom - 0.15, count)
    ends = [(box.x if i % 2 else box.right, y) for i, y in enumerate(ys)]
    desk.draw([np.array(ends) + desk.rng.normal(0.0, 0.1, (count, 2))])


def _crossed(desk: Desk, box: Box, _other: Box | None) -> None:
    desk.draw(_cross(desk, box))


def _ticked(desk: Desk, box: Box, _other: Box | None) -> None:
    middle = _middle(box) + 0.5 * desk.off()
    points = [(-1.3, -0.1), (-0.3, 1.3), (1.7, -1.7)]
    low, foot, high = (middle + np.array(p) + 0.4 * desk.off() for p in points)
    desk.draw([np.concatenate([desk.stroke(low, foot), desk.stroke(foot, high)])])


def _circled(desk: Desk, box: Box, _other: Box | None) -> None:
    radius = float(desk.rng.uniform(1.2, 2.7))
    angles = np.linspace(0.3, 0.3 + 2 * np.pi * float(desk.rng.uniform(0.95, 1.1)), 24)
    shape = np.stack([radius * np.cos(angles), 1.05 * radius * np.sin(angles)], axis=1)
    desk.draw([_middle(box) + 0.4 * desk.off() + shape])


def _slashed(desk: Desk, box: Box, _other: Box | None) -> None:
    half, side = desk.pen.reach * box.w / 2, 1 if desk.rng.random() < 0.8 else -1
    start, end = (_middle(box) + np.array([x * side, y]) * half + 0.5 * desk.off() for x, y in ((-1, 1), (1, -1)))
    desk.draw([desk.stroke(start, end)])


def _upright(desk: Desk, box: Box, _other: Box | None) -> None:
    half, middle = 1.15 * desk.pen.reach * box.w / 2, _middle(box) + 0.35 * desk.off()
    ends = [((-half, 0.0), (half, 0.0)), ((0.0, -half), (0.0, half))]
    lines = [desk.stroke(middle + np.array(a) + 0.4 * desk.off(), middle + np.array(b)) for a, b in ends]
    desk.draw(lines)


def _blob(desk: Desk, box: Box, _other: Box | None) -> None:
    radius = float(desk.rng.uniform(0.6, 1.1))
    angles = np.linspace(0.0, 6 * np.pi, 40)
    shape = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius * np.linspace(0.1, 1.0, 40)[:, None]
    desk.draw([_middle(box) + 0.5 * desk.off() + shape])


def _overlong(desk: Desk, box: Box, _other: Box | None) -> None:
    desk.draw(_cross(desk, box, float(desk.rng.uniform(1.2, 1.7))))


def _retraced(desk: Desk, box: Box, _other: Box | None) -> None:
    for _ in range(2):
        desk.draw(_cross(desk, box))


def _erased(desk: Desk, box: Box, other: Box | None) -> None:
    assert other is not None
    faint = replace(desk.pen.ink, strength=float(desk.rng.uniform(0.03, 0.14)), unevenness=0.6)
    desk.draw(_cross(desk, other), faint)
    desk.draw(_cross(desk, box))


def _specked(desk: Desk, box: Box, other: Box | None) -> None:
    assert other is not None
    at = _middle(other) + desk.rng.uniform(-1.2, 1.2, 2)
    desk.draw([np.array([at, at + np.array([0.05, 0.0])])], width_mm=float(desk.rng.uniform(0.15, 0.35)))
    desk.draw(_cross(desk, box))


def _nothing(desk: Desk, box: Box, _other: Box | None) -> None:
    del desk, box


def _corrected(desk: Desk, box: Box, other: Box | None) -> None:
    assert other is not None
    _only_filled(desk, other, None)
    desk.draw(_cross(desk, box))


def _only_filled(desk: Desk, box: Box, _other: Box | None) -> None:
    desk.draw(_cross(desk, box))
    _scribble(desk, box.grown(-0.2), float(desk.rng.uniform(0.7, 1.15)))


def _two(desk: Desk, box: Box, other: Box | None) -> None:
    assert other is not None
    desk.draw(_cross(desk, box))
    desk.draw(_cross(desk, other))


def _between(desk: Desk, box: Box, other: Box | None) -> None:
    assert other is not None
    share = float(desk.rng.uniform(0.42, 0.58))
    desk.draw(_cross(desk, box, None, _middle(box) * (1 - share) + _middle(other) * share))


def _rest(desk: Desk, box: Box, _other: Box | None) -> None:
    at = _middle(box) + desk.off()
    desk.draw([np.array([at, at + desk.rng.uniform(-0.3, 0.3, 2)])])


def _cancelled(desk: Desk, box: Box, other: Box | None) -> None:
    assert other is not None
    desk.draw(_cross(desk, other))
    start, end = (_middle(other) + np.array([x * 2.6, 0.0]) + desk.off() for x in (-1, 1))
    desk.draw([desk.stroke(start, end)])
    desk.draw(_cross(desk, box))


_BOX_DEEDS: Mapping[Deed, Callable[[Desk, Box, Box | None], None]] = {
    Deed.CROSSED: _crossed,
    Deed.TICKED: _ticked,
    Deed.CIRCLED: _circled,
    Deed.SLASHED: _slashed,
    Deed.UPRIGHT: _upright,
    Deed.BLOB: _blob,
    Deed.OVERLONG: _overlong,
    Deed.RETRACED: _retraced,
    Deed.ERASED: _erased,
    Deed.SPECKED: _specked,
    Deed.FORGOTTEN: _nothing,
    Deed.CORRECTED: _corrected,
    Deed.ONLY_FILLED: _only_filled,
    Deed.TWO: _two,
    Deed.BETWEEN: _between,
    Deed.REST: _rest,
    Deed.CANCELLED: _cancelled,
}


def _fill_boxes(desk: Desk, boxes: Mapping[Given, Box], plan: CellPlan) -> None:
    if plan.deed is Deed.STRUCK:
        every, ahead = list(boxes.values()), np.array([3.0, 0.0])
        start, end = _middle(every[0]) - ahead, _middle(every[-1]) + ahead
        desk.draw([desk.stroke(start + desk.off(), end + desk.off())])
    elif plan.meant is not None:
        other = None if plan.also is None else boxes[plan.also]
        _BOX_DEEDS[plan.deed](desk, boxes[plan.meant], other)


# --- digits ---------------------------------------------------------------------------------------


def _spelled(value: Given) -> str:
    return str(value.value) if isinstance(value, Points) else "X"


def _write(desk: Desk, text: str, cells: tuple[Box, ...]) -> None:
    assert desk.hand is not None
    numerals.write(desk.page, text, cells, desk.dpi, desk.hand, desk.pen.ink, desk.rng)


def _fill_digits(desk: Desk, cells: tuple[Box, ...], plan: CellPlan) -> None:
    if plan.meant is None:
        return
    last = cells[-1]
    match plan.deed:
        case Deed.STRUCK_OUT:
            assert plan.also is not None
            _write(desk, _spelled(plan.also)[-1], (last,))
            numerals.strike_out(desk.page, last, desk.dpi, desk.pen.ink, desk.rng)
            _write(desk, _spelled(plan.meant)[-1], (replace(last, x=last.x + 1.6, y=last.y - 2.2),))
        case Deed.OVERWRITTEN:
            assert plan.also is not None
            _write(desk, _spelled(plan.also)[-1], (last,))
            _write(desk, _spelled(plan.meant), cells)
        case _:
            _write(desk, _spelled(plan.meant), cells)
