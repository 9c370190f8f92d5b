"""What reading a score sheet costs, beside bare decoding of the same JPEG files and a reader of the usual kind; and a
pile of 300,000 cells on all cores.

Sheets are printed, filled by the drill's people and scanned at run time, 300 dpi grey. CPU of this process, least of
several rounds. `CROSSCHECK_BENCH_SHEETS`: sheets of the pile (1000).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import simplejpeg

from benchmarks import sheet_peer
from crosscheck.blobs import BlobStore
from crosscheck.model import NotAttempted, Points
from crosscheck.pool import Done, run_units
from crosscheck.procedure_file import read_procedure
from crosscheck.sheetform import SheetForm, sheet_forms
from drill import sheet_plan as plans
from drill.damage import Kind
from drill.ink import Page
from drill.sheet_ink import filled
from drill.sheet_play import KEY, Plan, Scan, printed, stated
from drill.sheet_scan import scanned, stored
from scanning.placing.shrinking import views_of
from scoring import capture
from scoring.reading import SheetReading, read_sheet
from scoring.sheets import SheetSeen, identify

Figure = dict[str, object]
_DPI, _ROWS, _COLUMNS = 300, 20, 15
_ROUNDS, _DISTINCT = 5, 6
_KINDS = {
    "boxes": ((1, 2, 2, 1, 1), "boxes", "none"),
    "boxes and row sums": ((1, 2, 2, 3), "boxes", "rows"),
    "digits": ((1, 2, 3) * 5, "digits", "none"),
}


@dataclass(frozen=True, slots=True)
class Made:
    """Scans of one form: JPEG files, the print, what was planned."""

    plan: Plan
    form: SheetForm
    blank: bytes
    files: tuple[bytes, ...]


def rows() -> list[Figure]:
    """The figures: name, value, unit, n, what it is compared to, and the ratio to that."""
    cv2.setNumThreads(1)
    made = {name: _made(*kind) for name, kind in _KINDS.items()}
    found = [figure for name, one in made.items() for figure in _pages(name, one)]
    found += _peer(made["boxes"])
    return [*found, *_pile(made["digits"])]


def _made(maxima: tuple[int, ...], style: str, control: str) -> Made:
    rng = np.random.default_rng([7, len(maxima)])
    toml = stated(1, maxima, _ROWS, style, control)
    procedure = read_procedure(toml, "procedure.toml")
    form = sheet_forms(procedure)[0]
    assert len(form.columns) == len(maxima)
    asked = (form.criteria,) * _ROWS
    scans: list[Scan] = []
    while len(scans) < _DISTINCT:
        expert = plans.some_expert(rng)
        if expert.pen.common and expert.way is None:
            written = tuple(plans.some_row(form, form.criteria, expert, rng) for _ in range(_ROWS))
            scans.append(Scan(0, expert, written, plans.wear_of(Kind.UNDAMAGED, rng, dpi=_DPI)))
    plan = Plan(toml, procedure, asked, tuple(scans))
    one = printed(plan, 0, 1)
    return Made(plan, form, one.blank, tuple(_scan(scan, one.clean, form, rng) for scan in scans))


def _scan(scan: Scan, clean: Page, form: SheetForm, rng: plans.Rng) -> bytes:
    page = filled(clean, _DPI, form, scan.rows, scan.expert.pen, rng)
    return stored(scanned(page, scan.wear, form.layout, rng), scan.wear.damage).data


# --- a page -----------------------------------------------------------------------------------------


def _decode(file: bytes) -> Page:
    return np.ascontiguousarray(simplejpeg.decode_jpeg(file, colorspace="GRAY")[:, :, 0])


def _read(made: Made, file: bytes) -> SheetReading:
    scan = views_of(_decode(file))
    seen = identify(scan)
    assert isinstance(seen, SheetSeen)
    return read_sheet(scan, seen.registration, made.form, made.plan.asked, made.blank)


def _pages(name: str, made: Made) -> Iterator[Figure]:
    n = len(made.files)
    bare, whole = (_least(work, made.files) for work in (_decode, lambda file: _read(made, file)))
    bare = min(bare, _least(_decode, made.files))
    cells = _ROWS * len(made.form.columns)
    yield _figure(f"{name}, {cells} cells: decode alone", bare, n, None, 0.0)
    yield _figure(f"{name}, {cells} cells: decode, find and read", whole, n, "decode alone", bare)
    yield {"name": f"{name}: sheets a second and core", "value": round(1000 / whole, 2), "unit": "1/s", "n": n}


def _peer(made: Made) -> Iterator[Figure]:
    """The reader of the usual kind on the same pages: what it costs, and how often it is wrong without saying so."""
    counts = [len(choices) for _criterion, choices in made.form.cells(0)]
    ours = _least(lambda file: _read(made, file), made.files)
    peer = _least(lambda file: sheet_peer.read(_decode(file), _DPI, counts), made.files)
    yield _figure("boxes: contours and mean darkness", peer, len(made.files), "decode, find and read", ours)
    found = [_peer_found(made, scan, file, counts) for scan, file in zip(made.plan.scans, made.files, strict=True)]
    cells = _ROWS * len(counts) * len(found)
    wrong, lost = (sum(each) for each in zip(*found, strict=True))
    yield {"name": "  of its cells read wrong, nothing said", "value": wrong, "unit": "cells", "n": cells}
    yield {"name": "  of its cells lost with a box", "value": lost, "unit": "cells", "n": cells}
    own = sum(_wrong(scan, _read(made, file)) for scan, file in zip(made.plan.scans, made.files, strict=True))
    yield {"name": "  of ours accepted wrong", "value": own, "unit": "cells", "n": cells}


def _peer_found(made: Made, scan: Scan, file: bytes, counts: Sequence[int]) -> tuple[int, int]:
    """How many cells the usual reader gets wrong, and how many it doesn't find."""
    found = sheet_peer.read(_decode(file), _DPI, counts)
    if len(found) != _ROWS:
        return 0, _ROWS * len(counts)
    choices = [[given for given, _box in boxes] for _criterion, boxes in made.form.cells(0)]
    wrong = sum(
        cell.meant is None or choices[i][row[i]] != cell.meant
        for row, planned in zip(found, scan.rows, strict=True)
        for i, cell in enumerate(planned.cells)
        if row
    )
    return wrong, sum(len(counts) for row in found if not row)


