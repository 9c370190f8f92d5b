"""Exchanges between works that are alike: readers linked and pages made even, without touching what is proven."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations, product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.allocation_instances import Size, instance
from packets.evening import aims, evened
from packets.exchanging import Board, Offers, board_of, weighed
from packets.joining import bridged, joined, parts_of
from packets.linking import linked
from packets.network import Ints, Network, network_of
from packets.optimum import optimum
from packets.problem import Infeasible, Problem, Solution
from packets.rows import Clashes, filled, kept_apart
from packets.solve import solve
from packets.verify import verify
from tests.packets.instances import expert, many, markings, shuffled, work

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]
SMALL_DISTRICT = instance(Size("small", 400, 16, 8, 8))


def started(problem: Problem) -> tuple[Network, Clashes, Ints] | None:
    """The rows before any exchange; None when there are none that keep everybody apart."""
    network = network_of(problem)
    best = optimum(problem, network)
    if isinstance(best, Infeasible):
        return None
    teams = filled(network, best.pairs, best.reads)
    return None if kept_apart(problem, network, teams) else (network, Clashes(problem, network), teams)


def pages_of(board: Board, problem: Problem) -> Ints:
    pages = {w.work: w.pages for w in problem.works}
    names = sorted(pages)
    return np.array([pages[names[at]] for at in board.order.tolist()], dtype=np.int64)


def over(board: Board, pages: Ints) -> Ints:
    """Pages of those who read anything, less what they should have."""
    reads = np.bincount(board.readers.reshape(-1), np.repeat(pages, board.seats.shape[1]), board.experts)
    return (reads.astype(np.int64) - aims(board, pages))[np.unique(board.readers)]


def common_of(teams: Ints) -> Counter[tuple[int, ...]]:
    """Works that each two experts both read, said once more."""
    return Counter(tuple(sorted(pair)) for team in teams.tolist() for pair in combinations(team, 2))


@settings(max_examples=150, deadline=None, suppress_health_check=QUIET)
@given(many())
def test_exchanges_keep_counts_and_rules(problem: Problem) -> None:
    """Nobody's number of works in a group changes, nobody meets whom they may not, and common works are counted."""
    found = started(problem)
    if found is None:
        return
    network, clashes, teams = found
    board = board_of(network, clashes, teams)
    before = teams.copy()
    assert np.array_equal(board.teams, before)
    joined(board)
    squares = int((board.common**2).sum())
    evened(board, pages_of(board, problem))
    after = board.teams
    for group in range(len(network.size)):
        rows = network.group_of == group
        assert Counter(before[rows].reshape(-1).tolist()) == Counter(after[rows].reshape(-1).tolist())
    assert not len(clashes.of(after))
    assert all(clashes.count(team) == 0 for team in after.tolist())
    assert sum(n * n for n in common_of(after).values()) == int((board.common**2).sum()) <= squares


