"""What a printed PDF looks like to whoever scans it; and small packets to print."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import cv2
import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image

from crosscheck import damm
from crosscheck.geometry import PAGE, Box, Mark
from crosscheck.labels import Fault, Label, ShortLabel, parse_digits, parse_text
from crosscheck.model import FIRST_MARKING, AnonymousNumber, Marking
from crosscheck.pageform import page_forms
from crosscheck.procedure import Procedure
from crosscheck.sheetform import sheet_forms
from crosscheck.typeset import REGULAR, Align, Fitted, Press, width
from packets.drawing.criteria import read_criteria
from packets.drawing.cropped import Copy
from packets.drawing.packet import PacketContent, PacketWork
from packets.drawing.sheets import SheetContent, SheetRow
from tests import factories

Grey = np.ndarray[Any, np.dtype[np.uint8]]
LONG_NAME = "Константинопольская-Рождественская Александра Святославовна"


def copies(*pictures: bytes) -> tuple[Copy, ...]:
    """Masked pages 1, 2, ... of a work on our own form."""
    forms = page_forms(factories.procedure())
    zones = [form.answers for form in forms] + [()] * len(pictures)
    return tuple(Copy(page, zones[page - 1], data) for page, data in enumerate(pictures, start=1))


def pages(pdf: bytes, dpi: int = 200) -> list[Grey]:
    """Every page as a grey image."""
    document = pypdfium2.PdfDocument(pdf)
    rendered = [np.asarray(page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")) for page in document]
    document.close()
    return rendered


def texts(pdf: bytes) -> list[str]:
    """The text of every page."""
    document = pypdfium2.PdfDocument(pdf)
    found = [str(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return found


def read_labels(grey: Grey) -> tuple[list[Label | Fault], list[ShortLabel | Fault]]:
    """What the QR codes and what the bars of a page say."""
    qr_code, code128 = zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats([qr_code, code128]))
    qr = [parse_text(code.text) for code in found if code.format == qr_code]
    bar = [parse_digits(code.text) for code in found if code.format == code128]
    return qr, bar


def mark_errors(grey: Grey, marks: Sequence[Mark]) -> list[float]:
    """Greatest distance in millimetres between each mark's corners and where they were found."""
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), parameters)
    corners, ids, _rejected = detector.detectMarkers(grey)
    scale = 210.0 / grey.shape[1]
    found = {int(marker): (place[0] + 0.5) * scale for marker, place in zip(np.ravel(ids), corners, strict=True)}
    return [
        float(np.abs(found[mark.marker] - np.array(mark.box.corners())).max()) if mark.marker in found else 999.0
        for mark in marks
    ]


def number(serial: int) -> AnonymousNumber:
    return AnonymousNumber(damm.closed(f"{100_000 + serial * 7919:06d}"))


def sheet(procedure: Procedure, works: int = 3, *, expert: str = "Иванова А. А.", index: int = 0) -> SheetContent:
    """One score sheet of packet 42; everything is asked."""
    asked = frozenset(criterion.id for criterion in procedure.criteria)
    rows = tuple(SheetRow(number(i), asked) for i in range(works))
    return SheetContent(procedure, sheet_forms(procedure)[index], 42, 1, FIRST_MARKING, expert, rows)


def scan(shade: int = 200, kind: str = "JPEG", mode: str = "L") -> bytes:
    """A small A4 image with a grey field in it."""
    image = Image.new("L", (210, 297), 255)
    image.paste(shade, (20, 70, 190, 250))
    made = io.BytesIO()
    image.convert(mode).save(made, kind)
    return made.getvalue()


def packet(marking: Marking = FIRST_MARKING, criteria: bytes | None = None) -> PacketContent:
    """Packet 42 with three works of two pages and one score sheet."""
    procedure = factories.procedure()
    printed = sheet(procedure)
    works = tuple(PacketWork(row.number, copies(scan(200), scan(150, "PNG")), 2) for row in printed.rows)
    read = None if criteria is None else read_criteria(criteria)
    return PacketContent(procedure, 42, 1, marking, "Иванова А. А.", "Школа 12", works, (printed,), read)


class Recorder(Press):
    """A press that remembers where ink of texts and codes went."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__(out)
        self.inked: list[tuple[str, Box]] = []
        self.quiet: list[tuple[str, Box]] = []
        self.page = PAGE

    def lay_across(self) -> None:
        super().lay_across()
        self.page = Box(0.0, 0.0, PAGE.h, PAGE.w)

    def text(self, box: Box, text: str, size: float, font: str = REGULAR, **how: Any) -> Fitted:
        fitted = super().text(box, text, size, font, **how)
        top = box.y + (box.h - fitted.height) * how.get("upright", 0.0)
        wide = max(width(line, fitted.size, font) for line in fitted.lines)
        spare = {Align.LEFT: 0.0, Align.CENTRE: 0.5, Align.RIGHT: 1.0}[how.get("align", Align.LEFT)]
        self.inked.append((text, Box(box.x + (box.w - wide) * spare, top, wide, fitted.height)))
        return fitted

    def again(self, key: str, draw: Callable[[], None]) -> None:
        del key
        draw()

    def qr(self, box: Box, payload: str) -> None:
        super().qr(box, payload)
        self.quiet.append((payload, box))

    def bar(self, box: Box, payload: str) -> None:
        super().bar(box, payload)
        self.quiet.append((payload, box))

    def mark(self, mark: Mark) -> None:
        super().mark(mark)
        self.quiet.append((f"mark {mark.marker}", mark.box.grown(1.5)))

    def collisions(self) -> list[tuple[str, str]]:
        """Pairs of texts, or of a text and a quiet zone, that share an area; texts off the page with themselves."""
        off = [(name, name) for name, box in self.inked if not box.inside(self.page.grown(-5))]
        texts_, zones = self.inked, self.quiet
        pairs = [(a, b) for i, a in enumerate(texts_) for b in [*texts_[i + 1 :], *zones]]
        return off + [(a[0], b[0]) for a, b in pairs if a[1].grown(-0.05).overlaps(b[1])]
