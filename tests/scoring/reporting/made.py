"""Made-up results for tests of reports."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crosscheck.model import CriterionId, Difficulty, Given, NotAttempted, Points
from crosscheck.procedure import Boundaries, Procedure
from scoring.reports import WorkResult
from scoring.verdicts import school_mark, total
from tests import factories

LONG_NAME = (
    "Государственное бюджетное общеобразовательное учреждение средняя общеобразовательная школа с углублённым "
    "изучением английского языка имени дважды Героя Советского Союза"
)


def procedure(tasks: int = 10, language: str = "ru", **changes: object) -> Procedure:
    """Tasks of 1 to 3 points, every fourth advanced, the last one with two criteria."""
    made = tuple(
        factories.task(str(n), 1, 5, Difficulty.ADVANCED if n % 4 == 0 else Difficulty.BASIC)
        for n in range(1, tasks + 1)
    )
    criteria = [factories.criterion(str(n), str(n), 1 + n % 3) for n in range(1, tasks)]
    criteria += [factories.criterion(f"{tasks}К1", str(tasks), 2), factories.criterion(f"{tasks}К2", str(tasks), 1)]
    most = sum(criterion.maximum for criterion in criteria)
    boundaries = Boundaries(most * 4 // 10, most * 6 // 10, most * 8 // 10)
    return factories.procedure(
        tasks=made, criteria=tuple(criteria), boundaries=boundaries, language=language, **changes
    )


def work(
    of: Procedure, code: str, school: str, class_set: str, given: Sequence[int | None], **more: object
) -> WorkResult:
    """A work with these points, None for X."""
    points: dict[CriterionId, Given] = {
        criterion.id: NotAttempted() if value is None else Points(value)
        for criterion, value in zip(of.all_criteria, given, strict=True)
    }
    reached = total(points.values())
    return WorkResult(code, school, class_set, points, reached, school_mark(of, reached), **more)  # type: ignore[arg-type]


def district(of: Procedure, sizes: Sequence[Sequence[int]], seed: int = 0, journal: bool = True) -> list[WorkResult]:
    """Schools 1, 2 ... with class-sets of these sizes; schools and tasks differ, and so do works."""
    dice, found = np.random.default_rng(seed), []
    maxima = np.array([criterion.maximum for criterion in of.all_criteria])
    hard = dice.normal(0.3, 0.7, len(maxima))
    for number, classes in enumerate(sizes, start=1):
        level, strengths = dice.normal(0, 0.4), dice.normal(0, 0.35, len(maxima))
        for n, size in enumerate(classes):
            for pupil in range(size):
                chance = 1 / (1 + np.exp(-(dice.normal(level, 0.8) + strengths + hard)))
                given = [None if dice.random() < 0.03 else int(v) for v in dice.binomial(maxima, chance)]
                mark = int(dice.integers(2, 6)) if journal else None
                made = work(
                    of,
                    f"{number:03d}{n}{pupil:02d}",
                    str(number),
                    f"5{'АБВГДЕЖЗ'[n]}",
                    given,
                    school_name=f"{LONG_NAME} № {number}" if number % 2 else f"СОШ № {number}",
                    journal_mark=mark,
                )
                found.append(made)
    return found
