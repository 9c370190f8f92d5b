"""Sheets that must not be taken, handed to a station that has read one: the drill's own events, at the played day."""

from __future__ import annotations

from pathlib import Path

import pytest

from drill import journey, sheet_events
from scoring import capture
from tests.journey.fixtures import MakeDesk


def _happened(desk_at: MakeDesk, folder: Path) -> tuple[list[str], int]:
    return sheet_events.happened(journey.Player(desk_at("printed").home, say=False), folder, seed=5)


def test_every_sheet_that_must_not_count_is_refused_by_name_or_known_for_a_copy(
    desk_at: MakeDesk, tmp_path: Path
) -> None:
    """Copies, other procedures and ledgers, old prints, damaged paper: not one score changes."""
    assert _happened(desk_at, tmp_path) == ([], 0)


def test_the_drill_sees_a_station_that_takes_another_scan_of_a_read_sheet_for_a_copy(
    desk_at: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the comparison of contents off, a photocopy that was filled in otherwise passes; the drill names it."""
    monkeypatch.setattr(capture, "_contradict", lambda *_: False)
    failed, _changed = _happened(desk_at, tmp_path)
    assert {line.partition(":")[0] for line in failed} == {"a photocopy filled in otherwise"}
