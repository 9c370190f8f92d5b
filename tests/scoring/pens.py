"""Sheets filled in by a simple pen: printed, crossed, scanned. Its own numbers, not the reader's."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from crosscheck.geometry import Box
from crosscheck.model import FIRST_MARKING, AnonymousNumber, CriterionId, Given
from crosscheck.sheetform import SheetForm, sheet_forms
from packets.drawing.sheets import SheetContent, SheetRow, blank_raster
from tests import factories

Grey = NDArray[np.uint8]
PROCEDURE = factories.procedure()
FORM: SheetForm = sheet_forms(PROCEDURE)[0]
ALL = frozenset(c.id for c in PROCEDURE.criteria)
DPI = 250
_PER_MM = DPI / 25.4


@dataclass(frozen=True)
class Pen:
    """Stroke in mm, ink as grey 0 (black) to 255."""

    stroke: float = 0.45
    ink: int = 60
    reach: float = 1.9  # half the cross, mm
    wobble: float = 0.3


@cache
def content(rows: int = 20) -> SheetContent:
    printed = tuple(SheetRow(AnonymousNumber(f"{1234560 + i}"), ALL) for i in range(rows))
    return SheetContent(PROCEDURE, FORM, 12, 0, FIRST_MARKING, "Иванова А. Б.", printed)


@cache
def blank(dpi: int = 200) -> bytes:
    return blank_raster(content(), dpi)


def paper() -> Grey:
    """A fresh print, at 250 dpi."""
    return np.array(cv2.imdecode(np.frombuffer(blank(DPI), np.uint8), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def line(page: Grey, a: tuple[float, float], b: tuple[float, float], pen: Pen) -> None:
    """A stroke from `a` to `b`, in millimetres."""
    ends = [tuple(round(v * _PER_MM * 8) for v in point) for point in (a, b)]
    layer = np.full_like(page, 255)
    cv2.line(layer, ends[0], ends[1], (pen.ink,), max(1, round(pen.stroke * _PER_MM)), cv2.LINE_AA, 3)
    np.minimum(page, layer, out=page)


def cross(page: Grey, box: Box, pen: Pen, rng: random.Random, dx: float = 0.0) -> None:
    x, y = box.centre
    x, y = x + dx + rng.uniform(-pen.wobble, pen.wobble), y + rng.uniform(-pen.wobble, pen.wobble)
    r = pen.reach
    line(page, (x - r, y - r), (x + r, y + r), pen)
    line(page, (x + r, y - r), (x - r, y + r), pen)


def fill(page: Grey, box: Box, pen: Pen) -> None:
    y = box.y + 0.4
    while y < box.bottom - 0.2:
        line(page, (box.x + 0.3, y), (box.right - 0.3, y + 0.1), pen)
        y += pen.stroke * 0.8


def box_of(row: int, criterion: str, given: Given) -> Box:
    return dict(dict(FORM.cells(row))[CriterionId(criterion)])[given]


def scanned(page: Grey, rng: random.Random, degrees: float = 0.0, noise: float = 4.0, quarter_turns: int = 0) -> Grey:
    """Through a scanner: turned, blurred, noisy, as JPEG."""
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.995)
    turn[:, 2] += np.array((rng.uniform(-6, 6), rng.uniform(-6, 6)))
    moved = cv2.GaussianBlur(cv2.warpAffine(page, turn, (width, height), borderValue=(243,)), (0, 0), 0.8)
    grain = np.random.default_rng(rng.randrange(1 << 30)).normal(0, noise, moved.shape)
    dusty = np.clip(moved * 0.94 + grain, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", dusty, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    seen = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    return np.ascontiguousarray(np.rot90(np.asarray(seen, dtype=np.uint8), -quarter_turns))
