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
from scoring.differences.beside import own_markings
from scoring.differences.kinds import OwnMarking
from scoring.discrepancies import WorkSeen
from scoring.errors import NoSuchExpert
from scoring.markers.frame import frame
from scoring.markers.journal import Marks
from scoring.markers.judging import Known, markers
from scoring.markers.own import OwnMarks
from scoring.markers.report import marker_report
from scoring.markers.results import Pupils
from scoring.marks.kinds import Kind, Source
from scoring.marks.known import OtherMarks, earlier_shares
from scoring.measures.readings import Ints
from scoring.readers.given import given
from scoring.readers.judging import judged
from scoring.readers.report import own_report, reader_report
from scoring.reports import WorkResult, natural
from scoring.verdicts import counted, many, standing

Records = Mapping[str, Mapping[str, str]]  # opened records of the vault, by subject


# --- experts -------------------------------------------------------------------------------------


def of_experts(connection: Connection, procedure: Procedure, seen: tuple[WorkSeen, ...]) -> Report:
    """All experts by number, for the methodist before release. seen: all works."""
    return reader_report(procedure, judged(procedure, seen, order(connection)))


def of_named_experts(
    connection: Connection, procedure: Procedure, seen: tuple[WorkSeen, ...], people: Records
) -> Report:
    """The same after release, with names. people: opened records of experts' names."""
    return reader_report(procedure, judged(procedure, seen, order(connection)), _names(connection, people))


def of_expert(connection: Connection, procedure: Procedure, number: str) -> Report:
    """What concerns one expert alone, by number. Raises E3140."""
    found = judged(procedure, results.works_seen(connection, procedure), order(connection))
    if number not in found.experts:
        raise NoSuchExpert(expert=number)
    return own_report(procedure, found, number)


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


def of_markers(
    connection: Connection,
    procedure: Procedure,
    seen: tuple[WorkSeen, ...],
    joined: Sequence[WorkResult],
    links: Links,
    other: OtherMarks,
) -> Report:
    """Possible markers of bias, after release. seen: all works, joined: results of those that are settled, other: what
    is known of participants from elsewhere."""
    known = Known(
        frame=frame(procedure, joined),
        own=_own(procedure, seen, order(connection), links, own_markings(connection)),
        journal=_journal(procedure, joined, other),
        cohorts=_pupils(procedure, joined, other),
    )
    return marker_report(procedure, markers(known))


def _own(
    procedure: Procedure,
    works: Sequence[WorkSeen],
    came: Mapping[AnonymousNumber, int],
    links: Links,
    gave: Mapping[WorkId, OwnMarking],
) -> OwnMarks | None:
    """What schools gave themselves, unit by unit as experts mark; None where there is nothing to compare. Of a school
    that sent nothing of that, what its forms state, which may be a copy of the cross-check."""
    known = [work for work in works if work.work in links.people]
    some = given(procedure, known, came)
    if not some.units:
        return None
    names, school = _schools([links.schools[links.people[work].school][0] for work, _part in some.units])
    sent = {links.people[work].school for work in gave if work in links.people}
    filed = {work.work: links.people[work.work].school in sent for work in known}
    said = {
        work.work: gave.get(work.work, OwnMarking({})) if filed[work.work] else OwnMarking(work.school.stated)
        for work in known
    }
    settled = _standing(procedure, known)
    asked = {p.number: tuple(c.id for c in procedure.criteria_in(p)) for p in procedure.parts}
    return OwnMarks(
        names=names,
        experts=some.experts,
        seen=some.totals,
        school=school,
        own=np.array([_stated(procedure, said[work], asked[part]) for work, part in some.units]),
        same=np.array(
            [not filed[work] and _same(said[work], settled[work], asked[part]) for work, part in some.units],
            dtype=bool,
        ),
    )


def _standing(procedure: Procedure, works: Sequence[WorkSeen]) -> Mapping[WorkId, Mapping[CriterionId, Given]]:
    found = many(procedure, [work.scores() for work in works])
    return {work.work: standing(one.verdicts()) for work, one in zip(works, found, strict=True)}


def _stated(procedure: Procedure, said: OwnMarking, criteria: Sequence[CriterionId]) -> float:
    """The total that a school states, NaN where it doesn't state all of it; where criteria are missing, its total is
    that of the experts where they mark the whole work."""
    stated = [said.stated.get(criterion) for criterion in criteria]
    points = [counted(one) for one in stated if isinstance(one, Points | NotAttempted)]
    if len(points) == len(stated):
        return float(sum(points))
    whole = len(criteria) == len(procedure.all_criteria)
    return float(said.total) if whole and said.total is not None else float("nan")


def _same(said: OwnMarking, settled: Mapping[CriterionId, Given], criteria: Sequence[CriterionId]) -> bool:
    return all(c in settled and said.stated.get(c) == settled[c] for c in criteria)


def _journal(procedure: Procedure, joined: Sequence[WorkResult], other: OtherMarks) -> Marks | None:
    """Marks of works beside marks in the journal, where there are any and the procedure has boundaries."""
    journal = other.marks(Source(Kind.JOURNAL, procedure.date.year))
    some = [
        (one.school, one.school_mark, journal[one.participant])
        for one in joined
        if one.school_mark is not None and one.participant in journal
    ]
    if not some:
        return None
    names, school = _schools([school for school, _result, _mark in some])
    return Marks(
        names=names,
        school=school,
        result=np.array([result for _school, result, _mark in some], dtype=np.int64),
        journal=np.array([mark for _school, _result, mark in some], dtype=np.int64),
    )


def _pupils(procedure: Procedure, joined: Sequence[WorkResult], other: OtherMarks) -> Pupils | None:
    """Results beside those of the same participants in the last year of which there are any."""
    this = procedure.date.year
    years = {s.year for s in other.by_source() if s.kind is Kind.RESULT and s.in_points and s.year < this}
    if not years:
        return None
    before = earlier_shares(other, max(years))
    some = [one for one in joined if one.participant in before]
    names, school = _schools([one.school for one in some])
    return Pupils(
        names=names,
        now=np.array([one.total / procedure.highest for one in some], dtype=np.float64),
        before=np.array([before[one.participant] for one in some], dtype=np.float64),
        school=school,
    )


def _schools(of_works: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Names in their order, and the place of each work's school among them."""
    names = tuple(sorted(set(of_works), key=natural))
    places = {name: at for at, name in enumerate(names)}
    return names, np.array([places[school] for school in of_works], dtype=np.int64)
