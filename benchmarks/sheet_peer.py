"""Score boxes read as most programs do it: a threshold, square contours, mean darkness inside, the darkest box counts.

What the first examples of the field do (OMRChecker, and what tutorials show). It knows how many boxes each cell has and
nothing else of the form; it never says that it doesn't know.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
_SIDE_MM = (3.4, 5.0)
_SAME_ROW_MM = 2.0


def read(grey: Grey, dpi: float, cells: Sequence[int]) -> list[list[int]]:
    """For each row of the table, which box of each cell is darkest; an empty list where boxes of a row were not found.
    `cells`: how many boxes each cell of a row has."""
    ink = cv2.adaptiveThreshold(
        cv2.GaussianBlur(grey, (3, 3), 0), 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12
    )
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    sides = [cv2.boundingRect(contour) for contour in contours]
    rows = [row for row in _rows(_boxes(sides, dpi), dpi) if 2 * len(row) > sum(cells)]
    return [_marked(grey, row, cells) if len(row) == sum(cells) else [] for row in rows]


def _boxes(sides: Sequence[Sequence[int]], dpi: float) -> list[tuple[int, int, int, int]]:
    """Contours about as large and as square as a score box; of each box the outer one."""
    least, most = (side / 25.4 * dpi for side in _SIDE_MM)
    found: list[tuple[int, int, int, int]] = []
    for x, y, w, h in sides:
        if least <= w <= most and least <= h <= most and 0.8 < w / h < 1.25:
            found.append((x, y, w, h))
    found.sort(key=lambda box: -box[2] * box[3])
    kept: list[tuple[int, int, int, int]] = []
    grid: dict[tuple[int, int], None] = {}
    step = int(least / 2)
    for x, y, w, h in found:
        middle = ((x + w // 2) // step, (y + h // 2) // step)
        near = [(middle[0] + i, middle[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        if not any(place in grid for place in near):
            grid[middle] = None
            kept.append((x, y, w, h))
    return kept


def _rows(boxes: list[tuple[int, int, int, int]], dpi: float) -> list[list[tuple[int, int, int, int]]]:
    rows: list[list[tuple[int, int, int, int]]] = []
    for box in sorted(boxes, key=lambda one: one[1]):
        if rows and box[1] - rows[-1][-1][1] < _SAME_ROW_MM / 25.4 * dpi:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row) for row in rows]


def _marked(grey: Grey, row: list[tuple[int, int, int, int]], cells: Sequence[int]) -> list[int]:
    """The darkest box of each cell."""
    light = [float(grey[y + h // 6 : y + h - h // 6, x + w // 6 : x + w - w // 6].mean()) for x, y, w, h in row]
    marked, at = [], 0
    for count in cells:
        marked.append(int(np.argmin(light[at : at + count])))
        at += count
    return marked
