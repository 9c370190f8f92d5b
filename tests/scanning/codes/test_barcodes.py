"""Codes are read by a cascade and believed only when they agree."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from crosscheck import labels
from scanning.codes.barcodes import (
    Code,
    Disagree,
    LabelRead,
    ShortOnly,
    Symbology,
    Unreadable,
    label_of,
    read_codes,
    second_opinion,
)
from tests.scanning.pages import FORM, LABEL, Canvas, answer_page, canvas, code_picture, draw_codes, noisy

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
OTHER = replace(LABEL, number=77)


def qr(label: labels.Label) -> Code:
    return Code(Symbology.QR, labels.text(label), SQUARE)


def bar(label: labels.Label) -> Code:
    return Code(Symbology.CODE128, labels.digits(label), SQUARE)


@pytest.mark.parametrize("quarters", range(4))
def test_a_label_is_read_in_every_orientation(quarters: int) -> None:
    """Pages come upside down."""
    assert label_of(read_codes(np.ascontiguousarray(np.rot90(answer_page(150), quarters)))) == LabelRead(LABEL, 2)


def test_corners_are_in_page_pixels() -> None:
    """They point at the place of the code at full size."""
    k = 200 / 25.4
    code = read_codes(answer_page(200))[0]
    centre = np.mean(np.array(code.corners), axis=0) / k
    assert min(np.hypot(*(centre - np.array(box.centre))) for box in FORM.qr) < 1.0


def test_code128_helps_out_when_both_qr_are_covered() -> None:
    """A stain on the QR codes leaves the bars."""
    paper = Canvas(answer_page(200).copy(), 200)
    for box in FORM.qr:
        paper.fill(box, 128)
    assert label_of(read_codes(paper.pixels)) == ShortOnly(labels.shortened(LABEL))


def test_the_ladder_reads_a_low_contrast_blurred_code() -> None:
    """Repaired pictures read what the plain one doesn't."""
    page = cv2.GaussianBlur(answer_page(150), (0, 0), 1.6)
    faded = np.clip(page.astype(np.float64) * 0.35 + 140, 0, 255).astype(np.uint8)
    assert isinstance(label_of(read_codes(noisy(faded, amount=3))), LabelRead | ShortOnly)


def test_codes_that_disagree_are_no_vote() -> None:
    """Two against one is still a disagreement."""
    found = label_of((qr(LABEL), qr(LABEL), bar(OTHER)))
    assert isinstance(found, Disagree)
    assert len(found.labels) == 2


def test_codes_that_agree_support_each_other() -> None:
    """A QR and the Code128 of one label say the same."""
    assert label_of((qr(LABEL), bar(LABEL))) == LabelRead(LABEL, 2)


def test_an_alien_code_is_kept_apart_from_a_damaged_one() -> None:
    """Somebody else's code is not our damaged one."""
    broken = labels.text(LABEL)[:-1] + "?"
    found = label_of((Code(Symbology.QR, "https://example.org", SQUARE), Code(Symbology.QR, broken, SQUARE)))
    assert found == Unreadable(("https://example.org",), (broken,))


def test_an_alien_code_beside_ours_does_not_matter() -> None:
    """The page is ours."""
    assert label_of((Code(Symbology.QR, "other", SQUARE), qr(LABEL))) == LabelRead(LABEL, 1)


def test_a_page_without_codes_gives_nothing() -> None:
    """White paper and handwriting hold no code."""
    assert read_codes(answer_page(100, label=None)) == ()


def test_other_symbologies_are_not_asked_for() -> None:
    """A DataMatrix is as good as handwriting."""
    paper = canvas(150)
    paper.paste(FORM.qr[0], code_picture(labels.text(LABEL), "DataMatrix"))
    assert read_codes(paper.pixels) == ()


def test_the_second_opinion_agrees_or_is_not_available() -> None:
    """Where zbar is missing there is no second opinion, and never a wrong one."""
    paper = canvas(150)
    draw_codes(paper, FORM, LABEL)
    assert isinstance(label_of(second_opinion(paper.pixels)), LabelRead | Unreadable)
