"""A process that runs the scanning commands in forks of itself, so that starting one costs milliseconds.

Lines on standard input: `prepare<TAB>HOME<TAB>-<TAB>` makes a registered station; `run<TAB>HOME<TAB>SCANS<TAB>BUG`
forks a run, tells its process number, waits for the line `go`, and tells its exit status (negative: the signal that
ended it) when it ends. BUG is empty or `MODULE:FUNCTION`, called first in the fork: a planted bug. What the run printed
is appended to HOME.log. POSIX only.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from crosscheck import cli, keys
from drill.demo import SAMPLES
from drill.journey import PASSPHRASES

QUICK = keys.Hardness(passes=1, memory_kib=8, lanes=1)
_HEAVY = (
    "crosscheck.register", "scanning.commands", "scanning.incoming.intake", "scanning.redact",
    "scanning.collating.collate",
    "scanning.files.unpack", "scanning.files.limited_main", "scanning.files.decoding_main",
)  # fmt: skip
_PTRACER, _ANY = 0x59616D61, ctypes.c_ulong(-1)


class Forked:
    """Stands in for a limited child's `subprocess.Popen`: a fork of this process, which has imported all that the
    child would. Its pipes are sockets, so that every `write` of the run itself goes to a file."""

    def __init__(self, command: Sequence[str], pass_fds: Sequence[int] = (), **_options: object) -> None:
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            _be_child(command[2:], theirs.fileno(), pass_fds)
        theirs.close()
        self.stdin, self.stdout = ours.makefile("wb"), ours.makefile("rb")
        ours.close()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float = 1e9) -> int:
        """Wait for the end; raises TimeoutExpired."""
        deadline = time.monotonic() + timeout
        with contextlib.suppress(OSError):  # a socket tells the child that nothing more comes only when it is shut
            self._hang_up()
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("child", timeout)
            time.sleep(0.001)
        return self.returncode or 0

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _hang_up(self) -> None:
        if self.stdin.closed and not self.stdout.closed:
            with socket.socket(fileno=os.dup(self.stdout.fileno())) as same:
                same.shutdown(socket.SHUT_WR)


def _be_child(command: Sequence[str], pipe: int, passed: Sequence[int]) -> None:
    """Be `python -m MODULE ARGUMENTS` with this pipe as standard input and output; never returns."""
    status = 70
    try:
        os.dup2(pipe, 0)
        os.dup2(pipe, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        for handle in sorted(int(name) for name in os.listdir("/proc/self/fd")):
            if handle > 2 and handle not in passed:
                with contextlib.suppress(OSError):
                    os.close(handle)
        sys.stdin, sys.argv = open(0, closefd=False), ["child", *command[1:]]  # noqa: SIM115 - for the life of it
        runpy.run_module(command[0], run_name="__main__")
        status = 0
    finally:
        os._exit(status)


def commands(scans: str) -> list[list[str]]:
    """From scans to numbered works."""
    return [["ingest", scans], ["redact"], ["number"]]


def run(home: str, todo: Sequence[Sequence[str]]) -> int:
    """Run commands one after another; the status of the first that neither ended well nor needs a person, else 0."""
    for command in todo:
        status = cli.run(["--home", home, "--who", "organiser (drill)", *command])
        if status not in (0, 10):
            return int(status)
    return 0


def _be_run(home: str, scans: str, bug: str, gate: socket.socket) -> None:
    """A run in a fork of its own; never returns. It says through the gate that it is ready and waits there to be told
    to go: a tracer counts calls from then on, in each run the same. What it prints is kept in memory and written by a
    call that nobody disturbs: a terminal doesn't run out of space."""
    status, said = 70, io.StringIO()
    handle = os.open(f"{home}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.setsid()
        # Where only parents may trace their children, this one may be traced by anybody.
        ctypes.CDLL(None).prctl(_PTRACER, _ANY, 0, 0, 0)
        if bug:
            module, _, function = bug.partition(":")
            getattr(importlib.import_module(module), function)()
        gate.send(b"!")
        gate.recv(1)
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = run(home, commands(scans))
    finally:
        os.writev(handle, [said.getvalue().encode()])
        os._exit(status)


def prepare(home: str) -> int:
    """A station with the small district registered."""
    todo = [
        ["init", "--recovery-sheet", str(Path(home).parent / "recovery.txt")],
        ["register", str(SAMPLES / "single")],
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        return run(home, todo)


def serve() -> None:
    """Answer lines until the input closes."""
    for line in sys.stdin:
        task, home, scans, bug = line.rstrip("\n").split("\t")
        if task == "prepare":
            print(prepare(home), flush=True)
            continue
        ours, theirs = socket.socketpair()
        if (pid := os.fork()) == 0:
            ours.close()
            _be_run(home, scans, bug, theirs)
        theirs.close()
        ours.recv(1)
        print(pid, flush=True)
        sys.stdin.readline()
        ours.send(b"!")
        ours.close()
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def main() -> None:
    """Import what the commands import, make passphrases quick to check, and serve."""
    for name in _HEAVY:
        importlib.import_module(name)
    keys.Hardness = lambda: QUICK  # type: ignore[assignment,misc]
    subprocess.Popen = Forked  # type: ignore[misc,assignment]
    os.environ.update(PASSPHRASES | {"CROSSCHECK_JOBS": "1", "LC_ALL": "C"})
    serve()


if __name__ == "__main__":
    main()
