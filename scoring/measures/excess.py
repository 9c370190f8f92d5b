"""Does a school give more to its own works than others do? Its own marking against the cross-check's. Pure.

A plain test on paired differences takes the severity of whoever happened to read a school's works for the school's own
doing, and accuses the innocent (more than half of all it accuses, where a school's works go to two readers). Here the
severities of readers are part of the model: differences between readers of one work tell them, all at once, by mixed
model equations (Henderson 1975) with variances by restricted maximum likelihood; a severity that is badly known makes
the excess of its schools badly known, too.

Schools differ in good faith. By how much is taken from the schools themselves, as a mixture of usual ones and of a few
that lie above (so that the few don't make everybody's spread larger), and only what stands out from it is a marker. The
false discovery rate is held over all schools (Benjamini & Hochberg 1995), limits cover at the rate that the selection
asks for (Benjamini & Yekutieli 2005). The level of all schools together can't be told from that of all readers: a
school is compared with the usual one. A marker is a reason to look closer, never a finding of fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse, special, stats

from scoring.measures.readings import Floats, Ints, Readings
from scoring.measures.severity import helmert, severities

LEAST_WORKS = 10
LEAST_SCHOOLS = 5
_MOST_ABOVE = 0.3  # the share of schools that may lie above the usual ones
_CLEARLY = 1.5  # log likelihood
_FAR = 20.0  # logs beyond this are no numbers of points


@dataclass(frozen=True, slots=True)
class Excess:
    """Of one school, points of a work. value: own marking above the cross-check, against the usual school; error: of
    what is known of it; low, high: limits; shrunk: the best guess, drawn towards the usual school; p: chance of so much
    or more in a usual school; marked: stands out at the false discovery rate asked for; works: compared."""

    school: int
    works: int
    value: float
    error: float
    low: float
    high: float
    shrunk: float
    p: float
    marked: bool


@dataclass(frozen=True, slots=True)
class Excesses:
    """schools: those with enough works; few: the others, with how many works each has. spread: standard deviation of
    usual schools, points; severity: of readers."""

    schools: tuple[Excess, ...]
    few: tuple[tuple[int, int], ...]
    spread: float
    severity: float


@dataclass(frozen=True, slots=True)
class FewSchools:
    """Too few schools to tell what is usual."""

    schools: int
    needed: int = LEAST_SCHOOLS


@dataclass(frozen=True, slots=True)
class NotLinked:
    """Readers fall into parts that no work links: schools can't be compared across them."""

    parts: int


def excesses(
    seen: Readings, school: Ints, own: Floats, *, tolerance: float = 0.0, rate: float = 0.05, least: int = LEAST_WORKS
) -> Excesses | FewSchools | NotLinked:
    """What schools give above others. seen: cross-check, totals of works; school: of each work, from 0; own: its
    school's total, NaN where there is none. tolerance: points above the usual school that are nobody's business; rate:
    of false discoveries; least: works that a school needs."""
    counts = np.bincount(school[~np.isnan(own)], minlength=int(school.max()) + 1 if len(school) else 0)
    enough = np.nonzero(counts >= least)[0]
    few = tuple((int(s), int(counts[s])) for s in np.nonzero((counts > 0) & (counts < least))[0])
    if len(enough) < LEAST_SCHOOLS:
        return FewSchools(len(enough))
    linked = severities(seen)
    if (parts := len(np.unique(linked.part[linked.works > 0]))) > 1:
        return NotLinked(parts)
    fitted = _fitted(_equations(seen, school, own, enough))
    usual = _usual(fitted.excess, fitted.error**2)
    return _judged(enough, counts[enough], fitted, usual, few, tolerance, rate)


# --- severities and excesses together ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """Observations with one variance, as sums: normal matrix, right side, sum of squares, how many."""

    normal: Floats
    right: Floats
    squares: float
    count: int


@dataclass(frozen=True, slots=True)
class _Equations:
    """Unknown: severities of readers, then excesses of schools. between: of readers of one work; above: a school's own
    marking less the mean of its readers."""

    readers: int
    between: _Block
    above: _Block


@dataclass(frozen=True, slots=True)
class _Fitted:
    excess: Floats
    error: Floats
    severity: float  # standard deviation


def _equations(seen: Readings, school: Ints, own: Floats, enough: Ints) -> _Equations:
    readers, size = seen.readers, seen.readers + len(enough)
    found = helmert(seen)
    # A reader's severity is taken from the points, so contrasts of points have it with the other sign.
    between = _block(-_wide(found.design(), size), found.value)
    place = np.full(int(school.max()) + 1, -1)
    place[enough] = np.arange(len(enough))
    work = np.nonzero(~np.isnan(own) & (place[school] >= 0))[0]
    mean = np.bincount(seen.unit, seen.value, minlength=len(own)) / np.bincount(seen.unit, minlength=len(own))
    share = 1 / np.bincount(seen.unit, minlength=len(own))[seen.unit]
    reading = sparse.csr_array((share, (seen.unit, seen.reader)), shape=(len(own), readers))[work]
    of_school = sparse.csr_array(
        (np.ones(len(work)), (np.arange(len(work)), place[school[work]])), shape=(len(work), len(enough))
    )
    above = _block(sparse.hstack([reading, of_school]).tocsr(), own[work] - mean[work])
    return _Equations(readers, between, above)


def _wide(design: sparse.csr_array, columns: int) -> sparse.csr_array:
    return sparse.csr_array((design.data, design.indices, design.indptr), shape=(design.shape[0], columns))


