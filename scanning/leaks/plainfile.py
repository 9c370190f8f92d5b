"""Is an encoded picture nothing but a picture? Its parts are walked one by one; whatever isn't needed to draw it
counts against it."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from crosscheck.geometry import A4_WIDTH
from scanning.placing.shrinking import halved

Grey = NDArray[np.uint8]

_SOF0, _DHT, _SOS, _DQT, _DRI, _APP0, _EOI = 0xC0, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xD9
_NEEDED = frozenset({_SOF0, _DHT, _DQT, _DRI})
_JFIF_LENGTH = 16  # of a header without a thumbnail
_BLOCK = 8
_RST0, _END = 0xD0, b"\xff\xd9"
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_NEEDED = frozenset({b"IHDR", b"IDAT", b"IEND", b"pHYs"})
_LARGEST = 60_000_000  # pixels


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A picture at half its size (grey HxW, each pixel the mean of four), its full height and width, and how many
    things came with it that aren't pixels.

    Half the size loses no ink: ink on white paper lowers the mean of its block, and means survive."""

    half: Grey
    shape: tuple[int, int]
    entries: int

    @property
    def half_k(self) -> float:
        """Pixels of `half` a millimetre, when the picture is a page of A4."""
        return self.shape[1] / 2 / A4_WIDTH


def opened(image: bytes) -> Opened | None:
    """A JPEG or PNG file; None when it is neither, or damaged in any way."""
    try:
        if image.startswith(_PNG):
            return _opened_png(image)
        return _opened_jpeg(image) if image.startswith(b"\xff\xd8") else None
    except (ValueError, struct.error, IndexError, zlib.error, cv2.error):
        return None


def full(image: bytes) -> Grey:
    """All pixels of what `opened` could open. Raises ValueError when they are damaged."""
    if image.startswith(_PNG):
        page = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
        if page is None:
            raise ValueError("no picture")
        return np.asarray(page, np.uint8)
    return np.asarray(simplejpeg.decode_jpeg(image, colorspace="GRAY")[:, :, 0], np.uint8)


# --- JPEG ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parts:
    """How many things in a JPEG aren't pixels; its size; where that is written, and where its coded blocks begin; how
    many blocks there are between restart markers (0: there are none); whether it is one grey raster to its end."""

    entries: int
    height: int
    width: int
    size_at: int
    begin: int
    interval: int
    plain: bool


def _opened_jpeg(image: bytes) -> Opened:
    parts = _jpeg_parts(image)
    coded = _coded(image, parts)
    distinct = {stretch: n for n, stretch in enumerate(dict.fromkeys(coded))}
    if len(distinct) > len(coded) / 2 or not coded:
        half = _half(image, parts.height, parts.width)
    else:
        # Nothing before a restart marker tells on what follows: stretches of the same bytes are the same pixels, and of
        # a masked page most are white.
        head, wide = bytearray(image[: parts.begin]), parts.interval * _BLOCK
        struct.pack_into(">HH", head, parts.size_at, _BLOCK * len(distinct), wide)
        each = _half(bytes(head) + _marked(tuple(distinct)), _BLOCK * len(distinct), wide)
        blocks = each.reshape(len(distinct), _BLOCK // 2, wide // 2)
        every = np.take(blocks, [distinct[stretch] for stretch in coded], axis=0)
        across = -(-parts.width // wide)
        page = every.reshape(-1, across, _BLOCK // 2, wide // 2).swapaxes(1, 2).reshape(-1, across * wide // 2)
        half = page[: (parts.height + 1) // 2, : (parts.width + 1) // 2]
    return Opened(half, (parts.height, parts.width), parts.entries)


def _half(image: bytes, height: int, width: int) -> Grey:
    # strict: bytes hidden between the picture's own are an error
    half = simplejpeg.decode_jpeg(
        image, colorspace="GRAY", min_height=(height + 1) // 2, min_width=(width + 1) // 2, min_factor=2, strict=True
    )[:, :, 0]
    if abs(2 * half.shape[0] - height) > 1:  # a decoder that doesn't scale
        half = halved(np.ascontiguousarray(half))
    return np.asarray(half, np.uint8)


def _coded(image: bytes, parts: _Parts) -> list[bytes]:
    """The coded stretches of blocks, when each has a restart marker behind it, all are in their order and every row of
    blocks is cut in the same way; else none."""
    across, down = -(-parts.width // _BLOCK), -(-parts.height // _BLOCK)
    if not parts.plain or not parts.interval or across % parts.interval:
        return []
    coded = _RESTART.split(image[parts.begin : -len(_END)])
    if len(coded) != down * across // parts.interval or _marked(coded) != image[parts.begin :]:
        return []
    return coded


def _marked(coded: Sequence[bytes]) -> bytes:
    """Coded stretches with their restart markers, and the end of the picture."""
    # One list filled in two strides: an interleaving generator would cost more than decoding.
    pieces = [_END] * (2 * len(coded))
    pieces[::2] = coded
    pieces[1:-1:2] = _markers(len(coded) - 1)
    return b"".join(pieces)


@lru_cache(maxsize=64)
def _markers(count: int) -> tuple[bytes, ...]:
    return tuple(b"\xff" + bytes([_RST0 + n % 8]) for n in range(count))


def _jpeg_parts(image: bytes) -> _Parts:
    at, entries, size_at, interval, grey, shape = 2, 0, 0, 0, False, (0, 0)
    while True:
        if image[at] != 0xFF:
            raise ValueError("no marker")
        kind, (length,) = image[at + 1], struct.unpack_from(">H", image, at + 2)
        if kind == _SOF0:
            size_at, shape = at + 5, struct.unpack_from(">HH", image, at + 5)
            grey = image[at + 9] == 1  # grey has one component
            entries += not grey
        elif kind == _APP0:
            entries += not (image[at + 4 : at + 9] == b"JFIF\0" and length == _JFIF_LENGTH)
        elif kind != _SOS:
            entries += kind not in _NEEDED
        if kind == _DRI:
            (interval,) = struct.unpack_from(">H", image, at + 4)
        at += 2 + length
        if kind == _SOS:
            break
    end = _MARKER_IN_SCAN.search(image, at)
    if end is None or not 0 < shape[0] * shape[1] <= _LARGEST:
        raise ValueError("no end")
    whole = image[end.start() + 1] == _EOI and end.end() == len(image)
    return _Parts(entries + (not whole), shape[0], shape[1], size_at, at, interval, grey and whole)


# --- PNG -------------------------------------------------------------------------------------------------


def _opened_png(image: bytes) -> Opened:
    at, entries, packed = len(_PNG), 0, []
    height = width = 0
    while at < len(image):
        (length,), kind = struct.unpack_from(">I", image, at), image[at + 4 : at + 8]
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", image, at + 8)
        elif kind == b"IDAT":
            packed.append(image[at + 8 : at + 8 + length])
        entries += kind not in _PNG_NEEDED
        at += 12 + length
        if kind == b"IEND":
            break
    if not 0 < height * width <= _LARGEST or at > len(image):
        raise ValueError("no picture")
    return Opened(halved(full(image)), (height, width), entries + (at < len(image)) + _behind(b"".join(packed)))


def _behind(packed: bytes) -> int:
    """1 when bytes stand behind the end of the packed pixels."""
    stream = zlib.decompressobj()
    stream.decompress(packed, _LARGEST)
    return int(bool(stream.unused_data or stream.unconsumed_tail or not stream.eof))
