"""`crosscheck appeal`: in time, by people without conflicts, with every reason; earlier values stay."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pypdf
import pytest

from crosscheck import damm, facts, safe
from crosscheck.appeal_rules import last_day
from crosscheck.errors import Exit
from crosscheck.keys import Holder, unlock
from crosscheck.model import AnonymousNumber
from crosscheck.numbering import spaced
from crosscheck.vault import Purpose, RecordKind
from drill.assessment import toml
from scoring.appeals import commands, decision_commands
from scoring.appeals.effects import Change, Measure, Scope
from scoring.appeals.errors import (
    CannotSit,
    DecidedAppeal,
    GrantedChangesNothing,
    GroundRefused,
    MarkedSeeing,
    MarkFirst,
    MemberUnclear,
    NoQuorum,
    NoSuchAppeal,
    NotAskedFor,
    NotDecided,
    NotThatDay,
    NotToMark,
    OpenAppealExists,
    PanelReadIt,
    ReasonsMissing,
    TooLate,
    UnknownAppeal,
    UnknownSchool,
)
from scoring.settle import NoSuchCriterion
from tests import factories
from tests.stations import PHRASES, Desk, Ended, district

NUMBERS = {form: damm.closed(f"{form}3291") for form in (11, 12, 13, 14)}
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
TODAY = datetime.date.today()
PANEL = ("--size", "5", "--chair", "Седова С. С.=12", "--member", "Котов К. К.=-")


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


def expert_codes(desk: Desk) -> dict[str, str]:
    """Opaque codes of experts by name: their order is another one in each ledger."""
    station = desk.station()
    key = unlock(station.keys, Holder.COORDINATOR, PHRASES["COORDINATOR"])
    names = safe.open_json(station, RecordKind.EXPERT_NAME, Purpose.PRINT, key, "test")
    return {row["name"]: code for code, row in names.items()}


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """Four works marked twice alike by e2 and e3; results are released."""
    codes = expert_codes(desk)
    for form, number in NUMBERS.items():
        work = desk.work(form)
        for marking, expert in ((1, "Сидорова В. В."), (2, "Петров Б. Б.")):
            desk.add(facts.Number(work, marking, number if marking == 1 else damm.closed(f"{form}4444")))
            desk.add(facts.Assignment(work, marking, codes[expert], "A", ""))
            given = zip(CRITERIA, (1, 2, form % 3, 3, 1, 0), strict=True)
            desk.add(*(facts.Score(work, marking, c, 0, p, "reading", "", "") for c, p in given))
    assert desk.run("release", "--partial", "--why", "протокол 4").status == Exit.DONE
    return desk


def with_rules(desk: Desk, tmp_path: Path, rules: str) -> None:
    """The same procedure with other rules of appeals, released."""
    folder = district(tmp_path / "rules")
    (folder / "procedure.toml").write_text(toml(factories.procedure()) + f"\n[appeals]\n{rules}\n", encoding="utf-8")
    assert desk.run("register", str(folder)).status == Exit.DONE
    assert desk.run("release", "--partial", "--why", "протокол 5").status == Exit.DONE


def file(desk: Desk, *more: str, form: int = 11) -> Ended:
    return desk.run("appeal", "file", NUMBERS[form], "--ground", "задание 3", *more)


def decide(desk: Desk, *more: str, outcome: str = "marking") -> Ended:
    return desk.run("appeal", "decide", "AP001", "--outcome", outcome, "--reason", "протокол 2", *more, who="Секретарь")


def points(desk: Desk) -> dict[str, list[tuple[int, int | None]]]:
    """Every score ever recorded of the first work, by criterion."""
    found: dict[str, list[tuple[int, int | None]]] = {}
    for score in desk.facts(facts.Score):
        if score.work == desk.work(11):
            found.setdefault(score.criterion, []).append((score.marking, score.points))
    return found


# --- in time -------------------------------------------------------------------------------------


def released_before(monkeypatch: pytest.MonkeyPatch, days: int) -> datetime.date:
    """Results were announced so many days ago."""
    day = TODAY - datetime.timedelta(days=days)
    monkeypatch.setattr(commands, "announced", lambda _connection: day)
    return day


def test_an_appeal_that_comes_too_late_is_refused_unless_somebody_says_why(
    marked: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two working days after results; the reason is kept with the appeal."""
    day = released_before(monkeypatch, 10)
    last = last_day(day, 2, frozenset())
    assert refused(file(marked), TooLate, str(last))
    assert marked.facts(facts.Appeal) == []
    assert file(marked, "--filed", last.isoformat()).status == Exit.DONE
    assert marked.facts(facts.AppealFiling)[0].late == ""
    assert file(marked, "--late-because", "почта задержалась", form=12).status == Exit.DONE
    assert marked.facts(facts.AppealFiling)[1].late == "почта задержалась"


