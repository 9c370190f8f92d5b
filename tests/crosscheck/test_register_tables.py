"""The district's tables become a register whole, or every fault is named and nothing is returned."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import Status
from crosscheck.register_rows import (
    ClassRef,
    ClassSetRow,
    ConflictKind,
    ConflictRow,
    DistanceRow,
    ExpertRow,
    ManifestRow,
    OneParticipant,
    ParticipantRow,
    PlaceRow,
    Presence,
    SchoolPairRow,
    SchoolRow,
    WholeClass,
    WholeSchool,
    class_name,
    to_check_points,
)
from crosscheck.register_tables import RegisterProblems, read_register

GOOD = {
    "schools": "school;name\n7;Школа №7\n12;Гимназия №12\n",
    "class_sets": "school;class;declared\n7;5А;2\n12;5Б;1\n",
    "participants": "school;class;participant;form;status\n7;5А;00017;1234;\n7;5A;00018;;absent\n12;5б;00019;7;\n",
    "experts": (
        "expert;name;schools;subjects;status;capacity;check_point;classes\n"
        "e1;Иванова А. А.;7;Математика;основной;50;П1;7:5А\n"
        'e2;Петров Б. Б.;7,12;"Математика, Физика";lead;40;П2;\n'
    ),
    "conflicts": (
        "expert;kind;school;class;participant;note\n"
        "e1;relative;;;00019;племянник\ne2;former_school;12;;;\ne2;declared;7;5 а;;\n"
    ),
    "manifest": ("file;pages;school;class;participant;template\na.pdf;1-2;7;5А;00017;vpr\na.pdf;3;12;5Б;00019;\n"),
}


def folder_of(tmp_path: Path, **changes: str | None) -> Path:
    """A folder with the good tables, some replaced; None leaves a table out."""
    for name, text in {**GOOD, **changes}.items():
        if text is not None:
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def faults(folder: Path) -> list[tuple[str, str]]:
    """File and cell of every problem of the tables in a folder."""
    with pytest.raises(RegisterProblems) as caught:
        read_register(folder)
    return [(problem.file, problem.cell) for problem in caught.value.problems]


def test_good_tables_become_typed_rows(tmp_path: Path) -> None:
    """Every cell arrives in its field, in the one spelling of its kind."""
    register = read_register(folder_of(tmp_path))
    five_a, five_b = ClassRef("7", "5А"), ClassRef("12", "5Б")
    assert register.schools == (SchoolRow("7", "Школа №7"), SchoolRow("12", "Гимназия №12"))
    assert register.class_sets == (ClassSetRow(five_a, 2), ClassSetRow(five_b, 1))
    assert register.participants == (
        ParticipantRow(five_a, "00017", 1234, Presence.PRESENT),
        ParticipantRow(five_a, "00018", None, Presence.ABSENT),
        ParticipantRow(five_b, "00019", 7, Presence.PRESENT),
    )
    assert register.experts == (
        ExpertRow("e1", "Иванова А. А.", ("7",), ("Математика",), Status.ORDINARY, 50, "П1", (five_a,)),
        ExpertRow("e2", "Петров Б. Б.", ("7", "12"), ("Математика", "Физика"), Status.LEAD, 40, "П2", ()),
    )
    assert register.conflicts == (
        ConflictRow("e1", ConflictKind.RELATIVE, OneParticipant("00019"), "племянник"),
        ConflictRow("e2", ConflictKind.FORMER_SCHOOL, WholeSchool("12"), ""),
        ConflictRow("e2", ConflictKind.DECLARED, WholeClass(five_a), ""),
    )
    assert register.manifest == (
        ManifestRow("a.pdf", 1, 2, five_a, "00017", "vpr"),
        ManifestRow("a.pdf", 3, 3, five_b, "00019", None),
    )


def test_one_workbook_says_the_same_as_six_files(tmp_path: Path) -> None:
    """A sheet's name is the table's name; sheets of other names are left alone."""
    book = openpyxl.Workbook()
    book.active.title = "Пояснения"
    book.active.append(["как заполнять"])
    for name, text in GOOD.items():
        sheet = book.create_sheet(name)
        for line in text.splitlines():
            sheet.append([part.strip('"') for part in line.split(";")])
    (tmp_path / "book").mkdir()
    book.save(tmp_path / "book" / "Реестр.xlsx")
    (tmp_path / "csv").mkdir()
    expected = read_register(folder_of(tmp_path / "csv"))
    assert read_register(tmp_path / "book" / "Реестр.xlsx") == expected
    assert read_register(tmp_path / "book") == expected


def test_given_files_are_read_by_their_names(tmp_path: Path) -> None:
    """A list of files does as well as a folder, in any order."""
    folder = folder_of(tmp_path)
    assert read_register(sorted(folder.iterdir(), reverse=True)) == read_register(folder)


def test_conflicts_and_manifest_may_be_missing(tmp_path: Path) -> None:
    """A procedure on own forms with no declared conflict needs neither."""
    register = read_register(folder_of(tmp_path, conflicts=None, manifest=None))
    assert (register.conflicts, register.manifest) == ((), ())


def test_a_required_table_that_is_missing_is_named(tmp_path: Path) -> None:
    """The message says which file is expected."""
    with pytest.raises(RegisterProblems, match=r"experts\.csv"):
        read_register(folder_of(tmp_path, experts=None, conflicts=None))


@pytest.mark.parametrize(
    ("table", "old", "new", "cell"),
    [
        ("schools", "12;", "7;", "A3"),
        ("schools", "12;", ";", "A3"),
        ("schools", "Школа №7", "", "B2"),
        ("class_sets", "5А", "А5", "B2"),
        ("class_sets", "5А;2", "5А;3", "C2"),
        ("class_sets", "5А;2", "5А;два", "C2"),
        ("class_sets", "12;5Б;1", "7;5a;2", "B3"),
        ("class_sets", "12;5Б", "13;5Б", "A3"),
        ("participants", "00018", "00017", "C3"),
        ("participants", "00018", "18", "C3"),
        ("participants", "00018", "00 18", "C3"),
        ("participants", "00019;7", "00019;1234", "D4"),
        ("participants", "00019;7", "00019;0", "D4"),
        ("participants", "absent", "abcent", "E3"),
        ("participants", "12;5б", "12;5в", "B4"),
        ("participants", "12;5б", "13;5б", "A4"),
        ("experts", "e2", "E1", "A3"),
        ("experts", "7,12", "7,,12", "C3"),
        ("experts", "7,12", "7,99", "C3"),
        ("experts", "lead", "boss", "E3"),
        ("experts", "40", "501", "F3"),
        ("experts", "40", "40.5", "F3"),
        ("experts", "П2", "", "G3"),
        ("experts", "7:5А", "5А", "H2"),
        ("experts", "7:5А", "7:5Я", "H2"),
        ("experts", "7:5А", "8:9А", "H2"),
        ("conflicts", "e1", "e9", "A2"),
        ("conflicts", "relative", "relativ", "B2"),
        ("conflicts", ";12;;;", ";;;;", "C3"),
        ("conflicts", ";12;;;", ";13;;;", "C3"),
        ("conflicts", "5 а", "5 ю", "D4"),
        ("conflicts", "00019", "00020", "E2"),
        ("conflicts", "relative;;", "relative;7;", "C2"),
        ("manifest", "3;12", "2-3;12", "B3"),
        ("manifest", "3;12", "0;12", "B3"),
        ("manifest", "1-2", "2-1", "B2"),
        ("manifest", "00017", "00018", "E2"),
        ("manifest", "00017", "00099", "E2"),
        ("manifest", "7;5А", "12;5Б", "D2"),
        ("manifest", "a.pdf;3", "../a.pdf;3", "A3"),
        ("manifest", "a.pdf;3", "C:\\a.pdf;3", "A3"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, table: str, old: str, new: str, cell: str) -> None:
    """One wrong cell gives a problem with its file and its place."""
    assert old in GOOD[table]
    assert (f"{table}.csv", cell) in faults(folder_of(tmp_path, **{table: GOOD[table].replace(old, new, 1)}))


def test_an_expert_may_teach_classes_of_other_grades(tmp_path: Path) -> None:
    """Only a class of a grade that takes part has to be among the class-sets."""
    folder = folder_of(tmp_path, experts=GOOD["experts"].replace("7:5А", '"7:5А,7:11Б"'))
    assert read_register(folder).experts[0].classes == (ClassRef("7", "5А"), ClassRef("7", "11Б"))


def test_all_faults_of_all_tables_are_listed_at_once(tmp_path: Path) -> None:
    """Nobody corrects one cell only to be told of the next."""
    folder = folder_of(
        tmp_path,
        schools=GOOD["schools"].replace("Школа №7", ""),
        experts=GOOD["experts"].replace("lead", "boss").replace(";50;", ";-1;"),
        manifest=GOOD["manifest"].replace("1-2", "x"),
    )
    assert faults(folder) == [
        ("schools.csv", "B2"),
        ("experts.csv", "F2"),
        ("experts.csv", "E3"),
        ("manifest.csv", "B2"),
    ]


def test_a_message_gives_found_and_allowed(tmp_path: Path) -> None:
    """The text has the number, the place, what stands there and what may."""
    with pytest.raises(RegisterProblems) as caught:
        read_register(folder_of(tmp_path, class_sets=GOOD["class_sets"].replace("5А;2", "5А;3")))
    message = str(caught.value)
    assert message.startswith("E3004")
    assert "class_sets.csv, C2: found “3”; allowed: 2" in message


def test_an_unknown_column_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    """A misspelt column is neither ignored nor guessed."""
    folder = folder_of(tmp_path, experts=GOOD["experts"].replace("capacity", "capasity"))
    with pytest.raises(RegisterProblems, match=r"capasity.*capacity"):
        read_register(folder)


def test_a_misspelt_table_is_not_taken_for_a_missing_one(tmp_path: Path) -> None:
    """Declared conflicts in `conflict.csv` must not be overlooked."""
    folder = folder_of(tmp_path, conflicts=None)
    (folder / "conflict.csv").write_text(GOOD["conflicts"], encoding="utf-8")
    assert faults(folder) == [("conflict.csv", "")]


def test_a_table_given_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can know which of the two is meant."""
    folder = folder_of(tmp_path)
    book = openpyxl.Workbook()
    for line in GOOD["schools"].splitlines():
        book.active.append(line.split(";"))
    book.save(folder / "schools.xlsx")
    assert [file for file, _cell in faults(folder)] == ["schools.xlsx"]


