"""Copies of single tasks: the answer zones of these tasks below one another, and nothing else of the work.

Each zone becomes a picture of its own, cut from the pixels of the masked page: a whole page under a clip would still
hold the other answers. Zones keep their size and their distance from the left edge: an answer looks as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crosscheck import crops
from crosscheck.geometry import A4_WIDTH, Box
from crosscheck.i18n import translator
from crosscheck.model import TaskId
from crosscheck.pageform import AnswerZone
from crosscheck.procedure import Procedure
from crosscheck.typeset import BOLD, Press
from packets.drawing.pictures import NotAPicture

ROOM = Box(0, 21, A4_WIDTH, 264)  # between the number above and the foot below
_LEFT = 12.0
_CAPTION, _GAP, _ABSENT = 4.5, 4.0, 6.0
_FRAME_INK = 0.35


@dataclass(frozen=True, slots=True)
class Copy:
    """The masked copy of one page: which page of the work it is, where its answer zones lie, JPEG or PNG bytes."""

    page: int
    zones: tuple[AnswerZone, ...]
    picture: bytes


@dataclass(frozen=True, slots=True)
class Whole:
    """Whole pages are shown."""


@dataclass(frozen=True, slots=True)
class Only:
    """Nothing is shown but the answer zones of these tasks."""

    tasks: frozenset[TaskId]


Shown = Whole | Only
WHOLE = Whole()


@dataclass(frozen=True, slots=True)
class Crop:
    """Part `part` of `parts` of the answer to a task: cut out of `copy` at `cut`, printed at `place` (both mm)."""

    task: TaskId
    part: int
    parts: int
    copy: Copy
    cut: Box
    place: Box


@dataclass(frozen=True, slots=True)
class Absent:
    """No copy has a place for the answer to this task; said at `place`."""

    task: TaskId
    place: Box


Shape = Crop | Absent
CropPage = tuple[Shape, ...]


def crop_pages(procedure: Procedure, copies: Sequence[Copy], only: Only) -> tuple[CropPage, ...]:
    """Where every zone of the tasks is printed, page by page: tasks in the order of the procedure. Pure.

    A zone keeps its size, unless it is taller than a page has room for: then it is made as small as needed, never
    larger. A task without any zone gets a line that says so.
    """
    pages: list[CropPage] = [()]
    top = ROOM.y
    for shape in _shapes(procedure, copies, only):
        if pages[-1] and top + _CAPTION + shape.place.h > ROOM.bottom + 1e-6:
            pages.append(())
            top = ROOM.y
        pages[-1] = (*pages[-1], _at(shape, top + _CAPTION))
        top += _CAPTION + shape.place.h + _GAP
    return tuple(pages)


def _shapes(procedure: Procedure, copies: Sequence[Copy], only: Only) -> Iterable[Shape]:
    ordered = sorted(copies, key=lambda copy: copy.page)
    for task in procedure.tasks:
        if task.id not in only.tasks:
            continue
        found = [(copy, zone.box) for copy in ordered for zone in copy.zones if zone.task == task.id]
        if not found:
            yield Absent(task.id, Box(_LEFT, 0, A4_WIDTH - 2 * _LEFT, _ABSENT))
        for part, (copy, box) in enumerate(found, start=1):
            yield Crop(task.id, part, len(found), copy, box, _placed(box))


def _placed(cut: Box) -> Box:
    scale = min(1.0, (ROOM.h - _CAPTION) / cut.h)
    return Box(cut.x, 0, cut.w * scale, cut.h * scale)


def _at(shape: Shape, top: float) -> Shape:
    place = Box(shape.place.x, top, shape.place.w, shape.place.h)
    if isinstance(shape, Absent):
        return Absent(shape.task, place)
    return Crop(shape.task, shape.part, shape.parts, shape.copy, shape.cut, place)


def draw_shape(press: Press, procedure: Procedure, shape: Shape) -> None:
    """The caption above the picture and its frame, or the word that there is none."""
    _ = translator(procedure.language)
    caption = _("Task {task}").format(task=shape.task)
    if isinstance(shape, Crop) and shape.parts > 1:
        caption = _("Task {task}, part {part} of {parts}").format(task=shape.task, part=shape.part, parts=shape.parts)
    over = Box(max(shape.place.x, _LEFT), shape.place.y - _CAPTION, 100, _CAPTION - 0.3)
    press.text(over, caption, 8, BOLD, upright=1)
    if isinstance(shape, Absent):
        press.text(shape.place, _("There is no copy of this answer: its page is missing."), 9, upright=0.5)
    else:
        press.frame(shape.place, 0.15, _FRAME_INK)


def cut_out(crop: Crop) -> bytes:
    """The pixels of the zone, as PNG. Raises NotAPicture when the copy can't be cut."""
    try:
        return crops.cut(crop.copy.picture, crop.cut)
    except (OSError, ValueError, SyntaxError) as wrong:  # SyntaxError: Pillow's word for a broken PNG
        raise NotAPicture(str(wrong)) from wrong
