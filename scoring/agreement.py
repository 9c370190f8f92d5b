"""How well independent markings agree. Pure numbers; too little data is said, never shown as NaN.

Sources: Cohen 1968 (weighted kappa, quadratic weights), Krippendorff 2011 (alpha, interval metric).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from crosscheck.model import CriterionId
from crosscheck.procedure import Procedure
from scoring.measures.beyond_chance import Chance, Metric, Weights, alpha, coefficient
from scoring.measures.figures import Figure, Known, NotEnoughData
from scoring.measures.readings import readings, table
from scoring.verdicts import Scores, counted

LEAST = 10  # pairs: below this a figure says more about chance than about experts


Pair = tuple[int, int]


def exact_share(pairs: Sequence[Pair], least: int = LEAST) -> Figure:
    """Share of pairs that are equal, 0..1."""
    return _share(pairs, 0, least)


def adjacent_share(pairs: Sequence[Pair], least: int = LEAST) -> Figure:
    """Share of pairs that differ by one point at most, 0..1."""
    return _share(pairs, 1, least)


def _share(pairs: Sequence[Pair], within: int, least: int) -> Figure:
    if len(pairs) < max(least, 1):
        return NotEnoughData(len(pairs), least)
    return Known(sum(abs(a - b) <= within for a, b in pairs) / len(pairs))


def quadratic_kappa(pairs: Sequence[Pair], least: int = LEAST) -> Figure:
    """Cohen's kappa with quadratic weights (at most 1)."""
    if len(pairs) < max(least, 1):
        return NotEnoughData(len(pairs), least)
    return coefficient(table(pairs), Chance.CONGER, Weights.QUADRATIC, least=least)


def krippendorff_alpha(units: Sequence[Sequence[float]], least: int = LEAST) -> Figure:
    """Krippendorff's alpha, interval metric. `units`: the values each unit got, missing ones left out."""
    numbers = [n for n, unit in enumerate(units) for _value in unit]
    places = [at for unit in units for at in range(len(unit))]
    return alpha(readings(numbers, places, [value for unit in units for value in unit]), Metric.INTERVAL, least)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one criterion (or on totals): `n` pairs of independent markings."""

    n: int
    maximum: int
    exact: Figure
    adjacent: Figure
    kappa: Figure
    alpha: Figure


@dataclass(frozen=True, slots=True)
class AgreementSummary:
    """Agreement per criterion in the procedure's order, and on the totals of fully marked works."""

    criteria: tuple[tuple[CriterionId, Agreement], ...]
    totals: Agreement


def agreement(units: Sequence[Sequence[int]], maximum: int, least: int = LEAST) -> Agreement:
    """All figures for units of points; within a unit every two experts are a pair."""
    pairs = [pair for unit in units for pair in combinations(unit, 2)]
    return Agreement(
        n=len(pairs),
        maximum=maximum,
        exact=exact_share(pairs, least),
        adjacent=adjacent_share(pairs, least),
        kappa=quadratic_kappa(pairs, least),
        alpha=krippendorff_alpha(units, least),
    )


def _units(procedure: Procedure, works: Sequence[Scores], criterion: CriterionId) -> list[list[int]]:
    markings = procedure.independent()
    return [[counted(w[m][criterion]) for m in markings if criterion in w.get(m, {})] for w in works]


def _totals(procedure: Procedure, works: Sequence[Scores]) -> list[list[int]]:
    wanted = {c.id for c in procedure.criteria}
    independent = procedure.independent()
    return [[sum(map(counted, w[m].values())) for m in independent if w.get(m, {}).keys() >= wanted] for w in works]


def summary(procedure: Procedure, works: Sequence[Scores], least: int = LEAST) -> AgreementSummary:
    """Agreement of the independent markings over `works`; X counts 0, as in totals."""
    per_criterion = tuple(
        (c.id, agreement(_units(procedure, works, c.id), c.maximum, least)) for c in procedure.criteria
    )
    return AgreementSummary(per_criterion, agreement(_totals(procedure, works), procedure.maximum, least))
