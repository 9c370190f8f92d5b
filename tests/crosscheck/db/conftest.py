"""Every test of the ledger runs on SQLite and on a real PostgreSQL, each time on an empty ledger."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from crosscheck.db.columns import METADATA
from crosscheck.db.engine import open_engine, sqlite_url, upgrade
from crosscheck.db.ledger import Ledger
from tests import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One server for all tests of a worker."""
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "ledger.db")
        return
    with postgres.database(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an SQLite ledger with the newest schema and no facts."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    _made(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def postgres_ledger(postgres_url: str) -> Iterator[str]:
    """The same as a database of PostgreSQL; who uses it empties it (making one takes longer than most tests)."""
    with postgres.database(postgres_url) as url:
        _made(url)
        yield url


def _made(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on a ledger with the newest schema and no facts."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ledger.db")
        yield from _opened(sqlite_url(tmp_path / "ledger.db"))
        return
    url = request.getfixturevalue("postgres_ledger")
    yield from _opened(url)
    _empty(url)


def _empty(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # triggers sleep
        for table in METADATA.tables.values():
            connection.execute(table.delete())
    engine.dispose()


def _opened(url: str) -> Iterator[sa.Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(ledger_engine: sa.Engine) -> Ledger:
    """The empty ledger as station A sees it."""
    return Ledger(ledger_engine, "A", "Петрова А. И.")
