"""In the worker: a packet drawn into its file, the pictures of its unfilled sheets kept. No ledger, no vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from crosscheck import sheetform
from crosscheck.blobs import BlobStore
from crosscheck.model import (
    AnonymousNumber,
    BlobId,
    Marking,
)
from crosscheck.numbering import packet_code
from crosscheck.procedure_file import read_procedure
from crosscheck.wholefile import digest_of, writing_whole
from packets.drawing.criteria import Criteria, read_criteria
from packets.drawing.cropped import WHOLE as EVERYTHING
from packets.drawing.cropped import Copy, Only
from packets.drawing.layout import Drawn
from packets.drawing.packet import PacketContent, PacketWork, draw_packet
from packets.drawing.sheets import SheetContent, SheetRow, blank_raster, pixels
from packets.errors import SheetDrawnOtherwise
from packets.print_units import MaskedPage, Unit


@dataclass(frozen=True, slots=True)
class Printed:
    """A packet as drawn: SHA-256 of the file, what it holds, the picture of each unfilled sheet."""

    sha256: str
    drawn: Drawn
    blanks: tuple[tuple[int, str], ...]


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
    must look the same: paper that is about is read against the picture kept then. Errors: SheetDrawnOtherwise (E6069).
    """
    blobs, before = BlobStore(unit.blobs), dict(unit.blanks)
    kept = []
    for sheet in sheets:
        number, drawn = sheet.form.sheet, blank_raster(sheet)
        if (known := before.get(number)) is None:
            known = str(blobs.put(drawn))
        elif pixels(blobs.get(BlobId(known))) != pixels(drawn):
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
        by=settings.by,
        tasks=tasks,
    )


def _copy(page: MaskedPage, blobs: BlobStore) -> Copy:
    return Copy(page.page, page.zones, blobs.get(BlobId(page.blob)))
