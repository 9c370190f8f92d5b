"""Works given out in parts: which experts mark which part, and the allocation of each part by itself. Pure but for the
flow that says whether a part has enough experts.

An expert marks one part only, and so never sees two parts of a work. Experts are shared out in proportion to what the
parts take: dealt school by school, each to the part that is furthest behind its share, so that every part has experts
of many schools. Where a part can't be given out to those it got, experts change places, as few as that takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from crosscheck.model import WHOLE, ExpertId, Part
from crosscheck.procedure import WorkPart
from packets.face import whole
from packets.flow import FREE, Enough, candidates, served
from packets.network import Network, network_of
from packets.problem import ExpertCapacity, Problem, cliques_of, hashed

_EFFORT = 20_000_000  # pairs of a group and an expert that are looked at before the search for other places ends
_MOST_FLOWS = 4000
_FEW = 40  # experts of each side who are tried for an exchange


@dataclass(frozen=True, slots=True)
class Share:
    """A part of every work. effort: what marking it takes, in the unit of the experts' capacities. pages: to read."""

    part: WorkPart
    effort: int
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Parting:
    """What an allocation is split into. whole: the effort of a whole work. placed: experts who marked a part before,
    and mark no other one."""

    shares: tuple[Share, ...]
    whole: int = 1
    placed: Mapping[ExpertId, Part] = field(default_factory=dict)

    @property
    def splits(self) -> bool:
        """Is anything less than a whole work given out?"""
        return self.shares[0].part.number != WHOLE


