"""Why there is no allocation: the works that block it, who may mark them, and how much these can take."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.i18n import N_, gettext
from crosscheck.model import ExpertId, MutualMarking, SchoolToken
from packets.calling import Calling, by_number
from packets.errors import AllocationUndecided, DirectionsUndecided
from packets.face import whole
from packets.flow import FREE, Enough, Short, candidates, served
from packets.network import Network, Truth, network_of
from packets.problem import Group, Infeasible, Problem, Solution, WorkToAssign
from packets.solve import solve

_FEW = 60  # groups, of which each is tried to be left out


class Reason(enum.Enum):
    """What is short."""

    NOBODY = "nobody"  # not one expert may mark them
    ROOM = "room"  # the experts' capacity
    EXPERTS = "experts"  # different experts for the markings of a work
    SCHOOLS = "schools"  # experts of different schools for the markings of a work
    MUTUAL = "mutual"  # schools that mark each other


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
        "Nobody may mark some works of the schools {schools} (works: {works}): every expert is barred from them or has "
        "another status than the one asked for."
    ),
    Reason.ROOM: N_(
        "Too little capacity for works of the schools {schools} (works: {works}, markings needed: {reads}): those who "
        "may mark them can take only {capacity} with the capacity they have (experts: {count}): {experts}."
    ),
    Reason.EXPERTS: N_(
        "Too few experts for works of the schools {schools} (works: {works}, markings needed: {reads}): those who may "
        "mark them can give only {capacity}, because every marking of a work needs another expert (experts: {count}): "
        "{experts}."
    ),
    Reason.SCHOOLS: N_(
        "Too few schools of experts for works of the schools {schools} (works: {works}, markings needed: {reads}): "
        "those who may mark them can give only {capacity}, because the markers of a work must be of different schools "
        "(experts: {count}): {experts}."
    ),
    Reason.MUTUAL: N_(
        "Schools would have to mark each other: works of the schools {schools} (works: {works}, markings needed: "
        "{reads}) could all be given to those who may mark them, but not so that of every two schools only one marks "
        'the other. Experts of more schools would help, or mutual_schools = "allowed" (experts: {count}): {experts}.'
    ),
}


def explain(problem: Problem) -> Explanation:
    """The smallest set of groups found that blocks the allocation (irreducible, not always the least in number)."""
    if problem.mutual is MutualMarking.NEVER:
        found = explain(replace(problem, mutual=MutualMarking.ALLOWED))
        return found if isinstance(found, Blocking) else _mutual(problem)
    network = network_of(problem)
    cut = _cut(network)
    if isinstance(cut, Short):
        groups = _irreducible(network, cut.blocked.tolist())
        # The cut knows nothing of schools shared across parts: fewer groups may be impossible already.
        return _blocking(problem, network, _needed(problem, network, groups) if _linked(problem) else groups)
    everything = list(range(len(network.size)))
    if not _impossible(problem, network, everything):
        return NothingBlocks()
    return _blocking(problem, network, _needed(problem, network, everything))


def _mutual(problem: Problem) -> Explanation:
    """What only the rule for schools that mark each other makes impossible, left as small as the effort allows."""
    if isinstance(solve(problem), Solution):
        return NothingBlocks()
    network = network_of(problem)
    groups = list(range(len(network.size)))
    for group in _large_first(network, groups) if len(groups) <= _FEW else ():
        fewer = [at for at in groups if at != group]
        if not _one_way_possible(problem, network, fewer):
            groups = fewer
    return replace(_blocking(problem, network, groups), reason=Reason.MUTUAL)


def _one_way_possible(problem: Problem, network: Network, groups: list[int]) -> bool:
    from packets.oneway import possible

    fewer = replace(problem, works=_works(network, groups))
    try:
        return isinstance(solve(fewer), Solution) if _linked(problem) else possible(fewer)
    except (AllocationUndecided, DirectionsUndecided):
        return True


_LISTED = 12  # names in a sentence; a longer list is cut short
_MORE = N_("and {n} more")


def listed(names: Iterable[str]) -> str:
    """Names in a sentence, 7 before 12."""
    every = sorted(names, key=by_number)
    more = [gettext(_MORE).format(n=len(every) - _LISTED)] if len(every) > _LISTED else []
    return ", ".join([*every[:_LISTED], *more]) or "-"


def sentence(blocking: Blocking, called: Calling) -> str:
    """What blocks, in the language in use."""
    return gettext(_SENTENCES[blocking.reason]).format(
        works=blocking.works,
        schools=listed(map(called.school, blocking.schools)),
        reads=blocking.reads,
        count=len(blocking.experts),
        experts=listed(map(called.expert, blocking.experts)),
        capacity=blocking.capacity,
    )


def _cut(network: Network) -> Enough | Short:
    face = whole(network)
    return served(network, face, candidates(network, face, FREE))


def _irreducible(network: Network, groups: list[int]) -> list[int]:
    # Large groups are left out first, so that what remains is short to read and to put right. Whatever still blocks
    # without one is cut again: that alone often leaves out many others.
    for group in _large_first(network, groups):
        if group in groups:
            fewer = [at for at in groups if at != group]
            cut = _cut(network.only(fewer))
            if isinstance(cut, Short):
                groups = [fewer[at] for at in cut.blocked.tolist()]
    return groups


def _needed(problem: Problem, network: Network, groups: list[int]) -> list[int]:
    for group in _large_first(network, groups):
        fewer = [at for at in groups if at != group]
        if _impossible(problem, network, fewer):
            groups = fewer
    return groups


def _linked(problem: Problem) -> bool:
    return problem.different_schools and any(len(e.schools) > 1 for e in problem.experts)


def _large_first(network: Network, groups: list[int]) -> list[int]:
    return sorted(groups, key=lambda at: (-int(network.size[at]), at))


def _impossible(problem: Problem, network: Network, groups: list[int]) -> bool:
    """Only a full solution shows what experts of several schools make impossible; undecided counts as possible."""
    try:
        return isinstance(solve(replace(problem, works=_works(network, groups))), Infeasible)
    except AllocationUndecided:
        return False


def _works(network: Network, groups: list[int]) -> tuple[WorkToAssign, ...]:
    kept = set(groups)
    return tuple(w for w, of in zip(network.works, network.group_of.tolist(), strict=True) if of in kept)


def _blocking(problem: Problem, network: Network, groups: list[int]) -> Blocking:
    some = network.only(groups)
    cut = _cut(some)
    # When swapping schools is what fails, the flow alone would serve everything: at least one read stays over.
    capacity = cut.served if isinstance(cut, Short) else some.reads - 1
    able = np.asarray(some.may(0, len(groups)).any(axis=0))
    experts = tuple(e.expert for e, may in zip(network.experts, able.tolist(), strict=True) if may)
    reason = _reason(problem, some, able) if isinstance(cut, Short) else Reason.SCHOOLS
    named = tuple(network.group(at) for at in groups)
    return Blocking(reason, int(some.size.sum()), named, some.reads, experts, capacity)


def _reason(problem: Problem, network: Network, able: Truth) -> Reason:
    if not able.any():
        return Reason.NOBODY
    unlimited = replace(network, room=np.full_like(network.room, network.reads))
    if int(network.room[able].sum()) < network.reads or isinstance(_cut(unlimited), Enough):
        return Reason.ROOM
    alone = isinstance(_cut(replace(network, part=np.arange(len(network.experts)))), Enough)
    return Reason.SCHOOLS if alone and problem.different_schools else Reason.EXPERTS
