"""Paper of another ledger, points keyed otherwise than read, conflicts declared late, pages in the wrong pile."""

from __future__ import annotations

import csv
import secrets
import shutil
from pathlib import Path

import pytest

from crosscheck import doubts, facts
from crosscheck.admin import SamePassphrase, SheetExists
from crosscheck.errors import Exit
from crosscheck.model import CriterionId, Fate, PageId, Points, WorkId
from crosscheck.numbering import spaced
from drill.demo import SAMPLES
from packets.errors import ConflictsUnchecked
from scanning.collating.collation import Expected, Form, Labelled, Scanned, collate
from tests.journey import played
from tests.journey.fixtures import Desk, MakeDesk


def test_a_form_that_another_ledger_printed_is_nobodys() -> None:
    """Two ledgers of one procedure number their forms alike; only the signature tells them apart."""
    expected = Expected({7: Form(WorkId("W"), 0, 2, signed=True)}, {})
    for signed, fate in ((False, Fate.UNKNOWN), (True, Fate.KNOWN)):
        pages = [Scanned(PageId("p"), "f", "f", 0, Labelled(7, 1, 0, signed))]
        assert collate(pages, expected, {})[PageId("p")].fate is fate


def _sheets(desk: Desk, folder: Path) -> Path:
    """Scans of packet 1 with 0 points everywhere."""
    folder.mkdir()
    rows = played.all_of(desk.home, facts.PacketRow, packet=1)
    criteria = [criterion.id for criterion in played.opened(desk.home).procedure().criteria]
    zero: dict[CriterionId, Points] = dict.fromkeys(criteria, Points(0))
    for i, scan in enumerate(played.filled(desk.home, 1, [zero] * len(rows))):
        (folder / f"{i}.jpg").write_bytes(scan)
    return folder


def test_a_sheet_that_another_ledger_printed_is_refused(desk_at: MakeDesk, tmp_path: Path) -> None:
    """The same packet number, the same procedure, another ledger's key: nothing of it is read."""
    desk = desk_at("printed")
    folder = _sheets(desk, tmp_path / "sheets")
    (desk.home / "keys" / "station.secret").write_bytes(secrets.token_bytes(32))
    desk.type("ingest", "--sheets", str(folder))
    desk.type("read")
    found = played.all_of(desk.home, facts.SheetReading)
    assert found
    assert {(r.outcome, r.detail) for r in found} == {("refused", "a sheet that another ledger printed")}
    assert played.all_of(desk.home, facts.Score) == []


def test_points_keyed_otherwise_than_read_wait_for_a_person(desk_at: MakeDesk, tmp_path: Path) -> None:
    """A slip of the hand at keying shows when the sheet is scanned; nothing is released until somebody decides."""
    desk = desk_at("printed")
    row = min(played.all_of(desk.home, facts.PacketRow, packet=1), key=lambda r: int(r.row))
    criterion = played.opened(desk.home).procedure().criteria[0]
    number = row.number
    with played.opened(desk.home).ledger.writing() as writer:
        writer.append(facts.Score(row.work, row.marking, criterion.id, 0, 1, "entry", "", ""))
    desk.type("ingest", "--sheets", str(_sheets(desk, tmp_path / "sheets")))
    desk.type("read")
    assert f"000001-3  {spaced(number)}" in desk.type("review", "list").out
    assert "E4541" in desk.type("release", "--why", "x").err
    settled = desk.type("review", "set", number, criterion.id, "0", "--correct", "--why", "a slip at keying")
    assert settled.status == Exit.DONE
    assert spaced(number) not in desk.type("review", "list").out


def test_a_page_that_is_no_sheet_does_not_stay_unsealed(desk_at: MakeDesk) -> None:
    """Works taken in as sheets by mistake show names: their pictures go as soon as they are known to be no sheets."""
    desk = desk_at("registered")
    desk.type("ingest", "--sheets", str(SAMPLES / "single" / "scans"))
    blobs = played.opened(desk.home).blobs
    pages = played.all_of(desk.home, facts.ScanPage)
    assert pages
    assert all(blobs.has(page.original) for page in pages)
    desk.type("read")
    assert not any(blobs.has(page.original) for page in pages)


def _with_a_conflict_for_everybody(folder: Path) -> Path:
    district = folder / "district"
    shutil.copytree(SAMPLES / "single", district, ignore=shutil.ignore_patterns("scans"))
    with (district / "experts.csv").open(encoding="utf-8-sig", newline="") as file:
        experts = [row["expert"] for row in csv.DictReader(file, delimiter=";")]
    with (district / "schools.csv").open(encoding="utf-8-sig", newline="") as file:
        schools = [row["school"] for row in csv.DictReader(file, delimiter=";")]
    lines = [f"{expert};declared;{school};;;late" for expert in experts for school in schools]
    text = "expert;kind;school;class;participant;note\n" + "\n".join(lines) + "\n"
    (district / "conflicts.csv").write_text(text, "utf-8")
    return district


def test_a_late_conflict_stops_printing_until_it_is_checked(desk_at: MakeDesk, tmp_path: Path) -> None:
    """Registered after works were given out: printing waits, allocate checks again and names what is not allowed."""
    desk = desk_at("allocated")
    assert desk.type("register", str(_with_a_conflict_for_everybody(tmp_path))).status == Exit.DONE
    assert doubts.CHECK in {f.kind for f in played.all_of(desk.home, facts.Finding)}
    assert f"E{ConflictsUnchecked.number}" in desk.type("print").err
    assert desk.type("allocate").status == Exit.DONE
    named = [f for f in played.all_of(desk.home, facts.Finding) if f.kind == "conflict_of_interest"]
    assert len(named) == len(played.all_of(desk.home, facts.Assignment))


def test_one_passphrase_for_two_holders_is_refused(
    at_the_desk: None,  # noqa: ARG001 - wanted for what it does
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """E4531: the split of powers must not vanish by convenience."""
    for holder in ("DISTRICT", "ORGANISER", "COORDINATOR"):
        monkeypatch.setenv(f"CROSSCHECK_{holder}_PASSPHRASE", "one and the same words")
    assert (
        f"E{SamePassphrase.number}"
        in Desk(tmp_path / "new", capsys).type("init", "--recovery-sheet", str(tmp_path / "r.txt")).err
    )


def test_a_recovery_sheet_is_never_written_over(
    at_the_desk: None,  # noqa: ARG001 - wanted for what it does
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """E4532: the codes of another ledger would be lost for good."""
    (tmp_path / "r.txt").write_text("codes of another ledger", "utf-8")
    assert (
        f"E{SheetExists.number}"
        in Desk(tmp_path / "new", capsys).type("init", "--recovery-sheet", str(tmp_path / "r.txt")).err
    )
    assert (tmp_path / "r.txt").read_text("utf-8") == "codes of another ledger"
