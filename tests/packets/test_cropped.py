"""Copies of single tasks: the answers asked for, in their own size, and not a pixel of any other."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import StreamObject

from crosscheck.geometry import Box
from crosscheck.model import TaskId
from crosscheck.numbering import spaced
from crosscheck.pageform import AnswerZone
from packets.drawing.cropped import ROOM, WHOLE, Absent, Copy, Crop, Only, crop_pages
from packets.drawing.errors import CopyUnreadable
from packets.drawing.packet import PacketContent, PacketWork, draw_packet, pages_of
from tests import factories
from tests.packets.printed import Grey, Recorder, number, packet, pages, texts

PROCEDURE = factories.procedure()
ZONES = (
    (AnswerZone(TaskId("1"), Box(12, 60, 186, 40)), AnswerZone(TaskId("2"), Box(12, 103, 186, 60))),
    (AnswerZone(TaskId("2"), Box(12, 42, 186, 90)), AnswerZone(TaskId("4"), Box(12, 140, 90, 90))),
)
SHADES = {(1, "1"): 40, (1, "2"): 80, (2, "2"): 120, (2, "4"): 160}
DPI = 100


def _page(page: int, kind: str = "PNG") -> bytes:
    """A masked page each of whose zones has a shade of its own."""
    image = Image.new("L", (827, 1169), 255)
    for zone in ZONES[page - 1]:
        inner = zone.box.grown(-1)
        left, top, right, bottom = (round(v * DPI / 25.4) for v in (inner.x, inner.y, inner.right, inner.bottom))
        image.paste(SHADES[page, zone.task], (left, top, right, bottom))
    made = io.BytesIO()
    image.save(made, kind)
    return made.getvalue()


def _copies(kind: str = "PNG") -> tuple[Copy, ...]:
    return tuple(Copy(page, ZONES[page - 1], _page(page, kind)) for page in (1, 2))


def _only(*tasks: str) -> Only:
    return Only(frozenset(TaskId(task) for task in tasks))


def _content(only: Only, copies: tuple[Copy, ...]) -> PacketContent:
    content = packet()
    works = tuple(replace(work, copies=copies, shown=only) for work in content.works)
    return replace(content, works=works)


def _drawn(content: PacketContent) -> bytes:
    out = io.BytesIO()
    assert draw_packet(content, out).pages == len(PdfReader(io.BytesIO(out.getvalue())).pages)
    return out.getvalue()


def _images(pdf: bytes) -> list[Grey]:
    """The pixels of every picture object of the file, shown on a page or not."""
    reader = PdfReader(io.BytesIO(pdf))
    things = [reader.get_object(i) for i in sorted(reader.xref[0])]
    found = [thing for thing in things if isinstance(thing, StreamObject) and thing.get("/Subtype") == "/Image"]
    decoded = []
    for thing in found:
        whole = str(thing["/Filter"]) == "/DCTDecode"
        size = (int(str(thing["/Width"])), int(str(thing["/Height"])))
        image = Image.open(io.BytesIO(thing._data)) if whole else Image.frombytes("L", size, thing.get_data())
        decoded.append(np.asarray(image))
    return decoded


def _shades(pdf: bytes) -> set[int]:
    return {int(shade) for image in _images(pdf) for shade in np.unique(image)}


@pytest.mark.parametrize(
    ("tasks", "shown"), [(("1",), {40}), (("2",), {80, 120}), (("4",), {160}), (("1", "4"), {40, 160})]
)
def test_no_pixel_of_another_answer_is_in_the_file(tasks: tuple[str, ...], shown: set[int]) -> None:
    """Every picture object of the file is looked into: what isn't asked for isn't hidden, it isn't there."""
    assert _shades(_drawn(_content(_only(*tasks), _copies()))) == {*shown, 255}


def test_jpeg_pages_are_cut_without_a_second_loss() -> None:
    """The pixels of a crop are the pixels of the page as decoded, one for one."""
    (crop,) = _images(_drawn(_content(_only("1"), _copies("JPEG"))))
    page = np.asarray(Image.open(io.BytesIO(_page(1, "JPEG"))))
    left, top = int(12 * 827 / 210), int(60 * 1169 / 297)
    assert np.array_equal(crop, page[top : top + crop.shape[0], left : left + crop.shape[1]])


def test_whole_pages_hold_every_answer() -> None:
    """The same look at a packet of whole pages finds all shades: the test above is able to fail."""
    content = packet()
    whole = replace(content, works=tuple(replace(work, copies=_copies()) for work in content.works))
    assert whole.works[0].shown == WHOLE
    assert _shades(_drawn(whole)) == {*SHADES.values(), 255}


