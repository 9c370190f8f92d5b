"""What is to be allocated: works, experts, rules. Pure values, and the groups of interchangeable works.

Works of one school that the same experts may mark are interchangeable: swapping two of them changes neither
a load nor a rule. The exact problem therefore shrinks from works x experts to groups x experts.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from crosscheck.conflicts import Conflict, ConflictIndex, OfClass, OfSchool, OfWork, index_conflicts
from crosscheck.model import ClassToken, ExpertId, Marking, SchoolToken, Status, WorkId
from packets.errors import BadMarkings, BadSpread, DuplicateExpert, DuplicateWork, NegativeCapacity

DEFAULT_SPREAD = 8


@dataclass(frozen=True, slots=True)
class WorkToAssign:
    """A work that needs every marking of the problem.

    barred: experts who may not get it, beside the problem's conflicts (whoever has read it already).
    used_schools: schools of whoever has read it; asked only when markers must be of different schools.
    """

    work: WorkId
    school: SchoolToken
    class_set: ClassToken
    barred: frozenset[ExpertId] = frozenset()
    used_schools: frozenset[SchoolToken] = frozenset()


@dataclass(frozen=True, slots=True)
class ExpertCapacity:
    """capacity: works the expert may get in all; load: works the expert has already (counts towards balance)."""

    expert: ExpertId
    schools: frozenset[SchoolToken]
    capacity: int
    load: int = 0
    status: Status = Status.ORDINARY

    @property
    def room(self) -> int:
        """Works the expert can still take."""
        return max(0, self.capacity - self.load)


@dataclass(frozen=True, slots=True)
class Problem:
    """One allocation: every work gets every one of `markings`, each from another expert.

    different_schools: no two markers of a work share any school.
    spread: the works of a school should reach at least so many experts; a wish, given up step by step.
    seed: chooses among allocations that are equally good.
    Raises DuplicateWork, DuplicateExpert, BadMarkings, NegativeCapacity, BadSpread.
    """

    works: tuple[WorkToAssign, ...]
    experts: tuple[ExpertCapacity, ...]
    markings: tuple[Marking, ...]
    different_schools: bool = True
    statuses: frozenset[Status] = frozenset(Status)
    conflicts: frozenset[Conflict] = frozenset()
    seed: int = 0
    spread: int = DEFAULT_SPREAD

    def __post_init__(self) -> None:
        for work in _repeated(w.work for w in self.works):
            raise DuplicateWork(work=work)
        for name in _repeated(e.expert for e in self.experts):
            raise DuplicateExpert(expert=name)
        if not self.markings or len(set(self.markings)) != len(self.markings):
            raise BadMarkings(markings=", ".join(map(str, self.markings)) or "none")
        for expert in self.experts:
            if expert.capacity < 0 or expert.load < 0:
                raise NegativeCapacity(expert=expert.expert, capacity=expert.capacity, load=expert.load)
        if self.spread < 1:
            raise BadSpread(spread=self.spread)

    @property
    def reads(self) -> int:
        """How many assignments are to be made."""
        return len(self.works) * len(self.markings)


_T = TypeVar("_T")


def _repeated(names: Iterable[_T]) -> list[_T]:
    return [name for name, times in Counter(names).items() if times > 1]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One expert gives one marking of one work."""

    work: WorkId
    marking: Marking
    expert: ExpertId


@dataclass(frozen=True, slots=True)
class Potentials:
    """Proof of optimality: one integer for each node of `packets.network.network_of`, in its order."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unproven:
    """Every hard rule holds, but it isn't proven that no better balanced allocation exists."""

    reason: str


Certificate = Potentials | Unproven


