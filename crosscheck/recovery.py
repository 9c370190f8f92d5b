"""Recovery codes: 160 random bits as characters that survive paper, and the sheet they are printed on.

The alphabet is Crockford's Base32 (no I, L, O, U). The last character closes the code: a polynomial
over GF(32) finds every single wrong character and every swap of two characters up to 30 places apart.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from crosscheck.i18n import gettext

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SECRET_BYTES = 20
_CHARACTERS = _SECRET_BYTES * 8 // 5
_GROUP = 4
# What a person reads or a Russian keyboard types for the same shape.
_LOOKALIKE = str.maketrans("OILОАВЕКМНРСТХУ", "0110ABEKMHPCTXY", " -–—\u00a0\t\r\n")


def new_code() -> str:
    """A fresh code: 8 groups of 4 characters and a check character, joined by hyphens."""
    return _code(secrets.token_bytes(_SECRET_BYTES))


def secret_of(code: str) -> bytes | None:
    """The 20 bytes behind a typed code, or None when its length, an alphabet or the check character is wrong."""
    typed = code.upper().translate(_LOOKALIKE)
    if len(typed) != _CHARACTERS + 1 or any(one not in _ALPHABET for one in typed):
        return None
    values = [_ALPHABET.index(one) for one in typed]
    if _remainder(values):
        return None
    number = 0
    for value in values[:-1]:
        number = number << 5 | value
    return number.to_bytes(_SECRET_BYTES, "big")


def sheet(codes: Mapping[str, str]) -> str:
    """The recovery sheet as plain text; `codes` by the holder's name."""
    lines = [
        gettext("RECOVERY CODES"),
        "",
        gettext("Each code opens the key of its holder when the passphrase is lost."),
        gettext("Print this once, cut it apart, and lock each part away with its holder."),
        gettext("Never photograph it, send it or keep it in a file."),
    ]
    for holder, code in codes.items():
        lines += ["", "-" * 44, gettext(holder), f"  {code}"]
    return "\n".join([*lines, "-" * 44, ""])


def _code(secret: bytes) -> str:
    number = int.from_bytes(secret, "big")
    values = [number >> 5 * place & 31 for place in reversed(range(_CHARACTERS))]
    text = "".join(_ALPHABET[value] for value in [*values, _times_x(_remainder(values))])
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _remainder(values: Iterable[int]) -> int:
    state = 0
    for value in values:
        state = _times_x(state) ^ value
    return state


def _times_x(value: int) -> int:
    # In GF(32) = GF(2)[x] / (x^5 + x^2 + 1), where x has order 31.
    return (value << 1) ^ (0b100101 if value & 16 else 0)
