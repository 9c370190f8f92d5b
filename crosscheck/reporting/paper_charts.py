"""Scenes on paper, as vectors."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from crosscheck import typeset
from crosscheck.reporting.scene import Anchor, Box, Dot, Scene, Shape, Stroke, Words


def draw(canvas: Canvas, scene: Scene, width: float, height: float) -> None:
    """The scene in a box of so many points, the origin below left: as wide as the box, or as high."""
    typeset.register()
    scale = min(width / scene.width, height / scene.height)
    canvas.saveState()
    canvas.translate(0, height)
    canvas.scale(scale, scale)
    for shape in scene.shapes:
        _shape(canvas, shape)
    canvas.restoreState()


def _shape(canvas: Canvas, shape: Shape) -> None:
    match shape:
        case Box(x=x, y=y, w=w, h=h, fill=fill):
            _fill(canvas, x, y, w, h, fill)
        case Stroke():
            _stroke(canvas, shape)
        case Dot(x=x, y=y, r=r, fill=fill, square=True):
            _fill(canvas, x - r, y - r, 2 * r, 2 * r, fill)
        case Dot(x=x, y=y, r=r, fill=fill):
            canvas.setFillColor(HexColor(fill))
            canvas.circle(x, -y, r, stroke=0, fill=1)
        case Words():
            _words(canvas, shape)


def _fill(canvas: Canvas, x: float, y: float, w: float, h: float, fill: str) -> None:
    canvas.setFillColor(HexColor(fill))
    canvas.rect(x, -y - h, w, h, stroke=0, fill=1)


def _stroke(canvas: Canvas, stroke: Stroke) -> None:
    canvas.setStrokeColor(HexColor(stroke.ink))
    canvas.setLineWidth(stroke.width)
    canvas.setDash([5, 3] if stroke.dashed else [])
    path = canvas.beginPath()
    path.moveTo(stroke.points[0][0], -stroke.points[0][1])
    for x, y in stroke.points[1:]:
        path.lineTo(x, -y)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.setDash([])


def _words(canvas: Canvas, words: Words) -> None:
    canvas.setFillColor(HexColor(words.ink))
    canvas.setFont(typeset.REGULAR, words.size)
    canvas.saveState()
    canvas.translate(words.x, -words.y)
    if words.upright:
        canvas.rotate(90)
    match words.anchor:
        case Anchor.START:
            canvas.drawString(0, 0, words.text)
        case Anchor.MIDDLE:
            canvas.drawCentredString(0, 0, words.text)
        case Anchor.END:
            canvas.drawRightString(0, 0, words.text)
    canvas.restoreState()
