"""The recogniser of digits: pictures are made, three networks learn from them, their weights go into the product.

About a quarter of an hour of computing. Each step leaves its result in build/digits: what was interrupted goes on
where it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drill import digit_data
from scoring.digits import network
from training.learning import learned
from training.making import made

BUILD = Path(__file__).parent.parent / "build" / "digits"
NETS = 3
PICTURES = 40_000

_Arrays = Mapping[str, NDArray[Any]]


def run(data: Path) -> None:
    """All that is not done yet, then the weights. `data`: the folder of both collections."""
    BUILD.mkdir(parents=True, exist_ok=True)
    digits = digit_data.read(data)
    nets = []
    for net in range(NETS):
        pictures = BUILD / f"pictures-{net}.npz"
        if not pictures.exists():
            print(f"net {net}: making {PICTURES} pictures", flush=True)
            several, classes = made(digits.learned, PICTURES, seed=net)
            _write(pictures, {"pictures": several, "classes": classes})
        weights = BUILD / f"net-{net}.npz"
        if not weights.exists():
            print(f"net {net}: learning", flush=True)
            stored = _read(pictures)
            _write(weights, dataclasses.asdict(learned(stored["pictures"], stored["classes"], seed=net)))
        nets.append(_read(weights))
    together: dict[str, Any] = {
        name: np.stack([net[name] for net in nets]).astype(np.float16) for name in sorted(nets[0])
    }
    np.savez_compressed(network.WEIGHTS, **together)
    print(f"{network.WEIGHTS.name}: {network.WEIGHTS.stat().st_size // 1000} kB")


def _write(path: Path, arrays: _Arrays) -> None:
    half = path.with_suffix(".half.npz")
    several: dict[str, Any] = dict(arrays)
    np.savez(half, **several)
    half.replace(path)


def _read(path: Path) -> dict[str, NDArray[Any]]:
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
