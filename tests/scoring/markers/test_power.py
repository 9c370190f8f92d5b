"""How many works would be needed: against published and independently computed powers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from scoring.markers import power


@pytest.mark.parametrize(
    ("n", "level", "seen"),
    [
        (10, 0.05, 0.85),
        (10, 0.005, 1.29),
        (25, 0.05, 0.51),
        (25, 0.005, 0.73),
        (50, 0.05, 0.36),
        (50, 0.005, 0.50),
        (100, 0.05, 0.25),
        (100, 0.005, 0.35),
    ],
)
def test_the_least_mean_that_is_seen_is_the_tabled_one(n: int, level: float, seen: float) -> None:
    """80 % power, in standard deviations."""
    assert power.of_mean(seen, n, level) == pytest.approx(0.8, abs=0.035)
    assert abs(power.works_for_mean(seen, level) - n) <= max(1, round(0.06 * n))


@pytest.mark.parametrize(
    ("share", "usual_level", "strict"), [(0.30, 0.49, 0.19), (0.40, 0.85, 0.58), (0.50, 0.98, 0.89)]
)
def test_the_power_of_a_share_is_the_tabled_one(share: float, usual_level: float, strict: float) -> None:
    """25 works, 15 % usual."""
    assert power.of_share(0.15, share, 25, 0.05) == pytest.approx(usual_level, abs=0.005)
    assert power.of_share(0.15, share, 25, 0.005) == pytest.approx(strict, abs=0.005)


@pytest.mark.parametrize(("n", "level", "found"), [(25, 0.05, 0.79), (25, 0.005, 0.53), (50, 0.005, 0.84)])
def test_the_power_of_a_doubled_variance_is_the_tabled_one(n: int, level: float, found: float) -> None:
    """Of an expert's residuals."""
    assert power.of_spread(2.0, n, level) == pytest.approx(found, abs=0.01)


def test_one_and_a_half_times_the_variance_needs_a_hundred_works() -> None:
    """.89 at .05, .66 at .005."""
    assert power.of_spread(1.5, 100, 0.05) == pytest.approx(0.89, abs=0.015)
    assert power.of_spread(1.5, 100, 0.005) == pytest.approx(0.66, abs=0.015)


def test_a_large_step_needs_about_a_hundred_works() -> None:
    """26 points, three boundaries, 0.4 lifted: .85 at .05 with 100 works, .90 at .005 with 200."""
    shares = stats.norm.pdf(np.arange(27), 13, 5)
    shares /= shares.sum()
    lines = (8, 14, 20)
    assert 75 <= power.works_for_step(shares, lines, 0.4, 0.05, 0.85) <= 115
    assert 130 <= power.works_for_step(shares, lines, 0.4, 0.005, 0.90) <= 215
    assert power.works_for_step(shares, lines, 0.2, 0.05) > 2 * power.works_for_step(shares, lines, 0.4, 0.05)


def test_where_nothing_can_be_lifted_no_number_is_enough() -> None:
    """No works below the boundaries."""
    assert power.works_for_step(np.zeros(27), (8, 14), 0.4) == 10_000
