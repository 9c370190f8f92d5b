"""What papers are filled with, from the ledger."""

from __future__ import annotations

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure
from packets.noting import known_packets
from packets.papers.known import Occasion, PacketThere, PointKnown, Scored


def occasion(procedure: Procedure) -> Occasion:
    criteria = tuple(Scored(c.id, c.task, c.maximum) for c in procedure.criteria)
    return Occasion(procedure.title, procedure.date, criteria)


def check_points(connection: Connection, procedure: Procedure) -> tuple[PointKnown, ...]:
    """Every check point, in order of their names. Packets whose works were all given to others are not there."""
    book, about = known_packets(connection), occasion(procedure)
    pages = {(p.packet, p.round): p.pages for p in queries.all_of(connection, facts.PacketPrint)}
    sheets = [(sheet.packet, sheet.round) for sheet in queries.all_of(connection, facts.Sheet)]
    away = queries.absent_experts(connection)
    experts = [e for e in queries.latest_of(connection, facts.Expert) if e.capacity and e.expert not in away]

    def packets(point: str) -> tuple[PacketThere, ...]:
        there = (p for p in book.packets.values() if p.point == point and not p.void)
        return tuple(
            PacketThere(
                p.packet,
                packet_code(p.packet),
                p.works - len(p.taken_back),
                pages[p.packet, p.round],
                sheets.count((p.packet, p.round)),
            )
            for p in sorted(there, key=lambda p: p.packet)
        )

    return tuple(
        PointKnown(about, point, sum(e.check_point == point for e in experts), packets(point)) for point in book.points
    )
