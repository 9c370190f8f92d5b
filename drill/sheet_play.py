"""One errand of the sheet drill: a made-up procedure, its sheets printed, filled by several people, scanned, read by
the product as its stage reads them, and compared with what was planned."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from crosscheck import damm
from crosscheck.blobs import BlobStore
from crosscheck.model import FIRST_MARKING, AnonymousNumber, CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import Procedure
from crosscheck.procedure_file import read_procedure
from crosscheck.sheetform import SheetForm, sheet_forms
from drill import sheet_plan as plans
from drill.drawing import rendered
from drill.ink import Page
from drill.paper import grey
from drill.scan_ink import DPI
from drill.sheet_ink import filled
from drill.sheet_plan import CellPlan, Expert, RowPlan, Sort, SumDeed, Wear, sort_of
from drill.sheet_scan import Ruin, State, aimed, ruin, scanned, stored
from packets.drawing.sheets import SheetContent, SheetRow, draw_sheets, known_print
from scoring import capture
from scoring.evidence import Cell, RowSum

KEY = b"drill"
_MOST_TROUBLE = 40  # of one errand


@dataclass(frozen=True, slots=True)
class Errand:
    """Which errand of which seed; so many people fill its sheets, each in their own way."""

    seed: int
    number: int
    scans: int = 6


@dataclass(frozen=True, slots=True)
class Scan:
    """A sheet of an errand to be filled and scanned."""

    form: int
    expert: Expert
    rows: tuple[RowPlan, ...]
    wear: Wear


@dataclass(frozen=True, slots=True)
class Plan:
    """An errand before anything is drawn: TOML of the procedure, its sheets, who fills them and how."""

    toml: str
    procedure: Procedure
    asked: tuple[frozenset[CriterionId], ...]
    scans: tuple[Scan, ...]

    @property
    def cells(self) -> int:
        return sum(len(row.cells) for scan in self.scans for row in scan.rows)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of an errand: counted events, and the first things that went wrong."""

    counts: Mapping[tuple[str, ...], int]
    trouble: tuple[Mapping[str, object], ...]


# --- planning -------------------------------------------------------------------------------------

_HEAD = """[procedure]
code = "drill-{number}"
kind = "РДР"
subject = "Математика"
grade = 5
date = 2026-02-10
title = "Проба {number}"
language = "ru"

[paper]
pages = 1
own = true
templates = []

[marking]
markings = 1
different_schools = false
rows_per_sheet = {rows}
third_statuses = ["senior"]

[sheet]
style = "{style}"
control = "{control}"

[[task]]
id = "1"
difficulty = "basic"
page = 1
height_mm = 40
"""
_CRITERION = '\n[[criterion]]\nid = "{name}"\ntask = "1"\nmax = {maximum}\n'


