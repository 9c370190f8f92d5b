"""Something of a packet printed again: all of it, a score sheet or a page; what it replaces counts no more.

A reprint holds only rows that stand: works that were taken back since are left out, and the others keep their rows, so
that a sheet is read as ever. Its labels name the print, and an older sheet that comes back is refused by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosscheck import facts, numbering, packetcode
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.labels import MAX_ROUND
from crosscheck.model import AnonymousNumber
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import paper_digest
from crosscheck.station import Station
from crosscheck.wholefile import digest_of, writing_whole
from crosscheck.wholeness import unsound_works
from packets import print_state
from packets.checking import needs_check
from packets.drawing.layout import Drawn
from packets.drawing.packet import PacketContent, draw_packet, draw_page, draw_sheet_alone
from packets.errors import (
    ConflictsUnchecked,
    NoSuchPacketToPrint,
    NoSuchPart,
    SheetRead,
    TooManyPrints,
    WorksChanged,
)
from packets.print_settings import Settings, Wish
from packets.printing import Printed, Unit, UnitMaker, content_of, kept_blanks, record


@dataclass(frozen=True, slots=True)
class Everything:
    """The whole packet."""


@dataclass(frozen=True, slots=True)
class OneSheet:
    """A score sheet, by its number."""

    sheet: int


@dataclass(frozen=True, slots=True)
class OnePage:
    """A page of a work's copies, as printed on it."""

    number: AnonymousNumber
    page: int


What = Everything | OneSheet | OnePage


@dataclass(frozen=True, slots=True)
class Reprinted:
    """The file to print now, and which print it is (2 for the first reprint)."""

    file: Path
    pages: int
    print: int


def page_of(text: str) -> OnePage | None:
    """`4832915:2` as typed; None when it isn't a number with a check digit and a page."""
    written, _colon, page = text.rpartition(":")
    number = numbering.parsed(written)
    return OnePage(number, int(page)) if number is not None and page.isascii() and page.isdigit() else None


def reprint(station: Station, code: str, what: What, why: str, wish: Wish, names: Mapping[str, str]) -> Reprinted:
    """Draw it, then record that it was printed again and why.

    Errors: NotAPacketCode (E6064), NoSuchPacketToPrint (E6061), NoSuchPart (E6070), SheetRead (E6071), TooManyPrints
    (E6073), ConflictsUnchecked (E6020), WorksChanged, and what drawing raises.
    """
    with station.ledger.reading() as connection:
        printed = _printed(connection, code, paper_digest(station.procedure()))
        unit = _unit(connection, UnitMaker(station, names), printed, what, wish)
        _require_unread(connection, unit, what)
    content = content_of(unit)
    _require_there(content, what)
    path = _path(station, unit, what)
    path.parent.mkdir(parents=True, exist_ok=True)
    with writing_whole(path) as out:
        match what:
            case Everything():
                drawn = draw_packet(content, out, unit.settings.layout)
            case OneSheet(sheet):
                drawn = draw_sheet_alone(content, sheet, out)
            case OnePage(number, page):
                drawn = draw_page(content, number, page, out, unit.settings.layout.ink)
    _record(station, unit, content, what, why, digest_of(path), drawn)
    _put_away(station, unit.packet)
    return Reprinted(path, drawn.pages, unit.round + 1)


def _printed(connection: Connection, code: str, paper: str) -> print_state.Print:
    number = packetcode.required(code, paper).packet
    printed = print_state.prints(connection).get(number)
    if printed is None:
        raise NoSuchPacketToPrint(code=packet_code(number))
    return printed


