"""Facts are added once, never changed, and a change behind the ledger's back is found."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crosscheck import facts
from crosscheck.db import ledger as ledger_module
from crosscheck.db import queries
from crosscheck.db.engine import open_engine, sqlite_url
from crosscheck.db.errors import DiffersFromRecorded, LedgerAltered
from crosscheck.db.keeping import CHAIN, CHECKPOINT
from crosscheck.db.ledger import GENESIS, Ledger, chained, merkle_root
from crosscheck.db.schema import APPEND_ONLY, TABLES
from tests.crosscheck.db.samples import KINDS, sample
from tests.crosscheck.db.writers import ROUNDS, write


def filled(ledger: Ledger, works: int = 5) -> Ledger:
    with ledger.writing() as writer:
        writer.append_all(facts.Work(f"W{n}") for n in range(works))
    return ledger


def add(ledger: Ledger, *added: facts.Fact) -> None:
    """Add facts in one transaction."""
    with ledger.writing() as writer:
        writer.append_all(added)


def unguarded(ledger: Ledger, *statements: str) -> None:
    """Change the database as somebody would who first takes the triggers away."""
    with ledger.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for table in APPEND_ONLY:
                connection.exec_driver_sql(f"DROP TRIGGER {table.name}_no_update")
                connection.exec_driver_sql(f"DROP TRIGGER {table.name}_no_delete")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)


# --- adding -------------------------------------------------------------------------------------


def test_a_fact_of_every_kind_comes_back_as_it_went_in(ledger: Ledger) -> None:
    """Cyrillic, bytes and numbers beyond 32 bits included."""
    with ledger.writing() as writer:
        for kind in KINDS:
            assert writer.append(sample(kind, 1))
            assert writer.append(sample(kind, 2))
        assert writer.append(facts.Allocation("A", 2**40, 2**50, "{}"))
    with ledger.reading() as connection:
        for kind in KINDS:
            assert queries.all_of(connection, kind)[:2] == [sample(kind, 1), sample(kind, 2)]
        assert queries.one_of(connection, facts.Allocation, seed=2**40) == facts.Allocation("A", 2**40, 2**50, "{}")
    assert ledger.verify() == 2 * len(KINDS) + 1


def test_a_missing_number_stays_missing(ledger: Ledger) -> None:
    """X, stored as no points, never comes back as 0."""
    score = facts.Score("W1", 1, "6К1", 0, None, "reading", "p", "")
    with ledger.writing() as writer:
        writer.append(score)
        assert queries.all_of(writer.connection, facts.Score) == [score]


def test_the_same_fact_twice_is_one_fact(ledger: Ledger) -> None:
    """Adding it again says so and changes nothing, also in another transaction."""
    with ledger.writing() as writer:
        assert writer.append(facts.ClassSet("C1", 20))
        assert not writer.append(facts.ClassSet("C1", 20))
    with ledger.writing() as writer:
        assert writer.append_all([facts.ClassSet("C1", 20), facts.ClassSet("C2", 5)]) == 1
        assert queries.position(writer.connection) == 2


def test_a_different_answer_under_the_same_key_is_refused(ledger: Ledger) -> None:
    """The first one stands; the message names table and key."""
    with ledger.writing() as writer:
        writer.append(facts.ClassSet("C1", 20))
    with pytest.raises(DiffersFromRecorded, match=r"E4001.*class_set C1"):
        add(ledger, facts.ClassSet("C2", 1), facts.ClassSet("C1", 21))
    with ledger.reading() as connection:
        assert queries.all_of(connection, facts.ClassSet) == [facts.ClassSet("C1", 20)]
    assert ledger.verify() == 1


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    """Facts and their links in the chain are committed together or not at all."""
    filled(ledger, 2)

    def fail() -> None:
        with ledger.writing() as writer:
            writer.append(facts.Work("W9"))
            writer.add_key("r", "h", b"k")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail()
    with ledger.reading() as connection:
        assert queries.count_of(connection, facts.Work) == 2
        assert queries.keys_of(connection, ["r"], "h") == {}
    assert ledger.verify() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        facts.Expert("E", 0, "director", 1, "", ""),
        facts.Expert("E", 0, "lead", -1, "", ""),
        facts.ClassSet("C", -1),
        facts.Batch("B", "other"),
        facts.Score("W", 1, "1", 0, -1, "reading", "", ""),
        facts.PageFate("p", 0, "lost", "", 0, ""),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_the_database_refuses_what_can_not_be(ledger: Ledger, wrong: facts.Fact) -> None:
    """Words outside their list and negative counts are refused by the tables themselves."""
    with pytest.raises(sa.exc.IntegrityError), ledger.writing() as writer:
        writer.append(wrong)


def test_one_expert_never_marks_a_work_twice(ledger: Ledger) -> None:
    """The table of assignments refuses the second one, whatever the marking."""
    add(ledger, facts.Assignment("W1", 1, "E1", "A", ""))
    with pytest.raises(sa.exc.IntegrityError):
        add(ledger, facts.Assignment("W1", 2, "E1", "A", ""))


def test_two_works_never_share_a_number(ledger: Ledger) -> None:
    """The table of numbers refuses a number that is taken."""
    add(ledger, facts.Number("W1", 1, "1234560"))
    with pytest.raises(sa.exc.IntegrityError):
        add(ledger, facts.Number("W2", 1, "1234560"))


# --- refusing changes -----------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_every_table_of_facts_refuses_changes(ledger: Ledger, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The triggers stand on every fact table, on the chain and on its checkpoints."""
    monkeypatch.setattr(ledger_module, "CHECKPOINT_EVERY", 4)
    with ledger.writing() as writer:
        for kind in KINDS:
            writer.append(sample(kind))
    for table in APPEND_ONLY:
        statement = f'DELETE FROM "{table.name}"' if verb == "DELETE" else f"UPDATE \"{table.name}\" SET station = 'Z'"
        with pytest.raises(sa.exc.DatabaseError, match="facts are only added"), ledger.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    assert ledger.verify() == len(KINDS)


