"""Score sheets filled as people fill them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.geometry import Box
from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.sheetform import SheetForm, choices, sheet_forms
from drill.ink import Page
from drill.pens import CAREFUL, HASTY, PENS, Deed, FilledCell, Habits, Pen, fill_sheet
from tests.factories import procedure

_DPI = 100
_FORM: SheetForm = sheet_forms(procedure())[0]


def _sheet() -> Page:
    return np.full((1169, 827), 255, np.uint8)


def _rows(rng: np.random.Generator, count: int = 5) -> list[Mapping[CriterionId, Given] | None]:
    def some(maximum: int) -> Given:
        return choices(maximum)[int(rng.integers(maximum + 2))]

    return [{c.criterion.id: some(c.criterion.maximum) for c in _FORM.columns} for _ in range(count)]


def _ink(page: Page, box: Box) -> float:
    """Mean darkness (0 to 1) inside a box."""
    x0, y0, x1, y1 = (round(v * _DPI / 25.4) for v in (box.x, box.y, box.right, box.bottom))
    return float(255 - page[y0:y1, x0:x1].mean()) / 255


def _boxes(cell: FilledCell) -> dict[Given, Box]:
    return dict(dict(_FORM.cells(cell.row))[cell.criterion])


def _filled(habits: Habits, seed: int = 1, pen: Pen = CAREFUL) -> tuple[Page, tuple[FilledCell, ...]]:
    rng = np.random.default_rng(seed)
    page, truth = fill_sheet(_sheet(), _DPI, _FORM, _rows(rng), replace(pen, habits=habits), rng)
    return page, truth.cells


@pytest.mark.parametrize("name", sorted(PENS))
def test_a_plain_cross_darkens_its_own_box_only(name: str) -> None:
    """Without bad habits every cell has ink in the box that was meant and none to speak of in the others."""
    page, cells = _filled(Habits(), pen=replace(PENS[name], reach=0.8, jitter_mm=0.2))
    for cell in cells:
        inked = {given: _ink(page, box) for given, box in _boxes(cell).items()}
        assert cell.deed is Deed.CROSSED
        assert inked.pop(cell.meant) > 0.07
        assert max(inked.values()) < 0.03


def test_the_truth_has_one_entry_for_each_cell_asked() -> None:
    """Cells that are not named, rows that are None and rows beyond the list are neither filled nor listed."""
    first = _FORM.columns[0].criterion.id
    page, truth = fill_sheet(_sheet(), _DPI, _FORM, [None, {first: Points(1)}], CAREFUL, np.random.default_rng(1))
    assert [(c.row, c.criterion, c.meant) for c in truth.cells] == [(1, first, Points(1))]
    assert all(_ink(page, box) == 0 for _, boxes in _FORM.cells(0) for _, box in boxes)


def test_a_forgotten_cell_stays_empty() -> None:
    """Forgotten means no ink at all."""
    page, cells = _filled(Habits(forgotten=1.0))
    assert {cell.deed for cell in cells} == {Deed.FORGOTTEN}
    assert np.array_equal(page, _sheet())


def test_a_correction_fills_another_box_and_crosses_the_meant_one() -> None:
    """The cancelled box is darker than the cross that counts."""
    page, cells = _filled(Habits(corrected=1.0))
    for cell in cells:
        boxes = _boxes(cell)
        assert cell.also is not None
        assert cell.also != cell.meant
        assert _ink(page, boxes[cell.also]) > _ink(page, boxes[cell.meant]) > 0.1


def test_a_slip_touches_the_named_neighbour() -> None:
    """The neighbour that the truth names has some ink, less than the box that was meant."""
    page, cells = _filled(Habits(slipped=1.0))
    for cell in cells:
        boxes = _boxes(cell)
        assert cell.also is not None
        assert 0.0 < _ink(page, boxes[cell.also]) < _ink(page, boxes[cell.meant])


def test_a_faint_cross_is_lighter_than_a_plain_one() -> None:
    """Faint ink is there, but little."""
    faint, cells = _filled(Habits(faint=1.0))
    plain, _ = _filled(Habits())
    for cell in cells:
        box = _boxes(cell)[cell.meant]
        assert 0.0 < _ink(faint, box) < 0.5 * _ink(plain, box)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_the_same_seed_fills_the_same_sheet(seed: int) -> None:
    """Pixels and truth follow from the generator alone, and the sheet given is left as it was."""
    rows, sheet = _rows(np.random.default_rng(seed)), _sheet()
    one, two = (fill_sheet(sheet, _DPI, _FORM, rows, HASTY, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(one[0], two[0])
    assert one[1] == two[1]
    assert (sheet == 255).all()


def test_a_value_without_a_box_is_refused() -> None:
    """Points above the maximum can't be crossed anywhere."""
    first = _FORM.columns[0].criterion
    with pytest.raises(ValueError, match="no box"):
        fill_sheet(_sheet(), _DPI, _FORM, [{first.id: Points(first.maximum + 1)}], CAREFUL, np.random.default_rng(1))


def test_colour_sheets_take_coloured_ink() -> None:
    """On an RGB sheet blue ink leaves more blue than red."""
    rgb = np.full((1169, 827, 3), 255, np.uint8)
    first = _FORM.columns[0].criterion.id
    page, _ = fill_sheet(rgb, _DPI, _FORM, [{first: NotAttempted()}], CAREFUL, np.random.default_rng(1))
    inked = page[(page < 200).any(axis=2)]
    assert inked.size
    assert inked[:, 2].mean() > inked[:, 0].mean() + 20
