"""How crooked is what is printed on a page that could not be placed? Perhaps that is why."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scanning.placing.shrinking import Grey

Floats = NDArray[np.float64]

_SIDE = 400  # pixels of the longer side are enough to see lines of print
_MOST, _STEP = 20.0, 2.0  # degrees
_CLEARER = 1.15  # than upright: print shows its own direction by far more
_DARKER = 12  # than the paper around it


def print_turn(grey: Grey) -> float:
    """Degrees that lines of print are turned from the nearest side of the scan, from -20 to 20; 0 where none show."""
    scale = _SIDE / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    around = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 9)
    ink = np.where(cv2.subtract(around, small) > _DARKER, 255, 0).astype(np.uint8)
    edge = round(0.03 * _SIDE)  # the sheet's own edges and their shadows lie there
    ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:] = 0, 0, 0, 0
    turns = np.arange(-_MOST, _MOST + _STEP / 2, _STEP)
    shown = [_lined(ink, float(turn)) for turn in turns]
    best = int(np.argmax(shown))
    upright = max(shown[len(turns) // 2 - 1 : len(turns) // 2 + 2])
    return float(turns[best]) if shown[best] > _CLEARER * upright else 0.0


def _lined(ink: Grey, turn: float) -> float:
    """How unevenly ink lies across rows and columns once it is turned back: most where print lies along them."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    level = np.asarray(cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_NEAREST), np.uint8)
    return sum(_unevenness(level, axis) for axis in (0, 1))


def _unevenness(level: Grey, axis: int) -> float:
    sums: Floats = np.asarray(cv2.reduce(level, axis, cv2.REDUCE_SUM, dtype=cv2.CV_64F), np.float64).ravel()
    return float(np.square(np.diff(sums)).sum())
