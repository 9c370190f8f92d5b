"""The stage that puts pages together and numbers works: facts in, `scanning.collation` decides, facts out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from crosscheck import facts, keys, numbering
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.model import AnonymousNumber, Fate, Marking, PageId, PageKey, WorkId
from crosscheck.station import Station
from scanning.collation import (
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
from scanning.reading import FindingKind

UNSETTLED = frozenset({Fate.UNKNOWN, Fate.CONFLICT, Fate.EXTRA})


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a run of the stage changed: fates recorded, works numbered, pages waiting for a person."""

    fates: int
    works: int
    unsettled: int


def number_all(station: Station) -> Numbered:
    """Collate all pages, number every work that is complete, end the working keys of settled batches."""
    procedure = station.procedure()
    with station.ledger.writing() as writer:
        placed = placed_pages(writer.connection)
        changed = _record_fates(writer, placed)
        _record_findings(writer, placed)
        works = _number_works(writer, station.secret(), procedure.independent())
        for batch in _settled_batches(writer.connection, placed):
            writer.append(facts.WorkingKeyDestroyed(batch))
            writer.erase_holder(f"batch:{batch}")
        ended = queries.all_of(writer.connection, facts.WorkingKeyDestroyed)
    for fact in ended:
        # After the commit, and for every ended batch: a run that was killed here, or one at another station that
        # could not reach our keys, is made good by the next.
        if keys.has_working_key(station.keys, fact.batch):
            keys.destroy_working_key(station.keys, fact.batch)
    return Numbered(changed, works, _unsettled(station, placed))


def _unsettled(station: Station, placed: Mapping[PageId, Placed]) -> int:
    with station.ledger.reading() as connection:
        held = held_pages(connection)
    return len(held | {page for page, place in placed.items() if place.fate in UNSETTLED})


# --- facts to collation --------------------------------------------------------------------------


def placed_pages(connection: Connection) -> Mapping[PageId, Placed]:
    """Every page that was read, with its fate as collation sees it now."""
    return collate(_scanned(connection), _expected(connection), decisions(connection))


def _scanned(connection: Connection) -> list[Scanned]:
    readings = {reading.page: reading for reading in queries.all_of(connection, facts.PageReading)}
    references = {file.file: file.file_ref for file in queries.all_of(connection, facts.ScanFile)}
    pages = []
    for page in queries.pages_of_purpose(connection, "works"):
        seen: Seen | None = Uncoded(page.fault) if page.fault else None
        if (reading := readings.get(page.page)) is not None:
            seen = seen_of(reading)
        if seen is not None:
            pages.append(Scanned(PageId(page.page), page.file, references[page.file], page.position, seen))
    return pages


def seen_of(reading: facts.PageReading) -> Seen:
    """What a recorded reading says of a page's identity."""
    why = str(json.loads(reading.evidence).get("why", ""))
    match reading.outcome:
        case "labelled":
            assert reading.number is not None
            assert reading.page_no is not None
            signed = bool(json.loads(reading.evidence).get("signed"))
            return Labelled(reading.number, reading.page_no, reading.round or 0, signed)
        case "templated":
            assert reading.page_no is not None
            return Templated(reading.template, reading.page_no)
        case "blank":
            return Empty()
        case "alien" | "sheet":
            return Alien(why)
        case "uncoded":
            return Uncoded("no readable code")
        case _:
            return Uncoded(why or "unreadable")


def _expected(connection: Connection) -> Expected:
    forms = {
        form.form: Form(WorkId(form.work), form.round, form.pages, bool(form.signed))
        for form in queries.all_of(connection, facts.IssuedForm)
    }
    manifests: dict[str, dict[int, Listed]] = {}
    for row in queries.all_of(connection, facts.ManifestPage):
        listed = Listed(PageKey(WorkId(row.work), row.page), row.template)
        manifests.setdefault(row.file_ref, {})[row.position] = listed
    missing = frozenset(PageKey(WorkId(work), page) for work, page in state.missing_pages(connection))
    return Expected(forms, manifests, missing)


def decisions(connection: Connection) -> Mapping[PageId, Decision]:
    """What people decided about pages and did not take back."""
    found: dict[PageId, Decision] = {}
    for row in queries.latest_of(connection, facts.PageDecision):
        match row.decision:
            case "assign":
                found[PageId(row.page)] = Assign(PageKey(WorkId(row.work), row.page_no))
            case "discard":
                found[PageId(row.page)] = Discard(row.why)
            case "keep":
                found[PageId(row.page)] = Keep()
            case "foreign":
                found[PageId(row.page)] = BelongsElsewhere(row.why)
            case _:
                pass  # undone: the page speaks for itself again
    return found


# --- collation to facts --------------------------------------------------------------------------


