"""Give anew what can't stay with whom it is, and change nothing else while that is possible.

The markings that are gone are a small allocation of their own: the same solver, with loads as they are and each work
saying who else reads it. Works that lost several markings come first, because their new markers may not meet; the
many others then even the loads out. Where that leaves loads less even than counting says they could be, all are
decided together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import heapify, heappop, heappush

from crosscheck.model import ExpertId, Marking, SchoolToken, WorkId
from packets.errors import AllocationUndecided
from packets.moving import Blocked, least_moves
from packets.problem import Assignment, ExpertCapacity, Infeasible, Problem, Proven, Solution, WorkToAssign
from packets.situation import Situation, Slot, StandingWork, Why, gone
from packets.solve import solve_few

NOBODY = "nobody-"  # how places that nobody fills are named; no code of an expert has a dash


@dataclass(frozen=True, slots=True)
class Part:
    """A small allocation, solved and proven by itself."""

    problem: Problem
    solution: Solution


@dataclass(frozen=True, slots=True)
class Repair:
    """What changes.

    gone: slots that could not stay, and why. moved: kept ones that had to make room. given: their new experts, in the
    order of slots. parts: the small allocations behind them, one after another.
    reserved: whether the reserve was kept. even: whether no repair with the same changes leaves the loads more even.
    """

    gone: Mapping[Slot, Why]
    moved: tuple[Slot, ...]
    given: tuple[Assignment, ...]
    parts: tuple[Part, ...]
    reserved: bool
    even: bool


@dataclass(frozen=True, slots=True)
class Impossible:
    """No way to give everything anew, whatever is moved. `problem` is an allocation that there isn't either, for
    `packets.explain`; `fewer` of its markings are places that nobody fills."""

    problem: Problem


def repair(situation: Situation) -> Repair | Impossible:
    """New experts for everything that is gone: as few changes as possible, and loads as even as these allow.

    The reserve is given up before anything is moved that could stay. Raises what `solve_few` raises.
    """
    freed, reserve = gone(situation), any(situation.reserve.values())
    bare = replace(situation, reserve={})
    if (found := _solved(situation, sorted(freed))) is not None:
        return _repair(situation, freed, (), found, reserved=True)
    if reserve and (found := _solved(bare, sorted(freed))) is not None:
        return _repair(situation, freed, (), found, reserved=False)
    moves = least_moves(bare, frozenset(freed))
    if isinstance(moves, Blocked):
        return Impossible(_everything(bare))
    found = _solved(bare, sorted((*freed, *moves)))
    if found is None:  # experts of several schools, whom the search for moves doesn't see through
        raise AllocationUndecided(works=len(freed))
    return _repair(situation, freed, tuple(sorted(moves)), found, reserved=not reserve)


@dataclass(frozen=True, slots=True)
class _Found:
    rows: Mapping[Slot, Assignment]
    parts: tuple[Part, ...]
    even: bool


def _repair(
    situation: Situation, freed: Mapping[Slot, Why], moved: tuple[Slot, ...], found: _Found, *, reserved: bool
) -> Repair:
    given = tuple(row for slot, row in sorted(found.rows.items()) if row.expert != situation.holder(slot))
    return Repair(freed, moved, given, found.parts, reserved, found.even)


def _everything(situation: Situation) -> Problem:
    """Whatever didn't come back, given out anew."""
    slots = sorted((a.work, a.marking) for a in situation.held if (a.work, a.marking) not in situation.returned)
    return _Small(situation, slots).problem(_together(situation, slots))


# --- deciding -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One work of a small allocation: markings of a work that are decided together."""

    work: StandingWork
    markings: tuple[Marking, ...]


def _together(situation: Situation, slots: Sequence[Slot]) -> list[Item]:
    """All slots of a work together that ask for the same status."""
    found: dict[tuple[WorkId, int], tuple[Marking, ...]] = {}
    status = {marking: len(situation.unqualified(marking)) for marking in {marking for _work, marking in slots}}
    for work, marking in slots:
        key = (work, status[marking])
        found[key] = (*found.get(key, ()), marking)
    return [Item(situation.work_of[work], markings) for (work, _status), markings in found.items()]


def _solved(situation: Situation, slots: Sequence[Slot]) -> _Found | None:
    """New experts for these slots, everything else staying; None when there are none."""
    items = _together(situation, slots)
    times = Counter(item.work.work for item in items)
    several = [item for item in items if len(item.markings) > 1 or times[item.work.work] > 1]
    if not several:
        return _decided(situation, slots, [items])
    of_one = {item.work.work: item for item in reversed(several)}
    first = list(of_one.values())[::-1]
    found = _decided(situation, slots, [first, [item for item in items if of_one.get(item.work.work) is not item]])
    if (found is not None and found.even) or len(first) < len(several):
        return found
    return _decided(situation, slots, [items]) or found


def _decided(situation: Situation, slots: Sequence[Slot], passes: Sequence[Sequence[Item]]) -> _Found | None:
    """One pass after another, each among what those before decided."""
    small = _Small(situation, slots)
    least = _least_squares(small, len(slots))
    parts = []
    for items in passes:
        problem = small.problem(items)
        solution = solve_few(problem)
        if isinstance(solution, Infeasible):
            return None
        small.take(items, solution)
        parts.append(Part(problem, solution))
    proven = len(parts) == 1 and isinstance(parts[0].solution.certificate, Proven)
    return _Found(small.rows, tuple(parts), proven or small.squares() == least)


