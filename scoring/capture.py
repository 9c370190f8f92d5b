"""The stage that reads scanned score sheets: refuse by name, accept only what is beyond doubt, keep the evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from crosscheck import facts, keys, labels, sheetform
from crosscheck import status as state
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.labels import Label, ShortLabel, genuine
from crosscheck.model import (
    BlobId,
    CriterionId,
    Marking,
    Part,
    WorkId,
)
from crosscheck.numbering import packet_code
from crosscheck.pool import Done
from crosscheck.procedure import Procedure, sheet_digest
from crosscheck.procedure_file import read_procedure
from crosscheck.runner import Ran, StageWork, run_stage
from crosscheck.station import Station
from scanning.files.sources import Media, decode
from scanning.placing.shrinking import views_of
from scoring import blind, looks, settle, sums
from scoring.blind import Said
from scoring.evidence import Cell, RowSum, recorded_cell, recorded_sum
from scoring.reading import read_sheet
from scoring.sheets import SheetFault, SheetFaultKind, identify, shown_flat

_NO_SHEET = frozenset(kind.value for kind in SheetFaultKind)


@dataclass(frozen=True, slots=True)
class Unit:
    """One scanned page of a batch of sheets. `index`: the blob that lists the sheets that were printed."""

    page: str
    media: str
    picture: str
    index: str
    procedure: str
    blobs: Path
    labels: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """A sheet that was read."""

    packet: int
    sheet: int
    round: int
    cells: tuple[Cell, ...]
    sums: tuple[RowSum, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A page that is no sheet to be read, and why."""

    why: str


def read_all(station: Station) -> Ran:
    """Read every scanned page of sheets that waits."""
    with station.ledger.reading() as connection:
        version = queries.procedure_text(connection)
        assert version is not None
        index = str(station.blobs.put(_index(connection, read_procedure(version.toml, "procedure.toml"))))

    def pending(connection: Connection, limit: int) -> Sequence[Unit]:
        pages = queries.unread_pages(connection, "sheets", limit)
        blobs, key = station.home / "blobs", keys.label_key(station.keys)
        return [Unit(p.page, p.media, p.original, index, version.toml, blobs, key) for p, _batch in pages]

    def record_all(writer: Writer, results: Sequence[Done[Unit, Read | Refused]]) -> None:
        station.blobs.force()  # pictures, before the ledger says that they are there
        for done in results:
            _record(writer, done.unit, done.result)

    def record(writer: Writer, unit: Unit, result: Read | Refused) -> None:
        record_all(writer, [Done(unit, result)])

    stage = StageWork("read", lambda unit: unit.page, pending, work, record, _failed, record_all=record_all)
    ran = run_stage(station, stage, one_thread)
    _discard_unproven(station)
    return ran


def _discard_unproven(station: Station) -> None:
    """Pictures of pages that are no score sheets don't stay: they may be works with names, and lie here unsealed.
    The paper is there still, and the same file can be taken in as works."""
    with station.ledger.reading() as connection:
        refused = queries.all_of(connection, facts.SheetReading, outcome="refused")
        unproven = {r.page for r in refused if r.detail.split(" ")[0] in _NO_SHEET}
        pages = queries.pages_of_purpose(connection, "sheets")
    kept = {page.original for page in pages if page.page not in unproven}
    for page in pages:
        if page.page in unproven and page.original and page.original not in kept:
            station.blobs.discard(BlobId(page.original))


def _index(connection: Connection, procedure: Procedure) -> bytes:
    """The sheets that were printed, for workers: blank picture, part of works, and what each row asks for."""
    rows: dict[int, list[list[str]]] = {}
    parts: dict[int, int] = {}
    for row in sorted(queries.all_of(connection, facts.PacketRow), key=lambda r: (r.packet, r.row)):
        rows.setdefault(row.packet, []).append(sorted(state.asked(row, procedure)))
        parts[row.packet] = row.part
    printed = queries.all_of(connection, facts.Sheet)
    newest: dict[tuple[int, int], int] = {}
    for sheet in printed:
        newest[sheet.packet, sheet.sheet] = max(sheet.round, newest.get((sheet.packet, sheet.sheet), 0))
    again = {(one.packet, one.round): json.loads(one.rows) for one in queries.all_of(connection, facts.Reprint)}
    sheets = {
        f"{sheet.packet}.{sheet.sheet}.{sheet.round}": {
            "blank": sheet.blank,
            "part": parts[sheet.packet],
            "rows": _rows_of(rows[sheet.packet], again.get((sheet.packet, sheet.round))),
            "newest": newest[sheet.packet, sheet.sheet],
        }
        for sheet in printed
    }
    return json.dumps(sheets, sort_keys=True).encode()


def _rows_of(asked: list[list[str]], there: list[int] | None) -> list[list[str]]:
    """What the rows of a print ask for: a reprint leaves out works that were taken back."""
    return asked if there is None else [row if at in there else [] for at, row in enumerate(asked)]