def _record_fates(writer: Writer, placed: Mapping[PageId, Placed]) -> int:
    known = {fate.page: fate for fate in queries.latest_of(writer.connection, facts.PageFate)}
    changed = 0
    for page, place in sorted(placed.items()):
        work, number = (place.key.work, place.key.page) if place.key else ("", 0)
        before = known.get(page)
        if before is not None and (before.fate, before.work, before.page_no) == (place.fate.value, work, number):
            continue
        revision = 0 if before is None else before.revision + 1
        writer.append(facts.PageFate(page, revision, place.fate.value, work, number, place.why))
        changed += 1
    return changed


def _record_findings(writer: Writer, placed: Mapping[PageId, Placed]) -> None:
    # The revision is part of the name: a page that becomes unsettled again is a new finding.
    revisions = {fate.page: fate.revision for fate in queries.latest_of(writer.connection, facts.PageFate)}
    wanted = {}
    for page, place in placed.items():
        if place.fate in UNSETTLED:
            name = f"fate-{page}-{revisions[page]}"
            wanted[name] = facts.Finding(name, place.fate.value, page, _words(place))
    wanted |= {f.finding: f for f in _incomplete(writer.connection)}
    sync_findings(writer, wanted, ("fate-", "incomplete-"))


def sync_findings(writer: Writer, wanted: Mapping[str, facts.Finding], prefixes: tuple[str, ...]) -> None:
    """Open the findings that are wanted, close those of the same families that no longer are."""
    every = {finding.finding for finding in queries.all_of(writer.connection, facts.Finding)}
    still_open = {finding.finding for finding in queries.open_findings(writer.connection)}
    for name, finding in sorted(wanted.items()):
        if name not in every:
            writer.append(finding)
    for name in sorted(still_open - set(wanted)):
        if name.startswith(prefixes):
            writer.append(facts.FindingClosed(name, "settled"))


def _words(place: Placed) -> str:
    suggested = place.suggestion
    return place.why if suggested is None else f"{place.why}; perhaps {suggested.work} page {suggested.page}"


def _incomplete(connection: Connection) -> list[facts.Finding]:
    """Works of which some pages came and others did not."""
    expected, missing, known = _pages_by_work(connection)
    found = []
    for work, pages in sorted(expected.items()):
        gone = pages - known.get(work, set()) - missing.get(work, set())
        if gone and known.get(work):
            listed = ", ".join(map(str, sorted(gone)))
            name = f"incomplete-{work}-{listed.replace(', ', '-')}"
            found.append(facts.Finding(name, "incomplete", work, f"pages not found: {listed}"))
    return found


Pages = dict[str, set[int]]


def _pages_by_work(connection: Connection) -> tuple[Pages, Pages, Pages]:
    expected, missing, known = Pages(), Pages(), Pages()
    for work, page in state.expected_pages(connection):
        expected.setdefault(work, set()).add(page)
    for work, page in state.missing_pages(connection):
        missing.setdefault(work, set()).add(page)
    for fate in queries.latest_of(connection, facts.PageFate):
        if fate.fate == Fate.KNOWN.value:
            known.setdefault(fate.work, set()).add(fate.page_no)
    return expected, missing, known


def _number_works(writer: Writer, secret: bytes, markings: tuple[Marking, ...]) -> int:
    """Number every work whose pages are all known or declared missing; at least one must be known, and no
    page of it may wait for somebody to look whether a name stands in an answer."""
    held = _held(writer.connection)
    expected, missing, known = _pages_by_work(writer.connection)
    numbers = queries.all_of(writer.connection, facts.Number)
    done, taken = {number.work for number in numbers}, {AnonymousNumber(number.number) for number in numbers}
    works = 0
    for work, pages in sorted(expected.items()):
        if work not in done | held and work in known and pages <= known[work] | missing.get(work, set()):
            for marking in markings:
                drawn = numbering.number(secret, WorkId(work), marking, taken)
                taken.add(drawn)
                writer.append(facts.Number(work, marking, drawn))
            works += 1
    return works


def held_pages(connection: Connection) -> frozenset[str]:
    """Pages on which a name seems to stand inside an answer, and nobody has looked yet."""
    wait = FindingKind.NAME_IN_ANSWER.value
    return frozenset(f.subject for f in queries.open_findings(connection) if f.kind == wait)


def _held(connection: Connection) -> set[str]:
    held = held_pages(connection)
    return {fate.work for fate in queries.latest_of(connection, facts.PageFate) if fate.page in held}


def _settled_batches(connection: Connection, placed: Mapping[PageId, Placed]) -> list[str]:
    """Batches of works all of whose pages were read and have a settled fate."""
    unsettled = {page for page, place in placed.items() if place.fate in UNSETTLED} | held_pages(connection)
    files = {file.file: file.batch for file in queries.all_of(connection, facts.ScanFile)}
    waiting = set()
    used = set()
    for page in queries.pages_of_purpose(connection, "works"):
        used.add(files[page.file])
        if PageId(page.page) not in placed or PageId(page.page) in unsettled:
            waiting.add(files[page.file])
    open_ones = queries.lacking(connection, facts.Batch, facts.WorkingKeyDestroyed, on="batch", purpose="works")
    return [batch.batch for batch in open_ones if batch.batch in used and batch.batch not in waiting]
