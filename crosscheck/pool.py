"""Units of work in worker processes, where a killed worker costs one unit and not the run.

A `ProcessPoolExecutor` whose worker dies (out of memory, a library that aborts) fails every task it
was given. Here the pool is made anew, the units that were in flight are run again one at a time, and
the one that kills its worker is reported as `Crashed`; the others go on. That is why `work` must be
harmless to do twice: pure, or writing only content-addressed files.

Small units may travel several in a task (`together`): sending one costs about as much as reading a line.

`work` and the units cross to other processes: `work` is a function of a module, units and results can
be pickled. Workers are started fresh (forkserver or spawn, never fork: it copies locked locks).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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

# One task being worked on and one waiting for each worker: none idles, and memory stays constant.
_IN_FLIGHT_PER_JOB = 2
_PATIENCE_S = 5.0
_MATRIX_THREADS = "OPENBLAS_NUM_THREADS"


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
Groups = Generator[list[Outcome[U, R]], None, None]


@dataclass(frozen=True, slots=True)
class _Result(Generic[R]):
    """What a worker sends back; the unit itself stays here."""

    value: R


_Answer = _Result[R] | CrosscheckError | Unexpected


def nothing() -> None:
    """No preparation of workers."""


def process_pool(jobs: int, prepare: Prepare) -> Executor:
    """`jobs` local worker processes; each calls `prepare` (a function of a module) once before its first unit."""
    # Workers share the cores already: threads that multiply small matrices together wait ten times longer than they
    # work. The library reads this once, when a worker first loads it.
    os.environ.setdefault(_MATRIX_THREADS, "1")
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
    return _one_by_one(run_groups(units, work, jobs=jobs, prepare=prepare, executor_factory=executor_factory))


def _one_by_one(groups: Groups[U, R]) -> Iterator[Outcome[U, R]]:
    with contextlib.closing(groups):
        for group in groups:
            yield from group


def run_groups(
    units: Iterable[U],
    work: Callable[[U], R],
    *,
    jobs: int,
    together: int = 1,
    prepare: Prepare = nothing,
    executor_factory: ExecutorFactory | None = None,
) -> Groups[U, R]:
    """The same, with outcomes that came in together in one list, and up to `together` units in one task.

    A task whose worker dies, or whose results can't be sent, is taken apart: its units are run again singly.
    """
    if jobs < 1 or together < 1:
        raise ValueError(f"at least one job and one unit, not {jobs} and {together}")
    if jobs == 1 and executor_factory is None:
        return _run_here(units, work, prepare, together)
    return _Run(work, jobs, together, partial(executor_factory or process_pool, jobs, prepare)).outcomes(iter(units))


def _taken(units: Iterator[U], together: int) -> Iterator[list[U]]:
    return iter(lambda: list(islice(units, together)), [])


def _run_here(units: Iterable[U], work: Callable[[U], R], prepare: Prepare, together: int) -> Groups[U, R]:
    prepare()
    for some in _taken(iter(units), together):
        yield _outcomes(some, _attempt(work, some))


def _attempt(work: Callable[[U], R], units: Sequence[U]) -> list[_Answer[R]]:
    return [_attempt_one(work, unit) for unit in units]


def _attempt_one(work: Callable[[U], R], unit: U) -> _Answer[R]:
    # Runs in the worker: an exception is turned into a value here, because one that can't be rebuilt
    # on the other side would break the whole pool.
    try:
        return _Result(work(unit))
    except CrosscheckError as error:
        return error
    except Exception as error:
        return _unexpected(error)


def _outcomes(units: Sequence[U], answers: Sequence[_Answer[R]]) -> list[Outcome[U, R]]:
    return [
        Done(unit, answer.value) if isinstance(answer, _Result) else Failed(unit, answer)
        for unit, answer in zip(units, answers, strict=True)
    ]


def _unexpected(error: BaseException) -> Unexpected:
    return Unexpected(type(error).__qualname__, "".join(traceback.format_exception(error)))


def _begin(prepare: Prepare) -> None:
    # Ctrl-C reaches every process of the terminal; only the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()


class _Run(Generic[U, R]):
    """One run: an executor that is replaced when it breaks, and the tasks in flight with their units."""

    executor: Executor

    def __init__(self, work: Callable[[U], R], jobs: int, together: int, new_executor: Callable[[], Executor]) -> None:
        self.work, self.together = work, together
        self.limit = jobs * _IN_FLIGHT_PER_JOB
        self.new_executor = new_executor
        self.flying: dict[Future[list[_Answer[R]]], list[U]] = {}

    def outcomes(self, units: Iterator[U]) -> Groups[U, R]:
        self.executor = self.new_executor()
        try:
            yield from self._until_done(units)
        except BaseException:  # Ctrl-C, a closed iterator, trouble in `units`
            stop(self.executor)
            raise
        self.executor.shutdown(wait=True)

    def _until_done(self, units: Iterator[U]) -> Iterator[list[Outcome[U, R]]]:
        hit: list[U] = []  # units whose task was lost
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
        """Start as many tasks as may fly; the units that could not start because the pool is broken."""
        for some in islice(_taken(units, self.together), self.limit - len(self.flying)):
            try:
                self.flying[self.executor.submit(_attempt, self.work, some)] = some
            except BrokenExecutor:
                return some
        return []

    def _landed(self) -> Generator[list[Outcome[U, R]], None, list[U]]:
        """Wait for something in flight, yield all that came; the units whose task was lost."""
        came: list[Outcome[U, R]] = []
        hit: list[U] = []
        for future in wait(self.flying, return_when=FIRST_COMPLETED).done:
            units = self.flying.pop(future)
            if _broke(future) or (future.exception() is not None and len(units) > 1):
                hit += units
            else:
                came += _of_task(future, units)
        if came:
            yield came
        return hit

    def _singly(self, units: Iterable[U]) -> Iterator[list[Outcome[U, R]]]:
        """Run units with nothing beside them: whoever breaks the pool now is the culprit."""
        self._respawn()
        for unit in units:
            future = self.executor.submit(_attempt, self.work, [unit])
            wait([future])
            if _broke(future):
                self._respawn()
                yield [Crashed(unit)]
            else:
                yield _of_task(future, [unit])

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


def _of_task(future: Future[list[_Answer[R]]], units: Sequence[U]) -> list[Outcome[U, R]]:
    error = future.exception()
    if error is None:
        return _outcomes(units, future.result())
    # What is left to be raised here: results that can't be pickled, and exits that a library asked for.
    return [Failed(unit, _unexpected(error)) for unit in units]


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
