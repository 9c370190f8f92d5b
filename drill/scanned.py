"""One batch from plan to scans: which pages lie in the pile, who wrote on them, what the scanner made of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.geometry import Box
from crosscheck.model import Fate
from crosscheck.pageform import page_forms
from crosscheck.procedure import Procedure
from drill import foreign, pupils
from drill.assessment import OTHER
from drill.batches import Batch
from drill.containers import Container, Scan, place
from drill.district import Pupil, Way
from drill.drawing import rendered, sketches
from drill.handwriting import FontBook, some_hand
from drill.ink import Page
from drill.paper import Turn, aged, grey, turned
from drill.truth import Accident, TruePage
from packets.drawing.answers import FormIssue, draw_answer_forms

_STRAY_FORM = 71  # number of the other procedure's form that strays into a batch
_FATES = {
    Accident.DUPLICATE: Fate.CONFLICT,
    Accident.BLANK: Fate.BLANK,
    Accident.OTHER_PROCEDURE: Fate.FOREIGN,
    Accident.OTHER_PAPER: Fate.UNKNOWN,
    Accident.CODES_DESTROYED: Fate.UNKNOWN,
}
_STRAYS = (Accident.BLANK, Accident.OTHER_PROCEDURE, Accident.OTHER_PAPER)


@dataclass(frozen=True, slots=True)
class Side:
    """One page in the pile: `pupil` is None for a page that is no one's."""

    pupil: Pupil | None
    page: int
    accident: Accident | None


@dataclass(frozen=True, slots=True)
class Clean:
    """A side before scanning: its ink and where identity stands on it (mm)."""

    page: Page
    identity: tuple[Box, ...]


def page_count(procedure: Procedure, way: Way) -> int:
    """Pages of a work on this kind of paper."""
    return procedure.pages if way is Way.OWN else len(foreign.FORMS[way.value].pages)


def pile(batch: Batch, writers: Sequence[Pupil], pages: int, rng: np.random.Generator) -> list[Side]:
    """The batch's pages in the order of scanning; strays lie after the page they are named with, a duplicate at
    the end."""
    events = {(e.pupil, e.page): e.accident for e in batch.events}
    sides, again = [], []
    for index, pupil in enumerate(writers):
        for page in range(1, pages + 1):
            if (index, page) in batch.missing:
                continue
            accident = events.get((index, page))
            stray = accident in _STRAYS
            sides.append(Side(pupil, page, None if stray else accident))
            if stray:
                sides.append(Side(None, page, accident))
            if accident is Accident.DUPLICATE:
                again.append(sides[-1])
    sides += again
    if batch.shuffled:
        return [replace(sides[i], accident=Accident.SHUFFLED) for i in rng.permutation(len(sides))]
    return sides


class Writer:
    """Writes the pages of one procedure, each pupil in one hand; the same seed writes the same pages."""

    def __init__(self, procedure: Procedure, book: FontBook, seed: int) -> None:
        self._procedure, self._book, self._seed = procedure, book, seed
        self._forms = {name: foreign.draw(form) for name, form in foreign.FORMS.items()}

    def clean(self, side: Side, dpi: int) -> Clean:
        """The side before scanning, RGB."""
        if side.pupil is None:
            return Clean(self._stray(side, dpi), ())
        pupil = side.pupil
        rng = np.random.default_rng([self._seed, int(pupil.code), side.page])
        hand = some_hand(np.random.default_rng([self._seed, int(pupil.code)]))
        desk = pupils.Desk(hand, self._book, dpi, rng)
        written, zones = self._written(pupil, side.page, desk)
        spoilt = pupils.spoilt(written, side.accident, desk, pupil, zones)
        return Clean(spoilt.page, spoilt.identity)

    def _written(self, pupil: Pupil, page: int, desk: pupils.Desk) -> tuple[pupils.Written, list[Box]]:
        if pupil.form is None:
            name = pupil.class_set.way.value
            form = foreign.FORMS[name].pages[page - 1]
            blank = rendered(self._forms[name], page - 1, desk.dpi)
            zones = [answer.box for answer in form.answers]
            return pupils.foreign_page(blank, form, desk, self._procedure, pupil), zones
        own = page_forms(self._procedure)[page - 1]
        blank = rendered(_own_pdf(self._procedure, pupil.form), page - 1, desk.dpi)
        return pupils.own_page(blank, own, desk, self._procedure, pupil), [zone.box for zone in own.answers]

    def _stray(self, side: Side, dpi: int) -> Page:
        if side.accident is Accident.OTHER_PROCEDURE:
            return rendered(_own_pdf(OTHER, _STRAY_FORM), 0, dpi)
        if side.accident is Accident.OTHER_PAPER:
            return rendered(_notice(), 0, dpi)
        return rendered(_nothing(), 0, dpi)


