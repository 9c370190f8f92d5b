"""A packet on paper: everything in its order, nothing re-encoded, nothing half written."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from pypdf import PdfReader, PdfWriter

from crosscheck import labels
from crosscheck.criteria_file import CriteriaEncrypted, CriteriaUnreadable
from crosscheck.geometry import Box
from crosscheck.labels import Kind, Label
from crosscheck.model import THIRD_MARKING, CriterionId, NotAttempted, Points
from crosscheck.numbering import spaced
from crosscheck.procedure import CaptureStyle, Control, paper_digest
from crosscheck.typeset import BOLD, canvas
from packets.drawing.cover import draw_cover, draw_instruction
from packets.drawing.criteria import read_criteria
from packets.drawing.earlier import draw_earlier
from packets.drawing.errors import CopyUnreadable, PacketUneven
from packets.drawing.packet import PacketContent, PacketWork, draw_packet, pages_of
from tests import factories
from tests.packets.printed import LONG_NAME, Recorder, copies, number, packet, pages, read_labels, scan, sheet, texts


def _criteria(texts_: tuple[str, ...] = ("Критерий 1", "Критерий 2")) -> bytes:
    out = io.BytesIO()
    press = canvas(out)
    for text in texts_:
        press.text(Box(20, 20, 100, 20), text, 14)
        press.end_page()
    press.finish()
    return out.getvalue()


def _drawn(content: PacketContent) -> bytes:
    out = io.BytesIO()
    count = draw_packet(content, out).pages
    assert count == len(PdfReader(io.BytesIO(out.getvalue())).pages)
    return out.getvalue()


def test_a_packet_holds_everything_in_order() -> None:
    """Cover, instruction, criteria, each work's pages, score sheets, report slip."""
    shown = texts(_drawn(packet(criteria=_criteria())))
    assert len(shown) == 2 + 2 + 3 * 2 + 1 + 1
    assert "Школа 12" in shown[0]
    assert "Критерий 1" in shown[2]
    assert "Критерий 2" in shown[3]
    assert all("000042-7" in page for page in shown if page is not shown[1])
    for i, page in enumerate(shown[4:10]):
        assert spaced(number(i // 2)) in page
    assert "Затруднения при проверке" in shown[-1]
    assert all(spaced(number(i)) in shown[0] and spaced(number(i)) in shown[10] for i in range(3))


def test_the_labels_of_cover_and_sheet_read_back() -> None:
    """The cover names the packet, the sheet the packet and its sheet; copies carry no code at all."""
    content = packet()
    grey = pages(_drawn(content))
    cover = Label(Kind.PACKET, 42, 1, 1, paper_digest(content.procedure))
    assert read_labels(grey[0]) == ([cover, cover], [labels.shortened(cover)])
    assert read_labels(grey[-2])[0] == [content.sheets[0].label] * 2
    assert all(read_labels(copy) == ([], []) for copy in (*grey[2:-2], grey[-1]))


def test_a_jpeg_copy_is_embedded_byte_for_byte() -> None:
    """Pixels are not encoded again: the scan's own data stands in the file."""
    found = PdfReader(io.BytesIO(_drawn(packet()))).pages[2]["/Resources"]["/XObject"].values()  # type: ignore[index]
    (image,) = [one.get_object() for one in found if one.get_object()["/Subtype"] == "/Image"]
    own = scan(200)
    assert image["/Filter"] in ("/DCTDecode", ["/DCTDecode"])
    assert own[own.index(b"\xff\xdb") :][:200] in image._data
    assert (image["/Width"], image["/Height"]) == (210, 297)


@pytest.mark.parametrize("work_page", [0, 1])
def test_copies_fill_the_page_in_their_own_shade(work_page: int) -> None:
    """JPEG and PNG copies are scaled to A4, neither turned nor inverted."""
    grey = pages(_drawn(packet()), dpi=100)[2 + work_page]
    scale = grey.shape[1] / 210
    shade = (200, 150)[work_page]
    assert (
        abs(int(np.median(grey[int(72 * scale) : int(248 * scale), int(22 * scale) : int(188 * scale)])) - shade) <= 2
    )
    assert grey[int(252 * scale) : int(284 * scale)].min() > 245


def test_copies_of_own_forms_get_back_the_captions_of_their_tasks() -> None:
    """Captions stand outside the zones and are masked; only foreign forms bring their own."""
    content = packet()
    tasks = [task.id for task in content.procedure.tasks if task.page == 1]
    assert all(f" {task}" in texts(_drawn(content))[2] for task in tasks)
    elsewhere = tuple(replace(copy, zones=()) for copy in content.works[0].copies)
    foreign = replace(content, works=(replace(content.works[0], copies=elsewhere), *content.works[1:]))
    assert len(texts(_drawn(foreign))[2]) < len(texts(_drawn(content))[2])


def test_a_third_marking_shows_the_earlier_scores_and_says_so() -> None:
    """Between criteria and works a table holds the earlier scores; the sheet itself stays without them."""
    content = packet(THIRD_MARKING)
    earlier = ((CriterionId("4"), (Points(3), NotAttempted())),)
    rows = tuple(replace(row, earlier=earlier) for row in content.sheets[0].rows)
    shown = texts(_drawn(replace(content, sheets=(replace(content.sheets[0], rows=rows),))))
    assert len(shown) == len(texts(_drawn(content))) + 1
    assert shown[2].count("3 / X") == 3
    assert not any("3 / X" in page for page in [*shown[:2], *shown[3:]])


def test_the_same_packet_is_the_same_bytes_and_names_nobody() -> None:
    """Identical content gives an identical file, whose properties name neither expert nor author."""
    writer = PdfWriter(clone_from=io.BytesIO(_criteria()))
    writer.add_metadata({"/Author": "Petrova"})
    made = io.BytesIO()
    writer.write(made)
    first, second = (_drawn(packet(criteria=made.getvalue())) for _ in range(2))
    assert first == second
    assert b"Petrova" not in first
    named = PdfReader(io.BytesIO(first)).metadata
    assert named is not None
    assert sorted((key, str(value)) for key, value in named.items()) == [
        ("/Creator", "crosscheck"),
        ("/Producer", "crosscheck"),
    ]


def _encrypted() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(_criteria()))
    writer.encrypt("secret", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("criteria", "error"),
    [
        (b"", CriteriaUnreadable),
        (b"not a PDF", CriteriaUnreadable),
        (_criteria()[:400], CriteriaUnreadable),
        (_criteria(()).replace(b"/Count 1", b"/Count 0"), CriteriaUnreadable),
        (_encrypted(), CriteriaEncrypted),
    ],
    ids=["empty", "alien", "cut off", "damaged", "encrypted"],
)
def test_criteria_that_cannot_be_read_stop_the_packet(criteria: bytes, error: type[Exception]) -> None:
    """A broken or protected PDF is a numbered error, before any packet is drawn."""
    with pytest.raises(error, match=r"E501[01]"):
        read_criteria(criteria)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_criteria_of_any_size_and_turn_are_fitted_above_their_stamp(turn: int) -> None:
    """A landscape A3 page, turned and cropped or not, looks on A4 as in a viewer and leaves the foot free."""
    criteria = _turned(turn)
    source = pages(criteria, dpi=50)[0]
    grey = pages(_drawn(packet(criteria=criteria)), dpi=100)[2]
    scale = grey.shape[1] / 210
    factor = min(210 / source.shape[1], 286 / source.shape[0])
    wide, high = source.shape[1] * factor, source.shape[0] * factor
    left = (210 - wide) / 2
    placed = grey[: int(high * scale), int(left * scale) : int((left + wide) * scale)]
    same = cv2.resize(source, placed.shape[::-1], interpolation=cv2.INTER_AREA)
    assert (same < 128).mean() > 0.1
    assert np.abs(placed.astype(int) - same).mean() < 4
    assert grey[int(287 * scale) :].min() < 128


def _turned(turn: int) -> bytes:
    """A page with a large F, so that every turn and mirror image looks different."""
    out = io.BytesIO()
    press = canvas(out)
    press.canvas.setPageSize((1191, 842))
    press.canvas.setFont(BOLD, 900)
    press.canvas.drawString(300, 100, "F")
    press.end_page()
    press.finish()
    writer = PdfWriter(clone_from=io.BytesIO(out.getvalue()))
    writer.pages[0].cropbox.lower_left = (100, 50)
    writer.pages[0].rotate(turn)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_copy_that_is_no_image_stops_the_packet() -> None:
    """The error names the work by its number and the page."""
    content = packet()
    works = (*content.works[:2], PacketWork(content.works[2].number, copies(scan(), scan()[:-300]), 2))
    with pytest.raises(CopyUnreadable, match=r"E5012 Page 2 of work 115 838-4"):
        draw_packet(replace(content, works=works), io.BytesIO())


def test_sheets_that_do_not_match_the_works_stop_the_packet() -> None:
    """A swapped row would give one pupil's points to another."""
    content = packet()
    with pytest.raises(PacketUneven, match=r"E5013 .*000042-7"):
        draw_packet(replace(content, works=content.works[::-1]), io.BytesIO())


@pytest.mark.parametrize("works", [1, 20, 40])
def test_texts_of_cover_and_instruction_never_collide(works: int) -> None:
    """Long names and full packets: no text touches another or a quiet zone."""
    content = packet(THIRD_MARKING, _criteria())
    many = tuple(PacketWork(number(i), (), 0) for i in range(works))
    full = replace(content, expert=LONG_NAME * 2, check_point=f"Школа имени {LONG_NAME}, 4 этаж", works=many)
    for page in range(2):
        press = Recorder(io.BytesIO())
        if page == 0:
            draw_cover(press, full.cover())
        else:
            draw_instruction(press, full.cover())
        assert len(press.inked) > 10
        assert press.collisions() == []


def test_the_instruction_says_how_scores_are_written_down() -> None:
    """Crosses where the sheets have boxes, digits where they have digit cells, sums where they are asked for."""
    said = {}
    for style in CaptureStyle:
        for control in Control:
            press = Recorder(io.BytesIO())
            made = factories.procedure(style=style, control=control, language="en")
            draw_instruction(press, replace(packet(THIRD_MARKING).cover(), procedure=made))
            said[style, control] = " ".join(text for text, _box in press.inked)
            assert press.collisions() == []
    assert {key: ("one cross" in text, "one digit" in text, "the sum" in text) for key, text in said.items()} == {
        (CaptureStyle.BOXES, Control.NONE): (True, False, False),
        (CaptureStyle.BOXES, Control.ROWS): (True, False, True),
        (CaptureStyle.DIGITS, Control.NONE): (False, True, False),
        (CaptureStyle.DIGITS, Control.ROWS): (False, True, True),
    }


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_print_after_the_first_says_so_on_every_page_that_an_older_one_has_too(language: str) -> None:
    """Cover, instruction, copies, sheets and slip name the print; the first print names none."""
    plain = packet(THIRD_MARKING)
    procedure = replace(plain.procedure, language=language)
    shown = {}
    for round_ in (0, 1):
        sheets = tuple(replace(sheet, procedure=procedure, round=round_) for sheet in plain.sheets)
        content = replace(plain, procedure=procedure, round=round_, sheets=sheets)
        shown[round_] = [text.casefold() for text in texts(_drawn(content))]
    assert [("печать 2" in page) or ("print 2" in page) for page in shown[0]] == [False] * len(shown[0])
    assert [("печать 2" in page) or ("print 2" in page) for page in shown[1]] == [True] * len(shown[1])


def test_texts_of_copies_never_collide() -> None:
    """Number, place and captions on a copy keep apart."""
    content = packet()
    work = PacketWork(number(1), copies(*[scan()] * 10), 10)
    press = Recorder(io.BytesIO())
    for page, draw in enumerate(pages_of(press, content, work), start=1):
        press.inked.clear()
        draw()
        assert len(press.inked) >= 3
        assert page <= 10
        assert press.collisions() == []


def test_texts_of_the_table_of_earlier_scores_never_collide() -> None:
    """Seven criteria with two-digit scores fit side by side."""
    criteria = tuple(factories.criterion(f"5К{i}", "5", 1) for i in range(7))
    printed = sheet(factories.procedure(criteria=criteria), 20)
    earlier = tuple((criterion.id, (Points(20), Points(18))) for criterion in criteria)
    press = Recorder(io.BytesIO())
    draw_earlier(press, replace(printed, rows=tuple(replace(row, earlier=earlier) for row in printed.rows)))
    assert len(press.inked) > 100
    assert press.collisions() == []
