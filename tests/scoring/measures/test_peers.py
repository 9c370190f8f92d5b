"""Other packages on the same scores find the same, where they are installed."""

from __future__ import annotations

import importlib.util

import pytest

from benchmarks.scoring_peers import PEERS, Compared, NotRun, compared
from tests.scoring.measures.test_rasch import made


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_finds_the_same(peer: str) -> None:
    """To the last digits; a peer that isn't installed is left out."""
    found = PEERS[peer](made(300, 12, 4)[0])
    if isinstance(found, NotRun):
        pytest.skip(found.why)
    assert found.apart < 1e-9


def test_what_is_not_installed_is_a_row_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row for each peer, without a figure."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    rows = list(compared("district", made(100, 8, 4)[0]))
    assert [row["name"] for row in rows] == [f"district: {peer} (not installed)" for peer in PEERS]
    assert all(row["value"] is None for row in rows)


def test_a_difference_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that finds something else gets a row with how far it lies off."""

    def off(_marked: object) -> Compared:
        one, other = made(100, 8, 4)[1][:3], made(100, 8, 4)[1][:3] + 0.25
        return Compared(one, other, 1.0, 2.0)

    monkeypatch.setattr("benchmarks.scoring_peers.PEERS", {"somebody": off})
    of_time, of_figures = compared("district", made(100, 8, 4)[0])
    assert of_time["ratio"] == 2.0
    assert of_figures["value"] == pytest.approx(0.25)
