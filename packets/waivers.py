"""The least changes that would make an impossible allocation possible, to choose from. Pure.

A flow over groups and experts in which one kind of slack has a price, and everything else is as hard as before: what
the cheapest flow uses of it is the least change. The changed problem is solved again before a change is offered.
Conflicts, previous markers and statuses are never given up; capacity 0 is a statement, and nobody's is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from crosscheck.i18n import N_, gettext
from crosscheck.model import ExpertId, MutualMarking, SchoolToken, Status
from packets.calling import Calling
from packets.errors import AllocationUndecided, DirectionsUndecided, SolverFailed
from packets.explain import Blocking, explain, listed, sentence
from packets.network import Ints, Network, network_of
from packets.parting import Parted, PartProblem
from packets.problem import AnySchool, ExpertCapacity, Problem, Solution
from packets.solve import solve

_MOST_PAIRS = 5_000_000  # of groups and experts that one flow holds in reasonable memory
_STEPS = 20  # slack of one expert is dearer from step to step, each twice as wide: it spreads over experts
_RANK = (Status.ORDINARY, Status.SENIOR, Status.LEAD)


@dataclass(frozen=True, slots=True)
class Raise:
    """More capacity for one expert."""

    expert: ExpertId
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class MoreCapacity:
    """Raise capacities, by as little as possible in all; among these, spread over experts."""

    raises: tuple[Raise, ...]
    room: int  # works that can be given in addition


@dataclass(frozen=True, slots=True)
class SameSchool:
    """Let markers of one school mark the same work. At least so many markings are then given beside one of the same
    school."""

    markings: int


@dataclass(frozen=True, slots=True)
class MoreExperts:
    """Add as few experts as possible, each of another school, none of `not_of`, with the least capacities in all."""

    capacities: tuple[int, ...]
    statuses: tuple[Status, ...]
    not_of: tuple[SchoolToken, ...]


@dataclass(frozen=True, slots=True)
class OtherPairs:
    """Let experts of all other schools mark the works, not only those of the pairs that stand."""


Waiver = MoreCapacity | SameSchool | MoreExperts | OtherPairs


def waivers(problem: Problem) -> tuple[Waiver, ...]:
    """What would make an impossible allocation possible, each by itself; empty where it is too large to say.

    Where experts work in several schools, a flow doesn't tell all; a change that is not enough is not offered.
    """
    network = network_of(problem)
    if len(network.size) * (len(network.experts) + network.markings) > _MOST_PAIRS:
        return ()
    if problem.mutual is MutualMarking.NEVER and _relaxed(network, _Slack()) is not None:
        return ()  # schools would have to mark each other: nothing here is short by any amount
    found = (
        _more_capacity(network),
        _same_school(problem, network),
        _more_experts(problem, network) if problem.who == AnySchool() else OtherPairs(),
    )
    return tuple(waiver for waiver in found if waiver is not None and _enough(problem, waiver))


def _enough(problem: Problem, waiver: Waiver) -> bool:
    try:
        return isinstance(solve(applied(problem, waiver)), Solution)
    except (AllocationUndecided, DirectionsUndecided):
        return False


def applied(problem: Problem, waiver: Waiver) -> Problem:
    """The problem with a change made. New experts are called `new 1`, `new 2`, ..."""
    match waiver:
        case MoreCapacity(raises):
            after = {each.expert: each.after for each in raises}
            experts = tuple(replace(e, capacity=after.get(e.expert, e.capacity)) for e in problem.experts)
            return replace(problem, experts=experts)
        case SameSchool():
            return replace(problem, different_schools=False)
        case OtherPairs():
            return replace(problem, who=AnySchool())
        case MoreExperts(capacities, statuses):
            new = (
                ExpertCapacity(
                    ExpertId(f"new {n}"), frozenset({SchoolToken(f"another school {n}")}), room, status=statuses[0]
                )
                for n, room in enumerate(capacities, start=1)
            )
            return replace(problem, experts=(*problem.experts, *new))


# --- each kind ----------------------------------------------------------------------------------


def _more_capacity(network: Network) -> MoreCapacity | None:
    stated = np.array([e.capacity > 0 for e in network.experts], dtype=np.bool_)
    flow = _relaxed(network, _Slack(room=np.where(stated, network.reads, 0)))
    if flow is None:
        return None
    more = flow.over.tolist()
    raises = (Raise(e.expert, e.capacity, e.load + e.room + n) for e, n in zip(network.experts, more, strict=True) if n)
    return MoreCapacity(tuple(raises), sum(more))


def _same_school(problem: Problem, network: Network) -> SameSchool | None:
    if not problem.different_schools:
        return None
    flow = _relaxed(network, _Slack(gates=True))
    return SameSchool(flow.beside) if flow is not None else None


def _more_experts(problem: Problem, network: Network) -> MoreExperts | None:
    # So many new experts as there are markings could mark everything.
    for count in range(1, network.markings + 1):
        flow = _relaxed(network, _Slack(newcomers=count))
        if flow is not None and not len(flow.served):
            return None  # the flow misses nobody: shared schools block, of which it knows nothing
        if flow is not None:
            statuses = tuple(sorted(problem.statuses, key=_RANK.index))
            return MoreExperts(tuple(flow.new.tolist()), statuses, _schools_at(problem, network, flow.served))
    return None


def _schools_at(problem: Problem, network: Network, groups: Ints) -> tuple[SchoolToken, ...]:
    """Schools that a new marker of these groups shouldn't be from: of the works, and of whoever else may mark them."""
    able = np.asarray(np.any([network.may(g, g + 1)[0] for g in groups.tolist()], axis=0))
    others = (e.schools for e, may in zip(network.experts, able.tolist(), strict=True) if may)
    found = {network.schools[int(school)] for school in network.school[groups]}
    return tuple(sorted(found.union(*others) if problem.different_schools else found))


