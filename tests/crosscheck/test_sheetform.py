"""Score sheets: whatever the procedure, every box has its own place on the page."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import sheetform
from crosscheck.geometry import PAGE, Box
from crosscheck.model import NotAttempted, Points
from crosscheck.procedure import Procedure, Scheme
from crosscheck.sheetform import MAX_MAXIMUM, MAX_ROWS, SheetForm, sheet_forms
from tests import factories


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    """Procedures of 1 to 30 criteria with maxima 1 to 20 and 1 to 20 rows."""
    maxima = draw(st.lists(st.integers(1, MAX_MAXIMUM), min_size=1, max_size=30))
    criteria = tuple(factories.criterion(f"{n}", "1", m) for n, m in enumerate(maxima, start=1))
    return factories.procedure(criteria=criteria, rows_per_sheet=draw(st.integers(1, MAX_ROWS)))


def printed(form: SheetForm) -> list[Box]:
    """The fixed things of a sheet and its number boxes."""
    fixed = [mark.box for mark in form.marks] + [*form.qr, form.bar, *form.side_squares, *form.reference]
    return fixed + [form.number_box(row) for row in range(form.rows)]


def row_boxes(form: SheetForm, row: int) -> list[Box]:
    return [box for _criterion, choices in form.cells(row) for _given, box in choices]


@given(procedures())
@settings(max_examples=40, deadline=None)
def test_every_criterion_stands_on_exactly_one_sheet(procedure: Procedure) -> None:
    """Criteria keep their order over the sheets, and each has 0 to its maximum and X."""
    forms = sheet_forms(procedure)
    columns = [column for form in forms for column in form.columns]
    assert tuple(column.criterion for column in columns) == procedure.criteria
    assert [(form.sheet, form.sheets) for form in forms] == [(n + 1, len(forms)) for n in range(len(forms))]
    for column in columns:
        given_choices = [choice for choice, _left in column.choices]
        assert given_choices == [*(Points(n) for n in range(column.criterion.maximum + 1)), NotAttempted()]


@given(procedures())
@settings(max_examples=40, deadline=None)
def test_nothing_on_a_sheet_overlaps(procedure: Procedure) -> None:
    """Score boxes, numbers, marks, codes, squares and reference boxes all stand apart, inside the page."""
    for form in sheet_forms(procedure):
        fixed = printed(form)
        assert all(box.inside(PAGE) for box in fixed)
        assert not any(a.overlaps(b) for a, b in combinations(fixed, 2))
        for row in range(form.rows):
            boxes = row_boxes(form, row)
            assert all(box.inside(PAGE) for box in boxes)
            # Within a row boxes go from left to right: neighbours apart means all apart.
            assert all(b.x - a.right >= sheetform.PITCH - sheetform.BOX - 1e-6 for a, b in pairwise(boxes))
            assert not any(box.overlaps(other) for box in boxes for other in fixed)


@given(procedures())
@settings(max_examples=40, deadline=None)
def test_rows_and_captions_follow_each_other(procedure: Procedure) -> None:
    """Each group of five rows has its caption above it, and no row reaches into the next."""
    form = sheet_forms(procedure)[0]
    tops = [form.row_top(row) for row in range(form.rows)]
    assert all(b - a >= sheetform.ROW - 1e-6 for a, b in pairwise(tops))
    for group in range(form.caption_groups()):
        first = group * sheetform.ROWS_PER_CAPTION
        assert abs(form.caption_top(group) + sheetform.CAPTION - form.row_top(first)) < 1e-6
        if first:
            assert form.row_top(first - 1) + sheetform.ROW <= form.caption_top(group) + 1e-6


def test_the_sheets_of_a_part_hold_its_criteria_and_no_others() -> None:
    """From the left edge, as if there were no others; together the parts hold every criterion once."""
    procedure = factories.procedure(scheme=Scheme.BY_PAGE)
    of_part = [sheet_forms(procedure, part.number) for part in procedure.parts]
    names = [[[c.criterion.id for c in form.columns] for form in forms] for forms in of_part]
    assert names == [[["1", "2", "3"]], [["4", "5К1", "5К2"]]]
    assert len({forms[0].columns[0].choices[0][1] for forms in of_part}) == 1
    assert sheet_forms(procedure) == sheet_forms(factories.procedure())


@given(st.integers(0, MAX_ROWS - 1), st.integers(0, MAX_ROWS - 1))
@settings(max_examples=40)
def test_boxes_of_different_rows_stand_apart(row: int, other: int) -> None:
    """A cross that slips out of its box downwards does not reach the next box at once."""
    form = sheet_forms(factories.procedure())[0]
    a, b = form.score_box(row, 50.0), form.score_box(other, 50.0)
    assert row == other or abs(a.y - b.y) - sheetform.BOX >= 3.0
