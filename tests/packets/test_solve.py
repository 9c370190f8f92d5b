"""Tests of allocation."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscheck.model import SECOND_MARKING, THIRD_MARKING, ExpertId, Marking, Status
from drill.plain_rules import valid
from packets.errors import (
    AllocationTooLarge,
    AllocationUndecided,
    BadMarkings,
    BadSpread,
    DuplicateExpert,
    DuplicateWork,
    NegativeCapacity,
    SolverFailed,
)
from packets.problem import Infeasible, Problem, Proven, Solution, Unproven
from packets.solve import solve
from packets.verify import verify
from tests.packets.instances import (
    expert,
    least_squares,
    many,
    markings,
    own_schools,
    problems,
    schools,
    shuffled,
    work,
)

MODEST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def solved(problem: Problem) -> Solution:
    found = solve(problem)
    assert isinstance(found, Solution)
    return found


def district(works: int = 60, experts: int = 12) -> Problem:
    who = tuple(expert(f"e{n:02d}", n % 4) for n in range(experts))
    what = tuple(work(f"w{n:03d}", n % 4, "abc"[n % 3]) for n in range(works))
    return Problem(what, who, markings(2), conflicts=own_schools(who))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(many(most_schools=1))
def test_whatever_is_allocated_keeps_every_rule(problem: Problem) -> None:
    """A solution is valid by an independent reading of the rules, and the verifier agrees."""
    found = solve(problem)
    if isinstance(found, Solution):
        assert valid(problem, found.assignments)
        assert verify(problem, found) == ()


@settings(max_examples=90, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(most_works=5, most_experts=5, most_schools=2))
def test_infeasible_and_balance_agree_with_brute_force(problem: Problem) -> None:
    """An allocation is found exactly when one exists, and no other one has more even loads."""
    best = least_squares(problem)
    found = solve(problem)
    if best is None:
        assert found == Infeasible(problem.reads)
    else:
        assert isinstance(found, Solution)
        assert sum(load * load for _, load in found.loads) == best


@MODEST
@given(problems(most_works=15))
def test_experts_of_several_schools_break_no_rule(problem: Problem) -> None:
    """The same where experts work in several schools."""
    found = solve(problem)
    if isinstance(found, Solution):
        assert valid(problem, found.assignments)
        assert verify(problem, found) == ()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(many(most_works=40, most_schools=1), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(problem: Problem, order: random.Random) -> None:
    """The same works and experts in another order give the identical solution."""
    assert solve(shuffled(problem, order)) == solve(problem)


@MODEST
@given(problems(most_works=25))
def test_markings_alternate(problem: Problem) -> None:
    """How often an expert gives each of the markings differs by at most one."""
    found = solve(problem)
    if isinstance(found, Solution):
        for who in problem.experts:
            times = Counter(a.marking for a in found.assignments if a.expert == who.expert)
            kinds = [times[m] for m in problem.markings]
            assert max(kinds) - min(kinds) <= 1


def test_loads_differ_by_at_most_one_where_nothing_hinders() -> None:
    """A district with enough experts everywhere gets loads of the mean, rounded up or down."""
    loads = [load for _, load in solved(district(61)).loads]
    assert sum(loads) == 122
    assert max(loads) - min(loads) <= 1


def test_earlier_load_counts_towards_balance() -> None:
    """Who has read more already gets less."""
    problem = Problem(
        tuple(work(f"w{n}", 0) for n in range(6)), (expert("e0", 1, load=4), expert("e1", 2)), (THIRD_MARKING,)
    )
    assert solved(problem).loads == (("e0", 5), ("e1", 5))


def test_works_of_a_school_spread_over_the_experts_asked_for() -> None:
    """With the default spread of 8, the works of every school meet at least 8 of the 9 experts who may have them."""
    found, problem = solved(district(120)), district(120)
    school = {w.work: w.school for w in problem.works}
    meets = Counter(s for s, _ in {(school[a.work], a.expert) for a in found.assignments})
    assert min(meets.values()) >= 8


def test_spread_is_given_up_before_balance_and_rules() -> None:
    """One expert may get everything although a spread of 8 is wished."""
    problem = Problem(tuple(work(f"w{n}", 0) for n in range(9)), (expert("e0", 1),), markings(1))
    assert solved(problem).loads == (("e0", 9),)


def test_another_seed_gives_another_allocation_that_is_as_even() -> None:
    """The seed chooses among equals."""
    first, second = solved(district()), solved(replace(district(), seed=1))
    assert first.assignments != second.assignments
    assert sorted(load for _, load in first.loads) == sorted(load for _, load in second.loads)


def test_only_the_statuses_asked_for_are_used() -> None:
    """A third marking goes to the senior expert although ordinary ones are free."""
    who = (expert("e0", 1), expert("e1", 2, status=Status.SENIOR), expert("e2", 3))
    problem = Problem((work("w0", 0),), who, (THIRD_MARKING,), statuses=frozenset({Status.SENIOR, Status.LEAD}))
    assert [a.expert for a in solved(problem).assignments] == ["e1"]


def test_schools_of_earlier_markers_are_avoided() -> None:
    """A later marking goes to a school that has not read the work."""
    item = work("w0", 0, barred=frozenset({ExpertId("e0")}), used_schools=schools(1))
    problem = Problem((item,), (expert("e0", 1), expert("e1", 1), expert("e2", 2)), (SECOND_MARKING,))
    assert [a.expert for a in solved(problem).assignments] == ["e2"]
    assert isinstance(solve(replace(problem, experts=problem.experts[:2])), Infeasible)


@pytest.mark.parametrize("seed", range(6))
def test_experts_of_several_schools_are_kept_apart(seed: int) -> None:
    """Part-timers who link all schools don't meet a colleague, and loads stay as even as before."""
    who = tuple(
        expert(f"e{n:02d}", n % 4, (n + 1) % 4) if n % 3 == 0 else expert(f"e{n:02d}", n % 4) for n in range(16)
    )
    problem = Problem(tuple(work(f"w{n:02d}", n % 4) for n in range(48)), who, markings(2), seed=seed)
    found = solved(problem)
    assert valid(problem, found.assignments)
    assert verify(problem, found) == ()
    assert {load for _, load in found.loads} == {6}


