"""Tests of explanations of what blocks an allocation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import HealthCheck, assume, given, settings

import packets.errors
from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.errors import CrosscheckError
from crosscheck.model import ExpertId
from packets.calling import Calling
from packets.explain import _SENTENCES, Blocking, NothingBlocks, Reason, explain, sentence
from packets.problem import Group, Infeasible, Problem, Solution
from packets.solve import solve
from tests.packets.instances import expert, least_squares, many, markings, own_schools, problems, schools, work


def only(problem: Problem, groups: tuple[Group, ...]) -> Problem:
    return replace(problem, works=tuple(w for group in groups for w in group.works))


@settings(max_examples=90, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(problems(most_works=5, most_experts=5, most_schools=1))
def test_what_blocks_is_infeasible_and_irreducible_by_brute_force(problem: Problem) -> None:
    """The set named can't be allocated on its own, and without any one of its groups it can."""
    found = explain(problem)
    if isinstance(found, NothingBlocks):
        assert least_squares(problem) is not None
        return
    assert least_squares(only(problem, found.groups)) is None
    for group in found.groups:
        fewer = tuple(other for other in found.groups if other is not group)
        assert least_squares(only(problem, fewer)) is not None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(problems(most_works=4, most_experts=4, most_schools=1))
def test_the_capacity_named_is_what_can_be_served(problem: Problem) -> None:
    """Fewer reads than needed can be served, and leaving out enough whole works makes the rest possible."""
    found = explain(problem)
    assume(isinstance(found, Blocking))
    assert isinstance(found, Blocking)
    assert 0 <= found.capacity < found.reads == found.works * len(problem.markings)
    blocked = only(problem, found.groups)
    most = max(
        len(kept) * len(problem.markings)
        for size in range(2 ** len(blocked.works))
        if least_squares(replace(blocked, works=(kept := _subset(blocked, size)))) is not None
    )
    assert most <= found.capacity


def _subset(problem: Problem, bits: int) -> tuple:  # type: ignore[type-arg]
    return tuple(w for at, w in enumerate(problem.works) if bits >> at & 1)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(many(most_works=60, most_schools=1))
def test_what_is_named_blocks_at_any_size_and_nothing_in_it_can_be_left_out(problem: Problem) -> None:
    """Either everything is allocated, or the set named is impossible alone and possible without any of its groups."""
    found = explain(problem)
    assert isinstance(found, NothingBlocks) == isinstance(solve(problem), Solution)
    if isinstance(found, Blocking):
        assert isinstance(solve(only(problem, found.groups)), Infeasible)
        for group in found.groups:
            assert isinstance(solve(only(problem, tuple(g for g in found.groups if g is not group))), Solution)


def test_a_planted_bottleneck_is_found_exactly() -> None:
    """Of many schools the one that only two nearly full experts may mark is named, with its numbers."""
    who = (*(expert(f"e{n}", 3) for n in range(6)), expert("f0", 1, capacity=3), expert("f1", 2, capacity=4))
    barred = frozenset(Conflict(ExpertId(f"e{n}"), OfSchool(*schools(0)), Source.DECLARED) for n in range(6))
    works = (*(work(f"w{n}", 0) for n in range(4)), *(work(f"v{n}", 1) for n in range(9)))
    problem = Problem(works, who, markings(2), different_schools=False, conflicts=barred)
    found = explain(problem)
    assert isinstance(found, Blocking)
    assert (found.reason, found.schools) == (Reason.ROOM, tuple(schools(0)))
    assert (found.works, found.reads, found.experts, found.capacity) == (4, 8, ("f0", "f1"), 7)
    assert "works: 4" in sentence(found, Calling())
    assert "only 7" in sentence(found, Calling())


@pytest.mark.parametrize(
    ("who", "reason", "capacity"),
    [
        ((), Reason.NOBODY, 0),
        ((expert("e0", 1, capacity=1), expert("e1", 2, capacity=0)), Reason.ROOM, 1),
        ((expert("e0", 1), expert("e1", 2, capacity=0)), Reason.ROOM, 2),
        ((expert("e0", 1),), Reason.EXPERTS, 2),
        ((expert("e0", 1), expert("e1", 1)), Reason.SCHOOLS, 2),
    ],
)
def test_each_reason_is_told_apart(who: tuple, reason: Reason, capacity: int) -> None:  # type: ignore[type-arg]
    """Nobody, too little room, too few experts and too few schools are different sentences."""
    found = explain(Problem((work("w0", 0), work("w1", 0)), who, markings(2)))
    assert isinstance(found, Blocking)
    assert (found.reason, found.capacity) == (reason, capacity)


def test_experts_linked_through_several_schools_are_explained() -> None:
    """Where only a full search shows that nobody can be kept apart, the reason is the schools."""
    triangle = (expert("e0", 0, 1), expert("e1", 1, 2), expert("e2", 2, 0))
    found = explain(Problem((work("w0", 3),), triangle, markings(2)))
    assert isinstance(found, Blocking)
    assert (found.reason, found.works, found.capacity) == (Reason.SCHOOLS, 1, 1)


def linked_and_full() -> Problem:
    """Four works would need e2 four times, who has room for three. But the three of school 0 are impossible already:
    e1 shares a school with both others who may mark them, and e0 has room for two."""
    who = (
        expert("e0", 3, capacity=2),
        expert("e1", 3, 2, capacity=2),
        expert("e2", 2, 1, capacity=3),
        expert("e3", 0, capacity=3),
        expert("e4", 0, capacity=3),
    )
    works = (*(work(f"w{n}", 0) for n in range(3)), work("v", 3))
    return Problem(works, who, markings(2), conflicts=own_schools(who))


def test_a_full_search_makes_smaller_what_the_cut_found() -> None:
    """Where a cut and shared schools both block, only the works that block by themselves are named."""
    problem = linked_and_full()
    found = explain(problem)
    assert isinstance(found, Blocking)
    assert found.schools == tuple(schools(0))
    assert least_squares(only(problem, found.groups)) is None
    assert least_squares(replace(problem, works=problem.works[3:])) is not None


def test_a_possible_allocation_has_nothing_to_explain() -> None:
    """Nothing blocks what can be allocated."""
    assert explain(Problem((work("w0", 0),), (expert("e0", 1),), markings(1))) == NothingBlocks()


def test_every_sentence_has_its_russian_words() -> None:
    """Each sentence of explanations and errors is translated, with the same fields."""
    listed = Path(packets.errors.__file__).with_name("messages_ru.txt").read_text(encoding="utf-8")
    words = dict(line.split("\t") for line in listed.splitlines())
    kinds = [k for k in vars(packets.errors).values() if isinstance(k, type) and issubclass(k, CrosscheckError)]
    errors = [k for k in kinds if "number" in k.__dict__]
    said = {*_SENTENCES.values(), *(k.sentence for k in errors), *(k.remedy for k in errors)}
    assert said <= set(words)
    for message in said:
        assert fields(message) == fields(words[message])


def fields(message: str) -> set[str]:
    """Names between braces."""
    return {name for _, name, _, _ in Formatter().parse(message) if name is not None}
