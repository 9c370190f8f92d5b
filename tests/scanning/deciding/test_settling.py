"""What people decide about pages, and what the stage `number` makes of it: facts in, facts out, without a picture."""

from __future__ import annotations

import json
import re

import pytest

from crosscheck import facts, keys
from crosscheck.db.queries import Connection
from crosscheck.errors import Exit
from crosscheck.numbering import parsed
from crosscheck.wholeness import CHANGED, unsound_works
from scanning.collating.collate import HOLDING
from scanning.deciding.choosing import (
    NoSuchPage,
    NoSuchWorkPage,
    NothingSuggested,
    NothingToDecide,
    NotMasked,
    PageNotMissing,
)
from scanning.incoming import intake
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


# --- corner cases of decisions ------------------------------------------------------------------------


def test_the_same_decision_twice_is_one(scanned: Desk) -> None:
    """By the same person or another one: nothing new was decided."""
    for who in ("Петрова А. И.", "Петрова А. И.", "Орлова В. П."):
        assert scanned.run("pages", "discard", "b2", *WHY, who=who).status == Exit.DONE
    assert len(scanned.facts(facts.PageDecision)) == 1


def test_what_decides_nothing_is_refused(scanned: Desk) -> None:
    """Keeping what is no copy would win a later conflict that nobody looked at; there is nothing to undo."""
    scanned.run("number")
    assert refused(scanned.run("pages", "keep", "a1", *WHY), NothingToDecide, "a1", "copies")
    assert refused(scanned.run("pages", "undo", "a1", *WHY), NothingToDecide, "a1")
    withdrawn = scanned.run("pages", "missing", scanned.work(12), "2", "--withdraw", *WHY)
    assert refused(withdrawn, NothingToDecide, scanned.work(12))
    assert scanned.facts(facts.PageDecision) == []


def test_a_second_rescan_is_a_new_conflict(scanned: Desk) -> None:
    """A page is kept over the copies that were looked at; the next one waits again, and undo restores the first."""
    scan(scanned, seen("x1", 11, 1), file="g")
    scanned.run("pages", "keep", "x1", *WHY)
    scan(scanned, seen("y1", 11, 1), file="h")
    scanned.run("number")
    assert [fate(scanned, page)[0] for page in ("a1", "x1", "y1")] == ["superseded", "conflict", "conflict"]
    scanned.run("pages", "keep", "y1", *WHY)
    scanned.run("number")
    assert [fate(scanned, page)[0] for page in ("a1", "x1", "y1")] == ["superseded", "superseded", "known"]
    for page in ("y1", "x1"):
        scanned.run("pages", "undo", page, *WHY)
    scanned.run("number")
    assert [fate(scanned, page)[0] for page in ("a1", "x1", "y1")] == ["conflict"] * 3


def test_a_page_kept_by_an_earlier_version_stays_kept(scanned: Desk) -> None:
    """Its decision names no copies; what it superseded then says which they were."""
    scan(scanned, seen("x1", 11, 1), file="g")
    scanned.add(
        facts.PageDecision("x1", 0, "keep", "", 0, "sharper"),
        facts.PageFate("a1", 0, "superseded", scanned.work(11), 1, "x1 was kept"),
        facts.PageFate("x1", 0, "known", scanned.work(11), 1, "label of form 11"),
    )
    scanned.run("number")
    assert (fate(scanned, "a1")[0], fate(scanned, "x1")[0]) == ("superseded", "known")


def test_an_assigned_page_may_be_kept(scanned: Desk) -> None:
    """It stays the page that a person said it is."""
    scanned.run("pages", "accept", "b2", *WHY)
    scan(scanned, seen("x2", 12, 2), file="g")
    assert scanned.run("pages", "keep", "b2", *WHY).status == Exit.DONE
    scanned.run("number")
    assert fate(scanned, "b2") == ("known", scanned.work(12), 2)
    assert fate(scanned, "x2")[0] == "superseded"


def open_kinds(desk: Desk) -> dict[str, list[str]]:
    """Open findings: kinds by subject."""
    closed = {finding.finding for finding in desk.facts(facts.FindingClosed)}
    found: dict[str, list[str]] = {}
    for finding in desk.facts(facts.Finding):
        if finding.finding not in closed:
            found.setdefault(finding.subject, []).append(finding.kind)
    return found


