"""The child side of `scanning.files.decoding`: `python -m scanning.files.decoding_main NAME STREAM_BYTES PIXELS`."""

from __future__ import annotations

import mmap
import os
import struct
import sys
from collections.abc import Sequence

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from crosscheck.confining import confine, limit
from crosscheck.geometry import A4_HEIGHT
from crosscheck.limited import read_frame, write_frame
from scanning.errors import UndecodableImage
from scanning.files import colours
from scanning.files.decoding import BAD, GOOD, MEDIA, REQUEST, SIZE
from scanning.files.sources import Media, decode

_PNG, _PNG_SIZE = b"\x89PNG\r\n\x1a\n", slice(16, 24)
_MOST_TEXT = 500


def attached(name: str, size: int) -> mmap.mmap:
    """The memory shared with the parent."""
    if name.startswith("handle:"):
        return mmap.mmap(int(name.removeprefix("handle:")), size)
    return mmap.mmap(-1, size, tagname=name)  # type: ignore[call-arg, unused-ignore]


def decoded(stream: memoryview, media: Media, pixels: NDArray[np.uint8], most: int) -> tuple[int, int]:
    """Decode into `pixels`; height and width. Raises UndecodableImage as `sources.decode` does."""
    if media is Media.JPEG:
        return _jpeg(stream, pixels, most)
    if len(stream) >= _PNG_SIZE.stop and stream[: len(_PNG)] == _PNG:
        width, height = struct.unpack(">II", stream[_PNG_SIZE])
        _within(height, width, most)
    return _copied(decode(bytes(stream), media), pixels, most)


def _jpeg(stream: memoryview, pixels: NDArray[np.uint8], most: int) -> tuple[int, int]:
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(stream, strict=False)
    except (ValueError, KeyError):  # KeyError: no JPEG at all
        return _copied(decode(bytes(stream), Media.JPEG), pixels, most)
    _within(height, width, most)
    try:
        # Every row is written, or none of it counts: nothing of the page before shows.
        simplejpeg.decode_jpeg(stream, colorspace="GRAY", strict=False, buffer=pixels[: height * width])
    except ValueError as e:
        raise UndecodableImage(detail=str(e).strip() or type(e).__name__) from e
    return height, width


def in_colour(stream: memoryview, media: Media, size: tuple[int, int], pixels: NDArray[np.uint8]) -> tuple[int, int]:
    """The image in colour, small, behind its grey pixels; height and width, 0 and 0 when it has no colour."""
    try:
        seen = colours.small(stream, media, max(size) / (A4_HEIGHT / 25.4))
    except UndecodableImage:
        return 0, 0  # its grey pixels could be had; without colours nobody looks for seals
    behind = size[0] * size[1]
    if seen is None or behind + seen.pixels.size > pixels.size:
        return 0, 0
    pixels[behind : behind + seen.pixels.size] = seen.pixels.reshape(-1)
    return seen.pixels.shape[0], seen.pixels.shape[1]


def _copied(grey: NDArray[np.uint8], pixels: NDArray[np.uint8], most: int) -> tuple[int, int]:
    height, width = grey.shape
    _within(height, width, most)
    pixels[: grey.size] = grey.reshape(-1)
    return height, width


def _within(height: int, width: int, most: int) -> None:
    if height * width > most:
        raise UndecodableImage(detail=f"{width}x{height} pixels are more than {most}")


def answer(request: bytes, memory: mmap.mmap, stream_bytes: int) -> bytes:
    """One request carried out in the shared memory."""
    media, length, most, memory_bytes, seconds = REQUEST.unpack(request)
    limit(memory_bytes, seconds)
    pixels = np.frombuffer(memory, np.uint8, offset=stream_bytes)
    try:
        stream = memoryview(memory)[:length]
        size = decoded(stream, MEDIA[media], pixels, min(most, pixels.size))
        coloured = in_colour(stream, MEDIA[media], size, pixels)
    except UndecodableImage as e:
        return BAD + str(e.fields["detail"])[:_MOST_TEXT].encode("utf-8", "replace")
    except MemoryError:
        return BAD + b"it needs more memory than allowed"
    return GOOD + SIZE.pack(*size, *coloured)


def main(arguments: Sequence[str]) -> None:
    """Answer requests until the input closes."""
    name, stream_bytes, pixels = arguments[0], int(arguments[1]), int(arguments[2])
    memory = attached(name, stream_bytes + pixels)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # C libraries may print
    confined = False
    while (request := read_frame(sys.stdin.buffer, REQUEST.size)) is not None:
        if not confined:
            confine(REQUEST.unpack(request)[3], REQUEST.unpack(request)[4])
            confined = True
        write_frame(answers, answer(request, memory, stream_bytes))
        write_frame(answers, b"")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
