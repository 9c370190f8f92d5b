"""Where a sheet of paper lies in a photo: a light four-sided shape on something darker."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import PAGE
from scanning.placing.shrinking import shrunk

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_LONG_SIDE = 400.0  # pixels of the picture that is looked at
_LEAST_AREA = 0.25  # of the picture
_STRAIGHT = (0.015, 0.03, 0.05)  # of the outline's length: how far its corners may be rounded off


def corners(grey: Grey) -> Floats | None:
    """The sheet's corners (4 x 2, pixels, clockwise from the one at the top left) in a picture (HxW uint8); None when
    no single light four-sided shape stands out."""
    scale = min(1.0, _LONG_SIDE / max(grey.shape))
    small = cv2.medianBlur(shrunk(grey, scale), 5)
    _, light = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    # Print and frames near the edge would cut the sheet up.
    light = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    outlines = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is None or cv2.contourArea(outline) < _LEAST_AREA * small.size:
        return None
    hull = cv2.convexHull(outline)
    for straight in _STRAIGHT:
        found = cv2.approxPolyDP(hull, straight * cv2.arcLength(hull, True), True).reshape(-1, 2)
        if len(found) == 4:
            return np.asarray((_ordered(np.asarray(found, np.float64)) + 0.5) / scale - 0.5, np.float64)
    return None


def _ordered(found: Floats) -> Floats:
    middle = found.mean(axis=0)
    around = found[np.argsort(np.arctan2(found[:, 1] - middle[1], found[:, 0] - middle[0]))]
    first = int(np.argmin(around.sum(axis=1)))
    return np.asarray(np.roll(around, -first, axis=0), np.float64)


def poses(grey: Grey) -> tuple[Floats, ...]:
    """3x3 from page millimetres to pixels for the ways an A4 sheet seen in the picture can lie, but for being upside
    down; none when no sheet stands out."""
    seen = corners(grey)
    if seen is None:
        return ()
    across, down = np.linalg.norm(seen[1] - seen[0]), np.linalg.norm(seen[2] - seen[1])
    if across > down:  # lying: its left edge is at the top
        seen = np.roll(seen, -1, axis=0)
    page = np.array(PAGE.corners(), np.float32)
    return (np.asarray(cv2.getPerspectiveTransform(page, seen.astype(np.float32)), np.float64),)
