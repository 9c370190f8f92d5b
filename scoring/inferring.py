"""Which rule made final scores from two readings? From what was recorded, with its exceptions. Pure.

Whoever takes over a procedure often has last year's scores and nobody who knows the rule. Every rule is tried on every
row; the one that explains most is told, with all rows that it doesn't explain, and with the rules that explain as many:
a table in which readings never differ tells nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crosscheck.model import Points
from crosscheck.procedure import Minor, Third
from scoring.verdicts import counted, settled_by_third, settled_minor


@dataclass(frozen=True, slots=True)
class Recorded:
    """Readings of a work or criterion, and what stood in the end; third: None where there was none. times: how often
    just this is recorded."""

    first: int
    second: int
    third: int | None
    final: int
    times: int = 1

    @property
    def apart(self) -> int:
        """Points between the two readings."""
        return abs(self.first - self.second)


class Pair(enum.StrEnum):
    """What two readings may make."""

    MEAN_UP = "mean_up"
    MEAN_DOWN = "mean_down"
    HIGHER = "higher"
    LOWER = "lower"
    FIRST = "first"
    SECOND = "second"
    SUM = "sum"


class Three(enum.StrEnum):
    """What a third reading may make of it."""

    FINAL = "final"
    NEAREST = "nearest"
    MEAN = "mean"
    NEAREST_SUM = "nearest_sum"


def _minor(rule: Minor) -> Callable[[int, int], int]:
    return lambda first, second: counted(settled_minor((Points(first), Points(second)), rule))


def _third(rule: Third) -> Callable[[int, int, int], int]:
    return lambda first, second, third: counted(settled_by_third(Points(third), (Points(first), Points(second)), rule))


Made = Callable[[Recorded], int]
Rule = TypeVar("Rule")


def _of_two(made: Callable[[int, int], int]) -> Made:
    return lambda row: made(row.first, row.second)


def _of_three(made: Callable[[int, int, int], int]) -> Made:
    def of(row: Recorded) -> int:
        if row.third is None:
            raise ValueError("no third reading")
        return made(row.first, row.second, row.third)

    return of


_PAIRS: Mapping[Pair, Callable[[int, int], int]] = {
    **{Pair(rule.value): _minor(rule) for rule in Minor},
    Pair.SECOND: lambda _first, second: second,
    Pair.SUM: lambda first, second: first + second,
}
_THREES: Mapping[Three, Callable[[int, int, int], int]] = {
    **{Three(rule.value): _third(rule) for rule in Third},
    Three.NEAREST_SUM: lambda first, second, third: (
        third + min((first, second), key=lambda points: (abs(points - third), -points))
    ),
}


@dataclass(frozen=True, slots=True)
class Found(Generic[Rule]):
    """Rules that explain most rows, none better than another; rows there are, those explained, and the exceptions."""

    rules: tuple[Rule, ...]
    rows: int
    explained: int
    exceptions: tuple[Recorded, ...]


@dataclass(frozen=True, slots=True)
class Inferred:
    """pair: of rows without a third reading; three: of those with one. called: points apart from which on a third
    reading was made (None: never, or not by points apart); not_called: the most points apart without one."""

    pair: Found[Pair]
    three: Found[Three]
    called: int | None
    not_called: int | None


def infer(rows: Sequence[Recorded]) -> Inferred:
    """The rules that explain most."""
    two = [row for row in rows if row.third is None]
    more = [row for row in rows if row.third is not None]
    called = min((row.apart for row in more), default=None)
    not_called = max((row.apart for row in two), default=None)
    pair = _best(two, {rule: _of_two(made) for rule, made in _PAIRS.items()})
    three = _best(more, {rule: _of_three(made) for rule, made in _THREES.items()})
    return Inferred(pair, three, called, not_called)


def _best(rows: Sequence[Recorded], rules: Mapping[Rule, Made]) -> Found[Rule]:
    total = sum(row.times for row in rows)
    explained = {rule: sum(row.times for row in rows if made(row) == row.final) for rule, made in rules.items()}
    most = max(explained.values())
    best = tuple(rule for rule, count in explained.items() if count == most)
    exceptions = tuple(row for row in rows if rules[best[0]](row) != row.final)
    return Found(best, total, most, exceptions)
