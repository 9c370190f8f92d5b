"""A line of things is worked off by threads, in order where order is asked for, and never more of it held than said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck import i18n
from scanning.incoming.lines import Line, here, in_order


class Tool:
    """Counts how it is treated."""

    def __init__(self) -> None:
        self.interrupted = self.closed = 0

    def interrupt(self) -> None:
        self.interrupted += 1

    def close(self) -> None:
        self.closed += 1


class Gauge:
    """How many things were given out and not yet done with."""

    def __init__(self, weights: list[int]) -> None:
        self.weights = weights
        self.lock = threading.Lock()
        self.held = self.most = self.things = self.most_things = 0

    def given(self) -> Iterator[int]:
        for weight in self.weights:
            with self.lock:
                self.held += weight
                self.things += 1
                self.most, self.most_things = max(self.most, self.held), max(self.most_things, self.things)
            yield weight

    def done(self, weight: int) -> int:
        time.sleep(0.0005)
        with self.lock:
            self.held -= weight
            self.things -= 1
        return weight * 2


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 100), max_size=25), st.integers(1, 300), st.sampled_from([1, 3]))
def test_no_more_is_held_than_said_and_order_stays(weights: list[int], most: int, jobs: int) -> None:
    """One thing beyond the bound is in hand while there is room made for it, and never more than four wait."""
    gauge = Gauge(weights)
    with Line(jobs, Tool) as line:
        found = list(in_order(line.submit, gauge.done, gauge.given(), lambda weight: weight, most))
    assert found == [weight * 2 for weight in weights]
    assert gauge.most <= max(most, max(weights, default=0)) + max(weights, default=0)
    assert gauge.most_things <= 5


def test_each_thread_has_its_own_tool() -> None:
    """No tool is used by two threads, all are closed, none interrupted when all went well."""
    used: dict[int, set[int]] = {}
    tools: list[Tool] = []

    def made() -> Tool:
        tools.append(Tool())
        return tools[-1]

    def work(tool: Tool, thing: int) -> int:
        used.setdefault(id(tool), set()).add(threading.get_ident())
        time.sleep(0.002)
        return thing

    with Line(3, made) as line:
        assert sorted(line.finished(work, iter(range(20)))) == list(range(20))
    assert {len(threads) for threads in used.values()} == {1}
    assert [(tool.closed, tool.interrupted) for tool in tools] == [(1, 0)] * len(tools)


def test_things_are_read_only_as_fast_as_they_are_done() -> None:
    """A line of a million files is never a list."""
    gauge = Gauge([1] * 40)

    def work(_tool: Tool, weight: int) -> int:
        return gauge.done(weight)

    with Line(2, Tool) as line:
        assert len(list(line.finished(work, gauge.given()))) == 40
    assert gauge.most_things <= 3


def test_trouble_in_a_thread_reaches_the_caller_and_interrupts_the_others() -> None:
    """Nobody waits for what nobody wants any more."""
    tools: list[Tool] = []
    released = threading.Event()

    class Waiting(Tool):
        def __init__(self) -> None:
            super().__init__()
            tools.append(self)

        def interrupt(self) -> None:
            super().interrupt()
            released.set()

    def work(_tool: Tool, thing: int) -> int:
        if thing == 1:
            time.sleep(0.01)
            raise LookupError("of one thing")
        released.wait(10)
        return thing

    def run() -> None:
        with Line(2, Waiting) as line:
            list(line.finished(work, iter([0, 1])))

    with pytest.raises(LookupError, match="of one thing"):
        run()
    assert [(tool.closed, tool.interrupted) for tool in tools] == [(1, 1)] * 2


def test_work_done_here_raises_where_its_result_is_asked_for() -> None:
    """As work of a thread does."""

    def fails() -> int:
        raise ValueError("late")

    done = here(fails)
    with pytest.raises(ValueError, match="late"):
        done.result()


def test_helpers_speak_the_language_of_the_caller() -> None:
    """A fault that a helper puts into words is read by the person at the desk."""
    i18n.use("ru")
    try:
        with Line(2, Tool) as line:
            assert line.submit(lambda: i18n.gettext("Interrupted.")).result() == "Прервано."
    finally:
        i18n.use("en")
