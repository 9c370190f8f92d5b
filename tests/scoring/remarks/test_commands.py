"""`crosscheck remark`: works are named in the open, marked by nobody who read them, and change nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from crosscheck import damm, facts
from crosscheck.errors import Exit
from crosscheck.model import RE_MARKING
from crosscheck.release import NotReleased
from scoring.remarks import drawing
from scoring.remarks.errors import LineNotUnderstood, LineUnclear, NoSuchDraw, NothingToDraw, SeedEmpty, TooMany
from scoring.remarks.listed import NOBODYS
from tests.scoring.appeals.test_commands import expert_codes, refused
from tests.stations import TABLES, Desk, district, told_in_zones

NUMBERS = {form: damm.closed(f"{form}3291") for form in (11, 12, 13)}
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")
SEED = "лото 5/36, 14.04.2026: 3 11 17 24 36"


@pytest.fixture
def marked(desk: Desk, tmp_path: Path) -> Desk:
    """Three works of schools 7 and 12, marked by experts of other ones; there are two more experts, of 19 and 23."""
    more = "e4;Седова С. С.;23;Математика;senior;40;П2;\ne5;Котов К. К.;19;Математика;ordinary;40;П2;\n"
    schools = TABLES["schools"] + "23;Школа №23\n"
    folder = district(tmp_path / "more", experts=TABLES["experts"] + more, schools=schools)
    assert desk.run("register", str(folder)).status == Exit.DONE
    codes = expert_codes(desk)
    readers = dict.fromkeys((11, 12), ("Петров Б. Б.", "Сидорова В. В.")) | {13: ("Иванова А. А.", "Сидорова В. В.")}
    for form, number in NUMBERS.items():
        work = desk.work(form)
        for marking, at in enumerate(readers[form], start=1):
            one = number if marking == 1 else damm.closed(f"{form}4444")
            desk.add(facts.Number(work, marking, one), facts.Assignment(work, marking, codes[at], "A", ""))
            given = zip(CRITERIA, (1, 2, form % 3, 3, 1, 0), strict=True)
            desk.add(*(facts.Score(work, marking, c, 0, p, "reading", "", "") for c, p in given))
    return desk


def results(desk: Desk) -> list[facts.Score]:
    return [score for score in desk.facts(facts.Score) if score.marking != RE_MARKING]


def test_a_lot_can_be_drawn_again_by_anybody(marked: Desk) -> None:
    """From the list that was written and the seed; both are facts, and so is how many there were."""
    ended = marked.run("remark", "draw", "--random", "2", "--seed", SEED)
    assert (ended.status, "RM01: 2 works" in ended.out) == (Exit.DONE, True)
    (draw,) = marked.facts(facts.RemarkDraw)
    text = (marked.station().out / "reports" / "RM01-list.txt").read_text("utf-8")
    assert text.split() == sorted(NUMBERS.values())
    assert (draw.how, draw.seed, draw.population, draw.asked) == ("random", SEED, 3, 2)
    assert draw.manifest == hashlib.sha256(text.encode()).hexdigest()
    order = sorted(text.split(), key=lambda n: hashlib.sha256(f"{SEED} {draw.manifest}\x00{n}".encode()).digest())
    numbers = {marked.work(form): number for form, number in NUMBERS.items()}
    assert [numbers[one.work] for one in marked.facts(facts.RemarkWork)] == order[:2]


def test_a_lot_needs_a_seed_and_enough_works(marked: Desk) -> None:
    """An empty seed, more works than there are, none left."""
    assert refused(marked.run("remark", "draw", "--random", "1", "--seed", " "), SeedEmpty)
    assert refused(marked.run("remark", "draw", "--random", "4", "--seed", SEED), TooMany, "4", "3")
    assert marked.run("remark", "draw", "--random", "3", "--seed", SEED).status == Exit.DONE
    assert refused(marked.run("remark", "draw", "--random", "1", "--seed", SEED), NothingToDraw)
    assert len(marked.facts(facts.RemarkDraw)) == 1


def test_a_list_of_the_authority_needs_source_and_approval(marked: Desk, tmp_path: Path) -> None:
    """Any number of a work names it; a work that was drawn before is left out and counted."""
    listing = tmp_path / "list.txt"
    listing.write_text(f"{NUMBERS[11]}\n{damm.closed('114444')}\n{NUMBERS[12]}\n", encoding="utf-8")
    assert marked.run("remark", "draw", "--list", str(listing)).status == Exit.USAGE
    said = ("--source", "письмо департамента 12", "--approval", "приказ 7")
    assert "RM01: 2 works" in marked.run("remark", "draw", "--list", str(listing), *said).out
    (draw,) = marked.facts(facts.RemarkDraw)
    assert (draw.how, draw.source, draw.approval) == ("authority", "письмо департамента 12", "приказ 7")
    listing.write_text(f"{NUMBERS[11]}\n{NUMBERS[13]}\n", encoding="utf-8")
    assert "named and left out: 1" in marked.run("remark", "draw", "--list", str(listing), *said).out
    assert refused(marked.run("remark", "draw", "--list", str(listing), *said), NothingToDraw, "2")
    assert marked.run("remark", "draw", "--list", str(listing), *said, "--markers").status == Exit.USAGE


def test_a_list_may_name_participants_schools_and_class_sets(marked: Desk, tmp_path: Path) -> None:
    """After release, with the coordinator's key; in the order of numbers: nobody sees which are of one school."""
    listing = tmp_path / "list.txt"
    listing.write_text("школа 7\n12; 5Б\n00017\n", encoding="utf-8")
    arguments = ("remark", "draw", "--list", str(listing), "--source", "письмо 12", "--approval", "приказ 7")
    assert refused(marked.run(*arguments), NotReleased)
    assert marked.run("release", "--partial", "--why", "протокол 4").status == Exit.DONE
    assert "RM01: 3 works" in marked.run(*arguments).out
    assert [one.work for one in marked.facts(facts.RemarkWork)] == [
        marked.work(form) for form in sorted(NUMBERS, key=lambda form: NUMBERS[form])
    ]
    assert {one.why for one in marked.facts(facts.RemarkWork)} == {"list"}
    (draw,) = marked.facts(facts.RemarkDraw)
    assert (draw.source, draw.approval, draw.asked) == ("письмо 12", "приказ 7", 3)
    listing.write_text("школа 88\n", encoding="cp1251")
    assert refused(marked.run(*arguments), LineNotUnderstood, "школа 88")
    assert len(marked.facts(facts.RemarkDraw)) == 1


