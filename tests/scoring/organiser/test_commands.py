"""What organisers enter: by form and by note, corrected by facts, names sealed, told in the reports."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl

from crosscheck import facts
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.report import Report, Table
from scoring.forms.received import ReceivedProblems
from scoring.organiser.commands import file_names
from scoring.organiser.errors import NoSuchCheckPoint, NotAPointForm, NoteUnusable, NothingNoted, PointFormTwice
from scoring.organiser.gathering import points_seen
from scoring.organiser.report import district_report
from scoring.written import write_report
from tests.scoring.organiser.made import DIFFICULTIES, FILLED, INCIDENTS, PROGRESS, Cells, typed
from tests.stations import Desk, Ended

NAME = "Наблюдательная Нина Ивановна"


def refused(ended: Ended, error: type[CrosscheckError], *words: str) -> bool:
    found = f"E{error.number}" in ended.err and all(word in ended.err for word in words)
    return ended.status == error.exit and found


def filled(desk: Desk, folder: Path, cells: Cells = FILLED, point: str = "П1") -> str:
    """The form of a check point with these cells typed in."""
    assert desk.run("organiser", "form", str(folder), "--point", point).status == Exit.DONE
    path = folder / f"point-{point}.xlsx"
    path.write_bytes(typed(path.read_bytes(), cells))
    return str(path)


def shown(desk: Desk, *options: str) -> dict[tuple[str, str], str]:
    rows = json.loads(desk.run("organiser", "show", "П1", "--json", *options).out)
    return {(row["topic"], row["place"]): row["entry"] for row in rows}


def test_each_check_point_has_its_form(desk: Desk, tmp_path: Path) -> None:
    """A check point that nobody comes to is a mistake."""
    folder = tmp_path / "forms"
    assert desk.run("organiser", "form", str(folder)).status == Exit.DONE
    assert sorted(path.name for path in folder.iterdir()) == ["point-П1.xlsx", "point-П2.xlsx"]
    assert refused(desk.run("organiser", "form", str(folder), "--point", "П9"), NoSuchCheckPoint, "П9", "П1, П2")


def test_a_form_without_a_fault_is_recorded(desk: Desk, tmp_path: Path) -> None:
    """Checked first, which records nothing; the same again is nothing new."""
    path = filled(desk, tmp_path)
    assert desk.run("organiser", "check", path).status == Exit.DONE
    assert desk.facts(facts.PointNote) == []
    assert "5 entries. New: 5." in desk.run("organiser", "import", path, who="Орлова В. П.").out
    assert "Nothing new." in desk.run("organiser", "import", path).out
    found = shown(desk)
    assert found["progress", "began"] == "14:05"
    assert "что считать пояснением" in found["difficulty", "f1"]
    assert desk.run("ledger", "verify").status == Exit.DONE


def test_names_of_observers_are_sealed(desk: Desk, tmp_path: Path) -> None:
    """The ledger knows their role; the name shows with the coordinator's key, which is recorded; erasing works."""
    desk.run("organiser", "import", filled(desk, tmp_path))
    assert not any(NAME in one.said for one in desk.facts(facts.PointNote))
    assert NAME not in shown(desk)["observer", "f1"]
    assert NAME in shown(desk, "--names")["observer", "f1"]
    assert [(one.purpose, one.records) for one in desk.facts(facts.Opening)][-1] == ("organise", 1)
    (record,) = (one.record for one in desk.facts(facts.SealedRecord) if one.kind == "observer")
    assert desk.run("vault", "erase", record.rpartition(":")[0], "--why", "отзыв согласия").status == Exit.DONE
    assert "erased" in shown(desk, "--names")["observer", "f1"]


def test_a_corrected_form_changes_what_differs(desk: Desk, tmp_path: Path) -> None:
    """Rows that are gone are taken back, what was noted by hand stays, earlier entries stay in the ledger."""
    desk.run("organiser", "import", filled(desk, tmp_path))
    desk.run("organiser", "note", "П1", "incident", "time=16:00", "kind=lost", "text=протокол", "done=акт 3")
    cells = {at: value for at, value in FILLED.items() if at[0] != INCIDENTS} | {(PROGRESS, "B11"): 13}
    desk.run("organiser", "import", filled(desk, tmp_path, cells))
    found = shown(desk)
    assert found["progress", "experts"] == "13"
    assert ("incident", "f1") not in found
    assert ("incident", "n1") in found
    assert [one.said for one in desk.facts(facts.PointNote) if one.place == "experts"] == [
        '{"value": "12"}', '{"value": "13"}',
    ]  # fmt: skip


