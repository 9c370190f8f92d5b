"""Assignments into packets, as facts: which works lie in which packet, in what order, under which packet number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from crosscheck import facts, keys, sheetform
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.model import MarkingKey
from crosscheck.procedure import Procedure
from crosscheck.station import Station
from packets.composition import compose


def compose_packets(writer: Writer, station: Station, procedure: Procedure) -> int:
    """Record packets for assignments that lie in none yet; how many packets."""
    placed = {row.key for row in queries.standing_rows(writer.connection)}
    waiting: dict[str, list[facts.Assignment]] = {}
    for assignment in queries.standing_assignments(writer.connection):
        if assignment.key not in placed:
            waiting.setdefault(assignment.expert, []).append(assignment)
    numbers = {n.key: n.number for n in queries.all_of(writer.connection, facts.Number)}
    secret = station.secret()
    number = queries.count_of(writer.connection, facts.Packet)
    before, made = number, list[facts.Fact]()

    def order(key: MarkingKey) -> str:
        return keys.keyed(secret, "packet-order", state.subject_of(key))

    # Packet numbers follow a keyed hash too: the lists of schools and experts must not show through.
    for expert in sorted(waiting, key=lambda e: keys.keyed(secret, "packet-number", e)):
        for packet in compose(waiting[expert], min(procedure.rows_per_sheet, sheetform.MAX_ROWS), order):
            number += 1
            made.extend(_packet(number, packet, numbers))
    writer.append_all(made)
    return number - before


def _packet(
    number: int, assignments: Sequence[facts.Assignment], numbers: Mapping[MarkingKey, str]
) -> Iterator[facts.Packet | facts.PacketRow]:
    first = assignments[0]
    yield facts.Packet(number, first.expert, min(a.marking for a in assignments), len(assignments))
    for row, a in enumerate(assignments):
        yield facts.PacketRow(number, row, a.work, a.marking, numbers[a.key], a.criteria, a.part)
