"""Worker processes that may die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from crosscheck.blobs import BlobMissing
from crosscheck.pool import (
    Crashed,
    Done,
    Failed,
    Outcome,
    Prepare,
    Unexpected,
    WorkersUnusable,
    nothing,
    process_pool,
    run_groups,
    run_units,
)

_PREPARED: list[int] = []


def square(n: int) -> int:
    return n * n


def threads_of_matrices(_n: int) -> str | None:
    return os.environ.get("OPENBLAS_NUM_THREADS")


def exit_on_4(n: int) -> int:
    if n == 4:
        os._exit(9)
    return n * n


def killed_on_4(n: int) -> int:
    if n == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def crash_often(n: int) -> int:
    if n % 4 == 0:
        os._exit(1)
    return n


class Awkward(Exception):
    """An exception that can't be rebuilt from its arguments."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} of {two}")


def trouble(n: int) -> object:
    if n == 0:
        raise BlobMissing(blob="ab", folder="there")
    if n == 1:
        raise Awkward(1, 2)
    if n == 2:
        sys.exit("a library wants to leave")
    if n == 3:
        return lambda: None  # can't be pickled
    return n


def prepare_worker() -> None:
    _PREPARED.append(os.getpid())


def prepared(_: int) -> list[int]:
    return list(_PREPARED)


def die() -> None:
    os._exit(3)


def sleep_and_say(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)


def by_unit(outcomes: Iterator[Outcome[int, int]]) -> dict[int, Outcome[int, int]]:
    got = list(outcomes)
    found = {outcome.unit: outcome for outcome in got}
    assert len(found) == len(got), "a unit was reported twice"
    return found


def test_all_units_are_done_once() -> None:
    """Every unit comes back with its result, in two processes as in one."""
    wanted = {n: Done(n, n * n) for n in range(50)}
    assert by_unit(run_units(range(50), square, jobs=2)) == wanted
    assert by_unit(run_units(range(50), square, jobs=1)) == wanted
    assert by_unit(run_units([], square, jobs=2)) == {}


def _killers() -> list[object]:
    return [exit_on_4] if os.name == "nt" else [exit_on_4, killed_on_4]


@pytest.mark.parametrize("work", _killers())
def test_only_the_unit_that_kills_its_worker_is_lost(work: object) -> None:
    """Unit 4 is named as the culprit; all others, in flight or waiting, are done exactly once."""
    found = by_unit(run_units(range(12), work, jobs=2))  # type: ignore[arg-type]
    assert found == {n: Crashed(n) if n == 4 else Done(n, n * n) for n in range(12)}


def test_many_killers_are_each_found() -> None:
    """Every fourth unit kills its worker: exactly those are reported, with one worker too."""
    found = by_unit(run_units(range(9), crash_often, jobs=1, executor_factory=process_pool))
    assert {n for n, outcome in found.items() if isinstance(outcome, Crashed)} == {0, 4, 8}
    assert {n for n, outcome in found.items() if outcome == Done(n, n)} == {1, 2, 3, 5, 6, 7}


def test_exceptions_are_values() -> None:
    """A numbered error comes back itself; anything else with its traceback; the rest goes on."""
    found = {outcome.unit: outcome for outcome in run_units(range(6), trouble, jobs=2)}
    errors = {n: found[n].error for n in range(4) if isinstance(found[n], Failed)}  # type: ignore[union-attr]
    numbered, awkward, left, unpicklable = (errors[n] for n in range(4))
    assert isinstance(numbered, BlobMissing)
    assert str(numbered) == str(BlobMissing(blob="ab", folder="there"))
    assert isinstance(awkward, Unexpected)
    assert (awkward.kind, "1 of 2" in awkward.traceback, "in trouble" in awkward.traceback) == ("Awkward", True, True)
    assert isinstance(left, Unexpected)
    assert left.kind == "SystemExit"
    assert isinstance(unpicklable, Unexpected)
    assert [found[4], found[5]] == [Done(4, 4), Done(5, 5)]


def test_in_this_process_exceptions_are_values_too() -> None:
    """With one job the same troubles give the same kinds of outcome."""
    found = [type(outcome) for outcome in run_units([0, 1, 4], trouble, jobs=1)]
    assert found == [Failed, Failed, Done]


