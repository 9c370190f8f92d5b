"""What was given out, held against the conflicts as they stand now."""

from __future__ import annotations

from crosscheck import doubts, facts
from crosscheck import status as state
from crosscheck.conflicts import ConflictIndex, Source, WorkOrigin, index_conflicts
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.keys import PrivateKey
from crosscheck.model import ExpertId, WorkId
from crosscheck.station import Station
from crosscheck.vault import Purpose
from crosscheck.whoiswho import Persons
from packets.origins import Origins, open_origins
from packets.readers import readers_of

CONFLICT = "conflict_of_interest"


def needs_check(connection: Connection) -> bool:
    """Whether conflicts changed since works were given out, and nobody checked."""
    return any(finding.kind == doubts.CHECK for finding in queries.open_findings(connection))


def check_again(station: Station, organiser: PrivateKey) -> int:
    """Hold every assignment against the conflicts as they stand now; how many are not allowed any more."""
    origins = open_origins(station, organiser, Purpose.ALLOCATE)
    with station.ledger.writing() as writer:
        found = name_conflicts(writer, origins)
        for finding in queries.open_findings(writer.connection):
            if finding.kind == doubts.CHECK:
                writer.append(facts.FindingClosed(finding.finding, f"checked again: {found} not allowed"))
    return found


def name_conflicts(writer: Writer, origins: Origins) -> int:
    """Call a person to every assignment that is not allowed; how many there are."""
    index, found = index_conflicts(origins.conflicts), 0
    standing = queries.standing_assignments(writer.connection)
    readers = readers_of(standing)
    moved = {one.key for one in queries.all_of(writer.connection, facts.Reassignment)}
    for a in standing:
        work = WorkOrigin(WorkId(a.work), *origins.works[WorkId(a.work)])
        subject = state.subject_of(a.key)
        name = f"{CONFLICT}-{subject.replace(':', '-')}" + (f"-{a.expert}" if a.key in moved else "")
        if sources := _against(index, origins.persons, ExpertId(a.expert), work, readers[work.work]):
            found += 1
            if queries.one_of(writer.connection, facts.Finding, finding=name) is None:
                detail = f"{a.expert}: {', '.join(source.value for source in sources)}"
                writer.append(facts.Finding(name, CONFLICT, subject, detail))
    return found


def _against(
    index: ConflictIndex, persons: Persons, expert: ExpertId, work: WorkOrigin, readers: frozenset[ExpertId]
) -> tuple[Source, ...]:
    """Why this expert may not have this work, which these codes read: nobody reads a work under two codes."""
    twice = (Source.PREVIOUS_MARKER,) if len(persons.of(expert) & readers) > 1 else ()
    return index.sources(expert, work) + twice
