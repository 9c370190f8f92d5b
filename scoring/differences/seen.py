"""Which of a work's markings one looks at, and how far apart they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, CriterionId, Marking, TaskId
from crosscheck.procedure import Owners, Procedure
from scoring.differences.kinds import MarkingSeen, WorkSeen, points


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a procedure is looked at work by work: its criteria by task, which markings say what a work is worth."""

    procedure: Procedure
    owners: Owners
    criteria: Mapping[TaskId, tuple[CriterionId, ...]]
    shown: frozenset[Marking]
    in_parts: bool

    def readings(self, work: WorkSeen, criteria: tuple[CriterionId, ...]) -> tuple[MarkingSeen, ...]:
        """Markings that say what these criteria of one task are worth, with the points of just these; of a marking in
        parts, the part with the task. Hidden markings say nothing of a work; a re-marking is there once it gave any."""
        part = self.owners.part
        return tuple(
            [
                only(m, criteria)
                for m in work.markings
                if (m.marking in self.shown or (m.marking == RE_MARKING and m.scores))
                and (not self.in_parts or all(part(m.marking, criterion) == m.part for criterion in criteria))
            ]
        )

    def independent(self, markings: Iterable[MarkingSeen]) -> tuple[MarkingSeen, ...]:
        """The independent ones among them."""
        return tuple([m for m in markings if m.marking in self.owners.independent])


def asked(procedure: Procedure) -> Asked:
    """Of a procedure."""
    criteria = {task.id: tuple(c.id for c in procedure.criteria_of(task.id)) for task in procedure.tasks}
    shown = frozenset((*procedure.independent(), THIRD_MARKING, APPEAL_MARKING))
    return Asked(procedure, procedure.owners, criteria, shown, procedure.in_parts)


def only(marking: MarkingSeen, criteria: tuple[CriterionId, ...]) -> MarkingSeen:
    """A marking with the points of some criteria alone."""
    scores = tuple([s for s in marking.scores if s.criterion in criteria])
    return MarkingSeen(marking.marking, marking.number, marking.expert, scores, marking.part)


def spread(markings: Sequence[MarkingSeen]) -> int:
    """Points between the highest and the lowest sum; markings without points don't count, parts of one together."""
    sums: dict[Marking, int] = {}
    for m in markings:
        if m.scores:
            sums[m.marking] = sums.get(m.marking, 0) + sum([points(s.given) for s in m.scores])
    return max(sums.values()) - min(sums.values()) if sums else 0
