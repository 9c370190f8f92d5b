"""Blocks as pieces: what a page holds as a whole, measured, from its own top left corner. Pure but for measuring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crosscheck.typeset import Align
from packets.papers.blocks import (
    BODY,
    Block,
    Facts,
    Heading,
    Lines,
    NextPage,
    Signatures,
    Steps,
    Table,
    Ticked,
    Ticks,
    Words,
)
from packets.papers.ink import GREY, Ink, Rule, moved, words
from packets.papers.tables import Part, parts

_GAP = 2.5  # between blocks
_HAND = 8.0  # between lines to write on
_CAPTION = 7.0  # points
_BOX, _TICKED = "\u2610", "\u2612"


@dataclass(frozen=True, slots=True)
class Piece:
    """What is never broken. after: the gap under it. sticks: the next piece stands on the same page. heads: put first
    when it begins a page."""

    height: float
    things: tuple[Ink, ...]
    after: float = 0.0
    sticks: bool = False
    heads: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """The page ends here."""


def pieces(block: Block, wide: float) -> Iterator[Piece | Break]:
    """A block in `wide` millimetres, piece by piece."""
    match block:
        case Words(text, size, bold):
            told = words(text, 0, 0, wide, size, bold=bold)
            yield Piece(told.box.h, (told,), _GAP)
        case Heading(text):
            told = words(text, 0, 1.5, wide, 11.5, bold=True)
            yield Piece(told.box.bottom, (told,), 1.8, sticks=True)
        case Facts(rows):
            yield from _facts(rows, wide)
        case Lines(caption, lines):
            yield _lines(caption, lines, wide)
        case Ticks() | Ticked() | Steps():
            yield from _marked(block, wide)
        case Table():
            for at, part in enumerate(parts(block, wide)):
                yield from ((Break(),) if at else ())
                yield from _table(part)
        case Signatures():
            yield _signatures(block, wide)
        case NextPage():
            yield Break()


def _facts(rows: tuple[tuple[str, str], ...], wide: float) -> Iterator[Piece]:
    captions = wide * 0.36
    for at, (caption, value) in enumerate(rows, start=1):
        told = words(caption, 0, 0, captions - 3, 9.5, ink=GREY)
        gap = _GAP + 1 if at == len(rows) else 1.6
        if value:
            said = words(value, captions, 0, wide - captions, BODY, bold=True)
            yield Piece(max(told.box.h, said.box.h), (told, said), gap)
        else:
            high = max(told.box.h, _HAND - 2)
            # The caption stands where the hand will: on the line.
            lowered = moved([told], 0, high - told.box.h)
            yield Piece(high, (*lowered, Rule((captions, high), (wide, high))), gap)


def _lines(caption: str, lines: int, wide: float) -> Piece:
    """The caption and its lines, together."""
    told = words(caption, 0, 0, wide, BODY)
    top = told.box.h if caption else 0.0
    rules = (Rule((0, top + at * _HAND), (wide, top + at * _HAND)) for at in range(1, lines + 1))
    return Piece(top + lines * _HAND, (*((told,) if caption else ()), *rules), _GAP)


def _marked(block: Ticks | Ticked | Steps, wide: float) -> Iterator[Piece]:
    """Items behind a box, or behind their number."""
    last = len(block.items)
    for at, item in enumerate(block.items, start=1):
        sign = words(_sign(block, at), 0, 0, 7, BODY, bold=isinstance(block, Steps))
        told = words(item, 8, 0, wide - 8, BODY)
        yield Piece(told.box.h, (sign, told), _GAP if at == last else 1.4)


def _sign(block: Ticks | Ticked | Steps, at: int) -> str:
    match block:
        case Steps():
            return f"{at}."
        case Ticked(which=which) if which == at - 1:
            return _TICKED
        case _:
            return _BOX


def _table(part: Part) -> Iterator[Piece]:
    head = Piece(part.head.height, part.head.things)
    yield Piece(head.height, head.things, sticks=bool(part.rows))
    for at, row in enumerate(part.rows, start=1):
        yield Piece(row.height, row.things, _GAP + 1 if at == len(part.rows) else 0.0, heads=(head,))


def _signatures(block: Signatures, wide: float) -> Piece:
    """Roles to the left, lines for the signature and for the name beside them, one for the date under them."""
    role, signed = wide * 0.36, wide * 0.24
    name = role + signed + 4
    things: list[Ink] = []
    top = 3.0
    for text in block.roles:
        told = words(text, 0, top, role - 4, 9.5)
        line = max(top + 5, told.box.bottom)
        things += [
            told,
            *_captioned(role, signed, line, block.signature),
            *_captioned(name, wide - name, line, block.name),
        ]
        top = line + 6
    if block.date:
        things += _captioned(role, signed, top + 5, block.date)
        top += 11
    return Piece(top - 2, tuple(things), _GAP)


def _captioned(left: float, wide: float, line: float, caption: str) -> tuple[Ink, ...]:
    """A line to write on, what belongs there under it."""
    under = words(caption, left, line + 0.5, wide, _CAPTION, align=Align.CENTRE, ink=GREY)
    return Rule((left, line), (left + wide, line)), under
