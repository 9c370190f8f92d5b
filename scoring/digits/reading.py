"""The digit cells of one sheet: cut out of the scan, looked at, and recognised all at once."""

from __future__ import annotations

from collections.abc import Sequence

from crosscheck.geometry import Box
from scoring.cells import Scene, Shift, inked, streaked
from scoring.digits.glyph import AROUND_MM, Empty, Glyph, Unclear, look_at
from scoring.digits.network import beliefs
from scoring.digits.numbers import CellLook, Nothing, Sign, Unsure


def looks(scene: Scene, cells: Sequence[tuple[Box, Shift]]) -> list[CellLook]:
    """What stands in each cell, in their order."""
    seen = [_seen(scene, box, shift) for box, shift in cells]
    believed = iter(beliefs([each.picture for each in seen if isinstance(each, Glyph)]))
    found: list[CellLook] = []
    for each in seen:
        match each:
            case Glyph(hole=hole):
                found.append(Sign(tuple(float(share) for share in next(believed)), hole))
            case Empty():
                found.append(Nothing())
            case Unclear(why):
                found.append(Unsure(why))
    return found


def _seen(scene: Scene, box: Box, shift: Shift) -> Glyph | Empty | Unclear:
    if streaked(scene, box, shift):
        return Unclear("streak")
    ink, print_ = inked(scene, box, AROUND_MM, shift)
    return look_at(ink, print_, scene.levels.ink, scene.levels.faint)
