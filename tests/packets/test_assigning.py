"""Allocating as a stage: nothing is recorded that was not possible and verified."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from crosscheck import facts
from crosscheck.conflicts import ExpertOrigin
from crosscheck.db import queries
from crosscheck.doubts import IdentitiesWait
from crosscheck.errors import Exit
from crosscheck.model import ClassToken, ExpertId, MutualMarking, SchoolToken, WorkId
from crosscheck.procedure import Scheme, Wished
from drill.assessment import toml
from packets import assigning
from packets.errors import CannotAllocate, NotVerified
from packets.origins import Origins
from packets.present import directions_taken
from packets.problem import Infeasible, Problem, Solution
from packets.rules import Rule
from packets.solve import solve
from packets.verify import Violation
from tests import factories
from tests.stations import TABLES, Desk, Ended, district


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


@pytest.mark.parametrize("scheme", [Scheme.CLASS_SETS, Scheme.PAIRS, Scheme.TOURNAMENT])
def test_each_scheme_gives_works_out(fresh: Desk, tmp_path: Path, scheme: Scheme) -> None:
    """One marking of each work: kept whole, in given pairs of schools, or in a ring drawn by lot of three schools."""
    pairs = {"school_pairs": "school;marked_by\n7;12\n12;19\n19;7\n"} if scheme is Scheme.PAIRS else {}
    folder = district(tmp_path / "d", **pairs)
    (folder / "procedure.toml").write_text(toml(factories.procedure(scheme=scheme, markings=1)), "utf-8")
    assert fresh.run("register", str(folder)).status == Exit.DONE
    forms = {fresh.work(form): form for form in (11, 12, 13, 14)}
    fresh.add(*(facts.Number(work, 1, f"{form}1") for work, form in forms.items()))
    assert fresh.run("allocate").status == Exit.DONE
    expert = {forms[a.work]: a.expert for a in fresh.facts(facts.Assignment)}
    assert expert[11] == expert[12] or scheme is Scheme.CLASS_SETS
    assert len({expert[11], expert[13], expert[14]}) == 3 or scheme is Scheme.CLASS_SETS
    assert fresh.run("allocate", "export", str(tmp_path / "a.json")).status == Exit.DONE
    assert fresh.run("allocate", "verify", str(tmp_path / "a.json")).status == Exit.DONE


def test_pages_are_counted_and_their_difference_is_said(numbered: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the work had when it was numbered; one where nobody counted."""
    asked: list[Problem] = []

    def noted(problem: Problem) -> Solution | Infeasible:
        asked.append(problem)
        return solve(problem)

    monkeypatch.setattr(assigning, "solve", noted)
    numbered.add(facts.NumberedPages(numbered.work(11), json.dumps({"1": "a", "2": "b", "3": "c"})))
    ended = numbered.run("allocate")
    (problem,) = asked
    assert {w.work: w.pages for w in problem.works} == {numbered.work(n): 3 if n == 11 else 1 for n in (11, 12, 13, 14)}
    read = Counter[str]()
    for assignment in numbered.facts(facts.Assignment):
        read[assignment.expert] += 3 if assignment.work == numbered.work(11) else 1
    assert f"pages by {max(read.values()) - min(read.values())}; verified" in ended.out


def test_an_impossible_allocation_records_nothing_and_says_why(numbered: Desk) -> None:
    """With too little capacity of one expert; what would help is said at once."""
    expert = next(e for e in numbered.facts(facts.Expert) if e.status == "lead")
    numbered.add(facts.Expert(expert.expert, 1, "lead", 1, expert.check_point, expert.subjects))
    ended = numbered.run("allocate")
    assert refused(ended, CannotAllocate, "Too little capacity", "- raise capacities", "- add an expert")
    assert "expert" in ended.err
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


