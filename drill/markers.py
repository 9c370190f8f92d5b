"""The drill of possible markers: who is named in districts where nothing is planted, and what is planted and not found.

Districts differ: large ones, small ones, short tests. Schools differ in level, classes of one teacher in what they are
good at, experts in severity and in how much one impression colours a work; all that is innocent. A planted case is
found when its family marks it among all the others. Powers of single tests and run lengths are held against tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.model import Part, WorkId
from crosscheck.procedure import Boundaries
from drill.gate import Gate
from drill.recipe import Dice
from scoring.markers import identical, journal, results, step
from scoring.markers.frame import Frame
from scoring.markers.judged import Family, Outcome
from scoring.measures.readings import Floats, Ints
from scoring.readers import drift, families
from scoring.readers.given import Given, residuals

_RATE = 0.05
PLANTED = "0"  # the first school, class or expert


@dataclass(frozen=True, slots=True)
class Size:
    """Of a district: schools, classes of each, pupils of each, tasks."""

    schools: int
    classes: int
    pupils: int
    tasks: int


_SIZES = (Size(40, 4, 27, 14), Size(8, 2, 15, 10), Size(25, 2, 25, 5))


def run(seed: int, districts: int) -> tuple[Gate, ...]:
    """So many districts without anything planted, as many with one case of each kind, and the tables."""
    return (*_innocent(seed, districts), *_planted(seed, districts), *_tables(seed, 20 * districts))


# --- nothing planted -----------------------------------------------------------------------------


def _innocent(seed: int, districts: int) -> Iterator[Gate]:
    named: dict[str, int] = {}
    for n in range(districts):
        for family, found in _judged(np.random.default_rng([seed, n]), _SIZES[n % len(_SIZES)]).items():
            named[family] = named.get(family, 0) + bool(found.marked if isinstance(found, Family) else ())
    most = int(_RATE * districts + 2 * (_RATE * districts) ** 0.5)
    for family, count in named.items():
        yield Gate(f"{family}: districts where somebody is marked and nothing is planted", count, most, districts)


def _judged(dice: Dice, size: Size) -> Mapping[str, Outcome]:
    frame = works(dice, size)
    return {
        "raised": results.raised(frame),
        "profile": results.profile(frame),
        "step": step.steps(frame),
        "identical": identical.identical(frame),
        "journal": journal.raised_above_journal(marks(dice, size, 0.0)),
        "jump": results.jumps(cohorts(dice, size, 0.0)),
        **readers(given(dice, size)),
    }


def works(dice: Dice, size: Size) -> Frame:
    """Settled results: abilities, schools at their levels, classes with their tastes in tasks."""
    classes = size.schools * size.classes
    class_set = np.repeat(np.arange(classes), size.pupils)
    school = class_set // size.classes
    ability = dice.normal(0, 1, len(class_set)) + dice.normal(0, 0.5, size.schools)[school]
    taste, hard = dice.normal(0, 0.25, (classes, size.tasks)), dice.normal(0, 1, size.tasks)
    maxima = np.array([(1, 1, 2, 3)[task % 4] for task in range(size.tasks)], dtype=np.int64)
    place = ability[:, None] + taste[class_set] - hard
    points = sum(
        ((dice.random(place.shape) < 1 / (1 + np.exp(0.6 * k - place))) & (maxima > k)).astype(np.int64)
        for k in range(3)
    )
    highest = int(maxima.sum())
    return Frame(
        schools=tuple(map(str, range(size.schools))),
        classes=tuple(map(str, range(classes))),
        school=school,
        class_set=class_set,
        points=np.asarray(points),
        task=np.arange(size.tasks),
        maxima=maxima,
        boundaries=Boundaries(int(0.3 * highest), int(0.55 * highest), int(0.8 * highest)),
    )


def marks(dice: Dice, size: Size, more: float) -> journal.Marks:
    """Marks of works beside marks in the journal; more: chance by which the first school's are raised more often."""
    school = np.repeat(np.arange(size.schools), size.classes * size.pupils)
    usual = np.clip(0.15 + dice.normal(0, 0.04, size.schools), 0.02, 0.9)
    usual[0] += more
    at = dice.random(len(school))
    apart = np.where(at < usual[school], 1, np.where(at > 0.8, -1, 0))
    return journal.Marks(
        tuple(map(str, range(size.schools))), school, 3 + np.maximum(apart, 0), 3 + np.maximum(-apart, 0)
    )


