"""What is said of the experts of a city, and possible markers of its schools and classes: seconds. Part of `bench
scoring`.

60,000 works of 10 tasks, each read by two of 2,400 experts, of 700 schools and 2,800 classes.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator

import numpy as np

from crosscheck.model import AnonymousNumber, CriterionId, Marking, Points, WorkId
from crosscheck.procedure import Procedure
from drill import markers as made_up
from drill.markers import Size
from scoring.discrepancies import MarkingSeen, ScoreSeen, WorkSeen
from scoring.markers import identical, journal, own, results, step
from scoring.markers.own import OwnMarks
from scoring.measures.beyond_chance import Chance, Metric, Weights, alpha, coefficient
from scoring.measures.rasch import Marked
from scoring.measures.readings import Readings
from scoring.measures.severity import severities
from scoring.readers import district, families, scale
from scoring.readers.given import given, residuals
from scoring.readers.judging import judged

_SCHOOLS = Size(700, 4, 21, 10)


def measured(marked: Marked, procedure: Procedure) -> Iterator[dict[str, object]]:
    """Seconds of each."""
    yield from _experts(marked, procedure)
    yield from _markers(marked)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield {"name": "city: memory with what is said of experts, so far", "value": round(memory), "unit": "MB"}


def _row(name: str, n: int, work: Callable[[], object]) -> dict[str, object]:
    begun = time.perf_counter()
    work()
    return {"name": f"city: {name}", "value": round(time.perf_counter() - begun, 3), "unit": "s", "n": n}


def _experts(marked: Marked, procedure: Procedure) -> Iterator[dict[str, object]]:
    works, order = _seen(marked, procedure)
    some, scores = given(procedure, works, order), marked.points.size
    yield _row("markings to arrays", scores, lambda: given(procedure, works, order))
    names = tuple(c.id for c in procedure.criteria)
    totals, left = some.totals, residuals(some)
    for name, work in (
        ("intraclass correlations of totals, with limits", lambda: district.icc(some)),
        ("alpha of totals", lambda: alpha(totals, Metric.INTERVAL)),
        ("kappa of totals over all experts", lambda: coefficient(totals, Chance.CONGER, Weights.QUADRATIC)),
        ("kappas of criteria, with limits", lambda: district.kappas(some, names)),
        ("dependability of experts", lambda: district.generalizability(some)),
        ("drift, halo and spread of experts", lambda: families.families(some, left)),
        ("experts in logits, fair means, fit, as reported", lambda: scale.scaled(some)),
        ("all that is said of experts, from their markings", lambda: judged(procedure, works, order)),
    ):
        yield _row(name, scores, work)


def _seen(marked: Marked, procedure: Procedure) -> tuple[list[WorkSeen], dict[AnonymousNumber, int]]:
    """The markings as they come from the ledger."""
    cells = [[ScoreSeen(CriterionId(c.id), Points(p)) for p in range(c.maximum + 1)] for c in procedure.criteria]
    count, readers, points = marked.works, marked.reader.tolist(), marked.points.tolist()
    found, order = [], {}
    for n in range(count):
        some = []
        for marking, at in ((1, n), (2, n + count)):
            number = AnonymousNumber(f"{marking}{n:06d}")
            order[number] = at
            scores = tuple(cell[p] for cell, p in zip(cells, points[at], strict=True))
            some.append(MarkingSeen(Marking(marking), number, str(readers[at] + 1), scores))
        found.append(WorkSeen(WorkId(f"w{n}"), tuple(some)))
    return found, order


def _markers(marked: Marked) -> Iterator[dict[str, object]]:
    dice = np.random.default_rng(1)
    frame = made_up.works(dice, _SCHOOLS)
    marks, cohorts = made_up.marks(dice, _SCHOOLS, 0.0), made_up.cohorts(dice, _SCHOOLS, 0.0)
    own_marks = _own(marked, dice)
    for name, work in (
        ("raised results", lambda: results.raised(frame)),
        ("profiles of tasks", lambda: results.profile(frame)),
        ("steps at boundaries, of schools", lambda: step.steps(frame)),
        ("a step of the whole district", lambda: step.district(frame, "")),
        ("equal works in classes", lambda: identical.identical(frame)),
        ("results above the journal", lambda: journal.raised_above_journal(marks)),
        ("changes of cohorts", lambda: results.jumps(cohorts)),
        ("schools' own marking", lambda: own.own(own_marks)),
    ):
        yield _row(f"markers: {name}", frame.works, work)


def _own(marked: Marked, dice: np.random.Generator) -> OwnMarks:
    """A few schools give more to their own works."""
    totals = marked.points.sum(axis=1).astype(np.float64)
    school = dice.integers(0, _SCHOOLS.schools, marked.works)
    seen = Readings(marked.work, marked.reader, totals)
    worth = totals + severities(seen).severity[marked.reader]
    mean = np.bincount(marked.work, worth) / np.bincount(marked.work)
    good_faith = dice.normal(0, 0.3, _SCHOOLS.schools) + 2.0 * (np.arange(_SCHOOLS.schools) < 30)
    given_ = np.round(mean + good_faith[school] + dice.normal(0, 1.4, marked.works))
    names, experts = (tuple(map(str, range(n))) for n in (_SCHOOLS.schools, marked.readers))
    return OwnMarks(names, experts, seen, school, given_, np.zeros(marked.works, dtype=bool))