def test_what_blocks_is_explained_and_nothing_recorded_but_the_openings(numbered: Desk) -> None:
    """By tokens with the organiser's key, by numbers and codes with the coordinator's too; 10 while it blocks."""
    assert numbered.run("allocate", "explain").out.startswith("Nothing blocks")
    expert = next(e for e in numbered.facts(facts.Expert) if e.status == "lead")
    numbered.add(facts.Expert(expert.expert, 1, "lead", 1, expert.check_point, expert.subjects))
    openings, before = len(numbered.facts(facts.Opening)), ledger_size(numbered)
    ended = numbered.run("allocate", "explain")
    assert ended.status == Exit.PERSON_NEEDED
    assert expert.expert in ended.out
    named = numbered.run("allocate", "explain", "--names").out
    assert expert.expert not in named
    assert "of the schools 7 (works: 2, markings needed: 4)" in named
    assert "- raise capacities, so that 2 more works can be given: e2 Петров Б. Б. from 1 to 3" in named
    opened = [o.part for o in numbered.facts(facts.Opening)[openings:]]
    assert [part for part, _ in groupby(opened)] == ["origin", "person", "origin"]
    assert ledger_size(numbered) == before + len(opened)


def ledger_size(desk: Desk) -> int:
    with desk.station().ledger.reading() as connection:
        return queries.position(connection)


def test_third_markings_are_explained_too_when_no_others_wait(numbered: Desk) -> None:
    """Whoever read the work is out, and ordinary experts are: nobody is left. Nothing waits, nothing is explained."""
    experts = {e.status: e.expert for e in numbered.facts(facts.Expert)}
    assert numbered.run("allocate").status == Exit.DONE
    assert numbered.run("allocate", "explain").out.strip() == "nothing waits"
    numbered.add(facts.ThirdCall(numbered.work(11), "1", "planted"))
    assert {a.expert for a in numbered.facts(facts.Assignment) if a.work == numbered.work(11)} == {
        experts["lead"],
        experts["senior"],
    }
    ended = numbered.run("allocate", "explain")
    assert ended.status == Exit.PERSON_NEEDED
    assert "Nobody may mark" in ended.out
    assert "status: senior, lead" in ended.out


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
    planted = Violation(Rule.CAPACITY, ("e1", "51"))
    monkeypatch.setattr(assigning, "verify", lambda _problem, _solution: (planted,))
    ended = numbered.run("allocate")
    assert refused(ended, NotVerified, "Expert e1: works in all 51, more than the capacity.", "violations: 1")
    assert recorded(numbered) == 0


def test_wishes_are_heeded_and_recorded(fresh: Desk, tmp_path: Path) -> None:
    """One marking each: the works of school 7 go to the expert of 19, because 12 marked them last year; the report says
    what that costs the way. What met here is next year's table."""
    folder = district(
        tmp_path / "d",
        last_year="school;marked_by\n7;12\n",
        distances="school;to;distance\n7;12;1\n7;19;30\n12;19;8\n",
    )
    wished = (Wished.LAST_YEAR, Wished.TRAVEL)
    (folder / "procedure.toml").write_text(toml(factories.procedure(wishes=wished, markings=1)), "utf-8")
    assert fresh.run("register", str(folder)).status == Exit.DONE
    fresh.add(*(facts.Number(fresh.work(form), 1, f"{form}1") for form in (11, 14)))
    assert fresh.run("allocate").status == Exit.DONE
    senior = next(e.expert for e in fresh.facts(facts.Expert) if e.status == "senior")
    assert {a.work: a.expert for a in fresh.facts(facts.Assignment)}[fresh.work(11)] == senior
    (allocation,) = fresh.facts(facts.Allocation)
    levels = {level["level"]: level["cost"] for level in json.loads(allocation.certificate)["levels"]}
    assert (levels["wish last_year"], levels["wish travel"]) == (0, 38)
    told = fresh.run("allocate", "report").out
    assert "schools that met last year" in told
    table = tmp_path / "last_year.csv"
    assert "pairs of schools: 2" in fresh.run("allocate", "last-year", str(table)).out
    assert set(table.read_text("utf-8-sig").split()) == {"school;marked_by", "7;19", "19;12"}
    (tmp_path / "d" / "last_year.csv").write_bytes(table.read_bytes())
    assert fresh.run("register", str(folder)).status == Exit.DONE


