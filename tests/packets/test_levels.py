"""Tests of the order of importance: each level is as good as it can be without making an earlier one worse."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from crosscheck.model import ExpertId
from drill.lexicographic import best_levels
from packets.costs import Table, Wish, between_schools
from packets.errors import BadWish
from packets.face import narrowed, whole
from packets.network import levels_of, network_of, tie_level
from packets.optimum import Optimum, optimum
from packets.problem import Problem, Proven, Solution
from packets.solve import solve
from packets.unique import only_one
from packets.verify import verify
from tests.packets.instances import SCHOOLS, expert, many, markings, own_schools, work

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def solved(problem: Problem) -> tuple[Solution, dict[str, int]]:
    found = solve(problem)
    assert isinstance(found, Solution)
    assert isinstance(found.certificate, Proven)
    return found, {proof.level: proof.cost for proof in found.certificate.levels}


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(many(most_works=7, most_experts=5, most_schools=1))
def test_every_level_is_as_good_as_an_independent_solver_can_make_it(problem: Problem) -> None:
    """Balance, spread and wishes, one after another, cost what a row-by-row integer programme finds."""
    best = best_levels(problem)
    found = solve(problem)
    if best is None:
        assert not isinstance(found, Solution)
        return
    assert isinstance(found, Solution)
    assert isinstance(found.certificate, Proven)
    assert [proof.cost for proof in found.certificate.levels][: len(best)] == best
    assert verify(problem, found) == ()


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(many(most_experts=12, most_schools=1))
def test_a_later_level_makes_no_earlier_one_worse(problem: Problem) -> None:
    """With fewer wishes, what matters more costs exactly the same."""
    found = solve(problem)
    assume(isinstance(found, Solution))
    _, all_levels = solved(problem)
    for kept in range(len(problem.wishes)):
        _, some = solved(replace(problem, wishes=problem.wishes[:kept]))
        levels = [name for name in some if not name.startswith("ties")]
        assert [some[name] for name in levels] == [all_levels[name] for name in levels]


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(many(most_experts=12, most_schools=1))
def test_the_optimum_is_the_only_one(problem: Problem) -> None:
    """When the ties are decided nothing else is left: no flow but this one is as good at every level."""
    network = network_of(problem)
    best = optimum(problem, network)
    assume(isinstance(best, Optimum))
    assert isinstance(best, Optimum)
    assert only_one(network, best.face, best.pairs, best.reads)


def test_without_ties_equal_experts_are_noticed() -> None:
    """Two experts between whom nothing decides leave more than one flow, until the ties do."""
    problem = Problem((work("w0", 0),), (expert("e0", 1), expert("e1", 2)), markings(1))
    network, pair, one = network_of(problem), np.array([0]), np.array([1])
    assert not only_one(network, whole(network), pair, one)
    best = optimum(problem, network)
    assert isinstance(best, Optimum)
    assert only_one(network, best.face, best.pairs, best.reads)


def test_a_pair_of_schools_that_met_is_avoided_before_a_long_way() -> None:
    """The first wish decides although the second would like the opposite."""
    who = (expert("e0", 1), expert("e1", 2))
    schools = [(e.expert, next(iter(e.schools))) for e in who]
    met = np.array([[0, 1, 0, 0]] * 4)
    far = np.array([[0, 0, 60, 0]] * 4)
    wishes = tuple(Wish(name, (between_schools(SCHOOLS, table, schools),)) for name, table in (("a", met), ("b", far)))
    found, levels = solved(Problem((work("w0", 0),), who, markings(1), wishes=wishes))
    assert [a.expert for a in found.assignments] == ["e1"]
    assert (levels["wish a"], levels["wish b"]) == (0, 60)


def test_single_experts_can_cost_more() -> None:
    """An addition for one school and one expert counts for each work, and who isn't listed costs nothing."""
    who = (expert("e0", 1), expert("e1", 2))
    wish = Wish("far", (Table({}, {}, np.ones((1, 1), np.int64)),), {(SCHOOLS[0], ExpertId("e0")): 5})
    problem = Problem(tuple(work(f"w{n}", 0) for n in range(4)), who, markings(1), wishes=(wish,))
    found, levels = solved(problem)
    assert levels["wish far"] == 10
    assert verify(problem, found) == ()


@pytest.mark.parametrize("values", [[[-1]], [[1 << 25]], [[0.5]]])
def test_costs_that_are_no_small_whole_numbers_are_refused(values: list[list[float]]) -> None:
    """Negative, huge and fractional costs would break the proof or overflow; they are refused by name."""
    with pytest.raises(BadWish, match="far"):
        Wish("far", (Table({}, {}, np.array(values)),))


def test_levels_come_in_the_stated_order() -> None:
    """Balance, spread, the wishes as listed, ties."""
    problem = Problem((work("w0", 0),), (expert("e0", 1),), markings(1), wishes=(Wish("x"), Wish("a")))
    assert list(solved(problem)[1]) == ["balance", "spread", "wish x", "wish a", "ties 1"]


def test_spread_is_given_up_step_by_step() -> None:
    """Where a school can't meet eight experts it meets as many as there are, evenly."""
    who = tuple(expert(f"e{n}", n % 3 + 1) for n in range(5))
    found, levels = solved(Problem(tuple(work(f"w{n:02d}", 0) for n in range(20)), who, markings(1)))
    assert Counter(a.expert for a in found.assignments) == dict.fromkeys((e.expert for e in who), 4)
    assert levels["spread"] == 10


def test_uneven_loads_come_with_a_proof_that_even_ones_are_impossible() -> None:
    """An expert whom conflicts leave little to mark stays below the others; the potentials prove it."""
    who = (expert("e0", 0), expert("e1", 1), expert("e2", 2))
    works = (*(work(f"w{n}", 0) for n in range(9)), work("w9", 1))
    problem = Problem(works, who, markings(1), conflicts=own_schools(who))
    found, _ = solved(problem)
    assert found.loads == (("e0", 1), ("e1", 5), ("e2", 4)) or found.loads == (("e0", 1), ("e1", 4), ("e2", 5))
    assert verify(problem, found) == ()


def test_a_level_leaves_open_exactly_what_costs_the_same() -> None:
    """After the ties, the face of an allocation of one work holds that allocation only."""
    problem = Problem((work("w0", 0),), (expert("e0", 1), expert("e1", 2)), markings(1))
    network = network_of(problem)
    best = optimum(problem, network)
    assert isinstance(best, Optimum)
    face = whole(network)
    for level, at in best.levels:
        face = narrowed(network, face, level, at)
    assert only_one(network, face, best.pairs, best.reads)
    assert [level.name for level in levels_of(problem, network)] == ["balance", "spread"]
    assert tie_level(network, 2).name == "ties 2"
