"""Smaller pictures of a page, quickly: exact halves first, then the rest. Any other way costs several times as much.

Codes, marks, quality and the leak check all look at small pictures of one page. `views_of` makes its halves once, and
whoever takes `Views` starts from the nearest of them: `views.at(scale)` is `shrunk(page, scale)` without halving again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT

Grey = NDArray[np.uint8]
_NEARLY = 0.7
_LEAST_SIDE = 64  # pixels: nothing is looked for in anything smaller


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """A page (HxW uint8) and its halves: `pictures[n]` is 1 / 2**n of its size; [0] is the page itself."""

    pictures: tuple[Grey, ...]

    @property
    def page(self) -> Grey:
        """The page at full size."""
        return self.pictures[0]

    def nearest(self, scale: float) -> tuple[Grey, float]:
        """The smallest picture that is at least `scale` (at most 1) of the page, and its scale; the smallest
        there is when all are larger."""
        level = 0
        while level + 1 < len(self.pictures) and 0.5 ** (level + 1) >= scale:
            level += 1
        return self.pictures[level], 0.5**level

    def about(self, dpi: float) -> Grey:
        """The picture that is nearest to `dpi` when the page is A4, within a factor of the root of two."""
        times = max(self.page.shape) / (dpi * A4_HEIGHT / 25.4)
        return self.pictures[min(len(self.pictures) - 1, max(0, round(float(np.log2(times)))))]

    def at(self, scale: float) -> Grey:
        """The page at `scale` (at most 1) of its size, as `shrunk` makes it."""
        picture, own = self.nearest(scale)
        return shrunk(picture, scale / own)


def views_of(grey: Grey) -> Views:
    """A page with its half, quarter and eighth."""
    pictures = [grey]
    while len(pictures) < 4 and min(pictures[-1].shape) >= 2 * _LEAST_SIDE:
        pictures.append(halved(pictures[-1]))
    return Views(tuple(pictures))


def as_views(page: Views | Grey) -> Views:
    """The page with its halves; those that somebody has made already."""
    return page if isinstance(page, Views) else views_of(page)


def halved(grey: Grey) -> Grey:
    """Each pixel the mean of four; an odd last row or column is left out."""
    height, width = grey.shape
    even = grey[: height // 2 * 2, : width // 2 * 2]
    return np.asarray(cv2.resize(even, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)


def shrunk(grey: Grey, scale: float) -> Grey:
    """The picture at `scale` (at most 1) of its size: place x becomes (x + 0.5) * scale - 0.5."""
    while scale <= 0.5 and min(grey.shape) >= 2:
        grey, scale = halved(grey), 2 * scale
    if scale >= 1:
        return grey
    # Near full size the two nearest pixels say nearly all, five times as quickly.
    how = cv2.INTER_LINEAR if scale > _NEARLY else cv2.INTER_AREA
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how), np.uint8)
