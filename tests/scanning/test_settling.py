"""What people decide about pages, and what the stage `number` makes of it: facts in, facts out, without a picture."""

from __future__ import annotations

import json

import pytest

from crosscheck import facts, keys
from crosscheck.errors import Exit
from crosscheck.numbering import parsed
from scanning import intake
from scanning.pages import NoSuchPage, NoSuchWorkPage, NothingSuggested, NotMasked, PageNotMissing
from tests.stations import Desk, Ended

BATCH = "station-1-001"


def seen(page: str, number: int | None, page_no: int | None, outcome: str = "labelled") -> facts.PageReading:
    """A page as it was read: masked, unless nothing of it could be."""
    masked = "" if outcome in ("blank", "unread", "alien") else "m"
    return facts.PageReading(page, outcome, number, page_no, 0, "", masked, "jpeg", '{"why": "x"}')


def scan(desk: Desk, *readings: facts.PageReading, file: str = "f") -> Desk:
    """Pages of one file, in this order, of a batch that is open here."""
    keys.new_working_key(desk.home / "keys", BATCH)
    pages = [facts.ScanPage(r.page, file, n, "jpeg", "x", "") for n, r in enumerate(readings)]
    desk.add(facts.Batch(BATCH, "works"), facts.ScanFile(file, BATCH, "ref", len(readings), ""), *pages, *readings)
    return desk


def refused(ended: Ended, error: type[Exception], *words: str) -> bool:
    number, status = error.number, error.exit  # type: ignore[attr-defined]
    return ended.status == status and f"E{number}" in ended.err and all(word in ended.err for word in words)


def fate(desk: Desk, page: str) -> tuple[str, str, int]:
    """The fate that holds, as recorded."""
    last = max((f for f in desk.facts(facts.PageFate) if f.page == page), key=lambda f: f.revision)
    return last.fate, last.work, last.page_no


@pytest.fixture
def scanned(desk: Desk) -> Desk:
    """Work 11 whole, work 12 with a page whose code was not read, a page without a code, a blank one."""
    return scan(
        desk,
        seen("a1", 11, 1),
        seen("a2", 11, 2),
        seen("b1", 12, 1),
        seen("b2", None, 2, "uncoded"),
        seen("c1", None, None, "unread"),
        seen("d1", None, None, "blank"),
    )


WHY = ("--why", "seen by eye")


def test_only_whole_works_are_numbered(scanned: Desk) -> None:
    """One number for each marking; pages that wait are counted and named in findings."""
    ended = scanned.run("number")
    assert (ended.status, ended.out.strip()) == (Exit.PERSON_NEEDED, "1 works numbered, 2 pages wait for a person.")
    numbers = scanned.facts(facts.Number)
    assert {(n.work, n.marking) for n in numbers} == {(scanned.work(11), 1), (scanned.work(11), 2)}
    assert all(parsed(n.number) == n.number for n in numbers)
    kinds = {f.subject: f.kind for f in scanned.facts(facts.Finding)}
    assert kinds == {"b2": "unknown", "c1": "unknown", scanned.work(12): "incomplete"}


def test_numbering_again_changes_nothing(scanned: Desk) -> None:
    """Not one fact is added."""
    scanned.run("number")
    count = scanned.station().ledger.verify()
    assert "0 works numbered" in scanned.run("number").out
    assert scanned.station().ledger.verify() == count


def test_an_accepted_suggestion_makes_the_work_whole(scanned: Desk) -> None:
    """The decision is a fact with its author; findings close by themselves."""
    scanned.run("number")
    assert scanned.run("pages", "accept", "b2", *WHY, who="Орлова В. П.").status == Exit.DONE
    assert "1 works numbered" in scanned.run("number").out
    assert fate(scanned, "b2") == ("known", scanned.work(12), 2)
    closed = {f.finding for f in scanned.facts(facts.FindingClosed)}
    assert {f.finding for f in scanned.facts(facts.Finding) if f.subject != "c1"} == closed


def test_a_decision_can_be_taken_back(scanned: Desk) -> None:
    """The page speaks for itself again; every step stays to be seen."""
    for step, expected in (("accept", "known"), ("undo", "unknown"), ("discard", "discarded"), ("foreign", "foreign")):
        scanned.run("pages", step, "b2", *WHY)
        scanned.run("number")
        assert fate(scanned, "b2")[0] == expected
    assert [d.decision for d in scanned.facts(facts.PageDecision)] == ["assign", "undo", "discard", "foreign"]


def test_a_page_may_be_named_by_its_form(scanned: Desk) -> None:
    """Whoever reads the form's number by eye types that number."""
    assert scanned.run("pages", "assign", "b2", "form:12", "2", *WHY).status == Exit.DONE
    scanned.run("number")
    assert fate(scanned, "b2") == ("known", scanned.work(12), 2)