def test_a_day_that_cannot_be_is_refused(marked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tomorrow, or the day before results were announced."""
    released_before(monkeypatch, 1)
    assert refused(file(marked, "--filed", (TODAY + datetime.timedelta(days=1)).isoformat()), NotThatDay)
    assert refused(file(marked, "--filed", (TODAY - datetime.timedelta(days=2)).isoformat()), NotThatDay)


def test_a_decision_has_its_deadline_too(marked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four working days after it came in; not before it came in either."""
    released_before(monkeypatch, 30)
    filed = TODAY - datetime.timedelta(days=20)
    file(marked, "--filed", filed.isoformat(), "--late-because", "x")
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert refused(decide(marked, outcome="rejected"), TooLate)
    assert refused(decide(marked, "--met", (filed - datetime.timedelta(days=1)).isoformat()), NotThatDay)
    assert decide(marked, "--late-because", "болезнь", outcome="rejected").status == Exit.DONE
    (protocol,) = marked.facts(facts.AppealProtocol)
    assert (protocol.met, protocol.late) == (TODAY.isoformat(), "болезнь")


@pytest.mark.parametrize("kind", ["contents", "keys", "own_breach", "form_filled"])
def test_grounds_that_no_panel_looks_into_are_refused(marked: Desk, kind: str) -> None:
    """With the ground in words, and nothing recorded."""
    assert refused(file(marked, "--kind", kind), GroundRefused)
    assert marked.facts(facts.Appeal) == []


def test_an_appeal_names_criteria_that_there_are(marked: Desk) -> None:
    """Another one is refused; the right ones are kept."""
    assert refused(file(marked, "--criterion", "9"), NoSuchCriterion)
    assert file(marked, "--criterion", "3", "--criterion", "4").status == Exit.DONE
    assert json.loads(marked.facts(facts.AppealFiling)[0].criteria) == ["3", "4"]


def test_a_withdrawn_appeal_changes_nothing_and_makes_room_for_another(marked: Desk) -> None:
    """It can't be decided any more; the work may be appealed again."""
    file(marked)
    before = points(marked)
    assert marked.run("appeal", "withdraw", "AP001", "--why", "письмо школы").status == Exit.DONE
    assert refused(decide(marked, outcome="rejected"), NoSuchAppeal)
    assert refused(marked.run("appeal", "withdraw", "AP001", "--why", "x"), NoSuchAppeal)
    assert file(marked).out.strip() == "AP002"
    assert refused(file(marked), OpenAppealExists, "AP002")
    assert points(marked) == before
    (first, _second) = json.loads(marked.run("appeal", "list", "--json").out)
    assert (first["state"], first["reason"]) == ("recalled", "письмо школы")


# --- the panel -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("Котов К. К.=7", "works in the school"),
        ("Котов К. К.=12,7", "works in the school"),
        ("Котов К. К.=школа 7", "works in the school"),
        ("Котов К. К.=12;№07", "works in the school"),
        ("В. В. Сидорова=-", "Сидорова В. В."),
        ("Сидорова В. В.=19", "has marked the work"),
        ("Петрова А. И.=-", "organised the check"),
        ("Седова С. С.=-", "named twice"),
    ],
)
def test_nobody_with_a_conflict_sits(marked: Desk, member: str, words: str) -> None:
    """Own school, reader of the work by the sealed list of names, organiser: refused by name, nothing recorded."""
    file(marked)
    ended = marked.run("appeal", "panel", "AP001", "--size", "5", "--chair", "Седова С. С.=12", "--member", member)
    assert refused(ended, CannotSit, words, member.partition("=")[0])
    assert marked.facts(facts.AppealPanel) == []


