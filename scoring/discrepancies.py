"""Where accounts of a work differ: one list that says what, by how much, where the evidence is and what happens next.
Pure.

Between experts here; what stands against other accounts is found in `differences.against`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import APPEAL_MARKING, THIRD_MARKING, CriterionId, Given, Marking, TaskId, WorkId
from crosscheck.procedure import Procedure
from scoring import judging
from scoring.differences import against, seen
from scoring.differences.kinds import ESSENTIAL as ESSENTIAL
from scoring.differences.kinds import NOTHING_BESIDE, Beside
from scoring.differences.kinds import Discrepancy as Discrepancy
from scoring.differences.kinds import Kind as Kind
from scoring.differences.kinds import MarkingSeen as MarkingSeen
from scoring.differences.kinds import NextStep as NextStep
from scoring.differences.kinds import ScoreSeen as ScoreSeen
from scoring.differences.kinds import WorkSeen as WorkSeen
from scoring.judging import Reason
from scoring.verdicts import Judged, Together, counted, together


@dataclass(frozen=True, slots=True)
class Found:
    """Differences, works in the given order, tasks in the procedure's, then those of whole works. stands: what stands
    of the works that have any, or of which a school says something."""

    listed: tuple[Discrepancy, ...]
    stands: Mapping[WorkId, Mapping[CriterionId, Given]]


def discrepancies(
    procedure: Procedure, works: Iterable[WorkSeen], beside: Beside = NOTHING_BESIDE
) -> tuple[Discrepancy, ...]:
    """All differences. `beside`: what is known from outside the cross-check. Raises as `verdicts`."""
    return found_in(procedure, list(works), beside).listed


def found_in(procedure: Procedure, works: Sequence[WorkSeen], beside: Beside = NOTHING_BESIDE) -> Found:
    """The same, with what stands. Where anything differs is found on arrays, for all works at once; what differs is
    then told work by work."""
    if not works:
        return Found((), {})
    judged = together(procedure, [work.scores() for work in works])
    look, stands = seen.asked(procedure), dict[WorkId, Mapping[CriterionId, Given]]()
    found: list[Discrepancy] = []
    rows = zip(works, judged.each(), _tasks_apart(look, judged), _marks_apart(judged, works, beside), strict=True)
    for work, one, apart, crosses in rows:
        told = against.told_otherwise(work, beside)
        if apart or told or crosses:
            stands[work.work] = one.standing()
            compared = against.compared(look, work, stands[work.work], beside)
            found.extend(_of_work(compared, one, apart, crosses=crosses or told))
    return Found(tuple(found), stands)


def _tasks_apart(look: seen.Asked, judged: Together) -> list[frozenset[TaskId]]:
    """Of each work the tasks on which its independent markings differ, or that lack a score."""
    places: dict[TaskId, list[int]] = {}
    for at, criterion in enumerate(look.procedure.criteria):
        places.setdefault(criterion.task, []).append(at)
    apart = judging.apart(judged.found, judged.independent)
    tasks = list(places)
    of_works = np.stack([apart[:, some].any(axis=1) for some in places.values()], axis=1)
    return [frozenset(task for task, there in zip(tasks, row, strict=True) if there) for row in of_works.tolist()]


def _marks_apart(judged: Together, works: Sequence[WorkSeen], beside: Beside) -> list[bool]:
    """Works of which a mark of an expert or of a journal is another one than stands; where the school's points belong
    to the total, all of them: each has to be looked at."""
    procedure = judged.procedure
    if procedure.school_criteria or procedure.boundaries is None:
        return [bool(procedure.school_criteria)] * len(works)
    crossing = judging.crossing(procedure.boundaries, judged.found, judged.independent)
    if not beside.journal:
        return list(map(bool, crossing))
    journal = np.array([beside.journal[w.work].mark if w.work in beside.journal else 0 for w in works])
    stands = judging.marks(procedure.boundaries, judging.counted(judged.found.final).sum(axis=1))
    far = (journal > 0) & (np.abs(journal - stands) >= procedure.reports.gap)
    return list(map(bool, crossing | far))


def _of_work(
    compared: against.Compared, judged: Judged, apart: frozenset[TaskId], *, crosses: bool
) -> Iterator[Discrepancy]:
    reasons, looked = judged.essential() if apart else {}, apart | compared.tasks
    lacking = judged.incomplete if apart else frozenset[CriterionId]()
    for task in compared.procedure.tasks:
        if task.id in looked:
            between = _of_task(compared, task.id, reasons, lacking) if task.id in apart else None
            yield from () if between is None else (between,)
            disputed = between.readings if between is not None and between.kind in ESSENTIAL else ()
            yield from compared.of_task(task.id, disputed)
    if crosses:
        yield from compared.of_whole()


def _of_task(
    compared: against.Compared,
    task: TaskId,
    reasons: Mapping[CriterionId, Reason],
    lacking: frozenset[CriterionId],
) -> Discrepancy | None:
    """The difference of a task on which independent markings differ, or that lacks a score."""
    look, work = compared.asked, compared.work
    criteria = look.criteria[task]
    readings = compared.readings(criteria)
    kind = _kind(look, criteria, readings, reasons, lacking)
    if kind is None:
        return None
    totals = kind in (Kind.SUM_DIFFERENCE, Kind.MARK_DIFFERS)
    return Discrepancy(
        work=work.work,
        numbers=tuple([m.number for m in readings]),
        task=task,
        criteria=criteria,
        readings=readings,
        kind=kind,
        size=seen.spread(look.independent(work.markings if totals else readings)),
        next_step=_next_step(kind, {m.marking for m in readings if m.scores}),
    )


def _kind(
    look: seen.Asked,
    criteria: tuple[CriterionId, ...],
    readings: tuple[MarkingSeen, ...],
    reasons: Mapping[CriterionId, Reason],
    lacking: frozenset[CriterionId],
) -> Kind | None:
    if criteria[0] in reasons:
        return Kind(reasons[criteria[0]].value)
    if lacking.isdisjoint(criteria):
        return Kind.MINOR
    by_marking = [{s.criterion: counted(s.given) for s in m.scores} for m in look.independent(readings)]
    if not _all_there(look.procedure, criteria, by_marking):
        return Kind.MISSING
    values = [{m[c] for m in by_marking if c in m} for c in criteria]
    return Kind.MINOR if any(len(several) > 1 for several in values) else None


def _all_there(
    procedure: Procedure, criteria: tuple[CriterionId, ...], by_marking: Sequence[Mapping[CriterionId, int]]
) -> bool:
    """Whether the task itself is complete (another task may hold the work back)."""
    complete = [m for m in by_marking if set(criteria) <= m.keys()]
    return len(complete) == procedure.markings


def _next_step(kind: Kind, decided: set[Marking]) -> NextStep:
    if APPEAL_MARKING in decided:
        return NextStep.APPEAL
    if THIRD_MARKING in decided:
        return NextStep.DECIDED_BY_THIRD
    if kind is Kind.MISSING:
        return NextStep.ENTER_MISSING
    return NextStep.BY_RULE if kind is Kind.MINOR else NextStep.THIRD_MARKING
