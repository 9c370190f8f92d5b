"""What a person must look at although every page has its fate: paper that contradicts itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import Fate, PageId
from scanning.collating import covers
from scanning.collating.evidence import (
    Alien,
    Decisions,
    Empty,
    Expected,
    Labelled,
    Placed,
    Scanned,
    SheetAmong,
    Templated,
    set_aside,
)

SHEET_AMONG_WORKS = "sheet_among_works"
MANIFEST_CONTRADICTS = "manifest_contradicts"
SAME_PICTURE = "same_picture"
OTHER_PAPER = "other_paper"
_TOLD_ALREADY = frozenset({Fate.CONFLICT, Fate.SUPERSEDED})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt about a page: what kind, and in words."""

    kind: str
    page: PageId
    detail: str


def doubts(
    by_file: Mapping[str, Sequence[Scanned]],
    placed: Mapping[PageId, Placed],
    expected: Expected,
    decisions: Decisions,
) -> Iterator[Doubt]:
    """Doubts about pages that nobody decided about yet (files with their pages in order)."""
    for run in by_file.values():
        for page in run:
            if page.page not in decisions:
                yield from _about(page, placed[page.page], expected)
        yield from _same_pictures(run, placed, decisions)
        yield from _wrong_pile(run, decisions)


def _about(page: Scanned, place: Placed, expected: Expected) -> Iterator[Doubt]:
    if isinstance(page.seen, SheetAmong):
        yield Doubt(SHEET_AMONG_WORKS, page.page, page.seen.why)
    listed = expected.manifests.get(page.file_ref, {}).get(page.position)
    if isinstance(page.seen, Labelled | Templated) and listed is not None and place.key not in (None, listed.key):
        words = f"the manifest lists page {listed.key.page} of work {listed.key.work} here; the page's own code stands"
        yield Doubt(MANIFEST_CONTRADICTS, page.page, words)


def _wrong_pile(run: Sequence[Scanned], decisions: Decisions) -> Iterator[Doubt]:
    """A single stray page is put aside in silence; when they are half of a file, somebody scanned the wrong pile."""
    written = [page for page in run if not isinstance(page.seen, Empty)]
    strays = [
        (page.page, page.seen.why) for page in written if isinstance(page.seen, Alien) and page.page not in decisions
    ]
    if strays and 2 * len(strays) >= len(written):
        first, why = strays[0]
        yield Doubt(OTHER_PAPER, first, f"{len(strays)} of {len(written)} pages of the file are other paper: {why}")


def _same_pictures(run: Sequence[Scanned], placed: Mapping[PageId, Placed], decisions: Decisions) -> Iterator[Doubt]:
    there = [page for page in run if not set_aside(page, decisions)]
    for one, other in covers.twins(there):
        if placed[other.page].fate not in _TOLD_ALREADY:
            words = f"pages {one.position + 1} and {other.position + 1} of the file are the very same picture"
            yield Doubt(SAME_PICTURE, other.page, words)
