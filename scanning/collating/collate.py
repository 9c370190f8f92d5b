"""The stage that puts pages together and numbers works: facts in, `scanning.collating.collation` decides, facts out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscheck import facts, keys, numbering
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.model import AnonymousNumber, Fate, PageId, WorkId
from crosscheck.procedure import Procedure
from crosscheck.station import Station
from crosscheck.wholeness import CHANGED, Pages, pages_of_works
from scanning.collating.collation import collate, files
from scanning.collating.doubts import doubts
from scanning.collating.evidence import Placed
from scanning.collating.gathering import Gathered, gathered, keyed_codes
from scanning.collating.keyed import MOST_ENTRIES, Differing, Hopeless, judged

UNSETTLED = frozenset({Fate.UNKNOWN, Fate.CONFLICT, Fate.EXTRA})
HOLDING = frozenset({"name_in_answer", "known_text"})  # findings that hold a work back until somebody has looked
CODES_DIFFER = "codes_differ"
MISSING_FOUND = "missing_found"
SETTLED = "settled"  # why a finding is closed that the machine no longer wants
# Families of findings that this stage opens and closes.
_OURS = ("fate-", "incomplete-", "missing-", "doubt-", "keyed-", "changed-")


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
        known = gathered(writer.connection)
        placed = collate(known.pages, known.expected, known.decisions)
        changed = _record_fates(writer, placed)
        works = pages_of_works(writer.connection)
        _record_findings(writer, known, placed, works)
        done = _number_works(writer, station.secret(), procedure, works)
        for batch in _settled_batches(writer.connection, placed):
            writer.append(facts.WorkingKeyDestroyed(batch))
            writer.erase_holder(f"batch:{batch}")
        ended = queries.all_of(writer.connection, facts.WorkingKeyDestroyed)
        waiting = len(held_pages(writer.connection) | {page for page, p in placed.items() if p.fate in UNSETTLED})
    for fact in ended:
        # After the commit, and for every ended batch: a run that was killed here, or one at another station that
        # could not reach our keys, is made good by the next.
        keys.destroy_working_key(station.keys, fact.batch)  # also one whose destruction was begun
    return Numbered(changed, done, waiting)


def placed_pages(connection: Connection) -> Mapping[PageId, Placed]:
    """Every page that was read, with its fate as collation sees it now."""
    known = gathered(connection)
    return collate(known.pages, known.expected, known.decisions)


# --- fates ---------------------------------------------------------------------------------------


def _record_fates(writer: Writer, placed: Mapping[PageId, Placed]) -> int:
    known = {fate.page: fate for fate in queries.latest_of(writer.connection, facts.PageFate)}
    fresh = []
    for page, place in sorted(placed.items()):
        work, number = (place.key.work, place.key.page) if place.key else ("", 0)
        before = known.get(page)
        if before is not None and (before.fate, before.work, before.page_no) == (place.fate.value, work, number):
            continue
        revision = 0 if before is None else before.revision + 1
        fresh.append(facts.PageFate(page, revision, place.fate.value, work, number, place.why))
    return writer.append_all(fresh)


# --- findings ------------------------------------------------------------------------------------


def _record_findings(
    writer: Writer, known: Gathered, placed: Mapping[PageId, Placed], works: Mapping[str, Pages]
) -> None:
    wanted = [
        *_unsettled(writer.connection, placed),
        *_incomplete(works),
        *_turned_up(works),
        *_changed(writer.connection, works),
        *_codes_differ(writer.connection, placed),
    ]
    for doubt in doubts(files(known.pages), placed, known.expected, known.decisions):
        wanted.append(facts.Finding(f"doubt-{doubt.kind}-{doubt.page}", doubt.kind, doubt.page, doubt.detail))
    sync_findings(writer, {finding.finding: finding for finding in wanted}, _OURS)


def sync_findings(writer: Writer, wanted: Mapping[str, facts.Finding], prefixes: tuple[str, ...]) -> None:
    """Open the findings that are wanted, close those of the same families that no longer are.

    What a person closed stays closed; what was settled and comes again is a finding of its own, as `name~2`."""
    closed = {row.finding: row.why for row in queries.all_of(writer.connection, facts.FindingClosed)}
    last: dict[str, str] = {}
    times: Counter[str] = Counter()
    for name in (finding.finding for finding in queries.all_of(writer.connection, facts.Finding)):
        last[name.partition("~")[0]] = name
        times[name.partition("~")[0]] += 1
    fresh = []
    for name, finding in sorted(wanted.items()):
        if name not in last:
            fresh.append(finding)
        elif closed.get(last[name]) == SETTLED:
            fresh.append(dataclasses.replace(finding, finding=f"{name}~{times[name] + 1}"))
    writer.append_all(fresh)
    settled = [last[name] for name in sorted(last.keys() - wanted.keys()) if name.startswith(prefixes)]
    writer.append_all(facts.FindingClosed(name, SETTLED) for name in settled if name not in closed)


def _unsettled(connection: Connection, placed: Mapping[PageId, Placed]) -> Iterator[facts.Finding]:
    # The revision is part of the name: a page that becomes unsettled again is a new finding.
    revisions = {fate.page: fate.revision for fate in queries.latest_of(connection, facts.PageFate)}
    for page, place in placed.items():
        if place.fate in UNSETTLED:
            yield facts.Finding(f"fate-{page}-{revisions[page]}", place.fate.value, page, _words(place))


def _words(place: Placed) -> str:
    suggested = place.suggestion
    return place.why if suggested is None else f"{place.why}; perhaps {suggested.work} page {suggested.page}"


def _incomplete(works: Mapping[str, Pages]) -> Iterator[facts.Finding]:
    """Works of which some pages came and others did not."""
    for work, pages in works.items():
        if pages.gone and pages.known:
            gone = [str(page) for page in sorted(pages.gone)]
            name = f"incomplete-{work}-{'-'.join(gone)}"
            yield facts.Finding(name, "incomplete", work, f"pages not found: {', '.join(gone)}")


def _turned_up(works: Mapping[str, Pages]) -> Iterator[facts.Finding]:
    for work, pages in works.items():
        for number in sorted(pages.missing & pages.known.keys()):
            words = f"page {number} was declared missing and is there: withdraw the declaration"
            yield facts.Finding(f"missing-{pages.known[number]}", MISSING_FOUND, work, words)


def _changed(connection: Connection, works: Mapping[str, Pages]) -> Iterator[facts.Finding]:
    """Numbered works that consist of other pages now than when they were numbered: paper may be out with them."""
    for row in queries.all_of(connection, facts.NumberedPages):
        now = works[row.work]
        if now.scans != row.pages:
            was = {int(number): page for number, page in json.loads(row.pages).items()}
            changed = sorted(n for n in was.keys() | now.known.keys() if was.get(n) != now.known.get(n))
            name = f"changed-{row.work}-{hashlib.sha256(now.scans.encode()).hexdigest()[:12]}"
            words = f"pages changed since the work was numbered: {', '.join(map(str, changed))}"
            yield facts.Finding(name, CHANGED, row.work, words)


def _codes_differ(connection: Connection, placed: Mapping[PageId, Placed]) -> Iterator[facts.Finding]:
    for page, entries in keyed_codes(connection).items():
        waits = page in placed and placed[page].fate is Fate.UNKNOWN
        if waits and isinstance(judged(entries), Differing | Hopeless):
            yield differing(page, len(entries))


def differing(page: str, entries: int) -> facts.Finding:
    """The finding that people keyed different codes on a page."""
    words = (
        "two people keyed different codes: a third one must"
        if entries < MOST_ENTRIES
        else "three people keyed three codes"
    )
    return facts.Finding(f"keyed-{page}-{entries}", CODES_DIFFER, page, words)


# --- numbers -------------------------------------------------------------------------------------


def _number_works(writer: Writer, secret: bytes, procedure: Procedure, works: Mapping[str, Pages]) -> int:
    """Number every work whose pages are all known or declared missing; at least one must be known, and no
    page of it may wait for somebody to look whether a name stands in an answer."""
    numbers = queries.all_of(writer.connection, facts.Number)
    taken = {AnonymousNumber(number.number) for number in numbers}
    done = {number.work for number in numbers}
    held = held_pages(writer.connection)
    fresh: list[facts.Number] = []
    whole: list[facts.NumberedPages] = []
    for work, pages in works.items():
        if work in done or pages.gone or not pages.known or held & set(pages.known.values()):
            continue
        for key in state.wanted(procedure, [WorkId(work)]):
            drawn = numbering.number(secret, key, taken)
            taken.add(drawn)
            fresh.append(facts.Number(work, key.marking, drawn, key.part))
        whole.append(facts.NumberedPages(work, pages.scans))
    writer.append_all(fresh)
    return writer.append_all(whole)


def held_pages(connection: Connection) -> frozenset[str]:
    """Pages on which a name seems to stand inside an answer, and nobody has looked yet."""
    return frozenset(f.subject for f in queries.open_findings(connection) if f.kind in HOLDING)


# --- batches -------------------------------------------------------------------------------------


def _settled_batches(connection: Connection, placed: Mapping[PageId, Placed]) -> list[str]:
    """Batches of works all of whose pages were read and have a settled fate; without pages, the closed ones."""
    unsettled = {page for page, place in placed.items() if place.fate in UNSETTLED} | held_pages(connection)
    batches = {file.file: file.batch for file in queries.all_of(connection, facts.ScanFile)}
    waiting = set()
    used = {closed.batch for closed in queries.all_of(connection, facts.BatchClosed)}
    for page in queries.pages_of_purpose(connection, "works"):
        used.add(batches[page.file])
        if PageId(page.page) not in placed or PageId(page.page) in unsettled:
            waiting.add(batches[page.file])
    open_ones = queries.lacking(connection, facts.Batch, facts.WorkingKeyDestroyed, on="batch", purpose="works")
    return [batch.batch for batch in open_ones if batch.batch in used and batch.batch not in waiting]
