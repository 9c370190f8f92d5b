"""Why an expert marks a work, or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfSchool, OfWork, Source
from crosscheck.model import ExpertId, Marking, Status, WorkId
from packets.calling import Calling
from packets.errors import NoSuchExpertHere, NoSuchWorkHere
from packets.problem import Infeasible, Problem, Proven, Solution
from packets.solve import solve
from packets.why import (
    AsGood,
    Dearer,
    Given,
    InConflict,
    NoRoom,
    NotThere,
    ReadBefore,
    SchoolHasRead,
    WrongStatus,
    in_words,
    why,
)
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, problems, schools, work

EXPERTS = (
    expert("a", 0),
    expert("b", 1),
    expert("c", 2, status=Status.SENIOR),
    expert("full", 3, capacity=2, load=2),
    expert("young", 3, status=Status.ORDINARY),
)
PROBLEM = Problem(
    (work("w1", 0, barred=frozenset({ExpertId("c")}), used_schools=schools(3)), work("w2", 1), work("w3", 2)),
    EXPERTS,
    markings(1),
    statuses=frozenset({Status.ORDINARY, Status.SENIOR}),
    conflicts=own_schools(EXPERTS) | {Conflict(ExpertId("a"), OfWork(WorkId("w3")), Source.RELATIVE)},
)


def solved(problem: Problem) -> Solution:
    found = solve(problem)
    assert isinstance(found, Solution)
    return found


def asked(problem: Problem, name: str, who: str) -> object:
    return why(problem, solved(problem), WorkId(name), ExpertId(who))


def test_who_marks_it_is_told_so() -> None:
    """With the marking."""
    assert asked(PROBLEM, "w1", "b") == (Given(Marking(1)),)


def test_every_rule_against_a_pair_is_named() -> None:
    """Not only the first that is found."""
    assert asked(PROBLEM, "w1", "a") == (InConflict((Source.OWN_SCHOOL,)),)
    assert asked(PROBLEM, "w1", "c") == (ReadBefore(),)
    assert asked(PROBLEM, "w1", "full") == (SchoolHasRead((SCHOOLS[3],)), NoRoom(2))
    seniors = replace(PROBLEM, statuses=frozenset({Status.SENIOR}), works=(work("w2", 1),))
    assert asked(seniors, "w2", "young") == (WrongStatus(Status.ORDINARY),)
    named = Calling(schools={SCHOOLS[3]: "12"}, codes={ExpertId("a"): "Э01"}, names={ExpertId("a"): "Иванова А. А."})
    assert in_words(SchoolHasRead((SCHOOLS[3],)), named).endswith("before: 12")
    assert in_words(AsGood((ExpertId("a"),)), named).endswith("were chosen: Э01 Иванова А. А.")
    assert in_words(InConflict((Source.OWN_SCHOOL, Source.RELATIVE))) == "conflict of interest: own school, relative"


def test_who_does_not_come_there_has_no_conflict_of_interest() -> None:
    """It is said as what it is; beside a conflict, as a reason of its own."""
    away = Conflict(ExpertId("b"), OfSchool(SCHOOLS[0]), Source.AWAY)
    problem = replace(PROBLEM, conflicts=PROBLEM.conflicts | {away, replace(away, expert=ExpertId("a"))})
    problem = replace(problem, works=(*problem.works[1:], work("w9", 0)))
    problem = replace(problem, experts=(*problem.experts, expert("d", 2)))
    assert asked(problem, "w9", "b") == (NotThere(),)
    assert asked(problem, "w9", "a") == (InConflict((Source.OWN_SCHOOL,)), NotThere())


def test_who_may_but_was_not_chosen_hears_what_it_would_cost() -> None:
    """Two experts, one of them loaded before: another work for that one makes loads less even."""
    experts = (expert("a", 0, load=4), expert("b", 1))
    problem = Problem((work("w1", 2), work("w2", 2)), experts, markings(1), conflicts=own_schools(experts))
    (answer,) = why(problem, solved(problem), WorkId("w1"), ExpertId("a"))
    assert isinstance(answer, Dearer)
    assert answer.level == "balance"
    assert in_words(answer).startswith("may mark it, but it would cost at least")


def test_unknown_names_are_refused() -> None:
    """By what is unknown."""
    with pytest.raises(NoSuchWorkHere, match="w9"):
        asked(PROBLEM, "w9", "a")
    with pytest.raises(NoSuchExpertHere, match="nobody"):
        asked(PROBLEM, "w1", "nobody")


@settings(max_examples=80, deadline=None)
@given(problems(most_works=8, most_experts=5, most_schools=1), st.data())
def test_what_a_pair_is_said_to_cost_it_costs(problem: Problem, data: st.DataObject) -> None:
    """Forced upon the allocation by barring all others from one marking, the pair costs at least that much more at
    the level named, or more at an earlier one; a forbidden pair can't be forced at all."""
    problem = replace(problem, markings=markings(1))
    solution = solve(problem)
    if not isinstance(solution, Solution) or not problem.works:
        return
    what = data.draw(st.sampled_from(problem.works))
    who = data.draw(st.sampled_from(problem.experts))
    answers = why(problem, solution, what.work, who.expert)
    if isinstance(answers[0], (Given, AsGood)):
        return
    others = frozenset(e.expert for e in problem.experts) - {who.expert}
    forced = replace(
        problem, works=tuple(replace(w, barred=w.barred | others) if w == what else w for w in problem.works)
    )
    found = solve(forced)
    if not isinstance(answers[0], Dearer):
        assert isinstance(found, Infeasible)
        return
    if isinstance(found, Infeasible) or not isinstance(found.certificate, Proven):
        return
    assert isinstance(solution.certificate, Proven)
    before, after = ([level.cost for level in s.certificate.levels] for s in (solution, found))  # type: ignore[union-attr]
    at = [level.level for level in solution.certificate.levels].index(answers[0].level)
    worse_before = after[:at] > before[:at]
    # The forced work is a group of its own: its ties are others, so only costs before the ties are compared.
    if not answers[0].level.startswith("ties"):
        assert worse_before or after[at] >= before[at] + answers[0].more
