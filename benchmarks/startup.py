"""How long a person waits for `crosscheck --help`, against bare Python in the same run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

RUNS = 11


def rows() -> list[dict[str, object]]:
    """Median wall seconds of whole processes, in turn, so that a noisy machine slows both."""
    bare, helped = [], []
    for _ in range(RUNS):
        bare.append(_seconds(["-c", "pass"]))
        helped.append(_seconds(["-m", "crosscheck", "--help"]))
    value, reference = statistics.median(helped), statistics.median(bare)
    return [
        {
            "name": "crosscheck --help",
            "value": round(value, 3),
            "unit": "s",
            "n": RUNS,
            "compared_to": "bare Python",
            "ratio": round(value / reference, 1),
        }
    ]


def _seconds(arguments: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun
