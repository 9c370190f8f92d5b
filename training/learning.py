"""Learns a network's weights from pictures, with numpy alone: the same pictures and seed give the same weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from scoring.digits import network
from scoring.digits.glyph import SIDE
from scoring.digits.network import CLASSES, SOFTENED, Floats, Network, patches, softmax

ROUNDS = 9
BATCH = 96
_FILTERS = (16, 32)
_HIDDEN = 128
_RATE, _LEAST_RATE = 1.5e-3, 3e-5
_DECAY = 2e-4
_DROPPED = 0.3
_ADAM = (0.9, 0.999)


# --- one step ------------------------------------------------------------------------------------


def fresh(rng: np.random.Generator) -> Network:
    """Weights before learning."""

    def some(inputs: int, outputs: int) -> Floats:
        return rng.normal(0.0, np.sqrt(2.0 / inputs), (inputs, outputs)).astype(np.float32)

    a, b = _FILTERS
    flat = 3 * 3 * b
    return Network(
        some(25, a), _zeros(a), some(25 * a, b), _zeros(b), some(flat, _HIDDEN), _zeros(_HIDDEN),
        some(_HIDDEN, CLASSES), _zeros(CLASSES),
    )  # fmt: skip


def _zeros(number: int) -> Floats:
    return np.zeros(number, np.float32)


@dataclass(frozen=True, slots=True)
class _Pooled:
    """A convolution and its pooling: what is needed to go back."""

    windows: Floats
    out: Floats
    largest: Floats


def _forward(pictures: Floats, filters: Floats, bias: Floats) -> _Pooled:
    windows = patches(pictures, 5)
    number, height, width, _ = pictures.shape
    out = np.maximum(windows @ filters + bias, 0).reshape(number, height - 4, width - 4, -1)
    return _Pooled(windows, out, network.pooled(out))


def _backward(step: _Pooled, above: Floats) -> Floats:
    """From the gradient of what was pooled to that of what the filters gave, one row for each window."""
    wide = np.repeat(np.repeat(step.largest, 2, axis=1), 2, axis=2)
    share = np.repeat(np.repeat(above, 2, axis=1), 2, axis=2)
    return np.asarray((share * ((step.out == wide) & (step.out > 0))).reshape(-1, step.out.shape[3]), np.float32)


def gradients(net: Network, pictures: Floats, wanted: Floats, rng: np.random.Generator) -> tuple[Network, float]:
    """The gradient of the mean loss over a batch, laid out as the weights are, and the loss."""
    number = len(pictures)
    first = _forward(pictures[..., None], net.first, net.first_bias)
    second = _forward(first.largest, net.second, net.second_bias)
    flat = second.largest.reshape(number, -1)
    kept = (rng.random((number, _HIDDEN)) >= _DROPPED).astype(np.float32) / (1.0 - _DROPPED)
    hidden = np.maximum(flat @ net.hidden + net.hidden_bias, 0) * kept
    belief = softmax(np.asarray(hidden @ net.last + net.last_bias, np.float32))
    loss = float(-(wanted * np.log(belief + 1e-9)).sum() / number)
    d_last = (belief - wanted) / number
    d_hidden = (d_last @ net.last.T) * kept * (hidden > 0)
    d_second = _backward(second, (d_hidden @ net.hidden.T).reshape(second.largest.shape))
    d_windows = (d_second @ net.second.T).reshape(number, 6, 6, _FILTERS[0], 5, 5)
    d_first = _backward(first, _scattered(d_windows, first.largest.shape))
    return Network(
        first.windows.T @ d_first, d_first.sum(axis=0), second.windows.T @ d_second, d_second.sum(axis=0),
        flat.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d_last, d_last.sum(axis=0),
    ), loss  # fmt: skip


def _scattered(windows: Floats, shape: tuple[int, ...]) -> Floats:
    """Gradients of windows added up where the windows lie."""
    whole = np.zeros(shape, np.float32)
    height, width = windows.shape[1:3]
    for y in range(5):
        for x in range(5):
            whole[:, y : y + height, x : x + width] += windows[:, :, :, :, y, x]
    return whole


# --- learning ------------------------------------------------------------------------------------


def _fields(net: Network) -> list[Floats]:
    return [getattr(net, field.name) for field in dataclasses.fields(net)]


def _shaken(pictures: NDArray[np.uint8], rng: np.random.Generator) -> Floats:
    """A batch, each picture moved by up to a pixel."""
    padded = np.pad(pictures, ((0, 0), (1, 1), (1, 1)))
    windows = sliding_window_view(padded, (SIDE, SIDE), axis=(1, 2))
    y, x = rng.integers(0, 3, (2, len(pictures)))
    return np.asarray(windows[np.arange(len(pictures)), y, x], np.float32) / 255.0


def _wanted(classes: NDArray[np.int64]) -> Floats:
    soft = np.full((len(classes), CLASSES), SOFTENED / (CLASSES - 1), np.float32)
    soft[np.arange(len(classes)), classes] = 1.0 - SOFTENED
    return soft


def _batches(number: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    for _ in range(ROUNDS):
        order = rng.permutation(number)
        for start in range(0, number - BATCH + 1, BATCH):
            yield order[start : start + BATCH]


def learned(pictures: NDArray[np.uint8], classes: NDArray[np.int64], seed: int) -> Network:
    """Weights learned from pictures: Adam, its rate falling with a cosine."""
    rng = np.random.default_rng([seed, 1])
    weights = _fields(fresh(rng))
    means, squares = ([np.zeros_like(w) for w in weights] for _ in range(2))
    batches = list(_batches(len(pictures), rng))
    for step, chosen in enumerate(batches, start=1):
        rate = _LEAST_RATE + (_RATE - _LEAST_RATE) * 0.5 * (1 + np.cos(np.pi * step / len(batches)))
        found, loss = gradients(Network(*weights), _shaken(pictures[chosen], rng), _wanted(classes[chosen]), rng)
        for i, gradient in enumerate(_fields(found)):
            means[i] = _ADAM[0] * means[i] + (1 - _ADAM[0]) * gradient
            squares[i] = _ADAM[1] * squares[i] + (1 - _ADAM[1]) * gradient**2
            mean, square = means[i] / (1 - _ADAM[0] ** step), squares[i] / (1 - _ADAM[1] ** step)
            decay = _DECAY * weights[i] if weights[i].ndim > 1 else 0.0
            weights[i] = (weights[i] - rate * (mean / (np.sqrt(square) + 1e-8) + decay)).astype(np.float32)
        if step % 300 == 0:
            print(f"  step {step} of {len(batches)}, loss {loss:.3f}", flush=True)
    return Network(*weights)
