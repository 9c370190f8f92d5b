"""A batch is counted against the paper and closed by a person; then nothing is added to it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from crosscheck import facts, keys
from crosscheck.errors import Exit
from scanning import batches
from scanning.batches import AlreadyClosed, CountNotDeclared, ManifestNotWritten, NoSuchBatch
from scanning.incoming import intake
from tests.scanning.deciding.test_settling import BATCH, refused, scan, seen
from tests.scanning.made_files import jpeg, pdf
from tests.stations import Desk


@pytest.fixture
def scanned(desk: Desk) -> Desk:
    """Work 11 whole, of work 12 one page, a blank side; one file that could not be opened."""
    scan(desk, seen("a1", 11, 1), seen("a2", 11, 2), seen("b1", 12, 1), seen("d1", None, None, "blank"))
    desk.add(facts.ScanFile("9f" * 12, BATCH, "ref2", 0, "The file is damaged."))
    desk.run("number")
    return desk


def test_batches_are_listed_with_their_counts(scanned: Desk) -> None:
    """Purpose, station, operator, files, pages, state."""
    (row,) = json.loads(scanned.run("batch", "list", "--json").out)
    assert row == {
        "batch": BATCH,
        "purpose": "works",
        "station": "station-1",
        "operator": "tester",
        "files": 2,
        "pages": 4,
        "state": "ended",
    }
    scanned.add(facts.Batch("station-1-002", "sheets"))
    states = {row["batch"]: row["state"] for row in json.loads(scanned.run("batch", "list", "--json").out)}
    assert states == {BATCH: "ended", "station-1-002": "open"}
    assert "station-1-002" in scanned.run("batch", "list").out


def test_a_batch_shows_where_paper_is_missing(scanned: Desk) -> None:
    """Fates, files, and the page that work 12 lacks."""
    shown = json.loads(scanned.run("batch", "show", BATCH, "--json").out)
    assert shown["fates"] == {"blank": 1, "known": 3}
    assert shown["gaps"] == [{"work": scanned.work(12), "page": 2}]
    told = scanned.run("batch", "show", BATCH).out
    assert f"Page 2 of work {scanned.work(12)} is missing" in told
    assert "The file is damaged." in told


def test_a_count_that_agrees_closes_the_batch(scanned: Desk) -> None:
    """With a manifest whose hash is recorded."""
    ended = scanned.run("batch", "close", BATCH, "--sheets", "2", "--sides", "2")
    assert ended.status == Exit.DONE
    content = (scanned.home / "out" / "batches" / f"{BATCH}.json").read_bytes()
    (closed,) = scanned.facts(facts.BatchClosed)
    assert (closed.declared, closed.counted, closed.why) == (4, 4, "")
    assert closed.manifest == hashlib.sha256(content).hexdigest()
    said = json.loads(content)
    assert [(file["file"], file["pages"]) for file in said["batches"][0]["files"]] == [("f", 4), ("9f" * 12, 0)]
    assert (said["declared"], said["closed_by"]) == ({"pages": 4, "sheets": 2, "sides": 2}, "Петрова А. И.")


@pytest.mark.parametrize(
    "count", [("--sheets", "3", "--sides", "2"), ("--pages", "3"), ("--sheets", "2", "--sides", "1")]
)
def test_a_count_that_differs_closes_nothing(scanned: Desk, count: tuple[str, ...]) -> None:
    """Too many or too few; unless a person says why it is so."""
    ended = scanned.run("batch", "close", BATCH, *count)
    assert ended.status == Exit.PERSON_NEEDED
    assert "4 were scanned" in ended.err
    assert f"Page 2 of work {scanned.work(12)}" in ended.err
    assert scanned.facts(facts.BatchClosed) == []
    assert not (scanned.home / "out" / "batches").exists()
    assert scanned.run("batch", "close", BATCH, *count, "--accept-difference", "  ").status == Exit.PERSON_NEEDED
    assert scanned.run("batch", "close", BATCH, *count, "--accept-difference", "torn sheet").status == Exit.DONE
    assert [fact.why for fact in scanned.facts(facts.BatchClosed)] == ["torn sheet"]


def test_an_odd_number_of_sides_is_told(scanned: Desk) -> None:
    """A double-sided file can't have one."""
    scanned.add(facts.ScanFile("0d" * 12, BATCH, "ref3", 1, ""), facts.ScanPage("o1", "0d" * 12, 0, "jpeg", "x", ""))
    assert "odd number of sides, 1" in scanned.run("batch", "show", BATCH).out


