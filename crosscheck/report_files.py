"""Reports as files: XLSX workbooks and PDF papers. The same report gives the same bytes, on any day and computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from crosscheck import typeset
from crosscheck.i18n import translator
from crosscheck.pdffile import StraightFile
from crosscheck.report import Report, Table
from crosscheck.report_text import clean as clean
from crosscheck.report_text import csv_of as csv_of
from crosscheck.report_text import text_of as text_of
from crosscheck.reporting import grid, paper_charts
from crosscheck.reporting.drawing import scenes
from crosscheck.reporting.pen import BASE, LEADING, Line, Pen, Type, lines, wide
from crosscheck.reporting.scene import Scene
from crosscheck.reporting.workbook import write_xlsx as write_xlsx

_MARGIN = 14 * mm
_MOST_WIDE, _MOST_HIGH = 190 * mm, 160 * mm
_TITLE, _LINE, _SECTION = Type(14, typeset.BOLD), Type(10), Type(11, typeset.BOLD)
_CAPTION, _NOTE, _NUMBER = Type(10, typeset.BOLD), Type(8), Type(8)


@dataclass(frozen=True, slots=True)
class Picture:
    """Something drawn: `draw(canvas, width, height)` in points, the origin below left. height: of the picture in
    millimetres; None: all that is left of the page."""

    draw: Callable[[Canvas, float, float], None]
    height: float | None = None


# --- what stands below each other ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    how: Type


@dataclass(frozen=True, slots=True)
class _Gap:
    """Nothing, so many points of it."""

    height: float


@dataclass(frozen=True, slots=True)
class _Together:
    """What follows begins on a new page where less is left of this one: no title stands alone at its foot."""

    height: float


@dataclass(frozen=True, slots=True)
class _Chart:
    scene: Scene
    height: float


_Part = _Words | _Gap | _Together | _Chart | Picture | Table


def write_pdf(report: Report, out: BinaryIO, pictures: Sequence[Picture] = ()) -> None:
    """Write a paper: A4, upright or, for wide tables, across; headers repeat on every page. Pictures come first."""
    across = any(len(table.columns) > 8 for table in report.tables)
    paper = _Paper(out, landscape(A4) if across else A4)
    for part in _parts(report, pictures, paper.room):
        paper.put(part)
    paper.finish()


def _parts(report: Report, pictures: Sequence[Picture], room: float) -> Iterator[_Part]:
    yield _Words(report.title, _TITLE)
    yield from (_Words(line, _LINE) for line in report.lines)
    for opening in report.opening:
        yield from (_Gap(3 * mm), _Words(opening, _LINE))
    for picture in pictures:
        yield _Gap(4 * mm)
        yield picture
    for table in report.tables:
        yield from (_Together(45 * mm), _Gap(5 * mm), _Words(table.title, _SECTION), _Gap(2 * mm))
        if table.rows or not table.notes:  # of nothing the notes say why
            yield table
        yield _Gap(1 * mm)
        yield from (_Words(note, _NOTE) for note in table.notes)
        for scene in scenes(table):
            yield from _chart(scene, room)
    for closing in report.closing:
        yield from (_Gap(3 * mm), _Words(closing, _LINE))
    formulas = report.formulas()
    if formulas:
        how = translator(report.language)("How it is computed")
        yield from (_Together(30 * mm), _Gap(5 * mm), _Words(how, _SECTION), _Gap(1 * mm))
        yield from (_Words(f"{formula.name}: {formula.text}", _NOTE) for formula in formulas)


def _chart(scene: Scene, room: float) -> Iterator[_Part]:
    """A chart under its title, as wide as the page, or as high as fits on one."""
    height = min(min(room, _MOST_WIDE) * scene.height / scene.width, _MOST_HIGH)
    yield from (_Together(height + 15 * mm), _Gap(4 * mm), _Words(scene.title, _CAPTION), _Gap(1 * mm))
    yield _Chart(scene, height)


class _Paper:
    """Pages that are filled from above, each with its number."""

    def __init__(self, out: BinaryIO, size: tuple[float, float]) -> None:
        typeset.register()
        self._size = size
        self.room, self._top = size[0] - 2 * _MARGIN, size[1] - _MARGIN
        self._canvas = Canvas(
            out, pagesize=size, pdfVersion=(1, 7), invariant=1, pageCompression=1, initialFontName=typeset.REGULAR
        )
        self._file = StraightFile(self._canvas, out)
        self._pen = Pen(self._canvas)
        self._page, self._y = 1, self._top

    def put(self, part: _Part) -> None:
        """The next thing, below what is there."""
        match part:
            case _Words():
                self._words(part)
            case _Gap(height=height):
                self._y -= height if self._y < self._top else 0  # a page doesn't begin with nothing
            case _Together(height=height):
                self._need(height)
            case _Chart(scene=scene, height=height):
                self._draw(height, lambda high: paper_charts.draw(self._pen, scene, self.room, high))
            case Picture(draw=draw, height=height):
                of_page = None if height is None else height * mm
                self._draw(of_page, lambda high: draw(self._canvas, self.room, high))
            case Table():
                self._table(part)

    def finish(self) -> None:
        self._end_page()
        self._canvas.save()

    def _need(self, height: float) -> None:
        if self._y - height < _MARGIN and self._y < self._top:
            self._turn()

    def _turn(self) -> None:
        self._end_page()
        self._page, self._y = self._page + 1, self._top

    def _end_page(self) -> None:
        number = str(self._page)
        x = self._size[0] - _MARGIN - wide(number) * _NUMBER.size
        self._pen.write([(x, 8 * mm, number)], _NUMBER)
        self._file.page(self._canvas, *self._size)

    def _words(self, words: _Words) -> None:
        size = words.how.size
        placed: list[Line] = []
        for line in lines(clean(words.text), self.room / size, words.how.font):
            if self._y - size * LEADING < _MARGIN:
                self._pen.write(placed, words.how)
                placed = []
                self._turn()
            placed.append((_MARGIN, self._y - size * BASE, line))
            self._y -= size * LEADING
        self._pen.write(placed, words.how)

    def _draw(self, height: float | None, draw: Callable[[float], None]) -> None:
        high = self._y - _MARGIN - 1 if height is None else height
        self._need(high)
        self._canvas.saveState()
        self._canvas.translate(_MARGIN, self._y - high)
        draw(high)
        self._canvas.restoreState()
        self._y -= high

    def _table(self, table: Table) -> None:
        made = grid.laid_out(table, self.room)
        for n, rows in enumerate(grid.parts(made, self._y - _MARGIN, self._top - _MARGIN)):
            if n > 0:
                self._turn()
            if rows:
                self._y = grid.draw(self._pen, made, rows, _MARGIN, self._y)