def _wrong(scan: Scan, reading: SheetReading) -> int:
    meant = {(row, cell.criterion): cell.meant for row, planned in enumerate(scan.rows) for cell in planned.cells}
    read = (cell for cell in reading.cells if isinstance(cell.reading, Points | NotAttempted))
    return sum(cell.reading != meant[cell.row, cell.criterion] for cell in read)


# --- a pile -----------------------------------------------------------------------------------------


def _pile(made: Made) -> Iterator[Figure]:
    """All of it as the stage reads it, in worker processes, pictures of cells stored."""
    count = int(os.environ.get("CROSSCHECK_BENCH_SHEETS", "1000"))
    folder = Path(tempfile.mkdtemp(prefix="sheet-pile-"))
    try:
        yield from _read_pile(made, BlobStore(folder).unforced(), count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read_pile(made: Made, blobs: BlobStore, count: int) -> Iterator[Figure]:
    entry = {"blank": str(blobs.put(made.blank)), "part": 0, "newest": 0}
    index = {"1.1.0": {**entry, "rows": [sorted(wanted) for wanted in made.plan.asked]}}
    listed = str(blobs.put(json.dumps(index).encode()))
    pictures = [str(blobs.put(file)) for file in made.files]
    units = [
        capture.Unit("page", "image/jpeg", pictures[i % len(pictures)], listed, made.plan.toml, blobs.root, KEY)
        for i in range(count)
    ]
    jobs, begun = len(os.sched_getaffinity(0)), time.perf_counter()
    spent = [
        outcome.result
        for outcome in run_units(units, _spent, jobs=jobs, prepare=capture.one_thread)
        if isinstance(outcome, Done)
    ]
    took = time.perf_counter() - begun
    assert len(spent) == count
    cells, cpu = sum(one.cells for one in spent), sum(one.seconds for one in spent) / jobs
    yield {"name": f"pile of {count} sheets: CPU a core", "value": round(cpu, 1), "unit": "s", "n": cells}
    yield {"name": f"pile of {count} sheets: by the clock", "value": round(took, 1), "unit": "s", "n": cells}
    most = max(one.peak_mb for one in spent)
    yield {"name": "pile: most memory of a process", "value": round(most), "unit": "MB", "n": jobs}


@dataclass(frozen=True, slots=True)
class _Spent:
    """What a sheet took in its worker process: cells read, seconds of CPU, the most memory the process has had."""

    cells: int
    seconds: float
    peak_mb: float


def _spent(unit: capture.Unit) -> _Spent:
    import resource

    begun = time.process_time()
    result = capture.work(unit)
    assert isinstance(result, capture.Read)
    seconds = time.process_time() - begun
    return _Spent(len(result.cells), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _least(work: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """Milliseconds of CPU for a page, the least of the rounds: other work on the computer only ever adds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        begun = time.process_time()
        for file in files:
            work(file)
        best = min(best, time.process_time() - begun)
    return 1000 * best / len(files)


def _figure(name: str, value: float, n: int, beside: str | None, reference: float) -> Figure:
    found: Figure = {"name": name, "value": round(value, 2), "unit": "ms", "n": n}
    return found if beside is None else {**found, "compared_to": beside, "ratio": round(value / reference, 2)}
