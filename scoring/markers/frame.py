"""Settled results as arrays: what markers are computed from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from crosscheck.model import NotAttempted
from crosscheck.procedure import Boundaries, Procedure
from scoring.measures.readings import Floats, Ints
from scoring.reports import WorkResult, natural
from scoring.verdicts import counted

NOT_ATTEMPTED = -1


@dataclass(frozen=True, slots=True)
class Frame:
    """One place for each work. schools, classes: their names; school, class_set: of each work, as places in these;
    points: works x criteria, -1 for X; task: of each criterion; maxima: of each criterion, boundaries where there are
    any."""

    schools: tuple[str, ...]
    classes: tuple[str, ...]
    school: Ints
    class_set: Ints
    points: Ints
    task: Ints
    maxima: Ints
    boundaries: Boundaries | None

    @property
    def works(self) -> int:
        return len(self.school)

    @property
    def totals(self) -> Ints:
        return np.asarray(np.maximum(self.points, 0).sum(axis=1))

    @property
    def highest(self) -> int:
        return int(self.maxima.sum())

    def of_tasks(self) -> Floats:
        """Works x tasks, shares of the points of each."""
        tasks = int(self.task.max()) + 1
        one = np.zeros((len(self.task), tasks))
        one[np.arange(len(self.task)), self.task] = 1.0
        return np.asarray(np.maximum(self.points, 0) @ one / (self.maxima @ one))


def frame(procedure: Procedure, results: Sequence[WorkResult]) -> Frame:
    """Results in arrays, schools and classes in the order of their numbers."""
    criteria = procedure.all_criteria
    tasks = {task: at for at, task in enumerate(dict.fromkeys(c.task for c in criteria))}
    schools = tuple(sorted({r.school for r in results}, key=natural))
    classes = tuple(sorted({class_name(r.school, r.class_set) for r in results}, key=natural))
    of_school, of_class = ({name: at for at, name in enumerate(names)} for names in (schools, classes))
    points = [
        [NOT_ATTEMPTED if isinstance(r.points[c.id], NotAttempted) else counted(r.points[c.id]) for c in criteria]
        for r in results
    ]
    return Frame(
        schools=schools,
        classes=classes,
        school=np.array([of_school[r.school] for r in results], dtype=np.int64),
        class_set=np.array([of_class[class_name(r.school, r.class_set)] for r in results], dtype=np.int64),
        points=np.array(points, dtype=np.int64).reshape(len(results), len(criteria)),
        task=np.array([tasks[c.task] for c in criteria], dtype=np.int64),
        maxima=np.array([c.maximum for c in criteria], dtype=np.int64),
        boundaries=procedure.boundaries,
    )


def class_name(school: str, class_set: str) -> str:
    """A class among those of all schools."""
    return f"{school} · {class_set}"
