"""Packets from assignments: which works of one expert go together, and in what order. Pure.

The order follows a keyed hash, so that neither a packet nor its place tells anything about a school or a class.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable

from crosscheck.facts import Assignment
from crosscheck.model import LAST_INDEPENDENT_MARKING, THIRD_MARKING, Marking, MarkingKey
from packets.errors import BadPacketSize, MixedExperts, WorkTwiceInPackets

Packet = tuple[Assignment, ...]


class Kind(enum.Enum):
    """What a packet holds; kinds are never mixed, because their sheets and instructions differ."""

    INDEPENDENT = "independent"
    THIRD = "third"
    LATER = "later"  # re-markings and appeals: one packet for each marking


def kind_of(marking: Marking) -> Kind:
    """The kind of packet a marking belongs to."""
    if marking <= LAST_INDEPENDENT_MARKING:
        return Kind.INDEPENDENT
    return Kind.THIRD if marking == THIRD_MARKING else Kind.LATER


def compose(assignments: Iterable[Assignment], max_works: int, key: Callable[[MarkingKey], str]) -> tuple[Packet, ...]:
    """Packets of one expert: independent markings first, then third, then others; parts of works never mixed.

    Each holds at most `max_works`; sizes of a kind differ by at most one, larger first. `key` is a keyed hash;
    works stand in its order, whatever the order of the input.
    Raises BadPacketSize, MixedExperts, WorkTwiceInPackets.
    """
    given = sorted(assignments, key=lambda a: (key(a.key), a.key))
    _check(given, max_works)
    shelves: dict[tuple[int, int, int], list[Assignment]] = {}
    for assignment in given:
        shelves.setdefault(_shelf(assignment.key), []).append(assignment)
    return tuple(packet for _, shelf in sorted(shelves.items()) for packet in _split(shelf, max_works))


def _check(given: list[Assignment], max_works: int) -> None:
    if max_works < 1:
        raise BadPacketSize(size=max_works)
    experts = {a.expert for a in given}
    if len(experts) > 1:
        raise MixedExperts(experts=len(experts))
    seen: set[str] = set()
    for assignment in given:
        if assignment.work in seen:
            raise WorkTwiceInPackets(work=assignment.work)
        seen.add(assignment.work)


def _shelf(key: MarkingKey) -> tuple[int, int, int]:
    kind = kind_of(key.marking)
    return (list(Kind).index(kind), key.marking if kind is Kind.LATER else 0, key.part)


def _split(shelf: list[Assignment], max_works: int) -> list[Packet]:
    packets = -(-len(shelf) // max_works)
    small, larger = divmod(len(shelf), packets)
    result: list[Packet] = []
    start = 0
    for at in range(packets):
        end = start + small + (at < larger)
        result.append(tuple(shelf[start:end]))
        start = end
    return result
