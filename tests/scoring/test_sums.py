"""Sums of rows on the ledger: which wait for a person, and what they bring up again."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from crosscheck import damm, facts
from crosscheck.errors import Exit
from scoring.sums import NoSumThere, NotASum
from tests.stations import Desk, Ended

NUMBER = damm.closed("483291")
CRITERIA = ("1", "2", "3", "4", "5К1", "5К2")  # maxima 1, 2, 2, 3, 2, 1
VALUES = (1, 2, 0, 3, None, 1)
TOTAL = 7
PACKET = damm.closed("000001")


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


def row(desk: Desk, kind: str, points: int | None, *, waits: str = "", rule: str = "one_cross") -> Desk:
    """A row that was read: every cell accepted but `waits`; its sum of this kind."""
    work, crop = desk.work(11), str(desk.station().blobs.put(b"the picture of a sum"))
    desk.add(
        facts.Packet(1, "E1", 1, 1),
        facts.Number(work, 1, NUMBER),
        facts.Assignment(work, 1, "E1", "A", ""),
        facts.PacketRow(1, 0, work, 1, NUMBER, ""),
    )
    for criterion, value in zip(CRITERIA, VALUES, strict=True):
        if criterion == waits:
            shown = json.dumps(["X" if value is None else str(value)])
            desk.add(facts.CellReading("p", work, 1, criterion, "ambiguous", None, shown, rule, "{}", crop))
            continue
        seen = "not_attempted" if value is None else "points"
        desk.add(
            facts.CellReading("p", work, 1, criterion, seen, value, "[]", rule, "{}", crop),
            facts.Score(work, 1, criterion, 0, value, "reading", "p", rule),
        )
    believed = json.dumps({"believed": {"7": 0.6, "1": 0.4}})
    desk.add(facts.SumReading("p", work, 1, 0, 1, kind, points, believed, crop))
    return desk


def waiting(desk: Desk) -> list[tuple[str, str]]:
    """What is listed for a person: criterion and rule."""
    rows = json.loads(desk.run("review", "list", "--json").out)
    assert {each["number"] for each in rows} <= {NUMBER}
    return sorted((each["criterion"], each["rule"]) for each in rows)


def settle(desk: Desk, criterion: str, typed: str, *more: str) -> Ended:
    return desk.run("review", "set", NUMBER, criterion, typed, *more)


@pytest.mark.parametrize(("kind", "points"), [("agrees", TOTAL), ("open", TOTAL)])
def test_a_sum_that_was_read_and_is_right_waits_for_nobody(desk: Desk, kind: str, points: int) -> None:
    """Nothing is listed."""
    assert waiting(row(desk, kind, points)) == []


@pytest.mark.parametrize("kind", ["unclear", "empty"])
def test_a_sum_that_was_not_read_waits_and_its_cells_do_not(desk: Desk, kind: str, tmp_path: Path) -> None:
    """The sum alone is listed, with its picture; keyed and right, nothing waits any more."""
    row(desk, kind, None)
    (listed,) = json.loads(desk.run("review", "list", "--json").out)
    assert (listed["criterion"], listed["seen"], json.loads(listed["candidates"])) == ("sum:1", kind, ["7", "1"])
    out = tmp_path / "sum.png"
    assert desk.run("review", "show", NUMBER, "sum:1", "--out", str(out)).status == Exit.DONE
    assert out.read_bytes() == b"the picture of a sum"
    assert settle(desk, "sum:1", str(TOTAL)).status == Exit.DONE
    assert waiting(desk) == []
    assert [(one.points, one.revision) for one in desk.facts(facts.RowSum)] == [(TOTAL, 0)]
    assert desk.facts(facts.Finding) == []


def test_where_none_is_written_a_person_says_so(desk: Desk) -> None:
    """A dash; the cells stand on their crosses."""
    row(desk, "empty", None)
    assert settle(desk, "sum:1", "-").status == Exit.DONE
    assert waiting(desk) == []
    assert [one.points for one in desk.facts(facts.RowSum)] == [None]


def test_a_sum_that_a_person_reads_otherwise_brings_the_row_up(desk: Desk) -> None:
    """All cells that only a machine read are listed; looked at, they go, whether they were right or not."""
    row(desk, "unclear", None)
    assert settle(desk, "sum:1", "6").status == Exit.DONE
    assert waiting(desk) == [(criterion, "one_cross") for criterion in CRITERIA]
    for criterion, value in zip(CRITERIA, VALUES, strict=True):
        assert settle(desk, criterion, "X" if value is None else str(value)).status == Exit.DONE
    assert waiting(desk) == []
    assert {score.source for score in desk.facts(facts.Score)} == {"reading"}


def test_a_correction_that_makes_the_sum_right_settles_the_row(desk: Desk) -> None:
    """The one wrong cell was found: the others need nobody."""
    row(desk, "unclear", None)
    settle(desk, "sum:1", "6")
    assert settle(desk, "2", "1", "--correct", "--why", "the cross is in 1").status == Exit.DONE
    assert waiting(desk) == []


def test_an_open_sum_is_checked_when_the_last_cell_is_settled(desk: Desk) -> None:
    """The machine read the sum; as a person settles the doubtful cell it doesn't come out: the row is looked at."""
    row(desk, "open", TOTAL, waits="2")
    assert waiting(desk) == [("2", "one_cross")]
    assert settle(desk, "2", "1").status == Exit.DONE
    assert waiting(desk) == [(criterion, "one_cross") for criterion in CRITERIA if criterion != "2"]


