"""Settled results as arrays: looked at once, however many reports are made of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crosscheck.procedure import Procedure
from scoring.reports import WorkResult, in_order
from scoring.verdicts import counted

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NO_MARK = 0


@dataclass(frozen=True, slots=True)
class School:
    """A school's number and its name (empty where nobody said it)."""

    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A class-set: the place of its school among `Results.schools`, and its name."""

    school: int
    name: str


@dataclass(frozen=True, slots=True)
class Results:
    """Works in rows. points: works × criteria, X as 0. school, class_set: places in `schools` and `class_sets`, which
    stand in the order of their numbers and names. mark, journal: 2-5, or NO_MARK."""

    points: Ints
    school: Ints
    class_set: Ints
    mark: Ints
    journal: Ints
    schools: tuple[School, ...]
    class_sets: tuple[ClassSet, ...]

    @property
    def total(self) -> Ints:
        """Raw scores of works."""
        return np.asarray(self.points.sum(axis=1), dtype=np.int64)

    @property
    def works(self) -> int:
        return len(self.points)

    def classes_of(self, school: int) -> tuple[int, ...]:
        """The places of a school's class-sets."""
        return tuple(n for n, one in enumerate(self.class_sets) if one.school == school)


def gathered(procedure: Procedure, results: Sequence[WorkResult]) -> Results:
    """Results as arrays, any number of them, none too."""
    names = {result.school: result.school_name for result in results}
    numbers = sorted(names, key=in_order)
    of_school = {number: n for n, number in enumerate(numbers)}
    found = {(result.school, result.class_set) for result in results}
    classes = sorted(found, key=lambda one: (of_school[one[0]], in_order(one[1])))
    of_class = {one: n for n, one in enumerate(classes)}
    criteria = [criterion.id for criterion in procedure.all_criteria]
    points = [[counted(result.points[criterion]) for criterion in criteria] for result in results]
    return Results(
        points=np.array(points, dtype=np.int64).reshape(len(results), len(criteria)),
        school=_ints([of_school[result.school] for result in results]),
        class_set=_ints([of_class[result.school, result.class_set] for result in results]),
        mark=_ints([result.school_mark or NO_MARK for result in results]),
        journal=_ints([result.journal_mark or NO_MARK for result in results]),
        schools=tuple(School(number, names[number]) for number in numbers),
        class_sets=tuple(ClassSet(of_school[school], name) for school, name in classes),
    )


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
