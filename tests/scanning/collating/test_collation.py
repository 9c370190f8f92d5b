"""Every page gets one fate, and a page is given to a work only for a reason that belongs to the page."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import Fate, PageId, PageKey, WorkId
from scanning.collating.collation import (
    Alien,
    Assign,
    BelongsElsewhere,
    Decision,
    Discard,
    Empty,
    Expected,
    Form,
    Keep,
    Labelled,
    Listed,
    Placed,
    Scanned,
    Seen,
    Templated,
    Uncoded,
    collate,
)

A, B, C = WorkId("WA"), WorkId("WB"), WorkId("WC")
FORMS = {1: Form(A, 0, 2), 2: Form(B, 0, 2), 3: Form(C, 1, 2)}


def key(work: WorkId, page: int) -> PageKey:
    return PageKey(work, page)


def run_of(*seen: Seen, file: str = "f", ref: str = "ref", first: int = 0) -> list[Scanned]:
    """Pages of one file, called `f0`, `f1` and so on."""
    return [Scanned(PageId(f"{file}{n}"), file, ref, n, what) for n, what in enumerate(seen, first)]


def over(*copies: str) -> Keep:
    """Kept, and these copies not."""
    return Keep(frozenset(PageId(copy) for copy in copies))


def listing(*works: WorkId, pages: int = 2, template: str = "t") -> dict[int, Listed]:
    """A manifest: the works one after the other, `pages` pages each."""
    keys = [key(work, page) for work in works for page in range(1, pages + 1)]
    return dict(enumerate(Listed(one, template) for one in keys))


def fates(
    pages: Sequence[Scanned], expected: Expected, decisions: dict[PageId, Decision] | None = None
) -> dict[str, tuple[Fate, PageKey | None]]:
    placed = collate(pages, expected, decisions or {})
    return {page: (place.fate, place.key) for page, place in placed.items()}


def one(seen: Seen) -> Placed:
    """The only page of a file that no manifest lists."""
    return collate(run_of(seen), Expected(FORMS, {}), {})[PageId("f0")]


LISTED = Expected(FORMS, {"ref": listing(A, B)})
RUN = (Templated("t", 1), Templated("t", 2), Templated("t", 1), Templated("t", 2))
WAITING = (Fate.UNKNOWN, None)


# --- labels -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "fate", "owner", "why"),
    [
        (Labelled(1, 1, 0), Fate.KNOWN, key(A, 1), "label of form 1"),
        (Labelled(1, 2, 0), Fate.KNOWN, key(A, 2), "label of form 1"),
        (Labelled(3, 1, 1), Fate.KNOWN, key(C, 1), "label of form 3"),
        (Labelled(1, 3, 0), Fate.EXTRA, None, "has 2 pages; this says page 3"),
        (Labelled(9, 1, 0), Fate.UNKNOWN, None, "form 9 was never issued"),
        (Labelled(3, 1, 0), Fate.UNKNOWN, None, "was reprinted; this is print 0"),
        (Labelled(1, 1, 1), Fate.UNKNOWN, None, "was reprinted; this is print 1"),
        (Uncoded("torn"), Fate.UNKNOWN, None, "torn"),
        (Empty(), Fate.BLANK, None, ""),
        (Alien("other procedure"), Fate.FOREIGN, None, "other procedure"),
        (Templated("t", 1), Fate.UNKNOWN, None, "no manifest lists this file"),
    ],
)
def test_what_a_page_shows_decides(seen: Seen, fate: Fate, owner: PageKey | None, why: str) -> None:
    """A label counts only if that form, that print and that page were issued."""
    placed = one(seen)
    assert (placed.fate, placed.key) == (fate, owner)
    assert why in placed.why


def test_neighbours_never_give_a_page_its_work() -> None:
    """A page without a code between two pages of a work waits, with a suggestion."""
    pages = run_of(Labelled(1, 1, 0), Uncoded("no code"), Labelled(2, 1, 0))
    placed = collate(pages, Expected(FORMS, {}), {})
    place = placed[PageId("f1")]
    assert (place.fate, place.key, place.why, place.suggestion) == (Fate.UNKNOWN, None, "no code", key(A, 2))
    assert place.evidence == ("page 1 of the work lies before it",)


def test_a_page_after_none_is_suggested_from_behind() -> None:
    """The page before page 2 of a work may be its page 1."""
    placed = collate(run_of(Uncoded("?"), Labelled(1, 2, 0)), Expected(FORMS, {}), {})
    assert placed[PageId("f0")].suggestion == key(A, 1)


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        (run_of(Labelled(1, 1, 0), Uncoded("?")) + run_of(Labelled(1, 2, 0), file="g"), frozenset[PageKey]()),
        (run_of(Labelled(1, 1, 0), Uncoded("?")), frozenset({key(A, 2)})),
        (run_of(Labelled(1, 2, 0), Uncoded("?")), frozenset[PageKey]()),
        (run_of(Uncoded("?"), Labelled(1, 1, 0)), frozenset[PageKey]()),
        (run_of(Labelled(1, 1, 0)) + run_of(Uncoded("?"), file="g"), frozenset[PageKey]()),
    ],
    ids=["taken", "declared missing", "beyond the last page", "before the first page", "in another file"],
)
def test_nothing_is_suggested_that_can_not_be(pages: list[Scanned], missing: frozenset[PageKey]) -> None:
    """Only pages that are expected and not yet there, and only next to a neighbour in the same file."""
    placed = collate(pages, Expected(FORMS, {}, missing), {})
    assert [place.suggestion for place in placed.values()] == [None] * len(pages)


# --- manifests ----------------------------------------------------------------------------------


def test_a_manifest_that_agrees_on_every_page_is_believed() -> None:
    """Counts match and every page shows what is listed for it."""
    assert fates(run_of(*RUN), LISTED) == {
        "f0": (Fate.KNOWN, key(A, 1)),
        "f1": (Fate.KNOWN, key(A, 2)),
        "f2": (Fate.KNOWN, key(B, 1)),
        "f3": (Fate.KNOWN, key(B, 2)),
    }


@pytest.mark.parametrize(
    "seen",
    [
        RUN[:3],
        RUN[1:],
        (*RUN, Templated("t", 1)),
        (RUN[0], *RUN),
        (*RUN[:3], Uncoded("torn")),
        (*RUN[:3], Empty()),
        (*RUN[:3], Alien("other")),
        (*RUN[:3], Templated("t", 1)),
        (*RUN[:3], Templated("other", 2)),
        (*RUN[:3], Labelled(1, 1, 0)),
    ],
    ids=[
        "last gone",
        "first gone",
        "one more",
        "doubled",
        "torn",
        "blank",
        "foreign",
        "wrong page",
        "wrong form",
        "ours",
    ],
)
def test_one_doubtful_page_holds_the_whole_run_back(seen: tuple[Seen, ...]) -> None:
    """Not one page of the file is known by the manifest; what it says becomes a suggestion."""
    placed = collate(run_of(*seen), LISTED, {})
    by_manifest = [placed[page.page] for page in run_of(*seen) if isinstance(page.seen, Templated)]
    assert by_manifest
    assert {(place.fate, place.key) for place in by_manifest} == {WAITING}


def test_a_blank_page_that_is_listed_is_not_waved_through() -> None:
    """Somebody's page is missing there; a blank that nobody listed is just blank."""
    placed = collate(run_of(*RUN[:3], Empty(), Empty()), LISTED, {})
    assert (placed[PageId("f3")].fate, placed[PageId("f3")].suggestion) == (Fate.UNKNOWN, key(B, 2))
    assert placed[PageId("f4")].fate is Fate.BLANK