@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(many(most_works=16, most_experts=6))
def test_pages_get_as_even_as_single_exchanges_can_make_them(problem: Problem) -> None:
    """The largest difference never grows, and of all exchanges none is left that would make pages more even and link
    readers no less evenly: every one of them is tried."""
    found = started(problem)
    if found is None or not len(problem.works):
        return
    board = board_of(*found)
    pages = pages_of(board, problem)
    before = np.ptp(over(board, pages))
    evened(board, pages)
    assert np.ptp(over(board, pages)) <= before
    everybody = np.zeros(board.experts, np.int64)
    everybody[np.unique(board.readers)] = over(board, pages)
    if ((everybody >= 0) & (everybody <= 1)).all():
        return
    places = range(board.seats.shape[1])
    for one, other in combinations(range(len(pages)), 2):
        if board.first[one] != board.first[other]:
            continue
        for at, by in product(places, places):
            change = weighed(board, Offers(*(np.array([n]) for n in (one, at, other, by))))
            gain = int(pages[other] - pages[one])
            here, there = (everybody[board.readers[w, c]] for w, c in ((one, at), (other, by)))
            far = not (0 <= here <= 1 and 0 <= there <= 1)
            better = gain * (here - there + gain) < 0
            assert not (far and better and change.allowed[0] and change.more[0] <= 0)


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(many(most_schools=1), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_no_row(problem: Problem, order: random.Random) -> None:
    """Works of one page and of six, listed in any order."""
    assert solve(shuffled(problem, order)) == solve(problem)


def test_everybody_meets_everybody_where_that_is_possible() -> None:
    """Four experts who read six of twelve works each meet twice each: the ideal."""
    problem = Problem(
        tuple(work(f"w{n:02d}", 0) for n in range(12)), tuple(expert(f"e{n}", 1 + n % 3) for n in range(4)), markings(2)
    )
    problem = replace(problem, different_schools=False)
    network = network_of(problem)
    board = board_of(network, Clashes(problem, network), filled(network, np.arange(4), np.full(4, 6)))
    joined(board)
    assert set(common_of(board.teams).values()) == {2}


def test_a_district_gets_even_pages_and_linked_readers_at_no_cost() -> None:
    """Pages within 2 %, readers compared as surely as the flow lets them be, every proof as it was."""
    found = solve(SMALL_DISTRICT)
    assert isinstance(found, Solution)
    assert verify(SMALL_DISTRICT, found) == ()
    pages = {w.work: w.pages for w in SMALL_DISTRICT.works}
    read = Counter[str]()
    for a in found.assignments:
        read[a.expert] += pages[a.work]
    assert max(read.values()) - min(read.values()) <= 3
    plain = started(SMALL_DISTRICT)
    assert plain is not None
    network, _, teams = plain
    ratio, before = linked(found.assignments).ratio, common_of(teams)
    assert ratio is not None
    assert ratio < 1.2
    number = {e.expert: at for at, e in enumerate(network.experts)}
    rows: dict[str, list[int]] = {}
    for a in found.assignments:
        rows.setdefault(a.work, []).append(number[a.expert])
    after = common_of(np.array([rows[w.work] for w in network.works]))
    assert sum(n * n for n in after.values()) < 0.6 * sum(n * n for n in before.values())


def test_class_sets_meet_whom_they_met() -> None:
    """Where class-sets aren't small, exchanges stay inside them: each keeps exactly its readers."""
    plain, found = started(SMALL_DISTRICT), solve(SMALL_DISTRICT)
    assert plain is not None
    assert isinstance(found, Solution)
    network, _, teams = plain
    class_of, names = {w.work: w.class_set for w in network.works}, [e.expert for e in network.experts]
    sizes = Counter(class_of.values())
    before = Counter(
        (w.class_set, names[e]) for w, team in zip(network.works, teams.tolist(), strict=True) for e in team
    )
    after = Counter((class_of[a.work], a.expert) for a in found.assignments)
    large = {name for name, n in sizes.items() if n >= 12}
    assert len(large) > 10
    assert {k: n for k, n in before.items() if k[0] in large} == {k: n for k, n in after.items() if k[0] in large}


def test_parts_are_linked_across_class_sets() -> None:
    """Two class-sets of a school whose readers never meet otherwise: one exchange links all four, and moves no page."""
    works = tuple(work(f"w{n:02d}", 0, "a" if n < 14 else "b", pages=1 + n % 5) for n in range(28))
    problem = Problem(works, tuple(expert(f"e{n}", 1 + n % 3) for n in range(4)), markings(2), different_schools=False)
    network = network_of(problem)
    teams = np.array([[0, 1]] * 14 + [[2, 3]] * 14)
    pages = np.array([w.pages for w in works])
    before = np.bincount(teams.reshape(-1), np.repeat(pages, 2))
    assert len(set(parts_of(teams, 4).tolist())) == 2
    assert bridged(network, Clashes(problem, network), teams, pages) == 1
    assert set(parts_of(teams, 4).tolist()) == {0}
    assert np.bincount(teams.reshape(-1)).tolist() == [14] * 4
    assert np.array_equal(np.bincount(teams.reshape(-1), np.repeat(pages, 2)), before)


def test_parts_that_may_not_meet_stay_apart() -> None:
    """All four work in one school: nothing is exchanged, nothing is broken."""
    works = tuple(work(f"w{n:02d}", 0, "a" if n < 14 else "b") for n in range(28))
    problem = Problem(works, (expert("e0", 1), expert("e1", 2), expert("e2", 1, 2), expert("e3", 3)), markings(2))
    network = network_of(problem)
    teams = np.array([[0, 1]] * 14 + [[2, 3]] * 14)
    bridged(network, Clashes(problem, network), teams, np.ones(28, np.int64))
    assert not len(Clashes(problem, network).of(teams))


def test_who_reads_twice_as_many_works_gets_twice_the_pages() -> None:
    """Pages are even among experts with as many works; others have them in proportion."""
    works = tuple(work(f"w{n:02d}", 0, pages=1 + n % 6) for n in range(30))
    problem = Problem(works, (expert("a", 1, capacity=5), *(expert(name, 1) for name in "bcd")), markings(1))
    found = solve(problem)
    assert isinstance(found, Solution)
    read, pages = Counter[str](), {w.work: w.pages for w in works}
    for a in found.assignments:
        read[a.expert] += pages[a.work]
    assert sum(read.values()) == 105
    assert read["a"] in (17, 18)
    assert max(read[e] for e in "bcd") - min(read[e] for e in "bcd") <= 1
