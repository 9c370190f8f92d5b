"""Pages as a phone sees them: aslant, curled, in shadow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE
from tests.scanning.pages import Grey

Floats = NDArray[np.float64]
TABLE = 90
_SIZE = (1700, 2300)  # pixels of the picture


def view(dpi: float, tilt: tuple[float, float], roll: float = 2.0, distance_mm: float = 400.0) -> Floats:
    """3x3 from pixels of a page at `dpi` to pixels of a picture that it nearly fills; `tilt` about the page's
    horizontal and vertical axis and `roll` in degrees."""
    across, down, about = (np.array(m, np.float64) for m in _turns(*tilt, roll))
    turned = about @ across @ down
    k = dpi / 25.4
    to_mm = np.array([[1 / k, 0, 0.5 / k - A4_WIDTH / 2], [0, 1 / k, 0.5 / k - A4_HEIGHT / 2], [0, 0, 1]])
    seen = np.column_stack([turned[:, 0], turned[:, 1], (0, 0, distance_mm)]) @ to_mm
    corners = at(seen, np.array(PAGE.corners()) * k)
    scale = 0.92 * min(_SIZE / np.ptp(corners, axis=0))
    shift = np.array(_SIZE) / 2 - scale * (corners.min(axis=0) + corners.max(axis=0)) / 2
    return np.asarray(np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]]) @ seen, np.float64)


def _turns(across: float, down: float, about: float) -> tuple[list[list[float]], ...]:
    (a, b, c), (s, t, u) = (fn(np.radians([across, down, about])).tolist() for fn in (np.cos, np.sin))
    return (
        [[1, 0, 0], [0, a, -s], [0, s, a]],
        [[b, 0, t], [0, 1, 0], [-t, 0, b]],
        [[c, -u, 0], [u, c, 0], [0, 0, 1]],
    )


def at(matrix: Floats, points: Floats) -> Floats:
    """Where a homography has points (n x 2)."""
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def photographed(page: Grey, matrix: Floats, seed: int = 5) -> Grey:
    """The page on a grey table, a little blurred and noisy."""
    picture = cv2.warpPerspective(page, matrix, _SIZE, flags=cv2.INTER_AREA, borderValue=float(TABLE))
    noise = np.random.default_rng(seed).normal(0, 3.0, picture.shape)
    return np.asarray(np.clip(cv2.GaussianBlur(picture, (0, 0), 0.7) + noise, 0, 255), np.uint8)


def curled(page: Grey, dpi: float, rise_mm: float) -> Grey:
    """What a camera 400 mm above the page sees when its middle is raised by so much."""
    k = dpi / 25.4
    y, x = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    from_left, from_top = x / k - A4_WIDTH / 2, y / k - A4_HEIGHT / 2
    nearer = 400 / (400 - rise_mm * np.cos(from_top / A4_HEIGHT * np.pi))
    xs, ys = (from_left / nearer + A4_WIDTH / 2) * k, (from_top / nearer + A4_HEIGHT / 2) * k
    return np.asarray(cv2.remap(page, xs.astype(np.float32), ys.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def shaded(picture: Grey, share: float) -> Grey:
    """A shadow that takes this share of the light, deepest at the lower right."""
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    along = (x / picture.shape[1] + y / picture.shape[0]) / 2 - 0.5
    return np.asarray(picture * (1 - share / (1 + np.exp(-8 * along))), np.uint8)
