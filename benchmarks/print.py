"""What a page of a packet costs: drawn, written to disk, forced there, its sheets' blank pictures kept.

Masked pages come from the product's own masking of made scans, each made another picture by a byte, so that nothing is
stored once that would not be on a real day. Everything is drawn in a process of its own by the very function that the
stage gives its workers; beside each packet, in turn, the same bytes are copied to the same disk. CPU of one core.

`CROSSCHECK_BENCH_PRINT_WORKS`: works (2,000, of 6 pages, marked twice: 24,000 copies).
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.print_load import load as load_of
from benchmarks.print_load import masked_pages, written_out
from benchmarks.print_run import Spent

_WORKS = 2_000
_NAIVE_PAGES = 24
Figure = dict[str, object]


def rows() -> list[Figure]:
    """The figures: name, value, unit, n, what it is compared to, and the ratio to that."""
    works = int(os.environ.get("CROSSCHECK_BENCH_PRINT_WORKS", _WORKS))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = masked_pages(folder / "masked")
        written_out(load_of(folder, pages, works), folder / "load.pickle")
        spent = _drawn(folder / "load.pickle")
        naive = min(_naive(pages, folder), _naive(pages, folder))
    return list(_figures(spent, naive))


def _drawn(load: Path) -> Spent:
    """All packets, in a process that does nothing else: its memory is the packets' alone."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.print_run", str(load)], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return Spent(**json.loads(done.stdout))


def _figures(spent: Spent, naive: float) -> Iterator[Figure]:
    n, copying = spent.pages, "copying the same bytes to disk"
    per_page = spent.cpu_s / n
    yield _figure("packets, pages in a second of one core", n / spent.cpu_s, "1/s", n)
    yield _figure("  drawing and writing alone", spent.alone / spent.drawing_s, "1/s", spent.alone)
    yield _figure("a page, CPU", 1000 * per_page, "ms", n, copying, spent.cpu_s / spent.copied_s)
    yield _figure(
        "a page, time that passed", 1000 * spent.wall_s / n, "ms", n, copying, spent.wall_s / spent.copied_wall_s
    )
    yield _figure("most memory", spent.peak / 1e6, "MB", n)
    yield _figure("PDF beside its pictures", 100 * (spent.bytes / spent.pictures - 1), "%", n)
    yield _figure(
        "a page as reportlab and pypdf do it, CPU", 1000 * naive, "ms", _NAIVE_PAGES, "ours", naive / per_page
    )


def _figure(
    name: str, value: float, unit: str, n: int, compared_to: str | None = None, ratio: float | None = None
) -> Figure:
    rounded = None if ratio is None else round(ratio, 2)
    return {"name": name, "value": round(value, 2), "unit": unit, "n": n, "compared_to": compared_to, "ratio": rounded}


def _naive(pages: Sequence[tuple[bytes, object]], folder: Path) -> float:
    """Seconds of CPU for a page: pictures through `drawImage`, numbers on top, then joined with what comes before."""
    begun = time.process_time()
    canvas = Canvas(made := io.BytesIO(), pagesize=A4)
    for number, (picture, _zones) in enumerate(pages[:_NAIVE_PAGES]):
        canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, *A4)
        canvas.setFont("Helvetica-Bold", 26)
        canvas.drawString(34, 790, f"100 000-{number}")
        canvas.showPage()
    canvas.save()
    writer = PdfWriter()
    writer.append(PdfReader(made))
    with (folder / "naive.pdf").open("wb") as out:
        writer.write(out)
        out.flush()
        os.fsync(out.fileno())
    return (time.process_time() - begun) / min(_NAIVE_PAGES, len(pages))
