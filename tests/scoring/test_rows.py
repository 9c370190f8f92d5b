"""Rows with sums: when boxes, digits and sums count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscheck.model import Ambiguous, Blank, Given, NotAttempted, Points
from scoring.decide import Decision, Rule
from scoring.digits.numbers import Illegible, NoNumber, NumberReading, Shares
from scoring.rows import (
    SumSays,
    box_row,
    digit_row,
    is_sure,
    mistakable,
    posterior,
    settled_boxes,
    settled_digits,
    total,
)

X = NotAttempted()


def read(value: Given, most: int = 9, sure: float = 0.999, mass: float = 0.99) -> Shares:
    """A number read as this; the rest of belief lies evenly on the other values."""
    rest = (1.0 - sure) / (most + 1)
    points = [rest] * (most + 1)
    x = rest
    if isinstance(value, Points):
        points[value.value] = sure
    else:
        x = sure
    signs = 2 if value != X and isinstance(value, Points) and value.value > 9 else 1
    return Shares(tuple(points), x, mass, signs, hole=value == Points(0))


def of(*values: int | str) -> list[Given]:
    return [X if value == "X" else Points(int(value)) for value in values]


def digits(*values: int | str, most: int = 9) -> list[NumberReading]:
    return [read(value, most) for value in of(*values)]


def sum_of(value: int, sure: float = 0.999, mass: float = 0.99) -> Shares:
    return read(Points(value), 60, sure, mass)


def crosses(*values: int | str) -> list[Decision]:
    return [Decision(value, Rule.ONE_CROSS) for value in of(*values)]


# --- boxes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (sum_of(4), SumSays.AGREES),
        (sum_of(4, sure=0.7), SumSays.AGREES),  # boxes say the same
        (sum_of(5), SumSays.DIFFERS),
        (sum_of(5, sure=0.8), SumSays.UNCLEAR),
        (sum_of(4, mass=0.3), SumSays.UNCLEAR),
        (sum_of(5, mass=0.3), SumSays.UNCLEAR),
        (NoNumber(), SumSays.EMPTY),
        (Illegible("cut"), SumSays.UNCLEAR),
    ],
)
def test_the_table_of_sums_of_boxes(written: NumberReading, says: SumSays) -> None:
    """1, 0, 3 and X make 4: X counts 0."""
    assert box_row(of(1, 0, 3, "X"), written) is says


def test_a_cell_that_waits_leaves_the_sum_open() -> None:
    """It is kept until a person settled the cell; where it can't be read it goes to a person too."""
    assert box_row([Points(1), None], sum_of(4)) is SumSays.OPEN
    assert box_row([Points(1), None], Illegible("cut")) is SumSays.UNCLEAR


def test_a_sum_that_agrees_is_part_of_the_rule() -> None:
    """The rule that is kept says that two witnesses agreed."""
    says, decisions = settled_boxes(crosses(1, 0, 3), sum_of(4))
    assert says is SumSays.AGREES
    assert [(one.reading, one.rule) for one in decisions] == [(v, Rule.ONE_CROSS_SUM) for v in of(1, 0, 3)]


@pytest.mark.parametrize("written", [NoNumber(), Illegible("cut"), sum_of(9, sure=0.6)])
def test_a_sum_that_can_not_be_read_leaves_the_boxes_alone(written: NumberReading) -> None:
    """The sum goes to a person, not the row."""
    _says, decisions = settled_boxes(crosses(1, 0, 3), written)
    assert decisions == tuple(crosses(1, 0, 3))


def test_a_sum_that_differs_sends_the_whole_row_to_a_person() -> None:
    """Which of the boxes is meant otherwise, or whether the expert miscounted, no machine knows."""
    says, decisions = settled_boxes(crosses(1, 0, "X"), sum_of(4))
    assert says is SumSays.DIFFERS
    assert [(one.reading, one.rule) for one in decisions] == [
        (Ambiguous((value,)), Rule.SUM_DIFFERS) for value in of(1, 0, "X")
    ]


def test_without_a_sum_boxes_are_what_they_are() -> None:
    """The procedure asks for none."""
    assert settled_boxes(crosses(1, 2), None) == (None, tuple(crosses(1, 2)))


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 40), st.floats(0.0, 1.0), st.floats(0.0, 1.0)
)
@settings(max_examples=200)
def test_no_box_is_accepted_against_a_sum_that_is_believed(
    values: list[int], written: int, sure: float, mass: float
) -> None:
    """Whatever stands there: accepted with a sum means that at least half of all belief is in that very sum."""
    number = sum_of(written, sure, mass)
    _says, decisions = settled_boxes(crosses(*values), number)
    if decisions[0].rule is Rule.ONE_CROSS_SUM:
        assert number.share(Points(sum(values))) * mass >= 0.5
    if sum(values) != written and is_sure(number) and sure > 0.995:
        assert {one.rule for one in decisions} == {Rule.SUM_DIFFERS}


# --- digits ---------------------------------------------------------------------------------------


