"""From scores to figures: verdicts, severities in points and in logits, variance components, of a district and a city.

Beside each the barest pass over the same scores: their sum for each reader. Then, of the city, what is said of experts
and possible markers (`scoring_said`), other packages on the same scores (`scoring_peers`), and reports (`reports`).
CROSSCHECK_BENCH_SCORING=region measures half a million works as well: cost must grow with the scores and no faster;
CROSSCHECK_BENCH_SCORING=files writes all reports of the city as well, by worker processes.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks import reports, scoring_peers, scoring_said
from crosscheck.model import CriterionId, TaskId
from crosscheck.procedure import Criterion, Procedure, Rules
from crosscheck.procedure_file import load_procedure
from drill.demo import SAMPLES
from scoring import judging
from scoring.measures.components import components
from scoring.measures.rasch import Marked, fit
from scoring.measures.readings import Floats, Ints, Readings
from scoring.measures.severity import measured, severities

_TASKS, _MOST = 10, 3


@dataclass(frozen=True, slots=True)
class Size:
    """Works that two readers each read."""

    name: str
    works: int
    readers: int


DISTRICT, CITY, REGION = Size("district", 2_000, 80), Size("city", 60_000, 2_400), Size("region", 500_000, 20_000)


def rows() -> Iterator[dict[str, object]]:
    """Seconds of each, and how many times the barest pass that is."""
    for size in (DISTRICT, CITY):
        yield from _of(size)
    yield from scoring_said.measured(_made(CITY), _procedure())
    yield from reports.measured(everything=os.environ.get("CROSSCHECK_BENCH_SCORING") == "files")
    if os.environ.get("CROSSCHECK_BENCH_SCORING") == "region":
        yield from _of(REGION)
    for size in (DISTRICT, CITY):  # last: some of them need far more memory
        yield from scoring_peers.compared(size.name, _made(size))


def _of(size: Size) -> Iterator[dict[str, object]]:
    marked = _made(size)
    readings = len(marked.work)
    scores = readings * _TASKS
    bare = _seconds(lambda: np.bincount(marked.reader, marked.points.sum(axis=1)))
    yield _row(size, "bare pass", bare, scores, bare)
    totals = Readings(marked.work, marked.reader, marked.points.sum(axis=1).astype(np.float64))
    yield _row(size, "verdicts", _seconds(lambda: _verdicts(size, marked)), scores, bare)
    yield _row(size, "severities in points", _seconds(lambda: severities(totals)), scores, bare)
    yield _row(size, "severities in points, with errors", _seconds(lambda: measured(totals), 1), scores, bare)
    yield _row(size, "severities in logits, with errors", _seconds(lambda: fit(marked), 1), scores, bare)
    yield _row(size, "variance components", _seconds(lambda: _components(marked), 1), scores, bare)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield {"name": f"{size.name}: memory, so far", "value": round(memory), "unit": "MB", "n": scores}


def _row(size: Size, name: str, seconds: float, n: int, bare: float) -> dict[str, object]:
    of = {"compared_to": "bare pass", "ratio": round(seconds / bare, 1)}
    return {"name": f"{size.name}: {name}", "value": round(seconds, 4), "unit": "s", "n": n, **of}


def _seconds(work: Callable[[], object], times: int = 5) -> float:
    """The least of several runs: the others were disturbed."""
    found = []
    for _each in range(times):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def _made(size: Size) -> Marked:
    dice = np.random.default_rng(size.works)
    first = dice.integers(0, size.readers, size.works)
    second = (first + dice.integers(1, size.readers, size.works)) % size.readers
    reader, work = np.concatenate([first, second]), np.tile(np.arange(size.works), 2)
    severity, ability = dice.normal(0, 0.3, size.readers), dice.normal(0, 1.2, size.works)
    place = ability[work] - severity[reader]
    points = np.stack([_given(place, dice.normal(0, 1, _MOST), dice) for _task in range(_TASKS)], axis=1)
    return Marked(work, reader, points, (_MOST,) * _TASKS)


def _given(place: Floats, steps: Floats, dice: np.random.Generator) -> Ints:
    weights = np.exp(np.arange(_MOST + 1) * place[:, None] - np.append(0.0, np.cumsum(steps)))
    below = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    return np.asarray((dice.random(len(place))[:, None] > below).sum(axis=1), dtype=np.int64)


def _verdicts(size: Size, marked: Marked) -> judging.Judged:
    independent = np.stack([marked.points[: size.works], marked.points[size.works :]], axis=1)
    nothing = np.full((size.works, _TASKS), judging.MISSING)
    return judging.judged(_procedure(), independent, nothing, nothing)


def _procedure() -> Procedure:
    sample = load_procedure(SAMPLES / "district" / "procedure.toml")
    tasks = tuple(replace(sample.tasks[0], id=TaskId(str(n))) for n in range(1, _TASKS + 1))
    criteria = tuple(Criterion(CriterionId(task.id), task.id, _MOST) for task in tasks)
    return replace(sample, tasks=tasks, criteria=criteria, markings=2, rules=Rules(sum_difference=6))


def _components(marked: Marked) -> object:
    work, reader = (np.repeat(each, _TASKS) for each in (marked.work, marked.reader))
    task = np.tile(np.arange(_TASKS), len(marked.work))
    of = [frozenset(some) for some in (("work",), ("reader",), ("task",), ("work", "reader"), ("work", "task"))]
    values = marked.points.ravel().astype(np.float64)
    return components(values, {"work": work, "reader": reader, "task": task}, of)
