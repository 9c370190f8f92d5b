"""A limited child process that answers requests: killed when it hangs, replaced when it dies.

Requests and answers are frames (4 bytes of length, big-endian, then the bytes); an answer is frames closed
by an empty one. Nothing from the child is unpickled or executed. What the child may not do it gives up itself
(`crosscheck.confining`); the wall clock is the parent's, everywhere, and runs only while the parent waits.
"""

from __future__ import annotations

import contextlib
import enum
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import IO

from crosscheck import memory
from crosscheck.errors import CrosscheckError, Exit

_LENGTH = struct.Struct(">I")
_END_SECONDS = 2.0
_PIPE_BYTES = 1 << 20  # a page at a time instead of 64 KiB: fewer changes between the two processes


class ReaderNotStarted(CrosscheckError):
    """The limited process that opens foreign files could not be started at all."""

    number = 3031
    exit = Exit.INPUT
    of_computer = True
    sentence = "The separate process that opens foreign files didn't start: {detail}."
    remedy = (
        "Check that this Python installation can start processes and that memory is free, then run the command again."
    )


class ChildFault(enum.Enum):
    """Why a request has no answer. The child is gone; the next request gets a new one."""

    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    TOO_MUCH = "too_much"


def write_frame(pipe: IO[bytes], payload: bytes) -> None:
    """One frame; an empty payload closes an answer."""
    pipe.write(_LENGTH.pack(len(payload)))
    pipe.write(payload)


def read_frame(pipe: IO[bytes], limit: int) -> bytes | None:
    """The next frame, or None at the end of the pipe. Raises ValueError when it claims to exceed `limit`."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > limit:
        raise ValueError("frame too long")
    payload = pipe.read(length)
    return payload if len(payload) == length else None


def _environment() -> dict[str, str]:
    """The child finds the packages where the parent does, and starts no threads of its own: each
    would reserve address space that counts against the memory limit. It keeps the memory of one page for the next:
    getting it anew costs a third of the time that taking a page from a PDF takes."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    home = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join([home, *(entry for entry in sys.path if entry and entry != home)])
    return {**os.environ, **threads, **memory.environment(), "PYTHONPATH": path}


