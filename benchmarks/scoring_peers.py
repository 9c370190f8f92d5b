"""The same figures by other packages, on the same scores in the same run: pingouin, krippendorff, scikit-learn,
statsmodels.

None of them is needed by anything: what isn't installed is a row that says so (`pip install pingouin krippendorff
scikit-learn statsmodels`). Each row has their seconds and how many times ours that is; beside it stands the largest
difference between what they and we find.
"""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from scoring.measures.beyond_chance import Metric, alpha
from scoring.measures.figures import Known
from scoring.measures.icc import Form, Of, correlations
from scoring.measures.rasch import Marked
from scoring.measures.readings import Floats, Readings
from scoring.measures.severity import measured
from scoring.readers.district import Interval, kappa

_LARGEST_DESIGN = 200_000_000  # bytes: least squares on a full table need several times that
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """The same figures twice, and how long each takes."""

    ours: Floats
    theirs: Floats
    our_seconds: float
    their_seconds: float

    @property
    def apart(self) -> float:
        """The largest difference."""
        return float(np.abs(self.ours - self.theirs).max())


@dataclass(frozen=True, slots=True)
class NotRun:
    """Why a peer did nothing here."""

    why: str


Peer = Callable[[Marked], Compared | NotRun]


def compared(name: str, marked: Marked) -> Iterator[dict[str, object]]:
    """All peers on works that two readers each read; name: what these works are called."""
    for peer, compare in PEERS.items():
        found = compare(marked)
        label = f"{name}: {peer}"
        match found:
            case NotRun(why):
                yield {"name": f"{label} ({why})", "value": None, "unit": "s", "n": len(marked.work)}
            case Compared():
                ratio = {"compared_to": "ours", "ratio": round(found.their_seconds / found.our_seconds, 1)}
                yield {
                    "name": label,
                    "value": round(found.their_seconds, 4),
                    "unit": "s",
                    "n": len(marked.work),
                    **ratio,
                }
                yield {"name": f"{label}: largest difference", "value": found.apart, "unit": "", "n": len(found.ours)}


def _installed(*names: str) -> ModuleType | NotRun:
    """The last of these modules."""
    if importlib.util.find_spec(names[0]) is None:
        return NotRun("not installed")
    return importlib.import_module(".".join(names))


def _timed(work: Callable[[], Floats]) -> tuple[Floats, float]:
    """What is found, and the least of several runs: the others were disturbed."""
    found, seconds = np.zeros(0), []
    for _each in range(_TIMES):
        begun = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begun)
    return found, min(seconds)


def _both(ours: Callable[[], Floats], theirs: Callable[[], Floats]) -> Compared:
    (own, our_seconds), (other, their_seconds) = _timed(ours), _timed(theirs)
    return Compared(own, other, our_seconds, their_seconds)


def _two(marked: Marked) -> Floats:
    """Totals, works x readings, the first and the second of each work."""
    order = np.argsort(marked.work, kind="stable")
    return np.asarray(marked.points.sum(axis=1)[order].reshape(-1, 2), dtype=np.float64)


def _table(marked: Marked) -> Readings:
    """As if two readers had read all works: other packages ask for complete tables."""
    two = _two(marked)
    return Readings(np.repeat(np.arange(len(two)), 2), np.tile([0, 1], len(two)), two.ravel())


# --- intraclass correlations ---------------------------------------------------------------------

_FORMS = {
    "ICC(1,1)": (Form.ONE_WAY, Of.SINGLE),
    "ICC(A,1)": (Form.AGREEMENT, Of.SINGLE),
    "ICC(C,1)": (Form.CONSISTENCY, Of.SINGLE),
    "ICC(1,k)": (Form.ONE_WAY, Of.MEAN),
    "ICC(A,k)": (Form.AGREEMENT, Of.MEAN),
    "ICC(C,k)": (Form.CONSISTENCY, Of.MEAN),
}


