"""Score sheets on paper: boxes where sheetform says, nothing inside them, codes that read back."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import cv2
import numpy as np
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import damm, labels
from crosscheck.geometry import Box
from crosscheck.model import CriterionId
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import CaptureStyle, Control, Procedure
from crosscheck.sheetform import sheet_forms
from packets.drawing.sheets import SheetContent, blank_raster, draw_sheet, draw_sheets
from tests import factories
from tests.packets.printed import LONG_NAME, Grey, Recorder, mark_errors, number, pages, read_labels, sheet, texts


def _raster(content: SheetContent, dpi: int = 200) -> Grey:
    grey = cv2.imdecode(np.frombuffer(blank_raster(content, dpi), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return np.asarray(grey, dtype=np.uint8)


def _cut(grey: Grey, box: Box) -> Grey:
    scale = min(grey.shape) / 210
    return grey[round(box.y * scale) : round(box.bottom * scale), round(box.x * scale) : round(box.right * scale)]


def _in_digits() -> SheetContent:
    """A sheet that lies: 10 works, 20 criteria of up to 3 and 12 points written in digits, with row sums."""
    criteria = tuple(factories.criterion(f"{i}К{i % 3 + 1}", "5", 12 if i == 7 else 3) for i in range(1, 21))
    changes = {"style": CaptureStyle.DIGITS, "control": Control.ROWS, "rows_per_sheet": 10}
    return sheet(factories.procedure(criteria=criteria, **changes), 10, expert=LONG_NAME)


def _wide() -> SheetContent:
    """The first of three sheets: 20 works, 29 criteria of up to 4 points."""
    criteria = tuple(factories.criterion(f"{i}К{i % 3 + 1}", "5", i % 4 + 1) for i in range(1, 30))
    return sheet(factories.procedure(criteria=criteria), 20, expert=LONG_NAME)


def test_labels_of_every_sheet_read_back() -> None:
    """Each sheet of a packet says packet, sheet and round in both QR codes and in its bars."""
    procedure = _wide().procedure
    contents = [sheet(procedure, index=i) for i in range(len(sheet_forms(procedure)))] + [_in_digits()]
    out = io.BytesIO()
    assert draw_sheets(contents, out) == len(contents) > 3
    for content, grey in zip(contents, pages(out.getvalue()), strict=True):
        qr, bar = read_labels(grey)
        assert qr == [content.label, content.label]
        assert bar == [labels.shortened(content.label)]


def test_marks_and_side_squares_stand_where_the_geometry_says() -> None:
    """Corner marks within 0.2 mm; side squares black, with paper around them."""
    content = sheet(factories.procedure(), 20)
    grey = _raster(content, 300)
    assert max(mark_errors(grey, content.form.layout.marks)) < 0.2
    for square in content.form.layout.side_squares:
        assert _cut(grey, square.grown(-0.2)).max() < 30
        assert _cut(grey, Box(square.x, square.y - 1.2, square.w, 1)).min() > 250


def test_boxes_are_empty_with_a_grey_line_on_their_edges() -> None:
    """Every box: inside nothing at all, on each of the four edges a line of grey, around it paper."""
    content = _wide()
    grey = _raster(content, 300)
    for row in range(20):
        for _criterion, boxes in content.form.cells(row):
            for _given, box in boxes:
                assert _cut(grey, box.grown(-0.25)).min() > 250
                ring = _cut(grey, box.grown(0.7))
                assert ring[0].min() > 250
                assert ring[-1].min() > 250
                left, top = (
                    _cut(grey, Box(box.x - 0.2, box.y + 1, 0.4, 2)),
                    _cut(grey, Box(box.x + 1, box.y - 0.2, 2, 0.4)),
                )
                assert 100 < left.min() < 190
                assert 100 < top.min() < 190


def test_digit_cells_are_empty_with_a_grey_line_on_their_edges() -> None:
    """Nothing is printed where somebody writes, in cells of points and of sums."""
    content = _in_digits()
    grey = _raster(content, 300)
    assert grey.shape[1] > grey.shape[0]
    for row in range(10):
        cells = [box for _criterion, boxes in content.form.digit_cells(row) for box in boxes]
        assert len(cells) == 21
        for box in (*cells, *content.form.sum_cells(row)):
            assert _cut(grey, box.grown(-0.25)).min() > 250
            assert 100 < _cut(grey, Box(box.x - 0.2, box.y + 1, 0.4, 2)).min() < 190
            assert 100 < _cut(grey, Box(box.x + 1, box.y - 0.2, 2, 0.4)).min() < 190


def test_a_row_that_asks_nothing_on_a_sheet_has_no_place_for_a_sum() -> None:
    """Its criteria stand on the other sheets: there is nothing to sum up here."""
    content = _in_digits()
    none = replace(content.rows[1], asked=frozenset())
    grey = _raster(replace(content, rows=(content.rows[0], none)))
    first, second = (content.form.sum_cells(row)[0] for row in (0, 1))
    assert _cut(grey, Box(first.x - 0.2, first.y + 1, 0.4, 2)).min() < 190
    assert _cut(grey, Box(second.x - 0.2, second.y + 1, 0.4, 2)).min() > 250


def test_a_sheet_that_lies_is_a_page_across() -> None:
    """The page after it stands upright again."""
    out = io.BytesIO()
    draw_sheets([_in_digits(), sheet(factories.procedure())], out)
    lying, upright = pypdf.PdfReader(io.BytesIO(out.getvalue())).pages
    assert lying.mediabox.width == upright.mediabox.height > lying.mediabox.height
    assert "Протокол" in texts(out.getvalue())[0]


def test_a_criterion_not_asked_has_no_boxes() -> None:
    """Instead of boxes there is a light dash: whatever is written there is nobody's score."""
    content = sheet(factories.procedure(), 2)
    second = replace(content.rows[1], asked=content.rows[1].asked - {CriterionId("4")})
    grey = _raster(replace(content, rows=(content.rows[0], second)))
    cells = dict(content.form.cells(1))[CriterionId("4")]
    cell = Box(cells[0][1].x, cells[0][1].y, cells[-1][1].right - cells[0][1].x, cells[0][1].h)
    inked = np.argwhere(_cut(grey, cell.grown(0.5)) < 240)
    assert 0 < len(inked) < 150
    assert np.ptp(inked[:, 0]) <= 4


