"""Geometry of the project's own answer pages: one source for whoever prints and whoever reads."""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.geometry import BAR_TOP, QR_BOTTOM, QR_TOP, Box, Mark, corner_marks
from crosscheck.model import TaskId
from crosscheck.procedure import Procedure

FIRST_MARKER = 0  # markers 0-3 say "answer page", 4-7 "score sheet"
GUARD_MM = 3.0  # between anything that identifies and an answer zone: 16 pixels even at 150 dpi
_LEFT, _RIGHT = 12.0, 198.0
_TOP_FIRST, _TOP_OTHER, _BOTTOM = 60.0, 42.0, 257.0
_GAP = 3.0


@dataclass(frozen=True, slots=True)
class AnswerZone:
    """Where the answer to a task is written; the only place that is copied from a scan."""

    task: TaskId
    box: Box


@dataclass(frozen=True, slots=True)
class Field:
    """A line of the identity zone to be filled in by hand: `name` is school, class or name."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class PageForm:
    """One page of the answer form: `page` from 1."""

    page: int
    marks: tuple[Mark, ...]
    qr: tuple[Box, Box]
    bar: Box
    identity: Box
    fields: tuple[Field, ...]
    answers: tuple[AnswerZone, ...]


_FIELDS = (
    Field("school", Box(28, 24, 60, 8)),
    Field("class", Box(92, 24, 30, 8)),
    Field("name", Box(28, 40, 130, 10)),
)


def _zones(procedure: Procedure, page: int) -> tuple[AnswerZone, ...]:
    zones = []
    top = _TOP_FIRST if page == 1 else _TOP_OTHER
    here = [(task.id, zone.height_mm) for task in procedure.tasks for zone in task.zones if zone.page == page]
    for task, height in here:
        zones.append(AnswerZone(task, Box(_LEFT, top, _RIGHT - _LEFT, height)))
        top += height + _GAP
    return tuple(zones)


def room(page: int) -> float:
    """Millimetres of height for answer zones on a page, gaps included."""
    return _BOTTOM - (_TOP_FIRST if page == 1 else _TOP_OTHER)


def fits(procedure: Procedure) -> bool:
    """Whether every page has room for the zones of its tasks."""
    return all(
        zone.box.bottom <= _BOTTOM + 1e-6 for page in range(1, procedure.pages + 1) for zone in _zones(procedure, page)
    )


def page_form(procedure: Procedure, page: int) -> PageForm:
    """Geometry of one page. The first page has fields for school, class and name; others repeat the
    codes only, and their identity zone is the band of the codes."""
    first = page == 1
    identity = Box(26, 22, 134, 34) if first else Box(26, 22, 134, 16)
    return PageForm(
        page=page,
        marks=corner_marks(FIRST_MARKER),
        qr=(QR_TOP, QR_BOTTOM),
        bar=BAR_TOP,
        identity=identity,
        fields=_FIELDS if first else (),
        answers=_zones(procedure, page),
    )


def page_forms(procedure: Procedure) -> tuple[PageForm, ...]:
    """All pages of the answer form, in order."""
    return tuple(page_form(procedure, page) for page in range(1, procedure.pages + 1))
