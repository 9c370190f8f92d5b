"""A template proposed from one sample of a form: the page set upright, its frames found, its head taken for identity.

What is proposed errs on the side of hiding: all that stands above the first answer frame counts as identity, and all
below the last one too until somebody has said that the page isn't upside down. Zones are white in the picture that is
kept, so that a filled sample leaves nobody's name behind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, PAGE, Box
from crosscheck.pageform import GUARD_MM
from scanning.forms import firstlook, sheet

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

REFERENCE_DPI = 200.0
_K = REFERENCE_DPI / 25.4
_SIZE = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
_LEAST_FRAME = (40.0, 12.0)  # mm: smaller boxes hold a name, a code or a mark
_LEAST_LINE, _LINE_MM = 12.0, 0.2
_DARK = 0.88  # of the paper's grey: thin lines of a scan are hardly darker
_FILLED = 0.85  # of its upright rectangle: what a frame's inside is at least
_WHOLE_PAGE = 0.75  # a frame larger than this share of the page is a border
_MARGIN = 5.0  # mm
_HEAD_WITHOUT_FRAMES = 75.0  # mm: hidden where no frame says where the head ends
_NEAR_TURN, _NEAR_STEP = 0.24, 0.03  # degrees
_COARSER = 0.2  # samples finer than the reference by more than this share are smoothed first
_KEYSTONE = 0.03  # sides of the sheet that differ by more were photographed


@dataclass(frozen=True, slots=True)
class Proposal:
    """Zones for one page, in mm."""

    identity: tuple[Box, ...]
    answers: tuple[Box, ...]


def upright(grey: Grey, *, upside_down: bool = False) -> Grey:
    """The sample (HxW uint8) as an upright A4 page at REFERENCE_DPI: lying pages stood up, straightened by their print,
    photos by the edges of the sheet. Upside down looks like upright: only a person can tell."""
    pose = _pose(grey)
    if upside_down:
        pose = pose @ np.array([[-1, 0, A4_WIDTH], [0, -1, A4_HEIGHT], [0, 0, 1]])
    smooth = max(grey.shape) / A4_HEIGHT / _K - 1
    if smooth > _COARSER:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.5 * smooth), np.uint8)
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(grey, pose @ _to_mm(_K), _SIZE, flags=how, borderValue=255.0), np.uint8)


def _to_mm(k: float) -> Floats:
    return np.array([[1 / k, 0, 0.5 / k], [0, 1 / k, 0.5 / k], [0, 0, 1]])


def _pose(grey: Grey) -> Floats:
    for pose in sheet.poses(grey):
        corners = cv2.perspectiveTransform(np.array([PAGE.corners()], np.float64), pose)[0]
        if _photographed(np.asarray(corners, np.float64), grey.shape):
            return pose
    pose = firstlook.straight_pose(grey)
    turns = [pose @ _turned(degrees) for degrees in np.arange(-_NEAR_TURN, _NEAR_TURN + 1e-9, _NEAR_STEP)]
    return max(turns, key=lambda turned: _straightness(grey, turned))


def _turned(degrees: float) -> Floats:
    """3x3 that turns the page clockwise about its middle."""
    turn = cv2.getRotationMatrix2D((A4_WIDTH / 2, A4_HEIGHT / 2), -float(degrees), 1.0)
    return np.vstack([turn, [0, 0, 1]])


def _straightness(grey: Grey, pose: Floats) -> float:
    """How sharply print falls into rows and columns."""
    k = _K / 2
    size = (round(A4_WIDTH * k), round(A4_HEIGHT * k))
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(grey, pose @ _to_mm(k), size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    sums = [np.asarray(cv2.reduce(seen, way, cv2.REDUCE_AVG, dtype=cv2.CV_32F), np.float64).ravel() for way in (0, 1)]
    return float(sum(np.square(np.diff(along)).sum() for along in sums))


def _photographed(corners: Floats, shape: tuple[int, ...]) -> bool:
    """Whether the sheet's corners lie so that the whole picture isn't the page."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    keystone = max(abs(sides[0] / sides[2] - 1), abs(sides[1] / sides[3] - 1))
    covers = cv2.contourArea(corners.astype(np.float32)) / (shape[0] * shape[1])
    return bool(keystone > _KEYSTONE or covers < 1 - 2 * _KEYSTONE)


