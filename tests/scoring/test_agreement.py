"""Agreement figures against published references."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import FIRST_MARKING, SECOND_MARKING, CriterionId, Given, NotAttempted, Points
from scoring.agreement import (
    adjacent_share,
    exact_share,
    krippendorff_alpha,
    quadratic_kappa,
    summary,
)
from scoring.measures.figures import Known, NotEnoughData, NoVariation
from scoring.verdicts import Scores
from tests import factories


def table(rows: str) -> list[tuple[int, int]]:
    """Pairs from a contingency table."""
    counts = [[int(n) for n in row.split()] for row in rows.split("/")]
    return [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]


def units(*observers: str) -> list[list[float]]:
    return [[float(v) for v in unit if v != "."] for unit in zip(*observers, strict=True)]


VISION = table("1520 266 124 66 / 234 1512 432 78 / 117 362 1772 205 / 36 82 179 492")
COHEN = table("88 14 18 / 10 40 10 / 2 6 12")
ASAP_1 = "11:10 21:1 22:17 23:10 32:7 33:110 34:77 35:2 43:58 44:685 45:168 46:11 54:166 55:296 56:45 64:9 65:64 66:47"


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        (VISION, 0.7023343),
        (COHEN, 0.4545455),
        ([(int(c[0]), int(c[1])) for c in ASAP_1.split() for _ in range(int(c[3:]))], 0.7210),
    ],
    ids=["vision", "cohen-1968", "asap-1"],
)
def test_quadratic_kappa_gives_the_published_values(pairs: list[tuple[int, int]], kappa: float) -> None:
    """Stuart's vision data, Cohen 1968 and a set of doubly marked essays."""
    found = quadratic_kappa(pairs)
    assert isinstance(found, Known)
    assert found.value == pytest.approx(kappa, abs=5e-5)


@pytest.mark.parametrize(
    ("observers", "alpha"),
    [
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.8491071),
        ((".....34121133.3", "1.213343.......", "..21344.21133.4"), 0.8108449),
    ],
    ids=["krippendorff-2011", "three-by-fifteen"],
)
def test_alpha_gives_the_published_values(observers: tuple[str, ...], alpha: float) -> None:
    """Krippendorff's canonical example and another with many missing values."""
    found = krippendorff_alpha(units(*observers), least=2)
    assert isinstance(found, Known)
    assert found.value == pytest.approx(alpha, abs=1e-6)


def test_few_pairs_give_no_figure() -> None:
    """Nine pairs are too few to speak of agreement."""
    pairs = [(1, 1)] * 9
    assert exact_share(pairs) == quadratic_kappa(pairs) == krippendorff_alpha(pairs) == NotEnoughData(9, 10)


def test_equal_values_everywhere_give_no_coefficient() -> None:
    """Beyond chance means nothing when all values are the same."""
    pairs = [(1, 1)] * 12
    assert quadratic_kappa(pairs) == krippendorff_alpha(pairs) == NoVariation(12)


def test_no_pair_at_all_is_too_few_even_when_none_is_asked_for() -> None:
    """No division by nothing."""
    assert adjacent_share([], least=0) == NotEnoughData(0, 0)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=10, max_size=40))
def test_figures_are_never_nan(pairs: list[tuple[int, int]]) -> None:
    """A figure is a number up to 1, or it is said that there is none."""
    for found in (quadratic_kappa(pairs), krippendorff_alpha(pairs), exact_share(pairs), adjacent_share(pairs)):
        if isinstance(found, Known):
            assert math.isfinite(found.value)
            assert found.value <= 1.0 + 1e-12


def test_a_criterion_is_summed_up_over_works_that_both_experts_marked() -> None:
    """Works with one marking make no pair; X counts 0; totals need whole works."""
    procedure = factories.procedure()
    zeros: dict[CriterionId, Given] = {c.id: Points(0) for c in procedure.criteria}
    ones = {**zeros, CriterionId("1"): Points(1)}
    works: list[Scores] = [{FIRST_MARKING: zeros, SECOND_MARKING: {**zeros, CriterionId("1"): NotAttempted()}}] * 6
    works += [{FIRST_MARKING: ones, SECOND_MARKING: zeros}] * 6 + [{FIRST_MARKING: zeros}]
    found = dict(summary(procedure, works).criteria)[CriterionId("1")]
    assert (found.n, found.exact, found.adjacent) == (12, Known(0.5), Known(1.0))
    assert summary(procedure, works).totals.exact == Known(0.5)
