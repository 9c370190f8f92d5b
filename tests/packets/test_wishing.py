"""Wishes of a procedure become costs."""

from __future__ import annotations

import numpy as np
import pytest

from crosscheck.model import ExpertId, SchoolToken
from crosscheck.procedure import Wished
from packets.costs import Wish
from packets.errors import WayUnknown
from packets.problem import Problem, Solution
from packets.solve import solve
from packets.wishing import BetweenSchools, Grounds, Marker, ToPoints, wishes_of
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, work

A, B, C, D = SCHOOLS
MARKERS = (
    Marker(ExpertId("b"), frozenset({B}), "П1"),
    Marker(ExpertId("c"), frozenset({C}), "П2"),
    Marker(ExpertId("bc"), frozenset({B, C}), "П1"),
    Marker(ExpertId("nowhere"), frozenset(), "П2"),
)
MET = frozenset({(A, B), (C, A)})


def costs(wish: Wish, school: SchoolToken) -> dict[str, int]:
    (table,) = wish.tables
    return {name: int(table.values[table.rows[school], at]) for name, at in table.columns.items()}


def test_whoever_has_a_school_that_met_costs_one() -> None:
    """Also as one of several schools; the other way round is another pair."""
    (wish,) = wishes_of([Wished.LAST_YEAR], [A, D], MARKERS, Grounds(MET))
    assert costs(wish, A) == {"b": 1, "c": 0, "bc": 1, "nowhere": 0}
    assert costs(wish, D) == {"b": 0, "c": 0, "bc": 0, "nowhere": 0}


def test_the_way_leads_to_the_check_point_or_to_the_nearest_school() -> None:
    """The way is as long back where only one direction is given; the own school is near."""
    points = ToPoints({(A, "П1"): 5, (A, "П2"): 7})
    (wish,) = wishes_of([Wished.TRAVEL], [A], MARKERS, Grounds(far=points))
    assert costs(wish, A) == {"b": 5, "c": 7, "bc": 5, "nowhere": 7}
    between = BetweenSchools({(A, B): 9, (C, A): 4, (C, B): 6})
    (wish,) = wishes_of([Wished.TRAVEL], [A, B], MARKERS, Grounds(far=between))
    assert costs(wish, A) == {"b": 9, "c": 4, "bc": 4, "nowhere": 0}
    assert costs(wish, B) == {"b": 0, "c": 6, "bc": 0, "nowhere": 0}


@pytest.mark.parametrize("far", [ToPoints({(A, "П1"): 5}), BetweenSchools({(A, B): 9})])
def test_a_way_that_is_not_known_is_not_near(far: ToPoints | BetweenSchools) -> None:
    """It is refused, with the school and where the way leads."""
    with pytest.raises(WayUnknown):
        wishes_of([Wished.TRAVEL], [A], MARKERS, Grounds(far=far))


def test_the_order_of_the_procedure_is_the_order_of_importance() -> None:
    """School A met B, and C is far: which of the two experts gets the work is decided by what stands first."""
    experts = (expert("b", 1), expert("c", 2))
    grounds = Grounds(MET, BetweenSchools({(A, B): 1, (A, C): 50}))
    given = {}
    for order in ((Wished.LAST_YEAR, Wished.TRAVEL), (Wished.TRAVEL, Wished.LAST_YEAR)):
        wishes = wishes_of(order, [A], MARKERS[:2], grounds)
        problem = Problem((work("w", 0),), experts, markings(1), conflicts=own_schools(experts), wishes=wishes)
        found = solve(problem)
        assert isinstance(found, Solution)
        given[order[0]] = found.assignments[0].expert
    assert given == {Wished.LAST_YEAR: "c", Wished.TRAVEL: "b"}


def test_experts_who_are_alike_share_a_column() -> None:
    """A city's table stays as small as its schools and check points."""
    many = [Marker(ExpertId(f"e{n}"), frozenset({B}), "П1") for n in range(50)]
    wishes = wishes_of(list(Wished), [A, C], many, Grounds(MET, ToPoints({(A, "П1"): 5, (C, "П1"): 2})))
    assert [wish.tables[0].values.shape for wish in wishes] == [(2, 1), (2, 1)]
    assert np.asarray(wishes[1].tables[0].values).tolist() == [[5], [2]]
