"""Damm's check digit: finds every single wrong digit and every swap of neighbours.

H. M. Damm, "Total anti-symmetrische Quasigruppen" (Marburg, 2004).
"""

from __future__ import annotations

_TABLE = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def check_digit(digits: str) -> str:
    """The digit that closes `digits` (a string of ASCII digits)."""
    state = 0
    for digit in digits:
        state = int(_TABLE[state][int(digit)])
    return str(state)


def closed(digits: str) -> str:
    """`digits` with the check digit at the end."""
    return digits + check_digit(digits)


def is_closed(digits: str) -> bool:
    """Whether the last digit of `digits` is its check digit."""
    return len(digits) > 1 and digits.isascii() and digits.isdigit() and check_digit(digits) == "0"
