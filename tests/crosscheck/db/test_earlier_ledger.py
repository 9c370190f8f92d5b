"""A ledger made before works had parts: it is opened, nothing in it changes, and it goes on."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crosscheck import facts
from crosscheck.db import queries
from crosscheck.db.engine import for_writing, open_engine, sqlite_url, upgrade
from crosscheck.db.errors import DiffersFromRecorded, LedgerAltered
from crosscheck.db.ledger import Ledger
from crosscheck.db.schema import TABLES
from crosscheck.model import WHOLE, MarkingKey
from tests.crosscheck.db.samples import KINDS

# Written by the last version that knew no parts: two facts of every kind, a repair, two stations.
BEFORE = Path(__file__).parent / "before_parts.sql"
FACTS = 105
CHANGED = (facts.Number, facts.Assignment, facts.Reassignment, facts.PacketRow, facts.Expert)


@pytest.fixture
def earlier(tmp_path: Path) -> Ledger:
    """The ledger of before, opened by this version."""
    path = tmp_path / "ledger.db"
    connection = sqlite3.connect(path)
    connection.executescript(BEFORE.read_text("utf-8"))
    connection.close()
    engine = open_engine(sqlite_url(path))
    upgrade(engine)
    return Ledger(engine, "станция 1", "Петрова А. И.")


def rows(path: Path | str, table: str) -> list[dict[str, object]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY seq')]
    connection.close()
    return found


def test_every_chain_of_it_still_holds(earlier: Ledger) -> None:
    """Hashes and keys of rows made before don't know the new columns, and are what they were."""
    assert earlier.verify() == FACTS


def test_its_rows_are_what_they_were_and_of_whole_works(earlier: Ledger, tmp_path: Path) -> None:
    """Row by row, column by column; what is new says 0."""
    plain = sqlite3.connect(":memory:")
    plain.row_factory = sqlite3.Row
    plain.executescript(BEFORE.read_text("utf-8"))
    known = {name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert len(known) > 30
    for kind in KINDS:
        name = TABLES[kind].name
        if name not in known:
            continue  # a kind of fact that is younger
        was = [dict(row) for row in plain.execute(f'SELECT * FROM "{name}" ORDER BY seq')]
        new = {"part": 0} if kind in CHANGED[:-1] else {"minutes": 0} if kind is facts.Expert else {}
        assert rows(tmp_path / "ledger.db", name) == [row | new for row in was]
    with earlier.reading() as connection:
        assert {one.key.part for kind in CHANGED[:-1] for one in queries.all_of(connection, kind)} == {WHOLE}


def test_it_has_the_schema_of_a_new_one(earlier: Ledger, tmp_path: Path) -> None:
    """Columns, what is unique, what is checked and what is guarded."""
    new = open_engine(sqlite_url(tmp_path / "new.db"))
    upgrade(new)
    assert schema(earlier.engine) == schema(new)
    new.dispose()


def schema(engine: sa.Engine) -> set[tuple[str, str]]:
    with engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(name, " ".join(sql.split())) for name, sql in found}


@pytest.mark.parametrize("kind", CHANGED, ids=lambda kind: kind.__name__)
def test_what_was_made_anew_is_guarded_as_before(earlier: Ledger, kind: type[object]) -> None:
    """Nobody changes or takes away a fact of it."""
    for statement in (f'DELETE FROM "{TABLES[kind].name}"', f"UPDATE \"{TABLES[kind].name}\" SET who = 'x'"):
        with (
            pytest.raises(sa.exc.DatabaseError, match="facts are only added"),
            for_writing(earlier.engine).begin() as connection,
        ):
            connection.exec_driver_sql(statement)


def test_a_row_of_it_that_is_said_to_be_of_a_part_is_found(earlier: Ledger) -> None:
    """The new column is not hashed where it says nothing; where it says something, it is."""
    for statement in (
        "DROP TRIGGER number_no_update",
        "UPDATE number SET part = 1 WHERE work = 'W2'",
    ):
        with for_writing(earlier.engine).begin() as connection:
            connection.exec_driver_sql(statement)
    with pytest.raises(LedgerAltered):
        earlier.verify()


