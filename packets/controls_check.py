"""Check control markings before they are recorded, without what chose them: every rule of the allocation holds for them
too, nobody has a work more than twice, and no capacity is overdrawn. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from crosscheck.model import WorkId, is_control
from packets.problem import Assignment, ExpertCapacity, Problem
from packets.rules import Rule
from packets.verify import Violation, mutual, unfit


def verify_controls(
    problem: Problem, experts: Sequence[ExpertCapacity], rows: Sequence[Assignment], controls: Sequence[Assignment]
) -> tuple[Violation, ...]:
    """Everything that is wrong with control markings beside the rows of an allocation. `experts`: with the capacities
    they really have."""
    works, known = {w.work: w for w in problem.works}, {e.expert: e for e in problem.experts}
    strange = [a for a in controls if a.work not in works or a.expert not in known or not is_control(a.marking)]
    if strange:
        return tuple(Violation(Rule.CONTROL, (a.work, a.expert)) for a in strange)
    return (
        *_twice(controls),
        *unfit(problem, works, known, controls),
        *mutual(problem, (*rows, *controls)),
        *_overdrawn(experts, rows, controls),
    )


def _twice(controls: Sequence[Assignment]) -> Iterator[Violation]:
    """A marking of a work that two have, or two control markings of one work with one expert."""
    slots = Counter((a.work, a.marking) for a in controls)
    pairs = Counter((a.work, a.expert) for a in controls)
    for a in controls:
        if slots[a.work, a.marking] > 1 or pairs[a.work, a.expert] > 1:
            yield Violation(Rule.CONTROL, (a.work, a.expert))


def _overdrawn(
    experts: Sequence[ExpertCapacity], rows: Sequence[Assignment], controls: Sequence[Assignment]
) -> Iterator[Violation]:
    taken = Counter(a.expert for a in (*rows, *controls))
    for expert in experts:
        if taken[expert.expert] > expert.room and any(a.expert == expert.expert for a in controls):
            yield Violation(Rule.CAPACITY, (expert.expert, str(expert.load + taken[expert.expert])))


def exemplars(rows: Sequence[Assignment], controls: Sequence[Assignment]) -> tuple[set[WorkId], int]:
    """Works that control markings show to experts who don't have them otherwise, and how many are of experts' own."""
    own = {(a.work, a.expert) for a in rows}
    again = sum((a.work, a.expert) in own for a in controls)
    return {a.work for a in controls if (a.work, a.expert) not in own}, again
