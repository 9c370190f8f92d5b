"""Facts of the ledger as the values that collation decides on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts
from crosscheck import status as state
from crosscheck.coverform import FOREIGN_WORK
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import Fate, PageId, PageKey, WorkId
from scanning.collating.evidence import (
    Alien,
    Assign,
    BelongsElsewhere,
    ClassCover,
    CoverPage,
    CoverSheet,
    Decision,
    Discard,
    Empty,
    Expected,
    Form,
    Keep,
    Labelled,
    Listed,
    Scanned,
    Seen,
    SheetAmong,
    Sticker,
    Templated,
    Uncoded,
    WorkCover,
)
from scanning.collating.keyed import Agreed, Entry, judged


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that collation needs."""

    pages: tuple[Scanned, ...]
    expected: Expected
    decisions: Mapping[PageId, Decision]


def gathered(connection: Connection) -> Gathered:
    """What the ledger knows of pages of works."""
    return Gathered(tuple(_scanned(connection)), _expected(connection), decisions(connection))


def _scanned(connection: Connection) -> list[Scanned]:
    readings = {reading.page: reading for reading in queries.all_of(connection, facts.PageReading)}
    files = {file.file: file for file in queries.all_of(connection, facts.ScanFile)}
    closed = queries.all_of(connection, facts.BatchClosed)
    counted = {batch.batch for batch in closed if batch.declared == batch.counted}
    pages = []
    for page in queries.pages_of_purpose(connection, "works"):
        seen: Seen | None = Uncoded(page.fault) if page.fault else None
        picture = ""
        if (reading := readings.get(page.page)) is not None:
            evidence = json.loads(reading.evidence)
            seen, picture = seen_of(reading, evidence), str(evidence.get("picture", ""))
        if seen is not None:
            file = files[page.file]
            pages.append(
                Scanned(
                    PageId(page.page),
                    page.file,
                    file.file_ref,
                    page.position,
                    seen,
                    picture,
                    file.batch in counted,
                )
            )
    return pages


def seen_of(reading: facts.PageReading, evidence: Mapping[str, object]) -> Seen:
    """What a recorded reading, with its evidence, says of a page's identity."""
    why, signed = str(evidence.get("why", "")), bool(evidence.get("signed"))
    match reading.outcome:
        case "labelled":
            assert reading.number is not None
            assert reading.page_no is not None
            return Labelled(reading.number, reading.page_no, reading.round or 0, signed)
        case "templated":
            assert reading.page_no is not None
            sticker = None if reading.number is None else Sticker(reading.number, signed)
            return Templated(reading.template, reading.page_no, sticker)
        case "blank":
            return Empty()
        case "sheet":
            return SheetAmong(why)
        case "alien" if evidence.get("cover"):
            return CoverPage(reading.number or 0, signed)
        case "alien":
            return Alien(why)
        case "uncoded":
            return Uncoded("no readable code", reading.page_no or 0)
        case _:
            return Uncoded(why or "unreadable")


def _expected(connection: Connection) -> Expected:
    forms = {
        form.form: Form(WorkId(form.work), form.round, form.pages, bool(form.signed))
        for form in queries.all_of(connection, facts.IssuedForm)
    }
    manifests: dict[str, dict[int, Listed]] = {}
    foreign: dict[WorkId, int] = {}
    for row in queries.all_of(connection, facts.ManifestPage):
        if row.file_ref.startswith(FOREIGN_WORK):
            foreign[WorkId(row.work)] = max(row.page, foreign.get(WorkId(row.work), 0))
        else:
            listed = Listed(PageKey(WorkId(row.work), row.page), row.template)
            manifests.setdefault(row.file_ref, {})[row.position] = listed
    missing = frozenset(PageKey(WorkId(work), page) for work, page in state.missing_pages(connection))
    covers = {row.cover: _cover(row) for row in queries.all_of(connection, facts.Cover)}
    accepted = {
        page: verdict.work
        for page, entries in keyed_codes(connection).items()
        if isinstance(verdict := judged(entries), Agreed)
    }
    return Expected(forms, manifests, missing, covers, foreign, accepted)


def _cover(row: facts.Cover) -> CoverSheet:
    return WorkCover(WorkId(row.work), row.pages) if row.work else ClassCover(row.works, row.pages)


def keyed_codes(connection: Connection) -> Mapping[PageId, list[Entry]]:
    """The codes that people keyed and did not take back, by page."""
    found: dict[PageId, list[Entry]] = {}
    for row in queries.signed_rows(connection, facts.KeyedCode):
        page, work = PageId(str(row["page"])), WorkId(str(row["work"]))
        found[page] = [*found.get(page, []), Entry(str(row["who"]), work)] if work else []
    return found


# --- decisions -----------------------------------------------------------------------------------


def decisions(connection: Connection) -> Mapping[PageId, Decision]:
    """What people decided about pages and did not take back."""
    found: dict[PageId, Decision] = {}
    latest = queries.latest_of(connection, facts.PageDecision)
    kept = _kept_over(connection) if any(row.decision == "keep" for row in latest) else {}
    for row in latest:
        match row.decision:
            case "assign":
                found[PageId(row.page)] = Assign(PageKey(WorkId(row.work), row.page_no))
            case "discard":
                found[PageId(row.page)] = Discard(row.why)
            case "keep":
                assigned = PageKey(WorkId(row.work), row.page_no) if row.work else None
                found[PageId(row.page)] = Keep(frozenset(kept.get((row.page, row.revision), ())), assigned)
            case "foreign":
                found[PageId(row.page)] = BelongsElsewhere(row.why)
            case _:
                pass  # undone: the page speaks for itself again
    return found


def _kept_over(connection: Connection) -> Mapping[tuple[str, int], list[PageId]]:
    """Pages over which each decision kept its page."""
    found: dict[tuple[str, int], list[PageId]] = {}
    for row in queries.all_of(connection, facts.KeptOver):
        found.setdefault((row.page, row.revision), []).append(PageId(row.other))
    told = {page for page, _revision in found}
    last = {row.page: row.revision for row in queries.latest_of(connection, facts.PageDecision)}
    # Earlier versions recorded no copies with the decision: there, what it superseded says which they were.
    for fate in queries.latest_of(connection, facts.PageFate):
        keeper = fate.why.removesuffix(" was kept")
        if fate.fate == Fate.SUPERSEDED.value and keeper in last and keeper not in told:
            found.setdefault((keeper, last[keeper]), []).append(PageId(fate.page))
    return found
