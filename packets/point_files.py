"""One file for each check point: all its packets one after another, each on paper of its own.

A list beside the files (`files.json`) says which print of which packet each one holds. A file is good while all of them
are the newest prints there are; what isn't on the list, or isn't good any more, is moved away before it can be printed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crosscheck import pool
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError
from crosscheck.i18n import gettext as _
from crosscheck.i18n import in_use
from crosscheck.numbering import packet_code
from crosscheck.report_files import csv_of
from crosscheck.station import Station
from crosscheck.wholefile import digest_of, write_whole, writing_whole
from packets import print_state
from packets.drawing.packet import PacketContent, draw_packets
from packets.errors import PointFileFailed
from packets.print_log import Logged, print_log
from packets.print_settings import Layout, Settings
from packets.printing import Unit, UnitMaker, content_of

_NOT_IN_NAMES = re.compile(r"[^\w-]+")
_LIST, _REPLACED = "files.json", "replaced"


@dataclass(frozen=True, slots=True)
class PointFile:
    """The packets of one check point, in the order of their numbers."""

    point: str
    units: tuple[Unit, ...]
    layout: Layout
    path: Path


@dataclass(frozen=True, slots=True)
class Made:
    """A file by check point as it was made. holds: SHA-256 of the file of each of its packets, by the packet's number.
    good: whether it still lies there to be printed."""

    logged: Logged
    holds: Mapping[int, str]
    good: bool = True


def folder_of(station: Station) -> Path:
    """Where files by check point lie."""
    return station.out / "packets" / "points"


def point_files(station: Station, names: Mapping[str, str], packets: Sequence[int], settings: Settings) -> list[Logged]:
    """Draw these packets again, joined by check point, in worker processes; all files by check point that are good, by
    name.

    Packets are drawn and not put together from their files: that would need the memory of all of them. Errors:
    PointFileFailed (E6074), and whatever drawing raises.
    """
    folder = folder_of(station)
    folder.mkdir(parents=True, exist_ok=True)
    maker = UnitMaker(station, names)
    with station.ledger.reading() as connection:
        printed = print_state.prints(connection)
        units = maker.units(connection, [printed[number].packet for number in sorted(packets)], settings)
    points = {expert.check_point for expert in maker.experts.values()}
    files = {file.path.name: file for file in _files(units, points, settings.layout, folder)}
    made = [_logged(one) for one in pool.run_units(files.values(), draw, jobs=station.jobs)]
    listed = _listed(folder)
    for one in made:
        holds = {unit.packet: printed[unit.packet].file.sha256 for unit in files[one.file].units}
        listed[one.file] = Made(one, holds)
    _keep(station, listed)
    return [listed[name].logged for name in sorted(listed) if listed[name].good]


def put_aside(station: Station) -> list[str]:
    """Move away every file that holds a print which counts no more, or of which nobody knows what it holds; their
    names."""
    folder = folder_of(station)
    if not folder.exists():
        return []
    with station.ledger.reading() as connection:
        newest = _newest(connection)
    listed, moved = _listed(folder), list[str]()
    for path in sorted(folder.glob("*.pdf")):
        known = listed.get(path.name)
        if known is None or any(newest.get(packet) != file for packet, file in known.holds.items()):
            (folder / _REPLACED).mkdir(exist_ok=True)
            path.replace(folder / _REPLACED / path.name)
            moved.append(path.name)
    there = {path.name for path in folder.glob("*.pdf")}
    _keep(station, {name: Made(one.logged, one.holds, name in there) for name, one in listed.items()})
    return moved


def left_over(station: Station) -> frozenset[int]:
    """Packets of files that were moved away, as far as no file holds them now."""
    listed = _listed(folder_of(station)).values()
    was, held = ({packet for one in listed if one.good is good for packet in one.holds} for good in (False, True))
    return frozenset(was - held)


def held(station: Station) -> frozenset[int]:
    """Packets that lie in a file that is good."""
    return frozenset(packet for one in _listed(folder_of(station)).values() if one.good for packet in one.holds)


def _newest(connection: Connection) -> Mapping[int, str]:
    """The file of every packet that is good as a whole: nothing of it was printed again since."""
    standing = print_state.standing_packets(connection)
    piecewise = {piece.packet for piece in print_state.current_pieces(connection)}
    printed = print_state.prints(connection)
    return {number: one.file.sha256 for number, one in printed.items() if number in standing - piecewise}


def _listed(folder: Path) -> dict[str, Made]:
    """The list; empty where there is none that can be read, so that nothing is taken for good that may not be."""
    try:
        rows = json.loads((folder / _LIST).read_text("utf-8"))
        return {
            name: Made(Logged(**row["logged"]), {int(n): str(file) for n, file in row["holds"].items()}, row["good"])
            for name, row in rows.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _keep(station: Station, listed: Mapping[str, Made]) -> None:
    """The list, and the log of what lies there to be printed."""
    rows = {name: asdict(one) for name, one in sorted(listed.items())}
    write_whole(folder_of(station) / _LIST, json.dumps(rows, ensure_ascii=False, indent=1).encode())
    good = [listed[name].logged for name in sorted(listed) if listed[name].good]
    log = print_log(station.procedure().title, good, _, in_use())
    write_whole(folder_of(station) / "print-log.csv", csv_of(log.tables[0]))


def _files(units: Sequence[Unit], points: Collection[str], layout: Layout, folder: Path) -> Iterator[PointFile]:
    of_point: dict[str, list[Unit]] = {}
    for unit in units:
        of_point.setdefault(unit.check_point, []).append(unit)
    for number, point in enumerate(sorted(points), start=1):
        if (here := of_point.get(point)) is None:
            continue
        first, last = (packet_code(unit.packet) for unit in (here[0], here[-1]))
        # The number keeps points apart whose names differ only by what no file name may hold.
        name = f"{number:02d}-{_NOT_IN_NAMES.sub('-', point).strip('-')[:30]}-{first}-{last}.pdf"
        yield PointFile(point, tuple(here), layout, folder / name)


def draw(file: PointFile) -> Logged:
    """Draw one file; one packet is in memory at a time."""

    def contents() -> Iterator[PacketContent]:
        return (content_of(unit) for unit in file.units)

    with writing_whole(file.path) as out:
        drawn = draw_packets(contents(), out, file.layout)
    return Logged(
        file.path.name,
        ", ".join(packet_code(unit.packet) for unit in file.units),
        file.point,
        1 + max(unit.round for unit in file.units),
        sum(one.pages for one in drawn),
        sum(one.blank for one in drawn),
        sum(one.papers for one in drawn),
        digest_of(file.path),
    )


def _logged(outcome: pool.Outcome[PointFile, Logged]) -> Logged:
    match outcome:
        case pool.Done(result=result):
            return result
        case pool.Failed(error=CrosscheckError() as error):
            raise error
        case pool.Failed(unit=unit) | pool.Crashed(unit=unit):
            raise PointFileFailed(point=unit.point, file=unit.path.name)
