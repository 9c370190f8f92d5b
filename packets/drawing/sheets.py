"""Score sheets: what an expert fills in, drawn from sheetform in vectors."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pypdfium2

from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.labels import Kind, Label, signed_or_plain
from crosscheck.model import AnonymousNumber, CriterionId, Given, Marking
from crosscheck.numbering import packet_code, spaced
from crosscheck.procedure import Procedure, paper_digest
from crosscheck.sheetform import BOX, PITCH, ROWS_PER_CAPTION, Column, SheetForm
from crosscheck.typeset import BOLD, Align, Press, canvas
from packets.drawing.parts import draw_codes, draw_marks, spelled

BOX_LINE = 0.28
BOX_INK = 0.45
CROSS_LINE = 0.5
TITLE = Box(108, 10, 53, 11)
PACKET = Box(26, 25, 60, 7)
SHEET = Box(90, 25, 71, 7)
EXPERT = Box(26, 32.5, 135, 5.5)
INSTRUCTION = Box(26, 39, 90, 20)
SIGNATURE = Box(52, 240, 134, 18)
_ID_HEIGHT, _VALUE_TOP, _VALUE_HEIGHT = 2.75, 2.75, 2.75
_REFERENCE_CAPTION = 3.2
_DASH = 3.0


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
        plain = Label(Kind.SHEET, self.packet, self.form.sheet, self.round, paper_digest(self.procedure))
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


def identifier_box(form: SheetForm, group: int, column: Column) -> Box:
    """Where the identifier of a criterion stands in a caption line."""
    left, right = column.choices[0][1], column.choices[-1][1] + BOX
    return Box(left, form.caption_top(group), right - left, _ID_HEIGHT)


def value_box(form: SheetForm, group: int, left: float) -> Box:
    """Where the value of a choice stands in a caption line: centred above its box."""
    return Box(left - (PITCH - BOX) / 2, form.caption_top(group) + _VALUE_TOP, PITCH, _VALUE_HEIGHT)


def _draw_cross(press: Press, box: Box) -> None:
    inner = box.grown(-0.4)
    press.line((inner.x, inner.y), (inner.right, inner.bottom), CROSS_LINE)
    press.line((inner.right, inner.y), (inner.x, inner.bottom), CROSS_LINE)


def _draw_box(press: Press, box: Box) -> None:
    press.frame(box, BOX_LINE, BOX_INK)


def _draw_reference(press: Press, content: SheetContent) -> None:
    _ = translator(content.procedure.language)
    empty, crossed, filled = content.form.reference
    for box, caption in ((empty, _("empty")), (crossed, _("cross")), (filled, _("cancelled"))):
        _draw_box(press, box)
        press.text(reference_caption_box(box), caption, 6, align=Align.CENTRE, least=4)
    _draw_cross(press, crossed)
    press.fill(filled)


def _draw_header(press: Press, content: SheetContent) -> None:
    procedure, form = content.procedure, content.form
    _ = translator(procedure.language)
    press.text(TITLE, procedure.title, 9, BOLD)
    press.text(PACKET, _("Packet {packet}").format(packet=packet_code(content.packet)), 13, BOLD, upright=0.5)
    sheet = _("Score sheet {sheet} of {sheets}").format(sheet=form.sheet, sheets=form.sheets)
    press.text(SHEET, sheet, 11, BOLD, align=Align.RIGHT, upright=0.5)
    press.text(EXPERT, _("Expert: {expert}").format(expert=content.expert), 10, upright=0.5)
    press.text(
        INSTRUCTION,
        _(
            "For every work put a cross into exactly one box for each criterion: the points, or X when the pupil "
            "did not attempt the task. To cancel a cross, fill its box completely and cross another. "
            "Use a black or blue pen. Write nothing else between the boxes."
        ),
        7.5,
    )


def _draw_caption_line(press: Press, form: SheetForm, group: int) -> None:
    for column in form.columns:
        press.text(identifier_box(form, group, column), column.criterion.id, 7, BOLD, align=Align.CENTRE)
        for given, left in column.choices:
            press.text(value_box(form, group, left), spelled(given), 6.5, align=Align.CENTRE)


def _draw_row(press: Press, form: SheetForm, index: int, row: SheetRow) -> None:
    press.text(form.number_box(index), spaced(row.number), 10.5, BOLD, upright=0.5)
    for criterion, boxes in form.cells(index):
        if criterion in row.asked:
            for _given, box in boxes:
                _draw_box(press, box)
        else:
            middle = (boxes[0][1].x + boxes[-1][1].right) / 2
            y = boxes[0][1].centre[1]
            press.line((middle - _DASH / 2, y), (middle + _DASH / 2, y), 0.3, 0.3)


def _draw_signature(press: Press, content: SheetContent) -> None:
    _ = translator(content.procedure.language)
    line = SIGNATURE.y + 10
    for left, right, caption in (
        (SIGNATURE.x, SIGNATURE.x + 62, _("Signature of the expert")),
        (SIGNATURE.x + 68, SIGNATURE.x + 98, _("Date")),
        (SIGNATURE.x + 104, SIGNATURE.right, _("Time")),
    ):
        press.line((left, line), (right, line), 0.2, 0.7)
        press.text(Box(left, line + 0.5, right - left, 4), caption, 7, ink=0.7)


def draw_sheet(press: Press, content: SheetContent) -> None:
    """Print one score sheet as a page of its own."""
    form = content.form
    draw_marks(press, form.marks)
    for square in form.side_squares:
        press.fill(square)
    draw_codes(press, content.label, form.qr, form.bar)
    _draw_header(press, content)
    _draw_reference(press, content)
    for group in sorted({index // ROWS_PER_CAPTION for index, _row in content.placed()}):
        _draw_caption_line(press, form, group)
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
    """The sheet as it leaves the printer: a grey PNG at `dpi`, against which a filled sheet is read."""
    printed = io.BytesIO()
    draw_sheets([content], printed)
    document = pypdfium2.PdfDocument(printed.getvalue())
    try:
        page = document[0].render(scale=dpi / 72, grayscale=True)
        png = io.BytesIO()
        page.to_pil().convert("L").save(png, "PNG", compress_level=1, dpi=(dpi, dpi))
    finally:
        document.close()
    return png.getvalue()
