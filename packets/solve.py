"""Allocate: an exact flow, level by level, filled into rows. The order of the input changes nothing.

Levels (`packets.network`) are decided one after another: each has small whole-number costs of its own and looks only
at flows that are cheapest at every earlier one. No weights have to be balanced against each other, and none overflow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import ExpertId, WorkId
from packets.costs import Wish
from packets.errors import AllocationUndecided, SolverFailed
from packets.evening import evened
from packets.exchanging import board_of
from packets.face import Face, Potentials, merged, narrowed, nothing, whole
from packets.flow import Short, candidates, cheapest, served
from packets.joining import bridged, joined
from packets.network import Ints, Level, Network, levels_of, network_of, tie_level
from packets.problem import Assignment, Infeasible, LevelProof, Problem, Proven, Solution, Unproven
from packets.rows import Clashes, Mixed, alternated, filled, kept_apart
from packets.unique import only_one

_MOST_TIES = 8  # levels of ties; one is nearly always enough
_BY_SEARCH = "experts of several schools could only be kept apart by search"
_SEARCHABLE = 20_000  # works x experts that the constraint solver manages


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Reads of pairs (`group * experts + expert`, sorted) so far, what proves them best, and what is still open."""

    pairs: Ints
    reads: Ints
    levels: tuple[tuple[Level, Potentials], ...]
    face: Face


def solve(problem: Problem) -> Solution | Infeasible:
    """Give every marking of every work to an expert.

    Hard: conflicts, status, capacity, different experts, different schools. Then, in this order: loads as even as
    they can be (no other allocation has a smaller sum of squares), works of a school spread over experts, the
    problem's wishes, a hashed choice. Raises AllocationUndecided, AllocationTooLarge, SolverFailed.
    """
    network = network_of(problem)
    best = optimum(problem, network)
    if isinstance(best, Infeasible):
        return best
    teams = filled(network, best.pairs, best.reads)
    mixed = kept_apart(problem, network, teams)
    if mixed:
        return _kept_apart_otherwise(problem, network, best, mixed, teams)
    return _solution(problem, network, teams, _proven(network, best))


def optimum(problem: Problem, network: Network) -> Optimum | Infeasible:
    """The one allocation of reads to pairs that is best level by level, as far as parts say who may not meet."""
    levels = levels_of(problem, network)
    ideals = [_ideal(problem, network, level) for level in levels]
    easy = ideals.index(None) if None in ideals else len(levels)
    best = _started(network, levels[:easy], ideals[:easy], [*levels[easy:], tie_level(network, 1)][0])
    if isinstance(best, Infeasible):
        return best
    for level in levels[easy:]:
        best = _decided(network, best, level)
    for number in range(1, _MOST_TIES + 1):
        best = _decided(network, best, tie_level(network, number))
        if only_one(network, best.face, best.pairs, best.reads):
            return best
    raise SolverFailed(status="ties")


def _started(
    network: Network, levels: Sequence[Level], ideals: Sequence[Potentials | None], first: Level
) -> Optimum | Infeasible:
    """The levels that may be had for nothing: all at once, or else one by one."""
    start = Optimum(np.empty(0, np.int64), np.empty(0, np.int64), (), whole(network))
    hopeful = _ideally(network, start, levels, ideals, first)
    if hopeful is not None:
        return hopeful
    plain = served(network, start.face, candidates(network, start.face, first))
    if isinstance(plain, Short):
        return Infeasible(network.reads)
    best = Optimum(plain.pairs, start.reads, (), start.face)
    for level, ideal in zip(levels, ideals, strict=True):
        best = _ideally(network, best, [level], [ideal], first) or _decided(network, best, level)
    return best


def _ideally(
    network: Network, best: Optimum, levels: Sequence[Level], ideals: Sequence[Potentials | None], first: Level
) -> Optimum | None:
    """These levels at their least conceivable cost, if anything then serves all reads."""
    face, proven = best.face, list(best.levels)
    for level, ideal in zip(levels, ideals, strict=True):
        if ideal is None:
            return None
        face = narrowed(network, face, level, ideal)
        proven.append((level, ideal))
    found = served(network, face, merged(best.pairs, candidates(network, face, first)))
    return None if isinstance(found, Short) else Optimum(found.pairs, best.reads[:0], tuple(proven), face)


def _decided(network: Network, best: Optimum, level: Level) -> Optimum:
    """The level's least cost, proven, and what it leaves open."""
    # Before anything was decided, the pairs are candidates already, chosen by the cost of this level.
    more = candidates(network, best.face, level) if len(best.reads) else best.pairs
    found = cheapest(network, best.face, level, merged(best.pairs, more))
    used = found.reads > 0
    face = narrowed(network, best.face, level, found.proof)
    return Optimum(found.pairs[used], found.reads[used], (*best.levels, (level, found.proof)), face)


