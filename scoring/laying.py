"""A scan laid over its form: 8 pixels a millimetre, upright, with darkness above the local paper and the known print.

Only parts that are asked for are laid: a whole page would cost twice as much. What bare paper looks like is taken from
a small picture of the whole page.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from crosscheck.geometry import Box
from crosscheck.sheetlayout import PRINT_SCALE
from scanning.placing.shrinking import Views, as_views
from scoring.errors import BlankRasterUnreadable

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
_T = TypeVar("_T", bound=np.generic)
Area = tuple[int, int, int, int]  # top, bottom, left, right in pixels of the laid page

SCALE = PRINT_SCALE  # pixels of the laid page per millimetre: about 200 dpi
_TILE = 8 * SCALE  # the local paper is estimated over 8 mm tiles
_SAMPLES = 16  # of a tile's side
_SAMPLES_DPI = 50.0
_BARE = 0.85  # of a tile is darker than its paper
_FINE_DPI = 330.0
_GREYS = (41, 214)  # from, to: neither black nor white
_BETWEEN = 0.001  # of all pixels: a scan in grey has more that are neither black nor white
_FORWARD = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a page: `grey` as scanned; `dark`: darkness above the local paper, 0 to 255 (black); `blank`: darkness
    of the known print; `corner`: x, y of its first pixel on the page."""

    grey: Grey
    dark: Grey
    blank: Grey
    corner: tuple[int, int]

    def cut(self, picture: NDArray[_T], area: Area) -> NDArray[_T]:
        """An area of the page from one of the pictures; less where it reaches beyond them."""
        x, y = self.corner
        top, bottom, left, right = area
        return picture[max(top - y, 0) : max(bottom - y, 0), max(left - x, 0) : max(right - x, 0)]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A scan and how it lies. `matrix`: pixels of the laid page to those of `scan`; `gain`: what greys are to
    be multiplied with so that bare paper is 255, one value a tile; `blank`: darkness of the known print, whole page."""

    scan: Grey
    matrix: Floats
    gain: NDArray[np.float32]
    blank: Grey
    two_coloured: bool

    def part(self, box: Box) -> Part:
        """The part of the page that `box` (mm) takes."""
        height, width = self.blank.shape
        top, bottom, left, right = area_of(box)
        top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, height), min(right, width)
        corner = np.array([[1.0, 0.0, left], [0.0, 1.0, top], [0.0, 0.0, 1.0]])
        size = (right - left, bottom - top)
        grey = cv2.warpPerspective(
            self.scan, self.matrix @ corner, size, flags=_FORWARD, borderMode=cv2.BORDER_REPLICATE
        )
        light = np.asarray(cv2.multiply(grey, self._gains((top, bottom, left, right)), dtype=cv2.CV_8U), np.uint8)
        blank = self.blank[top:bottom, left:right]
        return Part(np.asarray(grey, np.uint8), np.asarray(cv2.bitwise_not(light), np.uint8), blank, (left, top))

    def _gains(self, area: Area) -> NDArray[np.float32]:
        """`gain` for each pixel of an area."""
        top, bottom, left, right = area
        y, x = max(top // _TILE - 1, 0), max(left // _TILE - 1, 0)
        tiles = self.gain[y : bottom // _TILE + 2, x : right // _TILE + 2]
        size = (tiles.shape[1] * _TILE, tiles.shape[0] * _TILE)
        local = np.asarray(cv2.resize(tiles, size, interpolation=cv2.INTER_LINEAR), np.float32)
        return local[top - y * _TILE : bottom - y * _TILE, left - x * _TILE : right - x * _TILE]

    def whole(self, areas: NDArray[np.intp]) -> list[bool]:
        """Whether all of each area (rows of top, bottom, left, right) lies on the scan."""
        if not len(areas):
            return []
        top, bottom, left, right = (areas - np.array([0, 1, 0, 1])).T
        corners = np.stack([left, top, right, top, right, bottom, left, bottom], axis=1).reshape(1, -1, 2)
        at = cv2.perspectiveTransform(corners.astype(np.float64), self.matrix)[0]
        height, width = self.scan.shape
        inside = (at > -0.5).all(axis=1) & (at < np.array([width, height]) - 0.5).all(axis=1)
        return [bool(one) for one in inside.reshape(-1, 4).all(axis=1)]


def area_of(box: Box, dx: int = 0, dy: int = 0) -> Area:
    """The pixels of a box (mm), moved by so many."""
    top, left = round(box.y * SCALE) + dy, round(box.x * SCALE) + dx
    return top, top + round(box.h * SCALE), left, left + round(box.w * SCALE)


def areas_of(boxes: Sequence[Box], grown: float = 0.0) -> NDArray[np.intp]:
    """The same of boxes that are `grown` mm larger on every side, one row (top, bottom, left, right) each."""
    sides = np.array([(box.y, box.x, box.h, box.w) for box in boxes], np.float64).reshape(-1, 4)
    first = np.rint((sides[:, :2] - grown) * SCALE).astype(np.intp)
    last = first + np.rint((sides[:, 2:] + 2 * grown) * SCALE).astype(np.intp)
    return np.column_stack([first[:, 0], last[:, 0], first[:, 1], last[:, 1]])


def laid(seen: Views | Grey, matrix: Floats, page: Box, blank: bytes) -> Laid:
    """Lay a scan over the form. `matrix`: 3x3, millimetres on the form to pixels of the scan; `page`: the whole of it,
    upright or lying; `blank`: picture of the unfilled sheet. Raises E3063 when that is none."""
    views = as_views(seen)
    whole = np.asarray(matrix, np.float64)
    scan, to_scan = _halved_to(views, whole, _FINE_DPI)
    some = np.ascontiguousarray(views.page[::3, ::3])
    between = cv2.countNonZero(cv2.inRange(some, *_GREYS)) / some.size
    gain = np.float32(255.0) / _paper(*_halved_to(views, whole, 2 * _SAMPLES_DPI), page)
    return Laid(scan, to_scan @ _in_mm(SCALE), gain, blank_darkness(blank, page), between < _BETWEEN)


def _in_mm(scale: float) -> Floats:
    """Pixels at so many a millimetre to millimetres: pixel 0 has its middle half a pixel from the edge."""
    return np.array([[1 / scale, 0.0, 0.5 / scale], [0.0, 1 / scale, 0.5 / scale], [0.0, 0.0, 1.0]])


def _dpi(matrix: Floats) -> float:
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2])))) * 25.4


def _halved_to(views: Views, matrix: Floats, dpi: float) -> tuple[Grey, Floats]:
    """A scan finer than that at half size, or a quarter: resampling takes points, and noise would look like ink."""
    half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1.0]])
    times = 0
    while _dpi(matrix) > dpi and times + 1 < len(views.pictures):
        matrix, times = half @ matrix, times + 1
    return views.pictures[times], matrix


def _paper(small: Grey, to_small: Floats, page: Box) -> NDArray[np.float32]:
    """Brightness of bare paper for each tile of the page, from a small picture of it: of what is bright nearby."""
    scale = SCALE * _SAMPLES / _TILE
    rows, columns = -(-round(page.h * SCALE) // _TILE), -(-round(page.w * SCALE) // _TILE)
    size = (columns * _SAMPLES, rows * _SAMPLES)
    matrix = to_small @ _in_mm(scale)
    seen = cv2.warpPerspective(small, matrix, size, flags=_FORWARD, borderMode=cv2.BORDER_REPLICATE)
    tiles = np.asarray(seen).reshape(rows, _SAMPLES, columns, _SAMPLES).swapaxes(1, 2).reshape(rows, columns, -1)
    at = int(_BARE * tiles.shape[2])
    paper = np.partition(tiles, at, axis=2)[:, :, at].astype(np.float32)
    # A tile full of ink has no paper of its own: it takes its neighbours'.
    paper = np.asarray(cv2.dilate(paper, np.ones((3, 3), np.uint8)), np.float32)
    return np.maximum(np.asarray(cv2.blur(paper, (3, 3)), np.float32), 1.0)


def blank_darkness(printed: bytes, page: Box) -> Grey:
    """Darkness of the unfilled sheet as printed, laid. Raises E3063 when it is no picture."""
    try:
        with Image.open(io.BytesIO(printed)) as opened:
            picture = _darkness(opened)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BlankRasterUnreadable() from error
    size = (round(page.w * SCALE), round(page.h * SCALE))
    if picture.shape == size[::-1]:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _darkness(picture: Image.Image) -> Grey:
    """255 minus a picture's greys. A palette of greys is looked up: Pillow would make it coloured on the way."""
    palette = np.array(picture.getpalette() or [], np.uint8).reshape(-1, 3)
    if picture.mode != "P" or (palette != palette[:, :1]).any():
        grey = picture if picture.mode == "L" else picture.convert("L")
        return np.asarray(cv2.bitwise_not(np.asarray(grey, np.uint8)), np.uint8)
    table = np.full(256, 255, np.uint8)
    table[: len(palette)] = 255 - palette[:, 0]
    return np.asarray(cv2.LUT(np.asarray(picture, np.uint8), table), np.uint8)
