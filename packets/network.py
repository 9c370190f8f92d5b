"""The allocation in numbers: groups of interchangeable works, experts, what each level of importance costs.

A plain description that solver and verifier both read; nothing here decides anything. Pure.

Flow from groups to experts, the nodes in the order in which a read passes them:

* A group sends `works x markings` reads. To one expert at most one read of each work can go.
* A gate bounds what a group sends to experts of one part, who may never meet on a work: one read of each work.
* A lane is a school seen by an expert. Its first places cost nothing; more cost, so that a school's works spread.
* Places of an expert cost more and more (the place from load n to n+1 costs 2n+1): the least sum is the most even.

Levels, each optimal only among what is optimal at all earlier ones: even loads, spread, the problem's wishes in their
order, then hashed ties, until a single allocation is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from crosscheck.conflicts import ConflictIndex, OfClass, OfSchool, OfWork, index_conflicts
from crosscheck.model import ClassToken, ExpertId, SchoolToken
from packets.costs import Table, Wish
from packets.directions import answering_schools
from packets.problem import (
    AnySchool,
    Direction,
    ExpertCapacity,
    Group,
    Problem,
    Together,
    WorkToAssign,
    cliques_of,
    hashed,
    paired,
    sorted_experts,
)

BALANCE, SPREAD, TIES = "balance", "spread", "ties"
TIE_BITS = 20
NO_CLASS_SET = ClassToken("")

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint8]
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Everything by number. works and experts are in id order; groups in the order of their first work.

    group_of: group of each work. size, school: works and school of each group. class_set: of each group, where
    class-sets are looked at one by one.
    part: of each expert. room: works each expert can still take; load: works each has already.
    allowed: which experts may mark a group, eight to a byte.
    steps: for each school, places in a lane that cost less than 0, 1, 2, ... each, cumulated; the last is all works.
    salts: numbers of groups and experts that depend on the seed and their names only.
    """

    works: tuple[WorkToAssign, ...]
    experts: tuple[ExpertCapacity, ...]
    schools: tuple[SchoolToken, ...]
    markings: int
    seed: int
    group_of: Ints
    size: Ints
    school: Ints
    class_set: tuple[ClassToken, ...]
    part: Ints
    room: Ints
    load: Ints
    allowed: Bits
    steps: Ints
    salts: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]

    @property
    def reads(self) -> int:
        return int(self.size.sum()) * self.markings

    @property
    def parts(self) -> int:
        return int(self.part.max(initial=-1)) + 1

    def may(self, first: int, after: int) -> Truth:
        """Which experts may mark the groups from `first` to before `after`, as (groups, experts)."""
        return unpacked(self.allowed[first:after], len(self.experts))

    def only(self, groups: list[int]) -> Network:
        """The same with some groups only; works and `group_of` stay as they were."""
        some = np.array(groups, dtype=np.int64)
        return replace(
            self,
            size=self.size[some],
            school=self.school[some],
            class_set=tuple(self.class_set[at] for at in groups) if self.class_set else (),
            allowed=self.allowed[some],
            salts=(self.salts[0][some], self.salts[1]),
        )

    def only_experts(self, some: Sequence[int], room: Sequence[int]) -> Network:
        """The same with some experts only, by number, and other room for each."""
        chosen = np.array(some, dtype=np.int64)
        may = self.may(0, len(self.size))[:, chosen]
        return replace(
            self,
            experts=tuple(self.experts[at] for at in some),
            part=self.part[chosen],
            room=np.array(room, dtype=np.int64),
            load=self.load[chosen],
            allowed=np.packbits(may, axis=1),
            salts=(self.salts[0], self.salts[1][chosen]),
        )

    def without(self, pairs: Ints) -> Network:
        """The same with some pairs (`group * experts + expert`) barred."""
        may = self.may(0, len(self.size))
        may.reshape(-1)[pairs] = False
        return replace(self, allowed=np.packbits(may, axis=1))

    def without_directions(self, closed: Iterable[Direction]) -> Network:
        """The same with directions (school of the work, school of the expert) barred."""
        of_school: dict[SchoolToken, list[int]] = {}
        for at, expert in enumerate(self.experts):
            for school in expert.schools:
                of_school.setdefault(school, []).append(at)
        number = {school: at for at, school in enumerate(self.schools)}
        shut = np.zeros((len(self.schools), len(self.experts)), np.bool_)
        for school, other in closed:
            if school in number:
                shut[number[school], of_school.get(other, [])] = True
        bars = np.packbits(shut, axis=1)
        return replace(self, allowed=self.allowed & ~bars[self.school])

    def group(self, at: int) -> Group:
        """A group with its ids."""
        works = tuple(self.works[w] for w in np.flatnonzero(self.group_of == at).tolist())
        allowed = tuple(self.experts[e].expert for e in np.flatnonzero(self.may(at, at + 1)[0]).tolist())
        return Group(self.schools[int(self.school[at])], works, allowed)


