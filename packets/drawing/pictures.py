"""Scanned pages into PDF without encoding them again: the compressed data itself is embedded.

Decoding and encoding a page costs a hundred times more than copying it, and a second JPEG is a worse one.
Whatever an image file carries besides its pixels (comments, EXIF, profiles, bytes after the end) stays out.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from crosscheck.geometry import Box
from crosscheck.pdffile import Raw, stream
from crosscheck.typeset import Press

_JPEG = b"\xff\xd8"
_PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive: what PDF viewers decode
_NEEDED = (*_FRAMES, 0xC4, 0xDA, 0xDB, 0xDD)  # frame, Huffman tables, scan, quantisation, restart interval
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SPACES = {1: b"DeviceGray", 3: b"DeviceRGB"}


class NotAPicture(ValueError):
    """The bytes are not an image that can be embedded; says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Compressed pixels as PDF takes them. `channels` is 1 (grey) or 3 (RGB), `bits` those of a channel."""

    width: int
    height: int
    channels: int
    bits: int
    filter: str
    data: bytes

    @property
    def key(self) -> str:
        return hashlib.sha256(self.data).hexdigest()[:32]


def picture(data: bytes) -> Picture:
    """The pixels of a JPEG or PNG file, still compressed. Raises NotAPicture."""
    try:
        if data.startswith(_JPEG):
            return _jpeg(data)
        if data.startswith(_PNG):
            return _png(data)
    except (struct.error, IndexError, OSError, zlib.error) as cut:
        raise NotAPicture("the file is cut off or damaged") from cut
    raise NotAPicture("neither JPEG nor PNG")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with their segments, a scan's data with its header, up to the end of the image."""
    at = 2
    while True:
        found = _NEXT_MARKER.match(data, at)
        if found is None:
            raise NotAPicture("the JPEG is cut off or damaged")
        marker = data[at + 1]
        if marker == 0xD9:
            return
        end = at + 2 + int(struct.unpack_from(">H", data, at + 2)[0])
        if marker == 0xDA:
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise NotAPicture("the JPEG has no end")
            end = following.start()
        yield marker, data[at:end]
        at = end


def _jpeg(data: bytes) -> Picture:
    kept = [_JPEG]
    frame: tuple[int, int, int, int] | None = None
    for marker, segment in _jpeg_segments(data):
        if marker in _FRAMES:
            frame = struct.unpack_from(">BHHB", segment, 4)
        if marker in _NEEDED or (marker == 0xEE and segment[4:9] == b"Adobe"):  # Adobe: are the channels RGB?
            kept.append(segment)
    if frame is None:
        raise NotAPicture("the JPEG is of a kind that viewers can't show")
    bits, height, width, channels = frame
    if bits != 8 or channels not in _SPACES or not width or not height:
        raise NotAPicture("the JPEG is neither grey nor RGB with 8 bits")
    return Picture(width, height, channels, bits, "DCTDecode", b"".join([*kept, b"\xff\xd9"]))


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (check,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(kind + body) != check:
            raise NotAPicture("the PNG is damaged")
        if kind == b"IEND":
            return
        yield kind, body
        at += length + 12


def _png(data: bytes) -> Picture:
    chunks = list(_png_chunks(data))
    width, height, bits, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    plain = colour in (0, 2) and bits <= 8 and not interlaced and all(kind != b"tRNS" for kind, _ in chunks)
    if not plain:
        return _png(_flattened(data))
    body = b"".join(body for kind, body in chunks if kind == b"IDAT")
    return Picture(width, height, 1 if colour == 0 else 3, bits, "FlateDecode", body)


def _flattened(data: bytes) -> bytes:
    """A PNG with palette, transparency or interlacing as a plain one, over white."""
    with Image.open(io.BytesIO(data)) as opened:
        over = opened.convert("RGBA")
    white = Image.new("RGBA", over.size, "white")
    white.alpha_composite(over)
    made = io.BytesIO()
    white.convert("RGB").save(made, "PNG", compress_level=1)
    return made.getvalue()


def _embedded(shown: Picture) -> Raw:
    """A picture as an object of a PDF."""
    parameters = _PARAMETERS[shown.filter](shown) if shown.filter in _PARAMETERS else b""
    entries = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d /ColorSpace /%s /Filter /%s %s"
        % (
            shown.width,
            shown.height,
            shown.bits,
            _SPACES[shown.channels],
            shown.filter.encode(),
            parameters,
        )
    )
    return stream(entries, shown.data)


_PARAMETERS: dict[str, Callable[[Picture], bytes]] = {
    "FlateDecode": lambda shown: (
        b"/DecodeParms <</Predictor 15 /Colors %d /BitsPerComponent %d /Columns %d>>"
        % (shown.channels, shown.bits, shown.width)
    ),
    "CCITTFaxDecode": lambda shown: b"/DecodeParms <</K -1 /Columns %d /Rows %d>>" % (shown.width, shown.height),
}


def draw_picture(press: Press, box: Box, shown: Picture) -> None:
    """Fill `box` with the picture, written to the file at once; the same picture is stored once in a file."""
    key = shown.key
    name = press.canvas._doc.getXObjectName(key)
    if not press.file.knows(name):
        press.file.write(name, _embedded(shown))
    press.place(key, box)
