"""The queue of cells that wait for a person: look-alikes together, the rest one by one. Pure.

Forty pictures that the machine reads alike are checked at one glance: the eye finds the one that isn't like the others.
What is struck out there, and what has no proposal, is shown by itself, without the proposal. Among both, known cells
are mixed in: they tell how well the person at work sees, and count for nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crosscheck.model import Given, NotAttempted, Points
from scoring.places import Place

MOST_TOGETHER, LEAST_TOGETHER = 40, 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its picture. `proposals`: what it may be, most likely first. `boxes`: whether it is a row of boxes,
    so that cells with as many boxes look alike. `doubt`: 0 (hardly any) to 1. `stands`: a score in doubt. `alone`:
    somebody said that it isn't what it seems: it is shown by itself."""

    place: Place
    number: str
    maximum: int
    boxes: bool
    proposals: tuple[Given, ...]
    doubt: float
    rule: str
    crop: str
    stands: Given | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A cell whose points are certain."""

    cell: Cell
    truth: Given


Shown = Cell | Known


@dataclass(frozen=True, slots=True)
class Group:
    """Cells that are read alike, as they are shown: numbered from 1 in this order."""

    given: Given
    shown: tuple[Shown, ...]


def doubt(candidates: Sequence[str], measures: Mapping[str, object]) -> float:
    """How doubtful a reading is, from 0 to 1, by what was measured: how much another box is marked, or how far digits
    are not believed."""
    if not candidates:
        return 1.0
    believed = measures.get("believed")
    if isinstance(believed, dict):
        mass = measures.get("mass", 1.0)
        assert isinstance(mass, float | int)
        return _within(1.0 - float(believed.get(candidates[0], 0.0)) * float(mass))
    covered = {sign: _coverage(boxed) for sign, boxed in measures.items()}
    mine = covered.get(candidates[0], 0.0)
    rival = max((share for sign, share in covered.items() if sign != candidates[0]), default=0.0)
    return _within(2 * rival / (mine + rival)) if mine + rival > 0 else 1.0


def _coverage(boxed: object) -> float:
    return float(boxed[0]) if isinstance(boxed, list) and boxed else 0.0


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


# --- what is shown together, what alone ---------------------------------------------------------------


def _alike(cell: Cell) -> tuple[Given, int] | None:
    if cell.alone or not cell.proposals or cell.stands is not None:
        return None
    # A row of boxes looks like another one of as many boxes, with the cross at the same place.
    return cell.proposals[0], cell.maximum if cell.boxes else -1


def groups(cells: Iterable[Cell]) -> tuple[Group, ...]:
    """Look-alikes, most doubtful first, at most MOST_TOGETHER at once; larger groups first."""
    found: dict[tuple[Given, int], list[Cell]] = {}
    for cell in cells:
        if (alike := _alike(cell)) is not None:
            found.setdefault(alike, []).append(cell)
    made = [
        Group(given, tuple(members[start : start + MOST_TOGETHER]))
        for (given, _boxes), members in found.items()
        if len(members) >= LEAST_TOGETHER
        for members in [sorted(members, key=lambda cell: (-cell.doubt, cell.number, cell.place.criterion))]
        for start in range(0, len(members), MOST_TOGETHER)
    ]
    return tuple(sorted(made, key=lambda group: -len(group.shown)))


# --- known cells ------------------------------------------------------------------------------------


def seeded(group: Group, known: Sequence[Known], percent: int, rng: random.Random) -> Group:
    """A group with known cells among the others, about `percent` of a hundred: by turns one that belongs there and one
    that must be struck."""
    boxes = {shown.maximum for shown in group.shown if isinstance(shown, Cell) and shown.boxes}
    fitting = [one for one in known if (one.cell.maximum in boxes) == bool(boxes) and one.cell.boxes == bool(boxes)]
    wrong = [one for one in fitting if one.truth != group.given]
    right = [one for one in fitting if one.truth == group.given]
    shown = list(group.shown)
    for _ in range(_how_many(len(group.shown), percent, rng)):
        pool = wrong if rng.random() < 0.5 else right
        if pool := pool or wrong or right:
            one = pool.pop(rng.randrange(len(pool)))
            shown.insert(rng.randrange(len(shown) + 1), one)
    return replace(group, shown=tuple(shown))


def with_known(cells: Sequence[Cell], known: Sequence[Known], percent: int, rng: random.Random) -> tuple[Shown, ...]:
    """Single cells with known ones among them."""
    shown: list[Shown] = []
    for cell in cells:
        if known and rng.random() * 100 < percent:
            shown.append(rng.choice(known))
        shown.append(cell)
    return tuple(shown)


def _how_many(cells: int, percent: int, rng: random.Random) -> int:
    expected = cells * percent / 100
    return int(expected) + (rng.random() < expected % 1)


# --- who sees how well --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tried:
    """What a person said of a known cell. `said` None: struck. `proposed`: under which reading it was shown, if any."""

    who: str
    truth: Given
    said: Given | None
    proposed: Given | None


@dataclass(frozen=True, slots=True)
class Measured:
    """How a person did with known cells: how many, wrong ones among look-alikes let pass, right ones struck, and keyed
    wrongly. `double` cells were also said by somebody else; of them so many were `overruled`."""

    who: str
    known: int
    passed: int
    struck: int
    keyed: int
    double: int
    overruled: int

    @property
    def wrong(self) -> int:
        return self.passed + self.struck + self.keyed

    def at_most(self, confidence: float = 0.95) -> float | None:
        """The share of cells this person gets wrong, at most, with this confidence (Clopper and Pearson, 1934); None
        when nothing is known."""
        from scoring.bounds import rate_at_most

        return rate_at_most(self.wrong, self.known, confidence) if self.known else None


def measured(tried: Iterable[Tried], double: Mapping[str, tuple[int, int]]) -> tuple[Measured, ...]:
    """By person. `double`: of each person, how many cells somebody else said too, and how many were overruled."""
    by_person: dict[str, list[Tried]] = {who: [] for who in double}
    for one in tried:
        by_person.setdefault(one.who, []).append(one)
    return tuple(
        Measured(
            who,
            len(ones),
            sum(one.proposed is not None and one.said is not None and one.truth != one.proposed for one in ones),
            sum(one.proposed is not None and one.said is None and one.truth == one.proposed for one in ones),
            sum(one.proposed is None and one.said != one.truth for one in ones),
            *double.get(who, (0, 0)),
        )
        for who, ones in sorted(by_person.items())
    )


def given_of_sign(sign: str) -> Given:
    """Points or X from the sign that is recorded."""
    return NotAttempted() if sign == "X" else Points(int(sign))
