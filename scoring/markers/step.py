"""More works just at a boundary of marks than just below it ("step"). Pure, exact, for discrete totals.

Of the works just below and just at a boundary, a share lies at it. Which share is usual is told by the works of other
schools, tilted to the school's own mean, because a strong school has more works on the upper side of any line. Given
how many there are on both sides, in the school and elsewhere, the count at the boundary is hypergeometric (Fisher's
noncentral, with the tilt as odds): nothing is estimated that the test would have to allow for. Boundaries are pooled by
convolution (a discrete form of Frandsen 2017). That the whole district has a step shows against a smooth curve through
the totals further away (Poisson, log polynomial of degree 4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from crosscheck.procedure import Boundaries
from scoring.markers.frame import Frame
from scoring.markers.judged import RATE, Absent, Candidate, Few, Kind, Outcome, Why, held
from scoring.markers.power import works_for_step
from scoring.measures.limits import normal
from scoring.measures.readings import Floats, Ints

LEAST_WORKS = 100
MOVED = 0.4  # the benchmark: share of works just below that were lifted in a well-known case (Dee and others 2019)
_DEGREE, _SIDE = 4, 2  # of the curve; totals left out below a boundary
_WIDEST = 12.0  # log odds


@dataclass(frozen=True, slots=True)
class _Line:
    """One boundary. seen: works of the school at it; here: at it and just below; elsewhere: the same of others; at: how
    many of all lie at it; odds: log odds that the tilt gives."""

    seen: int
    here: int
    elsewhere: int
    at: int
    odds: float


def steps(frame: Frame, rate: float = RATE) -> Outcome:
    """Schools against the others; effect: share of the works just below boundaries that seem to have been lifted."""
    if frame.boundaries is None:
        return Absent(Kind.STEP, Why.NO_BOUNDARIES)
    lines = apart_lines(frame.boundaries, frame.highest)
    counts = np.zeros((len(frame.schools), frame.highest + 1))
    np.add.at(counts, (frame.school, frame.totals), 1.0)
    n, all_works = counts.sum(axis=1), counts.sum(axis=0)
    needed = works_for_step(all_works / max(1.0, n.sum()), lines, MOVED)
    few = [Few(frame.schools[at], int(n[at]), max(LEAST_WORKS, needed)) for at in np.nonzero(n < LEAST_WORKS)[0]]
    enough = [int(at) for at in np.nonzero(n >= LEAST_WORKS)[0]]
    some = []
    for at, tilt in zip(enough, _tilts(counts[enough], all_works - counts[enough]), strict=True):
        found = _lines(counts[at], all_works - counts[at], lines, float(tilt))
        if found:
            some.append(_candidate(frame.schools[at], int(n[at]), found))
    return held(Kind.STEP, some, few, rate)


def apart_lines(boundaries: Boundaries, highest: int) -> tuple[int, ...]:
    """Boundaries that have a total below them and share none with the boundary before."""
    found: list[int] = []
    for b in sorted({boundaries.three, boundaries.four, boundaries.five}):
        if 1 <= b <= highest and (not found or b - found[-1] >= 2):
            found.append(b)
    return tuple(found)


def _tilts(own: Floats, others: Floats) -> Floats:
    """For each school the log odds per point that give others' works the school's mean."""
    at = np.arange(own.shape[1], dtype=np.float64)
    wanted = own @ at / np.maximum(1.0, own.sum(axis=1))
    low, high = np.full(len(own), -3.0), np.full(len(own), 3.0)
    for _step in range(40):
        tilt = (low + high) / 2
        log = np.log(np.maximum(others, 1e-300)) + tilt[:, None] * (at - wanted[:, None])
        mean = special.softmax(log, axis=1) @ at
        low, high = np.where(mean < wanted, tilt, low), np.where(mean < wanted, high, tilt)
    return np.asarray((low + high) / 2)


def _lines(own: Floats, others: Floats, lines: Sequence[int], tilt: float) -> list[_Line]:
    """Boundaries with works on both sides, here or elsewhere."""
    found = []
    for b in lines:
        here, elsewhere = own[b - 1] + own[b], others[b - 1] + others[b]
        if here > 0 and elsewhere > 0:
            found.append(_Line(int(own[b]), int(here), int(elsewhere), int(own[b] + others[b]), tilt))
    return found


@dataclass(frozen=True, slots=True)
class _Pooled:
    """Works at all boundaries together: the least possible, and log chances from it on."""

    least: int
    log: Floats

    def above(self, seen: int, more: float = 0.0) -> float:
        """Chance of so many or more, with log odds `more` than usual."""
        return float(min(1.0, self._tilted(more)[max(0, seen - self.least) :].sum()))

    def mean(self, more: float = 0.0) -> float:
        return self.least + float(self._tilted(more) @ np.arange(len(self.log)))

    def _tilted(self, more: float) -> Floats:
        # The same odds at every boundary are the same odds for each work of the sum.
        return np.asarray(special.softmax(self.log + more * np.arange(len(self.log))))


def _pooled(lines: Sequence[_Line]) -> _Pooled:
    least, chances = 0, np.ones(1)
    for line in lines:
        total = line.here + line.elsewhere
        first = max(0, line.here + line.at - total)
        x = np.arange(first, min(line.here, line.at) + 1)
        log = _choose(line.here, x) + _choose(line.elsewhere, line.at - x) + x * line.odds
        least, chances = least + first, np.convolve(chances, special.softmax(log))
    return _Pooled(least, np.log(np.maximum(chances, 1e-300)))


def _choose(n: int, k: Ints) -> Floats:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def _candidate(name: str, works: int, lines: Sequence[_Line]) -> Candidate:
    pooled, seen = _pooled(lines), sum(line.seen for line in lines)
    usual = pooled.mean()
    below = max(1e-9, sum(line.here for line in lines) - usual)

    def limits(level: float) -> tuple[float, float]:
        tail = (1 - level) / 2
        low = _solved(lambda more: pooled.above(seen, more) - tail)
        high = _solved(lambda more: pooled.above(seen + 1, more) - (1 - tail))
        return (pooled.mean(low) - usual) / below, (pooled.mean(high) - usual) / below

    return Candidate(name, works, (seen - usual) / below, pooled.above(seen), limits)


def _solved(rising: Callable[[float], float]) -> float:
    if rising(-_WIDEST) >= 0:
        return -_WIDEST
    if rising(_WIDEST) <= 0:
        return _WIDEST
    return float(optimize.brentq(rising, -_WIDEST, _WIDEST, xtol=1e-4))


# --- the district as a whole ---------------------------------------------------------------------


def district(frame: Frame, name: str) -> Outcome:
    """All works against a smooth curve through totals that lie away from boundaries: a family of one."""
    if frame.boundaries is None:
        return Absent(Kind.STEP, Why.NO_BOUNDARIES)
    counts = np.bincount(frame.totals, minlength=frame.highest + 1).astype(np.float64)
    if frame.works < LEAST_WORKS:
        return Absent(Kind.STEP, Why.NOTHING, (Few(name, frame.works, LEAST_WORKS),))
    lines = apart_lines(frame.boundaries, frame.highest)
    away = np.ones(len(counts), dtype=bool)
    for b in lines:
        away[max(0, b - _SIDE) : b + 1] = False
    if away.sum() < _DEGREE + 3:
        return Absent(Kind.STEP, Why.SCALE)
    smooth = _curve(counts, away)
    return held(Kind.STEP, _against(name, frame.works, counts, smooth, lines))


def _curve(counts: Floats, away: npt.NDArray[np.bool_]) -> Floats:
    """Expected counts of all totals, from those away from boundaries (Poisson regression by Newton's method)."""
    x = np.linspace(-1, 1, len(counts))
    basis = np.polynomial.legendre.legvander(x, _DEGREE)
    used, seen = basis[away], counts[away]
    found, *_ = np.linalg.lstsq(used, np.log(seen + 0.5), rcond=None)
    for _step in range(50):
        mean = np.exp(np.clip(used @ found, -30, 30))
        normal = used.T @ (mean[:, None] * used) + 1e-9 * np.eye(_DEGREE + 1)
        change = np.linalg.solve(normal, used.T @ (seen - mean))
        found = found + np.clip(change, -2, 2)
    return np.asarray(np.exp(np.clip(basis @ found, -30, 30)))


def _against(name: str, works: int, counts: Floats, smooth: Floats, lines: Sequence[int]) -> list[Candidate]:
    """The works at boundaries against a binomial with the curve's shares."""
    n = np.array([counts[b - 1] + counts[b] for b in lines])
    usual = np.array([smooth[b] / max(1e-300, smooth[b - 1] + smooth[b]) for b in lines])
    if n.sum() == 0:
        return []
    seen, mean = int(sum(counts[b] for b in lines)), float(n @ usual)
    spread = float(np.sqrt((n * usual * (1 - usual)).sum()))
    chances = np.ones(1)
    for some, share in zip(n, usual, strict=True):
        chances = np.convolve(chances, stats.binom.pmf(np.arange(int(some) + 1), int(some), share))
    below = max(1e-9, float(n.sum()) - mean)

    def limits(level: float) -> tuple[float, float]:
        reach = normal(level) * spread
        return (seen - mean - reach) / below, (seen - mean + reach) / below

    return [Candidate(name, works, (seen - mean) / below, float(min(1.0, chances[seen:].sum())), limits)]
