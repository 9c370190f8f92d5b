"""How severe experts are, from the works that others marked, too: for the methodist's report, by number. Pure.

Independent and hidden markings count; third ones don't, because who gives them sees what others gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from crosscheck.model import Part, WorkId, is_control
from crosscheck.procedure import Procedure
from scoring.discrepancies import MarkingSeen, WorkSeen
from scoring.measures.readings import readings
from scoring.measures.severity import measured
from scoring.verdicts import counted

LEAST = 10  # works that others marked, too: with fewer, one strange work decides
_SURE = 1.96


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
    given = list(_given(procedure, works))
    if not given:
        return {}
    units, experts, points = zip(*given, strict=True)
    found = measured(readings(units, experts, np.array(points, dtype=np.float64)))
    names, judged = list(dict.fromkeys(experts)), found.severities
    groups = {part: n for n, part in enumerate(dict.fromkeys(judged.part.tolist()), start=1)}
    severity: dict[str, Severity] = {}
    for at, name in enumerate(names):
        group, count = groups[int(judged.part[at])], int(judged.works[at])
        margin = _SURE * float(found.error[at])
        known = count >= least and np.isfinite(margin)
        severity[name] = (
            Severe(group, count, float(judged.severity[at]), margin) if known else TooFew(group, count, least)
        )
    return severity


def _given(procedure: Procedure, works: Sequence[WorkSeen]) -> Iterator[tuple[tuple[WorkId, Part], str, int]]:
    """Totals of works, or of their parts: a marking that lacks a criterion says nothing of the total."""
    independent = frozenset(procedure.independent())
    whole = {
        part: frozenset(c.id for c in procedure.criteria_in(procedure.part(part)))
        for part in {m.part for work in works for m in work.markings}
    }
    for work in works:
        some = [m for m in work.markings if m.expert and (m.marking in independent or is_control(m.marking))]
        for part, markings in groupby(sorted(some, key=lambda m: (m.part, m.marking)), key=lambda m: m.part):
            asked = whole[part]
            first: dict[str, int] = {}
            for one in markings:  # an expert's own work a second time isn't a second opinion
                if {s.criterion for s in one.scores} >= asked:
                    first.setdefault(one.expert, _total(one))
            yield from (((work.work, part), expert, total) for expert, total in first.items())


def _total(one: MarkingSeen) -> int:
    return sum(counted(score.given) for score in one.scores)
