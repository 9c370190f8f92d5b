"""JPEG of a page that is mostly white, without encoding its white again and again: a quarter to a half of the cost.

White paper costs an encoder as much as writing does. So stretches of blocks with anything on them are encoded one below
the other by the library, with a restart marker after each, and put back among copies of one white stretch. Between
restart markers nothing depends on what went before: any decoder gives the very pixels of the ordinary file.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_BLOCK = 8
_SHORTEST = 24  # blocks of a stretch: each costs a few bytes of its own
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_SOF0, _SOS = 0xC0, 0xDA
_END = b"\xff\xd9"


def encode(page: Grey, quality: int, written: NDArray[np.intp] | None = None) -> bytes:
    """A grey page (HxW uint8) as baseline JPEG of that quality (1-100). `written`: where somebody knows, all rows of 8
    pixels that are not white, by their first pixels (n x 2: x, y). The file is the same then."""
    wide = _stretch(-(-page.shape[1] // _BLOCK)) * _BLOCK
    inked = _inked(page, wide) if written is None else _written(page.shape, wide, written)
    stack = _stacked(page, wide, inked)
    settings = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_RST_INTERVAL, wide // _BLOCK]
    header, (white, *coded) = _parts(cv2.imencode(".jpg", stack, settings)[1].tobytes(), page.shape)
    scan = [white] * inked.size
    for place, part in zip(np.flatnonzero(inked).tolist(), coded, strict=True):
        scan[place] = part
    pieces = [_END] * (2 * inked.size)
    pieces[::2] = scan
    pieces[1:-1:2] = _markers(inked.size - 1)
    return header + b"".join(pieces)


@lru_cache(maxsize=16)
def _stretch(blocks: int) -> int:
    """How many blocks a stretch has: the fewest that a row of so many blocks can be cut into evenly."""
    return next((n for n in range(_SHORTEST, blocks) if blocks % n == 0), blocks)


@lru_cache(maxsize=16)
def _markers(count: int) -> tuple[bytes, ...]:
    return tuple(b"\xff" + bytes([0xD0 + n % 8]) for n in range(count))


def _inked(page: Grey, wide: int) -> NDArray[np.bool_]:
    """Which stretches, by row and place in it, are not white all over."""
    height, width = page.shape
    rows, across, even = -(-height // _BLOCK), -(-width // wide), height // _BLOCK * _BLOCK
    lightest = np.full((rows, across * wide), 255, np.uint8)
    lightest[: even // _BLOCK, :width] = page[:even].reshape(-1, _BLOCK, width).min(axis=1)
    if even < height:
        lightest[-1, :width] = page[even:].min(axis=0)
    return np.asarray(lightest.reshape(rows, across, wide).min(axis=2) < 255, np.bool_)


def _written(shape: tuple[int, ...], wide: int, written: NDArray[np.intp]) -> NDArray[np.bool_]:
    """The same, told by where it is written. A stretch that is white all the same is coded as any white one."""
    inked = np.zeros((-(-shape[0] // _BLOCK), -(-shape[1] // wide)), np.bool_)
    rows = written[:, 1] // _BLOCK
    for end in (0, _BLOCK - 1):
        inked[rows, (written[:, 0] + end) // wide] = True
    return inked


def _stacked(page: Grey, wide: int, inked: NDArray[np.bool_]) -> Grey:
    """One white stretch of blocks, and below it those that are inked; a last block that is cut is filled as encoders
    do, with its last row and column."""
    rows, across = np.nonzero(inked)
    stack = np.full((len(rows) + 1, _BLOCK, wide), 255, np.uint8)
    for into, row, place in zip(stack[1:], rows.tolist(), across.tolist(), strict=True):
        part = page[row * _BLOCK : (row + 1) * _BLOCK, place * wide : (place + 1) * wide]
        high, broad = part.shape
        if part.shape == into.shape:
            into[:] = part
            continue
        into[:high, :broad] = part
        into[:high, broad:] = part[:, -1:]
        into[high:] = into[high - 1]
    return stack.reshape(-1, wide)


def _parts(image: bytes, shape: tuple[int, ...]) -> tuple[bytes, list[bytes]]:
    """The header of an encoded picture, made to say `shape` (height, width), and the coded stretches of its scan."""
    at, header = 2, bytearray(image)
    while image[at + 1] != _SOS:
        if image[at + 1] == _SOF0:
            struct.pack_into(">HH", header, at + 5, *shape)
        at += 2 + int.from_bytes(image[at + 2 : at + 4], "big")
    begin = at + 2 + int.from_bytes(image[at + 2 : at + 4], "big")
    return bytes(header[:begin]), _RESTART.split(image[begin : -len(_END)])