def test_an_open_sum_that_comes_out_is_silent(desk: Desk) -> None:
    """The doubtful cell was what was missing."""
    row(desk, "open", TOTAL, waits="2")
    assert settle(desk, "2", "2").status == Exit.DONE
    assert waiting(desk) == []


def test_a_sum_is_only_asked_for_where_a_machine_read_a_score(desk: Desk) -> None:
    """Where people settle every cell of the row, the sum has nothing to check."""
    work = desk.work(11)
    row(desk, "unclear", None, waits="1")
    for criterion, value in list(zip(CRITERIA, VALUES, strict=True))[1:]:
        desk.add(facts.Score(work, 1, criterion, 1, value, "review", "p", ""))
    assert waiting(desk) == [("1", "one_cross")]


@pytest.mark.parametrize("typed", ["12", "x", "7.5", "", "-1"])
def test_what_can_be_no_sum_is_refused(desk: Desk, typed: str) -> None:
    """The largest is 11; nothing is recorded."""
    row(desk, "unclear", None)
    assert refused(desk.run("review", "set", NUMBER, "sum:1", "--", typed), NotASum, "11")
    assert desk.facts(facts.RowSum) == []


def test_a_sum_that_no_sheet_has_is_refused(desk: Desk) -> None:
    """There is no second sheet."""
    row(desk, "unclear", None)
    assert refused(settle(desk, "sum:2", "3"), NoSumThere, "sheet 2")


def test_release_waits_for_sums(desk: Desk) -> None:
    """A check that was asked for is not left out in silence."""
    row(desk, "unclear", None)
    status = json.loads(desk.run("status", "--json").out)
    assert status["waiting"]["review"] == 1


# --- digits against what is keyed ------------------------------------------------------------------


def test_digits_are_compared_with_what_is_keyed_after(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keyed without seeing them: the same, and both agree; another value, and a third look is asked for."""
    row(desk, "empty", None, waits="2", rule="digits")
    _key(desk, monkeypatch, "1")
    assert [(finding.kind, finding.detail) for finding in desk.facts(facts.Finding)] == [
        ("entry_differs", "criterion 2: entered and read points differ")
    ]
    assert ("2", "digits") in waiting(desk)
    assert settle(desk, "2", "1").status == Exit.DONE
    assert ("2", "digits") not in waiting(desk)


def test_digits_that_agree_with_what_is_keyed_ask_for_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine and person, blind to each other, read the same."""
    row(desk, "empty", None, waits="2", rule="digits")
    _key(desk, monkeypatch, "2")
    assert desk.facts(facts.Finding) == []


def _key(desk: Desk, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    assert desk.run("enter", PACKET).status == Exit.DONE
