"""Killed at random moments and run again, a day ends in the state of an undisturbed one."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crosscheck import facts, keys
from tests.journey import played
from tests.journey.played import SAMPLES, Played
from tests.storm import runs
from tests.storm.runs import FORKS, Run, Runs

KILLS = 20 if FORKS else 6
PATIENCE_S = 120
Pause = Callable[[Run], None]


@pytest.fixture(scope="module")
def started() -> Iterator[Runs]:
    """A server of runs."""
    with played.settled(), runs.runs() as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(day: Played, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The state after a day that nobody disturbed, from the same beginning: the played one, up to its sheets."""
    home = tmp_path_factory.mktemp("undisturbed") / "station"
    shutil.copytree(day.home("read"), home)
    with played.settled():
        assert [played.command(home, stage) for stage in ("reconcile", "report")] == [0, 0]
    return state(home)


def state(home: Path) -> dict[str, object]:
    """Facts, files made and pictures kept; what a killed process left half written under a temporary name aside."""
    found = played.state(home) | {"working keys": sorted(p.name for p in (home / "keys" / "working").iterdir())}
    found["out"] = {name: digest for name, digest in played.files(home / "out").items() if not _temporary(name)}
    found["blobs"] = {name: digest for name, digest in played.files(home / "blobs").items() if not _temporary(name)}
    return found


def differences(one: dict[str, object], other: dict[str, object]) -> list[str]:
    """What is in one state only, in words."""
    return sorted(str(found) for found in _flat(one) ^ _flat(other))


def readings(found: dict[str, object]) -> object:
    """What a state says about pages as they were read and masked."""
    assert isinstance(found["facts"], dict)
    return found["facts"]["page_reading"]


def _flat(found: dict[str, object]) -> set[tuple[str, str]]:
    flat = set()
    for part, content in found.items():
        rows = content.items() if isinstance(content, dict) else [("", content)]
        flat |= {
            (f"{part} {name}", repr(row)) for name, many in rows for row in (many if isinstance(many, list) else [many])
        }
    return flat


def _temporary(name: str) -> bool:
    return Path(name).name.startswith(".")


def _copy(day: Played, folder: Path) -> Path:
    shutil.copytree(day.home("registered"), folder / "station")
    return folder / "station"


def _pause(home: Path, dice: random.Random) -> Pause:
    """Wait for a random moment: after so many seconds, or after so many facts more and a little."""
    if dice.random() < 0.4:
        seconds = dice.uniform(0.0, 0.7)
        return lambda _run: time.sleep(seconds)
    wanted, more = runs.position(home) + dice.randint(1, 30), dice.uniform(0.0, 0.05)

    def until_then(run: Run) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while runs.position(home) < wanted and time.monotonic() < deadline and run.going():
            time.sleep(0.004)
        time.sleep(more)

    return until_then


def _killed_until_done(started: Runs, home: Path, sheets: str, dice: random.Random, most: int, jobs: int) -> int:
    """Kill up to `most` runs of a day, each going on where the last one died, then let it end; how many were killed."""
    for killed in range(most):
        run = started.start("day", home, sheets, jobs)
        _pause(home, dice)(run)
        run.kill()
        if run.ended() == 0:
            return killed
    assert started.start("day", home, sheets, jobs).ended() == 0
    return most


def test_a_day_killed_twenty_times_ends_as_an_undisturbed_one(
    day: Played, tmp_path: Path, started: Runs, undisturbed: dict[str, object]
) -> None:
    """Facts, packets, reports and masked pages are the same after twenty kills at random moments."""
    dice, killed, life = random.Random(20), 0, 0
    while killed < KILLS:
        home = _copy(day, tmp_path / f"life-{life}")
        killed += _killed_until_done(started, home, str(day.sheets), dice, KILLS - killed, 1)
        assert differences(state(home), undisturbed) == []
        life += 1


@pytest.mark.slow
def test_a_run_killed_with_its_worker_processes_is_made_good(
    day: Played, tmp_path: Path, started: Runs, undisturbed: dict[str, object]
) -> None:
    """The same holds when several processes read pages and die together while they do."""
    home = _copy(day, tmp_path / "workers")
    run = started.start("day", home, str(day.sheets), 2)
    deadline = time.monotonic() + PATIENCE_S
    while not played.all_of(home, facts.PageReading) and time.monotonic() < deadline:
        time.sleep(0.01)
    run.kill()
    assert run.ended() != 0
    assert 0 < len(played.all_of(home, facts.PageReading)) < 16
    assert started.start("redact", home).ended() == 0
    assert readings(state(home)) == readings(undisturbed)


def test_an_initialisation_that_was_killed_can_be_done_again(tmp_path: Path, started: Runs) -> None:
    """Whenever `init` dies, the folder can be initialised and a district registered, or it was done already."""
    dice = random.Random(7)
    for life in range(6):
        home = tmp_path / f"life-{life}" / "station"
        home.parent.mkdir()
        run = started.start("init", home, str(home.parent / "recovery.txt"))
        time.sleep(dice.uniform(0.0, 0.25))
        run.kill()
        run.ended()
        done = (home / "station.toml").exists()
        assert played.command(home, "init", "--recovery-sheet", str(home.parent / "recovery.txt")) == (
            20 if done else 0
        )
        assert "coordinator" in (home.parent / "recovery.txt").read_text("utf-8").lower()
        assert played.command(home, "register", str(SAMPLES)) == 0
        assert set(keys.public_keys(home / "keys")) == set(keys.Holder)


def test_two_runs_at_once_read_each_page_once(
    day: Played, tmp_path: Path, started: Runs, undisturbed: dict[str, object]
) -> None:
    """Two processes that mask the same station's pages share them out, and the pages end as ever."""
    home = _copy(day, tmp_path / "two")
    with runs.runs() as others:
        assert started.start("ingest", home).ended() == 0
        both = [served.start("redact", home) for served in (started, others)]
        assert [run.ended() for run in both] == [0, 0]
    lines = [json.loads(line) for line in (home / "log" / "crosscheck.jsonl").read_text("utf-8").splitlines()]
    read = [line["unit"] for line in lines if line.get("stage") == "redact" and line["event"] == "unit"]
    assert sorted(read) == sorted(page.page for page in played.all_of(home, facts.ScanPage))
    assert readings(state(home)) == readings(undisturbed)
