"""Small made-up pages for tests: marks, codes, handwriting-like strokes, turned and stored as a scanner would."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from crosscheck import labels, pageform, sheetform
from crosscheck.geometry import Box, Mark
from crosscheck.labels import Label
from crosscheck.pageform import PageForm
from tests import factories

Grey = NDArray[np.uint8]

FORM = pageform.page_form(factories.procedure(), 1)
SHEET = sheetform.sheet_forms(factories.procedure())[0]
LABEL = Label(labels.Kind.ANSWER, 1234, 1, 0, "Q3ZK7MWD")


@dataclass(frozen=True, slots=True)
class Canvas:
    """A white A4 page at `dpi`, drawn on in millimetres."""

    pixels: Grey
    dpi: float

    def area(self, box: Box) -> tuple[slice, slice]:
        k = self.dpi / 25.4
        return (slice(round(box.y * k), round(box.bottom * k)), slice(round(box.x * k), round(box.right * k)))

    def paste(self, box: Box, picture: Grey) -> None:
        rows, cols = self.area(box)
        size = (cols.stop - cols.start, rows.stop - rows.start)
        self.pixels[rows, cols] = cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)

    def fill(self, box: Box, value: int) -> None:
        self.pixels[self.area(box)] = value


def canvas(dpi: float = 150.0) -> Canvas:
    k = dpi / 25.4
    return Canvas(np.full((round(297 * k), round(210 * k)), 255, np.uint8), dpi)


def draw_marks(paper: Canvas, marks: tuple[Mark, ...]) -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for mark in marks:
        paper.paste(mark.box, np.asarray(cv2.aruco.generateImageMarker(dictionary, mark.marker, 240), np.uint8))


def code_picture(text: str, symbology: str) -> Grey:
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbology))
    return np.array(made.to_image(scale=4), np.uint8)


def draw_codes(paper: Canvas, form: PageForm, label: Label) -> None:
    qr = code_picture(labels.text(label), "QRCode")
    for box in form.qr:
        paper.paste(box, qr)
    paper.paste(form.bar, code_picture(labels.digits(label), "Code128"))


def scribble(paper: Canvas, box: Box, rng: np.random.Generator, strokes: int = 12, ink: int = 40) -> None:
    """Handwriting-like curves that stay inside the box."""
    rows, cols = paper.area(box)
    part = np.ascontiguousarray(paper.pixels[rows, cols])
    high, wide = part.shape
    for _ in range(strokes):
        points = rng.uniform((0.05 * wide, 0.05 * high), (0.95 * wide, 0.95 * high), (4, 2)).astype(np.int32)
        cv2.polylines(part, [points.reshape(-1, 1, 2)], False, ink, max(1, round(paper.dpi / 80)), cv2.LINE_AA)
    paper.pixels[rows, cols] = part


def answer_page(
    dpi: float = 150.0,
    seed: int = 1,
    label: Label | None = LABEL,
    name_seed: int | None = 7,
    form: PageForm = FORM,
) -> Grey:
    """A filled page of our own form."""
    paper = canvas(dpi)
    draw_marks(paper, form.marks)
    if label is not None:
        draw_codes(paper, form, label)
    if name_seed is not None:
        scribble(paper, form.identity, np.random.default_rng(name_seed))
    rng = np.random.default_rng(seed)
    for zone in form.answers:
        rows, cols = paper.area(zone.box)
        cv2.rectangle(paper.pixels, (cols.start, rows.start), (cols.stop, rows.stop), 120, 1)
        scribble(paper, zone.box, rng, 25)
    return paper.pixels


def laid(page: Grey, degrees: float, shift: tuple[float, float] = (0.0, 0.0), scale: float = 1.0) -> Grey:
    """The page as laid on the glass: turned clockwise about its centre and shifted in pixels."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, scale)
    matrix[:, 2] += np.array(shift)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=255), np.uint8)


def quarter_turned(page: Grey, quarters: int) -> Grey:
    """Turned clockwise by quarters, exactly."""
    return np.ascontiguousarray(np.rot90(page, -quarters))


def noisy(page: Grey, seed: int = 3, amount: float = 6.0) -> Grey:
    noise = np.random.default_rng(seed).normal(0, amount, page.shape)
    return np.clip(cv2.GaussianBlur(page, (0, 0), 0.7) + noise, 0, 255).astype(np.uint8)
