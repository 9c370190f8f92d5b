"""Paper that contradicts itself is told to a person, even where every page has its fate."""

from __future__ import annotations

from crosscheck.model import PageId, PageKey, WorkId
from scanning.collating.collation import collate, files
from scanning.collating.doubts import MANIFEST_CONTRADICTS, OTHER_PAPER, SAME_PICTURE, SHEET_AMONG_WORKS, Doubt, doubts
from scanning.collating.evidence import (
    Alien,
    Decision,
    Discard,
    Empty,
    Expected,
    Form,
    Labelled,
    Listed,
    Scanned,
    Seen,
    SheetAmong,
    Templated,
)

A, B = WorkId("WA"), WorkId("WB")
EXPECTED = Expected({1: Form(A, 0, 2)}, {"ref": {0: Listed(PageKey(B, 1), ""), 1: Listed(PageKey(A, 2), "")}})


def told(*seen: Seen, pictures: str = "", decisions: dict[PageId, Decision] | None = None) -> list[Doubt]:
    """Doubts about a file that a manifest lists: page 1 of work B, then page 2 of work A."""
    pages = [Scanned(PageId(f"f{n}"), "f", "ref", n, what, pictures[n : n + 1]) for n, what in enumerate(seen)]
    placed = collate(pages, EXPECTED, decisions or {})
    return list(doubts(files(pages), placed, EXPECTED, decisions or {}))


def test_a_manifest_against_a_page_s_own_code() -> None:
    """The code stands; that the manifest lists another page there is told. Where they agree, nothing is."""
    found = told(Labelled(1, 1, 0), Labelled(1, 2, 0))
    assert [(doubt.kind, doubt.page) for doubt in found] == [(MANIFEST_CONTRADICTS, PageId("f0"))]
    assert found[0].detail == "the manifest lists page 1 of work WB here; the page's own code stands"


def test_a_score_sheet_among_works() -> None:
    """It is other paper, but its points are wanted elsewhere."""
    found = told(SheetAmong("a score sheet among works"))
    assert [(doubt.kind, doubt.detail) for doubt in found] == [(SHEET_AMONG_WORKS, "a score sheet among works")]


def test_the_wrong_pile_is_told_once_and_a_stray_page_is_not() -> None:
    """Half of a file or more of other paper: one finding, on the first such page; blank backs don't count."""
    other = Alien("of another procedure")
    assert [(doubt.kind, doubt.page) for doubt in told(other, Empty(), other)] == [(OTHER_PAPER, PageId("f0"))]
    assert told(other, other)[0].detail == "2 of 2 pages of the file are other paper: of another procedure"
    assert OTHER_PAPER not in {doubt.kind for doubt in told(Labelled(1, 1, 0), Labelled(1, 2, 0), other)}
    decided: dict[PageId, Decision] = {PageId("f0"): Discard("seen"), PageId("f1"): Discard("seen")}
    assert told(other, other, decisions=decided) == []


def test_what_somebody_decided_about_is_told_no_more() -> None:
    """The person has seen it."""
    assert told(SheetAmong("x"), decisions={PageId("f0"): Discard("read as a sheet")}) == []


def test_the_same_picture_twice() -> None:
    """A page scanned twice, or a file put together wrongly; pages without a picture's name say nothing."""
    found = told(Templated("t", 1), Templated("t", 2), Templated("t", 1), pictures="aba")
    assert [(doubt.kind, doubt.page) for doubt in found] == [(SAME_PICTURE, PageId("f2"))]
    assert told(Templated("t", 1), Templated("t", 2), Templated("t", 1)) == []


def test_copies_in_conflict_are_told_once() -> None:
    """Their own codes say already that they are the same page."""
    assert [d.kind for d in told(Labelled(1, 2, 0), Labelled(1, 2, 0), pictures="aa")] == [MANIFEST_CONTRADICTS]
