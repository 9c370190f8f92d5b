"""Where a page lies in its scan: from four ArUco marks, measured in two steps.

The coarse step finds the marks on a small picture. The final step measures the edges of each mark's black
square again at full size, reading nothing farther than a band of 1.2 mm from them, and repeats until its
own result no longer moves: so where the page lies depends on the marks alone and on no pixel
of an identity zone. Redaction rests on that.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck import pageform, sheetform
from crosscheck.geometry import A4_HEIGHT, Box, Mark
from scanning.shrinking import shrunk

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Orientation = Literal[0, 90, 180, 270]

MAX_RESIDUAL_MM = 0.3
_COARSE_DPI = 100.0
_MM_PER_INCH = 25.4
_BAND_MM = 1.2  # measured on both sides of a mark's edge; within mark + 2.5 mm
_STEP = 16  # positions are kept in sixteenths of a pixel
_STILL = 1e-3  # pixels
_ALONG = np.linspace(0.12, 0.88, 25)  # where an edge is measured, as a share of its length
_MAX_ROUNDS = 6
_MAX_STRETCH = 0.04  # of one direction against the other: more is no flat page
_MAX_SHEAR = 0.02


@dataclass(frozen=True, slots=True)
class Registration:
    """`matrix`: row-major 3x3 homography from page millimetres to scan pixels (pixel centres at whole numbers).
    `orientation`: how far the page is turned clockwise in the scan. `residual_mm`: largest distance of a
    mark from where the best affine fit has it. `dpi`: resolution found from the marks."""

    matrix: tuple[float, ...]
    orientation: Orientation
    residual_mm: float
    dpi: float

    def homography(self) -> Floats:
        """The matrix as a 3x3 array."""
        return np.array(self.matrix, np.float64).reshape(3, 3)

    def pixels(self, points: tuple[tuple[float, float], ...]) -> Floats:
        """Page millimetres -> scan pixels, one row (x, y) a point."""
        return _projected(self.homography(), np.array(points, np.float64))

    def skew(self) -> float:
        """Degrees the page is turned clockwise beyond its `orientation`, from -45 to 45."""
        return (_turn(self.homography()) - self.orientation + 45) % 90 - 45


class RegistrationFaultKind(enum.Enum):
    """Why a page can't be registered."""

    MISSING = "missing"  # marks not found; `markers` names them
    DOUBLE = "double"  # a mark found at two places: two pages in one scan
    UNEVEN = "uneven"  # marks don't lie as on a flat page: residual, stretch, shear or mirrored
    NO_MATCH = "no_match"  # no template fits (foreign forms)
    DOUBTFUL = "doubtful"  # two templates fit about equally well (foreign forms)


