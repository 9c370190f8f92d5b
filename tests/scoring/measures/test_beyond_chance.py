"""Coefficients of agreement against published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.measures.beyond_chance import (
    Chance,
    Metric,
    Weights,
    alpha,
    coefficient,
    disagreement_kappa,
    light_kappa,
)
from scoring.measures.figures import Figure, Known, NotEnoughData, NoVariation
from scoring.measures.readings import Readings, table
from tests.scoring.measures import references as data

FLEISS = table([[float(c) for c in word] for word in data.FLEISS.split()])


def value(figure: Figure) -> float:
    assert isinstance(figure, Known)
    return figure.value


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (data.KRIPPENDORFF, (0.7434211, 0.8153875, 0.8491071, 0.7974028)),
        (data.THREE_BY_FIFTEEN, (0.6913580, 0.8067214, 0.8108449, 0.8089437)),
    ],
    ids=["krippendorff-2011", "three-by-fifteen"],
)
def test_alpha_gives_the_published_values(rows: tuple[str, ...], expected: tuple[float, ...]) -> None:
    """Nominal, ordinal, interval and ratio, with missing readings."""
    found = [value(alpha(data.observers(rows), metric)) for metric in Metric]
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("chance", "plain", "quadratic"),
    [
        (Chance.CONGER, 0.76282, 0.85771),
        (Chance.FLEISS, 0.76117, 0.86494),
        (Chance.BRENNAN_PREDIGER, 0.77273, 0.90152),
        (Chance.GWET, 0.77544, 0.914),
    ],
)
def test_coefficients_with_missing_readings_give_the_published_values(
    chance: Chance, plain: float, quadratic: float
) -> None:
    """Gwet's four raters of twelve units, plain and with quadratic weights."""
    seen = data.observers(data.GWET)
    assert value(coefficient(seen, chance)) == pytest.approx(plain, abs=1e-5)
    assert value(coefficient(seen, chance, Weights.QUADRATIC)) == pytest.approx(quadratic, abs=1e-5)


def test_six_psychiatrists_agree_as_published() -> None:
    """Fleiss 1971: his kappa, Conger's exact one, and Light's mean of pairs."""
    assert value(coefficient(FLEISS, Chance.FLEISS)) == pytest.approx(0.4302445, abs=1e-7)
    assert value(coefficient(FLEISS, Chance.CONGER)) == pytest.approx(0.4418085, abs=1e-7)
    assert value(light_kappa(FLEISS)) == pytest.approx(0.4594121, abs=1e-7)


@pytest.mark.parametrize(
    ("seen", "plain", "linear", "quadratic"),
    [
        (data.two_readers(data.VISION), 0.5953888, 0.6523804, 0.7023343),
        (data.observers(data.ANXIETY[:2]), 0.1194969, 0.1891892, 0.2967651),
    ],
    ids=["vision", "anxiety"],
)
def test_two_readers_give_cohens_kappa(seen: Readings, plain: float, linear: float, quadratic: float) -> None:
    """Conger's coefficient of two readers is Cohen's, with each of the weights."""
    scale = np.arange(1, 7) if seen.value.max() > 4 else None
    found = [value(coefficient(seen, Chance.CONGER, kind, values=scale)) for kind in Weights]
    assert found == pytest.approx((plain, linear, quadratic), abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "kappa", "gwet"),
    [(data.FOUR_BY_FOUR, 0.4315008, 0.4561576), (data.THREE_BY_THREE, 0.7964094, 0.8493305)],
)
def test_gwets_first_coefficient_gives_the_published_values(rows: str, kappa: float, gwet: float) -> None:
    """AC1 beside Cohen's kappa of the same tables."""
    seen = data.two_readers(rows)
    assert value(coefficient(seen, Chance.CONGER)) == pytest.approx(kappa, abs=1e-6)
    assert value(coefficient(seen, Chance.GWET)) == pytest.approx(gwet, abs=1e-6)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], 0.4915254),
        ([[0, 1, 3], [1, 0, 6], [3, 6, 0]], 0.3478261),
        ([[0, 1, 4], [1, 0, 1], [4, 1, 0]], 0.4545455),
    ],
)
def test_any_weights_of_disagreement_may_be_given(weights: list[list[float]], expected: float) -> None:
    """Cohen 1968, whose weights follow no distance."""
    shares = [[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]
    assert value(disagreement_kappa(shares, weights)) == pytest.approx(expected, abs=1e-7)


def test_weights_of_disagreement_need_not_be_symmetric() -> None:
    """Cohen 1968: what one reader takes for another thing may weigh more than the reverse."""
    shares = [[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]
    assert value(disagreement_kappa(shares, [[0, 1, 4], [1, 0, 6], [2, 2, 0]])) == pytest.approx(0.353, abs=5e-4)


def test_a_table_of_similarities_gives_the_published_kappa() -> None:
    """Fleiss, Cohen & Everitt 1969: similarity weights are one less disagreement."""
    counts = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]
    alike = np.array([[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]])
    assert value(disagreement_kappa(counts, 1 - np.eye(3))) == pytest.approx(0.43, abs=0.005)
    assert value(disagreement_kappa(counts, 1 - alike)) == pytest.approx(0.51, abs=0.005)


def test_a_value_that_nobody_gave_still_lies_between_two_others() -> None:
    """0 and 2 are two apart on a scale of three, also where no 1 was given."""
    seen = table([[0, 0], [2, 2], [0, 2], [5, 2], [0, 0]])
    whole = coefficient(seen, Chance.CONGER, Weights.QUADRATIC, values=range(6))
    assert whole == coefficient(seen, Chance.CONGER, Weights.QUADRATIC)


def test_too_few_units_and_equal_values_give_no_figure() -> None:
    """Said in words of their own, never as a NaN."""
    assert coefficient(table([[1, 2]]), Chance.FLEISS, least=2) == NotEnoughData(1, 2)
    assert alpha(table([[1, 1], [1, 1]]), Metric.INTERVAL) == NoVariation(2)
    assert coefficient(table([[1, 1], [1, 1]]), Chance.GWET) == NoVariation(2)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=2, max_size=30), st.permutations(range(3)))
def test_readers_may_stand_in_any_order(rows: list[tuple[int, ...]], order: list[int]) -> None:
    """Nothing depends on whose values come first."""
    one, other = table(rows), table([[row[at] for at in order] for row in rows])
    for chance in Chance:
        same(coefficient(one, chance, Weights.LINEAR), coefficient(other, chance, Weights.LINEAR))
    for metric in Metric:
        same(alpha(one, metric), alpha(other, metric))


def same(one: Figure, other: Figure) -> None:
    assert type(one) is type(other)
    if isinstance(one, Known):
        assert value(one) == pytest.approx(value(other), abs=1e-9)
        assert value(one) <= 1 + 1e-12
