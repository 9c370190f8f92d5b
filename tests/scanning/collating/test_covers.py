"""Runs behind covers: believed when closed and whole; a first page's own code names its work, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import Fate, PageId, PageKey, WorkId
from scanning.collating.collation import collate
from scanning.collating.evidence import (
    Alien,
    Assign,
    ClassCover,
    CoverPage,
    CoverSheet,
    Decision,
    Discard,
    Empty,
    Expected,
    Labelled,
    Placed,
    Scanned,
    Seen,
    Sticker,
    Templated,
    Uncoded,
    WorkCover,
)

A, B = WorkId("WA"), WorkId("WB")
COVERS: dict[int, CoverSheet] = {1: ClassCover(2, 2), 2: WorkCover(A, 2), 3: WorkCover(B, 2), 4: ClassCover(1, 2)}
FOREIGN = {A: 2, B: 2}


def sheet(number: int, *, signed: bool = True) -> CoverPage:
    return CoverPage(number, signed)


def first(cover: int | None = None, *, page: int = 1, signed: bool = True) -> Templated:
    """Page 1 of the form, with the sticker of a work or without one."""
    return Templated("t", page, None if cover is None else Sticker(cover, signed))


SECOND = Templated("t", 2)


def placed(
    *seen: Seen, keyed: dict[PageId, WorkId] | None = None, decisions: dict[PageId, Decision] | None = None
) -> list[Placed]:
    """Pages f0, f1, ... of one file and what became of them."""
    pages = [Scanned(PageId(f"f{n}"), "f", "ref", n, what) for n, what in enumerate(seen)]
    expected = Expected({}, {}, covers=COVERS, foreign=FOREIGN, keyed=keyed or {})
    found = collate(pages, expected, decisions or {})
    return [found[page.page] for page in pages]


def keys(found: list[Placed]) -> list[PageKey | None]:
    return [place.key for place in found]


A1, A2, B1, B2 = PageKey(A, 1), PageKey(A, 2), PageKey(B, 1), PageKey(B, 2)


def test_a_cover_is_settled_as_other_paper() -> None:
    """It belongs to no work and waits for nobody."""
    cover = placed(sheet(2))[0]
    assert (cover.fate, cover.key, cover.why) == (Fate.FOREIGN, None, "cover 2")


def test_nothing_behind_a_cover_is_known_before_the_paper_was_counted() -> None:
    """A sheet that sticks to the cover behind it takes that along: what is left looks whole."""
    seen: tuple[Seen, ...] = (sheet(2), first(), SECOND)
    pages = [Scanned(PageId(f"f{n}"), "f", "ref", n, what, "", counted=False) for n, what in enumerate(seen)]
    found = collate(pages, Expected({}, {}, covers=COVERS, foreign=FOREIGN), {})
    assert [found[page.page].key for page in pages] == [None, None, None]
    assert found[pages[1].page].why == "the paper of its batch was not counted yet"


def test_one_picture_is_no_page_of_two_works() -> None:
    """In whatever files: both wait, and a person who decides about one leaves the other in conflict."""
    runs: dict[str, tuple[Seen, ...]] = {"a": (sheet(2), first(), SECOND), "b": (sheet(3), first(), SECOND)}
    one, other = (
        [Scanned(PageId(f"{file}{n}"), file, file, n, what, f"p{n}") for n, what in enumerate(seen)]
        for file, seen in runs.items()
    )
    expected = Expected({}, {}, covers=COVERS, foreign=FOREIGN)
    found = collate([*one, *other], expected, {})
    assert {found[page.page].fate for page in (*one[1:], *other[1:])} == {Fate.CONFLICT}
    assert found[one[1].page].why == "the same picture as b1"
    decided = collate([*one, *other], expected, {one[1].page: Assign(A1), one[2].page: Assign(A2)})
    assert [decided[page.page].fate for page in one[1:]] == [Fate.KNOWN, Fate.KNOWN]
    assert [decided[page.page].fate for page in other[1:]] == [Fate.CONFLICT, Fate.CONFLICT]


def test_a_work_behind_its_cover_is_known() -> None:
    """The cover names the work, the count and every page agree; the next cover ends the run."""
    found = placed(sheet(2), first(), SECOND, sheet(3), first(), SECOND)
    assert keys(found) == [None, A1, A2, None, B1, B2]
    assert found[1].why == "cover 2; counts and every page agree"


def test_a_class_behind_its_cover_is_known_by_stickers() -> None:
    """The cover closes the run, each first page names its work."""
    found = placed(sheet(1), first(2), SECOND, first(3), SECOND)
    assert keys(found) == [None, A1, A2, B1, B2]
    assert [place.why for place in found[1:3]] == ["sticker 2", "cover 1; counts and every page agree"]


def test_a_class_behind_its_cover_is_known_by_keyed_codes() -> None:
    """A code that two people keyed names the work of its run as a sticker does; a run without either waits."""
    found = placed(sheet(1), first(), SECOND, first(), SECOND, keyed={PageId("f3"): B})
    assert keys(found) == [None, None, None, B1, B2]
    assert found[1].why == "no code says whose it is: key the code on the first page"


def test_blank_backs_do_not_count() -> None:
    """Sheets written on one side and scanned on both."""
    found = placed(sheet(2), Empty(), first(), Empty(), SECOND, Empty())
    assert keys(found) == [None, None, A1, None, A2, None]
    assert found[3].fate is Fate.BLANK


WHOLE = (first(2), SECOND, first(3), SECOND)


@pytest.mark.parametrize(
    "run",
    [
        WHOLE[:3],
        WHOLE[1:],
        (*WHOLE, SECOND),
        (*WHOLE[:3], first(page=1)),
        (WHOLE[0], Uncoded("torn"), *WHOLE[2:]),
        (WHOLE[0], Labelled(1, 2, 0), *WHOLE[2:]),
        (WHOLE[0], Alien("x"), *WHOLE[2:]),
        (WHOLE[0], Templated("other", 2), *WHOLE[2:]),
        (first(2), SECOND, first(2), SECOND),
        (first(2), SECOND, first(9), SECOND),
        (first(2), SECOND, first(3, signed=False), SECOND),
        (first(2), first(3, page=2), first(), SECOND),
    ],
    ids=[
        "one lost",
        "first lost",
        "one more",
        "wrong page",
        "torn",
        "ours",
        "alien",
        "other form",
        "the same work twice",
        "sticker never printed",
        "sticker of another ledger",
        "sticker on page 2",
    ],
)
def test_one_doubtful_page_holds_the_run_back(run: tuple[Seen, ...]) -> None:
    """Only first pages with a sticker of their own are given to a work; nothing is by its place."""
    for seen, place in zip(run, placed(sheet(1), *run)[1:], strict=True):
        by_itself = isinstance(seen, Templated) and seen.sticker is not None and seen.page == 1
        assert by_itself or place.key is None


@pytest.mark.parametrize("cover", [sheet(9), sheet(2, signed=False)], ids=["never printed", "another ledger's"])
def test_a_cover_that_was_not_printed_here_closes_nothing(cover: CoverPage) -> None:
    """Another ledger numbers its covers alike: there it is another work."""
    found = placed(cover, first(), SECOND)
    assert [place.fate for place in found] == [Fate.FOREIGN, Fate.UNKNOWN, Fate.UNKNOWN]
    assert "was not printed by this ledger" in found[1].why


def test_a_cover_that_can_not_be_read_closes_nothing() -> None:
    """Its marks say that it is a cover, so it still ends the run before it; what lies behind it waits."""
    found = placed(sheet(2), first(), SECOND, sheet(0, signed=False), first(), SECOND)
    assert keys(found) == [None, A1, A2, None, None, None]
    assert found[3].why == found[4].why == "a cover whose codes can't be read"


def test_a_sticker_without_a_cover_names_its_own_page_only() -> None:
    """What lies behind it may be another work's, if sheets stuck together: it is suggested, with its evidence."""
    found = placed(first(2), SECOND)
    assert keys(found) == [A1, None]
    assert (found[1].fate, found[1].suggestion) == (Fate.UNKNOWN, A2)
    assert "page 1 of the work lies before it" in found[1].evidence


