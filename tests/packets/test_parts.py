"""Works given out in parts, on a ledger: who gets what, what is printed, asked and given anew."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from crosscheck import damm, facts, keys
from crosscheck import status as state
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.keys import Holder, PrivateKey
from crosscheck.model import THIRD_MARKING, WHOLE, CriterionId, ExpertId, Marking, MarkingKey, Part, WorkId
from crosscheck.numbering import packet_code
from crosscheck.procedure import Procedure, Rules, Scheme, Scope
from drill.assessment import toml
from packets import assigning
from packets.composing import compose_packets
from packets.errors import CannotAllocate, CannotRepair, NoSuchExpertHere, NotVerified, PartNeeded
from packets.readers import readers_beside
from packets.rules import Rule
from packets.verify import Violation
from scoring import entry, settle
from tests import factories
from tests.packets.test_assigning import refused
from tests.stations import PHRASES, TABLES, Desk, district

FORMS = (11, 12, 13, 14)
FAMILIES = (
    *("Абрамова", "Белова", "Волкова", "Громова", "Дёмина", "Ершова", "Жукова", "Зимина", "Ильина", "Котова"),
    *("Львова", "Мишина", "Носова", "Орлова", "Попова", "Рогова", "Сомова", "Титова"),
)
# Six experts of each of the three schools; two in three may give third markings.
EXPERTS = TABLES["experts"].splitlines()[0] + "\n"
for _n, _family in enumerate(FAMILIES):
    _school, _status = (7, 12, 19)[_n % 3], "senior" if _n > 5 else "ordinary"
    EXPERTS += f"e{_n:02d};{_family} {_family[0]}. {_family[0]}.;{_school};Математика;{_status};40;П{_n % 2};\n"


NEW = ((1, "Н", 12), (2, "О", 19), (3, "П", 7))


def by_page(**changes: object) -> Procedure:
    """Tasks 1 to 3 are a part, 4 and 5 the other one."""
    return factories.procedure(scheme=Scheme.BY_PAGE, **changes)


def registered(desk: Desk, folder: Path, procedure: Procedure, experts: str = EXPERTS) -> Desk:
    """The district, its works numbered part by part."""
    district_of(folder, procedure, experts)
    assert desk.run("register", str(folder)).status == Exit.DONE
    number_works(desk, procedure, FORMS)
    return desk


def district_of(folder: Path, procedure: Procedure, experts: str) -> None:
    """The files of the district with another procedure and other experts."""
    district(folder, experts=experts)
    (folder / "procedure.toml").write_text(toml(procedure), "utf-8")


def number_works(desk: Desk, procedure: Procedure, forms: tuple[int, ...]) -> None:
    for form in forms:
        for key in state.wanted(procedure, [WorkId(desk.work(form))]):
            drawn = damm.closed(f"{form}{key.marking}{key.part}00")
            desk.add(facts.Number(key.work, key.marking, drawn, key.part))


@pytest.fixture
def numbered(fresh: Desk, tmp_path: Path) -> Desk:
    return registered(fresh, tmp_path / "parts", by_page())


@pytest.fixture
def allocated(numbered: Desk) -> Desk:
    ended = numbered.run("allocate")
    assert ended.status == Exit.DONE, ended.err
    return numbered


def standing(desk: Desk) -> dict[MarkingKey, str]:
    with desk.station().ledger.reading() as connection:
        return {a.key: a.expert for a in queries.standing_assignments(connection)}


def of_part(desk: Desk, part: int) -> str:
    """An expert who marks a part."""
    return Counter(expert for key, expert in standing(desk).items() if key.part == part).most_common(1)[0][0]


# --- giving out ----------------------------------------------------------------------------------


def test_every_part_of_every_work_goes_to_two_experts_who_see_no_other_part(allocated: Desk) -> None:
    """Of different schools, neither the work's own; asked for the criteria of their part; nothing waits then."""
    given = standing(allocated)
    assert len(given) == 4 * 2 * 2
    parts: dict[str, set[Part]] = {}
    for key, expert in given.items():
        parts.setdefault(expert, set()).add(key.part)
    assert {len(of) for of in parts.values()} == {1}
    assert all(len({given[key], given[MarkingKey(key.work, Marking(3 - key.marking), key.part)]}) == 2 for key in given)
    asked = {a.part: a.criteria for a in allocated.facts(facts.Assignment)}
    assert {part: json.loads(criteria) for part, criteria in asked.items()} == {
        1: ["1", "2", "3"],
        2: ["4", "5К1", "5К2"],
    }
    assert allocated.run("allocate").out.strip() == "nothing waits"


