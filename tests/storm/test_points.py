"""Killed, out of space or failing at one system call after another, the scanning path ends in the same state."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from drill import death, tracing
from drill.death import Ground, Point, Trouble
from drill.gate import Gate
from drill.tracing import Call, NotTraceable, Runs

POINTS, GROUPS = 300, 10
SEED = 20
linux = pytest.mark.skipif(sys.platform != "linux", reason="not run: system calls are traced on Linux only")


@pytest.fixture(scope="module")
def registered() -> Iterator[tuple[Runs, Path]]:
    """Runs, and a registered station for them."""
    with tempfile.TemporaryDirectory() as folder, Runs() as runs:
        yield runs, death.registered(runs, Path(folder))


@pytest.fixture(scope="module")
def ground(registered: tuple[Runs, Path]) -> tuple[Runs, Ground]:
    """One station for all points that a test process tries."""
    return registered[0], death.prepared(*registered)


def failed(gates: tuple[Gate, ...]) -> list[str]:
    """The names of gates that don't hold."""
    return [gate.name for gate in gates if not gate.ok]


def at_first_picture(ground: Ground) -> Point:
    """Death just before the first picture is written."""
    return next(
        point
        for point in death.every_point(ground.calls)
        if point.trouble is Trouble.KILLED and point.call.name == "openat" and "/blobs/" in point.call.arguments
    )


@linux
@pytest.mark.slow
@pytest.mark.system("strace")
@pytest.mark.parametrize("group", range(GROUPS))
def test_after_three_hundred_points_of_death_the_state_is_the_same(group: int, ground: tuple[Runs, Ground]) -> None:
    """A tenth of the points, from all over the path."""
    chosen = death.spread(death.every_point(ground[1].calls), POINTS, SEED)[group::GROUPS]
    assert failed(death.gates(ground[1], [death.tried(*ground, point) for point in chosen])) == []


@linux
@pytest.mark.system("strace")
def test_a_run_killed_before_its_first_picture_is_made_good(ground: tuple[Runs, Ground]) -> None:
    """The point at which the planted bug below shows is harmless without it."""
    one = death.tried(*ground, at_first_picture(ground[1]))
    assert one.reached
    assert failed(death.gates(ground[1], [one])) == []


@linux
@pytest.mark.system("strace")
def test_pictures_written_after_the_ledger_are_noticed(registered: tuple[Runs, Path]) -> None:
    """A planted bug: killed between the two, a run leaves a page without its picture, and no later run gets past it."""
    runs = registered[0].with_bug("tests.storm.plants:late_pictures")
    ground = death.prepared(runs, registered[1])
    one = death.tried(runs, ground, at_first_picture(ground))
    assert "second runs that failed" in failed(death.gates(ground, [one]))


@linux
@pytest.mark.system("strace")
def test_pictures_that_a_power_cut_would_take_are_noticed(registered: tuple[Runs, Path]) -> None:
    """A planted bug that no kill shows: the ledger speaks of pictures that are not on the disk yet."""
    ground = death.prepared(registered[0].with_bug("tests.storm.plants:forgotten_force"), registered[1])
    assert failed(death.gates(ground, [])) == ["files named before they were forced to disk"]


@linux
@pytest.mark.system("strace")
def test_a_computer_that_forbids_tracing_is_told_so(
    registered: tuple[Runs, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out silently: the drill ends with what to allow."""
    refusing = tmp_path / "strace"
    refusing.write_text("#!/bin/sh\necho 'strace: ptrace(PTRACE_SEIZE, 1): Operation not permitted' >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(NotTraceable, match="SYS_PTRACE"):
        registered[0].traced(tmp_path / "no station", tmp_path, ())


def test_points_are_spread_over_the_whole_path() -> None:
    """Any number of points reaches from the first calls to the last, and all are taken when there are fewer."""
    calls = tuple(Call(1, "pwrite64", n, "") for n in range(1, 101))
    points = death.every_point(calls)
    assert len(points) == 300
    assert death.spread(points, 1000, 1) == points
    chosen = death.spread(points, 30, 1)
    places = [points.index(point) for point in chosen]
    assert [b - a for a, b in pairwise(places)] == [10] * 29


def test_a_full_disk_stays_full() -> None:
    """Out of space at one call means out of space at all later ones that need some."""
    calls = (
        Call(1, "write", 1, ""),
        Call(1, "openat", 7, "O_CREAT"),
        Call(1, "pwrite64", 4, ""),
        Call(1, "write", 2, ""),
    )
    full = [point for point in death.every_point(calls) if point.trouble is Trouble.NO_SPACE]
    assert full[1].words == (
        "write:error=ENOSPC:when=2+",
        "pwrite64:error=ENOSPC:when=4+",
        "openat:error=ENOSPC:when=7",
    )


def test_calls_are_counted_by_process_and_name() -> None:
    """strace counts each call of each thread by itself, and so do we."""
    text = "7 write(3</a>, ...) = 1\n8 write(3</a>, ...) = 1\n7 <... write resumed>) = 1\n7 write(3</b>, ...) = 1\n"
    assert [(c.process, c.nth) for c in tracing.calls_in(text, 7)] == [(7, 1), (8, 1), (7, 2)]
    assert [c.process for c in tracing.calls_in("fsync(4</a>) = 0\n", 9)] == [9]
