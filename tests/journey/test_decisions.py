"""Appeals and corrections: what people decide afterwards, and what of it reaches the published results."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from crosscheck import facts
from crosscheck.model import AnonymousNumber
from crosscheck.numbering import spaced
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk
from tests.journey.played import Played

CHAIR = "chair of the commission"
MAXIMA = {"1": 1, "2": 1, "3": 2, "4": 2, "5К1": 2, "5К2": 1, "6К1": 3, "6К2": 1}


@pytest.fixture
def desk(desk_at: MakeDesk) -> Desk:
    """The station when every marking has come back."""
    return desk_at("reconciled")


def _work(desk: Desk, source: str = "reading") -> tuple[str, str]:
    """A work all of whose points came that way: its number as typed, and its name in the ledger."""
    work = next(score.work for score in played.all_of(desk.home, facts.Score) if score.source == source)
    return spaced(AnonymousNumber(next(n.number for n in played.all_of(desk.home, facts.Number, work=work)))), work


def _standing(desk: Desk, work: str) -> dict[str, int | None]:
    found = played.all_of(desk.home, facts.Score, work=work, marking=1)
    return {score.criterion: score.points for score in sorted(found, key=lambda score: score.revision)}


def _appeal(desk: Desk, number: str, *decision: str, who: str = CHAIR) -> int:
    name = desk.type("appeal", "file", number, "--ground", "task 6 was marked against the criteria").out.strip()
    _panel(desk, name)
    return desk.type("appeal", "decide", name, *decision, "--reason", "as the protocol says", who=who).status


def _panel(desk: Desk, name: str = "AP001") -> None:
    assert desk.type("appeal", "panel", name, "--size", "3", "--chair", f"{CHAIR}=-").status == 0


def _published(desk: Desk, day: Played, work: str) -> dict[str, str]:
    """What the class-set form says of a work, after release: criterion to points, and the total."""
    assert desk.type("release", "--why", "protocol 4").status == 0
    assert desk.type("publish").status == 0
    code = day.known.works[work].participant
    rows = [row for path in (desk.home / "out" / "results").glob("class-*.xlsx") for row in _rows(path)]
    (found,) = (row for row in rows if str(row[0]) == code)
    return dict(zip([*MAXIMA, "total"], map(str, found[3:12]), strict=True))


def _rows(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))


@pytest.mark.parametrize("way", ["up", "down"])
def test_points_changed_on_appeal_are_published(desk: Desk, day: Played, way: str) -> None:
    """An appeal may raise points or lower them; the total follows, and the first marking stays to be seen."""
    number, work = _work(desk)
    before = _standing(desk, work)
    after = {c: MAXIMA[c] if way == "up" else 0 for c in ("1", "2", "3", "4")}
    changed = [word for c, points in after.items() for word in ("--points", f"{c}={points}")]
    assert _appeal(desk, number, "--outcome", "marking", *changed) == 0
    result = _published(desk, day, work)
    assert {c: result[c] for c in after} == {c: str(points) for c, points in after.items()}
    assert int(result["total"]) == sum((before | after)[c] or 0 for c in MAXIMA)
    assert _standing(desk, work) == before


def test_a_rejected_appeal_changes_nothing(desk: Desk, day: Played) -> None:
    """It can't name points, and the published result is the marked one."""
    number, work = _work(desk)
    before = _standing(desk, work)
    assert _appeal(desk, number, "--outcome", "rejected", "--points", "1=1") == 2
    decided = ("--outcome", "rejected", "--reason", "the criteria were applied as agreed")
    assert desk.type("appeal", "decide", "AP001", *decided, who=CHAIR).status == 0
    result = _published(desk, day, work)
    assert {c: result[c] for c in MAXIMA} == {c: "X" if p is None else str(p) for c, p in before.items()}


