"""Other marks in the vault: sealed by work, opened for publishing alone, the newest file that counts holding.

A work's record is a list that only grows. A file that is withdrawn counts no more, and what stood before stands again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck import facts, keys, safe
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import WorkId
from crosscheck.procedure import Procedure
from crosscheck.release import Links
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from scoring.forms.layout import Datum
from scoring.marks.errors import MarksChangedMeanwhile, NoSuchImport
from scoring.marks.kinds import Kind, Mark, Source
from scoring.marks.known import Contradiction, OtherMarks, about
from scoring.marks.reading import TableRead

WHY = "marks from elsewhere"
_OF_FORMS = {Datum.JOURNAL_MARK: Kind.JOURNAL, Datum.TERM_MARK: Kind.TERM}


@dataclass(frozen=True, slots=True)
class Entry:
    """A mark, and the file it came in."""

    imported: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that was ever taken in, by work, in order of arrival; files that count no more."""

    entries: Mapping[WorkId, tuple[Entry, ...]]
    withdrawn: frozenset[str]
    files: int

    def standing(self, work: WorkId) -> Mapping[Source, int]:
        """What stands of a work: of each source the newest mark of a file that counts."""
        counted = (entry.mark for entry in self.entries.get(work, ()) if entry.imported not in self.withdrawn)
        return {mark.source: mark.value for mark in counted}


def opened(station: Station, key: PrivateKey) -> Held:
    """All other marks; the opening is recorded."""
    records = safe.open_kind(station, RecordKind.OTHER_MARKS, Purpose.PUBLISH, key, WHY)
    with station.ledger.reading() as connection:
        withdrawn = frozenset(one.imported for one in queries.all_of(connection, facts.MarksWithdrawn))
        files = queries.count_of(connection, facts.MarksFile)
    return Held({WorkId(work): _entries(plain) for work, plain in records.items()}, withdrawn, files)


def _entries(plain: bytes) -> tuple[Entry, ...]:
    return tuple(
        Entry(imported, Mark(Source(Kind(kind), year, most), value))
        for imported, kind, year, most, value in json.loads(plain)
    )


def _plain(entries: Iterable[Entry]) -> list[list[object]]:
    return [
        [one.imported, one.mark.source.kind.value, one.mark.source.year, one.mark.source.most, one.mark.value]
        for one in entries
    ]


def fresh(held: Held, read: TableRead) -> int:
    """How many marks of a file don't stand already."""
    return sum(held.standing(row.work).get(mark.source) != mark.value for row in read.rows for mark in row.marks)


def record(writer: Writer, station: Station, index: safe.Index, held: Held, read: TableRead, content: bytes) -> Held:
    """Take a file in, whole; what is held from then on. Raises MarksChangedMeanwhile."""
    if queries.count_of(writer.connection, facts.MarksFile) != held.files:
        raise MarksChangedMeanwhile
    imported = f"M{held.files + 1:03d}"
    hashed = keys.keyed(station.secret(), "marks-file", content)
    columns = ", ".join(map(str, read.sources))
    writer.append(facts.MarksFile(imported, hashed, columns, len(read.rows), read.marks))
    entries = dict(held.entries)
    # In the order of works: the file's own order tells of the school's list.
    for row in sorted(read.rows, key=lambda row: row.work):
        entries[row.work] = (*entries.get(row.work, ()), *(Entry(imported, mark) for mark in row.marks))
        safe.keep(writer, station, index, RecordKind.OTHER_MARKS, row.work, _plain(entries[row.work]))
    return Held(entries, held.withdrawn, held.files + 1)


def withdraw(writer: Writer, imported: str, why: str) -> None:
    """A file counts no more. Raises NoSuchImport."""
    known = queries.one_of(writer.connection, facts.MarksFile, imported=imported)
    if known is None or queries.one_of(writer.connection, facts.MarksWithdrawn, imported=imported) is not None:
        raise NoSuchImport(imported=imported)
    writer.append(facts.MarksWithdrawn(imported, why))


def files_taken_in(connection: Connection) -> list[dict[str, object]]:
    """Every file with when and by whom it was taken in, and why it counts no more, if so."""
    gone = {one.imported: one.why for one in queries.all_of(connection, facts.MarksWithdrawn)}
    rows = queries.signed_rows(connection, facts.MarksFile)
    return [{**row, "withdrawn": gone.get(str(row["imported"]), "")} for row in rows]


# --- what reports and markers ask for ------------------------------------------------------------


def other_marks(station: Station, key: PrivateKey, links: Links) -> OtherMarks:
    """Marks from files and from schools' electronic forms, variant and sex from these and the table of participants, by
    participant code; the openings are recorded."""
    held, year = opened(station, key), station.procedure().date.year
    forms = safe.open_json(station, RecordKind.PUPIL, Purpose.PUBLISH, key, WHY)
    listed = safe.open_json(station, RecordKind.LISTED, Purpose.PUBLISH, key, WHY)
    found: dict[str, Mapping[Source, int]] = {}
    contradictions: list[Contradiction] = []
    for work, person in links.people.items():
        marks, of_form = dict(held.standing(work)), _of_form(forms.get(work, {}), year)
        for source, value in of_form.items():
            if marks.setdefault(source, value) != value:
                contradictions.append(Contradiction(person.code, source, marks.pop(source), value))
        if marks:
            found[person.code] = marks
    differing = tuple(sorted(contradictions, key=lambda one: (one.code, one.source)))
    return OtherMarks(found, differing, *about(_by_code(listed, links), _by_code(forms, links)))


def _by_code(rows: Mapping[str, Mapping[str, str]], links: Links) -> dict[str, Mapping[Datum, str]]:
    return {
        person.code: {Datum(name): text for name, text in rows[work].items()}
        for work, person in links.people.items()
        if work in rows
    }


def _of_form(said: Mapping[str, str], year: int) -> Mapping[Source, int]:
    return {Source(kind, year): int(said[d.value]) for d, kind in _OF_FORMS.items() if said.get(d.value)}


def journal_of(procedure: Procedure) -> Source:
    """Where marks of the journal come from, 2 to 5: of the procedure's year, from files and forms alike."""
    return Source(Kind.JOURNAL, procedure.date.year)
