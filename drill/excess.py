"""The drill of schools' own marking: who is accused, over made-up districts where some schools do give more.

40 schools of 25 works, 40 readers; one school in ten gives 0.4 of a standard deviation more to its own. Each work has
two readers: drawn for each work, or the same two for all works of a school (in a ring, so that works link all readers).
A plain test on paired differences is played beside it and printed: it accuses the innocent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from drill.gate import Gate
from drill.recipe import Dice
from scoring.measures import excess
from scoring.measures.readings import Floats, Ints, Readings

SCHOOLS, WORKS, READERS, RAISED = 40, 25, 40, 4
_POINTS, _TOTAL, _CARE, _SEVERITY, _GOOD_FAITH = 2.0, 5.0, 1.4, 1.0, 0.3
# False discoveries, and raised schools that are found: the least that may be.
_RATE, _FOUND = 0.05, {"one by one": 0.81, "two for a school": 0.55}


@dataclass(frozen=True, slots=True)
class District:
    """Cross-check, school of each work, what schools gave. The first schools give more, where some do."""

    seen: Readings
    school: Ints
    own: Floats
    raised: int


Marked = npt.NDArray[np.bool_]


def run(seed: int, districts: int) -> tuple[Gate, ...]:
    """So many districts of each kind, and as many without a school that gives more."""
    found: list[Gate] = []
    for kind in _FOUND:
        some = [made(np.random.default_rng([seed, n]), kind, RAISED) for n in range(districts)]
        found += _gates(kind, some, _marked)
        for gate in _gates(kind, some, _plainly):
            print(f"  a plain test, {gate.name}: {gate.value} of {gate.n}", file=sys.stderr)
        fair = [_marked(made(np.random.default_rng([seed, n]), kind, 0)) for n in range(districts)]
        # Where nobody gives more every marker is a false discovery. Chance of so few is allowed for.
        most = int(_RATE * districts + 2 * (_RATE * districts) ** 0.5)
        accused = sum(bool(marked.any()) for marked in fair)
        found.append(
            Gate(f"{kind}: districts where somebody is marked and nobody gives more", accused, most, districts)
        )
    return tuple(found)


def _gates(kind: str, some: list[District], judge: Callable[[District], Marked]) -> Iterator[Gate]:
    false, missed = 0.0, 0
    for district in some:
        marked = judge(district)
        innocent = int(marked[district.raised :].sum())
        false += innocent / max(1, int(marked.sum()))
        missed += district.raised - int(marked[: district.raised].sum())
    n = len(some)
    yield Gate(f"{kind}: false discoveries, sum of shares", int(np.ceil(false)), max(1, int(_RATE * n)), n)
    yield Gate(f"{kind}: schools that give more not found", missed, int((1 - _FOUND[kind]) * RAISED * n), RAISED * n)


def _marked(district: District) -> Marked:
    found = excess.excesses(district.seen, district.school, district.own)
    if not isinstance(found, excess.Excesses):
        raise RuntimeError(f"no judgement: {found}")
    marked = np.zeros(SCHOOLS, dtype=bool)
    marked[[one.school for one in found.schools if one.marked]] = True
    return marked


def _plainly(district: District) -> Marked:
    """Paired differences, each school's against that of the usual school, and nothing of readers."""
    seen = district.seen
    mean = np.bincount(seen.unit, seen.value) / np.bincount(seen.unit)
    apart = (district.own - mean).reshape(SCHOOLS, WORKS)
    means = apart.mean(axis=1)
    t = (means - np.median(means)) / (apart.std(axis=1, ddof=1) / WORKS**0.5)
    return excess.false_discovery(stats.t.sf(t, WORKS - 1), _RATE)


def made(dice: Dice, kind: str, raised: int) -> District:
    """A district."""
    school = np.repeat(np.arange(SCHOOLS), WORKS)
    if kind == "two for a school":
        ring = dice.permutation(READERS)
        first, second = ring[school], np.roll(ring, 1)[school]
    else:
        first = dice.integers(0, READERS, len(school))
        second = (first + dice.integers(1, READERS, len(school))) % READERS
    reader, work = np.concatenate([first, second]), np.tile(np.arange(len(school)), 2)
    worth, severity = dice.normal(20, _TOTAL, len(school)), dice.normal(0, _SEVERITY, READERS)
    points = worth[work] - severity[reader] + dice.normal(0, _CARE, len(work))
    more = dice.normal(0, _GOOD_FAITH, SCHOOLS) + _POINTS * (np.arange(SCHOOLS) < raised)
    own = worth + more[school] + dice.normal(0, _CARE, len(school))
    return District(Readings(work, reader, points), school, own, raised)
