"""Numbers written by hand into digit cells: with the hands of real people, whom the reader never learned from.

OpenCV's digits are American. Ones with a flag and crossed sevens, as most people here write them, are drawn; where
CROSSCHECK_DIGITS names a folder with the Semeion set, Italians who write them so lend their hands as well.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from drill import digit_data
from drill.digit_data import Digit, Picture
from drill.ink import Ink, Page, lay, pixels

Rng = np.random.Generator
_FLAGGED_ONE, _CROSSED_SEVEN = 0.6, 0.5  # how many write so


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """How one person writes digits: two pictures of each (0 to 1, cut to their edges), how high (mm) and how slanted,
    and how far they stand from the middle of a cell (mm)."""

    digits: Mapping[str, tuple[Picture, ...]]
    height_mm: float
    slant: float
    astray_mm: float


@cache
def _people() -> tuple[Mapping[int, tuple[Digit, ...]], ...]:
    """Collections of hands that were kept back, each by digit."""
    folder = os.environ.get("CROSSCHECK_DIGITS")
    kept = digit_data.read(Path(folder)).kept_back if folder else {"opencv": digit_data.kept_back()}
    return tuple({n: tuple(d for d in digits if d.value == n) for n in range(10)} for digits in kept.values())


def some_hand(rng: Rng) -> Hand:
    """The hand of one more person."""
    people = _people()
    digits = people[int(rng.integers(len(people)))]
    found = {
        str(n): tuple(picture(digits[n][int(i)], rng) for i in rng.integers(len(digits[n]), size=2)) for n in digits
    }
    if rng.random() < _FLAGGED_ONE:
        found["1"] = (_one(rng), _one(rng))
    if rng.random() < _CROSSED_SEVEN:
        found["7"] = (_seven(rng), _seven(rng))
    found["X"] = (_cross(rng), _cross(rng))
    return Hand(found, float(rng.uniform(4.0, 5.6)), float(rng.uniform(-0.1, 0.2)), float(rng.uniform(0.1, 0.5)))


def picture(digit: Digit, rng: Rng) -> Picture:
    """A real digit in a width that it may have had."""
    height = digit.picture.shape[0]
    wide = max(4, round(height * float(rng.uniform(*digit.wide))))
    return np.asarray(cv2.resize(digit.picture, (wide, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _lines(points: NDArray[np.float64], width: int, height: int, rng: Rng) -> Picture:
    """Straight strokes between pairs of points of a picture."""
    picture = np.zeros((height, width), np.uint8)
    shaken = points + rng.normal(0.0, 1.5, points.shape)
    for start, end in shaken.reshape(-1, 2, 2):
        ends = [(int(x), int(y)) for x, y in (start, end)]
        cv2.line(picture, ends[0], ends[1], 255, int(rng.integers(6, 9)), cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.float32) / 255.0


def _one(rng: Rng) -> Picture:
    low = float(rng.uniform(22, 40))
    return _lines(np.array([(6, low), (34, 6), (34, 6), (32, 74)], np.float64), 44, 80, rng)


def _seven(rng: Rng) -> Picture:
    foot = float(rng.uniform(14, 24))
    points = [(6, 8), (50, 8), (50, 8), (foot, 74), (12, 40), (48, 38)]
    return _lines(np.array(points, np.float64), 58, 80, rng)


def _cross(rng: Rng) -> Picture:
    return _lines(np.array([(7, 7), (53, 73), (53, 7), (7, 73)], np.float64), 60, 80, rng)


def write(page: Page, text: str, cells: tuple[Box, ...], dpi: float, hand: Hand, ink: Ink, rng: Rng) -> None:
    """Write digits or X into cells in place, one in each; a shorter text stands in the last ones."""
    for sign, cell in zip(text, cells[len(cells) - len(text) :], strict=True):
        several = hand.digits[sign]
        x, y = (float(v) for v in np.array(cell.centre) + rng.normal(0.0, hand.astray_mm, 2))
        _lay_sign(page, several[int(rng.integers(len(several)))], (x, y), dpi, hand, ink, rng)


def strike_out(page: Page, cell: Box, dpi: float, ink: Ink, rng: Rng) -> None:
    """Two lines through what stands in a cell."""
    size = (round(pixels(cell.w, dpi)), round(pixels(cell.h, dpi)))
    mask = np.zeros(size[::-1], np.uint8)
    for level in (0.35, 0.65):
        ends = [(0.08, level + float(rng.normal(0, 0.06))), (0.92, level + float(rng.normal(0, 0.06)))]
        places = [(int(x * size[0]), int(y * size[1])) for x, y in ends]
        cv2.line(mask, places[0], places[1], 255, max(1, round(pixels(0.5, dpi))), cv2.LINE_AA)
    lay(page, mask, round(pixels(cell.x, dpi)), round(pixels(cell.y, dpi)), ink, rng)


def _lay_sign(page: Page, sign: Picture, at: tuple[float, float], dpi: float, hand: Hand, ink: Ink, rng: Rng) -> None:
    scale = pixels(hand.height_mm * float(rng.normal(1.0, 0.06)), dpi) / sign.shape[0]
    slant = hand.slant + float(rng.normal(0.0, 0.05))
    height, width = round(sign.shape[0] * scale), round(sign.shape[1] * scale + abs(slant) * sign.shape[0] * scale)
    shift = (width - sign.shape[1] * scale + slant * height) / 2
    matrix = np.array([[scale, -slant * scale, shift], [0.0, scale, 0.0]])
    soft = np.asarray(cv2.warpAffine(sign, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)
    mask = np.clip((soft - 0.35) / 0.3, 0.0, 1.0) * 255.0
    left, top = round(pixels(at[0], dpi) - width / 2), round(pixels(at[1], dpi) - height / 2)
    lay(page, mask.astype(np.uint8), left, top, ink, rng)
