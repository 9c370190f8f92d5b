"""Rows come back as typed facts; what waits is what the ledger lacks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.ledger import Ledger, Writer


def fate(page: str, revision: int, to: str = "known") -> facts.PageFate:
    return facts.PageFate(page, revision, to, "W1", 1, "")


def page(name: str, file: str, fault: str = "") -> facts.ScanPage:
    return facts.ScanPage(name, file, 0, "jpeg", "blob", fault)


def add(ledger: Ledger, *added: facts.Fact) -> None:
    with ledger.writing() as writer:
        writer.append_all(added)


def test_facts_come_in_order_of_arrival_and_by_equal_fields(ledger: Ledger) -> None:
    """Every given field must be equal; one_of is None when there is none."""
    rows = [facts.Number("W2", 1, "2"), facts.Number("W1", 1, "1"), facts.Number("W1", 2, "3")]
    add(ledger, *rows)
    with ledger.reading() as connection:
        assert queries.all_of(connection, facts.Number) == rows
        assert queries.all_of(connection, facts.Number, work="W1") == rows[1:]
        assert queries.one_of(connection, facts.Number, work="W1", marking=2) == rows[2]
        assert queries.one_of(connection, facts.Number, work="W3") is None
        assert queries.count_of(connection, facts.Number, work="W1") == 2
        assert queries.count_of(connection, facts.Work) == 0


def score(revision: int, points: int | None, criterion: str = "1") -> facts.Score:
    return facts.Score("W1", 1, criterion, revision, points, "review", "", "")


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), unique_by=lambda pair: pair[0], max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_the_score_that_stands_is_the_highest_one_not_taken_back(
    ledger: Ledger, revisions: list[tuple[int, bool]]
) -> None:
    """In whatever order they came; of a cell whose every score was taken back none stands."""
    with ledger.writing() as writer:
        cell = f"c{queries.count_of(writer.connection, facts.Score)}-{len(revisions)}-{hash(tuple(revisions))}"
        for revision, taken in revisions:
            writer.append(score(revision, revision, cell))
            if taken:
                writer.append(facts.ScoreWithdrawn("W1", 1, cell, revision, ""))
        found = [one.revision for one in queries.standing_scores(writer.connection, criterion=cell)]
    assert found == [max(left)] if (left := [r for r, taken in revisions if not taken]) else found == []


def test_of_every_fact_the_highest_revision_holds(ledger: Ledger) -> None:
    """Whatever order they came in, and for keys of several fields."""
    add(ledger, fate("p", 0, "unknown"), fate("q", 0), fate("p", 2, "discarded"), fate("p", 1))
    score = facts.Score("W1", 1, "6К1", 0, 1, "reading", "p", "")
    corrected = facts.Score("W1", 1, "6К1", 1, None, "review", "p", "")
    other = facts.Score("W1", 2, "6К1", 0, 2, "reading", "p", "")
    add(ledger, score, other, corrected)
    with ledger.reading() as connection:
        assert queries.latest_of(connection, facts.PageFate) == [fate("q", 0), fate("p", 2, "discarded")]
        assert queries.latest_of(connection, facts.Score) == [other, corrected]
        assert queries.next_revision(connection, facts.PageFate, page="p") == 3
        assert queries.next_revision(connection, facts.PageFate, page="new") == 0


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(revisions=st.dictionaries(st.sampled_from("pqrs"), st.sets(st.integers(0, 5), min_size=1), min_size=1))
def test_latest_agrees_with_its_meaning(ledger: Ledger, revisions: dict[str, set[int]]) -> None:
    """The query and the definition, on any history; each example in a transaction that is taken back."""
    with ledger.engine.connect() as connection:
        begun = connection.begin()
        Writer(connection, "A", "x", lambda: "t").append_all(
            fate(p, r) for p, found in revisions.items() for r in found
        )
        assert {(f.page, f.revision) for f in queries.latest_of(connection, facts.PageFate)} == {
            (name, max(found)) for name, found in revisions.items()
        }
        begun.rollback()


def test_what_waits_is_what_lacks_its_answer(ledger: Ledger) -> None:
    """Findings without a closing fact, in order, at most as many as asked for."""
    found = [facts.Finding(f"f{n}", "kind", "s", "") for n in range(4)]
    add(ledger, *found, facts.FindingClosed("f1", "done"))
    with ledger.reading() as connection:
        assert queries.open_findings(connection) == [found[0], found[2], found[3]]
        waiting = queries.lacking(connection, facts.Finding, facts.FindingClosed, "finding", limit=2)
        assert waiting == [found[0], found[2]]
        assert queries.lacking(connection, facts.Finding, facts.FindingClosed, "finding", finding="f1") == []


@pytest.mark.parametrize("purpose", ["works", "sheets"])
def test_pages_to_read_are_those_with_a_picture_and_no_reading(ledger: Ledger, purpose: str) -> None:
    """By the purpose of their batch: a page that can't be decoded waits for nobody."""
    for batch in ("works", "sheets"):
        pages = (page(f"{batch}-{n}", batch) for n in ("read", "new"))
        add(
            ledger,
            facts.Batch(batch, batch),
            facts.ScanFile(batch, batch, "ref", 3, ""),
            *pages,
            page(f"{batch}-torn", batch, "torn"),
        )
    add(ledger, facts.PageReading("works-read", "blank", None, None, None, "", "", "", "{}"))
    add(ledger, facts.SheetReading("sheets-read", "refused", None, None, None, "no code"))
    with ledger.reading() as connection:
        assert [p.page for p in queries.pages_of_purpose(connection, purpose)] == [
            f"{purpose}-read",
            f"{purpose}-new",
            f"{purpose}-torn",
        ]
        assert queries.unread_pages(connection, purpose, 10) == [(page(f"{purpose}-new", purpose), purpose)]
        assert queries.unread_pages(connection, purpose, 0) == []


def test_the_newest_procedure_is_in_force(ledger: Ledger) -> None:
    """By version; None before anything is registered."""
    with ledger.reading() as connection:
        assert queries.procedure_text(connection) is None
    add(ledger, facts.ProcedureVersion(0, "old", "P"), facts.ProcedureVersion(1, "new", "P"))
    with ledger.reading() as connection:
        assert queries.procedure_text(connection) == facts.ProcedureVersion(1, "new", "P")


def test_sealed_records_are_found_by_kind(ledger: Ledger) -> None:
    """In order of arrival, so that a later one of the same subject comes later."""
    rows = [facts.SealedRecord(f"k:s:{n}", "k", b"n", bytes([n])) for n in (2, 1)]
    add(ledger, *rows, facts.SealedRecord("other", "o", b"n", b""))
    with ledger.reading() as connection:
        assert queries.sealed_of(connection, "k") == rows
        assert queries.position(connection) == 3
