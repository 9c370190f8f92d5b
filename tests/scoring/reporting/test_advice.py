"""Advice: what stands out beyond chance, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scoring.reporting.advice import WHOLE, advice
from scoring.reporting.arrays import Results, School
from tests.scoring.reporting import made

P = made.procedure(10)
MAXIMA = np.array([criterion.maximum for criterion in P.all_criteria])


def simulated(dice: np.random.Generator, effects: np.ndarray, works: int) -> Results:
    """Schools × criteria effects in logits, so many works in each school."""
    schools = len(effects)
    school = np.repeat(np.arange(schools), works)
    ability = dice.normal(0, 1, schools * works)[:, None]
    points = dice.binomial(MAXIMA, 1 / (1 + np.exp(-(ability + effects[school]))))
    nothing = np.zeros(len(school), dtype=np.int64)
    names = tuple(School(str(n)) for n in range(schools))
    return Results(points, school, nothing, nothing, nothing, names, ())


def test_where_schools_differ_by_chance_hardly_anybody_is_advised() -> None:
    """60 districts of 40 equal schools, 11 comparisons each: less than one wrong line in two districts."""
    dice = np.random.default_rng(1)
    lines = 0
    for _district in range(60):
        found = advice(P, simulated(dice, np.zeros((40, len(MAXIMA))), 25))
        lines += len(found.help) + len(found.learn)
    assert lines <= 30


def test_few_lines_are_on_the_wrong_side() -> None:
    """Schools differ a little; of all lines together no more than 2.5 % say the contrary of what is so."""
    dice = np.random.default_rng(2)
    wrong = lines = 0
    for _district in range(40):
        effects = dice.normal(0, 0.3, (40, len(MAXIMA)))
        found = advice(P, simulated(dice, effects, 25))
        single = [(one, side) for each, side in ((found.help, -1), (found.learn, 1)) for one in each]
        # Tasks of one criterion only: of these the truth is known.
        single = [(one, side) for one, side in single if one.task not in (WHOLE, 9)]
        lines += len(single)
        wrong += sum(side * effects[one.school, one.task] < 0 for one, side in single)
    assert lines > 200
    assert wrong <= 0.025 * lines


def test_a_school_that_lags_in_one_task_is_named_for_it() -> None:
    """And only for it: by 25 points of a hundred, in 50 works, among schools that differ a little."""
    dice = np.random.default_rng(3)
    effects = dice.normal(0, 0.1, (30, len(MAXIMA)))
    effects[7, 4] -= 1.5
    found = advice(P, simulated(dice, effects, 50))
    assert (found.help[0].school, found.help[0].task) == (7, 4)
    assert found.help[0].low < found.help[0].difference < found.help[0].high < 0
    assert found.of_school(7).help[0] == found.help[0]


def test_small_schools_are_not_advised_on() -> None:
    """Nine works of a school, however bad: too few; four schools: nobody knows what is usual."""
    results = made_points(schools=6, works=12, bad=2)
    assert 2 in {one.school for one in advice(P, results).help}
    kept = np.ones(len(results.school), dtype=bool)
    kept[np.nonzero(results.school == 2)[0][9:]] = False
    fewer = replace(results, points=results.points[kept], school=results.school[kept])
    assert 2 not in {one.school for one in advice(P, fewer).help}
    four = results.school < 4
    assert advice(P, replace(results, points=results.points[four], school=results.school[four])).help == ()


def made_points(schools: int, works: int, bad: int) -> Results:
    dice = np.random.default_rng(4)
    effects = dice.normal(0, 0.2, (schools, len(MAXIMA)))
    effects[bad] -= 3
    return simulated(dice, effects, works)
