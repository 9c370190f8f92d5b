"""What a recorded crop names, and the picture that is cut for it."""

from __future__ import annotations

import io
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from crosscheck.blobs import BlobStore
from crosscheck.model import BlobId
from scoring.crops import crop_name, named, short_name
from scoring.pictures import cell_picture, cell_pictures, png

_SIDES = st.integers(0, 9_999)
_LEVELS = (np.arange(256) * 15 + 127) // 255


def _opened(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L"))


@given(blob=st.text("0123456789abcdef", min_size=64, max_size=64), place=st.tuples(_SIDES, _SIDES, _SIDES, _SIDES))
def test_a_name_says_which_picture_and_where(blob: str, place: tuple[int, int, int, int]) -> None:
    """What is named is found again; a plain blob, as earlier versions recorded it, is itself."""
    assert named(crop_name(BlobId(blob), place)) == (blob, place)
    assert named(blob) == (blob, None)


def test_crops_of_one_picture_have_names_of_their_own() -> None:
    """Files of evidence that lie side by side don't overwrite each other."""
    names = {short_name(crop_name(BlobId("ab" * 32), (x, y, 9, 9))) for x in (0, 5) for y in (0, 5)}
    assert len(names) == 4
    assert short_name("ab" * 32) == "ab" * 6


@given(width=st.integers(1, 40), height=st.integers(1, 9), seed=st.integers(0, 99))
def test_a_picture_is_written_in_16_greys(width: int, height: int, seed: int) -> None:
    """Of any width, odd ones too, every pixel comes back as the nearest of 16 greys."""
    picture = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    assert np.array_equal(_opened(png(picture)), _LEVELS[picture] * 17)


def test_a_crop_is_cut_where_its_name_says(tmp_path: Path) -> None:
    """The pixels of the sheet's picture, one for one; a blob of its own is given as it is."""
    blobs = BlobStore(tmp_path)
    picture = np.random.default_rng(1).integers(0, 256, (60, 81), np.uint8)
    blob = blobs.put(png(picture))
    assert np.array_equal(
        _opened(cell_picture(blobs, crop_name(blob, (7, 3, 30, 20)))), _opened(png(picture))[3:23, 7:37]
    )
    assert cell_picture(blobs, str(blob)) == png(picture)


def test_a_sheets_picture_is_opened_once_for_all_its_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order cells are asked for, each gets its own."""
    blobs = BlobStore(tmp_path)
    dice = np.random.default_rng(2)
    sheets = [blobs.put(png(dice.integers(0, 256, (60, 80), np.uint8))) for _sheet in range(2)]
    crops = [crop_name(blob, (x, 3, 9, 20)) for x in (7, 30, 50) for blob in sheets] + [str(sheets[0])]
    single = {crop: cell_picture(blobs, crop) for crop in crops}
    spy = Mock(wraps=Image.open)
    monkeypatch.setattr(Image, "open", spy)
    assert dict(cell_pictures(blobs, crops)) == single
    assert spy.call_count == 2
