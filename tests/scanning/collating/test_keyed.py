"""Codes keyed by people: believed when two different people keyed the same one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import WorkId
from crosscheck.names import person
from scanning.collating.keyed import Agreed, Differing, Entry, Hopeless, Judged, Open, judged

A, B, C = WorkId("WA"), WorkId("WB"), WorkId("WC")


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([], Open(0)),
        ([("x", A)], Open(1)),
        ([("x", A), ("y", A)], Agreed(A)),
        ([("x", A), ("y", B)], Differing()),
        ([("x", A), ("y", B), ("z", B)], Agreed(B)),
        ([("x", A), ("y", B), ("z", C)], Hopeless()),
        ([("Иванова А. А.", A), ("иванова а.а.", A)], Open(1)),
    ],
)
def test_two_people_are_needed(entries: list[tuple[str, WorkId]], verdict: Judged) -> None:
    """One person twice is one person, however the name is spelt; a third one decides between two."""
    assert judged([Entry(who, work) for who, work in entries]) == verdict


@given(st.lists(st.sampled_from([A, B, C]), max_size=3))
def test_the_order_of_entries_changes_nothing(works: list[WorkId]) -> None:
    """Stations may record them in any order."""
    entries = [Entry(f"person {n}", work) for n, work in enumerate(works)]
    assert len({str(judged(order)) for order in itertools.permutations(entries)}) == 1


def test_people_are_told_apart_by_letters() -> None:
    """Case, dots and blanks make nobody another person; another letter does."""
    assert person("Петрова А. И.") == person("ПЕТРОВА А.И.") != person("Петрова А. Н.")
