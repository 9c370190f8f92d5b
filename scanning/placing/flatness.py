"""Whether the paper between the marks of a photo is flat: the printed frames must be where the marks put them.

Paper that is curled or folded between its marks shows all four where they should be and everything else elsewhere.
Only frames of answer zones that stand more than the guard away from all identity zones are looked at, and not where
a zone's caption stands: blurred, its letters are as good a line as the frame beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.pageform import GUARD_MM
from scanning.placing.registration import Registration, RegistrationFault, RegistrationFaultKind

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Point = tuple[float, float]

MAX_BEND_MM = 1.0  # a third of the guard
_REACH_MM = 3.0  # how far around its place a frame is looked for
_STEP_MM = 0.1
_PIECE_MM = 6.0  # of a frame, looked at together: writing may cross a part of it
_APART_MM = 12.0
_CAPTION = (20.0, 3.0)  # mm along a zone's frame from its left, and above it: "Task 12" and to spare
_LEAST_PIECES = 8
_LEAST_SEEN = 0.6  # of the pieces show their line
_LEAST_NEAR = 0.95  # of these have it where it should be
_LINE_CONTRAST = 0.06  # of the paper's grey, of a line's mean along a piece
_ALL_ALONG = 0.8  # of a piece is dark where a line is
_LINES_MM = 0.3  # about the width of a frame's line in a photo
_SIDES_MM = 0.8  # so far from its middle there is paper again


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a frame: its middle in mm and whether it runs across the page (else down)."""

    at: Point
    across: bool


def straight(grey: Grey, registration: Registration, zones: Sequence[Box], hidden: Sequence[Box]) -> bool:
    """Whether `bent` finds nothing."""
    return bent(grey, registration, zones, hidden) is None


def bent(
    grey: Grey, registration: Registration, zones: Sequence[Box], hidden: Sequence[Box]
) -> RegistrationFault | None:
    """Why a page that was photographed can't be taken for flat: the frames of its answer zones (mm) aren't where
    the marks put them, to 1 mm, or too few are seen to tell. None when it can. `hidden`: boxes that identify;
    nothing within the guard of them is read. `grey`: the picture, HxW uint8."""
    captions = [Box(zone.x, zone.y - _CAPTION[1], *_CAPTION) for zone in zones]
    pieces = [piece for piece in _pieces(zones) if _clear(piece, hidden) and not _beside(piece, captions)]
    offsets = np.array([_offset(grey, registration, piece) for piece in pieces], np.float64)
    seen = offsets[np.isfinite(offsets)]
    if len(pieces) < _LEAST_PIECES or len(seen) < _LEAST_SEEN * len(pieces):
        return _fault(f"frames seen at {len(seen)} of {len(pieces)} places")
    if np.mean(np.abs(seen) <= MAX_BEND_MM) < _LEAST_NEAR:
        return _fault(f"frames are off by {np.percentile(np.abs(seen), 95):.1f} mm")
    return None


def _fault(detail: str) -> RegistrationFault:
    return RegistrationFault(RegistrationFaultKind.UNEVEN, detail=detail)


def _pieces(zones: Sequence[Box]) -> Iterator[_Piece]:
    for zone in zones:
        for x in _spread(zone.x, zone.right):
            yield _Piece((x, zone.y), True)
            yield _Piece((x, zone.bottom), True)
        for y in _spread(zone.y, zone.bottom):
            yield _Piece((zone.x, y), False)
            yield _Piece((zone.right, y), False)


def _spread(start: float, end: float) -> Floats:
    """Middles of pieces between two corners, clear of both."""
    margin = _PIECE_MM / 2 + _REACH_MM
    room = end - start - 2 * margin
    return np.linspace(start + margin, end - margin, int(room / _APART_MM) + 2) if room > 0 else np.empty(0)


def _area(piece: _Piece) -> Box:
    half = (_PIECE_MM / 2, _REACH_MM) if piece.across else (_REACH_MM, _PIECE_MM / 2)
    return Box(piece.at[0] - half[0], piece.at[1] - half[1], 2 * half[0], 2 * half[1])


def _clear(piece: _Piece, hidden: Sequence[Box]) -> bool:
    return not any(_area(piece).overlaps(box.grown(GUARD_MM)) for box in hidden)


def _beside(piece: _Piece, captions: Sequence[Box]) -> bool:
    # An upright frame crosses the letters' height only: most of such a piece is clear of them.
    return piece.across and any(_area(piece).overlaps(caption) for caption in captions)


def _offset(grey: Grey, registration: Registration, piece: _Piece) -> float:
    """How far (mm) from its place the line of a piece is seen; nan when none is."""
    along = np.arange(-_PIECE_MM / 2, _PIECE_MM / 2 + 1e-9, 0.25)
    across = np.arange(-_REACH_MM, _REACH_MM + 1e-9, _STEP_MM)
    u, v = np.meshgrid(along, across)
    x, y = (u, v) if piece.across else (v, u)
    mm = np.stack([x + piece.at[0], y + piece.at[1]], axis=2).reshape(1, -1, 2)
    at = cv2.perspectiveTransform(mm, registration.homography()).reshape(*u.shape, 2).astype(np.float32)
    values = cv2.remap(
        grey, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255.0
    )
    # Writing crosses a line here and there; the line is dark all along.
    profile = np.sort(np.asarray(values, np.float64), axis=1)[:, int(_ALL_ALONG * values.shape[1])]
    line = cv2.blur(profile.reshape(-1, 1), (1, max(1, round(_LINES_MM / _STEP_MM)))).ravel()
    # Paper on both sides: the edge of a patch of ink is no line.
    side = round(_SIDES_MM / _STEP_MM)
    depth = np.minimum(line[: -2 * side], line[2 * side :]) - line[side:-side]
    deepest = int(np.argmax(depth))
    seen = depth[deepest] > _LINE_CONTRAST * float(np.median(line))
    return float(across[side + deepest]) if seen else float("nan")
