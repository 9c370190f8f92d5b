"""Labels: two spellings that read back as they were written, and refuse everything else."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import damm, labels
from crosscheck.labels import Fault, Kind, Label

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY = b"k" * 32
eight = st.text(alphabet=BASE32, min_size=8, max_size=8)
any_label = st.builds(
    Label,
    kind=st.sampled_from(Kind),
    number=st.integers(0, labels.MAX_NUMBER),
    page=st.integers(1, labels.MAX_PAGE),
    round=st.integers(0, labels.MAX_ROUND),
    paper=eight,
    mac=st.none() | eight,
)
EXAMPLE = Label(Kind.ANSWER, 1234, 2, 0, "Q3ZK7MWD")


@given(any_label)
@settings(max_examples=100)
def test_the_text_reads_back_as_the_label(label: Label) -> None:
    """Every field survives the way through a QR code."""
    assert labels.parse_text(labels.text(label)) == label


@given(any_label)
@settings(max_examples=100)
def test_the_digits_read_back_as_the_short_label(label: Label) -> None:
    """24 digits carry everything but the full digest and the MAC."""
    digits = labels.digits(label)
    assert len(digits) == 24
    assert digits.isdigit()
    assert labels.parse_digits(digits) == labels.shortened(label)


@given(any_label, st.data())
@settings(max_examples=150)
def test_one_wrong_character_in_the_text_is_refused(label: Label, data: st.DataObject) -> None:
    """A CRC-16 finds every change of one character, wherever it is."""
    text = labels.text(label)
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from(sorted(set(string.ascii_uppercase + string.digits + ".") - {text[place]})))
    assert isinstance(labels.parse_text(text[:place] + wrong + text[place + 1 :]), Fault)


@given(any_label, st.data())
@settings(max_examples=150)
def test_one_wrong_digit_is_refused(label: Label, data: st.DataObject) -> None:
    """The same for the digits of Code128."""
    digits = labels.digits(label)
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from(sorted(set(string.digits) - {digits[place]})))
    assert isinstance(labels.parse_digits(digits[:place] + wrong + digits[place + 1 :]), Fault)


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_other_codes_are_alien(payload: str) -> None:
    """Reading never raises, and nothing that is not ours becomes a label."""
    assert labels.parse_text(payload) is Fault.ALIEN
    assert isinstance(labels.parse_digits(payload), Fault)


def test_digits_in_other_scripts_are_no_digits() -> None:
    """Arabic or full-width digits pass str.isdigit, but no printer of ours writes them."""
    digits = labels.digits(EXAMPLE)
    assert isinstance(labels.parse_digits(digits[:5] + "٣" + digits[6:]), Fault)
    assert isinstance(labels.parse_text(labels.text(EXAMPLE).replace("1234", "123４")), Fault)


def test_a_later_grammar_is_told_from_a_damaged_code() -> None:
    """A sound label of grammar 2 is a reason to update the program, not to rescan the page."""
    assert labels.parse_text(labels.text(EXAMPLE).replace("CC1.", "CC2.", 1)) is Fault.VERSION
    assert labels.parse_text(labels.text(EXAMPLE)[:-1]) is Fault.CHECK


@given(any_label)
@settings(max_examples=40)
def test_a_signed_label_is_genuine_for_its_key_only(label: Label) -> None:
    """The MAC binds every field to the key."""
    signed = labels.signed(label, KEY)
    assert labels.genuine(signed, KEY)
    assert not labels.genuine(signed, b"x" * 32)
    assert not labels.genuine(replace(signed, number=(label.number + 1) % labels.MAX_NUMBER), KEY)
    assert not labels.genuine(replace(label, mac=None), KEY)


def test_the_readable_text_ends_in_its_check_digit() -> None:
    """Number, page and Damm digit, as they stand under the code."""
    assert labels.spoken(EXAMPLE) == "00001234-02-" + damm.check_digit("0000123402")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", -1),
        ("number", 10**8),
        ("page", 0),
        ("page", 100),
        ("round", -1),
        ("round", 100),
        ("paper", "q3zk7mwd"),
    ],
)
def test_a_label_out_of_range_can_not_be_made(field: str, value: object) -> None:
    """What would not fit into the code is refused before it is printed."""
    fields = {"kind": Kind.SHEET, "number": 1, "page": 1, "round": 0, "paper": "A" * 8, field: value}
    with pytest.raises(ValueError, match=r"range|digest"):
        Label(**fields)  # type: ignore[arg-type]


def test_the_paper_digest_depends_on_every_byte() -> None:
    """Another content has another digest, of 8 letters and of 5 digits."""
    assert labels.paper_digest(b"a") != labels.paper_digest(b"b")
    assert len(labels.paper_digest(b"a")) == 8
    assert len(labels.paper_digits(labels.paper_digest(b"a"))) == 5
