"""The picture of a sheet's table as PNG, written quickly, and the pictures of cells that are cut out of it.

Evidence is kept for every cell and looked at for few: one file a sheet is written, and a cell names its place in it. 16
greys are enough to see what a pen did; the whole scan is kept as well. They are stored without compression: packing
noise takes longer than all of reading, and half a byte a pixel is no more than packed bytes are.
"""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from crosscheck.blobs import BlobStore
from scoring.crops import Place, named

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH = 4  # bits a pixel
_GREY = 0


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture (HxW uint8) as PNG of 16 greys."""
    height, width = picture.shape
    even = np.zeros((height, width + width % 2), np.uint8)
    even[:, :width] = picture
    lines = np.zeros((height, 1 + even.shape[1] // 2), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = _pairs()[even.view("<u2")]
    head = struct.pack(">IIBBBBB", width, height, _DEPTH, _GREY, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 0)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b"")))


@cache
def _pairs() -> NDArray[np.uint8]:
    """Two neighbouring greys, read as one number, as one byte of the file."""
    levels = ((np.arange(256) * 15 + 127) // 255).astype(np.uint8)
    return np.asarray((levels[None, :] << 4) | levels[:, None], np.uint8).ravel()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))


def cell_picture(blobs: BlobStore, crop: str) -> bytes:
    """The PNG that a recorded crop names. Raises what BlobStore.get raises."""
    blob, place = named(crop)
    if place is None:
        return blobs.get(blob)
    return cut(blobs.get(blob), place)


def cut(picture: bytes, place: Place) -> bytes:
    """A crop of a sheet's picture, as PNG."""
    left, top, width, height = place
    with Image.open(io.BytesIO(picture)) as opened:
        return png(np.asarray(opened.convert("L").crop((left, top, left + width, top + height)), np.uint8))
