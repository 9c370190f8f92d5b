"""What a page costs from the scanned file to the numbered work in the ledger, beside bare JPEG work and a naive way.

Pages are made at run time (`benchmarks.scan_paper`). The whole path is the product's own: take in, read and mask,
number, with every check but OCR, everything durable; CPU of this process and of its limited children, one core. What
starting costs (children, imports, templates) is a figure of its own: a page costs what a longer run takes more than
a short one, divided by the pages more. Least of several rounds: other work on the computer only ever adds.

`CROSSCHECK_BENCH_SCAN` names the parts to measure, by commas: own, foreign, number, memory (all when not set);
`CROSSCHECK_BENCH_WORKS` the works of a pile (30, that is 60 pages).
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import simplejpeg
from PIL import Image, ImageDraw
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks import scan_load
from benchmarks.scan_paper import PAGES, Pile, pile, registered
from crosscheck import facts
from crosscheck.db import queries
from crosscheck.station import Station, open_station

PARTS = ("own", "foreign", "number", "memory")
_WORKS, _SHORT = 30, 3
_ROUNDS = 3
_NAIVE_PAGES = 4
_PILES = {"own": (("own", 200), ("own", 300)), "foreign": (("vpr", 200), ("vpr", 300))}
Figure = dict[str, object]


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of CPU of one run, by stage, and how many works had their number in the end."""

    intake: float
    redact: float
    number: float
    works: int

    def least(self, other: Spent) -> Spent:
        return Spent(
            min(self.intake, other.intake),
            min(self.redact, other.redact),
            min(self.number, other.number),
            min(self.works, other.works),
        )

    def per_page(self, short: Spent, pages: int) -> Spent:
        """What each of `pages` more pages cost than the short run."""
        return Spent(
            (self.intake - short.intake) / pages,
            (self.redact - short.redact) / pages,
            (self.number - short.number) / pages,
            self.works,
        )

    @property
    def whole(self) -> float:
        return self.intake + self.redact + self.number


def rows() -> list[Figure]:
    """The figures: name, value, unit, n, what it is compared to, and the ratio to that."""
    cv2.setNumThreads(1)
    wanted = os.environ.get("CROSSCHECK_BENCH_SCAN", "").split(",")
    parts = [part for part in PARTS if part in wanted or wanted == [""]]
    works = int(os.environ.get("CROSSCHECK_BENCH_WORKS", _WORKS))
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in parts:
            match part:
                case "number":
                    found += scan_load.numbering(folder)
                case "memory":
                    found += scan_load.memory(folder)
                case _:
                    for paper, dpi in _PILES[part]:
                        found += _figures(part, pile(paper, dpi, works), pile(paper, dpi, _SHORT), folder)
    return found


def _figures(kind: str, long: Pile, short: Pile, folder: Path) -> Iterator[Figure]:
    """All figures of one pile, beside the same pages through bare JPEG work and the naive way."""
    n, more = len(long.streams), len(long.streams) - len(short.streams)
    what = f"{kind} forms, {long.dpi} dpi grey"
    bare = _least(lambda: _bare(long.streams)) / n
    spent, start = _whole_path(long, short, folder / f"{kind}-{long.dpi}")
    each = spent.per_page(start, more)
    bare = min(bare, _least(lambda: _bare(long.streams)) / n)
    naive_file = _first_pages(long, folder)
    naive = _least(lambda: _naive(naive_file)) / _NAIVE_PAGES
    beside = "bare JPEG decode and encode"
    yield _figure(f"whole path: {what}", each.whole, n, beside, bare)
    for name, value in (("intake", each.intake), ("redact", each.redact), ("number", each.number)):
        yield _figure(f"  of it {name}: {what}", value, n, beside, bare)
    works = n // PAGES
    yield {"name": f"works numbered: {what}", "value": each.works, "unit": "works", "n": works}
    yield _figure(f"naive way: {what}", naive, _NAIVE_PAGES, "whole path", each.whole)
    once = start.whole - each.whole * len(short.streams)
    yield {"name": f"once a run: {what}", "value": round(once, 1), "unit": "ms", "n": _ROUNDS}


def _whole_path(long: Pile, short: Pile, folder: Path) -> tuple[Spent, Spent]:
    folder.mkdir()
    best: dict[str, Spent] = {}
    for each in (short, long):
        works = len(each.streams) // PAGES
        with registered(folder / f"station-{works}", {each.paper: works}) as fresh:
            file = each.pdf(folder)
            for number in range(_ROUNDS):
                spent = _run(fresh(f"run-{number}"), file)
                best[each.file] = best.get(each.file, spent).least(spent)
    return best[long.file], best[short.file]


def _run(home: Path, file: Path) -> Spent:
    """One batch through the station, in this process. Works whose pages wait for a person get no number: how many did
    is a figure, for a run that numbers nothing is no whole path."""
    from scanning.collating.collate import number_all
    from scanning.incoming.intake import WORKS, take_in
    from scanning.redact import redact_all

    station = open_station(home, "benchmark", {"CROSSCHECK_JOBS": "1"})
    spent = Spent(
        scan_load.cpu_ms(lambda: list(take_in(station, [file], WORKS))),
        scan_load.cpu_ms(lambda: redact_all(station)),
        scan_load.cpu_ms(lambda: number_all(station)),
        _numbered(station),
    )
    station.ledger.engine.dispose()
    return spent


def _numbered(station: Station) -> int:
    with station.ledger.reading() as connection:
        return len({number.work for number in queries.all_of(connection, facts.Number)})


# --- what it is compared to ----------------------------------------------------------------------------


def _bare(streams: Sequence[bytes]) -> None:
    for stream in streams:
        grey = simplejpeg.decode_jpeg(stream, colorspace="GRAY")
        simplejpeg.encode_jpeg(grey, quality=85, colorspace="GRAY")


def _first_pages(whole: Pile, folder: Path) -> bytes:
    few = Pile(whole.paper, whole.dpi, f"few-{whole.paper}-{whole.dpi}.pdf", whole.streams[:_NAIVE_PAGES])
    return few.pdf(folder).read_bytes()


def _naive(file: bytes) -> None:
    """The libraries that come to mind, as their first examples use them: every page's picture from pypdf, codes of the
    full page with zbar, straightened and blanked with Pillow, into a PDF with reportlab. It proves nothing."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for page in PdfReader(io.BytesIO(file)).pages:
        picture = page.images[0].image
        if picture is None:
            raise AssertionError("no picture on the page")
        grey = picture.convert("L")
        _codes(grey)
        straight = grey.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=255)
        ImageDraw.Draw(straight).rectangle((0, 0, straight.width, straight.height // 6), fill=255)
        canvas.drawImage(ImageReader(straight), 0, 0, *A4)
        canvas.showPage()
    canvas.save()


def _full_page_reader() -> Callable[[Image.Image], object]:
    try:
        from pyzbar import pyzbar
    except ImportError:  # the package or its shared library is missing
        import zxingcpp

        return lambda picture: zxingcpp.read_barcodes(picture)
    return lambda picture: pyzbar.decode(picture)


_codes = _full_page_reader()


def _least(work: Callable[[], None]) -> float:
    """Milliseconds of CPU in this process, the least of the rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return 1000 * best


def _figure(name: str, value: float, n: int, beside: str, reference: float) -> Figure:
    ratio = round(value / reference, 2)
    return {"name": name, "value": round(value, 2), "unit": "ms", "n": n, "compared_to": beside, "ratio": ratio}
