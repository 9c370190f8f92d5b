"""Tests of the fill into rows, of repair and of alternation."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from packets.network import network_of
from packets.problem import Problem
from packets.rows import Clashes, alternated, filled, repaired
from tests.packets.instances import expert, markings, work


@settings(max_examples=120, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n, unique=True), min_size=1, max_size=40)
    )
)
def test_every_expert_gives_each_marking_equally_often(rows: list[list[int]]) -> None:
    """For any teams, the same experts mark each work, and an expert's numbers of each marking differ by at most one."""
    teams = np.array(rows, dtype=np.int64)
    found = alternated(teams, 10)
    assert np.array_equal(np.sort(found, axis=1), np.sort(teams, axis=1))
    times = np.array([np.bincount(column, minlength=10) for column in found.T])
    assert (times.max(axis=0) - times.min(axis=0)).max() <= 1


def test_class_sets_of_a_school_meet_the_same_experts() -> None:
    """Classes take turns along the line, so an expert of half the works has about half of each class."""
    works = tuple(work(f"w{n:02d}", 0, "a" if n < 20 else "b") for n in range(40))
    problem = Problem(works, tuple(expert(f"e{n}", n % 2 + 1) for n in range(4)), markings(2))
    teams = filled(network_of(problem), np.arange(4), np.full(4, 20))
    for number in range(4):
        share = Counter(w.class_set for w, team in zip(works, teams.tolist(), strict=True) if number in team)
        assert set(share.values()) == {10}


def linked(*works: str) -> Problem:
    """Two schools of three experts; e0 and e1 also work in one third school."""
    who = (expert("e0", 0, 2), expert("e1", 1, 2), *(expert(f"e{n}", n % 2) for n in range(2, 6)))
    return Problem(tuple(work(w, 3) for w in works), who, markings(2))


def clashes(problem: Problem) -> Clashes:
    return Clashes(problem, network_of(problem))


def test_swaps_keep_experts_of_several_schools_apart() -> None:
    """Two who share their second school are swapped away from each other without changing anybody's count."""
    rows = [[0, 1], [2, 3]]
    assert repaired(rows, clashes(linked("w0", "w1")))
    assert {frozenset(team) for team in rows} == {frozenset({0, 3}), frozenset({1, 2})}


def test_what_no_swap_can_repair_is_admitted() -> None:
    """A single work with two who may not meet can't be repaired by swapping."""
    assert not repaired([[0, 1]], clashes(linked("w0")))


def test_single_schools_need_no_repair() -> None:
    """Only experts of several schools can share a school across parts."""
    assert not clashes(linked("w0")).only_in_parts
    plain = Problem((), tuple(expert(f"e{n}", n % 2) for n in range(4)), markings(2))
    assert clashes(plain).only_in_parts
