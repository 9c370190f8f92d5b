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

from scoring.measures.inverse import inverse as inverse_of
from scoring.measures.limits import student
from scoring.measures.readings import Floats, Ints, Readings
from scoring.measures.severity import Severities, helmert, severities

LEAST_WORKS = 10
LEAST_SCHOOLS = 5
MOST_READERS = 8_000  # memory and time go with their square and their cube
_MOST_ABOVE = 0.3  # the share of schools that may lie above the usual ones
_CLEARLY = 1.5  # log likelihood
_NEAR = 0.01  # of what is known of a variance
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
class ManyReaders:
    """More readers than can be told from schools in one computation."""

    readers: int
    most: int = MOST_READERS


@dataclass(frozen=True, slots=True)
class NotLinked:
    """Readers fall into parts that no work links: schools can't be compared across them."""

    parts: int


def excesses(
    seen: Readings, school: Ints, own: Floats, *, tolerance: float = 0.0, rate: float = 0.05, least: int = LEAST_WORKS
) -> Excesses | FewSchools | ManyReaders | NotLinked:
    """What schools give above others. seen: cross-check, totals of works; school: of each work, from 0; own: its
    school's total, NaN where there is none. tolerance: points above the usual school that are nobody's business; rate:
    of false discoveries; least: works that a school needs."""
    counts = np.bincount(school[~np.isnan(own)], minlength=int(school.max()) + 1 if len(school) else 0)
    enough = np.nonzero(counts >= least)[0]
    few = tuple((int(s), int(counts[s])) for s in np.nonzero((counts > 0) & (counts < least))[0])
    if len(enough) < LEAST_SCHOOLS:
        return FewSchools(len(enough))
    if seen.readers > MOST_READERS:
        return ManyReaders(seen.readers)
    linked = severities(seen)
    if (parts := len(np.unique(linked.part[linked.works > 0]))) > 1:
        return NotLinked(parts)
    fitted = _fitted(_equations(seen, school, own, enough, linked))
    usual = _usual(fitted.excess, fitted.error**2)
    return _judged(enough, counts[enough], fitted, usual, few, tolerance, rate)


# --- severities and excesses together ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """Observations with one variance, as sums: normal matrix of readers, right side, sum of squares, how many."""

    normal: sparse.csr_array | Floats
    right: Floats
    squares: float
    count: int


@dataclass(frozen=True, slots=True)
class _Equations:
    """Unknown: severities of readers, and excesses of schools, which are put in terms of severities, so that only
    severities are left (absorption). between: of readers of one work; above: a school's own marking less the mean of
    its readers. per: schools x readers, how much of each reader is in the mean of a school's works; mean: of schools'
    own marking less that mean; works: of schools. start: about what the variances are."""

    between: _Block
    above: _Block
    per: Floats
    mean: Floats
    works: Ints
    start: Floats


@dataclass(frozen=True, slots=True)
class _Fitted:
    excess: Floats
    error: Floats
    severity: float  # standard deviation


def _equations(seen: Readings, school: Ints, own: Floats, enough: Ints, linked: Severities) -> _Equations:
    found = helmert(seen)
    # A reader's severity is taken from the points, so contrasts of points have it with the other sign.
    between = _block(-found.design(), found.value)
    place = np.full(int(school.max()) + 1, -1)
    place[enough] = np.arange(len(enough))
    work = np.nonzero(~np.isnan(own) & (place[school] >= 0))[0]
    n = np.bincount(seen.unit, minlength=len(own))
    mean = np.bincount(seen.unit, seen.value, minlength=len(own)) / n
    shape = len(own), seen.readers
    reading = sparse.csr_array((1 / n[seen.unit], (seen.unit, seen.reader)), shape=shape)[work]
    value, of_work = own[work] - mean[work], place[school[work]]
    works = np.bincount(of_work, minlength=len(enough)).astype(np.int64)
    of_school = sparse.csr_array((1 / works[of_work], (of_work, np.arange(len(work)))))
    per, of_schools = (of_school @ reading).toarray(), of_school @ value
    plain = _block(reading, value)
    above = _Block(
        plain.normal - per.T @ (works[:, None] * per),
        plain.right - per.T @ (works * of_schools),
        plain.squares - float(works @ of_schools**2),
        plain.count - len(enough),
    )
    left = value - reading @ linked.severity - (of_schools - per @ linked.severity)[of_work]
    apart = found.value + found.design() @ linked.severity
    start = _start(apart, left, above.count, linked, between)
    return _Equations(between, above, per, np.asarray(of_schools), works, start)


def _start(apart: Floats, left: Floats, freedom: int, linked: Severities, between: _Block) -> Floats:
    """Logs of the variances of contrasts, of schools' marking within schools, of severities, by moments."""
    contrasts = float(apart @ apart) / max(1, len(apart) - len(linked.severity) + 1)
    above = float(left @ left) / max(1, freedom)
    known = between.normal.diagonal()
    chance = contrasts * float((1 / known[known > 0]).mean())
    severity = float(linked.severity.var()) - chance
    return np.log(np.maximum([contrasts, above, max(severity, 0.1 * chance)], 1e-9))


def _block(design: sparse.csr_array, value: Floats) -> _Block:
    return _Block((design.T @ design).tocsr(), design.T @ value, float(value @ value), len(value))


def _fitted(equations: _Equations) -> _Fitted:
    """Variances by restricted maximum likelihood, then excesses under them."""
    # Each logarithm measured in what is known of it, which n observations tell to within sqrt(2/n).
    blocks = equations.between, equations.above
    scale = 1 / np.sqrt([blocks[0].count + 1.0, blocks[1].count + 1.0, len(blocks[0].right)])

    def scaled(logs: Floats) -> tuple[float, Floats]:
        value, slopes, *_ = _restricted(equations, logs * scale)
        return value, slopes * scale

    start = equations.start / scale
    bounds = [(at - 8 / one, at + 8 / one) for at, one in zip(start, scale, strict=True)]
    options = {"gtol": _NEAR}
    found = optimize.minimize(scaled, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    logs = found.x * scale
    _value, _slopes, solution, inverse = _restricted(equations, logs)
    per, above = equations.per, float(np.exp(logs[1]))
    error = np.sqrt(above / equations.works + ((per @ inverse) * per).sum(axis=1))
    return _Fitted(equations.mean - per @ solution, error, float(np.exp(logs[2] / 2)))


def _restricted(equations: _Equations, logs: Floats) -> tuple[float, Floats, Floats, Floats]:
    """-2 log restricted likelihood up to a constant, its slopes by the logs of the three variances, severities as the
    mixed model equations have them, and the inverse of these."""
    blocks, readers = (equations.between, equations.above), len(equations.between.right)
    between, above, severity = np.exp(logs)
    left = blocks[1].normal / above + blocks[0].normal / between
    left[np.arange(readers), np.arange(readers)] += 1 / severity
    right = blocks[0].right / between + blocks[1].right / above
    inverse, size = inverse_of(left)
    solution = inverse @ right
    value = float(size + readers * logs[2] - solution @ right)
    slopes = []
    for block, variance, log in zip(blocks, (between, above), logs[:2], strict=True):
        left_over = block.squares - 2 * solution @ block.right + solution @ (block.normal @ solution)
        slopes.append(block.count - float((block.normal * inverse).sum() + left_over) / variance)
        value += block.count * log + block.squares / variance
    known = float(np.trace(inverse) + solution @ solution)
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
    reach = student(freedom, level) * spread
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
