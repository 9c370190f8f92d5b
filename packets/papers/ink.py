"""What lies on a page: measured words, lines, shades, codes. Boxes in millimetres from the top left corner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crosscheck import coverform
from crosscheck.geometry import Box
from crosscheck.labels import Label
from crosscheck.typeset import BOLD, REGULAR, Align, Press, fit, text_height
from packets.drawing.parts import draw_codes, draw_marks

LEAST = 6.5  # points: nothing on these papers is smaller
GREY = 0.65  # ink of captions
_LINE = 0.15


@dataclass(frozen=True, slots=True)
class Set:
    """Text that fits its box at its size as it is."""

    box: Box
    text: str
    size: float
    bold: bool = False
    align: Align = Align.LEFT
    ink: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    start: tuple[float, float]
    end: tuple[float, float]
    thick: float = _LINE
    ink: float = GREY


@dataclass(frozen=True, slots=True)
class Shade:
    """A grey field."""

    box: Box
    ink: float = 0.1


@dataclass(frozen=True, slots=True)
class Codes:
    """Marks and codes of a cover, in their fixed places."""

    label: Label


Ink = Set | Rule | Shade | Codes


def words(
    text: str,
    left: float,
    top: float,
    wide: float,
    size: float,
    *,
    bold: bool = False,
    align: Align = Align.LEFT,
    ink: float = 1.0,
) -> Set:
    """Text wrapped into `wide` millimetres at its size, as high as it gets."""
    lines = len(fit(text, Box(0, 0, wide, float("inf")), size, _font(bold), size).lines)
    return Set(Box(left, top, wide, text_height(lines, size)), text, size, bold, align, ink)


def squeezed(text: str, box: Box, size: float, *, bold: bool = False, align: Align = Align.LEFT) -> Set:
    """Text in a box of fixed size, smaller than `size` where it must be. E5001 below the least size."""
    fitted = fit(text, box, size, _font(bold), LEAST)
    spare = (box.h - fitted.height) / 2
    return Set(Box(box.x, box.y + spare, box.w, fitted.height), text, fitted.size, bold, align)


def moved(things: Iterable[Ink], across: float, down: float) -> tuple[Ink, ...]:
    """The same, elsewhere; codes have fixed places and stay."""
    return tuple(_moved(thing, across, down) for thing in things)


def _moved(thing: Ink, across: float, down: float) -> Ink:
    match thing:
        case Set(box=box) | Shade(box=box):
            return replace(thing, box=Box(box.x + across, box.y + down, box.w, box.h))
        case Rule(start, end):
            return replace(thing, start=(start[0] + across, start[1] + down), end=(end[0] + across, end[1] + down))
        case Codes():
            return thing


def draw(press: Press, things: Iterable[Ink]) -> None:
    """Put them on the page."""
    for thing in things:
        match thing:
            case Set(box, text, size, bold, align, ink):
                press.text(box, text, size, _font(bold), align=align, ink=ink, least=size)
            case Rule(start, end, thick, ink):
                press.line(start, end, thick, ink)
            case Shade(box, ink):
                press.fill(box, ink)
            case Codes(label):
                draw_marks(press, coverform.MARKS)
                draw_codes(press, label, coverform.QR, coverform.BAR)


def _font(bold: bool) -> str:
    return BOLD if bold else REGULAR
