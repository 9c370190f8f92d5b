"""Which runs are alive is known from locks, so that a killed run keeps nothing from the next."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path

from crosscheck.alive import alive, dead


def _hold_and_die(folder: str, held: Event, die: Event) -> None:
    with alive(Path(folder)):
        held.set()
        die.wait(20)
        os._exit(9)  # as a killed process ends: nothing is tidied up


def test_a_living_run_is_not_dead(tmp_path: Path) -> None:
    """Two runs at once have different names, and an ended one leaves nothing."""
    with alive(tmp_path) as one, alive(tmp_path) as two:
        assert one != two
        assert dead(tmp_path) == []
    assert dead(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_is_found_once(tmp_path: Path) -> None:
    """While it lives it is left alone; afterwards it is told once."""
    context = multiprocessing.get_context("spawn")
    held, die = context.Event(), context.Event()
    process = context.Process(target=_hold_and_die, args=(str(tmp_path), held, die))
    process.start()
    assert held.wait(20)
    assert dead(tmp_path) == []
    die.set()
    process.join(20)
    (found,) = dead(tmp_path)
    assert found.startswith(f"{process.pid}-")
    assert dead(tmp_path) == []


def test_where_nothing_ever_ran_nobody_is_dead(tmp_path: Path) -> None:
    """The folder need not be there."""
    assert dead(tmp_path / "run") == []
