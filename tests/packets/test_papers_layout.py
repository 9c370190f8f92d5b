"""Blocks on pages: measured first, nothing cut, what can't be printed refused before a byte is written."""

from __future__ import annotations

import io

import pytest

from crosscheck.i18n import translator
from packets.papers.blocks import Across, Column, Paper, Table, Words
from packets.papers.errors import NoGlyph
from packets.papers.layout import print_papers
from tests.packets.printed import pages, texts

RU = translator("ru")


def printed(*papers: Paper) -> bytes:
    out = io.BytesIO()
    print_papers(papers, out, RU)
    return out.getvalue()


def test_a_sign_without_a_glyph_is_refused_with_its_place() -> None:
    """The sign, its code point and the text it stands in are named; nothing is written."""
    out = io.BytesIO()
    with pytest.raises(NoGlyph) as refused:
        print_papers([Paper("Акт", "ВПР", "Школа 学", (Words("текст"),))], out, RU)
    assert refused.value.fields == {"paper": "Акт", "signs": "学 (U+5B66)", "text": "Школа 学"}
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
