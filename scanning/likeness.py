"""Does a masked page hold what was hidden? Two questions, asked of small pictures of ink.

Is all ink of the output in the scan at that very place? A copy of the identity zone's isn't: it would have
to come from elsewhere. And does writing in the output resemble words of the identity zone? Where the scan
has it at the same place the pupil wrote it there, and a person must look; where it hasn't, it is a copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from scanning.registration import Registration
from scanning.shrinking import shrunk

Ink = NDArray[np.uint8]  # 0 paper, 255 black

_LOOK_DPI = 75.0
_K = _LOOK_DPI / 25.4
_SIZE = (round(A4_WIDTH * _K), round(A4_HEIGHT * _K))
_REACH = 3  # pixels, 1 mm: a JPEG block of the output, and what looking blurs
_FAINT = 10  # a leak of 4 % of black is readable
_DARK = 50
_LINE_MM = 14.0  # a level line as long as this is printed, not written
_WORD_GAP, _TEXT_GAP = (1.6, 0.6), (6.0, 1.5)  # mm across and down: strokes nearer than this go together
_WORD_WIDTH, _WORD_HEIGHT = 10.0, 3.5  # mm, at least: shorter ones ("5A") are in any answer, flatter are captions
_LEAST_TEXT = 5.0
_SCALES = (0.94, 1.0, 1.06)
_PAD = 8  # pixels around writing that is searched
_SOFTENING = 1.2  # pixels: two writings of a word never coincide, their shapes do
_AS_MUCH = (0.4, 2.5)  # ink at a place against the word's: over nearly white places likeness is noise


@dataclass(frozen=True, slots=True)
class Alike:
    """The place in the output most like a word of an identity zone: `likeness` to the word, and of output and
    scan at that place (`own`), both up to 1; `centre` in page millimetres."""

    likeness: float
    own: float
    centre: tuple[float, float]


def scan_ink(original: Ink, registration: Registration) -> Ink:
    """The ink of the raw scan (grey HxW), the page upright at a low resolution."""
    scale = min(1.0, 1.33 * _LOOK_DPI / registration.dpi)
    small = shrunk(original, scale)
    to_small = np.array([[scale, 0, 0.5 * scale - 0.5], [0, scale, 0.5 * scale - 0.5], [0, 0, 1]])
    to_mm = np.array([[1 / _K, 0, 0.5 / _K], [0, 1 / _K, 0.5 / _K], [0, 0, 1]])
    matrix = to_small @ registration.homography() @ to_mm
    seen = cv2.warpPerspective(small, matrix, _SIZE, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=255.0)
    counts = np.cumsum(cv2.calcHist([seen], [0], None, [256], [0, 256]).ravel())
    paper = max(1, int(np.searchsorted(counts, counts[-1] / 2)))
    table = np.clip(255.0 - np.arange(256) * (255.0 / paper), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(seen, table), np.uint8)


def page_ink(page: Ink) -> Ink:
    """The same of the output (grey HxW, white paper)."""
    small = shrunk(page, min(1.0, 1.33 * _SIZE[0] / page.shape[1]))
    return np.asarray(255 - cv2.resize(small, _SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)


def unexplained(shown: Ink, there: Ink) -> int:
    """Pixels of the output (at the low resolution, 9 a square millimetre) with ink that the scan hasn't
    within a millimetre of the same place.

    Twice the scan's ink is allowed for: the output has its paper cleared and may be black and white."""
    around = cv2.dilate(there, np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8))
    return int(np.count_nonzero(cv2.subtract(shown, cv2.add(around, around)) > _FAINT))


# --- words ---------------------------------------------------------------------------------------------