# --- zones ---------------------------------------------------------------------------------------------


def proposed(page: Grey, *, surely_upright: bool) -> Proposal:
    """Zones for a page as `upright` gives it: large frames are answers, all above the first is identity, and all below
    the last too, unless somebody has seen that the page isn't upside down."""
    frames = frames_of(page)
    top = min((frame.y for frame in frames), default=_HEAD_WITHOUT_FRAMES + GUARD_MM) - GUARD_MM
    foot = max((frame.bottom for frame in frames), default=A4_HEIGHT - _HEAD_WITHOUT_FRAMES - GUARD_MM) + GUARD_MM
    width = A4_WIDTH - 2 * _MARGIN
    head = Box(_MARGIN, _MARGIN, width, _tenths(top - _MARGIN))
    below = Box(_MARGIN, _tenths(foot + 0.1), width, _tenths(A4_HEIGHT - _MARGIN - foot - 0.1))
    hidden = (head,) if surely_upright else (head, below)
    return Proposal(tuple(box for box in hidden if box.h >= 1.0), frames)


def _tenths(mm: float) -> float:
    return float(np.floor(mm * 10) / 10)


def frames_of(page: Grey) -> tuple[Box, ...]:
    """Large printed rectangles of an upright page, from top to bottom, in mm."""
    paper = float(np.median(page))
    dark = (cv2.GaussianBlur(page, (0, 0), 1.0) < _DARK * paper).astype(np.uint8)
    outlines, ranks = cv2.findContours(_closed(dark), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if ranks is None:
        return ()
    # What has an outline around it is the inside of something; writing in it doesn't count.
    insides = [outline for outline, rank in zip(outlines, ranks[0], strict=True) if rank[3] >= 0]
    found = [frame for inside in insides if (frame := _frame(inside)) is not None]
    return tuple(sorted(found, key=lambda frame: (round(frame.y), frame.x)))


def _closed(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Long level and upright lines alone, small gaps in them shut."""
    length, gap = round(_LEAST_LINE * _K), round(1.0 * _K)
    lines = np.zeros_like(dark)
    for long, shut in (((length, 1), (gap * 2, 3)), ((1, length), (3, gap * 2))):
        joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones(shut[::-1], np.uint8))
        lines |= np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones(long[::-1], np.uint8)), np.uint8)
    return np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)), np.uint8)


def _frame(inside: cv2.typing.MatLike) -> Box | None:
    left, top, width, height = cv2.boundingRect(inside)
    # The line itself belongs to the zone: masking leaves a frame's line out by itself.
    box = Box(left / _K, top / _K, width / _K, height / _K).grown(_LINE_MM)
    large = box.w >= _LEAST_FRAME[0] and box.h >= _LEAST_FRAME[1]
    border = box.w * box.h > _WHOLE_PAGE * A4_WIDTH * A4_HEIGHT
    if not large or border or cv2.contourArea(inside) < _FILLED * width * height or not box.inside(PAGE):
        return None
    return Box(*(round(v, 1) for v in (box.x, box.y, box.w, box.h)))


# --- the file ------------------------------------------------------------------------------------------


def template_text(name: str, references: Sequence[str], proposals: Sequence[Proposal], comments: Sequence[str]) -> str:
    """The template file: `references` are the pictures' names; `comments` stand at the top, one a line."""
    lines = [*(f"# {comment}" for comment in comments), f"name = {_quoted(name)}"]
    task = 0
    for number, (reference, proposal) in enumerate(zip(references, proposals, strict=True), start=1):
        lines += ["", "[[page]]", f"page = {number}", f"reference = {_quoted(reference)}"]
        lines += [f"identity = [{', '.join(map(_box, proposal.identity))}]", "ignore = []", f"guard = {GUARD_MM:g}"]
        for box in proposal.answers:
            task += 1
            lines += ["", "[[page.answer]]", f'task = "{task}"', f"box = {_box(box)}"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _box(box: Box) -> str:
    return f"[{box.x:g}, {box.y:g}, {box.w:g}, {box.h:g}]"
