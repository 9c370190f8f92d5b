"""The drills of severities and of schools' own marking hold, and see what is planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from drill import excess, markers, severity
from drill.gate import Gate
from scoring.markers import step, usual
from scoring.measures import excess as measure
from scoring.measures import rasch, rasch_errors
from scoring.measures.readings import Floats
from scoring.readers import drift


def failed(gates: tuple[Gate, ...]) -> set[str]:
    return {gate.name for gate in gates if not gate.ok}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Districts of a fifth, so that a few take seconds."""
    monkeypatch.setattr(severity, "WORKS", 400)
    monkeypatch.setattr(severity, "READERS", 16)


def test_errors_of_severities_are_as_large_as_they_say() -> None:
    """A few districts, with what chance does to so few allowed for."""
    assert failed(severity.run(3, 6)) == set()


@pytest.mark.parametrize("times", [0.58, 1.64])
def test_errors_that_are_too_small_or_too_large_are_seen(monkeypatch: pytest.MonkeyPatch, times: float) -> None:
    """0.58 is what another program states; 1.64 what a halo does to a model that knows nothing of it."""
    errors: Callable[..., Floats] = rasch_errors.errors
    monkeypatch.setattr(rasch, "errors", lambda *given: times * errors(*given))
    found = failed(severity.run(3, 6))
    assert "logits: spread of errors off from 1, thousandths" in found
    assert all(name.startswith("logits: ") for name in found)


def test_schools_are_found_and_the_innocent_are_not_accused() -> None:
    """A few districts of each kind."""
    assert failed(excess.run(2, 20)) == set()


def test_a_test_that_knows_nothing_of_readers_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """It accuses the schools whose readers were severe."""
    monkeypatch.setattr(excess, "_marked", excess._plainly)
    found = failed(excess.run(2, 20))
    assert "two for a school: false discoveries, sum of shares" in found
    assert "one by one: districts where somebody is marked and nobody gives more" in found


def test_a_test_that_finds_nobody_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No false discovery, and no use."""
    nobody: Callable[..., object] = measure.false_discovery
    monkeypatch.setattr(measure, "false_discovery", lambda p, _rate: nobody(p, 0.0))
    assert "one by one: schools that give more not found" in failed(excess.run(2, 5))


def test_innocent_districts_name_nobody_and_planted_cases_are_found() -> None:
    """A few districts of each size."""
    assert failed(markers.run(5, 9)) == set()


def test_a_level_that_is_not_taken_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the tilt strong schools have steps, without spread of schools in good faith half of them are raised."""
    monkeypatch.setattr(step, "_tilts", lambda own, _others: np.zeros(len(own)))
    monkeypatch.setattr(usual, "_spread_of_others", lambda value, _noise: np.zeros(len(value)))
    found = failed(tuple(markers._innocent(5, 9)))
    assert {
        f"{name}: districts where somebody is marked and nothing is planted" for name in ("raised", "jump")
    } <= found


def test_rates_that_are_not_held_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every p under 5 % taken for a marker."""
    monkeypatch.setattr("scipy.stats.false_discovery_control", lambda p: p)
    found = failed(tuple(markers._innocent(5, 9)))
    assert len([name for name in found if "nothing is planted" in name]) >= 6


def test_tests_that_find_nobody_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No false marker, and no use."""
    monkeypatch.setattr("scipy.stats.false_discovery_control", lambda p: p + 1)
    found = failed(tuple(markers._planted(5, 4)))
    assert len([name for name in found if "planted and not found" in name]) == 9


def test_a_wrong_run_length_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Siegmund's overshoot forgotten."""
    monkeypatch.setattr(drift, "_OVERSHOOT", 0.0)
    assert "drift: run of 500 works by chance, off by per cent" in failed(tuple(markers._tables(5, 100)))
