"""The packets drill: does the order of anything an expert sees say which works are of one school?

Many districts are composed into packets by the product itself, from facts that stand in the worst order there is:
sorted by school. Then each thing that has an order is compared with schools: ranks of anonymous numbers, places within
packets, numbers of packets, neighbours in a packet, and the two numbers of a work with each other. How strong an
association is would say nothing by itself, so each is ranked among chance re-arrangements of the same district; without
an association that rank is even, and over all districts its mean is known. One pooled test for each thing: a z of more
than 3.3 fails.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.engine import open_engine, upgrade
from crosscheck.db.ledger import Ledger, Writer
from crosscheck.model import AnonymousNumber, Marking, MarkingKey, WorkId
from crosscheck.numbering import number
from crosscheck.station import Station
from drill.assessment import SINGLE
from drill.gate import Gate
from packets.composing import compose_packets

TENTHS = 33  # the z, in tenths, from which an association counts as shown: 1 in 2,000 by chance
_CHANCES = 40  # re-arrangements of each district
_MARKINGS = (Marking(1), Marking(2))
Ranks = np.ndarray[Any, np.dtype[np.float64]]
Whole = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A composed district, row by row: school of the work, which work, its number, the packet, the place in it."""

    school: Whole
    work: Whole
    number: Whole
    packet: Whole
    place: Whole


@dataclass(frozen=True, slots=True)
class _Secretive:
    """As much of a station as composing needs."""

    key: bytes

    def secret(self) -> bytes:
        return self.key


class _Undone(Exception):
    """Ends a transaction without keeping it."""


def run(seed: int, districts: int) -> tuple[Gate, ...]:
    """One gate for each thing that has an order; its value is the z of the pooled test, in tenths."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    ledger = Ledger(engine, "drill", "drill")
    found: dict[str, list[float]] = {name: [] for name in _LOOKS}
    for one in range(districts):
        rng = np.random.default_rng([seed, one])
        rows = composed(ledger, rng)
        for name, look in _LOOKS.items():
            found[name].append(_rank(look, rows, rng))
    return tuple(
        Gate(f"{name}, z in tenths", round(10 * _z(ranks)), TENTHS, districts) for name, ranks in found.items()
    )


def _z(ranks: Sequence[float]) -> float:
    """How far the mean rank is from a half, in standard errors; above 0 where associations are too strong."""
    return (float(np.mean(ranks)) - 0.5) * math.sqrt(12 * len(ranks))


# --- a district --------------------------------------------------------------------------------------


def composed(ledger: Ledger, rng: np.random.Generator) -> Rows:
    """A district with 4 to 8 schools, each work marked by two experts of other schools; nothing of it is kept."""
    schools = int(rng.integers(4, 9))
    works = [(WorkId(f"W{s:02d}{n:03d}"), s) for s in range(schools) for n in range(int(rng.integers(4, 16)))]
    secret = rng.bytes(32)
    rows: list[facts.PacketRow] = []
    try:
        with ledger.writing() as writer:
            _add(writer, works, schools, secret, rng)
            compose_packets(writer, cast(Station, _Secretive(secret)), SINGLE)
            rows = queries.all_of(writer.connection, facts.PacketRow)
            raise _Undone
    except _Undone:
        pass
    school, index = dict(works), {work: i for i, (work, _school) in enumerate(works)}
    columns = [
        [school[WorkId(row.work)] for row in rows],
        [index[WorkId(row.work)] for row in rows],
        [int(row.number) for row in rows],
        [row.packet for row in rows],
        [row.row for row in rows],
    ]
    return Rows(*(np.array(column, np.int64) for column in columns))


def _add(
    writer: Writer, works: Sequence[tuple[WorkId, int]], schools: int, secret: bytes, rng: np.random.Generator
) -> None:
    """Numbers and assignments, sorted by school and work."""
    taken: set[AnonymousNumber] = set()
    made: list[facts.Fact] = []
    for work, _school in works:
        for marking in _MARKINGS:
            drawn = number(secret, MarkingKey(work, marking), taken)
            taken.add(drawn)
            made.append(facts.Number(work, marking, drawn))
    # In every other district schools mark the works of the next two, as in a tournament: then packets differ most.
    far = 3 if rng.random() < 0.5 else schools
    load = {(s, n): 0 for s in range(schools) for n in range(2)}
    for work, own in works:
        near = [(own - step) % schools for step in range(1, far)]
        # Whoever has least: loads are even.
        free = sorted((load[s, n], float(rng.random()), s, n) for s in near for n in range(2))
        second = next(one for one in free[1:] if one[2] != free[0][2])
        for marking, (_load, _chance, s, n) in zip(_MARKINGS, (free[0], second), strict=True):
            load[s, n] += 1
            made.append(facts.Assignment(work, marking, f"E{s:02d}{n}", "a", ""))
    writer.append_all(made)


# --- what has an order --------------------------------------------------------------------------

Look = Callable[[Rows, np.random.Generator | None], float]


def _rank(look: Look, rows: Rows, rng: np.random.Generator) -> float:
    """Where the district's association stands among those of chance: 0 the weakest, 1 the strongest."""
    here = look(rows, None)
    chance = [look(rows, rng) for _ in range(_CHANCES)]
    return sum((one < here) + 0.5 * (one == here) for one in chance) / _CHANCES


