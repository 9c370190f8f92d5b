"""Before anything is drawn: what would go wrong half way, and how much room the files need."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crosscheck.blobs import BlobStore
from crosscheck.criteria_file import require_sound
from crosscheck.model import BlobId
from packets.drawing.ink import black
from packets.drawing.packet import check_texts
from packets.errors import NoRoomForPackets
from packets.print_settings import Ink
from packets.printing import Unit, content_of

_OF_PAGE, _OF_PACKET = 2_000, 90_000  # bytes that are drawn and not copied
_LOOKED_AT = 6  # copies that are made black to learn by how much they shrink
_MEGABYTE = 1_000_000


def require_printable(units: Sequence[Unit]) -> None:
    """Everything that isn't a picture: the criteria, names and texts of every cover, and that there is something to do.

    Errors: SignsMissing (E5003), TextDoesNotFit (E5001), CriteriaUnreadable (E5010), CriteriaEncrypted (E5011),
    PacketEmpty (E5014).
    """
    for blobs, blob in {(unit.blobs, unit.criteria) for unit in units if unit.criteria}:
        require_sound(BlobStore(blobs).get(BlobId(blob)))
    for unit in units:
        check_texts(content_of(replace(unit, criteria="", rows=tuple(replace(row, copies=()) for row in unit.rows))))


def estimated(units: Sequence[Unit]) -> int:
    """About how many bytes the files of these packets take."""
    sizes = {unit.blobs: BlobStore(unit.blobs) for unit in units}
    copies = [(sizes[unit.blobs], page.blob) for unit in units for row in unit.rows for page in row.copies]
    stored = sum(blobs.size(BlobId(blob)) for blobs, blob in copies)
    shrunk = _shrinking(copies) if units and units[0].settings.layout.ink is Ink.BLACK else 1.0
    return round(stored * shrunk) + _OF_PAGE * len(copies) + _OF_PACKET * len(units)


def _shrinking(copies: Sequence[tuple[BlobStore, str]]) -> float:
    some = [blobs.get(BlobId(blob)) for blobs, blob in copies[:: max(1, len(copies) // _LOOKED_AT)][:_LOOKED_AT]]
    return sum(len(black(one, 210.0).data) for one in some) / max(1, sum(map(len, some)))


def require_room(out: Path, needed: int) -> None:
    """Errors: NoRoomForPackets (E6072)."""
    out.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(out).free) < needed:
        raise NoRoomForPackets(folder=out, needed=spelled(needed), free=spelled(free))


def spelled(size: int) -> str:
    """`1.2 GB`, `37 MB`: rounded up, for people."""
    if size >= 1000 * _MEGABYTE:
        return f"{size / (1000 * _MEGABYTE):.1f} GB"
    return f"{max(1, -(-size // _MEGABYTE))} MB"
