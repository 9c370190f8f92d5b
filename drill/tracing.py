"""Stops a run at one of its system calls, or makes that call fail, from outside: with strace. Linux only."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHANGING = (
    "write", "pwrite64", "fsync", "fdatasync", "syncfs", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "openat", "ftruncate", "link", "linkat", "mkdir", "mkdirat", "fallocate", "rmdir",
)  # fmt: skip
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)")
_PATIENCE_S = 120


class NotTraceable(RuntimeError):
    """This computer lets no process be traced, or has no strace."""


@dataclass(frozen=True, slots=True)
class Call:
    """A system call of a run: which process, its name, the how manieth of that name there (from 1), its arguments as
    strace writes them."""

    process: int
    name: str
    nth: int
    arguments: str

    def changes(self, folder: Path) -> bool:
        """Whether it changes something in a folder."""
        return f"{folder}/" in self.arguments and (self.name != "openat" or "O_CREAT" in self.arguments)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a traced run ended: its exit status (negative: a signal) and the calls that were seen."""

    process: int
    status: int
    calls: tuple[Call, ...]
    disturbed: bool


class Runs:
    """Starts traced runs, one at a time."""

    def __init__(self) -> None:
        if sys.platform != "linux" or shutil.which("strace") is None:
            raise NotTraceable("points of death need Linux and strace (package strace)")
        self._server = subprocess.Popen(
            [sys.executable, "-m", "drill.death_run"],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._bug = ""

    def with_bug(self, bug: str) -> Runs:
        """The same runs, with a bug planted in each: `MODULE:FUNCTION`."""
        same = copy.copy(self)
        same._bug = bug
        return same

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, *_: object) -> None:
        _open(self._server.stdin).close()
        self._server.wait()

    def prepare(self, home: Path) -> None:
        """Make a registered station."""
        self._tell(f"prepare\t{home}\t-\t")
        if self._hear() != 0:
            raise RuntimeError("the station could not be made")

    def undisturbed(self, home: Path, scans: Path) -> int:
        """A run that nobody looks at; its exit status."""
        self._tell(f"run\t{home}\t{scans}\t{self._bug}")
        self._hear()
        self._tell("go")
        return self._hear()

    def traced(self, home: Path, scans: Path, disturbances: Sequence[str]) -> Ended:
        """A run under strace with these injections, as `write:signal=KILL:when=3`. Without any, all processes and
        threads are watched; else the run's own thread alone. Raises NotTraceable."""
        self._tell(f"run\t{home}\t{scans}\t{self._bug}")
        process, log = self._hear(), home.with_suffix(".strace")
        names = ",".join(f"?{name}" for name in CHANGING)
        options = [f"--inject={words}" for words in disturbances] or ["-f", "-y"]
        command = ["strace", "-p", str(process), "-o", str(log), "-e", f"trace={names}", "-s", "0", *options]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        attached = _open(tracer.stderr).readline()
        self._tell("go")
        status = self._hear()
        if "attached" not in attached:
            tracer.kill()
            raise NotTraceable(
                f"strace can't trace here: {attached.strip() or 'no answer'}. Allow ptrace (in a container: "
                "--cap-add=SYS_PTRACE), then run this again."
            )
        tracer.communicate(timeout=_PATIENCE_S)
        text = log.read_text("utf-8", "replace")
        log.unlink()
        return Ended(process, status, tuple(calls_in(text, process)), "(INJECTED)" in text or status < 0)

    def _tell(self, line: str) -> None:
        pipe = _open(self._server.stdin)
        pipe.write(line + "\n")
        pipe.flush()

    def _hear(self) -> int:
        return int(_open(self._server.stdout).readline())


def calls_in(text: str, process: int) -> Iterator[Call]:
    """The calls in strace's log; lines without a process number are of the only one that was watched."""
    seen: Counter[tuple[int, str]] = Counter()
    for line in text.splitlines():
        if found := _LINE.match(line if line[:1].isdigit() else f"{process} {line}"):
            key = (int(found[1]), found[2])
            seen[key] += 1
            yield Call(*key, seen[key], found[3])


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
