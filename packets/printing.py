"""The stage that makes packets: composed from assignments once, then drawn in worker processes.

Which works lie in which packet, and under which number, is a fact before anything is drawn; the drawing
depends on facts only, so that a packet drawn twice is the same file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crosscheck import doubts, facts, keys, safe, sheetform
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import (
    MarkingKey,
)
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure
from crosscheck.runner import Ran, StageWork, run_stage
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholeness import unsound_works
from packets import print_state
from packets.checking import needs_check
from packets.composition import compose
from packets.errors import ConflictsUnchecked, WorksChanged
from packets.print_settings import NO_WISH, Settings, Wish
from packets.print_units import Unit, UnitMaker
from packets.print_work import Printed, work


@dataclass(frozen=True, slots=True)
class Prepared:
    """What there is to draw, and how."""

    settings: Settings
    anew: bool
    waiting: tuple[facts.Packet, ...]
    in_use: int  # packets that were drawn in another way and stay so, because their paper is in use


def prepare(station: Station, wish: Wish = NO_WISH) -> Prepared:
    """Compose what is assigned; say what has to be drawn: packets that never were, and where something is wished,
    those that were drawn in another way and are still here."""
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        doubts.refuse_doubts(writer.connection)
        if needs_check(writer.connection):
            raise ConflictsUnchecked
        state.require_balance(writer.connection, procedure)
        _require_sound(writer.connection)
        compose_packets(writer, station, procedure)
        settings, anew = wish.on(print_state.in_force(writer.connection)), wish != NO_WISH
        waiting = print_state.to_draw(writer.connection, settings, anew=anew)
        in_use = print_state.other_in_use(writer.connection, settings) if anew else 0
        return Prepared(settings, anew, tuple(waiting), in_use)


def names_of_experts(station: Station, coordinator: PrivateKey) -> Mapping[str, str]:
    """What stands on covers: the vault is opened for nothing else."""
    names = safe.open_json(station, RecordKind.EXPERT_NAME, Purpose.PRINT, coordinator, "covers of packets")
    return {expert: row["name"] for expert, row in names.items()}


def units_of(station: Station, prepared: Prepared, names: Mapping[str, str]) -> list[Unit]:
    """What was prepared, as it will be drawn."""
    with station.ledger.reading() as connection:
        return UnitMaker(station, names).units(connection, prepared.waiting, prepared.settings)


def draw(station: Station, prepared: Prepared, names: Mapping[str, str]) -> Ran:
    """Draw what was prepared, in worker processes."""
    maker = UnitMaker(station, names)
    settings = prepared.settings

    def pending(connection: Connection, limit: int) -> Sequence[Unit]:
        found = print_state.to_draw(connection, settings, anew=prepared.anew)[:limit]
        return maker.units(connection, found, settings) if found else []

    return run_stage(station, StageWork("print", lambda unit: str(unit.packet), pending, work, _record, _failed))


def _require_sound(connection: Connection) -> None:
    """Refuse to print works that lost or changed a page after they were numbered; what was printed is out already."""
    drawn = {done.packet for done in queries.all_of(connection, facts.PacketPrint)}
    rows = queries.standing_rows(connection)
    out = {row.key for row in rows if row.packet in drawn}
    waiting = {one.work for one in queries.standing_assignments(connection) if one.key not in out}
    if changed := unsound_works(connection) & waiting:
        raise WorksChanged(count=len(changed))


def packets_waiting(station: Station) -> bool:
    """Whether printing has anything to do: assignments without a packet, or packets never drawn."""
    with station.ledger.reading() as connection:
        rows = {row.key for row in queries.standing_rows(connection)}
        assigned = {a.key for a in queries.standing_assignments(connection)}
        return bool(assigned - rows or queries.packets_to_print(connection, 1))


# --- composing ----------------------------------------------------------------------------------


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


# --- in the parent ------------------------------------------------------------------------------


def _record(writer: Writer, unit: Unit, printed: Printed) -> None:
    if unit.packet in queries.given_up(writer.connection):  # something of it was taken back while it was drawn
        (unit.out / f"{packet_code(unit.packet)}.pdf").unlink(missing_ok=True)
        return
    record(writer, unit, printed)


def record(writer: Writer, unit: Unit, printed: Printed) -> None:
    """A packet that was drawn: its sheets, the same however often it is drawn, and how its file lies there."""
    for sheet, blank in printed.blanks:
        writer.append(facts.Sheet(unit.packet, sheet, unit.round, blank))
    key = {"packet": unit.packet, "round": unit.round}
    if queries.one_of(writer.connection, facts.PacketPrint, **key) is None:
        writer.append(facts.PacketPrint(unit.packet, unit.round, printed.sha256, printed.drawn.pages))
    revision = queries.next_revision(writer.connection, facts.PacketFile, **key)
    drawn = printed.drawn
    file = (unit.settings.text(), printed.sha256, drawn.pages, drawn.blank, drawn.papers)
    writer.append(facts.PacketFile(unit.packet, unit.round, revision, *file))


def _failed(writer: Writer, unit: Unit, why: str) -> None:
    name = f"print-{unit.packet}"
    if queries.one_of(writer.connection, facts.Finding, finding=name) is None:
        writer.append(facts.Finding(name, "print", str(unit.packet), why))
