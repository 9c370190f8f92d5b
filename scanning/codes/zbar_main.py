"""The child side of `barcodes.second_opinion`: zbar on one page; answers nothing where it isn't installed."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from crosscheck.confining import confine
from crosscheck.limited import read_frame, write_frame

_REQUEST_LIMIT = 200_000_000
_MEMORY, _CPU_SECONDS = 2 << 30, 10.0  # a child serves one page
_NAMES = {"QRCODE": "QR", "CODE128": "CODE128"}


def _codes(request: bytes) -> Iterator[bytes]:
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError):  # the wheel has no libzbar on every system
        return
    head_length = int.from_bytes(request[:4], "big")
    head = json.loads(request[4 : 4 + head_length])
    grey = np.frombuffer(request, np.uint8, offset=4 + head_length).reshape(head["height"], head["width"])
    # Named symbologies only: zbar reads handwriting as Interleaved 2 of 5.
    for found in pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128]):
        if found.type in _NAMES and found.data:
            yield _frame(found)


def _frame(found: Any) -> bytes:
    r = found.rect
    corners = [
        (r.left, r.top),
        (r.left + r.width, r.top),
        (r.left + r.width, r.top + r.height),
        (r.left, r.top + r.height),
    ]
    payload = found.data.decode("ascii", "replace")
    return json.dumps({"symbology": _NAMES[found.type], "payload": payload, "corners": corners}).encode()


def main() -> None:
    """Answer requests until the input closes."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(ImportError, OSError):
        # Finding the library starts processes, which is not allowed any more afterwards.
        importlib.import_module("pyzbar.pyzbar")
    confine(_MEMORY, _CPU_SECONDS)
    while (request := read_frame(sys.stdin.buffer, _REQUEST_LIMIT)) is not None:
        for frame in _codes(request):
            write_frame(answers, frame)
        write_frame(answers, b"")
        answers.flush()


if __name__ == "__main__":
    main()
