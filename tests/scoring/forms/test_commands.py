"""Forms go out to schools and come back: recorded whole or not at all, compared, answered."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crosscheck import damm, facts, safe
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.keys import Holder, unlock
from crosscheck.release import NotReleased
from crosscheck.vault import Purpose, PurposeRefused, RecordKind
from drill.assessment import toml
from drill.form_saves import edited
from scoring.forms.errors import (
    FormMissing,
    FormProblems,
    FormTwice,
    FormUnreadable,
    ListChanged,
    NoForms,
    NotAForm,
    NothingDiffers,
    OldForm,
    OtherProcedureForm,
    UnknownForm,
)
from scoring.forms.received import ReceivedMissing
from scoring.settle import NoSuchNumber
from tests.scoring.forms.made import KEYED
from tests.stations import PHRASES, TABLES, Desk, Ended, district

NUMBERS = {11: damm.closed("483291"), 12: damm.closed("572610")}
SCORES = {11: (1, 2, 2, None, 0, 1), 12: (0, 1, 2, 3, 2, 0)}  # None: X
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
COLUMNS = dict(zip(CRITERIA, "DEFGHI", strict=True))
OWN, OTHER = "form-7-5А.xlsx", "form-12-5Б.xlsx"


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """Both works of class 5А of school 7 (00017 and 00018) are marked twice alike, and results are released."""
    for form, number in NUMBERS.items():
        work = desk.work(form)
        for marking, known in ((1, number), (2, damm.closed(f"1{number[1:6]}"))):
            desk.add(facts.Number(work, marking, known))
            scores = zip(CRITERIA, SCORES[form], strict=True)
            desk.add(*(facts.Score(work, marking, c, 0, points, "entry", "", "") for c, points in scores))
    assert desk.run("release", "--partial", "--why", "протокол 4").status == Exit.DONE
    return desk


def exported(desk: Desk, tmp_path: Path) -> Path:
    folder = tmp_path / "forms"
    assert desk.run("forms", "export", str(folder)).status == Exit.DONE
    return folder


def filled(folder: Path, name: str = OWN, cells: Mapping[str, object] | None = None) -> Path:
    """The form of class 5А with just the scores that stand, and these cells typed over them."""

    def typed(_book: Any, sheet: Any) -> None:
        for row, scores in enumerate(SCORES.values(), start=14):
            for criterion, points in zip(CRITERIA, scores, strict=True):
                sheet[f"{COLUMNS[criterion]}{row}"] = "X" if points is None else points
        for cell, value in (cells or {}).items():
            sheet[cell] = value

    return changed(folder / name, typed)


def changed(path: Path, edit: Callable[[Any, Any], None]) -> Path:
    path.write_bytes(edited(path.read_bytes(), edit))
    return path


def stated(desk: Desk) -> list[tuple[str, str, int, str, int | None]]:
    works = {desk.work(form): str(form) for form in (*NUMBERS, 13)}
    return [(works[s.work], s.criterion, s.revision, s.kind, s.points) for s in desk.facts(facts.SchoolScore)]


# --- going out -----------------------------------------------------------------------------------


def test_forms_go_out_only_after_release(desk: Desk, tmp_path: Path) -> None:
    """They name participants by code: the coordinator allows it, as for results."""
    assert refused(desk.run("forms", "export", str(tmp_path)), NotReleased)
    assert list(tmp_path.glob("*.xlsx")) == []


def test_each_class_set_has_its_form(marked: Desk, tmp_path: Path) -> None:
    """With those who wrote, under the school's own name; in it no token of the ledger."""
    folder = exported(marked, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [OTHER, "form-19-5А.xlsx", OWN]
    sheet = openpyxl.load_workbook(folder / OWN).active
    assert [sheet[cell].value for cell in ("B7", "B8", "B9", "A14", "A15", "A16")] == [
        "Школа №7", "5А", "2 (отсутствовали: 1)", "00017", "00018", None,
    ]  # fmt: skip
    said = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert not any(one.token in said for one in marked.facts(facts.ClassSet) + marked.facts(facts.School))


def test_the_same_list_gives_the_same_file(marked: Desk, tmp_path: Path) -> None:
    """Exported twice: the same bytes, the same version, one fact."""
    first = {path.name: path.read_bytes() for path in exported(marked, tmp_path / "a").iterdir()}
    assert {path.name: path.read_bytes() for path in exported(marked, tmp_path / "b").iterdir()} == first
    assert len(marked.facts(facts.SchoolForm)) == 3


def test_one_school_alone(marked: Desk, tmp_path: Path) -> None:
    """A number that no school has is a mistake, not an empty folder."""
    assert marked.run("forms", "export", str(tmp_path / "a"), "--school", "12").status == Exit.DONE
    assert [path.name for path in (tmp_path / "a").iterdir()] == [OTHER]
    assert refused(marked.run("forms", "export", str(tmp_path / "b"), "--school", "99"), NoForms, "99")
    assert not (tmp_path / "b").exists()


# --- coming back ---------------------------------------------------------------------------------


def test_a_form_without_a_fault_is_recorded(marked: Desk, tmp_path: Path) -> None:
    """Every cell, an empty one as missing; who and when stand with it."""
    path = filled(exported(marked, tmp_path), cells={"D15": None, "E15": "н/п"})
    ended = marked.run("forms", "import", str(path), who="Орлова В. П.")
    assert (ended.status, ended.err) == (Exit.PERSON_NEEDED, "")
    assert "2 participants, 11 scores, 1 cells empty" in ended.out
    found = {(form, criterion): (kind, points) for form, criterion, _r, kind, points in stated(marked)}
    assert len(found) == 12
    assert found["11", "4"] == ("not_attempted", None)
    assert found["12", "1"] == ("missing", None)
    assert found["12", "2"] == ("not_taught", None)
    assert found["12", "3"] == ("points", 2)
    (came,) = marked.facts(facts.SchoolReturn)
    assert (came.version, came.stated, came.missing) == (1, 11, 1)
    with marked.station().ledger.reading() as connection:
        (row,) = queries.signed_rows(connection, facts.SchoolReturn)
    assert row["who"] == "Орлова В. П."


def test_checking_records_nothing(marked: Desk, tmp_path: Path) -> None:
    """And says all the same what importing would."""
    folder = exported(marked, tmp_path)
    ended = marked.run("forms", "check", str(filled(folder, cells={"D14": 0})))
    assert (ended.status, "Differs from what stands in 1 cells" in ended.out) == (Exit.PERSON_NEEDED, True)
    assert marked.run("forms", "check", str(filled(folder))).status == Exit.DONE
    assert refused(marked.run("forms", "check", str(filled(folder, cells={"D14": 9}))), FormProblems, "D14")
    assert (marked.facts(facts.SchoolReturn), marked.facts(facts.SchoolScore)) == ([], [])


def test_of_a_form_with_one_fault_nothing_is_recorded(marked: Desk, tmp_path: Path) -> None:
    """Every fault is listed; the form beside it that has none is recorded."""
    folder = exported(marked, tmp_path)
    filled(folder, cells={"D14": 2, "F15": "=1+1"})
    changed(folder / OTHER, lambda _book, sheet: sheet.__setitem__("D14", 1))
    ended = marked.run("forms", "import", str(folder / OWN), str(folder / OTHER))
    assert refused(ended, FormProblems, OWN, "D14", "F15", "=1+1", "problems: 2")
    assert {form for form, *_rest in stated(marked)} == {"13"}
    assert [came.stated for came in marked.facts(facts.SchoolReturn)] == [1]


def test_the_same_contents_again_record_nothing(marked: Desk, tmp_path: Path) -> None:
    """Saved anew, in another program or under another name."""
    path = filled(exported(marked, tmp_path))
    assert marked.run("forms", "import", str(path)).status == Exit.DONE
    before = len(marked.facts(facts.SchoolScore))
    other = path.rename(path.with_name("прислано.xlsx"))
    ended = marked.run("forms", "import", str(changed(other, lambda _book, sheet: sheet.__setitem__("Z40", " "))))
    assert (ended.status, "Nothing new." in ended.out) == (Exit.DONE, True)
    assert (len(marked.facts(facts.SchoolReturn)), len(marked.facts(facts.SchoolScore))) == (1, before)


def test_other_contents_are_a_new_version_beside_the_earlier(marked: Desk, tmp_path: Path) -> None:
    """Only what changed is added; changing back counts as new again."""
    path = filled(exported(marked, tmp_path))
    for value in (1, 0, 1):
        marked.run("forms", "import", str(filled(path.parent, cells={"D14": value})))
    assert [came.revision for came in marked.facts(facts.SchoolReturn)] == [0, 1, 2]
    assert [one[2:] for one in stated(marked) if one[:2] == ("11", "1")] == [
        (0, "points", 1), (1, "points", 0), (2, "points", 1),
    ]  # fmt: skip
    assert len(stated(marked)) == 14
    assert marked.run("ledger", "verify").status == Exit.DONE


def test_sex_variant_and_marks_are_sealed(marked: Desk, tmp_path: Path) -> None:
    """Beside an anonymous work they would point at a person; what is taken back is nothing."""
    path = filled(exported(marked, tmp_path), cells={"C14": 2, "K14": "Ж", "L14": 4, "M14": "5", "K15": "м"})
    assert marked.run("forms", "import", str(path)).status == Exit.DONE

    def opened() -> Mapping[str, dict[str, str]]:
        station = marked.station()
        key = unlock(station.keys, Holder.COORDINATOR, PHRASES["COORDINATOR"])
        return safe.open_json(station, RecordKind.PUPIL, Purpose.PUBLISH, key, "test")

    said = {"variant": "2", "sex": "f", "term_mark": "4", "journal_mark": "5"}
    assert opened() == {marked.work(11): said, marked.work(12): {"sex": "m"}}
    assert marked.run("forms", "import", str(filled(path.parent, cells={"K15": None}))).status == Exit.DONE
    assert opened() == {marked.work(11): said, marked.work(12): {}}


def test_a_folder_of_forms(marked: Desk, tmp_path: Path) -> None:
    """All files in it but what programs leave beside open ones; an empty one is a mistake."""
    folder = exported(marked, tmp_path)
    filled(folder)
    for name in (OTHER, "form-19-5А.xlsx"):
        changed(folder / name, lambda _book, sheet: sheet.__setitem__("D14", 1))
    (folder / "~$form-7-5А.xlsx").write_bytes(b"lock")
    assert marked.run("forms", "check", str(folder)).out.count("scores") == 3
    (folder / "readme.txt").write_text("see the phone list", encoding="utf-8")
    assert refused(marked.run("forms", "check", str(folder)), FormUnreadable, "readme.txt")
    (tmp_path / "empty").mkdir()
    assert refused(marked.run("forms", "import", str(tmp_path / "empty")), ReceivedMissing, "empty")
    assert refused(marked.run("forms", "import", str(tmp_path / "none.xlsx")), FormMissing, "none.xlsx")


# --- the wrong form ------------------------------------------------------------------------------


def _numbered(number: str) -> Callable[[Any, Any], None]:
    def write(_book: Any, sheet: Any) -> None:
        sheet["B2"] = number

    return write


def test_the_wrong_form_is_refused_by_name(marked: Desk, tmp_path: Path) -> None:
    """No form, another procedure's, other criteria, a number that was never given."""
    path = filled(exported(marked, tmp_path))
    number = str(openpyxl.load_workbook(path).active["B2"].value)
    code, paper, subject, _version = number.split(" · ")
    for said, error, named in (
        ("", NotAForm, "B2"),
        (f"rus-5 · {paper} · {subject} · 1", OtherProcedureForm, "rus-5"),
        (f"{code} · AAAAAAAA · {subject} · 1", OtherProcedureForm, "AAAAAAAA"),
        (f"{code} · {paper} · AAAAAAAA · 1", UnknownForm, "AAAAAAAA"),
        (f"{code} · {paper} · {subject} · 2", UnknownForm, "· 2"),
    ):
        changed(path, _numbered(said))
        assert refused(marked.run("forms", "import", str(path)), error, path.name, named)
    other = str(openpyxl.load_workbook(path.parent / OTHER).active["B2"].value)
    changed(path, _numbered(other))
    assert refused(marked.run("forms", "import", str(path)), FormProblems, "Школа №7", "00017")
    assert marked.facts(facts.SchoolReturn) == []


def test_a_changed_list_or_header_needs_a_new_form(marked: Desk, tmp_path: Path) -> None:
    """The school has another name: the form is exported again, and the old one is refused by its version."""
    old = filled(exported(marked, tmp_path))
    schools = TABLES["schools"].replace("Школа №7", "Школа №7 имени Гагарина")
    assert marked.run("register", str(district(tmp_path / "later", schools=schools))).status == Exit.DONE
    assert refused(marked.run("forms", "import", str(old)), ListChanged, "school 7, class 5А")
    new = tmp_path / "new"
    assert marked.run("forms", "export", str(new)).status == Exit.DONE
    assert refused(marked.run("forms", "import", str(old)), OldForm, "version 1", "version 2")
    assert marked.run("forms", "import", str(filled(new))).status == Exit.DONE
    assert [came.version for came in marked.facts(facts.SchoolReturn)] == [2]


def test_the_same_form_twice_in_one_run(marked: Desk, tmp_path: Path) -> None:
    """Nobody knows which one holds, so neither does; two that say the same are one."""
    path = filled(exported(marked, tmp_path))
    copy = path.with_name("копия.xlsx")
    copy.write_bytes(path.read_bytes())
    changed(path, lambda _book, sheet: sheet.__setitem__("D14", 0))
    assert refused(marked.run("forms", "import", str(path), str(copy)), FormTwice, path.name, copy.name)
    assert marked.facts(facts.SchoolReturn) == []
    path.write_bytes(copy.read_bytes())
    assert marked.run("forms", "import", str(path), str(copy)).status == Exit.DONE
    assert len(marked.facts(facts.SchoolReturn)) == 1


# --- what differs --------------------------------------------------------------------------------


def reported(desk: Desk) -> list[tuple[str, ...]]:
    """Rows of the discrepancy report that come from forms: task, what the form says, next step; marks apart."""
    assert desk.run("report").status == Exit.DONE
    sheet = openpyxl.load_workbook(desk.station().out / "reports" / "discrepancies.xlsx").worksheets[0]
    rows = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    header = next(row for row in rows if row[0] == "№")
    if "Сравнили с" not in header:
        return []
    at = [header.index(name) for name in ("Задание", "Сравнили с", "Расхождение", "Что дальше")]
    return [tuple(row[n] for n in at) for row in rows[rows.index(header) + 1 :] if "форма школы" in row]


def test_what_differs_joins_the_one_list(marked: Desk, tmp_path: Path) -> None:
    """By task, with what the form says and what stands; a corrected form takes it off the list."""
    folder = exported(marked, tmp_path)
    ended = marked.run("forms", "import", str(filled(folder, cells={"G14": 0, "H15": 0, "I15": None})))
    assert (ended.status, "differ from what stands: 3" in ended.out) == (Exit.PERSON_NEEDED, True)
    ask = "спросить школу или исправить принятый балл"
    assert sorted(reported(marked)) == [
        ("4", "4: 0; принято: X", "0", ask),
        ("5", "5К1: 0; принято: 2\n5К2: ничего; принято: 0", "2", ask),
    ]
    assert marked.run("forms", "import", str(filled(folder))).status == Exit.DONE
    assert reported(marked) == []


def test_a_named_person_says_that_what_stands_is_right(marked: Desk, tmp_path: Path) -> None:
    """It holds for just the two values it was said of."""
    folder = exported(marked, tmp_path)
    marked.run("forms", "import", str(filled(folder, cells={"H15": 0})))
    number = NUMBERS[12]
    assert marked.run("forms", "settle", number, "5К1", "--why", "письмо 14", who="Орлова В. П.").status == Exit.DONE
    assert [row[3] for row in reported(marked)] == ["проверено: принятый балл верен"]
    (answer,) = marked.facts(facts.SchoolAnswer)
    assert (answer.work, answer.criterion, answer.stated, answer.stands) == (marked.work(12), "5К1", "0", "2")
    assert marked.run("forms", "import", str(folder / OWN)).status == Exit.DONE
    marked.run("forms", "import", str(filled(folder, cells={"H15": 1})))
    assert [row[3] for row in reported(marked)] == ["спросить школу или исправить принятый балл"]


def test_only_a_difference_can_be_settled(marked: Desk, tmp_path: Path) -> None:
    """A criterion that agrees, one that there isn't, a number that nobody has."""
    number = NUMBERS[12]
    assert refused(marked.run("forms", "settle", number, "1", "--why", "x"), NothingDiffers, number)
    marked.run("forms", "import", str(filled(exported(marked, tmp_path), cells={"H15": 0})))
    assert refused(marked.run("forms", "settle", number, "1", "--why", "x"), NothingDiffers)
    assert refused(marked.run("forms", "settle", number, "9", "--why", "x"), NothingDiffers)
    assert refused(marked.run("forms", "settle", damm.closed("111111"), "1", "--why", "x"), NoSuchNumber)
    assert marked.facts(facts.SchoolAnswer) == []


def test_a_corrected_ledger_takes_the_difference_off_the_list(marked: Desk, tmp_path: Path) -> None:
    """The school was right: both markings are corrected, with a reason."""
    marked.run("forms", "import", str(filled(exported(marked, tmp_path), cells={"D14": 0})))
    assert len(reported(marked)) == 1
    desk_work = marked.work(11)
    marked.add(*(facts.Score(desk_work, m, "1", 1, 0, "review", "", "крест в соседней клетке") for m in (1, 2)))
    assert reported(marked) == []


def test_which_forms_are_out_and_which_came_back(marked: Desk, tmp_path: Path) -> None:
    """By school and class, with open differences."""
    rows = json.loads(marked.run("forms", "list", "--json").out)
    assert [(row["school"], row["version"], row["returned"]) for row in rows] == [
        ("7", 0, ""),
        ("12", 0, ""),
        ("19", 0, ""),
    ]
    marked.run("forms", "import", str(filled(exported(marked, tmp_path), cells={"D14": 0, "D15": None})))
    rows = {row["school"]: row for row in json.loads(marked.run("forms", "list", "--json").out)}
    own = rows["7"]
    assert (own["version"], own["stated"], own["missing"], own["differing"]) == (1, 11, 1, 2)
    assert own["exported"]
    assert own["returned"]
    assert rows["12"]["returned"] == ""


def test_published_discrepancies_name_the_participant(marked: Desk, tmp_path: Path) -> None:
    """After release the list says whose work it is, so that the school can be asked."""
    marked.run("forms", "import", str(filled(exported(marked, tmp_path), cells={"D14": 0})))
    assert marked.run("publish").status == Exit.DONE
    content = (marked.station().out / "results" / "discrepancies.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("00017" in text for text in said)
    assert "1: 0; принято: 1" in said


# --- tasks that the school marks -----------------------------------------------------------------


@pytest.fixture
def keyed(fresh: Desk, tmp_path: Path) -> Desk:
    """Task 1 is marked by the school; experts marked the rest of both works of class 5А of school 7."""
    folder = district(tmp_path / "district")
    (folder / "procedure.toml").write_text(toml(KEYED), encoding="utf-8")
    assert fresh.run("register", str(folder)).status == Exit.DONE
    for form, number in NUMBERS.items():
        work = fresh.work(form)
        for marking, known in ((1, number), (2, damm.closed(f"1{number[1:6]}"))):
            fresh.add(facts.Number(work, marking, known))
            scores = zip(CRITERIA[1:], SCORES[form][1:], strict=True)
            fresh.add(*(facts.Score(work, marking, c, 0, points, "entry", "", "") for c, points in scores))
    assert fresh.run("release", "--partial", "--why", "протокол 4").status == Exit.DONE
    return fresh


def published(desk: Desk) -> list[tuple[str, ...]]:
    """Rows of the class's results: code, points of each criterion, total."""
    sheet = openpyxl.load_workbook(desk.station().out / "results" / "class-7-5А.xlsx").worksheets[0]
    rows = [tuple(str(cell.value) for cell in (row[0], *row[3:10])) for row in sheet.iter_rows()]
    header = next(n for n, row in enumerate(rows) if row[0] == "Код участника")
    assert rows[header][1:8] == ("1 (1б)", "2 (2б)", "3 (2б)", "4 (3б)", "5К1 (2б)", "5К2 (1б)", "Сумма")
    return [row for row in rows[header + 1 :] if row[0].isdecimal()]


def test_points_that_the_school_gave_come_in_by_its_form(keyed: Desk, tmp_path: Path) -> None:
    """Works are complete for experts without them; results wait for them, and count them."""
    assert "2 works complete, 2 settled" in keyed.run("reconcile").out
    ended = keyed.run("publish")
    assert (ended.status, "2 of these wait" in ended.out) == (Exit.DONE, True)
    ended = keyed.run("forms", "import", str(filled(exported(keyed, tmp_path), cells={"D15": None})))
    assert (ended.status, ended.err) == (Exit.DONE, "")
    ended = keyed.run("publish")
    assert "1 of these wait" in ended.out
    assert published(keyed) == [("00017", "1", "2", "2", "X", "0", "1", "6")]
    keyed.run("forms", "import", str(filled(tmp_path / "forms", cells={"D15": "X"})))
    assert "wait" not in keyed.run("publish").out
    assert published(keyed)[1] == ("00018", "X", "1", "2", "3", "2", "0", "8")


def test_what_experts_marked_is_still_compared(keyed: Desk, tmp_path: Path) -> None:
    """The school's own points stand as it says; the others are held against what stands."""
    ended = keyed.run("forms", "import", str(filled(exported(keyed, tmp_path), cells={"D14": 0, "E14": 0})))
    assert "differ from what stands: 1" in ended.out
    assert [row[0] for row in reported(keyed)] == ["2"]


# --- what stands beside scores -------------------------------------------------------------------


def _registered(desk: Desk, tmp_path: Path, participants: str) -> Ended:
    return desk.run("register", str(district(tmp_path / "district", participants=participants)))


LISTED = (
    "school;class;participant;form;status;variant;sex\n"
    "7;5А;00017;11;;2;Ж\n7;5А;00018;12;;1;\n7;5А;00020;;absent;;\n12;5Б;00019;13;;;м\n19;5А;00021;14;;;\n"
)


def _rows(path: Path, columns: str, first: int = 14) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [[sheet[f"{column}{row}"].value for column in columns] for row in (first, first + 1)]


def test_what_is_known_of_participants_stands_in_the_form(marked: Desk, tmp_path: Path) -> None:
    """Variant and sex of the table of participants, and marks as the school said them itself: the mark of a file would
    come back as its word. What nobody said stays empty, and the form is the same one, whatever is known."""
    before = exported(marked, tmp_path / "a")
    assert _registered(marked, tmp_path, LISTED).status == Exit.DONE
    (tmp_path / "m.csv").write_text("participant;term\n00017;4\n", encoding="utf-8")
    assert marked.run("marks", "import", str(tmp_path / "m.csv")).status == Exit.DONE
    after = exported(marked, tmp_path / "b")
    assert _rows(before / OWN, "CKLM") == [[None] * 4] * 2
    assert _rows(after / OWN, "CKLM") == [[2, "ж", None, None], [1, None, None, None]]
    numbers = {openpyxl.load_workbook(folder / OWN).active["B2"].value for folder in (before, after)}
    assert len(numbers) == 1
    # Filled in before or after, both are taken.
    assert marked.run("forms", "import", str(filled(before))).status == Exit.DONE
    assert marked.run("forms", "import", str(filled(after, cells={"L14": 5}))).status == Exit.DONE
    assert _rows(exported(marked, tmp_path / "c") / OWN, "CKLM") == [[2, "ж", 5, None], [1, None, None, None]]


def test_the_form_of_results_has_what_is_known_and_says_what_is_not(marked: Desk, tmp_path: Path) -> None:
    """Where the table and the school's form say different things neither counts, and it is said."""
    assert _registered(marked, tmp_path, LISTED).status == Exit.DONE
    (tmp_path / "m.csv").write_text("participant;term\n00017;4\n", encoding="utf-8")
    assert marked.run("marks", "import", str(tmp_path / "m.csv")).status == Exit.DONE
    path = filled(exported(marked, tmp_path), cells={"C14": 1, "M15": 5, "K15": "м"})
    assert marked.run("forms", "import", str(path)).status == Exit.DONE
    ended = marked.run("publish", "--format", "xlsx", "--format", "csv")
    assert "Of 1 participants sources differ" in ended.out
    sheet = openpyxl.load_workbook(marked.home / "out" / "results" / "class-7-5А.xlsx").worksheets[0]
    said = {row[0].value: row for row in sheet.iter_rows() if row[0].value in ("00017", "00018")}
    titles = next([c.value for c in row] for row in sheet.iter_rows() if row[0].value == "Код участника")
    asked = ("Вариант", "Пол", "Отметка за последнюю четверть (триместр)", "Отметка по журналу")
    at = [titles.index(title) for title in asked]
    assert [[said[code][n].value for n in at] for code in ("00017", "00018")] == [
        ["источники расходятся", "ж", 4, None], ["1", "м", None, 5],
    ]  # fmt: skip
    text = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "заполняет школа" in text
    listed = marked.run("marks", "list")
    assert listed.status == Exit.PERSON_NEEDED
    assert "00017: variant: 2 in the table of participants, 1 in the school's form" in listed.out


def test_sex_and_variant_of_the_table_are_sealed_for_publishing_only(marked: Desk, tmp_path: Path) -> None:
    """Nothing but publishing opens it; what the table says no more is gone."""
    assert _registered(marked, tmp_path / "a", LISTED).status == Exit.DONE
    station = marked.station()
    key = unlock(station.keys, Holder.COORDINATOR, PHRASES["COORDINATOR"])
    opened = safe.open_json(station, RecordKind.LISTED, Purpose.PUBLISH, key, "test")
    assert opened[marked.work(11)] == {"variant": "2", "sex": "f"}
    assert marked.work(14) not in opened
    with pytest.raises(PurposeRefused):
        safe.open_json(station, RecordKind.LISTED, Purpose.REGISTER, key, "test")
    assert _registered(marked, tmp_path / "b", TABLES["participants"]).status == Exit.DONE
    assert safe.open_json(station, RecordKind.LISTED, Purpose.PUBLISH, key, "test")[marked.work(11)] == {}
    wrong = _registered(marked, tmp_path / "c", LISTED.replace(";2;Ж", ";первый;x"))
    assert (wrong.status, "participants.csv, F2" in wrong.err, "participants.csv, G2" in wrong.err) == (30, True, True)
