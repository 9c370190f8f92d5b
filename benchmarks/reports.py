"""Reports of a city: 700 schools and the district, 60,000 works of 10 tasks. Part of `bench scoring`.

Figures and the values of reports are one measurement, the writing of files another for each format: drawing takes far
longer than computing. Of every tenth school they are written in this process, and the processor time is told, too,
which says more on a busy computer; of all schools in worker processes, as `publish` does.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from crosscheck import pool
from crosscheck.model import CriterionId, Difficulty, TaskId
from crosscheck.procedure import Boundaries, Criterion, Procedure
from crosscheck.procedure_file import load_procedure
from crosscheck.report import Report
from drill.demo import SAMPLES
from scoring.formats import Format
from scoring.publishing import Unit, write_unit
from scoring.reporting.arrays import ClassSet, Results, School
from scoring.reporting.district import computed, district_report
from scoring.reporting.letter import letter
from scoring.reporting.school import school_report

_WORKS, _SCHOOLS, _CLASSES, _TASKS, _MOST = 60_000, 700, 2_400, 10, 3


def measured(*, everything: bool) -> Iterator[dict[str, object]]:
    """Seconds of figures, of report values, and of files in each format: of all schools, or of every tenth."""
    procedure, results = made()
    begun = time.perf_counter()
    of = computed(procedure, results)
    yield _row("figures of the district, 700 schools, 2,400 class-sets", begun, _WORKS)
    begun = time.perf_counter()
    schools = [(f"school-{n}", school_report(of, n)) for n in range(_SCHOOLS)]
    schools.append(("district", district_report(of)))
    letters = [(f"letter-{n}", letter(of, n)) for n in range(_SCHOOLS)]
    yield _row("700 school reports, letters and the district report", begun, len(schools) + len(letters))
    chosen, papers = (each if everything else [*each[:-1:10], each[-1]] for each in (schools, letters))
    jobs = (os.cpu_count() or 1) if everything else 1
    for form in Format:
        yield from _written(f"school reports as {form.value.upper()}", chosen[:-1], form, jobs)
        yield from _written(f"the district's report as {form.value.upper()}", chosen[-1:], form, 1)
    yield from _written("letters as PDF", papers, Format.PDF, jobs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield {"name": "city reports: memory, so far", "value": round(memory), "unit": "MB", "n": _WORKS}


def _row(name: str, begun: float, n: int) -> dict[str, object]:
    seconds = round(time.perf_counter() - begun, 2)
    return {"name": f"city reports: {name}", "value": seconds, "unit": "s", "n": n}


def _written(name: str, reports: list[tuple[str, Report]], form: Format, jobs: int) -> Iterator[dict[str, object]]:
    begun, used = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        units = (Unit(Path(folder), report_name, report, (form,)) for report_name, report in reports)
        done = list(pool.run_units(units, write_unit, jobs=jobs))
        assert all(isinstance(one, pool.Done) for one in done)
    yield _row(name, begun, len(done))
    if jobs == 1:
        spent = round(time.process_time() - used, 2)
        yield {"name": f"city reports: {name}, processor", "value": spent, "unit": "s", "n": len(done)}


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
