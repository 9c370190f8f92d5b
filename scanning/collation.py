"""Pages into works: every scanned page gets exactly one fate. Pure.

Identity belongs to each page. It is accepted from a label that was issued, from a manifest whose file has
the listed number of pages and whose every page shows the template page that the manifest says, or from
a person. Order alone is never evidence: neighbours give a suggestion, which a person accepts or not.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import Fate, PageId, PageKey, WorkId

# --- what is known about a page ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labelled:
    """A code of ours on paper of this procedure: form, page, print round; whether it carries this ledger's MAC."""

    form: int
    page: int
    round: int
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Templated:
    """No code of ours, but the page is page `page` of a template."""

    template: str
    page: int


@dataclass(frozen=True, slots=True)
class Uncoded:
    """A page of our form whose codes can't be read, or a page nothing is known of."""

    why: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing is written or printed on it."""


@dataclass(frozen=True, slots=True)
class Alien:
    """A code of ours, but of another procedure or another kind of paper."""

    why: str


Seen = Labelled | Templated | Uncoded | Empty | Alien


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page as scanned: `file` and `position` (from 0) say where it lay; `file_ref` names the file in manifests."""

    page: PageId
    file: str
    file_ref: str
    position: int
    seen: Seen


# --- what is expected ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """An issued answer form: print round and number of pages; whether its codes must carry this ledger's MAC."""

    work: WorkId
    round: int
    pages: int
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """What a manifest says of one page of a file. An empty `template`: it doesn't tell, any template will do."""

    key: PageKey
    template: str


@dataclass(frozen=True, slots=True)
class Expected:
    """Forms by number; manifests: file_ref to what it says page by page (from position 0)."""

    forms: Mapping[int, Form]
    manifests: Mapping[str, Mapping[int, Listed]]
    missing: frozenset[PageKey] = frozenset()

    def pages(self) -> frozenset[PageKey]:
        """Every page that should exist."""
        from_forms = (PageKey(f.work, n) for f in self.forms.values() for n in range(1, f.pages + 1))
        listed = (entry.key for pages in self.manifests.values() for entry in pages.values())
        return frozenset((*from_forms, *listed))


# --- what a person decided -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Assign:
    """This page is page `key` of a work."""

    key: PageKey


@dataclass(frozen=True, slots=True)
class Discard:
    why: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Of the copies in conflict this one stands; the others are superseded."""


@dataclass(frozen=True, slots=True)
class BelongsElsewhere:
    why: str


Decision = Assign | Discard | Keep | BelongsElsewhere


# --- the result ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """The fate of one page; `key` for pages that belong to a work, `why` in words, `suggestion` for a
    person to accept: never used by itself."""

    fate: Fate
    key: PageKey | None
    why: str
    suggestion: PageKey | None = None


def collate(
    pages: Sequence[Scanned], expected: Expected, decisions: Mapping[PageId, Decision]
) -> Mapping[PageId, Placed]:
    """The fate of every page. The order of `pages` doesn't matter."""
    by_file = _by_file(pages)
    placed: dict[PageId, Placed] = {}
    for page in pages:
        decision = decisions.get(page.page)
        if decision is None or isinstance(decision, Keep):
            placed[page.page] = _by_evidence(page, by_file[page.file], expected)
        else:
            placed[page.page] = _by_person(decision)
    _collide(placed, frozenset(page for page, decision in decisions.items() if isinstance(decision, Keep)))
    return _with_suggestions(placed, by_file, expected)


def _by_file(pages: Iterable[Scanned]) -> Mapping[str, Sequence[Scanned]]:
    files: dict[str, list[Scanned]] = defaultdict(list)
    for page in pages:
        files[page.file].append(page)
    return {file: sorted(found, key=lambda page: page.position) for file, found in files.items()}


def _by_person(decision: Assign | Discard | BelongsElsewhere) -> Placed:
    match decision:
        case Assign(key):
            return Placed(Fate.KNOWN, key, "assigned by a person")
        case Discard(why):
            return Placed(Fate.DISCARDED, None, why)
        case BelongsElsewhere(why):
            return Placed(Fate.FOREIGN, None, why)


def _by_evidence(page: Scanned, run: Sequence[Scanned], expected: Expected) -> Placed:
    match page.seen:
        case Labelled() as label:
            return _by_label(label, expected)
        case Templated():
            return _by_manifest(page, run, expected)
        case Alien(why):
            return Placed(Fate.FOREIGN, None, why)
        case Empty():
            listed = expected.manifests.get(page.file_ref, {})
            return (
                Placed(Fate.UNKNOWN, None, "listed but blank")
                if page.position in listed
                else Placed(Fate.BLANK, None, "")
            )
        case Uncoded(why):
            return Placed(Fate.UNKNOWN, None, why)


