"""Seals in bright colours are told from what pupils write and draw in the same colours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import simplejpeg
from numpy.typing import NDArray

from crosscheck.geometry import Box
from scanning.errors import UndecodableImage
from scanning.files import colours
from scanning.files.sources import Media
from scanning.leaks import stamps
from scanning.placing.registration import Registration

DPI = 200.0
K = DPI / 25.4
PLACE = Registration((K, 0, -0.5, 0, K, -0.5, 0, 0, 1), 0, 0.0, DPI)
ZONES = [Box(12, 60, 186, 80), Box(12, 143, 186, 110)]
BLUE, VIOLET, RED = (28, 44, 150), (90, 50, 170), (200, 40, 50)
Page = NDArray[np.uint8]


def written(colour: tuple[int, int, int], seed: int = 1) -> Page:
    """A page full of lines of script in one colour."""
    page = np.full((round(297 * K), round(210 * K), 3), 255, np.uint8)
    rng = np.random.default_rng(seed)
    words = ["speed", "of", "train", "equals", "sixty", "km", "so", "the", "path", "will", "be", "answer"]
    for zone in ZONES:
        for line in range(1, int(zone.h // 9)):
            text = " ".join(rng.choice(words, int(rng.integers(3, 8))))
            place = _place(18, zone.y + 9 * line)
            cv2.putText(page, text, place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.3, colour, 3, cv2.LINE_AA)
    return page


def _place(x: float, y: float) -> tuple[int, int]:
    return round(x * K), round(y * K)


def round_seal(page: Page, centre: tuple[float, float], mm: float, colour: tuple[int, int, int]) -> Page:
    """Two rings with letters between them and within."""
    out, at, radius = page.copy(), _place(*centre), mm / 2
    for share in (1.0, 0.66):
        cv2.circle(out, at, round(radius * share * K), colour, max(1, round(0.7 * K)), cv2.LINE_AA)
    size = radius / 55 * K / 4
    for turn in np.linspace(0, 2 * np.pi, 26, endpoint=False):
        x, y = centre[0] + 0.82 * radius * np.cos(turn), centre[1] + 0.82 * radius * np.sin(turn)
        cv2.putText(out, "W", _place(x - radius / 14, y + radius / 14), cv2.FONT_HERSHEY_SIMPLEX, size, colour, 2)
    for line, text in enumerate(("SCHOOL", "No 147", "TOWN")):
        place = _place(centre[0] - 0.5 * radius, centre[1] + (line - 0.7) * 0.35 * radius)
        cv2.putText(out, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.3 * size, colour, 2, cv2.LINE_AA)
    return out


def corner_stamp(page: Page, box: Box, colour: tuple[int, int, int]) -> Page:
    """A straight frame with lines of print."""
    out = page.copy()
    cv2.rectangle(out, _place(box.x, box.y), _place(box.right, box.bottom), colour, max(1, round(0.7 * K)))
    for line in range(3):
        place = _place(box.x + 3, box.y + (line + 1) * box.h / 4)
        cv2.putText(out, "School No 147", place, cv2.FONT_HERSHEY_SIMPLEX, box.w / 55, colour, 2, cv2.LINE_AA)
    return out


def jpeg(page: Page) -> bytes:
    noise = np.random.default_rng(3).normal(0, 4, page.shape)
    scan = np.clip(page * np.array([0.97, 0.96, 0.93]) + noise, 0, 255).astype(np.uint8)
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(scan), quality=80, colorspace="RGB"))


def found(page: Page) -> tuple[int, ...]:
    return stamps.coloured(jpeg(page), Media.JPEG, PLACE, ZONES)


@pytest.mark.parametrize("colour", [BLUE, VIOLET, RED])
def test_writing_is_no_seal_whatever_its_colour(colour: tuple[int, int, int]) -> None:
    """Lines of blue, violet and red handwriting, many pages of which a school has."""
    assert [found(written(colour, seed)) for seed in range(2)] == [(), ()]


@pytest.mark.parametrize("mm", [18.0, 30.0, 42.0])
def test_a_round_seal_is_found_in_its_zone(mm: float) -> None:
    """Of any usual size, also among writing in its own colour."""
    assert found(round_seal(written(VIOLET), (150, 200), mm, VIOLET)) == (1,)
    assert found(round_seal(np.full_like(written(BLUE), 255), (60, 100), mm, RED)) == (0,)


def test_a_corner_stamp_is_found() -> None:
    """A straight frame with print in it."""
    assert found(corner_stamp(np.full_like(written(BLUE), 255), Box(120, 80, 40, 20), BLUE)) == (0,)


def test_what_a_pupil_draws_is_no_seal() -> None:
    """A circle and a rectangle in blue pen, as answers to tasks have them."""
    page = np.full_like(written(BLUE), 255)
    cv2.circle(page, _place(60, 100), round(15 * K), BLUE, 3, cv2.LINE_AA)
    cv2.rectangle(page, _place(100, 160), _place(140, 185), BLUE, 3)
    assert found(page) == ()


def test_a_seal_outside_the_zones_is_none_of_its_business() -> None:
    """It isn't copied."""
    assert found(round_seal(np.full_like(written(BLUE), 255), (100, 30), 30, BLUE)) == ()


def test_grey_scans_have_no_colour_to_look_at() -> None:
    """A grey JPEG and a PNG cost nothing and say nothing; a damaged image is refused by name."""
    grey = np.ascontiguousarray(written(BLUE)[:, :, :1])
    assert colours.small(bytes(simplejpeg.encode_jpeg(grey, colorspace="GRAY")), Media.JPEG, DPI) is None
    assert colours.small(b"", Media.PNG, DPI) is None
    with pytest.raises(UndecodableImage):
        colours.small(b"no image", Media.JPEG, DPI)
