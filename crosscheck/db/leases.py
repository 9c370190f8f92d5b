"""Who works on what, until when. Advice only: losing a lease costs duplicate effort, never a wrong fact."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from crosscheck.db.engine import for_writing, reachable
from crosscheck.db.keeping import LEASE

_MOST_NAMED = 500  # values in one statement; SQLite's own limit may be as low as 999


def _now(connection: sa.Connection) -> int:
    # The database's clock: stations' own clocks disagree.
    on_sqlite = connection.dialect.name == "sqlite"
    asked = "strftime('%s','now')" if on_sqlite else "EXTRACT(EPOCH FROM clock_timestamp())"
    return int(connection.exec_driver_sql(f"SELECT CAST({asked} AS BIGINT)").scalar_one())


def take(engine: sa.Engine, stage: str, units: Sequence[str], holder: str, seconds: int) -> frozenset[str]:
    """Lease what nobody else holds; which of `units` are ours now."""
    with reachable(), for_writing(engine).begin() as connection:
        now = _now(connection)
        held = _held(connection, stage, units)
        ours = [u for u in dict.fromkeys(units) if u not in held or held[u][0] == holder or held[u][1] < now]
        if again := [{"of": stage, "held": unit} for unit in ours if unit in held]:
            ended = (LEASE.c.stage == sa.bindparam("of"), LEASE.c.unit == sa.bindparam("held"))
            connection.execute(LEASE.delete().where(*ended), again)
        if ours:
            lease = {"stage": stage, "holder": holder, "until": now + seconds}
            connection.execute(LEASE.insert(), [{"unit": unit, **lease} for unit in ours])
        return frozenset(ours)


def _held(connection: sa.Connection, stage: str, units: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Who holds which of the units, and until when."""
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(units), _MOST_NAMED):
        some = LEASE.c.unit.in_(units[start : start + _MOST_NAMED])
        rows = connection.execute(sa.select(LEASE).where(LEASE.c.stage == stage, some))
        found |= {row.unit: (row.holder, row.until) for row in rows}
    return found


def give_back(engine: sa.Engine, stage: str, holder: str) -> None:
    """End all leases of a holder in a stage."""
    with reachable(), for_writing(engine).begin() as connection:
        connection.execute(LEASE.delete().where(LEASE.c.stage == stage, LEASE.c.holder == holder))


def end_all(engine: sa.Engine, holders: Collection[str]) -> None:
    """End every lease of holders that are known to be dead."""
    if holders:
        with reachable(), for_writing(engine).begin() as connection:
            connection.execute(LEASE.delete().where(LEASE.c.holder.in_(holders)))
