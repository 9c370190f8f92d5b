"""Check day on a ledger: what is taken back, who gets it, what still counts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.errors import Exit
from crosscheck.model import THIRD_MARKING, SchoolToken, Status
from crosscheck.numbering import packet_code
from crosscheck.packetcode import NotAPacketCode
from packets import present, repairing
from packets.directions import newly_mutual
from packets.errors import CannotRepair, NoSuchPacketToPrint, NotVerified, RepairMarksBack
from packets.repair_commands import NoSuchTarget
from packets.rules import Rule
from packets.verify import Violation
from scoring.settle import PacketTakenBack
from tests.packets.instances import expert
from tests.packets.test_assigning import refused
from tests.stations import TABLES, Desk, district

MORE = TABLES["experts"] + "".join(
    f"e{n};{name};{school};Математика;senior;40;П1;\n"
    for n, name, school in ((4, "Котов Г. Г.", 7), (5, "Львова Д. Д.", 12), (6, "Зимина Е. Е.", 19))
)


@pytest.fixture
def allocated(fresh: Desk, tmp_path: Path) -> Desk:
    """Four works of three schools and two experts of each, everything given out."""
    assert fresh.run("register", str(district(tmp_path / "more", experts=MORE))).status == Exit.DONE
    for form in (11, 12, 13, 14):
        fresh.add(*(facts.Number(fresh.work(form), marking, f"{form}{marking}") for marking in (1, 2)))
    assert fresh.run("allocate").status == Exit.DONE
    return fresh


def standing(desk: Desk) -> dict[tuple[str, int], str]:
    with desk.station().ledger.reading() as connection:
        return {(a.work, a.marking): a.expert for a in queries.standing_assignments(connection)}


def busiest(desk: Desk) -> str:
    """An expert with works."""
    return Counter(standing(desk).values()).most_common(1)[0][0]


def test_only_the_works_of_an_absent_expert_move(allocated: Desk) -> None:
    """Named, counted and sealed; what was given out first stays to be seen; a second run changes nothing."""
    before, who = standing(allocated), busiest(allocated)
    ended = allocated.run("allocate", "repair", "--absent", who[:6], "--why", "call at 8:40")
    assert ended.status == Exit.DONE, ended.err
    assert "Fewer changes are not possible." in ended.out
    after = standing(allocated)
    moved = {slot for slot in before if before[slot] != after[slot]}
    assert moved == {slot for slot, expert in before.items() if expert == who}
    assert who not in after.values()
    assert all(len({after[w, 1], after[w, 2]}) == 2 for w, _m in after)
    changes = allocated.facts(facts.Reassignment)
    assert {(c.withdrawn, c.reason, c.why, c.revision) for c in changes} == {(who, "absent", "call at 8:40", 1)}
    assert [(a.expert, a.present) for a in allocated.facts(facts.Attendance)] == [(who, 0)]
    assert len(allocated.facts(facts.Assignment)) == len(before)
    again = allocated.run("allocate", "repair", "--absent", who, "--why", "once more")
    assert "Nothing has to be given anew." in again.out
    assert len(allocated.facts(facts.Reassignment)) == len(changes)


def test_a_preview_records_nothing(allocated: Desk) -> None:
    """And shows what would be done: the same as is done then."""
    before, who = standing(allocated), busiest(allocated)
    shown = json.loads(allocated.run("allocate", "repair", "--absent", who, "--dry-run", "--json").out)
    assert standing(allocated) == before
    assert allocated.facts(facts.Attendance) == []
    done = json.loads(allocated.run("allocate", "repair", "--absent", who, "--why", "x", "--json").out)
    assert done == shown
    assert shown


def test_a_repair_is_verified_elsewhere(allocated: Desk, tmp_path: Path) -> None:
    """It is an allocation like others: exported, checked without a ledger, its digest in the ledger."""
    allocated.run("allocate", "repair", "--absent", busiest(allocated), "--why", "x")
    file = tmp_path / "repair.json"
    assert allocated.run("allocate", "export", str(file)).status == Exit.DONE
    ended = Desk(tmp_path / "nowhere", allocated.read).run("allocate", "verify", str(file))
    assert ended.status == Exit.DONE
    certificate = json.loads(allocated.facts(facts.Allocation)[-1].certificate)
    assert certificate["export_sha256"] in ended.out
    assert certificate["repair"]["moved"] == 0
    assert certificate["repair"]["gone"] == certificate["repair"]["fewest"]


@pytest.mark.parametrize("mutual", ["never", "allowed"])
def test_a_repair_by_which_schools_would_mark_each_other_is_refused(fresh: Desk, tmp_path: Path, mutual: str) -> None:
    """Three schools mark each other in a ring; without the experts of one, somebody would have to mark back."""
    assert fresh.run("register", str(district(tmp_path / "more", experts=MORE))).status == Exit.DONE
    version = fresh.facts(facts.ProcedureVersion)[-1]
    once = version.toml.replace("markings = 2", 'markings = 1\nmutual_schools = "never"')
    fresh.add(facts.ProcedureVersion(version.version + 1, once, version.paper))
    fresh.add(*(facts.Number(fresh.work(form), 1, f"{form}1") for form in (11, 12, 13, 14)))
    assert fresh.run("allocate").status == Exit.DONE
    fresh.add(facts.ProcedureVersion(version.version + 2, once.replace("never", mutual), version.paper))
    before = standing(fresh)
    ended = fresh.run("allocate", "repair", "--absent", "e1", "--absent", "e4", "--why", "x")
    if mutual == "never":
        assert refused(ended, RepairMarksBack, "mark each other")
        assert (standing(fresh), fresh.facts(facts.Attendance)) == (before, [])
    else:
        assert ended.status == Exit.DONE, ended.err
        assert standing(fresh) != before


def test_schools_that_marked_each_other_before_are_no_ones_fault_now() -> None:
    """Only what a change adds is told, each pair once."""
    a, b, c = map(SchoolToken, "abc")
    assert newly_mutual({(a, b)}, {(a, b), (b, a), (b, c)}) == ((a, b),)
    assert newly_mutual({(a, b), (b, a)}, {(a, b), (b, a), (b, c)}) == ()
    assert newly_mutual({(a, b)}, {(b, a), (b, c)}) == ()


def test_a_conflict_found_on_the_spot_takes_one_work_back(allocated: Desk) -> None:
    """It is sealed, with the expert's words, and holds from then on."""
    (work, marking), who = next((slot, e) for slot, e in standing(allocated).items() if slot[0] == allocated.work(11))
    number = next(n.number for n in allocated.facts(facts.Number) if (n.work, n.marking) == (work, marking))
    ended = allocated.run("allocate", "repair", "--conflict", who, number, "--why", "тётя ученика")
    assert ended.status == Exit.DONE, ended.err
    (change,) = allocated.facts(facts.Reassignment)
    assert (change.work, change.marking, change.withdrawn, change.reason) == (work, marking, who, "conflict")
    assert "тётя" not in change.why
    assert "declared" in allocated.run("allocate", "why", number, who).out or change.expert != who
    found = json.loads(allocated.run("identity", "conflicts", who, "--names", "--json").out)
    assert "тётя ученика" in {row["reason"] for row in found}


