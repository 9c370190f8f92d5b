"""Papers laid out on pages: pieces that are never broken, heads repeated, “page i of n”. Nothing is cut or shrunk.

Everything is measured first and drawn afterwards, so whatever can't be printed is said before a byte is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box
from crosscheck.typeset import Align, TextDoesNotFit, canvas
from packets.papers.blocks import Across, Cards, Coded, Paper, Printed, Sheet, Signatures, Upright
from packets.papers.cards import card_pages
from packets.papers.ink import GREY, Codes, Ink, Rule, Set, draw, moved, words
from packets.papers.setting import Break, Piece, pieces

Gettext = Callable[[str], str]
_FOOT = 5.0
_EXACT = 1e-6  # millimetres: sums of fractions


@dataclass(frozen=True, slots=True)
class Page:
    """What lies on one page; `across`: on paper that lies."""

    things: tuple[Ink, ...]
    across: bool


def print_papers(papers: Sequence[Printed], out: BinaryIO, _: Gettext) -> int:
    """Draw the papers one after another into a PDF; the number of pages. The same papers give the same bytes.

    Errors: SignsMissing (E5003), TextDoesNotFit (E5001); nothing is written then.
    """
    pages = [page for paper in papers for page in laid_out(paper, _)]
    press = canvas(out)
    for page in pages:
        if page.across:
            press.lay_across()
        draw(press, page.things)
        press.end_page()
    return press.finish()


def laid_out(printed: Printed, _: Gettext) -> tuple[Page, ...]:
    """The pages of one paper."""
    match printed:
        case Cards():
            return tuple(Page(things, across=False) for things in card_pages(printed))
        case Paper():
            return _pages(printed, _)


# --- pages --------------------------------------------------------------------------------------


def _area(sheet: Sheet) -> Box:
    """What may be printed on, the foot included."""
    match sheet:
        case Upright():
            return Box(20, 12, A4_WIDTH - 32, A4_HEIGHT - 22)
        case Across():
            return Box(12, 14, A4_HEIGHT - 24, A4_WIDTH - 24)
        case Coded():
            return Box(24, 38, A4_WIDTH - 48, 222)


def _foot_box(sheet: Sheet) -> Box:
    area = _area(sheet)
    # The codes of a cover take the corners at the foot.
    if isinstance(sheet, Coded):
        return Box(52, 270, 134, _FOOT)
    return Box(area.x, area.bottom - _FOOT, area.w, _FOOT)


def _pages(paper: Paper, _: Gettext) -> tuple[Page, ...]:
    area = _area(paper.sheet)
    body = area if isinstance(paper.sheet, Coded) else Box(area.x, area.y, area.w, area.h - _FOOT - 3)
    stacked = _stacked(paper, body)
    return tuple(
        Page((*_codes(paper.sheet), *things, *_foot(paper, at, len(stacked), _)), isinstance(paper.sheet, Across))
        for at, things in enumerate(stacked, start=1)
    )


def _codes(sheet: Sheet) -> tuple[Ink, ...]:
    return (Codes(sheet.label),) if isinstance(sheet, Coded) else ()


def _foot(paper: Paper, page: int, pages: int, _: Gettext) -> Iterator[Ink]:
    box, number = _foot_box(paper.sheet), _("page {page} of {pages}").format(page=page, pages=pages)
    if paper.foot:
        note = words(paper.foot, box.x, box.y, box.w - 32, 7, ink=GREY)
        yield from moved([note], 0, box.h - note.box.h)
    told = words(number, box.right - 30, box.y, 30, 8, align=Align.RIGHT)
    yield from moved([told], 0, box.h - told.box.h)


def _title(paper: Paper, wide: float) -> Piece:
    """The head of the first page."""
    things: list[Ink] = []
    top = 0.0
    for text, size, bold in ((paper.title, 15.0, True), (paper.about, 10.0, False), (paper.place, 11.0, True)):
        if text:
            line = words(text, 0, top, wide, size, bold=bold)
            things.append(line)
            top += line.box.h + 1.2
    things.append(Rule((0, top + 0.6), (wide, top + 0.6), 0.4, 1.0))
    return Piece(top + 1, tuple(things), after=4)


def _running(paper: Paper, wide: float) -> Piece:
    """The head of the other pages: what it is, of which procedure, for whom."""
    half = wide / 2 - 2
    left = words(paper.about, 0, 0, half, 8, ink=GREY)
    name = f"{paper.title}. {paper.place}" if paper.place else paper.title
    right = words(name, wide - half, 0, half, 8, align=Align.RIGHT, ink=GREY)
    high = max(left.box.h, right.box.h) + 1
    return Piece(high, (left, right, Rule((0, high), (wide, high))), after=3)


def _stacked(paper: Paper, body: Box) -> list[tuple[Ink, ...]]:
    waiting, running = _waiting(paper, body.w), _running(paper, body.w)
    stack = _Stack(body, _title(paper, body.w))
    for at, piece in enumerate(waiting):
        if isinstance(piece, Break):
            stack.turn(running)
            continue
        heads = sum(head.height + head.after for head in piece.heads)
        fresh = body.h - running.height - running.after - heads
        if piece.height > fresh + _EXACT:
            raise TextDoesNotFit(text=_longest(piece), width=round(body.w, 1), height=round(fresh, 1))
        together = _together(waiting, at)
        if not stack.holds(together if together <= fresh else piece.height):
            stack.turn(running)
            for head in piece.heads:
                stack.put(head)
        stack.put(piece)
    return stack.pages()


def _waiting(paper: Paper, wide: float) -> list[Piece | Break]:
    """All pieces in order; lines to sign never stand on a page alone."""
    found: list[Piece | Break] = []
    for block in paper.blocks:
        if isinstance(block, Signatures) and found and isinstance(last := found[-1], Piece):
            found[-1] = replace(last, sticks=True)
        found += pieces(block, wide)
    return found


def _together(waiting: Sequence[Piece | Break], at: int) -> float:
    """Millimetres that a piece needs with all that must stand on its page."""
    height = 0.0
    for piece in waiting[at:]:
        if isinstance(piece, Break):
            break
        height += piece.height
        if not piece.sticks:
            break
        height += piece.after
    return height


def _longest(piece: Piece) -> str:
    return max((thing.text for thing in piece.things if isinstance(thing, Set)), key=len, default="")


class _Stack:
    """Pieces put under each other, page after page."""

    def __init__(self, body: Box, title: Piece) -> None:
        self._body = body
        self._done: list[tuple[Ink, ...]] = []
        self._things: list[Ink] = []
        self._top = body.y
        self.put(title)

    def holds(self, height: float) -> bool:
        return self._top + height <= self._body.bottom + _EXACT

    def put(self, piece: Piece) -> None:
        self._things += moved(piece.things, self._body.x, self._top)
        self._top += piece.height + piece.after

    def turn(self, running: Piece) -> None:
        self._done.append(tuple(self._things))
        self._things, self._top = [], self._body.y
        self.put(running)

    def pages(self) -> list[tuple[Ink, ...]]:
        return [*self._done, tuple(self._things)]
