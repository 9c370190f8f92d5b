"""Codes are read where they are printed, all of them, in any position of the page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscheck import labels
from scanning.codes import barcodes, codeplaces
from scanning.codes.barcodes import Code, Disagree, LabelRead, Symbology, Unreadable, label_of
from scanning.placing.registration import Seen, see_corner_marks
from scanning.placing.shrinking import views_of
from scanning.reading import PaperSpec, read_grey
from tests.scanning.pages import (
    FORM,
    LABEL,
    SHEET,
    Canvas,
    Grey,
    answer_page,
    canvas,
    draw_codes,
    draw_marks,
    laid,
    noisy,
    quarter_turned,
)


def read(grey: Grey) -> tuple[Code, ...]:
    to_scan = codeplaces.coarsely(see_corner_marks(grey))
    assert to_scan is not None
    return codeplaces.read_at_places(views_of(grey), to_scan)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_all_three_codes_are_read_in_every_orientation(quarters: int, dpi: int) -> None:
    """Support of three: no page is believed on one code that could have been asked for three."""
    page = laid(noisy(answer_page(dpi, name_seed=None)), 2.0)
    assert label_of(read(quarter_turned(page, quarters))) == LabelRead(LABEL, 3)


def test_three_marks_are_enough() -> None:
    """A page whose corner is torn off still says whose it is."""
    paper = Canvas(answer_page(200).copy(), 200)
    paper.fill(FORM.marks[2].box, 255)
    assert label_of(read(paper.pixels)) == LabelRead(LABEL, 3)


def test_a_score_sheet_has_its_codes_at_the_same_places() -> None:
    """Marks of a sheet lead there too."""
    paper = canvas(200)
    draw_marks(paper, SHEET.layout.marks)
    draw_codes(paper, FORM, replace(LABEL, kind=labels.Kind.SHEET))
    assert isinstance(label_of(read(paper.pixels)), LabelRead)


@pytest.mark.parametrize("which", [0, 1])
def test_a_single_code_that_says_otherwise_is_seen(which: int) -> None:
    """Whichever of the two it is."""
    paper, other = Canvas(answer_page(200).copy(), 200), canvas(200)
    draw_codes(other, FORM, replace(LABEL, number=9))
    area = paper.area(FORM.qr[which])
    paper.pixels[area] = other.pixels[area]
    assert isinstance(label_of(read(paper.pixels)), Disagree)


def test_a_bar_that_says_otherwise_is_seen() -> None:
    """Two QR codes that agree don't outvote it."""
    paper, other = Canvas(answer_page(200).copy(), 200), canvas(200)
    draw_codes(other, FORM, replace(LABEL, number=9))
    area = paper.area(FORM.bar)
    paper.pixels[area] = other.pixels[area]
    assert isinstance(label_of(read(paper.pixels)), Disagree)


def test_a_repaired_crop_is_read_where_the_plain_one_is_not() -> None:
    """The ladder costs little on a crop."""
    page = answer_page(150).astype(np.float64)
    paper = Canvas(np.clip(page * 0.35 + 140, 0, 255).astype(np.uint8), 150)
    assert isinstance(label_of(read(noisy(paper.pixels, amount=9))), LabelRead)


def test_places_without_codes_say_nothing() -> None:
    """Handwriting at the places of codes is no code."""
    assert label_of(read(noisy(answer_page(150, label=None)))) == Unreadable(())


def test_corners_are_in_pixels_of_the_scan() -> None:
    """The leak check rests on them."""
    seen = [code for code in read(answer_page(200)) if code.symbology is Symbology.QR]
    for code, box in zip(seen, FORM.qr, strict=True):
        middle = np.mean(np.array(code.corners), axis=0) * 25.4 / 200
        assert np.hypot(*(middle - np.array(box.centre))) < 0.3


def _mark(marker: int) -> Seen:
    return Seen(marker, ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)))


@pytest.mark.parametrize("markers", [(), (0, 1), (0, 1, 2, 2), (0, 1, 4, 5), (20, 21, 22)])
def test_too_few_marks_or_doubled_ones_lead_nowhere(markers: tuple[int, ...]) -> None:
    """Nothing is guessed from them."""
    assert codeplaces.coarsely(tuple(_mark(marker) for marker in markers)) is None


def test_a_place_off_the_scan_is_left_out() -> None:
    """A page that is cut off is no error."""
    grey = answer_page(150)
    far = np.array([[6.0, 0, -9000], [0, 6.0, 0], [0, 0, 1]])
    assert codeplaces.read_at_places(views_of(grey), far) == ()
    behind = np.array([[6.0, 0, 0], [0, 6.0, 0], [0, -0.02, 1]])
    assert all(code.symbology is Symbology.CODE128 for code in codeplaces.read_at_places(views_of(grey), behind))


def test_a_code_seen_through_from_the_reverse_is_not_believed() -> None:
    """Readers read mirrored codes too: the other page's, pale, where this page has none. Its own one stays."""
    page = answer_page(200)
    seen = see_corner_marks(page)
    own = barcodes.read_codes(page)
    assert codeplaces.believed(own, seen) == own
    reverse = barcodes.read_codes(np.ascontiguousarray(page[:, ::-1]))
    assert reverse
    assert codeplaces.believed(reverse, seen) == ()
    assert codeplaces.believed(reverse, ()) == reverse


def test_a_mirrored_code_at_the_very_place_is_not_believed() -> None:
    """It lies turned against the page."""
    page = answer_page(200)
    seen = see_corner_marks(page)
    for code in barcodes.read_codes(page):
        mirrored = replace(code, corners=(code.corners[1], code.corners[2], code.corners[3], code.corners[0]))
        expected = (mirrored,) if code.symbology is Symbology.CODE128 else ()
        assert codeplaces.believed((mirrored,), seen) == expected
        assert codeplaces.believed((mirrored,), seen, turned=False) == (mirrored,)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_page_of_which_only_the_reverse_can_be_read_is_nobodys(quarters: int) -> None:
    """All its own codes are covered; what shows through says another form's number."""
    page = answer_page(200)
    k = 200 / 25.4
    for place in codeplaces.PLACES:
        box = place.box
        page[round(box.y * k) : round(box.bottom * k), round(box.x * k) : round(box.right * k)] = 255
    other = answer_page(200, label=replace(LABEL, number=4321))[:, ::-1]
    through = np.minimum(page, 255 - (255 - other) // 2).astype(np.uint8)
    for mark in FORM.marks:
        area = mark.box.grown(2)
        rows, columns = (
            slice(round(area.y * k), round(area.bottom * k)),
            slice(round(area.x * k), round(area.right * k)),
        )
        through[rows, columns] = page[rows, columns]
    assert through.min() < 200
    stream = np.ascontiguousarray(np.rot90(through, quarters))
    outcome = read_grey(stream, PaperSpec((FORM,), LABEL.paper)).outcome
    assert getattr(outcome, "label", None) is None
