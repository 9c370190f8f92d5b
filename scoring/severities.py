"""How severe experts are, from the works that others marked, too: for the methodist's report, by number. Pure.

Independent and hidden markings count; third ones don't, because who gives them sees what others gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.procedure import Procedure
from scoring.discrepancies import WorkSeen
from scoring.measures.limits import normal
from scoring.measures.severity import measured
from scoring.readers.given import Given, given

LEAST = 10  # works that others marked, too: with fewer, one strange work decides


@dataclass(frozen=True, slots=True)
class Severe:
    """Points of a work that an expert gives less than the mean of those who are compared (below 0: more), and by how
    much that may be off (95 %). group: of experts that works link, from 1; nobody is compared beyond it."""

    group: int
    works: int
    points: float
    margin: float

    @property
    def sure(self) -> bool:
        """Is it more than chance, looking at this expert alone?"""
        return abs(self.points) > self.margin


@dataclass(frozen=True, slots=True)
class TooFew:
    """Works in common with others, and how many are needed."""

    group: int
    works: int
    needed: int = LEAST


Severity = Severe | TooFew


def severities(procedure: Procedure, works: Sequence[WorkSeen], least: int = LEAST) -> Mapping[str, Severity]:
    """Every expert with a marking that counts here."""
    return severities_of(given(procedure, works, {}), least)


def severities_of(some: Given, least: int = LEAST) -> Mapping[str, Severity]:
    """The same of what experts gave."""
    if not some.experts:
        return {}
    found = measured(some.totals)
    judged = found.severities
    groups = {part: n for n, part in enumerate(dict.fromkeys(judged.part.tolist()), start=1)}
    severity: dict[str, Severity] = {}
    for at, name in enumerate(some.experts):
        group, count = groups[int(judged.part[at])], int(judged.works[at])
        margin = normal() * float(found.error[at])
        known = count >= least and np.isfinite(margin)
        severity[name] = (
            Severe(group, count, float(judged.severity[at]), margin) if known else TooFew(group, count, least)
        )
    return severity