def test_experts_of_several_schools_are_kept_away_where_search_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without search, they don't mark the groups they can't be kept apart in, and no proof is claimed."""
    monkeypatch.setattr("packets.solve._SEARCHABLE", 0)
    who = tuple(
        expert(f"e{n:02d}", n % 4, (n + 1) % 4) if n % 3 == 0 else expert(f"e{n:02d}", n % 4) for n in range(16)
    )
    problem = Problem(tuple(work(f"w{n:02d}", n % 4) for n in range(48)), who, markings(2))
    found = solved(problem)
    assert isinstance(found.certificate, Unproven)
    assert "kept away" in found.certificate.reason
    assert valid(problem, found.assignments)
    assert {load for _, load in found.loads} == {6}


def test_a_ring_of_schools_leaves_two_teams() -> None:
    """Four experts, each sharing a school with both neighbours, can meet only across the ring."""
    ring = tuple(expert(f"e{n}", n, (n + 1) % 4) for n in range(4))
    problem = Problem(tuple(work(f"w{n}", 0) for n in range(2)), ring, markings(2), spread=1)
    found = solved(problem)
    assert {frozenset(a.expert for a in found.assignments if a.work == w.work) for w in problem.works} <= {
        frozenset({"e0", "e2"}),
        frozenset({"e1", "e3"}),
    }
    assert verify(problem, found) == ()


def test_three_schools_in_a_triangle_are_infeasible() -> None:
    """Three experts who pairwise share a school can't mark one work twice, though no school is shared by all."""
    triangle = (expert("e0", 0, 1), expert("e1", 1, 2), expert("e2", 2, 0))
    problem = Problem((work("w0", 3),), triangle, markings(2))
    assert isinstance(solve(problem), Infeasible)


