"""One expert's packet as one PDF, in the order of use: cover, instruction, criteria, copies, score sheets, slip."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from crosscheck.geometry import PAGE, Box
from crosscheck.i18n import translator
from crosscheck.model import AnonymousNumber, Marking, TaskId
from crosscheck.numbering import packet_code, spaced
from crosscheck.pageform import AnswerZone
from crosscheck.procedure import Procedure
from crosscheck.typeset import BOLD, Align, Press, canvas
from packets.drawing.answers import draw_captions
from packets.drawing.cover import CoverFacts, draw_cover, draw_instruction
from packets.drawing.criteria import Criteria, draw_criteria_page
from packets.drawing.cropped import WHOLE, Copy, Crop, CropPage, Only, Shown, crop_pages, cut_out, draw_shape
from packets.drawing.earlier import draw_earlier
from packets.drawing.errors import CopyUnreadable, PacketEmpty, PacketUneven
from packets.drawing.fitting import Fitting
from packets.drawing.ink import black
from packets.drawing.layout import Bundle, Drawn
from packets.drawing.parts import packet_name
from packets.drawing.pictures import NotAPicture, Picture, draw_picture, picture
from packets.drawing.sheets import SheetContent, draw_sheet
from packets.drawing.slip import draw_slip
from packets.print_settings import PLAIN, Ink, Layout

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

    def page_numbers(self, procedure: Procedure) -> tuple[int, ...]:
        """The pages of this work that are printed, as they are numbered on paper."""
        if isinstance(self.shown, Only):
            return tuple(range(1, len(crop_pages(procedure, self.copies, self.shown)) + 1))
        return tuple(copy.page for copy in self.copies)


@dataclass(frozen=True, slots=True)
class PacketContent:
    """All that one packet holds. `round` counts reprints from 0; `expert` and `check_point` are printed
    names; `meeting`: pages with decisions about criteria; `by`: until when it has to come back, empty where it is left
    to be filled in; `tasks`: the ones to mark, empty where it is all of them."""

    procedure: Procedure
    number: int
    round: int
    marking: Marking
    expert: str
    check_point: str
    works: tuple[PacketWork, ...]
    sheets: tuple[SheetContent, ...]
    criteria: Criteria | None
    meeting: Criteria | None = None
    by: str = ""
    tasks: tuple[TaskId, ...] = ()

    def cover(self) -> CoverFacts:
        """What the cover says."""
        return CoverFacts(
            procedure=self.procedure,
            number=self.number,
            round=self.round,
            marking=self.marking,
            expert=self.expert,
            check_point=self.check_point,
            works=tuple((work.number, len(work.page_numbers(self.procedure))) for work in self.works),
            sheets=len(self.sheets),
            criteria=self.criteria is not None,
            by=self.by,
            tasks=self.tasks,
        )


def _check(content: PacketContent) -> None:
    # A row that is not one of the works would give somebody's points to somebody else.
    numbers = [work.number for work in content.works]
    if not numbers or not content.sheets:
        raise PacketEmpty(packet=packet_code(content.number))
    for sheet in content.sheets:
        if [row.number for row in sheet.rows] != numbers or sheet.packet != content.number:
            raise PacketUneven(packet=packet_code(content.number), sheet=sheet.form.sheet)


# --- copies -------------------------------------------------------------------------------------


def _inked(data: bytes, wide: float, ink: Ink) -> Picture:
    return picture(data) if ink is Ink.GREY else black(data, wide)


def pages_of(
    press: Press, content: PacketContent, work: PacketWork, ink: Ink = Ink.GREY
) -> Iterator[Callable[[], None]]:
    """Each page of a work's copies, to be drawn when it is called for. The call raises CopyUnreadable (E5012)."""
    if isinstance(work.shown, Only):
        laid = crop_pages(content.procedure, work.copies, work.shown)
        for i, page in enumerate(laid, start=1):
            yield partial(_draw_crop_page, press, content, work, page, (i, len(laid)), ink)
    else:
        for copy in work.copies:
            yield partial(_draw_copy, press, content, work, copy, ink)


def _unreadable(work: PacketWork, page: int, wrong: NotAPicture) -> CopyUnreadable:
    return CopyUnreadable(page=page, work=spaced(work.number), reason=wrong)


def _draw_copy(press: Press, content: PacketContent, work: PacketWork, copy: Copy, ink: Ink) -> None:
    """One page of a work: its masked image, over it in vectors the number, the place, captions of tasks."""
    try:
        draw_picture(press, PAGE, _inked(copy.picture, PAGE.w, ink))
    except NotAPicture as wrong:
        raise _unreadable(work, copy.page, wrong) from wrong
    # What the form says of tasks stands outside the zones, so the masked copy has lost it.
    captions = partial(draw_captions, press, content.procedure, copy.zones)
    press.again(_key("captions", repr(copy.zones), content.procedure.language), captions)
    _draw_place(press, content, work, (copy.page, work.pages))


