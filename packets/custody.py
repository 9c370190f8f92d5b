"""Where each packet is - at the office, given out, returned, lost - and what a code read at the table means. Pure.

A packet is known by the code on its cover: read by a hand scanner (QR or Code128), or typed. Whatever happens to it is
a move; moves are never taken back, the newest one of a packet says where it is.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck.packetcode import PacketCode


class Direction(enum.Enum):
    """What happened to a packet."""

    OUT = "out"
    BACK = "back"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happened to a packet at a check point. at: in UTC. by: who recorded it. why: of a loss."""

    packet: int
    direction: Direction
    point: str
    at: datetime.datetime
    by: str
    why: str = ""


# --- where packets are --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AtOffice:
    """Never given out."""


@dataclass(frozen=True, slots=True)
class GivenOut:
    """With an expert since the move."""

    since: Move


@dataclass(frozen=True, slots=True)
class Returned:
    """Back since the move."""

    since: Move


@dataclass(frozen=True, slots=True)
class Lost:
    """Declared lost with the move."""

    since: Move


Whereabouts = AtOffice | GivenOut | Returned | Lost
_AFTER: Mapping[Direction, type[GivenOut | Returned | Lost]] = {
    Direction.OUT: GivenOut,
    Direction.BACK: Returned,
    Direction.LOST: Lost,
}


def whereabouts(moves: Iterable[Move]) -> Mapping[int, Whereabouts]:
    """Where each packet with a move is. Moves count in the order in which they happened, however late they became
    known; of two at the same moment the later one in the list."""
    newest: dict[int, Move] = {}
    for move in sorted(moves, key=lambda m: m.at):
        newest[move.packet] = move
    return {packet: _AFTER[move.direction](move) for packet, move in sorted(newest.items())}


# --- what a move means --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet of the ledger. point: the check point of its expert. round: of its newest print. taken_back: numbers of
    works in it that were given to somebody else since."""

    packet: int
    expert: str
    point: str
    works: int
    round: int
    taken_back: tuple[str, ...] = ()

    @property
    def void(self) -> bool:
        """Was everything in it given to others?"""
        return len(self.taken_back) >= self.works


class Refusal(enum.Enum):
    """Why nothing is recorded."""

    UNKNOWN_PACKET = "unknown_packet"
    OLD_PRINT = "old_print"  # printed again since: the newer print is the one to use
    OUT_ALREADY = "out_already"
    BACK_ALREADY = "back_already"
    LOST_ALREADY = "lost_already"
    POINT_CLOSED = "point_closed"
    TAKEN_BACK = "taken_back"  # all its works were given to others


class Remark(enum.Enum):
    """What a person has to look at, although the move is recorded."""

    OTHER_POINT = "other_point"  # its expert belongs to another check point
    NEVER_OUT = "never_out"
    OUT_AGAIN = "out_again"  # it was back already
    FOUND = "found"  # it was declared lost
    OLD_PRINT = "old_print"  # its score sheets won't be read
    AFTER_CLOSING = "after_closing"
    BY_KEYS = "by_keys"  # the code came through a Russian keyboard layout
    PARTLY_TAKEN_BACK = "partly_taken_back"  # some of its works were given to others: their copies must come out


@dataclass(frozen=True, slots=True)
class Recorded:
    """The move stands, with what is odd about it."""

    remarks: tuple[Remark, ...]


def judged(
    packet: Packet | None, code: PacketCode, where: Whereabouts, direction: Direction, point: str, *, closed: bool
) -> Recorded | Refusal:
    """What a move means for a packet that is somewhere. `closed`: whether the check point was closed before."""
    if packet is None:
        return Refusal.UNKNOWN_PACKET
    old = code.round is not None and code.round < packet.round
    match direction, where:
        case Direction.OUT, GivenOut():
            return Refusal.OUT_ALREADY
        case ((Direction.BACK | Direction.LOST), Returned()):
            return Refusal.BACK_ALREADY
        case Direction.LOST, Lost():
            return Refusal.LOST_ALREADY
        case Direction.OUT, _ if closed:
            return Refusal.POINT_CLOSED
        case Direction.OUT, _ if packet.void:
            return Refusal.TAKEN_BACK
        case Direction.OUT, _ if old:
            return Refusal.OLD_PRINT
    odd = {
        Remark.OTHER_POINT: packet.point != point,
        Remark.NEVER_OUT: direction is Direction.BACK and isinstance(where, AtOffice),
        Remark.OUT_AGAIN: direction is Direction.OUT and isinstance(where, Returned),
        Remark.FOUND: isinstance(where, Lost),
        Remark.OLD_PRINT: old,
        Remark.AFTER_CLOSING: closed,
        Remark.BY_KEYS: code.by_keys,
        Remark.PARTLY_TAKEN_BACK: direction is Direction.OUT and bool(packet.taken_back),
    }
    return Recorded(tuple(remark for remark, holds in odd.items() if holds))


# --- the count ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """The packets of a check point: all = at_office + out + back + lost."""

    point: str
    all: int
    at_office: int
    out: int
    back: int
    lost: int

    @property
    def settled(self) -> bool:
        """Does nothing have to come back any more?"""
        return self.at_office == self.out == 0


def counted(packets: Iterable[Packet], where: Mapping[int, Whereabouts]) -> tuple[Count, ...]:
    """One count for each check point, in order of their names. A packet counts where it was given out; one that never
    was, where its expert belongs; and not at all when its works were given to others before it went out."""
    of_point: dict[str, list[Whereabouts]] = {}
    for packet in packets:
        at = where.get(packet.packet, AtOffice())
        if packet.void and isinstance(at, AtOffice):
            continue
        of_point.setdefault(packet.point if isinstance(at, AtOffice) else at.since.point, []).append(at)
    return tuple(
        Count(point, len(places), *(sum(isinstance(p, kind) for p in places) for kind in _KINDS))
        for point, places in sorted(of_point.items())
    )


_KINDS = (AtOffice, GivenOut, Returned, Lost)
