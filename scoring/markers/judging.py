"""All kinds of possible markers over one district, each a family of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.markers import identical, journal, own, results, step
from scoring.markers.frame import Frame
from scoring.markers.judged import RATE, Absent, Kind, Outcome, Why


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to judge by; None where the ledger holds nothing of it."""

    frame: Frame
    own: own.OwnMarks | None = None
    journal: journal.Marks | None = None
    cohorts: results.Cohorts | results.Pupils | None = None


@dataclass(frozen=True, slots=True)
class Markers:
    """Families in the order in which they are shown. district: the step over all works; journal: what was compared."""

    families: tuple[Outcome, ...]
    district: Outcome
    compared: tuple[tuple[str, journal.Compared], ...]


def markers(known: Known, rate: float = RATE) -> Markers:
    """Judge everything that can be judged."""
    frame = known.frame
    if not frame.works:
        nothing = tuple(Absent(kind, Why.NOTHING) for kind in _SHOWN)
        return Markers(nothing, Absent(Kind.STEP, Why.NOTHING), ())
    families = (
        results.raised(frame, rate),
        results.profile(frame, rate),
        Absent(Kind.OWN, Why.NOTHING) if known.own is None else own.own(known.own, rate),
        step.steps(frame, rate),
        identical.identical(frame, rate),
        Absent(Kind.JOURNAL, Why.NOTHING)
        if known.journal is None
        else journal.raised_above_journal(known.journal, rate),
        _jumps(known.cohorts, rate),
    )
    return Markers(families, step.district(frame, ""), _compared(known.journal))


_SHOWN = (Kind.RAISED, Kind.PROFILE, Kind.OWN, Kind.STEP, Kind.IDENTICAL, Kind.JOURNAL, Kind.JUMP)


def _jumps(cohorts: results.Cohorts | results.Pupils | None, rate: float) -> Outcome:
    match cohorts:
        case None:
            return Absent(Kind.JUMP, Why.NOTHING)
        case results.Cohorts():
            return results.jumps(cohorts, rate)
        case results.Pupils():
            return results.jumps_of_pupils(cohorts, rate)


def _compared(marks: journal.Marks | None) -> tuple[tuple[str, journal.Compared], ...]:
    if marks is None:
        return ()
    found = zip(marks.names, journal.compared(marks), strict=True)
    return tuple((name, one) for name, one in found if one.works)
