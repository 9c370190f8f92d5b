"""How well digits are read: of people whom the recogniser never learned from, written into cells of a printed
sheet with all kinds of pens, and scanned.

CROSSCHECK_DIGITS names the folder with both collections (`drill.digit_data`); without it only the part of OpenCV's that
the project carries is read. A digit is *refused* when its share of belief, or the mass, is under what is asked.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from crosscheck.model import FIRST_MARKING, AnonymousNumber, CriterionId, Given, NotAttempted, Points
from crosscheck.procedure import CaptureStyle, Control, Criterion, Procedure
from crosscheck.sheetform import SheetForm, sheet_forms
from drill import assessment, digit_data, numerals, paper, pens
from drill.digit_data import Picture
from drill.ink import Page
from packets.drawing.sheets import SheetContent, SheetRow, blank_raster
from scoring.digits.numbers import Shares
from scoring.reading import SheetReading, read_sheet
from scoring.rows import SURENESS, SumSays
from scoring.sheets import SheetFault, identify

_DPI = 200
_COLUMNS, _ROWS = 15, 20
_SHEETS = 10
_MAXIMA = {CaptureStyle.BOXES: (1, 2, 2, 3), CaptureStyle.DIGITS: (1, 1, 2, 2, 2, 3, 3, 1, 4, 2, 3, 12)}
_SHARES = (0.5, 0.8, SURENESS.share, 0.99)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was written and what was read: how much the best value is believed, and the mass; both 0 where nothing
    was."""

    meant: Given
    best: Given | None
    share: float
    mass: float


def rows() -> list[dict[str, object]]:
    """Errors and refusals for each collection, with all digits possible and with 0 to 3 alone; of drawn X as well."""
    folder = os.environ.get("CROSSCHECK_DIGITS")
    kept = digit_data.read(Path(folder)).kept_back if folder else {"opencv": digit_data.kept_back()}
    found: list[dict[str, object]] = []
    for most in (9, 3):
        for name, digits in kept.items():
            rng = np.random.default_rng([most, len(digits)])
            signs = [(Points(each.value), numerals.picture(each, rng)) for each in digits if each.value <= most]
            found += _figures(f"{name}, 0 to {most} and X", _read(signs, most, rng))
        rng = np.random.default_rng([most, 1])
        crosses = [(NotAttempted(), numerals.some_hand(rng).digits["X"][0]) for _ in range(_COLUMNS * _ROWS)]
        found += _figures(f"X (drawn), 0 to {most} and X", _read(crosses, most, rng))
    return found + [figure for style in CaptureStyle for figure in _rows(style)]


def _figures(name: str, read: Sequence[_Read]) -> Iterator[dict[str, object]]:
    wrong = sum(one.best is not None and one.best != one.meant for one in read)
    yield {"name": f"{name}: wrong", "value": 100 * wrong / len(read), "unit": "%", "n": len(read)}
    for share in _SHARES:
        sure = [one for one in read if one.share >= share and one.mass >= SURENESS.mass]
        yield {
            "name": f"{name}: refused at {share:g}",
            "value": 100 * (1 - len(sure) / len(read)),
            "unit": "%",
            "n": len(read),
            "compared_to": f"wrong of {len(sure)} that are left",
            "ratio": sum(one.best != one.meant for one in sure),
        }


