"""The process that opens foreign files: what happens when it can't be had at all."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crosscheck.limited import Child, ChildFault, ReaderNotStarted


def test_a_computer_that_starts_no_process_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No memory or no right to start one: trouble with the computer, not with the file."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with pytest.raises(ReaderNotStarted, match=r"E3031.*Cannot allocate memory"):
        Child("scanning.files.limited_main")._started()


# A child that answers with frames of 1, 2, 3 ... bytes and stops where it is told to: `{"frames": 3, "then": "hang"}`.
SAYING = """
import json, sys, time
from crosscheck.limited import read_frame, write_frame
while (request := read_frame(sys.stdin.buffer, 1000)) is not None:
    asked = json.loads(request)
    for n in range(asked["frames"]):
        time.sleep(asked.get("every", 0))
        write_frame(sys.stdout.buffer, b"x" * (n + 1))
    sys.stdout.buffer.flush()
    if asked["then"] == "hang":
        time.sleep(100)
    if asked["then"] == "die":
        raise SystemExit(3)
    write_frame(sys.stdout.buffer, b"")
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    (tmp_path / "saying_main.py").write_text(SAYING)
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Child("saying_main")
    yield made
    made.close()


def request(frames: int, then: str = "", **more: float) -> bytes:
    return json.dumps({"frames": frames, "then": then, **more}).encode()


def test_an_answer_comes_frame_by_frame(child: Child) -> None:
    """And one answer after the other from the same process."""
    for count in (3, 0, 2):
        assert list(child.stream(request(count), 20, 100)) == [b"x" * (n + 1) for n in range(count)]


@pytest.mark.parametrize(
    ("then", "seconds", "limit", "fault"),
    [
        ("hang", 1.0, 100, ChildFault.TIMED_OUT),
        ("die", 20, 100, ChildFault.CRASHED),
        ("", 20, 4, ChildFault.TOO_MUCH),
    ],
)
def test_what_came_before_a_fault_is_kept(
    child: Child, then: str, seconds: float, limit: int, fault: ChildFault
) -> None:
    """Then the fault ends the answer, and the next request gets a fresh process."""
    child.ask(request(0), 20, 100)  # it takes a while to start
    *before, last = child.stream(request(3, then), seconds, limit)
    assert before == [b"x", b"xx", b"xxx"][: len(before)]
    assert len(before) == (2 if fault is ChildFault.TOO_MUCH else 3)
    assert last is fault
    assert child.ask(request(1), 20, 100) == (b"x",)


def test_only_the_time_of_waiting_counts(child: Child) -> None:
    """A disk that stores slowly is not the file's fault."""
    child.ask(request(0), 20, 100)
    frames = []
    for frame in child.stream(request(5), 1.0, 100):
        frames.append(frame)
        time.sleep(0.3)
    assert len(frames) == 5
    assert list(child.stream(request(5, every=0.4), 1.0, 100))[-1] is ChildFault.TIMED_OUT


def test_an_answer_that_is_not_heard_out_does_not_reach_the_next(child: Child) -> None:
    """The process goes with it."""
    half = child.stream(request(9), 20, 100)
    assert next(half) == b"x"
    half.close()
    assert child.ask(request(1), 20, 100) == (b"x",)


def test_a_wait_can_be_ended_from_another_thread(child: Child) -> None:
    """Ctrl-C waits for nobody."""
    child.ask(request(0), 20, 100)
    threading.Timer(0.3, child.interrupt).start()
    began = time.monotonic()
    assert child.ask(request(0, "hang"), 60, 100) is ChildFault.CRASHED
    assert time.monotonic() - began < 30
