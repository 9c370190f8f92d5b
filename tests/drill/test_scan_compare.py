"""A masked page is judged by what was written on it."""

from __future__ import annotations

import cv2
import numpy as np

from crosscheck.geometry import Box
from drill.damage import Damage, Kind
from drill.ink import Page
from drill.scan_compare import verdict
from drill.scan_ink import DPI
from drill.scan_make import PageTruth
from drill.scan_pages import Filling, Paper, packed
from drill.scan_plan import PagePlan

ZONE = Box(12.0, 60.0, 186.0, 100.0)
K = DPI / 25.4


def sheet() -> Page:
    return np.full((round(297 * K), round(210 * K)), 255, np.uint8)


def writing(page: Page, x: float, y: float) -> Page:
    """The page with a short answer at a place (mm)."""
    cv2.putText(page, "54 - 46 = 8", (round(x * K), round(y * K)), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 40.0, 6, cv2.LINE_AA)
    return page


def folded(page: Page) -> Page:
    """The page with two dark lines right across."""
    for y in (100.0, 130.0):
        cv2.line(page, (0, round(y * K)), (page.shape[1], round((y + 12.0) * K)), 130.0, round(1.2 * K), cv2.LINE_AA)
    return page


def lost(masked: Page, true: Page) -> int:
    plan = PagePlan(None, Paper((), (ZONE,), ()), Filling(0, (1,)), Damage(Kind.FOLD), ("50001", 1), own=True)
    picture = cv2.imencode(".png", masked)[1].tobytes()
    return verdict(picture, PageTruth("scan.pdf", 0, plan, packed(true))).lost


def test_a_fold_beside_a_short_answer_does_not_hide_it() -> None:
    """The fold is darker and longer than all that was written; the answer is there all the same."""
    true = writing(sheet(), 20.0, 75.0)
    assert lost(folded(true.copy()), true) == 0


def test_an_answer_that_is_not_there_is_missed() -> None:
    """An empty zone, one with a fold and nothing else, and one written on somewhere else."""
    true = writing(sheet(), 20.0, 75.0)
    assert lost(sheet(), true) == 1
    assert lost(folded(sheet()), true) == 1
    assert lost(writing(sheet(), 20.0, 100.0), true) == 1
