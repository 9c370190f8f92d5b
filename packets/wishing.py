"""The wishes of a procedure as costs: schools that met last year, and the way to where works are marked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from crosscheck.model import ExpertId, SchoolToken
from crosscheck.procedure import Wished
from packets.costs import Table, Wish
from packets.errors import WayUnknown

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ToPoints:
    """How far it is from the school of a work to a check point."""

    ways: Mapping[tuple[SchoolToken, str], int]


@dataclass(frozen=True, slots=True)
class BetweenSchools:
    """How far two schools are from each other; a way that is given in one direction only is as long in the other."""

    ways: Mapping[tuple[SchoolToken, SchoolToken], int]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What wishes look at. met: (school of the works, school of the experts) of last year."""

    met: frozenset[tuple[SchoolToken, SchoolToken]] = frozenset()
    far: ToPoints | BetweenSchools = field(default_factory=lambda: BetweenSchools({}))


@dataclass(frozen=True, slots=True)
class Marker:
    """An expert who may get works: the schools, and the check point to come to."""

    expert: ExpertId
    schools: frozenset[SchoolToken]
    check_point: str


def wishes_of(
    order: Iterable[Wished], schools: Iterable[SchoolToken], markers: Sequence[Marker], grounds: Grounds
) -> tuple[Wish, ...]:
    """Costs for works of these schools, the most important first. Raises WayUnknown: what is not known is not near.

    Last year: 1 for a work whose school met one of the expert's. Travel: from the school of a work to the expert's
    check point, or to the nearest of the expert's schools; units are those of the table.
    """
    rows = sorted(set(schools))
    table = {Wished.LAST_YEAR: _last_year, Wished.TRAVEL: _travel}
    return tuple(Wish(wished.value, (table[wished](rows, markers, grounds),)) for wished in order)


def _last_year(rows: Sequence[SchoolToken], markers: Sequence[Marker], grounds: Grounds) -> Table:
    def met(school: SchoolToken, own: frozenset[SchoolToken]) -> int:
        return int(any((school, other) in grounds.met for other in own))

    return _table(rows, markers, lambda marker: marker.schools, met)


def _travel(rows: Sequence[SchoolToken], markers: Sequence[Marker], grounds: Grounds) -> Table:
    match grounds.far:
        case ToPoints(ways):

            def to_point(school: SchoolToken, point: str) -> int:
                return _known(ways.get((school, point)), school, point)

            return _table(rows, markers, lambda marker: marker.check_point, to_point)
        case BetweenSchools(between):

            def nearest(school: SchoolToken, own: frozenset[SchoolToken]) -> int:
                return min((_between(between, school, other) for other in own), default=0)

            return _table(rows, markers, lambda marker: marker.schools, nearest)


def _between(ways: Mapping[tuple[SchoolToken, SchoolToken], int], school: SchoolToken, other: SchoolToken) -> int:
    if school == other:
        return 0
    return _known(ways.get((school, other), ways.get((other, school))), school, other)


def _known(way: int | None, school: SchoolToken, to: str) -> int:
    if way is None:
        raise WayUnknown(school=school, to=to)
    return way


def _table(
    rows: Sequence[SchoolToken],
    markers: Sequence[Marker],
    key: Callable[[Marker], K],
    cost: Callable[[SchoolToken, K], int],
) -> Table:
    """One column for all experts who are alike: a city has a few hundred, not thousands."""
    keys = list(dict.fromkeys(key(marker) for marker in markers))
    values = np.array([[cost(school, one) for one in keys] for school in rows], dtype=np.int64).reshape(
        len(rows), len(keys)
    )
    column = {one: at for at, one in enumerate(keys)}
    return Table(
        {school: at for at, school in enumerate(rows)},
        {marker.expert: column[key(marker)] for marker in markers},
        values,
    )
