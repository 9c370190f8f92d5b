"""Which schools give more to their own works than others do."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.measures import excess
from scoring.measures.excess import Excesses, FewSchools, ManyReaders, NotLinked, excesses, false_discovery
from scoring.measures.readings import Floats, Ints, Readings

RAISED = 4


def district(
    seed: int, *, schools: int = 40, works: int = 25, raised: float = 2.0, severity: float = 1.0
) -> tuple[Readings, Ints, Floats]:
    """Works of schools, each read by two of 40 readers at random, and by its own school, of which the first four give
    `raised` points more. A total has a deviation of 5 points, a reader's care one of 1.4."""
    dice = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), works)
    first = dice.integers(0, 40, len(school))
    second = (first + dice.integers(1, 40, len(school))) % 40
    reader, work = np.concatenate([first, second]), np.tile(np.arange(len(school)), 2)
    worth, hard = dice.normal(20, 5, len(school)), dice.normal(0, severity, 40)
    points = worth[work] - hard[reader] + dice.normal(0, 1.4, len(work))
    good_faith = dice.normal(0, 0.3, schools) + raised * (np.arange(schools) < RAISED)
    own = worth + good_faith[school] + dice.normal(0, 1.4, len(school))
    return Readings(work, reader, points), school, own


def judged(seen: Readings, school: Ints, own: Floats) -> Excesses:
    found = excesses(seen, school, own)
    assert isinstance(found, Excesses)
    return found


def test_schools_that_give_more_stand_out_and_others_do_not() -> None:
    """Over 20 districts: most of the four are marked, and of all marked ones few by mistake."""
    right = wrong = 0
    for seed in range(20):
        marked = [one.school for one in judged(*district(seed)).schools if one.marked]
        right += sum(school < RAISED for school in marked)
        wrong += sum(school >= RAISED for school in marked)
    assert right >= 0.81 * 20 * RAISED
    assert wrong <= 0.12 * (right + wrong)


def test_severe_readers_are_not_taken_for_generous_schools() -> None:
    """Nearly all works of six schools went to the two most severe readers of the district. A test on plain differences
    would accuse all six."""
    dice = np.random.default_rng(3)
    seen, school, own = district(3, raised=0.0, severity=0.0)
    reader, points = seen.reader.copy(), seen.value.copy()
    bound = (school[seen.unit] < 6) & (dice.random(len(seen.unit)) < 0.9)
    reader[bound] = np.nonzero(bound)[0] >= len(school)  # the first reading to one, the second to the other
    points -= np.where(reader < 2, 3.0, 0.0)
    one_each = np.unique(np.stack([seen.unit, reader]), axis=1, return_index=True)[1]
    severe = Readings(seen.unit[one_each], reader[one_each], points[one_each])
    mean = np.bincount(severe.unit, severe.value) / np.bincount(severe.unit)
    plain = np.bincount(school, own - mean) / 25
    assert (plain[:6] > plain[6:].max()).all(), "the trap isn't one"
    assert not any(one.marked for one in judged(severe, school, own).schools)


def test_limits_hold_what_schools_were_made_with() -> None:
    """An excess is stated against the usual school; without markers limits cover 95 % of the truth."""
    inside = []
    for seed in range(10):
        found = judged(*district(seed, raised=0.0))
        inside += [one.low <= 0.0 <= one.high for one in found.schools]
    assert np.mean(inside) > 0.93


def test_a_tolerance_is_nobodys_business() -> None:
    """Two points above the usual school mark nobody where three are let pass."""
    assert any(one.marked for one in judged(*district(1)).schools)
    found = excesses(*district(1), tolerance=3.0)
    assert isinstance(found, Excesses)
    assert not any(one.marked for one in found.schools)


def test_a_school_with_few_works_gets_no_verdict() -> None:
    """It is named with the number of its works."""
    seen, school, own = district(2)
    own = np.where((school == 7) & (np.arange(len(school)) % 25 >= 4), np.nan, own)
    found = judged(seen, school, own)
    assert found.few == ((7, 4),)
    assert 7 not in [one.school for one in found.schools]


def test_too_few_schools_and_unlinked_readers_are_refused() -> None:
    """Nobody is compared with what isn't known to be usual, nor across readers that no work links."""
    assert excesses(*district(1, schools=3)) == FewSchools(3)
    seen, school, own = district(1)
    half = np.where(seen.unit < 500, 0, 1)
    apart = Readings(seen.unit, (seen.reader % 20) + 20 * half, seen.value)
    assert excesses(apart, school, own) == NotLinked(2)


def test_false_discoveries_are_held_as_published() -> None:
    """Benjamini & Hochberg 1995: four of fifteen at 5 %."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    assert false_discovery(p, 0.05).sum() == RAISED


@pytest.mark.parametrize("own", [0.0, 20.0])
def test_the_level_of_all_schools_together_changes_nothing(own: float) -> None:
    """It can't be told from that of all readers."""
    seen, school, given = district(5)
    one, other = judged(seen, school, given), judged(seen, school, given + own)
    assert [s.value for s in one.schools] == pytest.approx([s.value for s in other.schools], abs=1e-3)
    assert [s.marked for s in one.schools] == [s.marked for s in other.schools]


def test_more_readers_than_one_computation_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is said how many they are."""
    monkeypatch.setattr(excess, "MOST_READERS", 39)
    assert excesses(*district(1)) == ManyReaders(40)
