"""Where markings differ: one list that says what, by how much, where the evidence is and what happens next. Pure.

Experts and works appear by number only; nothing here can name a person or a school.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from crosscheck.model import (
    APPEAL_MARKING,
    THIRD_MARKING,
    WHOLE,
    AnonymousNumber,
    CriterionId,
    Given,
    Incomplete,
    Marking,
    Part,
    Points,
    TaskId,
    Verdict,
    WorkId,
)
from crosscheck.procedure import Owners, Procedure
from scoring.forms.stated import NOTHING_SAID, Difference, NotStated, SchoolSaid
from scoring.judging import Reason
from scoring.verdicts import Judged, counted, many, standing


class Kind(enum.StrEnum):
    """What sort of difference it is; the essential ones come first, each by its rule."""

    TASK_DIFFERENCE = "task_difference"
    CRITERION_DIFFERENCE = "criterion_difference"
    ZERO_GATE = "zero_gate"
    X_AGAINST_POINTS = "x_against_points"
    SUM_DIFFERENCE = "sum_difference"
    MARK_DIFFERS = "mark_differs"
    MINOR = "minor"
    MISSING = "missing"
    SCHOOL_FORM = "school_form"  # the form of the school says something else than what stands


ESSENTIAL = frozenset(
    (
        Kind.TASK_DIFFERENCE,
        Kind.CRITERION_DIFFERENCE,
        Kind.ZERO_GATE,
        Kind.X_AGAINST_POINTS,
        Kind.SUM_DIFFERENCE,
        Kind.MARK_DIFFERS,
    )
)


class NextStep(enum.StrEnum):
    """What happens with it."""

    THIRD_MARKING = "third_marking"
    DECIDED_BY_THIRD = "decided_by_third"
    RE_MARK = "re_mark"  # the third is final, but differs essentially from every earlier marking: worth re-marking
    APPEAL = "appeal"  # decided by an appeal
    BY_RULE = "by_rule"  # minor: settled by the rule of the procedure
    ENTER_MISSING = "enter_missing"  # a score has not come in yet
    ASK_SCHOOL = "ask_school"  # somebody must look: the school's slip, or ours
    STANDS = "stands"  # a named person looked: what stands is right


@dataclass(frozen=True, slots=True)
class ScoreSeen:
    """One score with its evidence: the picture of the cell (None when a person keyed it)."""

    criterion: CriterionId
    given: Given
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class MarkingSeen:
    """One marking of a work, or of a part of it: the number it had for this expert, and the expert's own number."""

    marking: Marking
    number: AnonymousNumber
    expert: str
    scores: tuple[ScoreSeen, ...]
    part: Part = WHOLE


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """All markings of one work, and what its school's form says of it."""

    work: WorkId
    markings: tuple[MarkingSeen, ...]
    school: SchoolSaid = NOTHING_SAID

    def scores(self) -> Mapping[Marking, Mapping[CriterionId, Given]]:
        """In the shape verdicts are computed from: the parts of a marking together."""
        found: dict[Marking, dict[CriterionId, Given]] = {}
        for m in self.markings:
            found.setdefault(m.marking, {}).update({s.criterion: s.given for s in m.scores})
        return found


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One task of one work on which markings differ or are missing.

    `size`: points between the highest and the lowest independent sum of the task, or of the work when the
    kind is about totals; of a school's form, points between it and what stands. `readings`: what every marking gave
    for the task's criteria. `school`: the criteria on which the school's form differs, when the kind is that.
    """

    work: WorkId
    numbers: tuple[AnonymousNumber, ...]
    task: TaskId
    criteria: tuple[CriterionId, ...]
    readings: tuple[MarkingSeen, ...]
    kind: Kind
    size: int
    next_step: NextStep
    school: tuple[Difference, ...] = ()

    @property
    def evidence(self) -> tuple[str, ...]:
        """Pictures of the cells, in the order of the readings."""
        return tuple(s.evidence for m in self.readings for s in m.scores if s.evidence is not None)


def discrepancies(procedure: Procedure, works: Iterable[WorkSeen]) -> tuple[Discrepancy, ...]:
    """All differences, works in the given order, tasks in the procedure's. Raises as `verdicts`."""
    owners, some = procedure.owners, list(works)
    all_judged = many(procedure, [work.scores() for work in some])
    return tuple(
        found
        for work, judged in zip(some, all_judged, strict=True)
        for found in _of_work(procedure, owners, work, judged)
    )


def _of_work(procedure: Procedure, owners: Owners, work: WorkSeen, judged: Judged) -> tuple[Discrepancy, ...]:
    reasons, found = judged.essential(), judged.verdicts()
    differing = work.school.differences(standing(found))
    return tuple(
        one
        for task in procedure.tasks
        for one in (
            *_of_task(procedure, owners, work, task.id, reasons, found),
            *_of_school(procedure, owners, work, task.id, differing),
        )
    )


