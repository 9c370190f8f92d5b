"""Repair: the fewest changes there can be, the most even loads among those, and no rule broken."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.conflicts import Conflict, OfWork, Source
from crosscheck.model import ClassToken, ExpertId, Marking, Status, WorkId
from packets.errors import AllocationUndecided
from packets.explain import Blocking, explain
from packets.handing import handed_over
from packets.problem import Assignment
from packets.repair import Impossible, Repair, repair
from packets.repair_check import after, fewest, verify_repair
from packets.rules import Rule
from packets.situation import Situation, StandingWork, Why, gone
from packets.verify import verify
from tests.packets.days import best, made_up
from tests.packets.instances import SCHOOLS, expert, own_schools


def squares(situation: Situation, found: Repair) -> int:
    loads = Counter(a.expert for a in after(situation, found.given))
    return sum(loads[e.expert] ** 2 for e in situation.experts if e.expert not in situation.absent)


def day(*held: str, experts: int = 4, **changes: object) -> Situation:
    """Works `w0`, `w1` ... of school 0, each marked by the experts whose digits its word has; nobody works there.

    Expert n works in school 1 + n % 3."""
    people = tuple(expert(f"e{n}", 1 + n % 3, capacity=10) for n in range(experts))
    works = tuple(StandingWork(WorkId(f"w{n}"), SCHOOLS[0], ClassToken("a")) for n in range(len(held)))
    rows = tuple(
        Assignment(WorkId(f"w{n}"), Marking(m + 1), ExpertId(f"e{digit}"))
        for n, digits in enumerate(held)
        for m, digit in enumerate(digits)
    )
    made = Situation(works, people, rows, conflicts=own_schools(people), spread=1)
    return replace(made, **changes)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_repair_changes_less_or_is_more_even(seed: int) -> None:
    """An integer program finds as few changes, and with as few the same sum of squared loads; or none at all."""
    situation = made_up(seed)
    found, known = repair(situation), best(situation)
    assert isinstance(found, Repair) == (known is not None)
    if isinstance(found, Repair) and known is not None:
        assert verify_repair(situation, found.given) == ()
        assert (len(found.given), squares(situation, found)) == (known.changes, known.squares)
        assert fewest(situation) <= known.changes
        assert all(verify(part.problem, part.solution) == () for part in found.parts)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_experts_of_several_schools_never_meet_whom_they_may_not(seed: int) -> None:
    """Whatever comes out keeps every rule, and where loads are said to be as even as can be, they are."""
    situation = made_up(seed, several=True)
    try:
        found = repair(situation)
    except AllocationUndecided:  # said so rather than guessed
        return
    known = best(situation)
    assert isinstance(found, Repair) == (known is not None)
    if isinstance(found, Repair) and known is not None:
        assert verify_repair(situation, found.given) == ()
        assert len(found.given) >= known.changes
        if found.even and len(found.given) == known.changes:
            assert squares(situation, found) == known.squares


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_the_input_changes_nothing(seed: int) -> None:
    """Shuffled works, experts and assignments give the same repair."""
    situation, chance = made_up(seed), random.Random(seed)
    works, experts, held = list(situation.works), list(situation.experts), list(situation.held)
    for some in (works, experts, held):
        chance.shuffle(some)
    other = replace(situation, works=tuple(works), experts=tuple(experts), held=tuple(held))
    one, two = repair(situation), repair(other)
    assert isinstance(one, Repair) == isinstance(two, Repair)
    if isinstance(one, Repair) and isinstance(two, Repair):
        assert one.given == two.given


def test_two_freed_markings_of_a_work_go_to_experts_who_may_meet() -> None:
    """Both readers are absent; the only two left of different schools take it."""
    situation = day("01", experts=5, absent=frozenset({ExpertId("e0"), ExpertId("e1")}))
    found = repair(situation)
    assert isinstance(found, Repair)
    # e2 works in school 3, e3 in school 1, e4 in school 2: any two may meet, and each gets one at most.
    assert len({a.expert for a in found.given}) == 2
    assert verify_repair(situation, found.given) == ()


def test_what_came_back_stays_with_an_absent_expert() -> None:
    """Only the other work moves."""
    back = frozenset({(WorkId("w0"), Marking(1))})
    situation = day("01", "02", absent=frozenset({ExpertId("e0")}), returned=back)
    found = repair(situation)
    assert isinstance(found, Repair)
    assert [(a.work, a.marking) for a in found.given] == [("w1", 1)]


def test_a_kept_work_makes_room_only_when_nothing_else_helps() -> None:
    """e0 is absent. Only e1 may take w0 but is full; one of the works e1 has goes to e3, and no more."""
    situation = day("0", "1", "1", "3", absent=frozenset({ExpertId("e0")}))
    barred = frozenset(Conflict(ExpertId(f"e{n}"), OfWork(WorkId("w0")), Source.DECLARED) for n in (2, 3))
    full = tuple(replace(e, capacity=2) if e.expert == "e1" else e for e in situation.experts)
    situation = replace(situation, conflicts=situation.conflicts | barred, experts=full)
    found = repair(situation)
    assert isinstance(found, Repair)
    assert len(found.moved) == 1
    assert len(found.given) == fewest(situation) == 2
    assert verify_repair(situation, found.given) == ()


def test_what_blocks_is_a_set_of_works_without_which_it_is_possible() -> None:
    """Nobody may mark w0 but the absent expert."""
    situation = day("0", "1", absent=frozenset({ExpertId("e0")}))
    barred = frozenset(Conflict(ExpertId(f"e{n}"), OfWork(WorkId("w0")), Source.DECLARED) for n in (1, 2, 3))
    found = repair(replace(situation, conflicts=situation.conflicts | barred))
    assert isinstance(found, Impossible)
    blocking = explain(found.problem)
    assert isinstance(blocking, Blocking)
    assert [w.work for group in blocking.groups for w in group.works] == ["w0"]


def test_the_reserve_goes_before_a_kept_work_is_moved() -> None:
    """Everybody keeps all places but one free; there is room for one of the two works, so the reserve isn't kept."""
    situation = day("0", "0", "1", "2", "3", absent=frozenset({ExpertId("e0")}))
    kept = replace(situation, reserve={ExpertId(f"e{n}"): 9 - (n == 1) for n in (1, 2, 3)})
    found = repair(kept)
    assert isinstance(found, Repair)
    assert not found.reserved
    assert found.moved == ()
    plenty = repair(replace(situation, reserve={ExpertId("e1"): 2}))
    assert isinstance(plenty, Repair)
    assert plenty.reserved


