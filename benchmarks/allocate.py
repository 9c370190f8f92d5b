"""Allocation at the sizes of a district, a large district, a city and, on demand, a region; and other ways to do it.

CROSSCHECK_BENCH_ALLOCATE names the parts to run (default: district,m,city,oneway; also: stress, city-oneway). Each
runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.allocation_instances import SIZES, Size, instance
from benchmarks.allocation_oneway import city, district
from benchmarks.allocation_peers import PEERS
from crosscheck.model import ClassToken, SchoolToken, WorkId
from packets.network import network_of
from packets.optimum import optimum
from packets.problem import Problem, Proven, Solution, WorkToAssign
from packets.solve import solve
from packets.verify import verify

Row = dict[str, str | int | float]
PARTS = "district,m,city,oneway"
_ONE_WAY = {"oneway": district, "city-oneway": city}
_RUNS = {"district": 9, "m": 5, "city": 3, "stress": 1}


def rows() -> list[Row]:
    """Figures of every part named."""
    found: list[Row] = []
    for name in os.environ.get("CROSSCHECK_BENCH_ALLOCATE", PARTS).split(","):
        command = [sys.executable, "-m", "benchmarks.allocate", name]
        found += json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def part(size: Size) -> list[Row]:
    """One size: seconds to decide (optimum), to allocate into rows, to verify; memory; what others need for it."""
    problem, runs = instance(size), _RUNS[size.name]
    solution = solve(problem)
    if not isinstance(solution, Solution) or not isinstance(solution.certificate, Proven) or verify(problem, solution):
        raise SystemExit("the allocation of the benchmark is not proven: no time means anything")
    with tempfile.TemporaryDirectory() as folder:
        reading = _median(lambda: _read(_works_file(Path(folder), problem)), runs)
        writing = _median(lambda: _write(Path(folder) / "rows.csv", solution), runs)
    label, floor = f"allocate {size.name} {size.works}x{size.experts}x{size.schools}", reading + writing
    network = network_of(problem)
    timed = {
        "optimum": _median(lambda: optimum(problem, network), runs),
        "solve": _median(lambda: solve(problem), runs),
        "verify": _median(lambda: verify(problem, solution), runs),
    }
    found = [_row(f"{label}: bare reading and writing", floor, "s", size.works)]
    against = "bare reading of works and writing of rows, CSV"
    found += [_row(f"{label}: {name}", s, "s", size.works, against, s / floor) for name, s in timed.items()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found.append(_row(f"{label}: peak memory, instance included", peak, "MB", size.works))
    *_, last, _ties = solution.certificate.levels
    for name, most, peer in PEERS:
        if size.works <= most:
            start = time.perf_counter()
            cost = peer(problem, solution)
            seconds = time.perf_counter() - start
            found.append(_row(f"{label}: {name}", seconds, "s", size.works, "optimum", seconds / timed["optimum"]))
            found.append(_row(f"{label}: {name}, cost", cost, "", size.works, "optimum", cost / max(1, last.cost)))
    return found


def _row(name: str, value: float, unit: str, n: int, against: str = "", ratio: float = 0) -> Row:
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "n": n,
        "compared_to": against,
        "ratio": round(ratio, 3),
    }


def _median(action: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _works_file(folder: Path, problem: Problem) -> Path:
    path = folder / "works.csv"
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((w.work, w.school, w.class_set) for w in problem.works)
    return path


def _read(path: Path) -> list[WorkToAssign]:
    with path.open(encoding="utf-8", newline="") as file:
        return [WorkToAssign(WorkId(w), SchoolToken(s), ClassToken(c)) for w, s, c in csv.reader(file)]


def _write(path: Path, solution: Solution) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((a.work, a.marking, a.expert) for a in solution.assignments)


if __name__ == "__main__":
    chosen = sys.argv[1]
    json.dump(
        _ONE_WAY[chosen]() if chosen in _ONE_WAY else part(next(s for s in SIZES if s.name == chosen)), sys.stdout
    )
