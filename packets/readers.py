"""Who reads what, for whoever is to mark a work after others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from crosscheck import facts
from crosscheck.model import CriterionId, ExpertId, SchoolToken, WorkId, is_control
from crosscheck.procedure import Procedure, Scope
from packets.origins import Origins


def readers_beside(
    procedure: Procedure, given: Iterable[facts.Assignment], thirds: Mapping[WorkId, Collection[CriterionId]]
) -> dict[WorkId, frozenset[ExpertId]]:
    """Who reads what a third marking looks at, of the works named; the third expert is of another school. Parts that
    nobody called a third marking for don't count."""
    parts = procedure.owners.parts
    everything = procedure.rules.third_scope is not Scope.DIFFERING
    asked = {
        work: {part for criterion, part in parts.items() if everything or criterion in criteria}
        for work, criteria in thirds.items()
    }
    some = (a for a in given if not is_control(a.marking))
    return readers_of([a for a in some if a.key.part in asked.get(a.key.work, ())])


def readers_of(given: Sequence[facts.Assignment]) -> dict[WorkId, frozenset[ExpertId]]:
    """Who reads each work, of these assignments."""
    readers: dict[WorkId, frozenset[ExpertId]] = {}
    for assignment in given:
        work = WorkId(assignment.work)
        readers[work] = readers.get(work, frozenset()) | {ExpertId(assignment.expert)}
    return readers


def schools_of(origins: Origins, experts: frozenset[ExpertId]) -> frozenset[SchoolToken]:
    """The schools of some experts."""
    return frozenset(school for expert in experts for school in origins.experts[expert].schools)
