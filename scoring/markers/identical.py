"""Works of one class with the same points everywhere: more of them than chance makes. Pure.

Equal works are nothing by themselves: of short works many are equal, of strong ones most. So it is counted how often
the same points occur in the district among works of the same total, and a class's works are held against drawing as
many of each total by lot: of a set of points that n of N works have, a class with k works of that total gets a
hypergeometric number. Classes of one teacher are alike in good faith, by how much is told by the other classes; the
chances are tilted by that. Numbers for different sets of points hang together negatively (Joag-Dev & Proschan 1983), so
that taking them for independent makes no more markers. Works with all points or none say nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from scoring.markers.frame import Frame
from scoring.markers.judged import RATE, Absent, Candidate, Few, Kind, Outcome, Why, held
from scoring.measures.readings import Floats, Ints

LEAST_WORKS = 10
LEAST_CLASSES = 5
_MOST_PAIRS = 500  # beyond this p is only said to be no larger than it is here
_TILT = 0.002  # logarithms: steps of how alike classes are


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The works that count. pattern: which set of points; total, class_set: of each; of_total: works with each total;
    of_pattern, its_total: works with each set of points, and their total."""

    class_set: Ints
    pattern: Ints
    total: Ints
    of_total: Ints
    of_pattern: Ints
    its_total: Ints


def identical(frame: Frame, rate: float = RATE) -> Outcome:
    """Classes against what chance makes; effect: pairs above that."""
    seen = _patterns(frame)
    n = np.bincount(seen.class_set, minlength=len(frame.classes))
    few = tuple(Few(frame.classes[at], int(n[at]), LEAST_WORKS) for at in np.nonzero(n < LEAST_WORKS)[0])
    enough = np.nonzero(n >= LEAST_WORKS)[0]
    if len(enough) < LEAST_CLASSES:
        return Absent(Kind.IDENTICAL, Why.FEW_GROUPS, few)
    pairs, usual = _pairs(seen, len(frame.classes)), _usual_pairs(seen, len(frame.classes))
    own = np.zeros((len(frame.classes), frame.highest + 1), dtype=np.int64)
    np.add.at(own, (seen.class_set, seen.total), 1)
    known, some = _Known(seen), []
    for at in enough:
        times = _times(pairs[enough].sum() - pairs[at], usual[enough].sum() - usual[at])
        expected = times * float(usual[at])
        # No more than usual is no marker, whatever its chance; most classes are spared the convolution.
        p = _above(known, own[at], int(pairs[at]), times) if pairs[at] > expected else 1.0
        limits = _limits(int(pairs[at]), expected)
        some.append(Candidate(frame.classes[at], int(n[at]), float(pairs[at]) - expected, p, limits))
    return held(Kind.IDENTICAL, some, few, rate)


def _patterns(frame: Frame) -> _Patterns:
    totals = frame.totals
    kept = (totals > 0) & (totals < frame.highest)
    points, total = frame.points[kept], totals[kept]
    if not len(points):
        empty = np.zeros(0, dtype=np.int64)
        return _Patterns(empty, empty, empty, empty, empty, empty)
    _sets, first, pattern = np.unique(points, axis=0, return_index=True, return_inverse=True)
    pattern = np.asarray(pattern, dtype=np.int64).reshape(-1)
    of_total = np.bincount(total, minlength=frame.highest + 1)
    return _Patterns(frame.class_set[kept], pattern, total, of_total, np.bincount(pattern), total[first])


