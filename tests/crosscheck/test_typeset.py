"""Typesetting: text never cut, codes with the modules they promise, the same bytes each time."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.barcodes import CodeDoesNotFit, aruco_modules, bar_modules, qr_modules
from crosscheck.geometry import BAR_TOP, QR_TOP, Box
from crosscheck.labels import Kind, Label, digits, text
from crosscheck.typeset import (
    BOLD,
    LEAST_SIZE,
    POINT,
    REGULAR,
    Align,
    TextDoesNotFit,
    canvas,
    fit,
    missing_signs,
    width,
)
from tests.packets.printed import pages, texts

WORDS = st.lists(st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяЁАБВ-.№", min_size=1, max_size=25), min_size=1, max_size=12)
LONGEST = Label(Kind.ANSWER, 99_999_999, 99, 99, "Q3ZK7MWD", "ABCDEFGH")


@settings(max_examples=40, deadline=None)
@given(words=WORDS, wide=st.floats(20, 150), high=st.floats(4, 40))
def test_fitted_text_keeps_every_letter_and_stays_in_its_box(words: list[str], wide: float, high: float) -> None:
    """Whatever the words and the box, the lines fit and hold all letters in order, or the text is refused."""
    try:
        fitted = fit(" ".join(words), Box(0, 0, wide, high), 12)
    except TextDoesNotFit:
        return
    assert "".join(fitted.lines).replace(" ", "") == "".join(words)
    assert fitted.height <= high + 1e-6
    assert max(width(line, fitted.size) for line in fitted.lines) <= wide + 1e-6
    assert LEAST_SIZE <= fitted.size <= 12


def test_text_that_fits_keeps_its_size() -> None:
    """A short text is neither shrunk nor wrapped."""
    assert fit("Комплект", Box(0, 0, 60, 8), 12, BOLD).size == 12
    assert fit("Комплект", Box(0, 0, 60, 8), 12, BOLD).lines == ("Комплект",)


def test_text_too_long_for_its_box_is_refused() -> None:
    """What does not fit at the least size is an error that quotes the text and the box."""
    with pytest.raises(TextDoesNotFit, match=r"E5001 .*Очень.*10.* × 3"):
        fit("Очень длинное название " * 5, Box(0, 0, 10, 3), 9)


def test_decomposed_letters_are_composed() -> None:
    """й as two characters, as macOS writes file names, is printed as one letter."""
    assert fit("Андреи\u0306", Box(0, 0, 60, 8), 10).lines == ("Андрей",)


def test_a_number_stays_beside_its_sign() -> None:
    """«№ 12» is never torn apart, nor what a person glued with a blank that doesn't break."""
    for said in ("Школа № 12", "Школа №\u00a012"):
        assert fit(said, Box(0, 0, 18, 30), 12).lines == ("Школа", "№ 12")
    assert fit("Школа №\n12", Box(0, 0, 60, 30), 12).lines == ("Школа №", "12")


@pytest.mark.parametrize("letters", ["Ӓӓ Ӧӧ Ӱӱ Ӹӹ ҥ ҡ", "Ӑӑ Ӗӗ Ҫҫ Ӳӳ", "Ӝӝ Ӟӟ Ӥӥ Ӵӵ", "Әә Өө Үү Җҗ Ңң Һһ", "Ӏ Ӕӕ"])
def test_fonts_have_the_letters_of_the_peoples_of_russia(letters: str) -> None:
    """Mari, Chuvash, Udmurt, Tatar, of the Caucasus: names of people and schools are written with them."""
    assert {missing_signs(letters, font) for font in (REGULAR, BOLD)} == {""}


def test_fonts_have_the_letters_of_the_papers() -> None:
    """Russian and the signs of the papers come back as text from the PDF."""
    out = io.BytesIO()
    press = canvas(out)
    press.text(Box(10, 10, 180, 20), "Съешь же ещё № 5 × 2 → ☐ «ЁЙ» — ≥", 12)
    press.text(Box(10, 40, 180, 20), "Ведомость", 12, BOLD)
    press.end_page()
    assert press.finish() == 1
    shown = texts(out.getvalue())[0]
    assert "Съешь же ещё № 5 × 2 → ☐ «ЁЙ» — ≥" in shown
    assert "Ведомость" in shown


