"""What re-markings say against what stands: work by work, task by task. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import RE_MARKING, AnonymousNumber, CriterionId, Given, TaskId, WorkId
from crosscheck.procedure import Procedure
from scoring.differences.kinds import WorkSeen, points
from scoring.verdicts import school_mark


@dataclass(frozen=True, slots=True)
class Again:
    """A work that was marked again, whole on both sides. tasks: points that stand, and that the re-marking gave."""

    work: WorkId
    number: AnonymousNumber
    tasks: Mapping[TaskId, tuple[int, int]]
    marks: tuple[int | None, int | None]

    @property
    def stands(self) -> int:
        """Points that stand."""
        return sum(before for before, _again in self.tasks.values())

    @property
    def again(self) -> int:
        """Points of the re-marking."""
        return sum(again for _before, again in self.tasks.values())

    @property
    def apart(self) -> tuple[TaskId, ...]:
        """Tasks with other points."""
        return tuple(task for task, (before, again) in self.tasks.items() if before != again)


def compared(
    procedure: Procedure, works: Sequence[WorkSeen], stands: Mapping[WorkId, Mapping[CriterionId, Given]]
) -> tuple[Again, ...]:
    """Works of which every criterion is there on both sides; a missing one is never 0, so others wait."""
    found = []
    asked = frozenset(c.id for c in procedure.criteria)
    for work in works:
        again = {s.criterion: s.given for m in work.markings if m.marking == RE_MARKING for s in m.scores}
        now = stands.get(work.work, {})
        if not (asked <= again.keys() and asked <= now.keys()):
            continue
        tasks = {
            task.id: (
                sum(points(now[c.id]) for c in procedure.criteria_of(task.id)),
                sum(points(again[c.id]) for c in procedure.criteria_of(task.id)),
            )
            for task in procedure.marked_tasks
        }
        number = next(m.number for m in work.markings if m.marking == RE_MARKING)
        found.append(Again(work.work, number, tasks, _marks(procedure, tasks)))
    return tuple(found)


def _marks(procedure: Procedure, tasks: Mapping[TaskId, tuple[int, int]]) -> tuple[int | None, int | None]:
    """Marks on both sides; none where schools mark tasks, because experts' points alone make no mark."""
    if procedure.school_criteria:
        return None, None
    before, again = (sum(pair[side] for pair in tasks.values()) for side in (0, 1))
    return school_mark(procedure, before), school_mark(procedure, again)
