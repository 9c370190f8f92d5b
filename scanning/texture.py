"""What only shows at full resolution: how sharp writing is, and whether a regular pattern lies over the paper.

Both are measured on a few small patches of the scan, because a whole page would cost more than reading it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Place = tuple[float, float]  # middle of a patch: x, y in scan pixels

_MM_PER_INCH = 25.4
_SHARP_SIDE_MM = 12.0
_SIDE = 128  # pixels of a patch in which a pattern is looked for
_LEAST_CONTRAST = 60.0  # grey levels: fainter writing says nothing about sharpness
_STEEPEST = 0.003  # of a patch's pixels: those on the sharpest edges
_SMOOTH = 3.0  # grey levels of spread: paper as even as this has no pattern
_PERIODS_MM = (0.35, 2.5)  # finer is the print itself, coarser are lines to write on
_ON_AXIS = 2  # cycles: whatever runs along or across the scan is streaks, lines and JPEG blocks
_LEAST_WAVE = 4.0  # grey levels of the pattern's strongest wave


def _patch(grey: Grey, place: Place, side: int) -> Grey:
    """The part of the scan around a place, moved inwards at its edges."""
    height, width = grey.shape
    left = int(np.clip(place[0] - side / 2, 0, max(0, width - side)))
    top = int(np.clip(place[1] - side / 2, 0, max(0, height - side)))
    return grey[top : top + side, left : left + side]


def edge_mm(grey: Grey, dpi: float, inked: Iterable[Place]) -> float | None:
    """Over how many mm the sharper half of the patches turns from ink to paper (a quarter to three quarters of the
    way; never less than a pixel); None where there is too little ink to tell."""
    side = max(16, round(_SHARP_SIDE_MM * dpi / _MM_PER_INCH))
    widths = sorted(w for w in (_edge_pixels(_patch(grey, place, side)) for place in inked) if w is not None)
    return widths[(len(widths) - 1) // 2] * _MM_PER_INCH / dpi if widths else None


def _edge_pixels(patch: Grey) -> float | None:
    contrast = float(np.percentile(patch[::2, ::2], 90)) - float(patch.min())
    if contrast < _LEAST_CONTRAST:
        return None
    across = np.abs(cv2.subtract(patch[:, 2:], patch[:, :-2], dtype=cv2.CV_16S))
    down = np.abs(cv2.subtract(patch[2:], patch[:-2], dtype=cv2.CV_16S))
    # Central differences: grey levels over two pixels.
    steep = max(_top(across), _top(down)) / 2
    return 0.5 * contrast / max(steep, 1e-6)


def _top(values: NDArray[np.int16]) -> float:
    flat = values.ravel()
    at = len(flat) - max(1, int(len(flat) * _STEEPEST))
    return float(np.partition(flat, at)[at])


def ripple(grey: Grey, dpi: float, bare: Iterable[Place]) -> float:
    """How much of what is uneven on bare paper is one single wave: 0 (none) to 1, the highest of the patches."""
    return max(_waves(grey, dpi, bare), default=0.0)


def _waves(grey: Grey, dpi: float, bare: Iterable[Place]) -> Iterator[float]:
    for place in bare:
        patch = _patch(grey, place, _SIDE)
        if patch.shape == (_SIDE, _SIDE) and float(cv2.meanStdDev(patch)[1][0, 0]) > _SMOOTH:
            yield _one_wave(patch.astype(np.float32), dpi)


@cache
def _window() -> NDArray[np.float32]:
    hann = np.hanning(_SIDE)
    return np.outer(hann, hann).astype(np.float32)


@cache
def _band(dpi: int) -> NDArray[np.bool_]:
    """The waves (rows and columns of a half spectrum) that may be a pattern."""
    x, y = np.arange(_SIDE // 2 + 1)[None, :], np.minimum(np.arange(_SIDE), _SIDE - np.arange(_SIDE))[:, None]
    side_mm = _SIDE * _MM_PER_INCH / dpi
    cycles = np.hypot(x, y)
    band = (cycles >= side_mm / _PERIODS_MM[1]) & (cycles <= side_mm / _PERIODS_MM[0])
    return np.asarray(band & (x > _ON_AXIS) & (y > _ON_AXIS), np.bool_)


def _one_wave(patch: NDArray[np.float32], dpi: float) -> float:
    window = _window()
    spectrum = cv2.dft((patch - patch.mean()) * window, flags=cv2.DFT_COMPLEX_OUTPUT)
    half = spectrum[:, : _SIDE // 2 + 1]
    power = np.where(_band(round(dpi)), np.square(half[..., 0]) + np.square(half[..., 1]), np.float32(0))
    total = float(power.sum())
    near = cv2.boxFilter(power, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    highest = float(near.max())
    # A wave of amplitude a gives a²/4 in each half of the spectrum, weighted by the window.
    amplitude = 2 * np.sqrt(highest / (_SIDE * _SIDE * float(np.square(window).sum())))
    return highest / total if total > 0 and amplitude >= _LEAST_WAVE else 0.0