def test_each_part_is_an_allocation_of_its_own(numbered: Desk, tmp_path: Path) -> None:
    """Told, recorded, exported and verified part by part, and together; which one is meant must be said."""
    told = numbered.run("allocate").out
    assert "Tasks 1, 2, 3: 8 markings assigned to" in told
    assert "Tasks 4, 5: 8 markings assigned to" in told
    tasks = [json.loads(a.certificate)["tasks"] for a in numbered.facts(facts.Allocation)]
    assert tasks == [["1", "2", "3"], ["4", "5"]]
    assert refused(numbered.run("allocate", "export", str(tmp_path / "x.json")), PartNeeded, "[1, 2, 3] [4, 5]")
    assert refused(numbered.run("allocate", "export", str(tmp_path / "x.json"), "--task", "9"), PartNeeded)
    files = [str(tmp_path / f"part-{task}.json") for task in ("2", "4")]
    for task, file in zip(("2", "4"), files, strict=True):
        assert numbered.run("allocate", "export", file, "--task", task).status == Exit.DONE
    elsewhere = Desk(tmp_path / "nowhere", numbered.read)
    ended = elsewhere.run("allocate", "verify", *files)
    assert ended.status == Exit.DONE
    assert ended.out.count("Proven: no other allocation") == 2
    assert "Only these tasks of the works: 1, 2, 3." in ended.out
    assert "Nobody marks two parts of works." in ended.out
    one, other = (json.loads(Path(file).read_text("utf-8")) for file in files)
    # Somebody of the first part with a row of the second, as a liar would write it.
    mine = one["solution"]["assignments"][0][2]
    other["problem"]["experts"].append(next(row for row in one["problem"]["experts"] if row[0] == mine))
    other["solution"]["assignments"][0][2] = mine
    Path(files[1]).write_text(json.dumps(other), "utf-8")
    ended = elsewhere.run("allocate", "verify", *files)
    assert ended.status == Exit.PERSON_NEEDED
    assert f"Expert {mine} would mark the tasks 4, 5, and marks others" in ended.out


def test_late_works_find_everybody_in_the_part_they_had(fresh: Desk, tmp_path: Path) -> None:
    """A work that is numbered later is given out beside the others; nobody changes parts for it."""
    district_of(tmp_path / "parts", by_page(), EXPERTS)
    assert fresh.run("register", str(tmp_path / "parts")).status == Exit.DONE
    number_works(fresh, by_page(), FORMS[:3])
    assert fresh.run("allocate").status == Exit.DONE
    before = standing(fresh)
    number_works(fresh, by_page(), FORMS[3:])
    # More experts, and dealt anew everybody would come elsewhere.
    new = "".join(f"n{n};Новикова {x}. {x}.;{s};Математика;lead;40;П1;\n" for n, x, s in NEW)
    district_of(tmp_path / "parts", by_page(), EXPERTS + new)
    assert fresh.run("register", str(tmp_path / "parts")).status == Exit.DONE
    ended = fresh.run("allocate")
    assert ended.status == Exit.DONE, ended.err
    after = standing(fresh)
    assert {key: after[key] for key in before} == before
    assert Counter(key.work for key in after.keys() - before.keys()) == {fresh.work(14): 4}
    had = {expert: int(key.part) for key, expert in before.items()}
    for part, late in enumerate(fresh.facts(facts.Allocation)[-2:], start=1):
        asked = {str(row[0]) for row in _experts(fresh, late.allocation, tmp_path)}
        assert {had[expert] for expert in asked & had.keys()} == {part}


