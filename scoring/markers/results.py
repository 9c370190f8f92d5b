"""Raised results, inverted task profiles, cohorts that change: means of schools against those of others. Pure.

Schools differ in good faith, and by how much is told by the others (`usual`). Raised: 0.5 standard deviations of all
works and z above 2 are asked for as well, as is the custom of the field. Profile: hard tasks better and easy ones worse
than works with the same totals elsewhere; a strong school does better everywhere, and that is no sign of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.markers.frame import Frame
from scoring.markers.judged import RATE, Absent, Candidate, Few, Kind, Outcome, Why, held
from scoring.markers.power import works_for_mean
from scoring.markers.usual import LEAST_GROUPS, Apart, apart
from scoring.measures.readings import Floats, Ints

LEAST_RAISED, LEAST_PROFILE, LEAST_COHORT = 10, 25, 25
HIGH_Z, HIGH_SPREADS = 2.0, 0.5
_SHOWN = 1.0  # spreads: the effect for which "how many works" is said
_LEVEL_WORKS = 30  # works that share a level of totals


@dataclass(frozen=True, slots=True)
class _Groups:
    """Values by group. enough: groups with enough works; noise: variance of their means; spread: within groups."""

    names: tuple[str, ...]
    enough: Ints
    works: Ints
    mean: Floats
    noise: Floats
    few: tuple[Few, ...]


def _groups(names: Sequence[str], group: Ints, value: Floats, least: int, needed: int) -> _Groups:
    n = np.bincount(group, minlength=len(names)).astype(np.int64)
    enough = np.nonzero(n >= least)[0]
    few = tuple(Few(names[int(at)], int(n[at]), max(least, needed)) for at in np.nonzero((n > 0) & (n < least))[0])
    mean = np.bincount(group, value, minlength=len(names)) / np.maximum(n, 1)
    within = float(((value - mean[group]) ** 2).sum()) / max(1, len(value) - int((n > 0).sum()))
    noise = within / np.maximum(n, 1)
    return _Groups(tuple(names[int(at)] for at in enough), enough, n[enough], mean[enough], noise[enough], few)


def _candidates(groups: _Groups, found: Apart, p: Floats, worth: npt.NDArray[np.bool_]) -> list[Candidate]:
    return [
        Candidate(name, int(groups.works[at]), float(found.effect[at]), float(p[at]), found.limits(at), bool(worth[at]))
        for at, name in enumerate(groups.names)
    ]


def raised(frame: Frame, rate: float = RATE) -> Outcome:
    """Means of schools above those of other schools, in points."""
    totals = frame.totals.astype(np.float64)
    spread = float(totals.std(ddof=1)) if len(totals) > 1 else 0.0
    groups = _groups(frame.schools, frame.school, totals, LEAST_RAISED, works_for_mean(_SHOWN))
    if (absent := _absent(Kind.RAISED, groups)) is not None:
        return absent
    found = apart(groups.mean, groups.noise)
    worth = (found.z > HIGH_Z) & (found.effect >= HIGH_SPREADS * spread)
    return held(Kind.RAISED, _candidates(groups, found, found.above(), worth), groups.few, rate)


def profile(frame: Frame, rate: float = RATE) -> Outcome:
    """Hard tasks better and easy ones worse than in works with the same totals elsewhere, in shares of points."""
    if frame.works == 0 or frame.task.max() < 1:
        return Absent(Kind.PROFILE, Why.NOTHING)
    value = _against_equals(frame)
    groups = _groups(frame.schools, frame.school, value, LEAST_PROFILE, works_for_mean(_SHOWN))
    if (absent := _absent(Kind.PROFILE, groups)) is not None:
        return absent
    found = apart(groups.mean, groups.noise)
    return held(Kind.PROFILE, _candidates(groups, found, found.above(), found.effect > 0), groups.few, rate)


def _against_equals(frame: Frame) -> Floats:
    """Of each work: hardest third of tasks less easiest third, against the mean of other schools' works of about the
    same total; 0 where there are none, which says nothing for or against the school."""
    shares = frame.of_tasks()
    order = np.argsort(shares.mean(axis=0), kind="stable")
    third = max(1, len(order) // 3)
    inverted = shares[:, order[:third]].mean(axis=1) - shares[:, order[-third:]].mean(axis=1)
    level = _levels(frame.totals)
    own = level * len(frame.schools) + frame.school
    others = np.bincount(level)[level] - np.bincount(own)[own]
    rest = np.bincount(level, inverted)[level] - np.bincount(own, inverted)[own]
    return np.asarray(np.where(others > 0, inverted - rest / np.maximum(1, others), 0.0))


def _levels(totals: Ints) -> Ints:
    """Neighbouring totals together, so that each level has works of many schools; equal totals stay together."""
    count = np.bincount(totals)
    below = np.cumsum(count) - count
    return np.asarray((below // _LEVEL_WORKS)[totals], dtype=np.int64)


def _absent(kind: Kind, groups: _Groups) -> Absent | None:
    if len(groups.names) < LEAST_GROUPS:
        return Absent(kind, Why.FEW_GROUPS, groups.few)
    return Absent(kind, Why.SAME, groups.few) if not groups.noise.min() > 1e-12 else None


# --- cohorts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Results of two years. names: of schools; now, before: totals of works in any unit of their year, each with the
    school of its work, as a place in names. The pupils may be others."""

    names: tuple[str, ...]
    now: Floats
    school_now: Ints
    before: Floats
    school_before: Ints