def _unit(connection: Connection, maker: UnitMaker, printed: print_state.Print, what: What, wish: Wish) -> Unit:
    """What is drawn: the rows that stand, in the next print."""
    packet, code = printed.packet, packet_code(printed.packet.packet)
    if needs_check(connection):
        raise ConflictsUnchecked
    standing = queries.standing_rows(connection, packet=packet.packet)
    if not standing:
        raise NoSuchPacketToPrint(code=code)
    if changed := unsound_works(connection) & {row.work for row in standing}:
        raise WorksChanged(count=len(changed))
    round_ = 1 + _last_round(connection, packet.packet)
    if round_ > MAX_ROUND:
        raise TooManyPrints(code=code, prints=round_)
    before = Settings(print_state.in_force(connection).layout, printed.settings.by, printed.language)
    # A single page or sheet goes into a packet that is in use: it speaks the packet's language.
    settings = wish.on(before) if isinstance(what, Everything) else before
    return maker.unit(connection, packet, round_, settings, {row.row for row in standing})


def _last_round(connection: Connection, packet: int) -> int:
    whole = [one.round for one in queries.all_of(connection, facts.PacketPrint, packet=packet)]
    return max([*whole, *(one.round for one in queries.all_of(connection, facts.Reprint, packet=packet))])


def _require_unread(connection: Connection, unit: Unit, what: What) -> None:
    """A sheet that was read and one that isn't yet would both count."""
    if isinstance(what, OnePage):
        return
    readings = queries.all_of(connection, facts.SheetReading, packet=unit.packet, outcome="read")
    read = {one.sheet for one in readings if isinstance(what, Everything) or one.sheet == what.sheet}
    if read:
        raise SheetRead(
            code=packet_code(unit.packet), sheet=", ".join(str(sheet) for sheet in sorted(filter(None, read)))
        )


def _require_there(content: PacketContent, what: What) -> None:
    match what:
        case OneSheet(sheet):
            there = [str(one.form.sheet) for one in content.sheets]
            if str(sheet) not in there:
                raise NoSuchPart(code=packet_code(content.number), part=f"--sheet {sheet}", there=", ".join(there))
        case OnePage(number, page):
            pages = {work.number: work.page_numbers(content.procedure) for work in content.works}
            if page not in pages.get(number, ()):
                there = [f"{spaced(n)}: {', '.join(map(str, found)) or '-'}" for n, found in pages.items()]
                part = f"--page {spaced(number)}:{page}"
                raise NoSuchPart(code=packet_code(content.number), part=part, there="; ".join(there))
        case Everything():
            return


def _path(station: Station, unit: Unit, what: What) -> Path:
    folder = station.out / "packets"
    if isinstance(what, Everything):
        return folder / f"{packet_code(unit.packet)}.pdf"
    return folder / "again" / print_state.again_name(unit.packet, unit.round, _part(what))


def _part(what: What) -> str:
    match what:
        case Everything():
            return print_state.WHOLE_PACKET
        case OneSheet(sheet):
            return f"sheet {sheet}"
        case OnePage(number, page):
            return f"page {number} {page}"


def _put_away(station: Station, packet: int) -> None:
    """What was replaced must not be printed by mistake."""
    with station.ledger.reading() as connection:
        kept = {one.round for one in print_state.current_pieces(connection)}
        for one in queries.all_of(connection, facts.Reprint, packet=packet):
            if one.round not in kept:
                name = print_state.again_name(packet, one.round, one.part)
                (station.out / "packets" / "again" / name).unlink(missing_ok=True)


def _record(
    station: Station, unit: Unit, content: PacketContent, what: What, why: str, sha256: str, drawn: Drawn
) -> None:
    rows = json.dumps([row.row for row in unit.rows])
    sheets = {sheet.form.sheet for sheet in content.sheets if isinstance(what, Everything)}
    sheets |= {what.sheet} if isinstance(what, OneSheet) else set()
    blanks = kept_blanks(unit, [sheet for sheet in content.sheets if sheet.form.sheet in sheets])
    with station.ledger.writing() as writer:
        writer.append(facts.Reprint(unit.packet, unit.round, _part(what), rows, why, sha256, drawn.pages))
        if isinstance(what, Everything):
            record(writer, unit, Printed(sha256, drawn, blanks))
        else:
            writer.append_all(facts.Sheet(unit.packet, sheet, unit.round, blank) for sheet, blank in blanks)