def test_of_a_form_with_a_fault_nothing_is_recorded(desk: Desk, tmp_path: Path) -> None:
    """Nor of a workbook that is no form, nor of two that contradict each other."""
    wrong = filled(desk, tmp_path / "a", {**FILLED, (DIFFICULTIES, "A7"): "9"})
    assert refused(desk.run("organiser", "import", wrong), ReceivedProblems, "A7", "B7", "D7")
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.save(tmp_path / "x.xlsx")
    assert refused(desk.run("organiser", "import", str(tmp_path / "x.xlsx")), NotAPointForm, "B2")
    one = filled(desk, tmp_path / "b")
    other = filled(desk, tmp_path / "c", {**FILLED, (PROGRESS, "B11"): 11})
    assert refused(desk.run("organiser", "import", one, other), PointFormTwice, "П1")
    assert desk.facts(facts.PointNote) == []


def test_a_form_of_another_check_point_is_never_taken_for_this_one(desk: Desk, tmp_path: Path) -> None:
    """A number that was altered is none of ours."""
    path = filled(desk, tmp_path, {**FILLED, (PROGRESS, "B2"): "math-5 · AAAAAAAA · BBBBBBBB · 1"})
    assert refused(desk.run("organiser", "import", path), NotAPointForm, "AAAAAAAA")


def test_notes_are_taken_back_by_facts(desk: Desk) -> None:
    """By the place that `show` names; there must be one."""
    desk.run("organiser", "note", "П1", "progress", "began=14.05", "not_briefed=000042-7")
    desk.run("organiser", "note", "п1", "difficulty", "criterion=все", "kind=other", "text=мало времени")
    assert shown(desk)["progress", "not_briefed"] == "000042-7"
    assert desk.run("organiser", "undo", "П1", "difficulty", "n1", "--why", "не о том").status == Exit.DONE
    assert ("difficulty", "n1") not in shown(desk)
    assert refused(desk.run("organiser", "undo", "П1", "difficulty", "n1", "--why", "x"), NothingNoted, "n1")
    assert [one.why for one in desk.facts(facts.PointNote)][-1] == "не о том"


def test_what_can_t_be_noted_is_refused(desk: Desk) -> None:
    """Unknown names, impossible values, what an entry needs."""
    for said in (["began=25:00"], ["start=14:00"], ["began"], ["began=1:00", "began=2:00"]):
        assert refused(desk.run("organiser", "note", "П1", "progress", *said), NoteUnusable)
    assert refused(desk.run("organiser", "note", "П1", "incident", "time=15:00", "text=x"), NoteUnusable, "kind")
    assert desk.facts(facts.PointNote) == []


# --- reports -------------------------------------------------------------------------------------


def cells_of(path: Path) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_reports_tell_what_was_entered_and_what_is_missing(desk: Desk, tmp_path: Path) -> None:
    """Of each check point that said something, and of the district; names only when they are asked for."""
    desk.run("organiser", "import", filled(desk, tmp_path / "forms"))
    out = tmp_path / "out"
    ended = desk.run("organiser", "report", str(out))
    assert (ended.status, "П2" in ended.out) == (Exit.PERSON_NEEDED, True)
    assert sorted(path.name for path in out.iterdir()) == [
        f"{name}.{form}" for name in ("organisation", "point-П1") for form in ("csv", "html", "json", "pdf", "xlsx")
    ]
    district = cells_of(out / "organisation.xlsx")
    assert "Нет отчёта: П2." in district
    assert "что считать пояснением" in district
    assert "не указано" in district  # in how many works it was difficult: nobody said, which is not 0
    assert NAME not in district
    assert desk.run("organiser", "report", str(out), "--point", "П1", "--names").status == Exit.DONE
    assert NAME in cells_of(out / "point-П1.xlsx")


def test_counts_that_differ_from_custody_are_named(desk: Desk, tmp_path: Path) -> None:
    """What was noted packet by packet is held against what the organiser counted."""
    moment = "2026-04-14T12:00:00+00:00"
    for packet in (1, 2):
        desk.add(facts.CustodyMove(f"m{packet}", packet, "out", "П1", moment, "о", ""))
    desk.add(facts.CustodyMove("b1", 1, "back", "П1", "2026-04-14T15:00:00+00:00", "о", ""))
    desk.run("organiser", "note", "П1", "progress", "packets_out=2", "packets_back=2")
    desk.run("organiser", "report", str(tmp_path), "--point", "П1")
    said = cells_of(tmp_path / "point-П1.xlsx")
    assert "П1: Возвращено комплектов: внесено 2, отмечено по одному 1." in said
    assert not any("Выдано комплектов: внесено" in text for text in said)


def test_no_two_check_points_share_a_file() -> None:
    """Names that differ behind a dot, in signs that files can't have, in case, or far behind."""
    points = ["ул. Ленина, 5", "ул. Мира, 7", "ул. Мира; 7", "П1", "п1", "Ш 1", "Ш_1", "Я" * 70, "Я" * 71]
    names = file_names(points)
    assert len({name.casefold() for name in names.values()}) == len(points)
    assert not any("." in name for name in names.values())
    assert file_names(["П1", "П2"]) == {"П1": "П1", "П2": "П2"}


