"""Where a page lies in its scan: from four ArUco marks, measured in two steps.

The coarse step (`marks`) finds the marks on a small picture. The final step (`edges`) measures the edges of each
mark's black square at full size, reading nothing farther than a band of 1.2 mm from them, and repeats until its
own result no longer moves: so where the page lies depends on the marks alone and on no pixel
of an identity zone. Redaction rests on that.

A scanner delivers a flat sheet seen from straight above: the marks lie as on an affine picture of the form, to
0.3 mm. A phone sees the sheet aslant: one homography must carry all sixteen corners of the marks. Four marks can't
show that the sheet is flat between them, so a photo is taken only where the caller asks for it and then
lets `flatness` look at the frames that are printed there.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import PAGE, Box, Mark
from scanning.placing.edges import Settled, quantised, settled, two_coloured
from scanning.placing.marks import Seen, page_kind, see_all_marks, see_corner_marks, see_marks, which_page

__all__ = [
    "MAX_RESIDUAL_MM",
    "SCANS",
    "SCANS_AND_PHOTOS",
    "Capture",
    "Registration",
    "RegistrationFault",
    "RegistrationFaultKind",
    "Seen",
    "affine_fit",
    "page_kind",
    "placed",
    "quantised",
    "register",
    "register_seen",
    "see_all_marks",
    "see_corner_marks",
    "see_marks",
    "uneven",
    "which_page",
]

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Orientation = Literal[0, 90, 180, 270]

MAX_RESIDUAL_MM = 0.3
_SURELY_FLAT_MM = 0.12  # of the sixteen corners from their affine fit: paper curled by 6 mm has as much
_MAX_PHOTO_RESIDUAL_MM = 0.2  # of the sixteen corners from their homography: lenses bend by half of that
_MM_PER_INCH = 25.4
_MAX_STRETCH = 0.04  # of one direction against the other: more is no flat page
_MAX_SHEAR = 0.02
_MAX_PHOTO_STRETCH = 0.35  # a sheet tilted by 40° looks as much shorter
_MAX_PHOTO_SHEAR = 0.2
_MAX_KEYSTONE = 1.6  # scale at the nearest mark against the farthest
_LEAST_KEYSTONE = 1.03  # whatever looks stretched by a tilt looks nearer at one end as well
_OUTSIDE_MM = 0.5  # a mark reaching farther than this beyond the scan is cut off


class Capture(enum.Enum):
    """What the page was taken with, as far as its marks tell."""

    SCAN = "scan"  # flat, from straight above
    PHOTO = "photo"  # aslant or not surely flat: what lies between the marks is not known yet


SCANS = frozenset({Capture.SCAN})
SCANS_AND_PHOTOS = frozenset(Capture)


@dataclass(frozen=True, slots=True)
class Registration:
    """`matrix`: row-major 3x3 homography from page millimetres to scan pixels (pixel centres at whole numbers).
    `orientation`: how far the page is turned clockwise in the scan. `residual_mm`: largest distance of a
    mark from where the best fit (affine for a scan, a homography for a photo) has it. `dpi`: resolution found from
    the marks, of a photo at the place where it is lowest. `edge_mm`: over how many mm a mark's edge turns from black
    to white; None where no marks were measured."""

    matrix: tuple[float, ...]
    orientation: Orientation
    residual_mm: float
    dpi: float
    kind: Capture = Capture.SCAN
    edge_mm: float | None = None

    def homography(self) -> Floats:
        """The matrix as a 3x3 array."""
        return np.array(self.matrix, np.float64).reshape(3, 3)

    def pixels(self, points: tuple[tuple[float, float], ...]) -> Floats:
        """Page millimetres -> scan pixels, one row (x, y) a point."""
        return _projected(self.homography(), np.array(points, np.float64))

    def skew(self) -> float:
        """Degrees the page is turned clockwise beyond its `orientation`, from -45 to 45."""
        return (_turn(_slopes(self.homography(), PAGE.centre)) - self.orientation + 45) % 90 - 45


class RegistrationFaultKind(enum.Enum):
    """Why a page can't be registered."""

    MISSING = "missing"  # marks not found; `markers` names them
    DOUBLE = "double"  # a mark found at two places: two pages in one scan
    UNEVEN = "uneven"  # marks don't lie as on a flat page: residual, stretch, shear or mirrored
    NO_MATCH = "no_match"  # no template fits (foreign forms)
    DOUBTFUL = "doubtful"  # two templates fit about equally well (foreign forms)