def test_an_appeal_decided_after_publishing_reaches_the_next_results(desk: Desk, day: Played) -> None:
    """Publishing again after an appeal writes the new points."""
    number, work = _work(desk)
    first = _published(desk, day, work)
    assert (
        _appeal(desk, number, "--outcome", "technical", "--points", f"3={2 - int(first['3'].replace('X', '0'))}") == 0
    )
    assert _published(desk, day, work)["3"] == str(2 - int(first["3"].replace("X", "0")))


def test_points_above_the_maximum_are_refused_on_appeal(desk: Desk) -> None:
    """Nothing of such a decision is recorded: the appeal stays open."""
    number, _work_id = _work(desk)
    assert _appeal(desk, number, "--outcome", "marking", "--points", "2=1", "--points", "1=7") == 2
    assert played.all_of(desk.home, facts.AppealDecision) == []
    assert played.all_of(desk.home, facts.Score, source="appeal") == []


def test_whoever_keyed_the_sheet_cannot_decide_the_appeal(desk: Desk) -> None:
    """The person who typed the points in is refused by name; another one may decide."""
    number, _work_id = _work(desk, "entry")
    decided = ("--outcome", "marking", "--points", "1=1", "--points", "2=X")
    assert _appeal(desk, number, *decided, who="organiser (drill)") == 2
    assert desk.type("appeal", "decide", "AP001", *decided, "--reason", "seen", who=CHAIR).status == 0


def test_a_second_appeal_waits_for_the_first(desk: Desk) -> None:
    """While one is open on a work, another can't be filed; a decided one can't be decided again."""
    number, _work_id = _work(desk)
    assert desk.type("appeal", "file", number, "--ground", "task 6").status == 0
    assert desk.type("appeal", "file", number, "--ground", "task 5").status == 2
    _panel(desk)
    rejected = ("--outcome", "rejected", "--reason", "as agreed")
    assert desk.type("appeal", "decide", "AP001", *rejected, who=CHAIR).status == 0
    assert "E3076" in desk.type("appeal", "decide", "AP001", *rejected, who=CHAIR).err
    (told,) = json.loads(desk.type("appeal", "list", "--json").out)
    assert (told["appeal"], told["outcome"]) == ("AP001", "rejected")


def test_a_second_appeal_may_change_what_the_first_decided(desk: Desk, day: Played) -> None:
    """The later decision counts, and both stay to be seen."""
    number, work = _work(desk)
    first = 0 if _standing(desk, work)["1"] else 1  # granted must change something
    assert _appeal(desk, number, "--outcome", "marking", "--points", f"1={first}") == 0
    assert _appeal(desk, number, "--outcome", "marking", "--points", f"1={1 - first}") == 0
    assert [s.points for s in played.all_of(desk.home, facts.Score, source="appeal")] == [first, 1 - first]
    assert _published(desk, day, work)["1"] == str(1 - first)


def test_a_score_is_corrected_by_a_chain_of_decisions(desk: Desk, day: Played) -> None:
    """Without --correct and a reason nothing changes; with them the last one counts and every value stays."""
    number, work = _work(desk)
    before = _standing(desk, work)["3"]
    other, third = sorted({0, 1, 2} - {before})[:2]
    assert "E3073" in desk.type("review", "set", number, "3", str(other)).err
    assert desk.type("review", "set", number, "3", str(other), "--correct").status == 2
    for value in (other, third):
        ended = desk.type("review", "set", number, "3", str(value), "--correct", "--why", "the paper says so")
        assert ended.status == 0
    chain = played.all_of(desk.home, facts.Score, work=work, criterion="3")
    assert [(s.revision, s.points) for s in chain] == [(0, before), (1, other), (2, third)]
    desk.type("reconcile")
    assert _published(desk, day, work)["3"] == str(third)


def test_saying_again_what_stands_adds_nothing(desk: Desk) -> None:
    """The same points set once more are no new fact."""
    number, work = _work(desk)
    stands = _standing(desk, work)["1"]
    before = played.dump(desk.home)
    assert desk.type("review", "set", number, "1", "X" if stands is None else str(stands)).status == 0
    assert played.dump(desk.home) == before
