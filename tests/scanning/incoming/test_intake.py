"""Files come in whole or not at all, several at once, page by page, and once for every content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscheck import facts, keys, vault
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.model import BlobId
from crosscheck.station import Station
from crosscheck.vault import Purpose
from scanning.commands import NothingToTake
from scanning.files import sources
from scanning.files.sources import Opener
from scanning.incoming import hotfolder, intake
from scanning.incoming.hotfolder import Order
from scanning.incoming.intake import SHEETS, WORKS, Taken, file_id, take_in
from scanning.incoming.watching import Clock
from tests.scanning.made_files import jpeg, pdf
from tests.stations import Desk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files: two pages, one page, none."""
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "a.pdf").write_bytes(pdf([jpeg(10), jpeg(20)]))
    (scans / "b.jpg").write_bytes(jpeg(30))
    (scans / "c.pdf").write_bytes(b"%PDF-1.4 rubbish")
    return scans


def jobs(desk: Desk, many: int) -> Station:
    from crosscheck.station import open_station

    return open_station(desk.home, "tester", {"CROSSCHECK_JOBS": str(many)})


def state(desk: Desk) -> tuple[object, ...]:
    """What is recorded, without order."""
    kinds = (facts.Batch, facts.ScanFile, facts.ScanPage, facts.Finding)
    kept = sorted(path.name for path in (desk.home / "blobs").rglob("*.sealed"))
    return (*(sorted(map(repr, desk.facts(kind))) for kind in kinds), kept)  # type: ignore[arg-type, unused-ignore]


@pytest.mark.parametrize("many", [1, 3])
def test_everything_in_a_folder_comes_in(desk: Desk, folder: Path, many: int) -> None:
    """One file at a time or several: the same files, pages and faults."""
    told = sorted((t.name, t.pages, bool(t.fault), t.known) for t in take_in(jobs(desk, many), [folder], WORKS))
    assert told == [("a.pdf", 2, False, False), ("b.jpg", 1, False, False), ("c.pdf", 0, True, False)]
    assert len(desk.facts(facts.ScanPage)) == 3
    assert [f.kind for f in desk.facts(facts.Finding)] == ["file"]
    before = state(desk)
    assert all(t.known for t in take_in(jobs(desk, many), [folder], WORKS))
    assert state(desk) == before


def test_two_copies_of_a_file_are_one(desk: Desk, folder: Path) -> None:
    """Also when both are read at the same time."""
    for n in range(4):
        (folder / f"copy{n}.pdf").write_bytes((folder / "a.pdf").read_bytes())
    told = list(take_in(jobs(desk, 3), [folder], WORKS))
    assert sum(t.pages for t in told if not t.known) == 3
    assert len(desk.facts(facts.ScanFile)) == 3
    assert len(desk.facts(facts.Batch)) == 1


class Stopped(Exception):
    pass


def opened(desk: Desk) -> list[bytes]:
    """The originals that the recorded keys open."""
    station, found = desk.station(), []
    for page in desk.facts(facts.ScanPage):
        key = keys.working_key(station.keys, desk.facts(facts.Batch)[0].batch)
        record, holder = intake.original_record(page.page), vault.holder_name(key)
        with station.ledger.reading() as connection:
            wraps = [vault.Wrap(holder, w) for w in queries.keys_of(connection, [record], holder).values()]
        container = station.blobs.get(BlobId(page.original))
        found.append(vault.open_sealed(vault.unpack(container, wraps), key, Purpose.REDACT))
    return found


