"""`crosscheck read missing`: packets, sheets and rows that did not come back, from what was printed and given out."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crosscheck import facts
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.errors import Exit
from crosscheck.i18n import N_
from crosscheck.i18n import gettext as _
from crosscheck.model import CriterionId, Marking, Part, WorkId
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure
from crosscheck.session import json_option, show, with_station
from crosscheck.sheetform import SheetForm, sheet_forms
from crosscheck.station import Station
from scoring import looks
from scoring.blind import Differs, Open, Said, verdict
from scoring.missing import Missing, RowSeen, SheetSeen, missing
from scoring.places import Place


@click.command(
    "missing",
    help=N_(
        "List what did not come back: whole packets, sheets, rows without a mark; and what must be keyed by another "
        "person. `custody` says where a packet was last.\n\nExample: crosscheck read missing --json"
    ),
)
@json_option
@with_station
def missing_(station: Station, as_json: bool) -> int:
    with station.ledger.reading() as connection:
        found = outstanding(connection, station.procedure())
        moves = {move.packet: move.direction for move in queries.all_of(connection, facts.CustodyMove)}
    rows = [
        {
            "packet": packet_code(one.packet),
            "what": one.what.value,
            "sheet": one.sheet or "",
            "number": one.number,
            "cells": one.cells,
            "custody": moves.get(one.packet, ""),
        }
        for one in found
    ]
    columns = ("packet", "what", "sheet", "number", "cells", "custody")
    show(rows, columns, as_json=as_json, empty=_("Nothing is missing."), words=("what", "custody"))
    return Exit.PERSON_NEEDED if found else Exit.DONE


def outstanding(connection: Connection, procedure: Procedure) -> list[Missing]:
    """What is missing of everything that was printed and counts."""
    printed = {one.packet for one in queries.all_of(connection, facts.PacketPrint)}
    rows = [row for row in queries.standing_rows(connection) if row.packet in printed]
    cells = _Cells(connection, procedure)
    read = {(one.packet, one.sheet) for one in queries.all_of(connection, facts.SheetReading, outcome="read")}
    forms: dict[int, tuple[SheetForm, ...]] = {}
    by_sheet: dict[tuple[int, int], list[RowSeen]] = {}
    for row in sorted(rows, key=lambda row: (row.packet, row.row)):
        for form in forms.setdefault(row.part, sheet_forms(procedure, Part(row.part))):
            asked = form.criteria & state.asked(row, procedure)
            by_sheet.setdefault((row.packet, form.sheet), []).append(cells.row(row, asked))
    return missing(
        SheetSeen(packet, sheet, (packet, sheet) in read, tuple(seen)) for (packet, sheet), seen in by_sheet.items()
    )


class _Cells:
    """What is known of every cell, read once."""

    def __init__(self, connection: Connection, procedure: Procedure) -> None:
        self._needed = procedure.keying.entry_people
        self._scored = state.scored(connection)
        self._said: Mapping[Place, list[Said]] = looks.by_cell(connection)
        read = {
            (cell.work, cell.marking, cell.criterion): cell.kind
            for cell in queries.all_of(connection, facts.CellReading)
        }
        self._read = frozenset(read)
        self._marked = frozenset(cell for cell, kind in read.items() if kind != "blank")

    def row(self, row: facts.PacketRow, asked: frozenset[CriterionId]) -> RowSeen:
        work, marking = WorkId(row.work), Marking(row.marking)
        scored = self._scored.get((work, marking), frozenset()) & asked
        marked = [criterion for criterion in asked if (row.work, row.marking, criterion) in self._marked]
        open_ = [Place(work, marking, criterion) for criterion in asked - scored]
        verdicts = [verdict(self._said.get(place, ()), self._needed) for place in open_]
        once = sum(isinstance(one, Open) and one.people > 0 for one in verdicts)
        differ = sum(isinstance(one, Differs) for one in verdicts)
        # A cell that was read waits in `review`, whatever is in it; one that was keyed waits for whoever comes next.
        silent = [place for place in open_ if (row.work, row.marking, place.criterion) not in self._read]
        lacking = sum(not self._said.get(place) for place in silent)
        return RowSeen(row.number, len(asked), len(scored), len(marked), once, differ, lacking)
