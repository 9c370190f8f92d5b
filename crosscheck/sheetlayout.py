"""Where things stand on a score sheet, upright or lying, in millimetres: all but the table itself.

A sheet lies when that saves paper. Its marks are others than those of an upright one, so that a scan tells by itself
which of the two it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.geometry import (
    A4_HEIGHT,
    A4_WIDTH,
    BAR_TOP,
    MARK_SIZE,
    PAGE,
    QR_BOTTOM,
    QR_TOP,
    Box,
    Mark,
    corner_marks,
)

BOX = 4.2  # a score box, and so each reference box
PRINT_SCALE = 8  # pixels of the known print a millimetre: sheets are read at that size, about 200 dpi
_SQUARE = 3.0
_REFERENCE_PITCH = 10.0
_UPRIGHT_MARKER, _LYING_MARKER = 4, 12  # markers 4-7 and 12-15 say "score sheet"


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to lay out a sheet. `reference`: three boxes printed empty, crossed and filled, which calibrate each
    scan. `side_squares` run along the long sides, where feeders stretch paper. `left` to `right` and `top` to `bottom`
    is the room of the table; the other boxes are for texts."""

    page: Box
    marks: tuple[Mark, ...]
    qr: tuple[Box, Box]
    bar: Box
    side_squares: tuple[Box, ...]
    reference: tuple[Box, Box, Box]
    title: Box
    packet: Box
    sheet: Box
    expert: Box
    instruction: Box
    sample: Box  # printed digits to write like
    signature: Box
    number: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def lying(self) -> bool:
        return self.page.w > self.page.h

    @property
    def number_width(self) -> float:
        return self.left - self.number


def _squares(places: tuple[tuple[float, float], ...]) -> tuple[Box, ...]:
    return tuple(Box(x, y, _SQUARE, _SQUARE) for x, y in places)


def _reference(x: float, y: float) -> tuple[Box, Box, Box]:
    return (Box(x, y, BOX, BOX), Box(x + _REFERENCE_PITCH, y, BOX, BOX), Box(x + 2 * _REFERENCE_PITCH, y, BOX, BOX))


def _lying_marks() -> tuple[Mark, ...]:
    far, low = A4_HEIGHT - 10 - MARK_SIZE, A4_WIDTH - 10 - MARK_SIZE
    corners = ((10.0, 10.0), (far, 10.0), (far, low), (10.0, low))
    return tuple(Mark(_LYING_MARKER + i, Box(x, y, MARK_SIZE, MARK_SIZE)) for i, (x, y) in enumerate(corners))


UPRIGHT = Layout(
    page=PAGE,
    marks=corner_marks(_UPRIGHT_MARKER),
    qr=(QR_TOP, QR_BOTTOM),
    bar=BAR_TOP,
    side_squares=_squares(tuple((x, y) for x in (11.0, 196.0) for y in (50.0, 100.0, 150.0, 200.0, 250.0))),
    reference=_reference(120.0, 50.0),
    title=Box(108, 10, 53, 11),
    packet=Box(26, 25, 60, 7),
    sheet=Box(90, 25, 71, 7),
    expert=Box(26, 32.5, 135, 5.5),
    instruction=Box(26, 39, 90, 20),
    sample=Box(119, 39.5, 70, 6),
    signature=Box(52, 264, 134, 15),
    number=17.0,
    left=43.0,
    right=194.0,
    top=62.0,
    bottom=261.0,
)

LYING = Layout(
    page=Box(0.0, 0.0, A4_HEIGHT, A4_WIDTH),
    marks=_lying_marks(),
    qr=(Box(250, 10, 24, 24), Box(24, 176, 24, 24)),
    bar=BAR_TOP,
    side_squares=_squares(tuple((x, y) for y in (32.5, 171.5) for x in (47.0, 97.0, 147.0, 197.0, 247.0))),
    reference=_reference(212.0, 21.5),
    title=Box(110, 10, 136, 11),
    packet=Box(26, 25, 58, 6.5),
    sheet=Box(84, 25, 54, 6.5),
    expert=Box(142, 24, 66, 7.5),
    instruction=Box(52, 176.5, 112, 15),
    sample=Box(52, 193, 70, 6),
    signature=Box(170, 180, 104, 15),
    number=17.0,
    left=43.0,
    right=281.0,
    top=38.0,
    bottom=170.0,
)

LAYOUTS = (UPRIGHT, LYING)
MARKERS = frozenset(mark.marker for layout in LAYOUTS for mark in layout.marks)
