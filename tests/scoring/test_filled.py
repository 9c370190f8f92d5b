"""Sheets filled by the drill's people, in boxes and in digits, with the sums of their rows: what is read of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
import pytest

from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import CaptureStyle, Control
from crosscheck.sheetform import SheetForm, choices
from drill import paper, pens
from drill.pens import Filled, Habits
from packets.drawing.sheets import blank_raster
from scoring import rows
from scoring.decide import Rule
from scoring.reading import CellSeen, SheetReading, read_sheet
from scoring.rows import SumSays
from scoring.sheets import SheetSeen, identify
from tests import factories
from tests.packets.printed import sheet

DPI = 200
MAXIMA = {CaptureStyle.BOXES: (1, 2, 2, 3), CaptureStyle.DIGITS: (1, 2, 2, 3, 3, 4)}


@dataclass(frozen=True)
class Read:
    """A sheet that was filled and read."""

    truth: Filled
    reading: SheetReading

    def meant(self) -> dict[tuple[int, CriterionId], Given]:
        return {(cell.row, cell.criterion): cell.meant for cell in self.truth.cells}

    def accepted(self) -> list[CellSeen]:
        return [cell for cell in self.reading.cells if isinstance(cell.reading, Points | NotAttempted)]

    def wrong(self) -> int:
        meant = self.meant()
        return sum(cell.reading != meant[cell.row, cell.criterion] for cell in self.accepted())


def _given(form: SheetForm, rng: np.random.Generator) -> list[dict[CriterionId, Given]]:
    def some(maximum: int) -> Given:
        return choices(maximum)[int(rng.integers(maximum + 2))]

    return [{c.criterion.id: some(c.criterion.maximum) for c in form.columns} for _ in range(form.rows)]


@cache
def read(style: CaptureStyle, seed: int = 1, habits: Habits = pens.HUMAN) -> Read:
    """A sheet of twenty rows, filled by somebody with these habits, scanned upside down and read."""
    rng = np.random.default_rng(seed)
    criteria = tuple(factories.criterion(f"{n}", "1", maximum) for n, maximum in enumerate(MAXIMA[style], 1))
    content = sheet(factories.procedure(criteria=criteria, style=style, control=Control.ROWS), 20)
    blank = blank_raster(content, DPI)
    page = np.asarray(cv2.imdecode(np.frombuffer(blank, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    pen = replace(pens.ORDINARY, habits=habits)
    filled, truth = pens.fill_sheet(page, DPI, content.form, _given(content.form, rng), pen, rng)
    scan = paper.turned(paper.aged(filled, DPI, paper.ORDINARY, rng), paper.Turn.OVER)
    seen = identify(scan)
    assert isinstance(seen, SheetSeen)
    asked = [content.form.criteria] * 20
    return Read(truth, read_sheet(scan, seen.registration, content.form, asked, blank))


@pytest.mark.parametrize("style", CaptureStyle)
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_accepted_that_nobody_meant(style: CaptureStyle, seed: int) -> None:
    """Boxes and digits, with all that people do to them."""
    found = read(style, seed)
    assert len(found.reading.cells) == 20 * len(MAXIMA[style])
    assert found.wrong() == 0


def test_most_boxes_are_confirmed_by_the_sum_of_their_row() -> None:
    """The sum takes no cell away; most sums are read."""
    found = read(CaptureStyle.BOXES)
    assert len(found.accepted()) >= 75
    assert sum(one.says is SumSays.AGREES for one in found.reading.sums) >= 14
    assert {cell.rule for cell in found.accepted()} <= {Rule.ONE_CROSS, Rule.ONE_CROSS_SUM}


def test_no_sum_is_taken_for_another() -> None:
    """A sum that was read beyond doubt is the one that is written."""
    for style in CaptureStyle:
        found = read(style)
        written = {one.row: one.written for one in found.truth.sums}
        assert all(one.points() in (None, written[one.row]) for one in found.reading.sums)


def test_some_rows_of_digits_are_accepted_whole() -> None:
    """All cells of a row, or none; each with what its digits were believed to be."""
    rows_accepted = [cell.row for cell in read(CaptureStyle.DIGITS, habits=pens.STEADY).accepted()]
    assert len(set(rows_accepted)) >= 4
    assert all(rows_accepted.count(row) == len(MAXIMA[CaptureStyle.DIGITS]) for row in rows_accepted)


def test_forgotten_sums_leave_boxes_and_stop_digits() -> None:
    """A cross stands by itself; a digit doesn't."""
    forgetful = Habits(no_sum=1.0)
    boxes, digits = (read(style, habits=forgetful) for style in (CaptureStyle.BOXES, CaptureStyle.DIGITS))
    assert {one.says for one in (*boxes.reading.sums, *digits.reading.sums)} == {SumSays.EMPTY}
    assert len(boxes.accepted()) >= 78
    assert digits.accepted() == []


def test_miscounted_sums_confirm_nothing() -> None:
    """Every sum is wrong: no box is confirmed by one, most rows go to a person, no digit is accepted."""
    miscounting = Habits(miscounted=1.0)
    boxes, digits = (read(style, habits=miscounting) for style in (CaptureStyle.BOXES, CaptureStyle.DIGITS))
    right = {one.row for one in boxes.truth.sums if one.deed is pens.Deed.WRITTEN}  # none below 0 can be written
    assert {one.row for one in boxes.reading.sums if one.says is SumSays.AGREES} <= right
    assert sum(one.says is SumSays.DIFFERS for one in boxes.reading.sums) >= 8
    assert digits.wrong() == 0
    assert {cell.row for cell in digits.accepted()} <= {
        one.row for one in digits.truth.sums if one.deed is pens.Deed.WRITTEN
    }


def test_planted_digits_that_count_without_their_sum_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that takes the likeliest digits accepts wrong ones: the comparison counts them."""
    monkeypatch.setattr(rows, "digit_row", lambda *_given: SumSays.AGREES)
    found = sum(read.__wrapped__(CaptureStyle.DIGITS, seed, pens.HASTY.habits).wrong() for seed in (1, 2, 3))
    assert found > 0
