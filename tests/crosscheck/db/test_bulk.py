"""Adding many facts at once is adding each of them, only faster."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosscheck import facts
from crosscheck.db import leases, queries
from crosscheck.db import ledger as ledger_module
from crosscheck.db.errors import DiffersFromRecorded
from crosscheck.db.keeping import CHAIN, CHECKPOINT, RECORD_KEY
from crosscheck.db.ledger import Ledger, Writer
from crosscheck.db.schema import TABLES

ADDED = st.one_of(
    st.builds(facts.Work, st.sampled_from("abcdef")),
    st.builds(
        facts.PageFate,
        st.sampled_from("pqr"),
        st.integers(0, 3),
        st.just("known"),
        st.just("W"),
        st.just(1),
        st.just(""),
    ),
    st.builds(facts.MissingPage, st.just("W"), st.integers(1, 3), st.integers(0, 3), st.just(0), st.just("")),
)
KINDS = (facts.Work, facts.PageFate, facts.MissingPage)
State = list[list[tuple[object, ...]]]


def fate(page: str, revision: int, number: int) -> facts.PageFate:
    return facts.PageFate(page, revision, "known", "W", number, "")


def state(connection: sa.Connection) -> State:
    """Rows, chain and checkpoints, in order, without the database's own counter."""
    found: State = []
    for table in (*(TABLES[kind] for kind in KINDS), CHAIN, CHECKPOINT):
        order = [table.c.seq] if "seq" in table.c else list(table.primary_key)
        columns = [column for column in table.columns if column.name != "seq"]
        found.append([tuple(row) for row in connection.execute(sa.select(*columns).order_by(*order))])
    return found


def after(
    ledger: Ledger, before: Sequence[facts.Fact], added: Sequence[facts.Fact], *, bulk: bool
) -> tuple[int, State]:
    """How many facts were new and what stands then; taken back at the end."""
    with ledger.engine.connect() as connection:
        begun = connection.begin()
        writer = Writer(connection, "A", "x", lambda: "t")
        for fact in before:
            writer.append(fact)
        new = writer.append_all(added) if bulk else sum(writer.append(fact) for fact in added)
        found = state(connection)
        begun.rollback()
    return new, found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so small that a handful of facts goes over all of them."""
    for name, value in (("CHECKPOINT_EVERY", 3), ("_AT_ONCE", 5), ("_MOST_NAMED", 2)):
        monkeypatch.setattr(ledger_module, name, value)


@pytest.mark.usefixtures("small")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(st.builds(facts.Work, st.sampled_from("abc")), max_size=4), keys=st.lists(ADDED, max_size=14))
def test_many_at_once_are_each_by_itself(ledger: Ledger, before: list[facts.Fact], keys: list[facts.Fact]) -> None:
    """The same rows, the same chain in the same order, the same checkpoints; repeated facts are one."""
    assert after(ledger, before, keys, bulk=True) == after(ledger, before, keys, bulk=False)


def test_the_chain_is_what_it_always_was(ledger: Ledger) -> None:
    """The end of a chain that an earlier version wrote: ledgers outlive programs."""
    fixed = Ledger(ledger.engine, "A", "Петрова А. И.", clock=lambda: "2026-04-14T09:00:00.000+00:00")
    with fixed.writing() as writer:
        writer.append_all(
            [
                facts.Work("W1"),
                facts.PageFate("p", 0, "known", "W1", 1, "да"),
                facts.Score("W1", 1, "6К1", 0, None, "reading", "p", ""),
                facts.SealedRecord("r", "k", b"\0\xff", b"c"),
            ]
        )
    with ledger.reading() as connection:
        end = "8828b275c3bf67e0895f1de1096d18ece57849d16a186e125cbdcdcb62411afd"
        assert queries.heads(connection) == [("A", 4, end)]


@pytest.mark.parametrize("standing", [0, 1])
def test_two_answers_under_one_key_are_refused_at_once(ledger: Ledger, standing: int) -> None:
    """Whether the first one stands already or comes in the same bulk; nothing of the bulk stays."""
    added = [fate("p", 0, 1), fate("q", 0, 1), fate("p", 0, 2)]
    with ledger.writing() as writer:
        writer.append_all(added[:standing])
    with pytest.raises(DiffersFromRecorded, match="page_fate p, 0"), ledger.writing() as writer:
        writer.append_all(added[standing:])
    assert ledger.verify() == standing


@pytest.mark.usefixtures("small")
def test_the_chain_goes_on_from_transaction_to_transaction(ledger: Ledger) -> None:
    """Each reads its end anew: another writer of the same station may have been in between."""
    other = Ledger(ledger.engine, "A", "x")
    for n in range(4):
        for each in (ledger, other):
            with each.writing() as writer:
                writer.append_all(facts.Work(f"{n}-{id(each)}-{i}") for i in range(2))
                writer.append(facts.Work(f"{n}-{id(each)}"))
    assert ledger.verify() == 24


@pytest.mark.usefixtures("small")
def test_keys_kept_in_bulk_are_kept_once(ledger: Ledger) -> None:
    """The first key under a record and holder stays, within one bulk and against what is kept already."""
    with ledger.writing() as writer:
        writer.add_key("r0", "a", b"old")
        writer.add_keys((f"r{n % 7}", holder, bytes([n])) for n in range(14) for holder in "ab")
        writer.add_keys([])
    with ledger.reading() as connection:
        kept = {(row.record, row.holder): row.wrapped for row in connection.execute(sa.select(RECORD_KEY))}
    wanted = {(f"r{n}", holder): bytes([n]) for n in range(7) for holder in "ab"}
    assert kept == wanted | {("r0", "a"): b"old"}


def test_keys_are_erased_in_bulk(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that were named, however many, and no others."""
    monkeypatch.setattr(ledger_module, "_MOST_NAMED", 2)
    with ledger.writing() as writer:
        writer.add_keys((f"r{n}", holder, b"k") for n in range(7) for holder in "ab")
    with ledger.writing() as writer:
        assert writer.erase_keys((f"r{n}" for n in range(5)), holder="a") == 5
        assert writer.erase_keys(["r5", "r5", "never"]) == 2
    with ledger.reading() as connection:
        kept = {(row.record, row.holder) for row in connection.execute(sa.select(RECORD_KEY))}
    assert kept == {(f"r{n}", "b") for n in range(5)} | {("r6", "a"), ("r6", "b")}