@dataclass(frozen=True, slots=True)
class PartProblem:
    """The allocation of one part to its own experts, in works of that part. effort, whole: of one of them, and of a
    whole work."""

    part: WorkPart
    problem: Problem
    effort: int = 1
    whole: int = 1

    def whole_works(self, works: int) -> int:
        """Whole works that take as much as so many of the part: a capacity as the table of experts states it."""
        return -(-works * self.effort // self.whole)


@dataclass(frozen=True, slots=True)
class Parted:
    """One allocation for each part. idle: experts who have room, but may mark none of the works. needed, room: what all
    parts take, and what the experts have left for it, in whole works; more than that no sharing out can give."""

    problems: tuple[PartProblem, ...]
    idle: tuple[ExpertId, ...] = ()
    needed: int = 0
    room: int = 0


def counted(expert: ExpertCapacity, effort: int) -> ExpertCapacity:
    """Capacity and load in works that take so much each: a work begun counts as one, a place that isn't whole as none.

    So an expert who may mark 40 whole works may mark 200 works of a part that is a fifth of them.
    """
    if effort == 1:
        return expert
    load = -(-expert.load // effort)
    return replace(expert, load=load, capacity=load + expert.room // effort)


def parted(problem: Problem, parting: Parting) -> Parted:
    """Split an allocation. `problem`: as of whole works, with capacities and loads of experts in units of effort."""
    if not parting.splits:
        return Parted((PartProblem(parting.shares[0].part, problem),))
    staff = _Staff(problem, parting)
    staff.deal()
    staff.mend()
    of_part = staff.chosen
    return Parted(
        tuple(_problem(problem, share, parting.whole, of_part) for share in parting.shares),
        tuple(e.expert for e in staff.experts if e.expert not in of_part and e.room),
        -(-staff.needed // parting.whole),
        sum(staff.room) // parting.whole,
    )


def _problem(problem: Problem, share: Share, whole: int, of_part: Mapping[ExpertId, Part]) -> PartProblem:
    experts = (e for e in problem.experts if of_part.get(e.expert) == share.part.number)
    own = replace(
        problem,
        works=tuple(replace(work, pages=share.pages) for work in problem.works),
        experts=tuple(counted(e, share.effort) for e in experts),
        tasks=share.part.tasks,
    )
    return PartProblem(share.part, own, share.effort, whole)


# --- who marks which part -----------------------------------------------------------------------


class _Staff:
    """Experts by number, and which part each has: the number of a share, or none."""

    def __init__(self, problem: Problem, parting: Parting) -> None:
        self._problem, self._shares, self._parting = problem, parting.shares, parting
        self._network = network_of(problem)
        self.experts = self._network.experts
        may = np.asarray(self._network.may(0, len(self._network.size)).any(axis=0)).tolist()
        least = min(share.effort for share in parting.shares)
        self.room = [e.room if may[at] and e.room >= least else 0 for at, e in enumerate(self.experts)]
        self.needs = [problem.reads * share.effort for share in parting.shares]
        self.needed = sum(self.needs)
        self._even = self._level()
        number = {share.part.number: at for at, share in enumerate(parting.shares)}
        self._fixed = {at for at, e in enumerate(self.experts) if e.expert in parting.placed}
        self._at: dict[int, int] = {at: number[parting.placed[self.experts[at].expert]] for at in self._fixed}
        self._known: dict[tuple[int, frozenset[int]], _Lack] = {}
        self._flows = 0

    @property
    def chosen(self) -> Mapping[ExpertId, Part]:
        return {self.experts[at].expert: self._shares[share].part.number for at, share in self._at.items()}

    def _level(self) -> list[int]:
        """What each expert would get if all loads were made as even as capacities let them."""
        low, high = 0, max((e.load + room for e, room in zip(self.experts, self.room, strict=True)), default=0)
        while low < high:
            middle = (low + high) // 2
            if sum(self._upto(middle)) >= self.needed:
                high = middle
            else:
                low = middle + 1
        return self._upto(low)

    def _upto(self, level: int) -> list[int]:
        return [max(0, min(room, level - e.load)) for e, room in zip(self.experts, self.room, strict=True)]

    # --- dealing ---

    def deal(self) -> None:
        """Each expert to the part that is furthest behind its share of what was dealt so far, school by school."""
        dealt = [self._dealt(share) for share in range(len(self._shares))]
        for at in self._in_order():
            upto = sum(dealt) + self._even[at]

            def behind(share: int, upto: int = upto, at: int = at) -> tuple[int, int]:
                tie = hashed(self._problem.seed, "part", str(self._shares[share].part.number), self.experts[at].expert)
                return self.needs[share] * upto - dealt[share] * self.needed, tie

            share = max(range(len(self._shares)), key=behind)
            self._at[at] = share
            dealt[share] += self._even[at]

    def _dealt(self, share: int) -> int:
        return sum(self._even[at] for at in self._members(share))

    def _in_order(self) -> list[int]:
        """Whoever is free, one school after another, schools and experts of a school in a hashed order."""
        seed, clique = self._problem.seed, cliques_of(self._problem)

        def place(at: int) -> tuple[int, str, int, str]:
            expert = self.experts[at].expert
            return hashed(seed, "school", clique[expert]), clique[expert], hashed(seed, "dealt", expert), expert

        return sorted((at for at, room in enumerate(self.room) if room and at not in self._fixed), key=place)

    def _members(self, share: int) -> list[int]:
        return sorted(at for at, of in self._at.items() if of == share)

    # --- changing places ---

    def mend(self) -> None:
        """Let experts change places until every part can be given out, or no single change helps."""
        while self._flows < self._most and self._improved():
            pass

    @cached_property
    def _most(self) -> int:
        pairs = max(1, len(self._network.size) * max(1, len(self.experts)) // len(self._shares))
        return max(len(self._shares) * 4, min(_MOST_FLOWS, _EFFORT // pairs))

    def _improved(self) -> bool:
        """Make the best single change for a part that lacks something; whether there was one."""
        if sum(self.room) < self.needed:
            return False  # whoever changes places, not all can be given out
        lacking = {share: self._lack(share, self._members(share)) for share in range(len(self._shares))}
        short = sorted((-lack.effort, share) for share, lack in lacking.items() if lack.effort)
        for _effort, share in short:
            for changes in (self._moves(share, lacking[share]), self._exchanges(share, lacking[share])):
                best = min(changes, default=None)
                if best is not None and best.gain < 0:
                    self._at.update(best.places)
                    return True
        return False

    def _moves(self, share: int, lack: _Lack) -> Iterator[_Change]:
        for at in self._helpers(share, lack):
            yield from self._change({at: share})

    def _exchanges(self, share: int, lack: _Lack) -> Iterator[_Change]:
        own = [at for at in self._members(share) if at not in self._fixed][:_FEW]
        for at in self._helpers(share, lack)[:_FEW]:
            for other in own:
                yield from self._change({at: share, other: self._at[at]})

    def _helpers(self, share: int, lack: _Lack) -> list[int]:
        """Experts of other parts who may mark what is lacking, from those parts first that have most beyond their
        share."""
        beyond = [self._dealt(of) - self.needs[of] for of in range(len(self._shares))]
        free = [at for at in self._in_order() if self._at.get(at, share) != share and at in lack.able]
        return sorted(free, key=lambda at: -beyond[self._at[at]])

    def _change(self, places: Mapping[int, int]) -> Iterator[_Change]:
        if self._flows >= self._most:
            return
        touched = sorted({*places.values(), *(self._at[at] for at in places)})
        before = sum(self._lack(share, self._members(share)).effort for share in touched)
        after = {**self._at, **places}
        members = {share: [at for at, of in after.items() if of == share] for share in touched}
        lacking = sum(self._lack(share, members[share]).effort for share in touched)
        uneven = sum(abs(sum(self._even[at] for at in members[share]) - self.needs[share]) for share in touched)
        yield _Change(lacking - before, uneven, tuple(sorted(places.items())))

    def _lack(self, share: int, members: Iterable[int]) -> _Lack:
        key = share, frozenset(members)
        if key not in self._known:
            self._flows += 1
            self._known[key] = _lack(self._network, sorted(key[1]), self.room, self._shares[share].effort)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class _Lack:
    """What a part can't give out to its experts: in units of effort. able: who, of all, may mark any of it."""

    effort: int
    able: frozenset[int]


@dataclass(frozen=True, slots=True, order=True)
class _Change:
    """Experts who change places, the better ones first: what is lacking then, how uneven it is."""

    gain: int
    uneven: int
    places: tuple[tuple[int, int], ...]


def _lack(network: Network, members: Sequence[int], room: Sequence[int], effort: int) -> _Lack:
    some = network.only_experts(members, [room[at] // effort for at in members])
    face = whole(some)
    found = served(some, face, candidates(some, face, FREE))
    if isinstance(found, Enough):
        return _Lack(0, frozenset())
    may = network.may(0, len(network.size))[found.blocked].any(axis=0)
    return _Lack((some.reads - found.served) * effort, frozenset(np.flatnonzero(may).tolist()))
