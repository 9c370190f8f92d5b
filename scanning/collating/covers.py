"""Runs of foreign forms in a file that no manifest lists: covers close them, stickers and keyed codes name works. Pure.

A first page is known by what it shows itself: a sticker of ours, or its participant code, keyed twice. The pages
behind it are known only inside a run that is *closed*: opened by a cover that this ledger printed, ended by the next
cover or the end of the file, with exactly the declared number of pages, each showing the page of the template that its
place says, in a batch whose paper was counted and is all there. Otherwise the run waits. Blank pages (backs) and pages
that a person set aside don't count.

Without a cover a sticker names its own page only. Two sheets that stick together just where one work ends and the next
begins would leave a run that looks whole: only a count that was declared before scanning shows that pages are missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import PageId, PageKey, WorkId
from scanning.collating.evidence import (
    Assign,
    ClassCover,
    CoverPage,
    CoverSheet,
    Decisions,
    Empty,
    Expected,
    Placed,
    Scanned,
    Seen,
    Templated,
    WorkCover,
    known,
    set_aside,
    unknown,
)

NO_MANIFEST = "no manifest lists this file"
UNREADABLE = "a cover whose codes can't be read"
NOT_COUNTED = "the paper of its batch was not counted yet"
_OTHER_WORK = "the page names another work than the cover before it"


@dataclass(frozen=True, slots=True)
class Run:
    """Pages between two covers: `cover` is the page that opens them, None before the first one of a file."""

    cover: Scanned | None
    pages: tuple[Scanned, ...]


def runs(file: Sequence[Scanned], decisions: Decisions) -> Iterator[Run]:
    """The runs of a file (pages in order): what lies before the first cover, then one run for each cover."""
    cover: Scanned | None = None
    pages: list[Scanned] = []
    for page in file:
        if set_aside(page, decisions) or isinstance(page.seen, Empty):
            continue
        if isinstance(page.seen, CoverPage):
            yield Run(cover, tuple(pages))
            cover, pages = page, []
        else:
            pages.append(page)
    yield Run(cover, tuple(pages))


def place_file(file: Sequence[Scanned], expected: Expected, decisions: Decisions) -> Mapping[PageId, Placed]:
    """Fates of the pages of foreign forms in a file that no manifest lists (pages in order)."""
    placed: dict[PageId, Placed] = {}
    for page in file:  # also those that a person set aside: their fate is decided elsewhere
        if isinstance(page.seen, Templated):
            placed[page.page] = unknown(NO_MANIFEST)
    for run in runs(file, decisions):
        placed |= _place_run(run, expected, decisions)
    return placed


def _place_run(run: Run, expected: Expected, decisions: Decisions) -> dict[PageId, Placed]:
    by_run = _by_run(run, expected, decisions)
    return {
        page.page: own_evidence(page, expected, _sheet(run, expected)) or by_run.get(page.page, unknown(NO_MANIFEST))
        for page in run.pages
        if isinstance(page.seen, Templated)
    }


def twins(pages: Sequence[Scanned]) -> Iterator[tuple[Scanned, Scanned]]:
    """Pages with the very same picture, each with the first one that has it."""
    first: dict[str, Scanned] = {}
    for page in pages:
        if page.picture and (other := first.setdefault(page.picture, page)) is not page:
            yield other, page


def twins_trouble(pages: Sequence[Scanned]) -> str | None:
    """Why a run with the same picture twice can't be believed, though every count may agree: one page was scanned
    twice, so another one may be gone. None without such pages."""
    for one, other in twins(pages):
        return f"pages {one.position + 1} and {other.position + 1} of the file are the very same picture"
    return None


# --- what a first page says itself ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """The page names its work; `by` says how, in words."""

    work: WorkId
    by: str


@dataclass(frozen=True, slots=True)
class Nameless:
    """The page names no work."""


@dataclass(frozen=True, slots=True)
class Doubted:
    """What the page says of its work can't be believed, and why."""

    why: str


Naming = Named | Nameless | Doubted


def naming(page: Scanned, expected: Expected) -> Naming:
    """What a page of a foreign form itself says of its work: by a sticker, or by its code, keyed twice."""
    if not isinstance(page.seen, Templated):
        return Nameless()
    sticker, keyed = page.seen.sticker, expected.keyed.get(page.page)
    if sticker is None:
        return Nameless() if keyed is None else Named(keyed, "participant code, keyed twice")
    sheet = expected.covers.get(sticker.cover)
    if not sticker.signed or not isinstance(sheet, WorkCover):
        return Doubted(f"sticker {sticker.cover} was not printed by this ledger")
    if keyed not in (None, sheet.work):
        return Doubted(f"sticker {sticker.cover} and the keyed code name different works")
    if page.seen.page != 1:
        return Doubted(f"sticker {sticker.cover} is not on the first page of a work")
    return Named(sheet.work, f"sticker {sticker.cover}")


