"""Scenes on paper, as vectors."""

from __future__ import annotations

from crosscheck.reporting.pen import Pen, Type, filled, stroked, wide
from crosscheck.reporting.scene import Anchor, Box, Dot, Scene, Shape, Stroke, Words


def draw(pen: Pen, scene: Scene, width: float, height: float) -> None:
    """The scene in a box of so many points, the origin below left: as wide as the box, or as high."""
    scale = min(width / scene.width, height / scene.height)
    pen.canvas.saveState()
    pen.canvas.translate(0, height)
    pen.canvas.scale(scale, scale)
    for shape in scene.shapes:
        _shape(pen, shape)
    pen.canvas.restoreState()


def _shape(pen: Pen, shape: Shape) -> None:
    match shape:
        case Box(x=x, y=y, w=w, h=h, fill=fill):
            pen.fill([(x, -y - h, w, h)], filled(fill))
        case Stroke(points=points, ink=ink, width=width, dashed=dashed):
            pen.rule([[(x, -y) for x, y in points]], stroked(ink), width, "5 3" if dashed else "")
        case Dot(x=x, y=y, r=r, fill=fill, square=True):
            pen.fill([(x - r, -y - r, 2 * r, 2 * r)], filled(fill))
        case Dot(x=x, y=y, r=r, fill=fill):
            pen.dot(x, -y, r, stroked(fill))
        case Words():
            _words(pen, shape)


def _words(pen: Pen, words: Words) -> None:
    """Where the point of a text is in its middle, or at its end, it starts so much before."""
    before = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}[words.anchor] * wide(words.text) * words.size
    how, ink = Type(words.size), filled(words.ink)
    if words.upright:
        pen.turn(words.x, -words.y - before, words.text, how, ink)
    else:
        pen.write([(words.x - before, -words.y, words.text)], how, ink)
