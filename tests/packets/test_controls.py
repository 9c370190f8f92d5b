"""Works hidden among others: chosen by lot and ring, against no rule, and gone from everything that counts."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import facts
from crosscheck import status as state
from crosscheck.conflicts import Conflict, OfWork, Source
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.facts import Assignment as Given
from crosscheck.model import (
    FIRST_CONTROL_MARKING,
    ExpertId,
    Marking,
    MarkingKey,
    MutualMarking,
    Status,
    TaskId,
    is_control,
)
from crosscheck.procedure import Procedure
from packets import hiding
from packets.composing import compose_packets
from packets.composition import Kind, compose, kind_of
from packets.controls import NOTHING, Before, Wanted, hidden
from packets.controls_check import exemplars, verify_controls
from packets.drawing.cover import marking_name
from packets.errors import NotVerified
from packets.problem import Assignment, Problem, Solution
from packets.repairing import empty_packets
from packets.rules import Rule
from packets.solve import solve
from packets.verify import Violation
from tests import factories
from tests.packets.instances import problems, shuffled
from tests.packets.test_assigning import refused
from tests.packets.test_parting import district, people
from tests.packets.test_parts import EXPERTS, FORMS, district_of, number_works, registered
from tests.stations import Desk

SOME = Wanted(works=4, each=2, again=1, packet=3)


def solution_of(problem: Problem) -> Solution | None:
    found = solve(problem)
    return found if isinstance(found, Solution) else None


# --- chosen ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    problems(most_works=16),
    st.builds(Wanted, st.integers(0, 5), st.integers(0, 3), st.integers(0, 2), st.integers(1, 6)),
    st.randoms(use_true_random=False),
)
def test_hidden_works_keep_every_rule_and_depend_on_no_order(
    problem: Problem, wanted: Wanted, order: random.Random
) -> None:
    """Conflicts, statuses, pairs and capacities hold for them too; no more than asked for; the same for any order."""
    problem = replace(problem, experts=tuple(replace(e, capacity=e.capacity + 2) for e in problem.experts))
    solution = solution_of(problem)
    if solution is None:
        return
    rows = solution.assignments
    found = hidden(problem, problem.experts, rows, wanted)
    assert verify_controls(problem, problem.experts, rows, found) == ()
    assert hidden(shuffled(problem, order), problem.experts, rows, wanted) == found
    own = {(a.work, a.expert) for a in rows}
    again, shown = (Counter(a.expert for a in found if ((a.work, a.expert) in own) == of) for of in (True, False))
    assert max(again.values(), default=0) <= wanted.again
    assert max(shown.values(), default=0) <= wanted.each
    assert len({a.work for a in found if (a.work, a.expert) not in own}) <= wanted.works
    markings = Counter((a.work, a.marking) for a in found)
    assert all(is_control(marking) and times == 1 for (_work, marking), times in markings.items())
    for expert in again:
        assert sum(a.expert == expert for a in (*rows, *found)) > wanted.packet, "would lie in the same packet"


def test_everybody_gets_exemplar_works_and_neighbours_share_them() -> None:
    """Room for all: each exemplar is read by about as many, and all who mark are linked through them."""
    problem = district(40, people(*(n % 4 for n in range(12))))
    solution = solution_of(problem)
    assert solution is not None
    found = hidden(problem, problem.experts, solution.assignments, SOME)
    shown, again = exemplars(solution.assignments, found)
    assert (len(shown), again) == (4, 12)
    own = {(a.work, a.expert) for a in solution.assignments}
    of_expert: dict[str, set[str]] = {}
    for a in found:
        if (a.work, a.expert) not in own:
            of_expert.setdefault(a.expert, set()).add(a.work)
    # Of four exemplars one is of the own school, and some an expert has anyway.
    assert len(of_expert) == 12
    assert {len(works) for works in of_expert.values()} <= {1, 2}
    linked, rest = set(next(iter(of_expert.values()))), list(of_expert.values())
    for _round in rest:
        linked = linked.union(*(works for works in rest if works & linked))
    assert linked == shown
    schools = {w.work: w.school for w in problem.works}
    assert len({schools[work] for work in shown}) == 4


def test_of_those_who_may_give_third_markings_half_are_left_for_every_exemplar_work() -> None:
    """Whoever had a work hidden has read it; everybody else gets as many as ever."""
    everybody = people(*(n % 4 for n in range(16)))
    everybody = tuple(replace(e, status=Status.LEAD) if n < 8 else e for n, e in enumerate(everybody))
    problem = district(40, everybody)
    solution = solution_of(problem)
    assert solution is not None
    wanted = Wanted(works=2, each=2, again=0, packet=3, thirds=frozenset({Status.LEAD}))
    found = hidden(problem, problem.experts, solution.assignments, wanted)
    lead = {e.expert: e.schools for e in everybody if e.status is Status.LEAD}
    own = {(a.work, a.expert) for a in solution.assignments}
    schools = {w.work: w.school for w in problem.works}
    for work in {a.work for a in found}:
        able = {e for e in lead if schools[work] not in lead[e] and (work, e) not in own}
        assert len({a.expert for a in found if a.work == work} & able) <= len(able) // 2
    assert any(a.expert in lead for a in found)
    assert sum(a.expert not in lead for a in found) > sum(a.expert in lead for a in found)


def test_parts_of_works_have_exemplars_of_their_own() -> None:
    """The same works, but drawn anew for other tasks."""
    problem = district(40, people(*(n % 4 for n in range(12))))
    solution = solution_of(problem)
    assert solution is not None
    drawn = [
        exemplars(solution.assignments, hidden(of, of.experts, solution.assignments, SOME))[0]
        for tasks in ("1", "2", "3")
        for of in [replace(problem, tasks=(TaskId(tasks),))]
    ]
    assert len({frozenset(works) for works in drawn}) == 3


def test_whoever_has_them_gets_no_more_and_numbers_go_on() -> None:
    """Late works: experts who had hidden ones are left alone; a work that had some goes on counting."""
    problem = district(40, people(*(n % 4 for n in range(8))))
    solution = solution_of(problem)
    assert solution is not None
    first = hidden(problem, problem.experts, solution.assignments, SOME)
    had = {a.expert for a in first[:6]}
    before = Before(Counter(a.work for a in first), had)
    later = hidden(problem, problem.experts, solution.assignments, SOME, before)
    assert later
    assert not had & {a.expert for a in later}
    assert {(a.work, a.marking) for a in first}.isdisjoint({(a.work, a.marking) for a in later})


def test_nothing_is_hidden_where_there_is_no_room_or_nothing_is_asked() -> None:
    """Capacities used up; nothing wanted; own works only where there is a second packet for them."""
    problem = district(12, people(*(n % 4 for n in range(8)), capacity=3))
    solution = solution_of(problem)
    assert solution is not None
    assert hidden(problem, problem.experts, solution.assignments, SOME) == ()
    roomy = tuple(replace(e, capacity=9) for e in problem.experts)
    assert hidden(problem, roomy, solution.assignments, NOTHING) == ()
    assert hidden(problem, roomy, solution.assignments, Wanted(0, 0, 1, 20)) == ()
    assert len(hidden(problem, roomy, solution.assignments, Wanted(0, 0, 1, 3))) == 8


def test_schools_that_may_not_mark_each_other_do_not_by_hidden_works() -> None:
    """Only directions that are used anyway."""
    problem = district(30, people(*(n % 4 for n in range(12))), reads=1)
    problem = replace(problem, mutual=MutualMarking.NEVER)
    solution = solution_of(problem)
    assert solution is not None
    found = hidden(problem, problem.experts, solution.assignments, SOME)
    assert found
    assert verify_controls(problem, problem.experts, solution.assignments, found) == ()


# --- planted bugs --------------------------------------------------------------------------------------

PROBLEM = district(12, people(*(n % 4 for n in range(8)), capacity=9))


def broken(controls: Sequence[Assignment], problem: Problem = PROBLEM) -> set[Rule]:
    solution = solution_of(PROBLEM)
    assert solution is not None
    return {v.rule for v in verify_controls(problem, problem.experts, solution.assignments, controls)}


@pytest.fixture
def controls() -> list[Assignment]:
    solution = solution_of(PROBLEM)
    assert solution is not None
    found = list(hidden(PROBLEM, PROBLEM.experts, solution.assignments, SOME))
    assert len(found) > 4
    assert broken(found) == set()
    return found


def test_a_wrong_hidden_work_is_found(controls: list[Assignment]) -> None:
    """Of the own school, under a number that is taken, under one that counts, twice with one expert, of a stranger."""
    first = controls[0]
    own = next(
        w.work
        for w in PROBLEM.works
        if {w.school} == next(e.schools for e in PROBLEM.experts if e.expert == first.expert)
    )
    assert Rule.CONFLICT in broken([replace(first, work=own, marking=Marking(70)), *controls[1:]])
    taken = next(a for a in controls if a.work != first.work)
    assert Rule.CONTROL in broken([*controls, replace(taken, expert=first.expert)])
    assert broken([replace(first, marking=Marking(2))]) == {Rule.CONTROL}
    assert Rule.CONTROL in broken([*controls, replace(first, marking=Marking(70))])
    assert broken([replace(first, expert=ExpertId("stranger"))]) == {Rule.CONTROL}
    bar = frozenset({Conflict(first.expert, OfWork(first.work), Source.RELATIVE)})
    assert broken(controls, replace(PROBLEM, conflicts=PROBLEM.conflicts | bar)) == {Rule.CONFLICT}
    tight = tuple(replace(e, capacity=3) for e in PROBLEM.experts)
    assert broken(controls, replace(PROBLEM, experts=tight)) == {Rule.CAPACITY}


# --- in packets -------------------------------------------------------------------------------------


def secret(key: MarkingKey) -> str:
    return str(random.Random(str(key)).random())


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.integers(0, 3), st.integers(2, 9))
def test_a_work_that_comes_again_lies_in_another_packet(works: int, again: int, most: int) -> None:
    """Wherever there are two packets; sizes stay even, and every row is there once."""
    rows = [Given(f"w{n:02d}", 1 + n % 2, "e", "A", "") for n in range(works)]
    rows += [Given(f"w{n:02d}", FIRST_CONTROL_MARKING, "e", "K", "") for n in range(min(again, works))]
    packets = compose(rows, most, secret)
    assert sorted((a.work, a.marking) for p in packets for a in p) == sorted((a.work, a.marking) for a in rows)
    assert max(map(len, packets)) - min(map(len, packets)) <= 1
    for packet in packets if len(packets) > 1 else ():
        assert len({a.work for a in packet}) == len(packet)


def test_on_paper_a_hidden_work_is_an_independent_one() -> None:
    """The same kind of packet, the same word on the cover."""
    assert kind_of(FIRST_CONTROL_MARKING) is Kind.INDEPENDENT
    assert marking_name(Marking(57), str) == marking_name(Marking(1), str) == "independent"


# --- on a ledger --------------------------------------------------------------------------------------


def asking(**changes: object) -> Procedure:
    return factories.procedure(rows_per_sheet=2, seed_works=2, seeds=1, repeats=1, **changes)


@pytest.fixture
def allocated(fresh: Desk, tmp_path: Path) -> Desk:
    """Four works of three schools, nine experts, packets of two works: everybody has few, and hidden ones beside."""
    experts = "".join(line + "\n" for line in EXPERTS.splitlines()[:10])
    desk = registered(fresh, tmp_path / "hidden", asking(), experts)
    ended = desk.run("allocate")
    assert ended.status == Exit.DONE, ended.err
    assert "Hidden among them: " in ended.out
    return desk


def controls_of(desk: Desk) -> list[Given]:
    return [a for a in desk.facts(facts.Assignment) if is_control(a.marking)]


def test_hidden_works_count_in_no_sum(allocated: Desk) -> None:
    """Eight markings are wanted, given out and outstanding, however many are hidden among them; numbers all differ."""
    some = controls_of(allocated)
    assert some
    station = allocated.station()
    procedure = station.procedure()
    with station.ledger.reading() as connection:
        counts = state.counts(connection, procedure)
        assert {law.name: law.balanced for law in state.all_laws(connection, procedure)}["markings"]
    assert (counts.wanted, counts.assigned, counts.outstanding) == (8, 8, 8)
    numbers = [n.number for n in allocated.facts(facts.Number)]
    assert len(numbers) == len(set(numbers)) == 8 + len(some)
    one = some[0]
    allocated.add(*(facts.Score(one.work, one.marking, c.id, 0, 0, "entry", "", "") for c in procedure.criteria))
    with station.ledger.reading() as connection:
        assert state.counts(connection, procedure).returned == 0
    recorded = next(a for a in allocated.facts(facts.Allocation) if a.allocation.startswith("K"))
    assert json.loads(recorded.certificate)["control"]["seeds"] == sum(
        (a.work, a.expert) not in {(b.work, b.expert) for b in allocated.facts(facts.Assignment) if b.marking < 40}
        for a in some
    )


def test_hidden_works_lie_in_packets_as_others_do(allocated: Desk) -> None:
    """Under their own numbers, for the same criteria, and none beside itself."""
    station = allocated.station()
    with station.ledger.writing() as writer:
        compose_packets(writer, station, station.procedure())
    rows = allocated.facts(facts.PacketRow)
    assert {row.key for row in rows} >= {a.key for a in controls_of(allocated)}
    assert {row.criteria for row in rows} == {""}
    packets: dict[int, list[str]] = {}
    for row in rows:
        packets.setdefault(row.packet, []).append(row.work)
    assert all(len(set(works)) == len(works) for works in packets.values())


def test_they_are_given_up_before_anything_else(fresh: Desk, tmp_path: Path) -> None:
    """Capacities just enough for the works: nothing is hidden, and everything is given out."""
    experts = "".join(line + "\n" for line in EXPERTS.splitlines()[:7]).replace(";40;", ";2;")
    desk = registered(fresh, tmp_path / "hidden", asking(third_reserve=0), experts)
    ended = desk.run("allocate")
    assert ended.status == Exit.DONE, ended.err
    loads = Counter(a.expert for a in desk.facts(facts.Assignment))
    assert max(loads.values()) <= 2
    assert sum(a.marking < 40 for a in desk.facts(facts.Assignment)) == 8


def test_late_works_bring_hidden_ones_to_nobody_who_has_them(fresh: Desk, tmp_path: Path) -> None:
    """Of a work that is numbered later; who was left out before may get some now."""
    experts = "".join(line + "\n" for line in EXPERTS.splitlines()[:7])
    district_of(tmp_path / "hidden", asking(), experts)
    assert fresh.run("register", str(tmp_path / "hidden")).status == Exit.DONE
    number_works(fresh, asking(), FORMS[:3])
    assert fresh.run("allocate").status == Exit.DONE
    before = controls_of(fresh)
    number_works(fresh, asking(), FORMS[3:])
    assert fresh.run("allocate").status == Exit.DONE
    new = [a for a in controls_of(fresh) if a not in before]
    assert before
    assert not {a.expert for a in before} & {a.expert for a in new}


def test_a_check_that_fails_hides_nothing(fresh: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is anything given out with it."""
    experts = "".join(line + "\n" for line in EXPERTS.splitlines()[:7])
    desk = registered(fresh, tmp_path / "hidden", asking(), experts)
    monkeypatch.setattr(hiding, "verify_controls", lambda *_: (Violation(Rule.CONTROL, ("W", "E")),))
    assert refused(desk.run("allocate"), NotVerified, "control marking")
    assert not desk.facts(facts.Assignment)


