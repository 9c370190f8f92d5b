"""Pictures to learn from: signs as they lie in the cells of scanned sheets, through the very eyes of the reader."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from drill.digit_data import Digit, Picture
from scoring.digits import glyph
from scoring.digits.network import OTHER, SIGNS
from training import strokes

Rng = np.random.Generator
Pictures = NDArray[np.uint8]

_CELL = (round((7.2 + 2) * 8), round((7.0 + 2) * 8))  # height, width of a cell and what is around it, 8 pixels a mm
_EDGE = 8
_FRAME = 0.5
_DRAWN_SHARE, _NO_SIGN_SHARE = 0.16, 0.14
_SEMEION_TIMES = 3  # there are few of them, and they are of the kind that is written here


def made(digits: Sequence[Digit], number: int, seed: int) -> tuple[Pictures, NDArray[np.int64]]:
    """So many glyphs (0 to 255) and their classes."""
    rng = np.random.default_rng(seed)
    pool = [digit for digit in digits for _ in range(_SEMEION_TIMES if digit.wide[1] in (0.75, 0.95) else 1)]
    pictures, classes = np.zeros((number, glyph.SIDE, glyph.SIDE), np.uint8), np.zeros(number, np.int64)
    done = 0
    while done < number:
        sign, kind = _some(pool, rng)
        look = seen(in_cell(sign, rng))
        if isinstance(look, glyph.Glyph):
            pictures[done], classes[done] = np.rint(look.picture * 255), kind
            done += 1
    return pictures, classes


def _some(pool: Sequence[Digit], rng: Rng) -> tuple[Picture, int]:
    chance = float(rng.random())
    if chance < _DRAWN_SHARE:
        name = "1147XXXX"[int(rng.integers(8))]
        return strokes.DRAWN[name](rng), SIGNS.index(name)
    if chance < _DRAWN_SHARE + _NO_SIGN_SHARE:
        return _no_sign(pool, rng), OTHER
    digit = pool[int(rng.integers(len(pool)))]
    return shaped(digit, rng), digit.value


def shaped(digit: Digit, rng: Rng) -> Picture:
    """A real digit in a width that it may have had."""
    height = digit.picture.shape[0]
    wide = max(4, round(height * float(rng.uniform(*digit.wide))))
    return np.asarray(cv2.resize(digit.picture, (wide, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _no_sign(pool: Sequence[Digit], rng: Rng) -> Picture:
    a, b = (shaped(pool[int(i)], rng) for i in rng.integers(len(pool), size=2))
    chance = float(rng.random())
    if chance < 0.3:
        return strokes.struck_out(a, rng)
    if chance < 0.45:
        return strokes.side_by_side(a, b)
    if chance < 0.6:
        return strokes.on_top(a, b)
    return strokes.NO_SIGNS[int(rng.integers(len(strokes.NO_SIGNS)))](rng)


def in_cell(sign: Picture, rng: Rng) -> Picture:
    """A sign written into a cell and scanned: turned, slanted, bent, thick or thin, dark or pale, on paper with noise.
    The cell's printed frame is taken away again, as the reader takes it away."""
    height, width = _CELL
    tall = float(rng.uniform(3.4, 6.2)) * 8
    scale = tall / sign.shape[0]
    if sign.shape[1] * scale > width - 8:
        scale = (width - 8) / sign.shape[1]
    matrix = _laid(sign.shape, scale, rng)
    cell = np.asarray(cv2.warpAffine(sign, matrix, (width, height), flags=cv2.INTER_AREA), np.float32)
    cell = _bent(cell, rng)
    soft = np.asarray(cv2.GaussianBlur(cell, (0, 0), float(rng.uniform(0.5, 1.0))))
    top = max(float(np.percentile(soft[soft > 0.1], 90)) if (soft > 0.1).any() else 1.0, 0.2)
    level = float(rng.uniform(0.3, 0.65))  # thick to thin
    inked = 1.0 / (1.0 + np.exp(-(soft / top - level) / 0.08))
    coarse = rng.random((8, 8), dtype=np.float32)
    uneven = 1.0 - float(rng.uniform(0.0, 0.35)) * cv2.resize(coarse, (width, height))
    dark = float(rng.uniform(0.45, 0.95)) * inked * uneven
    dark = _without_frame(dark.astype(np.float32), rng) + rng.normal(0.0, float(rng.uniform(0.01, 0.04)), dark.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(dark, (0, 0), 0.5), 0.0, 1.0), np.float32)


def _laid(shape: tuple[int, ...], scale: float, rng: Rng) -> NDArray[np.float64]:
    angle, shear = np.radians(float(rng.normal(0.0, 5.0))), float(rng.normal(0.03, 0.1))
    stretch = float(rng.uniform(0.88, 1.12))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[stretch, -shear], [0.0, 1.0]]) * scale
    middle = np.array([shape[1] / 2, shape[0] / 2])
    target = np.array(_CELL[::-1]) / 2 + rng.normal(0.0, 3.0, 2)
    return np.column_stack([linear, target - linear @ middle])


def _bent(cell: Picture, rng: Rng) -> Picture:
    reach = float(rng.uniform(0.0, 1.5))
    height, width = cell.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    move = [
        cv2.resize(rng.normal(0, reach, (4, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]
    return np.asarray(cv2.remap(cell, x + move[0], y + move[1], cv2.INTER_LINEAR), np.float32)


def _without_frame(dark: Picture, rng: Rng) -> Picture:
    dx, dy = (int(v) for v in rng.integers(-1, 2, 2))
    frame = np.zeros(_CELL, np.float32)
    corner, far = (_EDGE + dx, _EDGE + dy), (_CELL[1] - _EDGE + dx, _CELL[0] - _EDGE + dy)
    cv2.rectangle(frame, corner, far, _FRAME, 3)
    return np.asarray(np.clip(dark - frame, 0.0, 1.0), np.float32)


def seen(ink: Picture) -> glyph.Look:
    """What the reader sees in a cell, with the levels of a usual sheet."""
    return glyph.look_at(ink, np.zeros(ink.shape, np.bool_), 0.22, 0.1)