def _ideal(problem: Problem, network: Network, level: Level) -> Potentials | None:
    """Potentials that prove the least conceivable cost of a level; None where that is not worth trying."""
    if level.places:
        return _flat(network, -2 * _water_level(network) - 1)
    wish = next((w for w in problem.wishes if f"wish {w.name}" == level.name), None)
    return _flat(network, 0) if wish is None or _mostly_free(wish) else None


def _mostly_free(wish: Wish) -> bool:
    return all(2 * np.count_nonzero(table.values) <= table.values.size for table in wish.tables)


def _flat(network: Network, value: int) -> Potentials:
    groups, experts = np.full_like(network.size, value), np.full_like(network.room, value)
    return Potentials(groups, experts, nothing(), nothing())


def _water_level(network: Network) -> int:
    """The highest load up to which everybody may be filled, conflicts aside, without giving out too much."""
    top, total = network.load + network.room, int(network.load.sum()) + network.reads
    low, high = 0, int(top.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.clip(middle, network.load, top).sum()) <= total:
            low = middle
        else:
            high = middle - 1
    return low


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


def level_cost(network: Network, level: Level, pairs: Ints, reads: Ints) -> int:
    """What reads of some pairs cost at a level."""
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    if level.pairs is not None:
        return int((level.pairs.at(group, expert) * reads).sum())
    if level.places:
        loads = network.load + np.bincount(expert, reads, len(network.experts)).astype(np.int64)
        return int((loads * loads).sum())
    lanes, lane = np.unique(network.school[group] * len(network.experts) + expert, return_inverse=True)
    places = np.bincount(lane, reads, len(lanes)).astype(np.int64)
    bounds = network.steps[lanes // max(1, len(network.experts))]
    taken = np.clip(places[:, None] - bounds[:, :-1], 0, np.diff(bounds, axis=1))
    return int((taken * np.arange(taken.shape[1])).sum())


def _solution(problem: Problem, network: Network, teams: Ints, certificate: Proven | Unproven) -> Solution:
    names, markings = [e.expert for e in network.experts], sorted(problem.markings)
    turns = alternated(exchanged(problem, network, teams), len(names)).reshape(-1).tolist()
    works = [work.work for work in network.works for _ in markings]
    rows = tuple(map(Assignment, works, markings * len(network.works), [names[expert] for expert in turns]))
    loads = (network.load + np.bincount(teams.reshape(-1), minlength=len(names))).tolist()
    squares = sum(load * load for load in loads)
    return Solution(rows, tuple(zip(names, loads, strict=True)), squares, certificate, problem.seed)


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
) -> Solution | Infeasible:
    """Other rows with the same counts; else without the experts concerned; else a search over everything."""
    proof = _proven(network, best)
    if len(network.works) * len(network.experts) > _SEARCHABLE:
        return _kept_away(problem, network, mixed) or _searched(problem, network, teams)
    found = _searched_within(problem, network, mixed, teams, proof)
    if found is not None:
        return found
    away = _kept_away(problem, network, mixed)
    if away is not None and away.objective == proof.levels[0].cost:
        return away
    try:
        return _searched(problem, network, teams)
    except AllocationUndecided:
        if away is None:
            raise
        return away


def _kept_away(problem: Problem, network: Network, mixed: Sequence[Mixed]) -> Solution | None:
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
    return _solution(problem, network, teams, Unproven(why))


def _searched_within(
    problem: Problem, network: Network, mixed: Sequence[Mixed], teams: Ints, proof: Proven
) -> Solution | None:
    """Search the groups that swapping left mixed: each alone, which keeps the proof, then together."""
    # Loading the constraint solver takes half a second, and hardly any allocation needs it.
    from packets.shared_schools import search_with_reads, search_within

    some, hint = [network.group(one.group) for one in mixed], _named_rows(network, teams)
    found = search_within(problem, some, hint)
    if isinstance(found, dict):
        return _solution(problem, network, _numbered_rows(network, hint | found), proof)
    found = search_with_reads(problem, some, hint)
    if isinstance(found, dict):
        return _solution(problem, network, _numbered_rows(network, hint | found), Unproven(_BY_SEARCH))
    return None


def _searched(problem: Problem, network: Network, teams: Ints) -> Solution | Infeasible:
    """Search over everything, as balanced as the effort allows."""
    from packets.shared_schools import Undecided, search

    every = [network.group(at) for at in range(len(network.size))]
    found = search(problem, every, _named_rows(network, teams))
    if isinstance(found, Undecided):
        raise AllocationUndecided(works=len(problem.works))
    if isinstance(found, Infeasible):
        return found
    return _solution(problem, network, _numbered_rows(network, found), Unproven(_BY_SEARCH))


_Rows = dict[WorkId, list[ExpertId]]


def _named_rows(network: Network, teams: Ints) -> _Rows:
    names = [e.expert for e in network.experts]
    return {w.work: [names[e] for e in team] for w, team in zip(network.works, teams.tolist(), strict=True)}


def _numbered_rows(network: Network, rows: _Rows) -> Ints:
    number = {e.expert: at for at, e in enumerate(network.experts)}
    return np.array([[number[e] for e in rows[w.work]] for w in network.works], dtype=np.int64)