def test_a_crop_has_the_size_of_the_original() -> None:
    """An answer 90 mm wide is 90 mm wide on paper, at its own distance from the edge."""
    grey = pages(_drawn(_content(_only("4"), _copies())), dpi=DPI)[2]
    inside = np.abs(grey.astype(int) - 160) < 3
    columns, rows = (np.flatnonzero(inside.mean(axis=axis) > 0.2) for axis in (0, 1))
    millimetres = 25.4 / DPI
    assert columns.min() * millimetres == pytest.approx(13, abs=0.5)
    assert len(columns) * millimetres == pytest.approx(88, abs=0.7)
    assert len(rows) * millimetres == pytest.approx(88, abs=0.7)


def test_crops_carry_number_place_and_captions() -> None:
    """Each page of crops says whose it is, which of how many, and the task and part above each answer."""
    shown = texts(_drawn(_content(_only("1", "2"), _copies())))
    assert len(shown) == 2 + 3 * 1 + 1 + 1
    assert {line.strip() for line in shown[2].splitlines()} >= {
        "Задание 1",
        "Задание 2, часть 1 из 2",
        "Задание 2, часть 2 из 2",
        f"{spaced(number(0))} страница 1 из 1",
    }


def test_the_cover_counts_the_pages_that_are_printed() -> None:
    """An expert checks the packet against the cover, so it counts pages of crops."""
    content = _content(_only("1", "2", "4"), _copies())
    assert [pages_ for _number, pages_ in content.cover().works] == [2, 2, 2]


def test_a_task_without_a_place_is_said_to_be_missing() -> None:
    """Nothing is guessed: the expert reads that there is no copy, rather than finding nothing."""
    shown = texts(_drawn(_content(_only("3"), _copies())))
    assert "Копии этого ответа нет" in shown[2]


def test_a_damaged_copy_stops_the_packet() -> None:
    """The error names work and page as with whole copies."""
    broken = (replace(_copies()[0], picture=_page(1)[:200]), _copies()[1])
    with pytest.raises(CopyUnreadable, match=r"E5012 Page 1 of work 100 000-2"):
        draw_packet(_content(_only("1"), broken), io.BytesIO())


def test_the_same_crops_are_the_same_bytes() -> None:
    """JPEG copies, cut and packed twice, give one file."""
    content = _content(_only("1", "2"), _copies("JPEG"))
    assert _drawn(content) == _drawn(content)


def test_texts_of_crops_never_collide() -> None:
    """Number, place, captions and the word that an answer is missing keep apart."""
    content = packet()
    work = PacketWork(number(1), _copies(), 2, _only("1", "2", "3", "4", "5"))
    press = Recorder(io.BytesIO())
    for draw in pages_of(press, content, work):
        press.inked.clear()
        draw()
        assert len(press.inked) >= 4
        assert press.collisions() == []


TASKS = tuple(task.id for task in PROCEDURE.tasks)
BOXES = st.builds(
    Box, st.floats(0, 60), st.floats(0, 40), st.floats(5, 150), st.one_of(st.floats(5, 255), st.just(259.5))
)
PLACED = st.lists(st.lists(st.tuples(st.sampled_from(TASKS), BOXES), max_size=5), min_size=1, max_size=4)


@given(PLACED, st.frozensets(st.sampled_from(TASKS), min_size=1))
def test_every_zone_of_the_tasks_is_printed_once_and_nothing_overlaps(
    placed: list[list[tuple[TaskId, Box]]], tasks: frozenset[TaskId]
) -> None:
    """On any pages: each zone of a task asked for is cut once, in order, at most at its own size, clear of the
    number and the foot; a new page begins only where the next zone has no room left."""
    copies = tuple(
        Copy(page, tuple(AnswerZone(task, box) for task, box in zones), b"") for page, zones in enumerate(placed, 1)
    )
    laid = crop_pages(PROCEDURE, copies, Only(tasks))
    shapes = [shape for page in laid for shape in page]
    crops_ = [shape for shape in shapes if isinstance(shape, Crop)]
    wanted = [(t, c.page, z.box) for t in TASKS if t in tasks for c in copies for z in c.zones if z.task == t]
    assert [(crop.task, crop.copy.page, crop.cut) for crop in crops_] == wanted
    assert {s.task for s in shapes if isinstance(s, Absent)} == tasks - {task for task, _page, _box in wanted}
    for page in laid:
        assert page
        for i, shape in enumerate(page):
            assert ROOM.y <= shape.place.y - 4
            assert shape.place.bottom <= ROOM.bottom + 1e-6
            assert all(shape.place.bottom <= other.place.y - 4 for other in page[i + 1 :])
    for crop in crops_:
        scale = crop.place.w / crop.cut.w
        assert scale <= 1
        assert crop.place.h == pytest.approx(crop.cut.h * scale)
        assert scale == 1 or crop.cut.h > 259
    for page, following in itertools.pairwise(laid):
        assert page[-1].place.bottom + following[0].place.h + 8.5 > ROOM.bottom - 1e-6