def test_a_table_with_a_broken_header_does_not_hide_faults_elsewhere(tmp_path: Path) -> None:
    """Problems of a file and problems of other files come in one list."""
    folder = folder_of(tmp_path, schools="school;\n7;x\n", manifest=GOOD["manifest"].replace("1-2", "x"))
    assert {("schools.csv", "B2"), ("manifest.csv", "B2")} <= set(faults(folder))


def test_pages_of_two_files_do_not_overlap(tmp_path: Path) -> None:
    """Page numbers belong to their file."""
    folder = folder_of(tmp_path, manifest=GOOD["manifest"].replace("a.pdf;3", "b.pdf;1-2"))
    assert [row.file for row in read_register(folder).manifest] == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("5a", "5А"),
        ("5 «Б»", "5Б"),
        ("11-м", "11М"),
        ("5 B", "5В"),
        ("5", "5"),
        ("9инж", "9ИНЖ"),
        ("12А", None),
        ("А", None),
    ],
)
def test_class_names_have_one_spelling(typed: str, name: str | None) -> None:
    """Case, spaces, quotes, dashes and Latin look-alikes make no difference."""
    assert class_name(typed) == name


@given(st.text(alphabet="5АБВ1 abcx«»-", max_size=8))
@settings(max_examples=100)
def test_a_class_name_is_its_own_spelling(typed: str) -> None:
    """Spelling a spelt name changes nothing."""
    name = class_name(typed)
    assert name is None or class_name(name) == name


