"""Does a masked page hold what was hidden? Two questions, asked of small pictures of ink.

Is all ink of the output in the scan at that very place? A copy of the identity zone's isn't: it would have
to come from elsewhere. And does writing in the output resemble words of the identity zone? Where the scan
has it at the same place the pupil wrote it there, and a person must look; where it hasn't, it is a copy.

The second question is dear, and on nearly all pages two glances at smaller pictures answer it: only for words that
resemble something there is it asked in earnest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from scanning.leaks.inklook import Ink, Look, Sight, page_ink
from scanning.leaks.plainfile import Opened

Floats = NDArray[np.float32]
_Area = tuple[slice, slice]

PLACE_LOOK = Look(50.0)
_WORD_LOOK = Look(75.0)
_K = _WORD_LOOK.k
_REACH_MM = 1.0  # a JPEG block of the output, and what looking blurs
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


def unexplained(shown: Ink, sight: Sight) -> float:
    """Square millimetres of the output (its ink at `PLACE_LOOK`) with ink that the scan hasn't within a millimetre of
    the same place.

    Thrice the scan's ink is allowed for: the output has its paper cleared and may be black and white."""
    around = sight.ink_around(PLACE_LOOK, _REACH_MM)
    stray = np.count_nonzero(cv2.subtract(shown, cv2.convertScaleAbs(around, alpha=3.0)) > _FAINT)
    return float(stray) / PLACE_LOOK.k**2


@dataclass(frozen=True, slots=True)
class _Glance:
    """A quick look for words: at which resolution, how softened, at which sizes, and how like a word a place must be
    for the word to be looked for further."""

    dpi: float
    softening: float
    scales: tuple[float, ...]
    alike: float


# Names reach 0.80 at the first and 0.81 at the second (129 pages with planted names, of several sizes and slants);
# of honest pages with handwriting in the identity zone two in five pass the first and one in fifteen both.
_FIRST = _Glance(30.0, 1.0, (1.0,), 0.78)
_SECOND = _Glance(37.5, 0.6, (0.95, 1.0, 1.05), 0.78)
_GLANCED_AS_MUCH = (0.25, 4.0)


# --- words ---------------------------------------------------------------------------------------------


def resemblances(page: Opened, shown: Ink, sight: Sight, identity: Sequence[Box], *, doubted: bool) -> Iterator[Alike]:
    """For each word in an identity zone of the scan, the places in the output (`page`, and `shown`: its
    ink at `PLACE_LOOK`) that are most like it. Unless the page is `doubted`, a word that a glance finds
    nothing like is left out."""
    words = list(_words(sight, identity))
    if not doubted and words:
        words = _perhaps_there(words, _written(shown, PLACE_LOOK))
    if not words:
        return
    whole = page_ink(page.half, page.half_k, _WORD_LOOK)
    written = _written(whole, _WORD_LOOK)
    # Of the scan only what lies where the output has ink: frames and captions beside it were left out on purpose.
    wide = 2 * round(_REACH_MM * _K) + 1
    covered = cv2.dilate(_stretched(written), np.ones((wide, wide), np.uint8))
    beneath = np.asarray(cv2.min(sight.ink(_WORD_LOOK), covered), np.uint8)
    # What is struck out loses the stroke in both pictures, or it would seem not to be the scan's own.
    beneath[whole > written] = 0
    areas = [area for area in _texts(written) if (area[1].stop - area[1].start) / _K >= _LEAST_TEXT]
    soft_shown, soft_there = _soft(written), _soft(beneath)
    for word in words:
        patterns = [_pattern(word, scale) for scale in _SCALES]
        for area in areas:
            yield from _best_places(patterns, area, soft_shown, soft_there)


def _perhaps_there(words: Sequence[Ink], written: Ink) -> list[Ink]:
    """The words that writing in the output (at `PLACE_LOOK`) resembles at the second glance, if any at the first."""
    rows, columns = np.flatnonzero(written.max(axis=1) > _DARK), np.flatnonzero(written.max(axis=0) > _DARK)
    if not rows.size or columns[-1] - columns[0] < _LEAST_TEXT * PLACE_LOOK.k:
        return []
    text = written[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    # All words at each glance: one that is dull at the first may be the one that is recognised at the second.
    return list(_glanced(words, text, _SECOND)) if any(True for _ in _glanced(words, text, _FIRST)) else []


def _glanced(words: Sequence[Ink], text: Ink, glance: _Glance) -> Iterator[Ink]:
    around = round(_PAD * glance.dpi / _WORD_LOOK.dpi)
    small = _softened(text, glance.dpi / PLACE_LOOK.dpi, glance)
    room = np.asarray(cv2.copyMakeBorder(small, around, around, around, around, cv2.BORDER_CONSTANT), np.float32)
    return (word for word in words if any(_seen_in(room, word, scale, glance) for scale in glance.scales))


def _softened(ink: Ink, scale: float, glance: _Glance) -> Floats:
    how = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=how)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), glance.softening), np.float32)