def test_a_hidden_work_keeps_nobody_away_where_nobody_else_is_left(fresh: Desk, tmp_path: Path) -> None:
    """Of four experts of other schools two mark the work and two have it hidden: one of these has to take it over, and
    has it hidden no longer."""
    desk = registered(fresh, tmp_path / "hidden", factories.procedure(), "\n".join(EXPERTS.splitlines()[:7]) + "\n")
    assert desk.run("allocate").status == Exit.DONE
    work = desk.work(11)
    with desk.station().ledger.reading() as connection:
        readers = {a.expert for a in queries.standing_assignments(connection, work=work)}
    origins = {e.expert for e in desk.facts(facts.Expert)}
    others = [e for e in sorted(origins - readers) if "own school" not in desk.run("allocate", "why", work, e).out]
    assert len(others) == 2
    for n, expert in enumerate(others):
        desk.add(facts.Number(work, 40 + n, f"90000{n}0"), facts.Assignment(work, 40 + n, expert, "K", ""))
    ended = desk.run("allocate", "repair", "--absent", sorted(readers)[0], "--why", "x")
    assert ended.status == Exit.DONE, ended.err
    with desk.station().ledger.reading() as connection:
        now = queries.standing_assignments(connection, work=work)
    taker = ({a.expert for a in now if a.marking < 40} - readers).pop()
    assert taker in others
    assert [a.expert for a in now if is_control(a.marking)] == [e for e in others if e != taker]
    assert {r.reason for r in desk.facts(facts.Reassignment) if not r.expert} == {"room"}