def cohorts(dice: Dice, size: Size, more: float) -> results.Cohorts:
    """Two years, each cohort at a level of its own; more: spreads by which the first school's rises."""
    n = size.classes * size.pupils
    school = np.repeat(np.arange(size.schools), n)
    usual, year = dice.normal(0, 0.5, size.schools), dice.normal(0, 0.2, (2, size.schools))
    year[0, 0] += more
    now, before = (dice.normal(0, 1, len(school)) + (usual + year[at])[school] for at in (0, 1))
    return results.Cohorts(tuple(map(str, range(size.schools))), now, school, before, school)


# --- experts -------------------------------------------------------------------------------------


def readers(some: Given) -> Mapping[str, Outcome]:
    found = families.families(some, residuals(some))
    return {"drift": found.drift, "halo": found.halo, "spread": found.spread}


def given(
    dice: Dice, size: Size, shift: float = 0.0, colour: float = 0.0, noise: float = 0.0, count: int = 60
) -> Given:
    """Two readers for each work. Of the first: shift: logits that he gives more from the middle on; colour, noise: of
    his impressions of whole works, and of each score, beyond what is usual."""
    people = max(4, size.schools)
    total = people * count // 2
    first = dice.integers(0, people, total)
    second = (first + dice.integers(1, people, total)) % people
    reader, work = np.concatenate([first, second]), np.tile(np.arange(total), 2)
    order = dice.permutation(2 * total)
    planted = reader == 0
    late = planted & (order > np.median(order[planted]))
    impression = dice.normal(0, 1, 2 * total) * np.where(planted, 0.4 + colour, 0.4)
    place = dice.normal(0, 1.2, total)[work] - dice.normal(0, 0.3, people)[reader] + impression + shift * late
    hard = dice.normal(0, 1, size.tasks)
    each = place[:, None] - hard + dice.normal(0, 1, (2 * total, size.tasks)) * (noise * planted)[:, None]
    points = sum((dice.random(each.shape) < 1 / (1 + np.exp(0.7 * (k - 1) - each))).astype(np.int64) for k in range(3))
    return Given(
        experts=tuple(map(str, range(people))),
        units=tuple((WorkId(str(n)), Part(0)) for n in range(total)),
        unit=work,
        reader=reader,
        points=np.asarray(points),
        maxima=np.full(size.tasks, 3, dtype=np.int64),
        order=np.asarray(order),
    )


# --- planted -------------------------------------------------------------------------------------

# What must be found at least, of planted cases, in districts of the first size.
_FOUND = {
    "raised": 0.8,
    "profile": 0.8,
    "step": 0.8,
    "identical": 0.8,
    "journal": 0.8,
    "jump": 0.8,
    "drift": 0.6,
    "halo": 0.8,
    "spread": 0.8,
}