def test_replacing_a_row_is_refused_too(ledger: Ledger) -> None:
    """SQLite's INSERT OR REPLACE deletes silently unless told otherwise; PostgreSQL's TRUNCATE is no DELETE."""
    filled(ledger)
    sqlite = ledger.engine.dialect.name == "sqlite"
    row = "INSERT OR REPLACE INTO work (seq, work, station, who, at) VALUES (1, 'X', 'A', 'x', 'x')"
    with pytest.raises(sa.exc.DatabaseError, match="facts are only added"), ledger.engine.begin() as connection:
        connection.exec_driver_sql(row if sqlite else "TRUNCATE work")
    assert ledger.verify() == 5


# --- finding changes ------------------------------------------------------------------------------

FORGERIES = {
    "a row altered": ["UPDATE work SET work = 'W7' WHERE work = 'W3'"],
    "its author altered": ["UPDATE work SET who = 'другой' WHERE work = 'W3'"],
    "its time altered": ["UPDATE work SET at = '2020-01-01T00:00:00.000+00:00' WHERE work = 'W3'"],
    "a row deleted": ["DELETE FROM work WHERE work = 'W3'"],
    "the last row deleted": ["DELETE FROM work WHERE work = 'W4'"],
    "row and link deleted": ["DELETE FROM work WHERE work = 'W3'", "DELETE FROM chain WHERE position = 4"],
    "a row inserted": ["INSERT INTO work (work, station, who, at) VALUES ('W8', 'A', 'x', 'x')"],
    "a link inserted": ["INSERT INTO chain VALUES ('A', 6, 'work', '[\"W8\"]', 'aa', 'bb')"],
    "links swapped": [
        "UPDATE chain SET position = 99 WHERE position = 2",
        "UPDATE chain SET position = 2 WHERE position = 3",
        "UPDATE chain SET position = 3 WHERE position = 99",
    ],
    "a checkpoint altered": ["UPDATE checkpoint SET root = 'ff' WHERE position = 4"],
    "a checkpoint deleted": ["DELETE FROM checkpoint WHERE position = 4"],
    "the end cut off": ["DELETE FROM work WHERE work IN ('W3', 'W4')", "DELETE FROM chain WHERE position > 3"],
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_change_behind_the_ledgers_back_is_found(
    ledger: Ledger, forgery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever can drop the triggers still can't make the chain agree."""
    monkeypatch.setattr(ledger_module, "CHECKPOINT_EVERY", 2)
    assert filled(ledger).verify() == 5
    unguarded(ledger, *FORGERIES[forgery])
    with pytest.raises(LedgerAltered, match="E4003"):
        ledger.verify()


def test_a_row_rewritten_with_its_own_link_is_found(ledger: Ledger) -> None:
    """Altering row and link together still breaks the links that follow."""
    filled(ledger)
    with ledger.reading() as connection:
        row = dict(connection.execute(sa.select(TABLES[facts.Work]).where(sa.column("work") == "W1")).mappings().one())
        first = connection.execute(sa.select(CHAIN).where(CHAIN.c.position == 1)).one()
    forged = ledger_module.row_hash(
        TABLES[facts.Work], {k: v for k, v in (row | {"who": "другой"}).items() if k != "seq"}
    )
    link = chained(first.hash, forged)
    unguarded(
        ledger,
        "UPDATE work SET who = 'другой' WHERE work = 'W1'",
        f"UPDATE chain SET row_hash = '{forged}', hash = '{link}' WHERE position = 2",
    )
    with pytest.raises(LedgerAltered, match="A 3: work"):
        ledger.verify()


def test_stations_have_chains_of_their_own(ledger: Ledger) -> None:
    """Each begins at the beginning; one verification walks all."""
    other = Ledger(ledger.engine, "B", "x")
    for n in range(3):
        for station in (ledger, other):
            with station.writing() as writer:
                writer.append(facts.Work(f"{station.station}{n}"))
    with ledger.reading() as connection:
        links = connection.execute(sa.select(CHAIN.c.station, CHAIN.c.position).order_by(*CHAIN.primary_key)).all()
    assert [tuple(link) for link in links] == [(station, n) for station in "AB" for n in (1, 2, 3)]
    assert ledger.verify() == 6


def test_checkpoints_stand_where_they_are_due(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each full stretch of a chain, its root over the stretch's links only."""
    monkeypatch.setattr(ledger_module, "CHECKPOINT_EVERY", 3)
    filled(ledger, 7)
    with ledger.reading() as connection:
        hashes = list(connection.execute(sa.select(CHAIN.c.hash).order_by(CHAIN.c.position)).scalars())
        points = connection.execute(sa.select(CHECKPOINT.c.position, CHECKPOINT.c.root)).all()
    assert [tuple(point) for point in points] == [(3, merkle_root(hashes[:3])), (6, merkle_root(hashes[3:6]))]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9), st.data())
def test_the_root_tells_every_change_of_its_leaves(values: list[int], data: st.DataObject) -> None:
    """Another leaf, another order or another number of leaves gives another root."""
    leaves = [chained(GENESIS, str(value)) for value in values]
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:at], chained(GENESIS, "x"), *leaves[at + 1 :]]
    assert merkle_root(leaves) == merkle_root(list(leaves))
    assert merkle_root(changed) != merkle_root(leaves)
    assert merkle_root([*leaves, leaves[-1]]) != merkle_root(leaves)
    if (turned := leaves[::-1]) != leaves:
        assert merkle_root(turned) != merkle_root(leaves)


