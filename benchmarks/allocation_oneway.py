"""Allocations in which no two schools mark each other: seconds, and how far from the best they can be at most.

CROSSCHECK_BENCH_ONEWAY_SEEDS says how many districts are made up (3 if not given; 100 take a quarter of an hour).
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.allocation_instances import SIZES, instance
from crosscheck.model import MutualMarking
from packets.problem import Bounded, Proven, Solution
from packets.solve import solve
from packets.verify import verify

Row = dict[str, str | int | float]
SEEDS = "3"
_LONGEST = 20  # seconds that a district may take


@dataclass(frozen=True, slots=True)
class _Run:
    """seconds, processor: to allocate, by the clock and of the processor; verifying: by the clock. above: of the last
    wish, how far its cost is above what is proven; price: above what it costs without the rule."""

    seconds: float
    processor: float
    verifying: float
    above: float
    price: float


def district() -> list[Row]:
    """Several districts: each is allocated, verified, and compared to what is proven."""
    seeds = range(1, int(os.environ.get("CROSSCHECK_BENCH_ONEWAY_SEEDS", SEEDS)) + 1)
    return _rows("oneway district", [_run("district", seed) for seed in seeds], 0.5)


def city() -> list[Row]:
    """One city."""
    return _rows("oneway city", [_run("city", 1)], 1.5)


def _run(name: str, seed: int) -> _Run:
    problem = instance(next(size for size in SIZES if size.name == name), seed)
    free, strict = solve(problem), replace(problem, mutual=MutualMarking.NEVER)
    start, processor = time.perf_counter(), time.process_time()
    found = solve(strict)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    start = time.perf_counter()
    wrong = verify(strict, found) if isinstance(found, Solution) else ("infeasible",)
    verifying = time.perf_counter() - start
    if wrong or not isinstance(found, Solution) or not isinstance(found.certificate, Bounded):
        raise SystemExit(f"the allocation of the benchmark is not verified: {wrong[:3]}")
    assert isinstance(free, Solution)
    assert isinstance(free.certificate, Proven)
    at = len(problem.wishes) + 1
    cost, bound = found.certificate.levels[at].cost, found.certificate.bounds[at].bound
    if any(gap.level != found.certificate.levels[at].level for gap in found.certificate.gaps):
        raise SystemExit("an earlier level is not proven: the gap of the last one means nothing")
    return _Run(seconds, processor, verifying, cost / bound - 1, cost / free.certificate.levels[at].cost - 1)


def _rows(label: str, runs: Sequence[_Run], bar: float) -> list[Row]:
    def row(name: str, value: float, unit: str, against: str = "") -> Row:
        figure: Row = {"name": f"{label}: {name}", "value": round(value, 4), "unit": unit}
        return figure | {"n": len(runs), "compared_to": against, "ratio": 0}

    return [
        row("solve, median", statistics.median(run.seconds for run in runs), "s"),
        row("solve, most", max(run.seconds for run in runs), "s"),
        row("solve, processor time, most", max(run.processor for run in runs), "s"),
        row(f"solve, over {_LONGEST} s of processor time", sum(run.processor > _LONGEST for run in runs), "runs"),
        row("verify, most", max(run.verifying for run in runs), "s"),
        row("above what is proven, most", 100 * max(run.above for run in runs), "%", f"bar: {bar} %"),
        row("proven to be the best", sum(run.above == 0 for run in runs), "runs"),
        row("the rule costs, median", 100 * statistics.median(run.price for run in runs), "%", "without the rule"),
    ]
