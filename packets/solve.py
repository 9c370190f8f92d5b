"""Allocate: an exact flow, level by level, filled into rows. The order of the input changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.model import ExpertId, MutualMarking, WorkId
from packets.errors import AllocationUndecided, DirectionsUndecided
from packets.evening import evened
from packets.exchanging import board_of
from packets.face import Potentials
from packets.joining import bridged, joined
from packets.network import Ints, Level, Network, network_of
from packets.optimum import Optimum, level_cost, optimum
from packets.problem import Assignment, Bounded, Infeasible, LevelProof, Problem, Proven, Solution, Unproven
from packets.rows import Clashes, Mixed, alternated, filled, kept_apart

_BY_SEARCH = "experts of several schools could only be kept apart by search"
_SEARCHABLE = 20_000  # works x experts that the constraint solver manages


def solve(problem: Problem) -> Solution | Infeasible:
    """Give every marking of every work to an expert.

    Hard: conflicts, status, capacity, different experts, different schools. Then, in this order: loads as even as
    they can be (no other allocation has a smaller sum of squares), works of a school spread over experts, the
    problem's wishes, a hashed choice. Where no two schools may mark each other, that is hard too.
    Raises AllocationUndecided, DirectionsUndecided, AllocationTooLarge, SolverFailed.
    """
    found = _decided(problem)
    if isinstance(found, Infeasible):
        return found
    return _solution(problem, replace(found, teams=exchanged(problem, found.network, found.teams)))


def solve_few(problem: Problem) -> Solution | Infeasible:
    """The same for a few works beside many that have their readers: nothing is exchanged among them, since that
    would link readers and even their pages as if there were no others."""
    found = _decided(problem)
    return found if isinstance(found, Infeasible) else _solution(problem, found)


@dataclass(frozen=True, slots=True, eq=False)
class _Filled:
    """Experts of each work (works, markings), and what is proven of them."""

    network: Network
    teams: Ints
    certificate: Proven | Bounded | Unproven

    @property
    def loads(self) -> Ints:
        """Works of every expert."""
        return self.network.load + np.bincount(self.teams.reshape(-1), minlength=len(self.network.experts))


def _decided(problem: Problem) -> _Filled | Infeasible:
    network = network_of(problem)
    if problem.mutual is MutualMarking.NEVER:
        return _one_way(problem, network)
    best = optimum(problem, network)
    return best if isinstance(best, Infeasible) else _in_rows(problem, network, best)


def _in_rows(problem: Problem, network: Network, best: Optimum) -> _Filled | Infeasible:
    teams = filled(network, best.pairs, best.reads)
    mixed = kept_apart(problem, network, teams)
    if mixed:
        return _kept_apart_otherwise(problem, network, best, mixed, teams)
    return _Filled(network, teams, _proven(network, best))


def _one_way(problem: Problem, network: Network) -> _Filled | Infeasible:
    """The same where no two schools may mark each other: first the directions, then whatever they leave."""
    # Its libraries take a quarter of a second to load, and few procedures ask for this.
    from packets.oneway import oriented

    found = oriented(problem, network)
    if isinstance(found, Infeasible):
        return found
    filled_so = _in_rows(problem, found.network, found.best)
    if isinstance(filled_so, Infeasible):
        return _in_any_directions(problem, network, filled(found.network, found.best.pairs, found.best.reads))
    if not found.closed or not isinstance(filled_so.certificate, Proven):
        return filled_so
    return replace(filled_so, certificate=Bounded(filled_so.certificate.levels, found.closed, found.bounds))


def _in_any_directions(problem: Problem, network: Network, teams: Ints) -> _Filled | Infeasible:
    """Where experts of several schools can't be kept apart with the directions that are best, they might be with
    others: a search over all of them, where that isn't too much."""
    if len(network.works) * len(network.experts) <= _SEARCHABLE:
        with suppress(AllocationUndecided):
            return _searched(problem, network, teams)
    raise DirectionsUndecided(works=len(network.works), schools=len(network.schools))


# --- what is handed over ------------------------------------------------------------------------


def _proven(network: Network, best: Optimum) -> Proven:
    return Proven(tuple(_proof(network, level, at, best.pairs, best.reads) for level, at in best.levels))


def _proof(network: Network, level: Level, at: Potentials, pairs: Ints, reads: Ints) -> LevelProof:
    def triples(keys: Ints, values: Ints, width: int) -> tuple[tuple[int, int, int], ...]:
        first, second = np.divmod(keys, max(1, width))
        return tuple(zip(first.tolist(), second.tolist(), values.tolist(), strict=True))

    return LevelProof(
        level.name,
        level_cost(network, level, pairs, reads),
        tuple(at.groups.tolist()),
        tuple(at.experts.tolist()),
        triples(at.gates.keys, at.gates.values, network.parts),
        triples(at.lanes.keys, at.lanes.values, len(network.experts)),
    )