def test_nothing_to_allocate_is_allocated() -> None:
    """No works give an empty allocation with everybody's earlier load."""
    found = solved(Problem((), (expert("e0", 0, load=2),), markings(2)))
    assert found.assignments == ()
    assert found.loads == (("e0", 2),)


def test_nobody_to_mark_is_infeasible() -> None:
    """Works without experts are infeasible, not an error."""
    assert isinstance(solve(Problem((work("w0", 0),), (), markings(1))), Infeasible)


def test_bad_problems_are_refused() -> None:
    """Duplicates, no or repeated markings, negative capacity and a spread of 0 are refused by name."""
    one, who = work("w0", 0), expert("e0", 1)
    with pytest.raises(DuplicateWork, match="w0"):
        Problem((one, one), (who,), markings(1))
    with pytest.raises(DuplicateExpert, match="e0"):
        Problem((one,), (who, who), markings(1))
    with pytest.raises(BadMarkings, match="none"):
        Problem((one,), (who,), ())
    with pytest.raises(BadMarkings, match="1, 1"):
        Problem((one,), (who,), (Marking(1), Marking(1)))
    with pytest.raises(NegativeCapacity, match="-1"):
        Problem((one,), (replace(who, capacity=-1),), markings(1))
    with pytest.raises(BadSpread, match="0"):
        Problem((one,), (who,), markings(1), spread=0)


def test_costs_beyond_exact_arithmetic_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An allocation whose costs could overflow is refused before the solver sees it."""
    monkeypatch.setattr("packets.flow._LARGEST_COST", 10)
    with pytest.raises(AllocationTooLarge, match="60 works"):
        solve(district())


def test_a_solver_that_fails_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A status other than optimal never yields an allocation."""

    class Broken:
        OPTIMAL = 1

        def add_arcs_with_capacity_and_unit_cost(self, *_: object) -> list[int]:
            return []

        def set_nodes_supplies(self, *_: object) -> None: ...

        def solve(self) -> int:
            return 5

    monkeypatch.setattr("packets.flow.min_cost_flow.SimpleMinCostFlow", Broken)
    with pytest.raises(SolverFailed, match="5"):
        solve(district())


def test_a_search_that_runs_out_of_effort_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undecided is neither feasible nor infeasible."""
    monkeypatch.setattr("packets.shared_schools.EFFORT", 0.0)
    triangle = (expert("e0", 0, 1), expert("e1", 1, 2), expert("e2", 2, 0))
    with pytest.raises(AllocationUndecided, match="1 works"):
        solve(Problem((work("w0", 3),), triangle, markings(2)))


def test_a_search_within_groups_keeps_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """When swapping fails but other rows with the same counts exist, these are found and the proof stays one."""
    monkeypatch.setattr("packets.rows.repaired", lambda *_: False)
    who = tuple(expert(f"e{n}", n, (n + 1) % 4) for n in range(4))
    problem = Problem(tuple(work(f"w{n}", 0) for n in range(4)), who, markings(2))
    found = solved(problem)
    assert isinstance(found.certificate, Proven)
    assert valid(problem, found.assignments)
    assert verify(problem, found) == ()


def test_experts_of_three_schools_each_are_kept_apart_by_search() -> None:
    """Where swapping leaves some groups mixed, a search over these alone keeps the loads as even as they were."""
    chance = random.Random(3)
    who = tuple(expert(f"e{n:02d}", *chance.sample(range(4), chance.choice((1, 2, 2)))) for n in range(10))
    problem = Problem(tuple(work(f"w{n:02d}", n % 4) for n in range(16)), who, markings(2), seed=3)
    found = solved(problem)
    assert isinstance(found.certificate, Unproven)
    assert valid(problem, found.assignments)
    loads = [load for _, load in found.loads]
    assert max(loads) - min(loads) <= 1
