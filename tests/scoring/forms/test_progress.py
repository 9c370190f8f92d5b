"""Where a form is: from facts alone, late ones named, steps taken back by steps."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck import facts
from crosscheck.errors import Exit
from crosscheck.times import at_minute
from scoring.forms.errors import DueTooEarly, NoForms, StepImpossible
from scoring.forms.progress import Done, Journey, State, Step, last_standing
from tests.scoring.forms.test_commands import exported, filled, marked, refused
from tests.stations import Desk

__all__ = ["marked"]  # a fixture
NOON = datetime.datetime(2026, 4, 20, 12, tzinfo=datetime.UTC)
LATER = NOON + datetime.timedelta(hours=1)
OUT = Journey(exported=True, returned=(), steps=(), differing=0, due=None)
BACK = Step(Done.SENT_BACK, 0, "x")


@pytest.mark.parametrize(
    ("journey", "state"),
    [
        (replace(OUT, exported=False), State.NOT_EXPORTED),
        (OUT, State.OUT),
        (replace(OUT, steps=(BACK,)), State.SENT_BACK),
        (replace(OUT, returned=(NOON,)), State.CAME),
        (replace(OUT, returned=(NOON,), steps=(BACK,)), State.CAME),
        (replace(OUT, returned=(NOON,), differing=2), State.DIFFERS),
        (replace(OUT, returned=(NOON,), steps=(Step(Done.SENT_BACK, 1, "x"),)), State.SENT_BACK),
        (replace(OUT, returned=(NOON,), steps=(Step(Done.PASSED_ON, 1, "x"),)), State.PASSED_ON),
        (replace(OUT, returned=(NOON, LATER), steps=(Step(Done.PASSED_ON, 1, "x"),)), State.CHANGED),
        (replace(OUT, returned=(NOON,), steps=(Step(Done.PASSED_ON, 1, "x"), Step(Done.UNDONE, 1, "y"))), State.CAME),
    ],
)
def test_where_a_form_is(journey: Journey, state: State) -> None:
    """What came after a step is newer than it."""
    assert journey.state is state


def test_what_is_late() -> None:
    """Not here when it is due, or first here after that; without a date nothing is late."""
    due = replace(OUT, due=NOON)
    assert [due.is_late(now) for now in (NOON, LATER)] == [False, True]
    assert not OUT.is_late(LATER)
    assert [replace(due, returned=came).is_late(LATER) for came in ((NOON,), (LATER,), (NOON, LATER))] == [
        False, True, False,
    ]  # fmt: skip
    assert replace(due, returned=(NOON,), steps=(Step(Done.SENT_BACK, 1, "x"),)).is_late(LATER)


@given(st.lists(st.sampled_from([Done.SENT_BACK, Done.PASSED_ON])), st.data())
def test_undoing_a_step_leaves_what_stood_before(done: list[Done], data: st.DataObject) -> None:
    """Wherever a step and its undoing stand, the last one that counts is the same as without both."""
    steps = [Step(one, n, "") for n, one in enumerate(done)]
    at = data.draw(st.integers(0, len(steps)))
    both = [Step(Done.PASSED_ON, 99, ""), Step(Done.UNDONE, 99, "")]
    assert last_standing([*steps[:at], *both, *steps[at:]]) == last_standing(steps)


# --- at the desk ---------------------------------------------------------------------------------


def states(desk: Desk, *options: str) -> dict[str, tuple[str, bool]]:
    rows = json.loads(desk.run("forms", "list", "--json", *options).out)
    return {row["school"]: (row["state"], row["late"]) for row in rows}


def test_a_form_goes_out_comes_back_goes_back_and_is_passed_on(marked: Desk, tmp_path: Path) -> None:
    """Each step with who and why; one that differs can't be passed on."""
    folder = exported(marked, tmp_path)
    assert states(marked)["7"] == ("out_with_school", False)
    marked.run("forms", "import", str(filled(folder, cells={"D14": 0})))
    assert states(marked)["7"] == ("differs", False)
    assert refused(marked.run("forms", "pass-on", "7", "5А", "--to", "регион"), StepImpossible, "5А")
    assert marked.run("forms", "send-back", "7", "5 а", "--why", "балл 1 в D14").status == Exit.DONE
    assert states(marked)["7"] == ("sent_back", False)
    marked.run("forms", "import", str(filled(folder)))
    assert states(marked)["7"] == ("came", False)
    ended = marked.run("forms", "pass-on", "--to", "регион, письмо 31", who="Орлова В. П.")
    assert (ended.status, "Passed on: 1; not yet: 2." in ended.out) == (Exit.PERSON_NEEDED, True)
    assert states(marked, "--state", "passed_on") == {"7": ("passed_on", False)}
    marked.run("forms", "import", str(filled(folder, cells={"K14": "ж"})))
    assert states(marked)["7"] == ("changed_since", False)
    assert [(one.step, one.returns) for one in marked.facts(facts.FormStep)] == [("sent_back", 1), ("passed_on", 2)]
    assert marked.run("ledger", "verify").status == Exit.DONE


