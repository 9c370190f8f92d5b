"""The child side of `scanning.limited` for scanned files: `python -m scanning.limited_main`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO

from scanning import unpack
from scanning.limited import read_frame, write_frame
from scanning.sources import Caps, FileFault, PageFault, RawPage

_REQUEST_LIMIT = 1 << 20


def restrict(memory_bytes: int, cpu_seconds: float) -> None:
    """Lower this process's own limits where the system knows them: memory, CPU seconds from now, no files."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the limit
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + cpu_seconds) + 1
    for name, value in (("RLIMIT_AS", memory_bytes), ("RLIMIT_CPU", seconds), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        limit = getattr(resource, name)
        hard = resource.getrlimit(limit)[1]
        try:
            resource.setrlimit(limit, (value if hard < 0 else min(value, hard), hard))
        except (OSError, ValueError):  # macOS refuses some; the others still hold
            continue


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the input closes."""
    while (request := read_frame(requests, _REQUEST_LIMIT)) is not None:
        asked = json.loads(request)
        caps = Caps(**asked["caps"])
        restrict(caps.memory_bytes, caps.seconds)
        for said in unpack.pages(Path(asked["path"]), caps):
            _say(answers, said)
        write_frame(answers, b"")
        answers.flush()


def _say(answers: IO[bytes], said: RawPage | PageFault | FileFault) -> None:
    match said:
        case FileFault():
            head = {"say": "file_fault", "reason": said.reason.value, "detail": said.detail}
            write_frame(answers, json.dumps(head).encode())
        case PageFault():
            head = {"say": "page_fault", "reason": said.reason.value, "detail": said.detail}
            write_frame(answers, json.dumps(head).encode())
        case RawPage():
            size = {"width": said.width, "height": said.height, "dpi": said.dpi}
            write_frame(answers, json.dumps({"say": "page", "media": said.media.value, **size}).encode())
            write_frame(answers, said.stream)


def main() -> None:
    """Keep the pipe to the parent apart from standard output, where C libraries may print."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