@dataclass(frozen=True, slots=True)
class RegistrationFault:
    """Why a page can't be registered; `markers`: the marks it is about; `detail`: measured figures."""

    kind: RegistrationFaultKind
    markers: tuple[int, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark seen coarsely: its corners in scan pixels, clockwise from its own top left."""

    marker: int
    corners: tuple[tuple[float, float], ...]


# --- coarse ----------------------------------------------------------------------------------------------


def _detector() -> cv2.aruco.ArucoDetector:
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    parameters.minMarkerPerimeterRate = 0.02
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)


def _found(picture: Grey, left: float, top: float, scale: float) -> list[Seen]:
    corners, ids, _ = _detector().detectMarkers(picture)
    if ids is None:
        return []
    seen = []
    for marker, quad in zip(ids.ravel(), corners, strict=True):
        points = (quad.reshape(4, 2) + 0.5) / scale - 0.5 + (left, top)
        seen.append(Seen(int(marker), tuple((float(x), float(y)) for x, y in points)))
    return seen


def _coarse(grey: Grey, area: tuple[int, int, int, int], scale: float) -> list[Seen]:
    left, top, right, bottom = area
    part = grey[top:bottom, left:right]
    if scale == 1:
        return _found(part, left, top, scale)
    return _found(shrunk(part, scale), left, top, scale)


def see_marks(grey: Grey) -> tuple[Seen, ...]:
    """All ArUco marks of the page, coarsely: four corners at small size first, the whole page when fewer
    than four were seen, the whole page at half size when there are still fewer."""
    return see_all_marks(grey, see_corner_marks(grey))


def _coarse_scale(grey: Grey) -> float:
    return min(1.0, float(_COARSE_DPI * A4_HEIGHT / _MM_PER_INCH / max(grey.shape)))


def see_corner_marks(grey: Grey) -> tuple[Seen, ...]:
    """Marks in the four corners of the scan at small size: where they are on nearly every page of ours."""
    height, width = grey.shape
    w, h = width * 3 // 10, height * 3 // 10
    corners = [(x, y, x + w, y + h) for x in (0, width - w) for y in (0, height - h)]
    return tuple(mark for area in corners for mark in _coarse(grey, area, _coarse_scale(grey)))


def see_all_marks(grey: Grey, in_corners: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """The marks seen in the corners and, when they are fewer than four, those elsewhere on the page."""
    height, width = grey.shape
    seen, scale = list(in_corners), _coarse_scale(grey)
    for factor in (scale, min(1.0, max(0.5, 2 * scale))):
        if len({mark.marker for mark in seen}) >= 4:
            break
        seen = _merged(seen, _coarse(grey, (0, 0, width, height), factor))
    return tuple(seen)


def _merged(seen: list[Seen], more: list[Seen]) -> list[Seen]:
    """Both, without a mark that was seen at the same place before."""
    fresh = [m for m in more if not any(m.marker == s.marker and _distance(m, s) < _side(s) / 2 for s in seen)]
    return seen + fresh


def _centre(mark: Seen) -> Floats:
    return np.asarray(np.mean(np.array(mark.corners), axis=0), np.float64)


def _distance(a: Seen, b: Seen) -> float:
    return float(np.linalg.norm(_centre(a) - _centre(b)))


def _side(mark: Seen) -> float:
    corners = np.array(mark.corners)
    return float(np.mean(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)))


def page_kind(seen: tuple[Seen, ...]) -> Literal["answer", "sheet"] | None:
    """Which of our papers the marks belong to; None when fewer than two say so (handwriting may look
    like one) or as many speak for each."""
    markers = {mark.marker for mark in seen}
    answers = len(markers & set(range(pageform.FIRST_MARKER, pageform.FIRST_MARKER + 4)))
    sheets = len(markers & set(range(sheetform.FIRST_MARKER, sheetform.FIRST_MARKER + 4)))
    if answers == sheets or max(answers, sheets) < 2:
        return None
    return "answer" if answers > sheets else "sheet"


def which_page(grey: Grey) -> Literal["answer", "sheet"] | None:
    """Whether this is an answer page (markers 0-3) or a score sheet (markers 4-7) of ours."""
    return page_kind(see_marks(grey))


# --- final -----------------------------------------------------------------------------------------------


def _sampled(grey: Grey, x: Floats, y: Floats) -> Floats:
    """Pixel values at fractional places, bilinear; places outside the scan count as the nearest edge."""
    height, width = grey.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    fx, fy = x - left, y - top
    at = top * width + left
    flat = grey.ravel()
    upper = flat[at] * (1 - fx) + flat[at + 1] * fx
    lower = flat[at + width] * (1 - fx) + flat[at + width + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy, np.float64)


def _edge_points(grey: Grey, corners: Floats, size_mm: float) -> list[Floats] | None:
    """For each edge from one corner to the next (clockwise), the points where black turns white across it,
    sub-pixel; None when an edge is lost."""
    along = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(along, axis=1)
    outward = np.column_stack([along[:, 1], -along[:, 0]]) / lengths[:, None]
    reach = _BAND_MM * float(lengths.mean()) / size_mm
    depths = np.linspace(-reach, reach, max(9, int(2 * reach) | 1))
    places = corners[:, None] + _ALONG[:, None] * along[:, None]  # edge, place, xy
    at = places[:, :, None] + depths[:, None] * outward[:, None, None]
    profiles = _sampled(grey, at[..., 0], at[..., 1])
    found = [_turns(profile, depths) for profile in profiles]
    if any(np.isfinite(turn).sum() < 12 for turn in found):
        return None
    return [
        np.asarray((place + turn[:, None] * out)[np.isfinite(turn)], np.float64)
        for place, turn, out in zip(places, found, outward, strict=True)
    ]


def _middle(values: Floats) -> float:
    """The median (the higher of two); NumPy's own takes longer for its checks than for its work."""
    flat = np.sort(values, axis=None)
    return float(flat[flat.size // 2])


def _turns(profiles: Floats, depths: Floats) -> Floats:
    """How deep each profile (one a row) first passes from black to white; nan where it doesn't."""
    quarter = len(depths) // 4
    turns = np.full(len(profiles), np.nan)
    black, white = _middle(profiles[:, :quarter]), _middle(profiles[:, -quarter:])
    if white - black < 40:
        return turns
    middle = (black + white) / 2
    bright = profiles > middle
    first = np.argmax(bright, axis=1)
    rows = np.flatnonzero(first > 0)
    low, high = profiles[rows, first[rows] - 1], profiles[rows, first[rows]]
    turns[rows] = depths[first[rows] - 1] + (middle - low) / (high - low) * (depths[1] - depths[0])
    return turns


def _line(points: Floats) -> tuple[float, float, float]:
    """The line a·x + b·y = c through most of the points: fitted, then without those that lie off."""
    for _ in range(3):
        centre = points.mean(axis=0)
        away = points - centre
        xx, xy, yy = float(away[:, 0] @ away[:, 0]), float(away[:, 0] @ away[:, 1]), float(away[:, 1] @ away[:, 1])
        direction = 0.5 * np.arctan2(2 * xy, xx - yy)  # of greatest spread
        a, b = -float(np.sin(direction)), float(np.cos(direction))
        off = np.abs(away @ (a, b))
        keep = off <= max(0.25, 2.0 * _middle(off))
        if keep.all() or keep.sum() < 8:
            break
        points = points[keep]
    return a, b, float(a * centre[0] + b * centre[1])


def _measured(grey: Grey, corners: Floats, size_mm: float) -> Floats | None:
    """The mark's corners from the edges near `corners`, sub-pixel; None when an edge is lost."""
    edges = _edge_points(grey, corners, size_mm)
    if edges is None:
        return None
    lines = [_line(points) for points in edges]
    crossed = []
    for i in range(4):
        (a, b, c), (d, e, f) = lines[i - 1], lines[i]
        determinant = a * e - b * d
        if abs(determinant) < 0.5:
            return None
        crossed.append(((c * e - b * f) / determinant, (a * f - c * d) / determinant))
    return np.array(crossed, np.float64)


def _settled(grey: Grey, mark: Seen, size_mm: float) -> Floats | None:
    """Measure again from the last result until it stands still: then it no longer depends on the coarse
    step. Each round shrinks what is left of that by far, and rounding takes away the rest."""
    corners: Floats = np.asarray(np.round(np.array(mark.corners, np.float64)), np.float64)
    for _ in range(_MAX_ROUNDS):
        measured = _measured(grey, corners, size_mm)
        if measured is None or np.abs(measured - corners).max() > _side(mark) / 4:
            return None
        moved = float(np.abs(measured - corners).max())
        corners = measured
        if moved < _STILL:
            break
    return quantised(corners)


def quantised(points: Floats) -> Floats:
    """Positions in sixteenths of a pixel."""
    return np.asarray(np.round(points * _STEP) / _STEP, np.float64)


def _box_corners(box: Box) -> Floats:
    return np.array(box.corners(), np.float64)


def _projected(matrix: Floats, points: Floats) -> Floats:
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def _diagonal_centre(corners: Floats) -> Floats:
    """Where the diagonals cross: the image of the mark's centre however the page lies."""
    p, r = corners[0], corners[2] - corners[0]
    q, s = corners[1], corners[3] - corners[1]
    t = ((q[0] - p[0]) * s[1] - (q[1] - p[1]) * s[0]) / (r[0] * s[1] - r[1] * s[0])
    return np.asarray(p + t * r, np.float64)


def affine_fit(mm: Floats, px: Floats) -> tuple[Floats, float]:
    """Best affine 2x3 from millimetres to pixels, and the largest distance of a point from it in mm."""
    lifted = np.column_stack([mm, np.ones(len(mm))])
    solution: Floats = np.asarray(np.linalg.lstsq(lifted, px, rcond=None)[0], np.float64)
    scale = float(np.sqrt(abs(np.linalg.det(solution[:2]))))
    return solution.T, float(np.linalg.norm(lifted @ solution - px, axis=1).max() / scale)


def uneven(affine: Floats) -> str | None:
    """What is wrong with an affine fit as the picture of a flat sheet; None when nothing is."""
    x, y = affine[:, 0], affine[:, 1]
    if x[0] * y[1] - x[1] * y[0] <= 0:
        return "mirrored"
    across, down = float(np.linalg.norm(x)), float(np.linalg.norm(y))
    if abs(across / down - 1) > _MAX_STRETCH:
        return f"stretched {across / down:.3f}"
    shear = abs(float(x @ y)) / (across * down)
    return f"slanted {shear:.3f}" if shear > _MAX_SHEAR else None


def placed(matrix: Floats, affine: Floats, residual_mm: float) -> Registration:
    """A Registration with its summary figures."""
    scale = float(np.sqrt(abs(np.linalg.det(affine[:, :2]))))
    return Registration(
        matrix=tuple(float(v) for v in (matrix / matrix[2, 2]).ravel()),
        orientation=_quarter(_turn(affine)),
        residual_mm=residual_mm,
        dpi=scale * _MM_PER_INCH,
    )


def _turn(matrix: Floats) -> float:
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def _quarter(degrees: float) -> Orientation:
    turns: tuple[Orientation, ...] = (0, 90, 180, 270)
    return turns[round(degrees / 90) % 4]


def register(grey: Grey, marks: tuple[Mark, ...]) -> Registration | RegistrationFault:
    """Where the page with these marks lies in the scan `grey` (HxW uint8)."""
    return register_seen(grey, see_marks(grey), marks)


def register_seen(grey: Grey, seen: tuple[Seen, ...], marks: tuple[Mark, ...]) -> Registration | RegistrationFault:
    """The same, for marks already seen by `see_marks`."""
    wanted = {mark.marker for mark in marks}
    at_hand = [mark for mark in seen if mark.marker in wanted]
    double = tuple(sorted({a.marker for a in at_hand for b in at_hand if a is not b and a.marker == b.marker}))
    if double:
        return RegistrationFault(RegistrationFaultKind.DOUBLE, double)
    by_marker = {mark.marker: mark for mark in at_hand}
    settled = {
        mark.marker: _settled(grey, by_marker[mark.marker], mark.box.w) for mark in marks if mark.marker in by_marker
    }
    missing = tuple(mark.marker for mark in marks if settled.get(mark.marker) is None)
    if missing:
        return RegistrationFault(RegistrationFaultKind.MISSING, missing)
    found = {marker: corners for marker, corners in settled.items() if corners is not None}
    return _fitted(marks, found)


def _fitted(marks: tuple[Mark, ...], found: dict[int, Floats]) -> Registration | RegistrationFault:
    mm = np.array([mark.box.centre for mark in marks], np.float64)
    px = np.array([_diagonal_centre(found[mark.marker]) for mark in marks])
    affine, residual = affine_fit(mm, px)
    wrong = uneven(affine)
    if wrong is not None:
        return RegistrationFault(RegistrationFaultKind.UNEVEN, tuple(sorted(found)), wrong)
    if residual > MAX_RESIDUAL_MM:
        return RegistrationFault(RegistrationFaultKind.UNEVEN, tuple(sorted(found)), f"residual {residual:.2f} mm")
    all_mm = np.concatenate([_box_corners(mark.box) for mark in marks])
    _, corner_residual = affine_fit(all_mm, np.concatenate([found[mark.marker] for mark in marks]))
    if corner_residual > 2 * MAX_RESIDUAL_MM:
        detail = f"a mark is out of shape by {corner_residual:.2f} mm"
        return RegistrationFault(RegistrationFaultKind.UNEVEN, tuple(sorted(found)), detail)
    # Four points have exactly one homography: the scan's small keystone is followed, the fit has judged it.
    matrix = cv2.getPerspectiveTransform(mm.astype(np.float32), px.astype(np.float32))
    return placed(np.asarray(matrix, np.float64), affine, residual)
