"""What stands of a work against every other account of it: form and own marking of the school, re-marking, journal; the
third marking against the earlier ones; and marks that differ with the account. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, CriterionId, Given, Marking, TaskId
from crosscheck.procedure import Boundaries, Procedure
from scoring.differences.kinds import (
    WHOLE_WORK,
    Account,
    Beside,
    Comparison,
    Discrepancy,
    Kind,
    MarkingSeen,
    NextStep,
    WorkSeen,
    apart,
    points,
)
from scoring.differences.seen import Asked, spread
from scoring.forms.stated import Difference, NotStated, Stated, same

# Where a mark differs, the account that counts most says what happens next.
_WEIGHTY = (Comparison.REMARK, Comparison.OWN, Comparison.FORM)


ByTask = Mapping[TaskId, tuple[Difference, ...]]


@dataclass(frozen=True, slots=True)
class Compared:
    """A work with what stands for each criterion that is settled, and what is known from outside. form, own, again:
    where the school's form, its own marking and a re-marking say something else than what stands, by task."""

    asked: Asked
    work: WorkSeen
    stands: Mapping[CriterionId, Given]
    beside: Beside
    form: ByTask
    own: ByTask
    again: ByTask

    @property
    def procedure(self) -> Procedure:
        return self.asked.procedure

    @property
    def tasks(self) -> frozenset[TaskId]:
        """Tasks of which an account says something else than what stands."""
        return frozenset((*self.form, *self.own, *self.again))

    def readings(self, criteria: tuple[CriterionId, ...]) -> tuple[MarkingSeen, ...]:
        """What markings gave for criteria of one task."""
        return self.asked.readings(self.work, criteria)

    # --- a task ---

    def of_task(self, task: TaskId, disputed: tuple[MarkingSeen, ...]) -> Iterator[Discrepancy]:
        """disputed: what markings gave for it, where the independent ones differ essentially."""
        if disputed and self._third_is_far(disputed):
            step = NextStep.APPEAL if _has(disputed, APPEAL_MARKING) else NextStep.RE_MARK
            far = _nearest(self.asked, disputed)
            yield self._made(task, self.asked.criteria[task], disputed, Kind.THIRD_FAR, far, step)
        if task not in self.tasks:
            return
        form = self.form.get(task, ())
        answered = NextStep.STANDS if all(d.answered for d in form) else NextStep.ASK_SCHOOL
        yield from self._stated(task, Kind.SCHOOL_FORM, form, answered)
        yield from self._stated(task, Kind.OWN_MARKING, self.own.get(task, ()), NextStep.LOOK)
        yield from self._stated(task, Kind.RE_MARKED, self.again.get(task, ()), NextStep.LOOK)

    def _third_is_far(self, readings: tuple[MarkingSeen, ...]) -> bool:
        far = self.procedure.rules.task_difference
        return _has(readings, THIRD_MARKING) and _nearest(self.asked, readings) >= far

    def _stated(self, task: TaskId, kind: Kind, found: tuple[Difference, ...], step: NextStep) -> Iterator[Discrepancy]:
        if found:
            criteria = tuple(d.criterion for d in found)
            size = sum(map(apart, found))
            yield self._made(task, criteria, self.readings(criteria), kind, size, step, found)

    def _made(
        self,
        task: TaskId,
        criteria: tuple[CriterionId, ...],
        readings: tuple[MarkingSeen, ...],
        kind: Kind,
        size: int,
        step: NextStep,
        stated: tuple[Difference, ...] = (),
        accounts: tuple[Account, ...] = (),
    ) -> Discrepancy:
        numbers = tuple(m.number for m in readings) or tuple(m.number for m in self.work.markings[:1])
        return Discrepancy(self.work.work, numbers, task, criteria, readings, kind, size, step, stated, accounts)

    # --- the whole work ---

    def of_whole(self) -> Iterator[Discrepancy]:
        """The school's own total; marks: of accounts of the total on two sides of a boundary, and of the journal."""
        boundaries, total = self.procedure.boundaries, self._total(self.stands)
        if total is None:
            return
        yield from self._own_total(total, boundaries)
        if boundaries is None:
            return
        mark = boundaries.mark(total)
        crossing = tuple(a for a in self._accounts(boundaries) if a.mark != mark)
        if crossing:
            yield self._of_marks(Kind.MARK_CROSSED, crossing, total, mark)
        journal = self.beside.journal.get(self.work.work)
        if journal is not None and abs(journal.mark - mark) >= self.procedure.reports.gap:
            said = Account(Comparison.JOURNAL, None, None, journal.mark, journal.secret)
            yield self._of_marks(Kind.JOURNAL_MARK, (said,), total, mark)

    def _own_total(self, total: int, boundaries: Boundaries | None) -> Iterator[Discrepancy]:
        """A school's own total that is another one; where it gave every criterion and they add up to it, the tasks say
        all of it."""
        own = self.beside.own.get(self.work.work)
        if own is None or own.total in (None, total, self._total(own.stated)):
            return
        said, stands = (
            Account(whose, None, value, None if boundaries is None else boundaries.mark(value))
            for whose, value in ((Comparison.OWN, own.total), (Comparison.MARK, total))
        )
        size, accounts = abs(own.total - total), (said, stands)
        yield self._made(WHOLE_WORK, (), (), Kind.OWN_MARKING, size, NextStep.LOOK, accounts=accounts)

    def _of_marks(self, kind: Kind, others: tuple[Account, ...], total: int, mark: int) -> Discrepancy:
        stands = Account(Comparison.MARK, None, total, mark)
        size = max(abs(said - mark) for other in others if (said := other.mark) is not None)
        answered = all(d.answered for d in self.work.school.differences(self.stands))
        step = NextStep.LOOK if kind is Kind.JOURNAL_MARK else _step(others, answered=answered)
        return self._made(WHOLE_WORK, (), (), kind, size, step, accounts=(*others, stands))

    def _accounts(self, boundaries: Boundaries) -> Iterator[Account]:
        """Every account of the whole work; one that lacks a criterion says nothing of the total."""
        given: dict[Marking, dict[CriterionId, Given]] = {}
        for m in self.work.markings:
            given.setdefault(m.marking, {}).update({s.criterion: s.given for s in m.scores})
        for marking in self.procedure.independent():
            yield from _account(Comparison.EXPERTS, marking, self._total(given.get(marking, {})), boundaries)
        own = self.beside.own.get(self.work.work)
        again, form = self._total(given.get(RE_MARKING, {})), self._total(self.work.school.stated)
        yield from _account(Comparison.REMARK, RE_MARKING, again, boundaries)
        yield from _account(Comparison.FORM, None, form, boundaries)
        if own is not None:
            total = self._total(own.stated)
            yield from _account(Comparison.OWN, None, own.total if total is None else total, boundaries)

    def _total(self, stated: Mapping[CriterionId, Stated] | Mapping[CriterionId, Given]) -> int | None:
        """What an account comes to, with the school's points for tasks that it marks; None where one is missing."""
        whole = 0
        for criteria, said in (
            (self.procedure.criteria, stated),
            (self.procedure.school_criteria, self.work.school.stated),
        ):
            for criterion in criteria:
                one = said.get(criterion.id)
                if one is None or isinstance(one, NotStated):
                    return None
                whole += points(one)
        return whole


