"""Small grey pictures as PNG, quickly: evidence is written for every cell, and looked at for few.

16 greys are enough to see what a pen did; the whole scan is kept as well. They are stored without compression: packing
noise takes longer than all of reading, and half a byte a pixel is no more than packed bytes are.
"""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH = 4  # bits a pixel
_GREY = 0
_LEVELS = ((np.arange(256) * 15 + 127) // 255).astype(np.uint8)


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture (HxW uint8) as PNG of 16 greys."""
    height, width = picture.shape
    levels = np.asarray(cv2.LUT(picture, _LEVELS), np.uint8)
    lines = np.zeros((height, 1 + (width + 1) // 2), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = levels[:, ::2] << 4
    lines[:, 1 : 1 + width // 2] |= levels[:, 1::2]
    head = struct.pack(">IIBBBBB", width, height, _DEPTH, _GREY, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 0)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))
