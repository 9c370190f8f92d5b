"""Tests of allocations that might be: nothing is recorded, and everything is beside what is today."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from crosscheck import facts
from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.model import ExpertId, SchoolToken, Status, WorkId
from crosscheck.procedure import Scheme
from packets.calling import Calling
from packets.costs import Wish, between_schools
from packets.errors import NoSuchExpertHere, NoSuchSchoolHere
from packets.problem import Infeasible, Problem, SchoolPairs, Together
from packets.schemes import WHOLE, kept_whole, tournament
from packets.solve import solve
from packets.what_if import (
    AddExpert,
    AddSchool,
    Asked,
    Capacity,
    Change,
    WithoutExpert,
    WithoutSchool,
    beside,
    changed,
    meant,
    outlook,
)
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, schools, work
from tests.packets.test_assigning import numbered, refused  # noqa: F401 - a fixture
from tests.stations import Desk

NEW = ExpertId("new 1")


def base() -> Problem:
    who = (expert("e0", 1, capacity=4), expert("e1", 2, capacity=4), expert("e2", 3, capacity=0), expert("f", 1, 2))
    works = (*(work(f"w{n}", 0) for n in range(3)), work("v", 3))
    distance = np.array([[0, 1, 2, 3]] * 4)
    wish = Wish("way", (between_schools(SCHOOLS, distance, [(e.expert, min(e.schools)) for e in who]),))
    return Problem(works, who, markings(2), conflicts=own_schools(who), wishes=(wish,))


def after(*changes: Change) -> Problem:
    return changed(base(), changes, Scheme.MIXED)


def capacities(problem: Problem) -> dict[str, int]:
    return {e.expert: e.capacity for e in problem.experts}


def test_capacities_change_for_one_or_for_all_who_have_any() -> None:
    """To a number or by one, never below 0; capacity 0 of all stays, as a statement, and may be given to one."""
    assert capacities(after(Capacity(ExpertId("e0"), 9, False)))["e0"] == 9
    assert capacities(after(Capacity(None, -5, True))) == {"e0": 0, "e1": 0, "e2": 0, "f": 95}
    assert capacities(after(Capacity(ExpertId("e2"), 3, True)))["e2"] == 3


def test_a_new_expert_is_as_any_of_the_school() -> None:
    """Barred from its works, as far away as a colleague, with the lowest status that may mark."""
    problem = after(AddExpert(SCHOOLS[2], 7), AddExpert(SchoolToken("elsewhere"), 8))
    first, second = problem.experts[-2:]
    assert (first.expert, first.capacity, first.schools) == (NEW, 7, schools(2))
    assert Conflict(NEW, OfSchool(SCHOOLS[2]), Source.OWN_SCHOOL) in problem.conflicts
    columns = problem.wishes[0].tables[0].columns
    assert columns[NEW] == columns[ExpertId("e1")]
    assert second.expert not in columns
    seniors = replace(base(), statuses=frozenset({Status.LEAD, Status.SENIOR}))
    assert changed(seniors, [AddExpert(SCHOOLS[2], 7)], Scheme.MIXED).experts[-1].status is Status.SENIOR


def test_schools_come_and_go_with_their_works() -> None:
    """And with the experts who work nowhere else."""
    assert {e.expert for e in after(WithoutSchool(SCHOOLS[1])).experts} == {"e1", "e2", "f"}
    assert [w.work for w in after(WithoutSchool(SCHOOLS[0])).works] == ["v"]
    assert {e.expert for e in after(WithoutExpert(ExpertId("e1"))).experts} == {"e0", "e2", "f"}
    more = after(AddSchool(SchoolToken("n"), 2)).works[-2:]
    assert [(w.work, w.school) for w in more] == [(WorkId("n 0"), "n"), (WorkId("n 1"), "n")]


def test_schemes_are_made_anew() -> None:
    """The ring of schools is drawn with the new ones, pieces of class-sets are sought for the new works."""
    ring = replace(base(), who=tournament(SCHOOLS, 0))
    there = changed(ring, [AddSchool(SchoolToken("n"), 2)], Scheme.TOURNAMENT).who
    assert isinstance(there, SchoolPairs)
    assert there == tournament((*SCHOOLS, SchoolToken("n")), 0)
    assert changed(ring, [AddSchool(SchoolToken("n"), 2)], Scheme.PAIRS).who == ring.who
    whole = changed(kept_whole(base()), [AddExpert(SCHOOLS[2], 7)], Scheme.CLASS_SETS)
    assert [wish.name for wish in whole.wishes] == [WHOLE, "way"]
    assert whole.together is Together.CLASS_SET
    assert NEW in whole.wishes[0].tables[0].columns


def test_names_are_numbers_or_codes_or_opaque_beginnings() -> None:
    """What is added doesn't change what the same command says of all; unknown names and ambiguous ones are refused."""
    called = Calling({SCHOOLS[1]: "12"}, {ExpertId("e1"): "Э01"})
    asked = Asked(
        experts=[("12", "", 40), ("new", "", 5), ("big", "", 6), ("new", "", 7)],
        schools=[("big", "", 30)],
        no_experts=["э01"],
        no_schools=["s3"],
        capacities=[("all", "+", 5), ("e0", "-", 2), ("e2", "", 8)],
    )
    assert meant(asked, base(), called) == (
        WithoutSchool(SCHOOLS[3]),
        WithoutExpert(ExpertId("e1")),
        Capacity(None, 5, True),
        Capacity(ExpertId("e0"), -2, True),
        Capacity(ExpertId("e2"), 8, False),
        AddSchool(SchoolToken("big"), 30),
        AddExpert(SCHOOLS[1], 40),
        AddExpert(SchoolToken("new school 1"), 5),
        AddExpert(SchoolToken("big"), 6),
        AddExpert(SchoolToken("new school 2"), 7),
    )
    with pytest.raises(NoSuchSchoolHere, match="s"):
        meant(Asked(no_schools=["s"]), base(), called)
    with pytest.raises(NoSuchExpertHere, match="e"):
        meant(Asked(no_experts=["e"]), base(), called)