# --- schools however they are written, and who is named ------------------------------------------

ALIASES = "alias;school;from;reason\nСОШ № 15;12;2023;merged\nГимназия «Сосна»;7;;переименована\n"


def test_a_school_may_be_written_in_any_way(tmp_path: Path) -> None:
    """In words, with a name, by an alias: the rows hold the number of the table schools, each school once."""
    tables = {
        "school_aliases": ALIASES,
        "class_sets": GOOD["class_sets"].replace("7;5А", "Школа № 7;5А"),
        "participants": GOOD["participants"].replace("12;5б", "СОШ № 15 им. А. С. Пушкина;5б"),
        "experts": GOOD["experts"]
        .replace('"Математика, Физика"', "Математика")
        .replace(";7,12;", ';"7, школа 7, Гимназия Сосна, школа 15";')
        .replace("7:5А", '"№7:5А, школа 7:5а"'),
        "conflicts": GOOD["conflicts"].replace("former_school;12", "former_school;СОШ 15"),
    }
    plain = {"experts": GOOD["experts"].replace('"Математика, Физика"', "Математика")}
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    spelt = read_register(folder_of(tmp_path / "a", **tables), 2026)
    assert spelt.aliases[0].alias == "СОШ № 15"
    expected = read_register(folder_of(tmp_path / "b", **plain), 2026)
    assert (spelt.schools, spelt.participants, spelt.experts) == (
        expected.schools,
        expected.participants,
        expected.experts,
    )
    assert spelt.conflicts == expected.conflicts


