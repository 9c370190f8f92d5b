"""All that is said of all experts, judged together: drift, halo and spread each as a family of its own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.model import AnonymousNumber
from crosscheck.procedure import Procedure
from scoring.discrepancies import WorkSeen
from scoring.markers.judged import RATE, Absent, Candidate, Few, Kind, Outcome, Why, held
from scoring.markers.power import works_for_spread
from scoring.readers import district, drift, repeats, scale, spread
from scoring.readers.drift import Drift
from scoring.readers.given import Given, Residuals, given, residuals
from scoring.severities import Severity, severities


@dataclass(frozen=True, slots=True)
class Judged:
    """experts: by number, those with a marking that counts; drifts: of those with enough works; tangled: experts whose
    works are mostly shared with one other, whom no figure of them tells from that one. spread_points: what one usual
    spread is in points, of each expert's works."""

    experts: tuple[str, ...]
    works: Mapping[str, int]
    severity: Mapping[str, Severity]
    drifts: Mapping[str, Drift]
    drift: Outcome
    halo: Outcome
    spread: Outcome
    usual_halo: float | None
    spread_points: Mapping[str, float]
    tangled: frozenset[str]
    repeated: Mapping[str, repeats.Repeated]
    scaled: Mapping[str, scale.Scaled]
    kappas: Mapping[str, district.Estimated]
    kappa_of_totals: district.Estimated
    icc: district.Icc
    components: district.Parts


def judged(
    procedure: Procedure, works: Sequence[WorkSeen], order: Mapping[AnonymousNumber, int], rate: float = RATE
) -> Judged:
    """Everything, from the markings of all works. order: when a marking came, by its number."""
    some = given(procedure, works, order)
    found = residuals(some)
    drifts = _drifts(some, found)
    colours = spread.halo(some, found)
    tangled = frozenset(some.experts[at] for at in np.nonzero(found.tangled >= 0)[0])
    n = np.bincount(found.reader, minlength=len(some.experts))
    names = tuple(c.id for c in procedure.criteria)
    return Judged(
        experts=some.experts,
        works=dict(zip(some.experts, np.bincount(some.reader, minlength=len(some.experts)).tolist(), strict=True)),
        severity=severities(procedure, works),
        drifts={name: one for name, one in drifts.items() if isinstance(one, Drift)},
        drift=_drift_family(drifts, rate),
        halo=Absent(Kind.HALO, Why.NOTHING)
        if colours is None
        else _family(Kind.HALO, some.experts, colours.of, n.tolist(), tangled, rate),
        spread=_family(Kind.SPREAD, some.experts, spread.ratios(found, len(some.experts)), n.tolist(), tangled, rate),
        usual_halo=None if colours is None else colours.usual,
        spread_points=_points(some, found),
        tangled=tangled,
        repeated=repeats.repeated(works),
        scaled=scale.scaled(some),
        kappas=district.kappas(some, names),
        kappa_of_totals=district.kappa_of_totals(some),
        icc=district.icc(some),
        components=district.generalizability(some),
    )


def _drifts(some: Given, found: Residuals) -> dict[str, Drift | Few]:
    """Of each expert, residuals in the order of marking."""
    ends = np.searchsorted(found.reader, np.arange(len(some.experts) + 1))
    return {name: drift.drift(found.value[ends[at] : ends[at + 1]]) for at, name in enumerate(some.experts)}


def _drift_family(drifts: Mapping[str, Drift | Few], rate: float) -> Outcome:
    judged_ones = [
        Candidate(name, one.works, one.change, one.p, _always(one.low, one.high))
        for name, one in drifts.items()
        if isinstance(one, Drift)
    ]
    few = [replace(one, name=name) for name, one in drifts.items() if isinstance(one, Few)]
    return held(Kind.DRIFT, judged_ones, few, rate)


def _family(
    kind: Kind,
    experts: Sequence[str],
    found: Sequence[spread.Ratio | None],
    works: Sequence[int],
    tangled: frozenset[str],
    rate: float,
) -> Outcome:
    """Experts whose figure can be told from that of others."""
    needed = max(spread.LEAST_WORKS, works_for_spread(spread.RATIO))
    some, few = [], []
    for name, one, n in zip(experts, found, works, strict=True):
        if one is None:
            few.append(Few(name, n, needed))
        elif name not in tangled:
            some.append(Candidate(name, one.works, one.value, one.p, _always(one.low, one.high)))
    return held(kind, some, few, rate)


def _always(low: float, high: float) -> Callable[[float], tuple[float, float]]:
    """Limits at 95 %, whatever the selection asks for."""
    return lambda _level: (low, high)


def _points(some: Given, found: Residuals) -> dict[str, float]:
    n = np.bincount(found.reader, minlength=len(some.experts))
    mean = np.bincount(found.reader, found.points, minlength=len(some.experts)) / np.maximum(1, n)
    return dict(zip(some.experts, mean.tolist(), strict=True))