def test_a_manifest_need_not_name_the_form() -> None:
    """Then the page numbers alone must agree."""
    expected = Expected({}, {"ref": listing(A, B, template="")})
    assert fates(run_of(*RUN), expected)["f3"] == (Fate.KNOWN, key(B, 2))
    assert fates(run_of(*RUN[:3], Templated("t", 1)), expected)["f3"] == WAITING


def test_a_file_scanned_again_under_its_name_is_a_conflict() -> None:
    """Both copies of every page wait for a person; none is taken for the better one."""
    pages = run_of(*RUN) + run_of(*RUN, file="g")
    placed = collate(pages, LISTED, {})
    assert {place.fate for place in placed.values()} == {Fate.CONFLICT}
    assert placed[PageId("f0")].why == "the same page as g0"


def test_the_same_picture_twice_holds_the_run_back() -> None:
    """A page lost and another scanned twice can leave every count as listed; the picture tells."""
    pages = [dataclasses.replace(page, picture=p) for page, p in zip(run_of(*RUN), "abca", strict=True)]
    placed = collate(pages, LISTED, {})
    assert {place.fate for place in placed.values()} == {Fate.UNKNOWN}
    assert placed[PageId("f1")].why == "pages 1 and 4 of the file are the very same picture"


@st.composite
def feeders(draw: st.DrawFn, *, all_at_once: bool = False) -> tuple[int, list[PageKey], list[PageKey]]:
    """Pages per work, what the manifest lists, and what a feeder made of it: at most three pages dropped or pulled
    twice in a row, or else one pair of neighbours in the wrong order. Losing, doubling *and* swapping in one file
    can leave every count and page number as listed: no rule about counts sees that (docs/identity.md says so)."""
    pages, works = draw(st.integers(2, 4)), draw(st.integers(1, 5))
    told = [key(WorkId(f"W{n}"), page) for n in range(works) for page in range(1, pages + 1)]
    fed = list(told)
    for event in draw(st.lists(st.sampled_from(["drop", "double"]), max_size=3)):
        at = draw(st.integers(0, len(fed) - 1)) if fed else 0
        if event == "double" and fed:
            fed.insert(at, fed[at])
        elif fed:
            del fed[at]
    if len(fed) > 1 and (all_at_once or fed == told) and draw(st.booleans()):
        at = draw(st.integers(0, len(fed) - 2))
        fed[at], fed[at + 1] = fed[at + 1], fed[at]
    return pages, told, fed


