"""Blocks on pages: measured first, nothing cut, what can't be printed refused before a byte is written."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscheck.geometry import Box
from crosscheck.i18n import translator
from crosscheck.typeset import SignsMissing, TextDoesNotFit
from packets.papers.blocks import (
    Across,
    Cards,
    Column,
    Facts,
    Heading,
    Line,
    Lines,
    NextPage,
    Paper,
    Signatures,
    Steps,
    Table,
    Ticks,
    Upright,
    Words,
)
from packets.papers.ink import LEAST, Set
from packets.papers.layout import laid_out, print_papers
from tests.packets.printed import pages, texts

RU = translator("ru")


def printed(*papers: Paper) -> bytes:
    out = io.BytesIO()
    print_papers(papers, out, RU)
    return out.getvalue()


def test_a_sign_without_a_glyph_is_refused_with_its_place() -> None:
    """The sign, its code point and the text it stands in are named; nothing is written."""
    out = io.BytesIO()
    with pytest.raises(SignsMissing) as refused:
        print_papers([Paper("Акт", "ВПР", "Школа 学", (Words("текст"),))], out, RU)
    assert refused.value.fields == {"signs": "学 (U+5B66)", "text": "Акт. Школа 学"}
    assert out.getvalue() == b""


def test_upright_and_lying_papers_follow_each_other() -> None:
    """Each page has its own turn."""
    shapes = [
        page.shape[0] > page.shape[1]
        for page in pages(printed(Paper("А", "", "", ()), Paper("Б", "", "", (), Across()), Paper("В", "", "", ())), 50)
    ]
    assert shapes == [True, False, True]


def test_the_head_of_a_table_stands_on_every_page() -> None:
    """With the number of the page and of how many."""
    table = Table((Column("столбец", 30),), tuple((f"строка {n}",) for n in range(100)), row_height=10)
    shown = texts(printed(Paper("Список", "ВПР 2026", "", (table,))))
    assert len(shown) == 5
    assert all("столбец" in page and f"{n} из 5" in page for n, page in enumerate(shown, start=1))
    assert sum(page.count("строка") for page in shown) == 100


# --- laws ----------------------------------------------------------------------------------------

WORDS = st.text("абвгд ежзик.лмно-прст", min_size=0, max_size=60)
LONG = st.text("абвгд ежзик.лмно-прст", min_size=0, max_size=400)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.integers(1, 40))
    keys = draw(st.integers(0, 2)) if columns > 3 else 0
    least = st.sampled_from((0.0, 5.0, 7.0)) if keys else st.just(0.0)
    titles = tuple(Column(draw(WORDS), draw(least), draw(st.sampled_from((0, 1)))) for _column in range(columns))
    texts_ = st.tuples(*[st.text("абв12 ", max_size=12)] * columns)
    rows = tuple(draw(st.lists(texts_, max_size=40)))
    return Table(titles, rows, keys, draw(st.integers(0, min(1, len(rows)))), draw(st.sampled_from((0.0, 7.0, 9.0))))


BLOCKS = st.one_of(
    st.builds(Words, LONG),
    st.builds(Heading, WORDS),
    st.builds(Facts, st.lists(st.tuples(WORDS, LONG), max_size=6).map(tuple)),
    st.builds(Lines, WORDS, st.integers(0, 6)),
    st.builds(Ticks, st.lists(LONG, max_size=4).map(tuple)),
    st.builds(Steps, st.lists(LONG, max_size=4).map(tuple)),
    st.builds(Signatures, st.lists(WORDS, max_size=4).map(tuple), st.just("подпись"), st.just("фамилия"), WORDS),
    st.just(NextPage()),
    tables(),
)
PAPERS = st.builds(
    Paper, WORDS, WORDS, LONG, st.lists(BLOCKS, max_size=6).map(tuple), st.sampled_from((Upright(), Across())), WORDS
)


@given(PAPERS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_paper_says_its_boxes_lie_apart_and_on_the_page(paper: Paper) -> None:
    """Law of the layout: every text inside the margins, no two share an area, every page has its number."""
    laid = laid_out(paper, RU)
    for number, page in enumerate(laid, start=1):
        sets = [thing for thing in page.things if isinstance(thing, Set) and thing.text.strip()]
        area = Box(5, 5, 287, 200) if page.across else Box(5, 5, 200, 287)
        assert all(thing.box.inside(area) for thing in sets)
        assert all(thing.size >= LEAST for thing in sets)
        assert not any(a.box.grown(-0.01).overlaps(b.box) for a, b in combinations(sets, 2))
        assert sum(thing.text == f"страница {number} из {len(laid)}" for thing in sets) == 1


@given(tables())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_cell_of_a_table_stands_on_paper_once(table: Table) -> None:
    """Law of tables: cells of keys in each part, all others exactly once, whatever had to be parted."""
    columns = tuple(replace(column, title=f"t{at}") for at, column in enumerate(table.columns))
    rows = tuple(tuple(f"r{n}c{at}" for at in range(len(columns))) for n in range(len(table.rows)))
    laid = laid_out(Paper("", "", "", (replace(table, columns=columns, rows=rows),), Across()), RU)
    found = Counter(thing.text for page in laid for thing in page.things if isinstance(thing, Set))
    parts = {found[f"r{n}c{at}"] for n in range(len(rows)) for at in range(table.keys)}
    assert len(parts) <= 1
    assert all(found[f"r{n}c{at}"] == 1 for n in range(len(rows)) for at in range(table.keys, len(columns)))


def test_a_text_that_no_page_can_hold_is_refused() -> None:
    """Nothing is cut: whoever entered it is told which text it is."""
    text = "слово " * 6000
    with pytest.raises(TextDoesNotFit):
        laid_out(Paper("А", "", "", (Words(text),)), RU)


def test_lines_to_sign_never_stand_alone() -> None:
    """The last row of a table goes with them to the next page, under the head of the table."""
    for rows in range(20, 40):
        table = Table((Column("столбец", 30),), tuple((f"строка {n}",) for n in range(rows)), row_height=8)
        paper = Paper("Акт", "", "", (table, Signatures(("Председатель", "Член"), "подпись", "фамилия", "дата")))
        last = [thing.text for thing in laid_out(paper, RU)[-1].things if isinstance(thing, Set)]
        assert f"строка {rows - 1}" in last
        assert "столбец" in last


def test_a_card_gets_smaller_type_but_never_unreadable() -> None:
    """A long line shrinks to 6.5 points; what needs less is refused."""
    (page,) = laid_out(Cards(((Line("Пункт проверки " * 8, 20, 16),),), 2, 4, cut=False), RU)
    (line,) = (thing for thing in page.things if isinstance(thing, Set))
    assert LEAST <= line.size < 20
    with pytest.raises(TextDoesNotFit):
        laid_out(Cards(((Line("Пункт проверки " * 80, 20, 16),),), 2, 4, cut=False), RU)
