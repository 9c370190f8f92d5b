"""What was read of a sheet, as it is recorded: plain values, measures as JSON, crops by name."""

from __future__ import annotations

import json
from dataclasses import dataclass

from crosscheck.model import Ambiguous, Blank, BlobId, Damaged, Given, NotAttempted, Points
from scoring.crops import crop_name
from scoring.digits.numbers import Illegible, NoNumber, NumberReading, Shares
from scoring.reading import CellSeen, SumSeen


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is recorded."""

    row: int
    criterion: str
    kind: str
    points: int | None
    candidates: str
    rule: str
    measures: str
    crop: str


@dataclass(frozen=True, slots=True)
class RowSum:
    """The sum of one row as it is recorded."""

    row: int
    kind: str
    points: int | None
    measures: str
    crop: str


def recorded_cell(cell: CellSeen, picture: BlobId) -> Cell:
    """A cell of a sheet whose picture is kept."""
    kind, points, candidates = _plain(cell)
    return Cell(
        cell.row,
        cell.criterion,
        kind,
        points,
        json.dumps([_spelled(given) for given in candidates]),
        cell.rule.value,
        json.dumps(_measures(cell)),
        crop_name(picture, cell.crop),
    )


def _measures(cell: CellSeen) -> dict[str, object]:
    if not isinstance(cell.evidence, tuple):
        return _number(cell.evidence)
    return {
        _spelled(box.given): [round(box.coverage, 3), round(box.faint, 3), round(box.ring, 3), round(box.extent, 3)]
        for box in cell.evidence
    }


def _number(number: NumberReading) -> dict[str, object]:
    """What digits say, as it is kept: values by how much they are believed."""
    match number:
        case Shares():
            likely = {_spelled(given): round(number.share(given), 3) for given in number.proposals()}
            return {"believed": likely, "mass": round(number.mass, 3), "signs": number.signs, "hole": number.hole}
        case NoNumber():
            return {}
        case Illegible(why):
            return {"illegible": why}


def recorded_sum(one: SumSeen, picture: BlobId) -> RowSum:
    """A sum of a sheet whose picture is kept."""
    points = one.points()
    return RowSum(one.row, one.says.value, points, json.dumps(_number(one.number)), crop_name(picture, one.crop))


def _plain(cell: CellSeen) -> tuple[str, int | None, tuple[Given, ...]]:
    match cell.reading:
        case Points(value):
            return "points", value, ()
        case NotAttempted():
            return "not_attempted", None, ()
        case Blank():
            return "blank", None, ()
        case Ambiguous(candidates):
            return "ambiguous", None, candidates
        case Damaged():
            return "damaged", None, ()


def _spelled(given: Given) -> str:
    return "X" if isinstance(given, NotAttempted) else str(given.value)
