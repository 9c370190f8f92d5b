"""Pages are found by their marks, or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.geometry import PAGE, Box
from scanning.placing.registration import (
    SCANS_AND_PHOTOS,
    Capture,
    Registration,
    RegistrationFault,
    RegistrationFaultKind,
    register,
    see_marks,
    which_page,
)
from scanning.placing.shrinking import shrunk
from tests.scanning.pages import FORM, SHEET, Canvas, Grey, answer_page, canvas, draw_marks, laid, noisy, quarter_turned
from tests.scanning.photos import at, photographed, shaded, view

PLAIN = answer_page(150)
FINE = answer_page(200)


def error_mm(found: Registration, page: Grey, dpi: float, degrees: float, shift: tuple[float, float]) -> float:
    """Largest distance at the page's corners between where they are and where they were found."""
    k = dpi / 25.4
    matrix = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), -degrees, 1.0)
    truth = (np.array(PAGE.corners()) * k - 0.5) @ matrix[:, :2].T + matrix[:, 2] + np.array(shift)
    return float(np.abs(found.pixels(PAGE.corners()) - truth).max() / k)


def found(result: Registration | RegistrationFault) -> Registration:
    assert isinstance(result, Registration), result
    return result


@settings(max_examples=8, deadline=None)
@given(st.floats(-1.8, 1.8), st.floats(-9, 9), st.floats(-9, 9))
def test_a_turned_and_shifted_page_is_found_within_a_tenth_of_a_millimetre(d: float, x: float, y: float) -> None:
    """Whatever a feeder does to a sheet."""
    result = found(register(noisy(laid(PLAIN, d, (x, y))), FORM.marks))
    assert error_mm(result, PLAIN, 150, d, (x, y)) < 0.1
    assert abs(result.skew() - d) < 0.1


@pytest.mark.parametrize("quarters", range(4))
def test_the_orientation_is_told(quarters: int) -> None:
    """0, 90, 180 or 270 degrees clockwise."""
    result = found(register(quarter_turned(PLAIN, quarters), FORM.marks))
    assert result.orientation == 90 * quarters
    assert result.residual_mm < 0.05
    assert abs(result.dpi - 150) < 0.5


@pytest.mark.parametrize("lost", range(4))
def test_a_missing_mark_is_named(lost: int) -> None:
    """Three marks are not enough, and the fault says which one is gone."""
    paper = Canvas(PLAIN.copy(), 150)
    paper.fill(FORM.marks[lost].box, 255)
    assert register(paper.pixels, FORM.marks) == RegistrationFault(RegistrationFaultKind.MISSING, (lost,))


def test_a_mark_in_the_wrong_place_is_refused() -> None:
    """A folded corner moves one mark: the page is not flat."""
    paper = canvas(150)
    moved = replace(FORM.marks[2], box=Box(188.5, 276, 10, 10))
    draw_marks(paper, (*FORM.marks[:2], moved, FORM.marks[3]))
    result = register(paper.pixels, FORM.marks)
    assert isinstance(result, RegistrationFault)
    assert result.kind is RegistrationFaultKind.UNEVEN


def test_a_mirrored_page_is_refused() -> None:
    """Nothing reads a mirrored mark."""
    assert isinstance(register(np.ascontiguousarray(PLAIN[:, ::-1]), FORM.marks), RegistrationFault)


def test_a_stretched_page_is_refused() -> None:
    """Five per cent longer than wide is no scan of A4."""
    long = np.asarray(cv2.resize(PLAIN, None, fx=1.0, fy=1.06), np.uint8)
    result = register(long, FORM.marks)
    assert isinstance(result, RegistrationFault)
    assert result.kind is RegistrationFaultKind.UNEVEN


def test_a_mark_seen_twice_is_refused() -> None:
    """Two sheets in one scan are not one page."""
    paper = Canvas(PLAIN.copy(), 150)
    draw_marks(paper, (replace(FORM.marks[0], box=Box(170, 38, 10, 10)),))
    assert register(paper.pixels, FORM.marks) == RegistrationFault(RegistrationFaultKind.DOUBLE, (0,))


def test_answer_pages_and_score_sheets_are_told_apart() -> None:
    """By the numbers of their marks."""
    sheet = canvas(100)
    draw_marks(sheet, SHEET.layout.marks)
    assert (which_page(PLAIN), which_page(sheet.pixels), which_page(canvas(100).pixels)) == ("answer", "sheet", None)


def one_bit(page: Grey) -> Grey:
    return np.where(page < 140, 0, 255).astype(np.uint8)


def streaked(page: Grey) -> Grey:
    page = page.copy()
    for x in np.random.default_rng(2).integers(0, page.shape[1], 12):
        page[:, x : x + 2] = page[:, x : x + 2] * 0.6
    return page


