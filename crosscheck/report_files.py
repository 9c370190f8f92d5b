"""Reports as files: XLSX workbooks and PDF papers. The same report gives the same bytes, on any day and computer."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer

from crosscheck import typeset
from crosscheck.pdffile import Properties
from crosscheck.report import Band, Cell, Decimal, Report, Share, Sign, Table, Text, Whole, Withheld

_FILLS = {Band.GREEN: "C9E7B5", Band.YELLOW: "FFF0A8", Band.RED: "F6B9B4"}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold
_EPOCH_W3C = "1980-01-01T00:00:00Z"
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60  # characters


def shown(cell: Cell) -> str:
    """A cell as words, for paper."""
    match cell:
        case Text(text=text) | Sign(sign=text) | Withheld(why=text):
            return clean(text)
        case Whole(value=number):
            return str(number)
        case Decimal(value=value, digits=digits):
            return f"{value:.{digits}f}".replace(".", ",")
        case Share(value=share):
            return f"{share * 100:.1f}".replace(".", ",") + " %"


def clean(text: str) -> str:
    """Text without characters that neither XML nor paper can hold."""
    return _NOT_IN_XML.sub(" ", text)


# --- plain text ---------------------------------------------------------------------------------


def text_of(report: Report) -> str:
    """The report as lines for a terminal: columns under each other, figures to the right."""
    blocks = ["\n".join([report.title, *report.lines])]
    for table in report.tables:
        rows = [[shown(cell) for cell in row] for row in table.rows]
        widths = [max(map(len, column)) for column in zip(table.columns, *rows, strict=True)]
        right = [all(not isinstance(row[at], Text) for row in table.rows) for at in range(len(widths))]
        lines = [
            "  ".join(text.rjust(w) if r else text.ljust(w) for text, w, r in zip(row, widths, right, strict=True))
            for row in [table.columns, *rows]
        ]
        blocks.append("\n".join([table.title, *(line.rstrip() for line in lines), *table.notes]))
    return "\n\n".join(blocks)


def csv_of(table: Table) -> bytes:
    """A table as spreadsheets open it: figures as they are shown, semicolons between them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([[shown(cell) for cell in row] for row in table.rows])
    return text.getvalue().encode("utf-8-sig")


# --- workbook ----------------------------------------------------------------------------------


def write_xlsx(report: Report, out: BinaryIO) -> None:
    """Write a workbook: a sheet for each table, its header frozen and filtered.

    Text is stored as text even where it looks like a formula; figures are numbers with formats.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    taken: set[str] = set()
    for table in report.tables:
        _write_table(book.create_sheet(sheet_title(table.title, taken)), report, table)
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


def _write_table(sheet: Worksheet, report: Report, table: Table) -> None:
    above = (report.title, *report.lines, table.title)
    for row, line in enumerate(above, start=1):
        put_text(sheet.cell(row=row, column=1), line, bold=row in (1, len(above)))
    header = len(above) + 1
    for column, title in enumerate(table.columns, start=1):
        _put_header(sheet.cell(row=header, column=column), title)
    for row, cells in enumerate(table.rows, start=header + 1):
        for column, cell in enumerate(cells, start=1):
            _put(sheet.cell(row=row, column=column), cell)
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


def put_text(cell: SheetCell, text: str, bold: bool = False) -> None:
    """Text stays text, whatever it begins with."""
    cell.value = clean(text)
    cell.data_type = "s"  # openpyxl takes a leading = for a formula
    cell.font = Font(bold=bold)
    # Spreadsheets re-read a cell that is edited: the quote prefix keeps it text even then.
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


def _put_header(cell: SheetCell, title: str) -> None:
    put_text(cell, title, bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.fill = PatternFill("solid", fgColor="E6E6E6")
    cell.border = Border(bottom=Side("thin"))


def _put(cell: SheetCell, value: Cell) -> None:
    match value:
        case Text(text=text):
            put_text(cell, text)
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        case Sign(sign=sign):
            put_text(cell, sign)
            cell.alignment = Alignment(horizontal="right")
        case Withheld(why=why):
            put_text(cell, why)
            cell.font = Font(italic=True, color="707070")
        case Whole(value=number, band=band):
            cell.value, cell.number_format = number, "0"
            _colour(cell, band)
        case Decimal(value=number, digits=digits):
            cell.value, cell.number_format = number, "0." + "0" * digits if digits else "0"
        case Share(value=share, band=band):
            cell.value, cell.number_format = share, "0.0%"
            _colour(cell, band)


def _colour(cell: SheetCell, band: Band) -> None:
    if band in _FILLS:
        cell.fill = PatternFill("solid", fgColor=_FILLS[band])


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
    for picture in pictures:
        story += [Spacer(1, 4 * mm), _Drawn(picture)]
    for table in report.tables:
        story += _table_story(table, page[0] - 2 * _MARGIN)
    document.build(story, onFirstPage=_first_page, onLaterPages=_page_number)


def _wide(table: Table) -> bool:
    return len(table.columns) > 8


def _first_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas._doc.info.__class__ = Properties  # neither an author nor a day; others refer to this object already
    _page_number(canvas, document)


def _page_number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(typeset.REGULAR, 8)
    canvas.drawRightString(document.pagesize[0] - _MARGIN, 8 * mm, str(canvas.getPageNumber()))


def _paragraph(text: str, size: float, font: str = typeset.REGULAR, align: int = 0) -> Paragraph:
    style = ParagraphStyle("", fontName=font, fontSize=size, leading=size * 1.25, alignment=align, splitLongWords=1)
    return Paragraph(escape(clean(text)).replace("\n", "<br/>"), style)


def _table_story(table: Table, room: float) -> list[Any]:
    size, widths = _layout(table, room)
    header = [_paragraph(title, size, typeset.BOLD, align=1) for title in table.columns]
    rows = [[_paper_cell(cell, size) for cell in row] for row in table.rows]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#8C8C8C")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#E6E6E6")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
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
    return [CondPageBreak(45 * mm), Spacer(1, 5 * mm), title, Spacer(1, 2 * mm), drawn, Spacer(1, 1 * mm), *notes]


def _colours(table: Table) -> list[tuple[Any, ...]]:
    return [
        ("BACKGROUND", (x, y), (x, y), colors.HexColor(f"#{_FILLS[cell.band]}"))
        for y, row in enumerate(table.rows, start=1)
        for x, cell in enumerate(row)
        if isinstance(cell, Share | Whole) and cell.band in _FILLS
    ]


def _paper_cell(cell: Cell, size: float) -> Paragraph:
    return _paragraph(shown(cell), size, align=0 if isinstance(cell, Text) else 1)


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
    bold = max((typeset.width(word, size, typeset.BOLD) for word in title.split()), default=0.0)
    split = str.splitlines if whole_lines else str.split
    pieces = {piece for cell in cells for piece in split(cell)}
    return float(max([bold, *(typeset.width(piece, size) for piece in pieces)]) * mm) + _PADDING + 1.0


def _shared(least: list[float], wanted: list[float], room: float) -> list[float]:
    """Give what is left over to the columns whose lines would like more."""
    short = [max(want - low, 0.0) for low, want in zip(least, wanted, strict=True)]
    left = room - sum(least)
    share = min(1.0, left / sum(short)) if sum(short) > 0 else 0.0
    return [low + more * share for low, more in zip(least, short, strict=True)]