def _seen_in(text: Floats, word: Ink, scale: float, glance: _Glance) -> bool:
    pattern = _softened(word, scale * glance.dpi / _WORD_LOOK.dpi, glance)
    if text.shape[0] < pattern.shape[0] or text.shape[1] < pattern.shape[1]:
        return True  # too little room to look quickly
    return float(_likenesses(text, pattern, _GLANCED_AS_MUCH).max()) >= glance.alike


def _likenesses(part: Floats, pattern: Floats, as_much: tuple[float, float]) -> Floats:
    """How like the pattern each place is, up to 1; -1 where there is much more or less ink."""
    high, wide = pattern.shape
    scores = np.asarray(cv2.matchTemplate(part, pattern, cv2.TM_CCOEFF_NORMED), np.float32)
    squares = cv2.sqrBoxFilter(part, cv2.CV_32F, (wide, high), anchor=(0, 0), normalize=False)
    ink = np.asarray(squares, np.float32)[: scores.shape[0], : scores.shape[1]] / float(np.square(pattern).sum())
    scores[(ink < as_much[0]) | (ink > as_much[1])] = -1
    return scores


def _written(ink: Ink, look: Look) -> Ink:
    """Without long level lines: frames and rules, which all forms share."""
    dark = (ink > _DARK // 2).astype(np.uint8)
    lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, round(_LINE_MM * look.k)), np.uint8))
    kept = ink.copy()
    kept[cv2.dilate(lines, np.ones((3, 1), np.uint8)) > 0] = 0
    return kept


def _unstreaked(ink: Ink, look: Look) -> Ink:
    """Without upright lines longer than any letter: dirt on the glass joins captions to writing, and all zones to each
    other."""
    dark = cv2.dilate((ink > _DARK // 2).astype(np.uint8), np.ones((1, 3), np.uint8))
    lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((round(_LINE_MM * look.k), 1), np.uint8))
    kept = ink.copy()
    kept[lines > 0] = 0
    return kept


def _stretched(ink: Ink) -> Ink:
    return np.asarray(cv2.threshold(ink, _FAINT, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _soft(ink: Ink) -> Floats:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), _SOFTENING), np.float32)


def _groups(written: Ink, gap_mm: tuple[float, float]) -> Iterator[_Area]:
    """Rows and columns of strokes that stand nearer together than the gap."""
    wide, high = round(gap_mm[0] * _K) | 1, round(gap_mm[1] * _K) | 1
    joined = cv2.dilate((written > _DARK).astype(np.uint8), np.ones((high, wide), np.uint8))
    outlines = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    for x, y, w, h in map(cv2.boundingRect, outlines):
        yield slice(y, y + h), slice(x, x + w)


def _texts(written: Ink) -> list[_Area]:
    def padded(span: slice) -> slice:
        return slice(max(0, span.start - _PAD), span.stop + _PAD)

    return [(padded(rows), padded(columns)) for rows, columns in _groups(written, _TEXT_GAP)]


def _words(sight: Sight, identity: Sequence[Box]) -> Iterator[Ink]:
    """Pictures (at `_WORD_LOOK`) of what looks like words, each with a little white around."""
    for box in identity:
        if any(other != box and box.inside(other) for other in identity):
            continue
        hidden = _unstreaked(_written(sight.ink(_WORD_LOOK, box), _WORD_LOOK), _WORD_LOOK)
        for area in _groups(hidden, _WORD_GAP):
            picture = hidden[area]
            # The gap that joined its letters is around it too.
            high, wide = picture.shape[0] / _K - _WORD_GAP[1], picture.shape[1] / _K - _WORD_GAP[0]
            if wide >= _WORD_WIDTH and high >= _WORD_HEIGHT:
                yield picture


def _pattern(word: Ink, scale: float) -> Floats:
    return _soft(np.asarray(cv2.resize(word, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR), np.uint8))


def _best_places(patterns: Sequence[Floats], area: _Area, shown: Floats, there: Floats) -> Iterator[Alike]:
    """Where in an area each pattern, a word at one of its sizes, is most like what is written."""
    part = shown[area]
    for pattern in patterns:
        high, wide = pattern.shape
        if part.shape[0] < high or part.shape[1] < wide:
            continue
        scores = _likenesses(part, pattern, _AS_MUCH)
        row, column = divmod(int(np.argmax(scores)), scores.shape[1])
        top, left = area[0].start + row, area[1].start + column
        own = _correlation(part[row : row + high, column : column + wide], there[top : top + high, left : left + wide])
        yield Alike(float(scores[row, column]), own, ((left + wide / 2) / _K, (top + high / 2) / _K))


def _correlation(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
