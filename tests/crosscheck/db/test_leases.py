"""Leases: two stations don't do the same work, and a dead one doesn't keep it for ever."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crosscheck.db import leases
from crosscheck.db.keeping import LEASE


def test_what_one_holds_another_does_not_get(ledger_engine: sa.Engine) -> None:
    """The first holder keeps its units and may take them again; the other gets the rest."""
    assert leases.take(ledger_engine, "read", ["1", "2"], "A", 60) == {"1", "2"}
    assert leases.take(ledger_engine, "read", ["1", "2", "3"], "B", 60) == {"3"}
    assert leases.take(ledger_engine, "read", ["1", "2", "3"], "A", 60) == {"1", "2"}


def test_stages_have_leases_of_their_own(ledger_engine: sa.Engine) -> None:
    """The same unit may be worked on in two stages."""
    assert leases.take(ledger_engine, "read", ["1"], "A", 60) == {"1"}
    assert leases.take(ledger_engine, "print", ["1"], "B", 60) == {"1"}


def test_given_back_is_free(ledger_engine: sa.Engine) -> None:
    """Only the holder's own leases in that stage end."""
    for stage in ("read", "print"):
        leases.take(ledger_engine, stage, ["1"], "A", 60)
    leases.take(ledger_engine, "read", ["2"], "B", 60)
    leases.give_back(ledger_engine, "read", "A")
    assert leases.take(ledger_engine, "read", ["1", "2"], "C", 60) == {"1"}
    assert leases.take(ledger_engine, "print", ["1"], "C", 60) == frozenset()


def test_an_expired_lease_is_free(ledger_engine: sa.Engine) -> None:
    """Its holder is taken for dead."""
    assert leases.take(ledger_engine, "read", ["1"], "A", -1) == {"1"}
    assert leases.take(ledger_engine, "read", ["1"], "B", 60) == {"1"}
    assert leases.take(ledger_engine, "read", ["1"], "A", 60) == frozenset()


def test_the_databases_clock_counts(ledger_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A station whose own clock runs years ahead neither steals nor loses a lease."""
    leases.take(ledger_engine, "read", ["1"], "A", 60)
    monkeypatch.setattr("time.time", lambda: 9e9)
    assert leases.take(ledger_engine, "read", ["1"], "B", 60) == frozenset()
    clock = "strftime('%s','now')" if ledger_engine.dialect.name == "sqlite" else "EXTRACT(EPOCH FROM now())"
    with ledger_engine.begin() as connection:
        now = int(connection.exec_driver_sql(f"SELECT CAST({clock} AS BIGINT)").scalar_one())
        until = connection.execute(sa.select(LEASE.c.until)).scalar_one()
    assert 50 < until - now <= 60
