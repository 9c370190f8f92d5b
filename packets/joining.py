"""Link readers evenly: no two meet on many works while others never meet, and whoever can be linked is. Pure.

The more alike the numbers of common works of any two experts are, the smaller the variance of what can be said of their
severity (`packets.linking`). So the sum of their squares is brought down by exchanges (`packets.exchanging`).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from packets.exchanging import Board, offered, shaken, taken, weighed
from packets.network import Ints, Network
from packets.rows import Clashes

_SHAKES = 4  # rounds in which everything is exchanged at first: the fill lets neighbours in a line meet
_ROUNDS = 24
_SWEEPS = 3
_LOOKED_AT = 32  # works of each of two parts that are looked at to link them


def joined(board: Board) -> None:
    """Exchange readers within stretches until common works are spread; changes the board."""
    works, markings = np.flatnonzero(board.size > 1), board.seats.shape[1]
    if markings == 1 or not len(works):
        return
    for number in range(_SHAKES + _ROUNDS):
        lots = board.lots(f"joining {number}", len(works))
        offers = offered(board, works, (lots >> 32) * markings >> 8, lots)
        change = weighed(board, offers)
        if number < _SHAKES:
            shaken(board, offers, change)
        else:
            taken(board, offers, change, change.more, change.more <= 0)


def bridged(network: Network, clashes: Clashes, teams: Ints, pages: Ints) -> int:
    """Exchange readers across class-sets of a group where readers' parts have no other link; how often. Of what links
    two parts, what moves the fewest pages. Changes `teams`."""
    order = np.argsort(network.group_of, kind="stable")
    done, starts = 0, np.cumsum(network.size) - network.size
    for _ in range(_SWEEPS):
        parts = parts_of(teams, len(network.experts))
        of_work = parts[teams[order, 0]]
        apart = np.minimum.reduceat(of_work, starts) < np.maximum.reduceat(of_work, starts) if len(order) else of_work
        before = done
        for group in np.flatnonzero(apart).tolist():
            works = order[starts[group] :][: network.size[group]]
            of_works = parts[teams[works, 0]]
            low, high = int(of_works.min()), int(of_works.max())
            near, far = (works[of_works == part][:_LOOKED_AT] for part in (low, high))
            if low < high and _bridge(clashes, teams, near, far, pages):
                parts, done = np.where(parts == high, low, parts), done + 1
        if done == before:
            break
    return done


def parts_of(teams: Ints, experts: int) -> Ints:
    """For each expert the first one who is linked with them by a chain of common works."""
    first = np.arange(experts)
    couples = [(teams[:, one], teams[:, other]) for one, other in combinations(range(teams.shape[1]), 2)]
    while couples:
        before = first.copy()
        for one, other in couples:
            least = np.minimum(first[one], first[other])
            np.minimum.at(first, one, least)
            np.minimum.at(first, other, least)
        first = first[first]
        if (first == before).all():
            break
    return first


def _bridge(clashes: Clashes, teams: Ints, near: Ints, far: Ints, pages: Ints) -> bool:
    """Exchange one reader between a work of each, if the rules allow any."""
    markings = teams.shape[1]
    axes = (np.arange(len(near)), np.arange(len(far)), np.arange(markings), np.arange(markings))
    a, b, at, by = (axis.reshape(-1) for axis in np.meshgrid(*axes, indexing="ij"))
    one, other = near[a], far[b]
    fine = np.ones(len(one), np.bool_)
    for n in range(1, markings):
        fine &= clashes.may_meet(teams[other, by], teams[one, (at + n) % markings])
        fine &= clashes.may_meet(teams[one, at], teams[other, (by + n) % markings])
    some = np.flatnonzero(fine)
    if markings == 1 or not len(some):
        return False
    best = some[np.argmin(np.abs(pages[one] - pages[other])[some])]
    one, at, other, by = one[best], at[best], other[best], by[best]
    teams[one, at], teams[other, by] = teams[other, by], teams[one, at]
    return True
