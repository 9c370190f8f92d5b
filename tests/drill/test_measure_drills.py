"""The drills of severities and of schools' own marking hold, and see what is planted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from drill import excess, severity
from drill.gate import Gate
from scoring.measures import excess as measure
from scoring.measures import rasch, rasch_errors
from scoring.measures.readings import Floats


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
