"""The recogniser: a small convolutional network, applied with numpy alone.

Trained by `python3 x.py train digits` (training/README.md); BENCHMARKS.md says how often it errs. Its answers are
shares of belief, never a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from scoring.digits.glyph import SIDE, Ink

Floats = NDArray[np.float32]

SIGNS = "0123456789X"
OTHER = len(SIGNS)  # the class of all that is no sign: scribbles, struck out digits, two in one cell
CLASSES = OTHER + 1
SOFTENED = 0.02  # of belief was left to the other classes in learning, so that what is sure means something
_LEAST = 1e-4  # nothing is ruled out
_TOGETHER = 32  # glyphs
WEIGHTS = Path(__file__).with_name("weights.npz")


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights: two convolutions of 5x5 (filters last), each followed by max pooling, then two full layers."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    hidden: Floats
    hidden_bias: Floats
    last: Floats
    last_bias: Floats


@cache
def networks() -> tuple[Network, ...]:
    """The trained networks, read once in each process."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        many = {name: stored[name].astype(np.float32) for name in stored.files}
    count = len(many["first"])
    return tuple(Network(**{name: each[i] for name, each in many.items()}) for i in range(count))


def patches(pictures: Floats, size: int) -> Floats:
    """Every size x size window of pictures (n, height, width, channels), as rows of a matrix."""
    windows = sliding_window_view(pictures, (size, size), axis=(1, 2))
    number, height, width = windows.shape[:3]
    return np.ascontiguousarray(windows).reshape(number * height * width, -1)


def convolved(pictures: Floats, filters: Floats, bias: Floats) -> Floats:
    """Filters (channels x 5 x 5 rows, filters columns) over pictures, what is below 0 cut off."""
    number, height, width, _ = pictures.shape
    out = patches(pictures, 5) @ filters + bias
    return np.asarray(np.maximum(out, 0).reshape(number, height - 4, width - 4, -1), np.float32)


def pooled(pictures: Floats) -> Floats:
    """The largest of each 2 x 2."""
    number, height, width, channels = pictures.shape
    blocks = pictures.reshape(number, height // 2, 2, width // 2, 2, channels)
    return np.asarray(blocks.max(axis=(2, 4)), np.float32)


def scores(network: Network, pictures: Floats) -> Floats:
    """One row of CLASSES for each picture (n, SIDE, SIDE): logarithms of belief up to a constant."""
    seen = pooled(convolved(pictures[..., None], network.first, network.first_bias))
    seen = pooled(convolved(seen, network.second, network.second_bias))
    hidden = np.maximum(seen.reshape(len(seen), -1) @ network.hidden + network.hidden_bias, 0)
    return np.asarray(hidden @ network.last + network.last_bias, np.float32)


def softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def beliefs(pictures: Sequence[Ink]) -> Floats:
    """For each glyph the shares of belief in SIGNS and OTHER: the mean of all networks, without what they learned to
    leave to every other class."""
    if not pictures:
        return np.zeros((0, CLASSES), np.float32)
    many = np.stack(pictures)
    mean = np.concatenate([_mean(many[at : at + _TOGETHER]) for at in range(0, len(many), _TOGETHER)])
    left = SOFTENED / (CLASSES - 1)
    hard = np.clip((mean - left) / (1.0 - SOFTENED - left), _LEAST, 1.0)
    return np.asarray(hard / hard.sum(axis=1, keepdims=True), np.float32)


# --- the same as `scores`, for all networks at once and in half the time ---------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Joined:
    """The first filters of all networks side by side, and the second ones with channels last, as rows lie in memory."""

    first: Floats
    first_bias: Floats
    second: tuple[Floats, ...]


@cache
def _joined() -> _Joined:
    every = networks()
    channels = every[0].first.shape[1]
    seconds = (one.second.reshape(channels, 25, -1).swapaxes(0, 1).reshape(25 * channels, -1) for one in every)
    return _Joined(
        np.concatenate([one.first for one in every], axis=1),
        np.concatenate([one.first_bias for one in every]),
        tuple(np.ascontiguousarray(second) for second in seconds),
    )


def _mean(pictures: Floats) -> Floats:
    """Mean belief of all networks, few enough pictures for a processor's cache."""
    every, joined = networks(), _joined()
    side = SIDE - 4
    seen = (patches(pictures[..., None], 5) @ joined.first).reshape(len(pictures), side, side, -1)
    seen = _rectified(_pooled(seen), joined.first_bias)
    believed = [
        _last(part, one, second)
        for part, one, second in zip(np.split(seen, len(every), axis=3), every, joined.second, strict=True)
    ]
    return np.asarray(np.mean(believed, axis=0), np.float32)


def _last(seen: Floats, network: Network, second: Floats) -> Floats:
    """From the first pooling of one network on; `second` are its filters with channels last."""
    seen = np.ascontiguousarray(seen)
    number, height, width, channels = seen.shape
    rows = sliding_window_view(seen.reshape(number, height, width * channels), (5, 5 * channels), axis=(1, 2))
    windows = np.ascontiguousarray(rows[:, :, ::channels]).reshape(number * (height - 4) * (width - 4), -1)
    out = (windows @ second).reshape(number, height - 4, width - 4, -1)
    hidden = _rectified(_pooled(out), network.second_bias).reshape(number, -1) @ network.hidden
    return softmax(_rectified(hidden, network.hidden_bias) @ network.last + network.last_bias)


def _pooled(pictures: Floats) -> Floats:
    across = np.maximum(pictures[:, :, ::2], pictures[:, :, 1::2])
    return np.maximum(across[:, ::2], across[:, 1::2])


def _rectified(values: Floats, bias: Floats) -> Floats:
    """What is below 0 cut off. The largest of several is the same before a bias as after it."""
    values += bias
    return np.maximum(values, 0, out=values)
