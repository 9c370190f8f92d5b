"""Barcode grammar v1: what a code on paper says, written and parsed side by side.

Two spellings of one label. The *text* goes into QR codes and names everything; the *digits* go into
Code128 and keep the digest and the check short. Both end in a CRC-16 of all that stands before it,
because Code128's own checksum lets about one damaged code in a thousand through.

    text    CC1.A.00001234.02.0.Q3ZK7MWD.0.9F2C
            grammar, kind, number, page, round, paper digest, MAC (0 = none), CRC-16
    digits  1 1 00001234 02 00 54321 40748
            the same without the MAC; the digest as 5 digits, the CRC as 5 digits
"""

from __future__ import annotations

import base64
import binascii
import enum
import hashlib
import hmac
import re
from dataclasses import dataclass, replace

from crosscheck import damm

GRAMMAR = "CC1"
MAX_NUMBER = 99_999_999
MAX_PAGE = 99
MAX_ROUND = 99
_MAC_LENGTH = 8


class Kind(enum.Enum):
    """What the labelled paper is."""

    ANSWER = "A"
    SHEET = "S"
    PACKET = "P"
    COVER = "C"


_KIND_DIGIT = {Kind.ANSWER: "1", Kind.SHEET: "2", Kind.PACKET: "3", Kind.COVER: "4"}
_DIGIT_KIND = {digit: kind for kind, digit in _KIND_DIGIT.items()}
_TEXT = re.compile(
    r"(CC\d)\.([A-Z])\.(\d{8})\.(\d{2})\.(\d{1,2})\.([A-Z2-7]{8})\.(0|[A-Z2-7]{8})\.([0-9A-F]{4})", re.ASCII
)
_DIGITS = re.compile(r"1(\d)(\d{8})(\d{2})(\d{2})(\d{5})(\d{5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Label:
    """One label. `number`: the form (answer page) or packet (sheet, cover); `page`: page or sheet from 1;
    `round`: 0 for the first print, one more for every reprint; `paper`: the 8-letter paper digest;
    `mac`: a truncated HMAC, or None."""

    kind: Kind
    number: int
    page: int
    round: int
    paper: str
    mac: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.number <= MAX_NUMBER and 1 <= self.page <= MAX_PAGE and 0 <= self.round <= MAX_ROUND):
            raise ValueError(f"a field of the label is out of range: {self.number}, {self.page}, {self.round}")
        if not re.fullmatch(r"[A-Z2-7]{8}", self.paper):
            raise ValueError("a paper digest has 8 base32 letters")


@dataclass(frozen=True, slots=True)
class ShortLabel:
    """What the digits say: a label whose digest is known only modulo 100,000."""

    kind: Kind
    number: int
    page: int
    round: int
    paper_digits: str


class Fault(enum.Enum):
    """Why a payload is not a label of ours."""

    ALIEN = "alien"  # some other code: not our grammar at all
    VERSION = "version"  # our grammar, but a later version of it
    CHECK = "check"  # our grammar, but the check does not agree: damaged or forged


def paper_digest(content: bytes) -> str:
    """8 base32 letters (40 bits) of the SHA-256 of what is printed."""
    return base64.b32encode(hashlib.sha256(content).digest())[:8].decode("ascii")


def paper_digits(paper: str) -> str:
    """The digest as the 5 digits that Code128 carries."""
    return f"{int.from_bytes(base64.b32decode(paper), 'big') % 100_000:05d}"


def _crc(body: str) -> int:
    return binascii.crc_hqx(body.encode("ascii"), 0xFFFF)


def text(label: Label) -> str:
    """The spelling for QR codes (alphanumeric mode)."""
    body = (
        f"{GRAMMAR}.{label.kind.value}.{label.number:08d}.{label.page:02d}.{label.round}.{label.paper}."
        f"{label.mac or '0'}"
    )
    return f"{body}.{_crc(body):04X}"


def digits(label: Label) -> str:
    """The spelling for Code128: 24 digits."""
    body = f"1{_KIND_DIGIT[label.kind]}{label.number:08d}{label.page:02d}{label.round:02d}{paper_digits(label.paper)}"
    return f"{body}{_crc(body):05d}"


def parse_text(payload: str) -> Label | Fault:
    """Read a QR payload; never raises."""
    found = _TEXT.fullmatch(payload)
    if found is None:
        return Fault.CHECK if payload.startswith(f"{GRAMMAR}.") else Fault.ALIEN
    version, kind, number, page, round_, paper, mac, check = found.groups()
    if version != GRAMMAR:
        return Fault.VERSION
    if f"{_crc(payload[:-5]):04X}" != check or kind not in {k.value for k in Kind} or int(page) == 0:
        return Fault.CHECK
    label = Label(Kind(kind), int(number), int(page), int(round_), paper, None if mac == "0" else mac)
    return label if text(label) == payload else Fault.CHECK


def parse_digits(payload: str) -> ShortLabel | Fault:
    """Read a Code128 payload; never raises."""
    found = _DIGITS.fullmatch(payload)
    if found is None:
        return Fault.ALIEN
    kind, number, page, round_, paper, check = found.groups()
    if f"{_crc(payload[:-5]):05d}" != check or kind not in _DIGIT_KIND or int(page) == 0:
        return Fault.CHECK
    return ShortLabel(_DIGIT_KIND[kind], int(number), int(page), int(round_), paper)


def shortened(label: Label) -> ShortLabel:
    """What the digits of `label` say; a page's two codes agree when these are equal."""
    return ShortLabel(label.kind, label.number, label.page, label.round, paper_digits(label.paper))


def signed(label: Label, key: bytes) -> Label:
    """The label with its MAC: HMAC-SHA256 over the unsigned text, cut to 40 bits."""
    unsigned = text(replace(label, mac=None)).encode("ascii")
    mac = base64.b32encode(hmac.digest(key, unsigned, "sha256"))[:_MAC_LENGTH].decode("ascii")
    return replace(label, mac=mac)


def signed_or_plain(label: Label, key: bytes | None) -> Label:
    """The label signed with `key`, or as it is when there is none."""
    return label if key is None else signed(label, key)


def genuine(label: Label, key: bytes) -> bool:
    """Whether the label carries the MAC that `key` gives it."""
    expected = signed(label, key).mac
    return label.mac is not None and expected is not None and hmac.compare_digest(label.mac, expected)


def spoken(label: Label) -> str:
    """Readable text under a code: number and page, closed by a Damm check digit, as `00001234-02-7`."""
    body = f"{label.number:08d}{label.page:02d}"
    return f"{body[:8]}-{body[8:]}-{damm.check_digit(body)}"
