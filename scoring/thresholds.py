"""What a rule for essential differences would cost and give, from a procedure's own double markings. Pure.

Cost: works and criteria that a third expert marks. Gain: how far a final score lies from what a work deserves. Nobody
knows what it deserves; but two readings that differ by d are off by (s + d) / 2 and (s - d) / 2, and while readers are
as likely above the truth as below it, the s of a work is drawn like the d of any other. So each work is given the
differences of others for what isn't seen of it, again and again, and a third expert is as careful as the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from crosscheck.procedure import Procedure, Rules, Third
from scoring import judging, verdicts
from scoring.judging import MISSING, Scores

LEAST = 30  # works: with fewer, what one work does is what the table says
_DRAWS = 50

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one rule. works, criteria: how many a third expert would mark; error: of a final total, points (root of the
    mean square), under each rule for third markings; shift: by how much totals lie above what works deserve, in the
    mean."""

    rules: Rules
    works: int
    criteria: int
    error: dict[Third, float]
    shift: dict[Third, float]


@dataclass(frozen=True, slots=True)
class TooFewWorks:
    """Works with two complete markings, and how many are needed."""

    works: int
    needed: int = LEAST


def candidates(procedure: Procedure) -> tuple[Rules, ...]:
    """The rules as they are with other thresholds for a task: from 1 to one more than any task has points (never)."""
    most = max(sum(c.maximum for c in procedure.criteria_of(task.id)) for task in procedure.marked_tasks)
    return tuple(replace(procedure.rules, task_difference=n) for n in range(1, most + 2))


def costs(
    procedure: Procedure, independent: Scores, asked: Sequence[Rules], seed: int = 1
) -> tuple[Cost, ...] | TooFewWorks:
    """What each of the rules would cost and give. independent: works x 2 x criteria, complete."""
    if len(independent) < LEAST:
        return TooFewWorks(len(independent))
    dice = np.random.default_rng(seed)
    points = judging.counted(independent).astype(np.float64)
    apart = points[:, 0] - points[:, 1]
    unseen = [_unseen(apart, dice) for _draw in range(_DRAWS)]
    return tuple(_cost(replace(procedure, rules=rules), independent, points, unseen) for rules in asked)


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Works x criteria: how far the two readings, and a third one, are off."""

    first: Floats
    second: Floats
    third: Floats


def _unseen(apart: Floats, dice: np.random.Generator) -> _Unseen:
    together, one, other = (_drawn(apart, dice) for _each in range(3))
    return _Unseen((together + apart) / 2, (together - apart) / 2, (one + other) / 2)


def _drawn(apart: Floats, dice: np.random.Generator) -> Floats:
    """Differences of other works, whole works at a time: what is off in one criterion is often off in others."""
    places = dice.integers(0, len(apart), len(apart))
    return np.asarray(apart[places] * dice.choice((-1.0, 1.0), len(apart))[:, None])


def _cost(procedure: Procedure, independent: Scores, points: Floats, unseen: Sequence[_Unseen]) -> Cost:
    nothing = np.full(independent[:, 0].shape, MISSING)
    called = judging.judged(procedure, independent, nothing, nothing).state == judging.State.DISCREPANT
    settled = judging.counted(judging.settled_minor(independent, procedure.rules.minor))
    # What the rule makes of two readings, against their mean: rounding up gives points away.
    above = settled - points.mean(axis=1)
    found = {rule: np.stack([_totals(called, above, one, rule) for one in unseen]) for rule in Third}
    return Cost(
        rules=procedure.rules,
        works=int(called.any(axis=1).sum()),
        criteria=int(called.sum()),
        error={rule: float(np.sqrt((off**2).mean())) for rule, off in found.items()},
        shift={rule: float(off.mean()) for rule, off in found.items()},
    )


def _totals(called: npt.NDArray[np.bool_], above: Floats, off: _Unseen, rule: Third) -> Floats:
    """How far totals of works are off."""
    two = (off.first + off.second) / 2 + above
    match rule:
        case Third.FINAL:
            three = off.third
        case Third.MEAN:
            three = (off.first + off.second + off.third) / 3
        case Third.NEAREST:
            nearer = np.abs(off.first - off.third) <= np.abs(off.second - off.third)
            three = (np.where(nearer, off.first, off.second) + off.third) / 2
    return np.asarray(np.where(called, three, two).sum(axis=1))


def complete(procedure: Procedure, works: Sequence[verdicts.Scores]) -> Scores:
    """Works x 2 x criteria: the first two independent markings of works where both are complete."""
    two = procedure.independent()[:2]
    rows = np.array([[verdicts.row(procedure, work.get(m, {})) for m in two] for work in works], dtype=np.int64)
    rows = rows.reshape(len(works), len(two), len(procedure.criteria))
    return np.asarray(rows[(rows != MISSING).all(axis=(1, 2))])
