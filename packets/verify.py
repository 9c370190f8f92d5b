"""Check an allocation without the solver: coverage, and every hard rule row by row. `proof` checks the optimality.

Hard rules are read from the problem itself and not from the groups or the flow, so that a mistake there is seen here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from crosscheck.conflicts import OfClass, OfSchool, OfWork, index_conflicts
from crosscheck.model import ClassToken, ExpertId, MutualMarking, SchoolToken, WorkId
from packets.bounds import not_bounded
from packets.directions import directions_of
from packets.problem import Bounded, ExpertCapacity, Problem, Solution, Unproven, WorkToAssign
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
    found += _rows(problem, works, experts, solution)
    found += _loads(problem, solution)
    found += _mutual(problem, solution)
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


def _rows(
    problem: Problem,
    works: dict[WorkId, WorkToAssign],
    experts: dict[ExpertId, ExpertCapacity],
    solution: Solution,
) -> Iterator[Violation]:
    index = index_conflicts(problem.conflicts)
    readers: dict[WorkId, list[ExpertCapacity]] = {}
    origins: dict[tuple[SchoolToken, ClassToken], frozenset[ExpertId]] = {}
    for a in solution.assignments:
        work, expert = works[a.work], experts[a.expert]
        readers.setdefault(a.work, []).append(expert)
        origin = (work.school, work.class_set)
        if origin not in origins:
            origins[origin] = index.experts_barred_from(OfSchool(origin[0])) | index.experts_barred_from(
                OfClass(origin[1])
            )
        if a.expert in origins[origin] or a.expert in index.experts_barred_from(OfWork(a.work)):
            yield Violation(Rule.CONFLICT, (a.work, a.expert))
        for rule in _broken(problem, work, expert):
            yield Violation(rule, (a.work, a.expert))
    for name, together in readers.items():
        for one, other in combinations(together, 2):
            if one.expert == other.expert:
                yield Violation(Rule.SAME_EXPERT, (name, one.expert))
            elif problem.different_schools and one.schools & other.schools:
                yield Violation(Rule.SAME_SCHOOL, (name, one.expert, other.expert))


def _broken(problem: Problem, work: WorkToAssign, expert: ExpertCapacity) -> Iterator[Rule]:
    if expert.expert in work.barred:
        yield Rule.BARRED
    if expert.status not in problem.statuses:
        yield Rule.STATUS
    if problem.different_schools and expert.schools & work.used_schools:
        yield Rule.USED_SCHOOL


def _mutual(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Two schools that mark each other, here or together with what was allocated before."""
    if problem.mutual is not MutualMarking.NEVER:
        return
    used = directions_of(problem, solution.assignments)
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
