"""What is special to a database: connections, transactions, triggers, migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event

from crosscheck.db.errors import NewerLedger, SharedFolder
from crosscheck.db.schema import APPEND_ONLY

_MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 60


def sqlite_url(path: Path) -> str:
    return str(sa.URL.create("sqlite", database=str(path)))


def open_engine(url: str) -> sa.Engine:
    """An engine whose transactions are as durable as the database can make them."""
    engine = sa.create_engine(url, connect_args=_connect_args(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_args(url: str) -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {}


def _tune_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: reads are deferred, writes are immediate.
    connection.isolation_level = None
    cursor = connection.cursor()
    (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode not in ("wal", "memory"):
        raise SharedFolder(where=f"journal mode {mode}")
    # FULL: with NORMAL, commits were lost in power cuts. secure_delete: an erased key must not linger.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get("crosscheck_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def for_writing(engine: sa.Engine) -> sa.Engine:
    """The same engine, whose transactions take the write lock at once instead of failing half way."""
    return engine.execution_options(crosscheck_write=True)


# --- migrations -----------------------------------------------------------------------------------


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest schema; forward only."""
    with for_writing(engine).begin() as connection:
        config = _config(connection)
        current = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if current is not None and current not in known:
            raise NewerLedger(revision=current)
        command.upgrade(config, "head")


def guard_statements(dialect: str) -> list[str]:
    """Statements that make the database itself refuse UPDATE and DELETE on the tables of facts."""
    names = [table.name for table in APPEND_ONLY]
    if dialect == "sqlite":
        return [
            f'CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON "{name}" '
            f"BEGIN SELECT RAISE(ABORT, 'facts are only added: {name}'); END"
            for name in names
            for verb in ("UPDATE", "DELETE")
        ]
    refuse = (
        "CREATE FUNCTION crosscheck_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
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
