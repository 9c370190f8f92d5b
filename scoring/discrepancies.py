"""Where accounts of a work differ: one list that says what, by how much, where the evidence is and what happens next.
Pure.

Between experts here; what stands against other accounts is found in `differences.against`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from crosscheck.model import (
    APPEAL_MARKING,
    THIRD_MARKING,
    CriterionId,
    Incomplete,
    Marking,
    TaskId,
    Verdict,
)
from crosscheck.procedure import Procedure
from scoring.differences import against
from scoring.differences.kinds import ESSENTIAL as ESSENTIAL
from scoring.differences.kinds import NOTHING_BESIDE, Beside
from scoring.differences.kinds import Discrepancy as Discrepancy
from scoring.differences.kinds import Kind as Kind
from scoring.differences.kinds import MarkingSeen as MarkingSeen
from scoring.differences.kinds import NextStep as NextStep
from scoring.differences.kinds import ScoreSeen as ScoreSeen
from scoring.differences.kinds import WorkSeen as WorkSeen
from scoring.differences.seen import independent, spread
from scoring.judging import Reason
from scoring.verdicts import Judged, counted, many, standing


def discrepancies(
    procedure: Procedure, works: Iterable[WorkSeen], beside: Beside = NOTHING_BESIDE
) -> tuple[Discrepancy, ...]:
    """All differences, works in the given order, tasks in the procedure's, then those of whole works. `beside`: what
    is known from outside the cross-check. Raises as `verdicts`."""
    owners, some = procedure.owners, list(works)
    all_judged = many(procedure, [work.scores() for work in some])
    return tuple(
        found
        for work, judged in zip(some, all_judged, strict=True)
        for found in _of_work(against.Compared(procedure, owners, work, standing(judged.verdicts()), beside), judged)
    )


def _of_work(compared: against.Compared, judged: Judged) -> Iterator[Discrepancy]:
    reasons, found = judged.essential(), judged.verdicts()
    for task in compared.procedure.tasks:
        between = _of_task(compared, task.id, reasons, found)
        yield from () if between is None else (between,)
        yield from compared.of_task(task.id, disputed=between is not None and between.kind in ESSENTIAL)
    yield from compared.of_whole()


def _of_task(
    compared: against.Compared,
    task: TaskId,
    reasons: Mapping[CriterionId, Reason],
    found: Mapping[CriterionId, Verdict],
) -> Discrepancy | None:
    procedure, work = compared.procedure, compared.work
    criteria = tuple(c.id for c in procedure.criteria_of(task))
    readings = compared.readings(criteria)
    kind = _kind(procedure, criteria, readings, reasons, found)
    if kind is None:
        return None
    totals = kind in (Kind.SUM_DIFFERENCE, Kind.MARK_DIFFERS)
    return Discrepancy(
        work=work.work,
        numbers=tuple(m.number for m in readings),
        task=task,
        criteria=criteria,
        readings=readings,
        kind=kind,
        size=spread(independent(procedure, work.markings if totals else readings)),
        next_step=_next_step(kind, {m.marking for m in readings if m.scores}),
    )


def _kind(
    procedure: Procedure,
    criteria: tuple[CriterionId, ...],
    readings: tuple[MarkingSeen, ...],
    reasons: Mapping[CriterionId, Reason],
    found: Mapping[CriterionId, Verdict],
) -> Kind | None:
    if criteria and criteria[0] in reasons:
        return Kind(reasons[criteria[0]].value)
    by_marking = [{s.criterion: counted(s.given) for s in m.scores} for m in independent(procedure, readings)]
    if any(isinstance(found[c], Incomplete) for c in criteria) and not _all_there(procedure, criteria, by_marking):
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
