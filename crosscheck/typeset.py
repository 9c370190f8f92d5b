"""Print on A4 in millimetres from the top left corner: text that is never cut, codes and marks as vectors.

The same calls give the same bytes: no clock, no random id, no name of a person or machine in the file.
Sizes of type are in points, all else in millimetres; an `ink` is 0 (paper) to 1 (black).
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from reportlab import rl_config
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from crosscheck.barcodes import (
    BAR_QUIET,
    QR_QUIET,
    aruco_modules,
    bar_modules,
    qr_modules,
    runs,
)
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.geometry import A4_HEIGHT, A4_WIDTH, Box, Mark
from crosscheck.pdffile import StraightFile

POINT = 25.4 / 72  # millimetres
_UPRIGHT = (A4_WIDTH / POINT, A4_HEIGHT / POINT)
_ACROSS = (A4_HEIGHT / POINT, A4_WIDTH / POINT)
REGULAR = "CrosscheckSans"
BOLD = "CrosscheckSans-Bold"
LEAST_SIZE = 4.5  # points: below it nobody reads the text
LEADING = 1.2
_FONTS = Path(__file__).parent / "fonts"
_STEP = 0.25
GLUE = "\u00a0"  # keeps words in one line; printed as a blank
BLANKS = re.compile(rf"[^\S{GLUE}]+")
_NUMBERED = re.compile(r"(?<=№)[^\S\n]+(?=\d)")
_ASCENT, _DESCENT = 0.93, 0.24  # of Й and of р in DejaVu, per size


class TextDoesNotFit(CrosscheckError):
    """A text is too long for its box even at the least size."""

    number = 5001
    exit = Exit.PRINTING
    sentence = "“{text}” does not fit into a box of {width} × {height} mm."
    remedy = "Shorten it where it was entered, then print again."


class SignsMissing(CrosscheckError):
    """A text holds signs that the fonts of papers don't have: they would come out as empty boxes."""

    number = 5003
    exit = Exit.PRINTING
    sentence = "“{text}” can't be printed: the font has no sign for {signs}."
    remedy = "Write it in Russian or Latin letters where it was entered, then print again; nothing was printed."


class Align(enum.Enum):
    """Where a line stands in its box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


def register() -> None:
    """Make REGULAR and BOLD known to reportlab; calling it again does nothing."""
    if BOLD not in pdfmetrics.getRegisteredFontNames():
        rl_config.useA85 = 0  # ASCII85 costs 190 ms and a quarter more bytes for every scanned page
        for name in (REGULAR, BOLD):
            pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))
        pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)


def width(text: str, size: float, font: str = REGULAR) -> float:
    """Millimetres that `text` takes at `size` points."""
    register()
    return float(pdfmetrics.stringWidth(_composed(text), font, size)) * POINT


def _composed(text: str) -> str:
    # macOS hands out names with й as two characters, which the font has no glyph for.
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text broken into lines that fit their box at `size` points."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        """Millimetres from the top of the first line to the foot of the last."""
        return text_height(len(self.lines), self.size)


def text_height(lines: int, size: float) -> float:
    """Millimetres that so many lines take at `size` points."""
    return ((lines - 1) * LEADING + _ASCENT + _DESCENT) * size * POINT if lines else 0.0


def _pieces(word: str, room: float, measure: Callable[[str], float]) -> Iterable[str]:
    """A word broken where it would be wider than `room`."""
    piece = ""
    for sign in word:
        if piece and measure(piece + sign) > room:
            yield piece
            piece = ""
        piece += sign
    yield piece


def wrapped(text: str, room: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    lines: list[str] = []
    for paragraph in _NUMBERED.sub(GLUE, text).split("\n"):
        line = ""
        for word in filter(None, BLANKS.split(paragraph)):
            for i, piece in enumerate(_pieces(word, room, measure)):
                joined = f"{line} {piece}" if line and i == 0 else piece
                if line and (i > 0 or measure(joined) > room):
                    lines.append(line)
                    joined = piece
                line = joined
        lines.append(line)
    return tuple(line.replace(GLUE, " ") for line in lines)


@lru_cache(maxsize=512)  # captions and titles are the same on page after page
def fit(text: str, box: Box, size: float, font: str = REGULAR, least: float = LEAST_SIZE) -> Fitted:
    """Wrap `text` into `box`, smaller than `size` points where it must be.

    Errors: TextDoesNotFit (E5001) when it does not fit at `least` points either, SignsMissing (E5003).
    """
    register()
    text = _composed(text)
    require_signs(text, font)
    tried = size
    while tried >= least - 1e-9:
        fitted = Fitted(wrapped(text, box.w, _measure(tried, font)), tried)
        widest = max(width(line, tried, font) for line in fitted.lines)
        if fitted.height <= box.h + 1e-6 and widest <= box.w + 1e-6:
            return fitted
        tried -= _STEP
    raise TextDoesNotFit(text=text, width=round(box.w, 1), height=round(box.h, 1))


def require_signs(text: str, font: str = REGULAR) -> None:
    """Refuse a text that the font can't print: SignsMissing (E5003). Blanks and line ends need no sign."""
    if signs := missing_signs(text, font):
        raise SignsMissing(text=_composed(text), signs=signs)


