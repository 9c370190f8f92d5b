"""Scanned answer papers made at run time for measuring the station, and a station that expects them.

The same arguments give the same pages: printed forms, writing lifted from the sample scans, a scanner's wear.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pypdfium2
import simplejpeg

from crosscheck import cli, keys
from crosscheck.geometry import Box
from crosscheck.pageform import page_forms
from drill import foreign, scan_ink
from drill.assessment import DISTRICT
from drill.containers import Scan, Settings, jpeg, pdf
from drill.ink import Page
from drill.journey import PASSPHRASES
from drill.paper import resampled
from packets.drawing.answers import FormIssue, draw_answer_forms

SAMPLES = Path(__file__).resolve().parent.parent / "sample_scans"
PAGES = 2  # of a work, on either paper
QUALITY = 75
_CLASS = 25  # works
_QUICK = keys.Hardness(passes=1, memory_kib=8, lanes=1)
_OWN_SCHOOL, _FOREIGN_SCHOOL = 100, 500
_COM = b"\xff\xfe"
_PAPER, _INK = 243, 12  # grey levels
_NOISE = np.random.default_rng(7).normal(0, 2.0, (256, 4096)).round().astype(np.int16)


@dataclass(frozen=True, slots=True)
class Pile:
    """Scanned pages of one paper and resolution: `streams` are JPEG, in order; `file` is how the district calls it."""

    paper: str
    dpi: int
    file: str
    streams: tuple[bytes, ...]

    def pdf(self, folder: Path) -> Path:
        """The pile as one PDF of plain images."""
        path = folder / self.file
        path.write_bytes(_pdf_of(self.streams, self.dpi))
        return path


def pile(paper: str, dpi: int, works: int) -> Pile:
    """`works` works on `paper` (own, vpr), filled in and scanned in grey at `dpi`."""
    sides = [(work, page) for work in range(works) for page in range(PAGES)]
    return Pile(paper, dpi, f"{paper}-{works}.pdf", tuple(_stream(paper, dpi, *side) for side in sides))


def _stream(paper: str, dpi: int, work: int, page: int) -> bytes:
    rng = np.random.default_rng([dpi, work, page])
    drawn = _drawn(_own(work) if paper == "own" else _foreign(paper), page)
    _write(drawn, _fields(paper, page), _zones(paper, page), work, rng)
    return jpeg(_scanned(resampled(drawn, scan_ink.DPI, dpi), rng), Settings(dpi, QUALITY, "Scan Station"))


@lru_cache(maxsize=1)
def _own(work: int) -> bytes:
    out = io.BytesIO()
    draw_answer_forms(DISTRICT, [FormIssue(work + 1, 0)], out)
    return out.getvalue()


@lru_cache(maxsize=1)
def _foreign(paper: str) -> bytes:
    return foreign.draw(foreign.FORMS[paper])


def _drawn(document: bytes, page: int) -> Page:
    opened = pypdfium2.PdfDocument(document)
    image = opened[page].render(scale=scan_ink.DPI / 72, grayscale=True).to_numpy()
    opened.close()
    return np.asarray(image, np.uint8).reshape(image.shape[:2]).copy()


def _scanned(page: Page, rng: np.random.Generator) -> Page:
    """Turned and shifted a little, blurred, on grey paper, with the noise of an ordinary scanner."""
    height, width = page.shape
    turn = np.asarray(
        cv2.getRotationMatrix2D((width / 2, height / 2), float(np.clip(rng.normal(0, 0.45), -1.2, 1.2)), 1.0)
    )
    shift = np.array([[0.0, 0.0, 1.0]]) * rng.normal(0, width / 210, (2, 1))
    moved = cv2.warpAffine(page, turn + shift, (width, height), borderValue=255)
    grey = cv2.convertScaleAbs(cv2.GaussianBlur(moved, (3, 3), 0.6), alpha=(_PAPER - _INK) / 255, beta=_INK)
    for top in range(0, height, _NOISE.shape[0]):
        rows = grey[top : top + _NOISE.shape[0]]
        noise = np.roll(_NOISE, int(rng.integers(_NOISE.shape[1])), axis=1)[: rows.shape[0], :width]
        rows[:] = cv2.add(rows, noise, dtype=cv2.CV_8U)
    return np.asarray(grey, np.uint8)


def _fields(paper: str, page: int) -> list[Box]:
    if paper in foreign.FORMS:
        return [blank.box for blank in foreign.FORMS[paper].pages[page].blanks]
    return [field.box for field in page_forms(DISTRICT)[page].fields]


def _zones(paper: str, page: int) -> list[Box]:
    if paper in foreign.FORMS:
        return [answer.box for answer in foreign.FORMS[paper].pages[page].answers]
    return [zone.box for zone in page_forms(DISTRICT)[page].answers]


def _write(page: Page, fields: Sequence[Box], zones: Sequence[Box], work: int, rng: np.random.Generator) -> None:
    script = scan_ink.scripts()[work % len(scan_ink.scripts())]
    strength = float(rng.uniform(0.65, 0.92))
    pieces = [*script.words[: len(fields) - 1], script.names[0]][-len(fields) :] if fields else []
    for box, piece in zip(fields, pieces, strict=False):
        fitted = scan_ink.jittered(piece, rng, box.w - 3.0, box.h - 0.5)
        scan_ink.lay(page, fitted, (box.x + 2.0, box.bottom - 1.0 - fitted.height_mm), strength)
    for zone in zones:
        for row in range(int(rng.integers(2, 8))):
            line = script.lines[int(rng.integers(len(script.lines)))]
            fitted = scan_ink.jittered(line, rng, zone.w - 18.0, 8.0)
            y = zone.y + 3.0 + 10.0 * row
            if y + fitted.height_mm < zone.bottom - 2.0:
                scan_ink.lay(page, fitted, (zone.x + float(rng.uniform(4.0, 10.0)), y), strength)


def distinct(stream: bytes, number: int) -> bytes:
    """The same picture as another file: with a comment, as scanners write them."""
    comment = f"page {number:08d}".encode()
    return stream[:2] + _COM + (len(comment) + 2).to_bytes(2, "big") + comment + stream[2:]


def _pdf_of(streams: Sequence[bytes], dpi: int) -> bytes:
    """A PDF whose pages are these JPEG files, as scanners write it."""
    sizes = [simplejpeg.decode_jpeg_header(stream)[:2] for stream in streams]
    scans = [Scan(np.broadcast_to(np.uint8(0), size)) for size in sizes]
    with mock.patch("drill.containers.jpeg", side_effect=streams):
        return pdf(scans, Settings(dpi, QUALITY, "Scan Station"), one_bit=False)


# --- the station ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def registered(folder: Path, works: Mapping[str, int]) -> Iterator[Callable[[str], Path]]:
    """A station where `works` works of each paper are expected; gives fresh copies of its folder by name."""
    with mock.patch.dict(os.environ, PASSPHRASES), mock.patch.object(keys, "Hardness", return_value=_QUICK):
        folder.mkdir(parents=True, exist_ok=True)
        home = folder / "registered"
        for arguments in (
            ("init", "--recovery-sheet", str(folder / "recovery.txt")),
            ("register", str(_district(folder / "district", works))),
        ):
            with contextlib.redirect_stdout(io.StringIO()):
                status = cli.run(["--home", str(home), "--who", "benchmark", *arguments])
            if status not in (0, 10):
                raise RuntimeError(f"crosscheck {arguments[0]} ended with {status}")
        yield lambda name: Path(shutil.copytree(home, folder / name))


def _district(folder: Path, works: Mapping[str, int]) -> Path:
    shutil.copytree(SAMPLES / "district", folder)
    schools, classes, pupils, manifest = ["school;name"], ["school;class;declared"], [], []
    for paper, number in works.items():
        first = _OWN_SCHOOL if paper == "own" else _FOREIGN_SCHOOL
        for start in range(0, number, _CLASS):
            school, here = first + start // _CLASS, range(start, min(number, start + _CLASS))
            schools.append(f"{school};Школа №{school}")
            classes.append(f"{school};5А;{len(here)}")
            for work in here:
                form = str(work + 1) if paper == "own" else ""
                pupils.append(f"{school};5А;{first * 100 + work};{form};")
                if not form:
                    pages = f"{PAGES * work + 1}-{PAGES * work + PAGES}"
                    manifest.append(f"{paper}-{number}.pdf;{pages};{school};5А;{first * 100 + work};{paper}")
    tables = {
        "schools": schools,
        "class_sets": classes,
        "participants": ["school;class;participant;form;status", *pupils],
        "manifest": ["file;pages;school;class;participant;template", *manifest],
        "conflicts": (SAMPLES / "district" / "conflicts.csv").read_text("utf-8").splitlines()[:1],
        "experts": _experts(schools),
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _experts(schools: Sequence[str]) -> list[str]:
    head = (SAMPLES / "district" / "experts.csv").read_text("utf-8").splitlines()[0]
    row = {"expert": "e1", "name": "Иванова А. А.", "schools": schools[1].split(";")[0], "subjects": "Математика"}
    row |= {"status": "ordinary", "capacity": "50", "check_point": "П1"}
    return [head, ";".join(row.get(column, "") for column in head.split(";"))]
