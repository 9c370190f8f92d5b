"""Bad scans are told by measured values."""

from __future__ import annotations

import numpy as np

from crosscheck.geometry import Box
from scanning.quality import Defect, defects, measure
from tests.scanning.pages import answer_page, canvas, noisy


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
