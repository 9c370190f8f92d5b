"""What an allocation may cost beside its rules: integers for (school of a work, expert), as data. Pure values.

A city has millions of such pairs and a region a hundred million, so a cost is the sum of small tables that are read
by rows, never one large matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from crosscheck.model import ClassToken, ExpertId, SchoolToken
from packets.errors import BadWish

LARGEST_COST = 1 << 24  # of one pair; with it a million nodes stay inside the solver's 64 bits


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Cost of one work: `values[rows[school of the work], columns[expert]]`; who isn't listed costs nothing.

    class_sets: rows of single class-sets, where the problem keeps them apart (`packets.problem.Together`).
    """

    rows: Mapping[SchoolToken, int]
    columns: Mapping[ExpertId, int]
    values: npt.NDArray[np.integer]
    class_sets: Mapping[ClassToken, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """Something to keep low: the sum of its tables and of `extra` over all assignments.

    Units are the caller's (kilometres, repeated pairs); only sums of one wish are compared. Raises BadWish for a
    negative cost, or one above `LARGEST_COST`.
    """

    name: str
    tables: tuple[Table, ...] = ()
    extra: Mapping[tuple[SchoolToken, ExpertId], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = [np.asarray(table.values) for table in self.tables if table.values.size]
        least = min([0, *(int(part.min()) for part in parts), *self.extra.values()])
        most = sum(int(part.max()) for part in parts) + max([0, *self.extra.values()])
        whole = all(np.issubdtype(part.dtype, np.integer) for part in parts)
        if least < 0 or most > LARGEST_COST or not whole:
            raise BadWish(name=self.name, most=LARGEST_COST)


def between_schools(
    schools: Sequence[SchoolToken],
    values: npt.NDArray[np.integer],
    experts: Iterable[tuple[ExpertId, SchoolToken]],
) -> Table:
    """A table for costs between schools: `values[school of the work, school of the expert]`, schools as listed."""
    number = {school: at for at, school in enumerate(schools)}
    columns = {expert: number[school] for expert, school in experts if school in number}
    return Table(number, columns, values)
