"""Score sheets: whatever the procedure, every box has its own place on the page."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import sheetform
from crosscheck.geometry import Box
from crosscheck.model import NotAttempted, Points
from crosscheck.procedure import CaptureStyle, Control, Procedure, Scheme, paper_digest, sheet_digest
from crosscheck.sheetform import LARGEST_SUM, BoxColumn, DigitColumn, SheetForm, sheet_forms
from crosscheck.sheetlayout import BOX, LAYOUTS, LYING, MARKERS, UPRIGHT
from tests import factories
from tests.factories import procedures


def printed(form: SheetForm) -> list[Box]:
    """The fixed things of a sheet and its number boxes."""
    layout = form.layout
    fixed = [mark.box for mark in layout.marks] + [*layout.qr, layout.bar, *layout.side_squares, *layout.reference]
    texts = [layout.title, layout.packet, layout.sheet, layout.expert, layout.instruction, layout.signature]
    return fixed + texts + [layout.sample] + [form.number_box(row) for row in range(form.rows)]


def row_boxes(form: SheetForm, row: int) -> list[Box]:
    """Everything of a row that is written into, left to right."""
    boxes = [box for _criterion, choices in form.cells(row) for _given, box in choices]
    return boxes + [box for _criterion, cells in form.digit_cells(row) for box in cells] + [*form.sum_cells(row)]


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_every_criterion_stands_on_exactly_one_sheet(procedure: Procedure) -> None:
    """Criteria keep their order over the sheets, each with what is needed to write down its points or X."""
    forms = sheet_forms(procedure)
    columns = [column for form in forms for column in form.columns]
    assert tuple(column.criterion for column in columns) == procedure.criteria
    assert [(form.sheet, form.sheets) for form in forms] == [(n + 1, len(forms)) for n in range(len(forms))]
    for column in columns:
        match column:
            case BoxColumn(criterion, choices):
                assert procedure.style is CaptureStyle.BOXES
                assert [choice for choice, _left in choices] == [
                    *map(Points, range(criterion.maximum + 1)),
                    NotAttempted(),
                ]
            case DigitColumn(criterion, lefts):
                assert procedure.style is CaptureStyle.DIGITS
                assert len(lefts) == len(str(criterion.maximum))


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_rows_have_a_place_for_their_sum_where_it_is_asked_for(procedure: Procedure) -> None:
    """Two digit cells at the end of each row of each sheet, which hold the largest sum that there can be."""
    for form in sheet_forms(procedure):
        assert len(form.sum_cells(0)) == (2 if procedure.control is Control.ROWS else 0)
        if form.sums:
            assert sum(column.criterion.maximum for column in form.columns) <= LARGEST_SUM
            assert form.sums[0] > max(column.right for column in form.columns)


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_nothing_on_a_sheet_overlaps(procedure: Procedure) -> None:
    """Score boxes, digit cells, numbers, marks, codes, squares, texts and reference boxes stand apart, on the page."""
    for form in sheet_forms(procedure):
        fixed, page = printed(form), form.layout.page.grown(-5)
        assert all(box.inside(page) for box in fixed)
        assert not any(a.grown(-1e-6).overlaps(b) for a, b in combinations(fixed, 2))
        for row in range(form.rows):
            boxes = row_boxes(form, row)
            assert all(box.inside(page) for box in boxes)
            # Within a row boxes go from left to right: neighbours apart means all apart.
            assert all(b.x - a.right >= 0.8 - 1e-6 for a, b in pairwise(boxes))
            assert not any(box.overlaps(other) for box in boxes for other in fixed)


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_rows_and_captions_follow_each_other(procedure: Procedure) -> None:
    """Each group of five rows has its caption above it, and no row reaches into the next or out of the table."""
    form = sheet_forms(procedure)[0]
    tops = [form.row_top(row) for row in range(form.rows)]
    assert all(b - a >= form.row_height - 1e-6 for a, b in pairwise(tops))
    assert tops[-1] + form.row_height <= form.layout.bottom
    for group in range(form.caption_groups()):
        first = group * sheetform.ROWS_PER_CAPTION
        assert abs(form.caption_top(group) + sheetform.CAPTION - form.row_top(first)) < 1e-6
        if first:
            assert form.row_top(first - 1) + form.row_height <= form.caption_top(group) + 1e-6


def test_the_sheets_of_a_part_hold_its_criteria_and_no_others() -> None:
    """From the left edge, as if there were no others; together the parts hold every criterion once."""
    procedure = factories.procedure(scheme=Scheme.BY_PAGE)
    of_part = [sheet_forms(procedure, part.number) for part in procedure.parts]
    names = [[[c.criterion.id for c in form.columns] for form in forms] for forms in of_part]
    assert names == [[["1", "2", "3"]], [["4", "5К1", "5К2"]]]
    assert len({forms[0].columns[0].left for forms in of_part}) == 1
    assert sheet_forms(procedure) == sheet_forms(factories.procedure())


@given(procedures(), st.data())
@settings(max_examples=60, deadline=None)
def test_boxes_of_different_rows_stand_apart(procedure: Procedure, data: st.DataObject) -> None:
    """A cross that slips out of its box downwards does not reach the next box at once."""
    form = data.draw(st.sampled_from(sheet_forms(procedure)))
    for row in range(form.rows - 1):
        upper, lower = row_boxes(form, row), row_boxes(form, row + 1)
        apart = min(box.y for box in lower) - max(box.bottom for box in upper)
        assert apart >= (1.5 if form.digits else 3.0)


@given(procedures())
@settings(max_examples=60, deadline=None)
def test_a_sheet_lies_only_where_that_saves_sheets(procedure: Procedure) -> None:
    """Upright is what people are used to; lying must be shorter in sheets, and hold all rows."""
    forms = sheet_forms(procedure)
    if forms[0].layout == LYING:
        room = UPRIGHT.right - UPRIGHT.left
        assert sum(column.right - column.left for form in forms for column in form.columns) > room * (len(forms) - 1)
        assert procedure.rows_per_sheet <= 15
    assert len({form.layout for form in forms}) == 1


def test_twenty_short_criteria_lie_where_rows_allow_it() -> None:
    """Ten works with twenty criteria in digits: two upright sheets, or one that lies."""
    criteria = tuple(factories.criterion(f"{n}", "1", 3) for n in range(1, 21))
    sheets = {
        rows: sheet_forms(factories.procedure(criteria=criteria, rows_per_sheet=rows, style=CaptureStyle.DIGITS))
        for rows in (10, 20)
    }
    assert [(len(forms), forms[0].layout) for forms in sheets.values()] == [(1, LYING), (2, UPRIGHT)]


def test_marks_tell_both_layouts_apart() -> None:
    """No marker is on both, nor on another paper of ours (0-3 answer pages, 8-11 covers)."""
    assert sorted(MARKERS) == [4, 5, 6, 7, 12, 13, 14, 15]
    assert sum(len(layout.marks) for layout in LAYOUTS) == len(MARKERS)
    assert {box.w for layout in LAYOUTS for box in layout.reference} == {BOX}


@pytest.mark.parametrize(
    "changed",
    [{"style": CaptureStyle.DIGITS}, {"control": Control.ROWS}, {"rows_per_sheet": 19}],
    ids=lambda c: next(iter(c)),
)
def test_the_sheet_digest_stands_for_what_is_printed_on_sheets(changed: dict[str, object]) -> None:
    """A sheet of other cells is another sheet. Answer pages don't depend on it: they may be out already."""
    one, other = factories.procedure(), factories.procedure(**changed)
    assert sheet_digest(one) != sheet_digest(other)
    assert (paper_digest(one) == paper_digest(other)) == ("rows_per_sheet" not in changed)
    assert sheet_digest(one) != paper_digest(one)
