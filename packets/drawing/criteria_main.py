"""The child side of `crosscheck.criteria_file`: `python -m packets.drawing.criteria_main`."""

from __future__ import annotations

import os
import sys

from crosscheck import typeset
from crosscheck.confining import confine
from crosscheck.criteria_file import (
    BROKEN,
    CPU_SECONDS,
    EMPTY,
    ENCRYPTED,
    MEMORY_BYTES,
    SOUND,
    CriteriaEncrypted,
    CriteriaUnreadable,
)
from crosscheck.limited import read_frame, write_frame
from packets.drawing.criteria import read_criteria

_LARGEST = 1 << 29


def judged(pdf: bytes) -> bytes:
    """What a criteria PDF is, as one word."""
    try:
        read_criteria(pdf)
    except CriteriaEncrypted:
        return ENCRYPTED
    except CriteriaUnreadable as wrong:
        return EMPTY if wrong.fields["reason"] == EMPTY.decode() else BROKEN
    return SOUND


def main() -> None:
    """Judge one file; the pipe to the parent is kept apart from standard output, where libraries may print."""
    typeset.register()  # the fonts, now: nothing is opened once a stranger's file is in this process
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    confine(MEMORY_BYTES, CPU_SECONDS)
    if (pdf := read_frame(sys.stdin.buffer, _LARGEST)) is not None:
        write_frame(answers, judged(pdf))
        write_frame(answers, b"")
        answers.flush()


if __name__ == "__main__":
    main()
