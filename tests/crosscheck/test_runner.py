"""A stage does each unit once, survives units that fail or kill, and goes on where it was stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import pytest

from crosscheck import alive, facts, runner
from crosscheck.blobs import BlobMissing
from crosscheck.db import leases, queries
from crosscheck.db.ledger import Writer
from crosscheck.db.queries import Connection
from crosscheck.errors import CrosscheckError, Exit
from crosscheck.pool import Done, Prepare, process_pool
from crosscheck.runner import Ran, StageWork, run_stage
from crosscheck.station import Station
from tests.stations import Desk


class OddUnit(CrosscheckError):
    """A numbered error of a worker."""

    number, exit = 9999, Exit.INPUT
    sentence = "{unit} is odd."
    remedy = "Nothing to do."


class SickComputer(CrosscheckError):
    """Trouble of the computer that a worker met."""

    number, exit = 9998, Exit.INPUT
    of_computer = True
    sentence = "Nothing starts here."
    remedy = "Nothing to do."


def _work(unit: str) -> str:
    if "gone" in unit:
        raise BlobMissing(blob=unit, folder="there")
    if "sick" in unit:
        raise SickComputer
    if "die" in unit:
        os._exit(9)
    if "odd" in unit:
        raise OddUnit(unit=unit)
    if "bug" in unit:
        raise ZeroDivisionError(unit)
    return unit.upper()


def _pending(connection: Connection, limit: int) -> Sequence[str]:
    waiting = queries.lacking(connection, facts.Finding, facts.FindingClosed, "finding", limit=limit)
    return [finding.finding for finding in waiting]


def _record(writer: Writer, unit: str, result: str) -> None:
    writer.append(facts.FindingClosed(unit, result))


def _failed(writer: Writer, unit: str, why: str) -> None:
    writer.append(facts.FindingClosed(unit, f"failed: {why}"))


STAGE = StageWork("test", str, _pending, _work, _record, _failed)


@pytest.fixture
def station(desk: Desk) -> Station:
    """Works in this process: starting others takes longer than all these tests."""
    return with_jobs(desk, 1)


def with_jobs(desk: Desk, jobs: int) -> Station:
    opened = desk.station()
    return replace(opened, settings=replace(opened.settings, jobs=jobs))


def wait(station: Station, *units: str) -> None:
    with station.ledger.writing() as writer:
        writer.append_all(facts.Finding(unit, "k", "s", "") for unit in units)


def results(station: Station) -> dict[str, str]:
    with station.ledger.reading() as connection:
        return {closed.finding: closed.why for closed in queries.all_of(connection, facts.FindingClosed)}


def position(station: Station) -> int:
    with station.ledger.reading() as connection:
        return queries.position(connection)


def test_a_run_does_what_waits_and_a_second_run_nothing(station: Station) -> None:
    """Not one fact is added the second time."""
    wait(station, "a", "b", "c")
    assert run_stage(station, STAGE) == Ran(done=3)
    assert results(station) == {"a": "A", "b": "B", "c": "C"}
    before = position(station)
    assert run_stage(station, STAGE) == Ran()
    assert position(station) == before


def test_a_unit_that_fails_or_meets_a_bug_stops_no_other(station: Station) -> None:
    """A numbered error is recorded as it reads; a bug by its kind, with the traceback in the log."""
    wait(station, "a", "odd", "bug", "b")
    assert run_stage(station, STAGE) == Ran(done=2, failed=2)
    found = results(station)
    assert (found["a"], found["b"]) == ("A", "B")
    assert found["odd"] == "failed: E9999 odd is odd. Nothing to do."
    assert "E7001" in found["bug"]
    assert "ZeroDivisionError" in found["bug"]
    log = [json.loads(line) for line in (station.home / "log" / "crosscheck.jsonl").read_text("utf-8").splitlines()]
    assert [
        line["unit"] for line in log if line["event"] == "bug" and "ZeroDivisionError: bug" in line["traceback"]
    ] == ["bug"]
    assert {line["unit"]: line["outcome"] for line in log if line["event"] == "unit"}["a"] == "done"


def test_a_unit_whose_stored_file_is_gone_waits_for_it(station: Station) -> None:
    """Nothing is recorded of it, all others are done, and the run ends with the number of the trouble."""
    wait(station, "a", "gone", "b")
    for _again in range(2):
        with pytest.raises(BlobMissing, match=r"E4041.* gone "):
            run_stage(station, STAGE)
        assert results(station) == {"a": "A", "b": "B"}
    assert run_stage(station, replace(STAGE, work=_found_again)) == Ran(done=1)


def _found_again(unit: str) -> str:
    return unit.upper()


def test_trouble_of_the_computer_ends_the_run_and_is_no_fact(station: Station) -> None:
    """What was done before is kept; the rest waits for a computer that works."""
    wait(station, "a", "sick", "z")
    with pytest.raises(SickComputer, match="E9998"):
        run_stage(station, STAGE)
    assert results(station).keys() <= {"a", "z"}
    assert run_stage(station, replace(STAGE, work=_found_again)).failed == 0
    assert set(results(station)) == {"a", "sick", "z"}


def test_a_unit_that_kills_its_worker_is_named_and_the_others_are_done(desk: Desk) -> None:
    """The pool is made anew; the culprit waits for a person."""
    station = with_jobs(desk, 2)
    wait(station, "a", "die", "b", "c")
    assert run_stage(station, STAGE) == Ran(done=3, failed=1)
    found = results(station)
    assert [found[unit] for unit in "abc"] == ["A", "B", "C"]
    assert "died" in found["die"]


def test_units_beyond_one_chunk_are_done_too(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one included, also when a stage leaves units waiting that it can't record as done."""
    monkeypatch.setattr(runner, "CHUNK", 2)
    wait(station, *"abcde")
    seen: list[str] = []
    lazy = StageWork("test", str, _pending, _work, lambda _w, unit, _r: seen.append(unit), _failed)
    assert run_stage(station, lazy) == Ran(done=5)
    assert seen == list("abcde")


