"""Freed memory that is kept costs no faults when it is used again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crosscheck import memory

# Faults of a process that copies a page a few times and frees the copies, fifty times.
COUNTING = """
import resource, sys
from crosscheck.memory import keep_freed
if sys.argv[1] == "kept":
    assert keep_freed()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def page():
    copies = [bytes(600_000) for _ in range(4)]
    copies.clear()
for _ in range(3):
    page()
before = faults()
for _ in range(50):
    page()
print(faults() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
def test_kept_memory_is_used_again() -> None:
    """A hundredth of the faults."""
    counted = [
        int(
            subprocess.run(
                [sys.executable, "-c", COUNTING, how],
                cwd=Path(__file__).parents[2],
                capture_output=True,
                check=True,
                env={},
            ).stdout
        )
        for how in ("kept", "given back")
    ]
    assert counted[0] * 20 < counted[1]


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have their own ways."""
    monkeypatch.setattr(sys, "platform", "win32")
    assert not memory.keep_freed()