# --- in the worker ------------------------------------------------------------------------------


def one_thread() -> None:
    """One thread per worker: workers share the cores already."""
    cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet as it was printed: its blank picture, the part of works, what each row asks for; its newest print."""

    blank: BlobId
    part: Part
    asked: tuple[frozenset[CriterionId], ...]
    newest: int


@cache
def _sheets(blobs: Path, index: str) -> Mapping[str, _Sheet]:
    found = json.loads(BlobStore(blobs).get(BlobId(index)))
    return {
        name: _Sheet(
            BlobId(sheet["blank"]),
            Part(sheet["part"]),
            tuple(frozenset(CriterionId(criterion) for criterion in row) for row in sheet["rows"]),
            sheet["newest"],
        )
        for name, sheet in found.items()
    }


@cache
def _procedure(text: str) -> Procedure:
    return read_procedure(text, "procedure.toml")


def work(unit: Unit) -> Read | Refused:
    """Read one page: which sheet it is, then its cells."""
    blobs = BlobStore(unit.blobs).unforced()
    scan = views_of(decode(blobs.get(BlobId(unit.picture)), Media(unit.media)))
    seen = identify(scan)
    if isinstance(seen, SheetFault):
        return Refused(f"{seen.kind.value} {seen.detail}".strip())
    procedure = _procedure(unit.procedure)
    if not _ours(seen.label, procedure):
        return Refused("a sheet of another procedure")
    if isinstance(seen.label, ShortLabel):
        # The short code has no room for the MAC: it can't show which ledger printed the sheet.
        return Refused("only the short code can be read: key the sheet in, or scan it again")
    if not genuine(seen.label, unit.labels):
        return Refused("a sheet that another ledger printed")
    printed = _sheets(unit.blobs, unit.index)
    where = (seen.label.number, seen.label.page, seen.label.round)
    entry = printed.get("{}.{}.{}".format(*where))
    if entry is None:
        return Refused(f"{_named(*where)}: no such print is known here")
    if entry.newest != where[2]:
        return Refused(f"{_named(*where)}: replaced by print {entry.newest + 1}")
    form = sheetform.sheet_forms(procedure, entry.part)[seen.label.page - 1]
    if form.layout != seen.layout:
        return Refused("the marks of the sheet are not those of its form")
    reading = read_sheet(scan, seen.registration, form, entry.asked, blobs.get(entry.blank))
    quality = reading.quality
    if not shown_flat(seen.registration, quality.squares, quality.squares_found):
        seen_of = f"{quality.squares_found} of {quality.squares}"
        return Refused(f"{_named(*where)}: its paper isn't flat ({seen_of} side squares in place)")
    picture = blobs.put(reading.picture)
    return Read(
        *where,
        tuple(recorded_cell(cell, picture) for cell in reading.cells),
        tuple(recorded_sum(one, picture) for one in reading.sums),
    )


def _named(packet: int, sheet: int, round_: int) -> str:
    """A score sheet as people know it from its paper, where prints count from 1."""
    return f"score sheet {sheet} of packet {packet_code(packet)}, print {round_ + 1}"


def _ours(label: Label | ShortLabel, procedure: Procedure) -> bool:
    paper = sheet_digest(procedure)
    if isinstance(label, ShortLabel):
        return label.paper_digits == labels.paper_digits(paper)
    return label.paper == paper


# --- in the parent ------------------------------------------------------------------------------


def _record(writer: Writer, unit: Unit, result: Read | Refused) -> None:
    if isinstance(result, Refused):
        _refuse(writer, unit.page, result.why)
        return
    void = {row for packet, row in queries.void_rows(writer.connection) if packet == result.packet}
    if void >= {cell.row for cell in result.cells}:
        code = packet_code(result.packet)
        _refuse(writer, unit.page, f"packet {code} was taken back from its expert: nothing of this counts")
        return
    before = queries.one_of(
        writer.connection,
        facts.SheetReading,
        packet=result.packet,
        sheet=result.sheet,
        round=result.round,
        outcome="read",
    )
    _tell_void(writer, unit.page, result, void)
    cells = [cell for row, cell in _cells(writer, unit.page, result) if row not in void]
    if before is None:
        writer.append(facts.SheetReading(unit.page, "read", result.packet, result.sheet, result.round, ""))
        writer.append_all(cells)
        _accept(writer, cells)
        _record_sums(writer, unit, result, void)
        return
    _record_again(writer, unit.page, before.page, result, cells)


def _record_sums(writer: Writer, unit: Unit, result: Read, void: set[int]) -> None:
    rows = {row.row: row for row in queries.all_of(writer.connection, facts.PacketRow, packet=result.packet)}
    for one in result.sums:
        if one.row in void:
            continue
        key = rows[one.row].key
        where = (unit.page, key.work, int(key.marking), int(key.part), result.sheet)
        writer.append(facts.SumReading(*where, one.kind, one.points, one.measures, one.crop))
        sums.check(writer, _procedure(unit.procedure), sums.SumPlace(key, result.sheet))


def _tell_void(writer: Writer, page: str, result: Read, void: set[int]) -> None:
    """What is written in rows that were taken back counts for nothing, and somebody must know that it was."""
    written = {cell.row for cell in result.cells if cell.kind != "blank"}
    for row in sorted(void & written):
        name = f"taken_back-{result.packet}-{row}-{page}"
        code = packet_code(result.packet)
        detail = f"row {row + 1} of packet {code} was taken back from its expert, but it is filled in"
        writer.append(facts.Finding(name, "taken_back", page, detail))


def _record_again(writer: Writer, page: str, first: str, result: Read, cells: Sequence[facts.CellReading]) -> None:
    """The sheet was read before: the same contents are a copy; other contents are refused by name."""
    known = {
        (c.work, c.criterion): (c.kind, c.points)
        for c in queries.all_of(writer.connection, facts.CellReading, page=first)
    }
    if any(_contradict(known[c.work, c.criterion], (c.kind, c.points)) for c in cells):
        sheet = _named(result.packet, result.sheet, result.round)
        _refuse(writer, page, f"{sheet}: read already (page {first}) with other contents")
    else:
        writer.append(facts.SheetReading(page, "copy", result.packet, result.sheet, result.round, first))


def _contradict(one: tuple[str, int | None], other: tuple[str, int | None]) -> bool:
    """Whether two scans of a cell can't be of the same paper. What one of them could not read says nothing."""
    told = {"points", "not_attempted", "blank"}
    return one[0] in told and other[0] in told and one != other


