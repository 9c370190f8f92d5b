"""A clean page becomes a scan with a given damage: quickly, and with the place of every millimetre known afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from drill.damage import Damage, Line, Photo, Stain, Tear
from drill.ink import Page, pixels
from drill.paper import Turn
from drill.scan_ink import DPI

Matrix = NDArray[np.float64]
_DESK = 70  # grey of what a photographed page lies on
_SCANNER_LID = 235  # grey of what a scanner sees where paper is torn off
_ROTATIONS = {
    Turn.LEFT: cv2.ROTATE_90_COUNTERCLOCKWISE,
    Turn.OVER: cv2.ROTATE_180,
    Turn.RIGHT: cv2.ROTATE_90_CLOCKWISE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """A scan before it is stored (grey HxW) and the 3x3 matrix from millimetres of the page to its pixels."""

    image: Page
    place: Matrix

    def polygon(self, box: Box) -> NDArray[np.float32]:
        """The corners of a box of the page, in pixels, 4x2."""
        corners = np.array([[corner] for corner in box.corners()], np.float64)
        return np.asarray(cv2.perspectiveTransform(corners, self.place)[:, 0], np.float32)


def spoilt(page: Page, damage: Damage, rng: np.random.Generator, reverse: Page | None = None) -> Raw:
    """The clean page (grey, DPI) as a scanner or a phone delivers it; `reverse`: the other side of the sheet."""
    paper = _marked(page, damage)
    if reverse is not None and damage.show_through > 0:
        paper = _shown(paper, reverse, damage.show_through)
    small, scale = _averaged(paper, damage.dpi)
    place, size = laid(damage)
    moved = _warped(small, place @ np.diag([25.4 / DPI / scale, 25.4 / DPI / scale, 1.0]), size, damage)
    seen = _seen(moved, damage, rng)
    return _turned(Raw(seen, place), damage.turn)


# --- on paper --------------------------------------------------------------------------------------


def _marked(page: Page, damage: Damage) -> Page:
    """The page with what lies on it; the same one when there is nothing, else a copy."""
    if not (damage.stains or damage.folds or damage.tear):
        return page
    page = page.copy()
    for stain in damage.stains:
        _stain(page, stain)
    for fold in damage.folds:
        _line(page, fold, soft=0.35)
    if damage.tear is not None:
        _tear(page, damage.tear)
    return page


def _stain(page: Page, stain: Stain) -> None:
    reach = Box(stain.x - 1.3 * stain.rx, stain.y - 1.3 * stain.ry, 2.6 * stain.rx, 2.6 * stain.ry)
    part = _part(page, reach)
    mask = np.zeros(part.shape, np.uint8)
    left, top = max(0.0, reach.x), max(0.0, reach.y)
    centre = (round(pixels(stain.x - left, DPI)), round(pixels(stain.y - top, DPI)))
    axes = (round(pixels(stain.rx, DPI)), round(pixels(stain.ry, DPI)))
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
    _dim(part, np.asarray(cv2.GaussianBlur(mask, (0, 0), pixels(0.3, DPI)), np.uint8), stain.depth)


def _part(page: Page, box: Box) -> Page:
    top, left = max(0, round(pixels(box.y, DPI))), max(0, round(pixels(box.x, DPI)))
    return page[top : max(top, round(pixels(box.bottom, DPI))), left : max(left, round(pixels(box.right, DPI)))]


def _dim(part: Page, mask: Page, depth: float) -> None:
    part[:] = cv2.multiply(part, cv2.convertScaleAbs(mask, alpha=-depth, beta=255.0), scale=1 / 255.0)


def _line(page: Page, line: Line, soft: float) -> None:
    ys = (line.start[1], line.end[1])
    xs = (line.start[0], line.end[0])
    reach = Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)).grown(3 * line.wide + 2 * soft)
    part = _part(page, reach)
    if not part.size:
        return
    left, top = max(0.0, reach.x), max(0.0, reach.y)
    ends = [(round(pixels(x - left, DPI)), round(pixels(y - top, DPI))) for x, y in (line.start, line.end)]
    mask = np.zeros(part.shape, np.uint8)
    cv2.line(mask, ends[0], ends[1], 255, max(1, round(pixels(line.wide, DPI))), cv2.LINE_AA)
    if soft:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), pixels(soft, DPI)), np.uint8)
    _dim(part, mask, line.depth)


def _tear(page: Page, tear: Tear) -> None:
    x = 0.0 if tear.corner in (0, 3) else A4_WIDTH
    y = 0.0 if tear.corner in (0, 1) else A4_HEIGHT
    inward = (1 if x == 0 else -1, 1 if y == 0 else -1)
    corners = [(x, y), (x + inward[0] * tear.across, y), (x, y + inward[1] * tear.down)]
    points = np.array([(pixels(a, DPI), pixels(b, DPI)) for a, b in corners]).round().astype(np.int32)
    cv2.fillPoly(page, [points], (float(_SCANNER_LID),))


def _shown(page: Page, reverse: Page, share: float) -> Page:
    small = cv2.resize(reverse[:, ::-1], None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    soft = cv2.resize(255 - small, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.subtract(page, cv2.convertScaleAbs(soft, alpha=share)), np.uint8)


# --- through the scanner ------------------------------------------------------------------------


def _averaged(page: Page, dpi: float) -> tuple[Page, float]:
    """Averaged over about a pixel of the wanted resolution, as sensors do, and by how much it shrank: resampling takes
    points. Shrinking to the resolution itself would cost more than all the rest, and resampling comes anyway."""
    scale = 1.0
    if dpi <= 0.5 * DPI:
        even = page[: page.shape[0] // 2 * 2, : page.shape[1] // 2 * 2]
        page, scale = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8), 0.5
    if dpi > 0.9 * DPI * scale:
        return page, scale
    return np.asarray(cv2.GaussianBlur(page, (3, 3), 0.5), np.uint8), scale


def laid(damage: Damage) -> tuple[Matrix, tuple[int, int]]:
    """Millimetres of the page to pixels of the upright scan, and the scan's size (width, height)."""
    k = damage.dpi / 25.4
    size = (round((A4_WIDTH + 2 * damage.margin_mm) * k), round((A4_HEIGHT + 2 * damage.margin_mm) * k))
    if damage.photo is not None:
        return _photographed(damage.photo, damage.rotation_deg, size), size
    turn = cv2.getRotationMatrix2D((A4_WIDTH / 2, A4_HEIGHT / 2), damage.rotation_deg, damage.scale)
    shift = [[1.0, 0.0, damage.shift_mm[0] + damage.margin_mm], [0.0, 1.0, damage.shift_mm[1] + damage.margin_mm]]
    moved = np.array([*shift, [0.0, 0.0, 1.0]]) @ np.vstack([turn, [0.0, 0.0, 1.0]])
    return np.diag([k, k, 1.0]) @ moved, size


