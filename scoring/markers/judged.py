"""What a family of tests comes to: one kind of marker over all schools, classes or experts, held together. Pure.

Within a family the false discovery rate is held (Benjamini & Hochberg 1995), and limits cover at the rate that the
selection asks for (Benjamini & Yekutieli 2005), on the side that was tested: so limits and markers say the same, as far
as both rest on one distribution, unless more than half stand out (limits are never narrower than 95 %). Families stand
apart. A marker is a reason to look closer, never a finding of fault.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.measures.limits import SURE

RATE = 0.05  # of false discoveries in a family
POWER, LEVEL = 0.8, 0.005  # for "how many works": about what the rate asks of one school in a district of forty


class Kind(enum.StrEnum):
    """What may stand out."""

    RAISED = "raised"  # results above those of other schools
    PROFILE = "profile"  # hard tasks better and easy ones worse than others with the same totals
    OWN = "own"  # the school's own marking above the cross-check
    STEP = "step"  # more works just at a boundary of marks than just below
    IDENTICAL = "identical"  # works of one class with the same points everywhere
    JOURNAL = "journal"  # results above the marks in the journal
    JUMP = "jump"  # this year's results against last year's
    DRIFT = "drift"  # an expert's points move against others' while marking
    HALO = "halo"  # one impression of a work colours an expert's points of all its tasks
    SPREAD = "spread"  # an expert's points lie further from others' than usual, up and down


_BOTH_SIDES = (Kind.JUMP, Kind.DRIFT)  # of all others only what lies above counts


class Why(enum.StrEnum):
    """Why a kind of marker is not judged at all."""

    NOTHING = "nothing"  # no such data in the ledger
    FEW_GROUPS = "few_groups"  # too few schools or classes with enough works to tell what is usual
    SAME = "same"  # all values are the same
    NOT_LINKED = "not_linked"  # no work links all experts
    MANY_READERS = "many_readers"  # more experts than one computation takes
    ONE_MARKING = "one_marking"  # nobody reads a work twice, so severity can't be told from the school's doing
    REPEATS = "repeats"  # forms of schools repeat what the experts gave
    SCALE = "scale"  # too few points on the scale beside the boundaries
    NO_BOUNDARIES = "no_boundaries"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was measured of one group, before it is judged among the others.

    name: of the school or class; works: counted; effect: in the unit of its kind; p: chance of so much or more where
    nothing is unusual; limits: from a confidence level to limits of the effect; worth: large enough to be said."""

    name: str
    works: int
    effect: float
    p: float
    limits: Callable[[float], tuple[float, float]]
    worth: bool = True


@dataclass(frozen=True, slots=True)
class Tested:
    """A group judged among the others; marked: it stands out at the rate of false discoveries of the family."""

    name: str
    works: int
    effect: float
    low: float
    high: float
    p: float
    marked: bool


@dataclass(frozen=True, slots=True)
class Few:
    """Not judged: how many works there are, and how many would be needed."""

    name: str
    works: int
    needed: int


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of marker over all groups, those judged in the order of p."""

    kind: Kind
    tested: tuple[Tested, ...]
    few: tuple[Few, ...]
    rate: float = RATE

    @property
    def marked(self) -> tuple[Tested, ...]:
        return tuple(one for one in self.tested if one.marked)

    @property
    def expected_false(self) -> float:
        """How many of the markers are false, at most and on average."""
        return self.rate * len(self.marked)


@dataclass(frozen=True, slots=True)
class Absent:
    """A kind of marker that is not judged. groups: numbers of experts that works link, where that is why."""

    kind: Kind
    why: Why
    few: tuple[Few, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()


Outcome = Family | Absent


def held(kind: Kind, some: Sequence[Candidate], few: Sequence[Few] = (), rate: float = RATE) -> Family:
    """Judge a family. What isn't worth saying counts as not unusual at all, which only makes fewer markers."""
    if not some:
        return Family(kind, (), tuple(few), rate)
    counting = np.array([one.p if one.worth else 1.0 for one in some])
    marked = stats.false_discovery_control(np.clip(counting, 0.0, 1.0)) <= rate
    sides = 1 if kind in _BOTH_SIDES else 2
    level = 1 - sides * rate * max(1, int(marked.sum())) / len(some)
    tested = [
        Tested(one.name, one.works, one.effect, *one.limits(max(level, SURE)), one.p, bool(stands))
        for one, stands in zip(some, marked, strict=True)
    ]
    return Family(kind, tuple(sorted(tested, key=lambda one: (not one.marked, one.p))), tuple(few), rate)
