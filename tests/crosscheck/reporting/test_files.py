"""Reports as files: pages that load nothing, figures that lead to their origin, charts that don't invent zeros."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from crosscheck.report import (
    Band,
    Bars,
    Basis,
    Decimal,
    Formula,
    Limit,
    Lines,
    OriginsUneven,
    Ranges,
    Report,
    Share,
    Sign,
    Table,
    Text,
    Whole,
    Withheld,
)
from crosscheck.report_files import write_pdf, write_xlsx
from crosscheck.report_text import csv_of, csv_of_report, shown
from crosscheck.reporting.drawing import axis, axis_of, scene, scenes, span
from crosscheck.reporting.html import html_of
from crosscheck.reporting.plain import json_of, write_json
from crosscheck.reporting.scene import Box, Dot, Stroke, Words
from crosscheck.reporting.svg import svg
from crosscheck.reporting.workbook import sheet_title

MEAN = Formula("mean", "Mean", "sum / N")
OTHER = Formula("mean-other", "Mean (all)", "sum / N", Basis("all", 90, ("every file",)))
SEVEN, EIGHT = Basis("7", 12, ("class-7-5А",)), Basis("8", 30, ("class-8-5А", "class-8-5Б"))


def table(**changes: object) -> Table:
    made = {
        "title": "Figures",
        "columns": ("School", "Mean", "All", "Share"),
        "rows": (
            (Text("7"), Decimal(5.5), Decimal(6.0), Share(0.5, Band.RED)),
            (Text("8"), Withheld("—"), Decimal(6.0), Withheld("—")),
            (Text("9"), Decimal(7.0), Decimal(6.0), Share(0.75)),
        ),
        "formulas": (None, MEAN, OTHER, None),
        "bases": (SEVEN, EIGHT, SEVEN),
    }
    return Table(**{**made, **changes})  # type: ignore[arg-type]


def report(*tables: Table, title: str = "Report") -> Report:
    return Report(title, ("line",), tables, "en")


class Tags(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):  # these have no end
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# --- pages ---------------------------------------------------------------------------------------


def test_every_link_of_a_page_leads_to_something_in_it() -> None:
    """Figures to formulas, rows to their works, contents to tables; nothing leads out."""
    tags = Tags(html_of(report(table(), table(title="Two"), table(title="Three")))).found
    places = {attrs["id"] for _tag, attrs in tags if "id" in attrs}
    links = [attrs["href"] or "" for tag, attrs in tags if tag == "a"]
    assert {"#how-mean", "#how-mean-other", "#of-1", "#of-2", "#table-2", "#how"} <= set(links)
    assert all(link.startswith("#") and link[1:] in places for link in links)


def test_a_figure_tells_of_how_many_works_it_is() -> None:
    """Those of its row, or of its column where that has works of its own."""
    titles = [attrs.get("title") for tag, attrs in Tags(html_of(report(table()))).found if tag == "a"]
    assert "Mean; 7; n = 12" in titles
    assert "Mean (all); all; n = 90" in titles


def test_a_page_closes_what_it_opens_and_names_no_place_twice() -> None:
    """With charts, notes, rows above the header, and a table of nothing but a note."""
    one = table(charts=CHARTS, notes=("note",), above=((Text("Б"),) * 4,))
    tags = Tags(html_of(report(one, table(title="Two"), Table("None", ("a",), (), ("nothing",)))))
    places = [attrs["id"] for _tag, attrs in tags.found if "id" in attrs]
    assert tags.open == []
    assert len(places) == len(set(places))


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&<>\"'"])
def test_no_text_becomes_markup(evil: str) -> None:
    """Names of schools come from files that others wrote."""
    one = table(
        title=evil,
        columns=(evil, "Mean", "All", "Share"),
        rows=((Text(evil), Decimal(1.0), Decimal(1.0), Share(0.1)),) * 3,
        formulas=(None, Formula("mean", evil, evil), None, None),
        bases=(Basis(evil, 1, (evil,)),) * 3,
        charts=(Lines(evil, 0, (1,)),),
        notes=(evil,),
    )
    page = html_of(Report(evil, (evil,), (one,), "en"))
    tags = Tags(page).found
    assert {tag for tag, _attrs in tags}.isdisjoint({"script", "img"})
    assert not any(name.startswith("on") for _tag, attrs in tags for name in attrs)


def test_a_page_loads_nothing() -> None:
    """No script, no address of another computer but the name of SVG, and a policy that forbids all of it."""
    page = html_of(report(table(charts=(Lines("L", 0, (1,)),))))
    tags = Tags(page).found
    assert {tag for tag, _attrs in tags}.isdisjoint({"script", "link", "iframe", "object", "img"})
    assert not any("src" in attrs for _tag, attrs in tags)
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
    assert any("default-src 'none'" in (attrs.get("content") or "") for tag, attrs in tags if tag == "meta")


def test_tables_have_headers_for_rows_and_columns() -> None:
    """Who hears a table hears what a cell belongs to."""
    scopes = [attrs.get("scope") for tag, attrs in Tags(html_of(report(table()))).found if tag == "th"]
    assert scopes.count("row") >= 3
    assert scopes.count("col") >= 4


# --- charts --------------------------------------------------------------------------------------


def test_a_line_has_a_gap_where_no_figure_is_told() -> None:
    """Two dots for three rows, and no line between them."""
    drawn = scene(table(), Lines("L", 0, (1,)))
    assert drawn is not None
    dots = [shape for shape in drawn.shapes if isinstance(shape, Dot)]
    assert [dot.hint for dot in dots] == ["7: Mean 5,50", "9: Mean 7,00"]
    assert not [s for s in drawn.shapes if isinstance(s, Stroke) and s.width > 1.5]


def test_bars_stand_on_the_axis_as_high_as_their_figures() -> None:
    """Twice the share, twice the height; what is withheld has no bar; a limit stands before its bar."""
    rows = ((Text("7"), Share(0.1)), (Text("8"), Share(0.2)), (Text("9"), Withheld("—")))
    drawn = scene(Table("T", ("School", "Share"), rows), Bars("B", 0, (1,), (Limit(1, "from here 3"),)))
    assert drawn is not None
    low, high = (shape for shape in drawn.shapes if isinstance(shape, Box))
    assert high.h == pytest.approx(2 * low.h)
    assert low.y + low.h == pytest.approx(high.y + high.h)
    (limit,) = (shape for shape in drawn.shapes if isinstance(shape, Stroke) and shape.dashed)
    assert low.x + low.w <= limit.points[0][0] <= high.x


def test_ranges_show_points_between_their_ends() -> None:
    """And the row that all are compared with as a line."""
    rows = ((Text("all"), Decimal(5), Decimal(4), Decimal(6)), (Text("8"), Decimal(7), Decimal(-1), Decimal(9)))
    drawn = scene(Table("T", ("n", "m", "l", "h"), rows), Ranges("R", 0, 1, 2, 3, line=0))
    assert drawn is not None
    (dot,) = (shape for shape in drawn.shapes if isinstance(shape, Dot))
    (line,) = (shape for shape in drawn.shapes if isinstance(shape, Stroke) and shape.width == 1.6)
    assert line.points[0][0] < dot.x < line.points[1][0]
    assert any(isinstance(shape, Words) and shape.text == "all: 5,00" for shape in drawn.shapes)


def test_a_chart_without_a_figure_is_not_drawn() -> None:
    """Neither on paper nor as an empty axis."""
    nothing = table(rows=((Text("7"), Withheld("—"), Withheld("—"), Withheld("—")),) * 3)
    for chart in (Lines("L", 0, (1,)), Bars("B", 0, (3,)), Ranges("R", 0, 1, 2, 3)):
        assert scene(nothing, chart) is None


CELLS = st.one_of(
    st.builds(Decimal, st.floats(-5, 1e6)),
    st.builds(Share, st.floats(0, 1)),
    st.builds(Whole, st.integers(0, 10**6)),
    st.just(Withheld("—")),
    st.builds(Text, st.text(max_size=20)),
    st.just(Sign("X")),
)
ROWS = st.lists(st.tuples(st.builds(Text, st.text(max_size=60)), CELLS, CELLS, CELLS), min_size=1, max_size=40)
CHARTS = (Lines("L", 0, (1, 2)), Bars("B", 0, (1, 2, 3), (Limit(0, "3"),)), Ranges("R", 0, 1, 2, 3, line=0))


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_whatever_a_table_holds_its_charts_stay_in_their_frame(rows: list[tuple[Text, ...]]) -> None:
    """Well-formed pictures, no shape outside of them, no number that is none."""
    for drawn in scenes(Table("T", ("a", "b", "c", "d"), tuple(rows), charts=CHARTS)):
        ElementTree.fromstring(svg(drawn))
        for shape in drawn.shapes:
            match shape:
                case Box(x=x, y=y, w=w, h=h):
                    corners = [(x, y), (x + w, y + h)]
                case Stroke(points=points):
                    corners = list(points)
                case Dot(x=x, y=y) | Words(x=x, y=y):
                    corners = [(x, y)]
            assert all(-1 <= x <= drawn.width + 1 and -1 <= y <= drawn.height + 1 for x, y in corners), shape


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_an_axis_holds_every_figure_in_few_round_steps(values: list[float]) -> None:
    """From 0 or below the least to above the largest."""
    found = axis([Decimal(value) for value in values])
    assert min(0.0, *values) >= found.low - 1e-6 * found.step
    assert max(values) <= found.high + 1e-6 * found.step
    assert 2 <= len(found.ticks()) <= 12


@given(st.lists(st.tuples(st.floats(-50, 1e3), st.floats(0, 30)), min_size=1, max_size=9))
def test_an_axis_of_ranges_lies_close_around_them(found: list[tuple[float, float]]) -> None:
    """It holds every point and every interval, though it leads below 0 only where a point does; at most two steps of it
    are empty."""
    middles = [Decimal(middle) for middle, _wide in found]
    lows, highs = ([Decimal(m + sign * w) for m, w in found] for sign in (-1, 1))
    made = span(middles, [*lows, *highs])
    least, most = min(low.value for low in lows), max(high.value for high in highs)
    least = max(least, 0.0) if min(m for m, _wide in found) >= 0 else least
    assert made.low - 1e-6 * made.step <= least
    assert most <= made.high + 1e-6 * made.step
    assert (least - made.low) + (made.high - most) <= 2 * made.step * (1 + 1e-6)
    assert 2 <= len(made.ticks()) <= 12


# --- workbooks -----------------------------------------------------------------------------------


def workbook(of: Report):  # type: ignore[no-untyped-def]
    out = io.BytesIO()
    write_xlsx(of, out)
    return load_workbook(io.BytesIO(out.getvalue()))


def test_headers_and_rows_of_a_workbook_lead_to_how_they_were_computed() -> None:
    """Each link to the line of its formula, or of its works."""
    book = workbook(report(table()))
    sheet, how = book["Figures"], book["How it is computed"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    for name, told in (("Mean", "Mean"), ("All", "Mean (all)"), ("8", "8")):
        title, _mark, place = (
            cells[name].hyperlink.location.rpartition("!")
            if cells[name].hyperlink.location
            else (cells[name].hyperlink.target.lstrip("#").rpartition("!"))
        )
        assert title == "'How it is computed'"
        assert how[place].value == told
    row = next(row for row in how.iter_rows(values_only=True) if row[0] == "8")
    assert row[:3] == ("8", "class-8-5А, class-8-5Б", 30)


def test_charts_of_a_workbook_stand_over_empty_cells_where_nothing_is_told() -> None:
    """A dash would be drawn as 0."""
    sheet = workbook(report(table(charts=(Lines("L", 0, (1,)), Bars("B", 0, (3,)), Ranges("R", 0, 1, 2, 3)))))["Charts"]
    assert len(sheet._charts) == 3
    assert [sheet.cell(row, 2).value for row in (3, 4, 5)] == [5.5, None, 7.0]


def test_charts_of_a_workbook_are_read_on_the_axes_of_paper() -> None:
    """Means near each other aren't crowded far from 0; what is too much for a picture on paper is none here either."""
    rows = tuple((Text(f"{n} · {'long ' * 9}"), Decimal(12 + n / 10), Decimal(11), Decimal(14)) for n in range(20))
    means = Ranges("R", 0, 1, 2, 3)
    one = Table("T", ("n", "m", "l", "h"), rows, charts=(means,))
    sheet = workbook(report(one))["Charts"]
    (chart,) = sheet._charts
    found = axis_of(one, means)
    assert found is not None
    assert (chart.y_axis.scaling.min, chart.y_axis.scaling.max) == (found.low, found.high) == (11.0, 14.0)
    assert sheet["A3"].value == "0 · long long long long…"
    many = Table("T", ("n", "m", "l", "h"), rows * 7, charts=(means,))
    assert "Charts" not in workbook(report(many)).sheetnames


