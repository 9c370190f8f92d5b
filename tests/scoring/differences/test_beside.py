"""Journal marks and schools' own markings are followed as any other difference; what is sealed stays sealed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.release import NotReleased
from tests.scoring.forms.test_commands import NUMBERS, marked, refused
from tests.stations import Desk

__all__ = ["marked"]  # a fixture
EDITOR = "Орлова В. П."


def shown(number: str) -> str:
    return f"{number[:-1]}-{number[-1]}"


FIRST, SECOND = shown(NUMBERS[11]), shown(NUMBERS[12])  # 6 points with an X, mark 3; 8 points, mark 4


def rows(desk: Desk, *options: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(desk.run("discrepancies", "list", "--json", *options).out)}


def taken_in(desk: Desk, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    ended = desk.run("marks", "import", str(path))
    assert ended.status == Exit.DONE, ended.err


# --- journal marks -------------------------------------------------------------------------------


@pytest.fixture
def journals(marked: Desk, tmp_path: Path) -> Desk:
    """The journal says 5 of the first and 2 of the second."""
    taken_in(marked, tmp_path / "m.csv", "participant;journal\n00017;5\n00018;2\n")
    return marked


JOURNAL = f"{SECOND}/journal"


def test_a_journal_s_difference_has_size_cause_evidence_step_and_history(journals: Desk) -> None:
    """As any other; its file is what speaks for it."""
    found = rows(journals, "--kind", "journal")
    assert {name: (row["size"], row["cause"], row["state"]) for name, row in found.items()} == {
        f"{FIRST}/journal": (2, "other_measure", "open"),
        JOURNAL: (2, "other_measure", "open"),
    }
    told = journals.run("--lang", "ru", "discrepancies", "show", JOURNAL).out
    for words in (
        "отметка по журналу, размер 2",
        "отметка по журналу: отметка 2",
        "Чем подтверждается: файл M001",
        "Что дальше: посмотреть работу и записать вывод",
        "отметка по журналу пришла в файле M001",
    ):
        assert words in told, told


def test_a_journal_s_difference_is_noted_settled_and_opened_again(journals: Desk) -> None:
    """Settled for just this mark: another one opens it, and the same one settles it again."""
    run = journals.run
    assert run("discrepancies", "note", JOURNAL, "--asked", "--why", "письмо 3", who=EDITOR).status == Exit.DONE
    assert rows(journals, "--kind", "journal")[JOURNAL]["state"] == "asked"
    assert run("discrepancies", "close", JOURNAL, "--why", "акт 5", who=EDITOR).status == Exit.DONE
    assert rows(journals, "--kind", "journal")[JOURNAL]["state"] == "settled_by_person"
    journals.add(facts.Score(journals.work(12), 1, "4", 1, 2, "review", "", "двойка"))
    journals.add(facts.Score(journals.work(12), 2, "4", 1, 2, "review", "", "двойка"))
    told = rows(journals, "--kind", "journal")
    assert told[JOURNAL]["state"] == "open_again"


def test_the_mark_itself_never_stands_in_the_ledger(journals: Desk) -> None:
    """Nor whose it is: a mark that differs from a 4 is a 2, so a note tells neither values nor the work."""
    for name in (JOURNAL, f"{FIRST}/journal"):
        journals.run("discrepancies", "close", name, "--why", "акт 5")
    said = journals.facts(facts.DiscrepancyNote)
    assert [len(note.found) for note in said] == [24, 24]
    assert len({note.found for note in said} | {note.work for note in said}) == 4
    with journals.station().ledger.reading() as connection:
        assert not {note.work for note in said} & set(queries.numbered_works(connection))


def test_without_the_key_no_journal_is_listed(journals: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the list nor by name; the list says where they are, and what is opened is recorded."""
    before = len(journals.facts(facts.Opening))
    assert not any(name.endswith("journal") for name in rows(journals))
    assert "--kind journal" in journals.run("discrepancies", "list").out
    assert len(journals.facts(facts.Opening)) == before
    rows(journals, "--kind", "journal")
    with journals.station().ledger.reading() as connection:
        purposes = {row["purpose"] for row in queries.signed_rows(connection, facts.Opening)[before:]}
    assert "publish" in purposes
    monkeypatch.setenv("CROSSCHECK_COORDINATOR_PASSPHRASE", "не тот")
    for words in (("list", "--kind", "journal"), ("show", JOURNAL), ("close", JOURNAL, "--why", "w")):
        assert journals.run("discrepancies", *words).status != Exit.DONE
    assert journals.facts(facts.DiscrepancyNote) == []


def test_journals_wait_for_release(desk: Desk) -> None:
    """They say something of participants, as results do."""
    assert refused(desk.run("discrepancies", "list", "--kind", "journal"), NotReleased)


def test_the_published_list_tells_what_people_said_of_a_journal(journals: Desk) -> None:
    """The state in the list and in the published report is the same one."""
    journals.run("discrepancies", "close", JOURNAL, "--why", "акт 5", who=EDITOR)
    assert journals.run("publish", "--format", "json").status == Exit.DONE
    report = (journals.station().out / "results" / "discrepancies.json").read_text("utf-8")
    assert "акт 5" in report
    assert "00018" in report


# --- a school's own marking ----------------------------------------------------------------------


