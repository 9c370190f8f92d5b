"""Single tasks cut out of masked pages, so that one task can be sent to an expert.

Nothing is stored for it. A masked page and the places of its zones, both recorded, give the same crop whenever it is
asked for; and what isn't on the masked page can't be on a crop. Pixels are copied, never encoded with loss again. This
lives here because whoever shows pages and whoever prints them cut alike.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.model import TaskId
from crosscheck.pageform import AnswerZone

_PACKING = 6  # of PNG: answers are mostly white, harder takes three times as long for a tenth


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """A masked page of a work: which page, where its answer zones lie (mm), the blob of its picture."""

    page: int
    zones: tuple[AnswerZone, ...]
    blob: str


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """One place where a task is answered: page of the work, blob of the masked picture, box on the page (mm)."""

    page: int
    blob: str
    box: Box


def places(copies: Iterable[MaskedCopy], task: TaskId) -> tuple[TaskPlace, ...]:
    """Where a task is answered: by page, and on a page in the order of its zones; empty when it is nowhere."""
    ordered = sorted(copies, key=lambda copy: copy.page)
    return tuple(TaskPlace(c.page, c.blob, zone.box) for c in ordered for zone in c.zones if zone.task == task)


def cut(masked: bytes, box: Box) -> bytes:
    """The part of a masked A4 page (JPEG or PNG) that `box` (mm) covers, as PNG with the very same pixels. Raises
    OSError when the picture is damaged, ValueError when the box lies off the page."""
    with Image.open(io.BytesIO(masked)) as page:
        kept = page if page.mode in ("1", "L") else page.convert("L")
        across, down = page.width / A4_WIDTH, page.height / A4_HEIGHT
        left, top = max(0, math.floor(box.x * across)), max(0, math.floor(box.y * down))
        right, bottom = min(page.width, math.ceil(box.right * across)), min(page.height, math.ceil(box.bottom * down))
        if right <= left or bottom <= top:
            raise ValueError("the box lies off the page")
        # From pixels alone: what the file carries besides them stays behind.
        part = Image.new(kept.mode, (right - left, bottom - top))
        part.paste(kept.crop((left, top, right, bottom)))
    out = io.BytesIO()
    part.save(out, "PNG", compress_level=_PACKING, dpi=(across * 25.4, down * 25.4))
    return out.getvalue()


def task_crops(masked: bytes, zones: Iterable[AnswerZone], task: TaskId) -> tuple[bytes, ...]:
    """Every zone of a task on one masked page, in order, each as `cut` gives it."""
    return tuple(cut(masked, zone.box) for zone in zones if zone.task == task)
