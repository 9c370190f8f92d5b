"""The code of a packet as it is read with a hand scanner or typed: which packet it means, or why it means none. Pure.

A scanner types: with a Russian keyboard layout the letters of a QR code come out as Cyrillic ones. What was typed is
then read by its keys, if only so its check agrees; digits and the code in the heading are the same in any layout.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import labels, numbering
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.i18n import N_
from crosscheck.labels import Fault, Kind, Label, ShortLabel

# The same keys in both layouts, as far as a label needs them.
_RUSSIAN, _LATIN = "йцукенгшщзфывапролдячсмитью", "qwertyuiopasdfghjklzxcvbnm."
_BY_KEYS = str.maketrans(_RUSSIAN + _RUSSIAN.upper(), 2 * _LATIN.upper())


@dataclass(frozen=True, slots=True)
class PacketCode:
    """The code of a packet. round: of the print; None where it was typed from the heading, which doesn't tell. by_keys:
    it came through a Russian keyboard layout."""

    packet: int
    round: int | None
    by_keys: bool = False


class NoCode(enum.Enum):
    """Why something that was read or typed is not the code of a packet of this procedure."""

    UNREADABLE = "unreadable"  # nothing of ours, or damaged
    OTHER_PAPER = "other_paper"  # a score sheet, an answer form
    OTHER_PROCEDURE = "other_procedure"


WHY: Mapping[NoCode, str] = {
    NoCode.UNREADABLE: N_("this is not the code of a packet, or it is damaged: read it again, or type the number"),
    NoCode.OTHER_PAPER: N_("this is the code of another paper: read the one on the packet's cover"),
    NoCode.OTHER_PROCEDURE: N_("this packet is of another procedure"),
}
BY_KEYS = N_("the keyboard layout is Russian: understood, but switch to the Latin one")


class NotAPacketCode(CrosscheckError):
    """Something else than the code of a packet was typed or scanned."""

    number, exit = 6064, Exit.USAGE
    sentence = "{code}: {reason}."
    remedy = "The code stands on the packet's cover, as 000042-7; the last digit is a check digit. Nothing was changed."


def packet_code_of(text: str) -> PacketCode | NoCode:
    """What was scanned or typed, as far as the code alone tells: of which procedure it is, it doesn't."""
    return _meant(text)[0]


def code_of(text: str, paper: str) -> PacketCode | NoCode:
    """The same for the procedure whose paper has this digest. A typed code doesn't name its procedure."""
    code, label = _meant(text)
    match label:
        case Label(kind=Kind.PACKET, paper=digest) if digest != paper:
            return NoCode.OTHER_PROCEDURE
        case ShortLabel(kind=Kind.PACKET, paper_digits=found) if found != labels.paper_digits(paper):
            return NoCode.OTHER_PROCEDURE
        case _:
            return code


def label_of(text: str) -> tuple[Label | ShortLabel | Fault, bool]:
    """What stands in a code that was scanned, of any paper, and whether it came through a Russian keyboard layout."""
    label = _label(text.strip())
    if not isinstance(label, Fault) or text.isascii():
        return label, False
    label = _label(text.strip().translate(_BY_KEYS).upper())
    return label, not isinstance(label, Fault)


def required(text: str, paper: str) -> PacketCode:
    """The code of a packet of this procedure. Raises NotAPacketCode (E6064)."""
    code = code_of(text, paper)
    if isinstance(code, NoCode):
        raise NotAPacketCode(code=shown(text), reason=WHY[code])
    return code


def shown(code: str) -> str:
    """What was scanned or typed, short enough for a line."""
    return code if len(code) <= 40 else f"{code[:40]}..."


def _meant(text: str) -> tuple[PacketCode | NoCode, Label | ShortLabel | Fault]:
    if (typed := numbering.packet_number(text)) is not None:
        return PacketCode(typed, None), Fault.ALIEN
    label, by_keys = label_of(text)
    match label:
        case Fault():
            return NoCode.UNREADABLE, label
        case Label(kind=Kind.PACKET) | ShortLabel(kind=Kind.PACKET):
            return PacketCode(label.number, label.round, by_keys), label
        case _:
            return NoCode.OTHER_PAPER, label


def _label(text: str) -> Label | ShortLabel | Fault:
    label = labels.parse_text(text)
    return labels.parse_digits(text) if isinstance(label, Fault) else label
