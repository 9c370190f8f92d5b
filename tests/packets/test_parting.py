"""Works in parts: who marks which part, and that no part is left out, doubled or given to somebody of another one."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfSchool, Source
from crosscheck.model import ExpertId, Marking, Part, TaskId
from crosscheck.procedure import WorkPart
from packets.calling import Calling
from packets.exporting import exported, imported
from packets.parting import Parted, Parting, PartProblem, Share, counted, parted
from packets.parts_check import Given, apart, verify_parts
from packets.problem import ExpertCapacity, Infeasible, Problem, Solution
from packets.rules import Rule
from packets.solve import solve
from packets.verify import verify
from packets.waivers import said_of_parts
from tests.packets.instances import SCHOOLS, expert, markings, own_schools, problems, shuffled, work


def parting(*efforts: int, whole: int = 0, **placed: int) -> Parting:
    """Parts 1, 2, ... with these efforts and the tasks `1`, `2`, ..."""
    shares = (Share(WorkPart(Part(n), (TaskId(str(n)),)), effort) for n, effort in enumerate(efforts, start=1))
    return Parting(tuple(shares), whole or sum(efforts), {ExpertId(e): Part(part) for e, part in placed.items()})


def district(works: int, experts: Sequence[ExpertCapacity], reads: int = 2, **changes: object) -> Problem:
    """Works of the first schools in turn; nobody marks the own one."""
    of = sorted({school for e in experts for school in e.schools})
    some = tuple(work(f"w{n:03d}", SCHOOLS.index(of[n % len(of)])) for n in range(works))
    made = Problem(some, tuple(experts), markings(reads), conflicts=own_schools(tuple(experts)))
    return replace(made, **changes)  # type: ignore[arg-type]


def people(*schools: int, capacity: int = 10_000) -> tuple[ExpertCapacity, ...]:
    return tuple(expert(f"e{n:02d}", school, capacity=capacity) for n, school in enumerate(schools))


def staff(found: Parted) -> dict[str, int]:
    return {e.expert: int(of.part.number) for of in found.problems for e in of.problem.experts}


def solved(found: Parted) -> list[Given] | None:
    """Every part solved; None where one is impossible."""
    done = [(of.part, of.problem, solve(of.problem)) for of in found.problems]
    if any(isinstance(solution, Infeasible) for *_, solution in done):
        return None
    return [(part, problem, solution) for part, problem, solution in done if isinstance(solution, Solution)]


efforts = st.lists(st.integers(1, 5), min_size=2, max_size=3)


@settings(max_examples=60, deadline=None)
@given(problems(most_works=10, most_experts=9), efforts, st.integers(1, 4), st.randoms(use_true_random=False))
def test_every_part_of_every_work_has_its_experts_and_nobody_has_two_parts(
    problem: Problem, some: list[int], scale: int, order: random.Random
) -> None:
    """Whatever the district is like: conflicts hold in each part, no expert reads a work twice, capacities hold over
    all parts, and the order of the input changes nothing."""
    problem = replace(problem, experts=tuple(replace(e, capacity=e.capacity * scale) for e in problem.experts))
    split = parting(*some)
    found = parted(problem, split)
    assert staff(parted(shuffled(problem, order), split)) == staff(found)
    everybody = [e.expert for of in found.problems for e in of.problem.experts]
    assert len(everybody) == len(set(everybody))
    done = solved(found)
    if done is None:
        return
    read = Counter((a.work, a.expert) for _part, _problem, solution in done for a in solution.assignments)
    assert max(read.values(), default=1) == 1
    for part, own, solution in done:
        assert verify(own, solution) == ()
        assert Counter((a.work, a.marking) for a in solution.assignments) == Counter(
            (w.work, m) for w in problem.works for m in problem.markings
        ), part
    taken = Counter[ExpertId]()
    for (_part, _problem, solution), effort in zip(done, some, strict=True):
        taken.update(effort * [a.expert for a in solution.assignments])
    assert all(taken[e.expert] <= e.room for e in problem.experts)
    assert verify_parts(problem, split, done) == ()


def test_experts_are_shared_out_in_proportion_to_what_parts_take() -> None:
    """Efforts 1, 2 and 3: of 24 experts who can take anything 4, 8 and 12, of every school in every part."""
    found = parted(district(60, people(*(n % 4 for n in range(24)))), parting(1, 2, 3))
    assert Counter(staff(found).values()) == {1: 4, 2: 8, 3: 12}
    for of in found.problems:
        assert len({school for e in of.problem.experts for school in e.schools}) >= 3
    done = solved(found)
    assert done is not None
    weights = [
        load * effort
        for (_part, _own, solution), effort in zip(done, (1, 2, 3), strict=True)
        for _, load in solution.loads
    ]
    assert max(weights) - min(weights) <= 3


def test_whoever_can_take_little_counts_for_little() -> None:
    """Two parts of one effort; half of the experts can take a quarter of a fair share: both parts get some of both."""
    able = people(*(n % 4 for n in range(16)))
    some = tuple(replace(e, capacity=4) if n >= 8 else e for n, e in enumerate(able))
    found = parted(district(40, some), parting(1, 1))
    rooms = [sum(min(e.room, 16) for e in of.problem.experts) for of in found.problems]
    assert max(rooms) - min(rooms) <= 16
    assert solved(found) is not None


def test_capacity_counts_a_work_of_a_part_by_its_share() -> None:
    """40 whole works of 10 minutes are 400 minutes: 200 works of 2 minutes; one that is begun counts as loaded."""
    stated = expert("e", 0, capacity=400, load=0)
    assert (counted(stated, 2).capacity, counted(stated, 2).load) == (200, 0)
    assert (counted(stated, 3).capacity, counted(stated, 3).room) == (133, 133)
    busy = replace(stated, load=11)
    assert (counted(busy, 10).load, counted(busy, 10).room) == (2, 38)
    over = expert("e", 0, capacity=3, load=5)
    assert counted(over, 1) == over
    assert (counted(over, 2).load, counted(over, 2).room) == (3, 0)


def test_whoever_marked_a_part_marks_no_other_one() -> None:
    """Late works: the experts of the first ones keep their parts, and so does one who alone would be in the other."""
    everybody = people(0, 1, 2, 3, 0, 1, 2, 3)
    before = dict(zip([e.expert for e in everybody], (2, 2, 2, 2, 2, 1, 1, 1), strict=True))
    found = parted(district(8, everybody), parting(1, 1, **before))
    assert staff(found) == before


def test_experts_change_places_where_a_part_can_not_be_given_out() -> None:
    """One school has most works and most experts: a part that got only its experts needs others."""
    everybody = people(0, 0, 0, 0, 0, 0, 1, 2, 3, 1, 2, 3)
    home = tuple(work(f"w{n:02d}", 0) for n in range(6))
    problem = Problem(home, everybody, markings(2), conflicts=own_schools(everybody))
    for seed in range(8):
        found = parted(replace(problem, seed=seed), parting(1, 1, 1))
        assert solved(found) is not None, seed


@pytest.mark.parametrize("seed", range(14))
def test_parts_find_experts_wherever_any_sharing_out_would(seed: int) -> None:
    """Small districts, every way of sharing out tried: where one works, the one that was found works."""
    chance = random.Random(seed)
    some = tuple(
        expert(f"e{n}", chance.randrange(4), capacity=chance.randint(6, 40)) for n in range(chance.randint(4, 5))
    )
    works = tuple(work(f"w{n}", chance.randrange(4)) for n in range(chance.randint(1, 4)))
    problem = Problem(works, some, markings(chance.choice((1, 1, 2))), conflicts=own_schools(some), seed=seed)
    split = parting(*(chance.randint(1, 4) for _ in range(2)))

    def possible(places: Sequence[int]) -> bool:
        for at, share in enumerate(split.shares):
            own = tuple(counted(e, share.effort) for e, of in zip(some, places, strict=True) if of == at)
            if isinstance(solve(replace(problem, experts=own)), Infeasible):
                return False
        return True

    found = solved(parted(problem, split)) is not None
    assert found == any(map(possible, itertools.product(range(2), repeat=len(some))))


def test_who_may_mark_nothing_is_said_and_not_counted_on() -> None:
    """An expert barred from every school, and one whose room is less than any part."""
    everybody = (*people(0, 1, 2, 3, 0, 1, 2, 3), expert("barred", 1), expert("full", 2, capacity=50, load=49))
    bars = frozenset(Conflict(ExpertId("barred"), OfSchool(school), Source.DECLARED) for school in SCHOOLS)
    problem = district(8, everybody)
    found = parted(replace(problem, conflicts=problem.conflicts | bars), parting(2, 2))
    assert found.idle == ("barred", "full")
    assert not {"barred", "full"} & staff(found).keys()


def test_whole_works_are_left_as_they_are() -> None:
    """The one part of every other scheme: the very same allocation, and the very same export."""
    problem = district(8, people(0, 1, 2, 3))
    whole = Parting((Share(WorkPart(Part(0), (TaskId("1"),)), 1),))
    assert parted(problem, whole) == Parted((PartProblem(whole.shares[0].part, problem),))
    solution = solve(problem)
    assert isinstance(solution, Solution)
    assert "tasks" not in json.loads(exported(problem, solution))["problem"]
    assert verify_parts(problem, whole, [(whole.shares[0].part, problem, solution)]) == ()


def test_an_export_says_which_tasks_it_is_of() -> None:
    """And is read back as it was; a task that is none is refused with everything else of the wrong kind."""
    found = parted(district(8, people(0, 1, 2, 3, 0, 1, 2, 3)), parting(1, 1))
    done = solved(found)
    assert done is not None
    for part, problem, solution in done:
        assert imported(exported(problem, solution))[0].tasks == part.tasks
    assert apart([(problem, solution) for _part, problem, solution in done]) == ()


# --- planted bugs --------------------------------------------------------------------------------

EVERYBODY = people(0, 1, 2, 3, 0, 1, 2, 3, capacity=60)
PROBLEM, SPLIT = district(8, EVERYBODY), parting(2, 3)


@pytest.fixture
def done() -> list[Given]:
    found = solved(parted(PROBLEM, SPLIT))
    assert found is not None
    assert verify_parts(PROBLEM, SPLIT, found) == ()
    return found


def broken(given: Sequence[Given], problem: Problem = PROBLEM, split: Parting = SPLIT) -> set[Rule]:
    return {violation.rule for violation in verify_parts(problem, split, given)}


def test_a_part_left_out_or_given_twice_is_found(done: list[Given]) -> None:
    """Of two parts one, or the same twice."""
    assert broken(done[:1]) == {Rule.NOT_ONE_PART}
    assert Rule.NOT_ONE_PART in broken([done[0], done[0]])


def test_a_work_left_out_of_a_part_is_found(done: list[Given]) -> None:
    """Of the works to give out, and of the rows."""
    part, own, solution = done[1]
    fewer = replace(own, works=own.works[1:])
    assert Rule.NOT_ONE_PART in broken([done[0], (part, fewer, solution)])
    rows = replace(solution, assignments=solution.assignments[1:])
    assert Rule.NOT_ONE_PART in broken([done[0], (part, own, rows)])


def test_an_expert_of_another_part_is_found(done: list[Given]) -> None:
    """Who marks the first part gets a work of the second; or had the other part before."""
    part, own, solution = done[1]
    stranger = done[0][2].assignments[0].expert
    rows = (replace(solution.assignments[0], expert=stranger), *solution.assignments[1:])
    wrong = [done[0], (part, own, replace(solution, assignments=rows))]
    assert broken(wrong) == {Rule.OTHER_PART}
    assert [v.rule for v in apart([(problem, found) for _part, problem, found in wrong])] == [Rule.OTHER_PART]
    assert broken(done, split=replace(SPLIT, placed={stranger: Part(2)})) == {Rule.OTHER_PART}


def test_a_part_with_other_rules_or_tasks_is_found(done: list[Given]) -> None:
    """A conflict that was dropped on the way, markers of one school allowed, tasks of the other part."""
    part, own, solution = done[0]
    for other in (
        replace(own, conflicts=frozenset(list(own.conflicts)[1:])),
        replace(own, different_schools=False),
        replace(own, tasks=done[1][0].tasks),
        replace(own, markings=(Marking(1),)),
    ):
        assert broken([(part, other, solution), done[1]]) == {Rule.NOT_ONE_PART}


def test_a_capacity_overdrawn_in_effort_is_found(done: list[Given]) -> None:
    """Each part by itself would allow it: it counts works, not what they take."""
    tight = replace(PROBLEM, experts=tuple(replace(e, capacity=7) for e in EVERYBODY))
    assert broken(done, problem=tight) == {Rule.CAPACITY}


def test_a_planted_expert_of_two_parts_does_not_pass(done: list[Given]) -> None:
    """All rows of one expert of the second part handed to one of the first, who might mark them."""
    part, own, solution = done[1]
    mine = solution.assignments[0].expert
    taker = next(e for e in done[0][1].experts if e.schools == next(x for x in own.experts if x.expert == mine).schools)
    rows = tuple(replace(a, expert=taker.expert) if a.expert == mine else a for a in solution.assignments)
    assert Rule.OTHER_PART in broken([done[0], (part, own, replace(solution, assignments=rows))])


# --- what blocks ---------------------------------------------------------------------------------


def test_the_part_that_is_impossible_is_named_by_its_tasks() -> None:
    """Only two experts have had the second part before and nobody else is left: the first is possible."""
    everybody = people(0, 1, 2, 3, 0, 1)
    before = {e.expert: 1 for e in everybody[:4]} | {e.expert: 2 for e in everybody[4:]}
    said = said_of_parts(parted(district(6, everybody), parting(1, 1, **before)), Calling())
    assert said.startswith("Tasks 2 (experts who got this part: 2): Too few")
    assert "Tasks 1" not in said


def test_what_would_help_a_part_is_told_in_capacities_as_experts_state_them() -> None:
    """Four experts who may mark 10 whole works have the part that is a third: 30 each, and 200 are asked for. More than
    16 whole works each would do, not more than 50."""
    everybody = people(0, 1, 2, 3, 0, 1, 2, 3, capacity=30)
    before = {e.expert: 1 if at < 4 else 2 for at, e in enumerate(everybody)}
    found = parted(district(100, everybody), parting(1, 2, **before))
    said = said_of_parts(found, Calling())
    assert "Tasks 1 (experts who got this part: 4): Too little capacity" in said
    assert "from 10 to 17" in said.split("Tasks 2")[0]


def test_what_no_sharing_out_could_give_is_said_first() -> None:
    """8 works twice are 16 whole ones; 6 experts with 2 whole works each have room for 12."""
    everybody = people(0, 1, 2, 3, 0, 1, capacity=10)
    said = said_of_parts(parted(district(8, everybody), parting(2, 3)), Calling())
    assert said.startswith("All parts together take as much as 16 markings of whole works")
    assert "room for 12." in said
    assert "Tasks " in said


def test_whole_works_are_explained_as_ever() -> None:
    """No word of parts."""
    problem = district(8, people(0, 1))
    whole = Parting((Share(WorkPart(Part(0), ()), 1),))
    assert said_of_parts(parted(problem, whole), Calling()).startswith("Too few")