@dataclass(frozen=True, slots=True)
class Solution:
    """An allocation. assignments are sorted by work and marking.

    loads: total load of each expert (earlier load included), sorted by expert.
    objective: cost in the units of `packets.network`, recomputed by `packets.verify`.
    """

    assignments: tuple[Assignment, ...]
    loads: tuple[tuple[ExpertId, int], ...]
    objective: int
    certificate: Certificate
    seed: int


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No allocation exists. `reads` are needed; `packets.explain` says what blocks them."""

    reads: int


@dataclass(frozen=True, slots=True)
class Group:
    """Interchangeable works of one school (in id order) and the experts who may mark them (in id order)."""

    school: SchoolToken
    works: tuple[WorkToAssign, ...]
    allowed: tuple[ExpertId, ...]


def sorted_experts(problem: Problem) -> tuple[ExpertCapacity, ...]:
    """Experts in id order: nothing may depend on the order of the input."""
    return tuple(sorted(problem.experts, key=lambda e: e.expert))


def groups_of(problem: Problem) -> tuple[Group, ...]:
    """Groups of interchangeable works, in the order of their first work."""
    index = index_conflicts(problem.conflicts)
    of_school: dict[SchoolToken, set[ExpertId]] = {}
    for expert in problem.experts:
        for school in expert.schools:
            of_school.setdefault(school, set()).add(expert.expert)
    qualified = frozenset(e.expert for e in problem.experts if e.status in problem.statuses)
    by_rules: dict[tuple[object, ...], tuple[ExpertId, ...]] = {}
    members: dict[tuple[SchoolToken, tuple[ExpertId, ...]], list[WorkToAssign]] = {}
    for work in sorted(problem.works, key=lambda w: w.work):
        barred = work.barred | index.experts_barred_from(OfWork(work.work))
        used = work.used_schools if problem.different_schools else frozenset()
        rules = (work.school, work.class_set, barred, used)
        if rules not in by_rules:
            gone = barred | _barred_by_origin(index, work)
            gone = gone.union(*(of_school.get(school, set()) for school in used))
            by_rules[rules] = tuple(sorted(qualified - gone))
        members.setdefault((work.school, by_rules[rules]), []).append(work)
    return tuple(Group(school, tuple(works), allowed) for (school, allowed), works in members.items())


def _barred_by_origin(index: ConflictIndex, work: WorkToAssign) -> frozenset[ExpertId]:
    return index.experts_barred_from(OfSchool(work.school)) | index.experts_barred_from(OfClass(work.class_set))


def cliques_of(problem: Problem) -> Mapping[ExpertId, str]:
    """A part for every expert, such that two experts of one part may never meet on a work.

    Without `different_schools` everybody is a part. Otherwise a part is a school: an expert of several is
    counted to the one with most experts. Who shares only another school is in different parts, so the parts
    are a necessary condition; `packets.rows` makes it exact.
    """
    if not problem.different_schools:
        return {e.expert: f"expert {e.expert}" for e in problem.experts}
    size = Counter(school for e in problem.experts for school in e.schools)
    return {
        e.expert: "school " + max(e.schools, key=lambda s: (size[s], s)) if e.schools else f"expert {e.expert}"
        for e in problem.experts
    }


def clash(problem: Problem, first: ExpertCapacity, second: ExpertCapacity) -> bool:
    """May these two never mark the same work?"""
    return first.expert == second.expert or (problem.different_schools and not first.schools.isdisjoint(second.schools))


def hashed(seed: int, *names: str) -> int:
    """64 bits that look random but depend on nothing but the seed and the names."""
    # Each name carries its length, so that ("ab", "c") and ("a", "bc") differ.
    text = str(seed) + "".join(f"|{len(name)}:{name}" for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def interleaved(seed: int, works: Sequence[WorkToAssign]) -> tuple[WorkToAssign, ...]:
    """Works in an order in which every class-set is spread evenly; inside a class-set by hash."""
    classes: dict[ClassToken, list[WorkToAssign]] = {}
    for work in sorted(works, key=lambda w: (hashed(seed, w.work), w.work)):
        classes.setdefault(work.class_set, []).append(work)
    placed = [
        ((2 * at + 1) * (1 << 32) // len(members), name, work)
        for name, members in classes.items()
        for at, work in enumerate(members)
    ]
    return tuple(work for _, _, work in sorted(placed, key=lambda place: place[:2]))
