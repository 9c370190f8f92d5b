"""Makes the planned files in worker processes: the scan, its twin with other identities, and what is true of it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from drill import scan_pages
from drill.canaries import Canary
from drill.ink import Page
from drill.scan_files import Dress, Picture, stored
from drill.scan_pages import Clean
from drill.scan_plan import Container, Event, FilePlan, PagePlan
from drill.spoiling import Raw, spoilt

_BLOCK = 8  # JPEG: nothing of a block may change but by its own pixels


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be made: into which folders scans, twins and truths go."""

    plan: FilePlan
    folder: Path
    seed: int
    canary: Canary


@dataclass(frozen=True, slots=True)
class PageTruth:
    """What is true of one scanned page: its plan, and its answers' ink as `scan_pages.packed` keeps it."""

    file: str
    index: int
    plan: PagePlan
    answers: bytes


def truths(folder: Path) -> list[PageTruth]:
    """The truth of every file made in a folder."""
    found: list[PageTruth] = []
    for path in sorted((folder / "truth").glob("*.pickle")):
        found += pickle.loads(path.read_bytes())
    return found


def make(task: Task) -> str:
    """Make one file; its name. Harmless to do twice."""
    plan = task.plan
    made = [_page(page, np.random.default_rng([task.seed, i])) for i, page in enumerate(plan.pages)]
    dress = Dress(task.canary.words(plan.name), plan.hidden, plan.colour)
    raws = [raw for raw, _answers in made]
    _write(task.folder / "scans" / plan.name, plan, [raw.image for raw in raws], dress)
    if plan.twin:
        rng = np.random.default_rng([task.seed, 1000])
        others = [
            twin(raw, page, _blocks(plan.container, page), rng) for raw, page in zip(raws, plan.pages, strict=True)
        ]
        _write(task.folder / "twins" / plan.name, plan, others, dress)
    rows = [PageTruth(plan.name, i, page, made[i][1]) for i, page in enumerate(plan.pages)]
    (task.folder / "truth" / f"{plan.name}.pickle").write_bytes(pickle.dumps(rows))
    return plan.name


def _write(path: Path, plan: FilePlan, images: list[Page], dress: Dress) -> None:
    pictures = [
        Picture(image, page.damage.dpi, page.damage.quality, page.damage.level is not None)
        for image, page in zip(images, plan.pages, strict=True)
    ]
    path.write_bytes(stored(plan.container, pictures, dress))


def _page(plan: PagePlan, rng: np.random.Generator) -> tuple[Raw, bytes]:
    clean = _clean(plan)
    reverse = scan_pages.blank(plan.reverse) if plan.reverse is not None and plan.damage.show_through > 0 else None
    return spoilt(clean.page, plan.damage, rng, reverse), clean.answers


def _clean(plan: PagePlan) -> Clean:
    if plan.printed is None:
        page = scan_pages.stray("notice" if plan.event is Event.WRONG_PAPER else "nothing")
        return Clean(page, scan_pages.packed(np.full_like(page, 255)))
    page = scan_pages.blank(plan.printed)
    if plan.codes is not None:
        page = scan_pages.with_codes(page, plan.codes)
    return scan_pages.written(page, plan.paper, plan.filling)


# --- twins -------------------------------------------------------------------------------------------


def _blocks(container: Container, page: PagePlan) -> bool:
    return page.damage.level is None and container in (Container.PDF, Container.JPEG)


def twin(raw: Raw, page: PagePlan, blocks: bool, rng: np.random.Generator) -> Page:
    """The same scan with something else in its identity zones and nowhere else; `blocks`: in whole JPEG blocks."""
    inside = _inside(raw, page.paper.identity)
    if blocks:
        inside = _whole_blocks(inside)
    image = raw.image.copy()
    cell = np.kron(rng.integers(0, 2, (64, 64)) * 255, np.ones((12, 12))).astype(np.uint8)
    high, wide = image.shape
    chequered = np.tile(cell, (-(-high // cell.shape[0]), -(-wide // cell.shape[1])))[:high, :wide]
    other = (chequered, 255 - image, np.full_like(image, 255), image[:, ::-1])[int(rng.integers(4))]
    np.copyto(image, other, where=inside)
    return image


def _inside(raw: Raw, boxes: tuple[Box, ...]) -> NDArray[np.bool_]:
    """Pixels that lie wholly in an identity zone."""
    mask = np.zeros(raw.image.shape, np.uint8)
    for box in boxes:
        cv2.fillConvexPoly(mask, np.round(raw.polygon(box)).astype(np.int32), 255)
    return np.asarray(cv2.erode(mask, np.ones((5, 5), np.uint8)) > 0, np.bool_)


def _whole_blocks(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    high, wide = (side // _BLOCK for side in inside.shape)
    # Rows first, then columns of what is left: both axes at once take ten times as long.
    rows = inside[: high * _BLOCK, : wide * _BLOCK].reshape(high, _BLOCK, wide * _BLOCK).all(axis=1)
    whole = rows.reshape(high, wide, _BLOCK).all(axis=2)
    result = np.zeros_like(inside)
    result[: high * _BLOCK, : wide * _BLOCK] = np.kron(whole, np.ones((_BLOCK, _BLOCK), np.bool_))
    return result
