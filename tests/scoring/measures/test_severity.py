"""Severities of readers in score points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.measures import inverse
from scoring.measures.readings import Floats, Readings, table
from scoring.measures.severity import measured, severities
from tests.scoring.measures import references as data


def made(works: int, readers: int, seed: int, halo: float = 1.0) -> tuple[Readings, Floats]:
    """Totals of works that two readers each read, and the severities they were made with. Every third reader is half
    as sure as the others: errors must not take them for alike."""
    dice = np.random.default_rng(seed)
    first = dice.integers(0, readers, works)
    second = (first + dice.integers(1, readers, works)) % readers
    severity = dice.normal(0, 1, readers)
    severity -= severity.mean()
    work, reader = np.tile(np.arange(works), 2), np.concatenate([first, second])
    noise = dice.normal(0, halo, 2 * works) * np.where(reader % 3 == 0, 2.0, 1.0)
    worth = dice.normal(0, 4.5, works)
    return Readings(work, reader, worth[work] - severity[reader] + noise), severity


def test_two_readers_of_the_same_works_differ_by_their_mean_difference() -> None:
    """Whatever the works deserve falls out; who gives less is the more severe."""
    found = severities(table([[3, 5], [7, 8], [1, 4]]))
    assert found.severity == pytest.approx([1.0, -1.0])
    assert found.works.tolist() == [3, 3]


def test_severities_are_those_of_least_squares() -> None:
    """The published essays: the same as with a dummy for each work and each reader."""
    seen = data.totals()
    dummies = np.zeros((len(seen.unit), seen.units + seen.readers))
    dummies[np.arange(len(seen.unit)), seen.unit] = 1
    dummies[np.arange(len(seen.unit)), seen.units + seen.reader] = -1
    plain = np.linalg.lstsq(dummies, seen.value, rcond=None)[0][seen.units :]
    assert severities(seen).severity == pytest.approx(plain - plain.mean(), abs=1e-9)


def test_parts_that_no_work_links_are_not_compared() -> None:
    """Two pairs of readers: each pair has a mean of its own; the fifth reader read alone."""
    rows = np.full((5, 5), np.nan)
    rows[0, :2], rows[1, :2], rows[2, 2:4], rows[3, 2:4], rows[4, 4] = (1, 3), (2, 4), (9, 5), (8, 4), 7
    found = measured(table(rows))
    assert found.severities.parts == 3
    assert found.severities.part.tolist() == [0, 0, 1, 1, 2]
    assert found.severities.severity == pytest.approx([1, -1, -2, 2, 0])
    assert found.severities.works.tolist() == [2, 2, 2, 2, 0]
    assert found.error[4] == np.inf


def test_one_work_alone_gives_no_error() -> None:
    """A severity that one work decides has nothing to be measured against."""
    found = measured(table([[3.0, 5.0]]))
    assert found.severities.severity == pytest.approx([1, -1])
    assert found.error.tolist() == [np.inf, np.inf]


def test_errors_say_how_far_off_severities_are() -> None:
    """Over 40 districts, readers of unequal care: 95 % of the severities lie within 1.96 errors."""
    off = []
    for seed in range(40):
        seen, severity = made(400, 40, seed)
        found = measured(seen)
        off.append((found.severities.severity - severity) / found.error)
    assert np.std(off) == pytest.approx(1, abs=0.07)
    assert np.mean(np.abs(off) < 1.96) == pytest.approx(0.95, abs=0.02)


def test_errors_that_are_drawn_are_those_of_the_whole_inverse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more readers than an inverse is written down for: to two per cent, and infinite for the same readers. Half of
    them are linked to the other half by three works only; two share works with each other alone, one with nobody."""
    seen, _severity = made(1_500, 60, 4)
    unit, reader = seen.unit, np.where(seen.unit % 2, seen.reader // 2 + 30, seen.reader // 2)
    reader = np.where((seen.unit < 3) & (np.arange(len(unit)) < len(unit) // 2), 59 - seen.unit, reader)
    pairs = np.unique(np.stack([unit, reader]), axis=1, return_index=True)[1]
    unit, reader, value = unit[pairs], reader[pairs], seen.value[pairs]
    more = np.array([[1500, 60, 3], [1500, 61, 5], [1501, 60, 2], [1501, 61, 5], [1502, 60, 1], [1502, 61, 2]])
    more = np.vstack([more, [[1503, 62, 4]]])
    whole = Readings(np.append(unit, more[:, 0]), np.append(reader, more[:, 1]), np.append(value, more[:, 2]))
    known = measured(whole)
    monkeypatch.setattr(inverse, "MOST", 0)
    drawn = measured(whole)
    finite = np.isfinite(known.error)
    assert np.isfinite(drawn.error).tolist() == finite.tolist()
    assert finite.sum() >= 55
    assert drawn.error[finite] == pytest.approx(known.error[finite], rel=0.02)


def test_errors_that_are_drawn_are_right_on_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 40 readers well linked, whom draws tell: what isn't drawn alone would be two per cent too small."""
    seen, _severity = made(900, 40, 6)
    known = measured(seen)
    monkeypatch.setattr(inverse, "MOST", 0)
    monkeypatch.setattr(inverse, "alone", lambda *_given: ())
    ratio = measured(seen).error / known.error
    assert ratio == pytest.approx(1, abs=0.015)
    assert ratio.mean() == pytest.approx(1, abs=0.003)


def test_who_is_not_known_well_enough_is_worked_out_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for more than draws can tell, every reader is, and nothing is left to chance."""
    seen, _severity = made(400, 20, 6)
    known = measured(seen)
    monkeypatch.setattr(inverse, "MOST", 0)
    monkeypatch.setattr(inverse, "CLOSE", 0.0)
    assert measured(seen).error == pytest.approx(known.error, rel=1e-3)


def test_the_variance_of_a_difference_is_that_of_both_together() -> None:
    """One reader alone has the error that stands beside the severity; a difference has less than both added."""
    found = measured(made(300, 10, 3)[0])
    for reader in range(10):
        assert found.variance(np.eye(10)[reader]) ** 0.5 == pytest.approx(found.error[reader])
    difference = np.eye(10)[1] - np.eye(10)[2]
    assert 0 < found.variance(difference) < (found.error[1] + found.error[2]) ** 2


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 20) | st.none(), min_size=4, max_size=4), min_size=1, max_size=12),
    st.permutations(range(4)),
    st.integers(-7, 7),
)
def test_names_of_readers_and_worth_of_works_change_nothing(
    rows: list[list[int | None]], order: list[int], more: int
) -> None:
    """Readers in another order have the same severities; points that all give to a work are no severity."""
    cells = np.array([[np.nan if n is None else float(n) for n in row] for row in rows])
    if np.isnan(cells).all(axis=0).any() or np.isnan(cells).all(axis=1).any():
        return
    one = severities(table(cells))
    other = severities(table((cells + more * np.arange(len(cells))[:, None])[:, order]))
    assert other.severity == pytest.approx(one.severity[order], abs=1e-8)
    assert other.parts == one.parts