def shown_through(page: Grey) -> Grey:
    return np.minimum(page, 255 - (255 - page[:, ::-1]) // 5).astype(np.uint8)


DAMAGE: dict[str, Callable[[Grey], Grey]] = {
    "noise": lambda page: noisy(page, amount=20),
    "blur": lambda page: np.asarray(cv2.GaussianBlur(page, (0, 0), 2.0), np.uint8),
    "one bit": one_bit,
    "streaks": streaked,
    "show-through": shown_through,
    "shadow": lambda page: shaded(page, 0.7),
    "pale": lambda page: (page * 0.35 + 160).astype(np.uint8),
    "dark": lambda page: (page * 0.35).astype(np.uint8),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_does_not_move_a_page(damage: str) -> None:
    """Nor does it hide the marks."""
    result = found(register(DAMAGE[damage](noisy(laid(PLAIN, -2.2, (4, -6)))), FORM.marks, SCANS_AND_PHOTOS))
    assert result.kind is Capture.SCAN
    assert error_mm(result, PLAIN, 150, -2.2, (4, -6)) < 0.15


@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
def test_a_page_is_found_at_any_resolution(dpi: int) -> None:
    """And five degrees askew, on a scan that is large enough."""
    page = np.pad(answer_page(dpi), dpi // 2, constant_values=255)
    result = found(register(laid(page, 5.0), FORM.marks))
    assert abs(result.dpi - dpi) < 1
    assert abs(result.skew() - 5.0) < 0.05


def test_a_smaller_picture_at_hand_changes_nothing() -> None:
    """The first look may use one that somebody else needed."""
    page = noisy(laid(FINE, 1.1))
    marks = {mark.marker: mark.centre() for mark in see_marks(page, shrunk(page, 0.5))}
    assert sorted(marks) == [0, 1, 2, 3]
    assert all(np.abs(mark.centre() - marks[mark.marker]).max() < 2 for mark in see_marks(page))


def test_a_mark_beyond_the_edge_of_the_scan_is_told_from_one_that_is_lost() -> None:
    """The scan is cut off: that has another remedy."""
    assert register(PLAIN[: round(283 * 150 / 25.4)], FORM.marks) == RegistrationFault(
        RegistrationFaultKind.MISSING, (2, 3), outside=(2, 3)
    )


TILTS = [(2.0, 1.0), (12.0, 5.0), (-20.0, 8.0), (3.0, -22.0)]


@pytest.mark.parametrize("tilt", TILTS)
def test_a_photo_is_placed_by_all_corners_of_its_marks(tilt: tuple[float, float]) -> None:
    """In perspective and in shadow, to a fifth of a millimetre everywhere on the page."""
    matrix = view(200, tilt)
    result = found(register(shaded(photographed(FINE, matrix), 0.5), FORM.marks, SCANS_AND_PHOTOS))
    assert result.kind is Capture.PHOTO
    truth = at(matrix, np.array(PAGE.corners()) * 200 / 25.4 - 0.5)
    assert np.abs(result.pixels(PAGE.corners()) - truth).max() / (result.dpi / 25.4) < 0.2


def test_the_resolution_of_a_photo_is_its_lowest() -> None:
    """The guard must hold at the far end of the page too."""
    far, near = (register(photographed(FINE, view(200, t)), FORM.marks, SCANS_AND_PHOTOS) for t in ((25, 0), (0, 0)))
    assert found(far).dpi < 0.85 * found(near).dpi


def test_a_photo_is_refused_where_only_scans_are_taken() -> None:
    """Which is so unless the caller asks for photos."""
    result = register(photographed(FINE, view(200, (12, 5))), FORM.marks)
    assert isinstance(result, RegistrationFault)
    assert result.kind is RegistrationFaultKind.UNEVEN


def test_no_perspective_excuses_a_stretched_scan_or_a_folded_corner() -> None:
    """Stretched without getting nearer at one end; a mark that lies three millimetres off."""
    long = np.asarray(cv2.resize(PLAIN, None, fx=1.0, fy=1.06), np.uint8)
    paper = canvas(150)
    draw_marks(paper, (*FORM.marks[:2], replace(FORM.marks[2], box=Box(187, 274, 10, 10)), FORM.marks[3]))
    for page in (long, paper.pixels):
        result = register(page, FORM.marks, SCANS_AND_PHOTOS)
        assert isinstance(result, RegistrationFault)
        assert result.kind is RegistrationFaultKind.UNEVEN


def test_a_steep_view_is_refused() -> None:
    """Too little is left of the far end."""
    assert isinstance(register(photographed(FINE, view(200, (50, 0))), FORM.marks, SCANS_AND_PHOTOS), RegistrationFault)
