"""How many errors limits lie from an estimate."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.measures.limits import normal, of_mean, student


@pytest.mark.parametrize(("degrees", "t"), [(1, 12.7062), (2, 4.3027), (9, 2.2622), (30, 2.0423), (120, 1.9799)])
def test_students_t_gives_the_tabled_values(degrees: int, t: float) -> None:
    """Two-sided 95 %."""
    assert float(student(degrees)) == pytest.approx(t, abs=5e-5)


def test_a_normal_distribution_gives_the_tabled_values() -> None:
    """Two-sided 95, 99 and 90 %."""
    assert [normal(), normal(0.99), normal(0.9)] == pytest.approx([1.959964, 2.575829, 1.644854], abs=1e-6)


def test_limits_of_a_mean_by_hand() -> None:
    """Ten values with a deviation of 2: 2.2622 times 2 by the root of ten; of one value, which has no deviation, 0."""
    assert of_mean(np.array([2.0, 0.0]), np.array([10, 1])) == pytest.approx([1.4307, 0.0], abs=1e-4)