class _Watch:
    """Kills one process when the parent has waited for it too long. One thread for the life of the process: a timer
    for every wait would cost more than the wait."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.expired = False
        self._process = process
        self._changed = threading.Condition()
        self._deadline: float | None = None
        self._looks_at = float("inf")  # when the thread wakes by itself
        self._over = False
        self._thread = threading.Thread(target=self._run, name="child watch", daemon=True)
        self._thread.start()

    def arm(self, seconds: float) -> None:
        """From now on the process has so long."""
        with self._changed:
            self._deadline = time.monotonic() + seconds
            if self._deadline < self._looks_at:
                self._changed.notify()

    def disarm(self) -> bool:
        """The wait is over; whether it ended because the process was killed."""
        with self._changed:
            self._deadline = None
            return self.expired

    def end(self) -> None:
        """Watch no more."""
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._over:
                left = None if self._deadline is None else self._deadline - time.monotonic()
                if left is not None and left <= 0:
                    self.expired = True
                    self._process.kill()
                    return
                self._looks_at = float("inf") if self._deadline is None else self._deadline
                self._changed.wait(left)


class Child:
    """One child process running `python -m module arguments`, started at the first request. `handles`: open files
    (POSIX) that it inherits, by the same numbers."""

    def __init__(self, module: str, arguments: Sequence[str] = (), handles: Sequence[int] = ()) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._handles = tuple(handles)
        self._running: _Running | None = None

    def ask(self, request: bytes, seconds: float, limit: int) -> tuple[bytes, ...] | ChildFault:
        """Send one request and collect its answer of at most `limit` bytes within `seconds`.

        Raises ReaderNotStarted when no process can be started.
        """
        frames: list[bytes] = []
        for said in self.stream(request, seconds, limit):
            if isinstance(said, ChildFault):
                return said
            frames.append(said)
        return tuple(frames)

    def stream(self, request: bytes, seconds: float, limit: int) -> Generator[bytes | ChildFault, None, None]:
        """Send one request and yield the frames of its answer as they come, one in memory at a time; a fault ends it.

        `seconds` counts only while the child is waited for, not what is done with a frame. `limit`: bytes in all.
        Whoever stops in the middle loses the child: the rest of its answer must not be taken for the next one's.
        Raises ReaderNotStarted when no process can be started.
        """
        running = self._started()
        finished = False
        try:
            running.send(request, seconds)
            while not finished:
                frame = running.receive(seconds - running.waited, limit)
                if isinstance(frame, ChildFault):
                    yield self._ended(frame)
                    return
                finished = not frame
                limit -= len(frame)
                if frame:
                    yield frame
        finally:
            if not finished:
                self._drop()

    def interrupt(self) -> None:
        """End the process from another thread: whoever waits for its answer gets CRASHED."""
        if (running := self._running) is not None:
            running.process.kill()

    def close(self) -> None:
        """End the process; closing its input is its signal to go."""
        if self._running is None:
            return
        process = self._running.process
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
        self._drop()

    def _drop(self) -> int:
        """Make sure the process is gone; its exit status. The next request starts another."""
        running, self._running = self._running, None
        return 0 if running is None else running.end()

    def _ended(self, fault: ChildFault) -> ChildFault:
        died_of_cpu = self._drop() in _cpu_signals()
        return ChildFault.TIMED_OUT if died_of_cpu else fault

    def _started(self) -> _Running:
        if self._running is not None and self._running.process.poll() is not None:
            self._drop()
        if self._running is None:
            self._running = _Running(self._new_process())
        self._running.waited = 0.0
        return self._running

    def _new_process(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                pass_fds=self._handles,
                # Ctrl-C reaches every process of the terminal; only the parent decides what it means. And what was
                # taken over must not reach the operator's terminal.
                start_new_session=True,
            )
        except OSError as e:
            raise ReaderNotStarted(detail=str(e)) from e


class _Running:
    """A started process, its pipes and its watch. `waited`: seconds that the parent has waited for this answer."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self.requests, self.answers = process, process.stdin, process.stdout
        self.waited = 0.0
        self._watch = _Watch(process)
        _widen(self.answers)

    def send(self, request: bytes, seconds: float) -> None:
        """Send one request; a process that is gone shows when its answer is read."""
        began = time.monotonic()
        self._watch.arm(seconds)
        with contextlib.suppress(OSError):
            write_frame(self.requests, request)
            self.requests.flush()
        self._watch.disarm()
        self.waited = time.monotonic() - began

    def receive(self, seconds: float, limit: int) -> bytes | ChildFault:
        """The next frame of at most `limit` bytes; an empty one closes the answer."""
        began = time.monotonic()
        self._watch.arm(seconds)
        frame: bytes | ChildFault
        try:
            found = read_frame(self.answers, limit)
            frame = ChildFault.CRASHED if found is None else found
        except ValueError:
            frame = ChildFault.TOO_MUCH
        except OSError:
            frame = ChildFault.CRASHED
        self.waited += time.monotonic() - began
        return ChildFault.TIMED_OUT if self._watch.disarm() else frame

    def end(self) -> int:
        """The exit status of the process, which is gone now, as are its pipes and its watch."""
        status = _stopped(self.process)
        self._watch.end()
        return status


def _widen(pipe: IO[bytes]) -> None:
    """A pipe that holds a page, where the system allows it."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _cpu_signals() -> set[int]:
    """Exit statuses of a process stopped by its CPU limit."""
    import signal

    return {-signal.SIGXCPU} if hasattr(signal, "SIGXCPU") else set()


def _stopped(process: subprocess.Popen[bytes]) -> int:
    """Make sure the process is gone and its pipes are closed; its exit status."""
    if process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)  # a dying child gets the chance to show what it died of
    if process.poll() is None:
        process.kill()
    status = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    return status
