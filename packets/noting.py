"""Taking one move of a packet into the ledger, or saying why not; what is said about it, in words."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, numbering, packetcode
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import AnonymousNumber
from crosscheck.numbering import packet_code
from crosscheck.packetcode import NoCode, PacketCode, code_of, packet_code_of
from packets import journal, print_state
from packets.custody import (
    AtOffice,
    Direction,
    GivenOut,
    Move,
    Packet,
    Recorded,
    Refusal,
    Remark,
    Whereabouts,
    judged,
    whereabouts,
)

_DONE = {Direction.OUT: N_("given out"), Direction.BACK: N_("back"), Direction.LOST: N_("lost")}
_REFUSED = {
    Refusal.UNKNOWN_PACKET: N_("there is no such packet"),
    Refusal.OLD_PRINT: N_("this packet was printed again: hand out the newer print"),
    Refusal.OUT_ALREADY: N_("is out already"),
    Refusal.BACK_ALREADY: N_("came back already"),
    Refusal.LOST_ALREADY: N_("was declared lost already"),
    Refusal.POINT_CLOSED: N_("the check point is closed"),
    Refusal.TAKEN_BACK: N_("its works were given to other experts: do not hand it out"),
}
_REMARKS = {
    Remark.OTHER_POINT: N_("its expert belongs to another check point"),
    Remark.NEVER_OUT: N_("it was never noted as given out"),
    Remark.OUT_AGAIN: N_("it was back already and is out again"),
    Remark.FOUND: N_("it had been declared lost"),
    Remark.OLD_PRINT: N_("it was printed again since: the score sheets of this print won't be read"),
    Remark.AFTER_CLOSING: N_("the check point was closed before"),
    Remark.BY_KEYS: packetcode.BY_KEYS,
    Remark.PARTLY_TAKEN_BACK: N_("take out the copies of works that were given to other experts: {numbers}"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said about one code. alarm: whether a person has to look at it."""

    text: str
    alarm: bool


# --- the ledger's side --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """What the ledger knows of packets, as it stands now."""

    packets: dict[int, Packet]
    moves: tuple[Move, ...]
    closed: frozenset[str]
    points: tuple[str, ...]

    def place(self, packet: int) -> Whereabouts:
        return whereabouts(m for m in self.moves if m.packet == packet).get(packet, AtOffice())


def known_packets(connection: Connection) -> Book:
    experts = {e.expert: e for e in queries.latest_of(connection, facts.Expert)}
    printed = print_state.prints(connection)
    void = queries.void_rows(connection)
    numbers: dict[int, tuple[str, ...]] = {}
    for row in queries.all_of(connection, facts.PacketRow) if void else ():
        # A reprint leaves out what was taken back before it.
        if (row.packet, row.row) in void and row.packet in printed and row.row in printed[row.packet].rows:
            numbers[row.packet] = (*numbers.get(row.packet, ()), numbering.spaced(AnonymousNumber(row.number)))
    packets = {
        p.packet: Packet(
            p.packet,
            p.expert,
            experts[p.expert].check_point,
            len(printed[p.packet].rows),
            printed[p.packet].round,
            numbers.get(p.packet, ()),
        )
        for p in queries.all_of(connection, facts.Packet)
        if p.packet in printed
    }
    closed = (row.point for row in queries.latest_of(connection, facts.PointClosed) if row.closed)
    points = {e.check_point for e in experts.values()}
    return Book(packets, _moves(connection), frozenset(closed), tuple(sorted(points)))


def _moves(connection: Connection) -> tuple[Move, ...]:
    return tuple(
        Move(m.packet, Direction(m.direction), m.point, datetime.datetime.fromisoformat(m.happened), m.by, m.why)
        for m in queries.all_of(connection, facts.CustodyMove)
    )


def note(writer: Writer, paper: str, entry: journal.Entry, *, default_point: bool = False) -> Answer:
    """Take one move in, or say why not. `default_point`: where no point is named, the packet's own one is meant."""
    code = code_of(entry.code, paper)
    if isinstance(code, NoCode):
        return Answer(f"{packetcode.shown(entry.code)}: {_(packetcode.WHY[code])}", alarm=True)
    known = known_packets(writer.connection)
    packet = known.packets.get(code.packet)
    point = packet.point if packet is not None and default_point else entry.point
    if (move := _move(code, entry, point)) in known.moves:
        return Answer(_("{packet}: noted before").format(packet=packet_code(code.packet)), alarm=False)
    where = known.place(code.packet)
    found = judged(packet, code, where, entry.direction, point, closed=point in known.closed)
    if isinstance(found, Recorded):
        writer.append(_fact(move))
    return _answer(code, packet, where, entry.direction, found)


def _move(code: PacketCode, entry: journal.Entry, point: str) -> Move:
    return Move(code.packet, entry.direction, point, entry.moment, entry.by, entry.why)


def _fact(move: Move) -> facts.CustodyMove:
    row = [move.packet, move.direction.value, move.point, move.at.isoformat(), move.by, move.why]
    name = hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).hexdigest()[:20]
    return facts.CustodyMove(name, *row)  # type: ignore[arg-type]


def _answer(
    code: PacketCode, packet: Packet | None, where: Whereabouts, direction: Direction, found: Recorded | Refusal
) -> Answer:
    name = packet_code(code.packet)
    if isinstance(found, Refusal):
        since = "" if isinstance(where, AtOffice) else f" ({clock(where.since)}, {where.since.by})"
        return Answer(f"{name}: {_(_REFUSED[found])}{since}", alarm=True)
    works = packet.works if packet is not None else 0
    said = _("{packet}: {done} (works: {works})").format(packet=name, done=_(_DONE[direction]), works=works)
    numbers = ", ".join(packet.taken_back) if packet is not None else ""
    odd = [_(_REMARKS[remark]).format(numbers=numbers) for remark in found.remarks]
    return Answer("; ".join([said, *odd]), alarm=bool(odd))


def print_of(connection: Connection, move: Move) -> int:
    """The print of a packet that a move is about, 1 for the first: the newest one there was by then."""
    drawn = queries.signed_rows(connection, facts.PacketPrint, packet=move.packet)
    by_then = [int(str(one["round"])) for one in drawn if datetime.datetime.fromisoformat(str(one["at"])) <= move.at]
    return max(by_then, default=0) + 1


def clock(move: Move) -> str:
    return move.at.astimezone().strftime("%d.%m. %H:%M")


def note_in_file(file: Path, entry: journal.Entry) -> Answer:
    """As far as the file alone tells: a code that is none, and a packet that is out or back already."""
    code = packet_code_of(entry.code)
    if isinstance(code, NoCode):
        return Answer(f"{packetcode.shown(entry.code)}: {_(packetcode.WHY[code])}", alarm=True)
    known = [(packet_code_of(old.code), old) for old in journal.entries(file)]
    moves = [_move(of, old, old.point) for of, old in known if isinstance(of, PacketCode) and of.packet == code.packet]
    where = whereabouts(moves).get(code.packet, AtOffice())
    if isinstance(where, GivenOut) and entry.direction is Direction.OUT:
        return _answer(code, None, where, entry.direction, Refusal.OUT_ALREADY)
    journal.add(file, entry)
    said = f"{packet_code(code.packet)}: {_(_DONE[entry.direction])}"
    return Answer(f"{said}; {_(packetcode.BY_KEYS)}" if code.by_keys else said, alarm=code.by_keys)