def test_what_a_school_gave_itself_becomes_a_difference(marked: Desk, tmp_path: Path) -> None:
    """Import, facts, difference with size, cause, state and history; what is right makes none."""
    text = "participant;own 1;own 2;own 5К1\n00017;0;2;X\n00018;0;1;2\n"
    taken_in(marked, tmp_path / "own.csv", text)
    work = marked.work(11)
    assert [(s.criterion, s.kind, s.points) for s in marked.facts(facts.OwnScore) if s.work == work] == [
        ("1", "points", 0),
        ("2", "points", 2),
        ("5К1", "not_attempted", None),
    ]
    found = {name: row for name, row in rows(marked).items() if name.endswith("own")}
    assert {name: (row["size"], row["cause"], row["state"]) for name, row in found.items()} == {
        f"{FIRST}/1/own": (1, "disagreement", "open"),
        f"{FIRST}/5/own": (0, "disagreement", "open"),
    }
    told = marked.run("--lang", "ru", "discrepancies", "show", f"{FIRST}/1/own").out
    for words in ("проверка школы, размер 1", "проверка школы: 1 - 0; принято 1", "проверка школы: 1: 0 (M001)"):
        assert words in told, told
    assert marked.run("discrepancies", "close", f"{FIRST}/1/own", "--why", "акт 6").status == Exit.DONE
    assert rows(marked)[f"{FIRST}/1/own"]["state"] == "settled_by_person"


def test_a_file_that_is_taken_back_makes_no_difference_any_more(marked: Desk, tmp_path: Path) -> None:
    """What the file before it said of the work stands again, whole."""
    taken_in(marked, tmp_path / "a.csv", "participant;own 1;own 2\n00017;0;2\n")
    taken_in(marked, tmp_path / "b.csv", "participant;own\n00017;9\n")
    assert [name for name in rows(marked) if name.endswith("own")] == [f"{FIRST}/own"]
    assert rows(marked)[f"{FIRST}/own"]["size"] == 3
    assert marked.run("marks", "undo", "M002", "--why", "не та работа").status == Exit.DONE
    assert [name for name in rows(marked) if name.endswith("own")] == [f"{FIRST}/1/own"]
    assert marked.run("marks", "undo", "M001", "--why", "и эта").status == Exit.DONE
    assert [name for name in rows(marked) if name.endswith("own")] == []


def test_the_same_file_again_is_nothing_new(marked: Desk, tmp_path: Path) -> None:
    """And two files of one run that say different things of a work are refused."""
    path = tmp_path / "a.csv"
    taken_in(marked, path, "participant;own 1;own 2\n00017;0;2\n")
    assert "Nothing new." in marked.run("marks", "import", str(path)).out
    (tmp_path / "b.csv").write_text("participant;own 1;own 2\n00017;1;2\n", encoding="utf-8")
    ended = marked.run("marks", "import", str(path), str(tmp_path / "b.csv"))
    assert "school's own marking" in ended.err
    assert len(marked.facts(facts.MarksFile)) == 1


def test_an_own_marking_changes_no_score(marked: Desk, tmp_path: Path) -> None:
    """It is held against what stands, and that is all."""
    before = marked.facts(facts.Score)
    taken_in(marked, tmp_path / "own.csv", "participant;own 1;own 2;own\n00017;0;0;0\n00018;1;2;11\n")
    for name in [one for one in rows(marked) if one.endswith("own")]:
        marked.run("discrepancies", "close", name, "--why", "акт 6")
    assert marked.facts(facts.Score) == before


# --- what is said of it --------------------------------------------------------------------------


def test_a_note_on_what_was_settled_says_so(marked: Desk, tmp_path: Path) -> None:
    """A person's word it opens again; what a rule or an answer settled stays so."""
    taken_in(marked, tmp_path / "own.csv", "participant;own 1\n00017;0\n")
    own, form = f"{FIRST}/1/own", f"{FIRST}/1/form"
    marked.run("discrepancies", "close", own, "--why", "акт 6", who=EDITOR)
    told = marked.run("discrepancies", "note", own, "--looking", "--why", "ещё раз").out
    assert "It was settled (settled: Орлова В. П., " in told
    assert "open again: being looked at" in told
    assert rows(marked)[own]["state"] == "looking"
    marked.add(facts.SchoolScore(marked.work(11), "1", 0, "points", 0))
    marked.run("discrepancies", "close", form, "--why", "письмо 15")
    told = marked.run("discrepancies", "note", form, "--asked", "--why", "письмо 16").out
    assert "It is over, and stays so (settled: what stands is right)" in told
    assert rows(marked)[form]["state"] == "settled_by_answer"


def test_what_is_taken_back_is_named_with_its_day(marked: Desk, tmp_path: Path) -> None:
    """By the command and in the history: which word, whose, and of when; of answers to forms, too."""
    taken_in(marked, tmp_path / "own.csv", "participant;own 1\n00017;0\n")
    own, form = f"{FIRST}/1/own", f"{FIRST}/1/form"
    marked.run("discrepancies", "note", own, "--asked", "--why", "письмо 3", who=EDITOR)
    marked.run("discrepancies", "note", own, "--looking", "--why", "Котов", who="Котов К. К.")
    told = marked.run("discrepancies", "undo", own, "--why", "не та работа").out
    assert "said: taken back (it was: being looked at, " in told
    assert ", Котов К. К.)" in told
    assert "State: asked: Орлова В. П." in told
    shown = marked.run("discrepancies", "show", own).out
    assert "said: taken back (it was: being looked at, " in shown
    marked.run("discrepancies", "undo", own, "--why", "и письмо не то")
    shown = marked.run("discrepancies", "show", own).out
    assert "said: taken back (it was: asked, " in shown
    marked.add(facts.SchoolScore(marked.work(11), "1", 0, "points", 0))
    marked.run("discrepancies", "close", form, "--why", "письмо 15", who=EDITOR)
    told = marked.run("discrepancies", "undo", form, "--why", "не то письмо").out
    assert "the answer to the form was taken back, 1: 1 (it was: 1: 1, " in told
    assert "State: open" in told