@dataclass(frozen=True, slots=True)
class RegistrationFault:
    """Why a page can't be registered; `markers`: the marks it is about; `detail`: measured figures; `outside`:
    those of the missing marks that must lie beyond the edge of the scan, judging by the others."""

    kind: RegistrationFaultKind
    markers: tuple[int, ...] = ()
    detail: str = ""
    outside: tuple[int, ...] = ()


# --- geometry --------------------------------------------------------------------------------------------


def _box_corners(box: Box) -> Floats:
    return np.array(box.corners(), np.float64)


def _projected(matrix: Floats, points: Floats) -> Floats:
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


def _slopes(matrix: Floats, place: tuple[float, float]) -> Floats:
    """How a homography moves pixels (rows x, y) for each mm to the right and down (columns) near a place."""
    x, y, w = matrix @ (*place, 1.0)
    return np.asarray((matrix[:2, :2] - np.outer((x / w, y / w), matrix[2, :2])) / w, np.float64)


def _diagonal_centre(corners: Floats) -> Floats:
    """Where the diagonals cross: the image of the mark's centre however the page lies."""
    p, r = corners[0], corners[2] - corners[0]
    q, s = corners[1], corners[3] - corners[1]
    t = ((q[0] - p[0]) * s[1] - (q[1] - p[1]) * s[0]) / (r[0] * s[1] - r[1] * s[0])
    return np.asarray(p + t * r, np.float64)


def _scale(slopes: Floats) -> float:
    """Pixels in a mm, of an affine or of slopes."""
    return float(np.sqrt(abs(slopes[0, 0] * slopes[1, 1] - slopes[0, 1] * slopes[1, 0])))


def affine_fit(mm: Floats, px: Floats) -> tuple[Floats, float]:
    """Best affine 2x3 from millimetres to pixels, and the largest distance of a point from it in mm."""
    lifted = np.column_stack([mm, np.ones(len(mm))])
    solution: Floats = np.asarray(np.linalg.lstsq(lifted, px, rcond=None)[0], np.float64)
    off = lifted @ solution - px
    return solution.T, float(np.sqrt(np.square(off).sum(axis=1).max())) / _scale(solution)


def _stretch_and_shear(slopes: Floats) -> tuple[float, float]:
    x, y = slopes[:, 0], slopes[:, 1]
    across, down = float(np.hypot(*x)), float(np.hypot(*y))
    return across / down, abs(float(x @ y)) / (across * down)


def _mirrored(slopes: Floats) -> bool:
    return bool(slopes[0, 0] * slopes[1, 1] - slopes[1, 0] * slopes[0, 1] <= 0)


def uneven(affine: Floats) -> str | None:
    """What is wrong with an affine fit as the picture of a flat sheet; None when nothing is."""
    if _mirrored(affine):
        return "mirrored"
    stretch, shear = _stretch_and_shear(affine)
    if abs(stretch - 1) > _MAX_STRETCH:
        return f"stretched {stretch:.3f}"
    return f"slanted {shear:.3f}" if shear > _MAX_SHEAR else None


def placed(
    matrix: Floats,
    affine: Floats,
    residual_mm: float,
    kind: Capture = Capture.SCAN,
    edge_mm: float | None = None,
) -> Registration:
    """A Registration with its summary figures."""
    scale = _scale(affine) if kind is Capture.SCAN else min(_scale(_slopes(matrix, at)) for at in PAGE.corners())
    return Registration(
        matrix=tuple(float(v) for v in (matrix / matrix[2, 2]).ravel()),
        orientation=_quarter(_turn(affine)),
        residual_mm=residual_mm,
        dpi=scale * _MM_PER_INCH,
        kind=kind,
        edge_mm=edge_mm,
    )


