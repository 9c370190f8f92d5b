"""The demo's own check: what the product recorded against the truth that only the simulator knows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.geometry import A4_WIDTH, Box
from crosscheck.model import BlobId, Fate, Given, is_control
from crosscheck.procedure import Procedure
from crosscheck.station import Station
from drill import miscounts
from drill.people import Knowledge, spelled
from drill.truth import TruePage, TrueWork

INK = 250  # a masked page is white outside its zones: anything darker came from somewhere


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of what must not happen, and of what is disclosed. `planted`: names written inside an answer, which
    no zone can remove; `flagged`: those of them that a finding points at. Cells of rows whose expert miscounted are
    counted as rows (`miscounted`, and how many of these nobody was shown) and not among the others."""

    wrong_attributions: int
    pages_placed: int
    leaked_pages: int
    pages_masked: int
    wrong_points_accepted: int
    accepted: int
    cells: int
    cells_to_person: int
    miscounted: int
    miscounted_accepted: int
    conflicts: int
    planted: int
    flagged: int


def compare(station: Station, known: Knowledge, district: Path, meant: Mapping[tuple[str, str], Given]) -> Comparison:
    """Everything the demo says about itself."""
    with station.ledger.reading() as connection:
        placed = [f for f in queries.latest_of(connection, facts.PageFate) if f.fate == Fate.KNOWN.value]
        masked = {r.page: r for r in queries.all_of(connection, facts.PageReading) if r.masked}
        flagged = {f.subject for f in queries.all_of(connection, facts.Finding) if f.kind == "name_in_answer"}
        cells = {(c.work, int(c.marking), c.criterion) for c in queries.all_of(connection, facts.CellReading)}
        miscounted = miscounts.found(connection, station.procedure(), meant)
        accepted = queries.all_of(connection, facts.Score, source="reading")
        conflicts = _conflicts(connection, known, district)
        wrong_points = _wrong_points(connection, station.procedure(), accepted, meant)
    planted = {page for page, true in known.pages.items() if true.planted_in_answer}
    others = cells - set(miscounts.cells_of(miscounted))
    alone = {(score.work, int(score.marking), score.criterion) for score in accepted}
    return Comparison(
        wrong_attributions=sum(not _right(fate, known) for fate in placed),
        pages_placed=len(placed),
        leaked_pages=sum(_leaks(station, reading, known.pages[page]) for page, reading in masked.items()),
        pages_masked=len(masked),
        wrong_points_accepted=wrong_points,
        accepted=len(accepted),
        cells=len(others),
        cells_to_person=len(others - alone),
        miscounted=len(miscounted),
        miscounted_accepted=sum(not row.shown for row in miscounted),
        conflicts=conflicts,
        planted=len(planted),
        flagged=len(planted & flagged),
    )


def _right(fate: facts.PageFate, known: Knowledge) -> bool:
    true = known.pages[fate.page]
    return true.participant is not None and (known.tokens[true.participant], true.page) == (fate.work, fate.page_no)


def _wrong_points(
    connection: Connection,
    procedure: Procedure,
    accepted: list[facts.Score],
    meant: Mapping[tuple[str, str], Given],
) -> int:
    numbers = {n.key: n.number for n in queries.all_of(connection, facts.Number)}
    owners = procedure.owners
    wrong = 0
    for score in accepted:
        found = "X" if score.points is None else str(score.points)
        key = owners.key(score.work, score.marking, score.criterion)
        wrong += spelled(meant[numbers[key], score.criterion]) != found
    return wrong


# --- conflicts of interest, straight from the district's own tables ------------------------------


def _conflicts(connection: Connection, known: Knowledge, district: Path) -> int:
    """Assignments that the tables forbid: own school, class taught, declared; or a work twice with one expert, unless
    it was hidden there on purpose."""
    experts = {row["expert"]: row for row in _table(district / "experts.csv")}
    declared = _table(district / "conflicts.csv")
    assigned = [
        (a.work, known.experts[a.expert], is_control(a.marking)) for a in queries.standing_assignments(connection)
    ]
    bad = sum(_barred(known.works[work], experts[code], declared) for work, code, _control in assigned)
    return bad + len(assigned) - len(set(assigned))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def _barred(work: TrueWork, expert: dict[str, str], declared: list[dict[str, str]]) -> bool:
    if work.school in expert["schools"].split(",") or f"{work.school}:{work.class_name}" in expert["classes"].split(
        ","
    ):
        return True
    return any(_touches(row, work) for row in declared if row["expert"] == expert["expert"])


def _touches(row: dict[str, str], work: TrueWork) -> bool:
    if row["participant"]:
        return row["participant"] == work.participant
    return row["school"] == work.school and row["class"] in ("", work.class_name)


# --- leaks ---------------------------------------------------------------------------------------


def _leaks(station: Station, reading: facts.PageReading, true: TruePage) -> bool:
    """Whether anything stands on the masked page where the true page has an identity outside its answers."""
    with Image.open(io.BytesIO(station.blobs.get(BlobId(reading.masked)))) as picture:
        page = np.asarray(picture.convert("L"))
    zones = [Box(*box) for _task, *box in json.loads(reading.evidence)["zones"]]
    # A name planted inside an answer stays: no zone method removes it, and it is counted apart.
    outside = [b for b in true.identity if not (true.planted_in_answer and any(b.overlaps(zone) for zone in zones))]
    return any(bool((_cut(page, box) < INK).any()) for box in outside)


def _cut(
    page: np.ndarray[tuple[int, int], np.dtype[np.uint8]], box: Box
) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    scale = page.shape[1] / A4_WIDTH
    top, left = max(0, round(box.y * scale)), max(0, round(box.x * scale))
    return page[top : round(box.bottom * scale), left : round(box.right * scale)]