def _cells(writer: Writer, page: str, result: Read) -> list[tuple[int, facts.CellReading]]:
    rows = {row.row: row for row in queries.all_of(writer.connection, facts.PacketRow, packet=result.packet)}
    return [
        (
            cell.row,
            facts.CellReading(
                page,
                rows[cell.row].work,
                rows[cell.row].marking,
                cell.criterion,
                cell.kind,
                cell.points,
                cell.candidates,
                cell.rule,
                cell.measures,
                cell.crop,
            ),
        )
        for cell in result.cells
    ]


def _accept(writer: Writer, cells: Sequence[facts.CellReading]) -> None:
    """Readings beyond doubt become scores, unless a person entered another one: then a person looks. Digits that
    don't count by themselves are still compared with what a person keyed without seeing them."""
    known = _known(writer.connection, cells)
    fresh: list[facts.Score] = []
    otherwise: list[facts.CellReading] = []
    for cell in cells:
        place = settle.Place(WorkId(cell.work), Marking(cell.marking), CriterionId(cell.criterion))
        score = known.standing.get(place)
        if cell.kind not in ("points", "not_attempted"):
            otherwise += [cell] if score and settle.read_otherwise(cell, score) else []
        elif score is None:
            where = (cell.work, cell.marking, cell.criterion, known.revision.get(place, 0))
            fresh.append(facts.Score(*where, cell.points, "reading", cell.page, cell.rule))
            # One of two people keyed it before, and there is no score yet: their word isn't passed over.
            keyed = blind.voices(known.said.get(place, ())).values()
            otherwise += [cell] if any(settle.points_of(given) != cell.points for given in keyed) else []
        elif score.points != cell.points:
            otherwise.append(cell)
    writer.append_all(fresh)
    for cell in otherwise:
        settle.tell_difference(writer, cell)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known already of the cells of a sheet: scores that stand, the next revision, what people keyed."""

    standing: Mapping[settle.Place, facts.Score]
    revision: Mapping[settle.Place, int]
    said: Mapping[settle.Place, Sequence[Said]]


def _known(connection: Connection, cells: Sequence[facts.CellReading]) -> _Known:
    """Asked for work by work: by cell it would take most of the time of reading."""
    works = sorted({(cell.work, int(cell.marking)) for cell in cells})
    ever = [s for work, marking in works for s in queries.all_of(connection, facts.Score, work=work, marking=marking)]
    stands = [s for work, marking in works for s in queries.standing_scores(connection, work=work, marking=marking)]
    revision: dict[settle.Place, int] = {}
    for score in ever:
        place = _place(score)
        revision[place] = max(revision.get(place, 0), score.revision + 1)
    said = looks.by_cell(connection, [WorkId(work) for work in sorted({work for work, _marking in works})])
    return _Known({_place(score): score for score in stands}, revision, said)


def _place(score: facts.Score) -> settle.Place:
    return settle.Place(WorkId(score.work), Marking(score.marking), CriterionId(score.criterion))


def _refuse(writer: Writer, page: str, why: str) -> None:
    writer.append(facts.SheetReading(page, "refused", None, None, None, why))
    writer.append(facts.Finding(f"sheet-{page}", "sheet", page, why))


def _failed(writer: Writer, unit: Unit, why: str) -> None:
    _refuse(writer, unit.page, why)