def test_leases_are_taken_in_bulk(ledger_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """More units than one statement may name; what others hold is left out, what expired is taken."""
    monkeypatch.setattr(leases, "_MOST_NAMED", 3)
    units = [f"u{n}" for n in range(10)]
    leases.take(ledger_engine, "read", units[:4], "B", 60)
    leases.take(ledger_engine, "read", units[4:6], "B", -1)
    assert leases.take(ledger_engine, "read", [*units, "u9"], "A", 60) == frozenset(units[4:])
    assert leases.take(ledger_engine, "read", [], "A", 60) == frozenset()


def test_pages_that_wait_are_counted_by_batch(ledger: Ledger) -> None:
    """As many as are given out, and those of some batches only where they are named."""
    with ledger.writing() as writer:
        writer.append_all(facts.Batch(batch, "works") for batch in "ab")
        writer.append_all(facts.ScanFile(batch, batch, "ref", 3, "") for batch in "ab")
        writer.append_all(
            facts.ScanPage(f"{f}{n}", f, n, "jpeg", "x", "torn" * (n > 3)) for f in "ab" for n in range(5)
        )
        writer.append(facts.PageReading("a0", "blank", None, None, None, "", "", "", "{}"))
    with ledger.reading() as connection:
        assert queries.unread_by_batch(connection, "works") == {"a": 3, "b": 4}
        assert queries.unread_by_batch(connection, "sheets") == {}
        waiting = queries.unread_pages(connection, "works", 2, {"b"})
        assert [(page.page, batch) for page, batch in waiting] == [("b0", "b"), ("b1", "b")]
        assert queries.unread_pages(connection, "works", 2, set()) == []
