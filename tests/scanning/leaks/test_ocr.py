"""Print that names somebody is found by reading it; nothing is read on a good page, and no word is kept."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crosscheck.geometry import Box
from scanning.files.sources import decode
from scanning.leaks import ocr
from scanning.leaks.ocr import Compared, Failed, NothingToRead, NotInstalled, Reader
from scanning.masking.redaction import redact
from scanning.placing.registration import Registration, register
from tests.imports import ROOT
from tests.scanning.pages import FORM, Grey, answer_page

ZONES = [zone.box for zone in FORM.answers]
FONT = str(ROOT / "crosscheck" / "fonts" / "CrosscheckSans.ttf")
needs_tesseract = pytest.mark.skipif(ocr.installed() is None, reason="no Tesseract with Russian here")


def printed(page: Grey, x: float, y: float, words: str) -> Grey:
    """Words printed on a page of 150 dpi, at millimetres."""
    k = 150 / 25.4
    picture = Image.fromarray(page)
    ImageDraw.Draw(picture).text((x * k, y * k), words, fill=30, font=ImageFont.truetype(FONT, round(4 * k)))
    return np.asarray(picture, np.uint8)


def page(answer: str) -> tuple[Grey, Grey, Registration]:
    """A scan with a printed name and this answer to task 2; the masked page; where the page lies."""
    scan = printed(answer_page(150, name_seed=None), 40, 42, "Ковалевский Артемий 48213")
    k, zone = 150 / 25.4, ZONES[1].grown(-1)
    scan = scan.copy()
    scan[round(zone.y * k) : round(zone.bottom * k), round(zone.x * k) : round(zone.right * k)] = 255
    scan = printed(scan, 30, zone.y + 15, answer)
    laid = register(scan, FORM.marks)
    assert isinstance(laid, Registration)
    masked = redact(scan, laid, ZONES, [FORM.identity, *FORM.qr, FORM.bar])
    return decode(masked.image, masked.media), scan, laid


def checked(answer: str, suspicious: list[Box], reader: Reader | None) -> ocr.OcrCheck:
    masked, scan, laid = page(answer)
    return ocr.same_words(masked, scan, laid, ZONES, [FORM.identity], suspicious, reader)


@needs_tesseract
def test_a_printed_name_in_an_answer_is_found() -> None:
    """The name, and the code, each one word of the identity zone."""
    found = checked("Ковалевский 48213", [ZONES[1]], ocr.installed())
    assert isinstance(found, Compared)
    assert (found.shown, found.shared) == (2, 2)
    assert not ocr.passed(found)


@needs_tesseract
def test_other_words_are_no_leak() -> None:
    """Print that is in the answer alone."""
    found = checked("сорок восемь метров", [ZONES[1]], ocr.installed())
    assert isinstance(found, Compared)
    assert found.shown > 0
    assert found.shared == 0
    assert ocr.passed(found)


@needs_tesseract
def test_print_outside_the_zones_is_read_without_being_suspected() -> None:
    """A masking that lets the head through is seen here too."""
    masked, scan, laid = page("")
    masked = printed(masked, 40, 42, "Ковалевский Артемий")
    found = ocr.same_words(masked, scan, laid, ZONES, [FORM.identity], [], ocr.installed())
    assert isinstance(found, Compared)
    assert found.shared >= 2


def test_a_good_page_costs_no_reading() -> None:
    """White outside the zones and nothing suspicious: the program isn't even started."""
    assert checked("Ковалевский", [], Reader("no such program")) == NothingToRead()


def test_absence_is_recorded_and_fails_nothing() -> None:
    """A station without Tesseract says so in each proof that would have needed it."""
    found = checked("Ковалевский", [ZONES[1]], None)
    assert (found, ocr.passed(found), ocr.recorded(found)) == (NotInstalled(), True, "not_installed")
    assert ocr.found(None) is None
    assert ocr.found(str(Path("no") / "such" / "program")) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
@pytest.mark.parametrize("body", ["exit 3", "sleep 60", "kill -9 $$"])
def test_a_program_that_fails_or_hangs_fails_no_page(tmp_path: Path, body: str) -> None:
    """It is recorded that nothing was checked."""
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    found = checked("Ковалевский", [ZONES[1]], Reader(str(program), seconds=1.0))
    assert (found, ocr.passed(found), ocr.recorded(found)) == (Failed(), True, "failed")


@pytest.mark.parametrize(
    ("word", "known", "same"),
    [
        ("КОВАЛЕВСКИЙ", "КОВАЛЕВСКИИ", 1),
        ("КОВАЛЬ", "КОРОЛЬ", 0),
        ("ИВАН", "ИВАН", 1),
        ("ИВАН", "ИВАХ", 0),
        ("48213", "48213", 1),
        ("482137", "482138", 0),
    ],
)
def test_long_words_may_differ_in_one_letter_and_numbers_in_none(word: str, known: str, same: int) -> None:
    """A misread letter hides no name; another code is another pupil."""
    assert ocr.shared([word], [known]) == same


def test_words_of_the_form_itself_and_short_ones_tell_nobody() -> None:
    """Else every answer that mentions a school would be held back."""
    assert list(ocr.words_of("Школа 12 Ёлкина, код: 1471; они")) == ["ЕЛКИНА", "1471"]


def test_what_is_recorded_holds_no_word() -> None:
    """Counts only."""
    assert ocr.recorded(Compared(3, 4, 1)) == {"words_read": 3, "words_hidden": 4, "words_shared": 1}
