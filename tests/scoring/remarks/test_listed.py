"""Lines of the authority's list: a code, a school, a class-set; what may mean two things is refused."""

from __future__ import annotations

import pytest

from crosscheck.model import ClassToken, SchoolToken, WorkId
from crosscheck.release import Links, Person
from scoring.remarks.errors import LineNotUnderstood, LineUnclear
from scoring.remarks.listed import NOBODYS, Whose, is_number, meant, whose

SCHOOLS = {SchoolToken("a"): ("7", "Школа №7"), SchoolToken("b"): ("12", "Гимназия №12"), SchoolToken("c"): ("19", "Л")}
CLASSES = {
    ClassToken("a1"): (SchoolToken("a"), "5А"),
    ClassToken("a2"): (SchoolToken("a"), "5Б"),
    ClassToken("b1"): (SchoolToken("b"), "5А"),
}
PEOPLE = {
    WorkId("w1"): Person("10017", SchoolToken("a"), ClassToken("a1")),
    WorkId("w2"): Person("10018", SchoolToken("a"), ClassToken("a2")),
    WorkId("w3"): Person("12", SchoolToken("b"), ClassToken("b1")),
}
ABSENT = {WorkId("w9"): Person("10099", SchoolToken("a"), ClassToken("a1"))}
KNOWN: Whose = whose(Links({**PEOPLE, **ABSENT}, SCHOOLS, CLASSES), PEOPLE)


@pytest.mark.parametrize(
    ("line", "works"),
    [
        ("10017", {"w1"}),
        ("код 12", {"w3"}),
        ("10099", {"w9"}),
        ("участник 10018", {"w2"}),
        ("школа 7", {"w1", "w2"}),
        ("7", {"w1", "w2"}),
        ("ГБОУ СОШ №7", {"w1", "w2"}),
        ("Гимназия №12", {"w3"}),
        ("7; 5А", {"w1"}),
        ("7 5а", {"w1"}),
        ("школа 7, 5 Б", {"w2"}),
        ("Гимназия №12 5А", {"w3"}),
        ("12", {"w3"}),  # code and school alike: there the only work is the same
    ],
)
def test_a_line_names_works(line: str, works: set[str]) -> None:
    """As people write schools and classes; a code as it is."""
    assert meant(KNOWN, line) == works


@pytest.mark.parametrize("line", ["99999", "школа 8", "7; 9А", "Л", "код 99999", "Иванов", "7; 5А; 5Б"])
def test_a_line_that_names_nothing_is_refused(line: str) -> None:
    """A school without works, a class that there isn't, a name."""
    with pytest.raises(LineNotUnderstood):
        meant(KNOWN, line)


def test_a_line_that_may_mean_two_things_is_refused() -> None:
    """A code that looks like a school's number; a word before it says which."""
    people = {**PEOPLE, WorkId("w4"): Person("7", SchoolToken("b"), ClassToken("b1"))}
    known = whose(Links(people, SCHOOLS, CLASSES), people)
    with pytest.raises(LineUnclear):
        meant(known, "7")
    assert meant(known, "код 7") == {"w4"}
    assert meant(known, "школа 7") == {"w1", "w2"}


def test_numbers_of_works_need_nobody_s_name() -> None:
    """Seven digits, however they are spaced; anything else is no number."""
    assert all(map(is_number, ("483291-5", "483 291-5", "№ 4832915", "4832910")))
    assert not any(map(is_number, ("00017", "7; 5А", "школа 7", "483291", "")))
    with pytest.raises(LineNotUnderstood):
        meant(NOBODYS, "школа 7")
