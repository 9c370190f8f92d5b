"""Many-facet Rasch model against another program's results, and against what it was made from."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.measures import inverse, rasch_likelihood
from scoring.measures.rasch import Marked, NotFitted, Rasch, fit
from scoring.measures.rasch_errors import information
from scoring.measures.rasch_likelihood import Layout, Likelihood, data_of
from scoring.measures.readings import Floats
from tests.scoring.measures import references as data


def made(works: int, readers: int, seed: int, tasks: int = 10) -> tuple[Marked, Floats]:
    """Scores of works that two readers each read, as the model says, and the severities they were made with."""
    dice = np.random.default_rng(seed)
    first = dice.integers(0, readers, works)
    second = (first + dice.integers(1, readers, works)) % readers
    severity = dice.normal(0, 0.3, readers)
    severity -= severity.mean()
    work, reader = np.tile(np.arange(works), 2), np.concatenate([first, second])
    place = dice.normal(0, 1.2, works)[work] - severity[reader]
    points = np.zeros((2 * works, tasks), dtype=np.int64)
    for task in range(tasks):
        weights = np.exp(np.arange(4) * place[:, None] - np.append(0, np.cumsum(dice.normal(0, 1, 3))))
        below = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
        points[:, task] = (dice.random(2 * works)[:, None] > below).sum(axis=1)
    return Marked(work, reader, points, (3,) * tasks), severity


def test_austrian_essays_give_the_severities_of_another_program() -> None:
    """TAM 4.3 on 274 readings of 135 works."""
    found = fit(data.marked())
    expected = [1.0229, 0.5165, 0.4177, -0.7627, -0.0896, -0.7793, -0.3254]
    assert found.severity == pytest.approx(expected, abs=0.002)
    assert found.deviance == pytest.approx(2526.231, abs=0.1)
    assert found.spread**2 == pytest.approx(4.068, abs=0.01)


def test_errors_say_how_far_off_severities_are() -> None:
    """12 districts of 40 readers: 95 % of the severities lie within 1.96 errors."""
    off = []
    for seed in range(12):
        marked, severity = made(600, 40, seed)
        found = fit(marked)
        off.append((found.severity - severity) / found.error)
    assert np.std(off) == pytest.approx(1, abs=0.12)
    assert np.mean(np.abs(off) < 1.96) == pytest.approx(0.95, abs=0.03)


def test_scores_that_are_missing_are_left_out_and_not_zero() -> None:
    """Half of the readings lack half of the tasks; severities stay what they were made with."""
    marked, severity = made(2_000, 20, 7)
    points = marked.points.copy()
    points[::2, :5] = -1
    found = fit(Marked(marked.work, marked.reader, points, marked.maxima))
    assert np.abs((found.severity - severity) / found.error).max() < 4


def test_readers_may_have_any_numbers() -> None:
    """Nothing depends on who comes first."""
    marked = data.marked()
    turned: Rasch = fit(Marked(marked.work, 6 - marked.reader, marked.points, marked.maxima))
    found = fit(marked)
    assert turned.severity[::-1] == pytest.approx(found.severity, abs=1e-5)
    assert turned.error[::-1] == pytest.approx(found.error, abs=1e-5)


def test_a_fair_mean_is_what_a_usual_work_would_get() -> None:
    """The more severe, the less; nobody's lies beyond what can be given."""
    found = fit(data.marked())
    fair = found.fair()
    assert list(np.argsort(fair)) == list(np.argsort(-found.severity))
    assert 0 < fair.min() < fair.max() < 15


@pytest.mark.parametrize("points", [0, 3])
def test_a_reader_with_nothing_but_the_lowest_or_highest_is_refused(points: int) -> None:
    """The likelihood has no maximum: any severity would be exceeded by a larger one."""
    marked = data.marked()
    all_same = np.where((marked.reader == 3)[:, None], points, marked.points)
    with pytest.raises(NotFitted):
        fit(Marked(marked.work, marked.reader, all_same, marked.maxima))


def with_gaps(seed: int) -> Marked:
    """Works with one to seven readings, some scores missing."""
    marked, dice = data.marked(), np.random.default_rng(seed)
    points = np.where(dice.random(marked.points.shape) < 0.15, -1, marked.points)
    return Marked(marked.work, marked.reader, points, marked.maxima)


def test_information_is_the_curvature_of_the_likelihood() -> None:
    """Second differences of the likelihood, parameter by parameter, where scores are missing, too."""
    marked = with_gaps(5)
    likelihood = Likelihood(data_of(marked), Layout(marked.readers, marked.maxima), 61)
    vector, size = np.random.default_rng(1).normal(0, 0.5, 7 + 15 + 1), 1e-4
    shifts = size * np.eye(len(vector))
    curvature = np.array([(likelihood(vector + at)[1] - likelihood(vector - at)[1]) / (2 * size) for at in shifts])
    found = information(likelihood, vector)
    whole = np.block([[found.readers.toarray(), found.border], [found.border.T, found.corner]])
    whole[-1, -1] += likelihood(vector)[1][-1]  # the logarithm's own curvature, 0 at the maximum
    assert whole == pytest.approx(curvature, abs=2e-4 * np.abs(curvature).max())


def test_products_and_logarithms_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers so far apart that products would be no numbers are added up as logarithms."""
    usual = fit(with_gaps(6))
    monkeypatch.setattr(rasch_likelihood, "_LARGEST", 0.0)
    found = fit(with_gaps(6))
    assert found.severity == pytest.approx(usual.severity, abs=1e-6)
    assert found.error == pytest.approx(usual.error, abs=1e-6)
    assert found.deviance == pytest.approx(usual.deviance, abs=1e-6)


@pytest.mark.parametrize("close", [0.02, 0.0])
def test_errors_that_are_drawn_are_those_of_the_whole_inverse(monkeypatch: pytest.MonkeyPatch, close: float) -> None:
    """Of more readers than an inverse is written down for; where nothing is close enough, each is worked out alone."""
    marked, _severity = made(300, 8, 3)
    known = fit(marked).error
    monkeypatch.setattr(inverse, "MOST", 0)
    monkeypatch.setattr(inverse, "CLOSE", close)
    assert fit(marked).error == pytest.approx(known, rel=0.0015 if close else 1e-5)
