"""The digit cells of one sheet: cut out of the scan, looked at, and recognised all at once."""

from __future__ import annotations

from collections.abc import Sequence

from crosscheck.geometry import Box
from scoring.cells import Dark, Flags, Scene, inked, streaked
from scoring.digits.glyph import AROUND_MM, Empty, Glyph, Unclear, look_at
from scoring.digits.network import beliefs
from scoring.digits.numbers import CellLook, Nothing, Sign, Unsure
from scoring.finding import Shift


def looks(scene: Scene, cells: Sequence[tuple[Box, Shift]]) -> list[CellLook]:
    """What stands in each cell, in their order."""
    inks = inked(scene, cells, AROUND_MM)
    seen = [_seen(scene, place, ink) for place, ink in zip(cells, inks, strict=True)]
    believed = iter(beliefs([each.picture for each in seen if isinstance(each, Glyph)]).tolist())
    found: list[CellLook] = []
    for each in seen:
        match each:
            case Glyph(hole=hole):
                found.append(Sign(tuple(next(believed)), hole))
            case Empty():
                found.append(Nothing())
            case Unclear(why):
                found.append(Unsure(why))
    return found


def _seen(scene: Scene, place: tuple[Box, Shift], ink: tuple[Dark, Flags]) -> Glyph | Empty | Unclear:
    if streaked(scene, *place):
        return Unclear("streak")
    return look_at(*ink, scene.levels.ink, scene.levels.faint)
