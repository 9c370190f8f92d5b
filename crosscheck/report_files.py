"""Reports as files: XLSX workbooks and PDF papers. The same report gives the same bytes, on any day and computer."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer

from crosscheck import typeset
from crosscheck.i18n import translator
from crosscheck.pdffile import Properties
from crosscheck.report import Cell, Report, Row, Share, Table, Text, Whole
from crosscheck.report_text import clean as clean
from crosscheck.report_text import csv_of as csv_of
from crosscheck.report_text import shown
from crosscheck.report_text import text_of as text_of
from crosscheck.reporting import paper_charts, workbook
from crosscheck.reporting.cells import FILLS, Looks
from crosscheck.reporting.cells import put_text as put_text
from crosscheck.reporting.drawing import scenes
from crosscheck.reporting.scene import Scene
from crosscheck.reporting.workbook import Origins

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_EPOCH_W3C = "1980-01-01T00:00:00Z"
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60  # characters


# --- workbook ----------------------------------------------------------------------------------


def write_xlsx(report: Report, out: BinaryIO) -> None:
    """Write a workbook: a sheet for each table, its header frozen and filtered; charts; how figures were computed.

    Text is stored as text even where it looks like a formula; figures are numbers with formats.
    """
    _ = translator(report.language)
    book, looks = Workbook(), Looks()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    titles = [sheet_title(table.title, taken) for table in report.tables]
    origins = workbook.origins_of(report, sheet_title(_("How it is computed"), taken))
    for title, table in zip(titles, report.tables, strict=True):
        _write_table(book.create_sheet(title), report, table, origins, looks)
    if any(workbook.drawable(table, chart) for table in report.tables for chart in table.charts):
        workbook.write_charts(book.create_sheet(sheet_title(_("Charts"), taken)), report, looks)
    if origins.formulas:
        workbook.write_origins(book.create_sheet(origins.title), report, origins, looks)
    book.properties.title = clean(report.title)
    book.properties.creator = "crosscheck"
    raw = io.BytesIO()
    book.save(raw)
    freeze_dates(raw, out)


def sheet_title(title: str, taken: set[str]) -> str:
    """A title as a sheet may have it, unlike those in `taken`, which it joins."""
    base = _NOT_IN_TITLES.sub(" ", clean(title)).strip()[:28] or "1"
    name, n = base, 1
    while name.casefold() in taken:
        n += 1
        name = f"{base} {n}"
    taken.add(name.casefold())
    return name


def _write_table(sheet: Worksheet, report: Report, table: Table, origins: Origins, looks: Looks) -> None:
    above = [report.title, *report.lines] + ([table.title] if not table.above else [])
    for row, line in enumerate(above, start=1):
        put_text(sheet.cell(row=row, column=1), line, bold=row in (1, len(above)))
    header = len(above) + len(table.above) + 1
    _write_rows(sheet, table.above, len(above) + 1, looks)
    for column, title in enumerate(table.columns, start=1):
        looks.header(sheet.cell(row=header, column=column), title)
        if place := origins.of(table.formula(column - 1)):
            looks.link(sheet.cell(row=header, column=column), place)
    _write_rows(sheet, table.rows, header + 1, looks)
    for row in range(len(table.rows)):
        if place := origins.of_row(table.basis(row)):
            looks.link(sheet.cell(row=header + 1 + row, column=1), place)
    last = header + len(table.rows)
    for offset, note in enumerate(table.notes, start=2):
        put_text(sheet.cell(row=last + offset, column=1), note)
    sheet.freeze_panes = f"A{header + 1}"
    sheet.auto_filter.ref = f"A{header}:{get_column_letter(len(table.columns))}{last}"
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.orientation = "landscape" if _wide(table) else "portrait"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    _set_widths(sheet, table)


def _write_rows(sheet: Worksheet, rows: Sequence[Row], first: int, looks: Looks) -> None:
    for row, cells in enumerate(rows, start=first):
        for column, cell in enumerate(cells, start=1):
            looks.put(sheet.cell(row=row, column=column), cell)


def _set_widths(sheet: Worksheet, table: Table) -> None:
    for index, title in enumerate(table.columns):
        words = max((len(word) for word in title.split()), default=0)
        lines = (len(line) for row in table.rows for line in shown(row[index]).splitlines())
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(max(words, *lines, 6) + 2, _WIDEST)


def freeze_dates(raw: io.BytesIO, out: BinaryIO) -> None:
    """Copy a workbook with fixed dates: in the zip's entries and in its core properties."""
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(W3CDTF\">)[^<]*(<)", rb"\g<1>" + _EPOCH_W3C.encode() + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # or the bytes would tell the operating system
            target.writestr(entry, content)


# --- paper -------------------------------------------------------------------------------------

_MARGIN = 14 * mm
_SIZES = (9.0, 8.0, 7.0, 6.0, 5.5)
_MOST_WIDE, _MOST_HIGH = 190 * mm, 160 * mm
_LEADING = 1.25
_PADDING = 4.0  # points, both sides of a cell together


@dataclass(frozen=True, slots=True)
class Picture:
    """Something drawn: `draw(canvas, width, height)` in points, the origin below left. height: of the picture in
    millimetres; None: all that is left of the page."""

    draw: Callable[[Canvas, float, float], None]
    height: float | None = None


class _Drawn(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A picture between paragraphs and tables."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.picture = picture

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.height = height - 1 if self.picture.height is None else self.picture.height * mm
        return self.width, self.height

    def draw(self) -> None:
        self.picture.draw(self.canv, self.width, self.height)


def write_pdf(report: Report, out: BinaryIO, pictures: Sequence[Picture] = ()) -> None:
    """Write a paper: A4, upright or, for wide tables, across; headers repeat on every page. Pictures come first."""
    typeset.register()
    page = landscape(A4) if any(_wide(table) for table in report.tables) else A4
    document = SimpleDocTemplate(
        out,
        pagesize=page,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        invariant=1,
    )
    story: list[Any] = [_paragraph(report.title, 14, typeset.BOLD)]
    story += [_paragraph(line, 10) for line in report.lines]
    for opening in report.opening:
        story += [Spacer(1, 3 * mm), _paragraph(opening, 10)]
    for picture in pictures:
        story += [Spacer(1, 4 * mm), _Drawn(picture)]
    for table in report.tables:
        story += _table_story(table, page[0] - 2 * _MARGIN)
        story += [part for one in scenes(table) for part in _scene_story(one, page[0] - 2 * _MARGIN)]
    for closing in report.closing:
        story += [Spacer(1, 3 * mm), _paragraph(closing, 10)]
    story += _origins_story(report)
    document.build(story, onFirstPage=_first_page, onLaterPages=_page_number)


def _scene_story(scene: Scene, room: float) -> list[Any]:
    """A chart under its title, as wide as the page, or as high as fits on one."""
    width = min(room, _MOST_WIDE)
    height = min(width * scene.height / scene.width, _MOST_HIGH)
    picture = Picture(lambda canvas, w, h: paper_charts.draw(canvas, scene, w, h), height / mm)
    title = _paragraph(scene.title, 10, typeset.BOLD)
    return [CondPageBreak(height + 15 * mm), Spacer(1, 4 * mm), title, Spacer(1, 1 * mm), _Drawn(picture)]


def _origins_story(report: Report) -> list[Any]:
    formulas = report.formulas()
    if not formulas:
        return []
    _ = translator(report.language)
    title = _paragraph(_("How it is computed"), 11, typeset.BOLD)
    said = [_paragraph(f"{formula.name}: {formula.text}", 8) for formula in formulas]
    return [CondPageBreak(30 * mm), Spacer(1, 5 * mm), title, Spacer(1, 1 * mm), *said]


def _wide(table: Table) -> bool:
    return len(table.columns) > 8


def _first_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas._doc.info.__class__ = Properties  # neither an author nor a day; others refer to this object already
    _page_number(canvas, document)


def _page_number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(typeset.REGULAR, 8)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 8 * mm, str(canvas.getPageNumber()))


def _paragraph(text: str, size: float, font: str = typeset.REGULAR, align: int = 0) -> Paragraph:
    style = ParagraphStyle("", fontName=font, fontSize=size, leading=size * _LEADING, alignment=align, splitLongWords=1)
    return Paragraph(escape(clean(text)).replace("\n", "<br/>"), style)


def _table_story(table: Table, room: float) -> list[Any]:
    size, widths = _layout(table, room)
    header = [_paragraph(title, size, typeset.BOLD, align=1) for title in table.columns]
    rows = [[_paper_cell(cell, size, wide) for cell, wide in zip(row, widths, strict=True)] for row in table.rows]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#8C8C8C")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#E6E6E6")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("FONT", (0, 1), (-1, -1), typeset.REGULAR, size, size * _LEADING),
        ("ALIGN", (0, 1), (-1, -1), "CENTER"),
        *_words_left(table),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING / 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING / 2),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        *_colours(table),
    ]
    drawn = LongTable([header, *rows], colWidths=widths, repeatRows=1, style=style, hAlign="LEFT")
    notes = [_paragraph(note, 8) for note in table.notes]
    title = _paragraph(table.title, 11, typeset.BOLD)
    # A title never stands alone at the foot of a page.
    body = [drawn] if table.rows or not notes else []  # of nothing the notes say why
    return [CondPageBreak(45 * mm), Spacer(1, 5 * mm), title, Spacer(1, 2 * mm), *body, Spacer(1, 1 * mm), *notes]