def intraclass(marked: Marked) -> Compared | NotRun:
    """All six; both find limits as well."""
    package = _installed("pingouin")
    if isinstance(package, NotRun):
        return package
    seen, frames = _table(marked), importlib.import_module("pandas")
    frame = frames.DataFrame({"work": seen.unit, "reader": seen.reader, "points": seen.value})

    def theirs() -> Floats:
        found = package.intraclass_corr(frame, targets="work", raters="reader", ratings="points")
        return np.asarray(found.set_index("Type")["ICC"].loc[list(_FORMS)], dtype=np.float64)

    def ours() -> Floats:
        found = correlations(seen)
        if not isinstance(found, Mapping):
            raise TypeError(f"no correlation: {found}")
        return np.array([found[key].value for key in _FORMS.values()])

    return _both(ours, theirs)


# --- agreement beyond chance ---------------------------------------------------------------------


def krippendorff(marked: Marked) -> Compared | NotRun:
    """Alpha of totals, interval and ordinal."""
    package = _installed("krippendorff")
    if isinstance(package, NotRun):
        return package
    two, seen = _two(marked), _table(marked)
    metrics = (Metric.INTERVAL, Metric.ORDINAL)

    def theirs() -> Floats:
        return np.array([package.alpha(two.T, level_of_measurement=metric.value) for metric in metrics])

    return _both(lambda: np.array([_known(alpha(seen, metric)) for metric in metrics]), theirs)


def weighted_kappa(marked: Marked) -> Compared | NotRun:
    """Cohen's kappa of totals with quadratic weights; ours with its limits, theirs without."""
    package = _installed("sklearn", "metrics")
    if isinstance(package, NotRun):
        return package
    first, second = _two(marked).astype(np.int64).T
    highest = sum(marked.maxima)
    labels = list(range(highest + 1))  # of those that occur alone it would weigh by their order

    def theirs() -> Floats:
        return np.array([package.cohen_kappa_score(first, second, labels=labels, weights="quadratic")])

    return _both(lambda: np.array([_value(kappa(first, second, highest))]), theirs)


def _known(figure: object) -> float:
    if not isinstance(figure, Known):
        raise TypeError(f"no figure: {figure}")
    return figure.value


def _value(figure: object) -> float:
    if not isinstance(figure, Interval):
        raise TypeError(f"no figure: {figure}")
    return figure.value


# --- severities ----------------------------------------------------------------------------------


def least_squares(marked: Marked) -> Compared | NotRun:
    """Severities in points with HC3 errors, both of every reader, on a full table of differences x readers."""
    package = _installed("statsmodels", "api")
    if isinstance(package, NotRun):
        return package
    order = np.argsort(marked.work, kind="stable")
    first, second = marked.reader[order].reshape(-1, 2).T
    if len(first) * marked.readers * 8 > _LARGEST_DESIGN:
        return NotRun(f"its table would take {len(first) * marked.readers * 8 / 1e9:.1f} GB")
    two, seen = _two(marked), Readings(marked.work, marked.reader, marked.points.sum(axis=1).astype(np.float64))
    design = np.zeros((len(first), marked.readers))
    design[np.arange(len(first)), first] += 1.0
    design[np.arange(len(first)), second] -= 1.0
    # Severities add up to 0: the last is what the others leave.
    free = design[:, :-1] - design[:, -1:]
    back = np.vstack([np.eye(marked.readers - 1), -np.ones(marked.readers - 1)])

    def theirs() -> Floats:
        found = package.OLS(two[:, 1] - two[:, 0], free).fit(cov_type="HC3")
        errors = np.sqrt(np.einsum("ij,jk,ik->i", back, found.cov_params(), back))
        return np.concatenate([back @ found.params, errors])

    def ours() -> Floats:
        found = measured(seen)
        return np.concatenate([found.severities.severity, found.error])

    return _both(ours, theirs)


PEERS: Mapping[str, Peer] = {
    "six intraclass correlations of totals, pingouin": intraclass,
    "alpha of totals, interval and ordinal, krippendorff": krippendorff,
    "weighted kappa of totals, scikit-learn": weighted_kappa,
    "severities in points with HC3 errors, statsmodels": least_squares,
}