def test_an_impossible_part_is_named_and_nothing_recorded(fresh: Desk, tmp_path: Path) -> None:
    """Three experts, one of each school: neither part can have two markers of two schools for everything."""
    desk = registered(fresh, tmp_path / "parts", by_page(), TABLES["experts"])
    ended = desk.run("allocate")
    assert refused(ended, CannotAllocate, "Tasks ", "experts who got this part")
    assert not desk.facts(facts.Assignment)
    assert not desk.facts(facts.Allocation)
    explained = desk.run("allocate", "explain")
    assert explained.status == Exit.PERSON_NEEDED
    assert "Tasks 1, 2, 3 (experts who got this part: 0): Nobody may mark" in explained.out
    assert "- " in explained.out


def test_minutes_count_by_the_part(fresh: Desk, tmp_path: Path) -> None:
    """A whole work takes 18 minutes, the pages 10 and 8; 42 minutes are two whole works, but four and five of parts."""
    head, *rows = EXPERTS.splitlines()
    timed = "\n".join([f"{head};minutes", *(f"{row};42".replace(";40;", ";;") for row in rows), ""])
    procedure = by_page(minutes_per_page=4, minutes_per_task=2, third_reserve=0)
    desk = registered(fresh, tmp_path / "parts", procedure, timed)
    assert {(e.capacity, e.minutes) for e in desk.facts(facts.Expert)} == {(2, 42)}
    assert [procedure.effort(part) for part in procedure.parts] == [10, 8]
    assert desk.run("allocate").status == Exit.DONE
    experts = {row[0]: row[2] for a in desk.facts(facts.Allocation) for row in _experts(desk, a.allocation, tmp_path)}
    assert set(experts.values()) == {4, 5}


def _experts(desk: Desk, allocation: str, folder: Path) -> list[list[object]]:
    file = folder / f"{allocation}.json"
    assert desk.run("allocate", "export", str(file), "--allocation", allocation).status == Exit.DONE
    found: list[list[object]] = json.loads(file.read_text("utf-8"))["problem"]["experts"]
    return found


