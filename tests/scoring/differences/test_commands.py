"""`crosscheck discrepancies`: what people say of differences is recorded with their names, and never points."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crosscheck import damm, facts
from crosscheck.errors import Exit
from scoring.differences.errors import NoSuchDiscrepancy, NothingToTakeBack, NotSettledByHand
from scoring.settle import NoSuchNumber
from tests.stations import Desk, Ended, told_in_zones

NUMBER, SECOND = damm.closed("483291"), damm.closed("572610")
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
FORM, FAR, WAITS = f"{NUMBER}/1/form", f"{NUMBER}/5/third", f"{NUMBER}/4/experts"
EDITOR = "Орлова В. П."


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """A work of which two experts gave other points for tasks 4 and 5; a third one decided on task 5, far from both;
    the school's form says something else for task 1."""
    work, third = desk.work(11), damm.closed("111111")
    desk.add(facts.Number(work, 1, NUMBER), facts.Number(work, 2, SECOND), facts.Number(work, 10, third))
    for marking, points in ((1, (1, 0, 2, 3, None, 0)), (2, (1, 0, 2, 1, 1, 0))):
        scores = zip(CRITERIA, points, strict=True)
        desk.add(*(facts.Score(work, marking, c, 0, p, "entry", "", "") for c, p in scores))
    desk.add(
        facts.ThirdCall(work, "5К1", "x_against_points"),
        *(facts.Score(work, 10, c, 0, p, "entry", "", "") for c, p in (("5К1", 2), ("5К2", 1))),
        *(facts.SchoolScore(work, c, 0, "points", p) for c, p in (("1", 0), ("3", 2))),
    )
    return desk


def rows(desk: Desk, *options: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(desk.run("discrepancies", "list", "--json", *options).out)}


def name(text: str) -> str:
    """As listings print it."""
    number, rest = text.split("/", 1)
    return f"{number[:6]}-{number[6:]}/{rest}"


def scores(desk: Desk) -> list[facts.Score]:
    return desk.facts(facts.Score)


def test_the_list_says_what_differs_why_it_may_and_where_it_stands(marked: Desk) -> None:
    """Each by its name: number, task, what it is between."""
    found = rows(marked)
    assert found[name(FORM)] | {"values": ""} == {
        "name": name(FORM),
        "kind": "school_form",
        "size": 1,
        "cause": "typing",
        "next_step": "ask_school",
        "state": "open",
        "values": "",
    }
    assert (found[name(WAITS)]["kind"], found[name(WAITS)]["state"]) == ("task_difference", "open")
    assert set(rows(marked, "--kind", "form")) == {name(FORM)}
    assert set(rows(marked, "--state", "settled")) == set(found) - {n for n, r in found.items() if r["state"] == "open"}


def test_people_read_it_in_words(marked: Desk) -> None:
    """In Russian, too; what is shown tells cause, evidence, step, state and history with names and reasons."""
    assert marked.run("discrepancies", "note", FORM, "--asked", "--why", "письмо 14", who=EDITOR).status == Exit.DONE
    told = marked.run("--lang", "ru", "discrepancies", "show", FORM).out
    for words in (
        f"{name(FORM)}: форма школы, размер 1",
        "форма школы: 1 - 0; принято 1",
        "Вероятная причина: описка: 1 - соседняя клавиша",
        "Что дальше: спросить школу или исправить принятый балл",
        f"Состояние: спросили: {EDITOR}, ",
        f"{EDITOR}: записано: спросили - письмо 14",
        "в форме стояло 1: 0",
    ):
        assert words in told, told
    assert "спросили: Орлова" in marked.run("--lang", "ru", "discrepancies", "list").out