@dataclass(frozen=True, slots=True)
class Pupils:
    """Results of the same pupils in two years, joined by their schools: one place for each pupil."""

    names: tuple[str, ...]
    now: Floats
    before: Floats
    school: Ints


def jumps(cohorts: Cohorts, rate: float = RATE) -> Outcome:
    """How much schools changed, up or down, in standard deviations of a year's works: against other schools' change."""
    if not len(cohorts.now) or not len(cohorts.before):
        return Absent(Kind.JUMP, Why.NOTHING)
    now, before = _standard(cohorts.now), _standard(cohorts.before)
    if now is None or before is None:
        return Absent(Kind.JUMP, Why.SAME)
    needed = works_for_mean(_SHOWN / 2**0.5)
    this = _groups(cohorts.names, cohorts.school_now, now, 1, needed)
    last = _groups(cohorts.names, cohorts.school_before, before, 1, needed)
    both, at, then = np.intersect1d(this.enough, last.enough, return_indices=True)
    works = np.minimum(this.works[at], last.works[then])
    enough = works >= LEAST_COHORT
    few = tuple(
        Few(cohorts.names[school], int(n), max(LEAST_COHORT, needed))
        for school, n in zip(both[~enough], works[~enough], strict=True)
    )
    groups = _Groups(
        tuple(cohorts.names[school] for school in both[enough]),
        both[enough],
        works[enough],
        (this.mean[at] - last.mean[then])[enough],
        (this.noise[at] + last.noise[then])[enough],
        few,
    )
    return _jumps(groups, rate)


def jumps_of_pupils(pupils: Pupils, rate: float = RATE) -> Outcome:
    """The same where the pupils are the same: their own changes."""
    if not len(pupils.now):
        return Absent(Kind.JUMP, Why.NOTHING)
    now, before = _standard(pupils.now), _standard(pupils.before)
    if now is None or before is None:
        return Absent(Kind.JUMP, Why.SAME)
    groups = _groups(pupils.names, pupils.school, now - before, LEAST_COHORT, works_for_mean(_SHOWN))
    return _jumps(groups, rate)


def _jumps(groups: _Groups, rate: float) -> Outcome:
    if (absent := _absent(Kind.JUMP, groups)) is not None:
        return absent
    found = apart(groups.mean, groups.noise)
    return held(
        Kind.JUMP,
        _candidates(groups, found, found.either(), np.ones(len(groups.names), dtype=bool)),
        groups.few,
        rate,
    )


def _standard(values: Floats) -> Floats | None:
    """Against the mean of all, in their standard deviations."""
    spread = float(values.std())
    return np.asarray((values - values.mean()) / spread) if spread > 1e-12 else None
