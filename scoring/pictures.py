"""The picture of a sheet's table as PNG, written quickly, and the pictures of cells that are cut out of it.

Evidence is kept for every cell and looked at for few: one file a sheet is written, and a cell names its place in it. 16
greys are enough to see what a pen did; the whole scan is kept as well. They are stored without compression: packing
noise takes longer than all of reading, and half a byte a pixel is no more than packed bytes are.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby

import cv2
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
    levels = np.zeros((height, width + width % 2), np.uint8)
    levels[:, :width] = cv2.convertScaleAbs(picture, alpha=15 / 255)
    pairs = levels.view("<u2")  # the left one of two in the lower byte
    lines = np.zeros((height, 1 + pairs.shape[1]), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = (pairs << 4) | (pairs >> 8)
    head = struct.pack(">IIBBBBB", width, height, _DEPTH, _GREY, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 0)
    return b"".join((_SIGNATURE, _chunk(b"IHDR", head), _chunk(b"IDAT", body), _chunk(b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))


def cell_picture(blobs: BlobStore, crop: str) -> bytes:
    """The PNG that a recorded crop names. Raises what BlobStore.get raises."""
    ((_crop, picture),) = cell_pictures(blobs, [crop])
    return picture


def cell_pictures(blobs: BlobStore, crops: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The PNG of each of these crops; a sheet's picture is opened once for all its cells. Raises what BlobStore.get
    raises."""
    for blob, some in groupby(sorted(crops), key=lambda crop: named(crop)[0]):
        stored, placed = blobs.get(blob), [(crop, named(crop)[1]) for crop in some]
        whole = _opened(stored) if any(place is not None for _crop, place in placed) else None
        for crop, place in placed:
            yield crop, stored if place is None or whole is None else _part(whole, place)


def cut(picture: bytes, place: Place) -> bytes:
    """A crop of a sheet's picture, as PNG."""
    return _part(_opened(picture), place)


def _opened(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.convert("L")


def _part(picture: Image.Image, place: Place) -> bytes:
    left, top, width, height = place
    return png(np.asarray(picture.crop((left, top, left + width, top + height)), np.uint8))
