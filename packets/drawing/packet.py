"""One expert's packet as one PDF: cover, instruction, criteria, copies of the works, score sheets."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from crosscheck.geometry import PAGE, Box
from crosscheck.i18n import translator
from crosscheck.model import AnonymousNumber, Marking
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import Procedure
from crosscheck.typeset import BOLD, Align, Press, canvas
from packets.drawing.answers import draw_captions
from packets.drawing.cover import CoverFacts, draw_cover, draw_instruction
from packets.drawing.criteria import joined, stamped
from packets.drawing.cropped import WHOLE, Copy, Crop, CropPage, Only, Shown, Whole, crop_pages, draw_shape
from packets.drawing.earlier import draw_earlier
from packets.drawing.errors import CopyUnreadable, PacketUneven
from packets.drawing.pictures import NotAPicture, Picture, draw_picture, picture
from packets.drawing.sheets import SheetContent, draw_sheet

NUMBER = Box(12, 5.5, 110, 12)
PLACE = Box(125, 5.5, 73, 12)
FOOT = Box(12, 287, 186, 4.5)


@dataclass(frozen=True, slots=True)
class PacketWork:
    """Copies of one work in order of pages; `pages` it should have, of which some may be declared missing. `shown`:
    whole pages, or nothing but the answer zones of some tasks."""

    number: AnonymousNumber
    copies: tuple[Copy, ...]
    pages: int
    shown: Shown = WHOLE

    def printed(self, procedure: Procedure) -> int:
        """How many pages of this work are printed."""
        if isinstance(self.shown, Only):
            return len(crop_pages(procedure, self.copies, self.shown))
        return len(self.copies)


@dataclass(frozen=True, slots=True)
class PacketContent:
    """All that one packet holds. `round` counts reprints from 0; `expert` and `check_point` are printed
    names; `criteria_pdf` are the bytes of the procedure's criteria, when they are known."""

    procedure: Procedure
    number: int
    round: int
    marking: Marking
    expert: str
    check_point: str
    works: tuple[PacketWork, ...]
    sheets: tuple[SheetContent, ...]
    criteria_pdf: bytes | None

    def cover(self) -> CoverFacts:
        """What the cover says."""
        return CoverFacts(
            procedure=self.procedure,
            number=self.number,
            round=self.round,
            marking=self.marking,
            expert=self.expert,
            check_point=self.check_point,
            works=tuple((work.number, work.printed(self.procedure)) for work in self.works),
            sheets=len(self.sheets),
            criteria=self.criteria_pdf is not None,
        )


def _check(content: PacketContent) -> None:
    # A row that is not one of the works would give somebody's points to somebody else.
    numbers = [work.number for work in content.works]
    for sheet in content.sheets:
        if [row.number for row in sheet.rows] != numbers or sheet.packet != content.number:
            raise PacketUneven(packet=packet_code(content.number), sheet=sheet.form.sheet)


def _unreadable(work: PacketWork, page: int, wrong: NotAPicture) -> CopyUnreadable:
    return CopyUnreadable(page=page, work=spaced(work.number), reason=wrong)


def _picture(work: PacketWork, copy: Copy) -> Picture:
    try:
        return picture(copy.picture)
    except NotAPicture as wrong:
        raise _unreadable(work, copy.page, wrong) from wrong


def _draw_work(press: Press, content: PacketContent, work: PacketWork) -> None:
    match work.shown:
        case Only() as only:
            pages = crop_pages(content.procedure, work.copies, only)
            for i, page in enumerate(pages, start=1):
                draw_crop_page(press, content, work, page, (i, len(pages)))
        case Whole():
            for copy in work.copies:
                draw_copy(press, content, work, copy, _picture(work, copy))


def draw_copy(press: Press, content: PacketContent, work: PacketWork, copy: Copy, shown: Picture) -> None:
    """One page of a work: its masked image, over it in vectors the number, the place, captions of tasks."""
    draw_picture(press, PAGE, shown)
    # What the form says of tasks stands outside the zones, so the masked copy has lost it.
    draw_captions(press, content.procedure, copy.zones)
    _end_copy(press, content, work, (copy.page, work.pages))


def draw_crop_page(
    press: Press, content: PacketContent, work: PacketWork, page: CropPage, place: tuple[int, int]
) -> None:
    """Page `place[0]` of `place[1]` with answers to single tasks of a work; the same number and foot as on a copy."""
    for shape in page:
        try:
            draw_shape(press, content.procedure, shape)
        except NotAPicture as wrong:
            assert isinstance(shape, Crop)
            raise _unreadable(work, shape.copy.page, wrong) from wrong
    _end_copy(press, content, work, place)


def _end_copy(press: Press, content: PacketContent, work: PacketWork, place: tuple[int, int]) -> None:
    _ = translator(content.procedure.language)
    press.text(NUMBER, spaced(work.number), 26, BOLD, upright=0.5)
    where = _("page {page} of {pages}").format(page=place[0], pages=place[1])
    press.text(PLACE, where, 12, align=Align.RIGHT, upright=0.5)
    foot = _("Packet {packet}").format(packet=packet_code(content.number))
    press.text(FOOT, foot, 7, align=Align.RIGHT, ink=0.7)
    press.end_page()


def _body(content: PacketContent) -> tuple[bytes, int]:
    """Everything after the criteria."""
    made = io.BytesIO()
    press = canvas(made)
    for sheet in content.sheets:
        draw_earlier(press, sheet)
    for work in content.works:
        _draw_work(press, content, work)
    for sheet in content.sheets:
        draw_sheet(press, sheet)
    pages = press.finish()
    return made.getvalue(), pages


def _front(content: PacketContent) -> tuple[bytes, int]:
    made = io.BytesIO()
    press = canvas(made)
    draw_cover(press, content.cover())
    draw_instruction(press, content.procedure, content.marking)
    pages = press.finish()
    return made.getvalue(), pages


def draw_packet(content: PacketContent, out: BinaryIO) -> int:
    """Print one packet; returns its number of pages. Nothing is written to `out` when anything is wrong.

    Errors: TextDoesNotFit (E5001), CriteriaUnreadable (E5010), CriteriaEncrypted (E5011),
    CopyUnreadable (E5012), PacketUneven (E5013).
    """
    _check(content)
    _ = translator(content.procedure.language)
    parts = [_front(content)]
    if content.criteria_pdf is not None:
        code = packet_code(content.number)
        parts.append(stamped(content.criteria_pdf, _("Criteria. Packet {packet}").format(packet=code)))
    parts.append(_body(content))
    out.write(joined([data for data, _pages in parts]))
    return sum(pages for _data, pages in parts)
