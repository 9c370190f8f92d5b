"""Who works on what, until when. Advice only: losing a lease costs duplicate effort, never a wrong fact."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from crosscheck.db.engine import for_writing, reachable
from crosscheck.db.schema import LEASE


def _now(connection: sa.Connection) -> int:
    # The database's clock: stations' own clocks disagree.
    on_sqlite = connection.dialect.name == "sqlite"
    asked = "strftime('%s','now')" if on_sqlite else "EXTRACT(EPOCH FROM clock_timestamp())"
    return int(connection.exec_driver_sql(f"SELECT CAST({asked} AS BIGINT)").scalar_one())


def take(engine: sa.Engine, stage: str, units: Sequence[str], holder: str, seconds: int) -> frozenset[str]:
    """Lease what nobody else holds; which of `units` are ours now."""
    with reachable(), for_writing(engine).begin() as connection:
        now = _now(connection)
        held = {
            row.unit: (row.holder, row.until)
            for row in connection.execute(sa.select(LEASE).where(LEASE.c.stage == stage))
        }
        ours = [u for u in units if u not in held or held[u][0] == holder or held[u][1] < now]
        for unit in ours:
            connection.execute(LEASE.delete().where(LEASE.c.stage == stage, LEASE.c.unit == unit))
            connection.execute(LEASE.insert().values(stage=stage, unit=unit, holder=holder, until=now + seconds))
        return frozenset(ours)


def give_back(engine: sa.Engine, stage: str, holder: str) -> None:
    """End all leases of a holder in a stage."""
    with reachable(), for_writing(engine).begin() as connection:
        connection.execute(LEASE.delete().where(LEASE.c.stage == stage, LEASE.c.holder == holder))


def end_all(engine: sa.Engine, holders: Collection[str]) -> None:
    """End every lease of holders that are known to be dead."""
    if holders:
        with reachable(), for_writing(engine).begin() as connection:
            connection.execute(LEASE.delete().where(LEASE.c.holder.in_(holders)))
