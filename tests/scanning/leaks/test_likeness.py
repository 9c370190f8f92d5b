"""A coarse look overlooks no name that the thorough one finds."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from crosscheck.geometry import Box
from scanning.leaks import inklook, likeness, plainfile
from scanning.leaks.likeness import PLACE_LOOK, Alike
from scanning.masking.redaction import redact
from scanning.placing.registration import Registration, register
from scanning.placing.shrinking import views_of
from tests.scanning.pages import FORM, Canvas, Grey, answer_page, noisy

ZONES = [zone.box for zone in FORM.answers]
HIDDEN = [FORM.identity, *FORM.qr, FORM.bar]


def signed(dpi: float, name: str, hidden_mm: float, shown_mm: float, lean: float) -> Grey:
    """A page with a name in the identity zone and again, larger or smaller and leaning, in an answer."""
    paper = Canvas(answer_page(dpi, name_seed=None).copy(), dpi)
    paper.fill(ZONES[1].grown(-1), 255)
    k = dpi / 25.4
    for x, y, high, slope in ((60, 47, hidden_mm, 0.0), (90, 135, shown_mm, lean)):
        sheet = np.full((round(20 * k), round(80 * k)), 255, np.uint8)
        cv2.putText(sheet, name, (8, round(12 * k)), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, high * k / 22, 40, 2, cv2.LINE_AA)
        leaning = np.array([[1, slope, -slope * 12 * k], [0, 1, 0]])
        sheet = np.asarray(cv2.warpAffine(sheet, leaning, sheet.shape[::-1], borderValue=255.0), np.uint8)
        area = paper.area(Box(x, y - 12, 80, 20))
        part = paper.pixels[area]
        paper.pixels[area] = np.minimum(part, cv2.resize(sheet, part.shape[::-1]))
    return noisy(paper.pixels)


def best(grey: Grey, *, doubted: bool) -> float:
    """How like a hidden word the likest place in an answer is."""
    return max((word.likeness for word in alike(grey, doubted=doubted)), default=0.0)


def alike(grey: Grey, *, doubted: bool) -> list[Alike]:
    """All that is found on an honestly masked page."""
    place = register(grey, FORM.marks)
    assert isinstance(place, Registration)
    page = plainfile.opened(redact(grey, place, ZONES, HIDDEN).image)
    assert page is not None
    sight, shown = inklook.sight_of(views_of(grey), place), inklook.page_ink(page.half, page.half_k, PLACE_LOOK)
    return list(likeness.resemblances(page, shown, sight, [FORM.identity], doubted=doubted))


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("name", ["Petrov", "Anisimova"])
@pytest.mark.parametrize(("shown_mm", "lean"), [(6.0, 0.0), (6.3, 0.05), (5.7, -0.05)])
def test_what_the_thorough_look_finds_the_coarse_one_lets_through(
    dpi: float, name: str, shown_mm: float, lean: float
) -> None:
    """The same likeness either way, and enough of it to be told."""
    grey = signed(dpi, name, 6.0, shown_mm, lean)
    assert best(grey, doubted=False) == best(grey, doubted=True) > 0.86


def test_other_writing_is_not_searched() -> None:
    """That is what the coarse look is for."""
    grey = noisy(answer_page(150))
    assert best(grey, doubted=False) == 0.0
    assert best(grey, doubted=True) > 0.0


def test_writing_that_is_struck_out_is_still_the_scans_own() -> None:
    """The line is left out of both pictures, not of one."""
    paper = Canvas(signed(150, "Petrov", 6.0, 6.0, 0.0), 150)
    paper.fill(Box(85, 134, 80, 0.8), 40)
    found = alike(paper.pixels, doubted=True)
    assert found
    assert min(word.own for word in found) > 0.9


def test_a_streak_makes_no_word_of_a_caption() -> None:
    """Dirt on the scanner's glass draws a line down the page; a caption that it crosses is as flat as before."""
    k = 200 / 25.4
    paper = Canvas(answer_page(200, name_seed=None).copy(), 200)
    paper.fill(FORM.identity, 255)
    at = (round((FORM.identity.x + 10) * k), round((FORM.identity.y + 16) * k))
    cv2.putText(paper.pixels, "surname and name", at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 40, 1, cv2.LINE_AA)
    assert alike(paper.pixels, doubted=True) == []
    paper.pixels[:, at[0] + 40 : at[0] + 42] = 110
    assert alike(paper.pixels, doubted=True) == []
