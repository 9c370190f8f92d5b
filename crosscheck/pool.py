"""Units of work in worker processes, where a killed worker costs one unit and not the run.

A `ProcessPoolExecutor` whose worker dies (out of memory, a library that aborts) fails every task it
was given. Here the pool is made anew, the units that were in flight are run again one at a time, and
the one that kills its worker is reported as `Crashed`; the others go on. That is why `work` must be
harmless to do twice: pure, or writing only content-addressed files.

`work` and the units cross to other processes: `work` is a function of a module, units and results can
be pickled. Workers are started fresh (forkserver or spawn, never fork: it copies locked locks).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Generic, TypeVar

from crosscheck.errors import CrosscheckError, Exit

U = TypeVar("U")
R = TypeVar("R")

Prepare = Callable[[], None]
ExecutorFactory = Callable[[int, Prepare], Executor]

# One unit being worked on and one waiting for each worker: none idles, and memory stays constant.
_IN_FLIGHT_PER_JOB = 2
_PATIENCE_S = 5.0


class WorkersUnusable(CrosscheckError):
    number = 4059
    exit = Exit.BUG
    sentence = "The worker processes die before they are given anything to do."
    remedy = "Set `jobs = 1` in station.toml, run the command again, and report this with the messages above."


@dataclass(frozen=True, slots=True)
class Unexpected:
    """An exception that no numbered error stands for: its type's name and the traceback as text."""

    kind: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Done(Generic[U, R]):
    """The unit's result."""

    unit: U
    result: R


@dataclass(frozen=True, slots=True)
class Failed(Generic[U]):
    """Work on the unit raised: a numbered error, or something unexpected."""

    unit: U
    error: CrosscheckError | Unexpected


@dataclass(frozen=True, slots=True)
class Crashed(Generic[U]):
    """The unit killed its worker process, also when it ran alone: something for a person to look at."""

    unit: U


Outcome = Done[U, R] | Failed[U] | Crashed[U]


def nothing() -> None:
    """No preparation of workers."""


def process_pool(jobs: int, prepare: Prepare) -> Executor:
    """`jobs` local worker processes; each calls `prepare` (a function of a module) once before its first unit."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(prepare,))


def run_units(
    units: Iterable[U],
    work: Callable[[U], R],
    *,
    jobs: int,
    prepare: Prepare = nothing,
    executor_factory: ExecutorFactory | None = None,
) -> Iterator[Outcome[U, R]]:
    """Outcomes as they complete, in any order; `units` is read only as fast as they do.

    With `jobs=1` and no factory everything runs in this process: nothing to start, but a unit that kills its process
    kills the run (`executor_factory=process_pool` isolates even one worker). `prepare` runs once in every worker, for
    example to keep a library to one thread. Closing the iterator or Ctrl-C kills the workers; nothing is left behind.
    ValueError for `jobs` below 1; E4059 when workers die without a unit.
    """
    if jobs < 1:
        raise ValueError(f"at least one job, not {jobs}")
    if jobs == 1 and executor_factory is None:
        return _run_here(units, work, prepare)
    return _Run(work, jobs, partial(executor_factory or process_pool, jobs, prepare)).outcomes(iter(units))


def _run_here(units: Iterable[U], work: Callable[[U], R], prepare: Prepare) -> Iterator[Outcome[U, R]]:
    prepare()
    for unit in units:
        yield _attempt(work, unit)


def _attempt(work: Callable[[U], R], unit: U) -> Done[U, R] | Failed[U]:
    # Runs in the worker: an exception is turned into a value here, because one that can't be rebuilt
    # on the other side would break the whole pool.
    try:
        return Done(unit, work(unit))
    except CrosscheckError as error:
        return Failed(unit, error)
    except Exception as error:
        return Failed(unit, _unexpected(error))


def _unexpected(error: BaseException) -> Unexpected:
    return Unexpected(type(error).__qualname__, "".join(traceback.format_exception(error)))


def _begin(prepare: Prepare) -> None:
    # Ctrl-C reaches every process of the terminal; only the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()


class _Run(Generic[U, R]):
    """One run: an executor that is replaced when it breaks, and the units in flight."""

    executor: Executor

    def __init__(self, work: Callable[[U], R], jobs: int, new_executor: Callable[[], Executor]) -> None:
        self.work = work
        self.limit = jobs * _IN_FLIGHT_PER_JOB
        self.new_executor = new_executor
        self.flying: dict[Future[Done[U, R] | Failed[U]], U] = {}

    def outcomes(self, units: Iterator[U]) -> Iterator[Outcome[U, R]]:
        self.executor = self.new_executor()
        try:
            yield from self._until_done(units)
        except BaseException:  # Ctrl-C, a closed iterator, trouble in `units`
            stop(self.executor)
            raise
        self.executor.shutdown(wait=True)

    def _until_done(self, units: Iterator[U]) -> Iterator[Outcome[U, R]]:
        hit: list[U] = []  # units whose pool broke under them
        while True:
            if not hit:
                hit += self._fill(units)
            if not self.flying and not hit:
                return
            hit += yield from self._landed()
            if hit and not self.flying:
                yield from self._singly(hit)
                hit = []

    def _fill(self, units: Iterator[U]) -> list[U]:
        """Start as many units as may fly; those that could not start because the pool is broken."""
        for unit in islice(units, self.limit - len(self.flying)):
            try:
                self.flying[self.executor.submit(_attempt, self.work, unit)] = unit
            except BrokenExecutor:
                return [unit]
        return []

    def _landed(self) -> Generator[Outcome[U, R], None, list[U]]:
        """Wait for something in flight, yield its outcome; the units whose pool broke."""
        hit = []
        for future in wait(self.flying, return_when=FIRST_COMPLETED).done:
            unit = self.flying.pop(future)
            if _broke(future):
                hit.append(unit)
            else:
                yield _outcome(future, unit)
        return hit

    def _singly(self, units: Iterable[U]) -> Iterator[Outcome[U, R]]:
        """Run units with nothing beside them: whoever breaks the pool now is the culprit."""
        self._respawn()
        for unit in units:
            future = self.executor.submit(_attempt, self.work, unit)
            wait([future])
            if _broke(future):
                self._respawn()
                yield Crashed(unit)
            else:
                yield _outcome(future, unit)

    def _respawn(self) -> None:
        stop(self.executor)
        self.executor = self.new_executor()
        # Workers that die by themselves would make every unit look guilty.
        probe = self.executor.submit(nothing)
        wait([probe])
        if _broke(probe):
            raise WorkersUnusable


def _broke(future: Future[Any]) -> bool:
    # A cluster cancels what it lost; a local pool says that it is broken.
    return future.cancelled() or isinstance(future.exception(), BrokenExecutor)


def _outcome(future: Future[Done[U, R] | Failed[U]], unit: U) -> Done[U, R] | Failed[U]:
    error = future.exception()
    # What is left to be raised here: results that can't be pickled, and exits that a library asked for.
    return future.result() if error is None else Failed(unit, _unexpected(error))


def stop(executor: Executor) -> None:
    """End an executor now: what waits is cancelled, local worker processes are killed and reaped."""
    # Only `kill_workers` of Python 3.14 does this officially; before, the processes have to be known first.
    workers = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        with contextlib.suppress(OSError, ValueError):  # gone already
            worker.kill()
    for worker in workers:
        with contextlib.suppress(OSError, ValueError, AssertionError):
            worker.join(_PATIENCE_S)
