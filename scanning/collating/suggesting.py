"""Whose a page could be that nobody can tell: suggestions for a person, with their evidence. Pure.

Nothing here gives a page its work. A suggestion names a page that is expected and not there yet; it is made only when
nothing that the page shows speaks against it, and when no other page of a work is supported as well.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import Fate, PageId, PageKey, WorkId
from scanning.collating.evidence import (
    CoverPage,
    Empty,
    Expected,
    Labelled,
    Placed,
    Scanned,
    Templated,
    Uncoded,
    WorkCover,
)

_SAID, _BESIDE, _FITS = 4, 2, 1  # weights: a statement about the page; its neighbours; what merely fits
_LEAST_SIDES = 2  # known pages on each side of the sheets of a file before sides tell anything


@dataclass(frozen=True, slots=True)
class Clue:
    """One reason to think of a page of a work: how much it weighs, and in words."""

    key: PageKey
    weight: int
    words: str


@dataclass(frozen=True, slots=True)
class _File:
    """A file as clues need it: its pages but the blank ones in order, the place of each among them and the cover
    before it; on which positions odd pages lie (remainder by 2; None: can't be told); pages that are the only ones
    which works of this file lack."""

    pages: Sequence[Scanned]
    places: Mapping[PageId, int]
    covers: Mapping[PageId, CoverPage]
    odd_at: int | None
    lacking: Sequence[PageKey]


def with_suggestions(
    placed: Mapping[PageId, Placed], by_file: Mapping[str, Sequence[Scanned]], expected: Expected
) -> Mapping[PageId, Placed]:
    """The same fates; pages nobody can tell the work of get the best supported page of a work, if one is."""
    waiting = {page for page, place in placed.items() if place.fate is Fate.UNKNOWN}
    if not waiting:
        return placed
    taken = {place.key for place in placed.values() if place.key is not None} | expected.missing
    free = expected.pages() - taken
    gone: dict[WorkId, list[PageKey]] = defaultdict(list)
    for key in free:
        gone[key.work].append(key)
    result = dict(placed)
    for run in by_file.values():
        if any(page.page in waiting for page in run):
            file = _file(run, placed, gone)
            for page in run:
                if page.page in waiting:
                    result[page.page] = _suggested(page, file, placed, expected, free)
    return result


def _suggested(
    page: Scanned, file: _File, placed: Mapping[PageId, Placed], expected: Expected, free: frozenset[PageKey]
) -> Placed:
    place = placed[page.page]
    found: dict[PageKey, list[Clue]] = defaultdict(list)
    for clue in _clues(page, file, placed, expected):
        if clue.key in free and not _contradicted(page, clue.key, file):
            found[clue.key].append(clue)
    ranked = sorted(found, key=lambda key: (-sum(clue.weight for clue in found[key]), key.work, key.page))
    weights = [sum(clue.weight for clue in found[key]) for key in ranked]
    if not ranked or (len(ranked) > 1 and weights[0] == weights[1]):
        return place
    best = found[ranked[0]] + list(_supporting(page, ranked[0], file))
    words = tuple(clue.words for clue in sorted(best, key=lambda clue: -clue.weight))
    return dataclasses.replace(place, suggestion=ranked[0], evidence=words)


# --- what speaks for a page of a work --------------------------------------------------------------


def _clues(page: Scanned, file: _File, placed: Mapping[PageId, Placed], expected: Expected) -> Iterator[Clue]:
    if isinstance(page.seen, Labelled) and (form := expected.forms.get(page.seen.form)) is not None:
        words = f"its code says page {page.seen.page} of form {page.seen.form}"
        yield Clue(PageKey(form.work, page.seen.page), _SAID, words)
    if (listed := expected.manifests.get(page.file_ref, {}).get(page.position)) is not None:
        yield Clue(listed.key, _SAID, "the manifest lists it here")
    yield from _behind_cover(page, file, expected)
    yield from _beside(page, file, placed)
    fitting = [key for key in file.lacking if key.page == shown(page)]
    if len(fitting) == 1:
        yield Clue(fitting[0], _FITS, "the only work of the file that lacks just this page")


def _behind_cover(page: Scanned, file: _File, expected: Expected) -> Iterator[Clue]:
    cover = file.covers.get(page.page)
    sheet = expected.covers.get(cover.cover) if cover is not None and cover.signed else None
    if cover is not None and isinstance(sheet, WorkCover) and shown(page):
        yield Clue(PageKey(sheet.work, shown(page)), _SAID, f"it lies behind cover {cover.cover}")


def _beside(page: Scanned, file: _File, placed: Mapping[PageId, Placed]) -> Iterator[Clue]:
    at = file.places.get(page.page)
    if at is None:
        return
    for step, words in ((-1, "page {n} of the work lies before it"), (1, "page {n} of the work lies behind it")):
        j = at + step
        # Pages between that show their own page number don't break the row: they wait as well.
        while 0 <= j < len(file.pages) and placed[file.pages[j].page].key is None and shown(file.pages[j]):
            if shown(file.pages[j]) != shown(page) + j - at:
                break
            j += step
        neighbour = placed[file.pages[j].page].key if 0 <= j < len(file.pages) else None
        if neighbour is not None:
            yield Clue(PageKey(neighbour.work, neighbour.page + at - j), _BESIDE, words.format(n=neighbour.page))


def _supporting(page: Scanned, key: PageKey, file: _File) -> Iterator[Clue]:
    if shown(page):
        printed = (
            "it is page {n} of its form" if isinstance(page.seen, Templated) else "its frames are those of page {n}"
        )
        yield Clue(key, _FITS, printed.format(n=key.page))
    if file.odd_at is not None:
        yield Clue(key, _FITS, "it lies on the side of the sheets that holds such pages")


# --- what speaks against it -------------------------------------------------------------------------


def shown(page: Scanned) -> int:
    """The page number that a page itself shows, by code, template or frames; 0 when it shows none."""
    match page.seen:
        case Labelled(_, number) | Templated(_, number) | Uncoded(_, number):
            return number
        case _:
            return 0


def _contradicted(page: Scanned, key: PageKey, file: _File) -> bool:
    if shown(page) not in (0, key.page):
        return True
    return file.odd_at is not None and (page.position % 2 == file.odd_at) != (key.page % 2 == 1)


# --- a file as a whole ------------------------------------------------------------------------------


def _file(run: Sequence[Scanned], placed: Mapping[PageId, Placed], gone: Mapping[WorkId, Sequence[PageKey]]) -> _File:
    pages = [page for page in run if not isinstance(page.seen, Empty)]
    places = {page.page: n for n, page in enumerate(pages)}
    covers: dict[PageId, CoverPage] = {}
    before: CoverPage | None = None
    for page in pages:
        if isinstance(page.seen, CoverPage):
            before = page.seen
        elif before is not None:
            covers[page.page] = before
    keys = [place.key for page in run if (place := placed[page.page]).key is not None]
    works = {key.work for key in keys if key is not None}
    lacking = [gone[work][0] for work in sorted(works) if len(gone.get(work, ())) == 1]
    return _File(pages, places, covers, _odd_at(run, placed), lacking)


def _odd_at(run: Sequence[Scanned], placed: Mapping[PageId, Placed]) -> int | None:
    """On which positions odd pages lie, when every known page of the file says so: sheets scanned on both sides."""
    sides = {0: 0, 1: 0}
    for page in run:
        key = placed[page.page].key
        if key is not None:
            sides[(page.position + key.page + 1) % 2] += 1
    known = [side for side, count in sides.items() if count]
    return known[0] if len(known) == 1 and _both_sides(run, placed) else None


def _both_sides(run: Sequence[Scanned], placed: Mapping[PageId, Placed]) -> bool:
    keys = [place.key for page in run if (place := placed[page.page]).key is not None]
    odd = sum(key.page % 2 for key in keys if key is not None)
    return odd >= _LEAST_SIDES and len(keys) - odd >= _LEAST_SIDES