def test_a_numbered_work_that_changes_is_a_finding(scanned: Desk) -> None:
    """Paper may be out with its pages: it is not sound until somebody has looked or all is as it was."""
    scanned.run("number")
    work = scanned.work(11)
    scanned.run("pages", "discard", "a1", *WHY)
    scanned.run("number")
    assert CHANGED in open_kinds(scanned)[work]
    with scanned.station().ledger.reading() as connection:
        assert unsound_works(connection) == {work}
    scanned.run("pages", "undo", "a1", *WHY)
    scanned.run("number")
    assert work not in open_kinds(scanned)
    with scanned.station().ledger.reading() as connection:
        assert unsound_works(connection) == frozenset()


def test_another_copy_in_a_numbered_work_needs_a_look(scanned: Desk) -> None:
    """The work is whole, but not what was numbered. Once a person closed the finding it is sound; a change after that
    is a new finding."""
    scanned.run("number")
    work = scanned.work(11)
    scan(scanned, seen("x1", 11, 1), file="g")
    scanned.run("pages", "keep", "x1", *WHY)
    scanned.run("number")
    assert open_kinds(scanned)[work] == [CHANGED]
    (name,) = {f.finding for f in scanned.facts(facts.Finding) if f.kind == CHANGED}
    assert scanned.run("findings", "close", name, "--why", "the packet was not printed yet").status == Exit.DONE
    scanned.run("number")
    with scanned.station().ledger.reading() as connection:
        assert unsound_works(connection) == frozenset()


def test_a_finding_that_comes_again_is_a_new_one(scanned: Desk) -> None:
    """Lost, restored, lost again: each time somebody must look."""
    scanned.run("number")
    for step in ("discard", "undo", "discard"):
        scanned.run("pages", step, "a1", *WHY)
        scanned.run("number")
    names = [f.finding for f in scanned.facts(facts.Finding) if f.kind == CHANGED]
    assert len(names) == 2
    assert names[1] == f"{names[0]}~2"
    assert CHANGED in open_kinds(scanned)[scanned.work(11)]


def test_a_missing_page_that_is_there_is_a_finding(scanned: Desk) -> None:
    """The page was declared missing, then scanned: the declaration must be withdrawn, or sums don't come out."""
    scanned.run("pages", "missing", scanned.work(12), "2", *WHY)
    scanned.run("number")
    scan(scanned, seen("x2", 12, 2), file="g")
    scanned.run("number")
    assert "missing_found" in open_kinds(scanned)[scanned.work(12)]
    scanned.run("pages", "missing", scanned.work(12), "2", "--withdraw", *WHY)
    scanned.run("number")
    assert "missing_found" not in open_kinds(scanned).get(scanned.work(12), [])


def test_a_score_sheet_among_works_is_a_finding(desk: Desk) -> None:
    """Settled as other paper, but told: its points are wanted elsewhere. A decision about it closes the finding."""
    scan(desk, facts.PageReading("s1", "sheet", None, None, None, "", "", "", '{"why": "a score sheet among works"}'))
    desk.run("number")
    assert (fate(desk, "s1")[0], open_kinds(desk)) == ("foreign", {"s1": ["sheet_among_works"]})
    desk.run("pages", "foreign", "s1", "--why", "scanned again with --sheets")
    desk.run("number")
    assert open_kinds(desk) == {}


def test_pages_are_listed_by_file_work_and_batch(scanned: Desk) -> None:
    """Also those that are only suggested for the work; programs get the evidence as a list."""

    def listed(*options: str) -> list[str]:
        return [row["page"] for row in json.loads(scanned.run("pages", "list", "--json", *options).out)]

    scan(scanned, seen("x1", 13, 1), file="g")
    assert listed("--file", "g") == ["x1"]
    assert listed("--work", "form:12") == ["b1", "b2"]
    assert listed("--work", scanned.work(12), "--fate", "unknown") == ["b2"]
    assert len(listed("--batch", BATCH)) == 7
    assert listed("--batch", "none") == []
    rows = json.loads(scanned.run("pages", "list", "--json", "--work", "form:12").out)
    assert "page 1 of the work lies before it" in rows[1]["evidence"]
    assert "page 1 of the work lies before it" in scanned.run("pages", "list").out


