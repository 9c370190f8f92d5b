"""Carries a stage out: what waits is worked on in other processes and recorded here, each unit whole or not at all.

Results that come in together are committed together: a commit forces the disk, which takes longer than
recording many units. What was not committed when a run was killed is worked on again by the next.

A stage is three answers (what waits, how a unit is worked on, how a result is recorded) and one more
for units whose work failed. Any stage can be killed at any moment and run again: units are found by
what the ledger lacks, and the only other things a worker writes are files named by their content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from crosscheck import alive, session
from crosscheck.blobs import BlobAltered, BlobMissing
from crosscheck.db import leases
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.pool import Crashed, Done, Failed, Outcome, Unexpected, nothing, process_pool, run_groups
from crosscheck.station import Station

U = TypeVar("U")
R = TypeVar("R")
CHUNK = 512  # units leased at a time
LEASE_SECONDS = 600
# In a small run units go out singly, so that no worker idles.
_TASKS_PER_JOB = 4


@dataclass(frozen=True, slots=True)
class StageWork(Generic[U, R]):
    """One stage. `key` names a unit in leases and logs (no identity); `work` is a module-level function
    that runs in a worker process and touches no database. Where units take milliseconds, up to `together` of them go
    to a worker at once, and `record_all` may record many results more cheaply than `record` one by one."""

    name: str
    key: Callable[[U], str]
    pending: Callable[[Connection, int], Sequence[U]]
    work: Callable[[U], R]
    record: Callable[[Writer, U, R], None]
    failed: Callable[[Writer, U, str], None]
    together: int = 1
    record_all: Callable[[Writer, Sequence[Done[U, R]]], None] | None = None
    count: Callable[[Connection], int] | None = None
    unit: str = ""  # what is counted, in the plural, for whoever watches


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
    total = Ran()
    lost: list[CrosscheckError] = []
    try:
        units = _all_leased(station, stage, holder)
        if first := list(islice(units, CHUNK)):
            jobs = min(station.jobs, len(first))
            groups = run_groups(
                chain(first, units),
                stage.work,
                jobs=jobs,
                together=max(1, min(stage.together, len(first) // (jobs * _TASKS_PER_JOB))),
                prepare=prepare,
                # Even a single unit gets a process of its own: if it kills that, the run goes on.
                executor_factory=process_pool if station.jobs > 1 else None,
            )
            total_units = _count(station, stage, len(first))
            with closing(groups), session.progress(stage.name, total_units, stage.unit) as step:
                for group in groups:
                    gone = _gone(group)
                    lost += gone
                    here = [one for one in group if not (isinstance(one, Failed) and one.error in gone)]
                    total += _recorded(station, stage, here, log) if here else Ran()
                    step(len(group))
    finally:
        leases.give_back(station.ledger.engine, stage.name, holder)
    if lost:
        # Said when all others are done: they need no backup.
        raise lost[0]
    return total


def _gone(group: Sequence[Outcome[U, R]]) -> list[CrosscheckError]:
    """Stored files that units need and that are gone or altered: no fact about the units, which wait for the files."""
    return [one.error for one in group if isinstance(one, Failed) and isinstance(one.error, BlobMissing | BlobAltered)]


def _count(station: Station, stage: StageWork[U, R], first: int) -> int | None:
    """How many units wait, where that is known."""
    if first < CHUNK or stage.count is None:
        return first if first < CHUNK else None
    with station.ledger.reading() as connection:
        return stage.count(connection)


def _all_leased(station: Station, stage: StageWork[U, R], holder: str) -> Iterator[U]:
    """Units that are ours to do, leased a chunk at a time, as they are asked for."""
    done: set[str] = set()
    while units := _leased(station, stage, holder, done):
        done.update(stage.key(unit) for unit in units)
        yield from units


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


def _recorded(station: Station, stage: StageWork[U, R], group: Sequence[Outcome[U, R]], log: Any) -> Ran:
    """Record outcomes in one commit, or each in its own when together they can't be: one that must not be recorded
    ends the run, but takes no other with it."""
    if refused := [outcome for outcome in group if isinstance(outcome, Failed) and _is_of_the_station(outcome.error)]:
        # Nothing is recorded of these units: they wait for a run on a computer that works.
        others = [outcome for outcome in group if outcome not in refused]
        if others:
            _recorded(station, stage, others, log)
        assert isinstance(refused[0].error, CrosscheckError)
        raise refused[0].error
    for outcome in group:
        match outcome:
            case Failed(unit, Unexpected() as bug):
                # A unit that meets a bug must not stop the others, nor hide the bug.
                log.error("bug", unit=stage.key(unit), traceback=bug.traceback)
    try:
        with station.ledger.writing() as writer:
            _record(writer, stage, group)
    except Exception:
        if len(group) == 1:
            raise
        for outcome in group:
            with station.ledger.writing() as writer:
                _record(writer, stage, [outcome])
    for outcome in group:
        log.info("unit", unit=stage.key(outcome.unit), outcome=type(outcome).__name__.lower())
    done = sum(isinstance(outcome, Done) for outcome in group)
    return Ran(done, len(group) - done)


def _is_of_the_station(error: CrosscheckError | Unexpected) -> bool:
    """Whether a unit failed for want of a disk, a key or a process, and not because of what it is."""
    return not isinstance(error, Unexpected) and (error.of_computer or error.exit in (Exit.LEDGER, Exit.KEY))


def _record(writer: Writer, stage: StageWork[U, R], group: Sequence[Outcome[U, R]]) -> None:
    results = [outcome for outcome in group if isinstance(outcome, Done)]
    if stage.record_all is not None:
        stage.record_all(writer, results)
    else:
        for result in results:
            stage.record(writer, result.unit, result.result)
    for outcome in group:
        match outcome:
            case Done():
                pass
            case Failed(unit, Unexpected() as bug):
                stage.failed(writer, unit, f"E7001 {bug.kind}: see log/crosscheck.jsonl")
            case Failed(unit, error):
                stage.failed(writer, unit, str(error))
            case Crashed(unit):
                stage.failed(writer, unit, "the worker died on it twice")