def test_an_alias_holds_from_its_year_on(tmp_path: Path) -> None:
    """Before the schools were merged the number was another school's."""
    folder = folder_of(tmp_path, school_aliases=ALIASES, conflicts=GOOD["conflicts"].replace("school;12", "school;15"))
    assert read_register(folder, 2023).conflicts[1].target == WholeSchool("12")
    with pytest.raises(RegisterProblems, match=r"conflicts\.csv, C3"):
        read_register(folder, 2022)


@pytest.mark.parametrize(
    ("old", "new", "cell"),
    [
        ("СОШ № 15", "Школа № 7", "A2"),
        ("СОШ № 15", "гимназия Сосна", None),
        ("СОШ № 15", "Гимназия  «Сосна»", "A3"),
        (";12;", ";13;", "B2"),
        ("2023", "23", "C2"),
        ("merged", "moved", "D2"),
    ],
)
def test_a_wrong_alias_is_named(tmp_path: Path, old: str, new: str, cell: str | None) -> None:
    """A school's own name, a name twice, an unknown school, no year, no reason; a name that is near another is none."""
    folder = folder_of(tmp_path, school_aliases=ALIASES.replace(old, new, 1))
    if cell is None:
        assert read_register(folder)
    else:
        assert faults(folder) == [("school_aliases.csv", cell)]


PAIRS = "school;marked_by\nШкола № 7;12\n12;7\n"


def test_pairs_of_schools_are_read_however_they_are_written(tmp_path: Path) -> None:
    """The rows hold the schools' numbers."""
    rows = read_register(folder_of(tmp_path, school_pairs=PAIRS)).pairs
    assert rows == (SchoolPairRow("7", "12"), SchoolPairRow("12", "7"))


POINTS = "school;to;distance\n7;П1;0\n7;П2;4\nШкола № 12;П1;5\n12;П2;1\n"
WAYS = "school;to;distance\n7;Гимназия № 12;5\n"


