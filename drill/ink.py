"""Ink on paper: a stroke mask, unevenly laid down, multiplied onto a page."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Page = NDArray[np.uint8]  # height x width (grey) or height x width x 3 (RGB), white = 255


@dataclass(frozen=True, slots=True)
class Ink:
    """`colour` is RGB at full strength, `strength` how much of it a stroke leaves (0 to 1), `unevenness`
    how much that varies along the stroke (0 to 1)."""

    colour: tuple[int, int, int]
    strength: float = 0.95
    unevenness: float = 0.25


BLUE = Ink((28, 44, 150))
VIOLET = Ink((74, 36, 134))
BLACK = Ink((28, 28, 32), 0.97, 0.15)
PENCIL = Ink((96, 96, 100), 0.7, 0.5)


def pixels(mm: float, dpi: float) -> float:
    """Millimetres as pixels."""
    return mm / 25.4 * dpi


def uneven(shape: tuple[int, int], ink: Ink, rng: np.random.Generator) -> NDArray[np.float32]:
    """How much ink the paper takes, smoothly varying: `shape` of values from 0 to `ink.strength`."""
    coarse = rng.random((shape[0] // 5 + 2, shape[1] // 5 + 2), dtype=np.float32)
    smooth = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(ink.strength * (1.0 - ink.unevenness * smooth), dtype=np.float32)


def lay(page: Page, mask: NDArray[np.uint8], left: int, top: int, ink: Ink, rng: np.random.Generator) -> None:
    """Lay the stroke `mask` (255 = ink) onto `page` in place, its corner at (left, top), cut off at the page's edge."""
    height, width = page.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + mask.shape[1], width), min(top + mask.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    cut = mask[y0 - top : y1 - top, x0 - left : x1 - left]
    cover = cut.astype(np.float32) / 255.0 * uneven((y1 - y0, x1 - x0), ink, rng)
    under = page[y0:y1, x0:x1].astype(np.float32)
    if page.ndim == 3:
        tint = np.array(ink.colour, np.float32) / 255.0
        laid = under * (1.0 - cover[..., None] * (1.0 - tint))
    else:
        red, green, blue = ink.colour
        shade = np.float32((0.299 * red + 0.587 * green + 0.114 * blue) / 255.0)
        laid = under * (1.0 - cover * (1.0 - shade))
    page[y0:y1, x0:x1] = np.clip(np.rint(laid), 0, 255).astype(np.uint8)
