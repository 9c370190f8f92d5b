"""Packets on paper: both sides, two pages on a side, black alone; and what each of them costs in pages."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from crosscheck.geometry import PAGE
from crosscheck.numbering import spaced
from crosscheck.typeset import SignsMissing
from packets.drawing.errors import PacketEmpty
from packets.drawing.ink import black
from packets.drawing.layout import Drawn
from packets.drawing.packet import PacketContent, PacketWork, draw_into, draw_packet, draw_packets
from packets.drawing.pictures import NotAPicture, draw_picture
from packets.drawing.slip import draw_slip
from packets.print_settings import Ink, Layout
from tests.packets.printed import LONG_NAME, Grey, Recorder, copies, number, packet, pages, scan, sheet, texts

DUPLEX, TWO_UP = Layout(duplex=True), Layout(two_up=True)


def _drawn(content: PacketContent, layout: Layout) -> tuple[bytes, Drawn]:
    out = io.BytesIO()
    drawn = draw_packet(content, out, layout)
    return out.getvalue(), drawn


def _with_pages(counts: list[int]) -> PacketContent:
    content = packet()
    printed = sheet(content.procedure, len(counts))
    works = tuple(PacketWork(row.number, copies(*[scan()] * n), n) for row, n in zip(printed.rows, counts, strict=True))
    return replace(content, works=works, sheets=(printed,))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.booleans())
@settings(max_examples=25, deadline=None)
def test_on_both_sides_every_work_and_every_sheet_begins_on_the_front(counts: list[int], two_up: bool) -> None:
    """Whatever the numbers of pages: works, score sheets and the slip begin on odd pages, blank pages are counted,
    and the paper is half the pages."""
    content = _with_pages(counts)
    pdf, drawn = _drawn(content, Layout(duplex=True, two_up=two_up))
    shown = texts(pdf)
    assert len(shown) == drawn.pages == 2 * drawn.papers
    assert sum(not text.strip() for text in shown) == drawn.blank
    for i, work in enumerate(content.works):
        if work.copies:
            first = next(n for n, text in enumerate(shown[2:], 2) if spaced(number(i)) in text)
            assert first % 2 == 0
    assert next(n for n, text in enumerate(shown) if "Протокол 1 из 1" in text) % 2 == 0
    assert next(n for n, text in enumerate(shown) if "Затруднения при" in text and n > 1) % 2 == 0


def test_on_one_side_nothing_is_blank() -> None:
    """Every page is a sheet of paper."""
    _pdf, drawn = _drawn(_with_pages([1, 3, 2]), Layout())
    assert drawn == Drawn(2 + 6 + 1 + 1, 0, 10)


def test_two_pages_of_copies_share_a_side() -> None:
    """Three pages of a work need two sides, across; cover, sheet and slip stay upright, and works don't share sides."""
    pdf, drawn = _drawn(_with_pages([3, 1]), TWO_UP)
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    assert [box.width > box.height for box in boxes] == [False, False, True, True, True, False, False]
    assert drawn.pages == 7
    shown = texts(pdf)
    assert [shown[2].count(spaced(number(0))), shown[3].count(spaced(number(0)))] == [2, 1]
    assert shown[4].count(spaced(number(1))) == 1


