"""A filled sheet on its way into a file: bent, stained, torn, scanned; and what can't be read of it by any means.

Decided by what was done alone, before any reading. A sheet is *destroyed* when

    its codes are all covered             | opaque stains on three codes: must be refused as without a code
    a corner mark is torn off             | its middle and more: must be refused as without that mark
    a corner mark lies off the scan       | likewise

It is *marred*, and may be refused or not, when its codes show through stains on all three (an eighth of their contrast
has been enough to read one), when a mark is torn only in part, reaches over the scan's edge or has a blot
on the white around it, when writing drowns in blur (0.30 mm), noise (40 levels) or at less than 140 dpi, and when its
paper was curled between the marks by more than feeders stretch it (0.9 mm).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.sheetlayout import Layout
from drill.damage import CODES, LEAST_DPI, MOST_BLUR_MM, MOST_NOISE, Damage, Kind, Stain, covers, torn
from drill.ink import Page, pixels
from drill.scan_ink import DPI
from drill.sheet_plan import Bend, Wear
from drill.spoiling import Matrix, laid, spoilt

Rng = np.random.Generator
_MARGIN_MM = 3.0  # of white that a mark needs around it
_INK = 0.9  # a stain darker than that is spilt ink, through which nothing shows
_MOST_BEND_MM = 0.9  # of a sheet that feeders stretch


class State(enum.Enum):
    """What can be asked of a reader."""

    SOUND = "sound"
    MARRED = "marred"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Ruin:
    """The state of a scan. `why`: what a refusal must say of a destroyed one, any of these words."""

    state: State
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A scan as it lies in a file."""

    data: bytes
    media: str


def upright(box: Box, layout: Layout) -> Box:
    """Where a box of a sheet lies on the paper when that stands upright, as it goes through the feeder."""
    return Box(box.y, A4_HEIGHT - box.right, box.h, box.w) if layout.lying else box


def aimed(wear: Wear, layout: Layout) -> Damage:
    """The damage of a wear, its stains on codes moved to where this sheet has them."""
    damage = wear.damage
    if damage.kind is not Kind.STAIN:
        return damage
    return replace(damage, stains=tuple(_moved(stain, _codes(layout)) for stain in damage.stains))


def _codes(layout: Layout) -> tuple[Box, ...]:
    return tuple(upright(box, layout) for box in (*layout.qr, layout.bar))


def _moved(stain: Stain, codes: tuple[Box, ...]) -> Stain:
    at = min(range(len(CODES)), key=lambda i: np.hypot(CODES[i].centre[0] - stain.x, CODES[i].centre[1] - stain.y))
    box = codes[at]
    depth = 1.0 if stain.depth > _INK else stain.depth
    return Stain(*box.centre, 0.55 * box.w, 0.62 * box.h, depth)


def ruin(damage: Damage, layout: Layout, bend: Bend | None = None) -> Ruin:
    """What the parameters say of a sheet."""
    dark = [stain for stain in damage.stains if stain.depth > 0.8]
    hidden = [[stain.depth == 1.0 for stain in dark if covers(stain, box)] for box in _codes(layout)]
    if all(any(stains) for stains in hidden):
        return Ruin(State.DESTROYED, ("no_sheet_code", "code_damaged"))
    gone, cut = _marks(damage, layout)
    if gone:
        # A reader may name all of them or the one that it misses first.
        return Ruin(State.DESTROYED, tuple(f"marks_missing {marker}" for marker in gone))
    blots = [Box(s.x - s.rx, s.y - s.ry, 2 * s.rx, 2 * s.ry) for s in dark]
    margins = [upright(mark.box, layout).grown(_MARGIN_MM) for mark in layout.marks]
    cut = cut or any(blot.overlaps(margin) for blot in blots for margin in margins)
    drowned = damage.blur_mm > MOST_BLUR_MM or damage.noise > MOST_NOISE or damage.dpi < LEAST_DPI
    curled = bend is not None and abs(bend.mm) > _MOST_BEND_MM
    return Ruin(State.MARRED if drowned or curled or cut or all(hidden) else State.SOUND)


def _marks(damage: Damage, layout: Layout) -> tuple[list[int], bool]:
    """Markers that are surely gone, and whether another has lost something."""
    place, (width, height) = laid(damage)
    gone, cut = [], False
    for mark in layout.marks:
        box = upright(mark.box, layout)
        inner = np.array(box.grown(-box.w / 4).corners())
        outer = np.array(box.grown(0.3).corners())
        lost = [_lost(damage, place, (width, height), points) for points in (inner, outer)]
        if lost[0].sum() >= 2 or lost[1].all():
            gone.append(mark.marker)
        else:
            cut = cut or bool(lost[1].any())
    return gone, cut


def _lost(damage: Damage, place: Matrix, size: tuple[int, int], points: Matrix) -> NDArray[np.bool_]:
    """Which places of the paper (mm) are torn off or beyond the scan."""
    lifted = np.column_stack([points, np.ones(len(points))]) @ place.T
    at = lifted[:, :2] / lifted[:, 2:]
    off = (at < 0).any(axis=1) | (at > np.array(size)).any(axis=1)
    if damage.tear is not None:
        off |= np.array([torn(damage.tear, float(x), float(y)) for x, y in points])
    return np.asarray(off, np.bool_)


def scanned(page: Page, wear: Wear, layout: Layout, rng: Rng) -> Page:
    """The filled sheet (grey, DPI, as it is read) as its scan."""
    paper = np.ascontiguousarray(np.rot90(page)) if layout.lying else page
    paper = _a4(paper)
    if wear.bend is not None:
        paper = _bent(paper, wear.bend)
    return spoilt(paper, aimed(wear, layout), rng).image


def _a4(page: Page) -> Page:
    """Cut or filled up to what A4 has at DPI."""
    height, width = round(pixels(A4_HEIGHT, DPI)), round(pixels(A4_WIDTH, DPI))
    if page.shape == (height, width):
        return page
    whole = np.full((height, width), 255, np.uint8)
    part = page[:height, :width]
    whole[: part.shape[0], : part.shape[1]] = part
    return whole


def _bent(page: Page, bend: Bend) -> Page:
    """Drawn in unevenly by the feeder: corners stay, what lies between moves along the paper."""
    height, width = page.shape
    ys = np.arange(height, dtype=np.float32)
    moved = ys + np.float32(pixels(bend.mm, DPI)) * np.sin(np.pi * bend.waves * ys / height, dtype=np.float32)
    maps = np.broadcast_to(np.arange(width, dtype=np.float32), page.shape), np.repeat(moved[:, None], width, axis=1)
    return np.asarray(
        cv2.remap(page, np.ascontiguousarray(maps[0]), maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def stored(scan: Page, damage: Damage) -> Stored:
    """As a scanner stores it: JPEG, black and white as PNG."""
    if damage.level is not None:
        _, png = cv2.imencode(".png", scan, [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_BILEVEL, 1])
        return Stored(png.tobytes(), "image/png")
    data = simplejpeg.encode_jpeg(
        np.ascontiguousarray(scan)[..., None], quality=damage.quality, colorspace="GRAY", fastdct=True
    )
    return Stored(data, "image/jpeg")