def test_workers_are_prepared_once() -> None:
    """`prepare` runs once in every worker before its first unit, and not in the parent."""
    found = [
        outcome.result
        for outcome in run_units(range(8), prepared, jobs=2, prepare=prepare_worker)
        if isinstance(outcome, Done)
    ]
    assert len(found) == 8
    assert all(len(pids) == 1 for pids in found)
    assert os.getpid() not in {pid for pids in found for pid in pids}


@pytest.mark.filterwarnings("ignore")
def test_workers_that_die_by_themselves_accuse_no_unit() -> None:
    """When a worker can't even start, the run ends with a numbered error instead of naming every unit a culprit."""
    with pytest.raises(WorkersUnusable, match="E4059"):
        list(run_units(range(3), square, jobs=2, prepare=die))


@pytest.mark.parametrize("work", [exit_on_4, trouble])
def test_units_that_travel_together_fail_singly(work: object) -> None:
    """Of a task whose worker dies or whose results can't be sent, only the culprits are lost."""
    groups = run_groups(range(24), work, jobs=2, together=5)  # type: ignore[arg-type, var-annotated]
    found = {outcome.unit: outcome for group in groups for outcome in group}
    assert sorted(found) == list(range(24))
    lost = {n for n, outcome in found.items() if not isinstance(outcome, Done)}
    assert lost == ({4} if work is exit_on_4 else {0, 1, 2, 3})
    assert isinstance(found[4], Crashed if work is exit_on_4 else Done)


def test_what_lands_together_comes_together() -> None:
    """In this process as many as travel together, in their order; none is lost at the end."""
    groups = list(run_groups(range(7), square, jobs=1, together=3))
    assert [[outcome.unit for outcome in group] for group in groups] == [[0, 1, 2], [3, 4, 5], [6]]
    with pytest.raises(ValueError, match="at least one"):
        run_groups(range(7), square, jobs=1, together=0)


class _Threaded(Executor):
    """An executor that runs a task when it is told to, to see what is given to it."""

    def __init__(self) -> None:
        self.stopped = False

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        future: Future[object] = Future()
        threading.Timer(0.001, lambda: future.set_result(fn(*args, **kwargs))).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        self.stopped = True


@pytest.mark.parametrize("together", [1, 4])
def test_units_are_read_only_as_fast_as_they_complete(together: int) -> None:
    """At most two tasks per job are taken and not yet given back, however many there are; any executor will do."""
    taken, most, given_back = 0, 0, 0
    executor = _Threaded()

    def units() -> Iterator[int]:
        nonlocal taken
        for n in range(200):
            taken += 1
            yield n

    def factory(jobs: int, prepare: Prepare) -> Executor:
        assert (jobs, prepare) == (3, nothing)
        return executor

    for group in run_groups(units(), square, jobs=3, together=together, executor_factory=factory):
        most = max(most, taken - given_back)
        given_back += len(group)
    assert taken == given_back == 200
    assert 3 * together <= most <= 6 * together
    assert executor.stopped


def test_trouble_in_the_units_ends_the_run_and_the_workers() -> None:
    """An error of the source of units comes out, and no worker stays behind."""

    def units() -> Iterator[int]:
        yield 1
        raise RuntimeError("the ledger went away")

    before = set(multiprocessing.active_children())
    with pytest.raises(RuntimeError, match="went away"):
        list(run_units(units(), square, jobs=2))
    assert set(multiprocessing.active_children()) <= before


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C can't be sent to one process there")
def test_ctrl_c_leaves_no_worker(tmp_path: Path) -> None:
    """Interrupted while a worker is deep in a long unit: KeyboardInterrupt comes out at once, the worker is gone."""
    says = tmp_path / "pid"
    # Solvers that other tests of this process have used may have left a handler of their own.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt() -> None:
        while not (says.exists() and says.read_text()):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(run_units([str(says)], sleep_and_say, jobs=2))
    assert time.monotonic() - started < 30
    assert not _alive(int(says.read_text()))


def test_there_is_at_least_one_job() -> None:
    """Zero jobs is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least one"):
        run_units([1], square, jobs=0)


def test_workers_multiply_matrices_in_one_thread() -> None:
    """They share the cores already."""
    found = list(run_units([1, 2], threads_of_matrices, jobs=2))
    assert found == [Done(1, "1"), Done(2, "1")] or found == [Done(2, "1"), Done(1, "1")]
