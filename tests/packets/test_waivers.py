"""Tests of the least changes that would make an allocation possible."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings

from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.model import ExpertId, Status
from drill.allocate import least
from drill.lexicographic import possible
from drill.odd_allocations import planted
from packets import waivers as module
from packets.calling import Calling
from packets.explain import listed
from packets.problem import Infeasible, Problem, SchoolPairs
from packets.solve import solve
from packets.waivers import MoreCapacity, MoreExperts, OtherPairs, Raise, SameSchool, applied, in_words, said, waivers
from tests.packets.instances import SCHOOLS, expert, many, markings, own_schools, schools, work

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]
CALLED = Calling({SCHOOLS[0]: "7", SCHOOLS[1]: "12"}, {ExpertId("e0"): "Э01", ExpertId("e1"): "Э02"})


def of(problem: Problem, kind: type) -> object:
    return next((waiver for waiver in waivers(problem) if isinstance(waiver, kind)), None)


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(many(most_works=30, most_experts=8))
def test_every_change_offered_makes_it_possible_and_gives_up_no_conflict(problem: Problem) -> None:
    """Where something blocks, every change offered leads to an allocation under the same conflicts."""
    assume(isinstance(solve(problem), Infeasible))
    for waiver in waivers(problem):
        changed = applied(problem, waiver)
        assert possible(changed)
        assert (changed.conflicts, changed.works, changed.statuses) == (
            problem.conflicts,
            problem.works,
            problem.statuses,
        )


@settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
@given(many(most_works=6, most_experts=5, most_schools=1))
def test_no_smaller_change_of_the_kind_is_enough(problem: Problem) -> None:
    """By integer programmes: so much room is needed at least, whoever gets it, and fewer new experts are too few."""
    assume(isinstance(solve(problem), Infeasible))
    assert [waiver for waiver in waivers(problem) if not least(problem, waiver)] == []


@pytest.mark.parametrize("number", range(12))
def test_what_was_planted_is_missing_is_what_is_asked_for(number: int) -> None:
    """Room for what is missing, and not a work more; or new experts for exactly that."""
    one = planted(5, number)
    missing = len(one.works) * len(one.problem.markings) - one.capacity
    more, new = of(one.problem, MoreCapacity), of(one.problem, MoreExperts)
    if isinstance(more, MoreCapacity):
        assert more.room == missing
    assert isinstance(new, MoreExperts)
    assert sum(new.capacities) == missing


def blocked() -> Problem:
    """Four works of school 0, which only e0 and e1 may mark, with room for five of eight markings."""
    who = (expert("e0", 1, capacity=3), expert("e1", 2, capacity=2), expert("e2", 3))
    barred = Conflict(ExpertId("e2"), OfSchool(SCHOOLS[0]), Source.RELATIVE)
    works = tuple(work(f"w{n}", 0) for n in range(4))
    return Problem(works, who, markings(2), conflicts=own_schools(who) | {barred})


def test_capacity_is_raised_where_it_helps_and_evenly() -> None:
    """Nobody can read a work twice: four each, and the barred expert's room would not help."""
    assert of(blocked(), MoreCapacity) == MoreCapacity((Raise(ExpertId("e0"), 3, 4), Raise(ExpertId("e1"), 2, 4)), 3)


def test_a_load_above_the_capacity_counts() -> None:
    """Whoever has more works than the capacity says needs a capacity above the load for one more."""
    problem = Problem((work("w0", 0),), (expert("e0", 1, capacity=2, load=5),), markings(1))
    assert of(problem, MoreCapacity) == MoreCapacity((Raise(ExpertId("e0"), 2, 6),), 1)


def test_nobody_with_capacity_0_is_asked() -> None:
    """They were left out on purpose; a new expert is what is left."""
    problem = Problem((work("w0", 0),), (expert("e0", 1, capacity=0),), markings(1))
    assert [type(waiver) for waiver in waivers(problem)] == [MoreExperts]