def _by_label(label: Labelled, expected: Expected) -> Placed:
    form = label.form
    issued = expected.forms.get(form)
    if issued is None:
        return Placed(Fate.UNKNOWN, None, f"form {form} was never issued")
    if issued.signed and not label.signed:
        # Another ledger of the same procedure numbers its forms alike: there it is somebody else's.
        return Placed(Fate.UNKNOWN, None, f"form {form} does not show that this ledger printed it")
    if label.round != issued.round:
        return Placed(Fate.UNKNOWN, None, f"form {form} was reprinted; this is print {label.round}")
    if label.page > issued.pages:
        return Placed(Fate.EXTRA, None, f"form {form} has {issued.pages} pages; this says page {label.page}")
    return Placed(Fate.KNOWN, PageKey(issued.work, label.page), f"label of form {form}")


def _by_manifest(page: Scanned, run: Sequence[Scanned], expected: Expected) -> Placed:
    listed = expected.manifests.get(page.file_ref)
    if listed is None:
        return Placed(Fate.UNKNOWN, None, "no manifest lists this file")
    if (trouble := _disagreement(run, listed)) is not None:
        return Placed(Fate.UNKNOWN, None, trouble)
    return Placed(Fate.KNOWN, listed[page.position].key, "manifest; counts and every page agree")


def _disagreement(run: Sequence[Scanned], listed: Mapping[int, Listed]) -> str | None:
    """Why a manifest can't be believed for this file, or None. One doubtful page holds the whole run back:
    a page eaten or doubled by the feeder shifts all that follow."""
    if [page.position for page in run] != sorted(listed):
        return f"the manifest lists {len(listed)} pages, the file has {len(run)}"
    for page in run:
        entry = listed[page.position]
        shown = page.seen
        if not (isinstance(shown, Templated) and _agrees(shown, entry)):
            return f"page {page.position + 1} of the file is not what the manifest lists"
    return None


def _agrees(shown: Templated, entry: Listed) -> bool:
    return shown.page == entry.key.page and entry.template in ("", shown.template)


def _collide(placed: dict[PageId, Placed], kept: frozenset[PageId]) -> None:
    claims: dict[PageKey, list[PageId]] = defaultdict(list)
    for page, place in placed.items():
        if place.fate is Fate.KNOWN and place.key is not None:
            claims[place.key].append(page)
    for claimants in claims.values():
        if len(claimants) > 1:
            _settle(placed, sorted(claimants), kept)


def _settle(placed: dict[PageId, Placed], copies: list[PageId], kept: frozenset[PageId]) -> None:
    chosen = [page for page in copies if page in kept]
    for page in copies:
        others = ", ".join(other for other in copies if other != page)
        if len(chosen) == 1:
            if page != chosen[0]:
                placed[page] = dataclasses.replace(placed[page], fate=Fate.SUPERSEDED, why=f"{chosen[0]} was kept")
        else:
            placed[page] = dataclasses.replace(placed[page], fate=Fate.CONFLICT, why=f"the same page as {others}")


def _with_suggestions(
    placed: Mapping[PageId, Placed], by_file: Mapping[str, Sequence[Scanned]], expected: Expected
) -> Mapping[PageId, Placed]:
    taken = {place.key for place in placed.values() if place.key is not None} | expected.missing
    free = expected.pages() - taken
    result = dict(placed)
    for run in by_file.values():
        for i, page in enumerate(run):
            if placed[page.page].fate is Fate.UNKNOWN:
                suggestion = _suggested(page, run, i, placed, expected, free)
                result[page.page] = dataclasses.replace(placed[page.page], suggestion=suggestion)
    return result


def _suggested(
    page: Scanned,
    run: Sequence[Scanned],
    i: int,
    placed: Mapping[PageId, Placed],
    expected: Expected,
    free: frozenset[PageKey],
) -> PageKey | None:
    listed = expected.manifests.get(page.file_ref, {}).get(page.position)
    candidates = [listed.key] if listed is not None else []
    for j, step in ((i - 1, 1), (i + 1, -1)):
        neighbour = placed[run[j].page].key if 0 <= j < len(run) else None
        if neighbour is not None:
            candidates.append(PageKey(neighbour.work, neighbour.page + step))
    return next((key for key in candidates if key in free), None)