def test_parts_that_are_not_apart_are_not_recorded(numbered: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check between parts has a say of its own."""
    wrong = (Violation(Rule.OTHER_PART, ("E1", "4, 5")),)
    monkeypatch.setattr(assigning, "verify_parts", lambda *_: wrong)
    assert refused(numbered.run("allocate"), NotVerified, "nobody marks two parts")
    assert numbered.facts(facts.Assignment) == []


def test_laws_count_works_by_markings_by_parts(allocated: Desk) -> None:
    """Sixteen are wanted and assigned; what came back of one part leaves the other outstanding."""
    station = allocated.station()
    procedure = station.procedure()
    one = next(key for key in standing(allocated) if key.part == 1)
    allocated.add(*(facts.Score(one.work, one.marking, c, 0, 1, "entry", "", "") for c in ("1", "2", "3")))
    with station.ledger.reading() as connection:
        counts = state.counts(connection, procedure)
        laws = {law.name: law for law in state.all_laws(connection, procedure)}
        assert state.complete(connection, procedure) == {one}
    assert (counts.wanted, counts.assigned, counts.returned, counts.outstanding) == (16, 16, 1, 15)
    assert str(laws["markings"]).startswith("works × markings × parts 16 = assigned 16")
    assert laws["markings"].balanced
    assert laws["assigned"].balanced


# --- asking --------------------------------------------------------------------------------------


def test_why_is_answered_in_the_part_that_is_asked_about(allocated: Desk) -> None:
    """Of a number's own part; of an expert of another one it says which tasks that one marks."""
    given = standing(allocated)
    numbers = {n.key: n.number for n in allocated.facts(facts.Number)}
    key, mine = next((key, e) for key, e in sorted(given.items()) if key.part == 1)
    assert "marks this work: marking" in allocated.run("allocate", "why", numbers[key], mine).out
    stranger = of_part(allocated, 2)
    told = allocated.run("allocate", "why", numbers[key], stranger).out
    assert "marks the tasks 4, 5 of works and no others" in told
    by_name = allocated.run("allocate", "why", key.work, stranger).out
    assert "marks the tasks" not in by_name
    assert refused(allocated.run("allocate", "why", numbers[key], "nobody"), NoSuchExpertHere)


def test_a_report_and_a_question_are_about_one_part(allocated: Desk, tmp_path: Path) -> None:
    """Named by one of its tasks."""
    assert refused(allocated.run("allocate", "report"), PartNeeded)
    for task, part in (("1", 1), ("5", 2)):
        told = allocated.run("allocate", "report", "--task", task, "--quick").out
        assert f"Only these tasks of the works: {('1, 2, 3', '4, 5')[part - 1]}." in told
        assert of_part(allocated, part) in told
        assert of_part(allocated, 3 - part) not in told
    assert allocated.run("allocate", "report", str(tmp_path / "r.xlsx"), "--task", "1").status == Exit.DONE
    assert refused(allocated.run("allocate", "what-if", "--capacity", "all=+1"), PartNeeded)
    assert allocated.run("allocate", "what-if", "--capacity", "all=+1", "--task", "4").status == Exit.DONE
    pairs = allocated.run("allocate", "last-year", str(tmp_path / "last_year.csv"))
    assert pairs.status == Exit.DONE


def test_what_if_shares_experts_out_anew(numbered: Desk) -> None:
    """Part by part, today and then; without all but three experts a part is impossible, and said to be."""
    rows = json.loads(numbered.run("allocate", "what-if", "--capacity", "all=+1", "--json").out)
    assert {row["tasks"] for row in rows} == {"1, 2, 3", "4, 5"}
    assert {row["today"] for row in rows if row["what"] == "possible"} == {"yes"}
    everybody = sorted(e.expert for e in numbered.facts(facts.Expert))
    away = [word for expert in everybody[3:] for word in ("--without-expert", expert)]
    ended = numbered.run("allocate", "what-if", *away)
    assert ended.status == Exit.PERSON_NEEDED
    assert "experts who got this part" in ended.out


# --- packets and points ----------------------------------------------------------------------------


def composed(desk: Desk) -> list[facts.PacketRow]:
    station = desk.station()
    with station.ledger.writing() as writer:
        compose_packets(writer, station, station.procedure())
    return desk.facts(facts.PacketRow)


def test_a_packet_holds_one_part_and_each_row_the_number_of_its_part(allocated: Desk) -> None:
    """Every assignment lies in one row; what a row asks for are the criteria of its part."""
    rows = composed(allocated)
    assert {row.key for row in rows} == standing(allocated).keys()
    parts: dict[int, set[int]] = {}
    for row in rows:
        parts.setdefault(row.packet, set()).add(row.part)
    assert {len(of) for of in parts.values()} == {1}
    numbers = {n.key: n.number for n in allocated.facts(facts.Number)}
    assert all(numbers[row.key] == row.number for row in rows)
    assert len(set(numbers.values())) == 16
    procedure = allocated.station().procedure()
    asked = {row.part: {str(c) for c in state.asked(row, procedure)} for row in rows}
    assert asked == {1: {"1", "2", "3"}, 2: {"4", "5К1", "5К2"}}


def test_points_are_keyed_under_the_number_of_a_part(allocated: Desk) -> None:
    """Only its criteria are asked and taken; the packet's rows come with them."""
    rows = composed(allocated)
    station = allocated.station()
    procedure, row = station.procedure(), next(row for row in rows if row.part == 2)
    with station.ledger.reading() as connection:
        asked = entry.rows_to_key(connection, procedure, row.packet, "Орлова В. П.")
    assert all([field.criterion for field in one.row.fields] == ["4", "5К1", "5К2"] for one in asked)
    with station.ledger.reading() as connection:
        place = settle.place_of(connection, procedure, row.number, "4")
        assert (place.work, place.marking, place.criterion) == (row.work, row.marking, "4")
        with pytest.raises(settle.NoSuchCriterion, match="there are: 4, 5К1, 5К2"):
            settle.place_of(connection, procedure, row.number, "1")


# --- third markings --------------------------------------------------------------------------------


def test_a_third_expert_read_no_part_of_the_work_and_is_of_another_school_than_those_of_the_part(
    allocated: Desk,
) -> None:
    """Called for task 4: whoever read any part of the work is barred, of schools only those of the second part are."""
    work = allocated.work(11)
    allocated.add(facts.ThirdCall(work, "4", "task_difference"))
    waits = assigning.waiting(allocated.station(), organiser(allocated))
    assert waits is not None
    (item,) = waits.problem.works
    given = {key: ExpertId(e) for key, e in standing(allocated).items() if key.work == work}
    assert item.barred == set(given.values())
    schools = {e.expert: e.schools for e in waits.problem.experts}
    seniors = {e for key, e in given.items() if key.part == 2 and e in schools}
    assert all(schools[e] <= item.used_schools for e in seniors)
    assert len(item.used_schools) == 2
    assert all(e.load == 1 for e in waits.problem.experts if e.expert in standing(allocated).values())
    ended = allocated.run("adjudicate")
    # Works of school 7 were read by both other schools: only a colleague of the own one would be left, and may not.
    assert refused(ended, CannotAllocate)


def test_only_readers_of_what_differs_keep_their_schools_out() -> None:
    """Task 4 is of the second part: of the first one's readers the schools don't matter, unless the third marking is
    of everything; whoever read another work is nobody's concern."""
    given = [facts.Assignment("w1", m, f"e{m}{part}", "A", "", part) for m in (1, 2) for part in (1, 2)]
    given.append(facts.Assignment("w2", 1, "other", "A", "", 2))
    calls = {WorkId("w1"): {CriterionId("4")}}
    assert readers_beside(by_page(), given, calls) == {"w1": {"e12", "e22"}}
    everything = by_page(rules=Rules(third_scope=Scope.ALL))
    assert readers_beside(everything, given, calls) == {"w1": {"e11", "e12", "e21", "e22"}}
    whole = [facts.Assignment("w1", m, f"e{m}", "A", "") for m in (1, 2)]
    assert readers_beside(factories.procedure(), whole, calls) == {"w1": {"e1", "e2"}}


def organiser(desk: Desk) -> PrivateKey:
    return keys.unlock(desk.station().keys, Holder.ORGANISER, PHRASES["ORGANISER"])


def test_third_markings_are_of_the_whole_work(fresh: Desk, tmp_path: Path) -> None:
    """One number, one row, asking for the differing tasks, whichever parts they are of."""
    desk = registered(fresh, tmp_path / "parts", by_page(different_schools=False))
    assert desk.run("allocate").status == Exit.DONE
    work = desk.work(11)
    desk.add(facts.ThirdCall(work, "1", "task_difference"), facts.ThirdCall(work, "4", "task_difference"))
    ended = desk.run("adjudicate")
    assert ended.status == Exit.DONE, ended.err
    (third,) = [a for a in desk.facts(facts.Assignment) if a.marking == THIRD_MARKING]
    assert (third.part, json.loads(third.criteria)) == (WHOLE, ["1", "4"])
    assert third.expert not in {e for key, e in standing(desk).items() if key.work == work and key.part != WHOLE}
    assert [n.part for n in desk.facts(facts.Number) if n.marking == THIRD_MARKING] == [WHOLE]
    assert desk.run("adjudicate").out.strip() == "nothing waits"


# --- check day -----------------------------------------------------------------------------------


def test_an_absent_expert_is_replaced_by_those_of_the_part(allocated: Desk) -> None:
    """Only the works of that expert move, to experts of the same part, other schools for both markings as before."""
    before, who = standing(allocated), of_part(allocated, 2)
    assert allocated.run("allocate", "repair", "--absent", who, "--dry-run").status == Exit.DONE
    assert standing(allocated) == before
    ended = allocated.run("allocate", "repair", "--absent", who, "--why", "call at 8:40")
    assert ended.status == Exit.DONE, ended.err
    assert "Fewer changes are not possible." in ended.out
    after = standing(allocated)
    moved = {key for key in before if before[key] != after[key]}
    assert moved == {key for key, expert in before.items() if expert == who}
    assert {key.part for key in moved} == {2}
    had = {expert: key.part for key, expert in before.items()}
    assert all(had.get(after[key], 2) == 2 for key in moved)
    assert all(change.part == 2 for change in allocated.facts(facts.Reassignment))
    newest = json.loads(allocated.facts(facts.Allocation)[-1].certificate)
    assert (newest["tasks"], newest["repair"]["moved"]) == (["4", "5"], 0)


def test_whoever_is_away_only_the_same_part_steps_in(allocated: Desk) -> None:
    """Each of several experts of both parts, one after another, without recording anything."""
    parts = {expert: int(key.part) for key, expert in standing(allocated).items()}
    free = {e.expert for e in allocated.facts(facts.Expert)} - parts.keys()
    for who in sorted(parts)[::2]:
        shown = json.loads(allocated.run("allocate", "repair", "--absent", who, "--dry-run", "--json").out)
        assert shown
        assert {change["to"] for change in shown} <= {e for e, part in parts.items() if part == parts[who]} | free


def test_a_repair_of_a_part_is_verified_elsewhere(allocated: Desk, tmp_path: Path) -> None:
    """As the newest allocation of that part; the other part's stays what it was."""
    assert allocated.run("allocate", "repair", "--absent", of_part(allocated, 1), "--why", "x").status == Exit.DONE
    for task, name in (("1", "repair.json"), ("4", "first.json")):
        assert allocated.run("allocate", "export", str(tmp_path / name), "--task", task).status == Exit.DONE
        ended = Desk(tmp_path / "nowhere", allocated.read).run("allocate", "verify", str(tmp_path / name))
        assert ended.status == Exit.DONE, ended.out
    newest, *_ = [json.loads(a.certificate) for a in reversed(allocated.facts(facts.Allocation))]
    assert newest["tasks"] == ["1", "2", "3"]


def test_who_never_had_a_part_helps_where_somebody_is_missing(fresh: Desk, tmp_path: Path) -> None:
    """A thirteenth expert is registered on the day, when three of a part don't come."""
    desk = registered(fresh, tmp_path / "parts", by_page())
    assert desk.run("allocate").status == Exit.DONE
    before = standing(desk)
    missing = sorted({expert for key, expert in before.items() if key.part == 1})
    more = EXPERTS + "".join(f"n{n};Новикова {x}. {x}.;{s};Математика;lead;40;П1;\n" for n, x, s in NEW)
    district_of(tmp_path / "parts", by_page(), more)
    assert desk.run("register", str(tmp_path / "parts")).status in (Exit.DONE, Exit.PERSON_NEEDED)
    new = {e.expert for e in desk.facts(facts.Expert)} - {
        e.expert for e in desk.facts(facts.Expert) if e.status != "lead"
    }
    away = [word for expert in missing for word in ("--absent", expert)]
    ended = desk.run("allocate", "repair", *away, "--why", "the bus broke down")
    assert ended.status == Exit.DONE, ended.err
    after = standing(desk)
    assert {after[key] for key in before if key.part == 1} & new
    assert {key: after[key] for key in before if key.part == 2} == {k: e for k, e in before.items() if k.part == 2}


def test_a_part_that_nobody_is_left_for_is_named(allocated: Desk) -> None:
    """All experts of a part are away, and there is nobody who never had one."""
    away = sorted({expert for key, expert in standing(allocated).items() if key.part == 2})
    free = sorted({e.expert for e in allocated.facts(facts.Expert)} - set(standing(allocated).values()))
    words = [word for expert in (*away, *free) for word in ("--absent", expert)]
    ended = allocated.run("allocate", "repair", *words, "--why", "x")
    assert refused(ended, CannotRepair, "Tasks 4, 5: ")
    assert allocated.facts(facts.Reassignment) == []


def test_a_late_expert_takes_over_works_of_the_own_part(allocated: Desk) -> None:
    """And of no other, however many are asked for. One or the other finds loads that are even already."""
    taken = 0
    for who in sorted({expert for key, expert in standing(allocated).items() if key.part == 1}):
        assert allocated.run("allocate", "repair", "--absent", who, "--why", "x").status == Exit.DONE
        before = standing(allocated)
        ended = allocated.run("allocate", "repair", "--late", who, "--take-over", "3", "--why", "came at 11")
        assert ended.status == Exit.DONE, ended.err
        changed = {key for key, expert in standing(allocated).items() if before[key] != expert}
        assert {key.part for key in changed} <= {1}
        assert len(changed) <= 3
        taken += len(changed)
    assert taken


def test_what_came_back_of_a_part_stays_and_the_rest_goes(allocated: Desk) -> None:
    """A score of the second part says nothing of the first; a lost packet takes its own rows only."""
    given = standing(allocated)
    key = next(key for key in sorted(given) if key.part == 2)
    allocated.add(facts.Score(key.work, key.marking, "4", 0, 1, "entry", "", ""))
    ended = allocated.run("allocate", "repair", "--absent", given[key], "--why", "went home")
    assert "came back, at least in part, and stay" in ended.out
    assert standing(allocated)[key] == given[key]
    rows = composed(allocated)
    lost = next(row for row in rows if row.part == 1)
    allocated.add(facts.PacketPrint(lost.packet, 0, "x", 3))
    ended = allocated.run("allocate", "repair", "--lost", packet_code(lost.packet), "--why", "not in the box")
    assert ended.status == Exit.DONE, ended.err
    void = {(r.work, r.marking, r.part) for r in allocated.facts(facts.Reassignment) if r.reason == "lost"}
    assert void == {(r.work, r.marking, r.part) for r in rows if r.packet == lost.packet}


def test_a_third_expert_who_is_away_is_replaced_by_nobody_who_read_a_part(fresh: Desk, tmp_path: Path) -> None:
    """Everything of the work came back; the new third expert read none of it."""
    desk = registered(fresh, tmp_path / "parts", by_page(different_schools=False))
    assert desk.run("allocate").status == Exit.DONE
    work, procedure = desk.work(11), desk.station().procedure()
    for marking in procedure.independent():
        desk.add(*(facts.Score(work, marking, c.id, 0, 0, "entry", "", "") for c in procedure.criteria))
    desk.add(facts.ThirdCall(work, "1", "task_difference"))
    assert desk.run("adjudicate").status == Exit.DONE
    first = standing(desk)[MarkingKey(WorkId(work), THIRD_MARKING)]
    ended = desk.run("allocate", "repair", "--absent", first, "--why", "x")
    assert ended.status == Exit.DONE, ended.err
    now = standing(desk)
    readers = {expert for key, expert in now.items() if key.work == work and key.part != WHOLE}
    assert now[MarkingKey(WorkId(work), THIRD_MARKING)] not in readers | {first}
