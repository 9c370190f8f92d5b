"""A played re-marking: drawn by lot, given out, printed, scanned, read, compared; and what it leaves as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscheck import facts
from crosscheck.errors import Exit
from crosscheck.model import RE_MARKING, CriterionId, Given, Points
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk
from tests.journey.test_decisions import CHAIR, MAXIMA

SEED = "лото 5/36, 14.04.2026: 3 11 17 24 36"


@pytest.fixture
def desk(desk_at: MakeDesk) -> Desk:
    """The station when every marking has come back."""
    return desk_at("reconciled")


def _played(desk: Desk, folder: Path) -> dict[str, dict[CriterionId, Given]]:
    """Two works are drawn, assigned, printed, marked with 0 for all but full points for task 1, scanned and read."""
    assert desk.type("remark", "draw", "--random", "2", "--seed", SEED).status == Exit.DONE
    assigned = desk.type("remark", "assign")
    assert (assigned.status, "2 re-markings assigned" in assigned.out) == (Exit.DONE, True), assigned.err
    assert desk.type("print").status == Exit.DONE
    given: dict[CriterionId, Given] = {CriterionId(c): Points(1 if c == "1" else 0) for c in MAXIMA}
    folder.mkdir()
    for packet in played.all_of(desk.home, facts.Packet, marking=int(RE_MARKING)):
        scans = played.filled(desk.home, packet.packet, [given] * packet.works)
        for n, scan in enumerate(scans):
            (folder / f"{packet.packet}-{n}.jpg").write_bytes(scan)
    assert desk.type("ingest", "--sheets", str(folder)).status == Exit.DONE
    assert desk.type("read").status == Exit.DONE
    return {one.work: given for one in played.all_of(desk.home, facts.RemarkWork)}


def test_a_re_marking_is_read_from_its_sheets_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    """By experts who never had these works; every score that stood stands, and results are released as before."""
    before = list(played.all_of(desk.home, facts.Score))
    works = _played(desk, tmp_path / "sheets")
    scores = played.all_of(desk.home, facts.Score)
    assert [s for s in scores if s.marking != RE_MARKING] == before
    assert {(s.work, s.criterion, s.points) for s in scores if s.marking == RE_MARKING} == {
        (work, c, 1 if c == "1" else 0) for work in works for c in MAXIMA
    }
    for work in works:
        experts = [a.expert for a in played.all_of(desk.home, facts.Assignment, work=work)]
        assert len(set(experts)) == len(experts) == 2
    assert desk.type("status").status == Exit.DONE
    told = desk.type("remark", "note", "RM01")
    assert (told.status, "Перепроверено работ: 2" in told.out) == (Exit.DONE, True)
    found = json.loads(desk.type("discrepancies", "list", "--kind", "remark", "--json").out)
    assert {row["kind"] for row in found} == {"re_marked"}
    assert desk.type("release", "--why", "протокол 4").status == Exit.DONE


def test_what_a_re_marking_found_may_be_decided_by_an_appeal(desk: Desk, tmp_path: Path) -> None:
    """The difference is closed, an appeal changes the points, and the difference is open again or gone."""
    _played(desk, tmp_path / "sheets")
    (row, *_more) = json.loads(desk.type("discrepancies", "list", "--kind", "remark", "--json").out)
    name, (number, task, _kind) = row["name"], row["name"].split("/")
    assert desk.type("discrepancies", "close", name, "--why", "посмотрели", who=CHAIR).status == Exit.DONE
    desk.type("appeal", "file", number, "--ground", "перепроверка")
    assert desk.type("appeal", "panel", "AP001", "--size", "3", "--chair", f"{CHAIR}=-").status == Exit.DONE
    changed = [w for c in MAXIMA if c.startswith(task) for w in ("--points", f"{c}={1 if c == '1' else 0}")]
    decided = ("--outcome", "marking", "--reason", "перепроверка права", *changed)
    assert desk.type("appeal", "decide", "AP001", *decided, who=CHAIR).status == Exit.DONE
    left = {r["name"] for r in json.loads(desk.type("discrepancies", "list", "--kind", "remark", "--json").out)}
    assert name not in left
    assert desk.type("release", "--why", "протокол 4").status == Exit.DONE
    effect = json.loads(desk.type("appeal", "effect", "AP001", "--json").out)
    (whole,) = [r for r in effect if (r["scope"], r["measure"]) == ("work", "total")]
    assert whole["before"] != whole["after"]