def test_a_report_whose_name_has_a_dot_keeps_it(desk: Desk, tmp_path: Path) -> None:
    """What follows the dot is no suffix."""
    for name in ("school-7.1", "school-7.2"):
        write_report(desk.station(), Report(name, (), (Table(name, ("a",), ()),), "ru"), tmp_path / name)
    assert sorted(path.name for path in tmp_path.glob("*.xlsx")) == ["school-7.1.xlsx", "school-7.2.xlsx"]


def test_what_cant_be_true_is_refused(desk: Desk, tmp_path: Path) -> None:
    """More briefed than came, an end before the begin, an observer who left before coming, a time at night: each with
    its cell, or its name, and what it is held against."""
    cells = {
        **FILLED,
        (PROGRESS, "B6"): "14:05",
        (PROGRESS, "B10"): "13:00",
        (PROGRESS, "B11"): 5,
        (PROGRESS, "B12"): 9,
        ("Наблюдатели", "E6"): "16:00",
        ("Наблюдатели", "F6"): "15:00",
        (INCIDENTS, "A6"): "2:30",
    }
    ended = desk.run("organiser", "check", filled(desk, tmp_path, cells))
    assert refused(ended, ReceivedProblems, "problems: 4", "B10", "B12", "F6", "A6", "at most 5", "not before 14:05")
    assert desk.run("organiser", "note", "П1", "progress", "experts=5", "ended=14:00").status == Exit.DONE
    assert refused(desk.run("organiser", "note", "П1", "progress", "experts_briefed=9"), NoteUnusable, "at most 5")
    assert refused(desk.run("organiser", "note", "П1", "progress", "began=15:00"), NoteUnusable, "not before 15:00")
    assert refused(desk.run("organiser", "note", "П1", "progress", "briefed=02:30"), NoteUnusable, "06:00")
    assert desk.run("organiser", "note", "П1", "progress", "experts_briefed=5").status == Exit.DONE


def test_what_is_possible_and_odd_stands_on_top_of_the_report(desk: Desk, tmp_path: Path) -> None:
    """More came than are listed, more observers than experts, packets before the briefing, an incident at another time;
    and a form that contradicts what was noted by hand."""
    said = ("experts=4", "briefed=15:00", "handed_out=14:30", "began=14:00", "ended=18:00", "packets_out=2")
    assert desk.run("organiser", "note", "П1", "progress", *said).status == Exit.DONE
    desk.run("organiser", "note", "П1", "incident", "time=19:00", "kind=technical", "text=отключение света")
    assert desk.run("organiser", "import", filled(desk, tmp_path, {**FILLED, (PROGRESS, "B11"): 0})).status == Exit.DONE
    station = desk.station()
    with station.ledger.reading() as connection:
        report = district_report(station.procedure(), points_seen(connection, None))
    lines = "\n".join(report.lines)
    assert "наблюдателей 1 на 0 экспертов" in lines
    assert "комплекты выданы раньше, чем проведён инструктаж" in lines
    assert "происшествие в 19:00" in lines
    assert desk.run("organiser", "note", "П1", "progress", "experts=4").status == Exit.DONE
    with station.ledger.reading() as connection:
        assert "пришло 4, в списке пункта 1" in "\n".join(
            district_report(station.procedure(), points_seen(connection, None)).lines
        )


def test_names_in_free_words_are_warned_of(desk: Desk) -> None:
    """The note stands: only a person can know whether it is a name."""
    told = ("time=15:10", "kind=late", "text=эксперт Ким ушла, Сидорова А. А. вместо неё")
    ended = desk.run("organiser", "note", "П1", "incident", *told)
    assert (ended.status, "incident n1" in ended.err, "Ким; Сидорова А. А." in ended.err) == (Exit.DONE, True, True)
    assert "Ким" in desk.run("organiser", "report").err, "said once more before reports go round"
    quiet = desk.run("organiser", "note", "П1", "incident", "time=15:10", "kind=late", "text=Половина работ не пришла")
    assert quiet.err == ""


def test_every_value_is_shown_under_its_label(desk: Desk) -> None:
    """In the reader's language; the observer's name only where it was opened."""
    desk.run("organiser", "note", "П1", "incident", "time=15:10", "kind=technical", "text=замятие", "done=заменён")
    desk.run("organiser", "note", "П1", "progress", "began=14:05")
    ended = desk.run("--lang", "ru", "organiser", "show", "П1")
    assert (
        "Время: 15:10; Вид: принтер, сканер, сеть, питание; Что произошло: замятие; Что сделано: заменён" in ended.out
    )
    assert "Проверка началась: 14:05" in ended.out
