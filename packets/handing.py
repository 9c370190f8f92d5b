"""Works that a late expert takes over from those who have most: only as many as a person asks for. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from crosscheck.model import ExpertId
from packets.problem import Assignment
from packets.repair_check import after
from packets.situation import Situation, Slot


def handed_over(
    situation: Situation, given: Sequence[Assignment], late: frozenset[ExpertId], most: int
) -> tuple[Assignment, ...]:
    """At most so many works that didn't come back, each from whoever has most to the late one who has least, while
    that makes the loads more even. `given`: what was given anew already, which stays."""
    whole = list(after(situation, given))
    fixed = situation.returned | {(a.work, a.marking) for a in given}
    loads = Counter({e.expert: e.load for e in situation.experts})
    loads.update(a.expert for a in whole)
    found: list[Assignment] = []
    for _ in range(most):
        one = next(_choices(replace(situation, held=tuple(whole)), fixed, loads, late), None)
        if one is None:
            break
        at = next(n for n, a in enumerate(whole) if (a.work, a.marking) == (one.work, one.marking))
        loads.subtract([whole[at].expert])
        loads.update([one.expert])
        whole[at] = one
        fixed |= {(one.work, one.marking)}
        found.append(one)
    return tuple(sorted(found, key=lambda a: (a.work, a.marking)))


def _choices(
    situation: Situation, fixed: frozenset[Slot], loads: Counter[ExpertId], late: frozenset[ExpertId]
) -> Iterator[Assignment]:
    """Works to hand over, the best first."""
    of_expert: dict[ExpertId, list[Assignment]] = {}
    for a in situation.held:
        if (a.work, a.marking) not in fixed:
            of_expert.setdefault(a.expert, []).append(a)
    takers = sorted(late, key=lambda e: (loads[e], e))
    for giver in sorted(of_expert.keys() - late, key=lambda e: (-loads[e], e)):
        for taker in takers:
            if loads[giver] - loads[taker] > 1 and loads[taker] < situation.expert_of[taker].capacity:
                some = sorted(of_expert[giver], key=lambda a: (a.work, a.marking))
                yield from (replace(a, expert=taker) for a in some if _may(situation, a, taker))


def _may(situation: Situation, slot: Assignment, expert: ExpertId) -> bool:
    work = situation.work_of[slot.work]
    return (
        expert not in situation.unfit(slot.marking, work.school)
        and expert not in situation.bars.of(work)
        and not any(who == expert and marking != slot.marking for marking, who in work.had)
        and not any(
            situation.clash(expert, other.expert)
            for other in situation.readers[slot.work]
            if other.marking != slot.marking
        )
    )
