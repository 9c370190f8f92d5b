"""What is to be allocated: works, experts, rules, wishes; and what comes of it. Pure values."""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from crosscheck.conflicts import Conflict
from crosscheck.model import ClassToken, ExpertId, Marking, MutualMarking, SchoolToken, Status, TaskId, WorkId
from packets.costs import Wish
from packets.errors import BadMarkings, BadSpread, DuplicateExpert, DuplicateWork, NegativeCapacity

DEFAULT_SPREAD = 8

Direction = tuple[SchoolToken, SchoolToken]  # works of the first school are marked by experts of the second


@dataclass(frozen=True, slots=True)
class WorkToAssign:
    """A work that needs every marking of the problem.

    barred: experts who may not get it, beside the problem's conflicts (whoever has read it already).
    used_schools: schools of whoever has read it; asked only when markers must be of different schools.
    pages: how many there are to read; among works that are alike otherwise, experts' pages are made even.
    """

    work: WorkId
    school: SchoolToken
    class_set: ClassToken
    barred: frozenset[ExpertId] = frozenset()
    used_schools: frozenset[SchoolToken] = frozenset()
    pages: int = 1


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
class AnySchool:
    """Experts of every school may mark the works of every other one."""


@dataclass(frozen=True, slots=True)
class SchoolPairs:
    """Works of a school are marked by experts of certain schools only: (school of the work, school of the expert).

    An expert of several schools may mark what any of them may. Nobody marks the works of a school in no pair.
    """

    pairs: frozenset[tuple[SchoolToken, SchoolToken]]


Who = AnySchool | SchoolPairs


class Together(enum.Enum):
    """What of the works of a school counts as alike: any of them, or those of one class-set only, so that class-sets
    can be kept whole."""

    SCHOOL = "school"
    CLASS_SET = "class_set"


@dataclass(frozen=True, slots=True)
class Problem:
    """One allocation: every work gets every one of `markings`, each from another expert.

    different_schools: no two markers of a work share any school.
    who: whose experts may mark whose works; conflicts forbid more.
    together: which works are alike; costs may name class-sets only where these are looked at one by one.
    spread: the works of a school should reach at least so many experts; a wish, given up step by step.
    wishes: costs to keep low, the most important first; they come after even loads and spread.
    seed: chooses among allocations that are equally good.
    mutual: with NEVER, no two schools mark each other; an expert of several schools counts for each.
    directions: who marks whom already, by earlier allocations; asked only with NEVER.
    tasks: only these of every work are marked; empty: the whole work.
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
    wishes: tuple[Wish, ...] = ()
    who: Who = AnySchool()
    together: Together = Together.SCHOOL
    mutual: MutualMarking = MutualMarking.ALLOWED
    directions: frozenset[Direction] = frozenset()
    tasks: tuple[TaskId, ...] = ()

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
class LevelProof:
    """Why no other allocation is better at one level without being worse at an earlier one.

    One integer (potential) for each group and each expert of `packets.network.network_of`, in its order; the sink
    has 0. A gate (group, part) has its group's, a lane (school, expert) its expert's, unless it is listed with
    another one as (group, part, potential) or (school, expert, potential), all by number.
    cost: what the allocation costs at this level.
    """

    level: str
    cost: int
    groups: tuple[int, ...]
    experts: tuple[int, ...]
    gates: tuple[tuple[int, int, int], ...] = ()
    lanes: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """Proof of optimality, level by level in the order of importance; checked by `packets.verify`."""

    levels: tuple[LevelProof, ...]


@dataclass(frozen=True, slots=True)
class Unproven:
    """Every hard rule holds, but it isn't proven that no better allocation exists."""

    reason: str


@dataclass(frozen=True, slots=True)
class Split:
    """Two cases, one of which every allocation is: no expert of `other` marks works of `one`, or the other way round.

    Schools by number, as in `packets.network`.
    """

    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Potentials that price a case, as in `LevelProof`; those of lanes follow from them.

    earlier: what a unit of each earlier level's cost counts.
    """

    groups: tuple[int, ...]
    experts: tuple[int, ...]
    gates: tuple[tuple[int, int, int], ...]
    earlier: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LevelBound:
    """No allocation without schools that mark each other costs less than `bound` at this level, unless it costs more
    at an earlier one.

    scale: what a unit of this level's cost counts in the prices. cases: a tree in preorder, each split followed by its
    first case, then by its second; the leaves are prices.
    """

    level: str
    bound: int
    scale: int
    cases: tuple[Split | Prices, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A level that costs `cost`, where no choice of directions gives less than `bound`."""

    level: str
    cost: int
    bound: int

    @property
    def share(self) -> float:
        """How much less than the cost the bound is, as a share of the cost."""
        return (self.cost - self.bound) / self.cost


@dataclass(frozen=True, slots=True)
class Bounded:
    """Between two schools only one direction may be used, and which ones are best is hard to prove.

    levels: proof that nothing is better as long as the directions `closed` aren't used. bounds: for each level before
    the ties, what no other choice of directions can be better than.
    """

    levels: tuple[LevelProof, ...]
    closed: tuple[Direction, ...]
    bounds: tuple[LevelBound, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Levels whose cost isn't proven to be the least over all directions."""
        pairs = zip(self.levels, self.bounds, strict=False)
        return tuple(Gap(level.level, level.cost, b.bound) for level, b in pairs if b.bound < level.cost)


Certificate = Proven | Bounded | Unproven


@dataclass(frozen=True, slots=True)
class Solution:
    """An allocation. assignments are sorted by work and marking.

    loads: total load of each expert (earlier load included), sorted by expert.
    objective: the sum of squared loads, which is what matters most; the other levels are in the certificate.
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


def levels_proven(certificate: Certificate) -> tuple[LevelProof, ...]:
    """The levels whose optimality is proven: over everything, or for the chosen directions."""
    return () if isinstance(certificate, Unproven) else certificate.levels


def directions_closed(certificate: Certificate) -> tuple[Direction, ...]:
    """Directions that the proof keeps unused."""
    return certificate.closed if isinstance(certificate, Bounded) else ()


def is_optimal(certificate: Certificate) -> bool:
    """Is it proven that nothing is better?"""
    return isinstance(certificate, Proven) or (isinstance(certificate, Bounded) and not certificate.gaps)


@dataclass(frozen=True, slots=True)
class Group:
    """Interchangeable works of one school (in id order) and the experts who may mark them (in id order)."""

    school: SchoolToken
    works: tuple[WorkToAssign, ...]
    allowed: tuple[ExpertId, ...]


def sorted_experts(problem: Problem) -> tuple[ExpertCapacity, ...]:
    """Experts in id order: nothing may depend on the order of the input."""
    return tuple(sorted(problem.experts, key=lambda e: e.expert))


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


def paired(problem: Problem, school: SchoolToken, expert: ExpertCapacity) -> bool:
    """Do the pairs of schools let this expert mark works of that school?"""
    match problem.who:
        case AnySchool():
            return True
        case SchoolPairs(pairs):
            return any((school, own) in pairs for own in expert.schools)


def clash(problem: Problem, first: ExpertCapacity, second: ExpertCapacity) -> bool:
    """May these two never mark the same work?"""
    return first.expert == second.expert or (problem.different_schools and not first.schools.isdisjoint(second.schools))


def hashed(seed: int, *names: str) -> int:
    """64 bits that look random but depend on nothing but the seed and the names."""
    # Each name carries its length, so that ("ab", "c") and ("a", "bc") differ.
    text = str(seed) + "".join(f"|{len(name)}:{name}" for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
