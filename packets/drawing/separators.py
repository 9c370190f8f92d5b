"""Covers that are scanned between works on foreign forms, and stickers for their first pages. They name no pupil."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO

from crosscheck import coverform, labels
from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.labels import Kind, Label
from crosscheck.procedure import Procedure, paper_digest
from crosscheck.typeset import BOLD, Align, Press, canvas
from packets.drawing.parts import draw_codes, draw_marks

KIND = Box(20, 48, 170, 10)
NAME = Box(20, 62, 170, 44)
COUNTS = Box(20, 112, 170, 40)
HINTS = Box(20, 170, 170, 70)
TITLE = Box(20, 38, 170, 8)
_HEADER = Box(10, 5, 190, 8)


@dataclass(frozen=True, slots=True)
class ClassSeparator:
    """The cover of a class-set: `works` works of `pages` pages each lie behind it."""

    number: int
    school: str
    class_name: str
    works: int
    pages: int


@dataclass(frozen=True, slots=True)
class WorkSeparator:
    """The cover or sticker of one work, called by its participant code."""

    number: int
    school: str
    class_name: str
    code: str
    pages: int


Separator = ClassSeparator | WorkSeparator


def label_of(procedure: Procedure, number: int, key: bytes) -> Label:
    """The label of a cover or a sticker, signed: another ledger's cover numbers are other works."""
    return labels.signed(Label(Kind.COVER, number, 1, 0, paper_digest(procedure)), key)


def draw_covers(procedure: Procedure, covers: Sequence[Separator], key: bytes, out: BinaryIO) -> int:
    """One page for each cover, in the order given; how many pages.

    Errors: TextDoesNotFit (E5001) when a name is too long."""
    press = canvas(out)
    _ = translator(procedure.language)
    for cover in covers:
        draw_marks(press, coverform.MARKS)
        draw_codes(press, label_of(procedure, cover.number, key), coverform.QR, coverform.BAR)
        press.text(TITLE, procedure.title, 12, align=Align.CENTRE, upright=0.5)
        _draw_cover(press, cover, _)
        press.end_page()
    return press.finish()


def _draw_cover(press: Press, cover: Separator, _: Callable[[str], str]) -> None:
    match cover:
        case ClassSeparator(_number, school, class_name, works, pages):
            kind, name = _("Cover of a class"), f"{school}\n{class_name}"
            counts = [
                _("works: {n}").format(n=works),
                _("pages in each work: {n}").format(n=pages),
                _("pages behind this cover: {n}").format(n=works * pages),
            ]
        case WorkSeparator(_number, _school, _class, code, pages):
            kind, name = _("Cover of a work"), code
            counts = [_("pages in the work: {n}").format(n=pages)]
    press.text(KIND, kind, 18, align=Align.CENTRE, upright=0.5)
    press.text(NAME, name, 48, BOLD, align=Align.CENTRE, upright=0.5)
    press.text(COUNTS, "\n".join(counts), 22, align=Align.CENTRE, upright=0.5)
    hints = (
        _("Lay this sheet on top of what it belongs to and scan it with it."),
        _("Behind it may lie only what is counted here, each work with its pages in order. Blank backs do not count."),
        _("If the number is not right, correct the pile, not this sheet: nothing behind it would be accepted."),
    )
    press.text(HINTS, "\n".join(hints), 13)


def draw_stickers(procedure: Procedure, works: Sequence[WorkSeparator], key: bytes, out: BinaryIO) -> int:
    """Sheets of stickers for the first pages of works, a new sheet for each class-set; how many sheets.

    `works` stand together by school and class. On a sticker is nothing but the code and the participant code; which
    class a sheet is for stands above the stickers. Errors: TextDoesNotFit (E5001)."""
    press = canvas(out)
    _ = translator(procedure.language)
    for (school, class_name), group in groupby(works, key=lambda work: (work.school, work.class_name)):
        of_class = list(group)
        for start in range(0, len(of_class), coverform.STICKERS_PER_SHEET):
            hint = _("{school}, {name}: onto the head of each first page, never where answers are written")
            press.text(_HEADER, hint.format(school=school, name=class_name), 10, BOLD, upright=0.5)
            for n, work in enumerate(of_class[start : start + coverform.STICKERS_PER_SHEET]):
                _draw_sticker(press, coverform.sticker(n), label_of(procedure, work.number, key), work.code)
            press.end_page()
    return press.finish()


def _draw_sticker(press: Press, place: Box, label: Label, code: str) -> None:
    qr = coverform.sticker_qr(place)
    press.qr(qr, labels.text(label))
    beside = Box(qr.right + 2, qr.y + 3, place.right - qr.right - 7, 12)
    press.text(beside, code, 20, BOLD, align=Align.CENTRE, upright=0.5)
    press.text(Box(beside.x, beside.bottom + 2, beside.w, 4), labels.spoken(label), 6.5, align=Align.CENTRE)
