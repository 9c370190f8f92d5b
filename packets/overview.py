"""An allocation at a glance: who got how much, which schools mark which, what was avoided, who is linked. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from crosscheck.conflicts import OfClass, OfSchool, OfWork, Source, index_conflicts
from crosscheck.model import ClassToken, ExpertId, SchoolToken, TaskId, WorkId
from packets.linking import Linked, linked
from packets.problem import Bounded, Certificate, ExpertCapacity, Problem, Solution, levels_proven

NO_SCHOOL = SchoolToken("")  # of experts who belong to none


@dataclass(frozen=True, slots=True)
class Share:
    """What one expert got: `new` works here, `total` with earlier ones, of `capacity`; `pages` of the new works; from
    how many `schools` they are."""

    expert: ExpertId
    new: int
    total: int
    capacity: int
    pages: int
    schools: int


@dataclass(frozen=True, slots=True)
class Mutual:
    """Two schools that mark each other: works of `one` marked in `other`, and the other way round."""

    one: SchoolToken
    other: SchoolToken
    there: int
    back: int


@dataclass(frozen=True, slots=True)
class Cost:
    """A level of importance, and what the allocation costs there: proven that no other costs less than `least` without
    costing more at an earlier one."""

    level: str
    cost: int
    least: int


@dataclass(frozen=True, slots=True)
class Overview:
    """An allocation at a glance.

    shares: of all experts who may get works, sorted. between: (school of the work, school of the expert) -> works; an
    expert of several schools counts for each. spread: experts who mark a school's works. avoided: pairs of work and
    expert that a conflict keeps apart, by its source; a pair with two sources counts for both. levels: empty when
    nothing is proven. tasks: only these of the works; empty: all.
    """

    shares: tuple[Share, ...]
    between: Mapping[tuple[SchoolToken, SchoolToken], int]
    mutual: tuple[Mutual, ...]
    spread: Mapping[SchoolToken, int]
    avoided: Mapping[Source, int]
    linked: Linked
    levels: tuple[Cost, ...]
    tasks: tuple[TaskId, ...] = ()

    @property
    def load_gap(self) -> int:
        """Largest difference between the loads of experts who have room for any."""
        return _gap([share.total for share in self.shares])

    @property
    def page_gap(self) -> int:
        """The same of pages, among those who got works."""
        return _gap([share.pages for share in self.shares if share.new])


def _gap(values: list[int]) -> int:
    return max(values) - min(values) if values else 0


def overview(problem: Problem, solution: Solution, pages: Mapping[WorkId, int]) -> Overview:
    """Look at an allocation; `pages` of works that aren't listed count 0."""
    experts = {e.expert: e for e in problem.experts}
    school_of = {w.work: w.school for w in problem.works}
    new, read = Counter[ExpertId](), Counter[ExpertId]()
    seen: dict[ExpertId, set[SchoolToken]] = {}
    readers: dict[SchoolToken, set[ExpertId]] = {}
    between = Counter[tuple[SchoolToken, SchoolToken]]()
    for each in solution.assignments:
        school = school_of[each.work]
        new[each.expert] += 1
        read[each.expert] += pages.get(each.work, 0)
        seen.setdefault(each.expert, set()).add(school)
        readers.setdefault(school, set()).add(each.expert)
        between.update((school, at) for at in experts[each.expert].schools or {NO_SCHOOL})
    shares = tuple(
        Share(e.expert, new[e.expert], e.load + new[e.expert], e.capacity, read[e.expert], len(seen.get(e.expert, ())))
        for e in sorted(problem.experts, key=lambda e: e.expert)
        if e.status in problem.statuses and e.capacity
    )
    return Overview(
        shares,
        dict(sorted(between.items())),
        _mutual(between),
        {school: len(who) for school, who in sorted(readers.items())},
        _avoided(problem, experts),
        linked(solution.assignments),
        _levels(solution.certificate),
        problem.tasks,
    )


def _levels(certificate: Certificate) -> tuple[Cost, ...]:
    least = {gap.level: gap.bound for gap in certificate.gaps} if isinstance(certificate, Bounded) else {}
    levels = levels_proven(certificate)
    return tuple(Cost(level.level, level.cost, least.get(level.level, level.cost)) for level in levels)


def _mutual(between: Mapping[tuple[SchoolToken, SchoolToken], int]) -> tuple[Mutual, ...]:
    schools = sorted({school for pair in between for school in pair} - {NO_SCHOOL})
    pairs = ((a, b) for a, b in combinations(schools, 2) if between.get((a, b)) and between.get((b, a)))
    return tuple(Mutual(a, b, between[a, b], between[b, a]) for a, b in pairs)


def _avoided(problem: Problem, experts: Mapping[ExpertId, ExpertCapacity]) -> dict[Source, int]:
    """Class-set by class-set, not pair by pair: a city has a hundred million pairs."""
    index, found = index_conflicts(problem.conflicts).by_target, Counter[Source]()
    works: dict[tuple[SchoolToken, ClassToken], list[WorkId]] = {}
    for work in problem.works:
        works.setdefault((work.school, work.class_set), []).append(work.work)
    for (school, class_set), names in works.items():
        wide: dict[ExpertId, set[Source]] = {}
        for target in (OfSchool(school), OfClass(class_set)):
            for who, sources in index.get(target, {}).items():
                wide.setdefault(who, set()).update(sources)
        for who, all_sources in wide.items():
            found.update(dict.fromkeys(all_sources, len(names) if who in experts else 0))
        for name in names:
            for who, sources in index.get(OfWork(name), {}).items():
                found.update(set(sources) - wide.get(who, set()) if who in experts else ())
    return {source: found[source] for source in Source if found[source]}
