"""Covers and stickers on paper: their codes read back, they name no pupil, and no cover passes for an answer page."""

from __future__ import annotations

import io

from crosscheck import coverform, labels
from crosscheck.geometry import PAGE
from crosscheck.labels import Kind
from crosscheck.procedure import paper_digest
from packets.drawing.separators import ClassSeparator, Separator, WorkSeparator, draw_covers, draw_stickers
from tests import factories
from tests.packets.printed import mark_errors, pages, read_labels, texts

KEY = b"k" * 32
CLASS = ClassSeparator(12, "Гимназия № 12 имени Константина Эдуардовича Циолковского", "5 «А»", 27, 4)
WORK = WorkSeparator(13, "12", "5А", "00017", 6)


def _covers(*covers: Separator) -> bytes:
    out = io.BytesIO()
    assert draw_covers(factories.procedure(), covers, KEY, out) == len(covers)
    return out.getvalue()


def _stickers(*works: WorkSeparator) -> bytes:
    out = io.BytesIO()
    draw_stickers(factories.procedure(), works, KEY, out)
    return out.getvalue()


def test_every_label_of_a_cover_reads_back_signed() -> None:
    """Two QR codes and the bars say which cover it is; the QR codes carry the ledger's MAC."""
    for number, grey in zip((12, 13), pages(_covers(CLASS, WORK)), strict=True):
        qr, bar = read_labels(grey)
        assert len(qr) == 2
        assert all(isinstance(label, labels.Label) and labels.genuine(label, KEY) for label in qr)
        assert {(label.kind, label.number) for label in qr if isinstance(label, labels.Label)} == {(Kind.COVER, number)}
        assert len(bar) == 1


def test_a_cover_has_marks_of_its_own() -> None:
    """Found where they belong; none of them is a mark of an answer page or of a score sheet."""
    assert max(mark_errors(pages(_covers(CLASS), dpi=300)[0], coverform.MARKS)) < 0.2
    assert {mark.marker for mark in coverform.MARKS}.isdisjoint(range(8))


def test_a_cover_says_what_lies_behind_it() -> None:
    """The class for those who sort, the counts for those who check; a work's cover names its code and no school."""
    of_class, of_work = texts(_covers(CLASS, WORK))
    assert "Циолковского" in of_class
    assert "108" in of_class
    assert "00017" in of_work
    assert "5А" not in of_work


def test_stickers_read_back_and_carry_nothing_but_codes() -> None:
    """One QR code each, at 200 dpi; the class stands above the stickers, never on one."""
    works = [WorkSeparator(n, "12", "5А", f"{n:05d}", 4) for n in range(1, 23)]
    sheets = pages(_stickers(*works))
    assert len(sheets) == 2
    found = [label for sheet in sheets for label in read_labels(sheet)[0]]
    assert sorted(label.number for label in found if isinstance(label, labels.Label)) == list(range(1, 23))
    paper = paper_digest(factories.procedure())
    assert {label.paper for label in found if isinstance(label, labels.Label)} == {paper}
    assert coverform.sticker(0).y >= 15


def test_a_new_class_begins_a_new_sheet_of_stickers() -> None:
    """A sheet goes to one class: nobody holds stickers of another."""
    other = WorkSeparator(14, "12", "5Б", "00018", 4)
    assert len(pages(_stickers(WORK, other))) == 2


def test_stickers_fill_a_sheet_without_overlap() -> None:
    """Three times seven on A4; each code lies on its own sticker."""
    boxes = [coverform.sticker(n) for n in range(coverform.STICKERS_PER_SHEET)]
    assert all(box.inside(PAGE) and coverform.sticker_qr(box).inside(box) for box in boxes)
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])
