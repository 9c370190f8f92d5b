"""Opening a database: the newest schema, as durable as it can be, or a refusal that says why."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from crosscheck.db import engine as engine_module
from crosscheck.db.columns import METADATA
from crosscheck.db.engine import for_writing, open_engine, sqlite_url, upgrade
from crosscheck.db.errors import NewerLedger, SharedFolder


def described(engine: sa.Engine) -> dict[str, object]:
    seen = sa.inspect(engine)
    return {
        name: (seen.get_columns(name), seen.get_unique_constraints(name)) for name in sorted(seen.get_table_names())
    }


def test_upgrading_again_changes_nothing(ledger_engine: sa.Engine) -> None:
    """Every start of a station does it."""
    before = str(described(ledger_engine))
    upgrade(ledger_engine)
    assert str(described(ledger_engine)) == before


def test_migrations_make_the_schema(ledger_engine: sa.Engine) -> None:
    """Tables, columns and what may be missing are those of the schema module."""
    seen = sa.inspect(ledger_engine)
    assert set(seen.get_table_names()) == {*METADATA.tables, "alembic_version"}
    for name, table in METADATA.tables.items():
        columns = {column["name"]: column["nullable"] for column in seen.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}


def test_a_ledger_of_an_earlier_version_gets_what_it_lacks(ledger_engine: sa.Engine) -> None:
    """A table that this version adds is made with its triggers; what was recorded before stays."""
    with for_writing(ledger_engine).begin() as connection:
        connection.exec_driver_sql("INSERT INTO work (work, station, who, at) VALUES ('W1', 's', 'w', 't')")
        connection.exec_driver_sql("DROP TABLE missing_page")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    upgrade(ledger_engine)
    with for_writing(ledger_engine).begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO missing_page (work, page_no, revision, withdrawn, why, station, who, at) "
            "VALUES ('W1', 1, 0, 0, 'x', 's', 'w', 't')"
        )
        assert connection.exec_driver_sql("SELECT count(*) FROM work").scalar() == 1
    with (
        pytest.raises(sa.exc.DatabaseError, match="facts are only added"),
        for_writing(ledger_engine).begin() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM missing_page")


def test_a_ledger_of_a_later_version_is_refused(ledger_url: str) -> None:
    """It says so, and nothing in it is touched."""
    engine = open_engine(ledger_url)
    with for_writing(engine).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
    with pytest.raises(NewerLedger, match=r"E4005.*9999"):
        upgrade(engine)
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_opening_does_not_wait_for_one_that_writes(ledger_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """`crosscheck status` answers while a long stage records."""
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0)
    second = open_engine(ledger_engine.url.render_as_string(hide_password=False))
    with for_writing(ledger_engine).begin() as connection:
        connection.exec_driver_sql("SELECT 1")
        upgrade(second)
        assert "work" in sa.inspect(second).get_table_names()
    second.dispose()


def test_every_connection_to_sqlite_is_durable(tmp_path: Path) -> None:
    """Write-ahead log, every commit forced to disk, deleted keys overwritten: on each connection."""
    engine = open_engine(sqlite_url(tmp_path / "папка №1.db"))
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "recursive_triggers": 1}
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted
    engine.dispose()


def test_sqlite_where_it_can_not_lock_is_refused(tmp_path: Path) -> None:
    """A folder shared over a network offers no write-ahead log: two stations would overwrite each other."""
    # `nolock` is how SQLite is told of a folder without locks.
    engine = open_engine(f"sqlite:///file:{tmp_path.as_posix()}/ledger.db?nolock=1&uri=true")
    with pytest.raises(SharedFolder, match=r"E4004.*journal mode"):
        upgrade(engine)
    engine.dispose()


def test_a_url_survives_a_difficult_folder(tmp_path: Path) -> None:
    """Blanks, Cyrillic, percent and question marks in a folder's name reach SQLite as they are."""
    folder = tmp_path / "ВПР 100% ? #1"
    folder.mkdir()
    engine = open_engine(sqlite_url(folder / "ledger.db"))
    upgrade(engine)
    engine.dispose()
    assert [path.name for path in folder.iterdir()] == ["ledger.db"]
