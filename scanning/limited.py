"""A limited child process that answers requests: killed when it hangs, replaced when it dies.

Requests and answers are frames (4 bytes of length, big-endian, then the bytes); an answer is frames closed
by an empty one. Nothing from the child is unpickled or executed. Limits on memory, CPU and written files
are set by the child on itself where the system has `resource`; the wall clock is the parent's, everywhere.
"""

from __future__ import annotations

import contextlib
import enum
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from scanning.errors import ReaderNotStarted

_LENGTH = struct.Struct(">I")
_END_SECONDS = 2.0


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
    would reserve address space that counts against the memory limit."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    home = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([home, *(entry for entry in sys.path if entry and entry != home)])
    return {**os.environ, **threads, "PYTHONPATH": path}


class Child:
    """One child process running `python -m module`, started at the first request."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, seconds: float, limit: int) -> tuple[bytes, ...] | ChildFault:
        """Send one request and collect its answer of at most `limit` bytes within `seconds`.

        Raises ReaderNotStarted when no process can be started.
        """
        process = self._started()
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        clock = threading.Timer(seconds, expire)
        clock.start()
        try:
            answer = _conversation(process, request, limit)
        finally:
            clock.cancel()
            clock.join()
        if expired.is_set() or isinstance(answer, ChildFault):
            died_of_cpu = _stopped(process) in _cpu_signals()
            self._process = None
            return ChildFault.TIMED_OUT if expired.is_set() or died_of_cpu else answer
        return answer

    def close(self) -> None:
        """End the process; closing its input is its signal to go."""
        if self._process is None:
            return
        process, self._process = self._process, None
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _stopped(process)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", self._module],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                )
            except OSError as e:
                raise ReaderNotStarted(detail=str(e)) from e
        return self._process


def _conversation(process: subprocess.Popen[bytes], request: bytes, limit: int) -> tuple[bytes, ...] | ChildFault:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        write_frame(process.stdin, request)
        process.stdin.flush()
        frames: list[bytes] = []
        while True:
            frame = read_frame(process.stdout, limit)
            if frame is None:
                return ChildFault.CRASHED
            if not frame:
                return tuple(frames)
            limit -= len(frame)
            frames.append(frame)
    except ValueError:
        return ChildFault.TOO_MUCH
    except OSError:
        return ChildFault.CRASHED


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