def _photographed(photo: Photo, rotation: float, size: tuple[int, int]) -> Matrix:
    # A pinhole camera over the middle of the page, tilted about it; square pixels.
    angles = np.deg2rad([photo.pitch_deg, photo.yaw_deg, rotation])
    turn = cv2.Rodrigues(np.array([0.0, 0.0, angles[2]]))[0] @ cv2.Rodrigues(np.array([angles[0], angles[1], 0.0]))[0]
    away = photo.distance * A4_HEIGHT
    focal = away * photo.fills * size[1] / A4_HEIGHT
    flat = np.array([[1.0, 0.0, -A4_WIDTH / 2], [0.0, 1.0, -A4_HEIGHT / 2], [0.0, 0.0, 1.0]])
    seen = np.column_stack([turn[:, 0], turn[:, 1], [0.0, 0.0, away]]) @ flat
    lens = np.array([[focal, 0.0, size[0] / 2], [0.0, focal, size[1] / 2], [0.0, 0.0, 1.0]])
    return np.asarray(lens @ seen, np.float64)


def _warped(page: Page, matrix: Matrix, size: tuple[int, int], damage: Damage) -> Page:
    # Pixel centres lie half a pixel off the corner from which millimetres count.
    half = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    whole = np.linalg.inv(half) @ matrix @ half
    border = (float(_DESK if damage.photo else _SCANNER_LID),)
    if damage.photo is None:
        return np.asarray(cv2.warpAffine(page, whole[:2], size, flags=cv2.INTER_LINEAR, borderValue=border), np.uint8)
    return np.asarray(cv2.warpPerspective(page, whole, size, flags=cv2.INTER_LINEAR, borderValue=border), np.uint8)


