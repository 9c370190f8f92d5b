"""Sheets of cards: slips to cut along thin lines, labels that lie at the edges of the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosscheck.geometry import PAGE, Box
from crosscheck.typeset import Align
from packets.papers.blocks import Cards, Line
from packets.papers.ink import Ink, Rule, squeezed

_TO_CUT = Box(10, 20, 190, 267)
_HEAD = Box(10, 11, 190, 7)
_INSIDE = 4.0  # millimetres that stay free at the edges of a card
_LABEL_INSIDE = 8.0  # printers reach no further, and labels lie a little askew
_CUT = Rule((0, 0), (0, 0), 0.1, 0.45)


def card_pages(cards: Cards) -> Iterator[tuple[Ink, ...]]:
    """Page after page, cards from left to right and down."""
    a_page = cards.columns * cards.rows
    for start in range(0, len(cards.cards), a_page):
        some = cards.cards[start : start + a_page]
        things: list[Ink] = []
        if cards.head:
            things.append(squeezed(cards.head, _HEAD, 9, bold=True))
        for at, card in enumerate(some):
            things += _card(card, _place(cards, at), _INSIDE if cards.cut else _LABEL_INSIDE)
        yield (*things, *(_cuts(cards, len(some)) if cards.cut else ()))


def _place(cards: Cards, at: int) -> Box:
    area = _TO_CUT if cards.cut else PAGE
    row, column = divmod(at, cards.columns)
    wide, high = area.w / cards.columns, area.h / cards.rows
    return Box(area.x + column * wide, area.y + row * high, wide, high)


def _card(lines: Sequence[Line], place: Box, inside: float) -> Iterator[Ink]:
    """Lines under each other, all together in the middle of the card."""
    top = place.y + (place.h - sum(line.height for line in lines)) / 2
    for line in lines:
        if line.text:
            box = Box(place.x + inside, top, place.w - 2 * inside, line.height)
            yield squeezed(line.text, box, line.size, bold=line.bold, align=Align.CENTRE)
        top += line.height


def _cuts(cards: Cards, many: int) -> Iterator[Rule]:
    """Lines around every card, each drawn once from edge to edge of what is used."""
    rows = -(-many // cards.columns)
    last = _place(cards, cards.columns * rows - 1)
    for row in range(rows + 1):
        y = _TO_CUT.y + row * last.h
        yield Rule((_TO_CUT.x, y), (_TO_CUT.right, y), _CUT.thick, _CUT.ink)
    for column in range(cards.columns + 1):
        x = _TO_CUT.x + column * last.w
        yield Rule((x, _TO_CUT.y), (x, last.bottom), _CUT.thick, _CUT.ink)
