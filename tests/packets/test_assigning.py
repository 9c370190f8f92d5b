"""Allocating as a stage: nothing is recorded that was not possible and verified."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from crosscheck import facts
from crosscheck.conflicts import ExpertOrigin
from crosscheck.doubts import IdentitiesWait
from crosscheck.errors import Exit
from crosscheck.model import ClassToken, ExpertId, MutualMarking, SchoolToken, WorkId
from packets import assigning
from packets.assigning import Origins, directions_taken
from packets.errors import CannotAllocate, NotVerified
from tests.stations import Desk, Ended


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


@pytest.fixture
def numbered(desk: Desk) -> Desk:
    """Four works of three schools, each with its two numbers; three experts, one of each school."""
    for form in (11, 12, 13, 14):
        desk.add(*(facts.Number(desk.work(form), marking, f"{form}{marking}") for marking in (1, 2)))
    return desk


def recorded(desk: Desk) -> int:
    return len(desk.facts(facts.Allocation)) + len(desk.facts(facts.Assignment))


def test_every_work_goes_to_two_experts_of_other_schools(numbered: Desk) -> None:
    """With three schools and one expert of each, a work can only go to the two others; a second run adds nothing."""
    assert numbered.run("allocate").status == Exit.DONE
    by_work: dict[str, set[str]] = {}
    for assignment in numbered.facts(facts.Assignment):
        by_work.setdefault(assignment.work, set()).add(assignment.expert)
    assert sorted(map(len, by_work.values())) == [2, 2, 2, 2]
    assert by_work[numbered.work(11)] == by_work[numbered.work(12)] != by_work[numbered.work(13)]
    (allocation,) = numbered.facts(facts.Allocation)
    assert json.loads(allocation.certificate)["verified"] is True
    assert numbered.run("allocate").out.strip() == "nothing waits"
    assert len(numbered.facts(facts.Assignment)) == 8


def test_an_impossible_allocation_records_nothing_and_says_why(numbered: Desk) -> None:
    """Without the capacity of one expert, some work has too few possible markers."""
    expert = next(e for e in numbered.facts(facts.Expert) if e.status == "lead")
    numbered.add(facts.Expert(expert.expert, 1, "lead", 0, expert.check_point, expert.subjects))
    ended = numbered.run("allocate")
    assert refused(ended, CannotAllocate)
    assert len(ended.err) > 80, "the reason is missing"
    assert recorded(numbered) == 0


def test_schools_that_may_not_mark_each_other_are_named_as_the_reason(numbered: Desk) -> None:
    """Three schools can't give each work two markers of others unless two of them mark each other."""
    (version,) = numbered.facts(facts.ProcedureVersion)
    never = version.toml.replace("different_schools = true", 'different_schools = true\nmutual_schools = "never"')
    numbered.add(facts.ProcedureVersion(version.version + 1, never, version.paper))
    ended = numbered.run("allocate")
    assert refused(ended, CannotAllocate, "mark each other")
    assert recorded(numbered) == 0


def test_a_third_marking_counts_what_schools_marked_before(numbered: Desk) -> None:
    """Directions of the recorded assignments are handed to the next allocation, where the rule is asked for."""
    assert numbered.run("allocate").status == Exit.DONE
    station = numbered.station()
    origins = Origins(
        {WorkId(a.work): (SchoolToken("s"), ClassToken("c")) for a in numbered.facts(facts.Assignment)},
        {
            ExpertId(e.expert): ExpertOrigin(ExpertId(e.expert), frozenset({SchoolToken(e.status)}), frozenset())
            for e in numbered.facts(facts.Expert)
        },
        frozenset(),
    )
    allowed = station.procedure()
    never = replace(allowed, mutual_schools=MutualMarking.NEVER)
    with station.ledger.reading() as connection:
        assert directions_taken(connection, allowed, origins) == frozenset()
        taken = directions_taken(connection, never, origins)
    experts = {a.expert for a in numbered.facts(facts.Assignment)}
    assert taken == {("s", e.status) for e in numbered.facts(facts.Expert) if e.expert in experts}


def test_nothing_is_decided_while_two_codes_may_be_one_person(numbered: Desk) -> None:
    """Neither first markings nor third ones."""
    one, other, third = sorted(e.expert for e in numbered.facts(facts.Expert))
    assert numbered.run("allocate").status == Exit.DONE
    for couple in ((one, other), (other, third)):
        numbered.add(facts.ExpertIdentity(*couple, 0, "doubtful", "tables", "", "x"))
    numbered.add(facts.ThirdCall(numbered.work(11), "1", "planted"))
    assert refused(numbered.run("adjudicate"), IdentitiesWait, ": 2.")
    assert len(numbered.facts(facts.Allocation)) == 1


def test_a_third_expert_never_read_the_work_under_another_code(numbered: Desk) -> None:
    """The senior one of school 19 is the person who read it; the lead one works in its school: nobody is left."""
    experts = {e.status: e.expert for e in numbered.facts(facts.Expert)}
    readers = {"ordinary": 1, "lead": 2}
    numbered.add(*(facts.Assignment(numbered.work(14), m, experts[s], "A", "") for s, m in readers.items()))
    couple = sorted((experts["lead"], experts["senior"]))
    numbered.add(facts.ExpertIdentity(couple[0], couple[1], 0, "same", "person", "", "act 2"))
    numbered.add(facts.ThirdCall(numbered.work(14), "1", "planted"))
    assert refused(numbered.run("adjudicate"), CannotAllocate)


def test_an_allocation_that_fails_its_check_records_nothing(numbered: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verifier shares no search with the solver: when they disagree, neither is believed."""
    monkeypatch.setattr(assigning, "verify", lambda _problem, _solution: ("a planted violation",))
    ended = numbered.run("allocate")
    assert refused(ended, NotVerified, "a planted violation", "1 violations")
    assert recorded(numbered) == 0