def _rows(style: CaptureStyle) -> Iterator[dict[str, object]]:
    """What row sums do for sheets as people fill them."""
    maxima = _MAXIMA[style]
    task = assessment.SINGLE.tasks[0].id
    criteria = tuple(Criterion(CriterionId(f"{n}"), task, most) for n, most in enumerate(maxima, start=1))
    made = replace(assessment.SINGLE, criteria=criteria, style=style, control=Control.ROWS, rows_per_sheet=_ROWS)
    form, wrong, accepted, sums = sheet_forms(made)[0], 0, 0, Counter[SumSays]()
    for seed in range(_SHEETS):
        rng = np.random.default_rng([seed, len(maxima)])
        blank = _blank(made, form)
        given = [{c.id: _worth(c.maximum, rng) for c in criteria} for _ in range(_ROWS)]
        filled, truth = pens.fill_sheet(_page(blank), _DPI, form, given, pens.some_pen(rng), rng)
        reading = _scanned(filled, form, blank, rng)
        meant = {(cell.row, cell.criterion): cell.meant for cell in truth.cells}
        several = [cell for cell in reading.cells if isinstance(cell.reading, Points | NotAttempted)]
        accepted += len(several)
        wrong += sum(cell.reading != meant[cell.row, cell.criterion] for cell in several)
        sums.update(one.says for one in reading.sums)
    cells = _SHEETS * _ROWS * len(maxima)
    name = f"{style.value} with row sums, {len(maxima)} in a row"
    yield {
        "name": f"{name}: cells accepted",
        "value": 100 * accepted / cells,
        "unit": "%",
        "n": cells,
        "compared_to": f"wrong of {accepted} accepted",
        "ratio": wrong,
    }
    for says in SumSays:
        yield {
            "name": f"{name}: sum {says.value}",
            "value": 100 * sums[says] / sums.total(),
            "unit": "%",
            "n": sums.total(),
        }


def _worth(maximum: int, rng: np.random.Generator) -> Given:
    return NotAttempted() if rng.random() < 0.08 else Points(int(rng.binomial(maximum, 0.55)))


# --- writing and reading --------------------------------------------------------------------------

_Signs = Sequence[tuple[Given, Picture]]


def _form(most: int) -> tuple[Procedure, SheetForm]:
    task = assessment.SINGLE.tasks[0].id
    criteria = tuple(Criterion(CriterionId(f"{n}"), task, most) for n in range(1, _COLUMNS + 1))
    made = replace(assessment.SINGLE, criteria=criteria, style=CaptureStyle.DIGITS, rows_per_sheet=_ROWS)
    return made, sheet_forms(made)[0]


def _read(signs: _Signs, most: int, rng: np.random.Generator) -> list[_Read]:
    """Every sign written once and read again, on as many sheets as it takes."""
    order = [signs[int(i)] for i in rng.permutation(len(signs))]
    per_sheet = _COLUMNS * _ROWS
    return [
        one for start in range(0, len(order), per_sheet) for one in _sheet(most, order[start : start + per_sheet], rng)
    ]


def _sheet(most: int, signs: _Signs, rng: np.random.Generator) -> Iterator[_Read]:
    procedure, form = _form(most)
    blank = _blank(procedure, form)
    page = _page(blank)
    places = [(row, criterion, cells) for row in range(_ROWS) for criterion, cells in form.digit_cells(row)]
    meant: dict[tuple[int, CriterionId], Given] = {}
    for (row, criterion, cells), (value, picture) in zip(places, signs, strict=False):
        hand, pen = numerals.some_hand(rng), pens.some_pen(rng)
        spelled = str(value.value) if isinstance(value, Points) else "X"
        numerals.write(page, spelled, cells, _DPI, replace(hand, digits={spelled: (picture,)}), pen.ink, rng)
        meant[row, criterion] = value
    reading = _scanned(page, form, blank, rng)
    for cell in reading.cells:
        if (cell.row, cell.criterion) in meant:
            number, value = cell.evidence, meant[cell.row, cell.criterion]
            if isinstance(number, Shares):
                yield _Read(value, number.best, number.share(number.best), number.mass)
            else:
                yield _Read(value, None, 0.0, 0.0)


def _blank(procedure: Procedure, form: SheetForm) -> bytes:
    rows = tuple(SheetRow(AnonymousNumber(f"{1234560 + row}"), form.criteria) for row in range(_ROWS))
    return blank_raster(SheetContent(procedure, form, 1, 0, FIRST_MARKING, "", rows), _DPI)


def _page(blank: bytes) -> Page:
    return np.asarray(cv2.imdecode(np.frombuffer(blank, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def _scanned(page: Page, form: SheetForm, blank: bytes, rng: np.random.Generator) -> SheetReading:
    scan = paper.aged(page, _DPI, paper.ORDINARY, rng)
    seen = identify(scan)
    if isinstance(seen, SheetFault):
        raise RuntimeError(f"the sheet was not found: {seen}")
    return read_sheet(scan, seen.registration, form, [form.criteria] * _ROWS, blank)
