"""What reading and masking a page costs, on the sample scans: beside bare JPEG work, and a naive way to do it.

All figures are CPU milliseconds a page on one core. `python -m benchmarks scan`; the naive way reads codes of the
full page with zbar where that is installed (else with zxing-cpp), decodes with Pillow and turns the whole page with
cubic interpolation; it registers nothing and proves nothing.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import simplejpeg
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from drill import truth
from scanning.reading import PaperSpec, Readable, read_page
from scanning.redact import papers
from scanning.sources import FileOpened, Media, Opener, RawPage, decode

SAMPLES = Path(__file__).resolve().parent.parent / "sample_scans"
_OWN = ("scan-001.pdf", "scan-003.pdf", "scan-005.tif", "scan-008.tif")
_FOREIGN = ("scan-009.pdf", "scan-010.tif", "scan-012.pdf")
_MOST = 10  # pages of a file
_ROUNDS = 3  # the least of them counts: other work on the computer only ever adds
T = TypeVar("T")
Figure = dict[str, object]
Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pages of one kind and resolution."""

    name: str
    pages: tuple[RawPage, ...]


def rows() -> list[Figure]:
    """The figures: name, value, unit, n, what it is compared to, and the ratio to that."""
    cv2.setNumThreads(1)
    paper = papers(SAMPLES / "district")
    return [figure for batch in _batches() for figure in _figures(batch, paper)]


def _batches() -> Iterator[_Batch]:
    """Honest pages of the sample scans, by file."""
    told = truth.read(SAMPLES / "truth.json").pages
    with Opener() as opener:
        for kind, files in (("own", _OWN), ("foreign", _FOREIGN)):
            for file in files:
                opened = opener.open(SAMPLES / "scans" / file)
                if not isinstance(opened, FileOpened):
                    raise AssertionError(f"{file} is no scan any more")
                plain = [page.index for page in told if page.file == file and page.accident is None][:_MOST]
                pages = tuple(page for i in plain if isinstance(page := opened.pages[i], RawPage))
                dpi = round(max(pages[0].width, pages[0].height) / 297 * 25.4)
                yield _Batch(f"{kind} pages, {dpi} dpi, {pages[0].media.value} ({Path(file).stem})", pages)


def _figures(batch: _Batch, paper: PaperSpec) -> Iterator[Figure]:
    outcomes = [read_page(page.stream, page.media, paper).outcome for page in batch.pages]
    masked = sum(isinstance(outcome, Readable) for outcome in outcomes)
    jpegs = [_as_jpeg(page) for page in batch.pages]
    read = _per_page(lambda page: read_page(page.stream, page.media, paper), batch.pages)
    bare = _per_page(_bare, jpegs)
    naive = _per_page(_naive, jpegs)
    n = len(batch.pages)
    yield _figure(f"read, mask, prove: {batch.name}", read, n, "bare JPEG decode and encode", bare)
    yield _figure(f"naive way ({_READER}): {batch.name}", naive, n, "read, mask, prove", read)
    yield {"name": f"masked: {batch.name}", "value": masked, "unit": "pages", "n": n}


def _as_jpeg(page: RawPage) -> bytes:
    """The page as a grey JPEG, so that both comparisons work on the same picture in every batch."""
    if page.media is Media.JPEG:
        return page.stream
    return bytes(simplejpeg.encode_jpeg(decode(page.stream, page.media)[:, :, None], quality=85, colorspace="GRAY"))


def _bare(stream: bytes) -> None:
    grey = simplejpeg.decode_jpeg(stream, colorspace="GRAY")
    simplejpeg.encode_jpeg(grey, quality=85, colorspace="GRAY")


def _naive(stream: bytes) -> None:
    with Image.open(io.BytesIO(stream)) as picture:
        grey = np.array(picture.convert("L"), np.uint8)
    _codes(grey)
    height, width = grey.shape
    turned = cv2.warpAffine(
        grey, cv2.getRotationMatrix2D((width / 2, height / 2), 0.5, 1.0), (width, height), flags=cv2.INTER_CUBIC
    )
    Image.fromarray(turned).save(io.BytesIO(), "JPEG", quality=85)


def _full_page_reader() -> tuple[str, Callable[[Grey], object]]:
    """How the naive way reads codes here, and its name."""
    try:
        from pyzbar import pyzbar
    except ImportError:  # the package or its shared library is missing
        return "zxing-cpp", zxingcpp.read_barcodes
    return "zbar", pyzbar.decode


_READER, _codes = _full_page_reader()


def _per_page(work: Callable[[T], object], pages: Sequence[T]) -> float:
    """Milliseconds of CPU a page: the median page, each at its best."""
    best = []
    for page in pages:
        spent = []
        for _ in range(_ROUNDS):
            started = time.process_time()
            work(page)
            spent.append(time.process_time() - started)
        best.append(min(spent))
    return 1000 * statistics.median(best)


def _figure(name: str, value: float, n: int, beside: str, reference: float) -> Figure:
    ratio = round(value / reference, 2)
    return {"name": name, "value": round(value, 1), "unit": "ms", "n": n, "compared_to": beside, "ratio": ratio}
