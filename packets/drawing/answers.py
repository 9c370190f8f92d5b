"""The project's own answer forms: one set of pages for each form number, drawn from pageform."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.labels import Kind, Label, signed_or_plain
from crosscheck.pageform import AnswerZone, Field, PageForm, page_forms
from crosscheck.procedure import Procedure, paper_digest
from crosscheck.typeset import BOLD, Align, Press, canvas
from packets.drawing.parts import draw_codes, draw_marks

TITLE = Box(108, 10, 53, 11)
FOOT = Box(52, 268, 134, 5)
ANONYMITY = Box(52, 274, 134, 8)
CAPTION_HEIGHT = 2.7
_RULE = 8.0  # between the lines to write on
_RULE_INK = 0.2
_FRAME_INK = 0.6


@dataclass(frozen=True, slots=True)
class FormIssue:
    """One answer form to print: its `number`, and `round` 0 for the first print, one more for each reprint.
    `key` signs its labels; None leaves them unsigned, for forms that several ledgers may register."""

    number: int
    round: int
    key: bytes | None = None


def caption_box(zone: AnswerZone) -> Box:
    """Where the caption of an answer zone stands: just above its frame, outside what is copied."""
    return Box(zone.box.x, zone.box.y - CAPTION_HEIGHT - 0.2, 60, CAPTION_HEIGHT)


def field_caption_box(field: Field) -> Box:
    """Where the caption of a field stands: under its line."""
    return Box(field.box.x, field.box.bottom + 0.3, field.box.w, 2.8)


def rules(zone: AnswerZone) -> Iterator[float]:
    """Heights of the lines to write on, from the top of the page."""
    y = zone.box.y + _RULE
    while y < zone.box.bottom - _RULE / 4:
        yield y
        y += _RULE


def draw_captions(press: Press, procedure: Procedure, zones: Sequence[AnswerZone]) -> None:
    """“Task 5” above every zone; also put over the copies, because captions are not copied from a scan."""
    _ = translator(procedure.language)
    for zone in zones:
        press.text(caption_box(zone), _("Task {task}").format(task=zone.task), 7, BOLD, upright=1)


def _draw_zone(press: Press, zone: AnswerZone) -> None:
    for y in rules(zone):
        press.line((zone.box.x, y), (zone.box.right, y), 0.15, _RULE_INK)
    press.frame(zone.box, 0.2, _FRAME_INK)


def _draw_field(press: Press, field: Field, caption: str) -> None:
    press.line((field.box.x, field.box.bottom), (field.box.right, field.box.bottom), 0.2, _FRAME_INK)
    press.text(field_caption_box(field), caption, 6.5, ink=0.7)


def _captions(_: Callable[[str], str]) -> dict[str, str]:
    return {"school": _("School"), "class": _("Class"), "name": _("Surname, first name")}


def _draw_page(press: Press, procedure: Procedure, form: PageForm, label: Label) -> None:
    _ = translator(procedure.language)
    draw_marks(press, form.marks)
    draw_codes(press, label, form.qr, form.bar)
    press.text(TITLE, procedure.title, 9, BOLD)
    for field in form.fields:
        _draw_field(press, field, _captions(_)[field.name])
    for zone in form.answers:
        _draw_zone(press, zone)
    draw_captions(press, procedure, form.answers)
    press.text(FOOT, _("page {page} of {pages}").format(page=form.page, pages=procedure.pages), 8, align=Align.CENTRE)
    advice = _("Write inside the frames only. Do not write your name, school or class there.")
    press.text(ANONYMITY, advice, 7, align=Align.CENTRE, ink=0.7)
    press.end_page()


def draw_answer_forms(procedure: Procedure, forms: Sequence[FormIssue], out: BinaryIO) -> int:
    """Print every page of every form into one PDF; returns the number of pages.

    Errors: TextDoesNotFit (E5001) when the title is too long.
    """
    press = canvas(out)
    paper = paper_digest(procedure)
    pages = page_forms(procedure)
    for issue in forms:
        for form in pages:
            label = signed_or_plain(Label(Kind.ANSWER, issue.number, form.page, issue.round, paper), issue.key)
            _draw_page(press, procedure, form, label)
    return press.finish()
