"""Allocation at the sizes of a district, a large district, a city and, on demand, a region; and other ways to do it.

CROSSCHECK_BENCH_ALLOCATE names the parts to run (default: district,m,city,oneway; also: stress, city-oneway, links,
parts, city-parts, repair-district and repair-city). Each runs in a process of its own, with a peak memory of its own.
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
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.allocation_instances import SIZES, Size, instance
from benchmarks.allocation_links import district_links
from benchmarks.allocation_oneway import city, district
from benchmarks.allocation_parts import city_parts, district_parts
from benchmarks.allocation_peers import PEERS, Beside, Peer
from crosscheck.model import ClassToken, Marking, SchoolToken, WorkId
from packets.joining import parts_of
from packets.linking import linked
from packets.network import Ints, Network, network_of
from packets.optimum import Optimum, optimum
from packets.problem import DEFAULT_SPREAD, Assignment, Problem, Proven, Solution, WorkToAssign
from packets.repair import Repair, repair
from packets.repair_check import after, verify_repair
from packets.rows import filled
from packets.situation import Situation, StandingWork
from packets.solve import exchanged, solve
from packets.verify import verify

Row = dict[str, str | int | float]
PARTS = "district,m,city,oneway"
_APART = {
    "oneway": district,
    "city-oneway": city,
    "links": district_links,
    "parts": district_parts,
    "city-parts": city_parts,
}
_COMPARED = 2400  # experts whose severities are compared: a dense matrix of them
_RUNS = {"district": 9, "m": 5, "city": 3, "stress": 1}


def rows() -> list[Row]:
    """Figures of every part named."""
    found: list[Row] = []
    for name in os.environ.get("CROSSCHECK_BENCH_ALLOCATE", PARTS).split(","):
        command = [sys.executable, "-m", "benchmarks.allocate", name]
        found += json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def part(size: Size) -> list[Row]:
    """One size: seconds of CPU to decide (optimum), to allocate into rows, to verify; memory; what others need for it;
    what exchanges do for pages and links."""
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
    with tempfile.TemporaryDirectory() as folder:
        whole = _median(lambda: _file_to_file(Path(folder), problem), runs)
    found.append(_row(f"{label}: file to file", whole, "s", size.works, against, whole / floor))
    found += _exchanges(label, size, last_cost(solution))
    found += [row for peer in PEERS if size.works <= peer.most for row in _beside(label, size, peer)]
    return found


def last_cost(solution: Solution) -> int:
    """What the allocation costs at the least important wish."""
    assert isinstance(solution.certificate, Proven)
    return solution.certificate.levels[-2].cost


def _exchanges(label: str, size: Size, cheapest: int) -> list[Row]:
    """What exchanges of readers do for pages and links, at the spread that experts get in earnest."""
    problem = instance(replace(size, spread=DEFAULT_SPREAD))
    network = network_of(problem)
    best = optimum(problem, network)
    assert isinstance(best, Optimum)
    before = filled(network, best.pairs, best.reads)
    seconds = _median(lambda: exchanged(problem, network, before.copy()), _RUNS[size.name])
    after = exchanged(problem, network, before.copy())
    pages = np.array([work.pages for work in network.works])
    label = f"{label}, spread {DEFAULT_SPREAD}"
    solution = solve(problem)
    assert isinstance(solution, Solution)
    against = f"spread {size.spread}"
    cost = last_cost(solution)
    found = [
        _row(f"{label}: exchanges", seconds, "s", size.works),
        _row(f"{label}: cost", cost, "", size.works, against, cost / max(1, cheapest)),
    ]
    for name, figure in (("pages, largest difference to the mean, %", _page_gap), ("parts of readers", _parts)):
        was, now = figure(before, pages), figure(after, pages)
        found.append(_row(f"{label}: {name}", now, "", size.works, "before exchanges", now / max(was, 1e-9)))
    if size.experts <= _COMPARED:
        was, now = (linked(_assignments(network, teams)).ratio or 0 for teams in (before, after))
        found.append(_row(f"{label}: variance of severity", now, "", size.works, "before exchanges", now / was))
    return found


def _page_gap(teams: Ints, pages: Ints) -> float:
    read = np.bincount(teams.reshape(-1), np.repeat(pages, teams.shape[1]))
    return float(np.ptp(read) / read.mean() * 100)


def _parts(teams: Ints, _pages: Ints) -> float:
    return float(len(np.unique(parts_of(teams, int(teams.max()) + 1))))


def _assignments(network: Network, teams: Ints) -> list[Assignment]:
    return [
        Assignment(work.work, Marking(at), network.experts[expert].expert)
        for work, team in zip(network.works, teams.tolist(), strict=True)
        for at, expert in enumerate(team, start=1)
    ]


def _file_to_file(folder: Path, problem: Problem) -> None:
    """Read the works, allocate, write the rows; experts, conflicts and costs are there already."""
    solution = solve(replace(problem, works=tuple(_read(_works_file(folder, problem)))))
    assert isinstance(solution, Solution)
    _write(folder / "rows.csv", solution)


def _beside(label: str, size: Size, peer: Peer) -> list[Row]:
    """A peer, in a process of its own, beside ours; ours must never cost more, or the benchmark fails."""
    command = [sys.executable, "-m", "benchmarks.allocation_peers", size.name, peer.name]
    seen = Beside(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    if seen.cost < seen.our_cost:
        raise SystemExit(f"{peer.name} reaches {seen.cost}, ours only {seen.our_cost}")
    name, times = f"{label}: {peer.name}", seen.seconds / seen.our_seconds
    return [
        _row(name, seen.seconds, "s", size.works, "optimum", times),
        _row(f"{name}, cost", seen.cost, "", size.works, "ours", seen.cost / max(1, seen.our_cost)),
        _row(f"{name}, peak memory", seen.memory, "MB", size.works),
    ]


def repair_part(size: Size) -> list[Row]:
    """One size on check day, a twentieth and a fifth of the experts absent: seconds to repair and to check; changes
    beyond those that no repair can avoid; how far loads differ."""
    problem, runs = instance(size), _RUNS[size.name]
    solution = solve(problem)
    if not isinstance(solution, Solution):
        raise SystemExit("the benchmark's allocation is impossible")
    allocating = _median(lambda: solve(problem), runs)
    found = []
    for share in (20, 5):
        day = _day(problem, solution, share)
        done = repair(day)
        if not isinstance(done, Repair) or verify_repair(day, done.given):
            raise SystemExit("the repair of the benchmark doesn't hold: no time means anything")
        # A copy each time: what a situation has worked out of itself once must not be had for nothing.
        repairing = _median(lambda day=day: repair(replace(day)), runs)  # type: ignore[misc]
        checking = _median(lambda day=day, done=done: verify_repair(replace(day), done.given), runs)  # type: ignore[misc]
        label = f"repair {size.name} {size.works}x{size.experts}x{size.schools}, 1 in {share} absent"
        loads = Counter(a.expert for a in after(day, done.given))
        there = [loads[e.expert] for e in problem.experts if e.expert not in day.absent]
        found += [
            _row(f"{label}: repair", repairing, "s", len(done.gone), "solve", repairing / allocating),
            _row(f"{label}: check", checking, "s", len(done.gone), "solve", checking / allocating),
            _row(f"{label}: changes beyond the fewest", len(done.given) - len(done.gone), "", len(done.gone)),
            _row(f"{label}: loads differ by", max(there) - min(there), "", len(done.gone)),
        ]
    return found


def _day(problem: Problem, solution: Solution, share: int) -> Situation:
    return Situation(
        tuple(StandingWork(w.work, w.school, w.class_set) for w in problem.works),
        problem.experts,
        solution.assignments,
        absent=frozenset(e.expert for e in problem.experts[::share]),
        conflicts=problem.conflicts,
        seed=problem.seed,
        spread=problem.spread,
    )


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
        start = time.process_time()  # of this process alone: others don't count
        action()
        times.append(time.process_time() - start)
    return statistics.median(times)


def _works_file(folder: Path, problem: Problem) -> Path:
    path = folder / "works.csv"
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((w.work, w.school, w.class_set, w.pages) for w in problem.works)
    return path


def _read(path: Path) -> list[WorkToAssign]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            WorkToAssign(WorkId(w), SchoolToken(s), ClassToken(c), pages=int(pages))
            for w, s, c, pages in csv.reader(file)
        ]


def _write(path: Path, solution: Solution) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((a.work, a.marking, a.expert) for a in solution.assignments)


if __name__ == "__main__":
    chosen = sys.argv[1]
    if chosen in _APART:
        json.dump(_APART[chosen](), sys.stdout)
    else:
        measured = repair_part if chosen.startswith("repair-") else part
        json.dump(measured(next(size for size in SIZES if size.name == chosen.removeprefix("repair-"))), sys.stdout)
