"""From the ledger to what markers and figures of experts are computed from, and to their reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from crosscheck.db import queries
from crosscheck.db.queries import Connection
from crosscheck.model import AnonymousNumber, CriterionId, Given, NotAttempted, Points, WorkId
from crosscheck.procedure import Procedure
from crosscheck.release import Links
from crosscheck.report import Report
from scoring import results
from scoring.discrepancies import WorkSeen
from scoring.errors import NoSuchExpert
from scoring.forms.layout import Datum
from scoring.forms.stated import SchoolSaid
from scoring.markers.frame import frame
from scoring.markers.journal import Marks
from scoring.markers.judging import Known, markers
from scoring.markers.own import OwnMarks
from scoring.markers.report import marker_report
from scoring.readers.given import given
from scoring.readers.judging import Judged, judged
from scoring.readers.report import own_report, reader_report
from scoring.reports import WorkResult, natural
from scoring.verdicts import counted, many, standing

Records = Mapping[str, Mapping[str, str]]  # opened records of the vault, by subject


# --- experts -------------------------------------------------------------------------------------


def of_experts(connection: Connection, procedure: Procedure) -> Report:
    """All experts by number, for the methodist before release."""
    return reader_report(procedure, _judged(connection, procedure))


def of_named_experts(connection: Connection, procedure: Procedure, people: Records) -> Report:
    """The same after release, with names. people: opened records of experts' names."""
    return reader_report(procedure, _judged(connection, procedure), _names(connection, people))


def of_expert(connection: Connection, procedure: Procedure, number: str) -> Report:
    """What concerns one expert alone, by number. Raises E3140."""
    found = _judged(connection, procedure)
    if number not in found.experts:
        raise NoSuchExpert(expert=number)
    return own_report(procedure, found, number)


def _judged(connection: Connection, procedure: Procedure) -> Judged:
    return judged(procedure, results.works_seen(connection, procedure), order(connection))


def order(connection: Connection) -> Mapping[AnonymousNumber, int]:
    """When markings were given, by their numbers: packets in their order, rows in theirs. Nobody notes the hour."""
    rows = sorted(queries.standing_rows(connection), key=lambda row: (row.packet, row.row))
    return {AnonymousNumber(row.number): at for at, row in enumerate(rows)}


def _names(connection: Connection, people: Records) -> Mapping[str, str]:
    """From numbers of experts to number, code and name; who was erased keeps the number alone."""
    numbers = results.expert_numbers(connection)
    known = {number: people[expert] for expert, number in numbers.items() if expert in people}
    return {number: f"{number} · {row['code']} · {row['name']}" for number, row in known.items()}


# --- markers -------------------------------------------------------------------------------------


def of_markers(connection: Connection, procedure: Procedure, links: Links, pupils: Records) -> Report:
    """Possible markers of bias, after release. pupils: opened records of what schools state of pupils."""
    joined = results.results(connection, procedure, links)
    known = Known(
        frame=frame(procedure, joined),
        own=_own(procedure, results.works_seen(connection, procedure), order(connection), links),
        journal=_journal(joined, links, pupils),
    )
    return marker_report(procedure, markers(known))


def _own(
    procedure: Procedure, works: Sequence[WorkSeen], came: Mapping[AnonymousNumber, int], links: Links
) -> OwnMarks | None:
    """What forms of schools state, unit by unit as experts mark; None where there is nothing to compare."""
    known = [work for work in works if work.work in links.people]
    some = given(procedure, known, came)
    if not some.units:
        return None
    schools = [links.schools[links.people[work].school][0] for work, _part in some.units]
    names = tuple(sorted(set(schools), key=natural))
    said = {work.work: work.school for work in known}
    settled = _standing(procedure, known)
    asked = {p.number: tuple(c.id for c in procedure.criteria_in(p)) for p in procedure.parts}
    return OwnMarks(
        names=names,
        experts=some.experts,
        seen=some.totals,
        school=np.array([names.index(school) for school in schools], dtype=np.int64),
        own=np.array([_stated(said[work], asked[part]) for work, part in some.units]),
        same=np.array([_same(said[work], settled[work], asked[part]) for work, part in some.units], dtype=bool),
    )


def _standing(procedure: Procedure, works: Sequence[WorkSeen]) -> Mapping[WorkId, Mapping[CriterionId, Given]]:
    found = many(procedure, [work.scores() for work in works])
    return {work.work: standing(one.verdicts()) for work, one in zip(works, found, strict=True)}


def _stated(said: SchoolSaid, criteria: Sequence[CriterionId]) -> float:
    """The total that a form states, NaN where it doesn't state all of it."""
    stated = [said.stated.get(criterion) for criterion in criteria]
    points = [counted(one) for one in stated if isinstance(one, Points | NotAttempted)]
    return float(sum(points)) if len(points) == len(stated) else float("nan")


def _same(said: SchoolSaid, settled: Mapping[CriterionId, Given], criteria: Sequence[CriterionId]) -> bool:
    return all(c in settled and said.stated.get(c) == settled[c] for c in criteria)


def _journal(joined: Sequence[WorkResult], links: Links, pupils: Records) -> Marks | None:
    """Marks of works beside marks in the journal, where a school states them and the procedure has boundaries."""
    journal = {
        (links.schools[person.school][0], links.classes[person.class_set][1], person.code): pupils[work].get(
            Datum.JOURNAL_MARK.value, ""
        )
        for work, person in links.people.items()
        if work in pupils
    }
    pairs = [
        (one.school, one.school_mark, int(mark))
        for one in joined
        if one.school_mark is not None
        and (mark := journal.get((one.school, one.class_set, one.participant), "")).isdecimal()
    ]
    if not pairs:
        return None
    names = tuple(sorted({school for school, _result, _mark in pairs}, key=natural))
    return Marks(
        names=names,
        school=np.array([names.index(school) for school, _result, _mark in pairs], dtype=np.int64),
        result=np.array([result for _school, result, _mark in pairs], dtype=np.int64),
        journal=np.array([mark for _school, _result, mark in pairs], dtype=np.int64),
    )