# --- the flow -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Slack:
    """What may be exceeded. room: by how much each expert's; newcomers: experts who may mark everything."""

    room: Ints | None = None
    gates: bool = False
    newcomers: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Relaxed:
    """What the cheapest flow uses: of each expert's slack, of each newcomer; reads beside one of the same part; groups
    that newcomers serve."""

    over: Ints
    new: Ints
    beside: int
    served: Ints


def _relaxed(network: Network, slack: _Slack) -> _Relaxed | None:
    """The flow that serves all reads and uses least slack; None where there is none."""
    groups, experts, new = len(network.size), len(network.experts), slack.newcomers
    may = np.concatenate([network.may(0, groups), np.ones((groups, new), np.bool_)], axis=1)
    group, expert = np.nonzero(may)
    part = np.concatenate([network.part, network.parts + np.arange(new)])
    gates, gate = np.unique(group * (network.parts + new) + part[expert], return_inverse=True)
    of_gate, room = gates // (network.parts + new), np.concatenate([network.room, np.zeros(new, np.int64)])
    first = groups + experts + new
    sink, size = first + len(gates), network.size
    over = np.zeros(experts, np.int64) if slack.room is None else slack.room
    step_at, step_room, step_cost = _steps(np.concatenate([over, np.full(new, network.reads)]), network.reads)
    columns = (
        (of_gate, first + np.arange(len(gates)), size[of_gate], np.zeros_like(gates)),
        (of_gate, first + np.arange(len(gates)), network.reads * slack.gates + 0 * gates, np.ones_like(gates)),
        (first + gate, groups + expert, size[group], np.zeros_like(group)),
        (groups + np.arange(experts + new), np.full(experts + new, sink), room, np.zeros_like(room)),
        (groups + step_at, np.full_like(step_at, sink), step_room, step_cost),
    )
    flow = _cheapest(columns, network.size * network.markings, sink)
    if flow is None:
        return None
    used = np.bincount(step_at, flow[4], experts + new).astype(np.int64)
    return _Relaxed(used[:experts], used[experts:], int(flow[1].sum()), _newly(group, expert, flow[2], experts))


def _newly(group: Ints, expert: Ints, reads: Ints, experts: int) -> Ints:
    return np.unique(group[(expert >= experts) & (reads > 0)])


def _steps(most: Ints, reads: int) -> tuple[Ints, Ints, Ints]:
    """Whose slack, how much, at which price; a unit always costs more than any other way to spread all of them."""
    step = np.arange(_STEPS)
    width = np.where(step < _STEPS - 1, 1 << step, reads)
    who, at = np.nonzero(np.broadcast_to(most[:, None] > 0, (len(most), _STEPS)))
    left = np.maximum(0, most[who] - (np.cumsum(width) - width)[at])
    return who, np.minimum(width[at], left), 1 + _STEPS * reads + at


