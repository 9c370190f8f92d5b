"""Why there is no allocation: the works that block it, who may mark them, and how much these can take."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from crosscheck.i18n import N_, gettext
from crosscheck.model import ExpertId, SchoolToken
from packets.cut import cut_of
from packets.errors import AllocationUndecided
from packets.problem import Group, Infeasible, Problem, cliques_of, groups_of
from packets.solve import solve


class Reason(enum.Enum):
    """What is short."""

    NOBODY = "nobody"  # not one expert may mark them
    ROOM = "room"  # the experts' capacity
    EXPERTS = "experts"  # different experts for the markings of a work
    SCHOOLS = "schools"  # experts of different schools for the markings of a work


@dataclass(frozen=True, slots=True)
class Blocking:
    """A set of works that can't be allocated even if all others are left out.

    Irreducible: without any one of its groups the rest can be. reads are needed; the experts who may mark
    any of the works can give at most `capacity` of them.
    """

    reason: Reason
    works: int
    groups: tuple[Group, ...]
    reads: int
    experts: tuple[ExpertId, ...]
    capacity: int

    @property
    def schools(self) -> tuple[SchoolToken, ...]:
        """Schools the works are from."""
        return tuple(sorted({group.school for group in self.groups}))


@dataclass(frozen=True, slots=True)
class NothingBlocks:
    """An allocation exists."""


Explanation = Blocking | NothingBlocks

_SENTENCES = {
    Reason.NOBODY: N_(
        "Nobody may mark some works (works: {works}, schools they are from: {schools}): every expert is barred from "
        "them or has another status than the one asked for."
    ),
    Reason.ROOM: N_(
        "Too little capacity (works: {works}, schools they are from: {schools}, markings needed: {reads}): the experts "
        "who may mark these works (experts: {experts}) have room for only {capacity}."
    ),
    Reason.EXPERTS: N_(
        "Too few experts (works: {works}, schools they are from: {schools}, markings needed: {reads}): those who may "
        "mark these works (experts: {experts}) can give only {capacity}, because every marking of a work needs another "
        "expert."
    ),
    Reason.SCHOOLS: N_(
        "Too few schools of experts (works: {works}, schools they are from: {schools}, markings needed: {reads}): "
        "those who may mark these works (experts: {experts}) can give only {capacity}, because the markers of a work "
        "must be of different schools."
    ),
}


def explain(problem: Problem) -> Explanation:
    """The smallest set of groups found that blocks the allocation (irreducible, not always the least in number)."""
    groups = groups_of(problem)
    cut = _served(problem, groups)
    if cut < _needed(problem, groups):
        near = cut_of(groups, len(problem.markings), _room(problem), cliques_of(problem)).blocked
        return _blocking(problem, _irreducible(near, lambda kept: _served(problem, kept) < _needed(problem, kept)))
    if not _impossible(problem, groups):
        return NothingBlocks()
    return _blocking(problem, _irreducible(groups, lambda kept: _impossible(problem, kept)))


def sentence(blocking: Blocking) -> str:
    """What blocks, in the language in use."""
    return gettext(_SENTENCES[blocking.reason]).format(
        works=blocking.works,
        schools=len(blocking.schools),
        reads=blocking.reads,
        experts=len(blocking.experts),
        capacity=blocking.capacity,
    )


def _room(problem: Problem) -> dict[ExpertId, int]:
    return {e.expert: e.room for e in problem.experts}


def _needed(problem: Problem, groups: Sequence[Group]) -> int:
    return len(problem.markings) * sum(len(group.works) for group in groups)


def _served(problem: Problem, groups: Sequence[Group]) -> int:
    return cut_of(groups, len(problem.markings), _room(problem), cliques_of(problem)).served


def _impossible(problem: Problem, groups: Sequence[Group]) -> bool:
    """Only a full solution shows what experts of several schools make impossible; undecided counts as possible."""
    kept = tuple(work for group in groups for work in group.works)
    try:
        return isinstance(solve(replace(problem, works=kept)), Infeasible)
    except AllocationUndecided:
        return False


def _irreducible(groups: Sequence[Group], blocks: Callable[[Sequence[Group]], bool]) -> tuple[Group, ...]:
    # Large groups are tried first, so that what remains is short to read and to put right.
    kept = list(groups)
    for group in sorted(groups, key=lambda g: (-len(g.works), g.works[0].work)):
        fewer = [other for other in kept if other is not group]
        if blocks(fewer):
            kept = fewer
    return tuple(kept)


def _blocking(problem: Problem, groups: tuple[Group, ...]) -> Blocking:
    reads, served = _needed(problem, groups), _served(problem, groups)
    experts = tuple(sorted({expert for group in groups for expert in group.allowed}))
    room = _room(problem)
    # When swapping schools is what fails, the flow alone would serve everything: at least one read stays over.
    capacity = min(served, reads - 1)
    works = sum(len(group.works) for group in groups)
    return Blocking(_reason(problem, groups, sum(room[e] for e in experts)), works, groups, reads, experts, capacity)


def _reason(problem: Problem, groups: tuple[Group, ...], room: int) -> Reason:
    if not any(group.allowed for group in groups):
        return Reason.NOBODY
    reads = _needed(problem, groups)
    if room < reads:
        return Reason.ROOM
    apart = {e.expert: f"expert {e.expert}" for e in problem.experts}
    alone = cut_of(groups, len(problem.markings), _room(problem), apart).served
    return Reason.SCHOOLS if alone >= reads else Reason.EXPERTS