def test_it_goes_on_with_parts(earlier: Ledger) -> None:
    """The same facts again are no new ones; a work may have a number and an expert for each part; the chain holds."""
    parts = [facts.Number("W9", 1, f"555000{n}", n) for n in (1, 2)]
    parts2 = [facts.Assignment("W9", 1, f"E{n}", "A9", '["1"]', n) for n in (1, 2)]
    with earlier.writing() as writer:
        assert not writer.append(facts.Number("W2", 1, "7654321"))
        assert writer.append_all([*parts, *parts2]) == 4
        assert writer.append_all([*parts, *parts2]) == 0
        with pytest.raises(DiffersFromRecorded):
            writer.append(dataclasses.replace(parts[0], number="5550009"))
    assert earlier.verify() == FACTS + 4
    with earlier.reading() as connection:
        assert [n.key for n in queries.all_of(connection, facts.Number, work="W9")] == [
            MarkingKey("W9", 1, 1),  # type: ignore[arg-type]
            MarkingKey("W9", 1, 2),  # type: ignore[arg-type]
        ]


def test_a_work_is_marked_once_by_an_expert_but_for_control_markings(earlier: Ledger) -> None:
    """In whatever part; a work that was hidden a second time is a control marking."""
    with earlier.writing() as writer:
        writer.append(facts.Assignment("W9", 1, "E1", "A9", "", 1))
        writer.append(facts.Assignment("W9", 40, "E1", "K9", "", 1))
    with pytest.raises(sa.exc.IntegrityError), earlier.writing() as writer:
        writer.append(facts.Assignment("W9", 2, "E1", "A9", "", 2))


def test_a_part_taken_off_a_row_is_found(earlier: Ledger) -> None:
    """A row of part 1 that is made a row of the whole work no longer is what the chain names."""
    with earlier.writing() as writer:
        writer.append(facts.Number("W9", 1, "5550001", 1))
    for statement in ("DROP TRIGGER number_no_update", "UPDATE number SET part = 0 WHERE work = 'W9'"):
        with for_writing(earlier.engine).begin() as connection:
            connection.exec_driver_sql(statement)
    with pytest.raises(LedgerAltered):
        earlier.verify()


def told(engine: sa.Engine) -> dict[str, tuple[set[str], list[str]]]:
    """Columns of every table and what is unique in it, in whatever order."""
    seen = sa.inspect(engine)
    found = {}
    for name in seen.get_table_names():
        columns = {column["name"] for column in seen.get_columns(name)}
        unique: list[Any] = [*seen.get_unique_constraints(name), *seen.get_indexes(name)]
        keys = [one["column_names"] for one in unique if not one.get("duplicates_constraint")]
        found[name] = columns, sorted(str(sorted(key)) for key in keys)
    return found


def test_a_database_of_postgresql_gets_the_columns_too(ledger_engine: sa.Engine) -> None:
    """As it was before, with a fact in it; then as it is now."""
    if ledger_engine.dialect.name == "sqlite":
        pytest.skip("the ledger above is of SQLite")
    now = told(ledger_engine)
    with for_writing(ledger_engine).begin() as connection:
        for kind in CHANGED:
            table = TABLES[kind]
            for column in table.info["later"]:
                connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP COLUMN {column}")
        for name, key in (
            ("number", "work, marking"),
            ("assignment", "work, marking"),
            ("reassignment", "work, marking, revision"),
        ):
            connection.exec_driver_sql(f"ALTER TABLE {name} ADD CONSTRAINT {name}_key UNIQUE ({key})")
        connection.exec_driver_sql("DROP INDEX one_marking_per_expert")
        connection.exec_driver_sql("ALTER TABLE assignment ADD CONSTRAINT one_marking_per_expert UNIQUE (work, expert)")
        connection.exec_driver_sql(
            "INSERT INTO number (work, marking, number, station, who, at) VALUES ('W1', 1, '1234560', 's', 'w', 't')"
        )
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
    upgrade(ledger_engine)
    assert told(ledger_engine) == now
    with ledger_engine.begin() as connection:
        assert queries.all_of(connection, facts.Number) == [facts.Number("W1", 1, "1234560")]