def planned(errand: Errand) -> Plan:
    """Everything that is decided before a pen touches paper."""
    rng = np.random.default_rng([errand.seed, errand.number])
    maxima, rows = plans.some_maxima(rng), plans.some_rows(rng)
    style = "digits" if rng.random() < 0.2 else "boxes"
    control = "rows" if rng.random() < (0.75 if style == "digits" else 0.35) else "none"
    toml = stated(errand.number % 1000, maxima, rows, style, control)
    procedure = read_procedure(toml, "procedure.toml")
    forms = sheet_forms(procedure)
    asked = _asked(procedure, rows, rng)
    chosen = rng.permutation(len(forms))[: min(2, errand.scans)]
    scans = [_scan(forms[int(at)], int(at), asked, rng) for at in chosen for _ in range(errand.scans // len(chosen))]
    return Plan(toml, procedure, asked, tuple(scans))


def stated(number: int, maxima: Sequence[int], rows: int, style: str, control: str) -> str:
    """The procedure.toml of a made-up procedure."""
    head = _HEAD.format(number=number, rows=rows, style=style, control=control)
    names = ["1"] if len(maxima) == 1 else [f"1К{n}" for n in range(1, len(maxima) + 1)]
    lines = (_CRITERION.format(name=name, maximum=maximum) for name, maximum in zip(names, maxima, strict=True))
    return head + "".join(lines)


def _asked(procedure: Procedure, rows: int, rng: plans.Rng) -> tuple[frozenset[CriterionId], ...]:
    """Mostly everything; for a third marking only some criteria of each work."""
    every = frozenset(criterion.id for criterion in procedure.criteria)
    if rng.random() < 0.85:
        return (every,) * rows
    return tuple(frozenset(c for c in sorted(every) if rng.random() < 0.5) or every for _ in range(rows))


def _scan(form: SheetForm, at: int, asked: Sequence[frozenset[CriterionId]], rng: plans.Rng) -> Scan:
    expert = plans.some_expert(rng)
    rows = tuple(plans.some_row(form, wanted & form.criteria, expert, rng) for wanted in asked)
    return Scan(at, expert, rows, plans.some_wear(rng))


# --- playing --------------------------------------------------------------------------------------


def played(errand: Errand) -> Tally:
    """Print, fill, scan, read, compare."""
    plan = planned(errand)
    folder = Path(tempfile.mkdtemp(prefix="sheet-drill-"))
    try:
        return _played(errand, plan, BlobStore(folder).unforced())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """A sheet as it came from the printer, and its number."""

    content: SheetContent
    clean: Page
    blank: bytes


def _played(errand: Errand, plan: Plan, blobs: BlobStore) -> Tally:
    packet = 1 + errand.number % 90_000
    prints = {at: printed(plan, at, packet) for at in {scan.form for scan in plan.scans}}
    index = {
        f"{packet}.{one.content.form.sheet}.0": {
            "blank": str(blobs.put(one.blank)),
            "part": 0,
            "rows": [sorted(wanted) for wanted in plan.asked],
            "newest": 0,
        }
        for one in prints.values()
    }
    listed = str(blobs.put(json.dumps(index, sort_keys=True).encode()))
    counts: Counter[tuple[str, ...]] = Counter()
    trouble: list[Mapping[str, object]] = []
    for number, scan in enumerate(plan.scans):
        rng = np.random.default_rng([errand.seed, errand.number, number])
        one = prints[scan.form]
        form = one.content.form
        damage = aimed(scan.wear, form.layout)
        written = filled(one.clean, DPI, form, scan.rows, scan.expert.pen, rng)
        file = stored(scanned(written, scan.wear, form.layout, rng), damage)
        unit = capture.Unit("page", file.media, str(blobs.put(file.data)), listed, plan.toml, blobs.root, KEY)
        judged = _Judged(scan, ruin(damage, form.layout, scan.wear.bend), form)
        where = {"seed": errand.seed, "errand": errand.number, "scan": number, "wear": scan.wear.what}
        for event, detail in judged.events(capture.work(unit)):
            counts[event] += 1
            if detail and len(trouble) < _MOST_TROUBLE:
                trouble.append({**where, "what": event, **detail})
    return Tally(counts, tuple(trouble))


def printed(plan: Plan, at: int, packet: int) -> Print:
    """A sheet of the plan's procedure, as packet `packet` has it."""
    form = sheet_forms(plan.procedure)[at]
    rows = tuple(
        SheetRow(AnonymousNumber(damm.closed(f"{100_000 + 7919 * i % 800_000:06d}")), wanted)
        for i, wanted in enumerate(plan.asked)
    )
    content = SheetContent(plan.procedure, form, packet, 0, FIRST_MARKING, "Проверяющая А. Б.", rows, key=KEY)
    pdf = io.BytesIO()
    draw_sheets([content], pdf)
    return Print(content, grey(rendered(pdf.getvalue(), 0, DPI)), known_print(content))


# --- judging --------------------------------------------------------------------------------------

Event = tuple[str, ...]
Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A scan beside what was read of it. Events: ("sheet", wear, state, outcome), ("cell", ...), ("sum", ...)."""

    scan: Scan
    ruin: Ruin
    form: SheetForm

    @property
    def digits(self) -> bool:
        return not self.form.cells(0)

    @property
    def usual(self) -> bool:
        return self.scan.wear.usual and self.scan.expert.pen.common

    def events(self, result: capture.Read | capture.Refused) -> Iterator[tuple[Event, Detail]]:
        what, state = self.scan.wear.what, self.ruin.state.value
        if isinstance(result, capture.Refused):
            named = any(result.why.startswith(word) for word in self.ruin.why)
            outcome = "refused by name" if named else "refused"
            bad = self.ruin.state is State.SOUND or (self.ruin.state is State.DESTROYED and not named)
            yield ("sheet", what, state, outcome), {"why": result.why} if bad else {}
            for row in self.scan.rows:
                for cell in row.cells:
                    yield self._cell(cell, row, "person"), {}
            return
        destroyed = self.ruin.state is State.DESTROYED
        yield ("sheet", what, state, "read"), {"why": "read all the same"} if destroyed else {}
        yield from self._read(result)

    def _read(self, result: capture.Read) -> Iterator[tuple[Event, Detail]]:
        read = {(cell.row, cell.criterion): cell for cell in result.cells}
        for index, row in enumerate(self.scan.rows):
            for cell in row.cells:
                found = read.pop((index, str(cell.criterion)), None)
                outcome = "lost" if found is None else _outcome(cell, found.kind, found.points)
                yield self._cell(cell, row, outcome), self._detail(index, cell, found, outcome)
        for key in read:
            yield ("cell", "", "", "invented"), {"cell": str(key)}
        said = {one.row: one for one in result.sums}
        for index, row in enumerate(self.scan.rows):
            if row.sum is not None:
                yield self._sum(row.sum, said.get(index), index)

    def _detail(self, index: int, cell: CellPlan, found: Cell | None, outcome: str) -> Detail:
        """What to write down of a cell that is not as it should be."""
        sound = self.ruin.state is State.SOUND and sort_of(cell.deed) is not Sort.ASK
        needless = outcome == "person" and sound and not self.digits
        if outcome not in ("wrong", "lost") and not needless:
            return {}
        read = {} if found is None else {"kind": found.kind, "rule": found.rule, "measures": found.measures}
        meant = {"meant": _said(cell.meant), "also": _said(cell.also)}
        return {"row": index, "criterion": str(cell.criterion), **meant, **read}

    def _cell(self, cell: CellPlan, row: RowPlan, outcome: str) -> Event:
        """("cell", style, sort, outcome, deed, usual?, state, wear, sum's deed)."""
        style = "digits" if self.digits else "boxes"
        sum_deed = "" if row.sum is None else row.sum.deed.value
        usual = "usual" if self.usual else ""
        state = self.ruin.state.value
        done = (sort_of(cell.deed).value, outcome, cell.deed.value)
        return ("cell", style, *done, usual, state, self.scan.wear.what, sum_deed)

    def _sum(self, planned: plans.SumPlan, said: RowSum | None, index: int) -> tuple[Event, Detail]:
        """("sum", style, deed, outcome, what the reader says)."""
        style = "digits" if self.digits else "boxes"
        kind, points = ("lost", None) if said is None else (said.kind, said.points)
        outcome = "person"
        if kind in ("agrees", "differs", "open"):
            outcome = "read" if points == planned.written else "misread"
        if kind == "agrees" and planned.deed is SumDeed.MISCOUNTED:
            outcome = "accepted miscounted"
        bad = outcome in ("misread", "accepted miscounted") or kind == "lost"
        detail = {"row": index, "written": planned.written, "points": points, "kind": kind} if bad else {}
        return ("sum", style, planned.deed.value, outcome, kind), detail


def _outcome(cell: CellPlan, kind: str, points: int | None) -> str:
    if kind not in ("points", "not_attempted"):
        return "person"
    found: Given = NotAttempted() if points is None else Points(points)
    right = found == cell.meant and sort_of(cell.deed) is not Sort.ASK
    return "right" if right else "wrong"


def _said(value: Given | None) -> str | None:
    if value is None:
        return None
    return "X" if isinstance(value, NotAttempted) else str(value.value)


def one_thread() -> None:
    """One thread a worker."""
    cv2.setNumThreads(1)
