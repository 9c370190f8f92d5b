"""Check an allocation without the solver: coverage, and every hard rule row by row. `proof` checks the optimality.

Hard rules are read from the problem itself and not from the groups or the flow, so that a mistake there is seen here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from crosscheck.conflicts import OfClass, OfSchool, OfWork, index_conflicts
from crosscheck.model import ClassToken, ExpertId, MutualMarking, SchoolToken, WorkId
from packets.bounds import not_bounded
from packets.directions import directions_of
from packets.problem import (
    Assignment,
    Bounded,
    ExpertCapacity,
    Problem,
    SchoolPairs,
    Solution,
    Unproven,
    WorkToAssign,
)
from packets.proof import not_proven
from packets.rules import Rule


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule and the ids it is about: works, markings, experts."""

    rule: Rule
    about: tuple[str, ...]


def verify(problem: Problem, solution: Solution) -> tuple[Violation, ...]:
    """Everything that is wrong with the allocation; empty when it may be printed.

    Optimality is checked only when no hard rule is broken. An `Unproven` certificate claims nothing and passes.
    """
    works = {w.work: w for w in problem.works}
    experts = {e.expert: e for e in problem.experts}
    found = [*_strangers(works, experts, solution), *_coverage(problem, solution)]
    if found:
        return tuple(found)
    found += unfit(problem, works, experts, solution.assignments)
    found += _teams(problem, experts, solution)
    found += _loads(problem, solution)
    found += mutual(problem, solution.assignments)
    if solution.seed != problem.seed:
        found.append(Violation(Rule.SEED, (str(solution.seed),)))
    return tuple(found or _optimality(problem, solution))


def _strangers(
    works: dict[WorkId, WorkToAssign], experts: dict[ExpertId, ExpertCapacity], solution: Solution
) -> Iterator[Violation]:
    for a in solution.assignments:
        if a.work not in works:
            yield Violation(Rule.UNKNOWN_WORK, (a.work,))
        if a.expert not in experts:
            yield Violation(Rule.UNKNOWN_EXPERT, (a.expert,))


def _coverage(problem: Problem, solution: Solution) -> Iterator[Violation]:
    given = Counter((a.work, a.marking) for a in solution.assignments)
    asked = {(w.work, marking) for w in problem.works for marking in problem.markings}
    for work, marking in sorted(asked - given.keys()):
        yield Violation(Rule.NOT_ASSIGNED, (work, str(marking)))
    for work, marking in sorted(given.keys() - asked):
        yield Violation(Rule.NOT_ASKED, (work, str(marking)))
    for (work, marking), times in sorted(given.items()):
        if times > 1:
            yield Violation(Rule.ASSIGNED_TWICE, (work, str(marking)))


def unfit(
    problem: Problem,
    works: dict[WorkId, WorkToAssign],
    experts: dict[ExpertId, ExpertCapacity],
    rows: Sequence[Assignment],
) -> Iterator[Violation]:
    """May each expert have the work at all?"""
    kept_from = _kept_from(problem)
    strange = {e.expert for e in problem.experts if e.status not in problem.statuses}
    for a in rows:
        work, expert, pair = works[a.work], experts[a.expert], (a.work, a.expert)
        if a.expert in kept_from(work):
            yield Violation(Rule.CONFLICT, pair)
        if a.expert in work.barred:
            yield Violation(Rule.BARRED, pair)
        if a.expert in strange:
            yield Violation(Rule.STATUS, pair)
        match problem.who:
            case SchoolPairs(pairs) if pairs.isdisjoint((work.school, own) for own in expert.schools):
                yield Violation(Rule.PAIR, pair)
        if problem.different_schools and expert.schools & work.used_schools:
            yield Violation(Rule.USED_SCHOOL, pair)


def _teams(problem: Problem, experts: dict[ExpertId, ExpertCapacity], solution: Solution) -> Iterator[Violation]:
    """May those who have the same work meet on it?"""
    readers: dict[WorkId, list[ExpertCapacity]] = {}
    for a in solution.assignments:
        readers.setdefault(a.work, []).append(experts[a.expert])
    for name, together in readers.items():
        for one, other in combinations(together, 2):
            if one.expert == other.expert:
                yield Violation(Rule.SAME_EXPERT, (name, one.expert))
            elif problem.different_schools and one.schools & other.schools:
                yield Violation(Rule.SAME_SCHOOL, (name, one.expert, other.expert))


def _kept_from(problem: Problem) -> Callable[[WorkToAssign], frozenset[ExpertId]]:
    """Whom conflicts keep from a work. Looked up once for all works of a class-set, which is most of them."""
    index = index_conflicts(problem.conflicts)
    single = {target.work for target in index.by_target if isinstance(target, OfWork)}
    origins: dict[tuple[SchoolToken, ClassToken], frozenset[ExpertId]] = {}

    def kept_from(work: WorkToAssign) -> frozenset[ExpertId]:
        origin = (work.school, work.class_set)
        if origin not in origins:
            of_school, of_class = OfSchool(work.school), OfClass(work.class_set)
            origins[origin] = index.experts_barred_from(of_school) | index.experts_barred_from(of_class)
        found = origins[origin]
        return found | index.experts_barred_from(OfWork(work.work)) if work.work in single else found

    return kept_from


def mutual(problem: Problem, rows: Sequence[Assignment]) -> Iterator[Violation]:
    """Two schools that mark each other, here or together with what was allocated before."""
    if problem.mutual is not MutualMarking.NEVER:
        return
    used = directions_of(problem, rows)
    for school, other in sorted(used):
        if (other, school) in problem.directions or (school < other and (other, school) in used):
            yield Violation(Rule.MUTUAL, (school, other))


def _loads(problem: Problem, solution: Solution) -> Iterator[Violation]:
    new = Counter(a.expert for a in solution.assignments)
    for expert in problem.experts:
        if new[expert.expert] > max(0, expert.capacity - expert.load):
            yield Violation(Rule.CAPACITY, (expert.expert, str(expert.load + new[expert.expert])))
    if solution.loads != tuple(sorted((e.expert, e.load + new[e.expert]) for e in problem.experts)):
        yield Violation(Rule.LOADS, ())


def _optimality(problem: Problem, solution: Solution) -> Iterator[Violation]:
    if solution.objective != sum(load * load for _, load in solution.loads):
        yield Violation(Rule.OBJECTIVE, (str(solution.objective),))
    claim = solution.certificate
    if isinstance(claim, Unproven):
        return
    found = list(not_proven(problem, solution.assignments, claim))
    if isinstance(claim, Bounded):
        found += not_bounded(problem, claim)
    for level, rule in found:
        yield Violation(rule, (level,))
