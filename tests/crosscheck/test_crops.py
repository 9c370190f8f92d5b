"""Single tasks come out of masked pages pixel for pixel."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from crosscheck.crops import MaskedCopy, TaskPlace, cut, places, task_crops
from crosscheck.geometry import PAGE, Box
from crosscheck.model import TaskId
from crosscheck.pageform import AnswerZone

PIXELS = np.random.default_rng(1).integers(0, 256, (297, 210), dtype=np.uint8)
ONE, TWO = TaskId("1"), TaskId("2")


def png(pixels: np.ndarray, **more: object) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "PNG", **more)
    return out.getvalue()


def opened(image: bytes) -> np.ndarray:
    with Image.open(BytesIO(image)) as picture:
        return np.asarray(picture.convert("L"))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 200), st.integers(0, 280), st.integers(1, 60), st.integers(1, 60))
def test_a_crop_holds_the_very_pixels_of_the_page(x: int, y: int, w: int, h: int) -> None:
    """Nothing is encoded with loss, nothing beyond the box comes along; what lies off the page is left out."""
    assert np.array_equal(opened(cut(png(PIXELS), Box(x, y, w, h))), PIXELS[y : y + h, x : x + w])


def test_a_crop_carries_nothing_but_pixels() -> None:
    """A comment and a profile in the page's file stay behind, and the same crop is the same bytes."""
    said = cut(png(PIXELS, icc_profile=b"Ivanov", exif=b"Exif\0\0Ivanov"), PAGE)
    assert b"Ivanov" not in said
    assert said == cut(png(PIXELS), PAGE)


def test_a_two_coloured_page_stays_two_coloured() -> None:
    """One bit a pixel, as it was kept."""
    with Image.open(BytesIO(cut(png(PIXELS > 127), Box(10, 10, 50, 50)))) as picture:
        assert picture.mode == "1"


def test_a_task_on_several_pages_and_zones_comes_in_order() -> None:
    """By page, and on a page in the order of its zones."""
    a, b, c = Box(10, 10, 5, 5), Box(10, 20, 5, 5), Box(10, 30, 5, 5)
    second = MaskedCopy(2, (AnswerZone(ONE, a),), "q")
    first = MaskedCopy(1, (AnswerZone(ONE, b), AnswerZone(TWO, a), AnswerZone(ONE, c)), "p")
    assert places((second, first), ONE) == (TaskPlace(1, "p", b), TaskPlace(1, "p", c), TaskPlace(2, "q", a))
    assert places((second, first), TaskId("9")) == ()
    assert task_crops(png(PIXELS), first.zones, ONE) == (cut(png(PIXELS), b), cut(png(PIXELS), c))


def test_what_lies_off_the_page_or_is_no_picture_is_refused() -> None:
    """Never an empty picture in place of an answer."""
    with pytest.raises(ValueError, match="off the page"):
        cut(png(PIXELS), Box(300, 10, 5, 5))
    with pytest.raises(OSError, match="identify"):
        cut(b"no picture", PAGE)
