"""What people decide about scores: each decision a fact with its author; impossible ones refused, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscheck import damm, facts
from crosscheck.errors import Exit
from crosscheck.model import AnonymousNumber, CriterionId
from crosscheck.numbering import spaced
from scoring import settle
from scoring.appeals.errors import NoSuchAppeal, OpenAppealExists, PanelReadIt, RejectedChangesNothing
from scoring.reviewing import NothingRead
from scoring.settle import NoSuchCriterion, NoSuchNumber, NotPoints, StandsAlready
from tests.stations import Desk, Ended

FIRST, SECOND = damm.closed("483291"), damm.closed("572610")


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


@pytest.fixture
def marked(desk: Desk) -> Desk:
    """Two works in one packet; of the first, criterion 1 was read and accepted, criterion 2 is doubtful."""
    works = desk.work(11), desk.work(12)
    station = desk.station()
    crop = str(station.blobs.put(b"the picture of a cell"))
    desk.add(facts.Packet(1, "E1", 1, 2))
    for row, (work, number) in enumerate(zip(works, (FIRST, SECOND), strict=True)):
        desk.add(
            facts.Number(work, 1, number),
            facts.Assignment(work, 1, "E1", "A", ""),
            facts.PacketRow(1, row, work, 1, number, ""),
        )
    desk.add(
        facts.CellReading("p", works[0], 1, "1", "points", 1, "[]", "", "{}", crop),
        facts.CellReading("p", works[0], 1, "2", "ambiguous", None, '["1", "2"]', "two strokes", "{}", crop),
        facts.Score(works[0], 1, "1", 0, 1, "reading", "p", ""),
    )
    return desk


def standing(desk: Desk, criterion: str) -> list[tuple[int | None, str]]:
    """Points and source of every score of a criterion of the first work, in order."""
    work = desk.work(11)
    return [(s.points, s.source) for s in desk.facts(facts.Score) if (s.work, s.criterion) == (work, criterion)]


# --- review -------------------------------------------------------------------------------------


def test_doubtful_cells_wait_and_are_settled(marked: Desk) -> None:
    """Listed with what was seen; once settled, gone from the list."""
    (row,) = json.loads(marked.run("review", "list", "--json").out)
    assert (row["number"], row["criterion"], row["seen"]) == (FIRST, "2", "ambiguous")
    assert marked.run("review", "set", FIRST, "2", "2").status == Exit.DONE
    assert json.loads(marked.run("review", "list", "--json").out) == []
    assert standing(marked, "2") == [(2, "review")]


def test_a_correction_needs_to_be_meant_and_explained(marked: Desk) -> None:
    """The earlier value stays to be seen; the same value again is no correction."""
    assert marked.run("review", "set", FIRST, "1", "1").status == Exit.DONE
    assert refused(
        marked.run("review", "set", FIRST, "1", "0"), StandsAlready, "1 points", spaced(AnonymousNumber(FIRST))
    )
    assert marked.run("review", "set", FIRST, "1", "0", "--correct").status == Exit.USAGE
    assert marked.run("review", "set", FIRST, "1", "х", "--correct", "--why", "crossed out").status == Exit.DONE
    assert standing(marked, "1") == [(1, "reading"), (None, "review")]


@pytest.mark.parametrize("value", ["3", "-1", "1.0", "", "о", "²", "XX"])
def test_impossible_points_are_refused(marked: Desk, value: str) -> None:
    """Above the maximum, negative, broken, letters: never clamped or guessed."""
    assert refused(marked.run("review", "set", "--", FIRST, "2", value), NotPoints, "0 to 2")
    assert standing(marked, "2") == []


def test_a_cell_is_named_by_what_is_printed(marked: Desk) -> None:
    """A mistyped digit, a number nobody has, a criterion that is not asked for."""
    wrong = f"{FIRST[:-1]}{(int(FIRST[-1]) + 1) % 10}"
    assert refused(marked.run("review", "set", wrong, "2", "1"), NoSuchNumber, wrong)
    assert refused(marked.run("review", "set", damm.closed("111111"), "2", "1"), NoSuchNumber)
    assert refused(marked.run("review", "set", FIRST, "9", "1"), NoSuchCriterion, "5К1")


def test_a_criterion_typed_on_the_other_keyboard_is_meant(marked: Desk) -> None:
    """The Latin K looks like the К that is printed; a letter that looks otherwise is no slip of the keyboard."""
    numbers = [CriterionId("4"), CriterionId("5К1"), CriterionId("5К2")]
    assert settle.criterion_called(numbers, "5k1") == "5К1"
    with pytest.raises(NoSuchCriterion):
        settle.criterion_called(numbers, "5R1")
    assert refused(marked.run("review", "set", FIRST, "5K3", "1"), NoSuchCriterion, "5К1")


def test_the_picture_of_a_cell_is_written(marked: Desk, tmp_path: Path) -> None:
    """Exactly as it was kept; a cell that was never read has none."""
    out = tmp_path / "cell.png"
    assert marked.run("review", "show", FIRST, "2", "--out", str(out)).status == Exit.DONE
    assert out.read_bytes() == b"the picture of a cell"
    ended = marked.run("review", "show", SECOND, "2", "--out", str(tmp_path / "none.png"))
    assert refused(ended, NothingRead, SECOND)
    assert not (tmp_path / "none.png").exists()


# --- appeals ------------------------------------------------------------------------------------


def decide(desk: Desk, name: str, *more: str, outcome: str = "marking", who: str = "Комиссия") -> Ended:
    desk.run("appeal", "panel", name, "--size", "3", "--chair", "Седова С. С.=-", who=who)
    return desk.run("appeal", "decide", name, "--outcome", outcome, "--reason", "протокол 2", *more, who=who)


def test_an_appeal_changes_points_and_keeps_what_was(marked: Desk) -> None:
    """The panel's points are a marking of their own; the experts' stay as they were."""
    assert marked.run("appeal", "file", FIRST, "--ground", "task 1").out.strip() == "AP001"
    assert decide(marked, "AP001", "--points", "1=0", "--points", "5К1=X").status == Exit.DONE
    assert standing(marked, "1") == [(1, "reading"), (0, "appeal")]
    assert standing(marked, "5К1") == [(None, "appeal")]
    (row,) = json.loads(marked.run("appeal", "list", "--json").out)
    assert (row["outcome"], row["reason"]) == ("marking", "протокол 2")


def test_one_appeal_at_a_time(marked: Desk) -> None:
    """A second one on the same work waits for the first; by another number of the work it is the same work."""
    marked.run("appeal", "file", FIRST, "--ground", "task 1")
    assert refused(marked.run("appeal", "file", FIRST, "--ground", "task 2"), OpenAppealExists, "AP001")
    assert marked.run("appeal", "file", SECOND, "--ground", "task 2").out.strip() == "AP002"
    assert decide(marked, "AP001", outcome="rejected").status == Exit.DONE
    assert marked.run("appeal", "file", FIRST, "--ground", "task 2").out.strip() == "AP003"


def test_impossible_decisions_are_refused_whole(marked: Desk) -> None:
    """Nothing of them is recorded, and the appeal stays open."""
    marked.run("appeal", "file", FIRST, "--ground", "task 1")
    marked.run("review", "set", FIRST, "2", "2", who="Орлова В. П.")
    assert refused(decide(marked, "AP009"), NoSuchAppeal, "AP009")
    assert refused(decide(marked, "AP001", "--points", "1=1", outcome="rejected"), RejectedChangesNothing)
    assert refused(decide(marked, "AP001", "--points", "7=1"), NoSuchCriterion, "7")
    assert refused(decide(marked, "AP001", "--points", "1=0", "--points", "2=5"), NotPoints, "0 to 2")
    assert refused(decide(marked, "AP001", who="Орлова В. П."), PanelReadIt, "Орлова")
    assert marked.facts(facts.AppealDecision) == []
    assert standing(marked, "1") == [(1, "reading")]
    assert decide(marked, "AP001", "--points", "1=0").status == Exit.DONE
    assert refused(decide(marked, "AP001"), NoSuchAppeal)