def test_a_sticker_against_the_cover_holds_the_work_back() -> None:
    """Cover and sticker name different works: not one page is given to either."""
    found = placed(sheet(2), first(3), SECOND)
    assert keys(found) == [None, None, None]
    assert found[1].why == "the page names another work than the cover before it"


def test_a_keyed_code_against_the_sticker_holds_the_page_back() -> None:
    """Two people read another code than the sticker says."""
    assert placed(first(2), keyed={PageId("f0"): B})[0].why == "sticker 2 and the keyed code name different works"


def test_a_page_that_is_set_aside_does_not_count() -> None:
    """Somebody threw the doubled page out: the run is whole again. Until then it waits."""
    run = (sheet(2), first(), SECOND, SECOND)
    assert keys(placed(*run)) == [None] * 4
    assert keys(placed(*run, decisions={PageId("f3"): Discard("doubled")})) == [None, A1, A2, None]


def test_a_page_assigned_elsewhere_holds_its_run_back() -> None:
    """A person and the cover disagree about a page: the rest of the run is not given away."""
    found = placed(sheet(2), first(), SECOND, decisions={PageId("f2"): Assign(B2)})
    assert keys(found) == [None, None, B2]
    assert found[1].why == "a page of the run was assigned to another work"


def test_a_work_of_another_length_is_not_taken() -> None:
    """The cover of the class counts two pages for each work; this one was declared with three."""
    seen: tuple[Seen, ...] = (sheet(4), first(2), SECOND)
    pages = [Scanned(PageId(f"f{n}"), "f", "ref", n, what) for n, what in enumerate(seen)]
    expected = Expected({}, {}, covers={**COVERS, 2: WorkCover(A, 3)}, foreign={A: 3})
    assert collate(pages, expected, {})[PageId("f2")].key is None


