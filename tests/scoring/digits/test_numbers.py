"""From signs in cells to how much each value is believed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import NotAttempted, Points
from scoring.digits.numbers import Illegible, NoNumber, Nothing, Shares, Sign, Unsure, read_number


def sign(*likely: tuple[int, float], hole: bool = False) -> Sign:
    """A sign believed so much to be these; 10 is X, 11 no sign."""
    beliefs = [0.0] * 12
    for kind, share in likely:
        beliefs[kind] = share
    return Sign(tuple(beliefs), hole)


def shares(*looks: object, maximum: int = 12, x: bool = True) -> Shares:
    found = read_number(looks, maximum, x=x)  # type: ignore[arg-type]
    assert isinstance(found, Shares)
    return found


def test_empty_cells_are_no_number() -> None:
    """A blank is never 0."""
    assert read_number([Nothing(), Nothing()], 12, x=True) == NoNumber()


def test_a_cell_in_which_nothing_can_be_told_spoils_the_number() -> None:
    """The reason is kept; the other digit is not taken for all of it."""
    assert read_number([sign((1, 1.0)), Unsure("cut")], 12, x=True) == Illegible("cut")


@pytest.mark.parametrize("looks", [(sign((7, 0.9), (1, 0.1)), Nothing()), (Nothing(), sign((7, 0.9), (1, 0.1)))])
def test_one_digit_may_stand_in_either_cell(looks: tuple[object, ...]) -> None:
    """People write a 7 left or right."""
    found = shares(*looks)
    assert found.best == Points(7)
    assert found.share(Points(7)) == pytest.approx(0.9)


def test_two_digits_are_read_together() -> None:
    """Only together they can be above the maximum: then neither counts."""
    found = shares(sign((1, 0.8), (7, 0.2)), sign((2, 0.9), (3, 0.1)))
    assert found.best == Points(12)
    assert found.share(Points(12)) == pytest.approx(1.0)
    assert found.mass == pytest.approx(0.72)
    assert found.share(Points(72)) == 0.0


def test_what_is_impossible_is_not_taken_for_something_possible() -> None:
    """A 7 where nothing above 3 can be given: a 1 at best, and by a small part of all belief."""
    found = shares(sign((7, 0.95), (1, 0.05)), maximum=3)
    assert found.best == Points(1)
    assert found.mass == pytest.approx(0.05)


def test_nothing_that_is_possible_is_illegible() -> None:
    """A scribble is no number."""
    assert read_number([sign((11, 1.0))], 3, x=True) == Illegible("none")


def test_x_counts_where_it_may_stand() -> None:
    """In a cell of points, alone; never in a sum."""
    assert shares(Nothing(), sign((10, 0.9), (4, 0.1))).best == NotAttempted()
    assert shares(sign((10, 0.9), (4, 0.1)), x=False).best == Points(4)
    assert shares(sign((1, 1.0)), sign((10, 0.9), (2, 0.1))).best == Points(12)


@pytest.mark.parametrize(
    ("kind", "hole", "shaped"),
    [(0, True, True), (0, False, False), (10, False, True), (10, True, False), (4, True, True)],
)
def test_a_zero_has_a_hole_and_an_x_has_none(kind: int, hole: bool, shaped: bool) -> None:
    """No sum tells them apart, so two looks of different kinds must agree."""
    assert shares(sign((kind, 1.0), hole=hole)).shaped() is shaped


def test_proposals_come_with_the_most_likely_first() -> None:
    """A person is shown what is likely, no more."""
    found = shares(sign((1, 0.6), (7, 0.38), (2, 0.01), (10, 0.01)))
    assert found.proposals() == (Points(1), Points(7))


beliefs = st.lists(st.floats(0.0, 1.0), min_size=12, max_size=12).filter(lambda some: sum(some) > 0.1)
signs = beliefs.map(lambda some: Sign(tuple(each / sum(some) for each in some), hole=True))


@given(st.lists(st.one_of(st.just(Nothing()), signs), min_size=1, max_size=2), st.integers(1, 20), st.booleans())
@settings(max_examples=150)
def test_shares_are_of_possible_values_only_and_make_one(looks: list[Nothing | Sign], maximum: int, x: bool) -> None:
    """0 to the maximum, and X; the mass is what of all belief they have."""
    found = read_number(looks, maximum, x=x)
    if isinstance(found, Shares):
        assert len(found.points) == maximum + 1
        assert sum(found.points) + found.x == pytest.approx(1.0)
        assert 0.0 < found.mass <= 1.0 + 1e-9
        assert x or found.x == 0.0
        assert found.best in found.proposals(0.0)