def test_the_root_of_one_leaf_is_the_leaf() -> None:
    """The smallest trees, worked out by hand."""
    a, b, c = (chained(GENESIS, name) for name in "abc")
    assert merkle_root([]) == GENESIS
    assert merkle_root([a]) == a
    assert merkle_root([a, b, c]) == chained(chained(a, b), c)


# --- several writers --------------------------------------------------------------------------------


def test_processes_write_at_once(ledger_url: str) -> None:
    """Two processes, of one station and of two: nobody fails or waits for ever, every fact is there once, revisions
    follow on, and the chains hold. The database is empty at the start: both bring it to the newest schema at once."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    jobs = [context.Process(target=write, args=(ledger_url, stations, barrier.wait)) for stations in ("AA", "AB")]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert [job.exitcode for job in jobs] == [0, 0]
    ledger = Ledger(open_engine(ledger_url), "C", "x")
    assert ledger.verify() == 2 * 4 * ROUNDS + 1
    with ledger.reading() as connection:
        revisions = [page.revision for page in queries.all_of(connection, facts.MissingPage)]
    assert revisions == list(range(4 * ROUNDS))
    ledger.engine.dispose()


def test_a_reader_sees_one_still_picture(ledger: Ledger) -> None:
    """What others commit meanwhile appears in the next transaction, not in the middle of this one."""
    filled(ledger, 2)
    with ledger.reading() as connection:
        assert queries.count_of(connection, facts.Work) == 2
        filled(Ledger(ledger.engine, "B", "x"), 4)
        assert queries.count_of(connection, facts.Work) == 2
    with ledger.reading() as connection:
        assert queries.count_of(connection, facts.Work) == 4


# --- keys of sealed records --------------------------------------------------------------------------


def test_keys_are_the_only_thing_that_can_be_destroyed(ledger: Ledger) -> None:
    """By record, by record and holder, or by holder; the facts and their chain stay whole."""
    with ledger.writing() as writer:
        writer.append(facts.SealedRecord("r1", "k", b"n", b"c"))
        for record in ("r1", "r2", "r3"):
            for holder in ("a", "b"):
                writer.add_key(record, holder, f"{record}{holder}".encode())
        writer.add_key("r1", "a", b"other")  # the first one stands
    with ledger.writing() as writer:
        assert writer.erase_keys(["r1"]) == 2
        assert writer.erase_keys(["r2", "never"], holder="a") == 1
        assert writer.erase_holder("b") == 2
    with ledger.reading() as connection:
        assert queries.keys_of(connection, ["r1", "r2", "r3"], "a") == {"r3": b"r3a"}
        assert queries.keys_of(connection, ["r1", "r2", "r3"], "b") == {}
    assert ledger.verify() == 1


def test_an_erased_key_leaves_no_trace_in_the_file(sqlite_template: Path, tmp_path: Path) -> None:
    """SQLite overwrites what it deletes: the wrapped key is in no file of the ledger any more."""
    path = tmp_path / "ledger.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(sqlite_url(path))
    ledger, wrapped = Ledger(engine, "A", "x"), bytes(range(64, 128)) * 2
    with ledger.writing() as writer:
        writer.add_key("r", "h", wrapped)
    engine.dispose()
    assert wrapped in path.read_bytes()
    with ledger.writing() as writer:
        writer.erase_keys(["r"])
    engine.dispose()
    assert [file.name for file in tmp_path.iterdir() if wrapped in file.read_bytes()] == []


def test_every_row_says_who_when_and_where(ledger: Ledger) -> None:
    """The ledger adds it by itself, from the clock it was given."""
    timed = Ledger(ledger.engine, "B", "Орлова В. П.", clock=lambda: "2026-04-14T09:00:00.000+00:00")
    with timed.writing() as writer:
        writer.append(facts.Work("W1"))
    with ledger.reading() as connection:
        signed = queries.signed_rows(connection, facts.Work)
        chain = connection.execute(sa.select(CHAIN)).mappings().one()
    assert signed == [{"work": "W1", "station": "B", "who": "Орлова В. П.", "at": "2026-04-14T09:00:00.000+00:00"}]
    assert json.loads(chain["key"]) == ["W1"]
    assert ledger_module.utc_now()[-6:] == "+00:00"
