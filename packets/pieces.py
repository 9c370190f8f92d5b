"""Class-sets in few pieces: experts exchange shares, two at a time, until hardly a class-set is cut. Pure.

A piece is what one expert reads of one class-set. Two experts put their pieces together and share them out anew, so
that each reads as many works as before: every class-set goes to one of them whole, or all but one do. Where several
ways are equally good one is drawn by lot, which moves pieces about until others fit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from crosscheck.model import ClassToken, ExpertId
from packets.network import Ints, Network, Truth

_TURNS = 60  # for each expert, with partners drawn by lot
_MOST_SHARED = 9  # class-sets of two experts that are looked at together: twice as many ways for each


@dataclass(slots=True)
class Pieces:
    """reads: of each expert, by class-set. works: of each class-set; the most that one expert, or all experts of one
    part, may read of it. may: (class-set, expert) pairs allowed, as an array of truth values."""

    class_sets: tuple[ClassToken, ...]
    experts: tuple[ExpertId, ...]
    works: list[int]
    part: list[int]
    may: Truth
    reads: list[dict[int, int]]

    @property
    def count(self) -> int:
        return sum(map(len, self.reads))


def pieces_of(network: Network, pairs: Ints, reads: Ints) -> Pieces:
    """The pieces of reads of pairs (`group * experts + expert`). Only a class-set whose works all have the same experts
    is exchanged; others stay as they are."""
    names = sorted(set(network.class_set))
    number = {name: at for at, name in enumerate(names)}
    of_group = np.array([number[name] for name in network.class_set], dtype=np.int64)
    group, expert = np.divmod(pairs, max(1, len(network.experts)))
    found: list[dict[int, int]] = [{} for _ in network.experts]
    for class_set, who, count in zip(of_group[group].tolist(), expert.tolist(), reads.tolist(), strict=True):
        found[who][class_set] = found[who].get(class_set, 0) + count
    may = np.zeros((len(names), len(network.experts)), dtype=np.bool_)
    single = np.bincount(of_group, minlength=len(names)) == 1
    for at in np.flatnonzero(single[of_group]).tolist():
        may[of_group[at]] = network.may(at, at + 1)[0]
    works = np.bincount(of_group, network.size, len(names)).astype(np.int64).tolist()
    return Pieces(tuple(names), tuple(e.expert for e in network.experts), works, network.part.tolist(), may, found)


def fewer(pieces: Pieces, seed: int) -> Pieces:
    """The same loads in as few pieces as turns by lot find; never more than before."""
    lot = random.Random(seed)
    able = [at for at, reads in enumerate(pieces.reads) if reads]
    for _ in range(_TURNS if len(able) > 1 else 0):
        for one in lot.sample(able, len(able)):
            exchanged(pieces, one, _partner(pieces, one, able, lot), lot)
    return pieces


def _partner(pieces: Pieces, one: int, able: list[int], lot: random.Random) -> int:
    """Every other time somebody who reads another piece of one of this expert's class-sets, if anybody does."""
    mine = pieces.reads[one].keys()
    near = [at for at in able if at != one and not mine.isdisjoint(pieces.reads[at])] if lot.getrandbits(1) else []
    return lot.choice(near or [at for at in able if at != one])


def exchanged(pieces: Pieces, one: int, other: int, lot: random.Random) -> None:
    """Share the pieces of two experts out anew, in place."""
    mine, theirs = pieces.reads[one], pieces.reads[other]
    shared = [c for c in sorted({*mine, *theirs}) if _movable(pieces, c, one, other)]
    if not 1 < len(shared) <= _MOST_SHARED:
        return
    total = {c: mine.get(c, 0) + theirs.get(c, 0) for c in shared}
    load = sum(mine.get(c, 0) for c in shared)
    now = sum((c in mine) + (c in theirs) for c in shared)
    ways = list(_ways(total, load, now))
    fewest = min((count for count, _ in ways), default=now)
    best = [way for count, way in ways if count == fewest]
    if not best:
        return
    way = lot.choice(best)
    for c in shared:
        for who, reads in ((mine, way.get(c, 0)), (theirs, total[c] - way.get(c, 0))):
            who.pop(c, None)
            if reads:
                who[c] = reads


def _movable(pieces: Pieces, class_set: int, one: int, other: int) -> bool:
    """May either of the two read all that both read of it?"""
    total = pieces.reads[one].get(class_set, 0) + pieces.reads[other].get(class_set, 0)
    if total > pieces.works[class_set] or not pieces.may[class_set, [one, other]].all():
        return False
    most = pieces.works[class_set] - total
    return all(_in_part(pieces, class_set, who, (one, other)) <= most for who in (one, other))


def _in_part(pieces: Pieces, class_set: int, who: int, but: tuple[int, int]) -> int:
    """What others of the part of `who` read of it."""
    part = pieces.part[who]
    return sum(
        reads.get(class_set, 0) for at, reads in enumerate(pieces.reads) if pieces.part[at] == part and at not in but
    )


def _ways(total: Mapping[int, int], load: int, most: int) -> Iterator[tuple[int, dict[int, int]]]:
    """Ways to give one expert `load` reads in all, with how many pieces both then have; at most `most`."""
    shared = list(total)
    sums = [0]
    for c in shared:
        sums += [s + total[c] for s in sums]
    for way, read in enumerate(sums):
        if read == load:
            yield len(shared), {c: total[c] for n, c in enumerate(shared) if way >> n & 1}
        elif read < load and len(shared) < most:
            for n, c in enumerate(shared):
                if not way >> n & 1 and load - read < total[c]:
                    whole = {d: total[d] for m, d in enumerate(shared) if way >> m & 1}
                    yield len(shared) + 1, whole | {c: load - read}
