"""Where a page of a foreign form may lie in a scan, from features of the whole page, in any orientation.

Dear: asked only when the first look's guesses were wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH
from scanning.placing.shrinking import shrunk

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_COARSE_DPI = 100.0
_TURNS = (-6, -4.5, -3, -1.5, 0, 1.5, 3, 4.5, 6)
_TURN_ERROR = 20.0  # degrees by which a feature's own turn may be off
_MOST_SHIFT, _CELL = 48.0, 4.0  # mm: how far a page may lie from the middle of its scan; squares that are voted for
_LEAST_INLIERS = 15


@dataclass(frozen=True, slots=True)
class Look:
    """How features are looked for: their kind, how many, how many partners of each have a vote, and for how many of the
    likeliest template pages this is worth its time."""

    sift: bool
    features: int
    partners: int
    most: int


# ORB finds nearly all that the first look misses; SIFT costs a quarter of a second a page and finds little more.
LOOKS = (Look(False, 800, 3, 12), Look(True, 1500, 4, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Features of a picture: where (x, y), which way each is turned (degrees clockwise), what it looks like."""

    points: Floats
    turns: Floats
    descriptors: NDArray[np.uint8]

    def scaled(self, by: tuple[float, float], shift: float = 0.0) -> Features:
        """The same with pixel centres at (x + 0.5) * by + shift."""
        return Features((self.points + 0.5) * by + shift, self.turns, self.descriptors)


def form_features(reference: Grey, look: Look) -> Features:
    """Features of the blank form, their places in mm."""
    size = (round(A4_WIDTH * _COARSE_DPI / 25.4), round(A4_HEIGHT * _COARSE_DPI / 25.4))
    small = np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _features(small, look).scaled((A4_WIDTH / small.shape[1], A4_HEIGHT / small.shape[0]))


def scan_features(grey: Grey, look: Look) -> Features:
    """Features of the scan, their places in its pixels."""
    dpi = max(grey.shape) / (A4_HEIGHT / 25.4)
    scale = min(1.0, _COARSE_DPI / dpi)
    return _features(shrunk(grey, scale), look).scaled((1 / scale, 1 / scale), -0.5)


def _features(picture: Grey, look: Look) -> Features:
    finder = cv2.SIFT.create(look.features) if look.sift else cv2.ORB.create(look.features, fastThreshold=10)
    keypoints, descriptors = finder.detectAndCompute(picture, None)
    if descriptors is None or len(keypoints) == 0:
        return Features(np.empty((0, 2)), np.empty(0), np.empty((0, 0), np.uint8))
    points = np.array([k.pt for k in keypoints], np.float64)
    # In bytes either kind is compared quickest.
    return Features(points, np.array([k.angle for k in keypoints]), np.asarray(descriptors, np.uint8))


def pose(form: Features, scan: Features, shape: tuple[int, ...], look: Look) -> Floats | None:
    """3x3 from page millimetres to scan pixels, from features that go together; None when too few do.

    Printed text repeats itself, so a feature's best partner is often the wrong one: the nearest few all have
    a vote for how the page could lie (turned by quarters and a little more, moved by a little), and only
    those that agree with the winner are fitted."""
    if len(scan.points) < _LEAST_INLIERS or len(form.points) < _LEAST_INLIERS:
        return None
    formwise, scanwise = _partners(form.descriptors, scan.descriptors, look)
    mm, px = form.points[formwise], scan.points[scanwise]
    agreeing = _elected(mm, px, scan.turns[scanwise] - form.turns[formwise], shape)
    if np.count_nonzero(agreeing) < _LEAST_INLIERS:
        return None
    reach = max(2.0, max(shape) / A4_HEIGHT)  # about 1 mm, in pixels
    affine, inliers = cv2.estimateAffinePartial2D(
        mm[agreeing], px[agreeing], method=cv2.RANSAC, ransacReprojThreshold=float(reach)
    )
    if affine is None or int(inliers.sum()) < _LEAST_INLIERS:
        return None
    return np.vstack([np.asarray(affine, np.float64), [0, 0, 1]])


def _partners(
    form: NDArray[np.uint8], scan: NDArray[np.uint8], look: Look
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which features of the form and of the scan may be the same: for each of the form its nearest few."""
    how, kind = (cv2.NORM_L1, cv2.CV_32F) if look.sift else (cv2.NORM_HAMMING, cv2.CV_32S)
    near = cv2.batchDistance(form, scan, kind, normType=how, K=look.partners)[1]
    return np.repeat(np.arange(len(form)), look.partners), np.asarray(near.ravel(), np.intp)


def _elected(mm: Floats, px: Floats, turned: Floats, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pairs agree with the turn and shift that most pairs vote for; `turned`: how far each feature of
    the scan is turned against its partner, in degrees."""
    height, width = shape
    long_scale, short_scale = max(shape) / A4_HEIGHT, min(shape) / A4_WIDTH
    scales = {long_scale} if abs(long_scale / short_scale - 1) < 0.01 else {long_scale, short_scale}
    about = mm - (A4_WIDTH / 2, A4_HEIGHT / 2)
    best, agreeing = 0, np.zeros(len(mm), bool)
    for scale in sorted(scales):
        at = (px - (width / 2, height / 2)) / scale
        for degrees in (quarter + turn for quarter in _likely_quarters(turned) for turn in _TURNS):
            fitting = np.flatnonzero(np.abs((turned - degrees + 180) % 360 - 180) < _TURN_ERROR)
            c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
            shifts = at[fitting] - about[fitting] @ np.array([[c, s], [-s, c]])
            votes, winner = _most_voted(shifts)
            if votes > best:
                best, agreeing = votes, np.zeros(len(mm), bool)
                agreeing[fitting[np.all(np.abs(shifts - winner) <= 6.0, axis=1)]] = True
    return agreeing


def _likely_quarters(turned: Floats) -> list[int]:
    """The two quarter turns that most features are turned by."""
    counts = {q: int(np.count_nonzero(np.abs((turned - q + 180) % 360 - 180) < 30)) for q in (0, 90, 180, 270)}
    return sorted(counts, key=lambda q: -counts[q])[:2]


def _most_voted(shifts: Floats) -> tuple[int, Floats]:
    """How many shifts (mm) fall into the fullest square, and its centre."""
    cells = np.floor((shifts + _MOST_SHIFT) / _CELL).astype(np.intp)
    side = round(2 * _MOST_SHIFT / _CELL)
    cells = cells[np.all((cells >= 0) & (cells < side), axis=1)]
    votes = np.bincount(cells[:, 0] * side + cells[:, 1], minlength=side * side)
    row, column = divmod(int(np.argmax(votes)), side)
    return int(votes.max()), (np.array([row, column]) + 0.5) * _CELL - _MOST_SHIFT
