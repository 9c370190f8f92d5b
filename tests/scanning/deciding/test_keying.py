"""`crosscheck pages key`: participant codes keyed from paper by two people, blind, and what comes of it."""

from __future__ import annotations

import pytest

from crosscheck import facts, participants
from crosscheck.coverform import FOREIGN_WORK
from crosscheck.db import queries
from crosscheck.errors import Exit
from scanning.deciding.choosing import NoReason
from scanning.deciding.keying import KeyedAlready, NoName, NoSuchCode, NotForKeying
from tests.scanning.deciding.test_settling import BATCH, WHY, fate, refused, scan
from tests.stations import Desk

ONE, TWO, THREE = "Петрова А. И.", "Орлова В. П.", "Ким Е. С."


def form(page: str, number: int) -> facts.PageReading:
    """A page of a foreign form."""
    return facts.PageReading(page, "templated", None, number, None, "t", "a" * 64, "jpeg", "{}")


@pytest.fixture
def uncoded(desk: Desk) -> Desk:
    """A class behind its cover: two works of two pages on foreign forms, without any code that a machine reads."""
    works = sorted((desk.work(11), desk.work(12)))
    for work in works:
        desk.add(*(facts.ManifestPage(f"{FOREIGN_WORK}{work}", n, work, n + 1, "") for n in range(2)))
    desk.add(facts.Cover(5, "K1", "", 2, 2))
    cover = facts.PageReading("cover", "alien", 5, None, 0, "", "", "", '{"cover": 1, "signed": true, "why": "cover"}')
    scan(desk, cover, form("a1", 1), form("a2", 2), form("b1", 1), form("b2", 2))
    desk.add(facts.BatchClosed(BATCH, 5, 5, "", ""))
    return desk


def test_two_people_name_a_work(uncoded: Desk) -> None:
    """After the first entry nothing is known; after the second the whole run of the work is."""
    assert uncoded.run("pages", "key", "a1", "00017", who=ONE).status == Exit.DONE
    assert "0 works numbered" in uncoded.run("number").out
    ended = uncoded.run("pages", "key", "a1", "00017", who=TWO)
    assert (ended.status, "the same code" in ended.out) == (Exit.DONE, True)
    assert "1 works numbered, 2 pages wait" in uncoded.run("number").out
    assert fate(uncoded, "a1") == ("known", uncoded.work(11), 1)
    assert fate(uncoded, "a2") == ("known", uncoded.work(11), 2)
    assert fate(uncoded, "cover")[0] == "foreign"


def test_one_person_counts_once(uncoded: Desk) -> None:
    """However the name is spelt; the same person can't be the second one."""
    uncoded.run("pages", "key", "a1", "00017", who=ONE)
    assert refused(uncoded.run("pages", "key", "a1", "00017", who="петрова а.и."), KeyedAlready, "a1")
    assert len(uncoded.facts(facts.KeyedCode)) == 1


@pytest.mark.parametrize("command", ["discard", "keep", "undo", "foreign"])
def test_a_decision_needs_a_reason(uncoded: Desk, command: str) -> None:
    """Blanks are none."""
    assert refused(uncoded.run("pages", command, "a1", "--why", "  "), NoReason)


@pytest.mark.parametrize("who", [".", " - "])
def test_whoever_keys_a_code_has_a_name(uncoded: Desk, who: str) -> None:
    """Otherwise one person could be two."""
    assert refused(uncoded.run("pages", "key", "a1", "00017", who=who), NoName)


def test_two_keyboards_make_nobody_a_second_person(uncoded: Desk) -> None:
    """A Latin letter that looks like a Cyrillic one is the same letter in a name."""
    uncoded.run("pages", "key", "a1", "00017", who="Агеев А.")
    assert refused(uncoded.run("pages", "key", "a1", "00017", who="Aгeeв A."), KeyedAlready)


def test_two_different_codes_call_for_a_third_person(uncoded: Desk) -> None:
    """A finding says so; the third entry decides and the finding closes."""
    uncoded.run("pages", "key", "a1", "00017", who=ONE)
    assert "differs" in uncoded.run("pages", "key", "a1", "00018", who=TWO).out
    uncoded.run("number")
    opened = [f for f in uncoded.facts(facts.Finding) if f.kind == "codes_differ"]
    assert [f.subject for f in opened] == ["a1"]
    assert uncoded.run("pages", "key", "a1", "00018", who=THREE).status == Exit.DONE
    uncoded.run("number")
    assert fate(uncoded, "a2") == ("known", uncoded.work(12), 2)
    assert opened[0].finding in {f.finding for f in uncoded.facts(facts.FindingClosed)}


def test_nobody_learns_what_others_keyed(uncoded: Desk) -> None:
    """Neither the list nor the page's own row changes with the first entry; no code stands in the ledger."""
    before = uncoded.run("pages", "key", "--json", who=TWO).out, uncoded.run("pages", "list", "--json").out
    uncoded.run("pages", "key", "a1", "00017", who=ONE)
    uncoded.run("number")
    after = uncoded.run("pages", "key", "--json", who=TWO).out, uncoded.run("pages", "list", "--json").out
    assert before == after
    database = (uncoded.home / "ledger.db").read_bytes()
    assert b"00017" not in database


