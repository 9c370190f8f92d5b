"""The child side of `scoring.forms.opening`: `python -m scoring.forms.opening_main`."""

from __future__ import annotations

import json
import os
import sys
from typing import IO

from crosscheck.confining import confine, limit
from crosscheck.limited import read_frame, write_frame
from scoring.forms.opening import encoded
from scoring.forms.unpacking import Caps, unpacked

_LARGEST_REQUEST = 1 << 30  # the parent sends no more of a file than its caps allow


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the input closes."""
    confined = False
    while (request := read_frame(requests, _LARGEST_REQUEST)) is not None:
        size = int.from_bytes(request[:4], "big")
        asked = json.loads(request[4 : 4 + size])
        caps = Caps(asked["file"], asked["unpacked"], asked["parts"], asked["cells"], asked["cpu"], asked["memory"])
        if not confined:
            confine(caps.memory_bytes, caps.seconds)
            confined = True
        limit(caps.memory_bytes, caps.seconds)
        write_frame(answers, encoded(unpacked(request[4 + size :], caps)))
        write_frame(answers, b"")
        answers.flush()


def main() -> None:
    """Keep the pipe to the parent apart from standard output, where libraries may print."""
    # The spreadsheet library would load these to decode pictures and to know their numbers: a form has neither, and
    # without them a child takes 25 MB.
    for unwanted in ("numpy", "PIL"):
        sys.modules[unwanted] = None  # type: ignore[assignment]
    import openpyxl  # noqa: F401  # now, before anything of a stranger is in this process

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