def _draw_crop_page(
    press: Press, content: PacketContent, work: PacketWork, page: CropPage, place: tuple[int, int], ink: Ink
) -> None:
    """Answers to single tasks of a work; the same number and foot as on a copy."""
    for shape in page:
        if isinstance(shape, Crop):
            try:
                draw_picture(press, shape.place, _inked(cut_out(shape), shape.cut.w, ink))
            except NotAPicture as wrong:
                raise _unreadable(work, shape.copy.page, wrong) from wrong
        draw_shape(press, content.procedure, shape)
    _draw_place(press, content, work, place)


def _draw_place(press: Press, content: PacketContent, work: PacketWork, place: tuple[int, int]) -> None:
    _ = translator(content.procedure.language)
    where = _("page {page} of {pages}").format(page=place[0], pages=place[1])
    foot = packet_name(content.number, content.round, _)
    press.again(_key("number", work.number), partial(_write_number, press, work.number))
    press.again(_key("place", where), partial(_write_place, press, where))
    press.again(_key("foot", foot), partial(_write_foot, press, foot))


def _write_number(press: Press, number: AnonymousNumber) -> None:
    press.text(NUMBER, spaced(number), 26, BOLD, upright=0.5)


def _write_place(press: Press, where: str) -> None:
    press.text(PLACE, where, 12, align=Align.RIGHT, upright=0.5)


def _write_foot(press: Press, foot: str) -> None:
    press.text(FOOT, foot, 7, align=Align.RIGHT, ink=0.7)


def _key(*said: str) -> str:
    """A name for something that many pages show: the same words, the same name."""
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]


# --- the whole ----------------------------------------------------------------------------------


def draw_into(press: Press, content: PacketContent, layout: Layout = PLAIN) -> Drawn:
    """Draw one packet onto the next pages of a file. Raises what `draw_packet` raises."""
    _check(content)
    bundle = Bundle(press, layout)
    facts = content.cover()
    draw_cover(press, facts)
    draw_instruction(press, facts)
    _draw_criteria(bundle, content)
    for sheet in content.sheets:
        bundle.front()
        draw_earlier(press, sheet)
    for work in content.works:
        bundle.copies(tuple(pages_of(press, content, work, layout.ink)))
    for sheet in content.sheets:
        bundle.front()  # a score sheet goes through a scanner alone
        draw_sheet(press, sheet)
    bundle.front()
    draw_slip(press, facts)
    return bundle.drawn()


def _draw_criteria(bundle: Bundle, content: PacketContent) -> None:
    _ = translator(content.procedure.language)
    stamp = _("Criteria. Packet {packet}").format(packet=packet_code(content.number))
    for pages in (content.criteria, content.meeting):
        if pages is not None:
            bundle.front()
            for index in range(pages.pages):
                draw_criteria_page(bundle.press, pages, index, stamp)


def check_texts(content: PacketContent) -> None:
    """Draw all that isn't a copy to nowhere: what would fail half way through fails here. Raises what `draw_packet`
    raises, but for copies."""
    _check(content)
    press, facts = Fitting(), content.cover()
    draw_cover(press, facts)
    draw_instruction(press, facts)
    for sheet in content.sheets:
        draw_earlier(press, sheet)
        draw_sheet(press, sheet)
    draw_captions(press, content.procedure, [AnswerZone(task.id, PAGE) for task in content.procedure.tasks])
    draw_slip(press, facts)


def draw_packet(content: PacketContent, out: BinaryIO, layout: Layout = PLAIN) -> Drawn:
    """Print one packet. When anything is wrong, what was written to `out` is no PDF and must be thrown away.

    Errors: TextDoesNotFit (E5001), SignsMissing (E5003), CopyUnreadable (E5012), PacketUneven (E5013),
    PacketEmpty (E5014).
    """
    (drawn,) = draw_packets([content], out, layout)
    return drawn


def draw_page(content: PacketContent, number: AnonymousNumber, page: int, out: BinaryIO, ink: Ink = Ink.GREY) -> Drawn:
    """Print one page of a work's copies, which must be there. Raises CopyUnreadable (E5012)."""
    press = canvas(out)
    (work,) = (one for one in content.works if one.number == number)
    tuple(pages_of(press, content, work, ink))[work.page_numbers(content.procedure).index(page)]()
    press.end_page()
    return Drawn(press.finish(), 0, 1)


def draw_sheet_alone(content: PacketContent, sheet: int, out: BinaryIO) -> Drawn:
    """Print one score sheet of the packet, which must be there."""
    _check(content)
    press = canvas(out)
    (wanted,) = (one for one in content.sheets if one.form.sheet == sheet)
    draw_sheet(press, wanted)
    return Drawn(press.finish(), 0, 1)


def draw_packets(contents: Iterable[PacketContent], out: BinaryIO, layout: Layout = PLAIN) -> tuple[Drawn, ...]:
    """Print several packets into one file, each beginning on paper of its own; the next is asked for when the one
    before is drawn. The errors of `draw_packet`."""
    press = canvas(out)
    drawn = tuple(draw_into(press, content, layout) for content in contents)
    press.finish()
    return drawn