def test_a_school_of_a_member_that_nobody_knows_is_refused_by_its_name(marked: Desk) -> None:
    """It may be the one of the work."""
    file(marked)
    chair = ("--chair", "Седова С. С.=12,77")
    assert refused(marked.run("appeal", "panel", "AP001", "--size", "1", *chair), UnknownSchool, "77")
    assert marked.facts(facts.AppealPanel) == []


def test_an_expert_who_read_other_works_may_sit(marked: Desk) -> None:
    """Иванова of school 7 marked nothing of school 12: the work of form 13."""
    file(marked, form=13)
    ended = marked.run("appeal", "panel", "AP001", "--size", "1", "--chair", "Иванова А. А.=7")
    assert ended.status == Exit.DONE
    assert {opening.part for opening in marked.facts(facts.Opening) if opening.purpose in ("appeal", "conflicts")} == {
        "origin",
        "person",
    }


def test_a_member_without_a_school_is_not_understood(marked: Desk) -> None:
    """The school is asked for, or a dash."""
    file(marked)
    assert refused(marked.run("appeal", "panel", "AP001", "--size", "5", "--chair", "Седова С. С."), MemberUnclear)
    assert marked.run("appeal", "panel", "AP001", "--size", "1", *PANEL[2:]).status == Exit.USAGE


def test_without_a_quorum_nothing_is_decided(marked: Desk) -> None:
    """No panel at all; two of seven."""
    file(marked)
    assert refused(decide(marked, outcome="rejected"), NoQuorum, "0 of 0")
    marked.run("appeal", "panel", "AP001", "--size", "7", *PANEL[2:])
    assert refused(decide(marked, outcome="rejected"), NoQuorum, "2 of 7")
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert decide(marked, outcome="rejected").status == Exit.DONE


def test_votes_have_to_carry_the_decision(marked: Desk) -> None:
    """A tie needs the chair's voice; more votes than members are refused."""
    file(marked)
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert refused(decide(marked, "--for", "1", "--against", "1"), NotDecided)
    assert refused(decide(marked, "--for", "2", "--against", "1"), NotDecided)
    assert refused(decide(marked, "--for", "1", "--against", "1", "--chair-voted", "against"), NotDecided)
    assert refused(decide(marked, "--against", "2"), NotDecided)
    assert decide(marked, "--for", "1", "--against", "1", "--chair-voted", "for", "--points", "3=0").status == Exit.DONE
    (protocol,) = marked.facts(facts.AppealProtocol)
    assert (protocol.votes_for, protocol.votes_against, protocol.tie) == (1, 1, "for")


def test_the_chair_s_voice_is_recorded_at_even_votes_alone(marked: Desk) -> None:
    """Otherwise the protocol would say that votes were even."""
    file(marked)
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert decide(marked, "--for", "2", "--chair-voted", "for", "--points", "3=0").status == Exit.DONE
    (protocol,) = marked.facts(facts.AppealProtocol)
    assert protocol.tie == ""


def test_a_panel_that_marks_blind_sees_points_only_afterwards(marked: Desk, tmp_path: Path) -> None:
    """Until it has marked every criterion in question, nothing is shown and nothing can be decided."""
    with_rules(marked, tmp_path, 'marking = "blind"')
    file(marked, "--criterion", "3", "--criterion", "4")
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert "3: …" in marked.run("appeal", "show", "AP001").out
    assert refused(decide(marked, "--points", "3=1"), MarkFirst, "3, 4")
    assert "4" in marked.run("appeal", "mark", "AP001", "3=1").out
    assert refused(marked.run("appeal", "mark", "AP001", "3=0"), MarkedSeeing, "3")
    assert "3: …" in marked.run("appeal", "show", "AP001").out
    assert marked.run("appeal", "mark", "AP001", "4=X").status == Exit.DONE
    told = marked.run("appeal", "show", "AP001").out
    assert "3: 2; the panel gave 1 (blind)" in told
    assert "4: 3; the panel gave X (blind)" in told
    before = points(marked)
    assert decide(marked, "--points", "3=1").status == Exit.DONE
    assert before["3"] == points(marked)["3"][:-1]


