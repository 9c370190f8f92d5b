"""What an expert may not mark, and why: every conflict with its source, as allocation sees it.

Two keys open two halves: the organiser's the conflicts, as tokens; the coordinator's the numbers of schools, classes
and what experts wrote about it. Neither half tells whose a work is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscheck import doubts, facts, safe
from crosscheck.conflicts import Conflict, OfClass, OfSchool, OfWork, Source
from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.declared import declared, is_over
from crosscheck.i18n import N_
from crosscheck.keys import PrivateKey
from crosscheck.model import AnonymousNumber, ClassToken, ExpertId, SchoolToken
from crosscheck.numbering import spaced
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind

_WHY = "conflicts of an expert"
WORDS = {
    Source.OWN_SCHOOL: N_("own school"),
    Source.CLASS_TAUGHT: N_("class taught"),
    Source.RELATIVE: N_("relative"),
    Source.FORMER_SCHOOL: N_("former school"),
    Source.TUTOR: N_("private lessons"),
    Source.DECLARED: N_("declared conflict"),
    Source.PREVIOUS_MARKER: N_("marks the work already"),
    Source.PANEL: N_("member of the panel"),
    Source.AWAY: N_("doesn't come to the check point"),
}
_RANK = {source: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True)
class Bar:
    """One conflict: `expert` is the code it comes from, `until` the year an expert left a school, `over` whether it
    no longer bars anybody, `reason` the expert's own words where they were opened."""

    expert: ExpertId
    source: Source
    target: str
    until: str = ""
    over: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What the coordinator's key tells: words for tokens, notes by conflict."""

    schools: Mapping[str, str]
    classes: Mapping[str, str]
    notes: Mapping[str, str]


def open_names(station: Station, coordinator: PrivateKey) -> Names:
    """Numbers and names of schools and classes, and what experts wrote; recorded."""

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, Purpose.CONFLICTS, coordinator, _WHY)

    schools = opened(RecordKind.SCHOOL)
    numbers = {token: row["school"] for token, row in schools.items()}
    return Names(
        {token: f"{row['school']} {row['name']}" for token, row in schools.items()},
        {token: f"{numbers[row['school']]}:{row['class']}" for token, row in opened(RecordKind.CLASS_SET).items()},
        {subject: row["note"] for subject, row in opened(RecordKind.CONFLICT_NOTE).items()},
    )


def bars(station: Station, organiser: PrivateKey, expert: ExpertId, names: Names | None) -> tuple[Bar, ...]:
    """Everything that bars the person who has this code, in the order of `Source`; recorded."""

    def opened(kind: RecordKind) -> Mapping[str, bytes]:
        return safe.open_kind(station, kind, Purpose.CONFLICTS, organiser, _WHY)

    known = names or Names({}, {}, {})
    origins, stated = opened(RecordKind.EXPERT_ORIGIN), opened(RecordKind.CONFLICT)
    with station.ledger.reading() as connection:
        persons = doubts.persons(connection)
        codes = sorted(persons.of(expert))
        found = [bar for code in codes for bar in _standing(code, origins, known)]
        found += [bar for code in codes for bar in _read(connection, code)]
    procedure = station.procedure()
    for subject, plain in stated.items():
        row: dict[str, str] = json.loads(plain)
        conflict = declared(row)
        if conflict.expert in codes:
            found.append(
                Bar(
                    conflict.expert,
                    conflict.source,
                    _told(conflict, known),
                    row.get("until", ""),
                    is_over(row, procedure),
                    known.notes.get(subject, ""),
                )
            )
    return tuple(sorted(found, key=lambda bar: (_RANK[bar.source], bar.target, bar.expert)))


def _standing(code: ExpertId, origins: Mapping[str, bytes], names: Names) -> Iterator[Bar]:
    if code in origins:
        row: dict[str, list[str]] = json.loads(origins[code])
        for school in row["schools"]:
            conflict = Conflict(code, OfSchool(SchoolToken(school)), Source.OWN_SCHOOL)
            yield Bar(code, conflict.source, _told(conflict, names))
        for taught in row["classes"]:
            conflict = Conflict(code, OfClass(ClassToken(taught)), Source.CLASS_TAUGHT)
            yield Bar(code, conflict.source, _told(conflict, names))


def _read(connection: Connection, code: ExpertId) -> Iterator[Bar]:
    numbers = {n.key: n.number for n in queries.all_of(connection, facts.Number)}
    for given in queries.ever_assigned(connection, expert=code):
        yield Bar(code, Source.PREVIOUS_MARKER, spaced(AnonymousNumber(numbers[given.key])))


def _told(conflict: Conflict, names: Names) -> str:
    """What the conflict is about. Of a single work only its token: whose it is, nobody is told here."""
    match conflict.target:
        case OfSchool(school):
            return names.schools.get(school, school)
        case OfClass(class_set):
            return names.classes.get(class_set, class_set)
        case OfWork(work):
            return work
