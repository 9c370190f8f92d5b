"""Which side of which foreign form a scan shows, and where it lies, without marks.

The coarse step compares SIFT features of the whole page in any orientation. The final step uses only small
printed patches ("anchors") of the blank form that stand clear of identity and answer zones: each is found
again in the scan and the page is laid through them, over and over until nothing moves. So, as with marks,
the result depends on no pixel of an identity zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE, Box
from crosscheck.pageform import GUARD_MM
from scanning.foreignform import Template, TemplatePage
from scanning.registration import (
    MAX_RESIDUAL_MM,
    Registration,
    RegistrationFault,
    RegistrationFaultKind,
    affine_fit,
    placed,
    quantised,
    uneven,
)
from scanning.shrinking import shrunk

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

_COARSE_DPI = 100.0
_FINE_DPI = 150.0
_TURNS = (-6, -4.5, -3, -1.5, 0, 1.5, 3, 4.5, 6)
_TURN_ERROR = 20.0  # degrees by which a feature's own turn may be off
_MOST_SHIFT, _CELL = 48.0, 4.0  # mm: how far a page may lie from the middle of its scan; squares that are voted for
_LEAST_INLIERS = 15
_PATCH_MM = 9.0
_SEARCH_MM = 3.0
_ANCHORS = 24
_ANCHOR_SPACING_MM = 12.0
_LEAST_ANCHORS = 6
_LEAST_SPAN_MM = (60.0, 100.0)
_ALIKE = 0.6
_LEAST_SHARE = 0.6
_CLEARLY_BETTER = 0.15
_ROUNDS = 6
_STILL_MM = 3e-4  # a twentieth of the step in which the result is given
_OUTLIER_MM = 0.6


@dataclass(frozen=True, slots=True)
class _Look:
    """How features are looked for: their kind, how many, and how many partners of each have a vote."""

    sift: bool
    features: int
    partners: int


# ORB finds nearly all pages at a twentieth of the cost; SIFT finds the rest.
_LOOKS = (_Look(False, 800, 3), _Look(True, 1500, 4))


@dataclass(frozen=True, slots=True)
class Matched:
    """The template and the page of it that a scan shows, and where the page lies."""

    template: str
    page: TemplatePage
    registration: Registration
    share: float  # of the anchors that were found again


@dataclass(frozen=True, slots=True, eq=False)
class _Features:
    """Features of a picture: where (x, y), which way each is turned (degrees clockwise), what it looks like."""

    points: Floats
    turns: Floats
    descriptors: NDArray[np.uint8]

    def scaled(self, by: tuple[float, float], shift: float = 0.0) -> _Features:
        """The same with pixel centres at (x + 0.5) * by + shift."""
        return _Features((self.points + 0.5) * by + shift, self.turns, self.descriptors)


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """What is computed once for a template page: features (in mm) and anchors (patch and its corner in mm)."""

    features: tuple[_Features, ...]  # one for each look
    anchors: tuple[tuple[Box, Grey], ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Fine:
    """The scan at the resolution at which anchors are found: `scale` of its size, which was `shape`."""

    picture: Grey
    scale: float
    shape: tuple[int, int]

    def of_scan(self) -> Floats:
        """3x3 from pixels of the scan to pixels of the picture."""
        shift = 0.5 * self.scale - 0.5
        return np.array([[self.scale, 0, shift], [0, self.scale, shift], [0, 0, 1]])


# --- the blank form ------------------------------------------------------------------------------------


def _at_dpi(reference: Grey, dpi: float) -> Grey:
    size = (round(A4_WIDTH * dpi / 25.4), round(A4_HEIGHT * dpi / 25.4))
    return np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)


@lru_cache(maxsize=64)
def _prepared(page: TemplatePage) -> _Prepared:
    reference = cv2.imdecode(np.frombuffer(page.reference, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert reference is not None  # load_template has decoded it before
    grey = np.asarray(reference, np.uint8)
    features = tuple(_form_features(grey, look) for look in _LOOKS)
    return _Prepared(features, tuple(_anchors(_at_dpi(grey, _FINE_DPI), page)))


def _form_features(reference: Grey, look: _Look) -> _Features:
    small = _at_dpi(reference, _COARSE_DPI)
    return _features(small, look).scaled((A4_WIDTH / small.shape[1], A4_HEIGHT / small.shape[0]))


def _scan_features(grey: Grey, dpi: float, look: _Look) -> _Features:
    scale = min(1.0, _COARSE_DPI / dpi)
    return _features(shrunk(grey, scale), look).scaled((1 / scale, 1 / scale), -0.5)


def _features(picture: Grey, look: _Look) -> _Features:
    finder = cv2.SIFT.create(look.features) if look.sift else cv2.ORB.create(look.features, fastThreshold=10)
    keypoints, descriptors = finder.detectAndCompute(picture, None)
    if descriptors is None or len(keypoints) == 0:
        return _Features(np.empty((0, 2)), np.empty(0), np.empty((0, 0), np.uint8))
    points = np.array([k.pt for k in keypoints], np.float64)
    # In bytes either kind is compared quickest.
    return _Features(points, np.array([k.angle for k in keypoints]), np.asarray(descriptors, np.uint8))


def _anchors(picture: Grey, page: TemplatePage) -> Iterator[tuple[Box, Grey]]:
    """Well-structured patches clear of all zones, the best first, apart from each other."""
    k = _FINE_DPI / 25.4
    half = _PATCH_MM / 2
    strength = cv2.cornerMinEigenVal(picture, blockSize=round(_PATCH_MM * k) | 1, ksize=3)
    margin = half + _SEARCH_MM
    centres = [
        (float(strength[int(y * k), int(x * k)]), x, y)
        for y in np.arange(margin + 1, A4_HEIGHT - margin - 1, 3.0)
        for x in np.arange(margin + 1, A4_WIDTH - margin - 1, 3.0)
        if _clear(Box(x - margin, y - margin, 2 * margin, 2 * margin), page)
    ]
    least = 0.1 * max((s for s, _, _ in centres), default=0.0)
    chosen: list[tuple[float, float]] = []
    for s, x, y in sorted(centres, reverse=True):
        if len(chosen) == _ANCHORS or s <= max(least, 1e-7):
            return
        if all(max(abs(x - a), abs(y - b)) >= _ANCHOR_SPACING_MM for a, b in chosen):
            chosen.append((x, y))
            left, top, size = round((x - half) * k), round((y - half) * k), round(_PATCH_MM * k)
            yield Box(left / k, top / k, size / k, size / k), picture[top : top + size, left : left + size].copy()


def _clear(area: Box, page: TemplatePage) -> bool:
    """Whether nothing within `area` is hidden or written on by pupils."""
    hidden = any(area.overlaps(box.grown(GUARD_MM)) for box in page.identity)
    return area.inside(PAGE) and not hidden and not any(area.overlaps(answer.box) for answer in page.answers)


def unmatchable(page: TemplatePage) -> str | None:
    """Why this page could never be registered: too little printed outside its zones. None when it can."""
    anchors = _prepared(page).anchors
    if len(anchors) < _LEAST_ANCHORS:
        return f"only {len(anchors)} printed places outside the zones can be recognised; {_LEAST_ANCHORS} are needed"
    xs, ys = zip(*(box.centre for box, _ in anchors), strict=True)
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    if across < _LEAST_SPAN_MM[0] or down < _LEAST_SPAN_MM[1]:
        return f"what is printed outside the zones spans only {across:.0f} x {down:.0f} mm"
    return None


# --- the scan ------------------------------------------------------------------------------------------


def match(grey: Grey, templates: tuple[Template, ...]) -> Matched | RegistrationFault:
    """The template page that a scan (HxW uint8) shows, in any orientation. Refuses when none fits well or two do."""
    dpi = max(grey.shape) / (A4_HEIGHT / 25.4)
    scale = min(1.0, _FINE_DPI / dpi)
    fine = _Fine(shrunk(grey, scale), scale, (grey.shape[0], grey.shape[1]))
    pages = [(template.name, page, _prepared(page)) for template in templates for page in template.pages]
    for number, look in enumerate(_LOOKS):
        features = _scan_features(grey, dpi, look)
        found: dict[int, Matched] = {}
        for i, (name, page, form) in enumerate(pages):
            coarse = _coarse(form.features[number], features, fine.shape, look)
            laid = None if coarse is None else _laid(fine, form, coarse)
            if laid is not None:
                found[i] = Matched(name, page, *laid)
        if found:
            return _best([*found.values(), *_rivals(fine, pages, found)])
    return RegistrationFault(RegistrationFaultKind.NO_MATCH)


def _rivals(fine: _Fine, pages: list[tuple[str, TemplatePage, _Prepared]], found: dict[int, Matched]) -> list[Matched]:
    """The other pages, as far as their anchors too are found where the best lies: they would be alike."""
    best = max(found.values(), key=lambda m: m.share).registration
    to_fine = fine.of_scan() @ best.homography()
    shares = {
        i: len(_found_again(fine.picture, form, to_fine, _SEARCH_MM / 3)[0]) / max(1, len(form.anchors))
        for i, (_, _, form) in enumerate(pages)
        if i not in found
    }
    return [Matched(pages[i][0], pages[i][1], best, share) for i, share in shares.items()]


def _best(found: list[Matched]) -> Matched | RegistrationFault:
    ranked = sorted(found, key=lambda m: m.share, reverse=True)
    if len(ranked) > 1 and ranked[1].share > ranked[0].share - _CLEARLY_BETTER:
        names = ", ".join(f"{m.template} page {m.page.page}" for m in ranked[:2])
        return RegistrationFault(RegistrationFaultKind.DOUBTFUL, detail=names)
    return ranked[0]


def _coarse(form: _Features, scan: _Features, shape: tuple[int, int], look: _Look) -> Floats | None:
    """Affine 2x3 from page millimetres to scan pixels, from features that go together; None when too few do.

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
    return np.asarray(affine, np.float64)