def unpacked(bits: Bits, columns: int) -> Truth:
    """Rows of bits as truth values."""
    return np.unpackbits(bits, axis=1, count=columns).astype(np.bool_)


def network_of(problem: Problem) -> Network:
    """The numbers of a problem."""
    works = tuple(sorted(problem.works, key=lambda w: w.work))
    experts = sorted_experts(problem)
    schools = tuple(sorted({w.school for w in works}))
    number = {school: at for at, school in enumerate(schools)}
    names = cliques_of(problem)
    parts = {name: at for at, name in enumerate(sorted(set(names.values())))}
    group_of, firsts, allowed = _grouped(problem, works, experts)
    sizes = Counter(w.school for w in works)
    salts = (
        [hashed(problem.seed, works[first].school, works[first].work) for first in firsts],
        [hashed(problem.seed, e.expert) for e in experts],
    )
    steps = [(0, *spread_steps(sizes[school], len(problem.markings), problem.spread)) for school in schools]
    return Network(
        works,
        experts,
        schools,
        len(problem.markings),
        problem.seed,
        group_of,
        size=np.bincount(group_of, minlength=len(firsts)).astype(np.int64),
        school=_ints(number[works[first].school] for first in firsts),
        class_set=tuple(works[first].class_set for first in firsts) if problem.together is Together.CLASS_SET else (),
        part=_ints(parts[names[e.expert]] for e in experts),
        room=_ints(e.room for e in experts),
        load=_ints(e.load for e in experts),
        allowed=allowed,
        steps=np.array(steps, dtype=np.int64).reshape(len(schools), -1) if steps else np.zeros((0, 2), np.int64),
        salts=(np.array(salts[0], dtype=np.uint64), np.array(salts[1], dtype=np.uint64)),
    )


def _ints(numbers: object) -> Ints:
    return np.array(list(numbers), dtype=np.int64)  # type: ignore[call-overload]


