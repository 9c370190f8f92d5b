"""Other ways to allocate, beside ours: what the benchmark compares is the same problem."""

from __future__ import annotations

import pytest

from benchmarks import allocation_peers
from benchmarks.allocation_instances import Size, instance
from benchmarks.allocation_peers import PEERS, Peer, beside

TINY = Size("tiny", 120, 16, 6, spread=3)


@pytest.mark.parametrize("peer", PEERS, ids=[peer.name for peer in PEERS])
def test_no_other_way_costs_less_and_exact_ones_cost_the_same(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flow over works, HiGHS, CP-SAT and SciPy's assignment agree with ours; swaps may stay above."""
    monkeypatch.setattr(allocation_peers, "_BATCHES", 200)
    seen = beside(peer, instance(TINY))
    if peer.name.startswith("swaps"):
        assert seen.our_cost <= seen.cost < 2 * seen.our_cost
    else:
        assert seen.cost == seen.our_cost > 0