@settings(max_examples=150, deadline=None)
@given(feeders())
def test_a_feeder_never_makes_a_wrong_attribution(made: tuple[int, list[PageKey], list[PageKey]]) -> None:
    """Whatever it drops, doubles or swaps: a page is either given to its true work or waits."""
    _pages, told, fed = made
    listed = {n: Listed(one, "t") for n, one in enumerate(told)}
    placed = collate(run_of(*(Templated("t", one.page) for one in fed)), Expected({}, {"ref": listed}), {})
    given = {n: placed[PageId(f"f{n}")] for n in range(len(fed))}
    assert [n for n, place in given.items() if place.key not in (None, fed[n])] == []
    assert all(place.fate is (Fate.KNOWN if fed == told else Fate.UNKNOWN) for place in given.values())


@settings(max_examples=150, deadline=None)
@given(feeders(all_at_once=True))
def test_a_run_is_believed_only_when_every_count_and_page_number_agrees(
    made: tuple[int, list[PageKey], list[PageKey]],
) -> None:
    """Whatever happened to it at once: if one count or number is not as listed, the whole run waits."""
    _pages, told, fed = made
    listed = {n: Listed(one, "t") for n, one in enumerate(told)}
    placed = collate(run_of(*(Templated("t", one.page) for one in fed)), Expected({}, {"ref": listed}), {})
    agrees = [one.page for one in fed] == [one.page for one in told]
    assert {place.fate for place in placed.values()} <= {Fate.KNOWN if agrees else Fate.UNKNOWN}


# --- people ---------------------------------------------------------------------------------------


def test_a_person_decides_over_what_the_page_shows() -> None:
    """Assigned, discarded, declared foreign: each whatever the machine saw, and never a suggestion with it."""
    decisions: dict[PageId, Decision] = {
        PageId("f0"): Assign(key(B, 1)),
        PageId("f1"): Discard("rough paper"),
        PageId("f2"): BelongsElsewhere("Russian, grade 6"),
    }
    placed = collate(run_of(Uncoded("?"), Labelled(1, 1, 0), Labelled(1, 2, 0)), Expected(FORMS, {}), decisions)
    assert list(placed.values()) == [
        Placed(Fate.KNOWN, key(B, 1), "assigned by a person"),
        Placed(Fate.DISCARDED, None, "rough paper"),
        Placed(Fate.FOREIGN, None, "Russian, grade 6"),
    ]


