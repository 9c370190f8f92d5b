"""Draws the pictures of an allocation: the square of schools, and bars of loads. Readable in black and white too."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from crosscheck import typeset
from crosscheck.i18n import gettext
from crosscheck.report_files import Picture
from packets import charts
from packets.calling import Calling
from packets.charts import Bars, Matrix
from packets.overview import Overview

_FRAME, _GRID, _OWN = HexColor("#D9480F"), HexColor("#C8C8C8"), HexColor("#E4E4E4")
_PALE, _DEEP = (0.90, 0.94, 0.99), (0.10, 0.32, 0.60)
_LARGEST_CELL, _NAMED, _NUMBERED = 11 * mm, 2.0 * mm, 4.2 * mm  # from which size cells have names, and numbers
_LEGEND, _TITLE = 13 * mm, 9 * mm
_BARS = 55.0  # millimetres
_LEAST_WIDE, _MOST_WIDE, _MOST_PIXELS = 190 * mm, 1200 * mm, 8000
Words = Callable[[str], str]


def matrix_picture(seen: Overview, called: Calling) -> Picture:
    """Who marks whom, on all that is left of a page."""
    matrix = charts.matrix_of(seen, called, gettext)
    return Picture(lambda canvas, width, height: draw_matrix(canvas, matrix, width, height, gettext))


def bar_pictures(seen: Overview) -> list[Picture]:
    """Works and pages of all experts."""

    def picture(bars: Bars) -> Picture:
        return Picture(lambda canvas, width, height: draw_bars(canvas, bars, width, height, gettext), _BARS)

    return [picture(bars) for bars in charts.bars_of(seen, gettext)]


def matrix_png(seen: Overview, called: Calling) -> bytes:
    """Who marks whom as an image, as large as its numbers need; of a city as large as screens can show."""
    import pypdfium2

    matrix = charts.matrix_of(seen, called, gettext)
    side = _margin(matrix) + (len(matrix.names) + 1) * _NUMBERED
    width = min(max(_LEAST_WIDE, side), _MOST_WIDE)
    page, image = io.BytesIO(), io.BytesIO()
    edge = 5 * mm
    height = width + _TITLE + _LEGEND
    canvas = Canvas(page, pagesize=(width + 2 * edge, height + 2 * edge), invariant=1)
    canvas.translate(edge, edge)
    draw_matrix(canvas, matrix, width, height, gettext)
    canvas.save()
    scale = min(200 / 72, _MOST_PIXELS / height)
    pypdfium2.PdfDocument(page.getvalue())[0].render(scale=scale).to_pil().save(image, "PNG")
    return image.getvalue()


@dataclass(frozen=True, slots=True)
class Square:
    """Where the matrix stands on the paper, in points; the origin is below left."""

    left: float
    top: float
    cell: float

    def corner(self, row: int, column: int) -> tuple[float, float]:
        """The lower left corner of a cell."""
        return self.left + column * self.cell, self.top - (row + 1) * self.cell


def draw_matrix(canvas: Canvas, matrix: Matrix, width: float, height: float, _: Words) -> None:
    """The square of schools in a box of so many points: shades and numbers, frames round pairs that mark each other."""
    typeset.register()
    square = _placed(matrix, width, height)
    canvas.setFont(typeset.BOLD, 11)
    canvas.drawString(0, height - 4 * mm, _(charts.TITLE))
    if not matrix.names:
        return
    for row in range(len(matrix.names)):
        for column in range(len(matrix.names)):
            _cell(canvas, matrix, square, row, column)
    _grid(canvas, matrix, square)
    # Frames come last, or the next cell would hide half of one.
    for row, column in sorted(matrix.mutual):
        _framed(canvas, square, row, column)
    if square.cell >= _NAMED:
        _names(canvas, matrix, square, _)
    else:
        canvas.setFont(typeset.REGULAR, 8)
        canvas.setFillColor(black)
        canvas.drawString(0, height - 9 * mm, _(charts.TOO_MANY))
    _legend(canvas, matrix, square.top - (len(matrix.names) + 1) * square.cell - 9 * mm, _)


def _placed(matrix: Matrix, width: float, height: float) -> Square:
    size = len(matrix.names) + 1  # the last row and column are sums
    beside = _margin(matrix)
    cell = min(_LARGEST_CELL, (width - beside) / size, (height - beside - _TITLE - _LEGEND) / size)
    return Square(beside, height - _TITLE - beside, cell)


def _margin(matrix: Matrix) -> float:
    """Room left of the square, and above it, for names."""
    return float(8 * mm) + _longest(matrix)


def _longest(matrix: Matrix) -> float:
    widths = [float(typeset.width(name, 8)) * mm for name in matrix.names]
    return max(widths, default=0.0)


def _cell(canvas: Canvas, matrix: Matrix, square: Square, row: int, column: int) -> None:
    x, y = square.corner(row, column)
    count = matrix.counts.get((row, column), 0)
    if count:
        share = count / matrix.most
        canvas.setFillColor(_shade(share))
        canvas.rect(x, y, square.cell, square.cell, stroke=0, fill=1)
        _number(canvas, square, x, y, count, share > 0.5)
    elif row == column:
        canvas.setFillColor(_OWN)
        canvas.rect(x, y, square.cell, square.cell, stroke=0, fill=1)


def _number(canvas: Canvas, square: Square, x: float, y: float, count: int, on_dark: bool) -> None:
    if square.cell < _NUMBERED:
        return
    size = _fitting(square, str(count))
    canvas.setFillColor(white if on_dark else black)
    canvas.setFont(typeset.REGULAR, size)
    canvas.drawCentredString(x + square.cell / 2, y + square.cell / 2 - size * 0.36, str(count))


def _fitting(square: Square, text: str) -> float:
    """Points at which a text fits into a cell."""
    return min(8.0, float(8.0 * 0.86 * square.cell / (typeset.width(text, 8.0) * mm)))


def _grid(canvas: Canvas, matrix: Matrix, square: Square) -> None:
    size, side = len(matrix.names), len(matrix.names) * square.cell
    canvas.setStrokeColor(_GRID)
    canvas.setLineWidth(0.3)
    for at in range(size + 1):
        canvas.line(square.left + at * square.cell, square.top, square.left + at * square.cell, square.top - side)
        canvas.line(square.left, square.top - at * square.cell, square.left + side, square.top - at * square.cell)


def _framed(canvas: Canvas, square: Square, row: int, column: int) -> None:
    """A frame inside the cell and a filled corner: seen in black and white too."""
    x, y = square.corner(row, column)
    inset = min(0.5, square.cell * 0.08)
    canvas.setStrokeColor(_FRAME)
    canvas.setFillColor(_FRAME)
    canvas.setLineWidth(min(1.1, square.cell * 0.15))
    canvas.rect(x + inset, y + inset, square.cell - 2 * inset, square.cell - 2 * inset, stroke=1, fill=0)
    corner = canvas.beginPath()
    corner.moveTo(x + inset, y + square.cell - inset)
    corner.lineTo(x + inset + square.cell * 0.26, y + square.cell - inset)
    corner.lineTo(x + inset, y + square.cell - inset - square.cell * 0.26)
    corner.close()
    canvas.drawPath(corner, stroke=0, fill=1)


def _names(canvas: Canvas, matrix: Matrix, square: Square, _: Words) -> None:
    size, side = min(8.0, square.cell * 0.8), len(matrix.names) * square.cell
    canvas.setFillColor(black)
    canvas.setFont(typeset.REGULAR, size)
    of_works, of_experts = _sums(matrix)
    for at, name in enumerate([*matrix.names, _(charts.TOTAL)]):
        middle = (at + 0.5) * square.cell
        canvas.drawRightString(square.left - 1.2 * mm, square.top - middle - size * 0.36, name)
        _upright(canvas, square.left + middle + size * 0.36, square.top + 1.2 * mm, name)
    for at in range(len(matrix.names)):
        _number(canvas, square, *square.corner(at, len(matrix.names)), of_works[at], on_dark=False)
        _number(canvas, square, *square.corner(len(matrix.names), at), of_experts[at], on_dark=False)
    canvas.setFont(typeset.BOLD, 8)
    canvas.setFillColor(black)
    canvas.drawCentredString(square.left + side / 2, square.top + _longest(matrix) + 3.5 * mm, f"{_(charts.COLUMNS)} →")
    canvas.saveState()
    canvas.translate(3.5 * mm, square.top - side / 2)
    canvas.rotate(90)
    canvas.drawCentredString(0, 0, f"← {_(charts.ROWS)}")
    canvas.restoreState()


def _upright(canvas: Canvas, x: float, y: float, text: str) -> None:
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(90)
    canvas.drawString(0, 0, text)
    canvas.restoreState()


def _sums(matrix: Matrix) -> tuple[list[int], list[int]]:
    works, experts = [0] * len(matrix.names), [0] * len(matrix.names)
    for (row, column), count in matrix.counts.items():
        works[row] += count
        experts[column] += count
    return works, experts


def _legend(canvas: Canvas, matrix: Matrix, foot: float, _: Words) -> None:
    x, side = 0.0, 4 * mm
    samples: tuple[tuple[str, int, Callable[[Square], None]], ...] = (
        (charts.MUTUAL, 1, lambda at: _framed(canvas, at, 0, 0)),
        (charts.OWN, 1, lambda at: _cell(canvas, Matrix(("",), {}, frozenset()), at, 0, 0)),
        (charts.SHADE, 5, lambda at: _shades(canvas, at)),
    )
    for text, cells, draw in samples:
        canvas.setStrokeColor(_GRID)
        canvas.setLineWidth(0.3)
        canvas.rect(x, foot, side * cells, side)
        draw(Square(x, foot + side, side))
        x += side * cells + 1.5 * mm
        said = _(text).format(most=matrix.most)
        canvas.setFillColor(black)
        canvas.setFont(typeset.REGULAR, 8)
        canvas.drawString(x, foot + 1 * mm, said)
        x += typeset.width(said, 8) * mm + 7 * mm


def _shades(canvas: Canvas, at: Square) -> None:
    for n in range(5):
        canvas.setFillColor(_shade((n + 1) / 5))
        canvas.rect(at.left + n * at.cell, at.top - at.cell, at.cell, at.cell, stroke=0, fill=1)


def _shade(share: float) -> Color:
    return Color(*(a + (b - a) * share for a, b in zip(_PALE, _DEEP, strict=True)))


# --- loads --------------------------------------------------------------------------------------------


def draw_bars(canvas: Canvas, bars: Bars, width: float, height: float, _: Words) -> None:
    """A bar for each expert, the largest first, with what they range over."""
    typeset.register()
    canvas.setFillColor(black)
    canvas.setFont(typeset.BOLD, 9)
    canvas.drawString(0, height - 3.5 * mm, bars.title)
    if not bars.values:
        return
    mean = f"{sum(bars.values) / len(bars.values):.1f}".replace(".", ",")
    said = _(charts.RANGE).format(least=min(bars.values), most=max(bars.values), mean=mean)
    canvas.setFont(typeset.REGULAR, 9)
    canvas.drawString(typeset.width(bars.title, 9, typeset.BOLD) * mm + 4 * mm, height - 3.5 * mm, said)
    foot, room = 2 * mm, height - 8 * mm
    step = min(9 * mm, (width - 10 * mm) / len(bars.values))
    # A capacity far above all works would press them flat: the outline may leave the picture.
    scale = room / (max(1.0, *bars.values, min(max((0, *bars.outlines)), 2.0 * max(bars.values))))
    canvas.setLineWidth(min(0.5, step * 0.1))
    for at, value in enumerate(bars.values):
        x = 10 * mm + at * step
        canvas.setFillColor(Color(*_DEEP))
        canvas.rect(x + step * 0.12, foot, step * 0.76, value * scale, stroke=0, fill=1)
        if bars.outlines:
            canvas.setStrokeColor(HexColor("#8C8C8C"))
            canvas.rect(x + step * 0.12, foot, step * 0.76, min(bars.outlines[at] * scale, room), stroke=1, fill=0)
    canvas.setStrokeColor(black)
    canvas.setLineWidth(0.5)
    canvas.line(10 * mm, foot, 10 * mm + step * len(bars.values), foot)
    canvas.setFillColor(black)
    canvas.setFont(typeset.REGULAR, 8)
    for value in sorted({0, max(bars.values)}):
        canvas.drawRightString(9 * mm, foot + value * scale - 1 * mm, str(value))
