"""Reports on paper: nothing is cut, nothing is lost between pages, and points stay with what they were given for."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from crosscheck import typeset
from crosscheck.report import Report, Share, Table, Text, Whole
from crosscheck.report_files import Picture, write_pdf
from crosscheck.reporting.grid import Grid, GridRow, laid_out, parts
from crosscheck.reporting.pen import Pen, lines, wide, words
from crosscheck.typeset import GLUE

WORDS = st.text(st.sampled_from("аИщ1.,: \n-№"), max_size=60)
ROWS = st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=12)
PAGE = 300.0


def pages(*tables: Table, said: tuple[str, ...] = (), pictures: tuple[Picture, ...] = ()) -> list[str]:
    out = io.BytesIO()
    write_pdf(Report("Report", said, tables, "en"), out, pictures)
    return [page.extract_text() for page in PdfReader(io.BytesIO(out.getvalue())).pages]


def grid(rows: list[tuple[str, str, str]], titles: tuple[str, ...] = ("a", "b", "c"), room: float = 200.0) -> Grid:
    return laid_out(Table("T", titles, tuple(tuple(map(Text, row)) for row in rows)), room)


def said(rows: tuple[GridRow, ...]) -> list[str]:
    """The lines of each column, one after the other."""
    columns = zip(*(row.cells for row in rows if not row.head), strict=True)
    return ["".join(line for cell in column for line in cell.lines).replace(" ", "") for column in columns]


# --- lines ---------------------------------------------------------------------------------------


@given(WORDS, st.floats(1, 40))
def test_no_line_is_wider_than_its_room_and_no_sign_is_lost(text: str, room: float) -> None:
    """Blanks at the ends of lines go; a sign that is wider than the room stands alone."""
    made = lines(text, room)
    assert "".join("".join(made).split()) == "".join(text.split())
    assert all(wide(line) <= room + 1e-9 or len(line) == 1 for line in made)


@pytest.mark.parametrize("text", ["6К2: 0", "6К2: X", "6К2: —", "№ 100 003-1"])
def test_points_stay_in_the_line_of_their_criterion(text: str) -> None:
    """And a number with its sign, wherever the line before ends."""
    first = text.split(" ")[0]
    together = " ".join(text.split(" ")[:2])
    for n in range(12):
        made = lines(f"{'5' * n} {text}", wide(together) * 1.2)
        assert not any(line.endswith(first) for line in made)
    assert words(f"a {text}")[1].startswith(first + GLUE)


def test_the_number_of_a_work_is_never_broken() -> None:
    """As it is printed on packets: people look for it."""
    for n in range(12):
        assert "№ 100 003-1" in [line[-11:] for line in lines(f"{'5' * n} № 100 003-1", wide("№ 100 003-1") * 1.1)]


# --- tables --------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(ROWS, st.floats(0, PAGE))
def test_pages_hold_every_row_once_and_no_more_than_fits(rows: list[tuple[str, str, str]], left: float) -> None:
    """In order, however high a row is and however little is left of the first page."""
    made = grid(rows)
    on = list(parts(made, left, PAGE))
    assert said(tuple(row for part in on for row in part)) == said(made.rows)
    for part, room in zip(on, [left, *[PAGE] * len(on)], strict=False):
        assert sum(row.high for row in part) <= room + 0.1
        assert not part or part[0].head
    assert all(on[1:]), "only the rest of a page may be too little"


def test_a_header_of_half_a_page_stands_once() -> None:
    """Or no room were left for rows; it is broken over pages where it must be."""
    made = grid([("1", "2", "3")] * 40, ("длинное " * 80, "b", "c"))
    on = list(parts(made, PAGE, PAGE))
    assert made.header.high > PAGE
    heads = [row for part in on for row in part if row.head]
    assert sum(len(row.cells[0].lines) for row in heads) == len(made.header.cells[0].lines)
    assert sum(not row.head for part in on for row in part) == 40


def test_columns_fill_the_room_and_not_more() -> None:
    """Long words make the type smaller; where even that is too little they break."""
    for n in (1, 5, 20, 60):
        made = laid_out(Table("T", ("Коэффициент",) * n, ((Share(0.5),) * n,) * 2), 500.0)
        assert sum(made.widths) <= 500.0 + 1e-6
        for cell, width in zip(made.header.cells, made.widths, strict=True):
            assert all(wide(line, typeset.BOLD) * made.size <= width for line in cell.lines)


def test_a_cell_that_is_higher_than_a_page_goes_on_on_the_next() -> None:
    """Nothing of it is lost, and the header is over each part."""
    text = "\n".join(f"row{n};" for n in range(200))
    found = pages(Table("T", ("Title", "b"), ((Text(text), Whole(7)),)))
    assert len(found) > 2
    assert all("Title" in page for page in found)
    assert all(f"row{n};" in "\n".join(found) for n in range(200))


# --- pages ---------------------------------------------------------------------------------------


def test_a_title_never_stands_alone_at_the_foot_of_a_page() -> None:
    """Tables begin where there is room for some of their rows."""
    rows = tuple((Text(f"r{n}"), Whole(n)) for n in range(12))
    for before in range(30, 60):
        for page in pages(Table("TABLE", ("first", "b"), rows), said=("line",) * before):
            assert ("TABLE" in page) <= ("r0" in page)


def test_more_text_than_a_page_holds_goes_on_on_the_next() -> None:
    """Every line of it, also of one long paragraph, and every page has its number."""
    found = pages(said=(*(f"line {n}." for n in range(150)), "\n".join(f"more {n}." for n in range(150))))
    assert all(f"more {n}." in "\n".join(found) for n in range(150))
    assert all(f"line {n}." in "\n".join(found) for n in range(150))
    assert [page.strip().splitlines()[-1] for page in found] == [str(n + 1) for n in range(len(found))]


def test_pictures_come_before_tables_and_get_what_is_left_of_the_page() -> None:
    """Unless they say how high they are, in millimetres."""
    seen: list[tuple[float, float]] = []
    some = (Picture(lambda _canvas, w, h: seen.append((w, h)), 50), Picture(lambda _canvas, w, h: seen.append((w, h))))
    found = pages(Table("TABLE", ("a",), ((Whole(1),),)), pictures=some)
    (width, first), (_width, rest) = seen
    assert first == pytest.approx(50 / 25.4 * 72)
    assert width < 595
    assert 400 < rest < 700
    assert "TABLE" not in found[0]
    assert "TABLE" in found[1]


def test_text_in_any_script_can_be_searched() -> None:
    """More different signs than a font of a file holds; й in two characters is one."""
    many = "".join(map(chr, [*range(0xC0, 0x180), *range(0x390, 0x3C0), *range(0x410, 0x450), *range(0x531, 0x550)]))
    many = "".join(sign for sign in many if not typeset.missing_signs(sign))
    assert len(many) > 255
    (page,) = pages(Table("T", ("a",), ((Text(many),), (Text("и\u0306"),))))
    assert set(many) <= set(page)
    assert "й" in page.splitlines()


def test_the_pen_leaves_the_canvas_as_it_was() -> None:
    """What it sets it puts back: others draw on the same page."""
    from reportlab.pdfgen.canvas import Canvas

    from crosscheck.reporting.pen import Type

    pen = Pen(Canvas(io.BytesIO()))
    before = len(pen.canvas._code)
    pen.write([(1, 2, "a(b)")], Type(8), "1 0 0 rg")
    pen.turn(1, 2, "a", Type(8), "1 0 0 rg")
    pen.fill([(0, 0, 1, 1)], "1 0 0 rg")
    pen.rule([[(0, 0), (1, 1)]], "1 0 0 RG", 2, "5 3")
    pen.dot(0, 0, 2, "1 0 0 RG")
    made = pen.canvas._code[before:]
    assert len(made) == 5
    assert all(one.split()[0] == "q" and one.split()[-1] == "Q" for one in made)
    assert r"(a\050b\051) Tj" in made[0]
