"""The criteria of a procedure, opened by a limited process: broken ones are known when they are registered."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from pypdf import PdfWriter

from crosscheck import i18n
from crosscheck.criteria_file import BROKEN, SOUND, CriteriaEncrypted, CriteriaUnreadable, require_sound
from packets.drawing import criteria_main


def _pdf(*, password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out := io.BytesIO())
    return out.getvalue()


@pytest.fixture
def russian() -> Iterator[None]:
    """Messages in Russian for one test."""
    i18n.use("ru")
    yield
    i18n.use("en")


def test_sound_criteria_are_taken() -> None:
    """Nothing is said about them."""
    require_sound(_pdf())


def test_a_password_is_named() -> None:
    """Its remedy is another than that of a broken file."""
    with pytest.raises(CriteriaEncrypted, match="E5011"):
        require_sound(_pdf(password="secret"))


@pytest.mark.parametrize(
    ("content", "answer"),
    [(b"", BROKEN), (b"%PDF-1.7 x", BROKEN), (_pdf(), SOUND)],
)
def test_what_the_process_says(content: bytes, answer: bytes) -> None:
    """One word; no text of a library comes through."""
    assert criteria_main.judged(content) == answer


@pytest.mark.usefixtures("russian")
def test_what_is_wrong_is_said_in_the_language_in_use() -> None:
    """And not in that of a library."""
    with pytest.raises(CriteriaUnreadable) as raised:
        require_sound(b"%PDF-1.7 broken")
    assert "это не исправный PDF" in str(raised.value)


def test_a_process_that_dies_has_read_nothing() -> None:
    """A file that brings its reader down is no sound file."""
    with pytest.raises(CriteriaUnreadable, match="too much time or memory"):
        require_sound(_pdf(), ("encodings.ascii",))
