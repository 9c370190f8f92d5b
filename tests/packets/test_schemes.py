"""Whole class-sets, pairs of schools and tournaments: other ways to share works out, under the same hard rules."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import ClassToken, ExpertId, SchoolToken, WorkId
from packets.exporting import exported, imported
from packets.network import network_of
from packets.optimum import Optimum, optimum
from packets.pieces import Pieces, exchanged, fewer, pieces_of
from packets.problem import ExpertCapacity, Infeasible, Problem, SchoolPairs, Solution, Together, WorkToAssign
from packets.schemes import kept_whole, tournament
from packets.solve import solve
from packets.verify import verify
from packets.why import OtherPair, why
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, problems, shuffled, work


def district(seed: int) -> Problem:
    """Some 580 works of 8 schools in class-sets of 18 to 30, 24 experts, three of each school, two markings."""
    chance, works, who = random.Random(seed), list[WorkToAssign](), list[ExpertCapacity]()
    for school in (SchoolToken(f"s{n}") for n in range(8)):
        for letter in "abc":
            for _ in range(chance.randint(18, 30)):
                works.append(WorkToAssign(WorkId(f"w{len(works):03d}"), school, ClassToken(f"{school}-{letter}")))
            who.append(ExpertCapacity(ExpertId(f"e{len(who):02d}"), frozenset({school}), 60))
    return Problem(tuple(works), tuple(who), markings(2), conflicts=own_schools(tuple(who)), seed=seed)


def pieces(problem: Problem, solution: Solution) -> Counter[tuple[ClassToken, ExpertId]]:
    """Works of each class-set that each expert marks."""
    class_set = {w.work: w.class_set for w in problem.works}
    return Counter((class_set[a.work], a.expert) for a in solution.assignments)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_whole_class_sets_keep_every_rule_and_even_loads(problem: Problem) -> None:
    """Whatever was possible still is, verified, and loads are as even as without the wish."""
    problem = replace(problem, together=Together.CLASS_SET, spread=1)
    plain, whole = solve(problem), solve(wanted := kept_whole(problem))
    if isinstance(plain, Infeasible) or isinstance(whole, Infeasible):
        assert plain == whole
        return
    assert verify(wanted, whole) == ()
    assert whole.objective == plain.objective
    assert len(pieces(problem, whole)) <= len(pieces(problem, plain))


@pytest.mark.parametrize("seed", range(3))
def test_fewer_class_sets_are_cut_than_there_are_experts(seed: int) -> None:
    """A class-set in `n` pieces is cut `n - markings` times; at most one cut for each expert, and far fewer than when
    works are mixed."""
    problem = district(seed)
    mixed, whole = solve(problem), solve(kept_whole(problem))
    assert isinstance(mixed, Solution)
    assert isinstance(whole, Solution)
    least = len({w.class_set for w in problem.works}) * len(problem.markings)
    cuts = len(pieces(problem, whole)) - least
    assert cuts <= len(problem.experts)
    assert cuts < (len(pieces(problem, mixed)) - least) / 3


def test_what_the_search_finds_does_not_depend_on_the_order_of_the_input() -> None:
    """The same works and experts in another order give the same file."""
    problem = district(1)
    other = kept_whole(shuffled(problem, random.Random(5)))
    one = kept_whole(problem)
    assert exported(one, solved(one)) == exported(other, solved(other))


def solved(problem: Problem) -> Solution:
    found = solve(problem)
    assert isinstance(found, Solution)
    return found


def test_an_exchange_moves_no_load_and_makes_no_more_pieces() -> None:
    """Two experts share out anew what both had: nothing is lost, and nobody reads more of a class-set than it has."""
    problem = replace(district(2), together=Together.CLASS_SET, spread=1)
    network = network_of(problem)
    best = optimum(problem, network)
    assert isinstance(best, Optimum)
    held, lot = pieces_of(network, best.pairs, best.reads), random.Random(3)
    for _ in range(400):
        before, loads, sums = held.count, [sum(r.values()) for r in held.reads], totals(held)
        one, other = lot.sample(range(len(held.experts)), 2)
        exchanged(held, one, other, lot)
        assert held.count <= before
        assert [sum(r.values()) for r in held.reads] == loads
        assert totals(held) == sums
        assert all(0 < count <= held.works[c] for reads in held.reads for c, count in reads.items())
    assert fewer(held, 1).count < network.reads


def totals(held: Pieces) -> Counter[int]:
    found = Counter[int]()
    for reads in held.reads:
        found.update(reads)
    return found


@given(st.sets(st.text("abcdef", min_size=1, max_size=3), max_size=24), st.integers(0, 9))
@settings(deadline=None)
def test_in_a_tournament_nobody_marks_those_who_mark_them(names: set[str], seed: int) -> None:
    """Every school has the same number of others for it, half of them, and no two schools mark each other."""
    pairs = tournament(map(SchoolToken, names), seed).pairs
    assert all((other, one) not in pairs for one, other in pairs)
    assert set(Counter(one for one, _ in pairs).values()) <= {(len(names) - 1) // 2}
    assert set(Counter(other for _, other in pairs).values()) <= {(len(names) - 1) // 2}
    assert pairs == tournament(map(SchoolToken, sorted(names)), seed).pairs


def test_another_seed_draws_another_ring() -> None:
    """Who marks whom is drawn by lot, not read off a list."""
    names = [SchoolToken(f"s{n}") for n in range(9)]
    assert len({tournament(names, seed) for seed in range(5)}) == 5


def test_works_go_only_where_the_pairs_send_them() -> None:
    """Of three other schools only the two that are named get works; `why` says so of the third."""
    works = tuple(work(f"w{n}", 0) for n in range(4))
    who = (expert("e1", 1), expert("e2", 2), expert("e3", 3))
    pairs = SchoolPairs(frozenset({(SCHOOLS[0], SCHOOLS[1]), (SCHOOLS[0], SCHOOLS[3])}))
    problem = Problem(works, who, markings(2), who=pairs)
    found = solved(problem)
    assert {a.expert for a in found.assignments} == {"e1", "e3"}
    assert why(problem, found, works[0].work, ExpertId("e2")) == (OtherPair(),)
    assert imported(exported(problem, found)) == (problem, found)


def test_a_school_that_no_pair_names_has_nobody() -> None:
    """Its works are not given to anybody in silence."""
    pairs = SchoolPairs(frozenset({(SCHOOLS[0], SCHOOLS[1])}))
    problem = Problem((work("w0", 0), work("w1", 2)), (expert("e1", 1),), markings(1), who=pairs)
    assert isinstance(solve(problem), Infeasible)
