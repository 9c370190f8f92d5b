"""One teacher under two codes: found when registered, settled by a named person, one expert from then on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crosscheck import admin, doubts, facts, identity
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.model import ExpertId
from tests.stations import TABLES, Desk, Ended, district

HEAD = TABLES["experts"].splitlines()[0]
TWICE = ("e4;Иванова Анна Андреевна;12;Математика;ordinary;60;П1;", "e5;ИВАНОВА А.А.;7;Математика;senior;50;П1;")
SURE = "e4;Сидорова Вера Витальевна;19;Математика;ordinary;40;П1;"


def experts(*rows: str, changed: tuple[str, str] = ("", "")) -> str:
    """The small district's experts and some more."""
    return TABLES["experts"].replace(*changed) + "".join(f"{row}\n" for row in rows)


def registered(desk: Desk, tmp_path: Path, experts: str, **tables: str) -> Ended:
    return desk.run("register", str(district(tmp_path / "again", experts=experts, **tables)))


def refused(ended: Ended, error: type[CrosscheckError], *words: str) -> bool:
    return ended.status == error.exit and f"E{error.number}" in ended.err and all(word in ended.err for word in words)


def pairs(desk: Desk, *options: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(desk.run("identity", "list", "--json", *options).out)
    return found


def open_kinds(desk: Desk) -> list[str]:
    closed = {finding.finding for finding in desk.facts(facts.FindingClosed)}
    return [finding.kind for finding in desk.facts(facts.Finding) if finding.finding not in closed]


@pytest.fixture
def doubted(desk: Desk, tmp_path: Path) -> Desk:
    """Three entries of one school or two that may be Ivanova."""
    assert registered(desk, tmp_path, experts(*TWICE)).status == Exit.PERSON_NEEDED
    return desk


@pytest.fixture
def numbered(doubted: Desk) -> Desk:
    """Four works to give out."""
    for form in (11, 12, 13, 14):
        doubted.add(*(facts.Number(doubted.work(form), marking, f"{form}{marking}") for marking in (1, 2)))
    return doubted


def test_a_doubt_is_a_finding_without_a_name(doubted: Desk) -> None:
    """Two codes and no more: neither the findings nor the ledger say what the experts are called or where they work."""
    assert open_kinds(doubted) == [doubts.KIND]
    (row,) = json.loads(doubted.run("findings", "list", "--json").out)
    one, other = row["subject"].split()
    assert {one, other} < {expert.expert for expert in doubted.facts(facts.Expert)}
    whole = b"".join(path.read_bytes() for path in doubted.home.glob("ledger.db*"))
    assert "Иванова".encode() not in whole
    assert "crosscheck identity list" in doubted.run("findings", "list").out


def test_the_list_says_with_the_coordinators_key_who_is_doubted_and_why(
    doubted: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, schools and evidence; the opening is recorded; without the passphrase nothing is shown."""
    (row,) = pairs(doubted)
    assert {row["one"], row["other"]} == {"e1 Иванова А. А. (7)", "e5 ИВАНОВА А.А. (7)"}
    assert row["evidence"] == "family name and initials are the same; they work in one school"
    assert [o.purpose for o in doubted.facts(facts.Opening)][-2:] == ["identity", "identity"]
    monkeypatch.delenv("CROSSCHECK_COORDINATOR_PASSPHRASE")
    assert "E4530" in doubted.run("identity", "list").err


def test_no_work_is_given_out_while_a_doubt_waits(numbered: Desk) -> None:
    """The refusal says how many wait and what to type; when it is settled, the works are given out."""
    ended = numbered.run("allocate")
    assert refused(ended, doubts.IdentitiesWait, "1", "crosscheck identity")
    assert numbered.facts(facts.Assignment) == []
    assert numbered.run("identity", "different", "e1", "e5", "--why", "namesakes").status == Exit.DONE
    assert numbered.run("allocate").status == Exit.DONE
    assert doubts.KIND not in open_kinds(numbered)


def test_one_person_marks_no_work_twice_and_none_of_either_school(numbered: Desk) -> None:
    """Ivanova of schools 7 and 12 gets works of school 19 alone, under one code."""
    numbered.run("identity", "different", "e1", "e5", "--why", "namesakes")
    ended = numbered.run("identity", "same", "e1", "e4", "--why", "act 2", who="Орлова В. П.")
    assert (ended.status, "one person" in ended.out) == (Exit.DONE, True)
    assert numbered.run("allocate").status == Exit.DONE
    codes = {row["code"]: row["expert"] for row in codes_of(numbered)}
    given = numbered.facts(facts.Assignment)
    person = {a.work for a in given if a.expert in (codes["e1"], codes["e4"])}
    assert person <= {numbered.work(14)}
    assert len({a.expert for a in given} & {codes["e1"], codes["e4"]}) <= 1
    assert pairs(numbered, "--all")[0].keys() >= {"decided_by"}
    assert {row["decided_by"] for row in pairs(numbered, "--all")} == {"Орлова В. П.", "Петрова А. И."}


def codes_of(desk: Desk) -> list[dict[str, str]]:
    """Opaque codes by the district's: as the program itself finds them."""
    from crosscheck import keys
    from crosscheck.keys import Holder
    from crosscheck.vault import Purpose
    from tests.stations import PHRASES

    station = desk.station()
    key = keys.unlock(station.keys, Holder.COORDINATOR, PHRASES["COORDINATOR"])
    found = identity.known_experts(station, key, Purpose.IDENTITY)
    return [{"code": code, "expert": expert} for expert, code in found.codes.items()]


def test_the_same_full_name_in_one_school_is_one_person_without_asking(desk: Desk, tmp_path: Path) -> None:
    """Proven: recorded as what the tables say, and a person may still say otherwise."""
    both = experts(SURE, changed=("Сидорова В. В.", "СИДОРОВА  Вера Витальевна"))
    assert registered(desk, tmp_path, both).status == Exit.DONE
    (fact,) = desk.facts(facts.ExpertIdentity)
    assert (fact.decision, fact.source) == ("same", "tables")
    assert desk.run("identity", "different", "e3", "e4", "--why", "mother and daughter").status == Exit.DONE
    assert registered(desk, tmp_path, both).status == Exit.DONE
    assert [f.decision for f in desk.facts(facts.ExpertIdentity)] == ["same", "different"]


def test_a_second_registration_says_nothing_new(doubted: Desk, tmp_path: Path) -> None:
    """Neither before a person spoke, nor after."""
    for decide in (False, True):
        if decide:
            doubted.run("identity", "same", "e1", "e5", "--why", "act 2")
        before = doubted.facts(facts.ExpertIdentity), doubted.facts(facts.Finding)
        registered(doubted, tmp_path, experts(*TWICE))
        assert (doubted.facts(facts.ExpertIdentity), doubted.facts(facts.Finding)) == before


def test_corrected_tables_close_a_doubt(doubted: Desk, tmp_path: Path) -> None:
    """The name was wrong: nobody has to settle what isn't doubtful any more."""
    corrected = experts(TWICE[0], TWICE[1].replace("ИВАНОВА А.А.", "Иванова П. П."))
    assert registered(doubted, tmp_path, corrected).status == Exit.DONE
    assert open_kinds(doubted) == []


def test_what_a_person_said_of_other_names_is_asked_again(doubted: Desk, tmp_path: Path) -> None:
    """Two people were two because of what the table said then."""
    doubted.run("identity", "different", "e1", "e5", "--why", "namesakes")
    changed = experts(TWICE[0], TWICE[1].replace("ИВАНОВА А.А.", "Иванова Анна А."))
    assert registered(doubted, tmp_path, changed).status == Exit.PERSON_NEEDED
    assert open_kinds(doubted) == [doubts.KIND]


def test_a_decision_is_taken_back_by_a_new_one(doubted: Desk) -> None:
    """The doubt comes back, the earlier facts stay; nothing is left to take back then."""
    doubted.run("identity", "same", "e1", "e5", "--why", "act 2")
    assert open_kinds(doubted) == []
    assert doubted.run("identity", "undo", "e1", "e5", "--why", "wrong row").status == Exit.PERSON_NEEDED
    assert open_kinds(doubted) == [doubts.KIND]
    assert [fact.decision for fact in doubted.facts(facts.ExpertIdentity)] == ["doubtful", "same", "doubtful"]
    assert refused(doubted.run("identity", "undo", "e1", "e5", "--why", "again"), doubts.NothingToUndo)


def test_nobody_is_made_one_person_with_two(doubted: Desk) -> None:
    """e1 is e4 and e4 is e5, but e1 is not e5: the last word is refused, and names the pair."""
    doubted.run("identity", "different", "e1", "e5", "--why", "namesakes")
    doubted.run("identity", "same", "e1", "e4", "--why", "act 2")
    ended = doubted.run("identity", "same", "e4", "e5", "--why", "act 3")
    assert refused(ended, doubts.ContradictsDecision)
    assert doubted.run("identity", "same", "e1", "e4", "--why", "act 2").out.endswith(
        "It stands already.\nPairs that wait: 0.\n"
    )


def test_while_other_pairs_wait_a_decision_ends_with_10(desk: Desk, tmp_path: Path) -> None:
    """As every command that leaves something to a person; the last one ends with 0."""
    third = "e6;Сидорова В В;19;Математика;ordinary;40;П1;"
    registered(desk, tmp_path, experts(*TWICE, third))
    ended = desk.run("identity", "different", "e1", "e5", "--why", "namesakes")
    assert (ended.status, "Pairs that wait: 1." in ended.out) == (Exit.PERSON_NEEDED, True)
    assert desk.run("identity", "same", "e3", "e6", "--why", "act 2").status == Exit.DONE
    assert desk.run("identity", "undo", "e3", "e6", "--why", "wrong row").status == Exit.PERSON_NEEDED
    assert desk.run("identity", "undo", "e1", "e5", "--why", "wrong row").status == Exit.PERSON_NEEDED


def test_the_status_says_that_nothing_can_be_given_out(doubted: Desk) -> None:
    """In words and for programs; no longer when the pair is settled."""
    assert "Works can't be given out: pairs of experts who may be one person: 1" in doubted.run("status").out
    assert json.loads(doubted.run("status", "--json").out)["identities_waiting"] == 1
    doubted.run("identity", "different", "e1", "e5", "--why", "namesakes")
    assert "can't be given out" not in doubted.run("status").out


def test_experts_are_named_by_either_code_and_never_guessed(doubted: Desk) -> None:
    """An unknown code, the letter that all begin with, the same expert twice."""
    token = next(row["expert"] for row in codes_of(doubted) if row["code"] == "e1")
    assert doubted.run("identity", "different", token, "E5", "--why", "namesakes").status == Exit.DONE
    for wrong in ("e9", "E"):
        assert refused(doubted.run("identity", "same", "e1", wrong, "--why", "x"), identity.NoSuchExpert, wrong)
    assert doubted.run("identity", "same", "e1", token, "--why", "x").status == Exit.USAGE


def test_a_doubt_is_not_closed_like_other_findings(doubted: Desk) -> None:
    """Closing it would leave the question open and hide it."""
    (finding,) = doubted.facts(facts.Finding)
    assert refused(doubted.run("findings", "close", finding.finding, "--why", "x"), admin.NotClosedByHand)
    assert open_kinds(doubted) == [doubts.KIND]


def test_one_person_found_after_works_were_given_out_is_checked(numbered: Desk) -> None:
    """Printing waits; the check names works that one person has twice, or against a conflict."""
    numbered.run("identity", "different", "e1", "e5", "--why", "namesakes")
    numbered.run("allocate")
    one, other = sorted({a.expert for a in numbered.facts(facts.Assignment) if a.work == numbered.work(13)})
    numbered.run("identity", "same", one, other, "--why", "act 2")
    assert doubts.CHECK in open_kinds(numbered)
    assert "not allowed any more" in numbered.run("allocate").out
    found = [f for f in numbered.facts(facts.Finding) if f.kind == "conflict_of_interest"]
    assert {f.subject.partition(":")[0] for f in found} >= {numbered.work(13)}
    assert any("previous_marker" in f.detail for f in found)


# --- what an expert may not mark -----------------------------------------------------------------

CONFLICTS = (
    "expert;kind;school;class;participant;note;until\n"
    "e2;former_school;7;;;работал;2024\ne2;former_school;19;;;давно;2015\ne2;relative;7;5А;;дочь;\n"
    "e2;relative;7;5А;;дочь;\ne2;relative;;;e3;сестра;\n"
)


def test_every_conflict_is_shown_with_its_source(desk: Desk, tmp_path: Path) -> None:
    """Own school, class, declarations with the expert's words; what is over says so; a relative who is an expert
    bars nothing; a declaration made twice counts once."""
    assert registered(desk, tmp_path, TABLES["experts"], conflicts=CONFLICTS).status == Exit.DONE
    rows = json.loads(desk.run("identity", "conflicts", "e2", "--json").out)
    assert [(r["source"], r["target"], r["until"], r["stands"], r["reason"]) for r in rows] == [
        ("own_school", "12 Гимназия №12", "", True, ""),
        ("relative", "7:5А", "", True, "дочь"),
        ("former_school", "19 Школа №19", "2015", False, "давно"),
        ("former_school", "7 Школа №7", "2024", True, "работал"),
    ]
    purposes = [(o.part, o.purpose) for o in desk.facts(facts.Opening)]
    assert {("origin", "conflicts"), ("person", "conflicts")} <= set(purposes)


def test_the_organiser_alone_sees_tokens_and_no_reason(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sources are told; which school it is needs the other key."""
    registered(desk, tmp_path, TABLES["experts"], conflicts=CONFLICTS)
    token = next(row["expert"] for row in codes_of(desk) if row["code"] == "e2")
    monkeypatch.delenv("CROSSCHECK_COORDINATOR_PASSPHRASE")
    ended = desk.run("identity", "conflicts", token)
    assert (ended.status, "own school" in ended.out) == (Exit.DONE, True)
    assert not any(word in ended.out for word in ("Гимназия", "дочь", "5А"))


def test_a_former_school_of_long_ago_is_no_conflict(desk: Desk, tmp_path: Path) -> None:
    """Three years by default: who left in 2015 may mark again, who left in 2024 may not, without a year never."""
    from crosscheck import keys
    from crosscheck.conflicts import Source
    from crosscheck.keys import Holder
    from crosscheck.vault import Purpose
    from packets.origins import open_origins
    from tests.stations import PHRASES

    endless = CONFLICTS + "e3;former_school;12;;;;\n"
    registered(desk, tmp_path, TABLES["experts"], conflicts=endless)
    key = keys.unlock(desk.station().keys, Holder.ORGANISER, PHRASES["ORGANISER"])
    found = open_origins(desk.station(), key, Purpose.ALLOCATE).conflicts
    codes = {row["expert"]: row["code"] for row in codes_of(desk)}
    former = sorted(codes[c.expert] for c in found if c.source is Source.FORMER_SCHOOL)
    assert former == ["e2", "e3"]


def test_persons_of_the_ledger_are_those_that_stand(doubted: Desk) -> None:
    """Only the newest decision about a pair counts."""
    codes = {row["code"]: ExpertId(row["expert"]) for row in codes_of(doubted)}
    doubted.run("identity", "same", "e1", "e5", "--why", "act 2")
    with doubted.station().ledger.reading() as connection:
        assert doubts.persons(connection).of(codes["e1"]) == {codes["e1"], codes["e5"]}
    doubted.run("identity", "different", "e1", "e5", "--why", "namesakes")
    with doubted.station().ledger.reading() as connection:
        assert doubts.persons(connection).of(codes["e1"]) == {codes["e1"]}


def test_a_school_that_changes_back_is_the_one_that_holds(desk: Desk, tmp_path: Path) -> None:
    """From 7 to 12 and back: the expert is barred from 7 again, and registering it once more adds nothing."""

    def barred() -> str:
        return desk.run("identity", "conflicts", "e1").out

    for row in ("e1;Иванова А. А.;12;", "e1;Иванова А. А.;7;"):
        registered(desk, tmp_path, experts(changed=("e1;Иванова А. А.;7;", row)))
    assert "7" in barred()
    before = len(desk.facts(facts.SealedRecord))
    registered(desk, tmp_path, experts())
    assert len(desk.facts(facts.SealedRecord)) == before
    registered(desk, tmp_path, experts(changed=("e1;Иванова А. А.;7;", "e1;Иванова А. А.;12;")))
    assert len(desk.facts(facts.SealedRecord)) == before + 1


def test_a_doubt_that_comes_up_later_stops_giving_out_and_printing(numbered: Desk) -> None:
    """Taken back after works were given out: nothing more is allocated or printed until a person says."""
    assert numbered.run("identity", "different", "e1", "e5", "--why", "namesakes").status == Exit.DONE
    assert numbered.run("allocate").status == Exit.DONE
    numbered.run("identity", "undo", "e1", "e5", "--why", "not so sure")
    assert refused(numbered.run("allocate"), doubts.IdentitiesWait)
    assert refused(numbered.run("print"), doubts.IdentitiesWait)


def test_a_decision_needs_a_reason(doubted: Desk) -> None:
    """Blanks are none."""
    ended = doubted.run("identity", "same", "e1", "e5", "--why", "  ")
    assert ended.status == Exit.USAGE
    assert "reason" in ended.err
