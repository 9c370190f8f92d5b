"""The digit cells of one sheet: cut out of the scan, looked at, and recognised all at once."""

from __future__ import annotations

from collections.abc import Sequence

from crosscheck.geometry import Box
from scoring.cells import Scene, inked, streaked
from scoring.digits.glyph import AROUND_MM, Empty, Glyph, Unclear, look_at_all
from scoring.digits.network import beliefs
from scoring.digits.numbers import CellLook, Nothing, Sign, Unsure
from scoring.finding import Shift


def looks(scene: Scene, cells: Sequence[tuple[Box, Shift]]) -> list[CellLook]:
    """What stands in each cell, in their order."""
    inks = inked(scene, cells, AROUND_MM)
    signs = look_at_all(inks, scene.levels.ink, scene.levels.faint)
    seen = [Unclear("streak") if streaked(scene, *place) else sign for place, sign in zip(cells, signs, strict=True)]
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
