"""What several papers share: codes in their places, and how numbers are written for people."""

from __future__ import annotations

from collections.abc import Callable

from crosscheck import labels
from crosscheck.geometry import Box, Mark
from crosscheck.labels import Label
from crosscheck.model import Given, Points
from crosscheck.numbering import packet_code
from crosscheck.typeset import Align, Press


def spelled(given: Given) -> str:
    """What stands above a score box: the points, or X for not attempted."""
    return str(given.value) if isinstance(given, Points) else "X"


def packet_name(packet: int, round_: int, _: Callable[[str], str]) -> str:
    """`Packet 000042-4`; of a reprint also which print it is, so that nobody takes it for an older one."""
    code = packet_code(packet)
    if round_ == 0:
        return _("Packet {packet}").format(packet=code)
    return _("Packet {packet}, print {print}").format(packet=code, print=round_ + 1)


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
