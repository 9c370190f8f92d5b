"""Pictures that were made to do harm, or that scanners make by mistake: PNG, TIFF and JPEG."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from drill.recipe import TOLD, Dice, Opens, Recipe, refused
from scanning.files.sources import FileFaultKind

WIDTH, HEIGHT = 120, 170  # pixels of an ordinary little page
_HUGE = 65_500
_LARGE = refused(FileFaultKind.TOO_LARGE)
_PAGE = Opens(1)
_PNG = b"\x89PNG\r\n\x1a\n"
_LONG, _SHORT, _ASCII = 4, 3, 2


def page(dice: Dice, width: int = WIDTH, height: int = HEIGHT) -> Image.Image:
    """A little grey page: paper with a few lines of writing."""
    pixels = dice.integers(225, 255, (height, width), dtype=np.uint8)
    for row in range(10, height - 10, 12):
        pixels[row : row + 3, 10 : int(dice.integers(20, width))] = 40
    return Image.fromarray(pixels)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(dice: Dice) -> bytes:
    """An ordinary little JPEG."""
    return saved(page(dice), "JPEG", quality=60, dpi=(200, 200))


def png(dice: Dice) -> bytes:
    """An ordinary little PNG."""
    return saved(page(dice), "PNG", dpi=(200, 200))


def tiff(dice: Dice, pages: int = 3, compression: str = "tiff_lzw") -> bytes:
    """An ordinary little TIFF of some pages."""
    first, *others = [page(dice) for _ in range(pages)]
    return saved(first, "TIFF", save_all=True, append_images=others, compression=compression, dpi=(200, 200))


# --- PNG -----------------------------------------------------------------------------------------


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG, with its checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(width: int, height: int, depth: int, data: bytes, *others: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))
    return _PNG + header + b"".join(others) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _png_of_zeros(dice: Dice) -> bytes:
    """100 million pixels in 12 kB."""
    side = int(dice.integers(9_900, 10_100)) // 8 * 8
    return _png(side, side, 1, zlib.compress(bytes((side // 8 + 1) * side), 9))


def _png_text_bomb(dice: Dice) -> bytes:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 9))
    return png(dice)[:33] + text + png(dice)[33:]


def _png_animated(dice: Dice) -> bytes:
    return saved(page(dice), "PNG", save_all=True, append_images=[page(dice), page(dice)])


def _png_of_many_frames(dice: Dice) -> bytes:
    whole = png(dice)
    return whole[:33] + chunk(b"acTL", struct.pack(">II", 0x7FFFFFFF, 0)) + whole[33:]


def _png_wrong_sums(dice: Dice) -> bytes:
    whole = bytearray(png(dice))
    whole[-20] ^= 0xFF
    return bytes(whole)


# --- TIFF ----------------------------------------------------------------------------------------


def directory(tags: Sequence[tuple[int, int, int, int]], following: int) -> bytes:
    """An image file directory: rows of tag, type, count, value or offset; then where the next one is."""
    rows = b"".join(struct.pack("<HHII", *row) for row in sorted(tags))
    return struct.pack("<H", len(tags)) + rows + struct.pack("<I", following)


def _plain_tags(
    width: int, height: int, offset: int, length: int, bits: int = 8, compression: int = 1
) -> list[tuple[int, int, int, int]]:
    return [
        (256, _LONG, 1, width), (257, _LONG, 1, height), (258, _SHORT, 1, bits), (259, _SHORT, 1, compression),
        (262, _SHORT, 1, 1), (273, _LONG, 1, offset), (277, _SHORT, 1, 1), (278, _LONG, 1, height),
        (279, _LONG, 1, length),
    ]  # fmt: skip


def _tiff(width: int, height: int, data: bytes, following: int = 0, bits: int = 8, compression: int = 1) -> bytes:
    tags = _plain_tags(width, height, 8, len(data), bits, compression)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory(tags, following)


def _tiff_looping(dice: Dice) -> bytes:
    data = page(dice).tobytes()
    return _tiff(WIDTH, HEIGHT, data, following=8 + len(data))


def _tiff_two_in_a_ring(dice: Dice) -> bytes:
    data = page(dice).tobytes()
    tags = _plain_tags(WIDTH, HEIGHT, 8, len(data))
    first = 8 + len(data)
    second = first + len(directory(tags, 0))
    return b"II*\0" + struct.pack("<I", first) + data + directory(tags, second) + directory(tags, first)


def _tiff_of_many_pages(dice: Dice) -> bytes:
    data = page(dice).tobytes()
    tags = _plain_tags(WIDTH, HEIGHT, 8, len(data))
    size, first, count = len(directory(tags, 0)), 8 + len(data), 5_000
    rows = (directory(tags, first + (i + 1) * size if i + 1 < count else 0) for i in range(count))
    return b"II*\0" + struct.pack("<I", first) + data + b"".join(rows)


def _tiff_zip_bomb(dice: Dice) -> bytes:
    side = int(dice.integers(5_800, 6_000))
    return _tiff(side, side, zlib.compress(bytes(side * side), 9), compression=8)


def _tiff_huge_but_empty(dice: Dice) -> bytes:
    return _tiff(_HUGE, _HUGE, dice.bytes(64))


def _tiff_one_bad_frame(dice: Dice) -> bytes:
    """Three pages, the second's data overwritten: the other two must not be lost."""
    data, spoilt = (zlib.compress(page(dice).tobytes(), 6) for _ in range(2))
    spoilt = spoilt[:8] + dice.bytes(len(spoilt) - 8)
    where, parts, out = 8, [data, spoilt, data], b""
    for i, part in enumerate(parts):
        tags = _plain_tags(WIDTH, HEIGHT, where, len(part), compression=8)
        after = where + len(part)
        size = len(directory(tags, 0))
        following = after + size + len(parts[i + 1]) if i + 1 < len(parts) else 0
        out += part + directory(tags, following)
        where = after + size
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + out