def _cheapest(columns: Sequence[tuple[Ints, Ints, Ints, Ints]], supply: Ints, sink: int) -> list[Ints] | None:
    """Flow on arcs given in blocks of tail, head, capacity, cost; None when the supply can't reach the sink."""
    tail, head, capacity, cost = (np.concatenate(column).astype(np.int64) for column in zip(*columns, strict=True))
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    between = np.zeros(sink - len(supply), np.int64)
    solver.set_nodes_supplies(np.arange(sink + 1), np.concatenate([supply, between, [-supply.sum()]]))
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise SolverFailed(status=status)
    flow = np.asarray(solver.flows(np.arange(len(tail))), dtype=np.int64)
    return np.split(flow, np.cumsum([len(block[0]) for block in columns])[:-1])


# --- in words -----------------------------------------------------------------------------------

_ANY = N_("Any one of these would make it possible:")
_CAPACITY = N_("raise capacities, so that {room} more works can be given: {raises}")
_RAISE = N_("{expert} from {before} to {after}")
_SAME_SCHOOL = N_(
    "let markers of one school mark the same work (different_schools = false in procedure.toml); at least {markings} "
    "markings need it"
)
_OTHER_PAIRS = N_("let experts of all other schools mark these works (scheme = mixed in procedure.toml)")
_ONE_EXPERT = N_("add an expert with the capacity {capacities}, status: {statuses}, of a school other than {schools}")
_STATUS = N_("any")
_EXPERTS = N_(
    "add experts ({count}) of different schools, with the capacities {capacities}, status: {statuses}, none of the "
    "schools {schools}"
)


def in_words(waiver: Waiver, called: Calling) -> str:
    """A change as part of a list, in the language in use."""
    match waiver:
        case MoreCapacity(raises, room):
            words = gettext(_RAISE)
            said = (words.format(expert=called.expert(r.expert), before=r.before, after=r.after) for r in raises)
            return gettext(_CAPACITY).format(room=room, raises=listed(said))
        case SameSchool(markings):
            return gettext(_SAME_SCHOOL).format(markings=markings)
        case OtherPairs():
            return gettext(_OTHER_PAIRS)
        case MoreExperts(capacities, statuses, not_of):
            words = _ONE_EXPERT if len(capacities) == 1 else _EXPERTS
            return gettext(words).format(
                count=len(capacities),
                capacities=", ".join(map(str, capacities)),
                statuses=gettext(_STATUS) if len(statuses) == len(_RANK) else ", ".join(s.value for s in statuses),
                schools=listed(map(called.school, not_of)),
            )


def said(problem: Problem, called: Calling, of: PartProblem | None = None) -> str:
    """What blocks an impossible allocation and what would help, a line each; nothing where that isn't known. `of`: the
    part of works it is the allocation of; capacities are told in whole works, as experts state them."""
    blocking = explain(problem)
    if not isinstance(blocking, Blocking):
        return ""
    found = waivers(problem)
    ways = [f"- {in_words(waiver if of is None else _stated(waiver, of), called)}" for waiver in found]
    return "\n".join([sentence(blocking, called), *([gettext(_ANY), *ways] if ways else []), ""])


def _stated(waiver: Waiver, of: PartProblem) -> Waiver:
    """The same with capacities in whole works."""
    match waiver:
        case MoreCapacity(raises, room):
            stated = (Raise(r.expert, of.whole_works(r.before), of.whole_works(r.after)) for r in raises)
            return MoreCapacity(tuple(stated), room)
        case MoreExperts(capacities, statuses, not_of):
            return MoreExperts(tuple(map(of.whole_works, capacities)), statuses, not_of)
        case _:
            return waiver


_SHORT = N_(
    "All parts together take as much as {needed} markings of whole works, and the experts who may mark have room for "
    "{room}."
)
_OF_PART = N_("Tasks {tasks} (experts who got this part: {count}): {reason}")


def said_of_parts(split: Parted, called: Calling) -> str:
    """The same for every part of an allocation, each by its tasks."""
    if not split.problems[0].problem.tasks:
        return said(split.problems[0].problem, called)
    lines = [gettext(_SHORT).format(needed=split.needed, room=split.room)] if split.room < split.needed else []
    for of in split.problems:
        if reason := said(of.problem, called, of):
            tasks, count = ", ".join(of.part.tasks), len(of.problem.experts)
            lines.append(gettext(_OF_PART).format(tasks=tasks, count=count, reason=reason))
    return "\n".join(lines)