def missing_signs(text: str, font: str = REGULAR) -> str:
    """The signs of a text that the font doesn't have, as `学 (U+5B66)`; empty when it has all."""
    register()
    known = pdfmetrics.getFont(font).face.charToGlyph
    unknown = {sign for sign in _composed(text) if not sign.isspace() and ord(sign) not in known}
    return ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in sorted(unknown))


def _measure(size: float, font: str) -> Callable[[str], float]:
    return lambda piece: width(piece.replace(GLUE, " "), size, font)


# --- the page ---------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 14)
def _number(value: float) -> str:
    """A number as reportlab spells it. A code has hundreds of boxes but few numbers, and spelling was half of the time
    that a page takes to print."""
    return str(fp_str(value))


def _line_style(line: float, ink: float) -> str:
    return f"{_number(line / POINT)} w {_number(1.0 - ink)} G"


def _rectangle(box: Box) -> str:
    sizes = (box.x / POINT, _up(box.bottom), box.w / POINT, box.h / POINT)
    return f"{' '.join(map(_number, sizes))} re"


class Press:
    """One PDF being printed, page after page, in millimetres from the top left corner. Pictures go to `out` while pages
    are drawn: when drawing fails, what is there is no PDF and must be thrown away."""

    def __init__(self, out: BinaryIO) -> None:
        register()
        self.canvas: Any = Canvas(
            out, pagesize=_UPRIGHT, pdfVersion=(1, 7), invariant=1, pageCompression=1, initialFontName=REGULAR
        )
        self.file = StraightFile(self.canvas, out)
        self.pages = 0

    def lay_across(self) -> None:
        """This page lies: 297 wide, 210 high, still from the top left corner. Said before anything is drawn on it."""
        self.canvas.setPageSize(_ACROSS)
        self.canvas.translate(0, (A4_WIDTH - A4_HEIGHT) / POINT)

    def end_page(self) -> None:
        """Finish the page; the next one stands upright."""
        self.file.page(self.canvas, *self.canvas._pagesize)
        self.canvas.setPageSize(_UPRIGHT)
        self.pages += 1

    @contextmanager
    def half(self, half: int) -> Iterator[None]:
        """What is drawn meanwhile comes onto the left (0) or right (1) half of a page that lies, smaller."""
        self.canvas.setPageSize(_ACROSS)
        self.canvas.saveState()
        self.canvas.translate(half * A4_HEIGHT / 2 / POINT, 0)
        self.canvas.scale(A4_WIDTH / A4_HEIGHT, A4_WIDTH / A4_HEIGHT)
        yield
        self.canvas.restoreState()

    def finish(self) -> int:
        """Write the rest of the file and say how many pages it has."""
        self.canvas.save()
        return self.pages

    def again(self, key: str, draw: Callable[[], None]) -> None:
        """What `draw` puts on the page, stored once in the file however many pages show it; `key` names it there."""
        if not self.file.knows(self.canvas._doc.getXObjectName(key)):
            self.canvas.beginForm(key, 0, 0, A4_WIDTH / POINT, A4_HEIGHT / POINT)
            draw()
            self.canvas.endForm()
        self.canvas.doForm(key)

    def place(self, key: str, box: Box) -> None:
        """A picture that the file knows by this name fills the box."""
        sizes = (box.w / POINT, 0, 0, box.h / POINT, box.x / POINT, _up(box.bottom))
        self.canvas._code.append(f"q {' '.join(map(_number, sizes))} cm")
        self.canvas.doForm(key)
        self.canvas._code.append("Q")

    # shapes

    def fill(self, box: Box, ink: float = 1.0) -> None:
        """A filled rectangle."""
        self._blacken([box], ink)

    def frame(self, box: Box, line: float = 0.2, ink: float = 1.0) -> None:
        """The outline of a rectangle, its line centred on the edges."""
        self.canvas._code.append(f"{_line_style(line, ink)} n {_rectangle(box)} S")

    def line(self, start: tuple[float, float], end: tuple[float, float], line: float = 0.2, ink: float = 1.0) -> None:
        """A straight line `line` millimetres thick."""
        (x, y), (to_x, to_y) = ((_number(at[0] / POINT), _number(_up(at[1]))) for at in (start, end))
        self.canvas._code.append(f"{_line_style(line, ink)} n {x} {y} m {to_x} {to_y} l S")

    def _blacken(self, boxes: Sequence[Box], ink: float) -> None:
        # One path for all: separate rectangles leave hairlines between neighbours when rendered.
        self.canvas._code.append(f"{_number(1.0 - ink)} g n {' '.join(map(_rectangle, boxes))} f")

    def _modules(self, rows: Sequence[str], box: Box) -> None:
        high = box.h / len(rows)
        self._blacken(
            [
                Box(box.x + start * box.w / len(row), box.y + i * high, length * box.w / len(row), high)
                for i, row in enumerate(rows)
                for start, length in runs(row)
            ],
            1.0,
        )

    # codes and marks

    def mark(self, mark: Mark) -> None:
        """An ArUco registration mark filling its box."""
        self._modules(aruco_modules(mark.marker), mark.box)

    def qr(self, box: Box, payload: str) -> None:
        """A QR code centred in `box`, whose margin is the quiet zone."""
        rows = qr_modules(payload)
        quiet = min(box.w, box.h) * QR_QUIET / (len(rows) + 2 * QR_QUIET)
        side = min(box.w, box.h) - 2 * quiet
        x, y = box.centre
        self._modules(rows, Box(x - side / 2, y - side / 2, side, side))

    def bar(self, box: Box, payload: str) -> None:
        """A Code128 of digits filling the height of `box`, a quiet zone at both ends."""
        modules = bar_modules(payload)
        quiet = box.w * BAR_QUIET / (len(modules) + 2 * BAR_QUIET)
        self._modules((modules,), Box(box.x + quiet, box.y, box.w - 2 * quiet, box.h))

    # text

    def text(
        self,
        box: Box,
        text: str,
        size: float,
        font: str = REGULAR,
        *,
        align: Align = Align.LEFT,
        upright: float = 0.0,
        ink: float = 1.0,
        least: float = LEAST_SIZE,
    ) -> Fitted:
        """Text wrapped and shrunk into `box`; `upright` 0 stands at its top, 0.5 in the middle, 1 at its foot.

        Errors: TextDoesNotFit (E5001).
        """
        fitted = fit(text, box, size, font, least)
        self.canvas.setFillGray(1.0 - ink)
        self.canvas.setFont(font, fitted.size)
        baseline = box.y + (box.h - fitted.height) * upright + _ASCENT * fitted.size * POINT
        for line in fitted.lines:
            self._set_line(box, baseline, line, align)
            baseline += LEADING * fitted.size * POINT
        return fitted

    def _set_line(self, box: Box, baseline: float, line: str, align: Align) -> None:
        match align:
            case Align.LEFT:
                self.canvas.drawString(box.x / POINT, _up(baseline), line)
            case Align.CENTRE:
                self.canvas.drawCentredString(box.centre[0] / POINT, _up(baseline), line)
            case Align.RIGHT:
                self.canvas.drawRightString(box.right / POINT, _up(baseline), line)


def _up(y: float) -> float:
    """Points from the foot of the page, as PDF counts."""
    return (A4_HEIGHT - y) / POINT


def canvas(out: BinaryIO) -> Press:
    """A new PDF, written to `out` when finished."""
    return Press(out)
