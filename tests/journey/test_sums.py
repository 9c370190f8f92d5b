"""Score sheets with row sums and with digits, from print to scores: forms are out already, sheets are not."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from crosscheck import facts
from crosscheck.model import CriterionId, Given, NotAttempted, Points
from drill import miscounts, pens
from scoring import rows, sums
from scoring.pictures import cell_picture
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk
from tests.journey.played import SAMPLES

MISCOUNTING = dataclasses.replace(pens.CAREFUL, habits=pens.Habits(miscounted=1.0))
FORGETFUL = dataclasses.replace(pens.CAREFUL, habits=pens.Habits(no_sum=1.0))


def _marked(desk: Desk, folder: Path, sheet: str, pen: pens.Pen = pens.CAREFUL) -> dict[tuple[str, str], int | None]:
    """Register `[sheet]`, print, have one packet filled, scan and read it; what was meant in each cell."""
    district = folder / "district"
    shutil.copytree(SAMPLES, district, ignore=shutil.ignore_patterns("scans"))
    procedure = district / "procedure.toml"
    procedure.write_text(f"{procedure.read_text('utf-8')}\n[sheet]\n{sheet}\n", "utf-8")
    assert desk.type("register", str(district)).status == 0
    assert desk.type("print").status == 0
    rows = sorted(played.all_of(desk.home, facts.PacketRow, packet=1), key=lambda row: row.row)
    criteria = played.opened(desk.home).procedure().criteria
    given: list[dict[CriterionId, Given]] = [
        {c.id: Points(c.maximum) if n % 3 else NotAttempted() for n, c in enumerate(criteria, start=row.row)}
        for row in rows
    ]
    scans = folder / "sheets"
    scans.mkdir()
    for i, scan in enumerate(played.filled(desk.home, 1, given, pen=pen)):
        (scans / f"{i}.jpg").write_bytes(scan)
    desk.type("ingest", "--sheets", str(scans))
    desk.type("read")
    return {
        (row.work, criterion): value.value if isinstance(value, Points) else None
        for row, values in zip(rows, given, strict=True)
        for criterion, value in values.items()
    }


def _accepted(desk: Desk) -> dict[tuple[str, str], int | None]:
    return {(s.work, s.criterion): s.points for s in played.all_of(desk.home, facts.Score) if s.source == "reading"}


def test_boxes_are_confirmed_by_the_sums_of_their_rows(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Every cell is accepted, and says by which rule; each sum is kept with its picture."""
    desk = desk_at("allocated")
    meant = _marked(desk, tmp_path, 'control = "rows"')
    assert _accepted(desk) == meant
    sums = played.all_of(desk.home, facts.SumReading)
    sheets = len({(one.packet, one.sheet) for one in played.all_of(desk.home, facts.Sheet, packet=1)})
    assert len(sums) == sheets * len({work for work, _criterion in meant})
    confirmed = {(one.work, one.sheet) for one in sums if one.kind == "agrees"}
    assert len(confirmed) >= len(sums) / 2
    assert {score.why for score in played.all_of(desk.home, facts.Score)} >= {"one_cross_sum"}
    assert all(cell_picture(played.opened(desk.home).blobs, one.crop).startswith(b"\x89PNG") for one in sums)


def test_sums_that_nobody_wrote_are_asked_for_without_their_rows(desk_at: MakeDesk, tmp_path: Path) -> None:
    """The cells are accepted; the queue holds the sums alone, until somebody says that there are none."""
    desk = desk_at("allocated")
    meant = _marked(desk, tmp_path, 'control = "rows"', FORGETFUL)
    assert _accepted(desk) == meant
    listed = json.loads(desk.type("review", "list", "--json").out)
    assert {(row["criterion"], row["seen"]) for row in listed} <= {("sum:1", "empty"), ("sum:2", "empty")}
    assert len(listed) == len(played.all_of(desk.home, facts.SumReading))
    for row in listed:
        assert desk.type("review", "set", row["number"], row["criterion"], "-").status == 0
    assert json.loads(desk.type("review", "list", "--json").out) == []


@pytest.mark.parametrize(
    "sheet", ['style = "digits"', 'style = "digits"\ncontrol = "rows"'], ids=["alone", "with sums"]
)
def test_digits_wait_for_a_person_unless_their_sum_agrees(desk_at: MakeDesk, tmp_path: Path, sheet: str) -> None:
    """Nothing is accepted wrong; without sums nothing is accepted at all. Proposals come with what was read."""
    desk = desk_at("allocated")
    meant = _marked(desk, tmp_path, sheet)
    accepted = _accepted(desk)
    assert accepted.items() <= meant.items()
    assert accepted == {} or "control" in sheet
    listed = json.loads(desk.type("review", "list", "--json").out)
    assert len(listed) == len(meant) - len(accepted)
    assert {row["rule"] for row in listed} <= {"digits", "sum_differs"}
    read = {(c.work, c.criterion): json.loads(c.candidates) for c in played.all_of(desk.home, facts.CellReading)}
    right = [
        read[key][:1] == ["X" if value is None else str(value)] for key, value in meant.items() if key not in accepted
    ]
    assert sum(right) >= 0.8 * len(right)


@pytest.mark.parametrize("planted", [False, True], ids=["as it is", "sums never differ"])
def test_a_miscounted_row_that_nobody_is_shown_fails_its_gate(
    desk_at: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: bool
) -> None:
    """Every row with a sum that is not its own goes to a person; a reader that believes such sums is caught."""
    if planted:
        monkeypatch.setattr(rows, "_compared", lambda *_given: rows.SumSays.AGREES)
        monkeypatch.setattr(sums, "check", lambda *_given: None)  # what is recorded is compared once more
    desk = desk_at("allocated")
    _marked(desk, tmp_path, 'control = "rows"', MISCOUNTING)
    station = played.opened(desk.home)
    given = {(c.work, c.criterion): c.points for c in played.all_of(desk.home, facts.CellReading)}
    numbers = {row.work: row.number for row in played.all_of(desk.home, facts.PacketRow, packet=1)}
    meant: dict[tuple[str, str], Given] = {(numbers[work], c): Points(n or 0) for (work, c), n in given.items()}
    meant |= {(number, f"sum:{sheet}"): Points(98) for number in numbers.values() for sheet in (1, 2)}
    with station.ledger.reading() as connection:
        found = miscounts.found(connection, station.procedure(), meant)
    assert found
    assert all(row.shown for row in found) != planted
