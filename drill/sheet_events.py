"""Sheets that must not be taken, handed to a station that has read one already: each must be refused by name, or taken
for a copy, and not one score may change."""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import cv2
import numpy as np

from crosscheck import facts, keys, sheetform
from crosscheck.db import queries
from crosscheck.model import FIRST_MARKING, AnonymousNumber, CriterionId, Given, Points
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure
from crosscheck.station import Station, open_station
from drill import containers, journey, paper, pens
from drill.demo import SAMPLES
from drill.drawing import rendered
from drill.gate import Gate
from drill.ink import Page
from packets.drawing.sheets import SheetContent, SheetRow, draw_sheets

_DPI = 200
_SCANNER = containers.Settings(_DPI, 80, "score sheets")


@dataclass(frozen=True, slots=True)
class Event:
    """A sheet handed in; what the station must make of it: its outcome and words of the reason."""

    name: str
    outcome: str
    words: str


EVENTS = (
    Event("the same scan again", "copy", ""),
    Event("the same paper scanned again", "copy", ""),
    Event("a photocopy of a sheet that was read", "copy", ""),
    Event("a photocopy filled in otherwise", "refused", "read already"),
    Event("another procedure", "refused", "another procedure"),
    Event("another ledger", "refused", "another ledger"),
    Event("a sheet that was never printed", "refused", "no such print"),
    Event("a print that was superseded", "refused", "replaced by print"),
    Event("an answer page", "refused", "not_a_sheet"),
    Event("a mark cut out", "refused", "marks_missing 6"),
    Event("no code left", "refused", "no_sheet_code"),
)


def gates(seed: int) -> tuple[Gate, ...]:
    """A station is made from the small samples up to printing; then the sheets come."""
    with (
        tempfile.TemporaryDirectory(prefix="sheet-events-") as folder,
        mock.patch.dict(os.environ, journey.PASSPHRASES),
    ):
        player = journey.Player(Path(folder) / "station", say=False)
        journey.prepare(player, SAMPLES / "single", SAMPLES / "single")
        failed, changed = happened(player, Path(folder), seed)
    return (
        Gate("sheets that must be refused and were not", len(failed), 0, len(EVENTS)),
        Gate("scores changed by sheets that count for nothing", changed, 0, len(EVENTS)),
    )


def happened(player: journey.Player, folder: Path, seed: int) -> tuple[list[str], int]:
    """Hand a sheet in, then all those of EVENTS: those that came out otherwise, and how many scores changed."""
    desk = _Desk(player, folder, np.random.default_rng([seed, 77]))
    first = desk.filled(1, Points(0))
    assert desk.handed_in("first", desk.scan(first)).outcome == "read"
    before, failed = desk.scores(), []
    papers = _papers(desk, first)
    for event in EVENTS:
        found = desk.handed_in(event.name, papers[event.name]())
        if found.outcome != event.outcome or event.words not in found.detail:
            failed.append(f"{event.name}: {found.outcome} {found.detail}")
            print(f"  not refused as it must be: {failed[-1]}")
    after = desk.scores()
    return failed, sum(after.get(key) != before.get(key) for key in {*before, *after})


def _papers(desk: _Desk, first: Page) -> Mapping[str, Callable[[], Page]]:
    """How each of the sheets is made."""
    procedure = desk.station().procedure()
    key = keys.label_key(desk.station().keys)
    return {
        "the same scan again": lambda: desk.last,
        "the same paper scanned again": lambda: desk.scan(first),
        "a photocopy of a sheet that was read": lambda: desk.scan(_copied(first)),
        "a photocopy filled in otherwise": lambda: desk.scan(desk.written(_copied(desk.clean(1)), 1, Points(1))),
        "another procedure": lambda: desk.scan(_drawn(_renamed(procedure), 1, key)),
        "another ledger": lambda: desk.scan(_drawn(procedure, 1, secrets.token_bytes(32))),
        "a sheet that was never printed": lambda: desk.scan(_drawn(procedure, 999, key)),
        "a print that was superseded": lambda: desk.superseded(2),
        "an answer page": desk.answer_page,
        "a mark cut out": lambda: _whitened(desk.scan(first), ((185, 272, 205, 292),)),
        "no code left": lambda: _whitened(desk.scan(first), ((20, 5, 188, 36), (20, 258, 50, 290))),
    }