def test_days_and_times_are_local(marked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the note, and of all that happened."""
    marked.run("discrepancies", "note", FORM, "--asked", "--why", "письмо 14", who=EDITOR)
    east, west = (said.splitlines() for said in told_in_zones(marked, monkeypatch, "discrepancies", "show", FORM))
    differ = [one for one, other in zip(east, west, strict=True) if one != other]
    assert differ[0].startswith("State:")
    assert [line for line in east if line.startswith("  ") and "Орлова" in line][-1] in differ
    assert "+00:00" not in "".join(east)


def test_any_number_of_the_work_names_it(marked: Desk) -> None:
    """The number of the second marking, typed with spaces and a dash."""
    second = f"{SECOND[:3]} {SECOND[3:6]}-{SECOND[6:]}/1/form"
    assert name(FORM) in marked.run("discrepancies", "show", second).out


@pytest.mark.parametrize("text", [f"{NUMBER}/3/form", f"{NUMBER}/1/forms", NUMBER, f"{NUMBER}/1/2/form", "/form"])
def test_a_name_that_nothing_has_is_refused(marked: Desk, text: str) -> None:
    """Nothing is recorded."""
    ended = marked.run("discrepancies", "close", text, "--why", "x")
    assert refused(ended, NoSuchNumber if text == "/form" else NoSuchDiscrepancy)
    assert marked.facts(facts.DiscrepancyNote) == []
    assert marked.facts(facts.SchoolAnswer) == []


def test_nobodys_word_settles_what_waits_for_a_third_marking(marked: Desk) -> None:
    """Refused with the reason; a note that somebody looks at it is fine."""
    before = scores(marked)
    assert refused(marked.run("discrepancies", "close", WAITS, "--why", "x"), NotSettledByHand, "third marking")
    assert marked.run("discrepancies", "note", WAITS, "--looking", "--why", "методист").status == Exit.DONE
    assert rows(marked)[name(WAITS)]["state"] == "looking"
    assert scores(marked) == before


def test_settling_a_form_is_the_answer_that_forms_settle_gives(marked: Desk) -> None:
    """One fact, not two: the list of forms and the report know it, and taking it back opens it for both."""
    assert marked.run("discrepancies", "close", FORM, "--why", "письмо 15", who=EDITOR).status == Exit.DONE
    assert rows(marked)[name(FORM)]["state"] == "settled_by_answer"
    (answer,) = marked.facts(facts.SchoolAnswer)
    assert (answer.criterion, answer.stated, answer.stands, answer.why) == ("1", "0", "1", "письмо 15")
    assert refused(marked.run("discrepancies", "close", FORM, "--why", "x"), NotSettledByHand)
    assert marked.run("discrepancies", "undo", FORM, "--why", "не то письмо").status == Exit.DONE
    assert rows(marked)[name(FORM)]["state"] == "open"
    assert marked.run("forms", "settle", NUMBER, "1", "--why", "письмо 16").status == Exit.DONE
    assert rows(marked)[name(FORM)]["state"] == "settled_by_answer"
    told = marked.run("discrepancies", "show", FORM).out
    assert all(why in told for why in ("письмо 15", "не то письмо", "письмо 16"))


def test_what_changes_after_it_was_settled_is_open_again(marked: Desk) -> None:
    """A correction of an earlier marking reopens it and tells who had settled it; back as it was, it is settled."""
    before = scores(marked)
    assert marked.run("discrepancies", "close", FAR, "--why", "протокол 5", who=EDITOR).status == Exit.DONE
    assert rows(marked)[name(FAR)]["state"] == "settled_by_person"
    assert scores(marked) == before
    marked.run("discrepancies", "close", FORM, "--why", "письмо 15")
    assert rows(marked)[name(FAR)]["state"] == "settled_by_person"
    marked.add(facts.Score(marked.work(11), 1, "5К2", 1, 1, "review", "", "единица"))
    assert rows(marked)[name(FAR)]["state"] == "open_again"
    assert "after Орлова В. П. settled it" in marked.run("discrepancies", "show", FAR).out
    marked.add(facts.Score(marked.work(11), 1, "5К2", 2, 0, "review", "", "всё же 0"))
    assert rows(marked)[name(FAR)]["state"] == "settled_by_person"


def test_a_word_is_taken_back_by_another_fact(marked: Desk) -> None:
    """And there is nothing to take back where nobody said anything that stands."""
    assert refused(marked.run("discrepancies", "undo", WAITS, "--why", "x"), NothingToTakeBack)
    marked.run("discrepancies", "note", WAITS, "--looking", "--why", "методист")
    assert marked.run("discrepancies", "undo", WAITS, "--why", "не та работа").status == Exit.DONE
    assert rows(marked)[name(WAITS)]["state"] == "open"
    assert [n.act for n in marked.facts(facts.DiscrepancyNote)] == ["looking", "taken_back"]
    assert refused(marked.run("discrepancies", "undo", WAITS, "--why", "x"), NothingToTakeBack)


def test_the_report_tells_cause_and_state(marked: Desk) -> None:
    """In the workbook that methodists get."""
    import openpyxl

    marked.run("discrepancies", "note", FORM, "--asked", "--why", "письмо 14", who=EDITOR)
    assert marked.run("report").status == Exit.DONE
    sheet = openpyxl.load_workbook(marked.station().out / "reports" / "discrepancies.xlsx").worksheets[0]
    cells = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    header = next(row for row in cells if row[0] == "№")
    (form,) = [dict(zip(header, row, strict=True)) for row in cells if "форма школы" in row]
    assert form["Вероятная причина и что за неё говорит"] == "описка: 1 - соседняя клавиша"
    step, said = form["Что дальше"].split("\n")
    assert (step, said.startswith(f"спросили: {EDITOR}, ")) == ("спросить школу или исправить принятый балл", True)


def test_a_note_says_one_thing_and_on_what_it_rests(marked: Desk) -> None:
    """Asked and being looked at are two notes; blank words are no reason."""
    one = next(iter(rows(marked)))
    both = marked.run("discrepancies", "note", one, "--asked", "--looking", "--why", "x")
    assert both.status == Exit.USAGE
    assert marked.run("discrepancies", "note", one, "--asked", "--why", " ").status == Exit.USAGE
    assert marked.facts(facts.DiscrepancyNote) == []