def test_a_third_marking_goes_to_the_right_standing() -> None:
    """Its expert is absent; of those who are left only e3 is a senior one."""
    situation = day("012", absent=frozenset({ExpertId("e2")}), different_schools=False)
    people = tuple(replace(e, status=Status.SENIOR) if e.expert in ("e2", "e3") else e for e in situation.experts)
    situation = replace(situation, experts=people, statuses={Marking(3): frozenset({Status.SENIOR})})
    found = repair(situation)
    assert isinstance(found, Repair)
    assert [a.expert for a in found.given] == ["e3"]


def test_whoever_had_another_marking_of_a_work_never_gets_it_again() -> None:
    """But may get the same marking back."""
    situation = day("01", absent=frozenset({ExpertId("e0")}), experts=3)
    had = frozenset({(Marking(2), ExpertId("e2"))})
    other = replace(situation, works=(replace(situation.works[0], had=had),))
    assert isinstance(repair(other), Impossible)
    same = replace(situation, works=(replace(situation.works[0], had=frozenset({(Marking(1), ExpertId("e2"))})),))
    found = repair(same)
    assert isinstance(found, Repair)
    assert [a.expert for a in found.given] == ["e2"]


def test_two_markers_who_turned_out_to_be_one_person_are_parted() -> None:
    """The later marking goes, unless it came back: then the earlier one does."""
    assert gone(day("00")) == {(WorkId("w0"), Marking(2)): Why.TOGETHER}
    back = frozenset({(WorkId("w0"), Marking(2))})
    assert gone(day("00", returned=back)) == {(WorkId("w0"), Marking(1)): Why.TOGETHER}


@pytest.mark.parametrize(
    ("given_anew", "rule"),
    [
        ((("w0", 1, "e1"),), Rule.SAME_EXPERT),
        ((("w0", 1, "e4"),), Rule.SAME_SCHOOL),
        ((("w0", 1, "e9"),), Rule.UNKNOWN_EXPERT),
        ((("w0", 1, "e0"),), Rule.UNKNOWN_EXPERT),
        ((("w1", 1, "e3"),), Rule.NOT_ASSIGNED),
        ((("w0", 1, "e2"), ("w1", 2, "e0")), Rule.RETURNED),
        ((("w0", 1, "e2"), ("w1", 1, "e1")), Rule.UNCHANGED),
        ((("w0", 1, "e2"), ("w9", 1, "e1")), Rule.NOT_ASKED),
        ((("w0", 1, "e2"), ("w0", 1, "e2")), Rule.ASSIGNED_TWICE),
        ((("w0", 1, "e3"),), Rule.CONFLICT),
        ((("w0", 1, "e5"),), Rule.CAPACITY),
    ],
)
def test_the_check_names_what_is_wrong(given_anew: tuple[tuple[str, int, str], ...], rule: Rule) -> None:
    """e0 is absent and had w0; the second marking of w1 came back; e3 may not have w0, e5 is full."""
    back = frozenset({(WorkId("w1"), Marking(2))})
    barred = frozenset({Conflict(ExpertId("e3"), OfWork(WorkId("w0")), Source.DECLARED)})
    situation = day("01", "12", absent=frozenset({ExpertId("e0")}), experts=6, returned=back)
    full = tuple(replace(e, capacity=0) if e.expert == "e5" else e for e in situation.experts)
    situation = replace(situation, conflicts=situation.conflicts | barred, experts=full)
    rows = [Assignment(WorkId(w), Marking(m), ExpertId(e)) for w, m, e in given_anew]
    assert rule in {violation.rule for violation in verify_repair(situation, rows)}


def test_a_late_expert_takes_over_from_those_who_have_most() -> None:
    """At most so many as asked for, none that came back, and only while loads become more even."""
    back = frozenset({(WorkId("w0"), Marking(1))})
    situation = day("0", "0", "0", "0", "1", "1", returned=back)
    found = handed_over(situation, (), frozenset({ExpertId("e2")}), 2)
    assert len(found) == 2
    assert {a.expert for a in found} == {"e2"}
    assert all(a.work in ("w1", "w2", "w3") for a in found)
    assert len(handed_over(situation, (), frozenset({ExpertId("e2")}), 99)) == 2