def test_a_panel_marks_what_the_appeal_is_about_and_nothing_else(marked: Desk) -> None:
    """Points of another criterion are refused, and nothing is recorded of the others either."""
    file(marked, "--criterion", "3")
    assert refused(marked.run("appeal", "mark", "AP001", "3=1", "4=1"), NotToMark, "4", "it is about 3")
    assert marked.facts(facts.AppealMark) == []
    assert "still to be marked: —" in marked.run("appeal", "mark", "AP001", "3=1").out


def test_a_procedure_may_have_all_of_the_work_marked_again(marked: Desk, tmp_path: Path) -> None:
    """Blind, all of it is hidden and asked for; what the appeal isn't about still changes with its own reason alone."""
    with_rules(marked, tmp_path, 'marking = "blind"\nwhole_work = true')
    file(marked, "--criterion", "3")
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert "5К2: …" in marked.run("appeal", "show", "AP001").out
    assert "1, 2, 4, 5К1, 5К2" in marked.run("appeal", "mark", "AP001", "3=1").out
    assert refused(decide(marked, "--points", "3=1"), MarkFirst, "1, 2, 4, 5К1, 5К2")
    rest = [f"{criterion}=0" for criterion in CRITERIA if criterion != "3"]
    assert marked.run("appeal", "mark", "AP001", *rest).status == Exit.DONE
    assert refused(decide(marked, "--points", "3=1", "--points", "4=0"), NotAskedFor, "4")
    assert decide(marked, "--points", "3=1").status == Exit.DONE


def test_whoever_keyed_points_decides_under_no_other_spelling(marked: Desk) -> None:
    """Written out in full where the points were signed with initials; the other name is said."""
    marked.add(facts.Score(marked.work(11), 1, "3", 1, 1, "entry", "", "опечатка"))  # signed by "tester"
    file(marked)
    marked.run("appeal", "panel", "AP001", *PANEL)
    decision = ("appeal", "decide", "AP001", "--outcome", "rejected", "--reason", "протокол 2")
    assert refused(marked.run(*decision, who="Tester T."), PanelReadIt, "Tester T.", "tester")
    assert marked.run(*decision, who="Секретарь").status == Exit.DONE


def test_what_a_panel_marks_changes_nothing_by_itself(marked: Desk) -> None:
    """Sighted, it may be recorded anew; points change by a decision alone."""
    file(marked)
    before = points(marked)
    marked.run("appeal", "mark", "AP001", "3=1")
    assert marked.run("appeal", "mark", "AP001", "3=0").status == Exit.DONE
    assert points(marked) == before
    assert "the panel gave 0 (sighted)" in marked.run("appeal", "show", "AP001").out


# --- decided -------------------------------------------------------------------------------------


def decided(desk: Desk) -> None:
    file(desk)
    desk.run("appeal", "panel", "AP001", *PANEL)
    ended = decide(
        desk,
        *("--points", "3=0", "--points", "5К2=1", "--because", "3=ответ без единиц"),
        *("--recommend", "обсудить задание 3 на РМО"),
    )
    assert ended.status == Exit.DONE, ended.err