def test_a_conflict_with_a_school_takes_all_its_works_back(allocated: Desk) -> None:
    """The school is named by its number; a number of nothing is refused."""
    of_seven = {allocated.work(11), allocated.work(12)}
    who = next(e for (work, _m), e in standing(allocated).items() if work in of_seven)
    ended = allocated.run("allocate", "repair", "--conflict", who, "7", "--why", "worked there")
    assert ended.status == Exit.DONE, ended.err
    assert not any(work in of_seven and e == who for (work, _m), e in standing(allocated).items())
    assert refused(allocated.run("allocate", "repair", "--conflict", who, "99", "--why", "x"), NoSuchTarget, "99")


def test_what_came_back_stays(allocated: Desk) -> None:
    """One score is enough; the command says so."""
    before, who = standing(allocated), busiest(allocated)
    mine = sorted(slot for slot, expert in before.items() if expert == who)
    work, marking = mine[0]
    allocated.add(facts.Score(work, marking, "1", 0, 1, "entry", "", ""))
    ended = allocated.run("allocate", "repair", "--absent", who, "--why", "went home")
    assert "came back, at least in part, and stay" in ended.out
    after = standing(allocated)
    assert [slot for slot in mine if after[slot] == who] == [(work, marking)]


def test_a_late_expert_gets_nothing_unless_asked_for(allocated: Desk) -> None:
    """And then takes over from those who have most."""
    who = busiest(allocated)
    allocated.run("allocate", "repair", "--absent", who, "--why", "x")
    before = standing(allocated)
    ended = allocated.run("allocate", "repair", "--late", who, "--why", "came at 11")
    assert "Nothing has to be given anew." in ended.out
    assert standing(allocated) == before
    ended = allocated.run("allocate", "repair", "--late", who, "--take-over", "1", "--why", "came at 11")
    assert ended.status == Exit.DONE, ended.err
    assert [e for slot, e in standing(allocated).items() if before[slot] != e] == [who]
    assert allocated.run("allocate", "repair", "--take-over", "1", "--why", "x").status == Exit.USAGE


