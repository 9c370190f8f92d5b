"""The rule behind recorded scores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import inferring
from scoring.inferring import Pair, Recorded, Three, infer

# Essays of the ASAP collection: readings, final score, how often.
ESSAYS = {
    1: "11>2:10 21>3:1 22>4:17 23>5:10 32>5:7 33>6:110 34>7:77 35>8:2 43>7:58 44>8:685 45>9:168 46>10:11 54>9:166 "
    "55>10:296 56>11:45 64>10:9 65>11:64 66>12:47",
    2: "11>1:20 12>1:4 21>2:3 22>2:109 23>2:40 24>2:1 32>3:41 33>3:584 34>3:137 35>3:1 43>4:101 44>4:649 45>4:27 "
    "53>5:1 54>5:27 55>5:43 56>5:4 64>6:1 65>6:2 66>6:4",
    3: "00>0:39 01>1:2 11>1:603 12>2:76 20>1:1 20>3:1 21>2:87 21>3:1 22>2:492 22>3:1 23>3:107 30>2:2 30>3:1 31>3:1 "
    "32>3:155 33>3:156",
    4: "00>0:311 01>1:2 10>1:8 11>1:626 12>2:121 13>2:1 21>2:114 22>2:334 23>3:74 32>3:84 33>3:95",
}


def recorded(text: str) -> list[Recorded]:
    found = []
    for word in text.split():
        readings, rest = word.split(">")
        final, times = rest.split(":")
        found.append(Recorded(int(readings[0]), int(readings[1]), None, int(final), int(times)))
    return found


@pytest.mark.parametrize(
    ("collection", "rule", "explained", "rows"),
    [
        (1, Pair.SUM, 1783, 1783),
        (2, Pair.FIRST, 1799, 1799),
        (3, Pair.MEAN_UP, 1720, 1725),
        (4, Pair.MEAN_UP, 1770, 1770),
    ],
)
def test_the_rules_of_published_essays_are_found(collection: int, rule: Pair, explained: int, rows: int) -> None:
    """The sum, the first reader, the mean rounded up twice; in the third collection with exceptions."""
    found = infer(recorded(ESSAYS[collection])).pair
    assert found.rules == (rule,)
    assert (found.explained, found.rows) == (explained, rows)
    assert sum(row.times for row in found.exceptions) == rows - explained


def test_exceptions_are_listed_one_by_one() -> None:
    """Third readers decided pairs that weren't adjacent; three more can't be explained by any rule."""
    found = infer(recorded(ESSAYS[3])).pair
    told = sorted((row.first, row.second, row.final) for row in found.exceptions)
    assert told == [(2, 0, 3), (2, 1, 3), (2, 2, 3), (3, 0, 3), (3, 1, 3)]


def test_rules_that_explain_as_much_are_all_told() -> None:
    """Readings that never differ make the mean, the higher, the lower and either reader the same."""
    found = infer([Recorded(2, 2, None, 2, 30)]).pair
    assert set(found.rules) == {*Pair} - {Pair.SUM}


def test_a_third_reading_is_told_apart_from_two() -> None:
    """From two points on it was asked for, and decided alone."""
    rows = [Recorded(1, 2, None, 2, 9), Recorded(3, 3, None, 3, 9), Recorded(0, 2, 1, 1), Recorded(3, 0, 0, 0)]
    found = infer(rows)
    assert (found.pair.rules[0], found.three.rules) == (Pair.MEAN_UP, (Three.FINAL,))
    assert (found.called, found.not_called) == (2, 1)


_READINGS = st.tuples(st.integers(0, 9), st.integers(0, 9))


@given(st.sampled_from([*Pair]), st.lists(_READINGS, min_size=1, max_size=40))
def test_the_rule_that_made_the_scores_always_explains_them(rule: Pair, readings: list[tuple[int, int]]) -> None:
    """Without exceptions, though another rule may explain as much."""
    rows = [Recorded(a, b, None, inferring._PAIRS[rule](a, b)) for a, b in readings]
    found = infer(rows).pair
    assert rule in found.rules
    assert found.exceptions == ()
