"""Pages into works: every scanned page gets exactly one fate. Pure.

Identity belongs to each page. It is accepted from a label that was issued, from a manifest whose file has
the listed number of pages and whose every page shows the template page that the manifest says, from a closed
run behind a cover (`scanning.collating.covers`), or from a person. Order alone is never evidence: neighbours give a
suggestion, which a person accepts or not.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from crosscheck.model import Fate, PageId, PageKey
from scanning.collating import covers, suggesting
from scanning.collating.evidence import (
    Alien,
    Assign,
    BelongsElsewhere,
    ClassCover,
    CoverPage,
    CoverSheet,
    Decision,
    Decisions,
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
    SheetAmong,
    Sticker,
    Templated,
    Uncoded,
    WorkCover,
    known,
    unknown,
)

__all__ = [
    "Alien", "Assign", "BelongsElsewhere", "ClassCover", "CoverPage", "CoverSheet", "Decision", "Decisions", "Discard",
    "Empty", "Expected", "Form", "Keep", "Labelled", "Listed", "Placed", "Scanned", "Seen", "SheetAmong", "Sticker",
    "Templated", "Uncoded", "WorkCover", "collate", "files",
]  # fmt: skip


def collate(pages: Sequence[Scanned], expected: Expected, decisions: Decisions) -> Mapping[PageId, Placed]:
    """The fate of every page. The order of `pages` doesn't matter; the time it takes grows with their number."""
    by_file = files(pages)
    placed: dict[PageId, Placed] = {}
    for run in by_file.values():
        placed |= _place_file(run, expected, decisions)
    for page in pages:
        if (decision := decisions.get(page.page)) is not None:
            placed[page.page] = _by_person(decision, placed[page.page])
    _collide(placed, decisions)
    _refuse_doubles(pages, placed, decisions)
    return suggesting.with_suggestions(placed, by_file, expected)


def files(pages: Iterable[Scanned]) -> Mapping[str, Sequence[Scanned]]:
    """Pages by file, each file in order of positions."""
    found: dict[str, list[Scanned]] = defaultdict(list)
    for page in pages:
        found[page.file].append(page)
    return {file: sorted(run, key=lambda page: page.position) for file, run in found.items()}


def _by_person(decision: Decision, shown: Placed) -> Placed:
    match decision:
        case Assign(key) | Keep(_, PageKey() as key):
            return known(key, "assigned by a person")
        case Keep():
            return shown
        case Discard(why):
            return Placed(Fate.DISCARDED, None, why)
        case BelongsElsewhere(why):
            return Placed(Fate.FOREIGN, None, why)


# --- what the pages show --------------------------------------------------------------------------


def _place_file(run: Sequence[Scanned], expected: Expected, decisions: Decisions) -> dict[PageId, Placed]:
    """Fates of the pages of one file by what they show, before anybody decided anything."""
    listed = expected.manifests.get(run[0].file_ref)
    foreign = covers.place_file(run, expected, decisions) if listed is None else _by_manifest(run, listed, expected)
    return {page.page: foreign.get(page.page) or _by_itself(page, listed or {}, expected) for page in run}


def _by_itself(page: Scanned, listed: Mapping[int, Listed], expected: Expected) -> Placed:
    match page.seen:
        case Labelled() as label:
            return _by_label(label, expected)
        case CoverPage(cover):
            return Placed(Fate.FOREIGN, None, f"cover {cover}" if cover else covers.UNREADABLE)
        case Alien(why) | SheetAmong(why):
            return Placed(Fate.FOREIGN, None, why)
        case Empty():
            return unknown("listed but blank") if page.position in listed else Placed(Fate.BLANK, None, "")
        case Uncoded(why):
            return unknown(why)
        case Templated():
            return unknown(covers.NO_MANIFEST)