def test_all_copies_of_a_page_are_in_conflict() -> None:
    """Each names the others, also when a person assigned one of them."""
    pages = run_of(Labelled(1, 1, 0), Labelled(1, 1, 0), Uncoded("?"))
    placed = collate(pages, Expected(FORMS, {}), {PageId("f2"): Assign(key(A, 1))})
    assert {(place.fate, place.key) for place in placed.values()} == {(Fate.CONFLICT, key(A, 1))}
    assert placed[PageId("f0")].why == "the same page as f1, f2"


def test_keeping_one_copy_settles_a_conflict() -> None:
    """The kept one is known, the others superseded and named for whom."""
    pages = run_of(Labelled(1, 1, 0), Labelled(1, 1, 0), Labelled(1, 1, 0))
    placed = collate(pages, Expected(FORMS, {}), {PageId("f1"): over("f0", "f2")})
    assert [placed[page.page].fate for page in pages] == [Fate.SUPERSEDED, Fate.KNOWN, Fate.SUPERSEDED]
    assert placed[PageId("f0")].why == "f1 was kept"


def test_a_copy_that_comes_later_is_a_new_conflict() -> None:
    """A page is kept over the copies that a person saw, not over one that nobody has looked at."""
    pages = run_of(Labelled(1, 1, 0), Labelled(1, 1, 0), Labelled(1, 1, 0))
    placed = collate(pages, Expected(FORMS, {}), {PageId("f1"): over("f0")})
    assert [placed[page.page].fate for page in pages] == [Fate.SUPERSEDED, Fate.CONFLICT, Fate.CONFLICT]
    assert placed[PageId("f2")].why == "the same page as f1"
    later = collate(pages, Expected(FORMS, {}), {PageId("f1"): over("f0"), PageId("f2"): over("f1")})
    assert [later[page.page].fate for page in pages] == [Fate.SUPERSEDED, Fate.SUPERSEDED, Fate.KNOWN]


def test_an_assigned_page_that_is_kept_stays_assigned() -> None:
    """Keeping chooses between copies; whose page it is was decided before and still holds."""
    pages = run_of(Labelled(1, 1, 0), Uncoded("?"))
    kept = Keep(frozenset({PageId("f0")}), key(A, 1))
    placed = collate(pages, Expected(FORMS, {}), {PageId("f1"): kept})
    assert [placed[page.page].fate for page in pages] == [Fate.SUPERSEDED, Fate.KNOWN]


def test_keeping_two_copies_settles_nothing() -> None:
    """Two people decided differently: the conflict stays."""
    pages = run_of(Labelled(1, 1, 0), Labelled(1, 1, 0))
    decisions: dict[PageId, Decision] = {PageId("f0"): over("f1"), PageId("f1"): over("f0")}
    assert {fate for fate, _key in fates(pages, Expected(FORMS, {}), decisions).values()} == {Fate.CONFLICT}


def test_keep_does_not_make_an_unknown_page_known() -> None:
    """It chooses between copies and is no identity."""
    placed = collate(run_of(Uncoded("?")), Expected(FORMS, {}), {PageId("f0"): Keep()})
    assert placed[PageId("f0")].fate is Fate.UNKNOWN


def test_the_page_after_a_superseded_copy_is_still_suggested() -> None:
    """The copy tells whose pages lie there as well as the kept one does."""
    pages = run_of(Labelled(1, 1, 0), Labelled(1, 1, 0), Uncoded("?"))
    placed = collate(pages, Expected(FORMS, {}), {PageId("f0"): over("f1")})
    assert placed[PageId("f2")].suggestion == key(A, 2)


# --- laws over everything -------------------------------------------------------------------------

_KEYS = st.builds(PageKey, st.sampled_from([A, B, C]), st.integers(1, 3))
_SEEN: st.SearchStrategy[Seen] = st.one_of(
    st.builds(Labelled, st.integers(1, 4), st.integers(1, 3), st.integers(0, 1)),
    st.builds(Templated, st.sampled_from(["t", "u"]), st.integers(1, 2)),
    st.just(Uncoded("?")),
    st.just(Empty()),
    st.just(Alien("x")),
)
_DECISIONS: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Assign, _KEYS),
    st.just(Discard("x")),
    st.just(Keep()),
    st.just(over("file0-0", "file0-1")),
    st.just(BelongsElsewhere("x")),
)
WITH_MANIFESTS = Expected(FORMS, {"ref0": listing(A, B), "ref1": listing(C)}, frozenset({key(C, 2)}))