def test_last_year_and_ways_are_read(tmp_path: Path) -> None:
    """To check points, or between schools however they are written."""
    rows = read_register(folder_of(tmp_path, last_year=PAIRS, distances=POINTS))
    assert rows.last_year == (SchoolPairRow("7", "12"), SchoolPairRow("12", "7"))
    assert rows.distances[2:] == (DistanceRow("12", "П1", None, 5), DistanceRow("12", "П2", None, 1))
    (way,) = read_register(folder_of(tmp_path, distances=WAYS)).distances
    assert (way.school, way.to_school, way.distance) == ("7", "12", 5)
    assert to_check_points(rows.distances, {"П1", "П2"})
    assert not to_check_points([way], {"П1", "П2"})


@pytest.mark.parametrize(
    ("table", "old", "new", "cell"),
    [
        (POINTS, "7;П2;4", "7;П2;-4", "C3"),
        (POINTS, "7;П2;4", "7;П3;4", "B2"),  # now the rows lead to schools
        (POINTS, "7;П2;4", "8;П2;4", "A3"),
        (POINTS, "7;П2;4", "7;П1;4", "B3"),
        (POINTS, "7;П2;4\n", "", ""),
        (POINTS, "12;П2;1", "12;7;1", "B2"),
        (WAYS, "7;Гимназия № 12;5", "7;;5", "B2"),
        (WAYS, "7;Гимназия № 12;5", "7;7;5", ""),
    ],
)
def test_a_wrong_way_is_named(tmp_path: Path, table: str, old: str, new: str, cell: str) -> None:
    """A distance below 0, a place nobody knows, a school nobody knows, a way twice, one that is missing, both kinds
    mixed, nothing, and a school without a way to the others."""
    assert ("distances.csv", cell) in faults(folder_of(tmp_path, distances=table.replace(old, new)))


PLACES = "school;check_point\n7;П1\n12;П1\n12;П2\n"
COMING = (
    GOOD["experts"].replace("classes\n", "classes;minutes;comes_to\n").replace(";50;П1;7:5А", ';;П1;7:5А;180;"П1,П2"')
)


def test_minutes_and_places_to_come_to_are_read(tmp_path: Path) -> None:
    """The columns may be missing, and the cells of others empty."""
    rows = read_register(folder_of(tmp_path, experts=COMING.replace("П2;\n", "П2;;;\n"), marked_at=PLACES))
    first, second = rows.experts
    assert (first.minutes, first.capacity, first.comes_to, first.comes) == (180, 0, ("П1", "П2"), True)
    assert (second.minutes, second.capacity, second.comes_to, second.comes) == (None, 40, (), True)
    assert rows.marked_at == (PlaceRow("7", "П1"), PlaceRow("12", "П1"), PlaceRow("12", "П2"))


@pytest.mark.parametrize(
    ("table", "old", "new", "where"),
    [
        ("marked_at", "12;П2", "12;П1", ("marked_at.csv", "B4")),
        ("marked_at", "12;П2", "8;П2", ("marked_at.csv", "A4")),
        ("marked_at", "7;П1\n", "", ("class_sets.csv", "A2")),
        ("marked_at", "12;П2\n", "", ("experts.csv", "J2")),
        ("experts", "180", "-1", ("experts.csv", "I2")),
        ("experts", ";;П1;7", ";50;П1;7", ("experts.csv", "I2")),
        ("experts", ";180;", ";;", ("experts.csv", "F2")),
        ("experts", "П1,П2", "П1,П3", ("experts.csv", "J2")),
    ],
)
def test_a_wrong_place_or_time_is_named(tmp_path: Path, table: str, old: str, new: str, where: tuple[str, str]) -> None:
    """A place twice, a school nobody knows, works that are marked nowhere, an expert who comes where nothing is marked;
    minutes below 0, both minutes and works, neither, a place nobody knows."""
    tables = {"marked_at": PLACES, "experts": COMING}
    tables[table] = tables[table].replace(old, new)
    assert where in faults(folder_of(tmp_path, **tables))