def test_a_decision_says_what_was_what_is_and_why(marked: Desk) -> None:
    """Criterion by criterion, up and down; what experts gave stays to be seen."""
    decided(marked)
    assert [(c.criterion, c.before, c.after, c.why) for c in marked.facts(facts.AppealChange)] == [
        ("3", "2", "0", "ответ без единиц"),
        ("5К2", "0", "1", "протокол 2"),
    ]
    assert points(marked)["3"] == [(1, 2), (2, 2), (30, 0)]
    told = marked.run("--lang", "ru", "appeal", "show", "AP001").out
    for words in ("Седова С. С., Котов К. К.; присутствуют 2 из 5", "было 2, стало 0: ответ без единиц", "на РМО"):
        assert words in told


@pytest.mark.parametrize("outcome", ["marking", "technical"])
def test_an_appeal_that_is_granted_changes_points(marked: Desk, outcome: str) -> None:
    """E3137: without points, or with those that stand, it would be final and change nothing."""
    file(marked)
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert GrantedChangesNothing.number == 3137
    assert refused(decide(marked, outcome=outcome), GrantedChangesNothing)
    assert refused(decide(marked, "--points", "3=2", outcome=outcome), GrantedChangesNothing)
    assert marked.facts(facts.AppealDecision) == []
    assert decide(marked, "--points", "3=2", "--points", "4=2", outcome=outcome).status == Exit.DONE


def test_what_nobody_appealed_against_changes_with_a_reason_of_its_own_and_is_shown(marked: Desk) -> None:
    """Said when it is decided, and whenever the appeal is looked at; a Latin K is the same criterion."""
    file(marked, "--criterion", "3")
    marked.run("appeal", "panel", "AP001", *PANEL)
    both = ("--points", "3=0", "--points", "5K2=1")
    assert refused(decide(marked, *both), NotAskedFor, "5К2")
    assert marked.facts(facts.AppealDecision) == []
    ended = decide(marked, *both, "--because", "5K2=второй критерий тоже")
    assert ended.out.splitlines() == ["3: 2 became 0: протокол 2", "5К2: 0 became 1: второй критерий тоже"]
    told = marked.run("appeal", "show", "AP001").out
    assert "2 became 0: протокол 2" in told
    assert "0 became 1: второй критерий тоже" in told
    assert "4: " not in told


def test_the_list_names_works_and_days_as_people_do(marked: Desk) -> None:
    """A number of the work, never its inner name; days as on paper. Programs read ISO dates."""
    file(marked)
    listed = marked.run("appeal", "list").out
    assert marked.work(11) not in listed
    assert spaced(AnonymousNumber(NUMBERS[11])) in listed
    assert f"{TODAY:%d.%m.%Y}" in listed
    (row,) = json.loads(marked.run("appeal", "list", "--json").out)
    assert (row["work"], row["filed"]) == (spaced(AnonymousNumber(NUMBERS[11])), TODAY.isoformat())


def test_the_one_list_of_differences_knows_what_an_appeal_decided(marked: Desk) -> None:
    """It stands against the form: the list has the decided points, and the step says that an appeal decided."""
    work = marked.work(11)
    marked.add(facts.Score(work, 2, "3", 1, 1, "review", "", "единица"), facts.SchoolScore(work, "3", 0, "points", 2))
    decided(marked)
    rows = {r["name"].split("/", 1)[1]: r for r in json.loads(marked.run("discrepancies", "list", "--json").out)}
    assert (rows["3/experts"]["next_step"], rows["3/experts"]["state"]) == ("appeal", "settled_by_appeal")
    assert rows["3/form"]["values"] == "3:2/0"


def test_reasons_belong_to_points_that_change(marked: Desk) -> None:
    """A reason without points, points twice, no reason at all."""
    file(marked)
    marked.run("appeal", "panel", "AP001", *PANEL)
    assert refused(decide(marked, "--points", "3=0", "--because", "4=x"), ReasonsMissing)
    assert refused(decide(marked, "--points", "3=0", "--points", "3=1"), ReasonsMissing)
    assert refused(decide(marked, "--points", "3=0", "--because", "3="), ReasonsMissing)
    assert marked.facts(facts.AppealDecision) == []


