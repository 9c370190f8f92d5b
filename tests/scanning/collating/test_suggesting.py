"""Suggestions for pages that nobody can tell the work of: with evidence, the strongest first, never against it."""

from __future__ import annotations

import pytest

from crosscheck.model import Fate, PageId, PageKey, WorkId
from scanning.collating.collation import collate
from scanning.collating.evidence import (
    CoverPage,
    CoverSheet,
    Empty,
    Expected,
    Form,
    Labelled,
    Listed,
    Placed,
    Scanned,
    Seen,
    Templated,
    Uncoded,
    WorkCover,
)

A, B, C = WorkId("WA"), WorkId("WB"), WorkId("WC")
FORMS = {1: Form(A, 0, 4), 2: Form(B, 0, 4), 3: Form(C, 1, 2)}


def own(form: int, *pages: int) -> list[Seen]:
    return [Labelled(form, page, 1 if form == 3 else 0) for page in pages]


def last(*seen: Seen, expected: Expected | None = None, ref: str = "ref") -> Placed:
    """What became of the last page of a file."""
    pages = [Scanned(PageId(f"f{n}"), "f", ref, n, what) for n, what in enumerate(seen)]
    return collate(pages, expected or Expected(FORMS, {}), {})[pages[-1].page]


def test_evidence_is_told_strongest_first() -> None:
    """What lies beside the page, then what merely fits it."""
    place = last(*own(1, 1, 2, 3), Uncoded("?", 4))
    assert (place.fate, place.key, place.suggestion) == (Fate.UNKNOWN, None, PageKey(A, 4))
    assert place.evidence == (
        "page 3 of the work lies before it",
        "the only work of the file that lacks just this page",
        "its frames are those of page 4",
    )


def test_frames_of_another_page_speak_against_a_neighbour() -> None:
    """The page looks like page 3, so it is not the page 2 that would follow."""
    assert last(*own(1, 1), Uncoded("?", 2)).suggestion == PageKey(A, 2)
    assert last(*own(1, 1), Uncoded("?", 3)).suggestion is None


def test_the_other_side_of_the_sheet_speaks_against_it() -> None:
    """In a file of sheets scanned on both sides odd pages lie on one side: a page on the wrong one is not suggested."""
    sheets = [*own(1, 1, 2, 3, 4), *own(2, 1, 2)]
    right = last(*sheets, Uncoded("?"))
    assert right.suggestion == PageKey(B, 3)
    assert "it lies on the side of the sheets that holds such pages" in right.evidence
    assert last(*sheets, Empty(), Uncoded("?")).suggestion is None


def test_a_work_that_lacks_just_this_page_is_suggested() -> None:
    """Among loose pages, when it is the only such work of the file."""
    loose = [*own(1, 1, 2, 4), *own(2, 1)]
    place = last(*loose, Uncoded("?", 3))
    assert (place.suggestion, place.evidence[0]) == (
        PageKey(A, 3),
        "the only work of the file that lacks just this page",
    )
    assert last(*own(1, 1, 2, 4), *own(2, 1, 2, 4), Empty(), Uncoded("?"), Uncoded("?", 3)).suggestion is None


def test_a_code_that_is_not_accepted_still_tells_something() -> None:
    """The old print of a reprinted form: refused as identity, named as evidence."""
    place = last(Labelled(3, 2, 0))
    assert (place.key, place.suggestion) == (None, PageKey(C, 2))
    assert place.evidence[0] == "its code says page 2 of form 3"


def test_what_the_manifest_lists_is_stronger_than_neighbours() -> None:
    """The manifest speaks of this very place."""
    listed = {0: Listed(PageKey(A, 1), ""), 1: Listed(PageKey(B, 2), "")}
    place = last(Labelled(1, 1, 0), Uncoded("?"), expected=Expected(FORMS, {"ref": listed}))
    assert (place.suggestion, place.evidence[0]) == (PageKey(B, 2), "the manifest lists it here")


def test_a_cover_suggests_where_it_can_not_close_its_run() -> None:
    """A page is missing behind it: the others wait, each with a suggestion."""
    covers: dict[int, CoverSheet] = {7: WorkCover(A, 3)}
    expected = Expected({}, {}, covers=covers, foreign={A: 3})
    place = last(CoverPage(7, True), Templated("t", 1), Templated("t", 3), expected=expected)
    assert (place.key, place.suggestion, place.evidence[0]) == (None, PageKey(A, 3), "it lies behind cover 7")


def test_pages_that_show_their_number_are_bridges() -> None:
    """A whole tail of a work waits behind its first page: each page is suggested, not only the next one."""
    place = last(*own(1, 1), Uncoded("?", 2), Uncoded("?", 3))
    assert (place.suggestion, place.evidence[0]) == (PageKey(A, 3), "page 1 of the work lies before it")


@pytest.mark.parametrize("between", [Uncoded("?"), Uncoded("?", 4)], ids=["shows none", "shows another"])
def test_a_gap_is_no_bridge(between: Seen) -> None:
    """Nobody knows what lies between."""
    assert last(*own(1, 1), between, Uncoded("?", 3)).suggestion is None


def test_equal_evidence_for_two_works_suggests_neither() -> None:
    """Page 2 of one work, page 1 of another would both fit between: a coin must not decide."""
    assert last(*own(1, 1), Uncoded("?")).suggestion == PageKey(A, 2)
    pages = [
        Scanned(PageId(f"f{n}"), "f", "ref", n, what) for n, what in enumerate([*own(1, 1), Uncoded("?"), *own(2, 2)])
    ]
    assert collate(pages, Expected(FORMS, {}), {})[PageId("f1")].suggestion is None
