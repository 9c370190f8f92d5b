"""A picture is nothing but pixels, or it is told."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scanning.leaks import plainfile
from scanning.masking import sparsejpeg
from tests.scanning.pages import Grey

PAGE = np.full((1170, 827), 255, np.uint8)
PAGE[300:600, 200:500] = np.random.default_rng(1).integers(0, 255, (300, 300))
JPEG = bytes(simplejpeg.encode_jpeg(PAGE[:, :, None], quality=85, colorspace="GRAY"))
PNG = cv2.imencode(".png", np.where(PAGE < 128, 0, 255).astype(np.uint8), [cv2.IMWRITE_PNG_BILEVEL, 1])[1].tobytes()


def entries(image: bytes) -> int | None:
    """How many things beside pixels; None when it can't be opened."""
    seen = plainfile.opened(image)
    return None if seen is None else seen.entries


def saved(kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PAGE).save(out, kind, **how)
    return out.getvalue()


def segment(kind: int, content: bytes) -> bytes:
    """A JPEG segment, put in behind the first two bytes."""
    return JPEG[:2] + bytes([0xFF, kind]) + struct.pack(">H", len(content) + 2) + content + JPEG[2:]


def chunk(kind: bytes, content: bytes) -> bytes:
    body = struct.pack(">I", len(content)) + kind + content
    return body + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize("image", [JPEG, PNG])
def test_what_redaction_writes_is_plain(image: bytes) -> None:
    """Nothing needless, the full size, and the picture at half of it."""
    seen = plainfile.opened(image)
    assert seen is not None
    assert (seen.entries, seen.shape) == (0, PAGE.shape)
    assert abs(2 * seen.half.shape[0] - PAGE.shape[0]) <= 1
    assert np.array_equal(plainfile.full(image).shape, PAGE.shape)


@pytest.mark.parametrize(
    "image",
    [
        segment(0xFE, b"made up"),  # comment
        segment(0xE1, b"Exif\0\0made up"),
        segment(0xE2, b"ICC_PROFILE\0"),
        segment(0xE0, b"JFXX\0\x10"),  # thumbnail
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + bytes(3)),  # one pixel of thumbnail in the header
        JPEG + b"more",
        JPEG + JPEG,
        saved("JPEG", comment=b"made up"),
        saved("JPEG", progressive=True),  # several scans: an earlier one may show what a later one covers
        PNG + b"more",
        PNG[:33] + chunk(b"tEXt", b"Comment\0made up") + PNG[33:],
        PNG[:33] + chunk(b"tIME", bytes(7)) + PNG[33:],
    ],
)
def test_anything_beside_the_pixels_counts_or_is_refused(image: bytes) -> None:
    """However it got there."""
    assert entries(image) != 0


def test_bytes_behind_the_packed_pixels_of_a_png_count() -> None:
    """Readers ignore them, and a name fits in."""
    at = PNG.rindex(b"IDAT")
    (length,) = struct.unpack(">I", PNG[at - 4 : at])
    packed = PNG[at + 4 : at + 4 + length]
    image = PNG[: at - 4] + chunk(b"IDAT", packed + b"made up") + PNG[at + 8 + length :]
    assert entries(image) == 1


def test_bytes_between_the_pixels_of_a_jpeg_are_refused() -> None:
    """Decoders skip them with a warning."""
    assert entries(JPEG[:-2] + b"made up" + JPEG[-2:]) is None


def test_a_colour_picture_is_not_plain() -> None:
    """Colour could hold what grey doesn't show."""
    colour = bytes(simplejpeg.encode_jpeg(np.repeat(PAGE[:, :, None], 3, axis=2), quality=85, colorspace="RGB"))
    assert entries(colour) == 1


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG"]), st.integers(0, 10_000), st.binary(max_size=8))
def test_damage_raises_nothing(kind: str, at: int, junk: bytes) -> None:
    """Whatever the bytes are."""
    image = JPEG if kind == "JPEG" else PNG
    at %= len(image)
    plainfile.opened(image[:at] + junk + image[at + len(junk) :])
    plainfile.opened(image[:at])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1100), st.integers(0, 780), st.integers(0, 215), st.integers(1, 3))
def test_a_spot_is_seen_at_half_the_size(y: int, x: int, grey: int, side: int) -> None:
    """Ink lowers the mean of its block, however small it is."""
    page: Grey = np.full((1170, 827), 255, np.uint8)
    page[y : y + side, x : x + side] = grey
    seen = plainfile.opened(bytes(simplejpeg.encode_jpeg(page[:, :, None], quality=85, colorspace="GRAY")))
    assert seen is not None
    assert seen.half.min() < 255


def _reference(image: bytes, height: int, width: int) -> Grey:
    half = ((height + 1) // 2, (width + 1) // 2)
    seen = simplejpeg.decode_jpeg(image, colorspace="GRAY", min_height=half[0], min_width=half[1], min_factor=2)
    return np.asarray(seen[:, :, 0], np.uint8)


@settings(max_examples=12, deadline=None)
@given(st.integers(60, 300), st.integers(60, 300), st.integers(0, 2**32 - 1))
def test_rows_that_repeat_are_the_pixels_the_library_decodes(height: int, width: int, seed: int) -> None:
    """A masked page is decoded without its white rows again and again; nobody can tell from its pixels."""
    rng = np.random.default_rng(seed)
    page = np.full((height, width), 255, np.uint8)
    top, left = int(rng.integers(0, height - 16)), int(rng.integers(0, width - 16))
    page[top : top + 16, left : left + 16] = rng.integers(0, 255, (16, 16))
    image = sparsejpeg.encode(page, 85)
    seen = plainfile.opened(image)
    assert seen is not None
    assert seen.shape == (height, width)
    assert np.array_equal(seen.half, _reference(image, height, width))


@pytest.mark.parametrize("change", ["order", "hidden"])
def test_repeating_rows_hide_nothing(change: str) -> None:
    """Markers out of order and bytes behind a row's own are left to the library, which refuses or is followed."""
    image = sparsejpeg.encode(PAGE, 85)
    at = image.index(b"\xff\xd1", image.index(b"\xff\xda"))
    if change == "order":
        changed = image[:at] + b"\xff\xd5" + image[at + 2 :]
    else:
        changed = image[:at] + b"a pupil's name" + image[at:]
    assert plainfile.opened(changed) is None
