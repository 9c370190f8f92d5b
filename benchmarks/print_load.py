"""The packets of a district, to be drawn: masked pages of made scans, each another picture, in a store of blobs."""

from __future__ import annotations

import itertools
import pickle
import re
from collections.abc import Sequence
from pathlib import Path

from benchmarks.scan_paper import SAMPLES, pile, registered
from crosscheck import damm, facts
from crosscheck.blobs import BlobStore
from crosscheck.db import queries
from crosscheck.model import WHOLE, BlobId, CriterionId
from crosscheck.pageform import AnswerZone
from crosscheck.procedure_file import read_procedure
from crosscheck.station import open_station
from packets.print_settings import Settings
from packets.printing import MaskedPage, Row, Unit, zones_of

PAGES, MARKINGS, ROWS = 6, 2, 20
_MADE = 30  # works that are scanned and masked to get pictures from
_DQT = b"\xff\xdb"
Page = tuple[bytes, tuple[AnswerZone, ...]]


def masked_pages(folder: Path) -> list[Page]:
    """Masked pages at 200 dpi as the product makes them, with their zones."""
    from scanning.incoming.intake import WORKS, take_in
    from scanning.redact import redact_all

    scans = pile("own", 200, _MADE)
    with registered(folder, {"own": _MADE}) as fresh:
        station = open_station(fresh("station"), "benchmark", {"CROSSCHECK_JOBS": "1"})
        list(take_in(station, [scans.pdf(folder)], WORKS))
        redact_all(station)
        with station.ledger.reading() as connection:
            readings = queries.all_of(connection, facts.PageReading)
        made = [(station.blobs.get(BlobId(one.masked)), zones_of(one)) for one in readings if one.masked]
        station.ledger.engine.dispose()
    if len(made) < _MADE:
        raise RuntimeError(f"only {len(made)} pages were masked")
    return made


def distinct(picture: bytes, number: int) -> bytes:
    """The same JPEG as another picture: the finest two steps of its quantisation table differ."""
    at = picture.index(_DQT) + 5 + 62
    return picture[:at] + bytes((1 + number % 255, 1 + number // 255 % 255)) + picture[at + 2 :]


def load(folder: Path, pages: Sequence[Page], works: int) -> list[Unit]:
    """Packets for `works` works, each marked twice; their masked pages lie in a store of blobs."""
    blobs = BlobStore(folder / "blobs").unforced()
    text = _six_pages((SAMPLES / "district" / "procedure.toml").read_text("utf-8"))
    procedure = read_procedure(text, "procedure.toml")
    criteria = blobs.put((SAMPLES / "district" / "criteria.pdf").read_bytes())
    asked = frozenset(CriterionId(criterion.id) for criterion in procedure.criteria)
    copies = [_work(blobs, pages, work) for work in range(works)]
    units = []
    for start in range(0, works * MARKINGS, ROWS):
        rows = tuple(
            Row(i, damm.closed(f"{(start + i) * 7919 % 1_000_000:06d}"), asked, (), copies[(start + i) % works], PAGES)
            for i in range(min(ROWS, works * MARKINGS - start))
        )
        unit = Unit(
            packet=start // ROWS + 1,
            round=0,
            settings=Settings(),
            marking=1,
            part=WHOLE,
            expert="Иванова А. А.",
            check_point="П1",
            rows=rows,
            procedure=text,
            criteria=str(criteria),
            blobs=folder / "blobs",
            out=folder / "packets",
            key=bytes(32),
        )
        units.append(unit)
    return units


def _six_pages(procedure: str) -> str:
    """The same procedure with each of its six tasks on a page of its own."""
    page = itertools.count(1)
    return re.sub(r"^page = \d$", lambda _found: f"page = {next(page)}", procedure, flags=re.MULTILINE).replace(
        "pages = 2", f"pages = {PAGES}"
    )


def _work(blobs: BlobStore, pages: Sequence[Page], work: int) -> tuple[MaskedPage, ...]:
    made = []
    for page in range(1, PAGES + 1):
        number = work * PAGES + page
        picture, zones = pages[number % len(pages)]
        made.append(MaskedPage(page, zones, str(blobs.put(distinct(picture, number)))))
    return tuple(made)


def written_out(units: Sequence[Unit], path: Path) -> None:
    path.write_bytes(pickle.dumps(list(units)))
