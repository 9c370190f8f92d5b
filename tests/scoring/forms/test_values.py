"""What people type into a cell, and what it states: one meaning, or refused with what was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import NotAttempted, Points
from scoring.forms.book import Broken, Content, Flag, Formula, Moment, Number, Text
from scoring.forms.layout import Datum
from scoring.forms.stated import NotStated, NotTaught, Stated, of_sign, same, sign
from scoring.forms.values import Wrong, datum, score, text_of
from tests.factories import criterion

SIX = criterion("6К1", "6", 3)
CONTENTS = st.one_of(
    st.none(),
    st.builds(Text, st.text(max_size=6)),
    st.builds(Number, st.one_of(st.integers(-5, 50), st.floats()), st.sampled_from(("General", "0%", "000", "@"))),
    st.builds(Moment, st.just("2026-02-01T00:00:00")),
    st.builds(Formula, st.text(max_size=6)),
    st.builds(Flag, st.booleans()),
    st.builds(Broken, st.just("#REF!")),
)


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        (None, NotStated()),
        (Text(" \u00a0"), NotStated()),
        (Number(2), Points(2)),
        (Number(2.0, "0.0"), Points(2)),
        (Number(0), Points(0)),
        *((Text(text), Points(2)) for text in ("2", " 2", "2 ", "2,0", "2.0", "02", "\u00a02", "\u200b2")),
        *((Text(text), NotAttempted()) for text in ("X", "x", "Х", "х", " X ")),
        *(
            (Text(text), NotTaught())
            for text in ("н/п", "Н/П", "H/П", "н / п", "нп", "н\\п", "n/t", "-", "–", "—", " - ", "−")
        ),
    ],
)
def test_what_can_mean_one_thing_only_is_taken(content: Content | None, stated: Stated) -> None:
    """Numbers kept as text, blanks, Cyrillic letters, dashes of every length; an empty cell states nothing, never 0."""
    assert score(content, SIX) == stated


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (Number(4), "4"),
        (Number(-1), "-1"),
        (Number(1.5), "1,5"),
        (Number(0.02, "0%"), "per cent"),
        (Number(1, "0%"), "per cent"),
        (Number(float("inf")), "inf"),
        (Number(float("nan")), "nan"),
        (Moment("2026-02-01T00:00:00"), "01.02.2026"),
        (Formula("=1+1"), "=1+1"),
        (Flag(True), "TRUE"),
        (Broken("#REF!"), "#REF!"),
        *(
            (Text(text), text)
            for text in ("4", "1,5", "+2", "²", "２", "О", "2б", "1 2", "XX", "--", "=1", "нет", "-1")
        ),
    ],
)
def test_everything_else_is_refused_with_what_was_found(content: Content, found: str) -> None:
    """Above the maximum, halves, dates, formulas, signs that look like digits: never clamped, never guessed."""
    wrong = score(content, SIX)
    assert isinstance(wrong, Wrong)
    assert found in wrong.found
    assert "0 to 3" in wrong.allowed


@given(content=CONTENTS, maximum=st.integers(1, 20))
def test_a_cell_never_states_more_than_the_maximum(content: Content | None, maximum: int) -> None:
    """Whatever stands in it."""
    found = score(content, criterion("1", "1", maximum))
    assert not isinstance(found, Points) or 0 <= found.value <= maximum


@given(content=CONTENTS)
def test_only_emptiness_states_nothing(content: Content | None) -> None:
    """A cell with something in it is a statement or a fault."""
    if isinstance(score(content, SIX), NotStated):
        assert text_of(content) == ""


@pytest.mark.parametrize(
    ("wanted", "content", "said"),
    [
        *((Datum.SEX, Text(text), "m") for text in ("м", "М", "M", "m", "муж.", "Мужской")),
        *((Datum.SEX, Text(text), "f") for text in ("ж", "Ж ", "жен.", "f")),
        *((Datum.JOURNAL_MARK, one, "4") for one in (Number(4), Text("4"), Text("4,0"))),
        *((Datum.TERM_MARK, Text(text), "") for text in ("нет", "Нет отметки", "-", "—", "н/а", " ")),
        (Datum.TERM_MARK, None, ""),
        (Datum.VARIANT, Number(12), "12"),
        (Datum.VARIANT, Text("1"), "1"),
    ],
)
def test_what_else_is_said_of_a_participant(wanted: Datum, content: Content | None, said: str) -> None:
    """In one spelling, whoever typed it."""
    assert datum(content, wanted) == said


@pytest.mark.parametrize(
    ("wanted", "content"),
    [
        (Datum.SEX, Text("да")),
        (Datum.SEX, Number(1)),
        (Datum.JOURNAL_MARK, Number(6)),
        (Datum.JOURNAL_MARK, Number(1)),
        (Datum.JOURNAL_MARK, Text("хор")),
        (Datum.TERM_MARK, Moment("2026-04-05T00:00:00")),
        (Datum.TERM_MARK, Formula("=4")),
        (Datum.VARIANT, Number(100)),
        (Datum.VARIANT, Number(0)),
        (Datum.VARIANT, Number(1.5)),
    ],
)
def test_other_words_are_refused(wanted: Datum, content: Content) -> None:
    """Marks are 2 to 5, sexes two, variants small numbers."""
    assert isinstance(datum(content, wanted), Wrong)


def test_a_code_keeps_the_zeros_that_its_format_shows() -> None:
    """00017 kept as the number 17 with the format 00000."""
    assert text_of(Number(17, "00000")) == "00017"


@given(st.one_of(st.builds(Points, st.integers(0, 99)), st.sampled_from([NotAttempted(), NotTaught(), NotStated()])))
def test_a_stored_sign_means_what_was_stated(stated: Stated) -> None:
    """There and back."""
    assert of_sign(sign(stated)) == stated


def test_when_a_form_says_what_stands() -> None:
    """X is not 0, nothing is nothing; "not taught" is what experts write X for."""
    assert same(Points(0), Points(0))
    assert not same(Points(0), NotAttempted())
    assert not same(NotAttempted(), Points(0))
    assert same(NotTaught(), NotAttempted())
    assert not same(NotTaught(), Points(0))
    assert not same(NotStated(), NotAttempted())
    assert not same(NotStated(), Points(0))
