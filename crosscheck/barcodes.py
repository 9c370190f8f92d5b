"""The codes on paper as rows of modules: QR, Code128, ArUco. `crosscheck.typeset` draws them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import zxingcpp

from crosscheck.errors import CrosscheckError, Exit

QR_VERSION = 3
QR_QUIET = 4  # modules on each side (ISO/IEC 18004)
BAR_QUIET = 10  # modules on each side (ISO/IEC 15417)

# The first sixteen markers of ArUco's dictionary 4x4_50, row by row, white = 1; a border of black
# modules one wide stands around them. Kept here because printing needs no image library.
_ARUCO = (
    0xB532, 0x0F9A, 0x332D, 0x9946, 0x549E, 0x79CD, 0x9E2E, 0xC4F2, 0xFEDA, 0xCF56, 0xF991, 0x11A7, 0x0EB7, 0x2A0F,
    0x24B1, 0x263E,
)  # fmt: skip
ARUCO_MODULES = 6


class CodeDoesNotFit(CrosscheckError):
    """A code needs more room than its box has, or more data than its version holds."""

    number = 5002
    exit = Exit.PRINTING
    sentence = "The code “{payload}” does not fit into its place on the paper."
    remedy = "This is a fault in the program: report it with the text of the code."


@lru_cache(maxsize=256)
def qr_modules(payload: str) -> tuple[str, ...]:
    """Rows of a QR code of version 3, level Q: `1` is black.

    Errors: CodeDoesNotFit (E5002) when version 3 can't hold the payload (47 characters).
    """
    try:
        made = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode, ec_level="Q", version=QR_VERSION)
    except Exception as refused:
        raise CodeDoesNotFit(payload=payload) from refused
    rows = _rows(made)
    if len(rows) != 17 + 4 * QR_VERSION:
        raise CodeDoesNotFit(payload=payload)
    return rows


@lru_cache(maxsize=256)
def bar_modules(payload: str) -> str:
    """Modules of a Code128 of digits (code set C, two digits a symbol): `1` is black."""
    if not (payload.isascii() and payload.isdigit() and len(payload) % 2 == 0):
        raise CodeDoesNotFit(payload=payload)
    return _rows(zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.Code128))[0]


def _rows(made: Any) -> tuple[str, ...]:
    pixels: Any = memoryview(made.to_image(scale=1, add_quiet_zones=False))
    return tuple("".join("0" if pixel else "1" for pixel in row) for row in pixels.tolist())


def aruco_modules(marker: int) -> tuple[str, ...]:
    """Rows of marker 0-15 of ArUco's dictionary 4x4_50 with its black border: `1` is black."""
    bits = f"{_ARUCO[marker] ^ 0xFFFF:016b}"
    middle = [f"1{bits[row : row + 4]}1" for row in range(0, 16, 4)]
    return ("111111", *middle, "111111")


def runs(row: str) -> Iterable[tuple[int, int]]:
    """Start and length of each run of black modules."""
    start = 0
    for part in row.replace("01", "0 1").replace("10", "1 0").split():
        if part[0] == "1":
            yield start, len(part)
        start += len(part)
