"""What a child process gives up holds; tried in processes of their own, because it can't be taken back."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import confining
from crosscheck.confining import MACHINES, Filter, Machine, confine, program

ROOT = Path(__file__).parents[2]
ON_LINUX = sys.platform == "linux"
_ALLOWED, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026


def confined(code: str, *arguments: str) -> str:
    """What a confined process prints that runs this code and says how it ended."""
    program = (
        "import os, sys, socket, subprocess, threading\n"
        "from crosscheck.confining import confine\n"
        "held = confine(2 << 30, 20)\n"
        f"try:\n    {code}\n    print('done')\n"
        "except OSError as e:\n    print('refused', e.errno)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    return done.stdout.strip()


@pytest.mark.skipif(not ON_LINUX, reason="the filter is Linux's")
@pytest.mark.parametrize(
    "code",
    [
        "socket.socket()",
        "socket.socketpair()",
        "os.fork()",
        "subprocess.run([sys.executable, '-c', ''])",
        "os.kill(os.getppid(), 0)",
        "os.mkdir(sys.argv[1] + '/made')",
        "os.unlink(sys.argv[1] + '/there')",
        "os.rename(sys.argv[1] + '/there', sys.argv[1] + '/gone')",
        "open(sys.argv[1] + '/written', 'wb')",
        "open(sys.argv[1] + '/there', 'ab')",
        "os.memfd_create('x')",
    ],
)
def test_a_decoder_that_was_taken_over_reaches_nothing(tmp_path: Path, code: str) -> None:
    """No socket, no process, no signal to others, no change of any file."""
    (tmp_path / "there").write_bytes(b"kept")
    assert confined(code, str(tmp_path)) == "refused 1"
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("there", b"kept")]


def test_what_a_decoder_needs_still_works(tmp_path: Path) -> None:
    """Reading files, libraries that are loaded late, threads of this very process."""
    (tmp_path / "there").write_bytes(b"kept")
    assert confined("assert open(sys.argv[1] + '/there', 'rb').read() == b'kept'", str(tmp_path)) == "done"
    assert confined("import sqlite3, decimal") == "done"
    assert confined("t = threading.Thread(target=lambda: None); t.start(); t.join()") == "done"


def test_without_confining_the_same_attempts_succeed(tmp_path: Path) -> None:
    """The yardstick itself: what is refused above is refused by confining and nothing else."""
    made = subprocess.run(
        [sys.executable, "-c", "import socket, sys; socket.socket().close(); open(sys.argv[1], 'wb')", tmp_path / "x"],
        check=False,
    )
    assert made.returncode == 0
    assert (tmp_path / "x").exists()


def test_a_kernel_that_refuses_the_filter_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder runs all the same, and what does not hold is a value that can be looked at."""
    monkeypatch.setattr(confining, "limit", lambda _memory, _cpu: ("RLIMIT_AS",))
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    refused = confine(1, 1, lambda _program, _number: False, "linux")
    assert (refused.limits, refused.filter) == (("RLIMIT_AS",), Filter.REFUSED)
    assert confine(1, 1, lambda _program, _number: True, "linux").filter is Filter.ON
    assert confine(1, 1, lambda _program, _number: True, "darwin").filter is Filter.NOT_OFFERED
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    assert confine(1, 1, lambda _program, _number: True, "linux").filter is Filter.NOT_OFFERED


def answer(machine: Machine, audit: int, number: int, arguments: tuple[int, ...] = (0, 0, 0)) -> int:
    """What the kernel answers to a call: a packet filter, carried out as its manual says."""
    words = {0: number, 4: audit} | {16 + 8 * n: argument for n, argument in enumerate(arguments)}
    instructions, at, held = program(machine, 77), 0, 0
    while True:
        code, when_true, when_false, value = instructions[at]
        at += 1
        match code:
            case 0x20:
                held = words[value]
            case 0x06:
                return value
            case 0x15:
                at += when_true if held == value else when_false
            case 0x35:
                at += when_true if held >= value else when_false
            case 0x45:
                at += when_true if held & value else when_false
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")


@pytest.mark.parametrize(
    ("name", "number", "arguments", "expected"),
    [
        ("x86_64", 0, (), _ALLOWED),  # read
        ("x86_64", 41, (), _EPERM),  # socket
        ("x86_64", 257, (0, 0, 0o2000000), _ALLOWED),  # openat, for reading
        ("x86_64", 257, (0, 0, 0o2), _EPERM),
        ("x86_64", 2, (0, 0o101, 0), _EPERM),  # open, to create
        ("x86_64", 56, (0x50F00, 0, 0), _ALLOWED),  # clone, a thread
        ("x86_64", 56, (0x11, 0, 0), _EPERM),
        ("x86_64", 234, (77, 0, 0), _ALLOWED),  # tgkill, of itself
        ("x86_64", 234, (1, 0, 0), _EPERM),
        ("x86_64", 435, (), _ENOSYS),  # clone3
        ("x86_64", 0x40000000, (), _EPERM),
        ("aarch64", 63, (), _ALLOWED),  # read
        ("aarch64", 198, (), _EPERM),
        ("aarch64", 56, (0, 0, 0), _ALLOWED),
        ("aarch64", 56, (0, 0, 0o1), _EPERM),
        ("aarch64", 220, (0x50F00, 0, 0), _ALLOWED),
        ("aarch64", 220, (0x11, 0, 0), _EPERM),
        ("aarch64", 131, (77, 0, 0), _ALLOWED),
        ("aarch64", 437, (), _ENOSYS),
    ],
)
def test_the_filter_of_each_processor(name: str, number: int, arguments: tuple[int, ...], expected: int) -> None:
    """Also of the one that this test does not run on."""
    machine = MACHINES[name]
    assert answer(machine, machine.audit, number, (*arguments, 0, 0, 0)[:3]) == expected


@settings(max_examples=30)
@given(st.integers(0, 1 << 31), st.sampled_from(sorted(MACHINES)))
def test_calls_in_another_processors_numbers_are_refused(number: int, name: str) -> None:
    """A 32-bit call on a 64-bit kernel has other numbers: none of them passes."""
    machine = MACHINES[name]
    assert answer(machine, machine.audit ^ 1, number) == _EPERM


def test_the_limits_are_named(tmp_path: Path) -> None:
    """They hold where the system has them, and the answer says which."""
    del tmp_path
    said = confined("print(*held.limits)")
    expected = {"RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE"} if os.name == "posix" and ON_LINUX else set()
    assert expected <= set(said.split())
