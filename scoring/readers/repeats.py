"""Own works a second time, and exemplar works: what an expert gives there, with margins. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import is_control, is_unaided
from scoring.discrepancies import MarkingSeen, WorkSeen
from scoring.measures.limits import of_mean
from scoring.verdicts import counted

LEAST = 5  # works: with fewer the margin says nothing


@dataclass(frozen=True, slots=True)
class Mean:
    """Of differences in points of a work: mean, and by how much it may be off (95 %); margin None with fewer than
    `LEAST` works, or where all differ alike."""

    works: int
    value: float
    margin: float | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Of one expert, by number. again: second time less first time; same: share of criteria with the same points;
    exemplars: own total less the mean of the others'; others: how many different experts these are."""

    expert: str
    again: Mean | None
    same: float | None
    exemplars: Mean | None
    others: int


def repeated(works: Sequence[WorkSeen]) -> dict[str, Repeated]:
    """Every expert with a hidden work of which points came back."""
    again: dict[str, list[int]] = {}
    same: dict[str, list[bool]] = {}
    shown: dict[str, list[float]] = {}
    beside: dict[str, set[str]] = {}
    for work in works:
        for one in work.markings:
            if not (is_control(one.marking) and one.scores and one.expert):
                continue
            own, others = _others(one, work)
            if own is not None:
                pairs = _both(one, own)
                if not pairs:
                    continue
                again.setdefault(one.expert, []).append(sum(mine - first for mine, first in pairs))
                same.setdefault(one.expert, []).extend(mine == first for mine, first in pairs)
                continue
            apart = [
                (other.expert, sum(mine - theirs for mine, theirs in pairs))
                for other in others
                if (pairs := _both(one, other))
            ]
            if apart:
                shown.setdefault(one.expert, []).append(float(np.mean([points for _other, points in apart])))
                beside.setdefault(one.expert, set()).update(other for other, _points in apart)
    return {
        expert: Repeated(
            expert,
            _mean(again.get(expert, ())),
            float(np.mean(same[expert])) if same.get(expert) else None,
            _mean(shown.get(expert, ())),
            len(beside.get(expert, ())),
        )
        for expert in (*again, *(other for other in shown if other not in again))
    }


def _others(one: MarkingSeen, work: WorkSeen) -> tuple[MarkingSeen | None, list[MarkingSeen]]:
    """The expert's own first marking of it, if there is one, and those of other experts who saw no points of others."""
    some = [
        m
        for m in work.markings
        if m.marking != one.marking and is_unaided(m.marking) and m.part == one.part and m.scores
    ]
    own = [m for m in some if m.expert == one.expert]
    return (own[0] if own else None), [m for m in some if m.expert != one.expert]


def _both(one: MarkingSeen, other: MarkingSeen) -> list[tuple[int, int]]:
    """Points that both gave, criterion by criterion; X counts 0."""
    given = {s.criterion: counted(s.given) for s in other.scores}
    return [(counted(s.given), given[s.criterion]) for s in one.scores if s.criterion in given]


def _mean(values: Sequence[float]) -> Mean | None:
    n = len(values)
    if n == 0:
        return None
    spread = float(np.std(values, ddof=1)) if n > 1 else 0.0
    known = n >= LEAST and spread > 0
    margin = float(of_mean(spread, n)) if known else None
    return Mean(n, float(np.mean(values)), margin)