def _least_squares(start: _Small, slots: int) -> int:
    """The sum of squared loads of those who are there, if anybody could have any slot."""
    free = [(start.kept[e.expert], start.kept[e.expert] + start.room(e)) for e in start.present]
    full = sum(load * load for load, top in free if load >= top)
    heap = [one for one in free if one[0] < one[1]]
    heapify(heap)
    for _slot in range(slots):
        if not heap:
            return -1
        load, top = heappop(heap)
        if load + 1 < top:
            heappush(heap, (load + 1, top))
        else:
            full += top * top
    return full + sum(load * load for load, _top in heap)


# --- the small allocation -----------------------------------------------------------------------


class _Small:
    """Problems of some slots, beside everything that stays and what was decided since."""

    def __init__(self, situation: Situation, slots: Sequence[Slot]) -> None:
        self._situation = situation
        self._freed = frozenset(slots)
        self.present = [e for e in situation.experts if e.expert not in situation.absent]
        self.kept = situation.loads.copy()
        self.kept.subtract(map(situation.holder, slots))
        self.rows: dict[Slot, Assignment] = {}
        # Of thousands of works there are few different sets, and a set is compared with itself in no time.
        self._unfit, self._kept_from = cache(situation.unfit), cache(self._barred_and_used)

    def room(self, expert: ExpertCapacity) -> int:
        """What an expert can still take."""
        reserve = self._situation.reserve.get(expert.expert, 0)
        return max(0, expert.capacity - reserve - self.kept[expert.expert])

    def squares(self) -> int:
        return sum(self.kept[e.expert] ** 2 for e in self.present)

    def take(self, items: Sequence[Item], solution: Solution) -> None:
        """Remember what was decided. Raises AllocationUndecided where a search left a place of nobody empty."""
        teams: dict[WorkId, list[ExpertId]] = {item.work.work: [] for item in items}
        for a in solution.assignments:
            if not a.expert.startswith(NOBODY):
                teams[a.work].append(a.expert)
        for item in items:
            name, team = item.work.work, teams[item.work.work]
            if len(team) != len(item.markings):
                raise AllocationUndecided(works=len(items))
            for marking, expert in zip(item.markings, team, strict=True):
                self.rows[name, marking] = Assignment(name, marking, expert)
                self.kept[expert] += 1

    def problem(self, items: Sequence[Item]) -> Problem:
        """The allocation of some items among everybody who is there.

        Where items have different numbers of markings, those with fewer get the rest from places that nobody fills:
        empty ones, so that the wish for even loads fills them first.
        """
        most = max((len(item.markings) for item in items), default=1)
        fewer = Counter(n for item in items for n in range(most - len(item.markings))) if most > 1 else {}
        shift = len(items) if fewer else 0
        experts = [
            replace(e, capacity=self.kept[e.expert] + self.room(e) + shift, load=self.kept[e.expert] + shift)
            for e in self.present
        ]
        experts += [ExpertCapacity(ExpertId(f"{NOBODY}{n}"), frozenset(), fewer[n]) for n in sorted(fewer)]
        nobody = [frozenset(ExpertId(f"{NOBODY}{n}") for n in range(some, len(fewer))) for some in range(most + 1)]
        situation = self._situation
        return Problem(
            works=tuple(self._work(item, nobody[most - len(item.markings)]) for item in items),
            experts=tuple(experts),
            markings=tuple(Marking(n + 1) for n in range(most)),
            different_schools=situation.different_schools,
            conflicts=situation.of_origins.union(*(situation.of_works.get(item.work.work, ()) for item in items)),
            seed=situation.seed,
            spread=situation.spread,
            wishes=situation.wishes,
            tasks=situation.tasks,
        )

    def _work(self, item: Item, nobody: frozenset[ExpertId]) -> WorkToAssign:
        work = item.work
        barred, used = self._kept_from(self._others(item), self._unfit(item.markings[0], work.school), nobody)
        if work.had:
            barred |= {expert for marking, expert in work.had if item.markings != (marking,)}
        return WorkToAssign(work.work, work.school, work.class_set, barred, used, work.pages)

    def _barred_and_used(
        self, others: tuple[ExpertId, ...], unfit: frozenset[ExpertId], nobody: frozenset[ExpertId]
    ) -> tuple[frozenset[ExpertId], frozenset[SchoolToken]]:
        """Experts, and schools of experts, to be kept from a work that others have, too."""
        barred = nobody.union(others, unfit)
        if not self._situation.different_schools or not others:
            return barred, frozenset()
        return barred, frozenset().union(*[self._situation.expert_of[other].schools for other in others])

    def _others(self, item: Item) -> tuple[ExpertId, ...]:
        """Who has other markings of the work for certain."""
        found = []
        for a in self._situation.readers[item.work.work]:
            slot = (a.work, a.marking)
            if slot not in self._freed:
                found.append(a.expert)
            elif slot in self.rows:
                found.append(self.rows[slot].expert)
        return tuple(found)