def test_the_stage_knows_the_finding_that_holds_works_back() -> None:
    """Its word is the one that reading gives it: reading's libraries are not loaded to list pages."""
    from scanning.reading import FindingKind

    assert {FindingKind.NAME_IN_ANSWER.value, FindingKind.KNOWN_TEXT.value} == HOLDING


def test_numbering_asks_the_ledger_as_often_for_many_pages_as_for_few(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts are read and written in bulk: statements don't grow with the pages, so time grows with them alone."""

    def statements(works: int, first: int) -> int:
        desk.add(*(facts.IssuedForm(first + n, 0, f"W{first + n}", 2, 0) for n in range(works)))
        scan(desk, *(seen(f"p{first + n}-{p}", first + n, p) for n in range(works) for p in (1, 2)), file=f"f{first}")
        count = 0
        execute = Connection.execute

        def counted(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            return execute(*arguments, **named)  # type: ignore[call-overload]

        with monkeypatch.context() as patched:
            patched.setattr(Connection, "execute", counted)
            assert f"{works} works numbered" in desk.run("number").out
        return count

    few, many = statements(5, 100), statements(100, 1000)
    assert many < 1.5 * few


def test_a_decision_says_what_was_recorded_and_what_follows(scanned: Desk) -> None:
    """In one line: whether the work is whole now, what it still waits for, and how many pages wait for somebody."""
    scanned.run("number")
    work = scanned.work(12)
    told = scanned.run("pages", "accept", "b2", *WHY).out
    assert told.count("\n") == 1
    assert f"Recorded: page b2 is page 2 of work {work}." in told
    assert f"Work {work} has all its pages: `crosscheck number`" in told
    assert "Pages that still wait for a person: 1" in told
    assert "That was recorded before: page b2" in scanned.run("pages", "assign", "b2", work, "2", *WHY).out
    scanned.run("number")
    assert f"Work {work} waits for pages: 2." in scanned.run("pages", "discard", "b2", *WHY).out
    assert "is taken back. It waits for a person." in scanned.run("pages", "undo", "b2", *WHY).out
    scanned.run("pages", "discard", "b2", *WHY)
    scanned.run("number")
    assert (
        f"work {work} has no page 2. Work {work} was numbered already"
        in scanned.run("pages", "missing", work, "2", *WHY).out
    )
    back = scanned.run("pages", "missing", work, "2", "--withdraw", *WHY).out
    assert "is expected again." in back
    assert f"Work {work} waits for pages: 2." in back
    assert "belongs to another procedure." in scanned.run("pages", "foreign", "c1", *WHY).out


def test_the_last_decision_says_that_nothing_waits(scanned: Desk) -> None:
    """Then only the stage has to be run."""
    scanned.run("number")
    scanned.run("pages", "accept", "b2", *WHY)
    assert "No page waits for a person any more" in scanned.run("pages", "discard", "c1", *WHY).out


def test_keeping_a_copy_says_how_many_were_put_away(desk: Desk) -> None:
    """And that the work is whole."""
    scan(desk, seen("a1", 11, 1), seen("a2", 11, 2), seen("x", 11, 2))
    desk.run("number")
    told = desk.run("pages", "keep", "x", *WHY).out
    assert "page x stays; copies put away: 1." in told
    assert "has all its pages" in told
    assert "Other pages claim the same place" in desk.run("pages", "undo", "x", *WHY).out


def test_reasons_why_a_page_was_not_masked_come_with_their_remedies(desk: Desk) -> None:
    """In the list of unknown pages, among findings and in its proof, in the language in use."""
    reading = facts.PageReading("a1", "unread", None, None, None, "", "", "", '{"why": "no_code, too_dark, blurred"}')
    scan(desk, reading)
    desk.run("number")
    for command in (["pages", "list", "--fate", "unknown"], ["findings", "list"], ["pages", "proof", "a1"]):
        assert "too_dark: The page is too dark to read. Scan it again" in desk.run(*command).out
        told = desk.run("--lang", "ru", *command).out
        assert "слишком тёмный скан: " in told
        assert "смазано: " in told
        assert not {"too_dark", "blurred", "no_code"} & set(re.findall(r"\w+", told))