def test_digits_count_when_all_of_them_and_their_sum_agree() -> None:
    """Then all cells of the row are accepted together, under a rule of their own."""
    says, decisions = settled_digits(digits(1, 0, 3, 2, "X"), sum_of(6))
    assert says is SumSays.AGREES
    assert [(one.reading, one.rule) for one in decisions] == [(v, Rule.DIGITS_SUM) for v in of(1, 0, 3, 2, "X")]


@pytest.mark.parametrize(
    ("cells", "written", "says"),
    [
        (digits(1, 0, 3, 2), sum_of(7), SumSays.DIFFERS),
        (digits(1, 0, 3, 2), NoNumber(), SumSays.EMPTY),
        (digits(1, 0, 3, 2), Illegible("cut"), SumSays.UNCLEAR),
        ([*digits(1, 0, 3), read(Points(2), sure=0.6)], sum_of(6), SumSays.OPEN),
        ([*digits(1, 0, 3), NoNumber()], sum_of(4), SumSays.OPEN),
        ([*digits(1, 0, 3), Illegible("neighbour")], sum_of(4), SumSays.OPEN),
        ([*digits(1, 3, 2), replace(read(Points(0)), hole=False)], sum_of(6), SumSays.OPEN),
    ],
)
def test_otherwise_all_digits_of_the_row_go_to_a_person(
    cells: list[NumberReading], written: NumberReading, says: SumSays
) -> None:
    """By design: what was read is a proposal, a blank stays a blank."""
    found, decisions = settled_digits(cells, written)
    assert found is says
    assert all(isinstance(one.reading, Ambiguous | Blank) for one in decisions)
    assert {one.rule for one in decisions} <= {Rule.DIGITS, Rule.SUM_DIFFERS, Rule.NOTHING}


def test_without_a_sum_digits_never_count() -> None:
    """However sure the machine is."""
    says, decisions = settled_digits(digits(1, 2), None)
    assert says is None
    assert [(one.reading, one.rule) for one in decisions] == [(Ambiguous((v,)), Rule.DIGITS) for v in of(1, 2)]


@pytest.mark.parametrize(
    ("values", "summed", "found"),
    [
        ((1, 0, 0), 1, True),  # both may be sevens
        ((1, 0, 3), 4, False),  # 7 and 3 make 10
        ((4, 0, 0), 4, True),
        ((0,), 0, True),
        ((0, 0, 0), 0, False),
        ((2, 1, 0, 3), 6, False),
        ((1, 9), 10, False),
    ],
)
def test_a_row_that_adds_up_in_another_hand_too_is_not_believed(
    values: tuple[int, ...], summed: int, found: bool
) -> None:
    """Who writes a 1 like a 7 writes it so in the sum: where only that digit counts, the sum proves nothing."""
    cells = [read(value) for value in of(*values)]
    assert mistakable(cells, sum_of(summed)) is found
    assert (digit_row([*cells], sum_of(summed)) is SumSays.AGREES) is not found


def test_limits_make_a_hand_unmistakable() -> None:
    """Where no criterion takes more than 1, a 1 can't be a 7."""
    assert not mistakable([read(value, most=1) for value in of(1, 0, 1)], sum_of(2))


def test_two_errors_that_cancel_out_are_weighed() -> None:
    """1 and 3 or 2 and 2: the sum is the same. Doubt in both cells at once is doubt in the row."""

    def torn(one: int, other: int, share: float) -> Shares:
        points = [0.0] * 10
        points[one], points[other] = share, 1.0 - share
        return Shares(tuple(points), 0.0, 1.0, 1, hole=False)

    doubtful, firm = [torn(1, 2, 0.95), torn(3, 2, 0.95)], [torn(1, 2, 0.9999), torn(3, 2, 0.9999)]
    assert posterior(doubtful, sum_of(4)) == pytest.approx(0.95**2 / (0.95**2 + 0.05**2), abs=0.01)
    assert posterior(firm, sum_of(4)) > 0.999999
    assert digit_row([*doubtful], sum_of(4)) is not SumSays.AGREES
    assert digit_row([*firm], sum_of(4)) is SumSays.AGREES


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2, 3, "X"]), st.floats(0.3, 1.0)), min_size=1, max_size=8),
    st.integers(0, 24),
    st.floats(0.3, 1.0),
)
@settings(max_examples=200)
def test_accepted_digits_always_make_the_sum(cells: list[tuple[int | str, float]], written: int, sure: float) -> None:
    """Whatever was read: points from digits stand on a row that adds up, each of them beyond doubt."""
    numbers = [read(of(value)[0], 3, share) for value, share in cells]
    number = sum_of(written, sure)
    _says, decisions = settled_digits(numbers, number)
    accepted = [one.reading for one in decisions if isinstance(one.reading, Points | NotAttempted)]
    assert len(accepted) in (0, len(cells))
    if accepted:
        assert total(accepted) == written or number.share(Points(total(accepted))) >= 0.5
        assert all(is_sure(cell) for cell in numbers)
        assert {one.rule for one in decisions} == {Rule.DIGITS_SUM}
