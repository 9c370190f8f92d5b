"""Figures of groups: the field's formulas, of all groups at once."""

from __future__ import annotations

import statistics
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.report_settings import ReportSettings, Scaled
from scoring.reporting.arrays import Results, gathered
from scoring.reporting.figures import Figures, distributions, figures, trained
from tests.scoring.reporting import made

P = made.procedure(5)
MAXIMA = [criterion.maximum for criterion in P.all_criteria]
WORKS = st.lists(st.tuples(*(st.none() | st.integers(0, most) for most in MAXIMA)), min_size=1, max_size=40)


def of_schools(results: Results) -> Figures:
    return figures(P, results, results.school, len(results.schools))


@settings(max_examples=60, deadline=None)
@given(st.lists(WORKS, min_size=1, max_size=5))
def test_figures_of_each_school_are_those_of_the_textbook(schools: list[list[tuple[int | None, ...]]]) -> None:
    """Mean, median, deviation and coefficients of every group are what they are of that group alone."""
    works = [made.work(P, f"{n}-{k}", str(n), "5А", w) for n, each in enumerate(schools, 1) for k, w in enumerate(each)]
    found = of_schools(gathered(P, works))
    for n, each in enumerate(schools):
        totals = [sum(value or 0 for value in work) for work in each]
        assert found.n[n] == len(each)
        assert found.mean[n] == pytest.approx(statistics.fmean(totals))
        assert found.median[n] == statistics.median(totals)
        assert found.deviation[n] == pytest.approx(statistics.stdev(totals) if len(totals) > 1 else 0.0)
        assert found.coefficient[n] == pytest.approx(sum(totals) / (len(totals) * sum(MAXIMA)))
        column = [work[2] or 0 for work in each]
        assert found.criteria[n, 2] == pytest.approx(sum(column) / (len(column) * MAXIMA[2]))
        assert found.full_criteria[n, 2] == pytest.approx(sum(v == MAXIMA[2] for v in column) / len(column))
        both = [work[4:6] for work in each]
        assert found.tasks[n, 4] == pytest.approx(sum(sum(v or 0 for v in b) for b in both) / (3 * len(both)))
        assert found.full_tasks[n, 4] == pytest.approx(sum(b == (2, 1) for b in both) / len(both))


def test_the_interval_is_that_of_the_mean() -> None:
    """Ten totals whose interval is known: 2.841 to 7.159."""
    totals = [2, 4, 4, 4, 5, 5, 7, 9, 0, 10]
    results = replace(
        gathered(P, [made.work(P, str(n), "1", "5А", [0] * 6) for n in range(10)]),
        points=np.array([[total, 0, 0, 0, 0, 0] for total in totals]),
    )
    found = of_schools(results)
    assert [found.mean[0] - found.reach[0], found.mean[0] + found.reach[0]] == pytest.approx([2.841, 7.159], abs=1e-3)


def test_equal_works_have_no_deviation_at_all() -> None:
    """Not a small one that rounding left over."""
    found = of_schools(gathered(P, [made.work(P, str(n), "1", "5А", [1, 2, 0, 1, 1, 1]) for n in range(29)]))
    assert (found.deviation[0], found.reach[0]) == (0.0, 0.0)


def test_marks_are_compared_with_the_journal_work_by_work() -> None:
    """Lowered, confirmed, raised, and far apart; works with one mark only take no part."""
    full, none = MAXIMA, [0] * 6
    journal = [(full, 5), (full, 4), (full, 3), (none, 2), (none, 3), (none, 5), (full, None)]
    works = [made.work(P, str(n), "1", "5А", g, journal_mark=mark) for n, (g, mark) in enumerate(journal)]
    found = of_schools(gathered(P, works))
    kinds = (found.lowered, found.confirmed, found.raised, found.apart, found.compared)
    assert [int(kind[0]) for kind in kinds] == [2, 2, 2, 2, 6]
    assert found.marks.tolist() == [[3, 0, 0, 4]]


def test_the_level_of_training_weighs_marks() -> None:
    """1 for all fives, 0.16 for all twos."""
    assert [trained([0, 0, 0, 7]), trained([3, 0, 0, 0]), trained([1, 1, 1, 1])] == pytest.approx([1.0, 0.16, 0.54])


@pytest.mark.parametrize(
    ("scaled", "value"), [(Scaled.PERCENT, 650 / 11), (Scaled.MARK, 3.5), (Scaled.SCALE, 6.5), (Scaled.NONE, 0.0)]
)
def test_the_scaled_score_is_what_the_procedure_calls_so(scaled: Scaled, value: float) -> None:
    """Per cent of the highest, the mean mark, or an official table: here 0, 1, 2 ... of the raw scores."""
    scale = tuple(range(sum(MAXIMA) + 1))
    of = replace(P, reports=ReportSettings(scaled=scaled, scale=scale))
    works = [made.work(P, "1", "1", "5А", MAXIMA), made.work(P, "2", "1", "5А", [1, 0, 0, 1, 0, 0])]
    results = gathered(of, works)
    found = figures(of, results, results.school, 1).scaled[0]
    assert found == pytest.approx(value)


def test_a_distribution_counts_every_raw_score() -> None:
    """Those that nobody reached, too."""
    found = distributions(np.array([0, 3, 3, 4]), 4, np.array([0, 0, 0, 2]), 3)
    assert found.tolist() == [[1, 0, 0, 2, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]]


def test_schools_that_sort_alike_are_two_schools() -> None:
    """07 and 7 are different numbers."""
    works = [made.work(P, str(n), name, "5А", [n % 2] + [0] * 5) for n, name in enumerate(["07", "7", "07", "7"])]
    results = gathered(P, works)
    assert [school.number for school in results.schools] == ["07", "7"]
    assert of_schools(results).mean.tolist() == [0.0, 1.0]
