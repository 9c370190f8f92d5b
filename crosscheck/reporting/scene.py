"""A picture as shapes, before anybody knows whether it goes to paper or to a browser. Pure.

Points; the origin is above left and y grows downwards. A `hint` is what a reader is told of a shape.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crosscheck.report import Band

INK, PALE, GRID = "#222222", "#5F5F5F", "#D0D0D0"
SERIES = ("#1F4E79", "#B45309", "#3F6212", "#6B21A8")  # each 4.5:1 or better on white
FILLS = {Band.GREEN: "#C9E7B5", Band.YELLOW: "#FFF0A8", Band.RED: "#F6B9B4"}  # of cells
_WIDE = 0.68  # of the size of type: a sign of Russian text in a wide font, in the mean


class Anchor(enum.Enum):
    """Where the point of a text is."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    w: float
    h: float
    fill: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points; dashed where colour alone wouldn't tell it from another."""

    points: tuple[tuple[float, float], ...]
    ink: str = INK
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A round mark, or a square one."""

    x: float
    y: float
    r: float
    fill: str
    square: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; `upright`: turned to run from below upwards."""

    x: float
    y: float
    text: str
    size: float = 8.0
    anchor: Anchor = Anchor.START
    upright: bool = False
    ink: str = INK


Shape = Box | Stroke | Dot | Words


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture with its size and what it shows, in words."""

    title: str
    told: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def wide(text: str, size: float) -> float:
    """About how many points a text takes; fonts of browsers differ, so nothing hangs on it exactly."""
    return len(text) * size * _WIDE