def test_only_pages_that_wait_for_me_are_listed(uncoded: Desk) -> None:
    """First pages without a code; those that I keyed already are other people's."""
    assert [line.split()[0] for line in uncoded.run("pages", "key", who=ONE).out.splitlines()[1:]] == ["a1", "b1"]
    uncoded.run("pages", "key", "a1", "00017", who=ONE)
    assert [line.split()[0] for line in uncoded.run("pages", "key", who=ONE).out.splitlines()[1:]] == ["b1"]


def test_a_wrong_code_is_refused_whoever_keyed_before(uncoded: Desk) -> None:
    """The same answer before and after somebody keyed the page; nothing is recorded."""
    first = uncoded.run("pages", "key", "a1", "99999", who=TWO)
    uncoded.run("pages", "key", "a1", "00017", who=ONE)
    second = uncoded.run("pages", "key", "a1", "99999", who=TWO)
    assert refused(first, NoSuchCode, "a1")
    assert first == second
    assert len(uncoded.facts(facts.KeyedCode)) == 1


def test_only_first_pages_without_a_code_are_keyed(uncoded: Desk) -> None:
    """Other pages of the work follow their first one."""
    assert refused(uncoded.run("pages", "key", "a2", "00017"), NotForKeying, "a2")
    assert refused(uncoded.run("pages", "key", "cover", "00017"), NotForKeying)


def test_entries_are_taken_back_by_undo(uncoded: Desk) -> None:
    """The page waits again, for everybody; what was keyed stays to be seen."""
    for who in (ONE, TWO):
        uncoded.run("pages", "key", "a1", "00017", who=who)
    assert uncoded.run("pages", "undo", "a1", *WHY).status == Exit.DONE
    uncoded.run("number")
    assert fate(uncoded, "a1")[0] == "unknown"
    assert uncoded.run("pages", "key", "a1", "00018", who=ONE).status == Exit.DONE
    assert [bool(entry.work) for entry in uncoded.facts(facts.KeyedCode)] == [True, True, False, True]


def test_three_different_codes_end_the_keying(uncoded: Desk) -> None:
    """Whoever keyed the third one is told that they differ and what happens now, but no code; a finding says it too."""
    for who, code in ((ONE, "00017"), (TWO, "00018")):
        uncoded.run("pages", "key", "a1", code, who=who)
    told = uncoded.run("pages", "key", "a1", "00019", who=THREE).out
    assert "all three entries differ" in told
    assert "crosscheck pages assign" in told
    assert "00017" not in told
    assert "00018" not in told
    assert [f.detail for f in uncoded.facts(facts.Finding) if f.kind == "codes_differ"][-1].startswith("three people")
    assert "No page waits for your entry" not in uncoded.run("pages", "key", who="Четвёртая Ч.").out
    assert refused(uncoded.run("pages", "key", "a1", "00017", who="Четвёртая Ч."), NotForKeying)


def test_an_undone_keying_reads_as_undone(uncoded: Desk) -> None:
    """With its reason, and never as one more entry."""
    for who in (ONE, TWO):
        uncoded.run("pages", "key", "a1", "00017", who=who)
    assert "all codes keyed for page a1 are taken back" in uncoded.run("pages", "undo", "a1", *WHY, who=THREE).out
    told = uncoded.run("pages", "proof", "a1").out
    assert told.count("code keyed by: ") == 2
    assert f"keyed codes taken back by: {THREE}" in told
    assert f"decision: undo: seen by eye ({THREE}" in told


def test_the_code_is_asked_for(uncoded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed on the command line stays in the shell's history."""
    monkeypatch.setattr("click.prompt", lambda _text: " 00017 ")
    assert uncoded.run("pages", "key", "a1", who=ONE).status == Exit.DONE
    assert [entry.work for entry in uncoded.facts(facts.KeyedCode)] == [uncoded.work(11)]


def test_an_erased_participant_is_found_no_more(uncoded: Desk) -> None:
    """Erasing takes the salt with the record's keys, and registering again does not bring it back: nobody can test a
    guess at the code any more, whatever secrets they hold."""
    work, station = uncoded.work(11), uncoded.station()
    with station.ledger.reading() as connection:
        assert participants.work_of(connection, station.secret(), "00017") == work
        assert participants.work_of(connection, b"other" * 8, "00017") is None
    assert uncoded.run("vault", "erase", f"participant:{work}", "--why", "act 7").status == Exit.DONE
    with station.ledger.reading() as connection:
        assert participants.work_of(connection, station.secret(), "00017") is None
        assert participants.work_of(connection, station.secret(), "00018") == uncoded.work(12)
        assert not any(work in record for record in queries.keys_held(connection, participants.HOLDER))