def test_impossible_decisions_are_refused(scanned: Desk) -> None:
    """Each for its reason, and nothing is recorded."""
    work = scanned.work(12)
    assert refused(scanned.run("pages", "discard", "zz", *WHY), NoSuchPage, "zz")
    assert refused(scanned.run("pages", "discard", "b", *WHY), NoSuchPage)
    assert refused(scanned.run("pages", "accept", "c1", *WHY), NothingSuggested, "c1")
    assert refused(scanned.run("pages", "assign", "b2", work, "3", *WHY), NoSuchWorkPage, "3", work)
    assert refused(scanned.run("pages", "assign", "b2", "form:99", "1", *WHY), NoSuchWorkPage, "form:99")
    assert refused(scanned.run("pages", "assign", "b2", f"form:{'9' * 30}", "1", *WHY), NoSuchWorkPage)
    assert refused(scanned.run("pages", "assign", "b2", "Wnobody", "1", *WHY), NoSuchWorkPage, "Wnobody")
    assert refused(scanned.run("pages", "assign", "c1", work, "2", *WHY), NotMasked, "does not exist")
    assert refused(scanned.run("pages", "assign", "b2", work, "1", *WHY), NotMasked, "zones of page 2")
    scanned.run("number")
    assert refused(scanned.run("pages", "missing", scanned.work(11), "1", *WHY), PageNotMissing, "1")
    assert scanned.facts(facts.PageDecision) == []
    assert scanned.facts(facts.MissingPage) == []


def test_a_missing_page_is_declared_and_may_turn_up(scanned: Desk) -> None:
    """The work is numbered without it; when it is found, the declaration is withdrawn, not erased."""
    work = scanned.work(12)
    assert scanned.run("pages", "missing", work, "2", *WHY).status == Exit.DONE
    assert "2 works numbered" in scanned.run("number").out
    assert scanned.run("pages", "missing", work, "2", "--withdraw", *WHY).status == Exit.DONE
    assert [(m.revision, m.withdrawn) for m in scanned.facts(facts.MissingPage)] == [(0, 0), (1, 1)]


def test_a_rescan_puts_both_copies_in_conflict_until_one_is_kept(scanned: Desk) -> None:
    """A work that was numbered keeps its numbers; the kept copy is known, the other superseded."""
    scanned.run("number")
    scan(scanned, seen("x1", 11, 1), file="g")
    assert scanned.run("number").status == Exit.PERSON_NEEDED
    assert fate(scanned, "a1")[0] == fate(scanned, "x1")[0] == "conflict"
    rows = json.loads(scanned.run("pages", "list", "--fate", "conflict", "--json").out)
    assert {row["page"]: row["why"] for row in rows} == {"a1": "the same page as x1", "x1": "the same page as a1"}
    assert scanned.run("pages", "keep", "x1", "--why", "sharper").status == Exit.DONE
    scanned.run("number")
    assert (fate(scanned, "a1")[0], fate(scanned, "x1")[0]) == ("superseded", "known")
    assert len(scanned.facts(facts.Number)) == 2


# --- the batch's working key --------------------------------------------------------------------------


def test_the_working_key_goes_when_every_page_is_settled(scanned: Desk) -> None:
    """Not before: a person may still have to look at an original."""
    folder = scanned.home / "keys"
    scanned.run("number")
    assert keys.has_working_key(folder, BATCH)
    scanned.run("pages", "accept", "b2", *WHY)
    scanned.run("pages", "discard", "c1", *WHY)
    assert scanned.run("number").status == Exit.DONE
    assert not keys.has_working_key(folder, BATCH)
    assert [ended.batch for ended in scanned.facts(facts.WorkingKeyDestroyed)] == [BATCH]


def test_a_run_killed_before_the_key_was_gone_is_made_good(scanned: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fact is committed first; the next run destroys what the killed one left."""
    scanned.run("pages", "accept", "b2", *WHY)
    scanned.run("pages", "discard", "c1", *WHY)
    with monkeypatch.context() as patched:
        patched.setattr(keys, "destroy_working_key", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert scanned.run("number").status == Exit.INTERRUPTED
    assert keys.has_working_key(scanned.home / "keys", BATCH)
    assert scanned.run("number").status == Exit.DONE
    assert not keys.has_working_key(scanned.home / "keys", BATCH)


def test_a_batch_is_open_where_its_key_is(scanned: Desk) -> None:
    """A second station starts a batch of its own; the first one goes on with the open one."""
    assert intake._open_batch(scanned.station(), "works") == BATCH
    keys.destroy_working_key(scanned.home / "keys", BATCH)
    second = intake._open_batch(scanned.station("station-2"), "works")
    assert second == "station-2-002"
    assert intake._open_batch(scanned.station("station-2"), "works") == second