def _planted(seed: int, districts: int) -> Iterator[Gate]:
    found = dict.fromkeys(_FOUND, 0)
    count = max(4, districts // 4)
    for n in range(count):
        for family, outcome in _with_one(np.random.default_rng([seed, n, 1]), _SIZES[0]).items():
            assert isinstance(outcome, Family)
            found[family] += any(one.name == PLANTED for one in outcome.marked)
    for family, least in _FOUND.items():
        missed = (1 - least) * count
        yield Gate(f"{family}: planted and not found", count - found[family], int(missed + missed**0.5), count)


def _with_one(dice: Dice, size: Size) -> Mapping[str, Outcome]:
    """A district for each kind, with one case in it."""
    frame = works(dice, size)
    return {
        "raised": results.raised(_altered(frame, lambda one: _raised(one, dice, 0.75))),
        "profile": results.profile(_altered(frame, lambda one: _inverted(one, dice))),
        "step": step.steps(lifted(frame, dice, 0.6)),
        "identical": identical.identical(_altered(frame, _copied)),
        "journal": journal.raised_above_journal(marks(dice, size, 0.35)),
        "jump": results.jumps(cohorts(dice, size, 2.0)),
        "drift": readers(given(dice, size, shift=1.5))["drift"],
        "halo": readers(given(dice, size, colour=1.2))["halo"],
        "spread": readers(given(dice, size, colour=0.8, noise=1.0))["spread"],
    }


def _altered(frame: Frame, how: Callable[[Frame], Ints]) -> Frame:
    return replace(frame, points=how(frame))


def _raised(frame: Frame, dice: Dice, chance: float) -> Ints:
    """Most of what the first school's works lack is given to them."""
    given_too = (frame.school == 0)[:, None] & (dice.random(frame.points.shape) < chance)
    return np.asarray(np.where(given_too, frame.maxima, frame.points))


def _inverted(frame: Frame, dice: Dice) -> Ints:
    """In the first school some of what is missing in hard tasks is given, and some of the easy ones is lost."""
    order = np.argsort(frame.of_tasks().mean(axis=0))
    third = len(order) // 3
    points, chance = frame.points.copy(), dice.random(frame.points.shape) < 0.3
    first = (frame.school == 0)[:, None] & chance
    for tasks, to in ((order[:third], frame.maxima), (order[-third:], np.zeros_like(frame.maxima))):
        points[:, tasks] = np.where(first[:, tasks], to[tasks], points[:, tasks])
    return points


def _copied(frame: Frame) -> Ints:
    """Six works of the first class are one and the same."""
    points = frame.points.copy()
    own = np.nonzero(frame.class_set == 0)[0]
    middle = own[np.argsort(frame.totals[own])[len(own) // 2]]
    points[own[:6]] = points[middle]
    return points


def lifted(frame: Frame, dice: Dice, share: float) -> Frame:
    """In the first school a share of the works just below a boundary reach it, and half as many of those one below."""
    points, totals = frame.points.copy(), frame.totals
    assert frame.boundaries is not None
    for b in (frame.boundaries.three, frame.boundaries.four, frame.boundaries.five):
        for below, chance in ((1, share), (2, share / 2)):
            for at in np.nonzero((frame.school == 0) & (totals == b - below))[0]:
                if dice.random() < chance:
                    _add(points[at], frame.maxima, below)
    return replace(frame, points=points)


def _add(row: Ints, maxima: Ints, more: int) -> None:
    for _point in range(more):
        row[int(np.argmax(row < maxima))] += 1


# --- tables --------------------------------------------------------------------------------------


def _tables(seed: int, tries: int) -> Iterator[Gate]:
    """Powers of single tests (26 points, three boundaries, 100 works; 25 works with journal marks) and run lengths."""
    dice = np.random.default_rng([seed, 2])
    steps_p = np.array([_step_of_one(dice, 0.4) for _try in range(max(20, tries // 10))])
    yield from _powers("step, 100 works, 0.4 of those below lifted", steps_p, (0.85, 0.52))
    raised = dice.binomial(25, 0.4, tries)
    yield from _powers(
        "journal, 25 works, .40 for .15", np.array([journal.chance(int(k), 25, 0.15) for k in raised]), (0.85, 0.58)
    )
    for length in (500, 2000):
        at = drift.threshold(length)
        runs = [_first_beyond(dice.normal(0, 1, 8 * length), at) for _try in range(max(40, tries // 10))]
        # Cut at eight times its length, a run is a third of a thousandth short on average.
        off = abs(float(np.mean(runs)) / length - 1)
        yield Gate(
            f"drift: run of {length} works by chance, off by per cent",
            round(100 * off),
            round(300 / len(runs) ** 0.5),
            100,
        )


def _powers(name: str, p: Floats, powers: tuple[float, float]) -> Iterator[Gate]:
    n = len(p)
    for level, power in zip((0.05, 0.005), powers, strict=True):
        missed = (1 - power) * n
        slack = 3 * (power * (1 - power) * n) ** 0.5 + 0.03 * n
        yield Gate(f"{name}: not found at {level:g}", int((p > level).sum()), int(missed + slack), n)
        yield Gate(f"{name}: found at {level:g}", int((p <= level).sum()), int(power * n + slack), n)


def _step_of_one(dice: Dice, share: float) -> float:
    """p of a school of 100 works among 3,900 others."""
    totals = np.clip(np.round(dice.normal(13, 5, 4000)), 0, 26).astype(np.int64)
    school = np.minimum(np.arange(4000) // 100, 39)
    one = np.zeros(1, dtype=np.int64)
    names = tuple(map(str, range(40)))
    maxima = np.array([26], dtype=np.int64)
    frame = Frame(names, names, school, school, totals[:, None], one, maxima, Boundaries(8, 14, 20))
    found = step.steps(lifted(frame, dice, share))
    assert isinstance(found, Family)
    return next(one.p for one in found.tested if one.name == PLANTED)


def _first_beyond(steps: Floats, at: float) -> int:
    up, _down = drift.sums(steps)
    beyond = np.nonzero(up > at)[0]
    return int(beyond[0]) + 1 if len(beyond) else len(steps)
