"""One file for each check point: all its packets one after another, each on paper of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck import pool
from crosscheck.errors import CrosscheckError
from crosscheck.numbering import packet_code
from crosscheck.station import Station
from crosscheck.wholefile import digest_of, writing_whole
from packets import print_state
from packets.drawing.packet import PacketContent, draw_packets
from packets.errors import PointFileFailed
from packets.print_log import Logged
from packets.print_settings import Layout, Settings
from packets.printing import Unit, UnitMaker, content_of

_NOT_IN_NAMES = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class PointFile:
    """The packets of one check point, in the order of their numbers."""

    point: str
    units: tuple[Unit, ...]
    layout: Layout
    path: Path


def point_files(station: Station, names: Mapping[str, str], packets: Sequence[int], settings: Settings) -> list[Logged]:
    """Draw these packets again, joined by check point, in worker processes; what was written, by name.

    Packets are drawn and not put together from their files: that would need the memory of all of them. Errors:
    PointFileFailed (E6074), and whatever drawing raises.
    """
    folder = station.out / "packets" / "points"
    folder.mkdir(parents=True, exist_ok=True)
    maker = UnitMaker(station, names)
    with station.ledger.reading() as connection:
        printed = print_state.prints(connection)
        units = maker.units(connection, [printed[number].packet for number in sorted(packets)], settings)
    made = [_logged(one) for one in pool.run_units(_files(units, settings.layout, folder), draw, jobs=station.jobs)]
    return sorted(made, key=lambda one: one.file)


def _files(units: Sequence[Unit], layout: Layout, folder: Path) -> Iterator[PointFile]:
    of_point: dict[str, list[Unit]] = {}
    for unit in units:
        of_point.setdefault(unit.check_point, []).append(unit)
    for number, point in enumerate(sorted(of_point), start=1):
        here = of_point[point]
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
