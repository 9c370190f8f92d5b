"""From paper to readings: printed, crossed, scanned, read."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from crosscheck.geometry import Box
from crosscheck.labels import Kind
from crosscheck.model import Ambiguous, Blank, CriterionId, Damaged, Given, NotAttempted, Points
from scanning.placing.registration import Capture
from scoring.decide import Rule
from scoring.errors import BlankRasterUnreadable, RowsDontFit
from scoring.reading import CellSeen, SheetReading, read_sheet
from scoring.sheets import SheetFault, SheetFaultKind, SheetSeen, identify, shown_flat
from tests.scoring import pens
from tests.scoring.pens import ALL, DPI, FORM, Grey, Pen, box_of, cross, fill, line, paper, scanned

ROWS = 20


def read(page: Grey, rows: int = ROWS) -> SheetReading:
    seen = identify(page)
    assert isinstance(seen, SheetSeen), seen
    return read_sheet(page, seen.registration, FORM, [ALL] * rows, pens.blank())


def cell(reading: SheetReading, row: int, criterion: str) -> CellSeen:
    return next(c for c in reading.cells if (c.row, c.criterion) == (row, criterion))


@pytest.mark.parametrize(
    ("pen", "degrees", "turns"),
    [(Pen(), 0.8, 0), (Pen(0.3, 90, 1.6), -1.2, 2), (Pen(0.6, 30, 2.2), 0.3, 1), (Pen(0.4, 110), 0.0, 3)],
    ids=["ordinary", "thin upside down", "thick lying", "pale lying"],
)
def test_a_filled_sheet_reads_as_it_was_filled(pen: Pen, degrees: float, turns: int) -> None:
    """Turned, noisy, JPEG: no reading is wrong, and at most two cells of a sheet go to a person."""
    rng = random.Random(pen.ink)
    page, meant = paper(), {}
    for row in range(ROWS):
        for criterion, boxes in FORM.cells(row):
            given, box = rng.choice(boxes)
            meant[row, criterion] = given
            cross(page, box, pen, rng)
    found = read(scanned(page, rng, degrees, quarter_turns=turns)).cells
    assert len(found) == len(meant)
    accepted = [c for c in found if c.rule is Rule.ONE_CROSS]
    assert all(c.reading == meant[c.row, c.criterion] for c in accepted)
    assert len(accepted) >= len(meant) - 2


@pytest.fixture(scope="module")
def odd() -> SheetReading:
    """One sheet with everything that experts do to it."""
    rng, pen, page = random.Random(5), Pen(), paper()
    for row in range(ROWS):
        cross(page, box_of(row, "1", Points(1)), pen, rng)
    one = Points(1)
    fill(page, box_of(0, "2", Points(0)), pen)
    cross(page, box_of(0, "2", Points(2)), pen, rng)
    cross(page, box_of(1, "2", Points(0)), pen, rng)
    cross(page, box_of(1, "2", Points(2)), pen, rng)
    fill(page, box_of(2, "2", one), pen)
    cross(page, box_of(3, "2", one), Pen(0.35, 205), rng)
    x, y = box_of(4, "2", one).centre
    line(page, (x - 1.8, y + 1.8), (x + 1.8, y - 1.8), pen)
    line(page, (x - 1.8, y - 1.2), (x + 5.4, y + 1.2), pen)
    cross(page, box_of(5, "2", one), pen, rng, dx=2.9)
    first = box_of(6, "2", Points(0))
    line(page, (first.x - 1, first.centre[1]), (first.x + 24, first.centre[1] + 1), pen)
    box = box_of(7, "2", one)
    line(page, (box.x, box.bottom), (box.right, box.y), pen)
    cross(page, box_of(8, "2", NotAttempted()), pen, rng)
    cv2.circle(page, tuple(round(v * DPI / 25.4) for v in box_of(9, "2", one).centre), 27, (60,), 4, cv2.LINE_AA)
    return read(scanned(page, rng, 0.5))


@pytest.mark.parametrize(
    ("row", "rule", "candidates"),
    [
        (0, Rule.CORRECTION, (Points(2), Points(0))),
        (1, Rule.SEVERAL, None),
        (2, Rule.ONLY_FILLED, (Points(1),)),
        (3, Rule.DOUBTFUL, (Points(1),)),
        (7, Rule.DOUBTFUL, (Points(1),)),
        (9, Rule.DOUBTFUL, (Points(1),)),
    ],
    ids=["corrected", "two crosses", "cancelled only", "faint pencil", "one stroke", "circled"],
)
def test_doubtful_cells_are_proposals(odd: SheetReading, row: int, rule: Rule, candidates: tuple[Given, ...]) -> None:
    """A person gets the most likely reading first; nothing is accepted."""
    found = cell(odd, row, "2")
    assert found.rule is rule
    assert isinstance(found.reading, Ambiguous)
    if candidates:
        assert found.reading.candidates == candidates


@pytest.mark.parametrize("row", [4, 5, 6], ids=["overlong cross", "cross between two boxes", "line through the cell"])
def test_ink_that_reaches_a_neighbour_box_is_never_accepted(odd: SheetReading, row: int) -> None:
    """A cross that touches the next box may mean either."""
    assert isinstance(cell(odd, row, "2").reading, Ambiguous | Damaged)


def test_an_unmarked_cell_is_blank_and_x_is_read(odd: SheetReading) -> None:
    """A blank is not a score; a crossed X is."""
    assert cell(odd, 10, "2").reading == Blank()
    assert cell(odd, 8, "2").reading == NotAttempted()


def test_the_evidence_is_a_picture_of_the_cell(odd: SheetReading) -> None:
    """The crop decodes, is as wide as the cell with its margin, and holds the cross."""
    table = cv2.imdecode(np.frombuffer(odd.picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert table is not None
    left, top, width, height = cell(odd, 8, "2").crop
    picture = table[top : top + height, left : left + width]
    assert picture.shape == (58, 197)
    assert int(picture.min()) < 120 < 200 < int(np.median(picture))


def test_only_asked_cells_are_read() -> None:
    """A third marking asks for a few criteria of a few rows."""
    page = scanned(paper(), random.Random(1))
    seen = identify(page)
    assert isinstance(seen, SheetSeen)
    asked = [frozenset({CriterionId("3")}), frozenset(), frozenset({CriterionId("1"), CriterionId("4")})]
    found = read_sheet(page, seen.registration, FORM, asked, pens.blank())
    assert [(c.row, c.criterion, c.reading) for c in found.cells] == [
        (0, "3", Blank()),
        (2, "1", Blank()),
        (2, "4", Blank()),
    ]


def _with_a_streak(width_mm: float, degrees: float) -> SheetReading:
    """Crosses in two columns; the glass has a speck over the box of 1 point of the first, the page lies askew."""
    rng, page = random.Random(2), paper()
    for row in range(ROWS):
        cross(page, box_of(row, "1", Points(0)), Pen(), rng)
        cross(page, box_of(row, "3", Points(1)), Pen(), rng)
    askew = scanned(page, rng, degrees)
    x = box_of(9, "1", Points(1)).centre[0]
    line(askew, (x, 2), (x, 290), Pen(width_mm, 90))
    return read(askew)


@pytest.mark.parametrize("degrees", [0.1, 0.9, -1.2])
def test_a_narrow_streak_is_reported_and_left_out_as_print_is(degrees: float) -> None:
    """Dust on the glass draws a line down the scan, which leans when the page did: cells are read beside it."""
    reading = _with_a_streak(0.25, degrees)
    assert reading.quality.streaks_mm
    found = [cell(reading, row, "1").reading for row in range(ROWS)]
    assert found.count(Points(0)) >= ROWS - 3
    assert all(each == Points(0) or isinstance(each, Ambiguous) for each in found)
    assert {cell(reading, row, "3").reading for row in range(ROWS)} == {Points(1)}


def test_a_streak_through_the_empty_reference_box_costs_no_cell() -> None:
    """One line of dust in a box of four millimetres says nothing about the pens of the sheet; a blot over it does."""
    rng, page = random.Random(12), paper()
    for row in range(ROWS):
        cross(page, box_of(row, "3", Points(1)), Pen(), rng)
    reference = FORM.layout.reference[0]
    dusty, blotted = scanned(page, rng, 0.3), scanned(page, rng, 0.3)
    x, y = reference.centre
    line(dusty, (x, 2), (x, 290), Pen(0.25, 90))
    line(blotted, (x, y - 2.5), (x, y + 2.5), Pen(2.5, 90))
    assert {cell(read(dusty), row, "3").reading for row in range(ROWS)} == {Points(1)}
    assert not read(blotted).quality.references


def test_nothing_under_a_wide_streak_is_accepted() -> None:
    """It may hide a mark."""
    reading = _with_a_streak(1.6, 0.1)
    assert {cell(reading, row, "1").rule for row in range(ROWS)} <= {Rule.STREAK, Rule.DOUBTFUL, Rule.SEVERAL}
    assert {cell(reading, row, "3").reading for row in range(ROWS)} == {Points(1)}


def test_local_stretch_of_the_paper_is_followed() -> None:
    """A feeder that slips in mid-page moves the print by nearly a millimetre between the corner marks."""
    rng, page = random.Random(3), paper()
    meant = {}
    for row in range(ROWS):
        for criterion, boxes in FORM.cells(row):
            given, box = rng.choice(boxes)
            meant[row, criterion] = given
            cross(page, box, Pen(), rng)
    y, x = (np.asarray(axis, dtype=np.float32) for axis in np.indices(page.shape))
    slipped = cv2.remap(
        page, x, np.asarray(y + 8.0 * np.sin(np.pi * y / page.shape[0]), dtype=np.float32), cv2.INTER_LINEAR
    )
    reading = read(scanned(np.asarray(slipped, dtype=np.uint8), rng))
    assert reading.quality.largest_shift_mm > 0.4
    accepted = {(c.row, c.criterion): c.reading for c in reading.cells if c.rule is Rule.ONE_CROSS}
    assert accepted.items() <= meant.items()
    assert len(accepted) >= len(meant) - 2


def test_no_reading_without_the_reference_boxes() -> None:
    """A sheet whose reference boxes are covered gives proposals only."""
    rng, page = random.Random(4), paper()
    cross(page, box_of(0, "1", Points(1)), Pen(), rng)
    covered = Box(118, 48, 30, 8)
    per_mm = DPI / 25.4
    page[
        round(covered.y * per_mm) : round(covered.bottom * per_mm),
        round(covered.x * per_mm) : round(covered.right * per_mm),
    ] = 250
    found = read(scanned(page, rng))
    assert not found.quality.references
    assert cell(found, 0, "1").reading == Ambiguous((Points(1),))


def test_an_unfilled_sheet_reads_as_blank_everywhere() -> None:
    """The printed captions, dashes and outlines are never ink of a pen."""
    assert {c.reading for c in read(scanned(paper(), random.Random(6), 1.0, noise=7)).cells} == {Blank()}


def test_a_sheet_is_known_by_its_codes() -> None:
    """Packet, sheet and round come from the label."""
    seen = identify(scanned(paper(), random.Random(7)))
    assert isinstance(seen, SheetSeen)
    assert (seen.label.kind, seen.label.number, seen.label.page) == (Kind.SHEET, 12, 1)


def covered(*boxes: Box) -> Grey:
    page = paper()
    for box in boxes:
        top, bottom, left, right = (round(v * DPI / 25.4) for v in (box.y, box.bottom, box.x, box.right))
        page[top:bottom, left:right] = 255
    return page


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (lambda: covered(*FORM.layout.qr, FORM.layout.bar), SheetFaultKind.NO_CODE),
        (lambda: covered(FORM.layout.marks[2].box), SheetFaultKind.MARKS_MISSING),
        (lambda: np.full((2000, 1500), 250, np.uint8), SheetFaultKind.NO_CODE),
    ],
    ids=["codes gone", "a corner torn off", "empty page"],
)
def test_a_page_that_shows_too_little_is_a_fault(page: object, kind: SheetFaultKind) -> None:
    """Refused, and said why; never guessed."""
    found = identify(page())  # type: ignore[operator]
    assert isinstance(found, SheetFault)
    assert found.kind is kind


def photographed(page: Grey, tilt: float, curl_mm: float = 0.0) -> Grey:
    """Seen aslant from the lower edge: the upper one `tilt` of its width narrower; its middle moved by `curl_mm`."""
    height, width = page.shape
    rows = np.arange(height, dtype=np.float32)
    between = np.clip((rows / height - 0.15) / 0.7, 0, 1)  # the marks lie outside of that
    moved = rows + np.float32(curl_mm * DPI / 25.4) * np.square(np.sin(np.pi * between))
    columns = np.broadcast_to(np.arange(width, dtype=np.float32), page.shape)
    lying = np.ascontiguousarray(np.broadcast_to(moved[:, None], page.shape), np.float32)
    curled = cv2.remap(page, np.ascontiguousarray(columns), lying, cv2.INTER_LINEAR, borderValue=(60.0,))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inset = tilt * width / 2
    seen = corners + np.array([[inset, inset], [-inset, inset], [0, 0], [0, 0]], np.float32)
    aslant = cv2.getPerspectiveTransform(corners, seen)
    return np.asarray(cv2.warpPerspective(curled, aslant, (width, height), borderValue=(60.0,)), np.uint8)


def test_a_photo_of_a_flat_sheet_reads_as_it_was_filled() -> None:
    """Seen aslant it is no scan; its side squares show that it lies flat."""
    page, dice = paper(), random.Random(11)
    given = {(row, criterion): dice.choice(choices) for row in range(ROWS) for criterion, choices in FORM.cells(row)}
    for _value, box in given.values():
        cross(page, box, Pen(), dice)
    photo = photographed(page, 0.06)
    seen = identify(photo)
    assert isinstance(seen, SheetSeen)
    assert seen.registration.kind is Capture.PHOTO
    found = read_sheet(photo, seen.registration, FORM, [ALL] * ROWS, pens.blank())
    assert shown_flat(seen.registration, found.quality.squares, found.quality.squares_found)
    assert {(c.row, c.criterion): c.reading for c in found.cells} == {
        key: value for key, (value, _box) in given.items()
    }


def test_a_photo_of_curled_paper_is_not_shown_flat() -> None:
    """Four marks lie as on a flat sheet; what lies between them doesn't."""
    photo = photographed(paper(), 0.06, curl_mm=2.5)
    seen = identify(photo)
    assert isinstance(seen, SheetSeen)
    quality = read_sheet(photo, seen.registration, FORM, [ALL], pens.blank()).quality
    assert not shown_flat(seen.registration, quality.squares, quality.squares_found)


def test_a_missing_corner_is_named() -> None:
    """The fault says which marker is missing."""
    found = identify(covered(FORM.layout.marks[2].box))
    assert found == SheetFault(SheetFaultKind.MARKS_MISSING, "6")


def test_more_rows_than_the_form_has_are_refused() -> None:
    """The packet and the sheet don't belong together."""
    page = scanned(paper(), random.Random(8))
    seen = identify(page)
    assert isinstance(seen, SheetSeen)
    with pytest.raises(RowsDontFit, match=r"E3064.*21 works"):
        read_sheet(page, seen.registration, FORM, [ALL] * 21, pens.blank())


def test_a_blank_raster_that_is_no_picture_is_refused() -> None:
    """A broken blob is trouble with the store, not with the paper."""
    page = scanned(paper(), random.Random(8))
    seen = identify(page)
    assert isinstance(seen, SheetSeen)
    with pytest.raises(BlankRasterUnreadable, match="E3063"):
        read_sheet(page, seen.registration, FORM, [ALL], b"no picture")
