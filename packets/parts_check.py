"""Check works given out in parts, beside what `packets.verify` says of each part: every part of every work once, nobody
in two parts, nobody beyond the capacity that counts over all of them. Not a line of it shares experts out. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosscheck.model import ExpertId, Part, TaskId
from crosscheck.procedure import WorkPart
from packets.parting import Parting
from packets.problem import Problem, Solution
from packets.rules import Rule
from packets.verify import Violation

Given = tuple[WorkPart, Problem, Solution]


def verify_parts(problem: Problem, parting: Parting, given: Sequence[Given]) -> tuple[Violation, ...]:
    """Everything that is wrong between the parts; empty when they may be recorded together. `problem`: of whole works,
    with capacities and loads in units of effort."""
    return (*_coverage(problem, parting, given), *_one_part(parting, given), *_capacity(problem, parting, given))


def apart(given: Sequence[tuple[Problem, Solution]]) -> tuple[Violation, ...]:
    """Who marks two parts of works, in allocations of parts that were exported one by one."""
    marks: dict[ExpertId, tuple[TaskId, ...]] = {}
    found = []
    for problem, solution in given:
        for expert in sorted({a.expert for a in solution.assignments} if problem.tasks else ()):
            if marks.setdefault(expert, problem.tasks) != problem.tasks:
                found.append(Violation(Rule.OTHER_PART, (expert, ", ".join(problem.tasks))))
    return tuple(found)


def _coverage(problem: Problem, parting: Parting, given: Sequence[Given]) -> Iterator[Violation]:
    asked = [share.part for share in parting.shares]
    for part in asked:
        if [of for of, _problem, _solution in given].count(part) != 1:
            yield Violation(Rule.NOT_ONE_PART, (", ".join(part.tasks),))
    works = {work.work for work in problem.works}
    for part, own, solution in given:
        whole = not parting.splits and own is problem
        tasks = part in asked and own.tasks == (part.tasks if parting.splits else ())
        same = {work.work for work in own.works} == works and own.markings == problem.markings
        rules = own.conflicts == problem.conflicts and own.different_schools == problem.different_schools
        rows = sorted((a.work, a.marking) for a in solution.assignments)
        every = sorted((work, marking) for work in works for marking in problem.markings)
        if not (whole or (tasks and same and rules)) or rows != every:
            yield Violation(Rule.NOT_ONE_PART, (", ".join(part.tasks),))


def _one_part(parting: Parting, given: Sequence[Given]) -> Iterator[Violation]:
    """Whoever gets works of a part marked none of another one, here or before."""
    marks: dict[ExpertId, Part] = dict(parting.placed)
    for part, _problem, solution in given:
        for expert in sorted({a.expert for a in solution.assignments}):
            if marks.setdefault(expert, part.number) != part.number:
                yield Violation(Rule.OTHER_PART, (expert, ", ".join(part.tasks)))


def _capacity(problem: Problem, parting: Parting, given: Sequence[Given]) -> Iterator[Violation]:
    effort = {share.part: share.effort for share in parting.shares}
    taken: dict[ExpertId, int] = {}
    for part, _problem, solution in given:
        for a in solution.assignments:
            taken[a.expert] = taken.get(a.expert, 0) + effort.get(part, parting.whole)
    for expert in problem.experts:
        if taken.get(expert.expert, 0) > expert.room:
            load = -(-(expert.load + taken[expert.expert]) // parting.whole)
            yield Violation(Rule.CAPACITY, (expert.expert, str(load)))