def test_markers_of_one_school_are_counted() -> None:
    """Two experts of one school, who may not meet: each of three works needs one marking beside a colleague's."""
    problem = Problem(tuple(work(f"w{n}", 0) for n in range(3)), (expert("e0", 1), expert("e1", 1)), markings(2))
    assert of(problem, SameSchool) == SameSchool(3)
    assert of(problem, MoreCapacity) is None
    assert of(problem, MoreExperts) == MoreExperts((3,), tuple(Status), tuple(sorted(schools(0, 1))))


def test_a_new_expert_is_of_another_school_than_those_concerned() -> None:
    """Of the works, and of those who may mark them: a colleague of theirs could not meet them on a work."""
    found = of(blocked(), MoreExperts)
    assert found == MoreExperts((3,), tuple(Status), (SCHOOLS[0], SCHOOLS[1], SCHOOLS[2]))
    alike = replace(blocked(), different_schools=False)
    assert of(alike, MoreExperts) == MoreExperts((3,), tuple(Status), (SCHOOLS[0],))
    assert of(alike, SameSchool) is None


def test_new_experts_have_the_status_asked_for() -> None:
    """A third marking can't be given by an ordinary one."""
    problem = Problem((work("w0", 0),), (), markings(1), statuses=frozenset({Status.LEAD, Status.SENIOR}))
    assert of(problem, MoreExperts) == MoreExperts((1,), (Status.SENIOR, Status.LEAD), (SCHOOLS[0],))


def test_nobody_at_all_needs_as_many_experts_as_markings() -> None:
    """One alone can't read a work twice."""
    found = of(Problem((work("w0", 0), work("w1", 0)), (), markings(2)), MoreExperts)
    assert found == MoreExperts((2, 2), tuple(Status), (SCHOOLS[0],))


def test_a_change_that_is_not_enough_is_not_offered() -> None:
    """Three experts who pairwise share a school: the flow misses nobody, and only the rule of schools helps."""
    triangle = (expert("e0", 0, 1), expert("e1", 1, 2), expert("e2", 2, 0))
    assert [type(waiver) for waiver in waivers(Problem((work("w0", 3),), triangle, markings(2)))] == [SameSchool]


def test_other_schools_are_offered_where_pairs_stand() -> None:
    """A new expert of another school would be in no pair."""
    problem = Problem(
        (work("w0", 0),),
        (expert("e0", 1), expert("e1", 2)),
        markings(2),
        who=SchoolPairs(frozenset({(SCHOOLS[0], SCHOOLS[1])})),
    )
    assert waivers(problem) == (OtherPairs(),)
    assert "scheme = mixed" in in_words(OtherPairs(), CALLED)


def test_too_large_a_problem_gets_no_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What blocks is said anyway."""
    monkeypatch.setattr(module, "_MOST_PAIRS", 2)
    assert waivers(blocked()) == ()
    assert said(blocked(), CALLED).count("\n") == 1


def test_what_is_said_names_schools_and_experts() -> None:
    """By number and code where they are known, by the token elsewhere."""
    lines = said(blocked(), CALLED).splitlines()
    assert "of the schools 7 (works: 4, markings needed: 8)" in lines[0]
    assert "can take only 5 with the capacity they have (experts: 2): Э01, Э02" in lines[0]
    assert lines[1:] == [
        "Any one of these would make it possible:",
        "- raise capacities, so that 3 more works can be given: Э01 from 3 to 4, Э02 from 2 to 4",
        "- add an expert with the capacity 3, status: any, of a school other than 7, 12, s2",
    ]
    assert said(Problem((), (), markings(1)), CALLED) == ""


def test_long_lists_are_cut_short() -> None:
    """A sentence names a dozen."""
    assert listed(str(n) for n in range(15)).endswith("10, 11, and 3 more")
    assert listed([]) == "-"


def test_both_sentences_for_experts_can_be_said() -> None:
    """One, and several."""
    assert in_words(SameSchool(2), CALLED).startswith("let markers of one school mark the same work")
    several = MoreExperts((2, 1), (Status.LEAD,), (SCHOOLS[0],))
    assert in_words(several, CALLED) == (
        "add experts (2) of different schools, with the capacities 2, 1, status: lead, none of the schools 7"
    )
