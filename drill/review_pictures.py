"""The picture of look-alikes for the guide: `python -m drill.review_pictures` writes docs/pictures/review-group.png.

Sheets are printed, filled by made-up people who correct themselves often, scanned and read as ever.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image

from crosscheck import damm
from crosscheck.i18n import translator
from crosscheck.model import FIRST_MARKING, Ambiguous, AnonymousNumber, CriterionId, Given, Points
from crosscheck.sheetform import choices, sheet_forms
from drill import paper, pens
from drill.assessment import DISTRICT
from drill.paper_pictures import FOLDER
from packets.drawing.sheets import SheetContent, SheetRow, blank_raster
from scoring.contact import Crop, contact_picture
from scoring.pictures import cut
from scoring.reading import CellSeen, read_sheet
from scoring.settle import spelled
from scoring.sheets import SheetSeen, identify

_DPI, _SHOWN, _VALUE, _MAXIMUM, _GREYS = 200, 24, Points(2), 2, 8


def _read(seed: int) -> Iterator[tuple[CellSeen, bytes, int]]:
    """The cells of one filled sheet with their pictures and maxima."""
    rng = np.random.default_rng(seed)
    form = sheet_forms(DISTRICT)[0]
    asked = form.criteria
    numbers = [AnonymousNumber(damm.closed(f"{483_000 + n:06d}")) for n in range(form.rows)]
    rows = tuple(SheetRow(number, asked) for number in numbers)
    content = SheetContent(DISTRICT, form, 42, 0, FIRST_MARKING, "Вымышленная А. С.", rows)
    blank = blank_raster(content, _DPI)
    page = np.asarray(cv2.imdecode(np.frombuffer(blank, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    maxima = {column.criterion.id: column.criterion.maximum for column in form.columns}
    given: list[dict[CriterionId, Given]] = [
        {c: choices(most)[int(rng.integers(most + 2))] for c, most in maxima.items()} for _ in rows
    ]
    pen = replace(pens.ORDINARY, habits=pens.Habits(corrected=0.6))
    filled, _truth = pens.fill_sheet(page, _DPI, form, given, pen, rng)
    scan = paper.aged(filled, _DPI, paper.ORDINARY, rng)
    seen = identify(scan)
    assert isinstance(seen, SheetSeen)
    reading = read_sheet(scan, seen.registration, form, [asked] * form.rows, blank)
    for cell in reading.cells:
        yield cell, cut(reading.picture, cell.crop), maxima[cell.criterion]


def picture() -> bytes:
    """Doubtful cells of sheets that are read as 2 of 2, and one known cell that isn't, as a person sees them."""
    alike, other = list[bytes](), list[bytes]()
    seed = 0
    while len(alike) < _SHOWN - 1 or not other:
        seed += 1
        for cell, crop, maximum in _read(seed):
            if maximum == _MAXIMUM and isinstance(cell.reading, Ambiguous) and cell.reading.candidates[:1] == (_VALUE,):
                alike.append(crop)
            elif maximum == _MAXIMUM and cell.reading == Points(1):
                other.append(crop)
    crops = [*alike[: _SHOWN - 1][:18], other[0], *alike[18 : _SHOWN - 1]]
    signs = tuple(map(spelled, choices(_MAXIMUM)))
    said = translator("ru")("Read as {value}: {n} cells. Which are not?").format(value=spelled(_VALUE), n=len(crops))
    return contact_picture([Crop(crop, signs, spelled(_VALUE)) for crop in crops], said)


def main() -> None:
    """Write the picture, small enough for a guide."""
    with Image.open(io.BytesIO(picture())) as made:
        small = made.resize((made.width * 3 // 5, made.height * 3 // 5), Image.Resampling.LANCZOS)
        small.quantize(_GREYS).save(FOLDER / "review-group.png", optimize=True)


if __name__ == "__main__":
    main()
