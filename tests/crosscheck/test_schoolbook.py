"""Which school is meant, however it is written; what isn't certain is nobody's school."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.schoolbook import Alias, Renaming, SchoolBook, school_book

SCHOOLS = (("12", "МБОУ СОШ № 12"), ("7", "МБОУ лицей № 7"), ("Е1", "Гимназия «Ёлка»"), ("1012", "Вечерняя школа № 5"))
ALIASES = (
    Alias("СОШ № 15", "12", 2023, Renaming.MERGED),
    Alias("Гимназия «Сосна»", "7", None, Renaming.RENAMED),
    Alias("99", "7", 2030, Renaming.RENAMED),
)
BOOK = school_book(SCHOOLS, ALIASES, 2026)
written = st.sampled_from(("СОШ", "школа", "№", "N", "12", "7", "лицей", "им.", "Пушкина", "«Ёлка»", "гимназия", "15"))


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "№12",
        "012",
        "школа 12",
        "Школа №12",
        "ОО 12",
        "ГБОУ СОШ № 12",
        "ГБОУ СОШ N 12",
        "СОШ №12 им. А. С. Пушкина",
        "МБОУ «Школа № 12 имени 40-летия Победы»",
        "Муниципальное бюджетное общеобразовательное учреждение средняя общеобразовательная школа № 12",
        "Cредняя школa 12",  # Latin C and a
    ],
)
def test_a_school_is_known_however_its_number_is_written(text: str) -> None:
    """With the kind and the owner, in words and abbreviations, with the name of whoever it is named after."""
    assert BOOK.school(text) == "12"


@pytest.mark.parametrize(
    ("text", "school"),
    [
        ("гимназия Елка", "Е1"),
        ("E1", "Е1"),  # Latin E
        ("школа 5", "1012"),
        ("15", "12"),
        ("школа № 15", "12"),
        ("МБОУ гимназия «Сосна»", "7"),
        ("лицей 7", "7"),
    ],
)
def test_names_and_aliases_lead_to_the_number_of_the_list(text: str, school: str) -> None:
    """Schools without a number, re-named ones, and schools that were merged into another."""
    assert BOOK.school(text) == school


@pytest.mark.parametrize("text", ["13", "лицей 12", "СОШ 7", "гимназия", "СОШ 12 корпус 7", "99", "", "120"])
def test_what_is_not_certain_is_not_a_school(text: str) -> None:
    """Another kind of school, two numbers, half a name, an alias that isn't in force yet."""
    assert BOOK.school(text) is None


def test_two_schools_of_one_number_need_more_than_the_number() -> None:
    """The kind tells them apart; the bare number is the one whose number it is."""
    book = school_book((("12", "СОШ № 12"), ("12Г", "Гимназия № 12")))
    assert (book.school("гимназия 12"), book.school("12"), book.school("школа № 12")) == ("12Г", "12", None)


def test_the_nearest_school_is_always_one_of_the_list() -> None:
    """A message can name it; without schools there is none."""
    assert BOOK.nearest("13") == "12"
    assert BOOK.nearest("гимназия Ёлочка") == "Е1"
    assert SchoolBook().nearest("13") == ""


@given(st.permutations(SCHOOLS), st.permutations(ALIASES), st.lists(written, max_size=5).map(" ".join))
def test_the_order_of_the_tables_tells_nothing(schools: list[tuple[str, str]], aliases: list[Alias], text: str) -> None:
    """The same text is the same school; and a school's own number is that school."""
    found = school_book(schools, aliases, 2026).school(text)
    assert found == BOOK.school(text)
    assert found is None or BOOK.school(found) == found
