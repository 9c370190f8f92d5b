"""Score sheets: what an expert fills in, drawn from sheetform in vectors."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.labels import Kind, Label, signed_or_plain
from crosscheck.model import AnonymousNumber, CriterionId, Given, Marking
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import CaptureStyle, Control, Procedure, sheet_digest
from crosscheck.sheetform import CAPTION, PITCH, ROWS_PER_CAPTION, BoxColumn, DigitColumn, SheetForm
from crosscheck.sheetlayout import BOX, LYING, PRINT_SCALE, UPRIGHT
from crosscheck.typeset import BOLD, Align, Press, canvas
from packets.drawing.parts import draw_codes, draw_marks, spelled

BOX_LINE = 0.28
BOX_INK = 0.45
CROSS_LINE = 0.5
_ID_HEIGHT, _VALUE_TOP, _VALUE_HEIGHT = 2.75, 2.75, 2.75
_REFERENCE_CAPTION = 3.2
_DASH = 3.0
_RULE, _RULE_INK = 0.12, 0.25  # hairlines between rows guide the eye from the number to the last cell
_SAMPLE = "0123456789X"
_BESIDE = 1.0
_NARROW, _BETWEEN = 0.18, 4.0  # share of the signature's width that date and times have each; mm between them


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One work on a sheet: what is asked of the expert, and for a third marking the scores given before
    (one for each earlier marking, in their order), which are printed on a page of their own."""

    number: AnonymousNumber
    asked: frozenset[CriterionId]
    earlier: tuple[tuple[CriterionId, tuple[Given, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SheetContent:
    """One score sheet to print. `expert` is a printed name; `round` counts reprints from 0. `at`: in which row of the
    form (from 0) each of `rows` stands, where a reprint leaves out works that were taken back; empty: the first ones.
    """

    procedure: Procedure
    form: SheetForm
    packet: int
    round: int
    marking: Marking
    expert: str
    rows: tuple[SheetRow, ...]
    at: tuple[int, ...] = ()
    key: bytes | None = None  # signs the label: a sheet of another ledger must not be read as one of ours

    @property
    def label(self) -> Label:
        plain = Label(Kind.SHEET, self.packet, self.form.sheet, self.round, sheet_digest(self.procedure))
        return signed_or_plain(plain, self.key)

    def __post_init__(self) -> None:
        if not 1 <= len(self.rows) <= self.form.rows:
            raise ValueError(f"a sheet has 1 to {self.form.rows} rows, not {len(self.rows)}")
        if self.at and (
            len(self.at) != len(self.rows) or sorted({*self.at}) != [*self.at] or self.at[-1] >= self.form.rows
        ):
            raise ValueError("every row needs a place of its own on the sheet, in order")

    def placed(self) -> tuple[tuple[int, SheetRow], ...]:
        """Every row with its place on the form."""
        return tuple(zip(self.at or range(len(self.rows)), self.rows, strict=True))


def reference_caption_box(box: Box) -> Box:
    """Where the caption of a reference box stands: under it, clear of its ring."""
    return Box(box.centre[0] - 4.9, box.bottom + 1.4, 9.8, _REFERENCE_CAPTION)


def identifier_box(form: SheetForm, group: int, column: BoxColumn) -> Box:
    """Where the identifier of a criterion stands in a caption line."""
    return Box(column.left, form.caption_top(group), column.right - column.left, _ID_HEIGHT)


def value_box(form: SheetForm, group: int, left: float) -> Box:
    """Where the value of a choice stands in a caption line: centred above its box."""
    return Box(left - (PITCH - BOX) / 2, form.caption_top(group) + _VALUE_TOP, PITCH, _VALUE_HEIGHT)


def digits_caption_box(form: SheetForm, group: int, left: float, right: float) -> Box:
    """Where the caption of digit cells from `left` to `right` stands: it may use half of the gaps beside them."""
    return Box(left - _BESIDE, form.caption_top(group), right - left + 2 * _BESIDE, CAPTION)


# --- the head of a sheet --------------------------------------------------------------------------


def _draw_cross(press: Press, box: Box) -> None:
    inner = box.grown(-0.4)
    press.line((inner.x, inner.y), (inner.right, inner.bottom), CROSS_LINE)
    press.line((inner.right, inner.y), (inner.x, inner.bottom), CROSS_LINE)


def _draw_box(press: Press, box: Box) -> None:
    press.frame(box, BOX_LINE, BOX_INK)


def _draw_reference(press: Press, content: SheetContent) -> None:
    _ = translator(content.procedure.language)
    empty, crossed, filled = content.form.layout.reference
    for box, caption in ((empty, _("empty")), (crossed, _("cross")), (filled, _("cancelled"))):
        _draw_box(press, box)
        if content.procedure.style is CaptureStyle.BOXES:
            press.text(reference_caption_box(box), caption, 6, align=Align.CENTRE, least=4)
    if content.procedure.style is CaptureStyle.DIGITS:  # nobody crosses anything
        middle = reference_caption_box(crossed)
        wide = Box(empty.x, middle.y, filled.right - empty.x, middle.h)
        press.text(wide, _("for the scanner"), 6, align=Align.CENTRE)
    _draw_cross(press, crossed)
    press.fill(filled)


def _instruction(procedure: Procedure) -> str:
    _ = translator(procedure.language)
    if procedure.style is CaptureStyle.BOXES:
        said = _(
            "For every work put a cross into exactly one box for each criterion: the points, or X when the pupil "
            "did not attempt the task. To cancel a cross, fill its box completely and cross another. "
            "Use a black or blue pen. Write nothing else between the boxes."
        )
    else:
        said = _(
            "For every work write the points for each criterion, one digit in a cell, or X when the pupil did not "
            "attempt the task. To correct a number, strike it out and write the right one close to it. "
            "Use a black or blue pen. Write nothing else in the table."
        )
    if procedure.control is Control.ROWS:
        said += " " + _("At the end of the row write the sum of its points on this sheet; X counts 0.")
    return said


def _draw_sample(press: Press, form: SheetForm) -> None:
    """Digits to write like: whoever writes a 1 or a 7 in another way is read worse."""
    place = form.layout.sample
    pitch = place.w / len(_SAMPLE)
    for i, sign in enumerate(_SAMPLE):
        box = Box(place.x + i * pitch, place.y, pitch - 1, place.h)
        press.frame(box, BOX_LINE, BOX_INK)
        press.text(box, sign, 12, align=Align.CENTRE, upright=0.5, ink=0.7)


def _draw_header(press: Press, content: SheetContent) -> None:
    procedure, form, layout = content.procedure, content.form, content.form.layout
    _ = translator(procedure.language)
    press.text(layout.title, procedure.title, 9, BOLD)
    packet = _("Packet {packet}").format(packet=packet_code(content.packet))
    press.text(layout.packet, packet, 13, BOLD, upright=0.5)
    sheet = _("Score sheet {sheet} of {sheets}").format(sheet=form.sheet, sheets=form.sheets)
    if content.round:
        sheet += " · " + _("PRINT {print}").format(print=content.round + 1)
    press.text(layout.sheet, sheet, 11, BOLD, align=Align.RIGHT, upright=0.5)
    press.text(layout.expert, _("Expert: {expert}").format(expert=content.expert), 10, upright=0.5)
    press.text(layout.instruction, _instruction(procedure), 7.5)
    if form.digits:
        _draw_sample(press, form)


# --- the table ------------------------------------------------------------------------------------


def _draw_caption_line(press: Press, content: SheetContent, group: int) -> None:
    _ = translator(content.procedure.language)
    form = content.form
    for column in form.columns:
        match column:
            case BoxColumn(criterion, choices):
                press.text(identifier_box(form, group, column), criterion.id, 7, BOLD, align=Align.CENTRE)
                for given, left in choices:
                    press.text(value_box(form, group, left), spelled(given), 6.5, align=Align.CENTRE)
            case DigitColumn(criterion):
                said = f"{criterion.id}\n0–{criterion.maximum}"
                _draw_digits_caption(press, digits_caption_box(form, group, column.left, column.right), said)
    if form.sums:
        cells = form.sum_cells(0)
        place = digits_caption_box(form, group, cells[0].x, cells[-1].right)
        _draw_digits_caption(press, place, _("Sum"))


def _draw_digits_caption(press: Press, place: Box, said: str) -> None:
    press.text(place, said, 7, BOLD, align=Align.CENTRE, upright=0.5)


def _draw_row(press: Press, form: SheetForm, index: int, row: SheetRow) -> None:
    number = form.number_box(index)
    press.text(number, spaced(row.number), 10.5, BOLD, upright=0.5)
    for criterion, boxes in form.cells(index):
        _draw_cell(press, [box for _given, box in boxes], criterion in row.asked)
    for criterion, cells in form.digit_cells(index):
        _draw_cell(press, cells, criterion in row.asked)
    _draw_cell(press, form.sum_cells(index), bool(row.asked & form.criteria))
    press.line((number.x, number.bottom), (form.right, number.bottom), _RULE, _RULE_INK)


def _draw_cell(press: Press, boxes: Sequence[Box], asked: bool) -> None:
    """The boxes of a cell; where nothing is asked, a light dash."""
    if asked:
        for box in boxes:
            _draw_box(press, box)
    elif boxes:
        middle, y = (boxes[0].x + boxes[-1].right) / 2, boxes[0].centre[1]
        press.line((middle - _DASH / 2, y), (middle + _DASH / 2, y), 0.3, 0.3)


def _draw_signature(press: Press, content: SheetContent) -> None:
    _ = translator(content.procedure.language)
    place = content.form.layout.signature
    narrow = _NARROW * place.w
    wide = place.w - 3 * (narrow + _BETWEEN)
    left, line = place.x, place.bottom - 5
    for caption, width in (
        (_("Signature of the expert"), wide),
        (_("Date"), narrow),
        (_("Started at"), narrow),
        (_("Finished at"), narrow),
    ):
        press.line((left, line), (left + width, line), 0.2, 0.7)
        press.text(Box(left, line + 0.5, width, 4), caption, 7, ink=0.7)
        left += width + _BETWEEN


def draw_sheet(press: Press, content: SheetContent) -> None:
    """Print one score sheet as a page of its own."""
    form, layout = content.form, content.form.layout
    if layout.lying:
        press.lay_across()
    draw_marks(press, layout.marks)
    for square in layout.side_squares:
        press.fill(square)
    draw_codes(press, content.label, layout.qr, layout.bar)
    _draw_header(press, content)
    _draw_reference(press, content)
    for group in sorted({index // ROWS_PER_CAPTION for index, _row in content.placed()}):
        _draw_caption_line(press, content, group)
    for index, row in content.placed():
        _draw_row(press, form, index, row)
    _draw_signature(press, content)
    press.end_page()


def draw_sheets(contents: Sequence[SheetContent], out: BinaryIO) -> int:
    """Print score sheets into one PDF; returns the number of pages.

    Errors: TextDoesNotFit (E5001) when a title or a name is too long.
    """
    press = canvas(out)
    for content in contents:
        draw_sheet(press, content)
    return press.finish()


def blank_raster(content: SheetContent, dpi: int = 200) -> bytes:
    """The sheet as it leaves the printer: a grey PNG at `dpi`."""
    png = io.BytesIO()
    # As a palette of greys: PNG then tries no filters, which cost more time than they save of a page that is white.
    _rendered(content, dpi).convert("P").save(png, "PNG", compress_level=1, dpi=(dpi, dpi))
    return png.getvalue()


def known_print(content: SheetContent) -> bytes:
    """The same for whoever reads filled sheets: a TIFF of the size at which they are read, packed so that it
    unpacks in a third of a PNG's time."""
    packed = io.BytesIO()
    Image.fromarray(_as_read(_rendered(content, 200))).save(packed, "TIFF", compression="packbits")
    return packed.getvalue()


def pixels(picture: bytes) -> NDArray[np.uint8]:
    """Greys of a known print, HxW, that this version or an earlier one made, at the size at which it is read."""
    with Image.open(io.BytesIO(picture)) as opened:
        return _as_read(opened.convert("L"))


def _rendered(content: SheetContent, dpi: int) -> Image.Image:
    printed = io.BytesIO()
    draw_sheets([content], printed)
    document = pypdfium2.PdfDocument(printed.getvalue())
    try:
        picture: Image.Image = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
        return picture.convert("L")
    finally:
        document.close()


def _as_read(grey: Image.Image) -> NDArray[np.uint8]:
    # Turned to darkness and back: so it is rounded as a reader would that is given another size.
    dark = cv2.bitwise_not(np.asarray(grey, np.uint8))
    page = LYING.page if grey.width > grey.height else UPRIGHT.page
    size = (round(page.w * PRINT_SCALE), round(page.h * PRINT_SCALE))
    return np.asarray(cv2.bitwise_not(cv2.resize(dark, size, interpolation=cv2.INTER_AREA)), np.uint8)
