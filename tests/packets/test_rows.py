"""Tests of the fill into rows, of repair and of alternation."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import ExpertId, WorkId
from packets.problem import Problem, cliques_of, groups_of
from packets.rows import Clashes, alternated, fill, repaired
from tests.packets.instances import expert, markings, work


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            st.just(n), st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n, unique=True), max_size=40)
        )
    )
)
def test_every_expert_gives_each_marking_equally_often(case: tuple[int, list[list[int]]]) -> None:
    """For any rows, markings of a work are all different and those of an expert differ by at most one."""
    number, teams = case
    rows = {WorkId(f"w{n:02d}"): [ExpertId(f"e{e}") for e in team] for n, team in enumerate(teams)}
    found = alternated(rows, markings(number))
    assert Counter((a.work, a.expert) for a in found) == Counter((w, e) for w, team in rows.items() for e in team)
    assert len({(a.work, a.marking) for a in found}) == number * len(teams)
    for name in {a.expert for a in found}:
        times = Counter(a.marking for a in found if a.expert == name)
        assert max(times[m] for m in markings(number)) - min(times[m] for m in markings(number)) <= 1


def test_class_sets_of_a_school_meet_the_same_experts() -> None:
    """Classes take turns along the line, so an expert of half the works has about half of each class."""
    works = tuple(work(f"w{n:02d}", 0, "a" if n < 20 else "b") for n in range(40))
    problem = Problem(works, tuple(expert(f"e{n}", n % 2 + 1) for n in range(4)), markings(2))
    (group,) = groups_of(problem)
    rows = fill(problem, group, {ExpertId(f"e{n}"): 20 for n in range(4)}, cliques_of(problem))
    class_of = {w.work: w.class_set for w in works}
    for name in ("e0", "e1", "e2", "e3"):
        share = Counter(class_of[w] for w, team in rows.items() if name in team)
        assert set(share.values()) == {10}


def linked(*works: str) -> Problem:
    """Two schools of three experts; e0 and e1 also work in one third school."""
    who = (expert("e0", 0, 2), expert("e1", 1, 2), *(expert(f"e{n}", n % 2) for n in range(2, 6)))
    return Problem(tuple(work(w, 3) for w in works), who, markings(2))


def test_swaps_keep_experts_of_several_schools_apart() -> None:
    """Two who share their second school are swapped away from each other without changing anybody's count."""
    rows = {WorkId("w0"): [ExpertId("e0"), ExpertId("e1")], WorkId("w1"): [ExpertId("e2"), ExpertId("e3")]}
    assert repaired(rows, Clashes(linked("w0", "w1")))
    assert {frozenset(team) for team in rows.values()} == {frozenset({"e0", "e3"}), frozenset({"e1", "e2"})}


def test_what_no_swap_can_repair_is_admitted() -> None:
    """A single work with two who may not meet can't be repaired by swapping."""
    assert not repaired({WorkId("w0"): [ExpertId("e0"), ExpertId("e1")]}, Clashes(linked("w0")))


def test_single_schools_need_no_repair() -> None:
    """Only experts of several schools can share a school across parts."""
    assert not Clashes(linked("w0")).only_in_parts
    plain = Problem((), tuple(expert(f"e{n}", n % 2) for n in range(4)), markings(2))
    assert Clashes(plain).only_in_parts
