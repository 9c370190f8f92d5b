"""What several papers share: codes in their places, and how numbers are written for people."""

from __future__ import annotations

from crosscheck import damm, labels
from crosscheck.geometry import Box, Mark
from crosscheck.labels import Label
from crosscheck.model import AnonymousNumber, Given, Points
from crosscheck.typeset import Align, Press


def packet_code(number: int) -> str:
    """A packet's number as people read and type it: six digits and Damm's check digit, `000042-4`."""
    digits = f"{number:06d}"
    return f"{digits}-{damm.check_digit(digits)}"


def spaced(number: AnonymousNumber) -> str:
    """An anonymous number (7 digits, the last its check digit) as printed: `123 456-7`."""
    return f"{number[:3]} {number[3:6]}-{number[6:]}"


def spelled(given: Given) -> str:
    """What stands above a score box: the points, or X for not attempted."""
    return str(given.value) if isinstance(given, Points) else "X"


def draw_codes(press: Press, label: Label, qr: tuple[Box, ...], bar: Box) -> None:
    """The label in every QR place and in the bar, its readable form under the bar."""
    for place in qr:
        press.qr(place, labels.text(label))
    press.bar(bar, labels.digits(label))
    press.text(spoken_box(bar), labels.spoken(label), 6.5, align=Align.CENTRE)


def spoken_box(bar: Box) -> Box:
    """Where the readable form of a label stands: right under its bars."""
    return Box(bar.x, bar.bottom + 0.1, bar.w, 2.8)


def draw_marks(press: Press, marks: tuple[Mark, ...]) -> None:
    for mark in marks:
        press.mark(mark)