def _colours(table: Table) -> list[tuple[Any, ...]]:
    return [
        ("BACKGROUND", (x, y), (x, y), colors.HexColor(f"#{FILLS[cell.band]}"))
        for y, row in enumerate(table.rows, start=1)
        for x, cell in enumerate(row)
        if isinstance(cell, Share | Whole) and cell.band in FILLS
    ]


def _words_left(table: Table) -> list[tuple[Any, ...]]:
    """Words stand to the left, figures in the middle; a column of words is said at once."""
    found: list[tuple[Any, ...]] = []
    for x in range(len(table.columns)):
        words = [y for y, row in enumerate(table.rows, start=1) if isinstance(row[x], Text)]
        whole = len(words) == len(table.rows)
        spans = [(1, -1)] if whole and words else [(y, y) for y in words]
        found += [("ALIGN", (x, first), (x, last), "LEFT") for first, last in spans]
    return found


def _paper_cell(cell: Cell, size: float, width: float) -> Paragraph | str:
    text = shown(cell)
    # Paragraphs cost ten times as much as text; most cells are one line that fits.
    if "\n" not in text and _width(text, size) * mm + _PADDING <= width:
        return text
    return _paragraph(text, size, align=0 if isinstance(cell, Text) else 1)


def _layout(table: Table, room: float) -> tuple[float, list[float]]:
    """Size of type in points and widths of columns: the largest type whose words stay whole."""
    texts = [[title, *(shown(row[i]) for row in table.rows)] for i, title in enumerate(table.columns)]
    for size in _SIZES:
        least = [_widest(column, size, whole_lines=False) for column in texts]
        if sum(least) <= room:
            return size, _shared(least, [_widest(column, size, whole_lines=True) for column in texts], room)
    # Too many columns even in the smallest type: long words break over lines, nothing is cut.
    return _SIZES[-1], [width * room / sum(least) for width in least]


def _widest(column: Sequence[str], size: float, whole_lines: bool) -> float:
    """Points that the longest word (or line) of a column takes, its title measured in bold."""
    title, *cells = column
    bold = max((_width(word, size, typeset.BOLD) for word in title.split()), default=0.0)
    split = str.splitlines if whole_lines else str.split
    pieces = {piece for cell in cells for piece in split(cell)}
    return float(max([bold, *(_width(piece, size) for piece in pieces)]) * mm) + _PADDING + 1.0


@lru_cache(maxsize=1 << 14)  # the same figures stand in table after table, and each is measured in several sizes
def _width(text: str, size: float, font: str = typeset.REGULAR) -> float:
    return typeset.width(text, size, font)


def _shared(least: list[float], wanted: list[float], room: float) -> list[float]:
    """Give what is left over to the columns whose lines would like more."""
    short = [max(want - low, 0.0) for low, want in zip(least, wanted, strict=True)]
    left = room - sum(least)
    share = min(1.0, left / sum(short)) if sum(short) > 0 else 0.0
    return [low + more * share for low, more in zip(least, short, strict=True)]
