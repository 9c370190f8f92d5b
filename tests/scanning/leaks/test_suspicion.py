"""What a person must look at on a page that was masked well."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
import simplejpeg

from scanning.files.decoding import Decoder
from scanning.files.sources import Media
from scanning.leaks import leakcheck, ocr
from scanning.leaks.leakcheck import Crossing, Side
from scanning.leaks.ocr import Compared
from scanning.reading import FindingKind, Readable, read_grey, read_page
from tests.scanning import test_reading
from tests.scanning.leaks.test_stamps import round_seal
from tests.scanning.pages import FORM, answer_page

RED = (200, 40, 50)
PAPER = test_reading.PAPER


def _colour_page(seal: bool) -> bytes:
    page = np.repeat(answer_page(200)[:, :, None], 3, axis=2)
    if seal:
        page = round_seal(page, FORM.answers[-1].box.centre, 20, RED)
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(page), quality=85, colorspace="RGB"))


def _found(stream: bytes) -> set[FindingKind]:
    with Decoder() as decoder:
        seen = decoder.decoded(stream, Media.JPEG)
    outcome = read_grey(seen.grey, PAPER, seen.colours).outcome
    assert isinstance(outcome, Readable)
    assert outcome.findings == getattr(read_page(stream, Media.JPEG, PAPER).outcome, "findings", None)
    return {finding.kind for finding in outcome.findings}


def test_a_seal_in_an_answer_is_shown_to_a_person() -> None:
    """The page passes, and a finding says where to look; the same page without it has none."""
    assert FindingKind.COLOURED in _found(_colour_page(seal=True))
    assert FindingKind.COLOURED not in _found(_colour_page(seal=False))


def test_a_grey_scan_is_read_without_colours() -> None:
    """Nobody can see the colour of a seal on it, and nothing stops."""
    grey = cv2.cvtColor(simplejpeg.decode_jpeg(_colour_page(seal=True)), cv2.COLOR_RGB2GRAY)
    assert FindingKind.COLOURED not in {f.kind for f in getattr(read_grey(grey, PAPER).outcome, "findings", ())}


@pytest.mark.parametrize("shared", [0, 1])
def test_a_word_of_the_name_field_is_shown_to_a_person(monkeypatch: pytest.MonkeyPatch, shared: int) -> None:
    """OCR is asked about zones with ink across their edge; a word that stands in both is a finding of its own."""
    check = leakcheck.check

    def crossed(*given: Any) -> leakcheck.LeakProof:
        return leakcheck.LeakProof(check(*given).checks, (Crossing(0, Side.TOP, 1.0),), ())

    monkeypatch.setattr(leakcheck, "check", crossed)
    monkeypatch.setattr(ocr, "same_words", lambda *_: Compared(3, 3, shared))
    outcome = read_grey(answer_page(200), PAPER).outcome
    assert isinstance(outcome, Readable)
    assert (FindingKind.KNOWN_TEXT in {f.kind for f in outcome.findings}) == bool(shared)


def test_pages_without_doubt_are_not_read_by_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes as long as twenty pages."""

    def never(*_: object) -> None:
        raise AssertionError("asked without a reason")

    monkeypatch.setattr(ocr, "same_words", never)
    assert isinstance(read_grey(answer_page(200), PAPER).outcome, Readable)
