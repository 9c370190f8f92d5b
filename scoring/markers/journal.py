"""Results held against marks in the journal: lowered, confirmed, raised. Pure.

Which share of works with a result above the journal is usual, and how much schools differ in it, is told by the other
schools (beta-binomial, by moments: Williams 1982); the chance of a school's share is exact under that, limits are
Wilson's (1927), with works of a school counting as fewer for being alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from scoring.markers.judged import RATE, Absent, Candidate, Few, Kind, Outcome, Why, held
from scoring.markers.power import works_for_share
from scoring.markers.usual import LEAST_GROUPS
from scoring.measures.limits import normal
from scoring.measures.readings import Floats, Ints

LEAST_WORKS = 25
MORE = 0.25  # above the usual share: the excess for which "how many works" is said
FAR = 2  # marks


@dataclass(frozen=True, slots=True)
class Marks:
    """One place for each work with both marks. names: of schools; school: of each work, as a place in names; result,
    journal: marks 2 to 5."""

    names: tuple[str, ...]
    school: Ints
    result: Ints
    journal: Ints


@dataclass(frozen=True, slots=True)
class Compared:
    """Works of a group whose result is below, the same as, above the journal; far: by two marks or more."""

    lowered: int
    confirmed: int
    raised: int
    far: int

    @property
    def works(self) -> int:
        return self.lowered + self.confirmed + self.raised


def compared(marks: Marks) -> tuple[Compared, ...]:
    """Of each school, in the order of the names."""
    apart, size = marks.result - marks.journal, len(marks.names)
    lowered, confirmed, raised, far = (
        np.bincount(marks.school[some], minlength=size)
        for some in (apart < 0, apart == 0, apart > 0, np.abs(apart) >= FAR)
    )
    rows = zip(lowered.tolist(), confirmed.tolist(), raised.tolist(), far.tolist(), strict=True)
    return tuple(Compared(*row) for row in rows)


def direction(found: Compared) -> float:
    """Chance of so lopsided a division of raised and lowered works, were both as likely (sign test, two-sided)."""
    changed = found.lowered + found.raised
    return float(stats.binomtest(found.raised, changed).pvalue) if changed else 1.0


def wilson(k: int, n: int, level: float, alike: float = 0.0) -> tuple[float, float]:
    """Limits of a share; n of 1 or more. Works that are alike (correlation) count as so many fewer (Kish 1965)."""
    counting, z = n / (1 + (n - 1) * alike), normal(level)
    share, spare = k / n, z**2 / counting
    reach = z * math.sqrt(share * (1 - share) / counting + spare / (4 * counting))
    return (share + spare / 2 - reach) / (1 + spare), (share + spare / 2 + reach) / (1 + spare)


def raised_above_journal(marks: Marks, rate: float = RATE) -> Outcome:
    """Schools whose results are above the journal more often than elsewhere; effect: share above the usual one."""
    of_schools = compared(marks)
    n, k = (np.array(some, dtype=np.int64) for some in ([c.works for c in of_schools], [c.raised for c in of_schools]))
    enough = np.nonzero(n >= LEAST_WORKS)[0]
    share = float((k.sum() + 0.5) / (n.sum() + 1))
    needed = max(LEAST_WORKS, works_for_share(share, min(0.99, share + MORE)))
    few = tuple(Few(marks.names[at], int(n[at]), needed) for at in np.nonzero((n > 0) & (n < LEAST_WORKS))[0])
    if n.sum() == 0:
        return Absent(Kind.JOURNAL, Why.NOTHING)
    if len(enough) < LEAST_GROUPS:
        return Absent(Kind.JOURNAL, Why.FEW_GROUPS, few)
    usual, alike = _of_others(k[enough].astype(np.float64), n[enough].astype(np.float64))
    some = [
        _candidate(marks.names[school], int(k[school]), int(n[school]), float(usual[at]), float(alike[at]))
        for at, school in enumerate(enough)
    ]
    return held(Kind.JOURNAL, some, few, rate)


def _of_others(k: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Share among the other schools, and how alike works of one school are there (correlation, 0 for not at all); where
    they are, by a standard error more than it seems, because schools that are few tell it badly."""
    works, raised, groups = n.sum() - n, k.sum() - k, len(n) - 1
    share = (raised + 0.5) / (works + 1)
    between = ((k**2 / n).sum() - k**2 / n) - raised**2 / works
    spare = works - ((n**2).sum() - n**2) / works - (groups - 1)
    alike = (between / (share * (1 - share)) - (groups - 1)) / np.maximum(spare, 1e-9)
    unsure = np.sqrt(2 / max(1, groups - 1)) * (groups / np.maximum(works, 1) + np.maximum(alike, 0.0))
    return share, np.clip(np.where(alike > 0, alike + unsure, 0.0), 0.0, 0.9)


def _candidate(name: str, k: int, n: int, usual: float, alike: float) -> Candidate:
    def limits(level: float) -> tuple[float, float]:
        low, high = wilson(k, n, level, alike)
        return low - usual, high - usual

    return Candidate(name, n, k / n - usual, chance(k, n, usual, alike), limits)


def chance(k: int, n: int, usual: float, alike: float = 0.0) -> float:
    """Of k works or more of n, where `usual` is usual and works of a school are alike."""
    if alike <= 1e-6:
        return float(stats.binom.sf(k - 1, n, usual))
    size = (1 - alike) / alike
    return float(stats.betabinom.sf(k - 1, n, usual * size, (1 - usual) * size))