def test_outlooks_stand_side_by_side() -> None:
    """Figures of both, a mark where they differ, and a dash for what an impossible allocation doesn't have."""
    problem, less = base(), after(Capacity(None, 0, False))
    rows = beside(outlook(problem, solve(problem), str), outlook(less, Infeasible(8), str))
    found = {row["what"]: (row["today"], row["then"], row["changed"]) for row in rows}
    assert found["works"] == ("4", "4", "")
    assert found["experts who have room"] == ("3", "0", "*")
    assert found["possible"] == ("yes", "no", "*")
    assert found["loads"][1:] == ("-", "*")
    assert found["way"][0].isdecimal()
    assert (found["proven"][0], found["even loads (sum of squared loads)"][2]) == ("no", "*"), "f works in two schools"
    assert not any(name.startswith("the choice among equals") for name in found)


# --- the command ----------------------------------------------------------------------------------------


def position(desk: Desk) -> int:
    with desk.station().ledger.reading() as connection:
        return queries.position(connection) - len(desk.facts(facts.Opening))


def test_what_if_shows_both_and_records_nothing(numbered: Desk) -> None:  # noqa: F811
    """Of what waits, by codes of the table or by opaque ones; and of the newest allocation when nothing waits."""
    before = position(numbered)
    ended = numbered.run("allocate", "what-if", "--add-expert", "new=40", "--capacity", "e1=10", "--json")
    assert ended.status == Exit.DONE
    rows = {row["what"]: row for row in json.loads(ended.out)}
    assert (rows["experts who have room"]["today"], rows["experts who have room"]["then"]) == ("3", "4")
    assert (rows["their room"]["today"], rows["their room"]["then"]) == ("130", "130")
    assert rows["loads"]["then"] == "2-2"
    assert position(numbered) == before
    assert numbered.run("allocate").status == Exit.DONE
    after_it = position(numbered)
    expert_code = numbered.facts(facts.Expert)[0].expert
    ended = numbered.run("allocate", "what-if", "--without-expert", expert_code)
    assert ended.status == Exit.PERSON_NEEDED
    assert "Too few experts" in ended.out
    assert [o.part for o in numbered.facts(facts.Opening)][-1] == "origin", "an opaque code needs no other key"
    assert position(numbered) == after_it


def test_what_if_refuses_what_it_does_not_know(numbered: Desk) -> None:  # noqa: F811
    """Schools and experts that aren't there, and numbers that are none."""
    assert refused(numbered.run("allocate", "what-if", "--without-school", "99"), NoSuchSchoolHere, "99")
    assert refused(numbered.run("allocate", "what-if", "--names", "--without-expert", "x"), NoSuchExpertHere, "x")
    ended = numbered.run("allocate", "what-if", "--capacity", "e1=many")
    assert ended.status == Exit.USAGE
    assert "e1=many is not NAME=N" in ended.err


def test_a_school_may_drop_out_by_its_number(numbered: Desk) -> None:  # noqa: F811
    """Its works go, and its expert."""
    ended = numbered.run("allocate", "what-if", "--without-school", "19", "--add-expert", "new=9")
    assert ended.status == Exit.DONE
    assert any(line.split()[:3] == ["works", "4", "3"] for line in ended.out.splitlines())
