"""JPEG of a page that is mostly white, without encoding its white again and again: a third to a half of the cost.

White paper costs an encoder as much as writing does. So rows of blocks with anything on them are encoded one below the
other by the library, with a restart marker after each, and put back among copies of one white row. Between restart
markers nothing depends on what went before: any decoder gives the very pixels of the ordinary file.
"""

from __future__ import annotations

import re
import struct

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_BLOCK = 8
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_SOF0, _SOS = 0xC0, 0xDA
_END = b"\xff\xd9"


def encode(page: Grey, quality: int) -> bytes:
    """A grey page (HxW uint8) as baseline JPEG of that quality (1-100)."""
    height, width = page.shape
    rows = -(-height // _BLOCK)
    inked = _inked(page, rows)
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_RST_INTERVAL, -(-width // _BLOCK)]
    header, (white, *coded) = _parts(cv2.imencode(".jpg", _stacked(page, inked), settings)[1].tobytes(), height)
    scan = [white] * rows
    for row, part in zip(inked, coded, strict=True):
        scan[row] = part
    markers = [b"\xff" + bytes([0xD0 + n % 8]) for n in range(rows - 1)]
    return b"".join([header, *(piece for pair in zip(scan, markers, strict=False) for piece in pair), scan[-1], _END])


def _inked(page: Grey, rows: int) -> list[int]:
    """Rows of blocks that are not white all over."""
    lightest = np.full(rows * _BLOCK, 255, np.uint8)
    lightest[: page.shape[0]] = page.min(axis=1)
    return [int(row) for row in np.flatnonzero(lightest.reshape(rows, _BLOCK).min(axis=1) < 255)]


def _stacked(page: Grey, inked: list[int]) -> Grey:
    """One white row of blocks, and below it those that are inked; a last one that is cut is filled as encoders do."""
    height, width = page.shape
    stack = np.full(((len(inked) + 1) * _BLOCK, width), 255, np.uint8)
    for place, row in enumerate(inked, start=1):
        part = page[row * _BLOCK : min(height, (row + 1) * _BLOCK)]
        stack[place * _BLOCK : place * _BLOCK + len(part)] = part
        stack[place * _BLOCK + len(part) : (place + 1) * _BLOCK] = part[-1]
    return stack


def _parts(image: bytes, height: int) -> tuple[bytes, list[bytes]]:
    """The header of an encoded picture, made to say `height`, and the coded rows of its scan."""
    at, header = 2, bytearray(image)
    while image[at + 1] != _SOS:
        if image[at + 1] == _SOF0:
            struct.pack_into(">H", header, at + 5, height)
        at += 2 + int.from_bytes(image[at + 2 : at + 4], "big")
    begin = at + 2 + int.from_bytes(image[at + 2 : at + 4], "big")
    return bytes(header[:begin]), _RESTART.split(image[begin : -len(_END)])
