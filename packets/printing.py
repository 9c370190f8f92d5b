"""The stage that makes packets: composed from assignments once, then drawn in worker processes.

Which works lie in which packet, and under which number, is a fact before anything is drawn; the drawing
depends on facts only, so that a packet drawn twice is the same file.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crosscheck import doubts, facts, keys, safe, sheetform
from crosscheck import status as state
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.geometry import Box
from crosscheck.keys import PrivateKey
from crosscheck.model import (
    THIRD_MARKING,
    AnonymousNumber,
    BlobId,
    CriterionId,
    Fate,
    Given,
    Marking,
    MarkingKey,
    NotAttempted,
    Part,
    Points,
    TaskId,
)
from crosscheck.numbering import packet_code
from crosscheck.pageform import AnswerZone
from crosscheck.procedure import Procedure
from crosscheck.procedure_file import read_procedure
from crosscheck.runner import Ran, StageWork, run_stage
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.wholefile import writing_whole
from crosscheck.wholeness import unsound_works
from packets.checking import needs_check
from packets.composition import compose
from packets.drawing.criteria import Criteria, read_criteria
from packets.drawing.cropped import WHOLE as EVERYTHING
from packets.drawing.cropped import Copy, Only
from packets.drawing.packet import PacketContent, PacketWork, draw_packet
from packets.drawing.sheets import SheetContent, SheetRow, blank_raster
from packets.errors import ConflictsUnchecked, WorksChanged


@dataclass(frozen=True, slots=True)
class MaskedPage:
    """Page `page` of a work: where its answer zones lie, and the blob of its masked picture."""

    page: int
    zones: tuple[AnswerZone, ...]
    blob: str


@dataclass(frozen=True, slots=True)
class Row:
    """One work of a packet: what is asked, what earlier markings gave (third markings only), its masked pages."""

    number: str
    asked: frozenset[CriterionId]
    earlier: tuple[tuple[CriterionId, tuple[Given, ...]], ...]
    copies: tuple[MaskedPage, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One packet to draw."""

    packet: int
    marking: int
    part: Part
    expert: str
    check_point: str
    rows: tuple[Row, ...]
    procedure: str
    criteria: str
    blobs: Path
    out: Path
    key: bytes


@dataclass(frozen=True, slots=True)
class Printed:
    """A packet as drawn: SHA-256 and pages of the file, the picture of each unfilled sheet."""

    sha256: str
    pages: int
    blanks: tuple[tuple[int, str], ...]


def print_all(station: Station, coordinator: PrivateKey | None) -> Ran:
    """Compose what is assigned and draw what was not printed yet. The key opens experts' names only; it
    may be absent when nothing waits."""
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        doubts.refuse_doubts(writer.connection)
        if needs_check(writer.connection):
            raise ConflictsUnchecked
        state.require_balance(writer.connection, procedure)
        _require_sound(writer.connection)
        compose_packets(writer, station, procedure)
        waiting = queries.packets_to_print(writer.connection)
    if not waiting or coordinator is None:
        return Ran()
    names = safe.open_json(station, RecordKind.EXPERT_NAME, Purpose.PRINT, coordinator, "covers of packets")
    maker = _UnitMaker(station, procedure, {expert: row["name"] for expert, row in names.items()})

    def pending(connection: Connection, limit: int) -> Sequence[Unit]:
        found = queries.packets_to_print(connection, limit)
        return [maker.unit(connection, packet) for packet in found]

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
    before = number

    def order(key: MarkingKey) -> str:
        return keys.keyed(secret, "packet-order", state.subject_of(key))

    # Packet numbers follow a keyed hash too: the lists of schools and experts must not show through.
    for expert in sorted(waiting, key=lambda e: keys.keyed(secret, "packet-number", e)):
        for packet in compose(waiting[expert], min(procedure.rows_per_sheet, sheetform.MAX_ROWS), order):
            number += 1
            _record_packet(writer, number, packet, numbers)
    return number - before


def _record_packet(
    writer: Writer, number: int, assignments: Sequence[facts.Assignment], numbers: Mapping[MarkingKey, str]
) -> None:
    first = assignments[0]
    writer.append(facts.Packet(number, first.expert, min(a.marking for a in assignments), len(assignments)))
    for row, a in enumerate(assignments):
        writer.append(facts.PacketRow(number, row, a.work, a.marking, numbers[a.key], a.criteria, a.part))


# --- what a packet is drawn from -----------------------------------------------------------------


class _UnitMaker:
    """Gathers what a packet is drawn from; names of experts come from the vault, in memory only."""

    def __init__(self, station: Station, procedure: Procedure, names: Mapping[str, str]) -> None:
        self.station, self.procedure, self.names = station, procedure, names
        with station.ledger.reading() as connection:
            version = queries.procedure_text(connection)
            assert version is not None
            self.text = version.toml
            files = queries.all_of(connection, facts.ProcedureFile, version=version.version)
            self.pages = masked_pages(connection)
            self.expected = Counter(work for work, _page in state.expected_pages(connection))
            self.experts = {e.expert: e for e in queries.latest_of(connection, facts.Expert)}
        self.criteria = next((f.blob for f in files if f.name == procedure.criteria_pdf), "")

    def unit(self, connection: Connection, packet: facts.Packet) -> Unit:
        rows = queries.all_of(connection, facts.PacketRow, packet=packet.packet)
        return Unit(
            packet=packet.packet,
            marking=packet.marking,
            part=rows[0].key.part,
            expert=self.names[packet.expert],
            check_point=self.experts[packet.expert].check_point,
            rows=tuple(self._row(connection, row) for row in rows),
            procedure=self.text,
            criteria=self.criteria,
            blobs=self.station.home / "blobs",
            out=self.station.out / "packets",
            key=keys.label_key(self.station.keys),
        )

    def _row(self, connection: Connection, row: facts.PacketRow) -> Row:
        asked = state.asked(row, self.procedure)
        earlier = earlier_scores(connection, self.procedure, row.work, asked) if row.marking == THIRD_MARKING else ()
        return Row(row.number, asked, earlier, self.pages[row.work], self.expected[row.work])