def _pairs(seen: _Patterns, classes: int) -> Ints:
    """Pairs of works with the same points, of each class."""
    key = seen.class_set * (len(seen.of_pattern) + 1) + seen.pattern
    values, count = np.unique(key, return_counts=True)
    whose = values // (len(seen.of_pattern) + 1)
    return np.bincount(whose, count * (count - 1) // 2, minlength=classes).astype(np.int64)


def _usual_pairs(seen: _Patterns, classes: int) -> Floats:
    """Pairs that drawing by lot would make, of each class: among pairs of equal totals, the district's share."""
    alike = np.bincount(seen.its_total, seen.of_pattern * (seen.of_pattern - 1.0), minlength=len(seen.of_total))
    share = alike / np.maximum(1.0, seen.of_total * (seen.of_total - 1.0))
    key = seen.class_set * len(seen.of_total) + seen.total
    values, count = np.unique(key, return_counts=True)
    whose, total = values // len(seen.of_total), values % len(seen.of_total)
    return np.asarray(np.bincount(whose, count * (count - 1) / 2 * share[total], minlength=classes), dtype=np.float64)


def _times(pairs: float, usual: float) -> float:
    """How many times as many pairs as by lot the other classes have: not less than one."""
    return max(1.0, (float(pairs) + 1) / (float(usual) + 1))


class _Known:
    """Chances of pairs among works of one total: worked out once for all classes with as many of them."""

    def __init__(self, seen: _Patterns) -> None:
        self._seen = seen
        self._found: dict[tuple[int, int, int, int], Floats] = {}
        # Sets of points that occur as often, among as many, are the same to chance: they are taken together.
        kinds = np.stack([seen.its_total, seen.of_pattern], axis=1)[seen.of_pattern > 1]
        self._kinds, self._sets = np.unique(kinds, axis=0, return_counts=True)

    def chances(self, total: int, drawn: int, tilt: int, most: int) -> Floats:
        """Of 0, 1, 2 ... `most` - 1 pairs among `drawn` works; tilt: logarithm of how many
        times as likely each pair is, in steps of `_TILT`."""
        key = total, drawn, tilt, most
        if key not in self._found:
            self._found[key] = self._worked_out(*key)
        return self._found[key]

    def _worked_out(self, total: int, drawn: int, tilt: int, most: int) -> Floats:
        works, times = int(self._seen.of_total[total]), float(np.exp(tilt * _TILT))
        found = np.zeros(most)
        found[0] = 1.0
        here = self._kinds[:, 0] == total
        for alike, sets in zip(self._kinds[here, 1].tolist(), self._sets[here].tolist(), strict=True):
            found = np.convolve(found, _power(_each(works, alike, drawn, times, most), sets))[:most]
        return found


def _above(known: _Known, own: Ints, pairs: int, times: float) -> float:
    """Chance of so many pairs or more in a class; own: its works of each total. Chances are worked out for steps
    of `times`, rounded up: p can only be larger for it."""
    if pairs == 0:
        return 1.0
    counted = min(pairs, _MOST_PAIRS)
    tilt, most = int(np.ceil(np.log(times) / _TILT)), 1 << (counted - 1).bit_length()
    fewer = np.zeros(counted)
    fewer[0] = 1.0
    for total in np.nonzero(own > 1)[0].tolist():
        fewer = np.convolve(fewer, known.chances(total, int(own[total]), tilt, most)[:counted])[:counted]
    return float(np.clip(1 - fewer.sum(), 0.0, 1.0))


def _each(works: int, alike: int, drawn: int, times: float, most: int) -> Floats:
    """Chances of 0, 1, 2 ... `most` - 1 pairs from one set of points; places that are no number of pairs are 0."""
    k = np.arange(max(0, drawn + alike - works), min(alike, drawn) + 1)
    pairs = k * (k - 1) // 2
    ways = special.gammaln(k + 1) + special.gammaln(alike - k + 1)
    ways += special.gammaln(drawn - k + 1) + special.gammaln(works - alike - drawn + k + 1)
    chances = special.softmax(np.log(times) * pairs - ways)
    return np.asarray(np.bincount(pairs[pairs < most], chances[pairs < most], minlength=most), dtype=np.float64)


def _power(chances: Floats, times: int) -> Floats:
    """Chances of the sum of so many, cut where they are."""
    found, size = None, len(chances)
    while times:
        if times % 2:
            found = chances if found is None else np.convolve(found, chances)[:size]
        times //= 2
        if times:
            chances = np.convolve(chances, chances)[:size]
    return np.asarray(found)


def _limits(pairs: int, expected: float) -> Callable[[float], tuple[float, float]]:
    """Of the pairs above what is usual (Garwood 1936)."""

    def of_level(level: float) -> tuple[float, float]:
        low = float(special.gammaincinv(pairs, (1 - level) / 2)) if pairs else 0.0
        return low - expected, float(special.gammaincinv(pairs + 1, (1 + level) / 2)) - expected

    return of_level