@pytest.mark.parametrize("wrong", ["12;12", "7;12", "8;7", "12;8"])
def test_a_wrong_pair_of_last_year_is_named(tmp_path: Path, wrong: str) -> None:
    """By the row it stands in."""
    (fault,) = faults(folder_of(tmp_path, last_year=PAIRS.replace("12;7", wrong)))
    assert fault[0] == "last_year.csv"
    assert fault[1].endswith("3")


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("12;7", "12;12", ("school_pairs.csv", "B3")),
        ("12;7", "Школа № 7;12", ("school_pairs.csv", "B3")),
        ("12;7", "12;8", ("school_pairs.csv", "B3")),
        ("12;7", "8;7", ("school_pairs.csv", "A3")),
        ("12;7\n", "", ("class_sets.csv", "A3")),
    ],
)
def test_a_wrong_pair_of_schools_is_named(tmp_path: Path, old: str, new: str, where: tuple[str, str]) -> None:
    """The own school, a pair twice, a school nobody knows, and a school with works that the table forgets."""
    assert where in faults(folder_of(tmp_path, school_pairs=PAIRS.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "nearest"),
    [
        ("former_school;12", "former_school;120", "the nearest is 12"),
        ("former_school;12", "former_school;Гимназия 13", "the nearest is 12"),
        ("7;5 а", "7;5б", "the nearest is 5А"),
        ("e1;", "e11;", "the nearest is e1"),
        ("00019", "000199", "the nearest is 00019"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_one(tmp_path: Path, old: str, new: str, nearest: str) -> None:
    """A declaration about nobody bars nobody: it must not be overlooked."""
    with pytest.raises(RegisterProblems, match=nearest):
        read_register(folder_of(tmp_path, conflicts=GOOD["conflicts"].replace(old, new, 1)))


def test_a_relative_who_is_an_expert_is_no_conflict(tmp_path: Path) -> None:
    """Two experts who are relatives bar each other from no work; of any other kind the row is refused."""
    row = "e1;relative;;;e2;муж\n"
    assert read_register(folder_of(tmp_path, conflicts=GOOD["conflicts"] + row)) == read_register(folder_of(tmp_path))
    wrong = row.replace("relative", "tutor")
    assert faults(folder_of(tmp_path, conflicts=GOOD["conflicts"] + wrong)) == [("conflicts.csv", "E5")]


def test_the_year_of_leaving_a_school_may_be_told(tmp_path: Path) -> None:
    """In a column of its own that older tables don't have; a year of another century is a slip."""
    head, first, second, third = GOOD["conflicts"].splitlines()
    told = f"{head};until\n{first};\n{second};2024\n{third};\n"
    assert [row.until for row in read_register(folder_of(tmp_path, conflicts=told)).conflicts] == [None, 2024, None]
    assert faults(folder_of(tmp_path, conflicts=told.replace("2024", "24"))) == [("conflicts.csv", "G3")]


def test_a_letter_that_can_not_be_printed_is_named_with_its_cell(tmp_path: Path) -> None:
    """And not on the evening when packets are drawn: names of experts and schools, and check points, stand on paper."""
    experts = GOOD["experts"].replace("Иванова А. А.", "Ӓнӱшка Ӹ.").replace(";П2;", ";П学;")
    schools = GOOD["schools"].replace("Гимназия №12", "Гимназия \U0001f600 №12")
    folder = folder_of(tmp_path, experts=experts, schools=schools)
    with pytest.raises(RegisterProblems) as caught:
        read_register(folder)
    assert {(problem.file, problem.cell) for problem in caught.value.problems} == {
        ("schools.csv", "B3"),
        ("experts.csv", "G3"),
    }
    assert "学 (U+5B66)" in str(caught.value)
