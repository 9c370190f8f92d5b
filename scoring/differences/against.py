"""What stands of a work against every other account of it: form and own marking of the school, re-marking, journal; the
third marking against the earlier ones; and marks that differ with the account. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, CriterionId, Given, Marking, TaskId
from crosscheck.procedure import Boundaries, Owners, Procedure
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
from scoring.differences.seen import asked, independent, spread
from scoring.forms.stated import Difference, NotStated, Stated, same

# Where a mark differs, the account that counts most says what happens next.
_WEIGHTY = (Comparison.REMARK, Comparison.OWN, Comparison.FORM)


@dataclass(frozen=True, slots=True)
class Compared:
    """A work with what stands for each criterion that is settled, and what is known from outside."""

    procedure: Procedure
    owners: Owners
    work: WorkSeen
    stands: Mapping[CriterionId, Given]
    beside: Beside

    def readings(self, criteria: tuple[CriterionId, ...]) -> tuple[MarkingSeen, ...]:
        """What markings gave for criteria of one task."""
        return asked(self.procedure, self.owners, self.work, criteria)

    # --- a task ---

    def of_task(self, task: TaskId, *, disputed: bool) -> Iterator[Discrepancy]:
        """disputed: do the independent markings differ essentially?"""
        criteria = tuple(c.id for c in self.procedure.criteria_of(task))
        readings = self.readings(criteria)
        if disputed and self._third_is_far(readings):
            step = NextStep.APPEAL if _has(readings, APPEAL_MARKING) else NextStep.RE_MARK
            yield self._made(task, criteria, readings, Kind.THIRD_FAR, _nearest(self.procedure, readings), step)
        form = tuple(d for d in self.work.school.differences(self.stands) if d.criterion in criteria)
        answered = NextStep.STANDS if all(d.answered for d in form) else NextStep.ASK_SCHOOL
        yield from self._stated(task, Kind.SCHOOL_FORM, form, answered)
        own = self.beside.own.get(self.work.work)
        stated = {} if own is None else {c: own.stated[c] for c in criteria if c in own.stated}
        yield from self._stated(task, Kind.OWN_MARKING, self._differing(stated), NextStep.LOOK)
        again = {s.criterion: s.given for m in readings if m.marking == RE_MARKING for s in m.scores}
        yield from self._stated(task, Kind.RE_MARKED, self._differing(again), NextStep.LOOK)

    def _third_is_far(self, readings: tuple[MarkingSeen, ...]) -> bool:
        return _has(readings, THIRD_MARKING) and _nearest(self.procedure, readings) >= (
            self.procedure.rules.task_difference
        )

    def _differing(self, stated: Mapping[CriterionId, Stated]) -> tuple[Difference, ...]:
        """Empty cells of these accounts say nothing; a form is asked to be complete, they aren't."""
        return tuple(
            Difference(c, said, self.stands[c])
            for c, said in stated.items()
            if c in self.stands and not isinstance(said, NotStated) and not same(said, self.stands[c])
        )

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
            said = Account(Comparison.JOURNAL, None, None, journal.mark, journal.sealed)
            yield self._of_marks(Kind.JOURNAL_MARK, (said,), total, mark)

    def _own_total(self, total: int, boundaries: Boundaries | None) -> Iterator[Discrepancy]:
        """A school's own total that is another one; where it gave every criterion, the tasks say all of it."""
        own = self.beside.own.get(self.work.work)
        if own is None or own.total in (None, total) or self._total(own.stated) is not None:
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
        said = [self.work.school.stated.get(c.id, NotStated()) for c in self.procedure.school_criteria]
        said += [stated.get(c.id, NotStated()) for c in self.procedure.criteria]
        return None if any(isinstance(one, NotStated) for one in said) else sum(map(points, said))


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


def _nearest(procedure: Procedure, readings: tuple[MarkingSeen, ...]) -> int:
    """Points between the third marking and the nearest of the earlier ones."""
    third = next(m for m in readings if m.marking == THIRD_MARKING)
    return min((spread((third, m)) for m in independent(procedure, readings) if m.scores), default=0)
