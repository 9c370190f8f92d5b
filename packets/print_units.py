"""What a packet is drawn from, gathered from the ledger; whoever draws it needs no ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crosscheck import facts, keys
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.geometry import Box
from crosscheck.model import (
    THIRD_MARKING,
    CriterionId,
    Fate,
    Given,
    NotAttempted,
    Part,
    Points,
    TaskId,
)
from crosscheck.pageform import AnswerZone
from crosscheck.procedure import Procedure
from crosscheck.station import Station
from packets import print_state
from packets.print_settings import Settings


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
    blanks: tuple[tuple[int, str], ...] = ()  # pictures of its sheets, where this print was drawn before


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
            blanks=self._blanks(connection, packet.packet, round_),
        )

    @staticmethod
    def _blanks(connection: Connection, packet: int, round_: int) -> tuple[tuple[int, str], ...]:
        sheets = queries.all_of(connection, facts.Sheet, packet=packet, round=round_)
        return tuple((sheet.sheet, sheet.blank) for sheet in sheets)

    def _row(self, connection: Connection, row: facts.PacketRow) -> Row:
        asked = state.asked(row, self.procedure)
        earlier = earlier_scores(connection, self.procedure, row.work, asked) if row.marking == THIRD_MARKING else ()
        return Row(row.row, row.number, asked, earlier, self.pages[row.work], self.expected[row.work])


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
    for score in queries.latest_of(connection, facts.Score):
        if score.work == work and score.marking in procedure.independent():
            given = NotAttempted() if score.points is None else Points(score.points)
            found.setdefault(score.criterion, []).append((score.marking, given))
    return tuple(
        (c.id, tuple(given for _marking, given in sorted(found[c.id], key=lambda pair: pair[0])))
        for c in procedure.criteria
        if c.id in asked and c.id in found
    )
