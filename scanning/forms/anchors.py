"""Where a page of a foreign form lies, to a fraction of a millimetre: printed patches of the blank form found again.

Anchors stand clear of identity and answer zones, by more than they are searched. The page is laid through those that
are found, again and again until nothing moves; before the last rounds its place is rounded coarsely, so that they begin
alike whatever the first look saw. The result depends on no pixel of an identity zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE, Box
from scanning.forms import laying
from scanning.forms.foreignform import TemplatePage
from scanning.forms.laying import Laid, Pairs
from scanning.placing.shrinking import halved

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

FINE_DPI = 150.0
_HALVE_FROM = 1.8
_K = FINE_DPI / 25.4
_PATCH_MM = 9.0
SEARCH_MM = 3.0
_NEAR_MM, _NEXT_MM = 1.5, 0.7  # how far is searched once the page lies nearly right
MOST = 24
LEAST = 6
_FIRST, _SOME = 8, 12  # anchors that decide whether the others are looked for; that lay the page nearly right
_SPACING_MM, _FAR_MM = 12.0, 60.0  # between anchors at least; farther apart is no better
_LEAST_STRENGTH = 0.06  # of the strongest patch's structure: footers in small print belong to it
_ALIKE = 0.6
LEAST_SHARE = 0.6
_ELSEWHERE_MM, _MOST_ELSEWHERE = 0.5, 1  # print repeats itself: one anchor may be mistaken
_ROUNDS = 8
_NEARLY_STILL_MM = 0.004  # against half a millimetre to which the place is rounded then
_STILL_MM = 1e-4  # against a sixteenth of a pixel, the step in which the result is given


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """A printed patch of the blank form at FINE_DPI, and at half of it; `box`: where it stands on the page in mm."""

    box: Box
    patch: Grey
    half: Grey


@dataclass(frozen=True, slots=True, eq=False)
class Sized:
    """The scan at `scale` of its size."""

    picture: Grey
    scale: float

    def of_scan(self) -> Floats:
        """3x3 from pixels of the scan to pixels of the picture."""
        shift = 0.5 * self.scale - 0.5
        return np.array([[self.scale, 0, shift], [0, self.scale, shift], [0, 0, 1]])

    def halved(self) -> Sized:
        """The same at half the size."""
        return Sized(halved(self.picture), self.scale / 2)


@dataclass(frozen=True, slots=True, eq=False)
class Fine:
    """A scan of `shape` at about the resolution at which anchors are found, and at half of it."""

    whole: Sized
    half: Sized
    shape: tuple[int, int]


def fine(grey: Grey) -> Fine:
    """The scan (HxW uint8) as anchors are looked for in it."""
    sized = Sized(grey, 1.0)
    # Between the whole and a half the patches' surroundings are sampled as well from the scan itself.
    while max(sized.picture.shape) / (A4_HEIGHT / 25.4) >= _HALVE_FROM * FINE_DPI:
        sized = sized.halved()
    return Fine(sized, sized.halved(), (grey.shape[0], grey.shape[1]))


# --- the blank form ------------------------------------------------------------------------------------


def anchors_of(reference: Grey, page: TemplatePage) -> tuple[Anchor, ...]:
    """Well-structured patches of the blank form clear of all zones; any first few of them are spread over the page."""
    size = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
    picture = np.asarray(cv2.resize(reference, size, interpolation=cv2.INTER_AREA), np.uint8)
    half, side = _PATCH_MM / 2, 2 * round(_PATCH_MM * _K / 2)
    made = []
    for x, y in _chosen(picture, page):
        left, top = round((x - half) * _K), round((y - half) * _K)
        box = Box(left / _K, top / _K, side / _K, side / _K)
        patch = picture[top : top + side, left : left + side].copy()
        made.append(Anchor(box, patch, halved(patch)))
    return tuple(made)


def _chosen(picture: Grey, page: TemplatePage) -> list[tuple[float, float]]:
    """Centres of patches, each time the one that is both strong and far from all before: a page laid through a cluster
    would swing about it."""
    centres, strength = _candidates(picture, page)
    far = np.linalg.norm(centres - (A4_WIDTH / 2, A4_HEIGHT / 2), axis=1)
    chosen: list[tuple[float, float]] = []
    while len(chosen) < MOST:
        worth = np.where(far >= _SPACING_MM, np.minimum(far, _FAR_MM) * strength**0.25, 0.0)
        if not worth.size or worth.max() == 0:
            break
        x, y = centres[int(np.argmax(worth))].tolist()
        chosen.append((x, y))
        away = np.abs(centres - (x, y)).max(axis=1)
        far = away if len(chosen) == 1 else np.minimum(far, away)
    return chosen


def _candidates(picture: Grey, page: TemplatePage) -> tuple[Floats, Floats]:
    """Centres (N x 2, mm) clear of all zones with enough structure around them, and how much."""
    strength = cv2.cornerMinEigenVal(picture, blockSize=round(_PATCH_MM * _K) | 1, ksize=3)
    margin = _PATCH_MM / 2 + SEARCH_MM
    centres = np.array(
        [
            (x, y)
            for y in np.arange(margin + 1, A4_HEIGHT - margin - 1, 3.0)
            for x in np.arange(margin + 1, A4_WIDTH - margin - 1, 3.0)
            if _clear(Box(x - margin, y - margin, 2 * margin, 2 * margin), page)
        ],
        np.float64,
    ).reshape(-1, 2)
    columns, rows = (centres * _K).astype(np.intp).T
    found = np.asarray(strength[rows, columns], np.float64)
    enough = found > max(_LEAST_STRENGTH * float(found.max(initial=0.0)), 1e-7)
    return centres[enough], found[enough]


def _clear(area: Box, page: TemplatePage) -> bool:
    """Whether nothing within `area` is hidden, written on by pupils, or different on each copy."""
    hidden = any(area.overlaps(box.grown(page.guard)) for box in page.identity)
    written = any(area.overlaps(box) for box in page.zones)
    return area.inside(PAGE) and not hidden and not written


def too_little(anchors: Sequence[Anchor]) -> str | None:
    """Why a page with these anchors could never be laid: too little printed outside its zones. None when it can."""
    if len(anchors) < LEAST:
        return f"only {len(anchors)} printed places outside the zones can be recognised; {LEAST} are needed"
    across, down = span(anchors)
    if not laying.wide_enough((across, down)):
        return f"what is printed outside the zones spans only {across:.0f} x {down:.0f} mm"
    return None


def span(anchors: Sequence[Anchor]) -> tuple[float, float]:
    """Width and height in mm over which anchors' centres stand, without the outermost ones."""
    return laying.span(np.array([anchor.box.centre for anchor in anchors], np.float64).reshape(-1, 2))


