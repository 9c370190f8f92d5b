"""What hidden works tell of experts: the same work marked twice by one, and exemplar works that many mark. Pure.

For methodists only, by number; no result of a work depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crosscheck.model import CriterionId, is_control, is_unaided
from scoring.discrepancies import MarkingSeen, WorkSeen
from scoring.verdicts import counted


@dataclass(frozen=True, slots=True)
class Hidden:
    """Of one expert, by number. again, shown: works marked a second time, and exemplar ones. changes: points of the
    second time minus those of the first, criterion by criterion. apart: total of an exemplar work minus that of each
    other expert who saw no points of others, over the criteria both gave. from_agreed: points of a criterion of an
    exemplar work minus those that the standardisation meeting agreed on."""

    expert: str
    again: int
    changes: tuple[int, ...]
    shown: int
    apart: tuple[int, ...]
    from_agreed: tuple[int, ...] = ()

    @property
    def same(self) -> int:
        """Criteria that got the same points both times."""
        return self.changes.count(0)


def hidden(works: Sequence[WorkSeen]) -> tuple[Hidden, ...]:
    """Every expert with a control marking of which points came back, in the order of numbers."""
    found: dict[str, Hidden] = {}
    for work in works:
        for one in work.markings:
            if is_control(one.marking) and one.scores and one.expert:
                before = found.get(one.expert, Hidden(one.expert, 0, (), 0, ()))
                found[one.expert] = _with(before, one, work)
    return tuple(found[expert] for expert in sorted(found, key=lambda number: (len(number), number)))


def _with(sofar: Hidden, one: MarkingSeen, work: WorkSeen) -> Hidden:
    own: list[MarkingSeen] = []
    others: list[MarkingSeen] = []
    for other in work.markings:
        beside = other.marking != one.marking and other.part == one.part
        if beside and is_unaided(other.marking) and other.scores:
            (own if other.expert == one.expert else others).append(other)
    if own:
        changes = tuple(mine - first for mine, first in _both(one, own[0]))
        return replace(sofar, again=sofar.again + 1, changes=sofar.changes + changes)
    apart = tuple(
        sum(mine - theirs for mine, theirs in pairs) for other in others if (pairs := list(_both(one, other)))
    )
    agreed = tuple(
        counted(s.given) - counted(work.agreed[s.criterion]) for s in one.scores if s.criterion in work.agreed
    )
    return replace(sofar, shown=sofar.shown + 1, apart=sofar.apart + apart, from_agreed=sofar.from_agreed + agreed)


def _both(one: MarkingSeen, other: MarkingSeen) -> Iterator[tuple[int, int]]:
    """Points that both gave, criterion by criterion; X counts 0."""
    given: dict[CriterionId, int] = {s.criterion: counted(s.given) for s in other.scores}
    for score in one.scores:
        if score.criterion in given:
            yield counted(score.given), given[score.criterion]
