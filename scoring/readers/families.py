"""Drift, halo and spread of all experts, each a family of its own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.markers.judged import RATE, Absent, Candidate, Few, Kind, Outcome, Why, held
from scoring.markers.power import works_for_spread
from scoring.readers import drift, spread
from scoring.readers.drift import Drift
from scoring.readers.given import Given, Residuals


@dataclass(frozen=True, slots=True)
class Families:
    """drifts: of those with enough works, by number. usual_halo: share that is usual, None where it can't be told."""

    drifts: Mapping[str, Drift]
    drift: Outcome
    halo: Outcome
    spread: Outcome
    usual_halo: float | None


def families(some: Given, found: Residuals, rate: float = RATE) -> Families:
    """Judge all experts. Those whose works are mostly shared with one other are in neither halo nor spread."""
    drifts, works = _drifts(some, found), np.bincount(found.reader, minlength=len(some.experts)).tolist()
    colours = spread.halo(some, found)
    halo: Outcome = Absent(Kind.HALO, Why.NOTHING)
    if colours is not None:
        halo = _family(Kind.HALO, some.experts, colours.of, works, found, rate)
    return Families(
        drifts={name: one for name, one in drifts.items() if isinstance(one, Drift)},
        drift=_drift_family(drifts, rate),
        halo=halo,
        spread=_family(Kind.SPREAD, some.experts, spread.ratios(found, len(some.experts)), works, found, rate),
        usual_halo=None if colours is None else colours.usual,
    )


def _drifts(some: Given, found: Residuals) -> dict[str, Drift | Few]:
    """Of each expert, residuals in the order of marking."""
    ends = np.searchsorted(found.reader, np.arange(len(some.experts) + 1))
    return {name: drift.drift(found.value[ends[at] : ends[at + 1]]) for at, name in enumerate(some.experts)}


def _drift_family(drifts: Mapping[str, Drift | Few], rate: float) -> Outcome:
    some = [
        Candidate(name, one.works, one.change, one.p, _always(one.low, one.high))
        for name, one in drifts.items()
        if isinstance(one, Drift)
    ]
    few = [replace(one, name=name) for name, one in drifts.items() if isinstance(one, Few)]
    return held(Kind.DRIFT, some, few, rate)


def _family(
    kind: Kind,
    experts: Sequence[str],
    figures: Sequence[spread.Ratio | None],
    works: Sequence[int],
    found: Residuals,
    rate: float,
) -> Outcome:
    needed = max(spread.LEAST_WORKS, works_for_spread(spread.RATIO))
    some, few = [], []
    for at, (name, one) in enumerate(zip(experts, figures, strict=True)):
        if one is None:
            few.append(Few(name, works[at], needed))
        elif found.tangled[at] < 0:
            some.append(Candidate(name, one.works, one.value, one.p, _always(one.low, one.high)))
    return held(kind, some, few, rate)


def _always(low: float, high: float) -> Callable[[float], tuple[float, float]]:
    """Limits at 95 %, whatever the selection asks for."""
    return lambda _level: (low, high)
