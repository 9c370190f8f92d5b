"""Weights from pictures: gradients that are right, and the same weights each time."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from drill import digit_data
from drill.digit_data import DigitsMissing
from scoring.digits import network
from scoring.digits.glyph import SIDE
from scoring.digits.network import CLASSES, OTHER, Floats, Network
from training import digits, learning, making
from training.__main__ import main


def batch(number: int = 6) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(3)
    wanted = np.eye(CLASSES, dtype=np.float32)[rng.integers(0, CLASSES, number)]
    return rng.random((number, SIDE, SIDE), dtype=np.float32), wanted


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Network)])
def test_gradients_are_what_the_loss_does(name: str) -> None:
    """A weight moved a little changes the loss as its gradient says."""
    pictures, wanted = batch()
    net = learning.fresh(np.random.default_rng(1))

    def loss(weights: Network) -> float:
        return learning.gradients(weights, pictures, wanted, np.random.default_rng(2))[1]

    found = getattr(learning.gradients(net, pictures, wanted, np.random.default_rng(2))[0], name)
    place = np.unravel_index(int(np.abs(found).argmax()), found.shape)
    moved = []
    for step in (1e-2, -1e-2):
        weights = getattr(net, name).copy()
        weights[place] += step
        moved.append(loss(dataclasses.replace(net, **{name: weights})))
    assert (moved[0] - moved[1]) / 2e-2 == pytest.approx(float(found[place]), rel=0.1)


def test_the_same_seed_learns_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """And another seed something else; learning makes the loss smaller."""
    monkeypatch.setattr(learning, "ROUNDS", 3)
    rng = np.random.default_rng(5)
    classes = rng.integers(0, 2, 2 * learning.BATCH)
    pictures = (rng.integers(0, 60, (len(classes), SIDE, SIDE)) + 150 * classes[:, None, None]).astype(np.uint8)
    one, same, other = (learning.learned(pictures, classes, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(vars_of(one), vars_of(same), strict=True))
    assert not np.array_equal(one.hidden, other.hidden)


def vars_of(net: Network) -> list[Floats]:
    return [getattr(net, field.name) for field in dataclasses.fields(net)]


def test_pictures_to_learn_from_are_signs_and_no_signs() -> None:
    """The same seed makes the same ones; most are digits, all are framed alike."""
    several = [digit_data.kept_back()[i] for i in range(0, 1000, 50)]
    pictures, classes = making.made(several, 60, seed=1)
    again, _ = making.made(several, 60, seed=1)
    assert np.array_equal(pictures, again)
    assert pictures.shape == (60, SIDE, SIDE)
    assert 0 < (classes == OTHER).sum() < 25
    assert all((picture > 128).sum() > 12 for picture in pictures)


def test_what_was_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted after the first network's pictures, it goes on there."""
    done: list[str] = []

    def pretend_made(_digits: object, _number: int, seed: int) -> tuple[object, object]:
        done.append(f"made {seed}")
        return np.zeros((2, SIDE, SIDE), np.uint8), np.zeros(2, np.int64)

    def pretend_learned(*_given: object, seed: int) -> Network:
        done.append(f"learned {seed}")
        if done.count("learned 0") == 1 and seed == 0:
            raise KeyboardInterrupt
        return learning.fresh(np.random.default_rng(seed))

    monkeypatch.setattr(digits, "BUILD", tmp_path / "build")
    monkeypatch.setattr(network, "WEIGHTS", tmp_path / "weights.npz")
    monkeypatch.setattr(digits, "made", pretend_made)
    monkeypatch.setattr(digits, "learned", pretend_learned)
    monkeypatch.setattr(digit_data, "read", lambda _folder: digit_data.Digits((), {}))
    with pytest.raises(KeyboardInterrupt):
        digits.run(tmp_path)
    digits.run(tmp_path)
    assert done == ["made 0", "learned 0", "learned 0", "made 1", "learned 1", "made 2", "learned 2"]
    with np.load(tmp_path / "weights.npz") as stored:
        assert stored["first"].shape[0] == digits.NETS


def test_a_folder_without_the_collections_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which file is missing is said."""
    monkeypatch.setattr("sys.argv", ["x.py train", "digits", "--data", str(tmp_path)])
    assert main() == 2
    assert digit_data.SEMEION in capsys.readouterr().err
    with pytest.raises(DigitsMissing, match="no picture"):
        digit_data._grid(tmp_path / "none.png")