def _turn(matrix: Floats) -> float:
    return float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0])))


def _quarter(degrees: float) -> Orientation:
    turns: tuple[Orientation, ...] = (0, 90, 180, 270)
    return turns[round(degrees / 90) % 4]


# --- registration ------------------------------------------------------------------------------------------


def register(
    grey: Grey, marks: tuple[Mark, ...], captures: frozenset[Capture] = SCANS
) -> Registration | RegistrationFault:
    """Where the page with these marks lies in the scan `grey` (HxW uint8); as `register_seen`."""
    return register_seen(grey, see_marks(grey), marks, captures)


def register_seen(
    grey: Grey, seen: tuple[Seen, ...], marks: tuple[Mark, ...], captures: frozenset[Capture] = SCANS
) -> Registration | RegistrationFault:
    """Where the page lies, for marks already seen by `see_marks`. Only what `captures` names is accepted: whoever
    takes photos must ask `flatness.bent` before believing what lies between the marks."""
    wanted = {mark.marker for mark in marks}
    at_hand = [mark for mark in seen if mark.marker in wanted]
    double = tuple(sorted({a.marker for a in at_hand for b in at_hand if a is not b and a.marker == b.marker}))
    if double:
        return RegistrationFault(RegistrationFaultKind.DOUBLE, double)
    found = _settled(grey, {mark.marker: mark for mark in at_hand}, marks)
    missing = tuple(mark for mark in marks if mark.marker not in found)
    if missing:
        outside = _outside(grey.shape, found, marks, missing)
        return RegistrationFault(RegistrationFaultKind.MISSING, tuple(m.marker for m in missing), outside=outside)
    return _fitted(grey, marks, [found[mark.marker] for mark in marks], captures)


def _settled(grey: Grey, seen: Mapping[int, Seen], marks: tuple[Mark, ...]) -> dict[int, Settled]:
    here = [mark for mark in marks if mark.marker in seen]
    if not here:
        return {}
    quads = np.array([seen[mark.marker].corners for mark in here], np.float64)
    measured = settled(grey, quads, [mark.box.w for mark in here])
    return {mark.marker: each for mark, each in zip(here, measured, strict=True) if each is not None}


def _outside(
    shape: tuple[int, ...], found: Mapping[int, Settled], marks: tuple[Mark, ...], missing: tuple[Mark, ...]
) -> tuple[int, ...]:
    """Missing marks that lie partly beyond the scan, from where two others or more put them."""
    here = [mark for mark in marks if mark.marker in found]
    if len(here) < 2:
        return ()
    mm = np.concatenate([_box_corners(mark.box) for mark in here])
    affine, _ = affine_fit(mm, np.concatenate([found[mark.marker].corners for mark in here]))
    reach, slack = np.array(shape[1::-1], np.float64) - 0.5, _OUTSIDE_MM * _scale(affine)
    cut = []
    for mark in missing:
        at = _box_corners(mark.box) @ affine[:, :2].T + affine[:, 2]
        if np.any(at < -0.5 - slack) or np.any(at > reach + slack):
            cut.append(mark.marker)
    return tuple(cut)


def _fitted(
    grey: Grey, marks: tuple[Mark, ...], found: list[Settled], captures: frozenset[Capture]
) -> Registration | RegistrationFault:
    scan = _as_scan(grey, marks, found, captures)
    if isinstance(scan, Registration) or Capture.PHOTO not in captures:
        return scan
    photo = _as_photo(marks, found)
    return photo if isinstance(photo, Registration) else replace(scan, detail=f"{scan.detail}; {photo.detail}")


def _fault(marks: tuple[Mark, ...], detail: str) -> RegistrationFault:
    return RegistrationFault(RegistrationFaultKind.UNEVEN, tuple(sorted(mark.marker for mark in marks)), detail)