def _block(design: sparse.csr_array, value: Floats) -> _Block:
    return _Block((design.T @ design).toarray(), design.T @ value, float(value @ value), len(value))


def _fitted(equations: _Equations) -> _Fitted:
    """Variances by restricted maximum likelihood, then excesses under them."""
    n = equations.between.count, equations.above.count
    start = np.log([equations.between.squares / n[0] / 2, equations.above.squares / n[1] / 2, 1.0])
    start[2] = start[0]
    bounds = [(at - 8, at + 8) for at in start]
    found = optimize.minimize(
        lambda logs: _restricted(equations, logs)[:2], start, jac=True, method="L-BFGS-B", bounds=bounds
    )
    _value, _slope, solution, inverse = _restricted(equations, found.x)
    readers = equations.readers
    error = np.sqrt(np.diag(inverse)[readers:])
    return _Fitted(solution[readers:], error, float(np.exp(found.x[2] / 2)))


def _restricted(equations: _Equations, logs: Floats) -> tuple[float, Floats, Floats, Floats]:
    """-2 log restricted likelihood up to a constant, its slopes by the logs of the three variances, the solution of the
    mixed model equations, and their inverse."""
    blocks, readers = (equations.between, equations.above), equations.readers
    between, above, severity = np.exp(logs)
    left = blocks[0].normal / between + blocks[1].normal / above
    left[np.arange(readers), np.arange(readers)] += 1 / severity
    right = blocks[0].right / between + blocks[1].right / above
    inverse = np.linalg.inv(left)
    solution = inverse @ right
    value = float(np.linalg.slogdet(left)[1] + readers * logs[2] - solution @ right)
    slopes = []
    for block, variance, log in zip(blocks, (between, above), logs[:2], strict=True):
        left_over = block.squares - 2 * solution @ block.right + solution @ block.normal @ solution
        slopes.append(block.count - float((inverse * block.normal).sum() + left_over) / variance)
        value += block.count * log + block.squares / variance
    known = float(np.trace(inverse[:readers, :readers]) + solution[:readers] @ solution[:readers])
    return value, np.array([*slopes, readers - known / severity]), solution, inverse


# --- what is usual, and who stands out -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Usual:
    """Excesses of usual schools: their mean and variance."""

    mean: float
    variance: float


def _usual(excess: Floats, variance: Floats) -> _Usual:
    """By maximum likelihood from a mixture: most are usual, some lie above by one and the same. Only where that
    explains the schools clearly better than that all are usual: else it would find some above in any district."""
    scale = float(np.median(np.abs(excess - np.median(excess)))) + 1e-9
    middle = [float(np.median(excess)), float(np.log(scale))]
    alone = _least(lambda at: _surprise(excess, variance, at[0], at[1], 0.0, 0.0), middle)
    mixed = [
        _least(
            lambda at: _surprise(excess, variance, at[0], at[1], _MOST_ABOVE * special.expit(at[2]), at[3]),
            [*middle, share, float(np.log(step * scale))],
        )
        for share, step in ((-1.0, 2.0), (-3.0, 1.0), (0.0, 3.0))
    ]
    best = min(mixed, key=lambda found: found[0])
    _value, (mean, log_spread, *_rest) = best if alone[0] - best[0] > _CLEARLY else alone
    return _Usual(mean, float(np.exp(2 * log_spread)))


def _least(surprise: Callable[[Floats], float], start: Sequence[float]) -> tuple[float, list[float]]:
    options = {"maxiter": 2000, "xatol": 1e-4, "fatol": 1e-4}
    found = optimize.minimize(surprise, start, method="Nelder-Mead", options=options)
    return float(found.fun), [float(n) for n in found.x]


def _surprise(excess: Floats, variance: Floats, mean: float, log_spread: float, above: float, log_step: float) -> float:
    """Minus the log likelihood, up to a constant."""
    wide = np.exp(2 * min(log_spread, _FAR)) + variance
    usual, raised = ((excess - mean - more) ** 2 / wide / 2 for more in (0.0, np.exp(min(log_step, _FAR))))
    chances = (1 - above) * np.exp(-usual) + above * np.exp(-raised)
    return -float((np.log(chances + 1e-300) - np.log(wide) / 2).sum())


def _judged(
    names: Ints,
    works: Ints,
    fitted: _Fitted,
    usual: _Usual,
    few: tuple[tuple[int, int], ...],
    tolerance: float,
    rate: float,
) -> Excesses:
    value = fitted.excess - usual.mean
    spread = np.sqrt(fitted.error**2 + usual.variance)
    # What is usual is itself known from these schools only.
    freedom = max(3, len(names) * 5 // 8)
    p = stats.t.sf((value - tolerance) / spread, freedom)
    marked = false_discovery(p, rate)
    level = 1 - rate * max(1, int(marked.sum())) / len(names)
    reach = stats.t.ppf((1 + level) / 2, freedom) * spread
    weight = usual.variance / spread**2
    schools = tuple(
        Excess(
            school=int(names[at]),
            works=int(works[at]),
            value=float(value[at]),
            error=float(fitted.error[at]),
            low=float(value[at] - reach[at]),
            high=float(value[at] + reach[at]),
            shrunk=float(weight[at] * value[at]),
            p=float(p[at]),
            marked=bool(marked[at]),
        )
        for at in range(len(names))
    )
    return Excesses(schools, few, float(np.sqrt(usual.variance)), fitted.severity)


def false_discovery(p: Floats | Sequence[float], rate: float) -> npt.NDArray[np.bool_]:
    """Which stand out at a false discovery rate (Benjamini & Hochberg 1995)."""
    return np.asarray(stats.false_discovery_control(p) <= rate)