# --- the scan ------------------------------------------------------------------------------------------


def laid(scan: Fine, anchors: Sequence[Anchor], coarse: Floats) -> Laid | None:
    """The page laid through its anchors, beginning where `coarse` (3x3, mm to scan pixels) has it; None when it isn't
    good."""
    begun = laying.similar(_pairs(scan.half, anchors[:_FIRST], coarse, SEARCH_MM, half=True), coarse)
    if begun is None:
        return None
    near = _nearly(scan.half, anchors, begun)
    if near is None:
        return None
    last = _still(scan.whole, anchors, laying.rounded(near.pose, scan.shape), (_NEXT_MM, _NEXT_MM), _STILL_MM)
    if last is None or last.share < LEAST_SHARE or _bent(scan.half, anchors, last):
        return None
    return laying.judged(last)


def _bent(small: Sized, anchors: Sequence[Anchor], fit: laying.Fit) -> bool:
    """Whether anchors that the fit left out are there after all, but elsewhere: the paper isn't flat, or the fit is
    wrong."""
    believed = {(x, y) for x, y in fit.kept.mm.tolist()}
    others = [anchor for anchor in anchors if anchor.box.centre not in believed]
    found = _pairs(small, others, fit.pose, SEARCH_MM, half=True)
    return int(np.count_nonzero(laying.away_mm(fit.pose, found) > _ELSEWHERE_MM)) > _MOST_ELSEWHERE


def _nearly(small: Sized, anchors: Sequence[Anchor], begun: Floats) -> laying.Fit | None:
    """The page laid nearly right, at half the resolution, through some of its anchors; all, when many aren't there."""
    reach = (_NEAR_MM, _NEXT_MM)
    some = _still(small, anchors[:_SOME], begun, reach, _NEARLY_STILL_MM, half=True)
    if some is not None and some.share >= LEAST_SHARE and some.wide:
        return some
    return _still(small, anchors, begun, reach, _NEARLY_STILL_MM, half=True)


