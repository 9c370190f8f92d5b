"""Experts on the scale of the many-facet Rasch model: logits, fair averages, infit and outfit. Pure.

To be shown beside points and never instead of them: where one impression colours all tasks of a work, its errors are
too large. Estimated within each group of experts that works link, and only of those who gave different points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.measures.rasch import Marked, NotFitted, fit, misfit
from scoring.measures.readings import Ints, numbered
from scoring.measures.severity import severities
from scoring.readers.given import Given

LEAST_WORKS = 10
LEAST_READERS = 2
_WIDE = 10.0  # logits: beyond this nothing was estimated


@dataclass(frozen=True, slots=True)
class Scaled:
    """Of one expert. severity, error: logits, against the mean of the group; fair: points of a work of mean ability;
    infit, outfit: 1 where the model holds, display only."""

    severity: float
    error: float
    fair: float
    infit: float
    outfit: float


def scaled(some: Given) -> Mapping[str, Scaled]:
    """Experts for whom the model can be estimated, by number."""
    linked = severities(some.totals)
    found: dict[str, Scaled] = {}
    for part in np.unique(linked.part[linked.works >= LEAST_WORKS]):
        readers = np.nonzero((linked.part == part) & (linked.works >= LEAST_WORKS))[0]
        found |= _of_group(some, readers.astype(np.int64))
    return found


def _of_group(some: Given, readers: Ints) -> dict[str, Scaled]:
    """One group; experts who gave the same everywhere are left out, and the others tried again."""
    while len(readers) >= LEAST_READERS:
        kept = _linking(some, readers)
        if not kept.any():
            return {}
        who = np.unique(some.reader[kept])
        marked = Marked(
            numbered(some.unit[kept]), numbered(some.reader[kept]), some.points[kept], tuple(some.maxima.tolist())
        )
        try:
            return _fitted(some, marked, who)
        except NotFitted as same:
            readers = np.setdiff1d(who, who[list(same.readers)])
        except np.linalg.LinAlgError:
            return {}
    return {}


def _linking(some: Given, readers: Ints) -> npt.NDArray[np.bool_]:
    """Markings of these experts of works that two of them read."""
    kept = np.isin(some.reader, readers)
    count = np.bincount(some.unit[kept], minlength=len(some.units))
    return np.asarray(kept & (count[some.unit] > 1))


def _fitted(some: Given, marked: Marked, who: Ints) -> dict[str, Scaled]:
    found = fit(marked)
    fits, fair = misfit(found, marked), found.fair()
    table = np.stack([found.severity, found.error, fair, fits.infit, fits.outfit], axis=1)
    sure = np.isfinite(table).all(axis=1) & (np.abs(table[:, 0]) < _WIDE) & (table[:, 1] < _WIDE)
    return {some.experts[int(who[at])]: Scaled(*table[at].tolist()) for at in np.nonzero(sure)[0]}
