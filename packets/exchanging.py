"""Works of one class-set exchange readers: what that may change, drawn by hash and weighed many at once. Pure.

Works of a group are interchangeable, so when two of them exchange a reader each, every expert keeps the number of
reads in the group, and whatever the flow proved stays proved. When they are of one class-set, it also keeps whom it
meets. This freedom costs nothing; `joining` uses it to link readers, `evening` to make their pages even.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from packets.network import Ints, Network, Truth
from packets.problem import hashed
from packets.rows import Clashes, class_sets

_FEWEST, _MOST = 12, 32  # works that exchange among each other: smaller class-sets together, larger ones in parts
_TABLE = 1 << 24  # pairs of seats that are tabulated
_WORTH = 1 << 14  # worths are told apart up to here


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Who reads what, as seats: a seat is an expert in a stretch of works that may exchange readers.

    order: numbers of the works, stretch by stretch. first, size: of each one's stretch, by places in that order.
    seats: (works, markings), changed in place. expert: of each seat.
    meeting: `shift + width * one seat + other seat` is where the number of a pair of experts stands, with shift and
    width of the work; pair 0: they may not meet. pairs: two experts of each, by number.
    common: works that both experts of a pair read, changed in place.
    """

    order: Ints
    first: Ints
    size: Ints
    seats: Ints
    expert: Ints
    shift: Ints
    width: Ints
    meeting: Ints
    pairs: Ints
    common: Ints
    experts: int
    seed: int

    @property
    def readers(self) -> Ints:
        """Experts of each work, in the board's order."""
        return self.expert[self.seats]

    def reader(self, work: Ints, at: Ints) -> Ints:
        """One expert of each of these works."""
        return self.expert[self.seats[work, at]]

    @property
    def teams(self) -> Ints:
        """Experts of each work, in id order."""
        found = np.empty_like(self.seats)
        found[self.order] = self.readers
        return found

    def lots(self, what: str, count: int) -> Ints:
        """Numbers that look random but depend on the seed and the words only: 0 to before 2**40."""
        lots = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        lots += np.uint64(hashed(self.seed, "exchange", what))
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            lots = (lots ^ (lots >> np.uint64(shift))) * np.uint64(factor)
        return (lots >> np.uint64(24)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """Reader `at` of the work `one` for reader `by` of the work `other`: parallel arrays, works as on the board."""

    one: Ints
    at: Ints
    other: Ints
    by: Ints

    def some(self, which: Ints) -> Offers:
        return Offers(self.one[which], self.at[which], self.other[which], self.by[which])


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What offers would change. gone, come: pairs of experts who would meet once less and once more, (2 x (markings -
    1), offers). more: half of what the sum of squares of common works would grow by. allowed: by the rules."""

    gone: Ints
    come: Ints
    more: Ints
    allowed: Truth


def board_of(network: Network, clashes: Clashes, teams: Ints) -> Board:
    """The board of some teams that keep every rule."""
    order = np.lexsort((class_sets(network), network.group_of))
    experts, most = len(network.experts), _MOST
    while True:
        stretch = _stretches(network.group_of[order], class_sets(network)[order], most)
        keys, seats = np.unique(stretch[:, None] * experts + teams[order], return_inverse=True)
        width = np.bincount(keys // max(1, experts), minlength=int(stretch.max(initial=-1)) + 1)
        if int((width * width).sum()) <= _TABLE or most == 1:
            break
        most //= 2  # one class-set of a whole city, say
    expert, first_seat, start = keys % max(1, experts), np.cumsum(width) - width, np.cumsum(width**2) - width**2
    pairs, meeting = _meetings(expert, width, experts, clashes)
    size = np.bincount(stretch, minlength=len(width))
    board = Board(
        order,
        (np.cumsum(size) - size)[stretch],
        size[stretch],
        seats.reshape(teams.shape),
        expert,
        (start - first_seat * width - first_seat)[stretch],
        width[stretch],
        meeting,
        pairs,
        np.zeros(pairs.shape[1], np.int64),
        experts,
        network.seed,
    )
    for one, other in combinations(range(teams.shape[1]), 2):
        met = meeting[board.shift + board.width * board.seats[:, one] + board.seats[:, other]]
        board.common[:] += np.bincount(met, minlength=len(board.common))
    return board


def _stretches(groups: Ints, class_sets: Ints, most: int) -> Ints:
    """Number the works that stand side by side: class-sets of a group, small ones together, large ones in parts."""
    new = np.flatnonzero((np.diff(groups, prepend=-1) != 0) | (np.diff(class_sets, prepend=-1) != 0))
    number, found = -1, list[int]()
    size, last = 0, -1
    for group, works in zip(groups[new].tolist(), np.diff(new, append=len(groups)).tolist(), strict=True):
        if group != last or size >= _FEWEST:
            number, size, last = number + 1, 0, group
        size += works
        found.append(number)
    stretch = np.repeat(np.array(found, dtype=np.int64), np.diff(new, append=len(groups)))
    size_of = np.bincount(stretch, minlength=number + 1)
    parts = -(-size_of // most)
    rank = np.arange(len(stretch)) - (np.cumsum(size_of) - size_of)[stretch]
    return np.asarray((np.cumsum(parts) - parts)[stretch] + rank * parts[stretch] // size_of[stretch])


def _meetings(expert: Ints, width: Ints, experts: int, clashes: Clashes) -> tuple[Ints, Ints]:
    """Two experts of each pair, numbered from 1; and the number for each two seats of a stretch, 0 for a clash."""
    squares = width * width
    stretch = np.repeat(np.arange(len(width)), squares)
    row, column = np.divmod(np.arange(len(stretch)) - np.repeat(np.cumsum(squares) - squares, squares), width[stretch])
    first_seat = (np.cumsum(width) - width)[stretch]
    one, other = expert[first_seat + row], expert[first_seat + column]
    fine = np.flatnonzero(clashes.may_meet(one, other))
    keys = np.minimum(one[fine], other[fine]) * experts + np.maximum(one[fine], other[fine])
    pairs, number = np.unique(keys, return_inverse=True)
    meeting = np.zeros(len(stretch), np.int64)
    meeting[fine] = number + 1
    return np.stack(np.divmod(np.concatenate([[-1], pairs]), max(1, experts))), meeting


def offered(board: Board, one: Ints, at: Ints, lots: Ints) -> Offers:
    """By each of the lots somebody of the work's stretch, and one of the readers there; sizes must be above 1."""
    first, size = board.first[one], board.size[one]
    other = one + 1 + ((lots >> 8) * (size - 1) >> 32)
    other -= np.where(other >= first + size, size, 0)
    return Offers(one, at, other, (lots & 0xFF) * board.seats.shape[1] >> 8)


def weighed(board: Board, offers: Offers) -> Change:
    """What each offer alone would change; its two works must be of one stretch."""
    one, at, other, by = offers.one, offers.at, offers.other, offers.by
    markings = board.seats.shape[1]
    rest = (np.arange(1, markings)[:, None] + np.arange(markings)) % markings
    leaves, comes = board.seats[one, at], board.seats[other, by]
    here, there = board.seats[one, rest[:, at]], board.seats[other, rest[:, by]]
    leaving, coming = board.shift[one] + board.width[one] * leaves, board.shift[one] + board.width[one] * comes
    gone = board.meeting[np.concatenate([leaving + here, coming + there])]
    come = board.meeting[np.concatenate([coming + here, leaving + there])]
    more = board.common[come].sum(axis=0) - board.common[gone].sum(axis=0) + len(come)
    # With whoever reads both works, the two only change places.
    more -= 2 * (here[:, None] == there[None, :]).sum(axis=(0, 1))
    return Change(gone, come, more, (come > 0).all(axis=0) & (leaves != comes))


def taken(board: Board, offers: Offers, change: Change, worth: Ints, fine: Truth, *claims: Ints) -> Ints:
    """Exchange what is allowed and fine, least worth first; which offers were taken.

    No two of them touch the same work or pair of experts, or claim the same number below the number of experts: so
    each changes what it was weighed to change.
    """
    some = np.flatnonzero(change.allowed & fine)
    some = some[np.argsort(np.clip(worth[some], -_WORTH, _WORTH).astype(np.int16), kind="stable")]
    works, pairs = len(board.seats), len(board.common)
    touched = [offers.one, offers.other, *(works + pairs + claim for claim in claims)]
    touched += [works + pair for pair in (*change.gone, *change.come)]
    some = some[_apart([column[some] for column in touched], works + pairs + board.experts)]
    _exchange(board, offers, change, some)
    return some


def shaken(board: Board, offers: Offers, change: Change) -> None:
    """Exchange whatever is allowed, whatever comes of it; no work twice."""
    some = np.flatnonzero(change.allowed)
    some = some[_apart([offers.one[some], offers.other[some]], len(board.seats))]
    _exchange(board, offers, change, some)


def _apart(touched: Sequence[Ints], numbers: int) -> Truth:
    """Which offers touch nothing (of 0 to before `numbers`) that one before them touches, by columns."""
    turn, first = np.arange(len(touched[0])), np.empty(numbers, np.int64)
    rows = np.stack(touched, axis=1)
    first[rows[::-1].reshape(-1)] = np.repeat(turn[::-1], len(touched))  # of equals, the last one stays
    return np.asarray(np.logical_and.reduce([first[column] == turn for column in touched]))


def _exchange(board: Board, offers: Offers, change: Change, some: Ints) -> None:
    one, at, other, by = offers.one[some], offers.at[some], offers.other[some], offers.by[some]
    board.seats[one, at], board.seats[other, by] = board.seats[other, by], board.seats[one, at]
    np.add.at(board.common, change.come[:, some], 1)
    np.subtract.at(board.common, change.gone[:, some], 1)
