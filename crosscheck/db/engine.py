"""What is special to a database: connections, transactions, triggers, migrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event

from crosscheck.db.columns import METADATA
from crosscheck.db.errors import LedgerUnreachable, NewerLedger, SharedFolder
from crosscheck.db.schema import APPEND_ONLY

_MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 60
# Any number that means "the ledger's writers" in this database.
_WRITERS_LOCK = 0x63726F7373


def sqlite_url(path: Path) -> str:
    return str(sa.URL.create("sqlite", database=str(path)))


def open_engine(url: str) -> sa.Engine:
    """An engine whose transactions are as durable as the database can make them."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # A reader sees one still picture, as it does in SQLite.
    engine = sa.create_engine(url, isolation_level="REPEATABLE READ")
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _tune_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: reads are deferred, writes are immediate.
    connection.isolation_level = None
    cursor = connection.cursor()
    (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode not in ("wal", "memory"):
        raise SharedFolder(where=f"journal mode {mode}")
    # FULL: with NORMAL, commits were lost in power cuts. secure_delete: an erased key must not linger.
    # recursive_triggers: without it INSERT OR REPLACE would delete a fact past the trigger that refuses it.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get("crosscheck_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    # One writer at a time, as in SQLite: what a writer looks up before it appends (the end of its chain, the next
    # revision, the numbers taken) must still be so when it commits.
    if connection.get_execution_options().get("crosscheck_write", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")


def for_writing(engine: sa.Engine) -> sa.Engine:
    """The same engine, whose transactions take the write lock at once instead of failing half way."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(crosscheck_write=True)
    # A still picture would be taken before the lock is granted, and miss what the writer before us committed.
    return engine.execution_options(crosscheck_write=True, isolation_level="READ COMMITTED")


@contextmanager
def reachable() -> Iterator[None]:
    """A database that is away, full or not a database is trouble with a number, not a fault of the program."""
    try:
        yield
    except (sa.exc.IntegrityError, sa.exc.ProgrammingError):
        raise
    except sa.exc.DatabaseError as trouble:
        raise LedgerUnreachable(reason=str(trouble.orig).strip().splitlines()[0].rstrip(".")) from trouble


# --- migrations -----------------------------------------------------------------------------------


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest schema; forward only. Raises NewerLedger, LedgerUnreachable."""
    with reachable():
        _upgrade(engine)


def _upgrade(engine: sa.Engine) -> None:
    # Asked without the write lock first: opening a station must not wait for one that writes.
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == ScriptDirectory.from_config(_config(connection)).get_current_head():
            return
    with for_writing(engine).begin() as connection:
        config = _config(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise NewerLedger(revision=current)
        command.upgrade(config, "head")


def add_missing_tables(connection: sa.Connection) -> None:
    """Make the tables that this version of the program knows and the database lacks, with their triggers."""
    there = set(sa.inspect(connection).get_table_names())
    missing = [table for table in METADATA.sorted_tables if table.name not in there]
    METADATA.create_all(connection, missing)
    names = [table.name for table in missing if table in APPEND_ONLY]
    for statement in guard_statements(connection.dialect.name, names):
        connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name != "sqlite" else statement)


def guard_statements(dialect: str, names: Sequence[str]) -> list[str]:
    """Statements that make the database itself refuse UPDATE and DELETE on these tables of facts."""
    if dialect == "sqlite":
        return [
            f'CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON "{name}" '
            f"BEGIN SELECT RAISE(ABORT, 'facts are only added: {name}'); END"
            for name in names
            for verb in ("UPDATE", "DELETE")
        ]
    refuse = (
        "CREATE OR REPLACE FUNCTION crosscheck_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'facts are only added: %', TG_TABLE_NAME; END $$"
    )
    return [
        refuse,
        *(
            f'CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "{name}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION crosscheck_refuse()"
            for name in names
        ),
    ]
