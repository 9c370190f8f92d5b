"""Time of allocation at the size of a district, against the bare reading of its works from a file."""

from __future__ import annotations

import csv
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crosscheck.conflicts import ExpertOrigin, standing_conflicts
from crosscheck.model import FIRST_MARKING, SECOND_MARKING, ClassToken, ExpertId, SchoolToken, WorkId
from packets.problem import ExpertCapacity, Problem, Solution, WorkToAssign
from packets.solve import solve
from packets.verify import verify

Row = dict[str, str | int | float]
RUNS = 5


def district(works: int = 2000, experts: int = 80, schools: int = 25, seed: int = 1) -> Problem:
    """A made-up district: schools of uneven size, two to four class-sets each, experts drawn at random."""
    chance = random.Random(seed)
    names = [SchoolToken(f"school-{n:04d}") for n in range(schools)]
    sizes = [chance.lognormvariate(0, 0.5) for _ in names]
    room = -(-2 * works // experts) * 5 // 4 + 1
    who = tuple(
        ExpertCapacity(ExpertId(f"expert-{n:05d}"), frozenset(chance.choices(names, sizes)), room)
        for n in range(experts)
    )
    what = []
    for number in range(works):
        (school,) = chance.choices(names, sizes)
        what.append(WorkToAssign(WorkId(f"work-{number:06d}"), school, ClassToken(f"{school}-{chance.randrange(3)}")))
    conflicts = standing_conflicts(ExpertOrigin(e.expert, e.schools, frozenset()) for e in who)
    return Problem(tuple(what), who, (FIRST_MARKING, SECOND_MARKING), conflicts=conflicts)


def _median(action: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _read(path: Path) -> list[WorkToAssign]:
    with path.open(encoding="utf-8", newline="") as file:
        return [WorkToAssign(WorkId(w), SchoolToken(s), ClassToken(c)) for w, s, c in csv.reader(file)]


def rows() -> list[Row]:
    """Medians in seconds: reading the works, allocating them, verifying the allocation without the solver."""
    problem = district()
    solution = solve(problem)
    if not isinstance(solution, Solution) or verify(problem, solution):
        raise SystemExit("the allocation of the benchmark is not valid: no time means anything")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "works.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows((w.work, w.school, w.class_set) for w in problem.works)
        floor = _median(lambda: _read(path))
    found: list[Row] = []
    for name, action in (("solve", lambda: solve(problem)), ("verify", lambda: verify(problem, solution))):
        seconds = _median(action)
        found.append(
            {
                "name": f"allocate district 2000x80x25: {name}",
                "value": round(seconds, 4),
                "unit": "s",
                "n": len(problem.works),
                "compared_to": "bare reading of the works from CSV",
                "ratio": round(seconds / floor, 1),
            }
        )
    return found


if __name__ == "__main__":
    print(json.dumps(rows(), indent=1))