@pytest.mark.parametrize("marker", range(8))
def test_marks_are_those_of_the_dictionary(marker: int) -> None:
    """The marks kept here are OpenCV's of the dictionary 4x4_50, bit for bit."""
    drawn = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), marker, 6)
    ours = np.array([[module == "0" for module in row] for row in aruco_modules(marker)])
    assert np.array_equal(np.asarray(drawn) > 0, ours)


@pytest.mark.parametrize("label", [Label(Kind.SHEET, 1, 1, 0, "Q3ZK7MWD"), LONGEST])
def test_every_label_is_a_qr_of_version_3_with_modules_of_at_least_0_6_mm(label: Label) -> None:
    """The shortest and the longest label make the same number of modules, big enough in their place."""
    rows = qr_modules(text(label))
    assert (len(rows), len(rows[0])) == (29, 29)
    assert QR_TOP.w / (29 + 8) >= 0.6


@pytest.mark.parametrize("label", [Label(Kind.SHEET, 1, 1, 0, "Q3ZK7MWD"), LONGEST])
def test_every_label_is_a_code128_with_modules_of_at_least_0_4_mm(label: Label) -> None:
    """24 digits in code set C take 15 symbols, wide enough in their place with quiet zones."""
    modules = bar_modules(digits(label))
    assert len(modules) == 14 * 11 + 13
    assert BAR_TOP.w / (len(modules) + 20) >= 0.4


@pytest.mark.parametrize("payload", ["A" * 48, "CC1." + "я" * 30])
def test_a_payload_too_long_for_version_3_is_refused(payload: str) -> None:
    """A QR code never grows silently."""
    with pytest.raises(CodeDoesNotFit, match="E5002"):
        qr_modules(payload)


@pytest.mark.parametrize("payload", ["123", "12A4", "", "１２"])
def test_bars_take_pairs_of_digits_only(payload: str) -> None:
    """Anything that would leave code set C is refused."""
    with pytest.raises(CodeDoesNotFit, match="E5002"):
        bar_modules(payload)


def test_a_pdf_names_nobody_and_no_time() -> None:
    """Two prints of the same are identical, and the file's properties name no person, machine or day."""
    made = []
    for _ in range(2):
        out = io.BytesIO()
        press = canvas(out)
        press.text(Box(10, 10, 100, 10), "Текст", 12)
        press.end_page()
        press.finish()
        made.append(out.getvalue())
    assert made[0] == made[1]
    assert b"/Producer (crosscheck)" in made[0]
    assert not any(word in made[0] for word in (b"/Author", b"/CreationDate", b"/ModDate", b"D:2"))


def test_points_are_a_72nd_of_an_inch() -> None:
    """A line at size 10 takes as many millimetres as its points say."""
    assert width("м", 20) == pytest.approx(2 * width("м", 10))
    assert pytest.approx(25.4) == 72 * POINT


@pytest.mark.parametrize("upright", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("align", list(Align))
def test_the_ink_of_a_text_stays_inside_its_box(align: Align, upright: float) -> None:
    """Accents above capitals and tails below letters included, at every place in the box."""
    box = Box(50, 100, 40, 16)
    out = io.BytesIO()
    press = canvas(out)
    press.text(box, "Йод, руды\nЁршик, цех\nЩука (у)", 14, BOLD, align=align, upright=upright)
    press.end_page()
    press.finish()
    inked = np.argwhere(pages(out.getvalue(), 300)[0] < 200) * 25.4 / 300
    (top, left), (low, right) = inked.min(axis=0), inked.max(axis=0)
    assert box.y - 0.1 <= top <= low <= box.bottom + 0.1
    assert box.x - 0.1 <= left <= right <= box.right + 0.1
    assert low - top > 13
