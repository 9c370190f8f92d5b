"""Whatever the form: what was printed is found in a scan by its label, and each box where the geometry says."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.labels import shortened
from crosscheck.procedure import Procedure
from crosscheck.sheetform import SheetForm, sheet_forms
from packets.drawing.sheets import SheetContent, blank_raster
from scoring.reading import read_sheet
from scoring.sheets import SheetFault, SheetSeen, identify
from tests import factories
from tests.packets.printed import LONG_NAME, sheet

Grey = NDArray[np.uint8]
DPI = 150
WITHIN_MM = 0.3
BED_MM = 25.0  # the scanner sees so much around the paper


@dataclass(frozen=True)
class Handling:
    """What happens to a sheet between printer and reader: `stretch` of its height, `turn` in degrees, quarters of a
    turn, dirt."""

    degrees: float
    stretch: float
    quarters: int
    noise: float
    stains: int
    jpeg: int
    seed: int


handlings = st.builds(
    Handling,
    degrees=st.floats(-5, 5),
    stretch=st.floats(0.985, 1.015),
    quarters=st.integers(0, 3),
    noise=st.floats(0, 10),
    stains=st.integers(0, 6),
    jpeg=st.integers(40, 95),
    seed=st.integers(0, 1_000),
)


def printed(content: SheetContent) -> Grey:
    found = cv2.imdecode(np.frombuffer(blank_raster(content, DPI), np.uint8), cv2.IMREAD_GRAYSCALE)
    return np.asarray(found, dtype=np.uint8)


def handled(page: Grey, how: Handling) -> tuple[Grey, NDArray[np.float64]]:
    """The scan, and where it shows a point of the page: 3x3, millimetres of the page to pixels of the scan."""
    rng, bed = np.random.default_rng(how.seed), round(BED_MM / 25.4 * DPI)
    height, width = page.shape
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), how.degrees, 1.0), [0, 0, 1]])
    move = np.array([[1, 0, bed], [0, 1, bed], [0, 0, 1.0]]) @ turn @ np.diag([1.0, how.stretch, 1.0])
    size = (width + 2 * bed, height + 2 * bed)
    scan = np.asarray(cv2.warpPerspective(page, move, size, borderValue=(235,)), np.float64)
    for _ in range(how.stains):
        blot = np.zeros(scan.shape, np.float32)
        middle = (int(rng.integers(size[0])), int(rng.integers(size[1])))
        cv2.circle(blot, middle, int(rng.integers(10, 60)), 1.0, -1)
        scan *= 1.0 - float(rng.uniform(0.05, 0.25)) * np.asarray(cv2.GaussianBlur(blot, (0, 0), 4))
    scan = 0.94 * np.asarray(cv2.GaussianBlur(scan, (0, 0), 0.6)) + rng.normal(0, how.noise, scan.shape)
    encoded = cv2.imencode(".jpg", np.clip(scan, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, how.jpeg])[1]
    seen = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    scale = np.diag([DPI / 25.4, DPI / 25.4, 1.0])
    scale[:2, 2] = -0.5  # the centre of the first pixel is 0
    to_scan = move @ scale
    for _ in range(how.quarters):  # clockwise
        to_scan = np.array([[0, -1, seen.shape[0] - 1], [1, 0, 0], [0, 0, 1.0]]) @ to_scan
        seen = np.rot90(seen, -1)
    return np.ascontiguousarray(seen), to_scan


def places(form: SheetForm) -> list[Box]:
    """All score boxes and digit cells of a sheet."""
    rows = range(form.rows)
    boxes = [box for row in rows for _criterion, cell in form.cells(row) for _given, box in cell]
    digits = [box for row in rows for _criterion, cells in form.digit_cells(row) for box in cells]
    return boxes + digits + [box for row in rows for box in form.sum_cells(row)]


def farthest_mm(form: SheetForm, found: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """How far from its true place the farthest box is believed to be."""
    centres = np.array([[box.centre for box in places(form)]])
    apart = cv2.perspectiveTransform(centres, found) - cv2.perspectiveTransform(centres, true)
    return float(np.linalg.norm(apart, axis=2).max() / DPI * 25.4)


@given(factories.procedures(), handlings, st.data())
@settings(max_examples=25, deadline=None)
def test_a_sheet_is_found_as_it_was_printed(procedure: Procedure, how: Handling, data: st.DataObject) -> None:
    """1 to 30 criteria, maxima 1 to 20, 1 to 20 rows, both styles, with sums and without: drawn, turned, stretched and
    dirtied, the sheet says the same label, and every box lies within 0.3 mm of where it is looked for."""
    index = data.draw(st.integers(0, len(sheet_forms(procedure)) - 1))
    content = sheet(procedure, procedure.rows_per_sheet, expert=LONG_NAME, index=index)
    scan, true = handled(printed(content), how)
    seen = identify(scan)
    assert isinstance(seen, SheetSeen), seen
    assert seen.label in (content.label, shortened(content.label))
    assert seen.layout == content.form.layout
    assert farthest_mm(content.form, seen.registration.homography(), true) <= WITHIN_MM


def test_the_property_sees_a_geometry_that_moved() -> None:
    """Half a millimetre between printer and reader is found."""
    content = sheet(factories.procedure(), 20)
    scan, true = handled(printed(content), Handling(1.0, 1.0, 0, 2.0, 0, 80, 1))
    seen = identify(scan)
    assert isinstance(seen, SheetSeen)
    assert farthest_mm(content.form, seen.registration.homography(), true) <= WITHIN_MM
    moved = np.array([[1, 0, 0], [0, 1, 0.5], [0, 0, 1.0]])
    assert farthest_mm(content.form, seen.registration.homography() @ moved, true) > WITHIN_MM


@pytest.mark.parametrize("quarters", range(4))
def test_an_unfilled_sheet_that_lies_reads_as_blank(quarters: int) -> None:
    """In all four orientations: no box of it has ink, and the printed reference boxes are found."""
    criteria = tuple(factories.criterion(f"{n}", "1", 2) for n in range(1, 9))
    content = sheet(factories.procedure(criteria=criteria, rows_per_sheet=10), 10)
    assert content.form.layout.lying
    scan, _true = handled(printed(content), Handling(0.7, 1.004, quarters, 3.0, 0, 80, 4))
    seen = identify(scan)
    assert not isinstance(seen, SheetFault)
    asked = [frozenset(c.id for c in criteria)] * 10
    reading = read_sheet(scan, seen.registration, content.form, asked, blank_raster(content))
    assert reading.quality.references
    assert reading.quality.squares_found == 10
    assert {cell.rule.value for cell in reading.cells} == {"nothing"}
