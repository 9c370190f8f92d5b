"""How works stand on check day: who has which marking, what came back, who is there. And what has to be given anew.

Pure values. A slot is one marking of one work.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from operator import attrgetter

from crosscheck.conflicts import Conflict, ConflictIndex, OfClass, OfSchool, OfWork, index_conflicts
from crosscheck.model import ClassToken, ExpertId, Marking, SchoolToken, Status, TaskId, WorkId
from packets.costs import Wish
from packets.problem import DEFAULT_SPREAD, Assignment, ExpertCapacity

Slot = tuple[WorkId, Marking]
Had = frozenset[tuple[Marking, ExpertId]]
_ALL: frozenset[Status] = frozenset(Status)
_NOBODY: frozenset[ExpertId] = frozenset()


class Why(enum.Enum):
    """Why a marking has to be given to somebody else."""

    ABSENT = "absent"  # the expert isn't there
    CONFLICT = "conflict"  # the expert may not mark this work
    TOGETHER = "together"  # two markers of the work are one person, or of one school


@dataclass(frozen=True, slots=True)
class StandingWork:
    """A work that was given out. had: whom a marking of it was taken back from earlier, and which one; pages: how many
    there are to read."""

    work: WorkId
    school: SchoolToken
    class_set: ClassToken
    had: Had = frozenset()
    pages: int = 1


@dataclass(frozen=True)
class Situation:
    """Everything that was given out, as it stands.

    experts: everybody who has or may get something, with the capacity of the whole day; load: works they have beside
    those of `held`. held: one expert for each slot. returned: slots of which something came back; they stay.
    absent: experts who get nothing and keep only what they returned. statuses: who may give a marking, where not all.
    reserve: places of an expert to be left free while that is possible. unpaired: whom the scheme of a marking keeps
    from the works of a school; what such experts have already stays. wishes, tasks: as in `packets.problem`.
    """

    works: tuple[StandingWork, ...]
    experts: tuple[ExpertCapacity, ...]
    held: tuple[Assignment, ...]
    returned: frozenset[Slot] = frozenset()
    absent: frozenset[ExpertId] = frozenset()
    conflicts: frozenset[Conflict] = frozenset()
    different_schools: bool = True
    statuses: Mapping[Marking, frozenset[Status]] = field(default_factory=dict)
    reserve: Mapping[ExpertId, int] = field(default_factory=dict)
    unpaired: Mapping[tuple[Marking, SchoolToken], frozenset[ExpertId]] = field(default_factory=dict)
    wishes: tuple[Wish, ...] = ()
    seed: int = 0
    spread: int = DEFAULT_SPREAD
    tasks: tuple[TaskId, ...] = ()

    @cached_property
    def work_of(self) -> Mapping[WorkId, StandingWork]:
        return {w.work: w for w in self.works}

    @cached_property
    def expert_of(self) -> Mapping[ExpertId, ExpertCapacity]:
        return {e.expert: e for e in self.experts}

    @cached_property
    def readers(self) -> Mapping[WorkId, tuple[Assignment, ...]]:
        """The standing markings of each work, in the order of markings."""
        found: dict[WorkId, tuple[Assignment, ...]] = {}
        for one in self.held:
            before = found.get(one.work)
            if before is None:
                found[one.work] = (one,)
            elif before[-1].marking <= one.marking:
                found[one.work] = (*before, one)
            else:
                found[one.work] = tuple(sorted((*before, one), key=attrgetter("marking")))
        return found

    @cached_property
    def loads(self) -> Counter[ExpertId]:
        """Works of every expert."""
        found = Counter(map(attrgetter("expert"), self.held))
        found.update({e.expert: e.load for e in self.experts})
        return found

    def holder(self, slot: Slot) -> ExpertId:
        """Who has a slot."""
        for a in self.readers[slot[0]]:
            if a.marking == slot[1]:
                return a.expert
        raise KeyError(slot)

    @cached_property
    def bars(self) -> Bars:
        return Bars(index_conflicts(self.conflicts))

    @cached_property
    def of_works(self) -> Mapping[WorkId, list[Conflict]]:
        """Conflicts with single works, by work."""
        found: dict[WorkId, list[Conflict]] = {}
        for one in self.conflicts:
            if isinstance(one.target, OfWork):
                found.setdefault(one.target.work, []).append(one)
        return found

    @cached_property
    def of_origins(self) -> frozenset[Conflict]:
        """All other conflicts: with schools and class-sets."""
        return self.conflicts.difference(*self.of_works.values())

    def qualified(self, marking: Marking) -> frozenset[Status]:
        """Statuses that may give a marking."""
        return self.statuses.get(marking, _ALL)

    def unqualified(self, marking: Marking) -> frozenset[ExpertId]:
        """Experts of other statuses."""
        return self._unqualified.get(marking, _NOBODY)

    @cached_property
    def _unqualified(self) -> Mapping[Marking, frozenset[ExpertId]]:
        return {
            marking: frozenset(e.expert for e in self.experts if e.status not in statuses)
            for marking, statuses in self.statuses.items()
        }

    def unfit(self, marking: Marking, school: SchoolToken) -> frozenset[ExpertId]:
        """Experts of other statuses, or whom the scheme keeps from works of this school."""
        unpaired = self.unpaired.get((marking, school))
        return self.unqualified(marking) | unpaired if unpaired else self.unqualified(marking)

    @cached_property
    def never_with(self) -> Mapping[ExpertId, frozenset[str]]:
        """What no two readers of a work may have in common, for each expert."""
        if not self.different_schools:
            return {e.expert: frozenset((e.expert,)) for e in self.experts}
        return {e.expert: e.schools or frozenset((e.expert,)) for e in self.experts}

    def clash(self, one: ExpertId, other: ExpertId) -> bool:
        """May these two never mark the same work?"""
        return one == other or not self.never_with[one].isdisjoint(self.never_with[other])


class Bars:
    """Who may not mark a work because of a conflict, asked often."""

    def __init__(self, index: ConflictIndex) -> None:
        self._index = index
        self._of_works = {target.work for target in index.by_target if isinstance(target, OfWork)}
        self._origins: dict[tuple[SchoolToken, ClassToken], frozenset[ExpertId]] = {}

    def of(self, work: StandingWork) -> frozenset[ExpertId]:
        """Everybody barred from a work."""
        found = self._of_origin(work.school, work.class_set)
        return found | self.single(work.work) if work.work in self._of_works else found

    def of_all(self, works: Iterable[StandingWork]) -> Mapping[WorkId, frozenset[ExpertId]]:
        """Everybody barred from each of some works."""
        found, origins = dict[WorkId, frozenset[ExpertId]](), self._origins
        for work in works:
            some = origins.get((work.school, work.class_set))
            found[work.work] = self._of_origin(work.school, work.class_set) if some is None else some
        for name in self._of_works & found.keys():
            found[name] |= self.single(name)
        return found

    def _of_origin(self, school: SchoolToken, class_set: ClassToken) -> frozenset[ExpertId]:
        found = self._origins.get((school, class_set))
        if found is None:
            found = self._index.experts_barred_from(OfSchool(school))
            found |= self._index.experts_barred_from(OfClass(class_set))
            self._origins[school, class_set] = found
        return found

    def single(self, work: WorkId) -> frozenset[ExpertId]:
        """Those barred from this one work by name."""
        return self._index.experts_barred_from(OfWork(work)) if work in self._of_works else _NOBODY


def gone(situation: Situation) -> dict[Slot, Why]:
    """Slots that can't stay with whom they are, in the order of their names, each with its reason.

    Whatever came back stays, even where it should never have been marked by this expert.
    """
    found = _alone(situation)
    for work in _doubtful(situation):
        found.update(_together(situation, [a for a in situation.readers[work] if (work, a.marking) not in found]))
    return dict(sorted(found.items()))


def _alone(situation: Situation) -> dict[Slot, Why]:
    absent, barred = situation.absent, situation.bars.of_all(situation.works)
    leaving = [a for a in situation.held if a.expert in absent or a.expert in barred[a.work]]
    return {
        (a.work, a.marking): Why.ABSENT if a.expert in absent else Why.CONFLICT
        for a in leaving
        if (a.work, a.marking) not in situation.returned
    }


def _doubtful(situation: Situation) -> list[WorkId]:
    """Works that two read who may not meet."""
    never, found = situation.never_with, []
    for work, some in situation.readers.items():
        if len(some) == 2:  # nearly all, and there are many
            meet = never[some[0].expert].isdisjoint(never[some[1].expert])
        else:
            meet = all(never[one.expert].isdisjoint(never[other.expert]) for one, other in combinations(some, 2))
        if not meet:
            found.append(work)
    return found


def _together(situation: Situation, readers: list[Assignment]) -> Iterator[tuple[Slot, Why]]:
    """Of two who may not meet the one who returned nothing goes, of two such the later marking."""
    kept: list[Assignment] = []
    for one in sorted(readers, key=lambda a: ((a.work, a.marking) not in situation.returned, a.marking)):
        slot = (one.work, one.marking)
        if slot not in situation.returned and any(situation.clash(one.expert, other.expert) for other in kept):
            yield slot, Why.TOGETHER
        else:
            kept.append(one)
