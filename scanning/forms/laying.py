"""A page laid through points found on it: flat as on a scanner's glass, or in perspective as before a camera. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE
from scanning.placing.registration import MAX_RESIDUAL_MM, Capture, Registration, affine_fit, placed, quantised, uneven

Floats = NDArray[np.float64]

_LEAST_SPAN_MM = (60.0, 80.0)  # across and down
_MANY = 10
_OUTLIER_MM = 0.6
_FIRST_OUTLIER_MM = 1.0
_LEAST_AGREEING = 4
_ROUNDING_MM = 0.5
_LEAST_POINTS = 6
_WELL_MM = 0.08  # a flat fit this good needs no other
_LEAST_FOR_PERSPECTIVE = 12
_PHOTO_RESIDUAL_MM = 0.35  # root mean square: a curled sheet or a wrong page leaves more
_PHOTO_SHARE = 0.75  # what lies off was not believed: on a curled sheet that is much
_MOST_PERSPECTIVE = 0.25  # of the scale from one edge to the other
_CORNERS = np.array(PAGE.corners(), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The same points (one a row, x and y) on the page in millimetres and in the scan in pixels."""

    mm: Floats
    px: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A page laid through pairs: 3x3 `pose` from mm to pixels; root mean square of what is left in mm; the share of
    anchors that were believed; their pairs."""

    pose: Floats
    residual_mm: float
    share: float
    kept: Pairs

    @property
    def flat(self) -> bool:
        """Whether no perspective was needed."""
        return bool(np.all(self.pose[2, :2] == 0))

    @property
    def wide(self) -> bool:
        """Whether what was believed stands far enough apart to say where the rest of the page lies."""
        return wide_enough(span(self.kept.mm))


@dataclass(frozen=True, slots=True)
class Laid:
    """A registration that was judged good, and the share of anchors behind it."""

    registration: Registration
    share: float


def span(points: Floats) -> tuple[float, float]:
    """Width and height of what points (N x 2) cover without the outermost ones: one wrong point far off must not make a
    cluster look like a page."""
    if len(points) < 4:
        return 0.0, 0.0
    off = 2 if len(points) >= _MANY else 1
    ordered = np.sort(points, axis=0)
    across, down = ordered[-1 - off] - ordered[off]
    return float(across), float(down)


def wide_enough(covered: tuple[float, float]) -> bool:
    """Whether points that cover so much (mm) say where the rest of the page lies."""
    return covered[0] >= _LEAST_SPAN_MM[0] and covered[1] >= _LEAST_SPAN_MM[1]


def projected(pose: Floats, points: Floats) -> Floats:
    """Points (N x 2) through a 3x3."""
    lifted = np.column_stack([points, np.ones(len(points))]) @ pose.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def scale_of(pose: Floats) -> float:
    """Pixels a millimetre in the middle of the page."""
    middle = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]]) + np.mean(_CORNERS, axis=0) - 0.5
    o, x, y = projected(pose, middle)
    return float(np.sqrt(abs(_cross(x - o, y - o))))


def _cross(a: Floats, b: Floats) -> float:
    return float(a[0] * b[1] - a[1] * b[0])


def moved_mm(a: Floats, b: Floats) -> float:
    """How far apart two ideas of the page put its corners, in mm."""
    return float(np.abs(projected(a, _CORNERS) - projected(b, _CORNERS)).max() / scale_of(b))


def rounded(pose: Floats, shape: tuple[int, int]) -> Floats:
    """The pose with its corners on a coarse raster: what led to it no longer shows."""
    step = max(shape) / A4_HEIGHT * _ROUNDING_MM
    corners = np.asarray(np.round(projected(pose, _CORNERS) / step) * step, np.float64)
    return _through(corners, flat=bool(np.all(pose[2, :2] == 0)))


def _through(corners: Floats, *, flat: bool) -> Floats:
    if flat:
        return np.vstack([affine_fit(_CORNERS, corners)[0], [0, 0, 1]])
    return np.asarray(cv2.getPerspectiveTransform(_CORNERS.astype(np.float32), corners.astype(np.float32)), np.float64)


def similar(pairs: Pairs, coarse: Floats) -> Floats | None:
    """The turn, shift and scale that most pairs agree on, as change of `coarse`; None when too few agree.

    Every two pairs propose; so few points don't need chance to find the best."""
    if len(pairs.mm) < _LEAST_AGREEING:
        return None
    scale = scale_of(coarse)
    expected, seen = _complex(projected(coarse, pairs.mm)), _complex(pairs.px)
    best: NDArray[np.bool_] = np.zeros(len(seen), bool)
    for i, j in combinations(range(len(seen)), 2):
        turn = (seen[j] - seen[i]) / (expected[j] - expected[i])
        agreeing = np.abs(turn * (expected - expected[i]) + seen[i] - seen) <= _FIRST_OUTLIER_MM * scale
        if np.count_nonzero(agreeing) > np.count_nonzero(best):
            best = agreeing
    if np.count_nonzero(best) < _LEAST_AGREEING:
        return None
    lifted = np.column_stack([expected[best], np.ones(np.count_nonzero(best))])
    a, b = np.linalg.lstsq(lifted, seen[best], rcond=None)[0]
    change = np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag], [0, 0, 1]])
    return np.asarray(change @ coarse, np.float64)