@st.composite
def scans(draw: st.DrawFn) -> tuple[list[Scanned], dict[PageId, Decision]]:
    pages: list[Scanned] = []
    for n in range(draw(st.integers(1, 3))):
        good = draw(st.booleans())
        seen = RUN if good and n == 0 else tuple(draw(st.lists(_SEEN, max_size=5)))
        pages += run_of(*seen, file=f"file{n}-", ref=f"ref{draw(st.integers(0, 2)) if not good else n}")
    names = [page.page for page in pages]
    decided = draw(st.dictionaries(st.sampled_from(names), _DECISIONS, max_size=3)) if names else {}
    return pages, decided


@settings(max_examples=120, deadline=None)
@given(scans(), st.randoms(use_true_random=False))
def test_every_page_has_exactly_one_fate_in_any_order(
    made: tuple[list[Scanned], dict[PageId, Decision]], random: object
) -> None:
    """No page is lost or invented, and the order in which pages are looked at changes nothing."""
    pages, decisions = made
    placed = collate(pages, WITH_MANIFESTS, decisions)
    assert set(placed) == {page.page for page in pages}
    shuffled = list(pages)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert dict(collate(shuffled, WITH_MANIFESTS, decisions)) == dict(placed)


def _has_a_reason(page: Scanned, place: Placed, run: list[Scanned], decisions: dict[PageId, Decision]) -> bool:
    """The law of identity, written a second time from its words."""
    decision = decisions.get(page.page)
    if isinstance(decision, Assign):
        return place.key == decision.key
    if decision is not None and not isinstance(decision, Keep):
        return False
    match page.seen:
        case Labelled(form, number, round_):
            issued = FORMS.get(form)
            return (
                issued is not None
                and (issued.work, issued.round) == (place.key and place.key.work, round_)
                and (place.key == key(issued.work, number) and number <= issued.pages)
            )
        case Templated():
            told = WITH_MANIFESTS.manifests.get(page.file_ref, {})
            shown = {p.position: (p.seen.template, p.seen.page) for p in run if isinstance(p.seen, Templated)}
            agree = {n: (entry.template, entry.key.page) for n, entry in told.items()} == shown
            return agree and len(run) == len(told) and place.key == told[page.position].key
    return False


@settings(max_examples=150, deadline=None)
@given(scans())
def test_a_page_is_known_only_for_a_reason_of_its_own(made: tuple[list[Scanned], dict[PageId, Decision]]) -> None:
    """An issued label, a run that agrees as a whole, or a person; nobody else has the page, nothing else has a key."""
    pages, decisions = made
    placed = collate(pages, WITH_MANIFESTS, decisions)
    runs = {page.page: [other for other in pages if other.file == page.file] for page in pages}
    for page in pages:
        place = placed[page.page]
        if place.key is not None:
            assert place.fate in (Fate.KNOWN, Fate.CONFLICT, Fate.SUPERSEDED)
            assert _has_a_reason(page, place, runs[page.page], decisions)
    known = [place.key for place in placed.values() if place.fate is Fate.KNOWN]
    assert len(known) == len(set(known))
    for place in placed.values():
        if place.suggestion is not None:
            assert place.fate is Fate.UNKNOWN
            assert place.suggestion in WITH_MANIFESTS.pages() - set(known) - WITH_MANIFESTS.missing


@settings(max_examples=60, deadline=None)
@given(scans())
def test_suggestions_change_no_fate(made: tuple[list[Scanned], dict[PageId, Decision]]) -> None:
    """Declaring every page missing takes all suggestions away and changes nothing else."""
    pages, decisions = made
    bare = Expected(FORMS, WITH_MANIFESTS.manifests, WITH_MANIFESTS.pages())
    with_them, without = collate(pages, WITH_MANIFESTS, decisions), collate(pages, bare, decisions)
    assert {p: (x.fate, x.key, x.why) for p, x in with_them.items()} == {
        p: (x.fate, x.key, x.why) for p, x in without.items()
    }
    assert all(place.suggestion is None for place in without.values())