def test_several_batches_are_closed_by_one_count(scanned: Desk) -> None:
    """A stack that was scanned in portions was counted as one."""
    scanned.add(
        facts.Batch("station-1-002", "works"),
        facts.ScanFile("0e" * 12, "station-1-002", "ref3", 1, ""),
        facts.ScanPage("o1", "0e" * 12, 0, "jpeg", "x", ""),
    )
    assert scanned.run("batch", "close", BATCH, "station-1-002", "--pages", "5").status == Exit.DONE
    assert {(fact.batch, fact.counted) for fact in scanned.facts(facts.BatchClosed)} == {
        (BATCH, 5),
        ("station-1-002", 5),
    }


@pytest.mark.parametrize(
    "count", [(), ("--sheets", "2"), ("--sides", "2"), ("--pages", "4", "--sheets", "2", "--sides", "2")]
)
def test_a_count_is_said_once(scanned: Desk, count: tuple[str, ...]) -> None:
    """Half a count, or two, is none."""
    assert refused(scanned.run("batch", "close", BATCH, *count), CountNotDeclared)


def test_a_batch_is_closed_once(scanned: Desk) -> None:
    """Its count stays what it was."""
    assert scanned.run("batch", "close", BATCH, "--pages", "4").status == Exit.DONE
    assert refused(scanned.run("batch", "close", BATCH, "--pages", "4"), AlreadyClosed, BATCH)
    assert refused(scanned.run("batch", "close", "nonesuch", "--pages", "4"), NoSuchBatch, "nonesuch")
    assert refused(scanned.run("batch", "show", "nonesuch"), NoSuchBatch)
    assert json.loads(scanned.run("batch", "list", "--json").out)[0]["state"] == "closed"


def test_a_manifest_that_cannot_be_written_leaves_the_batch_open(
    scanned: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be closed when there is room again."""

    def full(path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(batches, "write_whole", full)
        ended = scanned.run("batch", "close", BATCH, "--pages", "4")
    assert refused(ended, ManifestNotWritten, "No space left")
    assert scanned.facts(facts.BatchClosed) == []
    assert scanned.run("batch", "close", BATCH, "--pages", "4").status == Exit.DONE


def test_a_file_after_the_closing_opens_a_batch_of_its_own(desk: Desk, tmp_path: Path) -> None:
    """The closed one keeps its count, its key and its pages."""
    (tmp_path / "a.pdf").write_bytes(pdf([jpeg(1), jpeg(2)]))
    (tmp_path / "b.jpg").write_bytes(jpeg(3))
    assert desk.run("ingest", str(tmp_path / "a.pdf")).status == Exit.DONE
    assert desk.run("batch", "close", BATCH, "--sheets", "1", "--sides", "2").status == Exit.DONE
    assert desk.run("ingest", str(tmp_path / "b.jpg")).status == Exit.DONE
    assert [(file.batch, file.pages) for file in desk.facts(facts.ScanFile)] == [(BATCH, 2), ("station-1-002", 1)]
    assert keys.has_working_key(desk.home / "keys", BATCH)


def test_a_file_that_was_being_read_when_its_batch_was_closed_goes_to_the_next(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not in the count."""
    (tmp_path / "a.jpg").write_bytes(jpeg(1))
    (tmp_path / "b.jpg").write_bytes(jpeg(2))
    assert desk.run("ingest", str(tmp_path / "a.jpg")).status == Exit.DONE
    record = intake._recorded

    def closing(*arguments: object) -> bool:
        if not desk.facts(facts.BatchClosed):
            desk.add(facts.BatchClosed(BATCH, 1, 1, "m", ""))
        return record(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "_recorded", closing)
    assert desk.run("ingest", str(tmp_path / "b.jpg")).status == Exit.DONE
    assert [file.batch for file in desk.facts(facts.ScanFile)] == [BATCH, "station-1-002"]