def test_a_form_that_was_sent_back_and_comes_again_unchanged_has_come(marked: Desk, tmp_path: Path) -> None:
    """The school stands by what it said: once more the form is at the district; a third time is nothing new."""
    form = str(filled(exported(marked, tmp_path)))
    marked.run("forms", "import", form)
    marked.run("forms", "send-back", "7", "5А", "--why", "проверьте отметки")
    assert states(marked)["7"] == ("sent_back", False)
    marked.run("forms", "import", form)
    assert states(marked)["7"] == ("came", False)
    assert "Nothing new." in marked.run("forms", "import", form).out
    assert marked.run("ledger", "verify").status == Exit.DONE


def test_a_step_is_taken_back_by_a_step(marked: Desk, tmp_path: Path) -> None:
    """There must be one; and a form that never went out can't be sent back."""
    assert refused(marked.run("forms", "undo", "7", "5А", "--why", "x"), StepImpossible)
    assert refused(marked.run("forms", "send-back", "7", "5А", "--why", "x"), StepImpossible)
    exported(marked, tmp_path)
    marked.run("forms", "send-back", "7", "5А", "--why", "x")
    assert marked.run("forms", "undo", "7", "5А", "--why", "не та школа").status == Exit.DONE
    assert states(marked)["7"] == ("out_with_school", False)
    assert [one.step for one in marked.facts(facts.FormStep)] == ["sent_back", "undone"]
    for words in (("99", "5А"), ("7", "9Я")):
        assert refused(marked.run("forms", "undo", *words, "--why", "x"), NoForms)


def test_late_forms_are_named(marked: Desk, tmp_path: Path) -> None:
    """One date for all, another for a school; what is recorded says nothing of which school."""
    exported(marked, tmp_path)
    assert marked.run("forms", "due", "20.04.2026 18:00").status == Exit.DONE
    assert marked.run("forms", "due", "2099-01-01", "--school", "12", "--why", "карантин").status == Exit.DONE
    assert states(marked) == {
        "7": ("out_with_school", True),
        "12": ("out_with_school", False),
        "19": ("out_with_school", True),
    }
    assert set(states(marked, "--late")) == {"7", "19"}
    assert marked.run("forms", "list", "--late", "--state", "came").out.strip() == "No such form."
    said = [(one.subject, one.why) for one in marked.facts(facts.FormsDue)]
    assert said[0] == ("", "")
    assert len(said[1][0]) == 8


@pytest.mark.parametrize("when", ["01.01.1900", "13.04.2026 18:00"])
def test_a_date_before_the_day_of_the_procedure_is_refused(marked: Desk, when: str) -> None:
    """The work was not written yet; nothing is recorded."""
    assert refused(marked.run("forms", "due", when), DueTooEarly, when[:10], "14.04.2026")
    assert marked.facts(facts.FormsDue) == []
    assert marked.run("forms", "due", "14.04.2026").status == Exit.DONE


@pytest.mark.parametrize("words", [("forms", "due", "31.02.2026"), ("forms", "due", "завтра")])
def test_a_day_that_is_none_is_refused_in_the_readers_language(marked: Desk, words: tuple[str, ...]) -> None:
    """With an example of how days are written."""
    ended = marked.run("--lang", "ru", *words)
    assert (ended.status, "20.04.2026 18:30" in ended.err, "такого дня нет" in ended.err) == (Exit.USAGE, True, True)
    assert "format" not in ended.err


def test_times_are_local_for_people_and_utc_for_programs(marked: Desk, tmp_path: Path) -> None:
    """The list that an organiser reads has no +00:00 in it."""
    exported(marked, tmp_path)
    exported_at = json.loads(marked.run("forms", "list", "--json").out)[0]["exported"]
    assert exported_at.endswith("+00:00")
    told = marked.run("forms", "list").out
    assert (at_minute(exported_at) in told, "+00:00" in told) == (True, False)
