"""From "so many works of a group for each expert" to rows: who marks which work, and as which marking.

Wrap-around fill (McNaughton): experts stand in a line, each as often as the flow says, and the works take turns
along it. Nobody meets a work twice, and experts of one part never meet, because each has at most as many places
as the group has works and the places of a part are side by side.

Teams are rows of expert numbers, one row for each work, both in id order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from packets.network import Ints, Network, Truth, ties_of
from packets.problem import Problem

_LINE = 1 << 20  # numbers of hashes, beyond those of ties


def filled(network: Network, pairs: Ints, reads: Ints) -> Ints:
    """Teams of all works, without regard to schools shared across parts."""
    teams = np.empty((len(network.works), network.markings), np.int64)
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    line, part = ties_of(network, _LINE), network.part[expert]
    first = np.unique(network.part, return_index=True)[1]
    order = np.lexsort((expert, line.at(group, expert), part, line.at(group, first[part]), group))
    in_line = np.repeat(expert[order], reads[order])
    total = network.size * network.markings
    place = np.arange(len(in_line)) - np.repeat(np.cumsum(total) - total, total)
    size = np.repeat(network.size, total)
    before = np.repeat(np.cumsum(network.size) - network.size, total)
    teams[interleaved(network)[before + place % size], place // size] = in_line
    return teams


def interleaved(network: Network) -> Ints:
    """Works group by group, inside a group with every class-set spread evenly and inside a class-set by hash."""
    class_set, group, works = class_sets(network), network.group_of, np.arange(len(network.works))
    salt = network.salts[0][group] + works.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    salt = (salt ^ (salt >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    both = group * (1 + int(class_set.max(initial=0))) + class_set
    order = np.lexsort((works, salt >> np.uint64(16), both))
    _, first, of, count = np.unique(both[order], return_index=True, return_inverse=True, return_counts=True)
    place = ((2 * (np.arange(len(order)) - first[of]) + 1) << 32) // count[of]
    return order[np.lexsort((class_set[order], place, group[order]))]


def class_sets(network: Network) -> Ints:
    """The class-set of each work, numbered in the order of their names."""
    names = sorted({w.class_set for w in network.works})
    number = {name: at for at, name in enumerate(names)}
    return np.array([number[w.class_set] for w in network.works], dtype=np.int64)


class Clashes:
    """Who may not meet on one work: experts of one part, and the few who share a school across parts."""

    def __init__(self, problem: Problem, network: Network) -> None:
        self._part = network.part.tolist()
        self._experts = len(network.experts)
        self._several = {at for at, expert in enumerate(network.experts) if len(expert.schools) > 1}
        of_school: dict[str, list[int]] = {}
        for at, expert in enumerate(network.experts):
            for school in expert.schools:
                of_school.setdefault(school, []).append(at)
        together = of_school.values() if problem.different_schools else ()
        pairs = (pair for colleagues in together for pair in combinations(colleagues, 2))
        self._across = frozenset(a * self._experts + b for a, b in pairs if self._part[a] != self._part[b])
        self._keys = np.array(sorted(self._across), dtype=np.int64)

    @property
    def only_in_parts(self) -> bool:
        """Does the fill alone keep everybody apart?"""
        return not self._across

    def of(self, teams: Ints) -> Ints:
        """Numbers of the rows in which somebody meets whom they may not, across parts."""
        bad = np.zeros(len(teams), np.bool_)
        for one, other in combinations(range(teams.shape[1]), 2):
            bad |= self._meet_across(teams[:, one], teams[:, other])
        return np.flatnonzero(bad)

    def may_meet(self, one: Ints, other: Ints) -> Truth:
        """Which of these couples may meet on a work."""
        part = np.array(self._part, dtype=np.int64)
        return np.asarray((part[one] != part[other]) & ~self._meet_across(one, other))

    def _meet_across(self, one: Ints, other: Ints) -> Truth:
        return np.isin(np.minimum(one, other) * self._experts + np.maximum(one, other), self._keys)

    def kept_away(self, team: Sequence[int]) -> set[int]:
        """Of every two experts of a team who may not meet across parts, one who works in several schools."""
        across = (pair for pair in combinations(sorted(team), 2) if pair[0] * self._experts + pair[1] in self._across)
        return {one if one in self._several else other for one, other in across}

    def count(self, team: Sequence[int]) -> int:
        """How many pairs of these experts may not meet on one work."""
        return sum(
            self._part[one] == self._part[other] or min(one, other) * self._experts + max(one, other) in self._across
            for one, other in combinations(team, 2)
        )


@dataclass(frozen=True, slots=True)
class Mixed:
    """A group in which swapping left some together, and the experts who would have to be kept away from it."""

    group: int
    experts: frozenset[int]


def kept_apart(problem: Problem, network: Network, teams: Ints) -> list[Mixed]:
    """Swap experts between works of a group until nobody meets whom they may not; the groups where that fails.

    A swap inside a group changes no count, so whatever the flow proved stays proved. Works on `teams` in place.
    """
    clashes = Clashes(problem, network)
    if clashes.only_in_parts:
        return []
    mixed = []
    for group in np.unique(network.group_of[clashes.of(teams)]).tolist():
        works = np.flatnonzero(network.group_of == group)
        rows = teams[works].tolist()
        if not repaired(rows, clashes):
            mixed.append(Mixed(group, frozenset[int]().union(*map(clashes.kept_away, rows))))
        teams[works] = rows
    return mixed


def repaired(rows: list[list[int]], clashes: Clashes) -> bool:
    """Swap until nobody meets whom they may not, in place; False when that fails."""
    left = [at for at, team in enumerate(rows) if clashes.count(team)]
    while left:
        swapped = [_swap(rows, at, clashes) for at in left]
        if not any(swapped):
            return False
        left = [at for at in left if clashes.count(rows[at])]
    return True


def _swap(rows: list[list[int]], at: int, clashes: Clashes) -> bool:
    here = rows[at]
    for there in rows:
        if there is here:
            continue
        before = clashes.count(here) + clashes.count(there)
        for i in range(len(here)):
            for j in range(len(there)):
                here[i], there[j] = there[j], here[i]
                if clashes.count(here) + clashes.count(there) < before:
                    return True
                here[i], there[j] = there[j], here[i]
    return False


def alternated(teams: Ints, experts: int) -> Ints:
    """Each team in the order of markings, so that nobody gets one kind only.

    How often an expert gives each of the markings differs by at most one. That is an edge colouring of the
    bipartite graph of works and shares, where an expert's works are cut into shares of as many as there are markings.
    """
    works, colours = teams.shape
    flat = teams.reshape(-1)
    order = np.argsort(flat, kind="stable")
    count = np.bincount(flat, minlength=experts)
    rank = np.empty_like(flat)
    rank[order] = np.arange(len(flat)) - np.repeat(np.cumsum(count) - count, count)
    shares = -(-count // colours)
    share = ((np.cumsum(shares) - shares)[flat] + rank // colours).tolist()
    taken, given = [-1] * (works * colours), [-1] * (int(shares.sum()) * colours)
    if colours == 2:
        return _halved(teams, share)
    for read, at in enumerate(share):
        _coloured(taken, given, read // colours * colours, at * colours, colours)
    owner = np.repeat(np.arange(experts), shares)
    return np.asarray(owner[np.array(taken, dtype=np.int64).reshape(teams.shape) // colours])


def _halved(teams: Ints, share: list[int]) -> Ints:
    """The same for two markings, without a search: reads of a work and reads of a share go in pairs, so that all
    reads form paths and even circles, and every other one along them is a first marking.
    """
    waiting: dict[int, int] = {}
    partner = [-1] * len(share)
    for read, at in enumerate(share):
        other = waiting.pop(at, -1)
        if other < 0:
            waiting[at] = read
        else:
            partner[read], partner[other] = other, read
    second = bytearray(len(share))  # 0 unknown, 1 first marking, 2 second marking
    for start in [*waiting.values(), *range(0, len(share), 2)]:
        read = start
        while read >= 0 and not second[read]:
            second[read], second[read ^ 1] = 1, 2
            read = partner[read ^ 1]
    swap = np.frombuffer(second, dtype=np.uint8)[::2] == 2
    return np.where(swap[:, None], teams[:, ::-1], teams)


def _coloured(taken: list[int], given: list[int], work: int, share: int, colours: int) -> None:
    """Give the arc of a work and a share a colour that is free at both; both are named by their first place."""
    for colour in range(colours):
        if taken[work + colour] < 0 and given[share + colour] < 0:
            break
    else:
        colour = taken.index(-1, work, work + colours) - work
        _flip(taken, given, share, colour, given.index(-1, share, share + colours) - share)
    taken[work + colour], given[share + colour] = share, work


def _flip(taken: list[int], given: list[int], share: int, colour: int, spare: int) -> None:
    """Free `colour` at the share: exchange the two colours along the path that starts there."""
    path: list[tuple[int, int, int]] = []
    use, at = colour, share
    while (work := given[at + use]) >= 0:
        path.append((work, at, use))
        use = colour + spare - use
        if (at := taken[work + use]) < 0:
            break
        path.append((work, at, use))
        use = colour + spare - use
    for work, at, use in path:
        taken[work + use] = given[at + use] = -1
    for work, at, use in path:
        other = colour + spare - use
        taken[work + other], given[at + other] = at, work
