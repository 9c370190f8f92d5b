"""All that is said of all experts, from the markings of all works. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import AnonymousNumber, CriterionId
from crosscheck.procedure import Procedure
from scoring.discrepancies import WorkSeen
from scoring.markers.judged import RATE
from scoring.readers import district, repeats, scale
from scoring.readers.families import Families, families
from scoring.readers.given import Given, Residuals, given_and_results, residuals
from scoring.severities import Severity, severities_of


@dataclass(frozen=True, slots=True)
class Judged:
    """experts: by number, those with a marking that counts; works: of each; points: what one usual spread is in points,
    of each expert's works; tangled: experts whose works are mostly shared with one other, from whom no figure of
    variances tells them."""

    experts: tuple[str, ...]
    works: Mapping[str, int]
    severity: Mapping[str, Severity]
    families: Families
    points: Mapping[str, float]
    tangled: frozenset[str]
    repeated: Mapping[str, repeats.Repeated]
    scaled: Mapping[str, scale.Scaled]
    kappas: Mapping[CriterionId, district.Estimated]
    kappa_of_totals: district.Estimated
    icc: district.Icc
    components: district.Parts
    criteria: int


def judged(
    procedure: Procedure, works: Sequence[WorkSeen], order: Mapping[AnonymousNumber, int], rate: float = RATE
) -> Judged:
    """Everything. order: when a marking came, by its number."""
    some, results = given_and_results(procedure, works, order)
    found = residuals(some)
    marked = np.bincount(some.reader, minlength=len(some.experts)).tolist()
    return Judged(
        experts=some.experts,
        works=dict(zip(some.experts, marked, strict=True)),
        severity=severities_of(some),
        families=families(some, found, rate),
        points=_points(some, found),
        tangled=frozenset(some.experts[int(at)] for at in np.nonzero(found.tangled >= 0)[0]),
        repeated=repeats.repeated(works),
        scaled=scale.scaled(some),
        kappas=district.kappas(results, tuple(c.id for c in procedure.criteria)),
        kappa_of_totals=district.kappa_of_totals(results),
        icc=district.icc(results),
        components=district.generalizability(results),
        criteria=len(procedure.criteria),
    )


def _points(some: Given, found: Residuals) -> dict[str, float]:
    n = np.bincount(found.reader, minlength=len(some.experts))
    mean = np.bincount(found.reader, found.points, minlength=len(some.experts)) / np.maximum(1, n)
    return dict(zip(some.experts, mean.tolist(), strict=True))