def _tiff_absurd_counts(dice: Dice) -> bytes:
    data = page(dice).tobytes()
    tags = _plain_tags(WIDTH, HEIGHT, 8, len(data))
    wild = [(tag, kind, 0xFFFFFFFF if dice.random() < 0.4 else count, value) for tag, kind, count, value in tags]
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory(wild, 0)


def _tiff_absurd_tiles(dice: Dice) -> bytes:
    data = page(dice).tobytes()
    tags = [row for row in _plain_tags(WIDTH, HEIGHT, 8, len(data)) if row[0] not in (273, 278, 279)]
    tags += [(322, _LONG, 1, 0x7FFFFFF0), (323, _LONG, 1, 16), (324, _LONG, 1, 8), (325, _LONG, 1, len(data))]
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory(tags, 0)


def _tiff_fax_of_rubbish(dice: Dice) -> bytes:
    return _tiff(3_000, 4_000, dice.bytes(5_000), bits=1, compression=4)


# --- JPEG ----------------------------------------------------------------------------------------


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def _jpeg_sized(dice: Dice) -> bytes:
    """An ordinary JPEG whose header claims 65 500 pixels each way."""
    whole = bytearray(jpeg(dice))
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", _HUGE, _HUGE)
    return bytes(whole)


def _jpeg_of_many_scans(dice: Dice) -> bytes:
    """Progressive, the last scan repeated thousands of times: each is decoded over the whole page."""
    whole = saved(page(dice, 1200, 1700), "JPEG", quality=60, progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 400 + b"\xff\xd9"


def _jpeg_four_inks(dice: Dice) -> bytes:
    return saved(page(dice).convert("CMYK"), "JPEG", quality=60)


def _jpeg_turned(dice: Dice) -> bytes:
    exif = Image.Exif()
    exif[274] = int(dice.integers(1, 9))
    return saved(page(dice), "JPEG", exif=exif)


def _jpeg_exif_rubbish(dice: Dice) -> bytes:
    whole = jpeg(dice)
    return whole[:2] + segment(0xE1, b"Exif\0\0" + dice.bytes(int(dice.integers(4, 2_000)))) + whole[2:]


def _jpeg_exif_ring(dice: Dice) -> bytes:
    ring = b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory([(0x8769, _LONG, 1, 8)], 8)
    whole = jpeg(dice)
    return whole[:2] + segment(0xE1, ring) + whole[2:]


def _jpeg_of_segments(dice: Dice) -> bytes:
    whole = jpeg(dice)
    return whole[:2] + segment(0xEF, bytes(65_000)) * 60 + whole[2:]


def _jpeg_without_end(dice: Dice) -> bytes:
    return jpeg(dice)[:-2]


def _jpeg_twice(dice: Dice) -> bytes:
    return jpeg(dice) + jpeg(dice)


def _jpeg_wrong_tables(dice: Dice) -> bytes:
    whole = bytearray(jpeg(dice))
    at = whole.index(b"\xff\xc4") + 5
    whole[at : at + 16] = dice.bytes(16)
    return bytes(whole)


# --- odd, but pages ------------------------------------------------------------------------------


def _sixteen_bits(dice: Dice) -> bytes:
    return saved(Image.fromarray(dice.integers(0, 65535, (HEIGHT, WIDTH), dtype=np.uint16)), "PNG")


def _transparent(dice: Dice) -> bytes:
    return saved(page(dice).convert("RGBA"), "PNG")


def _very_wide(dice: Dice) -> bytes:
    return saved(page(dice, 16_000, 60), "PNG", compress_level=1)


def _floating(dice: Dice) -> bytes:
    return saved(Image.fromarray(dice.random((HEIGHT, WIDTH), dtype=np.float32)), "TIFF")


def _palette(dice: Dice) -> bytes:
    return saved(page(dice).convert("P"), "PNG", transparency=0)


RECIPES = (
    Recipe("JPEG", "jpg", jpeg, _PAGE),
    Recipe("PNG", "png", png, _PAGE),
    Recipe("TIFF", "tif", tiff, Opens(3)),
    Recipe("TIFF, G4", "tif", lambda dice: saved(page(dice).convert("1"), "TIFF", compression="group4"), _PAGE),
    Recipe("JPEG, four inks", "jpg", _jpeg_four_inks, _PAGE),
    Recipe("JPEG, turned by EXIF", "jpg", _jpeg_turned, _PAGE),
    Recipe("PNG, 16 bits", "png", _sixteen_bits, _PAGE),
    Recipe("PNG, transparent", "png", _transparent, _PAGE),
    Recipe("PNG, palette", "png", _palette, _PAGE),
    Recipe("PNG, 16 000 pixels wide", "png", _very_wide, _PAGE, dear=True),
    Recipe("TIFF, four inks", "tif", lambda dice: saved(page(dice).convert("CMYK"), "TIFF"), _PAGE),
    Recipe("TIFF, floating point", "tif", _floating, TOLD),
    Recipe("PNG, animated", "png", _png_animated, TOLD),
    Recipe("PNG, 2 billion frames", "png", _png_of_many_frames, TOLD),
    Recipe("PNG, wrong checksums", "png", _png_wrong_sums, TOLD),
    Recipe("PNG, 65 500 pixels each way", "png", lambda dice: _png(_HUGE, _HUGE, 8, dice.bytes(64)), _LARGE),
    Recipe("PNG, no pixels", "png", lambda _dice: _png(0, 0, 8, b""), refused(FileFaultKind.DAMAGED)),
    Recipe("PNG, 100 million zeros", "png", _png_of_zeros, _LARGE, dear=True),
    Recipe("PNG, text bomb", "png", _png_text_bomb, TOLD, dear=True),
    Recipe("TIFF, directory follows itself", "tif", _tiff_looping, TOLD),
    Recipe("TIFF, two directories in a ring", "tif", _tiff_two_in_a_ring, TOLD),
    Recipe(
        "TIFF, 5000 pages", "tif", _tiff_of_many_pages,
        refused(FileFaultKind.TOO_MANY_PAGES, FileFaultKind.TIMED_OUT), dear=True,
    ),
    Recipe("TIFF, zip bomb", "tif", _tiff_zip_bomb, _LARGE, dear=True),
    Recipe("TIFF, huge but empty", "tif", _tiff_huge_but_empty, _LARGE),
    Recipe("TIFF, one bad frame", "tif", _tiff_one_bad_frame, TOLD),
    Recipe("TIFF, absurd counts", "tif", _tiff_absurd_counts, TOLD),
    Recipe("TIFF, absurd tiles", "tif", _tiff_absurd_tiles, TOLD),
    Recipe("TIFF, fax of rubbish", "tif", _tiff_fax_of_rubbish, TOLD),
    Recipe("JPEG, claims 65 500 pixels", "jpg", _jpeg_sized, _LARGE),
    Recipe("JPEG, 400 scans", "jpg", _jpeg_of_many_scans, TOLD, dear=True),
    Recipe("JPEG, EXIF rubbish", "jpg", _jpeg_exif_rubbish, TOLD),
    Recipe("JPEG, EXIF in a ring", "jpg", _jpeg_exif_ring, TOLD),
    Recipe("JPEG, 4 MB of segments", "jpg", _jpeg_of_segments, TOLD),
    Recipe("JPEG, no end", "jpg", _jpeg_without_end, TOLD),
    Recipe("JPEG, two in one", "jpg", _jpeg_twice, TOLD),
    Recipe("JPEG, wrong tables", "jpg", _jpeg_wrong_tables, TOLD),
)  # fmt: skip
