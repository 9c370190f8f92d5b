"""Look-alikes together, the rest alone, known cells among both; and what that says of the person at work."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from crosscheck.model import CriterionId, Given, Marking, NotAttempted, Points, WorkId
from scoring.places import Place
from scoring.queue import (
    LEAST_TOGETHER,
    MOST_TOGETHER,
    Cell,
    Known,
    Tried,
    doubt,
    groups,
    measured,
    seeded,
    with_known,
)

X = NotAttempted()
SOME: tuple[Given, ...] = (Points(0), Points(1), X)


def cell(
    n: int, *proposals: Given, maximum: int = 3, doubtful: float = 0.5, stands: Given | None = None, alone: bool = False
) -> Cell:
    place = Place(WorkId(f"w{n}"), Marking(1), CriterionId("1"))
    return Cell(place, f"{n:07d}", maximum, True, proposals, doubtful, "doubtful", "crop", stands, alone)


@st.composite
def cells(draw: st.DrawFn) -> list[Cell]:
    made = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(SOME), max_size=2),
                st.integers(1, 3),
                st.floats(0, 1),
                st.booleans(),
                st.sampled_from([None, Points(1)]),
            ),
            max_size=120,
        )
    )
    return [
        cell(n, *proposals, maximum=most, doubtful=share, alone=alone, stands=stands)
        for n, (proposals, most, share, alone, stands) in enumerate(made)
    ]


@given(cells())
def test_no_cell_is_shown_in_two_groups(waiting: list[Cell]) -> None:
    """And none that doesn't wait: whatever no group shows is asked alone afterwards."""
    shown = [one for group in groups(waiting) for one in group.shown]
    assert len(shown) == len(set(shown))
    assert set(shown) <= set(waiting)


@given(cells())
def test_a_group_is_of_one_reading_and_one_look(waiting: list[Cell]) -> None:
    """The same proposal over as many boxes, most doubtful first, no more than can be seen at once; never a score that
    stands, nor what somebody struck out."""
    for group in groups(waiting):
        members = [one for one in group.shown if isinstance(one, Cell)]
        assert {one.proposals[0] for one in members} == {group.given}
        assert len({one.maximum for one in members}) == 1
        assert [one.doubt for one in members] == sorted((one.doubt for one in members), reverse=True)
        assert len(members) <= MOST_TOGETHER
        assert all(one.stands is None and not one.alone for one in members)


def test_few_look_alikes_are_shown_alone() -> None:
    """A picture of two says what is expected, and saves nothing."""
    few = [cell(n, Points(2)) for n in range(LEAST_TOGETHER - 1)]
    assert groups(few) == ()


def known(n: int, truth: Given, maximum: int = 3) -> Known:
    return Known(cell(1000 + n, truth, maximum=maximum), truth)


@given(st.integers(0, 20), st.integers(0, 2**32))
def test_known_cells_are_added_and_nothing_is_lost(percent: int, seed: int) -> None:
    """All cells of the group stay, in their order; known ones look like them, some belong there, some don't."""
    group = groups([cell(n, Points(2), doubtful=1 - n / 100) for n in range(40)])[0]
    pool = [known(n, Points(n % 4)) for n in range(40)] + [known(99, Points(2), maximum=5)]
    mixed = seeded(group, pool, percent, random.Random(seed))
    assert tuple(one for one in mixed.shown if isinstance(one, Cell)) == group.shown
    added = [one for one in mixed.shown if isinstance(one, Known)]
    assert all(one.cell.maximum == 3 for one in added)
    assert 40 * percent // 100 <= len(added) <= 40 * percent // 100 + 1
    assert len({one.cell.place for one in added}) == len(added)


def test_known_cells_are_so_many_of_a_hundred() -> None:
    """Two of a hundred on the whole, half of them wrong ones, in groups and among single cells."""
    rng = random.Random(7)
    group = groups([cell(n, Points(2)) for n in range(40)])[0]
    pool = [known(n, Points(n % 4)) for n in range(40)]
    added = [one for _ in range(500) for one in seeded(group, pool, 2, rng).shown if isinstance(one, Known)]
    assert 320 < len(added) < 480
    assert 0.4 < sum(one.truth == Points(2) for one in added) / len(added) < 0.6
    alone = with_known([cell(n) for n in range(10_000)], pool, 2, rng)
    assert 130 < sum(isinstance(one, Known) for one in alone) < 270
    assert sum(isinstance(one, Cell) for one in alone) == 10_000


def test_without_known_cells_nothing_is_added() -> None:
    """At the start nothing is certain yet."""
    group = groups([cell(n, Points(2)) for n in range(40)])[0]
    assert seeded(group, [], 20, random.Random(1)) == group
    assert with_known([cell(1)], [], 20, random.Random(1)) == (cell(1),)


def test_doubt_grows_with_a_rival() -> None:
    """A second box marked as much is as doubtful as can be; without one there is none. Digits: what isn't believed."""
    assert doubt(["1", "2"], {"1": [0.3, 0, 0, 0], "2": [0.3, 0, 0, 0]}) == 1.0
    faint = doubt(["1", "2"], {"1": [0.3, 0, 0, 0], "2": [0.03, 0, 0, 0]})
    assert 0 < faint < 0.3
    assert doubt(["1"], {"1": [0.3, 0, 0, 0], "2": [0.0, 0, 0, 0]}) == 0.0
    assert doubt(["7"], {"believed": {"7": 0.9, "1": 0.1}, "mass": 0.9}) == 1 - 0.9 * 0.9
    assert doubt([], {}) == doubt(["1"], {}) == 1.0


def test_a_person_is_measured_by_what_was_certain() -> None:
    """Wrong look-alikes let pass, right ones struck, single cells keyed wrongly: each counted by itself."""
    two, three = Points(2), Points(3)
    tried = [
        Tried("a", two, two, two),  # right, left
        Tried("a", two, None, two),  # right, struck
        Tried("a", three, two, two),  # wrong, let pass
        Tried("a", three, None, two),  # wrong, struck
        Tried("a", three, three, None),
        Tried("a", three, X, None),
        Tried("b", three, three, None),
    ]
    one, other, third = measured(tried, {"a": (10, 1), "c": (4, 0)})
    assert (one.known, one.passed, one.struck, one.keyed, one.wrong) == (6, 1, 1, 1, 3)
    assert (one.double, one.overruled) == (10, 1)
    assert (other.wrong, other.known) == (0, 1)
    assert (third.known, third.double, third.at_most()) == (0, 4, None)
    assert other.at_most() == 0.95
