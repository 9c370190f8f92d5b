"""The recogniser as it is shipped."""

from __future__ import annotations

import numpy as np

from drill import digit_data
from scoring.digits.glyph import SIDE, framed
from scoring.digits.network import CLASSES, OTHER, WEIGHTS, beliefs, networks


def test_weights_are_small_and_whole() -> None:
    """Under 2 MB, finite, three networks."""
    assert WEIGHTS.stat().st_size < 2_000_000
    assert len(networks()) == 3
    assert all(np.isfinite(net.hidden).all() for net in networks())


def test_beliefs_are_shares() -> None:
    """Of each picture as much as of one; of no picture none."""
    found = beliefs([np.zeros((SIDE, SIDE), np.float32), np.ones((SIDE, SIDE), np.float32)])
    assert found.shape == (2, CLASSES)
    assert np.allclose(found.sum(axis=1), 1.0, atol=1e-5)
    assert beliefs([]).shape == (0, CLASSES)


def test_a_blot_is_no_sign() -> None:
    """A cell filled to cancel it is believed to be none of the signs."""
    assert beliefs([framed(np.ones((40, 40), np.float32))])[0].argmax() == OTHER


def test_hands_it_never_saw_are_read() -> None:
    """The digits that were kept back, as they are: at least 96 of 100, and hardly any wrong one is believed."""
    digits = digit_data.kept_back()
    found = beliefs([framed(np.clip((digit.picture - 0.2) / 0.5, 0, 1)) for digit in digits])
    values = np.array([digit.value for digit in digits])
    assert (found.argmax(axis=1) == values).mean() >= 0.96
    assert ((found.argmax(axis=1) != values) & (found.max(axis=1) > 0.95)).mean() < 0.003