def test_a_run_that_was_killed_leaves_nothing_but_pictures(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next one ends in the state of an undisturbed one."""

    def fails(*_arguments: object) -> bool:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(intake, "_recorded", fails)
        with pytest.raises(Stopped):
            list(take_in(jobs(desk, 2), [folder / "a.pdf"], WORKS))
    assert [*desk.facts(facts.ScanFile), *desk.facts(facts.ScanPage)] == []
    left = {path.name for path in (desk.home / "blobs").rglob("*.sealed")}
    assert len(left) == 2
    assert [t.pages for t in take_in(jobs(desk, 2), [folder / "a.pdf"], WORKS)] == [2]
    assert {path.name for path in (desk.home / "blobs").rglob("*.sealed")} == left
    assert sorted(opened(desk)) == sorted([jpeg(10), jpeg(20)])


def test_few_pages_are_in_memory_however_many_a_file_has(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """300 pages pass; the opener is never far ahead of the storing, and nobody keeps what was stored."""
    (tmp_path / "long.pdf").write_bytes(pdf([jpeg(n % 256) + b"\xff" * (n // 256) for n in range(300)]))
    alive = most = 0
    heard = Opener.pages
    keep = intake._Keeper.keep

    def counted(self: Opener, path: Path) -> Iterator[sources.Said]:
        nonlocal alive, most
        for page in heard(self, path):
            alive += 1
            most = max(most, alive)
            yield page

    def kept(self: intake._Keeper, file: str, page: sources.Said) -> object:
        nonlocal alive
        try:
            return keep(self, file, page)
        finally:
            alive -= 1

    monkeypatch.setattr(Opener, "pages", counted)
    monkeypatch.setattr(intake._Keeper, "keep", kept)
    (told,) = take_in(jobs(desk, 2), [tmp_path / "long.pdf"], WORKS)
    assert told.pages == 300
    assert most <= 6


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pages would stand under the name of another content. It is told, and taken when it stands still."""
    file = folder / "a.pdf"
    heard = Opener.pages

    def changing(self: Opener, path: Path) -> Iterator[sources.Said]:
        yield from heard(self, path)
        file.write_bytes(pdf([jpeg(99)]))

    with monkeypatch.context() as patched:
        patched.setattr(Opener, "pages", changing)
        ended = desk.run("ingest", str(file))
    assert ended.status == Exit.PERSON_NEEDED
    assert "changed while it was read" in ended.err
    assert desk.facts(facts.ScanFile) == []
    assert [t.pages for t in take_in(desk.station(), [file], WORKS)] == [1]


def test_a_file_that_the_system_keeps_back_is_told(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others come in."""
    look = intake._look

    def refused(path: Path) -> tuple[int, int, int]:
        if path.name == "b.jpg":
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(intake, "_look", refused)
    told = {t.name: t for t in take_in(desk.station(), [folder], WORKS)}
    assert "Permission denied" in told["b.jpg"].fault
    assert told["a.pdf"].pages == 2
    assert len(desk.facts(facts.ScanFile)) == 2


def test_a_files_name_in_the_ledger_is_a_keyed_hash_of_its_content(desk: Desk, folder: Path) -> None:
    """The same as `keys.keyed` gives, in portions; another one for score sheets."""
    station, file = desk.station(), folder / "a.pdf"
    assert file_id(station, file, WORKS) == keys.keyed(station.secret(), "file", file.read_bytes())[:24]
    assert file_id(station, file, SHEETS) == keys.keyed(station.secret(), "sheets-file", file.read_bytes())[:24]


def test_a_station_without_a_file_to_take_says_so(desk: Desk, tmp_path: Path) -> None:
    """Neither nothing nor both."""
    for arguments in ((), (str(tmp_path), "--watch", str(tmp_path))):
        ended = desk.run("ingest", *arguments)
        assert ended.status == NothingToTake.exit
        assert f"E{NothingToTake.number}" in ended.err


# --- a hot folder ---------------------------------------------------------------------------------


class Time:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def watched(desk: Desk, folder: Path, *, delete: bool = False) -> list[Taken]:
    order = Order(folder, WORKS, 1.0, 5.0, delete)
    return list(hotfolder.take_in(desk.station(), order, Time().clock()))


def test_a_hot_folder_is_handled_once(desk: Desk, folder: Path) -> None:
    """Listed beside the station, where a second run finds it; nothing is deleted."""
    assert sorted(t.name for t in watched(desk, folder)) == ["a.pdf", "b.jpg", "c.pdf"]
    assert watched(desk, folder) == []
    listed = hotfolder.listed(desk.station(), Order(folder, WORKS, 1.0, 5.0, False))
    assert [(one.name, one.pages, one.outcome) for one in listed] == [
        ("a.pdf", 2, "taken"),
        ("b.jpg", 1, "taken"),
        ("c.pdf", 0, "fault"),
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["a.pdf", "b.jpg", "c.pdf"]
    (folder / "b.jpg").write_bytes(jpeg(77))
    assert [t.name for t in watched(desk, folder)] == ["b.jpg"]


def test_names_of_scans_stay_out_of_the_ledger_when_a_folder_is_watched(desk: Desk, folder: Path) -> None:
    """Schools put their numbers into names."""
    (folder / "lyceum-4711.jpg").write_bytes(jpeg(3))
    watched(desk, folder)
    assert b"lyceum-4711" not in (desk.home / "ledger.db").read_bytes()
    listing = next((desk.home / "watched").iterdir())
    assert "lyceum-4711" in listing.read_text("utf-8")
    assert "scans" not in listing.name


def test_handled_files_are_deleted_only_when_asked_and_recorded(desk: Desk, folder: Path) -> None:
    """One that could not be opened stays, for somebody to look at."""
    watched(desk, folder, delete=True)
    assert [path.name for path in folder.iterdir()] == ["c.pdf"]
    assert len(desk.facts(facts.ScanPage)) == 3


def test_nothing_is_deleted_that_was_not_recorded(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is stopped before the commit leaves every file where it is."""

    def fails(*_arguments: object) -> bool:
        raise Stopped

    monkeypatch.setattr(intake, "_recorded", fails)
    with pytest.raises(Stopped):
        watched(desk, folder, delete=True)
    assert len(list(folder.iterdir())) == 3


def test_ctrl_c_ends_a_watch_cleanly(desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken is counted, and the exit status is that of any ingest."""
    time = Time()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        if time.now > 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(hotfolder, "CLOCK", Clock(lambda: time.now, sleep))
    monkeypatch.setattr(hotfolder.take_in, "__defaults__", (hotfolder.CLOCK, intake.nothing))
    (folder / "c.pdf").unlink()
    ended = desk.run("ingest", "--watch", str(folder))
    assert ended.status == Exit.DONE
    assert "2 files" in ended.out
    (folder / "d.pdf").write_bytes(b"nothing we know")
    time.now = 0.0
    assert desk.run("ingest", "--watch", str(folder)).status == Exit.PERSON_NEEDED


def test_pages_of_a_file_are_told_as_they_are_kept(desk: Desk, folder: Path) -> None:
    """For the progress bar."""
    moved: list[int] = []
    list(take_in(jobs(desk, 1), [folder], WORKS, moved.append))
    assert moved == [1, 1, 1]
