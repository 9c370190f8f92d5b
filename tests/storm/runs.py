"""Runs that can be killed: by SIGKILL to the whole process group where there is one, else by ending the process."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
MODULE = "tests.storm.driver"
FORKS = sys.platform != "win32"


class Runs:
    """Starts runs one at a time, kills them, and waits for their end."""

    def __init__(self) -> None:
        self._server = _server() if FORKS else None

    def close(self) -> None:
        """End the server of forks."""
        if self._server is not None:
            _pipe(self._server.stdin).close()
            self._server.wait()

    def start(self, task: str, home: Path, argument: str = "", jobs: int = 1) -> Run:
        """Begin a run; it goes on by itself."""
        if self._server is None:
            words = [sys.executable, "-m", MODULE, task, str(home), argument]
            environment = os.environ | {"CROSSCHECK_JOBS": str(jobs)}
            return Run(subprocess.Popen(words, cwd=ROOT, env=environment, text=True), None)
        _pipe(self._server.stdin).write(f"{task}\t{home}\t{argument}\t{jobs}\n")
        _pipe(self._server.stdin).flush()
        return Run(self._server, int(_pipe(self._server.stdout).readline()))


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was started: its own process, or a fork of the server by its number."""

    process: subprocess.Popen[str]
    pid: int | None

    def kill(self) -> None:
        """End it and all its children at once, without a chance to tidy up."""
        if sys.platform == "win32" or self.pid is None:
            self.process.kill()
            return
        for _attempt in range(100):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
                return
            # It ended already, or had no time yet to make a group of its own.
            time.sleep(0.001)

    def going(self) -> bool:
        """Whether it may still be working."""
        if self.pid is None:
            return self.process.poll() is None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, 0)
            return True
        return False

    def ended(self) -> int:
        """Wait for its end; 0 when all went well, below 0 when it was killed."""
        if self.pid is None:
            return -abs(self.process.wait()) if self.process.wait() != 70 else 70
        return int(_pipe(self.process.stdout).readline())


def _server() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", MODULE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def position(home: Path) -> int:
    """How many facts the ledger holds, asked from outside while a run writes."""
    with contextlib.closing(sqlite3.connect(f"file:{home / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        return int(ledger.execute("SELECT count(*) FROM chain").fetchone()[0])


@contextlib.contextmanager
def runs() -> Iterator[Runs]:
    """A server of runs for one test."""
    made = Runs()
    try:
        yield made
    finally:
        made.close()
