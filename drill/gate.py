"""A gate on correctness: something counted that must not happen more often than its limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """`value` counted in `n` chances; more than `limit` is a failure."""

    name: str
    value: int
    limit: int
    n: int

    @property
    def ok(self) -> bool:
        return self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that can be run by name: `run` takes the seed and how many `unit` to try (`usual` when nobody says)."""

    run: Callable[[int, int], tuple[Gate, ...]]
    unit: str
    usual: int
