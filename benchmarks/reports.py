"""Reports of a city: 700 schools and the district, 60,000 works of 10 tasks. Part of `bench scoring`.

Figures and the values of reports are one measurement, the writing of files another for each format, of every tenth
school in this process; the processor time is told, too, which says more on a busy computer. With `everything` all
reports are written in all formats by worker processes besides, as `publish` does, from their values to the last file.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crosscheck import pool
from crosscheck.model import CriterionId, Difficulty, TaskId
from crosscheck.procedure import Boundaries, Criterion, Procedure
from crosscheck.procedure_file import load_procedure
from crosscheck.report import Report
from drill.demo import SAMPLES
from scoring.formats import Format
from scoring.publishing import Unit, school_documents, units, write_unit
from scoring.reporting.arrays import ClassSet, Results, School
from scoring.reporting.district import Computed, computed, district_report
from scoring.reporting.letter import letter
from scoring.reporting.school import school_report

_WORKS, _SCHOOLS, _CLASSES, _TASKS, _MOST = 60_000, 700, 2_400, 10, 3


def measured(*, everything: bool) -> Iterator[dict[str, object]]:
    """Seconds of figures, of report values, and of files in each format."""
    procedure, results = made()
    begun = time.perf_counter()
    of = computed(procedure, results)
    yield _row("figures of the district, 700 schools, 2,400 class-sets", begun, _WORKS)
    begun = time.perf_counter()
    schools = [(f"school-{n}", school_report(of, n)) for n in range(_SCHOOLS)]
    schools.append(("district", district_report(of)))
    letters = [(f"letter-{n}", letter(of, n)) for n in range(_SCHOOLS)]
    yield _row("700 school reports, letters and the district report", begun, len(schools) + len(letters))
    for form in Format:
        yield from _written(f"school reports as {form.value.upper()}", schools[:-1:10], form)
        yield from _written(f"the district's report as {form.value.upper()}", schools[-1:], form)
    yield from _written("letters as PDF", letters[::10], Format.PDF)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield {"name": "city reports: memory, so far", "value": round(memory), "unit": "MB", "n": _WORKS}
    if everything:
        del schools, letters
        yield from _all_of(of)


def _row(name: str, begun: float, n: int) -> dict[str, object]:
    seconds = round(time.perf_counter() - begun, 2)
    return {"name": f"city reports: {name}", "value": seconds, "unit": "s", "n": n}


def _written(name: str, reports: list[tuple[str, Report]], form: Format) -> Iterator[dict[str, object]]:
    begun, used = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        for report_name, report in reports:
            write_unit(Unit(Path(folder), report_name, report, (form,)))
    yield _row(name, begun, len(reports))
    spent = round(time.process_time() - used, 2)
    yield {"name": f"city reports: {name}, processor", "value": spent, "unit": "s", "n": len(reports)}


@dataclass(frozen=True, slots=True)
class _Worker:
    """What a process has used since it began: processor seconds, and its largest memory in MB."""

    process: int
    seconds: float
    memory: float


def _used(unit: Unit) -> _Worker:
    write_unit(unit)
    return _worker()


def _worker() -> _Worker:
    return _Worker(os.getpid(), time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _all_of(of: Computed) -> Iterator[dict[str, object]]:
    """All reports in all formats, by as many workers as there are cores; start of workers and this process included."""
    jobs, begun, used = os.cpu_count() or 1, time.perf_counter(), time.process_time()
    workers: dict[int, _Worker] = {}
    with tempfile.TemporaryDirectory() as folder:
        # Drawn by `publish` itself: what is written is what it would write.
        some = units(Path(folder), school_documents(of), frozenset(Format))
        for done in pool.run_units(some, _used, jobs=jobs):
            assert isinstance(done, pool.Done)
            workers[done.result.process] = done.result
        files = [path.stat().st_size for path in Path(folder).iterdir()]
    name = f"{len(files)} files of all formats, {jobs} workers"
    yield _row(name, begun, len(files))
    own = 0.0 if os.getpid() in workers else time.process_time() - used
    spent = sum(worker.seconds for worker in workers.values()) + own
    yield {"name": f"city reports: {name}, processor", "value": round(spent, 2), "unit": "s", "n": len(files)}
    memory = max(worker.memory for worker in workers.values())
    yield {"name": "city reports: memory of a worker", "value": round(memory), "unit": "MB", "n": len(files)}
    yield {"name": "city reports: files", "value": round(sum(files) / 1e6), "unit": "MB", "n": len(files)}


def made() -> tuple[Procedure, Results]:
    """Results of a made-up city: schools and tasks differ."""
    sample = load_procedure(SAMPLES / "district" / "procedure.toml")
    tasks = tuple(
        replace(sample.tasks[0], id=TaskId(str(n)), difficulty=Difficulty.ADVANCED if n > 7 else Difficulty.BASIC)
        for n in range(1, _TASKS + 1)
    )
    criteria = tuple(Criterion(CriterionId(task.id), task.id, _MOST) for task in tasks)
    procedure = replace(
        sample, tasks=tasks, criteria=criteria, school_criteria=(), boundaries=Boundaries(9, 16, 23), language="ru"
    )
    dice = np.random.default_rng(7)
    of_class = np.sort(np.append(np.arange(_SCHOOLS), dice.integers(0, _SCHOOLS, _CLASSES - _SCHOOLS)))
    class_set = dice.integers(0, _CLASSES, _WORKS)
    school = of_class[class_set]
    effects = dice.normal(0, 0.3, (_SCHOOLS, _TASKS))
    place = dice.normal(0, 1, _WORKS)[:, None] + effects[school]
    points = dice.binomial(_MOST, 1 / (1 + np.exp(-place)))
    bounds = procedure.boundaries or Boundaries(1, 2, 3)
    mark = np.array([bounds.mark(total) for total in range(_TASKS * _MOST + 1)])[points.sum(axis=1)]
    journal = np.clip(mark + dice.integers(-1, 2, _WORKS), 2, 5)
    first = np.searchsorted(of_class, of_class)
    letters = "АБВГДЕЖЗИКЛМНОПРСТ"
    names = tuple(ClassSet(int(s), f"5{letters[n - int(first[n])]}") for n, s in enumerate(of_class))
    schools = tuple(School(str(n), f"Средняя общеобразовательная школа № {n}") for n in range(1, _SCHOOLS + 1))
    return procedure, Results(points, school, class_set, mark, journal, schools, names)
