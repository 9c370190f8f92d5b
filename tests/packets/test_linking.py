"""Who can be compared with whom, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import ExpertId, Marking, WorkId
from packets.linking import linked
from packets.problem import Assignment


def read(teams: Iterable[Iterable[str]]) -> list[Assignment]:
    """A work for each team of experts."""
    return [
        Assignment(WorkId(f"w{at:03d}"), Marking(n), ExpertId(name))
        for at, team in enumerate(teams)
        for n, name in enumerate(team, start=1)
    ]


def test_the_complete_balanced_design_is_the_ideal() -> None:
    """Everybody meets everybody equally often: exactly 1."""
    found = linked(read(pair for _ in range(3) for pair in combinations("abcdef", 2)))
    assert found.ratio == pytest.approx(1.0)
    assert found.pairs == 45
    assert found.connected


def test_a_chain_is_linked_but_weakly() -> None:
    """Of n experts in a row the ends are compared through all others: n² / 6 times the variance, nearly."""
    names = [f"e{n:02d}" for n in range(20)]
    found = linked(read(pairwise(names)))
    laplacian = np.diag([1.0, *[2.0] * 18, 1.0]) - np.eye(20, k=1) - np.eye(20, k=-1)
    assert found.ratio == pytest.approx(np.trace(np.linalg.pinv(laplacian)) * 2 * 19 / 19**2)
    assert found.weakest == pytest.approx(2 - 2 * math.cos(math.pi / 20))


def test_parts_that_share_no_work_are_named() -> None:
    """The largest first; one expert alone is a part too."""
    found = linked(read(["ab", "bc", "xy", "z"]))
    assert found.components == (("a", "b", "c"), ("x", "y"), ("z",))
    assert not found.connected
    assert found.weakest == 0


def test_works_that_one_expert_reads_link_nobody() -> None:
    """One marking: there is nothing to compare."""
    assert linked(read("abc")).ratio is None
    assert linked([]).components == ()


@given(st.lists(st.sets(st.sampled_from("abcdefg"), min_size=2, max_size=3), min_size=1, max_size=30))
def test_no_design_is_better_than_the_ideal(teams: list[set[str]]) -> None:
    """A law of the arithmetic and the harmonic mean."""
    found = linked(read(map(sorted, teams)))
    assert found.ratio is not None
    assert found.ratio >= 1 - 1e-9
