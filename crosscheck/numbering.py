"""Anonymous numbers: random to anyone without the secret, the same on every re-run. Pure.

A number has six digits and Damm's check digit. It differs for each marking of a work, and of each of its parts, so
that two experts can't tell that they hold the same work, and says nothing of school, class or order.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable

from crosscheck import damm
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import AnonymousNumber, MarkingKey

DIGITS = 6
SPACE = 10**DIGITS
_PACKET_DIGITS, _LONGEST_CODE = 6, 10
_UNDER_BARS = 11  # digits of the line under the bars of a label: number, page, check digit
_LEFT_OUT = re.compile(r"[\s\-\u2010-\u2015№]")


class NumbersUsedUp(CrosscheckError):
    """Nearly every number is taken: drawing a free one would take ever longer."""

    number, exit = 4008, Exit.LEDGER
    sentence = "{taken} anonymous numbers are taken; a ledger holds no more markings."
    remedy = "Take the remaining works into another ledger (`crosscheck init` in another folder)."


def draw(secret: bytes, key: MarkingKey, attempt: int) -> AnonymousNumber:
    """The number of a work for a marking at an attempt: HMAC-SHA256 reduced to six digits, closed by a
    check digit. The reduction of 256 bits leaves no bias that could be seen."""
    # The whole work isn't named as a part: its numbers are those that earlier versions drew.
    named = (key.work, key.marking, *((key.part,) if key.part else ()), attempt)
    message = "\x00".join(map(str, ("number", *named))).encode()
    drawn = int.from_bytes(hmac.digest(secret, message, hashlib.sha256), "big") % SPACE
    return AnonymousNumber(damm.closed(f"{drawn:0{DIGITS}d}"))


def number(secret: bytes, key: MarkingKey, taken: Collection[AnonymousNumber]) -> AnonymousNumber:
    """The first number drawn that is not taken. Raises NumbersUsedUp."""
    if len(taken) > SPACE * 9 // 10:
        raise NumbersUsedUp(taken=len(taken))
    attempt = 0
    while (drawn := draw(secret, key, attempt)) in taken:
        attempt += 1
    return drawn


def spaced(value: AnonymousNumber) -> str:
    """As printed: `123 456-7`."""
    return f"{value[:3]} {value[3:6]}-{value[6:]}"


def parsed(text: str) -> AnonymousNumber | None:
    """A number as a person types it (spaces and dashes ignored), or None when its check digit is wrong."""
    digits = "".join(character for character in text if character not in " -–\u00a0")
    valid = len(digits) == DIGITS + 1 and damm.is_closed(digits)
    return AnonymousNumber(digits) if valid else None


def packet_code(packet: int) -> str:
    """A packet's number as people read and type it: six digits and Damm's check digit, `000042-4`."""
    digits = f"{packet:0{_PACKET_DIGITS}d}"
    return f"{digits}-{damm.check_digit(digits)}"


def packet_codes(packets: Iterable[int]) -> str:
    """Codes of packets, those that follow each other as a range: `000012-4 – 000015-5, 000019-0`."""
    return ", ".join(packet_ranges(packets))


def packet_ranges(packets: Iterable[int]) -> list[str]:
    """The same, one by one."""
    runs: list[list[int]] = []
    for packet in sorted(packets):
        if runs and runs[-1][-1] == packet - 1:
            runs[-1].append(packet)
        else:
            runs.append([packet])
    return [" – ".join(map(packet_code, (run[0], run[-1])[: len(run)])) for run in runs]


def packet_number(text: str) -> int | None:
    """A packet's number from its code as a person types it (spaces, dashes, leading zeros ignored), or from the line
    under the bars of its cover (`crosscheck.labels.spoken`); None when the check digit is wrong."""
    digits = _LEFT_OUT.sub("", text)
    if not damm.is_closed(digits):
        return None
    if len(digits) == _UNDER_BARS:
        return int(digits[:8])  # and not the number and the page as one larger number
    return int(digits[:-1]) if len(digits) <= _LONGEST_CODE else None
