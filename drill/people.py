"""The people of a check day, played: who settles pages, marks works, keys a sheet and settles cells.

They know what is really on the paper (truth.json) as people know it from looking, and act through the
same commands as people do.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crosscheck import facts, keys, safe, sheetform
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.keys import Holder
from crosscheck.model import CriterionId, Given, NotAttempted, Points
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import Procedure
from crosscheck.register import Tokens
from crosscheck.station import Station
from drill import containers, paper, pens
from drill.drawing import rendered
from drill.experts import Severity, judge_work, some_severity
from drill.truth import TruePage, TrueWork, Truth

Run = Callable[[Sequence[str]], str]
UNSETTLED = ("unknown", "conflict", "extra")
SHEET_DPI = 300
SCANNER = containers.Settings(SHEET_DPI, 75, "score sheets")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What people know by looking: which scanned page is which, and which work is whose."""

    pages: Mapping[str, TruePage]  # by page id
    works: Mapping[str, TrueWork]  # by work id
    tokens: Mapping[str, str]  # participant to work id
    experts: Mapping[str, str]  # expert id to the district's code


def know(station: Station, truth: Truth, samples: Path, district: Path, coordinator: str) -> Knowledge:
    """Match the truth with the ledger's opaque names, which only the coordinator's key can do for works."""
    names = Tokens(safe.open_index(station, keys.unlock(station.keys, Holder.COORDINATOR, coordinator)))
    tokens = {work.participant: names.work(work.participant) for work in truth.works}
    with (district / "experts.csv").open(encoding="utf-8-sig", newline="") as file:
        experts = {names.expert(row["expert"]): row["expert"] for row in csv.DictReader(file, delimiter=";")}
    files = {p.file: keys.keyed(station.secret(), "file", (samples / p.file).read_bytes())[:24] for p in truth.pages}
    with station.ledger.reading() as connection:
        placed = {(page.file, page.position): page.page for page in queries.pages_of_purpose(connection, "works")}
    pages = {placed[files[p.file], p.index]: p for p in truth.pages if (files[p.file], p.index) in placed}
    return Knowledge(pages, {tokens[work.participant]: work for work in truth.works}, tokens, experts)


# --- settling pages ------------------------------------------------------------------------------


def settle_pages(run: Run, known: Knowledge) -> int:
    """Look at every page that waits and say what it is; declare what is really missing. How many decisions."""
    kept: set[tuple[str, int]] = set()
    waiting = [row for row in json.loads(run(["pages", "list", "--json"])) if row["fate"] in UNSETTLED]
    decisions = sum(_settle_page(run, known, row, kept) for row in waiting)
    for work_id, work in known.works.items():
        for page in work.missing:
            run(["pages", "missing", work_id, str(page), "--why", "the school handed in one page only, act 3"])
            decisions += 1
    decisions += _settle_names(run)
    run(["number"])
    return decisions


_NAMES = ("name_in_answer", "known_text")


def _settle_names(run: Run) -> int:
    """A name inside an answer can't be masked: whoever looks covers it on the printed copies."""
    found = [f for f in json.loads(run(["findings", "list", "--json"])) if f["kind"] in _NAMES]
    for finding in found:
        run(["findings", "close", finding["finding"], "--why", "a name in the answer; to be covered on the copies"])
    return len(found)


def _settle_page(run: Run, known: Knowledge, row: Mapping[str, object], kept: set[tuple[str, int]]) -> int:
    page = str(row["page"])
    true = known.pages[page]
    if true.participant is None or true.page is None:
        run(["pages", "foreign", page, "--why", "a page of something else, seen on the original"])
        return 1
    key = (true.participant, true.page)
    if row["fate"] == "conflict":
        return _keep_first(run, page, key, kept)
    work = known.tokens[true.participant]
    if not row["masked"]:
        # What can't be masked can't be given to an expert, whoever says whose it is.
        run(["pages", "discard", page, "--why", "can't be masked, also not after scanning again"])
        run(
            ["pages", "missing", work, str(true.page), "--why", "can't be masked; marked from the original by the lead"]
        )
        return 2
    run(["pages", "assign", page, work, str(true.page), "--why", "read by eye on the original"])
    return 1


def _keep_first(run: Run, page: str, key: tuple[str, int], kept: set[tuple[str, int]]) -> int:
    if key in kept:
        return 0
    kept.add(key)
    run(["pages", "keep", page, "--why", "scanned twice; this one is sharper"])
    return 1


# --- marking -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """One round of marking: the scanned files, what was meant in every cell, the packet whose sheets nobody scanned."""

    files: tuple[Path, ...]
    meant: Mapping[tuple[str, str], Given]  # (number, criterion)
    keyed: int | None