def masked_pages(connection: Connection) -> Mapping[str, tuple[MaskedPage, ...]]:
    """The masked pages of every work, in order of pages."""
    readings = {reading.page: reading for reading in queries.all_of(connection, facts.PageReading)}
    pages: dict[str, list[MaskedPage]] = {}
    for fate in queries.latest_of(connection, facts.PageFate):
        if fate.fate == Fate.KNOWN.value:
            reading = readings[fate.page]
            pages.setdefault(fate.work, []).append(MaskedPage(fate.page_no, _zones(reading), reading.masked))
    return {work: tuple(sorted(found, key=lambda page: page.page)) for work, found in pages.items()}


def _zones(reading: facts.PageReading) -> tuple[AnswerZone, ...]:
    listed = json.loads(reading.evidence)["zones"]
    return tuple(AnswerZone(TaskId(task), Box(*box)) for task, *box in listed)


def earlier_scores(
    connection: Connection, procedure: Procedure, work: str, asked: frozenset[CriterionId]
) -> tuple[tuple[CriterionId, tuple[Given, ...]], ...]:
    """What the independent markings gave, criterion by criterion: a third expert sees it."""
    found: dict[str, list[tuple[int, Given]]] = {}
    for score in queries.latest_of(connection, facts.Score):
        if score.work == work and score.marking in procedure.independent():
            given = NotAttempted() if score.points is None else Points(score.points)
            found.setdefault(score.criterion, []).append((score.marking, given))
    return tuple(
        (c.id, tuple(given for _marking, given in sorted(found[c.id], key=lambda pair: pair[0])))
        for c in procedure.criteria
        if c.id in asked and c.id in found
    )


# --- in the worker ------------------------------------------------------------------------------


def work(unit: Unit) -> Printed:
    """Draw the packet, keep the pictures of its unfilled sheets, write the file whole."""
    blobs = BlobStore(unit.blobs)
    content = _content(unit, blobs)
    blanks = tuple((sheet.form.sheet, str(blobs.put(blank_raster(sheet)))) for sheet in content.sheets)
    unit.out.mkdir(parents=True, exist_ok=True)
    path = unit.out / f"{packet_code(unit.packet)}.pdf"
    with writing_whole(path) as out:
        drawn = draw_packet(content, out)
    return Printed(digest_of(path), drawn.pages, blanks)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=1)
def _criteria(blobs: Path, blob: str) -> Criteria:
    return read_criteria(BlobStore(blobs).get(BlobId(blob)))


def _content(unit: Unit, blobs: BlobStore) -> PacketContent:
    procedure = read_procedure(unit.procedure, "procedure.toml")
    marking = Marking(unit.marking)
    rows = tuple(SheetRow(AnonymousNumber(row.number), row.asked, row.earlier) for row in unit.rows)
    sheets = tuple(
        SheetContent(procedure, form, unit.packet, 0, marking, unit.expert, rows, key=unit.key)
        for form in sheetform.sheet_forms(procedure, unit.part)
        if any(row.asked & {column.criterion.id for column in form.columns} for row in unit.rows)
    )
    tasks = procedure.part(unit.part).tasks if unit.part else ()
    shown = Only(frozenset(tasks)) if tasks else EVERYTHING
    works = tuple(
        PacketWork(AnonymousNumber(row.number), tuple(_copy(page, blobs) for page in row.copies), row.pages, shown)
        for row in unit.rows
    )
    return PacketContent(
        procedure=procedure,
        number=unit.packet,
        round=0,
        marking=marking,
        expert=unit.expert,
        check_point=unit.check_point,
        works=works,
        sheets=sheets,
        criteria=_criteria(unit.blobs, unit.criteria) if unit.criteria else None,
        tasks=tasks,
    )


def _copy(page: MaskedPage, blobs: BlobStore) -> Copy:
    return Copy(page.page, page.zones, blobs.get(BlobId(page.blob)))


# --- in the parent ------------------------------------------------------------------------------


def _record(writer: Writer, unit: Unit, printed: Printed) -> None:
    if unit.packet in queries.given_up(writer.connection):  # something of it was taken back while it was drawn
        (unit.out / f"{packet_code(unit.packet)}.pdf").unlink(missing_ok=True)
        return
    for sheet, blank in printed.blanks:
        writer.append(facts.Sheet(unit.packet, sheet, 0, blank))
    writer.append(facts.PacketPrint(unit.packet, 0, printed.sha256, printed.pages))


def _failed(writer: Writer, unit: Unit, why: str) -> None:
    name = f"print-{unit.packet}"
    if queries.one_of(writer.connection, facts.Finding, finding=name) is None:
        writer.append(facts.Finding(name, "print", str(unit.packet), why))
