"""The sheet drill on a few sheets: it holds, and with a planted bug it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from crosscheck.sheetlayout import LAYOUTS, Layout
from drill import sheets
from drill.damage import Damage, Kind, Tear
from drill.gate import Gate
from drill.sheet_plan import Deed, Sort, SumDeed, sort_of
from drill.sheet_play import Errand, planned
from drill.sheet_scan import State, ruin
from scoring import cells, laying, reading, rows
from scoring.decide import BoxMeasure, Decision, Thresholds, decide
from scoring.rows import SumSays

BOXES = Errand(seed=3, number=12, scans=2)  # two ordinary sheets, with marks of all sorts
DIGITS = Errand(seed=3, number=5, scans=2)
SUMS = Errand(seed=3, number=4, scans=2)
TORN = Errand(seed=3, number=2, scans=2)
WRONG, ASKED = "wrong points accepted", "cells accepted that nobody can know"
ORDINARY = "box cells of ordinary pens and scans to a person"
MISCOUNTED = "rows accepted with a sum that is not theirs"


def gates_of(*errands: Errand) -> Mapping[str, Gate]:
    """The gates over some errands, by name."""
    counts, _trouble = sheets.counted(iter(errands), 1, 1000)
    return {gate.name: gate for gate in sheets.gates(counts)}


def failed(*errands: Errand) -> set[str]:
    return {name for name, gate in gates_of(*errands).items() if not gate.ok}


def test_the_drill_holds_and_has_something_to_try() -> None:
    """No gate fails; boxes, digits, sums, marks that nobody can know and ordinary sheets are among what is read."""
    gates = gates_of(BOXES, DIGITS, SUMS, TORN)
    assert {name for name, gate in gates.items() if not gate.ok} == set()
    tried = (WRONG, ASKED, ORDINARY, "digit cells to a person (stated)", "sums read as another (stated)")
    assert all(gates[name].n > 0 for name in tried)


# --- planted bugs ------------------------------------------------------------------------------------


def _with_thresholds(monkeypatch: pytest.MonkeyPatch, **off: float) -> None:
    real = cells._thresholds

    def wrong(*arguments: float) -> Thresholds:
        return replace(real(*arguments), **off)  # type: ignore[arg-type]

    monkeypatch.setattr(cells, "_thresholds", wrong)


def test_thresholds_that_are_too_lax_fail_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is not blank counts as a cross."""
    lax = {"cross_extent": 0.0, "cross_quarters": 0, "cross_ring": 1.0, "cross_mass": 2.0, "cross_least": 0.01}
    _with_thresholds(monkeypatch, **lax, cross_most=1.0, filled_least=1.1)
    assert failed(BOXES) & {WRONG, ASKED}


def test_thresholds_that_are_too_strict_fail_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that asks about everything makes no errors, and is no use."""
    _with_thresholds(monkeypatch, cross_least=0.5)
    assert ORDINARY in failed(BOXES)


def test_a_mirrored_row_fails_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values counted from the wrong end of a cell."""

    def mirrored(boxes: Sequence[BoxMeasure], thresholds: Thresholds) -> Decision:
        given = [box.given for box in reversed(boxes)]
        return decide([replace(box, given=value) for box, value in zip(boxes, given, strict=True)], thresholds)

    monkeypatch.setattr(reading, "decide", mirrored)
    assert WRONG in failed(BOXES)


def test_a_wrong_blank_fails_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet laid over the print of another one is not read."""
    real: Callable[..., laying.Grey] = laying.blank_darkness
    monkeypatch.setattr(laying, "blank_darkness", lambda *given: np.ascontiguousarray(real(*given)[::-1]))
    assert ORDINARY in failed(BOXES)


def test_sums_that_always_agree_fail_the_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digit counts because of its sum: without that check wrong ones are accepted, or rows with another's sum."""
    monkeypatch.setattr(rows, "digit_row", lambda *_given: SumSays.AGREES)
    assert failed(DIGITS, Errand(3, 9, 2)) & {WRONG, ASKED, MISCOUNTED}


# --- what is decided before anything is read -----------------------------------------------------------


def test_all_that_is_to_be_drilled_is_planned() -> None:
    """Every mark, every sum, every paper; forms of one criterion and of many, of one row and of twenty."""
    plans = [planned(Errand(1, number)) for number in range(150)]
    scans = [scan for plan in plans for scan in plan.scans]
    cells_ = [cell for scan in scans for row in scan.rows for cell in row.cells]
    assert {cell.deed for cell in cells_} == set(Deed)
    assert {row.sum.deed for scan in scans for row in scan.rows if row.sum} == set(SumDeed)
    assert len({scan.wear.what for scan in scans}) == len(sheets.WEARS)
    counts = {len(plan.procedure.criteria) for plan in plans}
    assert min(counts) <= 2 < 28 <= max(counts)
    assert {1, 20} <= {len(plan.asked) for plan in plans}
    assert max(criterion.maximum for plan in plans for criterion in plan.procedure.criteria) == 20


def test_the_same_seed_plans_the_same() -> None:
    """A run can be repeated, errand by errand."""
    assert planned(Errand(4, 7)) == planned(Errand(4, 7)) != planned(Errand(4, 8))


def test_errands_fill_as_many_cells_as_asked() -> None:
    """Not one errand more than it takes."""
    many = list(sheets.errands(2, 5000))
    total = [planned(errand).cells for errand in many]
    assert sum(total) >= 5000 > sum(total[:-1])


def test_a_cell_can_be_read_only_when_one_mark_stands_in_one_box() -> None:
    """What is to be asked about is fixed by what was done."""
    assert {deed for deed in Deed if sort_of(deed) is Sort.CLEAR} == {Deed.CROSSED, Deed.WRITTEN}
    assert {sort_of(deed) for deed in (Deed.TWO, Deed.FORGOTTEN, Deed.CORRECTED, Deed.REST)} == {Sort.ASK}


@pytest.mark.parametrize("layout", LAYOUTS, ids=["upright", "lying"])
def test_a_torn_mark_destroys_a_sheet_and_is_named(layout: Layout) -> None:
    """A corner that is torn off deep takes one mark with it; one torn off at the edge takes none."""
    deep = ruin(Damage(Kind.TORN, tear=Tear(2, 70.0, 70.0)), layout)
    assert deep.state is State.DESTROYED
    assert len(deep.why) == 1
    assert ruin(Damage(Kind.TORN, tear=Tear(2, 8.0, 8.0)), layout).state is State.SOUND
