"""From the signs in the digit cells of one number to how much each value is believed. Pure.

Only values that the place may hold are weighed: 0 to its maximum, and X where it may stand. What speaks for others is
kept as `mass`: a 7 where nothing above 3 is possible is no 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.model import Given, NotAttempted, Points

X_AT = 10  # place of X in a sign's beliefs: 0 to 9, X, and all that is no sign


@dataclass(frozen=True, slots=True)
class Nothing:
    """An empty cell."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A cell in which no sign can be told from what else is there."""

    why: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign: belief in 0 to 9, X and no sign (together 1), and whether its middle is paper closed in by ink."""

    beliefs: tuple[float, ...]
    hole: bool


CellLook = Nothing | Unsure | Sign


@dataclass(frozen=True, slots=True)
class NoNumber:
    """All cells of the place are empty."""


@dataclass(frozen=True, slots=True)
class Illegible:
    """What stands there is no number by itself, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Shares:
    """How much each value is believed: `points` of 0 to the maximum, `x` of X, together 1. `mass`: the share of all
    belief that went to these. `signs`: how many cells are written in. `hole`: of a single sign, as in Sign."""

    points: tuple[float, ...]
    x: float
    mass: float
    signs: int
    hole: bool

    @property
    def best(self) -> Given:
        """The value believed most."""
        most = self.points.index(max(self.points))
        return NotAttempted() if self.x > self.points[most] else Points(most)

    def share(self, value: Given) -> float:
        """How much a value is believed; nothing above the maximum is."""
        match value:
            case Points(points):
                return self.points[points] if points < len(self.points) else 0.0
            case NotAttempted():
                return self.x

    def shaped(self) -> bool:
        """Whether the best value looks like itself: no sum tells 0 from X, so a second look must. A single 0 has a hole
        in its middle, an X has none."""
        if self.signs > 1 or self.best not in (Points(0), NotAttempted()):
            return True
        return self.hole == (self.best == Points(0))

    def proposals(self, least: float = 0.02) -> tuple[Given, ...]:
        """Values believed at least so much, the most believed first."""
        weighed = [(share, Points(value)) for value, share in enumerate(self.points)]
        several: list[tuple[float, Given]] = [*weighed, (self.x, NotAttempted())]
        return tuple(given for share, given in sorted(several, key=lambda pair: -pair[0]) if share >= least)


NumberReading = Shares | NoNumber | Illegible


def read_number(looks: Sequence[CellLook], maximum: int, *, x: bool) -> NumberReading:
    """What one or two cells say. One sign may stand in either of two cells; `x`: whether it may be an X."""
    for look in looks:
        if isinstance(look, Unsure):
            return Illegible(look.why)
    signs = [look for look in looks if isinstance(look, Sign)]
    if not signs:
        return NoNumber()
    points = [_belief(signs, value) for value in range(maximum + 1)]
    cross = signs[0].beliefs[X_AT] if x and len(signs) == 1 else 0.0
    mass = sum(points) + cross
    if mass < 1e-6:
        return Illegible("none")
    return Shares(
        tuple(share / mass for share in points), cross / mass, mass, len(signs), len(signs) == 1 and signs[0].hole
    )


def _belief(signs: Sequence[Sign], value: int) -> float:
    if len(signs) == 1:
        return signs[0].beliefs[value] if value < 10 else 0.0
    return signs[0].beliefs[value // 10] * signs[1].beliefs[value % 10]