def _by_label(label: Labelled, expected: Expected) -> Placed:
    form = label.form
    issued = expected.forms.get(form)
    if issued is None:
        return unknown(f"form {form} was never issued")
    if issued.signed and not label.signed:
        # Another ledger of the same procedure numbers its forms alike: there it is somebody else's.
        return unknown(f"form {form} does not show that this ledger printed it")
    if label.round != issued.round:
        return unknown(f"form {form} was reprinted; this is print {label.round}")
    if label.page > issued.pages:
        return Placed(Fate.EXTRA, None, f"form {form} has {issued.pages} pages; this says page {label.page}")
    return known(PageKey(issued.work, label.page), f"label of form {form}")


def _by_manifest(run: Sequence[Scanned], listed: Mapping[int, Listed], expected: Expected) -> Mapping[PageId, Placed]:
    """Fates of the pages of foreign forms in a file that a manifest lists."""
    trouble = _disagreement(run, listed, expected)
    return {
        page.page: known(listed[page.position].key, "manifest; counts and every page agree")
        if trouble is None
        else covers.own_evidence(page, expected) or unknown(trouble)
        for page in run
        if isinstance(page.seen, Templated)
    }


def _disagreement(run: Sequence[Scanned], listed: Mapping[int, Listed], expected: Expected) -> str | None:
    """Why a manifest can't be believed for this file, or None. One doubtful page holds the whole run back:
    a page eaten or doubled by the feeder shifts all that follow."""
    if [page.position for page in run] != sorted(listed):
        return f"the manifest lists {len(listed)} pages, the file has {len(run)}"
    for page in run:
        if not _agrees(page, listed[page.position], expected):
            return f"page {page.position + 1} of the file is not what the manifest lists"
    return covers.twins_trouble(run)


def _agrees(page: Scanned, entry: Listed, expected: Expected) -> bool:
    shown, named = page.seen, covers.naming(page, expected)
    if not isinstance(shown, Templated) or isinstance(named, covers.Doubted):
        return False
    if isinstance(named, covers.Named) and named.work != entry.key.work:
        return False
    return shown.page == entry.key.page and entry.template in ("", shown.template)


# --- several copies of a page ---------------------------------------------------------------------


def _collide(placed: dict[PageId, Placed], decisions: Decisions) -> None:
    claims: dict[PageKey, list[PageId]] = defaultdict(list)
    for page, place in placed.items():
        if place.fate is Fate.KNOWN and place.key is not None:
            claims[place.key].append(page)
    for claimants in claims.values():
        if len(claimants) > 1:
            _settle(placed, sorted(claimants), decisions)


def _refuse_doubles(pages: Sequence[Scanned], placed: dict[PageId, Placed], decisions: Decisions) -> None:
    """The very same picture can't be a page of two works: whichever of them nobody decided about is in conflict."""
    alike: dict[str, list[PageId]] = defaultdict(list)
    for page in pages:
        if page.picture and placed[page.page].fate is Fate.KNOWN:
            alike[page.picture].append(page.page)
    for copies in alike.values():
        if len({placed[copy].key for copy in copies}) > 1:
            for doubtful in sorted(set(copies) - decisions.keys()):
                others = ", ".join(other for other in sorted(copies) if other != doubtful)
                why = f"the same picture as {others}"
                placed[doubtful] = dataclasses.replace(placed[doubtful], fate=Fate.CONFLICT, why=why)


def _settle(placed: dict[PageId, Placed], copies: list[PageId], decisions: Decisions) -> None:
    """A copy that a person saw and did not keep is superseded; of the others, several are in conflict."""
    beaten = {page: keeper for keeper in copies for page in _over(decisions.get(keeper)) if page in copies}
    standing = [page for page in copies if page not in beaten]
    if not standing:  # each was kept over another one: nobody has decided
        beaten, standing = {}, copies
    for page, keeper in beaten.items():
        placed[page] = dataclasses.replace(placed[page], fate=Fate.SUPERSEDED, why=f"{keeper} was kept")
    if len(standing) > 1:
        for page in standing:
            others = ", ".join(other for other in standing if other != page)
            placed[page] = dataclasses.replace(placed[page], fate=Fate.CONFLICT, why=f"the same page as {others}")


def _over(decision: Decision | None) -> frozenset[PageId]:
    return decision.over if isinstance(decision, Keep) else frozenset()
