"""The school's own marking against the cross-check's: `measures.excess`, with what it can't be used for said. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.markers.judged import RATE, Absent, Family, Few, Kind, Outcome, Tested, Why
from scoring.markers.power import works_for_mean
from scoring.measures.excess import LEAST_WORKS, Excesses, FewSchools, ManyReaders, NotLinked, excesses
from scoring.measures.readings import Floats, Ints, Readings
from scoring.measures.severity import severities

_SHOWN = 0.75  # spreads of a difference: the effect for which "how many works" is said
_REPEATED = 0.9


@dataclass(frozen=True, slots=True)
class OwnMarks:
    """names: of schools; experts: by number, as readers of seen; seen: the cross-check, totals of works (or of parts of
    works that are given out); school: of each unit; own: what its school's form states in total, NaN where it states
    not all; same: the form states for every criterion what stands after the cross-check."""

    names: tuple[str, ...]
    experts: tuple[str, ...]
    seen: Readings
    school: Ints
    own: Floats
    same: npt.NDArray[np.bool_]


def own(marks: OwnMarks, rate: float = RATE) -> Outcome:
    """Schools whose own marking lies above the cross-check, in points, severities of experts taken into account."""
    stated = ~np.isnan(marks.own)
    if not stated.any():
        return Absent(Kind.OWN, Why.NOTHING)
    if marks.same[stated].mean() > _REPEATED:
        return Absent(Kind.OWN, Why.REPEATS)
    if (absent := _unfit(marks, stated)) is not None:
        return absent
    found = excesses(marks.seen, marks.school, marks.own, rate=rate)
    match found:
        case FewSchools():
            return Absent(Kind.OWN, Why.FEW_GROUPS, _few(marks, stated))
        case ManyReaders():
            return Absent(Kind.OWN, Why.MANY_READERS, _few(marks, stated))
        case NotLinked():
            return Absent(Kind.OWN, Why.NOT_LINKED, groups=linked(marks))
        case Excesses():
            return Family(Kind.OWN, _tested(marks, found), _few(marks, stated), rate)


def _tested(marks: OwnMarks, found: Excesses) -> tuple[Tested, ...]:
    some = [Tested(marks.names[e.school], e.works, e.value, e.low, e.high, e.p, e.marked) for e in found.schools]
    return tuple(sorted(some, key=lambda one: (not one.marked, one.p)))


def _unfit(marks: OwnMarks, stated: npt.NDArray[np.bool_]) -> Absent | None:
    """Readings from which no severity and no spread can be told."""
    count = np.bincount(marks.seen.unit, minlength=len(marks.own))
    if not (count > 1).any():
        return Absent(Kind.OWN, Why.ONE_MARKING)
    mean = np.bincount(marks.seen.unit, marks.seen.value, minlength=len(marks.own)) / np.maximum(1, count)
    some = stated & (count > 0)
    apart = np.where(some, marks.own - mean, 0.0)
    within = _within(apart[some], marks.school[some])
    between = _within(marks.seen.value, marks.seen.unit)
    return Absent(Kind.OWN, Why.SAME) if min(within, between) < 1e-9 else None


def _within(value: Floats, group: Ints) -> float:
    """Sum of squares within groups."""
    n = np.maximum(1, np.bincount(group)) if len(group) else np.ones(1)
    mean = np.bincount(group, value) / n if len(group) else n
    return float(((value - mean[group]) ** 2).sum())


def _few(marks: OwnMarks, stated: npt.NDArray[np.bool_]) -> tuple[Few, ...]:
    n = np.bincount(marks.school[stated], minlength=len(marks.names))
    needed = max(LEAST_WORKS, works_for_mean(_SHOWN))
    return tuple(Few(marks.names[at], int(n[at]), needed) for at in np.nonzero((n > 0) & (n < LEAST_WORKS))[0])


def linked(marks: OwnMarks) -> tuple[tuple[str, ...], ...]:
    """Numbers of experts that works link, part by part; who shares no work with anybody is in none."""
    found = severities(marks.seen)
    parts: dict[int, list[str]] = {}
    for expert, part, works in zip(marks.experts, found.part.tolist(), found.works.tolist(), strict=True):
        if works:
            parts.setdefault(part, []).append(expert)
    return tuple(tuple(some) for some in parts.values())