def resemblances(shown: Ink, there: Ink, identity: Sequence[Box]) -> Iterator[Alike]:
    """For each word in an identity zone of the scan, the place in the output that is most like it."""
    written = _written(shown)
    # Of the scan only what lies where the output has ink: frames and captions beside it were left out on purpose.
    beneath = cv2.min(there, cv2.dilate(_stretched(written), np.ones((2 * _REACH + 1, 2 * _REACH + 1), np.uint8)))
    areas = [area for area in _texts(written) if (area[1].stop - area[1].start) / _K >= _LEAST_TEXT]
    if not areas:
        return
    soft_shown, soft_there = _soft(written), _soft(np.asarray(beneath, np.uint8))
    for word in _words(there, identity):
        found = [alike for area in areas for alike in _best_place(word, area, soft_shown, soft_there)]
        if found:
            yield max(found, key=lambda alike: alike.likeness)


def _written(ink: Ink) -> Ink:
    """Without long level lines: frames and rules, which all forms share."""
    dark = (ink > _DARK // 2).astype(np.uint8)
    lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, round(_LINE_MM * _K)), np.uint8))
    kept = ink.copy()
    kept[cv2.dilate(lines, np.ones((3, 1), np.uint8)) > 0] = 0
    return kept


def _stretched(ink: Ink) -> Ink:
    return np.asarray(cv2.threshold(ink, _FAINT, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _soft(ink: Ink) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), _SOFTENING), np.float32)


def _groups(written: Ink, gap_mm: tuple[float, float]) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of strokes that stand nearer together than the gap."""
    wide, high = round(gap_mm[0] * _K) | 1, round(gap_mm[1] * _K) | 1
    joined = cv2.dilate((written > _DARK).astype(np.uint8), np.ones((high, wide), np.uint8))
    outlines = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    for x, y, w, h in map(cv2.boundingRect, outlines):
        yield slice(y, y + h), slice(x, x + w)


def _texts(written: Ink) -> list[tuple[slice, slice]]:
    def padded(span: slice) -> slice:
        return slice(max(0, span.start - _PAD), span.stop + _PAD)

    return [(padded(rows), padded(columns)) for rows, columns in _groups(written, _TEXT_GAP)]


def _words(there: Ink, identity: Sequence[Box]) -> Iterator[Ink]:
    """Pictures of what looks like words, each with a little white around."""
    for box in identity:
        if any(other != box and box.inside(other) for other in identity):
            continue
        rows = slice(max(0, round(box.y * _K)), max(0, round(box.bottom * _K)))
        columns = slice(max(0, round(box.x * _K)), max(0, round(box.right * _K)))
        hidden = _written(there[rows, columns])
        for area in _groups(hidden, _WORD_GAP):
            picture = hidden[area]
            # The gap that joined its letters is around it too.
            high, wide = picture.shape[0] / _K - _WORD_GAP[1], picture.shape[1] / _K - _WORD_GAP[0]
            if wide >= _WORD_WIDTH and high >= _WORD_HEIGHT:
                yield picture


def _best_place(
    word: Ink, area: tuple[slice, slice], shown: NDArray[np.float32], there: NDArray[np.float32]
) -> Iterator[Alike]:
    part = shown[area]
    for scale in _SCALES:
        sized = cv2.resize(word, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
        pattern = _soft(np.asarray(sized, np.uint8))
        high, wide = pattern.shape
        if part.shape[0] < high or part.shape[1] < wide:
            continue
        scores = np.asarray(cv2.matchTemplate(part, pattern, cv2.TM_CCOEFF_NORMED), np.float32)
        squares = cv2.sqrBoxFilter(part, cv2.CV_32F, (wide, high), anchor=(0, 0), normalize=False)
        ink = np.asarray(squares, np.float32)[: scores.shape[0], : scores.shape[1]] / float(np.square(pattern).sum())
        scores[(ink < _AS_MUCH[0]) | (ink > _AS_MUCH[1])] = -1
        row, column = divmod(int(np.argmax(scores)), scores.shape[1])
        top, left = area[0].start + row, area[1].start + column
        own = _correlation(part[row : row + high, column : column + wide], there[top : top + high, left : left + wide])
        yield Alike(float(scores[row, column]), own, ((left + wide / 2) / _K, (top + high / 2) / _K))


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
