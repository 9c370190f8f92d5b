"""Where exactly a mark lies: its four edges measured sub-pixel, all marks at once.

Nothing farther than a band of 1.2 mm from the edges is read, and measuring is repeated from its own result
until that stands still: then it no longer depends on the coarse look. All marks go through each step together
as one array, because at this size a call costs more than its arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]

_BAND_MM = 1.2  # measured on both sides of a mark's edge; within mark + 2.5 mm
_PER_PIXEL = 2  # samples; with fewer the middle of an edge is overshot, and standing still takes twice the rounds
_STEP = 16  # positions are kept in sixteenths of a pixel
_STILL = 3e-3  # pixels in one round; the next would move less than a tenth of that
_ALONG = np.linspace(0.12, 0.88, 25)  # where an edge is measured, as a share of its length
_NEXT, _LAST = (1, 2, 3, 0), (3, 0, 1, 2)  # of four corners or edges
_SAMPLING = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_LEAST_PLACES = 12  # of these: an edge with fewer is lost
_LEAST_AT_FIRST = 5
_MAX_ROUNDS = 6
_LEAST_CONTRAST = 40.0  # grey levels between black and white
_NARROW, _WIDE = 0.25, 0.75  # the edge's width is measured between these shares of the contrast
_GREYS = 0.004  # of a mark's pixels: a grey scan has ten times as many on the edges


@dataclass(frozen=True, slots=True)
class Settled:
    """A mark measured: its corners (4x2, scan pixels, clockwise from its own top left, in sixteenths), and over how
    many mm its edges turn from a quarter to three quarters of the way from black to white."""

    corners: Floats
    edge_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class _Patches:
    """The surroundings of the marks one below the other, as float32; `shifts` (n, 2): from scan to picture."""

    picture: Singles
    shifts: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Profiles:
    """Grey values across the edges: `values` (edges, places, depths), from inside a mark outwards; `places`
    (edges, places, 2) in the scan, `outward` (edges, 2), `depths` (edges, depths) in pixels."""

    values: Singles
    places: Floats
    outward: Floats
    depths: Floats


def quantised(points: Floats) -> Floats:
    """Positions in sixteenths of a pixel."""
    return np.asarray(np.round(points * _STEP) / _STEP, np.float64)


def settled(grey: Grey, quads: Floats, sizes_mm: Sequence[float]) -> tuple[Settled | None, ...]:
    """Marks seen about at `quads` (n x 4 x 2) measured until nothing moves; None for a mark that is lost.
    `sizes_mm`: side of each. `grey`: the scan at full size, HxW uint8.

    Each round shrinks what is left of the first look by far, and rounding takes away the rest."""
    corners: Floats = np.asarray(np.round(quads), np.float64)
    sides = _lengths(corners).mean(axis=1)
    sizes = np.array(sizes_mm, np.float64)
    patches = _patches(grey, corners, sides * (0.25 + 2 * _BAND_MM / sizes))
    alive = np.ones(len(corners), bool)
    for turn in range(_MAX_ROUNDS):
        profiles = _profiles(patches, corners, sizes)
        # At first an edge may lie askew across the band; what little is seen of it leads to the rest.
        measured, whole = _crossed(profiles, _LEAST_PLACES if turn else _LEAST_AT_FIRST)
        moved = np.abs(measured - corners).max(axis=(1, 2))
        alive &= whole & (moved <= sides / 4)
        corners = np.where(alive[:, None, None], measured, corners)
        if not np.any(moved[alive] >= _STILL):
            break
    widths = _widths(profiles, _lengths(corners).mean(axis=1) / sizes)
    return tuple(Settled(quantised(corners[i]), float(widths[i])) if alive[i] else None for i in range(len(corners)))


def two_coloured(grey: Grey, corners: Floats) -> bool:
    """Whether a mark (4x2) was stored in black and white only: its edges have no grey on them."""
    low, high = np.floor(corners.min(axis=0)).astype(np.intp), np.ceil(corners.max(axis=0)).astype(np.intp)
    part = grey[max(0, low[1]) : high[1] + 1, max(0, low[0]) : high[0] + 1]
    black, white = float(part.min()), float(part.max())
    between = cv2.inRange(part, black + _NARROW * (white - black), black + _WIDE * (white - black))
    return bool(cv2.countNonZero(between) < _GREYS * part.size)


def _lengths(corners: Floats) -> Floats:
    return np.asarray(np.sqrt(np.square(corners[:, _NEXT] - corners).sum(axis=2)), np.float64)


def _patches(grey: Grey, corners: Floats, margins: Floats) -> _Patches:
    """Squares around the marks; places outside the scan count as its nearest edge."""
    height, width = grey.shape
    centres, margin = corners.mean(axis=1), float(margins.max())
    half = int(np.ceil(np.abs(corners - centres[:, None]).max() + margin)) + 1
    starts = np.floor(centres).astype(np.intp) - half
    span = np.arange(2 * half + 1)
    parts = []
    for left, top in starts:
        if left >= 0 and top >= 0 and left + len(span) <= width and top + len(span) <= height:
            parts.append(grey[top : top + len(span), left : left + len(span)])
        else:
            parts.append(grey[np.ix_(np.clip(top + span, 0, height - 1), np.clip(left + span, 0, width - 1))])
    shifts = np.column_stack([-starts[:, 0], np.arange(len(starts)) * len(span) - starts[:, 1]])
    return _Patches(np.concatenate(parts).astype(np.float32), shifts.astype(np.float64))


def _profiles(patches: _Patches, corners: Floats, sizes: Floats) -> _Profiles:
    along = corners[:, _NEXT] - corners
    lengths = np.sqrt(np.square(along).sum(axis=2))
    outward = np.stack([along[..., 1], -along[..., 0]], axis=2) / lengths[..., None]
    reach = _BAND_MM * lengths.mean(axis=1) / sizes
    count = max(9, int(_PER_PIXEL * 2 * reach.max()) | 1)
    steps = 2 * reach / (count - 1)
    places = corners[:, :, None] + _ALONG[:, None] * along[:, :, None]  # mark, edge, place, xy
    # A grid of places and depths is an affine picture of the patch: from (depth, place) to (x, y) in it.
    grids = np.empty((len(corners), 4, 2, 3))
    grids[..., 0] = outward * steps[:, None, None]
    grids[..., 1] = along * (_ALONG[1] - _ALONG[0])
    grids[..., 2] = places[:, :, 0] + patches.shifts[:, None] - outward * reach[:, None, None]
    values = np.empty((len(corners) * 4, len(_ALONG), count), np.float32)
    for grid, value in zip(grids.reshape(-1, 2, 3), values, strict=True):
        cv2.warpAffine(patches.picture, grid, (count, len(_ALONG)), value, _SAMPLING, cv2.BORDER_REPLICATE)
    depths = np.repeat(steps, 4)[:, None] * (np.arange(count) - (count - 1) / 2)
    return _Profiles(values, places.reshape(-1, len(_ALONG), 2), outward.reshape(-1, 2), depths)


def _black_and_white(profiles: _Profiles) -> tuple[Floats, Floats]:
    """Of each edge: the median (the higher of two) over its places of the mean of the innermost and outermost
    quarter."""
    values = profiles.values
    quarter = values.shape[2] // 4
    ends = np.zeros((values.shape[2], 2), np.float32)
    ends[:quarter, 0] = ends[-quarter:, 1] = 1 / quarter
    middle = np.sort(values @ ends, axis=1)[:, values.shape[1] // 2].astype(np.float64)
    return middle[:, 0], middle[:, 1]


def _turns(profiles: _Profiles) -> tuple[Floats, Bools]:
    """How deep each profile first passes from black to white, and whether it does."""
    black, white = _black_and_white(profiles)
    level = ((black + white) / 2)[:, None]
    first = np.argmax(profiles.values > level[..., None], axis=2)
    flat = profiles.values.ravel()
    at = np.arange(first.size).reshape(first.shape) * profiles.values.shape[2] + first
    low, high = flat[at - 1], flat[at]
    passes = (first > 0) & (white - black >= _LEAST_CONTRAST)[:, None]
    step = profiles.depths[:, 1:2] - profiles.depths[:, :1]
    share = np.where(passes, (level - low) / np.where(passes, high - low, 1.0), 0.0)
    return profiles.depths[:, :1] + (first - 1 + share) * step, passes


def _lines(points: Floats, use: Bools) -> tuple[Floats, Floats]:
    """For each edge the line n·p = c through most of its points: fitted, then without those that lie off."""
    for turn in range(3):
        seen = use.sum(axis=1)
        weights = use.astype(np.float64)
        centres = (weights[:, None] @ points)[:, 0] / np.maximum(seen, 1)[:, None]
        away = points - centres[:, None]
        spread = (away * weights[..., None]).transpose(0, 2, 1) @ away
        direction = 0.5 * np.arctan2(2 * spread[:, 0, 1], spread[:, 0, 0] - spread[:, 1, 1])
        normals = np.stack([-np.sin(direction), np.cos(direction)], axis=1)
        if turn == 2:
            break
        off = np.abs((away @ normals[..., None])[..., 0])
        ranked = np.sort(np.where(use, off, np.inf), axis=1)
        middle = ranked[np.arange(len(ranked)), seen // 2 - (seen == 0)]
        kept = use & (off <= np.maximum(0.25, 2.0 * middle)[:, None])
        kept = np.where((kept.sum(axis=1) >= 8)[:, None], kept, use)
        if np.array_equal(kept, use):
            break
        use = kept
    return normals, np.asarray((normals * centres).sum(axis=1), np.float64)


def _crossed(profiles: _Profiles, least: int) -> tuple[Floats, Bools]:
    """The marks' corners (n, 4, 2) where their edges' lines cross, and which marks have all four edges."""
    turns, passes = _turns(profiles)
    normals, offsets = _lines(profiles.places + turns[..., None] * profiles.outward[:, None], passes)
    after = np.concatenate([normals, offsets[:, None]], axis=1).reshape(-1, 4, 3)
    before = after[:, _LAST]
    a, b, c = before[..., 0], before[..., 1], before[..., 2]
    d, e, f = after[..., 0], after[..., 1], after[..., 2]
    determinant = a * e - b * d
    crossing = np.abs(determinant) >= 0.5
    safe = np.where(crossing, determinant, 1.0)
    corners = np.stack([(c * e - b * f) / safe, (a * f - c * d) / safe], axis=2)
    enough = (passes.sum(axis=1) >= least).reshape(-1, 4)
    return corners, np.asarray((enough & crossing).all(axis=1), np.bool_)


def _widths(profiles: _Profiles, pixels_per_mm: Floats) -> Floats:
    """Of each mark: the middle width of its edges in mm, from the mean profile across each."""
    mean = profiles.values.mean(axis=1)
    black, white = _black_and_white(profiles)
    steps = profiles.depths[:, 1] - profiles.depths[:, 0]
    where = [_passed(mean, black + share * (white - black)) for share in (_NARROW, _WIDE)]
    widths = ((where[1] - where[0]) * steps).reshape(-1, 4)
    return np.asarray(np.median(widths, axis=1) / pixels_per_mm, np.float64)


def _passed(rows: Floats, levels: Floats) -> Floats:
    """Where (in steps) each row first rises above its level."""
    first = np.maximum(np.argmax(rows > levels[:, None], axis=1), 1)
    at = np.arange(len(rows))
    low, high = rows[at, first - 1], rows[at, first]
    return np.asarray(first - 1 + np.clip((levels - low) / np.maximum(high - low, 1e-9), 0.0, 1.0), np.float64)