def _solution(problem: Problem, found: _Filled) -> Solution:
    names, markings = [e.expert for e in found.network.experts], sorted(problem.markings)
    turns = alternated(found.teams, len(names)).reshape(-1).tolist()
    works = [work.work for work in found.network.works for _ in markings]
    rows = tuple(map(Assignment, works, markings * len(found.network.works), [names[expert] for expert in turns]))
    loads = found.loads.tolist()
    squares = sum(load * load for load in loads)
    return Solution(rows, tuple(zip(names, loads, strict=True)), squares, found.certificate, problem.seed)


def exchanged(problem: Problem, network: Network, teams: Ints) -> Ints:
    """Teams that link readers better and make their pages even. No count of a group and an expert changes."""
    if not len(teams):
        return teams
    clashes, pages = Clashes(problem, network), np.array([work.pages for work in network.works], dtype=np.int64)
    board = board_of(network, clashes, teams)
    joined(board)
    teams = board.teams
    if bridged(network, clashes, teams, pages):
        board = board_of(network, clashes, teams)
    evened(board, pages[board.order])
    teams = board.teams
    bridged(network, clashes, teams, pages)  # hardly ever: what was linked by a single work may have come apart
    return teams


# --- experts of several schools whom swapping can't keep apart ------------------------------------


def _kept_apart_otherwise(
    problem: Problem, network: Network, best: Optimum, mixed: Sequence[Mixed], teams: Ints
) -> _Filled | Infeasible:
    """Other rows with the same counts; else without the experts concerned; else a search over everything."""
    proof = _proven(network, best)
    if len(network.works) * len(network.experts) > _SEARCHABLE:
        return _kept_away(problem, network, mixed) or _searched(problem, network, teams)
    found = _searched_within(problem, network, mixed, teams, proof)
    if found is not None:
        return found
    away = _kept_away(problem, network, mixed)
    if away is not None and int((away.loads**2).sum()) == proof.levels[0].cost:
        return away
    try:
        return _searched(problem, network, teams)
    except AllocationUndecided:
        if away is None:
            raise
        return away


def _kept_away(problem: Problem, network: Network, mixed: Sequence[Mixed]) -> _Filled | None:
    """Experts of several schools don't mark the groups they can't be kept apart in; all else is as good as it gets.

    None when it is impossible.
    """
    while mixed:
        keys = [one.group * len(network.experts) + expert for one in mixed for expert in one.experts]
        network = network.without(np.array(keys, dtype=np.int64))
        again = optimum(problem, network)
        if isinstance(again, Infeasible):
            return None
        teams = filled(network, again.pairs, again.reads)
        mixed = kept_apart(problem, network, teams)
    why = "some experts of several schools had to be kept away from works they may mark"
    return _Filled(network, teams, Unproven(why))


def _searched_within(
    problem: Problem, network: Network, mixed: Sequence[Mixed], teams: Ints, proof: Proven
) -> _Filled | None:
    """Search the groups that swapping left mixed: each alone, which keeps the proof, then together."""
    # Loading the constraint solver takes half a second, and hardly any allocation needs it.
    from packets.shared_schools import search_with_reads, search_within

    some, hint = [network.group(one.group) for one in mixed], _named_rows(network, teams)
    found = search_within(problem, some, hint)
    if isinstance(found, dict):
        return _Filled(network, _numbered_rows(network, hint | found), proof)
    found = search_with_reads(problem, some, hint)
    if isinstance(found, dict):
        return _Filled(network, _numbered_rows(network, hint | found), Unproven(_BY_SEARCH))
    return None


def _searched(problem: Problem, network: Network, teams: Ints) -> _Filled | Infeasible:
    """Search over everything, as balanced as the effort allows."""
    from packets.shared_schools import Undecided, search

    every = [network.group(at) for at in range(len(network.size))]
    found = search(problem, every, _named_rows(network, teams))
    if isinstance(found, Undecided):
        raise AllocationUndecided(works=len(problem.works))
    if isinstance(found, Infeasible):
        return found
    return _Filled(network, _numbered_rows(network, found), Unproven(_BY_SEARCH))


_Rows = dict[WorkId, list[ExpertId]]


def _named_rows(network: Network, teams: Ints) -> _Rows:
    names = [e.expert for e in network.experts]
    return {w.work: [names[e] for e in team] for w, team in zip(network.works, teams.tolist(), strict=True)}


def _numbered_rows(network: Network, rows: _Rows) -> Ints:
    number = {e.expert: at for at, e in enumerate(network.experts)}
    return np.array([[number[e] for e in rows[w.work]] for w in network.works], dtype=np.int64)
