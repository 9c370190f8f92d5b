"""Pages are found by their marks, or refused."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.geometry import PAGE, Box
from scanning.registration import (
    Registration,
    RegistrationFault,
    RegistrationFaultKind,
    register,
    which_page,
)
from tests.scanning.pages import FORM, SHEET, Canvas, Grey, answer_page, canvas, draw_marks, laid, noisy, quarter_turned

PLAIN = answer_page(150)


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
    draw_marks(sheet, SHEET.marks)
    assert (which_page(PLAIN), which_page(sheet.pixels), which_page(canvas(100).pixels)) == ("answer", "sheet", None)