def test_a_code_that_looks_like_a_number_is_taken_for_none(marked: Desk) -> None:
    """Where it is another pupil's number the line is refused; where no such number was given, it is the code."""
    first, other = marked.work(11), marked.work(12)

    def draw(line: str, codes: dict[str, str]) -> drawing.Drawn:
        with marked.station().ledger.writing() as writer:
            return drawing.from_list(writer, marked.station().procedure(), [line], NOBODYS, codes.get, "п", "п")

    with pytest.raises(LineUnclear):
        draw(NUMBERS[11], {NUMBERS[11]: other})
    assert draw(damm.closed("777777"), {damm.closed("777777"): other}).works == (other,)
    assert draw(NUMBERS[11], {NUMBERS[11]: first}).works == (first,)


def test_differences_may_call_for_it(marked: Desk) -> None:
    """A third marking far from both; when somebody has settled that, it calls no more."""
    assert refused(marked.run("remark", "draw", "--markers"), NothingToDraw)
    work = marked.work(11)
    marked.add(
        facts.Score(work, 1, "5К1", 1, None, "review", "", "пусто"),
        facts.Number(work, 10, damm.closed("777777")),
        *(facts.Score(work, 10, c, 0, p, "entry", "", "") for c, p in (("5К1", 2), ("5К2", 1))),
    )
    assert "RM01: 1 works" in marked.run("remark", "draw", "--markers").out
    (one,) = marked.facts(facts.RemarkWork)
    assert (one.work, one.why) == (work, "third:5")


def test_nobody_who_read_a_work_marks_it_again(marked: Desk) -> None:
    """Nor anybody of a reader's school or the work's own; with a number of its own, and results don't wait for it."""
    assert marked.run("remark", "assign").out.strip() == "nothing waits"
    marked.run("remark", "draw", "--random", "3", "--seed", SEED)
    ended = marked.run("remark", "assign")
    assert (ended.status, "3 re-markings assigned" in ended.out) == (Exit.DONE, True), ended.err
    given = {a.work: a.expert for a in marked.facts(facts.Assignment) if a.marking == RE_MARKING}
    assert given == {marked.work(form): expert_codes(marked)["Седова С. С."] for form in NUMBERS}
    assert {n.work for n in marked.facts(facts.Number) if n.marking == RE_MARKING} == set(given)
    assert marked.run("remark", "assign").out.strip() == "nothing waits"
    assert {o.purpose for o in marked.facts(facts.Opening)} >= {"remark"}
    assert marked.run("release", "--partial", "--why", "протокол 4").status == Exit.DONE


def test_the_day_of_a_control_group_is_local(marked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the far east it is tomorrow by then."""
    marked.run("remark", "draw", "--random", "3", "--seed", SEED)
    east, west = told_in_zones(marked, monkeypatch, "remark", "note", "RM01")
    assert "RM01" in east
    assert east != west


def test_what_comes_back_is_compared_and_changes_nothing(marked: Desk) -> None:
    """In the note and in the one list of differences; results, and what everybody gave, stay as they were."""
    marked.run("remark", "draw", "--random", "3", "--seed", SEED)
    marked.run("remark", "assign")
    before, work = results(marked), marked.work(11)
    stood = marked.run("reconcile").out
    given = zip(CRITERIA, (1, 0, 2, 3, 1, 0), strict=True)
    marked.add(*(facts.Score(work, RE_MARKING, c, 0, p, "entry", "", "") for c, p in given))
    assert results(marked) == before
    assert marked.run("reconcile").out == stood
    (row,) = json.loads(marked.run("discrepancies", "list", "--kind", "remark", "--json").out)
    assert (row["kind"], row["size"], row["next_step"], row["state"]) == ("re_marked", 2, "look", "open")
    ended = marked.run("--lang", "ru", "remark", "note", "RM01")
    assert ended.status == Exit.DONE
    for words in ("Перепроверено работ: 1", "другие: 1", "ещё не пришло: 2", SEED, "Сама перепроверка"):
        assert words in ended.out, ended.out
    folder = marked.station().out / "reports"
    assert (folder / "remark-RM01.pdf").exists()
    assert (folder / "remark-RM01.xlsx").exists()
    assert refused(marked.run("remark", "note", "RM09"), NoSuchDraw)
    (told,) = json.loads(marked.run("remark", "list", "--json").out)
    assert (told["draw"], told["works"], told["come"]) == ("RM01", 3, 1)