def _partners(
    form: NDArray[np.uint8], scan: NDArray[np.uint8], look: _Look
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which features of the form and of the scan may be the same: for each of the form its nearest few."""
    how, kind = (cv2.NORM_L1, cv2.CV_32F) if look.sift else (cv2.NORM_HAMMING, cv2.CV_32S)
    near = cv2.batchDistance(form, scan, kind, normType=how, K=look.partners)[1]
    return np.repeat(np.arange(len(form)), look.partners), np.asarray(near.ravel(), np.intp)


def _elected(mm: Floats, px: Floats, turned: Floats, shape: tuple[int, int]) -> NDArray[np.bool_]:
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


def _laid(fine: _Fine, form: _Prepared, coarse: Floats) -> tuple[Registration, float] | None:
    """The final registration through the anchors and the share of them found; None when it isn't good."""
    affine, residual, share = coarse, np.inf, 0.0
    for turn in range(_ROUNDS):
        to_fine = fine.of_scan() @ np.vstack([affine, [0, 0, 1]])
        mm, found = _found_again(fine.picture, form, to_fine, _SEARCH_MM if turn == 0 else _SEARCH_MM / 3)
        share = len(mm) / max(1, len(form.anchors))
        if len(mm) < _LEAST_ANCHORS or share < _LEAST_SHARE / 2:
            return None
        before = affine
        affine, residual = _robust(mm, found @ affine[:, :2].T + affine[:, 2])
        if _moved_mm(before, affine) < _STILL_MM:
            break
    if residual > MAX_RESIDUAL_MM or share < _LEAST_SHARE or uneven(affine) is not None:
        return None
    corners = np.array(PAGE.corners(), np.float64)
    settled, _ = affine_fit(corners, quantised(corners @ affine[:, :2].T + affine[:, 2]))
    return placed(np.vstack([settled, [0, 0, 1]]), settled, residual), share


def _moved_mm(a: Floats, b: Floats) -> float:
    """How far apart two ideas of the page put its corners, in mm."""
    change = np.array(PAGE.corners(), np.float64) @ (b - a)[:, :2].T + (b - a)[:, 2]
    return float(np.abs(change).max() / np.sqrt(abs(np.linalg.det(b[:, :2]))))


def _found_again(fine: Grey, form: _Prepared, to_fine: Floats, search_mm: float) -> tuple[Floats, Floats]:
    """Anchors' centres in mm, and where in mm (by the present idea of the page) each was found."""
    wanted, found = [], []
    for box, patch in form.anchors:
        moved = _moved(fine, to_fine, box, patch, search_mm)
        if moved is not None:
            wanted.append(box.centre)
            found.append((box.centre[0] + moved[0], box.centre[1] + moved[1]))
    return np.array(wanted, np.float64).reshape(-1, 2), np.array(found, np.float64).reshape(-1, 2)


def _moved(fine: Grey, to_fine: Floats, box: Box, patch: Grey, search_mm: float) -> tuple[float, float] | None:
    """How far from its expected place (mm) a patch looks most alike; None when nothing there is."""
    k = _FINE_DPI / 25.4
    reach = round(search_mm * k)
    side = patch.shape[0] + 2 * reach
    left, top = box.x - reach / k, box.y - reach / k
    to_mm = np.array([[1 / k, 0, left + 0.5 / k], [0, 1 / k, top + 0.5 / k], [0, 0, 1]])
    matrix = (to_fine @ to_mm)[:2]
    around = cv2.warpAffine(
        fine, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=255.0
    )
    scores = np.asarray(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED), np.float64)
    row, col = divmod(int(np.argmax(scores)), scores.shape[1])
    if not np.isfinite(scores[row, col]) or scores[row, col] < _ALIKE:
        return None
    if not (0 < row < scores.shape[0] - 1 and 0 < col < scores.shape[1] - 1):
        return None
    dx = col - reach + _summit(scores[row, col - 1 : col + 2])
    dy = row - reach + _summit(scores[row - 1 : row + 2, col])
    return dx / k, dy / k


def _summit(three: Floats) -> float:
    """Where between three neighbouring values their parabola is highest, from the middle one."""
    a, b, c = (float(v) for v in three)
    bend = a - 2 * b + c
    return 0.0 if bend >= -1e-9 else max(-0.5, min(0.5, 0.5 * (a - c) / bend))


def _robust(mm: Floats, px: Floats) -> tuple[Floats, float]:
    """Affine fit without anchors that are off, and the root mean square of what is left, in mm."""
    keep = np.ones(len(mm), bool)
    for _ in range(3):
        affine, _ = affine_fit(mm[keep], px[keep])
        scale = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
        away = np.linalg.norm(mm @ affine[:, :2].T + affine[:, 2] - px, axis=1) / scale
        near = away <= max(0.15, min(_OUTLIER_MM, 3 * float(np.median(away))))
        if near.sum() < _LEAST_ANCHORS or np.array_equal(near, keep):
            break
        keep = near
    return affine, float(np.sqrt(np.mean(np.square(away[keep]))))