def test_results_that_come_together_are_committed_together(station: Station) -> None:
    """One commit for many units, through whichever way of recording the stage has."""
    wait(station, *"abcdefghijklmnop", "odd")
    groups: list[list[str]] = []

    def record_all(writer: Writer, results: Sequence[Done[str, str]]) -> None:
        groups.append([done.unit for done in results])
        writer.append_all(facts.FindingClosed(done.unit, done.result) for done in results)

    stage = replace(STAGE, together=4, record_all=record_all)
    assert run_stage(station, stage) == Ran(done=16, failed=1)
    assert [len(group) for group in groups] == [4, 4, 4, 4, 0]
    assert results(station) == {unit: unit.upper() for unit in "abcdefghijklmnop"} | {
        "odd": "failed: E9999 odd is odd. Nothing to do."
    }


def test_a_result_that_can_not_be_recorded_takes_no_other_with_it(station: Station) -> None:
    """The run ends with the error, whatever came together with the culprit; the next run does what is left."""
    wait(station, *"abcdefgh")
    broken = True

    def record(writer: Writer, unit: str, result: str) -> None:
        _record(writer, unit, result)
        if unit == "d" and broken:
            raise RuntimeError("disk full")

    stage = replace(STAGE, record=record, together=8)
    with pytest.raises(RuntimeError, match="disk full"):
        run_stage(station, stage)
    assert set(results(station)) == {"a", "b", "c"}
    broken = False
    assert run_stage(station, stage) == Ran(done=5)
    assert results(station) == {unit: unit.upper() for unit in "abcdefgh"}


def test_all_chunks_are_done_by_the_same_workers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a worker takes longer than many units: a long run starts them once."""
    monkeypatch.setattr(runner, "CHUNK", 3)
    station = with_jobs(desk, 2)
    wait(station, *"abcdefghi")
    made: list[int] = []

    def counted(jobs: int, prepare: Prepare) -> Executor:
        made.append(jobs)
        return process_pool(jobs, prepare)

    monkeypatch.setattr(runner, "process_pool", counted)
    assert run_stage(station, STAGE) == Ran(done=9)
    assert made == [2]


def test_units_that_another_station_holds_are_passed_over(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when they fill a whole chunk: what lies behind them is free."""
    monkeypatch.setattr(runner, "CHUNK", 2)
    wait(station, *"abcde")
    leases.take(station.ledger.engine, "test", ["a", "b", "c"], "other", 600)
    assert run_stage(station, STAGE) == Ran(done=2)
    assert results(station) == {"d": "D", "e": "E"}


def test_leases_end_with_the_run(station: Station) -> None:
    """Also when a record fails: nothing stays held."""
    wait(station, "a")

    def fail(_writer: Writer, _unit: str, _result: str) -> None:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        run_stage(station, StageWork("test", str, _pending, _work, fail, _failed))
    assert results(station) == {}
    assert leases.take(station.ledger.engine, "test", ["a"], "other", 60) == {"a"}


def test_what_a_killed_run_held_is_free_at_once(station: Station) -> None:
    """Its lock is gone with it, so nobody waits until its leases expire; a living run keeps its own."""
    wait(station, "a", "b")
    runs = station.home / "run"
    runs.mkdir()
    (runs / "123-killed.lock").touch()
    leases.take(station.ledger.engine, "test", ["a"], "station-1:123-killed", 600)
    with alive.alive(runs) as living:
        leases.take(station.ledger.engine, "test", ["b"], f"station-1:{living}", 600)
        assert run_stage(station, STAGE) == Ran(done=1)
    assert results(station) == {"a": "A"}
