"""Whether a scan is good enough to work with: measured values, judged apart from being measured."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT
from scanning.shrinking import shrunk

Grey = NDArray[np.uint8]

MIN_DPI = 140.0
MAX_SKEW = 10.0
_DARKEST_PAPER = 140.0
_LIGHTEST_INK = 190.0
_LOOK_DPI = 75.0
_BLANK_INK = 1e-4  # of the page: about 6 mm² of pen, less than one digit
_SPECK = 3  # pixels at the looking resolution: dust, not writing
_EDGE = 0.035  # of each side left out: shadows of the sheet's edge


class Defect(enum.Enum):
    """What is wrong with a scan as a picture."""

    TOO_DARK = "too_dark"
    TOO_LIGHT = "too_light"
    LOW_RESOLUTION = "low_resolution"
    SKEWED = "skewed"


@dataclass(frozen=True, slots=True)
class Quality:
    """`paper`: grey of the paper (0-255). `ink_level`: grey of the darkest hundredth of what is darker than
    paper. `ink`: share of the page that is written or printed on. `dpi`: estimated from the size when not
    registered."""

    paper: float
    ink_level: float
    ink: float
    dpi: float

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the page but dust and what shows through."""
        return self.ink < _BLANK_INK


def measure(grey: Grey, dpi: float | None = None) -> Quality:
    """Values of a page (HxW uint8). Without `dpi` the longer side is taken for an A4 page's."""
    dpi = dpi or max(grey.shape) / (A4_HEIGHT / 25.4)
    scale = min(1.0, _LOOK_DPI / dpi)
    small = shrunk(grey, scale)
    rows, cols = (max(1, round(side * _EDGE)) for side in small.shape)
    inner = small[rows:-rows, cols:-cols]
    paper = float(np.median(inner))
    # A page may be lit unevenly: ink is what is darker than the paper around it.
    coarse = cv2.medianBlur(
        np.asarray(cv2.resize(inner, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8), 9
    )
    around = cv2.resize(coarse, (inner.shape[1], inner.shape[0]), interpolation=cv2.INTER_LINEAR)
    dark = (cv2.subtract(around, inner) > int(max(12.0, 0.16 * paper))).astype(np.uint8)
    inked = inner[dark > 0]
    # Never more pieces than pixels: short numbers for them are enough on nearly all pages, and quicker.
    numbers = cv2.CV_16U if inked.size < 1 << 16 else cv2.CV_32S
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8, ltype=numbers)
    areas = stats[1:, cv2.CC_STAT_AREA]
    ink = float(areas[areas > _SPECK].sum()) / dark.size
    return Quality(paper, float(np.percentile(inked, 1)) if inked.size else paper, ink, dpi)


def defects(quality: Quality, skew: float = 0.0) -> tuple[Defect, ...]:
    """What is wrong; `skew` in degrees as found by registration."""
    found = []
    if quality.paper < _DARKEST_PAPER:
        found.append(Defect.TOO_DARK)
    if not quality.blank and quality.ink_level > _LIGHTEST_INK:
        found.append(Defect.TOO_LIGHT)
    if quality.dpi < MIN_DPI:
        found.append(Defect.LOW_RESOLUTION)
    if abs(skew) > MAX_SKEW:
        found.append(Defect.SKEWED)
    return tuple(found)