def mark_packets(
    station: Station,
    procedure: Procedure,
    known: Knowledge,
    packets: Sequence[int],
    folder: Path,
    seed: int,
    key_one: bool,
) -> Marked:
    """Every expert marks the works of the packet, crosses boxes, and the sheets are scanned in piles."""
    folder.mkdir(parents=True, exist_ok=True)
    meant: dict[tuple[str, str], Given] = {}
    files: list[Path] = []
    keyed = packets[len(packets) // 2] if key_one and packets else None
    for packet in packets:
        rng = np.random.default_rng([seed, packet])
        with station.ledger.reading() as connection:
            rows = _judged(connection, procedure, known, packet, rng)
            sheets = [sheet.sheet for sheet in queries.all_of(connection, facts.Sheet, packet=packet)]
            printed = queries.all_of(connection, facts.PacketPrint, packet=packet)[-1]
        meant |= {(number, c): given for number, row in rows.items() for c, given in row.items()}
        if packet != keyed:
            drawn = {sheet: printed.pages - 1 - len(sheets) + i for i, sheet in enumerate(sheets)}  # before the slip
            scanned, sums = _scanned(station, procedure, packet, drawn, list(rows.values()), folder, rng)
            files += scanned
            numbers = list(rows)
            meant |= {(numbers[row], name): Points(written) for (row, name), written in sums.items()}
    return Marked(tuple(files), meant, keyed)


def _judged(
    connection: Connection, procedure: Procedure, known: Knowledge, packet: int, rng: np.random.Generator
) -> dict[str, dict[CriterionId, Given]]:
    """By number, in sheet order: what the expert gives, for the criteria that are asked."""
    severity: Severity = some_severity(rng)
    judged = {}
    for row in sorted(queries.all_of(connection, facts.PacketRow, packet=packet), key=lambda r: r.row):
        asked = state.asked(row, procedure)
        given = judge_work(known.works[row.work].points, procedure.criteria, severity, rng)
        judged[row.number] = {c: g for c, g in given.items() if c in asked}
    return judged


def _scanned(
    station: Station,
    procedure: Procedure,
    packet: int,
    sheets: Mapping[int, int],
    rows: Sequence[dict[CriterionId, Given]],
    folder: Path,
    rng: np.random.Generator,
) -> tuple[list[Path], dict[tuple[int, str], int]]:
    """The packet's sheets (sheet to page of its PDF) filled and scanned: PDF, JPEG, PNG or TIFF, straight or
    upside down, worn as paper is. With the sums that stand at the ends of rows, by row and name."""
    pdf = (station.out / "packets" / f"{packet_code(packet)}.pdf").read_bytes()
    with station.ledger.reading() as connection:
        part = queries.all_of(connection, facts.PacketRow, packet=packet)[0].key.part
    forms = {form.sheet: form for form in sheetform.sheet_forms(procedure, part)}
    pen = pens.some_pen(rng)
    scans: list[containers.Scan] = []
    sums: dict[tuple[int, str], int] = {}
    for sheet, page in sheets.items():
        drawn = rendered(pdf, page, SHEET_DPI)
        wanted = {column.criterion.id for column in forms[sheet].columns}
        asked = [{c: g for c, g in row.items() if c in wanted} for row in rows]
        filled, truth = pens.fill_sheet(drawn, SHEET_DPI, forms[sheet], asked, pen, rng)
        sums |= {(one.row, f"sum:{sheet}"): one.written for one in truth.sums if one.written is not None}
        worn = paper.aged(paper.grey(filled), SHEET_DPI, paper.ORDINARY, rng)
        turn = paper.Turn.OVER if rng.random() < 0.1 else paper.Turn.UPRIGHT
        scans.append(containers.Scan(paper.turned(worn, turn)))
    container = list(containers.Container)[packet % len(containers.Container)]
    written = containers.files(f"sheets-{packet:03d}", scans, container, SCANNER)
    for name, data in written.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in written], sums


# --- keying and settling cells -------------------------------------------------------------------


def typed(station: Station, procedure: Procedure, marked: Marked) -> tuple[str, str]:
    """What somebody types for the packet whose sheets were not scanned: its code, the lines, sheet by sheet."""
    assert marked.keyed is not None
    with station.ledger.reading() as connection:
        rows = sorted(queries.all_of(connection, facts.PacketRow, packet=marked.keyed), key=lambda r: r.row)
    lines = [
        " ".join(spelled(marked.meant[row.number, c.criterion.id]) for c in form.columns if _is_meant(marked, row, c))
        for form in sheetform.sheet_forms(procedure, rows[0].key.part)
        for row in rows
    ]
    return packet_code(marked.keyed), "\n".join(lines) + "\n"


def _is_meant(marked: Marked, row: facts.PacketRow, column: sheetform.Column) -> bool:
    return (row.number, column.criterion.id) in marked.meant


def spelled(given: Given) -> str:
    return "X" if isinstance(given, NotAttempted) else str(given.value)


def settle_cells(run: Run, meant: Mapping[tuple[str, str], Given]) -> int:
    """Look at the picture of every doubtful cell (or ask the expert, where it is empty) and say what it is. A sum that
    differs brings up the cells of its row: until nothing waits."""
    settled = 0
    while rows := json.loads(run(["review", "list", "--json"])):
        for row in rows:
            given = meant.get((row["number"], row["criterion"]))
            typed = "-" if given is None else spelled(given)  # no sum is written
            run(["review", "set", spaced(row["number"]), row["criterion"], typed])
        settled += len(rows)
    return settled
