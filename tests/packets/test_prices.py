"""What spread and each wish cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings

from crosscheck.model import ExpertId
from packets.costs import Wish, between_schools
from packets.network import BALANCE, SPREAD
from packets.prices import Prices, prices
from packets.problem import Problem, Proven, Solution
from packets.solve import solve
from tests.packets.instances import SCHOOLS, expert, many, markings, own_schools, work


def priced(problem: Problem) -> tuple[Prices, Solution]:
    solution = solve(problem)
    assert isinstance(solution, Solution)
    return prices(problem, solution), solution


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(many(most_works=14, most_experts=7, most_schools=1))
def test_what_is_added_leaves_all_that_is_more_important_as_it_was(problem: Problem) -> None:
    """Each step costs at its own levels what the whole allocation costs there, and the last is the allocation itself:
    a later wish never makes an earlier one dearer."""
    solution = solve(problem)
    if not isinstance(solution, Solution) or not isinstance(solution.certificate, Proven):
        return
    found = prices(problem, solution)
    certified = tuple(level.cost for level in solution.certificate.levels)[: len(found.levels)]
    assert found.steps[-1].costs == certified
    for step in found.steps:
        if step.proven:
            assert step.costs[: len(step.kept)] == certified[: len(step.kept)]
            assert step.costs >= certified
    if found.unspread is not None and found.unspread.proven:
        assert found.unspread.costs[0] == certified[0]
        assert found.unspread.costs[2:] <= certified[2:]


def test_a_wish_shows_what_it_saves_and_what_it_costs_the_next() -> None:
    """Two experts may mark school 0: the near one met it last year. Keeping them apart costs the way."""
    experts = (expert("near", 1), expert("far", 2))
    table = between_schools(SCHOOLS, np.array([[0, 1, 9, 0]] * 4), [(ExpertId("near"), SCHOOLS[1])])
    way = between_schools(
        SCHOOLS, np.array([[0, 1, 9, 0]] * 4), [(ExpertId("near"), SCHOOLS[1]), (ExpertId("far"), SCHOOLS[2])]
    )
    problem = Problem(
        (work("w1", 0),),
        experts,
        markings(1),
        conflicts=own_schools(experts),
        spread=1,
        wishes=(Wish("last_year", (table,)), Wish("travel", (way,))),
    )
    found, _solution = priced(problem)
    assert found.levels == (BALANCE, SPREAD, "wish last_year", "wish travel")
    assert found.unspread is None
    assert [step.kept[-1] for step in found.steps][-2:] == ["wish last_year", "wish travel"]
    assert found.steps[-1].costs[2:] == (0, 9)
    without = replace(problem, wishes=problem.wishes[1:])
    assert priced(without)[0].steps[-1].costs[2:] == (1,)


def test_without_wishes_only_the_spread_is_told() -> None:
    """Two rows; nothing is left that spread could cost."""
    experts = (expert("a", 1), expert("b", 2))
    problem = Problem(tuple(work(f"w{n}", 0) for n in range(4)), experts, markings(1), conflicts=own_schools(experts))
    found, _solution = priced(problem)
    assert [step.kept for step in found.steps] == [(BALANCE,), (BALANCE, SPREAD)]
    assert found.unspread is None