def test_each_half_shows_its_page_whole_and_upright() -> None:
    """The halves are the pages, smaller by the same factor in both directions."""
    content = _with_pages([2])
    whole = pages(_drawn(content, Layout())[0], dpi=100)[2]
    across = pages(_drawn(content, TWO_UP)[0], dpi=100)[2]
    height, width = across.shape
    assert width > height
    for half in (across[:, : width // 2], across[:, width // 2 :]):
        small = cv2.resize(whole, half.shape[::-1], interpolation=cv2.INTER_AREA)
        assert np.abs(small.astype(int)[30:, 10:-10] - half[30:, 10:-10]).mean() < 6


def test_several_packets_in_one_file_begin_on_paper_of_their_own() -> None:
    """What each packet takes is what it takes alone, and the next one is asked for when the one before is drawn."""
    asked: list[int] = []

    def contents() -> list[PacketContent]:
        found = []
        for counts in ([1], [2, 1]):
            asked.append(len(counts))
            found.append(_with_pages(counts))
        return found

    alone = [_drawn(content, DUPLEX)[1] for content in contents()]
    out = io.BytesIO()
    assert draw_packets(iter(contents()), out, DUPLEX) == tuple(alone)
    assert len(PdfReader(io.BytesIO(out.getvalue())).pages) == sum(one.pages for one in alone)
    assert all(one.pages % 2 == 0 for one in alone)


def _shown_black(data: bytes) -> Grey:
    press = Recorder(out := io.BytesIO())
    draw_picture(press, PAGE, black(data, PAGE.w))
    press.end_page()
    press.finish()
    assert b"/CCITTFaxDecode" in out.getvalue()
    return pages(out.getvalue(), dpi=100)[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_black_copies_keep_ink_and_lose_paper(kind: str) -> None:
    """What is darker than faint pencil is black, what is paler is white; nothing is turned round or upside down."""
    shown = _shown_black(scan(190, kind))
    scale = shown.shape[1] / 210
    inside = shown[int(75 * scale) : int(245 * scale), int(25 * scale) : int(185 * scale)]
    assert inside.max() < 5
    assert shown[int(255 * scale) :].min() > 250
    assert _shown_black(scan(235, kind)).min() > 250


def test_faint_pencil_stays_readable_in_black() -> None:
    """Text in a pencil of level 170 on white paper, scanned at 200 dpi, is still there: most of its ink, no more."""
    page = np.full((2339, 1654), 255, np.uint8)
    for line in range(12):
        cv2.putText(page, "x = 42 : 6 + 7", (120, 300 + 150 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 170, 3, cv2.LINE_AA)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.8), np.uint8)
    shown = _shown_black(cv2.imencode(".png", page)[1].tobytes())
    small = cv2.resize(page, shown.shape[::-1], interpolation=cv2.INTER_AREA)
    ink, drawn = small < 230, shown < 160
    assert (drawn & ink).sum() > 0.8 * ink.sum()
    assert (drawn & cv2.erode(np.where(ink, 0, 255).astype(np.uint8), np.ones((5, 5))).astype(bool)).sum() == 0


def test_black_ink_touches_copies_only_and_saves_room() -> None:
    """Score sheets are the same vectors as ever, and a noisy scan shrinks."""
    noise = np.random.default_rng(3).integers(225, 255, (1169, 827)).astype(np.uint8)
    data = cv2.imencode(".jpg", noise)[1].tobytes()
    content = replace(packet(), works=tuple(replace(w, copies=copies(data, data)) for w in packet().works))
    grey, dark = (_drawn(content, Layout(ink=ink))[0] for ink in Ink)
    assert len(dark) < len(grey) / 2
    one, other = (pages(pdf, dpi=60)[-2] for pdf in (grey, dark))
    assert np.array_equal(one, other)


def test_what_is_no_picture_can_t_be_made_black() -> None:
    """A damaged file raises as it does in grey."""
    with pytest.raises(NotAPicture):
        black(scan()[:200], 210)


@pytest.mark.parametrize("ink", list(Ink))
@pytest.mark.parametrize("layout", [Layout(), DUPLEX, TWO_UP, Layout(duplex=True, two_up=True)])
def test_the_same_packet_is_the_same_bytes_in_every_layout(layout: Layout, ink: Ink) -> None:
    """No layout brings chance or time into the file."""
    chosen = replace(layout, ink=ink)
    assert _drawn(packet(), chosen)[0] == _drawn(packet(), chosen)[0]


def test_a_packet_without_works_is_refused() -> None:
    """There is nothing to mark, so there is nothing to print."""
    with pytest.raises(PacketEmpty, match="E5014 Packet 000042-7"):
        draw_packet(replace(packet(), works=()), io.BytesIO())
    with pytest.raises(PacketEmpty, match="E5014"):
        draw_packet(replace(packet(), sheets=()), io.BytesIO())


def test_a_name_that_the_font_can_t_write_is_refused_with_its_signs() -> None:
    """Empty boxes on a cover would be somebody else's packet: the signs are named."""
    with pytest.raises(SignsMissing, match=r"E5003 .*田 \(U\+7530\)"):
        draw_packet(replace(packet(), expert="田中 А. А."), io.BytesIO())


def test_texts_of_the_slip_never_collide() -> None:
    """The longest names stand clear of the table and of each other, in both languages."""
    for language in ("ru", "en"):
        content = packet()
        procedure = replace(content.procedure, language=language, title="ВПР 2026. " + "Математика. " * 9)
        facts = replace(content.cover(), procedure=procedure, expert=LONG_NAME, check_point=f"Школа имени {LONG_NAME}")
        press = Recorder(io.BytesIO())
        draw_slip(press, facts)
        assert len(press.inked) > 8
        assert press.collisions() == []


def test_the_cover_says_until_when_or_leaves_room_for_it() -> None:
    """A time that is known is printed; else there is a line to write on."""
    assert "до 17:30" in texts(_drawn(replace(packet(), by="17:30"), Layout())[0])[0]
    assert "до ____" in texts(_drawn(packet(), Layout())[0])[0]


def test_a_failed_drawing_raises_before_the_next_packet_is_touched() -> None:
    """A damaged copy ends the file: nobody prints half a pile."""
    broken = replace(packet(), works=tuple(replace(w, copies=copies(b"no picture")) for w in packet().works))
    press = Recorder(io.BytesIO())
    with pytest.raises(Exception, match="E5012"):
        draw_into(press, broken)
