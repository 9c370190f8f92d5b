"""Tables of marks: taken whole, or every fault named by its cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.marks.kinds import Kind, Source, source_of
from tests.scoring.marks.made import FORM1, Rows, faults, taken

HEAD = ["Код участника", "Отметка по журналу", "ОГЭ 2025 (31)"]


@pytest.mark.parametrize(
    ("title", "source"),
    [
        ("journal", Source(Kind.JOURNAL, 2026)),
        ("Журнал 2025", Source(Kind.JOURNAL, 2025)),
        ("Отметка за четверть", Source(Kind.TERM, 2026)),
        ("ОГЭ 2025", Source(Kind.OGE, 2025)),
        ("oge 2025 (31)", Source(Kind.OGE, 2025, 31)),
        ("ЕГЭ 2026 (100б)", Source(Kind.EGE, 2026, 100)),
        ("ВПР 2025 (20)", Source(Kind.RESULT, 2025, 20)),
    ],
)
def test_a_column_says_what_it_holds(title: str, source: Source) -> None:
    """By its title, in Russian or English; the journal is this year's unless it says otherwise."""
    assert source_of(title, 2026) == source


@pytest.mark.parametrize(
    "title",
    [
        "ФИО",
        "oge",
        "ege (100)",
        "journal (5)",
        "result 2026 (20)",
        "journal 2027",
        "oge 2025 (999)",
        "2025",
        "",
        "oge 1925",
    ],
)
def test_what_could_mean_several_things_is_no_column(title: str) -> None:
    """An exam without its year, points of a journal, this year's result, a year to come."""
    assert source_of(title, 2026) is None


@given(kind=st.sampled_from(Kind), year=st.integers(2015, 2025), most=st.integers(0, 400))
def test_a_source_is_read_from_its_own_name(kind: Kind, year: int, most: int) -> None:
    """What the ledger calls a source names just this source."""
    of_school = kind in (Kind.JOURNAL, Kind.TERM)
    source = Source(kind, year, 0 if of_school else most)
    assert source_of(str(source), 2026) == source


def test_a_table_is_taken_whole() -> None:
    """Marks by code, codes that lost their zeros too; empty cells, dashes and "no mark" are no marks, and never 0."""
    assert taken([HEAD, ["00017", 4, 28], [18, "нет", "-"], ["00019", None, "0"]]) == {
        "W1": {"journal 2026": 4, "oge 2025 (31)": 28},
        "W3": {"oge 2025 (31)": 0},
    }


@pytest.mark.parametrize(
    ("rows", "cell", "found"),
    [
        ([HEAD, ["99999", 4, 1]], "A2", "“99999”"),
        ([HEAD, ["00017", 4, 1], ["00018", 3, 2], ["00017", 4, 1]], "A4", "“00017”"),
        ([HEAD, ["00017", 6, 1]], "B2", "6"),
        ([HEAD, ["00017", 1, 1]], "B2", "1"),
        ([HEAD, ["00017", 4.5, 1]], "B2", "4,5"),
        ([HEAD, ["00017", 4, 32]], "C2", "32"),
        ([HEAD, ["00017", 4, -1]], "C2", "-1"),
        ([HEAD, ["00017", "=2+2", 1]], "B2", "the formula “=2+2”"),
        ([HEAD, [None, 4, 1]], "A2", "nothing"),
        ([["Код участника", "ФИО", "journal"], ["00017", "Иванов Ян", 4]], "B1", "“ФИО”"),
        ([["Код участника", "journal", "журнал"], ["00017", 4, 4]], "C1", "“журнал”"),
        ([["Код участника", None, "journal"], ["00017", "Иванов Ян", 4]], "B1", "nothing"),
        ([["journal"], [4]], "A1", "no column of codes"),
        ([["participant"], ["00017"]], "A1", "no column of marks"),
        ([["participant", "journal"], ["00017", None]], "A2", "no mark at all"),
        ([["participant", "school", "journal"], ["00017", "12", 4]], "B2", "“12”"),
        ([["participant", "class", "journal"], ["00017", "5Б", 4]], "B2", "“5Б”"),
    ],
)
def test_a_fault_is_named_by_its_cell(rows: list[list[object]], cell: str, found: str) -> None:
    """Codes unknown, missing or twice, marks that can't be, columns that aren't known: nothing is taken."""
    assert faults(rows).get(cell) == found


def test_school_and_class_are_held_against_the_register() -> None:
    """However they are written."""
    rows: Rows = [["participant", "school", "class", "journal"], ["00017", "СОШ № 7", "5 «а»", 4]]
    assert taken(rows) == {"W1": {"journal 2026": 4}}


# --- Ф1 ------------------------------------------------------------------------------------------


def changed(cells: dict[tuple[int, int], object]) -> list[list[object]]:
    """The form Ф1 with other values in some cells, by row and column from 1."""
    rows = [list(row) for row in FORM1]
    for (row, column), value in cells.items():
        rows[row - 1][column - 1] = value
    return rows


def test_form_1_gives_totals_marks_and_journal_marks() -> None:
    """Its year is that of the rows on top; X and "not taught" count nothing in the total."""
    assert taken(FORM1) == {
        "W1": {"result 2026 (5)": 3, "result 2026": 4, "journal 2026": 5},
        "W2": {"result 2026 (5)": 0, "result 2026": 2},
    }


def test_form_1_of_an_earlier_year_is_joined_by_the_school() -> None:
    """Under this year's codes; the class was another one then."""
    rows = changed({(1, 1): "ВПР 2025 Математика 4 класс", (4, 2): "15.04.2025", (8, 5): "4А", (9, 5): "4А"})
    assert taken(rows)["W1"] == {"result 2025 (5)": 3, "result 2025": 4, "journal 2025": 5}


@pytest.mark.parametrize(
    ("cells", "cell", "found"),
    [
        ({(1, 1): "ВПР", (4, 2): ""}, "A1", "no year"),
        ({(1, 1): "ВПР 2027", (4, 2): ""}, "A1", "2027"),
        ({(4, 2): "14.04.2025"}, "A1", "2025, 2026"),
        ({(2, 2): "Физика"}, "B2", "“Физика”"),
        ({(3, 2): 6}, "B3", "6"),
        ({(8, 9): 4}, "I8", "4"),
        ({(8, 9): None}, "I8", "nothing"),
        ({(8, 7): 3}, "G8", "3"),
        ({(8, 4): "00099"}, "D8", "“00099”"),
        ({(8, 5): "5Б"}, "E8", "“5Б”"),
        ({(8, 10): 6}, "J8", "6"),
        ({(7, 3): "ФИО"}, "C7", "“ФИО”"),
        ({(7, 8): "1 (3б)"}, "H7", "“1 (3б)”"),
    ],
)
def test_form_1_must_agree_with_itself_and_with_the_register(
    cells: dict[tuple[int, int], object], cell: str, found: str
) -> None:
    """Years, subject, maxima, sums, codes, classes, marks, columns."""
    assert faults(changed(cells)).get(cell) == found
