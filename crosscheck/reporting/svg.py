"""Scenes as SVG that stands inside a page: no script, no font and no address of its own. Pure.

Every figure has its words: a title for those who point at it, and the whole picture told for those who don't see it.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from crosscheck.report_text import clean
from crosscheck.reporting.scene import Anchor, Box, Dot, Scene, Shape, Stroke, Words


def svg(scene: Scene) -> str:
    """The picture as an element."""
    shapes = "".join(_shape(shape) for shape in scene.shapes)
    told = f"<title>{_text(scene.title)}</title><desc>{_text(scene.told)}</desc>"
    size = f'viewBox="0 0 {_n(scene.width)} {_n(scene.height)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{told}{shapes}</svg>'


def _shape(shape: Shape) -> str:
    match shape:
        case Box(x=x, y=y, w=w, h=h, fill=fill, hint=hint):
            return _with_hint("rect", f'x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" fill="{fill}"', hint)
        case Stroke(points=points, ink=ink, width=width, dashed=dashed):
            path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
            dash = ' stroke-dasharray="5 3"' if dashed else ""
            return f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="{_n(width)}"{dash}/>'
        case Dot(x=x, y=y, r=r, fill=fill, square=True, hint=hint):
            side = _n(2 * r)
            return _with_hint(
                "rect", f'x="{_n(x - r)}" y="{_n(y - r)}" width="{side}" height="{side}" fill="{fill}"', hint
            )
        case Dot(x=x, y=y, r=r, fill=fill, hint=hint):
            return _with_hint("circle", f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="{fill}"', hint)
        case Words():
            return _words(shape)


def _words(words: Words) -> str:
    turned = f' transform="rotate(-90 {_n(words.x)} {_n(words.y)})"' if words.upright else ""
    anchor = "" if words.anchor is Anchor.START else f' text-anchor="{words.anchor.value}"'
    at = f'x="{_n(words.x)}" y="{_n(words.y)}" font-size="{_n(words.size)}" fill="{words.ink}"'
    return f"<text {at}{anchor}{turned}>{_text(words.text)}</text>"


def _with_hint(name: str, attributes: str, hint: str) -> str:
    return f"<{name} {attributes}><title>{_text(hint)}</title></{name}>" if hint else f"<{name} {attributes}/>"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return escape(clean(text))


def attribute(text: str) -> str:
    """A text as the quoted value of an attribute."""
    return quoteattr(clean(text))
