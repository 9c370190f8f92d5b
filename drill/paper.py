"""What scanning does to a page: turned, shifted, blurred, stained, folded, streaked, shown through, made 1-bit."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from drill.ink import Page, pixels


@dataclass(frozen=True, slots=True)
class Wear:
    """How roughly paper was treated and scanned. `*_deg`, `*_mm` and `scale` are standard deviations, each page
    draws its own; `noise` is in grey levels; `paper` is the grey level of bare paper; `gain` multiplies darkness;
    `stains`, `streaks` and `folds` are mean counts for a page; `show_through` is the share of the reverse side's
    darkness that is seen."""

    rotation_deg: float
    shift_mm: float
    scale: float
    blur_mm: float
    noise: float
    paper: int
    gain: float
    stains: float
    streaks: float
    folds: float
    show_through: float


CLEAN = Wear(0.1, 0.3, 0.0005, 0.03, 0.5, 252, 1.0, 0.0, 0.0, 0.0, 0.0)
ORDINARY = Wear(0.45, 1.0, 0.002, 0.06, 2.0, 243, 0.95, 0.05, 0.03, 0.05, 0.02)
WORN = Wear(0.9, 1.6, 0.004, 0.09, 4.0, 232, 0.88, 0.8, 0.3, 0.6, 0.05)
PROFILES = {"clean": CLEAN, "ordinary": ORDINARY, "worn": WORN}


class Turn(enum.IntEnum):
    """How the page lay in the scanner: degrees anticlockwise."""

    UPRIGHT = 0
    LEFT = 90
    OVER = 180
    RIGHT = 270


def turned(image: Page, turn: Turn) -> Page:
    """The page as scanned lying `turn`; a quarter turn swaps height and width."""
    return np.ascontiguousarray(np.rot90(image, turn.value // 90))


def grey(image: Page) -> Page:
    """RGB to grey; grey stays."""
    return image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def bilevel(image: Page, level: int = 160) -> Page:
    """0 or 255: what a scanner set to black and white delivers. Not adaptive, as theirs often isn't."""
    return np.where(grey(image) < level, 0, 255).astype(np.uint8)


def resampled(image: Page, dpi: float, wanted: float) -> Page:
    """The same page at another resolution."""
    if dpi == wanted:
        return image
    size = (round(image.shape[1] * wanted / dpi), round(image.shape[0] * wanted / dpi))
    how = cv2.INTER_AREA if wanted < dpi else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def _moved(image: Page, dpi: float, wear: Wear, rng: np.random.Generator) -> Page:
    height, width = image.shape[:2]
    angle = float(rng.normal(0.0, wear.rotation_deg))
    limit = 3.0 * wear.rotation_deg
    matrix = cv2.getRotationMatrix2D(
        (width / 2, height / 2), float(np.clip(angle, -limit, limit)), 1.0 + float(rng.normal(0.0, wear.scale))
    )
    reach = pixels(2.0 * wear.shift_mm, dpi)
    matrix[:, 2] += np.clip(rng.normal(0.0, pixels(wear.shift_mm, dpi), 2), -reach, reach)
    white = (255, 255, 255)
    return np.asarray(
        cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=white), np.uint8
    )


def _shade(height: int, width: int, dpi: float, wear: Wear, rng: np.random.Generator) -> NDArray[np.float32]:
    """What dims the page, as factors: stains and folds belong to the paper."""
    shade = np.ones((height, width), np.float32)
    for _ in range(rng.poisson(wear.stains)):
        _stain(shade, dpi, rng)
    for _ in range(rng.poisson(wear.folds)):
        _fold(shade, dpi, rng)
    return shade


def _stain(shade: NDArray[np.float32], dpi: float, rng: np.random.Generator) -> None:
    height, width = shade.shape
    radius = pixels(float(rng.uniform(4.0, 14.0)), dpi)
    x, y = float(rng.uniform(0, width)), float(rng.uniform(0, height))
    angles = np.linspace(0.0, 2 * np.pi, 40, endpoint=False)
    reach = radius * (1.0 + 0.15 * np.sin(3 * angles + float(rng.uniform(0, 6))))
    outline = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], axis=1).astype(np.int32)
    mask = np.zeros(shade.shape, np.float32)
    cv2.fillPoly(mask, [outline], 1.0)
    cv2.polylines(mask, [outline], True, 1.6, max(1, round(pixels(0.8, dpi))))  # dried rims are darker
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), pixels(0.6, dpi)), np.float32)
    shade *= 1.0 - float(rng.uniform(0.06, 0.2)) * mask


def _fold(shade: NDArray[np.float32], dpi: float, rng: np.random.Generator) -> None:
    height, width = shade.shape
    y = float(rng.uniform(0.25, 0.75)) * height
    lean = float(rng.normal(0.0, 0.01)) * height
    mask = np.zeros(shade.shape, np.float32)
    cv2.line(mask, (0, round(y - lean)), (width, round(y + lean)), 1.0, max(1, round(pixels(0.5, dpi))))
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), pixels(0.35, dpi)), np.float32)
    shade *= 1.0 - float(rng.uniform(0.15, 0.4)) * mask


def _streaked(image: NDArray[np.float32], dpi: float, wear: Wear, rng: np.random.Generator) -> None:
    # Dirt on the glass draws one line along the feed, over paper and print alike.
    for _ in range(rng.poisson(wear.streaks)):
        x = int(rng.integers(image.shape[1]))
        wide = max(1, round(pixels(float(rng.uniform(0.1, 0.3)), dpi)))
        image[:, x : x + wide] *= float(rng.uniform(0.55, 0.85))


def _through(image: NDArray[np.float32], reverse: Page, share: float, blur: float) -> NDArray[np.float32]:
    back = reverse if reverse.shape == image.shape else grey(reverse)
    if image.ndim == 3 and back.ndim == 2:
        back = np.repeat(back[..., None], 3, axis=2)
    seen = np.asarray(cv2.GaussianBlur(np.ascontiguousarray(back[:, ::-1]), (0, 0), blur), np.float32)
    return image * (1.0 - share * (255.0 - seen) / 255.0)


def aged(image: Page, dpi: float, wear: Wear, rng: np.random.Generator, reverse: Page | None = None) -> Page:
    """The page as a scanner sees it, same shape and resolution; `reverse`: the other side of the sheet (same size)."""
    page = _moved(image, dpi, wear, rng).astype(np.float32)
    page = 255.0 - wear.gain * (255.0 - page)
    if reverse is not None and wear.show_through > 0:
        page = _through(page, reverse, wear.show_through, pixels(0.25, dpi))
    shade = _shade(page.shape[0], page.shape[1], dpi, wear, rng)
    page *= (shade if page.ndim == 2 else shade[..., None]) * (wear.paper / 255.0)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), max(0.3, pixels(wear.blur_mm, dpi))), np.float32)
    _streaked(page, dpi, wear, rng)
    page += rng.normal(0.0, wear.noise, page.shape).astype(np.float32)
    return np.clip(np.rint(page), 0, 255).astype(np.uint8)
