"""Pages as pupils leave them: a printed page, filled in by one hand, with what goes wrong in class."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from crosscheck.geometry import BAR_TOP, QR_BOTTOM, QR_TOP, Box
from crosscheck.model import NotAttempted, Points
from crosscheck.pageform import PageForm
from crosscheck.procedure import Procedure
from drill import handwriting, tasks
from drill.district import Pupil
from drill.foreign import ForeignPage
from drill.handwriting import FontBook, Hand
from drill.ink import Page, pixels
from drill.truth import Accident

_SIGN = re.compile(r"(?<=[\dx)])([:·])(?=[\d(])")  # a dot or colon between numbers drowns without room


@dataclass(frozen=True, slots=True)
class Written:
    """A filled page and where something that identifies the pupil was written on it (mm)."""

    page: Page
    identity: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that is needed to write on a page: a pupil's hand, fonts, resolution and chance."""

    hand: Hand
    book: FontBook
    dpi: int
    rng: np.random.Generator

    def write_in(self, page: Page, text: str, box: Box) -> Box:
        return handwriting.write_in(page, text, box, self.dpi, self.hand, self.rng, self.book)


def answer_lines(procedure: Procedure, pupil: Pupil, task: str, rng: np.random.Generator) -> tuple[str, ...]:
    """What the pupil writes for a task: nothing when not attempted, else by the share of points it is worth."""
    criteria = [c for c in procedure.criteria if c.task == task]
    given = [pupil.worth[c.id] for c in criteria]
    if any(isinstance(value, NotAttempted) for value in given):
        return ()
    reached = sum(value.value for value in given if isinstance(value, Points))
    text = tasks.BY_ID[task]
    kind = text.wrong if reached == 0 else text.right if reached == sum(c.maximum for c in criteria) else text.partial
    return tuple(_SIGN.sub(r" \1 ", line) for line in kind[int(rng.integers(len(kind)))])


def _answer(page: Page, desk: Desk, procedure: Procedure, pupil: Pupil, task: str, box: Box) -> None:
    lines = answer_lines(procedure, pupil, task, desk.rng)
    handwriting.write_lines(page, lines, box, desk.dpi, desk.hand, desk.rng, desk.book)


def own_page(blank: Page, form: PageForm, desk: Desk, procedure: Procedure, pupil: Pupil) -> Written:
    """A page of the project's own form, filled by `pupil`."""
    page = blank.copy()
    texts = {"school": f"№ {pupil.class_set.school}", "class": pupil.class_set.name, "name": pupil.name}
    boxes = [desk.write_in(page, texts[field.name], field.box) for field in form.fields]
    for zone in form.answers:
        _answer(page, desk, procedure, pupil, zone.task, zone.box)
    return Written(page, tuple(boxes))


def _digits(page: Page, desk: Desk, code: str, box: Box) -> Box:
    step = box.w / len(code)
    for i, digit in enumerate(code):
        desk.write_in(page, digit, Box(box.x + i * step - 0.4, box.y, step, box.h))
    return box


def foreign_page(blank: Page, form: ForeignPage, desk: Desk, procedure: Procedure, pupil: Pupil) -> Written:
    """A page of a form that is not the project's, filled by `pupil`."""
    page = blank.copy()
    texts = {"school": f"№ {pupil.class_set.school}", "class": pupil.class_set.name, "name": pupil.name}
    boxes = [
        _digits(page, desk, pupil.code, b.box) if b.what == "code" else desk.write_in(page, texts[b.what], b.box)
        for b in form.blanks
    ]
    for answer in form.answers:
        _answer(page, desk, procedure, pupil, answer.task, answer.box)
    return Written(page, tuple(boxes))


# --- what goes wrong ---------------------------------------------------------------------------


def _sign(written: Written, desk: Desk, text: str, place: Box) -> Written:
    page = written.page.copy()
    level = replace(desk, hand=replace(desk.hand, drift=0.0))
    return Written(page, (*written.identity, level.write_in(page, text, place)))


def sign_margin(written: Written, desk: Desk, pupil: Pupil) -> Written:
    """The pupil's name at the foot of the page, outside its field and outside all answer zones."""
    return _sign(written, desk, pupil.name, Box(80, 268, 70, 9))


def sign_answer(written: Written, desk: Desk, pupil: Pupil, zones: Sequence[Box]) -> Written:
    """The pupil's name and class inside the last answer zone."""
    zone = zones[-1]
    return _sign(written, desk, f"{pupil.name} {pupil.class_set.name}", Box(zone.right - 80, zone.bottom - 12, 74, 10))


def destroy_codes(written: Written, desk: Desk) -> Written:
    """All codes of an own page scribbled over until nothing of them can be read."""
    page = written.page.copy()
    for box in (QR_TOP, QR_BOTTOM, BAR_TOP):
        _scribble(page, box, desk)
    return Written(page, written.identity)


def _scribble(page: Page, box: Box, desk: Desk) -> None:
    wide = round(pixels(1.2, desk.dpi))
    for step in (1.9, 2.3):
        xs = np.arange(box.x, box.right, step)
        ys = np.where(np.arange(xs.size) % 2 == 0, box.y, box.bottom) + desk.rng.normal(0.0, 0.4, xs.size)
        points = pixels(1.0, desk.dpi) * np.stack([xs, ys], axis=1)
        cv2.polylines(page, [points.astype(np.int32)], False, (40, 40, 60), wide, cv2.LINE_AA)


def spoilt(written: Written, accident: Accident | None, desk: Desk, pupil: Pupil, zones: Sequence[Box]) -> Written:
    """The page after the accident, where it is one that happens to ink."""
    deeds: dict[Accident, Callable[[], Written]] = {
        Accident.NAME_IN_MARGIN: lambda: sign_margin(written, desk, pupil),
        Accident.NAME_IN_ANSWER: lambda: sign_answer(written, desk, pupil, zones),
        Accident.CODES_DESTROYED: lambda: destroy_codes(written, desk),
    }
    return deeds[accident]() if accident in deeds else written
