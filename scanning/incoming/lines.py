"""Threads that work off a line of things, with a bound on what is in memory at once. Knows nothing of scans.

Threads, because what takes long here is done elsewhere: a child process reads the file, the disk stores it, and
libraries encrypt without holding the interpreter.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from itertools import islice
from types import TracebackType
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Submit = Callable[[Callable[[], R]], "Future[R]"]

# Storing waits for the disk more than for a core.
_HELPERS_PER_JOB = 2
_MOST_AT_ONCE = 4


class Tool(Protocol):
    """What each thread has for itself: it can be interrupted from another thread, and closed."""

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


K = TypeVar("K", bound=Tool)


def here(work: Callable[[], R]) -> Future[R]:
    """Do it at once, in this thread."""
    done: Future[R] = Future()
    try:
        done.set_result(work())
    except Exception as e:  # it is raised where the result is asked for, as from a thread
        done.set_exception(e)
    return done


def in_order(
    submit: Callable[[Callable[[], R]], Future[R]],
    work: Callable[[T], R],
    things: Iterable[T],
    weight: Callable[[T], int],
    most: int,
) -> Iterator[R]:
    """`work(thing)` for each thing, in their order, several at once. Not more than 4 things, nor (but for a single
    one) more than `most` by weight, are held: `things` is read only as fast as that."""
    flying: deque[tuple[Future[R], int]] = deque()
    held = 0
    for thing in things:
        heavy = weight(thing)
        while flying and (held + heavy > most or len(flying) >= _MOST_AT_ONCE):
            first, its = flying.popleft()
            yield first.result()
            held -= its
        flying.append((submit(_bound(work, thing)), heavy))
        held += heavy
        del thing  # the line holds no more than it counts
    for first, _its in flying:
        yield first.result()


def _bound(work: Callable[[T], R], thing: T) -> Callable[[], R]:
    # Not a lambda of the loop's own variable: that would change under it.
    return lambda: work(thing)


class Line(Generic[K]):
    """`jobs` threads, each with a tool of its own, and helpers that they share. With one job everything happens in
    the caller's thread, one thing after the other."""

    def __init__(self, jobs: int, new_tool: Callable[[], K]) -> None:
        self._jobs, self._new_tool = jobs, new_tool
        self._own = threading.local()
        self._tools: list[K] = []
        self._workers: Executor | None = ThreadPoolExecutor(jobs, "line") if jobs > 1 else None
        self._helpers: Executor | None = ThreadPoolExecutor(_HELPERS_PER_JOB * jobs, "help") if jobs > 1 else None

    def __enter__(self) -> Line[K]:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        for tool in self._tools if kind is not None else ():
            tool.interrupt()  # nobody waits for a large file when the run is over
        for pool in (self._workers, self._helpers):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
        for tool in self._tools:
            tool.close()

    def submit(self, work: Callable[[], R]) -> Future[R]:
        """Have a helper do it. With the language of whoever asks."""
        return here(work) if self._helpers is None else self._helpers.submit(copy_context().run, work)

    def alone(self, work: Callable[[K, T], R], thing: T) -> R:
        """Do one thing in the caller's thread."""
        return work(self._tool(), thing)

    def finished(self, work: Callable[[K, T], R], things: Iterator[T]) -> Iterator[R]:
        """`work(tool, thing)` for each thing, as they are finished; `things` is read only as fast as they are."""
        if self._workers is None:
            for thing in things:
                yield self.alone(work, thing)
            return
        flying: set[Future[R]] = set()
        while True:
            for thing in islice(things, self._jobs - len(flying)):
                flying.add(self._workers.submit(copy_context().run, self.alone, work, thing))
            if not flying:
                return
            done, flying = wait(flying, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()

    def _tool(self) -> K:
        with suppress(AttributeError):
            found: K = self._own.tool
            return found
        self._own.tool = self._new_tool()
        self._tools.append(self._own.tool)
        made: K = self._own.tool
        return made
