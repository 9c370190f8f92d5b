"""The stage that makes packets: composed from assignments once, then drawn in worker processes.

Which works lie in which packet, and under which number, is a fact before anything is drawn; the drawing
depends on facts only, so that a packet drawn twice is the same file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from crosscheck import doubts, facts, keys, meeting, safe, sheetform
from crosscheck import status as state
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.geometry import Box
from crosscheck.keys import PrivateKey
from crosscheck.meeting import NOTHING_DECIDED, Meeting
from crosscheck.model import (
    THIRD_MARKING,
    AnonymousNumber,
    BlobId,
    CriterionId,
    Fate,
    Given,
    Marking,
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
from crosscheck.wholefile import digest_of, writing_whole
from crosscheck.wholeness import unsound_works
from packets import print_state
from packets.checking import needs_check
from packets.composing import compose_packets
from packets.drawing.criteria import Criteria, read_criteria
from packets.drawing.cropped import WHOLE as EVERYTHING
from packets.drawing.cropped import Copy, Only
from packets.drawing.layout import Drawn
from packets.drawing.meeting import meeting_pages
from packets.drawing.packet import PacketContent, PacketWork, draw_packet
from packets.drawing.sheets import SheetContent, SheetRow, known_print, pixels
from packets.errors import ConflictsUnchecked, SheetDrawnOtherwise, WorksChanged
from packets.print_settings import NO_WISH, Settings, Wish


@dataclass(frozen=True, slots=True)
class MaskedPage:
    """Page `page` of a work: where its answer zones lie, and the blob of its masked picture."""

    page: int
    zones: tuple[AnswerZone, ...]
    blob: str


@dataclass(frozen=True, slots=True)
class Row:
    """One work of a packet, in row `row` of its sheets: what is asked, what earlier markings gave (third markings
    only), its masked pages."""

    row: int
    number: str
    asked: frozenset[CriterionId]
    earlier: tuple[tuple[CriterionId, tuple[Given, ...]], ...]
    copies: tuple[MaskedPage, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One packet to draw, in print `round`; `settings` as they are recorded."""

    packet: int
    round: int
    settings: Settings
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
    meeting: Meeting = NOTHING_DECIDED
    blanks: tuple[tuple[int, str], ...] = ()  # pictures of its sheets, where this print was drawn before