@given(st.lists(st.text(max_size=80), max_size=8))
def test_sheets_have_titles_that_programs_take_each_its_own(titles: list[str]) -> None:
    """At most 31 signs, none that is forbidden, no two that differ by case alone."""
    taken: set[str] = set()
    names = [sheet_title(title, taken) for title in [*titles, *titles]]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")
        assert name == name.strip()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Коэффициент заданий по школам", "Коэффициент заданий по школам"),
        ("Распределение первичных баллов по классам", "Распределение первичных баллов…"),
        ("Сравнение отметок с отметками, журнальными", "Сравнение отметок с отметками…"),
        ("Сравнение с отметками в журналах школ", "Сравнение с отметками в…"),
        ("Check point: П1", "Check point П1"),
        ("Водоснабжение" * 3, "ВодоснабжениеВодоснабжениеВодо…"),
    ],
)
def test_a_long_title_of_a_sheet_ends_after_a_word(title: str, name: str) -> None:
    """A second one of the same beginning has a number."""
    taken: set[str] = set()
    assert sheet_title(title, taken) == name
    again = sheet_title(title, taken)
    assert again.endswith(" 2")
    assert len(again) <= 31


def test_a_workbook_says_nothing_of_the_computer() -> None:
    """Entries have no day and no sign of the operating system; other programs still open the archive."""
    out = io.BytesIO()
    write_xlsx(report(table(charts=CHARTS)), out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert {(entry.create_system, entry.date_time) for entry in archive.infolist()} == {(0, (1980, 1, 1, 0, 0, 0))}


# --- data ----------------------------------------------------------------------------------------


def test_json_says_of_each_figure_where_it_comes_from() -> None:
    """And of what is withheld why; bands by name."""
    (made,) = json_of(report(table()))["tables"]
    of = {"formula": "mean", "of": "7", "n": 12, "rows": ["class-7-5А"]}
    assert made["rows"][0] == [
        {"text": "7"},
        {"value": 5.5, "from": of},
        {"value": 6.0, "from": {"formula": "mean-other", "of": "all", "n": 90, "rows": ["every file"]}},
        {"value": 0.5, "band": "red"},
    ]
    assert made["rows"][1][1] == {"withheld": "—"}


def test_json_refuses_a_number_that_is_none() -> None:
    """Rather than write what no other program reads."""
    with pytest.raises(ValueError, match="JSON"):
        write_json(report(table(rows=((Text("7"), Decimal(float("nan")), Decimal(1), Share(1)),) * 3)), io.BytesIO())


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_csv_of_several_tables_has_a_line_for_each_cell() -> None:
    """With the formula and the number of works."""
    lines = rows_of(csv_of_report(report(table(), table(title="Two"))))
    assert lines[1] == ["Figures", "7", "Mean", "5,50", "sum / N", "12"]
    assert len(lines) == 1 + 2 * 9
    assert rows_of(csv_of_report(report(table())))[0] == ["School", "Mean", "All", "Share"]


def test_lines_over_the_header_are_in_csv_and_json() -> None:
    """A fixed form without its head is another form."""
    one = Table("T", ("a", "b"), ((Text("x"), Whole(1)),), above=((Text("=Subject"), Whole(5)),))
    assert rows_of(csv_of_report(report(one))) == [["'=Subject", "5"], ["a", "b"], ["x", "1"]]
    assert json_of(report(one))["tables"][0]["above"] == [[{"text": "=Subject"}, {"value": 5}]]
    assert "above" not in json_of(report(table()))["tables"][0]


@pytest.mark.parametrize("text", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")'])
def test_nothing_in_a_csv_file_is_run(text: str) -> None:
    """Texts that begin like a formula get an apostrophe; figures below 0 stay figures, a dash stays a dash."""
    one = Table("T", ("a", "b"), ((Text(text), Decimal(-0.5)), (Text("-"), Withheld("—"))))
    assert rows_of(csv_of(one))[1:] == [[f"'{text}", "-0,50"], ["-", "—"]]


def test_origins_that_dont_fit_the_table_are_refused() -> None:
    """A formula too few would explain other columns."""
    with pytest.raises(OriginsUneven, match="E3150"):
        table(formulas=(MEAN,))
    with pytest.raises(OriginsUneven, match="E3150"):
        table(bases=(SEVEN,))


def test_the_same_report_gives_the_same_bytes_in_every_format() -> None:
    """No clock and no chance."""

    def drawn() -> list[bytes]:
        made = report(table(charts=CHARTS))
        book, paper = io.BytesIO(), io.BytesIO()
        write_xlsx(made, book)
        write_pdf(made, paper)
        return [book.getvalue(), paper.getvalue(), html_of(made).encode(), json.dumps(json_of(made)).encode()]

    assert drawn() == drawn()


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Decimal(5.125), "5,13"),
        (Decimal(2.675), "2,68"),
        (Decimal(-0.5, 0), "-1"),
        (Decimal(-0.0001), "0,00"),
        (Share(0.0625), "6,3 %"),
        (Share(0.9995), "100,0 %"),
    ],
)
def test_halves_are_rounded_as_a_spreadsheet_shows_them(cell: Decimal | Share, words: str) -> None:
    """The workbook keeps the figure and rounds it by its own rule: paper and page must not say otherwise."""
    assert shown(cell) == words
