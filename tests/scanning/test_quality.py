"""Bad scans are told by measured values."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from crosscheck.geometry import Box
from crosscheck.remedies import REMEDIES
from scanning import texture
from scanning.findings import FindingKind
from scanning.outcomes import BlankPage, NotReadable, PaperSpec
from scanning.placing.registration import SCANS_AND_PHOTOS, Registration, RegistrationFault, register
from scanning.placing.shrinking import views_of
from scanning.quality import Defect, defects, judged, measure, unplaced
from scanning.reading import read_grey
from tests.scanning.pages import FORM, LABEL, Grey, answer_page, canvas, laid, noisy
from tests.scanning.photos import photographed, shaded, view

ZONES = [zone.box for zone in FORM.answers]
PAPER = PaperSpec((FORM,), LABEL.paper)
FINE = answer_page(200)


def found(page: Grey) -> Registration:
    result = register(page, FORM.marks, SCANS_AND_PHOTOS)
    assert isinstance(result, Registration), result
    return result


def wrong_with(page: Grey) -> tuple[Defect, ...]:
    return judged(page, measure(page), found(page), ZONES)


def patterned(page: Grey, period_mm: float, amplitude: float, degrees: float = 35.0) -> Grey:
    """As moiré looks, at 200 dpi: a wave over everything."""
    y, x = np.mgrid[0 : page.shape[0], 0 : page.shape[1]] * 25.4 / 200
    along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    return np.asarray(np.clip(page + amplitude * (np.sin(2 * np.pi * along / period_mm) - 1), 0, 255), np.uint8)


def compressed(page: Grey) -> Grey:
    stored = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 25])[1]
    return np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)


def blurred(page: Grey, spread_mm: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(page, (0, 0), spread_mm * 200 / 25.4), np.uint8)


def test_a_good_scan_has_no_defects() -> None:
    """Not blank either."""
    seen = measure(noisy(answer_page(150)))
    assert not seen.blank
    assert defects(seen) == ()


def test_an_empty_page_is_blank_even_with_dust_and_show_through() -> None:
    """Specks and faint shapes are nothing."""
    paper = canvas(150)
    paper.fill(Box(50, 50, 60, 4), 240)
    rng = np.random.default_rng(1)
    for x, y in rng.uniform(20, 180, (40, 2)):
        paper.fill(Box(x, y, 0.3, 0.3), 60)
    assert measure(noisy(paper.pixels)).blank


def test_a_single_written_digit_is_not_blank() -> None:
    """An answer may be that short."""
    paper = canvas(150)
    paper.fill(Box(60, 100, 0.8, 8), 90)
    paper.fill(Box(60, 100, 5, 0.8), 90)
    assert not measure(noisy(paper.pixels)).blank


def test_each_defect_is_told() -> None:
    """Dark, light, coarse and crooked."""
    page = answer_page(150)
    assert defects(measure((page * 0.4).astype(np.uint8))) == (Defect.TOO_DARK,)
    assert defects(measure((page * 0.2 + 204).astype(np.uint8))) == (Defect.TOO_LIGHT,)
    assert defects(measure(answer_page(100))) == (Defect.LOW_RESOLUTION,)
    assert defects(measure(page), skew=-11) == (Defect.SKEWED,)


def test_every_defect_has_its_remedy() -> None:
    """In words of whoever stands at the scanner."""
    assert {defect.value for defect in Defect} <= set(REMEDIES)


ORDINARY: dict[str, Callable[[Grey], Grey]] = {
    "scan": lambda page: noisy(page),
    "grainy": lambda page: noisy(page, amount=18),
    "worn print": lambda page: noisy(blurred(page, 0.15)),
    "one bit": lambda page: np.where(noisy(page) < 150, 0, 255).astype(np.uint8),
    "strongly compressed": lambda page: compressed(noisy(page)),
    "in shadow": lambda page: shaded(noisy(page), 0.65),
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_pages_have_no_defect(kind: str) -> None:
    """However they were made."""
    assert wrong_with(ORDINARY[kind](laid(FINE, 1.0))) == ()


def test_a_blurred_page_is_told() -> None:
    """By the edges of its marks, and by its writing where there are none."""
    assert wrong_with(noisy(blurred(FINE, 0.42))) == (Defect.BLURRED,)
    page = noisy(blurred(FINE, 0.55), amount=3)
    seen = measure(page)
    sharp = texture.edge_mm(noisy(FINE), 200, seen.written)
    soft = texture.edge_mm(page, 200, seen.written)
    assert sharp is not None
    assert soft is not None
    assert sharp < 0.25 < 0.45 < soft


@pytest.mark.parametrize("period", [0.5, 0.8, 1.6])
def test_a_regular_pattern_is_told(period: float) -> None:
    """Over the whole page, a few grey levels strong."""
    assert defects(measure(patterned(noisy(FINE, amount=3), period, 7))) == (Defect.MOIRE,)


def test_streaks_lines_and_noise_are_no_pattern() -> None:
    """Though some are regular: they run along the scan."""
    page = noisy(FINE, amount=10)
    page[:, ::40] = page[:, ::40] * 0.85
    page[::63] = page[::63] * 0.8
    assert measure(page).ripple < 0.2


@pytest.mark.parametrize("side", ["left", "bottom"])
def test_a_zone_beyond_the_edge_is_told(side: str) -> None:
    """The zones of this page are 12 mm from its sides: the marks go first, or the zone of a longer form."""
    page, zones = noisy(FINE), [*ZONES, Box(12, 270, 60, 35)]
    if side == "left":
        zones = [*ZONES, Box(-4, 100, 60, 20)]
    assert judged(page, measure(page), found(page), zones) == (Defect.CUT_OFF,)


def test_a_page_that_was_not_found_is_judged_too() -> None:
    """The marks that lie beyond the edge are the reason."""
    page = noisy(FINE)[: round(283 * 200 / 25.4)]
    fault = register(page, FORM.marks)
    assert isinstance(fault, RegistrationFault)
    assert unplaced(page, measure(page), fault) == (Defect.CUT_OFF,)


def test_a_photo_in_shadow_is_readable_and_one_in_the_dark_is_not() -> None:
    """The table around it doesn't count; what does is whether ink stands out where it is darkest."""
    picture = photographed(FINE, view(200, (10, 4)))
    assert wrong_with(shaded(picture, 0.6)) == ()
    assert wrong_with((picture * 0.4).astype(np.uint8)) == (Defect.TOO_DARK,)


