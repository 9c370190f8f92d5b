"""Damm's check digit finds the two slips that people make when they copy a number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import damm

numbers = st.text(alphabet="0123456789", min_size=1, max_size=12)


def test_the_published_example() -> None:
    """572 is closed by 4 (the example of Damm's dissertation as it is usually quoted)."""
    assert damm.check_digit("572") == "4"
    assert damm.closed("572") == "5724"


@given(numbers)
@settings(max_examples=100)
def test_a_closed_number_is_closed(digits: str) -> None:
    """Closing and checking agree."""
    assert damm.is_closed(damm.closed(digits))


@given(numbers, st.data())
@settings(max_examples=150)
def test_every_single_wrong_digit_is_found(digits: str, data: st.DataObject) -> None:
    """Whichever digit is wrong, the check digit included."""
    closed = damm.closed(digits)
    place = data.draw(st.integers(0, len(closed) - 1))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {closed[place]})))
    assert not damm.is_closed(closed[:place] + wrong + closed[place + 1 :])


@given(numbers, st.data())
@settings(max_examples=150)
def test_every_swap_of_neighbours_is_found(digits: str, data: st.DataObject) -> None:
    """Two different neighbours that change places never stay unnoticed."""
    closed = damm.closed(digits)
    place = data.draw(st.integers(0, len(closed) - 2))
    a, b = closed[place], closed[place + 1]
    assert a == b or not damm.is_closed(closed[:place] + b + a + closed[place + 2 :])


@pytest.mark.parametrize("text", ["", "0", "12a", "١٢٣", "-5", " 5724"])
def test_what_is_no_number_is_not_closed(text: str) -> None:
    """Empty texts, single digits, letters and digits of other scripts."""
    assert not damm.is_closed(text)
