"""What was printed, how, and what of it may still be drawn anew: questions to the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.numbering import packet_code
from packets.print_log import Logged
from packets.print_settings import Settings, drawn_alike

WHOLE_PACKET = "all"  # what a `Reprint` of everything calls its part


@dataclass(frozen=True, slots=True)
class Print:
    """The newest whole print of a packet. rows: which it holds. files: how its file was drawn, the last way last."""

    packet: facts.Packet
    round: int
    rows: tuple[int, ...]
    files: tuple[facts.PacketFile, ...]

    @property
    def file(self) -> facts.PacketFile:
        """How its file lies on the disk."""
        return self.files[-1]

    @property
    def settings(self) -> Settings:
        return Settings.read(self.file.settings)

    @property
    def language(self) -> str:
        """What it was drawn in at first, and stays in."""
        return Settings.read(self.files[0].settings).language


def in_force(connection: Connection, by: str = "") -> Settings:
    """The settings that were used last. by: until when packets come back where nothing was printed yet."""
    drawn = queries.all_of(connection, facts.PacketFile)
    return Settings.read(drawn[-1].settings) if drawn else Settings(by=by)


def prints(connection: Connection) -> Mapping[int, Print]:
    """Every packet that was printed, by its number, in order."""
    newest: dict[int, facts.PacketPrint] = {}
    for one in queries.all_of(connection, facts.PacketPrint):
        if one.packet not in newest or one.round > newest[one.packet].round:
            newest[one.packet] = one
    files: dict[tuple[int, int], list[facts.PacketFile]] = {}
    for file in queries.all_of(connection, facts.PacketFile):
        files.setdefault((file.packet, file.round), []).append(file)
    again = {(one.packet, one.round): one for one in queries.all_of(connection, facts.Reprint)}
    packets = {packet.packet: packet for packet in queries.all_of(connection, facts.Packet)}
    return {
        number: Print(
            packets[number],
            one.round,
            _rows(packets[number], again.get((number, one.round))),
            tuple(sorted(files.get((number, one.round), ()), key=lambda file: file.revision)) or (_of_old(one),),
        )
        for number, one in sorted(newest.items())
    }


def _of_old(one: facts.PacketPrint) -> facts.PacketFile:
    """A ledger of an earlier version knew one way to print."""
    return facts.PacketFile(one.packet, one.round, 0, Settings().text(), one.sha256, one.pages, 0, one.pages)


def _rows(packet: facts.Packet, again: facts.Reprint | None) -> tuple[int, ...]:
    return tuple(range(packet.works)) if again is None else tuple(json.loads(again.rows))


def logged(connection: Connection) -> list[Logged]:
    """The files that lie in out/packets: whole packets in the order of their numbers, then what was printed again."""
    points = {expert.expert: expert.check_point for expert in queries.latest_of(connection, facts.Expert)}
    printed, standing = prints(connection), standing_packets(connection)
    whole = [
        Logged(
            f"{packet_code(number)}.pdf",
            packet_code(number),
            points[one.packet.expert],
            one.round + 1,
            one.file.pages,
            one.file.blank,
            one.file.papers,
            one.file.sha256,
        )
        for number, one in printed.items()
        if number in standing
    ]
    pieces = [one for one in current_pieces(connection) if one.packet in standing]
    return whole + [
        Logged(
            f"again/{again_name(one.packet, one.round, one.part)}",
            packet_code(one.packet),
            points[printed[one.packet].packet.expert],
            one.round + 1,
            one.pages,
            0,
            one.pages,
            one.sha256,
        )
        for one in pieces
    ]


def current_pieces(connection: Connection) -> list[facts.Reprint]:
    """Sheets and pages that were printed again, each as it was last, and not replaced by a newer print of the whole."""
    newest: dict[tuple[int, str], facts.Reprint] = {}
    for one in sorted(queries.all_of(connection, facts.Reprint), key=lambda one: one.round):
        if one.part == WHOLE_PACKET:
            newest = {key: piece for key, piece in newest.items() if key[0] != one.packet}
        else:
            newest[one.packet, one.part] = one
    return list(newest.values())


def again_name(packet: int, round_: int, part: str) -> str:
    """The file of something that was printed again."""
    return f"{packet_code(packet)}-print-{round_ + 1}-{part.replace(' ', '-')}.pdf"


def in_use(connection: Connection) -> frozenset[int]:
    """Packets of which something counts and whose paper is known to be about."""
    used = {move.packet for move in queries.all_of(connection, facts.CustodyMove)}
    used |= {read.packet for read in queries.all_of(connection, facts.SheetReading) if read.packet is not None}
    return standing_packets(connection) & used


def in_pieces(connection: Connection) -> frozenset[int]:
    """Packets of which a sheet or a page was printed again: their file still holds what it replaced."""
    return standing_packets(connection) & {piece.packet for piece in current_pieces(connection)}


def still_here(connection: Connection) -> frozenset[int]:
    """Packets of which something counts and no paper is known to be in use: their files may still change."""
    return standing_packets(connection) - in_use(connection) - in_pieces(connection)


def standing_packets(connection: Connection) -> frozenset[int]:
    """Packets of which something counts."""
    return frozenset(row.packet for row in queries.standing_rows(connection))


def to_draw(connection: Connection, wanted: Settings, *, anew: bool) -> list[facts.Packet]:
    """Packets that were never drawn; with `anew` also those that were drawn in another way, while they are here."""
    waiting = queries.packets_to_print(connection)
    if not anew:
        return waiting
    here = still_here(connection)
    return [*waiting, *(packet for packet in _drawn_otherwise(connection, wanted) if packet.packet in here)]


def other_in_use(connection: Connection, wanted: Settings) -> frozenset[int]:
    """Packets that were drawn in another way than `wanted` and stay so, because their paper is in use."""
    other = frozenset(packet.packet for packet in _drawn_otherwise(connection, wanted))
    return (other & standing_packets(connection)) - still_here(connection)


def other_language(connection: Connection, wanted: str, usual: str) -> frozenset[int]:
    """Packets that count and don't speak the language `wanted`: they keep the one they were drawn in. usual: that of
    the procedure."""
    standing = standing_packets(connection)
    spoken = {number: one.language or usual for number, one in prints(connection).items() if number in standing}
    return frozenset(number for number, language in spoken.items() if language != wanted)


def _drawn_otherwise(connection: Connection, wanted: Settings) -> list[facts.Packet]:
    return [one.packet for one in prints(connection).values() if not drawn_alike(one.settings, wanted)]