def test_a_smaller_picture_at_hand_says_the_same() -> None:
    """Whoever needed it first."""
    page = noisy(FINE)
    made, given = measure(page), measure(page, small=views_of(page).about(90))
    assert defects(made) == defects(given) == ()
    assert abs(made.ink - given.ink) < 0.2 * made.ink


@pytest.mark.parametrize("turn", [-12.0, -7.0, 0.0, 5.0, 7.0, 15.0])
def test_a_page_that_was_lost_because_it_lay_crooked_says_so(turn: float) -> None:
    """In a scan of its own size a turned page loses its corners; how it lies is told by its print."""
    grey = answer_page(200)
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    turned = np.asarray(cv2.warpAffine(grey, matrix, (width, height), borderValue=250.0), np.uint8)
    outcome = read_grey(turned, PAPER).outcome
    kinds = {finding.kind for finding in outcome.findings} if not isinstance(outcome, BlankPage) else set()
    assert (FindingKind.SKEWED in kinds) is bool(turn)
    assert isinstance(outcome, NotReadable) is bool(turn)


def test_a_dark_page_that_was_not_found_says_so() -> None:
    """Quality is judged of pages that could not be placed, too: perhaps that is why."""
    dark = np.asarray(answer_page(200) // 3, np.uint8)
    dark[:200, :200] = 85
    outcome = read_grey(dark, PAPER).outcome
    assert isinstance(outcome, NotReadable)
    assert {FindingKind.MISSING_MARKS, FindingKind.TOO_DARK} <= {finding.kind for finding in outcome.findings}