def test_the_effect_names_every_figure_before_and_after(marked: Desk) -> None:
    """Of the work and the groups it is in; groups of fewer than five are withheld."""
    file(marked)
    assert refused(marked.run("appeal", "effect", "AP001"), DecidedAppeal, "it is not decided")
    assert refused(marked.run("appeal", "effect", "AP009"), UnknownAppeal, "AP009")
    assert refused(marked.run("appeal", "show", "AP009"), UnknownAppeal, "AP009")
    marked.run("appeal", "withdraw", "AP001", "--why", "x")
    assert file(marked).out.strip() == "AP002"
    marked.run("appeal", "panel", "AP002", *PANEL)
    ended = marked.run("appeal", "decide", "AP002", "--outcome", "marking", "--reason", "r", "--points", "3=0", who="С")
    assert ended.status == Exit.DONE
    rows = json.loads(marked.run("appeal", "effect", "AP002", "--json").out)
    changed = {(r["scope"], r["measure"], r["of"]): (r["before"], r["after"]) for r in rows if r["changed"]}
    assert changed == {
        ("work", "points", "3"): (2, 0),
        ("work", "total", ""): (9, 7),
    }
    withheld = {(r["scope"], r["before"]) for r in rows if r["scope"] != "work"}
    assert withheld == {("class_set", None), ("school", None), ("district", None)}
    told = marked.run("--lang", "ru", "appeal", "effect", "AP002").out
    assert "работа" in told
    assert "Согласованность и строгость" in told
    assert "Недостаточно данных: величины групп, где работ меньше 5, не приводятся." in told


@pytest.mark.parametrize(
    ("measure", "before", "after", "told"),
    [
        (Measure.MEAN, 9.0, 8.5, ("9,00", "8,50")),
        (Measure.MEAN, 12.0003, 12.0, ("12,0003", "12,0000")),
        (Measure.TASK_SHARE, 0.5, 0.25, ("50,0 %", "25,0 %")),
        (Measure.WORK_SHARE, 0.72451, 0.7245, ("72,451 %", "72,450 %")),
        (Measure.TOTAL, 9.0, 7.0, ("9", "7")),
        (Measure.MARK, None, 4.0, ("—", "4")),
    ],
)
def test_figures_of_an_effect_look_as_in_reports(
    measure: Measure, before: float | None, after: float, told: tuple[str, str]
) -> None:
    """With a comma, and as many places as it takes to see the difference; whole numbers have none."""
    assert decision_commands._figures(Change(Scope.DISTRICT, measure, "", before, after)) == told


def test_the_protocol_on_paper_says_all_that_is_recorded(marked: Desk) -> None:
    """Panel, votes, points before and after with reasons, recommendation; a withdrawn appeal has none."""
    decided(marked)
    file(marked, form=12)
    marked.run("appeal", "withdraw", "AP002", "--why", "x")
    assert marked.run("paper", "make", "appeal-decision").status == Exit.DONE
    (path,) = (marked.station().out / "papers").rglob("appeal-decision*.pdf")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    for words in (
        "AP001",
        "Седова С. С.",
        "Котов К. К.",
        "2 из 5",
        f"{TODAY:%d.%m.%Y}",
        "ответ без единиц",
        "обсудить задание 3 на РМО",
        "Голосов за решение: 2, против: 0",
    ):
        assert words in text, (words, text)
    assert "AP002" not in text


# --- accounts from outside, after release --------------------------------------------------------


def test_a_mark_in_the_journal_far_from_the_one_that_stands_is_in_the_published_list(
    marked: Desk, tmp_path: Path
) -> None:
    """By code, once marks were taken in; before, the vault isn't opened for them."""
    import openpyxl

    def published() -> str:
        assert marked.run("publish").status == Exit.DONE
        book = openpyxl.load_workbook(marked.station().out / "results" / "discrepancies.xlsx")
        return "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)

    assert "отметка по журналу" not in published()
    table = tmp_path / "marks.csv"
    table.write_text("participant;journal\n00017;2\n00018;4\n", encoding="utf-8")
    assert marked.run("marks", "import", str(table)).status == Exit.DONE
    text = published()
    assert "00017" in text
    assert text.count("отметка по журналу") >= 1