def _own_pdf(procedure: Procedure, number: int) -> bytes:
    out = io.BytesIO()
    draw_answer_forms(procedure, [FormIssue(number, 0)], out)
    return out.getvalue()


def _notice() -> bytes:
    """A sheet that has nothing to do with any procedure."""
    out = io.BytesIO()
    with sketches(out) as sketch:
        sketch.text(30, 40, "Памятка дежурному по этажу", 16, bold=True)
        for i in range(12):
            sketch.text(30, 60 + 12 * i, f"{i + 1}. Проверить кабинет и закрыть окна после {i + 1}-го урока.", 11)
        sketch.next_page()
    return out.getvalue()


def _nothing() -> bytes:
    out = io.BytesIO()
    with sketches(out) as sketch:
        sketch.next_page()
    return out.getvalue()


def _overlay(side: Side, name: str) -> bytes:
    """What scanning software adds to a page: recognised text (with the name in it) and a stamp of receipt."""
    out = io.BytesIO()
    with sketches(out) as sketch:
        sketch.hidden(30, 45, f"{name} лист {side.page}", 12)
        sketch.colour(0.1, 0.2, 0.6)
        sketch.frame(Box(138, 264, 46, 12), 0.5)
        sketch.text(141, 269, "ПОЛУЧЕНО 15.04.2026", 8, bold=True)
        sketch.text(141, 274, "вх. № 114", 8)
        sketch.next_page()
    return out.getvalue()


def _turn(batch: Batch, side: Side) -> Turn:
    upside_down = side.accident is Accident.UPSIDE_DOWN
    return Turn((batch.turn.value + 180 * upside_down) % 360)


def _reverse(side: Side, pages: Mapping[tuple[str, int], Page]) -> Page | None:
    """The other side of the same sheet of paper, where it was written on: pages 1-2, 3-4 are sheets."""
    if side.pupil is None:
        return None
    return pages.get((side.pupil.code, side.page + 1 if side.page % 2 else side.page - 1))


def scan_pages(
    batch: Batch, sides: Sequence[Side], writer: Writer, rng: np.random.Generator
) -> Iterable[tuple[Scan, tuple[Box, ...]]]:
    """Each side as the scanner delivers it, with the places of identity on it."""
    cleaned = [writer.clean(side, batch.dpi) for side in sides]
    pages = [clean.page if batch.colour else grey(clean.page) for clean in cleaned]
    backs = {(s.pupil.code, s.page): page for s, page in zip(sides, pages, strict=True) if s.pupil is not None}
    for position, (side, page) in enumerate(zip(sides, pages, strict=True)):
        old = aged(page, batch.dpi, batch.wear, rng, _reverse(side, backs))
        mixed = batch.container is Container.PDF_MIXED and position % 5 == 1 and side.pupil is not None
        overlay = _overlay(side, side.pupil.name) if mixed and side.pupil is not None else None
        yield Scan(turned(old, _turn(batch, side)), overlay), cleaned[position].identity


def true_page(batch: Batch, side: Side, position: int, identity: tuple[Box, ...]) -> TruePage:
    """What the truth says about a page of the batch."""
    file, index = place(batch.stem, batch.container, position)
    return TruePage(
        file=file,
        index=index,
        participant=side.pupil.code if side.pupil else None,
        page=side.page if side.pupil else None,
        accident=side.accident,
        expected_fate=_FATES.get(side.accident, Fate.KNOWN) if side.accident else Fate.KNOWN,
        identity=identity,
        planted_in_answer=side.accident is Accident.NAME_IN_ANSWER,
    )