def own_evidence(page: Scanned, expected: Expected, before: CoverSheet | None = None) -> Placed | None:
    """The fate that a page of a foreign form claims itself; None when it names no work. `before`: what the cover
    before it declares."""
    match naming(page, expected):
        case Doubted(why):
            return unknown(why)
        case Named(work, by):
            agrees = not isinstance(before, WorkCover) or before.work == work
            return known(PageKey(work, 1), by) if agrees else unknown(_OTHER_WORK)
        case Nameless():
            return None


# --- closed runs ---------------------------------------------------------------------------------


def _sheet(run: Run, expected: Expected) -> CoverSheet | None:
    """What the cover declares; None without a cover, or when this ledger never printed it."""
    if run.cover is None or not isinstance(run.cover.seen, CoverPage) or not run.cover.seen.signed:
        return None
    return expected.covers.get(run.cover.seen.cover)


def _by_run(run: Run, expected: Expected, decisions: Decisions) -> dict[PageId, Placed]:
    if run.cover is None:
        return {}
    assert isinstance(run.cover.seen, CoverPage)
    number = run.cover.seen.cover
    sheet = _sheet(run, expected)
    if sheet is None:
        return _all_wait(run, f"cover {number} was not printed by this ledger" if number else UNREADABLE)
    chunks = _chunks(run, sheet)
    trouble = _disagreement(run, sheet, number) or _names_trouble(chunks, sheet, expected, decisions) or _uncounted(run)
    if trouble is not None:
        return _all_wait(run, trouble)
    placed: dict[PageId, Placed] = {}
    for chunk in chunks:
        placed |= _place_work(chunk, _work_of(chunk, sheet, expected), number)
    return placed


def _all_wait(run: Run, why: str) -> dict[PageId, Placed]:
    return {page.page: unknown(why) for page in run.pages}


def _chunks(run: Run, sheet: CoverSheet) -> list[tuple[Scanned, ...]]:
    return [run.pages[n : n + sheet.pages] for n in range(0, len(run.pages), sheet.pages)]


def _disagreement(run: Run, sheet: CoverSheet, number: int) -> str | None:
    works = sheet.works if isinstance(sheet, ClassCover) else 1
    if len(run.pages) != works * sheet.pages:
        return f"cover {number} declares {works * sheet.pages} pages, {len(run.pages)} lie behind it"
    for n, page in enumerate(run.pages):
        first = run.pages[n - n % sheet.pages].seen
        if not _shows(page.seen, first, n % sheet.pages + 1):
            return f"page {page.position + 1} of the file is not what cover {number} declares"
    return twins_trouble(run.pages)


def _uncounted(run: Run) -> str | None:
    """Sheets that stick together at the edge of a run take its cover along: only a count of the paper shows that."""
    assert run.cover is not None
    return None if all(page.counted for page in (run.cover, *run.pages)) else NOT_COUNTED


def _shows(seen: Seen, first: Seen, page: int) -> bool:
    """Whether `seen` is that page of the form that the first page of its work is written on."""
    alike = isinstance(seen, Templated) and isinstance(first, Templated) and seen.template == first.template
    return alike and isinstance(seen, Templated) and seen.page == page


def _work_of(chunk: Sequence[Scanned], sheet: CoverSheet, expected: Expected) -> WorkId | None:
    if isinstance(sheet, WorkCover):
        return sheet.work
    named = naming(chunk[0], expected)
    return named.work if isinstance(named, Named) else None


def _names_trouble(
    chunks: Sequence[Sequence[Scanned]], sheet: CoverSheet, expected: Expected, decisions: Decisions
) -> str | None:
    """Why the names in a run of the right shape can't be believed."""
    works = [_work_of(chunk, sheet, expected) for chunk in chunks]
    for chunk, work in zip(chunks, works, strict=True):
        for n, page in enumerate(chunk, start=1):
            if (trouble := _name_trouble(page, n, work, expected, decisions)) is not None:
                return trouble
        if work is not None and expected.foreign.get(work) != sheet.pages:
            return f"work {work} has another number of pages than its cover declares"
    given = [work for work in works if work is not None]
    return None if len(set(given)) == len(given) else "the same work stands twice behind one cover"


def _name_trouble(page: Scanned, n: int, work: WorkId | None, expected: Expected, decisions: Decisions) -> str | None:
    match naming(page, expected):
        case Doubted(why):
            return why
        case Named(named, _by) if n > 1 or named != work:
            return _OTHER_WORK
        case _:
            pass
    decided = decisions.get(page.page)
    if isinstance(decided, Assign) and work is not None and decided.key != PageKey(work, n):
        return "a page of the run was assigned to another work"
    return None


def _place_work(chunk: Sequence[Scanned], work: WorkId | None, number: int) -> dict[PageId, Placed]:
    if work is None:
        return {page.page: unknown("no code says whose it is: key the code on the first page") for page in chunk}
    why = f"cover {number}; counts and every page agree"
    return {page.page: known(PageKey(work, n), why) for n, page in enumerate(chunk, start=1)}
