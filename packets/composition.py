"""Packets from assignments: which works of one expert go together, and in what order. Pure.

The order follows a keyed hash, so that neither a packet nor its place tells anything about a school or a class.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable

from crosscheck.facts import Assignment
from crosscheck.model import THIRD_MARKING, Marking, MarkingKey, is_control, is_unaided
from packets.errors import BadPacketSize, MixedExperts, WorkTwiceInPackets

Packet = tuple[Assignment, ...]


class Kind(enum.Enum):
    """What a packet holds; kinds are never mixed, because their sheets and instructions differ."""

    INDEPENDENT = "independent"
    THIRD = "third"
    LATER = "later"  # re-markings and appeals: one packet for each marking


def kind_of(marking: Marking) -> Kind:
    """The kind of packet a marking belongs to. Control markings lie among independent ones."""
    if is_unaided(marking):
        return Kind.INDEPENDENT
    return Kind.THIRD if marking == THIRD_MARKING else Kind.LATER


def compose(assignments: Iterable[Assignment], max_works: int, key: Callable[[MarkingKey], str]) -> tuple[Packet, ...]:
    """Packets of one expert: independent markings first, then third, then others; parts of works never mixed.

    Each holds at most `max_works`; sizes of a kind differ by at most one, larger first. `key` is a keyed hash;
    works stand in its order, whatever the order of the input. A work that comes a second time, as a control marking,
    lies in another packet than the first time, where there are two.
    Raises BadPacketSize, MixedExperts, WorkTwiceInPackets.
    """
    given = sorted(assignments, key=lambda a: (key(a.key), a.key))
    _check(given, max_works)
    shelves: dict[tuple[int, int, int], list[Assignment]] = {}
    for assignment in given:
        shelves.setdefault(_shelf(assignment.key), []).append(assignment)
    return tuple(
        tuple(sorted(packet, key=lambda a: (key(a.key), a.key)))
        for _, shelf in sorted(shelves.items())
        for packet in _apart(_split(shelf, max_works))
    )


def _check(given: list[Assignment], max_works: int) -> None:
    if max_works < 1:
        raise BadPacketSize(size=max_works)
    experts = {a.expert for a in given}
    if len(experts) > 1:
        raise MixedExperts(experts=len(experts))
    seen: set[tuple[str, bool]] = set()
    for assignment in given:
        one = assignment.work, is_control(assignment.marking)
        if one in seen:
            raise WorkTwiceInPackets(work=assignment.work)
        seen.add(one)


def _shelf(key: MarkingKey) -> tuple[int, int, int]:
    kind = kind_of(key.marking)
    return (list(Kind).index(kind), key.marking if kind is Kind.LATER else 0, key.part)


def _split(shelf: list[Assignment], max_works: int) -> list[list[Assignment]]:
    packets = -(-len(shelf) // max_works)
    small, larger = divmod(len(shelf), packets)
    result: list[list[Assignment]] = []
    start = 0
    for at in range(packets):
        end = start + small + (at < larger)
        result.append(shelf[start:end])
        start = end
    return result


def _apart(packets: list[list[Assignment]]) -> list[list[Assignment]]:
    """Works that lie in a packet twice change places with others, where that is possible."""
    for at, packet in enumerate(packets):
        for n, one in enumerate(packet):
            if one.work in (other.work for other in packet[:n]) and (place := _place(packets, at, one)):
                to, m = place
                packet[n], packets[to][m] = packets[to][m], one
    return packets


def _place(packets: list[list[Assignment]], at: int, one: Assignment) -> tuple[int, int] | None:
    """A place in another packet for one row of this one, so that neither holds a work twice then."""
    here = {row.work for row in packets[at]}
    for to, packet in enumerate(packets):
        if to != at and one.work not in (row.work for row in packet):
            for m, other in enumerate(packet):
                if other.work not in here:
                    return to, m
    return None
