"""The child side of `crosscheck.limited` for scanned files: `python -m scanning.files.limited_main`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO

import cv2

from crosscheck.confining import Confinement, confine, limit
from crosscheck.limited import read_frame, write_frame
from scanning.files import unpack
from scanning.files.sources import Caps, FileFault, PageFault, RawPage

_REQUEST_LIMIT = 1 << 20


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until the input closes."""
    confined: Confinement | None = None
    while (request := read_frame(requests, _REQUEST_LIMIT)) is not None:
        asked = json.loads(request)
        caps = Caps(**asked["caps"])
        if confined is None:
            confined = confine(caps.memory_bytes, caps.seconds)
        limit(caps.memory_bytes, caps.seconds)
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
    cv2.setNumThreads(1)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
