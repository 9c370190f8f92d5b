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
from scoring.differences.beside import own_facts, own_markings
from scoring.differences.kinds import JournalMark, OwnMarking
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
    """Everything that was ever taken in, by work, in order of arrival; files that count no more; what stands of
    schools' own markings."""

    entries: Mapping[WorkId, tuple[Entry, ...]]
    withdrawn: frozenset[str]
    files: int
    own: Mapping[WorkId, OwnMarking]

    def standing(self, work: WorkId) -> Mapping[Source, int]:
        """What stands of a work: of each source the newest mark of a file that counts."""
        return {source: entry.mark.value for source, entry in self.newest(work).items()}

    def newest(self, work: WorkId) -> Mapping[Source, Entry]:
        """The same with the files."""
        counted = (entry for entry in self.entries.get(work, ()) if entry.imported not in self.withdrawn)
        return {entry.mark.source: entry for entry in counted}


def opened(station: Station, key: PrivateKey, why: str = WHY) -> Held:
    """All other marks; the opening is recorded."""
    records = safe.open_kind(station, RecordKind.OTHER_MARKS, Purpose.PUBLISH, key, why)
    with station.ledger.reading() as connection:
        withdrawn = frozenset(one.imported for one in queries.all_of(connection, facts.MarksWithdrawn))
        files = queries.count_of(connection, facts.MarksFile)
        own = own_markings(connection)
    return Held({WorkId(work): _entries(plain) for work, plain in records.items()}, withdrawn, files, own)


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
    marks = sum(held.standing(row.work).get(mark.source) != mark.value for row in read.rows for mark in row.marks)
    own = [row.own for row in read.rows if row.own is not None and row.own != held.own.get(row.work)]
    return marks + sum(one.cells for one in own)


def record(writer: Writer, station: Station, index: safe.Index, held: Held, read: TableRead, content: bytes) -> Held:
    """Take a file in, whole; what is held from then on. Raises MarksChangedMeanwhile."""
    if queries.count_of(writer.connection, facts.MarksFile) != held.files:
        raise MarksChangedMeanwhile
    imported = f"M{held.files + 1:03d}"
    hashed = keys.keyed(station.secret(), "marks-file", content)
    writer.append(facts.MarksFile(imported, hashed, ", ".join(read.columns), len(read.rows), read.marks))
    entries, own = dict(held.entries), dict(held.own)
    # In the order of works: the file's own order tells of the school's list.
    for row in sorted(read.rows, key=lambda row: row.work):
        if row.own is not None:
            own[row.work] = row.own
            writer.append_all(own_facts(imported, row.work, row.own))
        if not row.marks:
            continue
        entries[row.work] = (*entries.get(row.work, ()), *(Entry(imported, mark) for mark in row.marks))
        safe.keep(writer, station, index, RecordKind.OTHER_MARKS, row.work, _plain(entries[row.work]))
    return Held(entries, held.withdrawn, held.files + 1, own)


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


def other_marks(station: Station, key: PrivateKey, links: Links, why: str = WHY) -> OtherMarks:
    """Marks from files and from schools' electronic forms, variant and sex from these and the table of participants, by
    participant code; the openings are recorded."""
    held, year = opened(station, key, why), station.procedure().date.year
    forms = safe.open_json(station, RecordKind.PUPIL, Purpose.PUBLISH, key, why)
    listed = safe.open_json(station, RecordKind.LISTED, Purpose.PUBLISH, key, why)
    found: dict[str, Mapping[Source, int]] = {}
    contradictions: list[Contradiction] = []
    files: dict[tuple[str, Source], str] = {}
    for work, person in links.people.items():
        files.update({(person.code, source): one.imported for source, one in held.newest(work).items()})
        marks, of_form = dict(held.standing(work)), _of_form(forms.get(work, {}), year)
        for source, value in of_form.items():
            if marks.setdefault(source, value) != value:
                contradictions.append(Contradiction(person.code, source, marks.pop(source), value))
        if marks:
            found[person.code] = marks
    differing = tuple(sorted(contradictions, key=lambda one: (one.code, one.source)))
    return OtherMarks(found, differing, files, *about(_by_code(listed, links), _by_code(forms, links)))


def for_forms(station: Station, key: PrivateKey, links: Links) -> Mapping[str, Mapping[Datum, str]]:
    """What stands in a form that goes out, by participant code: variant and sex as known, marks only as the school
    itself said them last. What others say of its marks is no word of the school, and would come back as one."""
    why = "forms for schools"
    said = _by_code(safe.open_json(station, RecordKind.PUPIL, Purpose.PUBLISH, key, why), links)
    described, _unclear = about(
        _by_code(safe.open_json(station, RecordKind.LISTED, Purpose.PUBLISH, key, why), links), said
    )
    own = {code: {d: text for d, text in row.items() if d in _OF_FORMS and text} for code, row in said.items()}
    return {code: {**own.get(code, {}), **described.get(code, {})} for code in {*own, *described}}


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


def journals_known(connection: Connection) -> bool:
    """Are there marks of a journal, from a file or, it may be, from a school's form?"""
    files = (one.columns for one in queries.all_of(connection, facts.MarksFile))
    return any("journal" in columns for columns in files) or bool(queries.sealed_of(connection, RecordKind.PUPIL.value))


def journal_beside(station: Station, key: PrivateKey, links: Links, known: OtherMarks) -> Mapping[WorkId, JournalMark]:
    """Marks in journals, to be held against what stands. What people say of a difference is kept under a name that only
    the coordinator's key leads back to its work: who knew of which work they differ would know the sealed mark."""
    index, source = safe.open_index(station, key), journal_of(station.procedure())
    marks = known.marks(source)
    return {
        work: JournalMark(
            marks[one.code],
            index.token("journal-difference", work),
            known.files.get((one.code, source), ""),
        )
        for work, one in links.people.items()
        if one.code in marks
    }
