"""Places on A4 paper in millimetres from the top left corner, shared by whoever prints and whoever reads."""

from __future__ import annotations

from dataclasses import dataclass

A4_WIDTH = 210.0
A4_HEIGHT = 297.0


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: left, top, width, height in millimetres."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2

    def corners(self) -> tuple[tuple[float, float], ...]:
        """Clockwise from the top left."""
        return ((self.x, self.y), (self.right, self.y), (self.right, self.bottom), (self.x, self.bottom))

    def grown(self, by: float) -> Box:
        """The same box, larger by `by` on every side (smaller when negative)."""
        return Box(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Whether the two share an area (touching edges don't count)."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def inside(self, other: Box) -> bool:
        return other.x <= self.x and other.y <= self.y and self.right <= other.right and self.bottom <= other.bottom


@dataclass(frozen=True, slots=True)
class Mark:
    """A registration mark: ArUco `marker` of the dictionary 4x4_50, its black square filling `box`."""

    marker: int
    box: Box


PAGE = Box(0.0, 0.0, A4_WIDTH, A4_HEIGHT)

MARK_SIZE = 10.0
_MARK_BOXES = (Box(10, 10, 10, 10), Box(190, 10, 10, 10), Box(190, 277, 10, 10), Box(10, 277, 10, 10))


def corner_marks(first_marker: int) -> tuple[Mark, ...]:
    """Four marks clockwise from the top left, numbered from `first_marker`: a page knows its own turn."""
    return tuple(Mark(first_marker + i, box) for i, box in enumerate(_MARK_BOXES))


# Codes stand in the same places on every page of ours: two QR codes at opposite corners and one
# Code128, so that a stain, a fold or a streak can't take all three. Boxes hold the quiet zone too.
QR_TOP = Box(163, 10, 24, 24)
QR_BOTTOM = Box(24, 262, 24, 24)
BAR_TOP = Box(26, 10, 80, 11)
