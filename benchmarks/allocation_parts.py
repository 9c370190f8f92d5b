"""Works given out by task: seconds to share the experts out and to allocate every part, and how even their work is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.allocation_instances import SIZES, instance
from crosscheck.model import Part, TaskId
from crosscheck.procedure import WorkPart
from packets.parting import Parting, Share, parted
from packets.parts_check import verify_parts
from packets.problem import Problem, Solution
from packets.solve import solve
from packets.verify import verify

Row = dict[str, str | int | float]
EFFORTS = (1, 1, 1, 2, 2, 2, 3, 3, 4, 4)  # points of the tasks: each is a part


def district_parts() -> list[Row]:
    """2,000 works by 80 experts, ten tasks."""
    return _rows("district", (1, 2, 3))


def city_parts() -> list[Row]:
    """60,000 works by 2,400 experts, ten tasks."""
    return _rows("city", (1,))


def _rows(name: str, seeds: Sequence[int]) -> list[Row]:
    runs = [_run(_whole(name, seed)) for seed in seeds]

    def row(what: str, value: float, unit: str) -> Row:
        label = f"parts {name}: {what}"
        return {"name": label, "value": round(value, 4), "unit": unit, "n": len(runs), "compared_to": "", "ratio": 0}

    return [
        row("experts shared out, processor time, most", max(run[0] for run in runs), "s"),
        row("every part allocated, processor time, most", max(run[1] for run in runs), "s"),
        row("points of the experts of a part, most above the mean of all", 100 * max(run[2] for run in runs), "%"),
    ]


def _whole(name: str, seed: int) -> Problem:
    """As of whole works, capacities in points."""
    problem = instance(next(size for size in SIZES if size.name == name), seed)
    whole = sum(EFFORTS)
    return replace(problem, experts=tuple(replace(e, capacity=e.capacity * whole) for e in problem.experts))


def _run(problem: Problem) -> tuple[float, float, float]:
    parts = (WorkPart(Part(n), (TaskId(str(n)),)) for n in range(1, len(EFFORTS) + 1))
    split = Parting(tuple(map(Share, parts, EFFORTS)), sum(EFFORTS))
    start = time.process_time()
    found = parted(problem, split)
    shared, start = time.process_time() - start, time.process_time()
    solutions = [solve(of.problem) for of in found.problems]
    allocated = time.process_time() - start
    done = [
        (of.part, of.problem, s) for of, s in zip(found.problems, solutions, strict=True) if isinstance(s, Solution)
    ]
    wrong = [*verify_parts(problem, split, done), *(v for _part, own, s in done for v in verify(own, s))]
    if wrong:
        raise SystemExit(f"the allocation of the benchmark is not verified: {wrong[:3]}")
    mean = problem.reads * sum(EFFORTS) / len(problem.experts)
    heaviest = max(problem.reads * e / len(of.problem.experts) for of, e in zip(found.problems, EFFORTS, strict=True))
    return shared, allocated, heaviest / mean - 1
