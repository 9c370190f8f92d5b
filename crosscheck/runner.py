"""Carries a stage out: what waits is worked on in other processes and recorded here, one commit per unit.

A stage is three answers (what waits, how a unit is worked on, how a result is recorded) and one more
for units whose work failed. Any stage can be killed at any moment and run again: units are found by
what the ledger lacks, and the only other things a worker writes are files named by their content.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from crosscheck import alive, session
from crosscheck.db import leases
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.pool import Crashed, Done, Failed, Unexpected, nothing, process_pool, run_units
from crosscheck.station import Station

U = TypeVar("U")
R = TypeVar("R")
CHUNK = 256
LEASE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class StageWork(Generic[U, R]):
    """One stage. `key` names a unit in leases and logs (no identity); `work` is a module-level function
    that runs in a worker process and touches no database."""

    name: str
    key: Callable[[U], str]
    pending: Callable[[Connection, int], Sequence[U]]
    work: Callable[[U], R]
    record: Callable[[Writer, U, R], None]
    failed: Callable[[Writer, U, str], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """How many units were done, and how many failed and now wait for a person."""

    done: int = 0
    failed: int = 0

    def __add__(self, other: Ran) -> Ran:
        return Ran(self.done + other.done, self.failed + other.failed)


def run_stage(station: Station, stage: StageWork[U, R], prepare: Callable[[], None] = nothing) -> Ran:
    """Do all that waits in a stage. `prepare` (a function of a module) runs once in every worker."""
    runs = station.home / "run"
    # A killed run must not keep its units until its leases expire.
    leases.end_all(station.ledger.engine, [_holder(station, run) for run in alive.dead(runs)])
    with alive.alive(runs) as run:
        return _run_all(station, stage, prepare, _holder(station, run))


def _holder(station: Station, run: str) -> str:
    return f"{station.settings.station}:{run}"


def _run_all(station: Station, stage: StageWork[U, R], prepare: Callable[[], None], holder: str) -> Ran:
    log = session.log_of(station).bind(stage=stage.name)
    done: set[str] = set()
    total = Ran()
    try:
        while units := _leased(station, stage, holder, done):
            done.update(stage.key(unit) for unit in units)
            total += _run_chunk(station, stage, units, prepare, log)
    finally:
        leases.give_back(station.ledger.engine, stage.name, holder)
    return total


def _leased(station: Station, stage: StageWork[U, R], holder: str, done: set[str]) -> list[U]:
    """The next units that are ours to do. Those that others hold are passed over: behind them some may be free."""
    passed = set(done)
    while waiting := _waiting(station, stage, passed):
        names = [stage.key(unit) for unit in waiting]
        if ours := leases.take(station.ledger.engine, stage.name, names, holder, LEASE_SECONDS):
            return [unit for unit in waiting if stage.key(unit) in ours]
        passed.update(names)
    return []


def _waiting(station: Station, stage: StageWork[U, R], done: set[str]) -> list[U]:
    """The next units. One that was done and waits all the same would come for ever: it is passed over."""
    again = 0
    while True:
        with station.ledger.reading() as connection:
            found = stage.pending(connection, CHUNK + again)
        fresh = [unit for unit in found if stage.key(unit) not in done]
        if fresh or len(found) < CHUNK + again:
            return fresh[:CHUNK]
        again += CHUNK


def _run_chunk(
    station: Station, stage: StageWork[U, R], units: Sequence[U], prepare: Callable[[], None], log: Any
) -> Ran:
    ran = Ran()
    # Even a single unit gets a process of its own: if it kills that, the run goes on.
    pool = process_pool if station.jobs > 1 else None
    with session.progress(stage.name, len(units)) as step:
        for outcome in run_units(
            units, stage.work, jobs=min(station.jobs, len(units)), prepare=prepare, executor_factory=pool
        ):
            with station.ledger.writing() as writer:
                match outcome:
                    case Done(unit, result):
                        stage.record(writer, unit, result)
                        ran += Ran(done=1)
                    case Failed(unit, Unexpected() as bug):
                        # A unit that meets a bug must not stop the others, nor hide the bug.
                        log.error("bug", unit=stage.key(unit), traceback=bug.traceback)
                        stage.failed(writer, unit, f"E7001 {bug.kind}: see log/crosscheck.jsonl")
                        ran += Ran(failed=1)
                    case Failed(unit, error):
                        stage.failed(writer, unit, str(error))
                        ran += Ran(failed=1)
                    case Crashed(unit):
                        stage.failed(writer, unit, "the worker died on it twice")
                        ran += Ran(failed=1)
            log.info("unit", unit=stage.key(outcome.unit), outcome=type(outcome).__name__.lower())
            step(1)
    return ran
