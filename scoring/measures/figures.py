"""What a measure can come to: a figure, or why there is none. Never a NaN."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A figure."""

    value: float


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """No figure: `n` observations where `needed` are the least."""

    n: int
    needed: int


@dataclass(frozen=True, slots=True)
class NoVariation:
    """No figure: all `n` values are the same, so agreement beyond chance has no meaning."""

    n: int


Figure = Known | NotEnoughData | NoVariation