def _still(
    scan: Sized,
    anchors: Sequence[Anchor],
    pose: Floats,
    reach: tuple[float, float],
    still: float,
    *,
    half: bool = False,
) -> laying.Fit | None:
    """The page laid anew until it moves by less than `still` mm; None when too few anchors are there."""
    fit = None
    for turn in range(_ROUNDS):
        pairs = _pairs(scan, anchors, pose, reach[min(turn, 1)], half=half)
        if len(pairs.mm) < max(LEAST, LEAST_SHARE / 2 * len(anchors)):
            return None
        before, fit = pose, laying.fitted(pairs, len(anchors))
        pose = fit.pose
        if laying.moved_mm(before, pose) < still:
            break
    return fit


def share_at(scan: Fine, anchors: Sequence[Anchor], pose: Floats, least: float) -> float:
    """The share of anchors found within a millimetre of where `pose` (mm to scan pixels) has them. Ends, with what
    was found so far, once the share can no longer reach `least`."""
    found = 0
    for tried, offset in enumerate(_offsets(scan.half, anchors, pose, 1.0, half=True), start=1):
        found += offset is not None
        if found + len(anchors) - tried < least * len(anchors):
            break
    return found / max(1, len(anchors))


def _pairs(scan: Sized, anchors: Sequence[Anchor], pose: Floats, reach_mm: float, *, half: bool = False) -> Pairs:
    """Centres of anchors that were found, in mm, and where in the scan, in pixels; by their `half` patches when so
    wished."""
    wanted, found = [], []
    for anchor, offset in zip(anchors, _offsets(scan, anchors, pose, reach_mm, half=half), strict=True):
        if offset is not None:
            x, y = anchor.box.centre
            wanted.append((x, y))
            found.append((x + offset[0], y + offset[1]))
    mm = np.array(wanted, np.float64).reshape(-1, 2)
    return Pairs(mm, laying.projected(pose, np.array(found, np.float64).reshape(-1, 2)))


def _offsets(
    scan: Sized, anchors: Sequence[Anchor], pose: Floats, reach_mm: float, *, half: bool
) -> Iterator[tuple[float, float] | None]:
    """For each anchor how far from its expected place (mm) the scan looks most like it; None when nothing does."""
    k = _K / 2 if half else _K
    reach = round(reach_mm * k)
    corners = np.array([(anchor.box.x - reach / k, anchor.box.y - reach / k) for anchor in anchors])
    to_mm = np.zeros((len(anchors), 3, 3))
    to_mm[:, 0, 0] = to_mm[:, 1, 1] = 1 / k
    to_mm[:, :2, 2] = corners.reshape(-1, 2) + 0.5 / k
    to_mm[:, 2, 2] = 1
    for anchor, matrix in zip(anchors, scan.of_scan() @ pose @ to_mm, strict=True):
        offset = _offset(scan.picture, matrix, anchor.half if half else anchor.patch, reach)
        yield None if offset is None else (offset[0] / k, offset[1] / k)


def _offset(picture: Grey, matrix: Floats, patch: Grey, reach: int) -> tuple[float, float] | None:
    """How far from the middle (pixels of the patch, at most `reach`) the patch fits best into what `matrix` shows."""
    side = patch.shape[0] + 2 * reach
    around = cv2.warpPerspective(
        picture, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=255.0
    )
    scores = cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, (col, row) = cv2.minMaxLoc(scores)
    if not _ALIKE <= best < 2 or not (0 < row < 2 * reach and 0 < col < 2 * reach):
        return None
    dx = col - reach + _summit(*scores[row, col - 1 : col + 2].tolist())
    dy = row - reach + _summit(*scores[row - 1 : row + 2, col].tolist())
    return dx, dy


def _summit(before: float, at: float, after: float) -> float:
    """Where between three neighbouring values their parabola is highest, from the middle one."""
    bend = before - 2 * at + after
    return 0.0 if bend >= -1e-9 else max(-0.5, min(0.5, 0.5 * (before - after) / bend))