@lru_cache(maxsize=1)
def _grain() -> Page:
    """Noise of standard deviation 16 about 128, to be laid anywhere: made once, drawing it for each page would be
    dear."""
    rng = np.random.default_rng(7)
    return np.clip(np.rint(rng.normal(128.0, 16.0, (1024, 1024))), 0, 255).astype(np.uint8)


def _seen(page: Page, damage: Damage, rng: np.random.Generator) -> Page:
    # That bare paper is not quite white is multiplied in at the end, with the noise: one pass over the page for both.
    seen = page if damage.photo is None else _shadowed(page, damage.photo)
    sigma = pixels(damage.blur_mm, damage.dpi)
    if sigma > 0.3:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), np.uint8)
    for streak in damage.streaks:
        _streak(seen, streak, damage.dpi)
    light = damage.paper / 255.0
    if damage.noise > 0.6:
        seen = _noisy(seen, light, damage.noise, rng)
    else:
        seen = np.asarray(cv2.convertScaleAbs(seen, alpha=light), np.uint8)
    if damage.level is not None:
        seen = np.asarray(cv2.threshold(seen, damage.level - 1, 255, cv2.THRESH_BINARY)[1], np.uint8)
    return seen


def _shadowed(page: Page, photo: Photo) -> Page:
    height, width = page.shape
    angle = np.deg2rad(photo.shadow_deg)
    ys, xs = np.mgrid[0:32, 0:32].astype(np.float32) / 31.0 - 0.5
    along = xs * np.float32(np.cos(angle)) + ys * np.float32(np.sin(angle))
    light = 1.0 - (1.0 - photo.shadow_light) / (1.0 + np.exp(-8.0 * along))
    whole = cv2.resize((255.0 * light).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(page, whole, scale=1 / 255.0), np.uint8)


def _streak(page: Page, streak: Line, dpi: float) -> None:
    left = max(0, round(pixels(streak.start[0], dpi)))
    wide = max(1, round(pixels(streak.wide, dpi)))
    page[:, left : left + wide] = np.rint(page[:, left : left + wide] * (1.0 - streak.depth)).astype(np.uint8)


def _noisy(page: Page, light: float, noise: float, rng: np.random.Generator) -> Page:
    """The page times `light`, with noise laid over it."""
    grain = _grain()
    height, width = page.shape
    rows = rng.permutation(-(-height // 512))
    columns = rng.permutation(-(-width // 512))
    sheet = np.empty((len(rows) * 512, len(columns) * 512), np.uint8)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            top, left = int(row) * 61 % 512, int(column) * 89 % 512
            sheet[i * 512 : i * 512 + 512, j * 512 : j * 512 + 512] = grain[top : top + 512, left : left + 512]
    share = noise / 16.0
    return np.asarray(cv2.addWeighted(page, light, sheet[:height, :width], share, -128.0 * share), np.uint8)


def _turned(raw: Raw, turn: Turn) -> Raw:
    height, width = raw.image.shape
    moves = {
        Turn.UPRIGHT: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        Turn.LEFT: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
        Turn.OVER: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        Turn.RIGHT: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
    }
    image = raw.image if turn is Turn.UPRIGHT else np.asarray(cv2.rotate(raw.image, _ROTATIONS[turn]), np.uint8)
    return Raw(image, np.array(moves[turn], np.float64) @ raw.place)