@st.composite
def fed_classes(draw: st.DrawFn) -> tuple[int, list[PageKey], list[PageKey], list[bool]]:
    """Pages per work, a class in order, what a feeder made of it (dropped, doubled, or two pages swapped), and which
    works have a sticker."""
    pages, works = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    told = [PageKey(WorkId(f"W{n}"), page) for n in range(works) for page in range(1, pages + 1)]
    fed, event = list(told), draw(st.sampled_from(["drop", "double", "swap"]))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(fed) - 1)) if fed else 0
        if event == "drop" and fed:
            del fed[at]
        elif event == "double":
            fed.insert(at, fed[at])
        elif event == "swap" and at + 1 < len(fed):
            fed[at], fed[at + 1] = fed[at + 1], fed[at]
    return pages, told, fed, draw(st.lists(st.booleans(), min_size=works, max_size=works))


@settings(max_examples=150, deadline=None)
@given(fed_classes())
def test_a_feeder_never_gives_a_page_to_another_work(
    made: tuple[int, list[PageKey], list[PageKey], list[bool]],
) -> None:
    """Any number of pages lost, or any doubled, also whole sheets where two works meet: each page is given to its
    true work or waits. Swaps are seen when page numbers disagree; two whole works swapped are right by their
    stickers."""
    pages, told, fed, stickers = made
    works = [key.work for key in told if key.page == 1]
    covers: dict[int, CoverSheet] = {n: WorkCover(work, pages) for n, work in enumerate(works)}
    covers[99] = ClassCover(len(works), pages)
    seen: list[Seen] = [sheet(99)]
    for key in fed:
        n = works.index(key.work)
        seen.append(Templated("t", key.page, Sticker(n, True) if key.page == 1 and stickers[n] else None))
    scanned = [Scanned(PageId(f"f{n}"), "f", "ref", n, what) for n, what in enumerate(seen)]
    expected = Expected({}, {}, covers=covers, foreign=dict.fromkeys(works, pages))
    found = collate(scanned, expected, {})
    given_ = {n: found[PageId(f"f{n + 1}")].key for n in range(len(fed))}
    # Pages of two works changed places so that every number is as declared: no count shows it (docs/identity.md).
    unseen = fed != told and sorted(fed, key=str) == sorted(told, key=str) and pages > 1
    if not (unseen and [key.page for key in fed] == [key.page for key in told]):
        assert [n for n, key in given_.items() if key not in (None, fed[n])] == []
    if fed == told and all(stickers):
        assert list(given_.values()) == told
