"""Which of a work's markings one looks at, and how far apart they are. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from crosscheck.model import APPEAL_MARKING, RE_MARKING, THIRD_MARKING, CriterionId, Marking
from crosscheck.procedure import Owners, Procedure
from scoring.differences.kinds import MarkingSeen, WorkSeen, points


def asked(
    procedure: Procedure, owners: Owners, work: WorkSeen, criteria: tuple[CriterionId, ...]
) -> tuple[MarkingSeen, ...]:
    """Markings that say what these criteria of one task are worth, with the points of just these; of a marking in
    parts, the part with the task. Hidden markings say nothing of a work; a re-marking is there once it gave any."""
    shown = frozenset((*procedure.independent(), THIRD_MARKING, APPEAL_MARKING))
    return tuple(
        only(m, criteria)
        for m in work.markings
        if (m.marking in shown or (m.marking == RE_MARKING and m.scores))
        and all(owners.part(m.marking, criterion) == m.part for criterion in criteria)
    )


def only(marking: MarkingSeen, criteria: tuple[CriterionId, ...]) -> MarkingSeen:
    """A marking with the points of some criteria alone."""
    return replace(marking, scores=tuple(s for s in marking.scores if s.criterion in criteria))


def independent(procedure: Procedure, markings: Iterable[MarkingSeen]) -> tuple[MarkingSeen, ...]:
    """The independent ones among them."""
    return tuple(m for m in markings if m.marking in procedure.independent())


def spread(markings: Sequence[MarkingSeen]) -> int:
    """Points between the highest and the lowest sum; markings without points don't count, parts of one together."""
    sums = Counter[Marking]()
    for m in markings:
        sums.update({m.marking: sum(points(s.given) for s in m.scores)} if m.scores else {})
    return max(sums.values()) - min(sums.values()) if sums else 0
