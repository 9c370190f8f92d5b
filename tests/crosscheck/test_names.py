"""Names of people in one spelling; likeness says what agrees and guesses nothing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crosscheck.names import Likeness, PersonName, likeness, one_edit_apart, person_name, persons_in

MARIA = PersonName("иванова", "мария", "петровна")
texts = st.text(alphabet="ИвановаМарияПетровна ИМП.-ёЁ()кызыewoaM", max_size=40)


@pytest.mark.parametrize(
    "text",
    [
        "Иванова Мария Петровна",
        "ИВАНОВА МАРИЯ ПЕТРОВНА",
        "  Иванова   Мария\u00a0Петровна ",
        "Иванoва Mария Пeтровна",  # Latin o, M and e
        "Мария Петровна Иванова",
        "Иванова (Сидорова) Мария Петровна",
        "Иванова Марья Петровна",
    ],
)
def test_a_full_name_has_one_spelling(text: str) -> None:
    """Case, blanks, Latin look-alikes, order and a former name in brackets make no difference."""
    assert person_name(text) == MARIA


@pytest.mark.parametrize(
    "text", ["Иванова М. П.", "Иванова М.П.", "ИвановаМ.П.", "М. П. Иванова", "Иванова M П", "Иванова МП"]
)
def test_initials_have_one_spelling(text: str) -> None:
    """With dots, without, before the family name, or run together."""
    assert person_name(text) == PersonName("иванова", "м", "п")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Семёнова Алёна Фёдоровна", ("семенова", "алена", "федоровна")),
        ("Салтыков — Щедрин М. Е.", ("салтыков-щедрин", "м", "е")),
        ("Мамедов Али Гусейн оглы", ("мамедов", "али", "гусейн оглы")),
        ("Ли Анна", ("ли", "анна", "")),
        ("Е. Анна Петровна", ("е", "анна", "петровна")),
        ("М. П. Попович", ("попович", "м", "п")),
        ("Попович Мария Петровна", ("попович", "мария", "петровна")),
        ("Мария П. Иванова", ("иванова", "мария", "п")),
        ("Гарсия Лопес Анна Ивановна", ("гарсия лопес", "анна", "ивановна")),
        ("Müller Anna", ("müller", "anna", "")),
        ("Кузнецова Наталья Юрьевна", ("кузнецова", "наталия", "юриевна")),
        ("", ("", "", "")),
    ],
)
def test_names_of_all_kinds_are_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    """Hyphens, two-word patronymics and family names, names without a patronymic, foreign names."""
    assert person_name(text).parts == parts


@given(texts)
@example(").(M")
def test_spelling_a_spelt_name_changes_nothing(text: str) -> None:
    """Normalising is idempotent."""
    name = person_name(text)
    assert person_name(str(name)) == name


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Иванова Мария Петровна", "ИВАНОВА Мария Петровна", Likeness.SAME_FULL),
        ("Иванова Мария Петровна", "Иванова М. П.", Likeness.INITIALS),
        ("Иванова М. П.", "Иванова М. П.", Likeness.INITIALS),
        ("Иванова М.", "Иванова Мария Петровна", Likeness.PARTS),
        ("И. Мария Петровна", "Иванова Мария Петровна", Likeness.PARTS),
        ("Иванова Мария", "Иванова Мария", Likeness.PARTS),
        ("Иванова Мариа Петровна", "Иванова Мария Петровна", Likeness.NEAR),
        ("Иванова Мария Петровна", "Иванава Мария Петровна", Likeness.NEAR),
        ("Иванова Мария Петровна", "Иванова Мария Петрована", Likeness.NEAR),
        ("Иванова Мария Петровна", "Иванова М. С.", Likeness.APART),
        ("Иванова Мария Петровна", "Петрова Мария Петровна", Likeness.APART),
        ("Иванова М. П.", "Иванов М. П.", Likeness.APART),
        ("Иванова Мария Петровна", "Иванова-Петрова Мария Петровна", Likeness.APART),
        ("Ли Анна Ивановна", "Ни Анна Ивановна", Likeness.APART),
    ],
)
def test_likeness_says_what_agrees(one: str, other: str, expected: Likeness) -> None:
    """A changed family name is another name, and one letter of a short word is a word of its own."""
    assert likeness(person_name(one), person_name(other)) is expected


@given(texts, texts)
def test_likeness_is_the_same_both_ways(one: str, other: str) -> None:
    """Nothing depends on which name comes first."""
    first, second = person_name(one), person_name(other)
    assert likeness(first, second) is likeness(second, first)


@given(st.text("абв", min_size=1, max_size=5), st.text("абв", min_size=1, max_size=5))
def test_one_edit_is_one_letter(one: str, other: str) -> None:
    """Against the plain definition: leave a letter out, put one in, change one, or swap two."""
    letters = "абв"
    spots = range(len(one) + 1)
    changed = {one[:i] + one[i + 1 :] for i in spots} | {one[:i] + c + one[i:] for i in spots for c in letters}
    changed |= {one[:i] + c + one[i + 1 :] for i in range(len(one)) for c in letters}
    changed |= {one[:i] + one[i + 1] + one[i] + one[i + 2 :] for i in range(len(one) - 1)}
    assert one_edit_apart(one, other) == (other in changed - {one})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Иванова опоздала", ("Иванова",)),
        ("эксперт Ким не пришла", ("Ким",)),
        ("Мария Петровна вышла", ("Мария Петровна",)),
        ("А. А. Сидорова и Кузнецов Б.Б.", ("А. А. Сидорова", "Кузнецов Б.Б.")),
        ("акт составлен Орловой", ("Орловой",)),
        ("Половина работ без ответа. Новая редакция К1, Английский язык, Пункт 1", ()),
        ("что считать пояснением", ()),
    ],
)
def test_names_in_a_text_are_found(text: str, found: tuple[str, ...]) -> None:
    """By initials, patronymics, endings of family names and words for persons; not every capital is a name."""
    assert persons_in(text) == found
