"""Check a repair without the solver: every rule on everything given out, nothing returned moved, no change too many.

Rules are read from the situation itself, work by work, and not from the small allocation that was solved. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from crosscheck.model import ExpertId, WorkId
from packets.problem import Assignment
from packets.rules import Rule
from packets.situation import Situation, Slot, Why, gone
from packets.verify import Violation


def after(situation: Situation, given: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """Everything given out as it stands with these changes."""
    new = {(a.work, a.marking): a for a in given}
    return tuple(new.get((a.work, a.marking), a) for a in situation.held)


def verify_repair(situation: Situation, given: Sequence[Assignment]) -> tuple[Violation, ...]:
    """Everything that is wrong with new experts for some slots; empty when it may be recorded.

    What was wrong before and can't be changed, because it came back already, is no violation of the repair.
    """
    found = [*_coverage(situation, given), *_strangers(situation, given)]
    if found:
        return tuple(found)
    whole = after(situation, given)
    changed = {(a.work, a.marking) for a in given}
    return (*_rows(situation, whole, changed), *_teams(situation, whole), *_loads(situation, whole, given))


def _coverage(situation: Situation, given: Sequence[Assignment]) -> Iterator[Violation]:
    held = {(a.work, a.marking): a.expert for a in situation.held}
    for slot, times in sorted(Counter((a.work, a.marking) for a in given).items()):
        if slot not in held:
            yield Violation(Rule.NOT_ASKED, (slot[0], str(slot[1])))
        elif slot in situation.returned:
            yield Violation(Rule.RETURNED, (slot[0], str(slot[1])))
        elif times > 1:
            yield Violation(Rule.ASSIGNED_TWICE, (slot[0], str(slot[1])))
    for a in given:
        if held.get((a.work, a.marking)) == a.expert:
            yield Violation(Rule.UNCHANGED, (a.work, str(a.marking), a.expert))
    stays = {(a.work, a.marking) for a in situation.held if a.expert in situation.absent} - situation.returned
    for work, marking in sorted(stays - {(a.work, a.marking) for a in given}):
        yield Violation(Rule.NOT_ASSIGNED, (work, str(marking)))


def _strangers(situation: Situation, given: Sequence[Assignment]) -> Iterator[Violation]:
    for a in given:
        if a.expert not in situation.expert_of or a.expert in situation.absent:
            yield Violation(Rule.UNKNOWN_EXPERT, (a.expert,))


def _rows(situation: Situation, whole: Sequence[Assignment], changed: set[Slot]) -> Iterator[Violation]:
    for a in whole:
        slot, work = (a.work, a.marking), situation.work_of[a.work]
        if slot in situation.returned:
            continue
        if a.expert in situation.bars.of(work):
            yield Violation(Rule.CONFLICT, (a.work, a.expert))
        if slot in changed:
            if situation.expert_of[a.expert].status not in situation.qualified(a.marking):
                yield Violation(Rule.STATUS, (a.work, a.expert))
            if a.expert in situation.unpaired.get((a.marking, work.school), ()):
                yield Violation(Rule.PAIR, (a.work, a.expert))
            if any(expert == a.expert and marking != a.marking for marking, expert in work.had):
                yield Violation(Rule.BARRED, (a.work, a.expert))


def _teams(situation: Situation, whole: Sequence[Assignment]) -> Iterator[Violation]:
    readers: dict[WorkId, list[Assignment]] = {}
    for a in whole:
        readers.setdefault(a.work, []).append(a)
    for work, together in readers.items():
        for one, other in combinations(together, 2):
            if {(work, one.marking), (work, other.marking)} <= situation.returned:
                continue
            if situation.clash(one.expert, other.expert):
                rule = Rule.SAME_EXPERT if one.expert == other.expert else Rule.SAME_SCHOOL
                yield Violation(rule, (work, one.expert, other.expert))


def _loads(situation: Situation, whole: Sequence[Assignment], given: Sequence[Assignment]) -> Iterator[Violation]:
    loads = Counter(a.expert for a in whole)
    for expert in sorted({a.expert for a in given}):
        stands = situation.expert_of[expert]
        if (load := stands.load + loads[expert]) > stands.capacity:
            yield Violation(Rule.CAPACITY, (expert, str(load)))


def fewest(situation: Situation) -> int:
    """No repair changes fewer slots than this: everything that is gone, and one kept slot for each of those that finds
    no place while all others stay where they are.

    A kept slot that makes room asks for a place itself, so moving one helps one. Where two markers may not meet it is
    open which of them goes: then what is gone is counted, and nothing else.
    """
    freed = gone(situation)
    if Why.TOGETHER in freed.values():
        return len(freed)
    return len(freed) + len(freed) - _served(situation, sorted(freed))


def _served(situation: Situation, slots: Sequence[Slot]) -> int:
    """How many of these slots find an expert at once, one by one along augmenting paths."""
    freed = frozenset(slots)
    kept = Counter({e.expert: e.load for e in situation.experts})
    kept.update(a.expert for a in situation.held if (a.work, a.marking) not in freed)
    room = {e.expert: e.capacity - kept[e.expert] for e in situation.experts if e.expert not in situation.absent}
    takers = {slot: [e for e in sorted(room) if _takes(situation, slot, e, freed)] for slot in slots}
    has: dict[ExpertId, list[Slot]] = {e: [] for e in room}
    return sum(_placed(slot, takers, has, room) for slot in slots)


def _takes(situation: Situation, slot: Slot, expert: ExpertId, freed: frozenset[Slot]) -> bool:
    work = situation.work_of[slot[0]]
    others = (a.expert for a in situation.readers[slot[0]] if (a.work, a.marking) not in freed)
    return (
        expert not in situation.bars.of(work)
        and expert not in situation.unfit(slot[1], work.school)
        and not any(situation.clash(expert, other) for other in others)
    )


def _placed(
    slot: Slot,
    takers: Mapping[Slot, Sequence[ExpertId]],
    has: dict[ExpertId, list[Slot]],
    room: Mapping[ExpertId, int],
) -> bool:
    """Find a place for one more slot, others going from expert to expert; breadth first."""
    came: dict[ExpertId, tuple[Slot, ExpertId | None]] = {}
    queue: list[tuple[Slot, ExpertId | None]] = [(slot, None)]
    for wanting, giver in queue:
        for expert in takers[wanting]:
            if expert in came:
                continue
            came[expert] = (wanting, giver)
            if len(has[expert]) < room[expert]:
                _handed_on(expert, came, has)
                return True
            queue += [(held, expert) for held in has[expert]]
    return False


def _handed_on(
    expert: ExpertId, came: Mapping[ExpertId, tuple[Slot, ExpertId | None]], has: dict[ExpertId, list[Slot]]
) -> None:
    at: ExpertId | None = expert
    while at is not None:
        wanting, giver = came[at]
        has[at].append(wanting)
        if giver is not None:
            has[giver].remove(wanting)
        at = giver