def test_an_impossible_repair_records_nothing_and_says_what_blocks(allocated: Desk) -> None:
    """With four of six experts away nobody is left for some work."""
    everybody = sorted(e.expert for e in allocated.facts(facts.Expert))
    away = [word for expert in everybody[:4] for word in ("--absent", expert)]
    ended = allocated.run("allocate", "repair", *away, "--why", "the bus broke down")
    assert refused(ended, CannotRepair)
    assert len(ended.err) > 120, "the reason is missing"
    assert allocated.facts(facts.Reassignment) == []
    assert allocated.facts(facts.Attendance) == []


def test_works_that_come_late_level_the_loads_of_those_who_are_there(fresh: Desk, tmp_path: Path) -> None:
    """The absent expert gets none of them. Only the colleague of the same school has to take three: no other school
    is left for the second marking of three works."""
    assert fresh.run("register", str(district(tmp_path / "more", experts=MORE))).status == Exit.DONE
    for form in (11, 12, 13):
        fresh.add(*(facts.Number(fresh.work(form), marking, f"{form}{marking}") for marking in (1, 2)))
    assert fresh.run("allocate").status == Exit.DONE
    before, who = standing(fresh), busiest(fresh)
    assert fresh.run("allocate", "repair", "--absent", who, "--why", "x").status == Exit.DONE
    late = fresh.work(14)
    fresh.add(*(facts.Number(late, marking, f"14{marking}") for marking in (1, 2)))
    assert fresh.run("allocate").status == Exit.DONE
    after = standing(fresh)
    assert len(after) == len(before) + 2
    assert who not in after.values()
    assert {slot for slot in before if before[slot] != after[slot]} == {s for s, e in before.items() if e == who}
    assert sorted(Counter(after.values()).values()) == [1, 1, 1, 2, 3]