def test_rows_beyond_the_works_are_not_drawn() -> None:
    """Below the last work the paper is empty down to the signature."""
    content = sheet(factories.procedure(), 3)
    below = Box(16, content.form.row_top(3) + 0.5, 178, 250 - content.form.row_top(3))
    assert _cut(_raster(content), below).min() > 250


def test_captions_repeat_every_five_rows() -> None:
    """With 20 works each criterion's name stands four times, with 6 works twice."""
    for works, times in ((20, 4), (6, 2)):
        out = io.BytesIO()
        draw_sheets([sheet(factories.procedure(), works)], out)
        assert texts(out.getvalue())[0].count("5К1") == times


def test_numbers_are_printed_in_groups_with_their_check_digit() -> None:
    """The packet and every work can be read and typed."""
    content = sheet(factories.procedure(), 3)
    out = io.BytesIO()
    draw_sheets([content], out)
    shown = texts(out.getvalue())[0]
    assert [row.number for row in content.rows if spaced(row.number) in shown] == [number(0), number(1), number(2)]
    assert spaced(number(1)) == "107 919-4"
    assert packet_code(42) == "000042-7"
    assert "000042-7" in shown


def test_reference_boxes_are_empty_crossed_and_filled() -> None:
    """The three samples that calibrate a sheet differ clearly in ink."""
    content = sheet(factories.procedure())
    grey = _raster(content)
    ink = [1 - _cut(grey, box.grown(-0.45)).mean() / 255 for box in content.form.layout.reference]
    assert ink[0] == 0
    assert 0.1 < ink[1] < 0.6
    assert ink[2] > 0.98


@given(factories.procedures(), st.sampled_from(["ru", "en"]), st.data())
@settings(max_examples=30, deadline=None)
def test_texts_never_collide(procedure: Procedure, language: str, data: st.DataObject) -> None:
    """Whatever the form, and with the longest name, no text touches another, a code, a mark, a box or a cell."""
    procedure = replace(procedure, language=language)
    index = data.draw(st.integers(0, len(sheet_forms(procedure)) - 1))
    content = sheet(procedure, procedure.rows_per_sheet, expert=LONG_NAME, index=index)
    form, layout = content.form, content.form.layout
    rows = range(len(content.rows))
    boxes = [b.grown(0.8) for row in rows for _, cell in form.cells(row) for _, b in cell]
    cells = [b for row in rows for b in (*form.sum_cells(row), *(b for _, cell in form.digit_cells(row) for b in cell))]
    press = Recorder(io.BytesIO())
    press.quiet = [("box", b) for b in [*boxes, *cells, *layout.side_squares, *layout.reference]]
    draw_sheet(press, content)
    assert len(press.inked) > 10
    assert press.collisions() == []


def test_the_longest_identifier_fits_above_one_digit_cell() -> None:
    """Ten wide letters above a cell of 7 mm: on two lines, never cut."""
    criteria = tuple(factories.criterion(f"{letter}ЩЖ.ЮЩЖ-Ю", "5", 3) for letter in ("10", "11", "12"))
    changes = {"style": CaptureStyle.DIGITS, "control": Control.ROWS}
    press = Recorder(io.BytesIO())
    draw_sheet(press, sheet(factories.procedure(criteria=criteria, **changes), 20))
    assert press.collisions() == []
    assert sum("10ЩЖ.ЮЩЖ-Ю" in text for text, _box in press.inked) == 4


def test_every_code_that_people_type_closes_with_a_check_digit() -> None:
    """Packet, works and the label under the bars: a mistyped digit is noticed."""
    out = io.BytesIO()
    content = sheet(factories.procedure(), 3)
    draw_sheets([content], out)
    codes = re.findall(r"\b(?:\d{8}-\d{2}-\d|\d{3} \d{3}-\d|\d{6}-\d)\b", texts(out.getvalue())[0])
    assert len(codes) == 1 + 1 + 3
    assert all(damm.is_closed(re.sub(r"\D", "", code)) for code in codes)


def test_the_blank_raster_is_the_same_each_time() -> None:
    """A grey PNG of the printed page at the resolution asked for, byte for byte the same."""
    content = sheet(factories.procedure())
    assert blank_raster(content) == blank_raster(content)
    assert _raster(content, 100).shape == (1170, 827)
    assert _raster(content).dtype == np.uint8


def test_a_sheet_has_no_more_rows_than_its_form() -> None:
    """One work too many can't be squeezed in."""
    with pytest.raises(ValueError, match="1 to 20 rows"):
        sheet(factories.procedure(), 21)
