"""The quick way to encode a page gives the pixels of the ordinary one."""

from __future__ import annotations

import io

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


def decoded(image: bytes) -> Grey:
    return np.asarray(simplejpeg.decode_jpeg(image, colorspace="GRAY", strict=True)[:, :, 0], np.uint8)


def ordinary(page: Grey, quality: int) -> bytes:
    return cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(30, 95), st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_every_page_decodes_to_the_same_pixels(height: int, width: int, quality: int, spots: int, seed: int) -> None:
    """Of any size, written on anywhere or nowhere."""
    rng = np.random.default_rng(seed)
    page: Grey = np.full((height, width), 255, np.uint8)
    for _ in range(spots):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        part = page[y : y + int(rng.integers(1, 30)), x : x + int(rng.integers(1, 30))]
        part[:] = rng.integers(0, 256, part.shape)
    assert np.array_equal(decoded(sparsejpeg.encode(page, quality)), decoded(ordinary(page, quality)))


@pytest.mark.parametrize("shape", [(2339, 1654), (1754, 1240), (1653, 1169)])
def test_a_whole_page_is_a_plain_file_for_every_reader(shape: tuple[int, int]) -> None:
    """With nothing in it but pixels; two decoders agree on them."""
    page: Grey = np.full(shape, 255, np.uint8)
    page[300:900, 100:900] = np.random.default_rng(3).integers(0, 256, (600, 800))
    image = sparsejpeg.encode(page, 85)
    seen = plainfile.opened(image)
    assert seen is not None
    assert (seen.entries, seen.shape) == (0, shape)
    with Image.open(io.BytesIO(image)) as other:
        assert np.abs(np.array(other, np.int16) - decoded(image)).max() <= 1
    assert np.array_equal(decoded(image), decoded(ordinary(page, 85)))


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 90), st.integers(8, 700), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_where_a_page_is_written_on_may_be_told(height: int, width: int, rows: int, seed: int) -> None:
    """The file is the same, to the byte; what is told to be written and is white does no harm."""
    rng = np.random.default_rng(seed)
    page: Grey = np.full((height, width), 255, np.uint8)
    written = np.column_stack([rng.integers(0, width - 7, rows), rng.integers(0, height, rows)])
    for x, y in written[: rows // 2 + 1]:
        page[y, x : x + 8] = rng.integers(0, 256, 8)
    assert sparsejpeg.encode(page, 85, written) == sparsejpeg.encode(page, 85)


@pytest.mark.parametrize("before", range(8))
def test_writing_told_across_the_end_of_a_stretch_is_kept(before: int) -> None:
    """On both sides of the end, wherever it falls among the eight pixels."""
    page: Grey = np.full((16, 2 * 24 * 8), 255, np.uint8)
    x = 24 * 8 - before
    page[5, x : x + 8] = 0
    assert sparsejpeg.encode(page, 85, np.array([[x, 5]])) == sparsejpeg.encode(page, 85)


def test_a_white_page_is_white() -> None:
    """Nothing to encode but one row."""
    assert decoded(sparsejpeg.encode(np.full((1170, 827), 255, np.uint8), 85)).min() == 255


def test_a_lost_row_would_be_seen() -> None:
    """The law above can fail: one row of blocks put in the wrong place gives other pixels."""
    page: Grey = np.full((64, 64), 255, np.uint8)
    page[8:16] = 0
    moved = np.roll(page, 8, axis=0)
    assert not np.array_equal(decoded(sparsejpeg.encode(moved, 85)), decoded(ordinary(page, 85)))