def _edge_mm(found: list[Settled]) -> float:
    """The width of the marks' edges where it is widest but one: one spoilt mark says nothing about the rest."""
    return sorted(mark.edge_mm for mark in found)[-2]


def _as_scan(
    grey: Grey, marks: tuple[Mark, ...], found: list[Settled], captures: frozenset[Capture]
) -> Registration | RegistrationFault:
    mm = np.array([mark.box.centre for mark in marks], np.float64)
    px = np.array([_diagonal_centre(mark.corners) for mark in found])
    affine, residual = affine_fit(mm, px)
    wrong = uneven(affine)
    if wrong is not None:
        return _fault(marks, wrong)
    if residual > MAX_RESIDUAL_MM:
        return _fault(marks, f"residual {residual:.2f} mm")
    all_mm = np.concatenate([_box_corners(mark.box) for mark in marks])
    _, corner_residual = affine_fit(all_mm, np.concatenate([mark.corners for mark in found]))
    if corner_residual > 2 * MAX_RESIDUAL_MM:
        return _fault(marks, f"a mark is out of shape by {corner_residual:.2f} mm")
    # Four points have exactly one homography: the scan's small keystone is followed, the fit has judged it.
    matrix = cv2.getPerspectiveTransform(mm.astype(np.float32), px.astype(np.float32))
    scan = placed(np.asarray(matrix, np.float64), affine, residual, edge_mm=_edge_mm(found))
    # A phone held straight above curled paper: the centres lie well, the marks' own shapes betray it. In black
    # and white, which no phone delivers, a pixel's width may do the same.
    doubtful = corner_residual > _SURELY_FLAT_MM and not all(two_coloured(grey, mark.corners) for mark in found)
    return replace(scan, kind=Capture.PHOTO) if doubtful and Capture.PHOTO in captures else scan


def _as_photo(marks: tuple[Mark, ...], found: list[Settled]) -> Registration | RegistrationFault:
    mm = np.concatenate([_box_corners(mark.box) for mark in marks])
    px = np.concatenate([mark.corners for mark in found])
    fit, _ = cv2.findHomography(mm, px, 0)
    if fit is None or not np.isfinite(fit).all():
        return _fault(marks, "no perspective fits")
    matrix = np.asarray(fit, np.float64)
    slopes = _slopes(matrix, PAGE.centre)
    wrong = _aslant(matrix, slopes)
    if wrong is not None:
        return _fault(marks, wrong)
    # In page millimetres, so that far and near ends are judged alike.
    off = _projected(np.asarray(np.linalg.inv(matrix), np.float64), px) - mm
    residual = float(np.sqrt(np.square(off).sum(axis=1).max()))
    if residual > _MAX_PHOTO_RESIDUAL_MM:
        return _fault(marks, f"residual {residual:.2f} mm in perspective")
    return placed(matrix, slopes, residual, Capture.PHOTO, _edge_mm(found))


def _aslant(matrix: Floats, slopes: Floats) -> str | None:
    """What is wrong with a homography as the view of a flat sheet by hand; None when nothing is."""
    depths = _depths(matrix)
    if depths.min() <= 0 or _mirrored(slopes):
        return "mirrored"
    keystone = float(depths.max() / depths.min())
    stretch, shear = _stretch_and_shear(slopes)
    tilted = max(stretch, 1 / stretch) > 1 + _MAX_STRETCH or shear > _MAX_SHEAR
    if keystone > _MAX_KEYSTONE or (tilted and keystone < _LEAST_KEYSTONE):
        return f"perspective {keystone:.3f}"
    if max(stretch, 1 / stretch) > 1 + _MAX_PHOTO_STRETCH:
        return f"stretched {stretch:.3f}"
    return f"slanted {shear:.3f}" if shear > _MAX_PHOTO_SHEAR else None


def _depths(matrix: Floats) -> Floats:
    """How far the page's corners are from the eye, in a unit of no matter."""
    lifted = np.column_stack([np.array(PAGE.corners(), np.float64), np.ones(4)])
    return np.asarray(lifted @ matrix[2] / matrix[2, 2], np.float64)