def test_hidden_works_of_an_absent_expert_fall_away(allocated: Desk) -> None:
    """They are taken back like the others, and nobody gets them; the expert's packets are empty then."""
    station = allocated.station()
    with station.ledger.writing() as writer:
        compose_packets(writer, station, station.procedure())
    mine = Counter(a.expert for a in controls_of(allocated)).most_common(1)[0][0]
    held = {
        row.packet
        for row in allocated.facts(facts.PacketRow)
        for p in allocated.facts(facts.Packet)
        if p.packet == row.packet and p.expert == mine
    }
    allocated.add(*(facts.PacketPrint(packet, 0, "x", 3) for packet in held))
    ended = allocated.run("allocate", "repair", "--absent", mine, "--why", "call at 8:40")
    assert ended.status == Exit.DONE, ended.err
    gone = [a for a in controls_of(allocated) if a.expert == mine]
    fell = {r.key: r.reason for r in allocated.facts(facts.Reassignment) if not r.expert}
    assert f"Hidden works that fall away, because they stand for nothing: {len(fell)}." in ended.out
    assert {key for key, reason in fell.items() if reason == "absent"} == {a.key for a in gone}
    fallen = fell.keys()
    with station.ledger.reading() as connection:
        standing = queries.standing_assignments(connection)
        counts = state.counts(connection, station.procedure())
    assert mine not in {a.expert for a in standing}
    assert not {a.key for a in standing} & fallen
    assert (counts.assigned, counts.wanted) == (8, 8)
    assert empty_packets(station) >= held
    # Nobody is given a work that lies hidden among the own ones.
    twice = Counter((a.work, a.expert) for a in standing)
    first = {(a.work, a.expert) for a in allocated.facts(facts.Assignment) if not is_control(a.marking)}
    assert all(times == 1 or pair in first for pair, times in twice.items())
    again = allocated.run("allocate", "repair", "--absent", mine, "--why", "once more")
    assert "Nothing has to be given anew." in again.out
