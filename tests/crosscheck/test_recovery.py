"""Recovery codes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import i18n, recovery

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_code_is_readable_groups() -> None:
    """Eight groups of four and a check character; two codes are never the same."""
    one, other = recovery.new_code(), recovery.new_code()
    assert [len(group) for group in one.split("-")] == [4] * 8 + [1]
    assert set(one) <= {*ALPHABET, "-"}
    assert one != other


def test_a_code_stands_for_160_bits() -> None:
    """The bytes behind a known code are the ones that made it."""
    assert recovery.secret_of("0000-" * 8 + "0") == bytes(20)
    assert len(recovery.secret_of(recovery.new_code()) or b"") == 20


@settings(max_examples=60)
@given(place=st.integers(0, 32), shift=st.integers(1, 31))
def test_every_single_wrong_character_is_found(place: int, shift: int) -> None:
    """Any one character replaced by any other one is refused."""
    code = recovery.new_code().replace("-", "")
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 32]
    assert recovery.secret_of(code[:place] + wrong + code[place + 1 :]) is None


@settings(max_examples=60)
@given(place=st.integers(0, 31))
def test_swapped_neighbours_are_found(place: int) -> None:
    """Two neighbours swapped are refused, unless they are the same."""
    code = recovery.new_code().replace("-", "")
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (recovery.secret_of(swapped) is None) == (swapped != code)


def test_it_may_be_typed_as_people_type() -> None:
    """Small letters, blanks, O for 0, I for 1 and Cyrillic letters of the same shape are understood."""
    code = "0123-4567-89AB-CEHK-MPTX-YY00-1100-ABCE-"
    (closed,) = [code + last for last in ALPHABET if recovery.secret_of(code + last)]
    typed = closed.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    cyrillic = closed.translate(str.maketrans("ABCEHKMPTXY0", "АВСЕНКМРТХУО"))
    assert recovery.secret_of(closed) == recovery.secret_of(typed) == recovery.secret_of(cyrillic) is not None


def test_what_is_no_code_is_refused() -> None:
    """Wrong length and strange characters give nothing."""
    code = recovery.new_code()
    assert [recovery.secret_of(text) for text in ("", code[:-1], code + "0", "Ж" + code[1:], "U" + code[1:])] == [
        None
    ] * 5


def test_the_sheet_shows_every_holder_with_the_code() -> None:
    """The sheet names each holder and carries the code exactly as it is to be typed."""
    i18n.use("en")
    text = recovery.sheet({"district": "AAAA-B", "organiser": "CCCC-D"})
    assert text.index("district") < text.index("AAAA-B") < text.index("organiser") < text.index("CCCC-D")
    assert max(len(line) for line in text.splitlines()) <= 80