def test_a_repair_that_fails_its_check_records_nothing(allocated: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check shares no search with the repair."""
    monkeypatch.setattr(repairing, "verify_repair", lambda *_: (Violation(Rule.LOADS, ()),))
    ended = allocated.run("allocate", "repair", "--absent", busiest(allocated), "--why", "x")
    assert refused(ended, NotVerified, "The loads stated")
    assert allocated.facts(facts.Reassignment) == []


def test_a_reason_is_asked_for(allocated: Desk) -> None:
    """Who decided is recorded with every fact; why must be said."""
    assert allocated.run("allocate", "repair", "--absent", busiest(allocated)).status == Exit.USAGE
    ended = allocated.run("allocate", "repair", "--lost", "000001-5", "--why", "x")
    assert refused(ended, NotAPacketCode, "000001-5")
    ended = allocated.run("allocate", "repair", "--lost", packet_code(1), "--why", "x")
    assert refused(ended, NoSuchPacketToPrint, packet_code(1))


def test_a_packet_that_was_taken_back_is_not_keyed(allocated: Desk) -> None:
    """Its rows are void: neither read, nor keyed, nor listed."""
    who = busiest(allocated)
    mine = sorted(slot for slot, expert in standing(allocated).items() if expert == who)
    numbers = {(n.work, n.marking): n.number for n in allocated.facts(facts.Number)}
    allocated.add(facts.Packet(1, who, 1, len(mine)), facts.PacketPrint(1, 0, "x", 3))
    allocated.add(*(facts.PacketRow(1, at, *slot, numbers[slot], "") for at, slot in enumerate(mine)))
    ended = allocated.run("allocate", "repair", "--absent", who, "--why", "x")
    assert "Take back from" in ended.out
    assert {c.packet for c in allocated.facts(facts.Reassignment)} == {1}
    assert refused(allocated.run("enter", "000001-3"), PacketTakenBack)


@pytest.mark.parametrize(("capacity", "said"), [(4, False), (3, True)])
def test_a_reserve_for_third_markings_is_kept_or_missed_aloud(
    fresh: Desk, tmp_path: Path, capacity: int, said: bool
) -> None:
    """8 % of 8 markings are one place. The two senior experts need 3 places each for the works nobody else may mark."""
    experts = TABLES["experts"].replace(";40;", f";{capacity};")
    assert fresh.run("register", str(district(tmp_path / "more", experts=experts))).status == Exit.DONE
    for form in (11, 12, 13, 14):
        fresh.add(*(facts.Number(fresh.work(form), marking, f"{form}{marking}") for marking in (1, 2)))
    ended = fresh.run("allocate")
    assert ended.status == Exit.DONE
    assert ("Only 0 of 1 places are left for third markings" in ended.out) is said


def test_places_are_reserved_by_capacity(allocated: Desk) -> None:
    """Only of those who may give third markings, only so many as there are, less those that are given out."""
    station, many = allocated.station(), replace(allocated.station().procedure(), third_reserve=100)
    people = (expert("e1", 1, capacity=5), *(expert(f"e{n}", 2, capacity=6, status=Status.LEAD) for n in (2, 3)))
    with station.ledger.reading() as connection:
        assert present.reserve(connection, many, people) == {"e2": 4, "e3": 4}
        assert present.reserve(connection, replace(many, markings=1), people) == {"e2": 0, "e3": 0}
    allocated.add(facts.Assignment(allocated.work(11), int(THIRD_MARKING), "x", "A", ""))
    with station.ledger.reading() as connection:
        assert sum(present.reserve(connection, many, people).values()) == 7


def test_what_contradicts_itself_is_refused(allocated: Desk) -> None:
    """Nobody is absent and there; nothing is recorded."""
    who = busiest(allocated)
    ended = allocated.run("allocate", "repair", "--absent", who, "--late", who, "--why", "a slip")
    assert (ended.status, "absent and have come" in ended.err) == (Exit.USAGE, True)
    assert allocated.facts(facts.Attendance) == []


def test_experts_are_shown_by_the_codes_that_people_know(allocated: Desk) -> None:
    """With --names and the coordinator's key, even where an opaque code was typed."""
    who = busiest(allocated)
    shown = allocated.run("allocate", "repair", "--absent", who, "--dry-run", "--names", "--json").out
    assert {len(change["from"]) for change in json.loads(shown)} == {2}, "as e1"


def test_why_is_answered_from_where_the_work_was_given_out(allocated: Desk) -> None:
    """After a repair the newest allocation holds few works; the others were decided before."""
    before, who = standing(allocated), busiest(allocated)
    assert allocated.run("allocate", "repair", "--absent", who, "--why", "call at 8:40").status == Exit.DONE
    stays = next((work, expert) for (work, _m), expert in before.items() if expert != who)
    answer = allocated.run("allocate", "why", *stays)
    assert "marks this work" in answer.out, answer.err