def _between(values: Ranks, groups: Whole) -> float:
    """How much of the spread of values lies between the groups."""
    sums, sizes = np.bincount(groups, values), np.bincount(groups)
    there = sizes > 0
    return float((sums[there] ** 2 / sizes[there]).sum())


def _ranked(values: Whole) -> Ranks:
    ranks = np.empty(len(values), np.float64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values)) - (len(values) - 1) / 2
    return ranks


def _numbers(rows: Rows, rng: np.random.Generator | None) -> float:
    ranks = _ranked(rows.number)
    return _between(ranks if rng is None else rng.permutation(ranks), rows.school)


def _places(rows: Rows, rng: np.random.Generator | None) -> float:
    sizes = np.bincount(rows.packet)[rows.packet]
    place = rows.place if rng is None else _within(rows, rng)
    return _between(place / sizes - (sizes - 1) / (2 * sizes), rows.school)


def _within(rows: Rows, rng: np.random.Generator) -> Whole:
    """Places drawn anew within each packet."""
    place = rows.place.copy()
    for packet in np.unique(rows.packet):
        here = rows.packet == packet
        place[here] = rng.permutation(place[here])
    return place


def _packets(rows: Rows, rng: np.random.Generator | None) -> float:
    names = np.arange(rows.packet.max() + 1)
    drawn = rows.packet if rng is None else np.concatenate([[0], rng.permutation(names[1:])])[rows.packet]
    return _between((drawn - drawn.mean()).astype(np.float64), rows.school)


def _neighbours(rows: Rows, rng: np.random.Generator | None) -> float:
    place = rows.place if rng is None else _within(rows, rng)
    order = np.lexsort((place, rows.packet))
    packet, school = rows.packet[order], rows.school[order]
    return float(((packet[1:] == packet[:-1]) & (school[1:] == school[:-1])).sum())


def _pairs(rows: Rows, rng: np.random.Generator | None) -> float:
    """The two numbers of each work: does one say something of the other?"""
    ranks = _ranked(rows.number)[np.lexsort((rows.number, rows.work))].reshape(-1, 2)
    both = ranks if rng is None else np.sort(rng.permutation(ranks.ravel()).reshape(-1, 2), axis=1)
    return -float(np.abs(both[:, 1] - both[:, 0]).sum())


_LOOKS: Mapping[str, Look] = {
    "numbers against schools": _numbers,
    "places in packets against schools": _places,
    "numbers of packets against schools": _packets,
    "neighbours in packets of one school": _neighbours,
    "the two numbers of a work against each other": _pairs,
}
