"""Intraclass correlations and variance components against published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoring.measures.components import NotEstimable, components
from scoring.measures.figures import NotEnoughData, NoVariation
from scoring.measures.icc import Correlation, Correlations, Form, Of, correlations
from scoring.measures.readings import Readings, table
from tests.scoring.measures import references as data

PERSON, TASK, RATER = frozenset({"person"}), frozenset({"task"}), frozenset({"rater"})


def found(seen: Readings) -> Correlations:
    got = correlations(seen)
    assert not isinstance(got, NotEnoughData | NoVariation)
    return got


def figures(one: Correlation) -> tuple[float, float, float]:
    return one.value, one.low, one.high


@pytest.mark.parametrize(
    ("form", "of", "expected"),
    [
        (Form.ONE_WAY, Of.SINGLE, (0.165742, -0.1329323, 0.722560)),
        (Form.AGREEMENT, Of.SINGLE, (0.289764, 0.0187865, 0.761084)),
        (Form.CONSISTENCY, Of.SINGLE, (0.714841, 0.3424648, 0.945858)),
        (Form.ONE_WAY, Of.MEAN, (0.442797, -0.8844422, 0.912415)),
        (Form.AGREEMENT, Of.MEAN, (0.620051, 0.0711368, 0.927232)),
        (Form.CONSISTENCY, Of.MEAN, (0.909316, 0.6756747, 0.985892)),
    ],
)
def test_six_correlations_and_their_limits_are_those_published(
    form: Form, of: Of, expected: tuple[float, float, float]
) -> None:
    """Shrout & Fleiss 1979."""
    assert figures(found(table(data.SHROUT_FLEISS))[form, of]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form.AGREEMENT, (0.1979983, -0.03891063, 0.4935739)),
        (Form.CONSISTENCY, (0.2160494, -0.04625789, 0.5222591)),
        (Form.ONE_WAY, (0.1750224, -0.07744657, 0.4843361)),
    ],
)
def test_raters_of_anxiety_agree_as_published(form: Form, expected: tuple[float, float, float]) -> None:
    """R's irr, 3 raters of 20 subjects."""
    assert figures(found(data.observers(data.ANXIETY))[form, Of.SINGLE]) == pytest.approx(expected, abs=1e-6)


def test_components_of_brennans_design_are_those_published() -> None:
    """10 persons, 3 tasks, 4 raters of each task: table 3.2 of Brennan 2001."""
    rows = np.array([[float(n) for n in row.split()] for row in data.BRENNAN.split("|")])
    person, rater = (at.ravel() for at in np.indices(rows.shape))
    factors = {"person": person, "task": rater // 4, "rater": rater}
    got = components(rows.ravel(), factors, [PERSON, TASK, RATER, PERSON | TASK])
    assert got.of == pytest.approx(
        {
            PERSON: 0.4731482,
            TASK: 0.3251542,
            RATER: 0.6475309,
            PERSON | TASK: 0.5595679,
            PERSON | TASK | RATER: 2.3802469,
        },
        abs=1e-6,
    )


def test_components_of_an_incomplete_design_are_those_it_was_made_from() -> None:
    """2,000 works, each read by 2 of 80 readers, task by task."""
    dice = np.random.default_rng(5)
    work = np.repeat(np.arange(2_000), 20)
    first = dice.integers(0, 80, 2_000)
    second = (first + dice.integers(1, 80, 2_000)) % 80
    reader = np.repeat(np.stack([first, second], axis=1).ravel(), 10)
    task = np.tile(np.arange(10), 4_000)
    made = {"work": 1.0, "reader": 0.2, "halo": 0.3, "rest": 1.5}
    values = (
        dice.normal(0, 1.0, 2_000)[work]
        + dice.normal(0, made["reader"] ** 0.5, 80)[reader]
        + np.repeat(dice.normal(0, made["halo"] ** 0.5, 4_000), 10)
        + dice.normal(0, made["rest"] ** 0.5, 40_000)
    )
    work_, reader_ = frozenset({"work"}), frozenset({"reader"})
    got = components(values, {"work": work, "reader": reader, "task": task}, [work_, reader_, work_ | reader_])
    assert got[work_] == pytest.approx(made["work"], abs=0.1)
    assert got[reader_] == pytest.approx(made["reader"], abs=0.1)
    assert got[work_ | reader_] == pytest.approx(made["halo"], abs=0.03)
    assert got[work_ | reader_ | frozenset({"task"})] == pytest.approx(made["rest"], abs=0.05)


def test_what_no_two_scores_can_show_is_refused() -> None:
    """One reader of each work: nothing tells the work from its reader."""
    alone = np.arange(10)
    with pytest.raises(NotEstimable):
        components(np.arange(10.0), {"work": alone, "reader": alone}, [frozenset({"work"}), frozenset({"reader"})])


def test_a_missing_reading_leaves_all_six_with_limits_around_them() -> None:
    """Works with different numbers of readings, as they are after an absent expert."""
    rows = np.array(data.SHROUT_FLEISS, dtype=float)
    rows[0, 0] = np.nan
    got = found(table(rows))
    assert len(got) == 6
    assert all(one.low < one.value < one.high <= 1 for one in got.values())
    assert got[Form.AGREEMENT, Of.MEAN].readings == pytest.approx(6 / (5 / 4 + 1 / 3))


def test_one_work_and_equal_values_give_no_correlation() -> None:
    """Each said in its own words."""
    assert correlations(table([[1, 2, 3]])) == NotEnoughData(1, 2)
    assert correlations(table([[2, 2], [2, 2], [2, 2]])) == NoVariation(3)


@settings(deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=3, max_size=20).filter(
        lambda rows: len({tuple(row) for row in rows}) > 1
    ),
    st.integers(1, 9),
    st.integers(-5, 5),
)
@example([(2, 9, 1), (3, 0, 9), (4, 7, 7)], 3, 0)
@example([(0, 0, 3), (0, 0, 3), (0, 1, 2)], 1, 0)
def test_other_units_of_points_change_no_correlation(rows: list[tuple[int, ...]], scale: int, shift: int) -> None:
    """A correlation has no unit."""
    one, other = correlations(table(rows)), correlations(table(np.array(rows) * scale + shift))
    assert type(one) is type(other)
    if isinstance(one, dict) and isinstance(other, dict):
        assert [c.value for c in one.values()] == pytest.approx([c.value for c in other.values()], abs=1e-6)
        assert all(-1 <= c.low <= 1 and -1 <= c.value <= 1 and -1 <= c.high <= 1 for c in one.values())
