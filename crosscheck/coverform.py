"""Covers and stickers for works on foreign forms: geometry in millimetres, for whoever prints and whoever reads.

A cover carries marks of its own: when its codes can't be read it must not pass for an answer page, whose zones would be
copied. A sticker carries one code and the participant's code, nothing else: it may end up where it should not.
"""

from __future__ import annotations

from crosscheck.geometry import BAR_TOP, QR_BOTTOM, QR_TOP, Box, corner_marks

FIRST_MARKER = 8  # markers 8-11 say "cover"; 0-3 answer page, 4-7 score sheet
MARKS = corner_marks(FIRST_MARKER)
QR = (QR_TOP, QR_BOTTOM)
BAR = BAR_TOP

# Pages of a work on foreign forms stand in the ledger as a manifest of this name and the work's: no file is called so.
FOREIGN_WORK = "work:"

_COLUMNS, _ROWS = 3, 7
_TOP, _WIDE, _HIGH = 15.0, 70.0, 38.0
STICKERS_PER_SHEET = _COLUMNS * _ROWS


def sticker(n: int) -> Box:
    """Sticker `n` (from 0) of a sheet of 3 x 7 labels of 70 x 38 mm, left to right and down."""
    row, column = divmod(n, _COLUMNS)
    return Box(column * _WIDE, _TOP + row * _HIGH, _WIDE, _HIGH)


def sticker_qr(place: Box) -> Box:
    """Where the code stands on a sticker, its quiet zone included."""
    return Box(place.x + 5, place.y + 7, 24, 24)
