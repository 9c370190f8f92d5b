"""The station under load: peak memory on a long file, and whether twice the pages take twice the time."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scan_paper import PAGES, Pile, distinct, pile, registered
from crosscheck import facts, keys
from crosscheck.station import open_station
from drill.journey import PASSPHRASES

_LONG = int(os.environ.get("CROSSCHECK_BENCH_PAGES", "2000"))
_BASE_WORKS = 15
_EVERY_S = 0.05
_BATCH = "station-1-001"
Figure = dict[str, object]


def cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of this process and of the children that ended meanwhile."""
    begun = _cpu_s()
    work()
    return 1000 * (_cpu_s() - begun)


def _cpu_s() -> float:
    if sys.platform == "win32":
        return time.process_time()  # there the system doesn't tell what children took
    import resource

    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(spent.ru_utime + spent.ru_stime for spent in both)


# --- putting together and numbering --------------------------------------------------------------------


def numbering(folder: Path) -> Iterator[Figure]:
    """`number` on pages that were read already, and on twice as many."""
    each = {}
    for pages in (_LONG, 2 * _LONG):
        with registered(folder / f"number-{pages}", {"own": pages // PAGES}) as fresh:
            each[pages] = _numbered(fresh("run"), pages)
        yield {"name": f"number: {pages} pages", "value": round(each[pages] / pages, 3), "unit": "ms", "n": pages}
    yield _ratio("number: CPU for twice the pages", each[2 * _LONG] / each[_LONG], 2 * _LONG)


def _numbered(home: Path, pages: int) -> float:
    from scanning.collating.collate import number_all

    station = open_station(home, "benchmark", {"CROSSCHECK_JOBS": "1"})
    keys.new_working_key(station.keys, _BATCH)
    with station.ledger.writing() as writer:
        writer.append(facts.Batch(_BATCH, "works"))
        writer.append(facts.ScanFile("f", _BATCH, "ref", pages, ""))
        writer.append_all(facts.ScanPage(f"p{n:07d}", "f", n, "image/jpeg", "a", "") for n in range(pages))
        writer.append_all(_reading(n) for n in range(pages))
    spent = cpu_ms(lambda: number_all(station))
    station.ledger.engine.dispose()
    return spent


def _reading(n: int) -> facts.PageReading:
    number, page = n // PAGES + 1, n % PAGES + 1
    return facts.PageReading(f"p{n:07d}", "labelled", number, page, 0, "", "m", "image/jpeg", '{"signed":false}')


# --- a long file ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """What commands took: seconds of CPU, and the most memory that one process of theirs held (bytes)."""

    cpu_s: float
    peak: int


def memory(folder: Path) -> Iterator[Figure]:
    """A file of many pages, and one of half as many, through the commands `ingest` and `redact`."""
    if sys.platform != "linux":  # elsewhere the system doesn't tell what a process held at most
        return
    base = pile("own", 200, _BASE_WORKS)
    loads: dict[tuple[str, int], Load] = {}
    with registered(folder / "memory", {"own": _BASE_WORKS}) as fresh:
        for pages in (_LONG // 2, _LONG):
            repeated = (distinct(base.streams[n % len(base.streams)], n) for n in range(pages))
            file = Pile("own", 200, f"long-{pages}.pdf", tuple(repeated)).pdf(folder)
            home = fresh(f"run-{pages}")
            loads["ingest", pages] = _load(home, "ingest", str(file))
            loads["redact", pages] = _load(home, "redact")
            file.unlink()
    for command in ("ingest", "redact"):
        half, whole = loads[command, _LONG // 2], loads[command, _LONG]
        name = f"{command}: {_LONG} pages of one PDF, 200 dpi"
        yield {"name": f"{name}, most memory of a process", "value": round(whole.peak / 1e6), "unit": "MB", "n": _LONG}
        yield {"name": f"{name}, CPU a page", "value": round(1000 * whole.cpu_s / _LONG, 2), "unit": "ms", "n": _LONG}
        yield _ratio(f"{command}: CPU for twice the pages", whole.cpu_s / half.cpu_s, _LONG)


def _load(home: Path, *arguments: str) -> Load:
    command = [sys.executable, "-m", "crosscheck", "--home", str(home), "--who", "benchmark", *arguments]
    environment = {**os.environ, **PASSPHRASES, "CROSSCHECK_JOBS": "1"}
    begun = os.times()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    peak = _Peak(process.pid)
    if (status := process.wait()) not in (0, 10):
        raise AssertionError(f"crosscheck {arguments[0]} ended with {status}")
    ended = os.times()
    spent = ended.children_user - begun.children_user + ended.children_system - begun.children_system
    return Load(spent, peak.end())


class _Peak:
    """Asks the system again and again how much memory a process and its children have held at most."""

    def __init__(self, pid: int) -> None:
        self._over, self._most = threading.Event(), 0
        self._thread = threading.Thread(target=self._watch, args=(pid,), daemon=True)
        self._thread.start()

    def end(self) -> int:
        """The most that one process held, in bytes."""
        self._over.set()
        self._thread.join()
        return self._most

    def _watch(self, pid: int) -> None:
        while not self._over.wait(_EVERY_S):
            for each in _family(pid):
                self._most = max(self._most, _held(each))


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            yield from _family(int(child))


def _held(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    return 0


def _ratio(name: str, value: float, n: int) -> Figure:
    return {"name": name, "value": round(value, 2), "unit": "times", "n": n}