def registered_with(fresh: Desk, folder: Path, experts: str, **settings: object) -> Ended:
    """The small district with other experts and settings, its works numbered for one marking."""
    (folder / "experts.csv").write_text(experts, encoding="utf-8")
    (folder / "procedure.toml").write_text(toml(factories.procedure(markings=1, **settings)), "utf-8")
    return fresh.run("register", str(folder))


def test_minutes_are_works_at_the_price_of_the_procedure(fresh: Desk, tmp_path: Path) -> None:
    """2 pages at 3 minutes and 5 tasks at 1 make 11 minutes a work: 32 are enough for 2, and loads count in works."""
    head, *rows = TABLES["experts"].splitlines()
    timed = "\n".join([f"{head};minutes", *(f"{row};" for row in rows), ""]).replace(";40;П2;;", ";;П2;;32")
    folder = district(tmp_path / "d")
    assert registered_with(fresh, folder, timed, minutes_per_page=3, minutes_per_task=1).status == Exit.DONE
    assert {e.status: e.capacity for e in fresh.facts(facts.Expert)} == {"ordinary": 50, "lead": 2, "senior": 2}
    fresh.add(*(facts.Number(fresh.work(form), 1, f"{form}1") for form in (11, 12, 13, 14)))
    assert fresh.run("allocate").status == Exit.DONE
    given = Counter(a.expert for a in fresh.facts(facts.Assignment))
    assert all(given[e.expert] <= e.capacity for e in fresh.facts(facts.Expert))
    # Another price is another capacity, without another list.
    assert registered_with(fresh, folder, timed, minutes_per_page=16).status == Exit.DONE
    assert {e.capacity for e in fresh.facts(facts.Expert) if e.revision} == {1}


def test_experts_mark_only_where_they_come_to(fresh: Desk, tmp_path: Path) -> None:
    """Works of school 7 are marked at П2 only: there are the experts of 12 and 19, and of 19's works, at П1, only e1
    of school 7; e2 comes there on another day. The answer to why names it; a change of place is checked again."""
    head, *rows = TABLES["experts"].splitlines()
    coming = "\n".join([f"{head};comes_to", *(f"{row};" for row in rows), ""]).replace(";40;П2;;", ";40;П2;;П2", 1)
    folder = district(tmp_path / "d", marked_at="school;check_point\n7;П2\n12;П2\n19;П1\n")
    assert registered_with(fresh, folder, coming, by_check_point=True).status == Exit.DONE
    fresh.add(*(facts.Number(fresh.work(form), 1, f"{form}1") for form in (11, 12, 13, 14)))
    assert fresh.run("allocate").status == Exit.DONE
    experts = {e.expert: e.status for e in fresh.facts(facts.Expert)}
    given = {a.work: experts[a.expert] for a in fresh.facts(facts.Assignment)}
    assert given[fresh.work(14)] == "ordinary"
    assert {given[fresh.work(11)], given[fresh.work(12)]} <= {"lead", "senior"}
    assert given[fresh.work(13)] == "senior"
    assert "doesn't come to a check point" in fresh.run("allocate", "why", fresh.work(14), "e2").out
    (folder / "marked_at.csv").write_text("school;check_point\n7;П2\n12;П2\n19;П2\n19;П1\n", "utf-8")
    moved = coming.replace(";50;П1;;", ";50;П2;;П2")
    assert registered_with(fresh, folder, moved, by_check_point=True).status == Exit.DONE
    assert "Checked again: 0" in fresh.run("allocate").out
    (folder / "marked_at.csv").write_text("school;check_point\n7;П2\n12;П2\n19;П3\n19;П2\n7;П3\n", "utf-8")
    assert (
        registered_with(fresh, folder, moved.replace(";П2;;П2", ";П3;;П3", 1), by_check_point=True).status == Exit.DONE
    )
    assert "Checked again: 0" in fresh.run("allocate").out
    (folder / "marked_at.csv").write_text("school;check_point\n7;П2\n12;П2\n19;П2\n7;П3\n", "utf-8")
    registered_with(fresh, folder, moved.replace(";П2;;П2", ";П3;;П3", 1), by_check_point=True)
    assert "Checked again: 1" in fresh.run("allocate").out
