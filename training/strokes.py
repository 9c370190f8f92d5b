"""Signs drawn by strokes, to learn from: those that the collections lack, and what is no sign at all.

Apart from the drill's pens: what is read must not be learned from the hand that fills the sheets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Line = Sequence[tuple[float, float]]
Rng = np.random.Generator

_SIDE = 96  # pixels of the square (0, 0) to (1, 1)
_MARGIN = 16


def drawn(lines: Sequence[Line], rng: Rng) -> Picture:
    """Strokes through points of the unit square, shaken a little, as ink 0 to 1."""
    picture = np.zeros((_SIDE + 2 * _MARGIN, _SIDE + 2 * _MARGIN), np.uint8)
    wide = int(rng.integers(7, 15))
    for line in lines:
        points = np.array(line) + rng.normal(0.0, 0.025, (len(line), 2))
        pixels = (_smooth(points) * _SIDE + _MARGIN).astype(np.int32)
        cv2.polylines(picture, [pixels.reshape(-1, 1, 2)], False, 255, wide, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 2.0), np.float32) / 255.0


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve through the points (Catmull-Rom); two points are a straight line."""
    if len(points) < 3:
        return points
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    steps = np.linspace(0.0, 1.0, 8)[:, None]
    found = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        found.append(
            0.5
            * (2 * b + (c - a) * steps + (2 * a - 5 * b + 4 * c - d) * steps**2 + (3 * b - a - 3 * c + d) * steps**3)
        )
    return np.vstack(found)


def one(rng: Rng) -> Picture:
    """A one as in Europe: a flag up to the top, at times long, at times with a foot."""
    x, reach = float(rng.uniform(0.45, 0.65)), float(rng.uniform(0.15, 0.42))
    lines: list[Line] = [[(x - reach, float(rng.uniform(0.2, 0.55))), (x, 0.0)], [(x, 0.0), (x + 0.02, 1.0)]]
    if rng.random() < 0.25:
        lines.append([(x - 0.2, 1.0), (x + 0.22, 1.0)])
    return drawn(lines, rng)


def seven(rng: Rng) -> Picture:
    """A seven with its bar, at times with a serif, its stem straight or bent."""
    x, y = float(rng.uniform(0.2, 0.45)), float(rng.uniform(0.42, 0.6))
    lines: list[Line] = [[(0.1, 0.05), (0.8, 0.05)], [(0.8, 0.05), (0.6, 0.4), (x, 1.0)]]
    if rng.random() < 0.75:
        lines.append([(x - 0.02, y + 0.02), (0.85, y - 0.03)])
    if rng.random() < 0.4:
        lines.append([(0.1, 0.18), (0.1, 0.05)])
    return drawn(lines, rng)


def cross(rng: Rng) -> Picture:
    """An X: two strokes, or two bows back to back as in handwriting."""
    wide = float(rng.uniform(0.55, 1.0))
    if rng.random() < 0.7:
        bend = float(rng.normal(0.0, 0.06))
        return drawn(
            [[(0.0, 0.0), (wide / 2, 0.5 + bend), (wide, 1.0)], [(wide, 0.0), (wide / 2, 0.5 - bend), (0.0, 1.0)]], rng
        )
    near = float(rng.uniform(0.4, 0.6)) * wide
    left: Line = [(0.0, 0.1), (near * 0.8, 0.0), (near, 0.5), (near * 0.8, 1.0), (0.0, 0.9)]
    right: Line = [(wide, 0.1), (wide - near * 0.8, 0.0), (wide - near, 0.5), (wide - near * 0.8, 1.0), (wide, 0.9)]
    return drawn([left, right], rng)


def four(rng: Rng) -> Picture:
    """A four, open or closed at the top."""
    top = float(rng.uniform(0.1, 0.55))
    return drawn(
        [[(top, 0.0), (0.0, 0.62)], [(0.0, 0.62), (0.85, 0.6)], [(0.6, float(rng.uniform(0, 0.35))), (0.55, 1)]], rng
    )


DRAWN: dict[str, Callable[[Rng], Picture]] = {"1": one, "7": seven, "X": cross, "4": four}


# --- no signs -------------------------------------------------------------------------------------


def _scribble(rng: Rng) -> Picture:
    return drawn([[tuple(rng.random(2)) for _ in range(int(rng.integers(6, 16)))]], rng)


def _filling(rng: Rng) -> Picture:
    ys = np.linspace(0.0, 1.0, int(rng.integers(8, 16)))
    return drawn([[(float(i % 2), float(y)) for i, y in enumerate(ys)]], rng)


def _dash(rng: Rng) -> Picture:
    return drawn([[(0.0, 0.5), (1.0, 0.5 + float(rng.normal(0, 0.1)))]], rng)


def _tick(rng: Rng) -> Picture:
    low = float(rng.uniform(0.2, 0.45))
    return drawn([[(0.0, float(rng.uniform(0.45, 0.75))), (low, 1.0)], [(low, 1.0), (1.0, 0.0)]], rng)


def _dot(rng: Rng) -> Picture:
    return drawn([[(0.4, 0.45), (0.6, 0.5), (0.45, 0.6), (0.55, 0.45)]], rng)


def _plus(rng: Rng) -> Picture:
    return drawn([[(0.5, 0.0), (0.5, 1.0)], [(0.0, 0.5), (1.0, 0.5)]], rng)


def _letter(rng: Rng) -> Picture:
    """Н, П, К, А: what somebody may write who means no number."""
    shapes: tuple[tuple[Line, ...], ...] = (
        (((0.1, 0), (0.1, 1)), ((0.8, 0), (0.8, 1)), ((0.1, 0.5), (0.8, 0.5))),
        (((0.1, 1), (0.1, 0)), ((0.1, 0), (0.8, 0)), ((0.8, 0), (0.8, 1))),
        (((0.1, 0), (0.1, 1)), ((0.7, 0), (0.1, 0.5)), ((0.1, 0.5), (0.7, 1))),
        (((0.0, 1), (0.4, 0)), ((0.4, 0), (0.8, 1)), ((0.2, 0.6), (0.6, 0.6))),
    )
    return drawn(shapes[int(rng.integers(len(shapes)))], rng)


NO_SIGNS = (_scribble, _filling, _dash, _tick, _dot, _plus, _letter)


def struck_out(sign: Picture, rng: Rng) -> Picture:
    """A sign with one to three lines through it."""
    picture = (np.clip(sign, 0, 1) * 255).astype(np.uint8)
    height, width = picture.shape
    wide = max(3, round(0.1 * height))
    for _ in range(int(rng.integers(1, 4))):
        y0, y1 = (int(rng.uniform(0.15, 0.85) * height) for _ in range(2))
        cv2.line(picture, (0, y0), (width, y1), 255, wide, cv2.LINE_AA)
    return picture.astype(np.float32) / 255.0


def side_by_side(one_sign: Picture, other: Picture) -> Picture:
    """Two signs in one cell."""
    height = max(one_sign.shape[0], other.shape[0])
    parts = [np.pad(each, ((0, height - each.shape[0]), (0, 0))) for each in (one_sign, other)]
    return np.hstack([parts[0], parts[1]]).astype(np.float32)


def on_top(one_sign: Picture, other: Picture) -> Picture:
    """One sign written over another."""
    size = one_sign.shape[::-1]
    return np.maximum(one_sign, cv2.resize(other, size, interpolation=cv2.INTER_LINEAR)).astype(np.float32)
