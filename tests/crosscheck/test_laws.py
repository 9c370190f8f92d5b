"""Conservation laws: whatever is unaccounted for shows in a sum that doesn't come out."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.laws import Counts, Law, laws

WHOLE = Counts(
    scanned=10,
    fates=Counter(known=6, blank=2, waiting=2),
    expected=8,
    known=6,
    missing=1,
    pages_waiting=1,
    declared=5,
    numbered=3,
    absent=1,
    works_waiting=1,
    wanted=6,
    assigned=4,
    unassignable=1,
    markings_waiting=1,
    returned=3,
    outstanding=1,
)
NUMBERS = [field.name for field in fields(Counts) if field.name != "fates"]
NAMES = ["pages", "expected", "works", "markings", "assigned"]


def broken(counts: Counts) -> list[str]:
    return [law.name for law in laws(counts) if not law.balanced]


def test_there_are_five_laws_and_a_whole_ledger_keeps_them() -> None:
    """Pages, expected pages, works, markings and what was handed out."""
    assert [law.name for law in laws(WHOLE)] == NAMES
    assert broken(WHOLE) == []


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("by", [-1, 1])
def test_every_count_is_watched(name: str, by: int) -> None:
    """One more or one less of anything breaks a law."""
    assert broken(replace(WHOLE, **{name: getattr(WHOLE, name) + by}))


@pytest.mark.parametrize("fate", ["known", "blank", "waiting", "superseded"])
def test_every_fate_is_watched(fate: str) -> None:
    """A page counted under two fates breaks the law of pages, and that one only."""
    assert broken(replace(WHOLE, fates=WHOLE.fates + Counter({fate: 1}))) == ["pages"]


@given(st.integers(0, 99), st.dictionaries(st.text("abc", min_size=1), st.integers(0, 30), min_size=1))
def test_a_law_balances_exactly_when_its_parts_add_up(total: int, parts: dict[str, int]) -> None:
    """And the sign it is printed with tells."""
    law = Law("n", "what", total, parts)
    assert law.balanced == (total == sum(parts.values()))
    assert (" = " in str(law), " ≠ " in str(law)) == (law.balanced, not law.balanced)


def test_markings_of_parts_are_told_as_such() -> None:
    """Works × markings × parts, where works are given out in parts."""
    assert [law.what for law in laws(WHOLE, in_parts=True) if law.name == "markings"] == ["works × markings × parts"]
    assert [law.what for law in laws(WHOLE) if law.name == "markings"] == ["works × markings"]


def test_a_law_reads_as_a_sum() -> None:
    """As a person checks it by hand."""
    assert str(laws(WHOLE)[0]) == "scanned 10 = blank 2 + known 6 + waiting 2"
    assert str(replace(laws(WHOLE)[4], total=5)) == "assigned 5 ≠ returned 3 + outstanding 1"
