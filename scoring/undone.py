"""What is left of things that were said, when some of them take back the newest other one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def left(said: Iterable[T], takes_back: Callable[[T], bool]) -> tuple[T, ...]:
    """In order; what takes back where nothing is left takes back nothing."""
    standing: list[T] = []
    for one in said:
        if not takes_back(one):
            standing.append(one)
        elif standing:
            standing.pop()
    return tuple(standing)