class _Desk:
    """Where sheets are filled, scanned and handed in to the station."""

    def __init__(self, player: journey.Player, folder: Path, rng: np.random.Generator) -> None:
        self.player, self.folder, self.rng = player, folder, rng
        self.last: Page = np.zeros((1, 1), np.uint8)

    def station(self) -> Station:
        return open_station(self.player.home, "drill", os.environ)

    def clean(self, packet: int) -> Page:
        """The first sheet of a packet as it left the printer."""
        pdf = (self.station().out / "packets" / f"{packet_code(packet)}.pdf").read_bytes()
        with self.station().ledger.reading() as connection:
            sheets = len({one.sheet for one in queries.all_of(connection, facts.Sheet, packet=packet)})
            pages = queries.all_of(connection, facts.PacketPrint, packet=packet)[-1].pages
        return paper.grey(rendered(pdf, pages - sheets - 1, _DPI))  # the report slip comes last

    def filled(self, packet: int, given: Given) -> Page:
        return self.written(self.clean(packet), packet, given)

    def written(self, page: Page, packet: int, given: Given) -> Page:
        """The same value in every cell."""
        procedure = self.station().procedure()
        with self.station().ledger.reading() as connection:
            rows = len(queries.all_of(connection, facts.PacketRow, packet=packet))
        row: dict[CriterionId, Given] = dict.fromkeys((c.id for c in procedure.criteria), given)
        form = sheetform.sheet_forms(procedure)[0]
        return pens.fill_sheet(page, _DPI, form, [row] * rows, pens.CAREFUL, self.rng)[0]

    def scan(self, page: Page) -> Page:
        return paper.aged(page, _DPI, paper.CLEAN, self.rng)

    def handed_in(self, name: str, scan: Page) -> facts.SheetReading:
        """Take the scan in, read it; what was recorded of it."""
        self.last = scan
        folder = self.folder / f"in-{secrets.token_hex(4)}"
        folder.mkdir()
        (folder / f"{name.replace(' ', '-')}.jpg").write_bytes(containers.jpeg(scan, _SCANNER))
        with self.station().ledger.reading() as connection:
            before = {one.page for one in queries.all_of(connection, facts.SheetReading)}
        self.player.run(["ingest", "--sheets", str(folder)])
        self.player.run(["read"])
        with self.station().ledger.reading() as connection:
            fresh = [one for one in queries.all_of(connection, facts.SheetReading) if one.page not in before]
        # A file that is known already by its bytes is not even taken in: the same as a copy.
        return fresh[0] if fresh else facts.SheetReading("", "copy", None, None, None, "known file")

    def scores(self) -> Mapping[tuple[object, ...], object]:
        with self.station().ledger.reading() as connection:
            found = queries.all_of(connection, facts.Score)
        return {(s.work, s.marking, s.criterion, s.revision): s.points for s in found}

    def superseded(self, packet: int) -> Page:
        """The sheet of the print before the newest."""
        old = self.filled(packet, Points(0))
        self.player.run(["print", "--again", packet_code(packet), "--why", "coffee"])
        return self.scan(old)

    def answer_page(self) -> Page:
        """A pupil's page, put into the wrong pile."""
        path = SAMPLES / "single" / "scans" / "scan-101.pdf"
        return paper.grey(rendered(path.read_bytes(), 0, _DPI))


def _copied(page: Page) -> Page:
    """Through a copier: softer, with more contrast, a little smaller."""
    soft = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.8), np.float32)
    strong = np.clip((soft - 60.0) * 1.3, 0, 255).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), 0.3, 0.985)
    return np.asarray(cv2.warpAffine(strong, turn, page.shape[1::-1], borderValue=(255.0,)), np.uint8)


def _renamed(procedure: Procedure) -> Procedure:
    return replace(procedure, code=f"{procedure.code}-other")


def _drawn(procedure: Procedure, packet: int, key: bytes) -> Page:
    """A sheet that this station never printed."""
    form = sheetform.sheet_forms(procedure)[0]
    rows = (SheetRow(AnonymousNumber("1234560"), frozenset(c.id for c in procedure.criteria)),)
    out = io.BytesIO()
    draw_sheets([SheetContent(procedure, form, packet, 0, FIRST_MARKING, "Е. А. П.", rows, key=key)], out)
    return paper.grey(rendered(out.getvalue(), 0, _DPI))


def _whitened(scan: Page, boxes: tuple[tuple[int, int, int, int], ...]) -> Page:
    page, k = scan.copy(), _DPI / 25.4
    for left, top, right, bottom in boxes:
        page[round(top * k) : round(bottom * k), round(left * k) : round(right * k)] = 250
    return page