def _grouped(
    problem: Problem, works: tuple[WorkToAssign, ...], experts: tuple[ExpertCapacity, ...]
) -> tuple[Ints, list[int], Bits]:
    """Group of each work, first work of each group, allowed experts of each group as bits."""
    index = index_conflicts(problem.conflicts)
    allowed_for = _rules(problem, index, experts)
    single = {target.work for target in index.by_target if isinstance(target, OfWork)}
    by_rules: dict[tuple[object, ...], int] = {}
    by_allowed: dict[tuple[SchoolToken, ClassToken, bytes], int] = {}
    alone = problem.together is Together.CLASS_SET
    group_of, firsts = [0] * len(works), list[int]()
    for at, work in enumerate(works):
        barred = work.barred | index.experts_barred_from(OfWork(work.work)) if work.work in single else work.barred
        rules = (work.school, work.class_set, barred, work.used_schools)
        group = by_rules.get(rules, -1)
        if group < 0:
            alike = (work.school, work.class_set if alone else NO_CLASS_SET, allowed_for(work, barred))
            group = by_allowed.setdefault(alike, len(firsts))
            if group == len(firsts):
                firsts.append(at)
            by_rules[rules] = group
        group_of[at] = group
    bits = np.frombuffer(b"".join(allowed for *_, allowed in by_allowed), dtype=np.uint8)
    return _ints(group_of), firsts, bits.reshape(len(firsts), -(-len(experts) // 8))


def _rules(
    problem: Problem, index: ConflictIndex, experts: tuple[ExpertCapacity, ...]
) -> Callable[[WorkToAssign, frozenset[ExpertId]], bytes]:
    """For a work and those barred from it alone: who may mark it, as bits."""
    wide = -(-len(experts) // 8)
    bit = {e.expert: 1 << (8 * wide - 1 - at) for at, e in enumerate(experts)}
    answering = answering_schools(problem)
    qualified = _bits(bit, (e.expert for e in experts if e.status in problem.statuses))
    of_school: dict[SchoolToken, int] = {}
    for expert in experts:
        for school in expert.schools:
            of_school[school] = of_school.get(school, 0) | bit[expert.expert]

    @cache
    def fit(school: SchoolToken, class_set: ClassToken) -> int:
        gone = index.experts_barred_from(OfSchool(school)) | index.experts_barred_from(OfClass(class_set))
        return qualified & together(school) & ~_bits(bit, gone)

    @cache
    def together(school: SchoolToken) -> int:
        if isinstance(problem.who, AnySchool):
            return -1  # a region has a hundred million pairs of a school and an expert
        return _bits(bit, (e.expert for e in experts if paired(problem, school, e)))

    @cache
    def kept_from(barred: frozenset[ExpertId], used: frozenset[SchoolToken]) -> int:
        gone = _bits(bit, barred)
        for school in used:
            gone |= of_school.get(school, 0)
        return gone

    def allowed(work: WorkToAssign, barred: frozenset[ExpertId]) -> bytes:
        gone = kept_from(barred, work.used_schools if problem.different_schools else frozenset())
        if work.school in answering:
            gone |= kept_from(frozenset(), answering[work.school])
        return (fit(work.school, work.class_set) & ~gone).to_bytes(wide, "big")

    return allowed


def _bits(bit: Mapping[ExpertId, int], some: Iterable[ExpertId]) -> int:
    found = 0
    for expert in some:
        found |= bit.get(expert, 0)
    return found


def spread_steps(works: int, markings: int, spread: int) -> tuple[int, ...]:
    """Places in a lane, cumulated: within the n-th number the wish for `spread >> n` experts is kept.

    With at most the first number of reads each, the reads of a school reach at least `spread` experts.
    """
    reads = works * markings
    steps: list[int] = []
    wanted = spread
    while wanted > 1:
        most = max(1, min(-(-reads // wanted), (reads - 1) // (wanted - 1)))
        steps.append(min(most, works))
        wanted //= 2
    return (*steps, works)


# --- what a pair costs --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PairCosts:
    """Cost of one read of a group by an expert: tables, single additions, or a hash of the two."""

    experts: int
    tables: tuple[tuple[Ints, Ints, npt.NDArray[np.integer]], ...] = ()
    extra: tuple[Ints, Ints] | None = None  # sorted `group * experts + expert`, and their costs
    salts: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]] | None = None

    def block(self, first: int, after: int) -> Ints:
        """Costs of the groups from `first` to before `after`, as (groups, experts)."""
        found = np.zeros((after - first, self.experts), dtype=np.int64)
        for rows, columns, values in self.tables:
            found += np.take(values[rows[first:after]], columns, axis=1)
        if self.extra is not None:
            keys, costs = self.extra
            low, high = np.searchsorted(keys, (first * self.experts, after * self.experts))
            found.reshape(-1)[keys[low:high] - first * self.experts] += costs[low:high]
        if self.salts is not None:
            found += _mixed(self.salts[0][first:after, None] + self.salts[1][None, :])
        return found

    def at(self, groups: Ints, experts: Ints) -> Ints:
        """Costs of single pairs."""
        found = np.zeros(len(groups), dtype=np.int64)
        for rows, columns, values in self.tables:
            found += values[rows[groups], columns[experts]]
        if self.extra is not None and len(self.extra[0]):
            keys, wanted = self.extra[0], groups * self.experts + experts
            places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            found += np.where(keys[places] == wanted, self.extra[1][places], 0)
        if self.salts is not None:
            found += _mixed(self.salts[0][groups] + self.salts[1][experts])
        return found


def _mixed(numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The finalizer of MurmurHash3: every bit of the input changes every bit of the output."""
    numbers = numbers ^ (numbers >> np.uint32(16))
    numbers *= np.uint32(0x85EBCA6B)
    numbers ^= numbers >> np.uint32(13)
    numbers *= np.uint32(0xC2B2AE35)
    numbers ^= numbers >> np.uint32(16)
    return numbers >> np.uint32(32 - TIE_BITS)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One level of importance: what it costs. Exactly one of the three is priced: pairs, lanes or places."""

    name: str
    pairs: PairCosts | None = None

    @property
    def lanes(self) -> bool:
        return self.name == SPREAD

    @property
    def places(self) -> bool:
        return self.name == BALANCE


def levels_of(problem: Problem, network: Network) -> tuple[Level, ...]:
    """Every level before the ties, the most important first."""
    wishes = (Level(f"wish {wish.name}", _pair_costs(network, wish)) for wish in problem.wishes)
    return (Level(BALANCE), Level(SPREAD), *wishes)


def tie_level(network: Network, number: int) -> Level:
    """The last level; a further number is needed only while more than one allocation is left."""
    return Level(f"{TIES} {number}", ties_of(network, number))


def ties_of(network: Network, number: int) -> PairCosts:
    """A hashed choice among equals, another one for every seed and number."""
    factor = np.uint64((0x9E3779B97F4A7C15 * (2 * number + 1)) % 2**64)
    groups, experts = ((salts * factor >> np.uint64(32)).astype(np.uint32) for salts in network.salts)
    return PairCosts(len(network.experts), salts=(groups, experts))


def _pair_costs(network: Network, wish: Wish) -> PairCosts:
    tables = tuple(_table(network, table) for table in wish.tables)
    return PairCosts(len(network.experts), tables, _extra(network, wish.extra) if wish.extra else None)


def _table(network: Network, table: Table) -> tuple[Ints, Ints, npt.NDArray[np.integer]]:
    high, wide = table.values.shape
    rows = _ints(table.rows.get(school, high) for school in network.schools)[network.school]
    if network.class_set:
        rows = np.minimum(rows, _ints(table.class_sets.get(name, high) for name in network.class_set))
    columns = _ints(table.columns.get(e.expert, wide) for e in network.experts)
    values = table.values
    if (rows == high).any() or (columns == wide).any():
        values = np.pad(values, ((0, 1), (0, 1)))  # who isn't listed costs nothing
    return rows, columns, values


def _extra(network: Network, extra: Mapping[tuple[SchoolToken, ExpertId], int]) -> tuple[Ints, Ints]:
    number = {e.expert: at for at, e in enumerate(network.experts)}
    groups: dict[SchoolToken, list[int]] = {}
    for at, school in enumerate(network.school.tolist()):
        groups.setdefault(network.schools[school], []).append(at)
    found = sorted(
        (group * len(number) + number[expert], cost)
        for (school, expert), cost in extra.items()
        if expert in number
        for group in groups.get(school, ())
    )
    return _ints(key for key, _ in found), _ints(cost for _, cost in found)