def _of_task(
    procedure: Procedure,
    owners: Owners,
    work: WorkSeen,
    task: TaskId,
    reasons: Mapping[CriterionId, Reason],
    found: Mapping[CriterionId, Verdict],
) -> tuple[Discrepancy, ...]:
    criteria = tuple(c.id for c in procedure.criteria_of(task))
    readings = tuple(_only(m, criteria) for m in _asked(procedure, owners, work, criteria))
    kind = _kind(procedure, criteria, readings, reasons, found)
    if kind is None:
        return ()
    decided = {m.marking for m in readings if m.scores}
    differing = _independent(procedure, readings)
    if kind in (Kind.SUM_DIFFERENCE, Kind.MARK_DIFFERS):
        differing = _independent(procedure, work.markings)
    return (
        Discrepancy(
            work=work.work,
            numbers=tuple(m.number for m in readings),
            task=task,
            criteria=criteria,
            readings=readings,
            kind=kind,
            size=_size(differing),
            next_step=_next_step(kind, decided, procedure, readings),
        ),
    )


def _of_school(
    procedure: Procedure, owners: Owners, work: WorkSeen, task: TaskId, differing: Sequence[Difference]
) -> tuple[Discrepancy, ...]:
    """Where the school's form says something else than what stands for a task."""
    of_task = frozenset(c.id for c in procedure.criteria_of(task))
    found = tuple(one for one in differing if one.criterion in of_task)
    if not found:
        return ()
    criteria = tuple(one.criterion for one in found)
    readings = tuple(_only(m, criteria) for m in _asked(procedure, owners, work, criteria))
    return (
        Discrepancy(
            work=work.work,
            numbers=tuple(m.number for m in readings),
            task=task,
            criteria=criteria,
            readings=readings,
            kind=Kind.SCHOOL_FORM,
            size=sum(_apart(one) for one in found),
            next_step=NextStep.STANDS if all(one.answered for one in found) else NextStep.ASK_SCHOOL,
            school=found,
        ),
    )


def _apart(one: Difference) -> int:
    """Points between; an empty cell states none, so nothing can be counted."""
    if isinstance(one.stated, NotStated):
        return 0
    stated = one.stated.value if isinstance(one.stated, Points) else 0
    return abs(stated - counted(one.stands))


def _shown(procedure: Procedure) -> frozenset[Marking]:
    return frozenset((*procedure.independent(), THIRD_MARKING, APPEAL_MARKING))


def _asked(
    procedure: Procedure, owners: Owners, work: WorkSeen, criteria: tuple[CriterionId, ...]
) -> Iterator[MarkingSeen]:
    """Markings that give points for the criteria of one task: of a marking in parts, the part with the task."""
    shown = _shown(procedure)
    for m in work.markings:
        if m.marking in shown and all(owners.part(m.marking, criterion) == m.part for criterion in criteria):
            yield m


def _only(marking: MarkingSeen, criteria: tuple[CriterionId, ...]) -> MarkingSeen:
    return replace(marking, scores=tuple(s for s in marking.scores if s.criterion in criteria))


def _independent(procedure: Procedure, markings: Iterable[MarkingSeen]) -> tuple[MarkingSeen, ...]:
    return tuple(m for m in markings if m.marking in procedure.independent())


def _kind(
    procedure: Procedure,
    criteria: tuple[CriterionId, ...],
    readings: tuple[MarkingSeen, ...],
    reasons: Mapping[CriterionId, Reason],
    found: Mapping[CriterionId, Verdict],
) -> Kind | None:
    if criteria and criteria[0] in reasons:
        return Kind(reasons[criteria[0]].value)
    by_marking = [{s.criterion: counted(s.given) for s in m.scores} for m in _independent(procedure, readings)]
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


def _size(markings: Sequence[MarkingSeen]) -> int:
    sums = Counter[Marking]()
    for m in markings:
        sums.update({m.marking: sum(counted(s.given) for s in m.scores)} if m.scores else {})
    return max(sums.values()) - min(sums.values()) if sums else 0


def _next_step(kind: Kind, decided: set[Marking], procedure: Procedure, readings: tuple[MarkingSeen, ...]) -> NextStep:
    if APPEAL_MARKING in decided:
        return NextStep.APPEAL
    if THIRD_MARKING in decided:
        return NextStep.RE_MARK if _far_from_all(procedure, readings) else NextStep.DECIDED_BY_THIRD
    if kind is Kind.MISSING:
        return NextStep.ENTER_MISSING
    return NextStep.BY_RULE if kind is Kind.MINOR else NextStep.THIRD_MARKING


def _far_from_all(procedure: Procedure, readings: tuple[MarkingSeen, ...]) -> bool:
    """Whether the third marking differs essentially from every independent one on this task."""
    third = [m for m in readings if m.marking == THIRD_MARKING]
    others = [m for m in _independent(procedure, readings) if m.scores]
    return bool(others) and all(_size((third[0], other)) >= procedure.rules.task_difference for other in others)
