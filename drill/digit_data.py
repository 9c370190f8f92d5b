"""Real handwritten digits of public collections, and which of them are kept back.

Two collections, neither of which is whole in this project: `semeion.tsv.gz` (UCI, Semeion handwritten digit set: about
80 Italian writers, each digit twice; ones with a flag and crossed sevens among them) and `opencv_digits.png` (sample
data of OpenCV, Apache-2.0: 500 of each digit by American writers). Weights are learned from a part of both. What is
kept back is never learned from: the drill writes with these hands, and the recogniser is measured on them.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

HANDS = Path(__file__).with_name("hands")
SEMEION, OPENCV = "semeion.tsv.gz", "opencv_digits.png"
KEPT_BACK = "opencv_kept_back.png"
_SEMEION_LEARNED = 1194  # rows; the others are of twenty writers more
_OPENCV_LEARNED = 80  # columns of 100
_UP = 4  # small pictures are smoothed and made so many times larger
_FLAGGED = (0.38, 0.75)  # width of a one with a flag against its height; other digits:
_WIDE = (0.5, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """A real digit: ink 0 to 1, cut to its edges. `wide`: from what to what its width may be against its height;
    the Semeion set was stretched to squares, and only about that much can be known."""

    value: int
    picture: Picture
    wide: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits to learn from, and those of writers kept back, by collection."""

    learned: tuple[Digit, ...]
    kept_back: dict[str, tuple[Digit, ...]]


class DigitsMissing(Exception):
    """A collection is not in the folder given."""


def read(folder: Path) -> Digits:
    """Both collections from a folder. Raises DigitsMissing."""
    for name in (SEMEION, OPENCV):
        if not (folder / name).is_file():
            raise DigitsMissing(f"{folder} has no {name}: see the head of drill/digit_data.py")
    semeion, grid = _semeion(folder / SEMEION), _grid(folder / OPENCV)
    kept = {"semeion": semeion[_SEMEION_LEARNED:], "opencv": _digits(grid[:, _OPENCV_LEARNED * 20 :])}
    return Digits((*semeion[:_SEMEION_LEARNED], *_digits(grid[:, : _OPENCV_LEARNED * 20])), kept)


def kept_back() -> tuple[Digit, ...]:
    """The digits that the project carries with it: a fifth of OpenCV's, never learned from."""
    return _digits(_grid(HANDS / KEPT_BACK))


def _grid(path: Path) -> NDArray[np.uint8]:
    found = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if found is None:
        raise DigitsMissing(f"{path} is no picture")
    return np.asarray(found, np.uint8)


def _digits(grid: NDArray[np.uint8]) -> tuple[Digit, ...]:
    """A grid of digits of 20 x 20 pixels, light on dark, five rows of each."""
    found = []
    for row in range(grid.shape[0] // 20):
        for column in range(grid.shape[1] // 20):
            cell = grid[row * 20 : row * 20 + 20, column * 20 : column * 20 + 20]
            picture = _cut(_larger(cell.astype(np.float32) / 255.0, 0.6))
            ratio = picture.shape[1] / picture.shape[0]
            found.append(Digit(row // 5, picture, (0.92 * ratio, 1.08 * ratio)))
    return tuple(found)


def _semeion(path: Path) -> tuple[Digit, ...]:
    with gzip.open(path, "rt") as lines:
        rows = np.loadtxt(lines, dtype=np.float32)
    pictures, values = rows[:, :256].reshape(-1, 16, 16), rows[:, 256:].argmax(axis=1)
    return tuple(
        Digit(int(value), _cut(_larger(picture, 0.7)), _FLAGGED if value == 1 else _WIDE)
        for picture, value in zip(pictures, values, strict=True)
    )


def _larger(picture: Picture, smooth: float) -> Picture:
    padded = np.pad(picture, 2)
    large = cv2.resize(padded, None, fx=_UP, fy=_UP, interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(cv2.GaussianBlur(large, (0, 0), smooth * _UP)), 0.0, 1.0).astype(np.float32)


def _cut(picture: Picture) -> Picture:
    """Cut to where there is ink, brightest to 1."""
    picture = picture / max(float(picture.max()), 1e-6)
    rows, columns = np.flatnonzero((picture > 0.3).any(axis=1)), np.flatnonzero((picture > 0.3).any(axis=0))
    top, left = max(0, rows[0] - 3), max(0, columns[0] - 3)
    return np.ascontiguousarray(picture[top : rows[-1] + 4, left : columns[-1] + 4])