@dataclass(frozen=True, slots=True)
class Printed:
    """A packet as drawn: SHA-256 of the file, what it holds, the picture of each unfilled sheet."""

    sha256: str
    drawn: Drawn
    blanks: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What there is to draw, and how."""

    settings: Settings
    anew: bool
    waiting: tuple[facts.Packet, ...]
    in_use: frozenset[int]  # packets that were drawn in another way and stay so, because their paper is in use
    other_language: frozenset[int]  # packets that stay in another language than the one that is asked for


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
        settings, anew = wish.on(print_state.in_force(writer.connection, procedure.return_by)), wish != NO_WISH
        waiting = print_state.to_draw(writer.connection, settings, anew=anew)
        in_use = print_state.other_in_use(writer.connection, settings) if anew else frozenset[int]()
        other = frozenset[int]()
        if wish.language is not None:
            other = print_state.other_language(writer.connection, wish.language, procedure.language)
        return Prepared(settings, anew, tuple(waiting), in_use, other)


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


# --- what a packet is drawn from -----------------------------------------------------------------


class UnitMaker:
    """Gathers what a packet is drawn from; names of experts come from the vault, in memory only."""

    def __init__(self, station: Station, names: Mapping[str, str]) -> None:
        procedure = station.procedure()
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

    def units(self, connection: Connection, packets: Sequence[facts.Packet], settings: Settings) -> list[Unit]:
        """Packets as they were printed last, or will be for the first time."""
        printed = print_state.prints(connection)
        made = []
        for packet in packets:
            if (before := printed.get(packet.packet)) is None:
                made.append(self.unit(connection, packet, 0, settings))
            else:
                kept = replace(settings, language=before.language)
                made.append(self.unit(connection, packet, before.round, kept, before.rows))
        return made

    def unit(
        self,
        connection: Connection,
        packet: facts.Packet,
        round_: int,
        settings: Settings,
        only: Collection[int] | None = None,
    ) -> Unit:
        """A packet in print `round_`; `only` these of its rows."""
        rows = sorted(queries.all_of(connection, facts.PacketRow, packet=packet.packet), key=lambda row: row.row)
        return Unit(
            packet=packet.packet,
            round=round_,
            settings=settings,
            marking=packet.marking,
            part=rows[0].key.part,
            expert=self.names[packet.expert],
            check_point=self.experts[packet.expert].check_point,
            rows=tuple(self._row(connection, row) for row in rows if only is None or row.row in only),
            procedure=self.text,
            criteria=self.criteria,
            blobs=self.station.home / "blobs",
            out=self.station.out / "packets",
            key=keys.label_key(self.station.keys),
            meeting=meeting.printed(connection),
            blanks=self._blanks(connection, packet.packet, round_),
        )

    @staticmethod
    def _blanks(connection: Connection, packet: int, round_: int) -> tuple[tuple[int, str], ...]:
        sheets = queries.all_of(connection, facts.Sheet, packet=packet, round=round_)
        return tuple((sheet.sheet, sheet.blank) for sheet in sheets)

    def _row(self, connection: Connection, row: facts.PacketRow) -> Row:
        asked = state.asked(row, self.procedure)
        earlier = earlier_scores(connection, self.procedure, row.work, asked) if row.marking == THIRD_MARKING else ()
        tasks, pages = self.procedure.part(row.key.part).tasks, self.pages[row.work]
        copies = tuple(page for page in pages if not row.part or any(zone.task in tasks for zone in page.zones))
        return Row(row.row, row.number, asked, earlier, copies, self.expected[row.work])


def masked_pages(connection: Connection) -> Mapping[str, tuple[MaskedPage, ...]]:
    """The masked pages of every work, in order of pages."""
    readings = {reading.page: reading for reading in queries.all_of(connection, facts.PageReading)}
    pages: dict[str, list[MaskedPage]] = {}
    for fate in queries.latest_of(connection, facts.PageFate):
        if fate.fate == Fate.KNOWN.value:
            reading = readings[fate.page]
            pages.setdefault(fate.work, []).append(MaskedPage(fate.page_no, zones_of(reading), reading.masked))
    return {work: tuple(sorted(found, key=lambda page: page.page)) for work, found in pages.items()}


def zones_of(reading: facts.PageReading) -> tuple[AnswerZone, ...]:
    """Where the answer zones of a masked page lie."""
    listed = json.loads(reading.evidence)["zones"]
    return tuple(AnswerZone(TaskId(task), Box(*box)) for task, *box in listed)


def earlier_scores(
    connection: Connection, procedure: Procedure, work: str, asked: frozenset[CriterionId]
) -> tuple[tuple[CriterionId, tuple[Given, ...]], ...]:
    """What the independent markings gave, criterion by criterion: a third expert sees it."""
    found: dict[str, list[tuple[int, Given]]] = {}
    for score in queries.standing_scores(connection):
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
    content = content_of(unit)
    unit.out.mkdir(parents=True, exist_ok=True)
    path = unit.out / f"{packet_code(unit.packet)}.pdf"
    blanks = kept_blanks(unit, content.sheets)  # first: a sheet that would look otherwise must not reach the file
    drawn = draw_to(path, unit, content)
    return Printed(digest_of(path), drawn, blanks)


def draw_to(path: Path, unit: Unit, content: PacketContent) -> Drawn:
    """The packet as a file that appears whole or not at all."""
    with writing_whole(path) as out:
        return draw_packet(content, out, unit.settings.layout)


def kept_blanks(unit: Unit, sheets: Sequence[SheetContent]) -> tuple[tuple[int, str], ...]:
    """The picture of each unfilled score sheet, stored for whoever reads the filled one. A sheet that was drawn before
    must look the same: paper that is about is read against the picture kept then. Errors: SheetDrawnOtherwise (E6075).
    """
    blobs, before = BlobStore(unit.blobs), dict(unit.blanks)
    kept = []
    for sheet in sheets:
        number, drawn = sheet.form.sheet, known_print(sheet)
        if (known := before.get(number)) is None:
            known = str(blobs.put(drawn))
        elif not np.array_equal(pixels(blobs.get(BlobId(known))), pixels(drawn)):
            raise SheetDrawnOtherwise(sheet=number, code=packet_code(unit.packet))
        kept.append((number, known))
    return tuple(kept)


@lru_cache(maxsize=1)
def _criteria(blobs: Path, blob: str) -> Criteria:
    return read_criteria(BlobStore(blobs).get(BlobId(blob)))


def content_of(unit: Unit) -> PacketContent:
    """What the packet holds, pictures and all."""
    blobs, settings = BlobStore(unit.blobs), unit.settings
    procedure = read_procedure(unit.procedure, "procedure.toml")
    procedure = replace(procedure, language=settings.language or procedure.language)
    marking = Marking(unit.marking)
    at = tuple(row.row for row in unit.rows)
    rows = tuple(SheetRow(AnonymousNumber(row.number), row.asked, row.earlier) for row in unit.rows)
    sheets = tuple(
        SheetContent(procedure, form, unit.packet, unit.round, marking, unit.expert, rows, at, unit.key)
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
        round=unit.round,
        marking=marking,
        expert=unit.expert,
        check_point=unit.check_point,
        works=works,
        sheets=sheets,
        criteria=_criteria(unit.blobs, unit.criteria) if unit.criteria else None,
        meeting=meeting_pages(procedure, unit.meeting, *(row.asked for row in unit.rows)),
        by=settings.by,
        tasks=tasks,
    )


def _copy(page: MaskedPage, blobs: BlobStore) -> Copy:
    return Copy(page.page, page.zones, blobs.get(BlobId(page.blob)))


# --- in the parent ------------------------------------------------------------------------------


def _record(writer: Writer, unit: Unit, printed: Printed) -> None:
    # While it was drawn, something of it was taken back or decided: what was decided goes into every packet.
    gone = unit.packet in queries.given_up(writer.connection)
    if gone or unit.meeting != meeting.printed(writer.connection):
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