def _complex(points: Floats) -> NDArray[np.complex128]:
    return np.asarray(points[:, 0] + 1j * points[:, 1], np.complex128)


def fitted(pairs: Pairs, wanted: int) -> Fit:
    """The page through the pairs, without those that are off: flat where that fits, else in perspective. `wanted`: how
    many were looked for."""
    flat = _flat(pairs, wanted)
    if flat.residual_mm <= _WELL_MM or len(pairs.mm) < _LEAST_FOR_PERSPECTIVE:
        return flat
    photo = _perspective(pairs, wanted)
    # Perspective always fits a little better; a page on the glass must not be bent by noise.
    return photo if photo is not None and photo.residual_mm < 0.6 * flat.residual_mm else flat


def _flat(pairs: Pairs, wanted: int) -> Fit:
    keep = np.ones(len(pairs.mm), bool)
    for _ in range(3):
        affine, _ = affine_fit(pairs.mm[keep], pairs.px[keep])
        pose = np.vstack([affine, [0, 0, 1]])
        away = away_mm(pose, pairs)
        near = _near(away)
        if near.sum() < _LEAST_POINTS or np.array_equal(near, keep):
            break
        keep = near
    return _fit(pose, away, keep, pairs, wanted)


def _perspective(pairs: Pairs, wanted: int) -> Fit | None:
    keep = np.ones(len(pairs.mm), bool)
    for _ in range(4):
        found, _ = cv2.findHomography(pairs.mm[keep], pairs.px[keep])
        if found is None:
            return None
        pose: Floats = np.asarray(found, np.float64)
        away = away_mm(pose, pairs)
        near = _near(away)
        if near.sum() < _LEAST_FOR_PERSPECTIVE or np.array_equal(near, keep):
            break
        keep = near
    return _fit(pose, away, keep, pairs, wanted)


def away_mm(pose: Floats, pairs: Pairs) -> Floats:
    """How far each pair lies from where the pose has it, in mm."""
    return np.asarray(np.linalg.norm(projected(pose, pairs.mm) - pairs.px, axis=1) / scale_of(pose), np.float64)


def _near(away: Floats) -> NDArray[np.bool_]:
    return np.asarray(away <= max(0.15, min(_OUTLIER_MM, 3 * float(np.median(away)))), np.bool_)


def _fit(pose: Floats, away: Floats, keep: NDArray[np.bool_], pairs: Pairs, wanted: int) -> Fit:
    residual = float(np.sqrt(np.mean(np.square(away[keep]))))
    return Fit(pose, residual, int(keep.sum()) / wanted, Pairs(pairs.mm[keep], pairs.px[keep]))


def judged(fit: Fit) -> Laid | None:
    """The fit as a registration, its place given in sixteenths of a pixel; None when it isn't good enough."""
    affine, _ = affine_fit(_CORNERS, projected(fit.pose, _CORNERS))
    if not fit.wide or not (_good_scan(fit, affine) if fit.flat else _good_photo(fit)):
        return None
    pose = _through(quantised(projected(fit.pose, _CORNERS)), flat=fit.flat)
    settled, _ = affine_fit(_CORNERS, projected(pose, _CORNERS))
    kind = Capture.SCAN if fit.flat else Capture.PHOTO
    return Laid(placed(pose, settled, fit.residual_mm, kind), fit.share)


def _good_scan(fit: Fit, affine: Floats) -> bool:
    return fit.residual_mm <= MAX_RESIDUAL_MM and uneven(affine) is None


def _good_photo(fit: Fit) -> bool:
    corners = projected(fit.pose, _CORNERS)
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    uneven_sides = max(abs(sides[0] / sides[2] - 1), abs(sides[1] / sides[3] - 1))
    aspect = (sides[1] + sides[3]) / (sides[0] + sides[2])
    turned_over = _cross(corners[1] - corners[0], corners[3] - corners[0]) <= 0
    return bool(
        fit.residual_mm <= _PHOTO_RESIDUAL_MM
        and fit.share >= _PHOTO_SHARE
        and uneven_sides <= _MOST_PERSPECTIVE
        and abs(aspect / (A4_HEIGHT / A4_WIDTH) - 1) <= _MOST_PERSPECTIVE
        and not turned_over
    )
