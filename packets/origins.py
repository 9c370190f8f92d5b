"""Where works and experts come from, and what stands between them: the origin part of the vault, opened as tokens."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crosscheck import doubts, safe
from crosscheck.conflicts import Conflict, ExpertOrigin, OwnSchool, away_conflicts, standing_conflicts
from crosscheck.declared import declared, is_over
from crosscheck.keys import PrivateKey
from crosscheck.model import ClassToken, ExpertId, SchoolToken, WorkId
from crosscheck.procedure import Procedure, Wished
from crosscheck.station import Station
from crosscheck.vault import Purpose, RecordKind
from crosscheck.whoiswho import Persons, common_conflicts, common_origins
from packets.wishing import BetweenSchools, Grounds, ToPoints


@dataclass(frozen=True, slots=True)
class Origins:
    """Where works and experts come from, as tokens, and every conflict that stands. All codes of one person have the
    schools, classes and conflicts of all of them. pairs: as in the table school_pairs; empty without one."""

    works: Mapping[WorkId, tuple[SchoolToken, ClassToken]]
    experts: Mapping[ExpertId, ExpertOrigin]
    conflicts: frozenset[Conflict]
    persons: Persons = field(default_factory=Persons)
    pairs: frozenset[tuple[SchoolToken, SchoolToken]] = frozenset()
    grounds: Grounds = field(default_factory=Grounds)


def open_origins(station: Station, organiser: PrivateKey, purpose: Purpose) -> Origins:
    """Open the origin part of the vault; recorded."""

    def opened(kind: RecordKind) -> Mapping[str, dict[str, str]]:
        return safe.open_json(station, kind, purpose, organiser, "allocation")

    works = {
        WorkId(work): (SchoolToken(row["school"]), ClassToken(row["class"]))
        for work, row in opened(RecordKind.WORK_ORIGIN).items()
    }
    rows = opened(RecordKind.EXPERT_ORIGIN)
    experts = {
        ExpertId(expert): ExpertOrigin(
            ExpertId(expert),
            frozenset(SchoolToken(school) for school in row["schools"]),
            frozenset(ClassToken(token) for token in row["classes"]),
        )
        for expert, row in rows.items()
    }
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        persons = doubts.persons(connection)
    experts = dict(common_origins(persons, experts))
    stated = [declared(row) for row in opened(RecordKind.CONFLICT).values() if not is_over(row, procedure)]
    conflicts = standing_conflicts(experts.values(), OwnSchool.FORBIDDEN) | common_conflicts(persons, stated)
    if procedure.by_check_point:
        places = _places(station, organiser, purpose, (school for school, _class in works.values()))
        points = {ExpertId(expert): row.get("comes_to", ()) for expert, row in rows.items()}
        comes = {e: frozenset(p for code in persons.of(e) for p in points.get(code, ())) for e in experts}
        conflicts |= away_conflicts(places, comes)
    pairs = _pairs(station, organiser, purpose, RecordKind.SCHOOL_PAIRS)
    return Origins(works, experts, conflicts, persons, pairs, _grounds(station, organiser, purpose, procedure))


def _pairs(
    station: Station, organiser: PrivateKey, purpose: Purpose, kind: RecordKind
) -> frozenset[tuple[SchoolToken, SchoolToken]]:
    opened = safe.open_kind(station, kind, purpose, organiser, "allocation")
    rows = (row for plain in opened.values() for row in json.loads(plain))
    return frozenset((SchoolToken(school), SchoolToken(marked_by)) for school, marked_by in rows)


def _places(
    station: Station, organiser: PrivateKey, purpose: Purpose, schools: Iterable[SchoolToken]
) -> Mapping[SchoolToken, frozenset[str]]:
    """At which check points the works of each school are marked; of one that no table names, at none."""
    found: dict[SchoolToken, frozenset[str]] = dict.fromkeys(schools, frozenset())
    for school, point in _pairs(station, organiser, purpose, RecordKind.MARKED_AT):
        found[school] = found.get(school, frozenset()) | {point}
    return found


def _grounds(station: Station, organiser: PrivateKey, purpose: Purpose, procedure: Procedure) -> Grounds:
    """What the procedure's wishes look at; nothing is opened that none does."""
    grounds = Grounds()
    if Wished.LAST_YEAR in procedure.wishes:
        grounds = dataclasses.replace(grounds, met=_pairs(station, organiser, purpose, RecordKind.LAST_YEAR))
    if Wished.TRAVEL in procedure.wishes:
        opened = safe.open_kind(station, RecordKind.DISTANCES, purpose, organiser, "allocation")
        for table in map(json.loads, opened.values()):
            ways = {(SchoolToken(school), to): way for school, to, way in table["ways"]}
            far = ToPoints(ways) if table["to"] == "check_points" else BetweenSchools(ways)
            grounds = dataclasses.replace(grounds, far=far)
    return grounds
