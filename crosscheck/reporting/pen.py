"""What is drawn on one paper, put straight into its pages: a report has thousands of cells and marks, and an object for
each took most of the time. Points; the origin is where the canvas has it, y grows upwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from crosscheck import typeset
from crosscheck.typeset import BLANKS, GLUE

# Points stay in the line of what they were given for, and numbers of works are never broken.
_GLUED = re.compile(r"(?<=[:№])[^\S\n]+(?=[\dXХ—])|(?<=\d{3})[^\S\n]+(?=\d{3}-\d)")
LEADING, BASE = 1.25, 0.97  # of the size of type: from line to line, and from the top of a line to its baseline
_MEASURED = 1 << 16
# In a string of a PDF: signs of its own, ends of lines, and what its encoding of text has elsewhere than Latin-1.
_ESCAPED = {code: f"\\{code:03o}" for code in (*range(32), *map(ord, "()\\"), *range(127, 161), 173)}


@lru_cache(maxsize=_MEASURED)  # the same words stand in table after table and report after report
def wide(text: str, font: str = typeset.REGULAR) -> float:
    """How wide a text is at one point of size; times the size in points."""
    return typeset.width(text, 1.0, font) / typeset.POINT


def words(text: str) -> list[str]:
    """What is kept in one line each."""
    return BLANKS.split(_GLUED.sub(GLUE, text).strip())


@lru_cache(maxsize=1 << 13)  # titles, notes and formulas are the same in every report
def lines(text: str, room: float, font: str = typeset.REGULAR) -> tuple[str, ...]:
    """The text broken into lines of at most `room` at one point of size; a word that is wider is broken, too."""
    return typeset.wrapped(_GLUED.sub(GLUE, text), room, lambda piece: wide(piece, font))


@dataclass(frozen=True, slots=True)
class Type:
    """A size in points and a font."""

    size: float
    font: str = typeset.REGULAR


# A line of text: from where it starts.
Line = tuple[float, float, str]


class Pen:
    """Writes on the page that a canvas holds; leaves the state of the canvas as it was."""

    def __init__(self, canvas: Canvas) -> None:
        typeset.register()
        self.canvas: Any = canvas
        self._known: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def write(self, some: Iterable[Line], how: Type, ink: str = "0 g") -> None:
        """Lines of text in one type."""
        made, current = [f"q BT {ink}"], ""
        for x, y, text in some:
            place = f"1 0 0 1 {x:.2f} {y:.2f} Tm"
            for font, shown in self._pieces(text, how.font):
                if font != current:
                    made.append(f"{font} {how.size:g} Tf")
                    current = font
                made.append(f"{place} ({shown}) Tj")
                place = ""  # what follows stands behind it
        self._add([*made, "ET Q"])

    def turn(self, x: float, y: float, text: str, how: Type, ink: str) -> None:
        """A line of text that runs from below upwards."""
        made = [f"q BT {ink} 0 1 -1 0 {x:.2f} {y:.2f} Tm"]
        made += [f"{font} {how.size:g} Tf ({shown}) Tj" for font, shown in self._pieces(text, how.font)]
        self._add([*made, "ET Q"])

    def fill(self, boxes: Iterable[tuple[float, float, float, float]], ink: str) -> None:
        """Boxes of one colour: left, foot, width, height."""
        self._add(["q", ink, *(f"{x:.2f} {y:.2f} {w:.2f} {h:.2f} re" for x, y, w, h in boxes), "f Q"])

    def rule(self, paths: Iterable[Sequence[tuple[float, float]]], ink: str, width: float, dash: str = "") -> None:
        """Lines through points."""
        made = ["q", ink, f"{width:g} w"]
        if dash:
            made.append(f"[{dash}] 0 d")
        for points in paths:
            (x, y), *more = points
            made.append(f"{x:.2f} {y:.2f} m")
            made += [f"{x:.2f} {y:.2f} l" for x, y in more]
        self._add([*made, "S Q"])

    def dot(self, x: float, y: float, r: float, ink: str) -> None:
        """A filled circle: a line of no length with round ends."""
        self._add([f"q {ink} 1 J {2 * r:.2f} w {x:.2f} {y:.2f} m {x:.2f} {y:.2f} l S Q"])

    def _add(self, made: list[str]) -> None:
        self.canvas._code.append(" ".join(made))

    def _pieces(self, text: str, font: str) -> list[tuple[str, str]]:
        """The text in the fonts of the file, which hold 255 signs each: their names, and what is written in them."""
        key = text, font
        found = self._known.get(key)
        if found is None:
            one, document = pdfmetrics.getFont(font), self.canvas._doc
            found = [
                (one.getSubsetInternalName(subset, document), codes.decode("latin-1").translate(_ESCAPED))
                for subset, codes in one.splitString(unicodedata.normalize("NFC", text), document)
            ]
            self._known[key] = found
        return found


@lru_cache(maxsize=64)
def filled(colour: str) -> str:
    """`#RRGGBB` as the colour of areas and text."""
    return f"{_parts(colour)} rg"


@lru_cache(maxsize=64)
def stroked(colour: str) -> str:
    """`#RRGGBB` as the colour of lines."""
    return f"{_parts(colour)} RG"


def _parts(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))
