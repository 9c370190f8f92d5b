"""From the ledger to what reports are made of: markings with evidence, verdicts, settled results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.i18n import translator
from crosscheck.model import (
    Agreed,
    CriterionId,
    Given,
    Incomplete,
    Marking,
    NotAttempted,
    Points,
    Verdict,
    WorkId,
)
from crosscheck.procedure import Procedure
from crosscheck.release import Links
from crosscheck.report import Report
from scoring import agreement, settle
from scoring.differences.gathering import Entry as Entry
from scoring.differences.gathering import entries as entries
from scoring.differences.gathering import expert_numbers as expert_numbers
from scoring.differences.gathering import works_seen as works_seen
from scoring.differences.kinds import WorkSeen
from scoring.differences.words import cause_word, said_word
from scoring.discrepancies import Kind
from scoring.discrepancy_report import discrepancy_report
from scoring.forms.recorded import school_said
from scoring.forms.stated import NOTHING_SAID, SchoolSaid
from scoring.reports import NOTHING_ASIDE, Aside, WorkResult
from scoring.verdicts import Unsettled, finals, many, school_mark, total

# The rest are essential differences of experts, and a third marking that nobody is near.
_RANK = dict.fromkeys((Kind.RE_MARKED, Kind.SCHOOL_FORM, Kind.OWN_MARKING, Kind.JOURNAL_MARK, Kind.MARK_CROSSED), 1)
_RANK[Kind.MINOR] = 2


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What reconciling found: works with all independent markings, works that wait, third markings newly called,
    works whose result stands."""

    complete: int
    waiting: int
    called: int
    settled: int


def reconcile(writer: Writer, procedure: Procedure) -> Reconciled:
    """Compare markings and call third ones where they differ essentially. Verdicts are computed, not stored."""
    scores = settle.all_scores(writer.connection)
    works = [WorkId(work) for work in queries.numbered_works(writer.connection)]
    called = {call.work for call in queries.all_of(writer.connection, facts.ThirdCall)}
    complete = [work for work in works if _complete(procedure, scores.get(work, {}))]
    settled = fresh = 0
    for work, judged in zip(complete, many(procedure, [scores[work] for work in complete]), strict=True):
        needed = judged.third_needed()
        if needed and work not in called:
            fresh += 1
            for criterion, reason in sorted(needed.items()):
                writer.append(facts.ThirdCall(work, criterion, reason.value))
        settled += not isinstance(finals(judged.verdicts()), Unsettled)
    return Reconciled(len(complete), len(works) - len(complete), fresh, settled)


def _complete(procedure: Procedure, given: Mapping[Marking, Mapping[CriterionId, Given]]) -> bool:
    criteria = {criterion.id for criterion in procedure.criteria}
    return all(criteria <= given.get(marking, {}).keys() for marking in procedure.independent())


# --- the list of differences -----------------------------------------------------------------------


def anonymous_report(procedure: Procedure, seen: tuple[WorkSeen, ...], listed: Sequence[Entry]) -> Report:
    """The discrepancy report for methodists: of these works, with the list of their differences."""
    return _report(procedure, seen, listed, None)


def evidence(listed: Iterable[Entry]) -> list[str]:
    """Pictures of the cells that differences rest on."""
    return sorted({crop for one in listed for crop in one.found.evidence})


def named_report(procedure: Procedure, seen: tuple[WorkSeen, ...], listed: Sequence[Entry], links: Links) -> Report:
    """The discrepancy report after release: works by school, class and participant code instead of numbers."""
    return _report(procedure, seen, listed, _names(links))


def _report(
    procedure: Procedure, seen: tuple[WorkSeen, ...], listed: Sequence[Entry], people: Mapping[WorkId, str] | None
) -> Report:
    # Essential differences first, the largest first: that is what a methodist opens the report for.
    found = sorted((one.found for one in listed), key=lambda d: (_RANK.get(d.kind, 0), -d.size))
    _ = translator(procedure.language)
    told = {e.found.name: (cause_word(e.cause, _), said_word(e.state, _)) for e in listed}
    agreed = agreement.summary(procedure, [work.scores() for work in seen])
    return discrepancy_report(procedure, seen, found, agreed, people, told)


def _names(links: Links) -> Mapping[WorkId, str]:
    return {
        work: f"{links.schools[person.school][0]} · {links.classes[person.class_set][1]} · {person.code}"
        for work, person in links.people.items()
    }


# --- results -------------------------------------------------------------------------------------


Finals = Mapping[WorkId, Mapping[CriterionId, Given] | Unsettled]


def results(
    procedure: Procedure, settled: Finals, links: Links, asides: Mapping[str, Aside] = MappingProxyType({})
) -> list[WorkResult]:
    """Settled results joined with codes, classes and schools; works that are not settled are left out, and those that
    wait for the points of their schools. asides: what else is known of participants, by code."""
    joined = results_by_work(procedure, settled, links, asides).values()
    return sorted(joined, key=lambda result: (result.school, result.class_set, result.participant))


def results_by_work(
    procedure: Procedure, settled: Finals, links: Links, asides: Mapping[str, Aside] = MappingProxyType({})
) -> dict[WorkId, WorkResult]:
    """The same by work."""
    joined: dict[WorkId, WorkResult] = {}
    for work, final in settled.items():
        person = links.people.get(work)
        if isinstance(final, Unsettled) or person is None:  # erased on request: nobody can say whose it is
            continue
        points, aside = total(final.values()), asides.get(person.code, NOTHING_ASIDE)
        joined[work] = WorkResult(
            participant=person.code,
            school=links.schools[person.school][0],
            school_name=links.schools[person.school][1],
            class_set=links.classes[person.class_set][1],
            points=final,
            total=points,
            school_mark=school_mark(procedure, points),
            journal_mark=aside.journal_mark,
            variant=aside.variant,
            sex=aside.sex,
            term_mark=aside.term_mark,
            unclear=aside.unclear,
        )
    return joined


def waiting_for_schools(procedure: Procedure, settled: Finals) -> int:
    """Works that experts settled and whose school has not said yet what it gave for the tasks that it marks."""
    own = frozenset(c.id for c in procedure.school_criteria)
    return sum(isinstance(final, Unsettled) and final.criteria <= own for final in settled.values())


def settled_works(connection: Connection, procedure: Procedure) -> Finals:
    """What stands for every criterion of each numbered work, experts' and schools', or what is still open."""
    scores, said = settle.all_scores(connection), school_said(connection)
    works = [WorkId(work) for work in queries.numbered_works(connection)]
    judged = zip(works, many(procedure, [scores.get(work, {}) for work in works]), strict=True)
    return {
        work: finals({**one.verdicts(), **by_school(procedure, said.get(work, NOTHING_SAID))}) for work, one in judged
    }


def by_school(procedure: Procedure, said: SchoolSaid) -> dict[CriterionId, Verdict]:
    """What stands for the criteria that schools judge: points or X as their form says, else nothing yet."""
    stated = {c.id: said.stated.get(c.id) for c in procedure.school_criteria}
    return {c: Agreed(one) if isinstance(one, Points | NotAttempted) else Incomplete(()) for c, one in stated.items()}