def told_otherwise(work: WorkSeen, beside: Beside) -> bool:
    """Is there any account of a work's points beside independent and third markings and appeals?"""
    again = any(m.marking == RE_MARKING and m.scores for m in work.markings)
    return bool(work.school.stated) or work.work in beside.own or again


def compared(asked: Asked, work: WorkSeen, stands: Mapping[CriterionId, Given], beside: Beside) -> Compared:
    """A work held against every account of it, task by task."""
    own = beside.own.get(work.work)
    again = {s.criterion: s.given for m in work.markings if m.marking == RE_MARKING for s in m.scores}
    return Compared(
        asked,
        work,
        stands,
        beside,
        _by_task(asked, work.school.differences(stands) if work.school.stated else ()),
        _by_task(asked, () if own is None else _differing(own.stated, stands)),
        _by_task(asked, _differing(again, stands)),
    )


_NOWHERE: ByTask = MappingProxyType({})


def _by_task(asked: Asked, found: Sequence[Difference]) -> ByTask:
    """In the procedure's order of tasks, and within a task as they are stated."""
    if not found:
        return _NOWHERE
    some = {task: tuple(d for d in found if d.criterion in criteria) for task, criteria in asked.criteria.items()}
    return {task: several for task, several in some.items() if several}


def _differing(stated: Mapping[CriterionId, Stated], stands: Mapping[CriterionId, Given]) -> tuple[Difference, ...]:
    """Empty cells of these accounts say nothing; a form is asked to be complete, they aren't."""
    return tuple(
        Difference(c, said, stands[c])
        for c, said in stated.items()
        if c in stands and not isinstance(said, NotStated) and not same(said, stands[c])
    )


def _account(
    whose: Comparison, marking: Marking | None, total: int | None, boundaries: Boundaries
) -> Iterator[Account]:
    if total is not None:
        yield Account(whose, marking, total, boundaries.mark(total))


def _step(others: tuple[Account, ...], *, answered: bool) -> NextStep:
    """What happens with a mark that differs: only between experts, the procedure's rule has settled it; of a form, it
    is over when all its cells are answered."""
    found = {other.whose for other in others}
    first = next((whose for whose in _WEIGHTY if whose in found), None)
    if first is None:
        return NextStep.BY_RULE
    if first is not Comparison.FORM:
        return NextStep.LOOK
    return NextStep.STANDS if answered else NextStep.ASK_SCHOOL


def _has(readings: tuple[MarkingSeen, ...], marking: Marking) -> bool:
    return any(m.marking == marking and m.scores for m in readings)


def _nearest(asked: Asked, readings: tuple[MarkingSeen, ...]) -> int:
    """Points between the third marking and the nearest of the earlier ones."""
    third = next(m for m in readings if m.marking == THIRD_MARKING)
    return min((spread((third, m)) for m in asked.independent(readings) if m.scores), default=0)
