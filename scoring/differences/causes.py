"""Why two accounts may differ, and what speaks for it. Pure.

A cause is *likely*, never proven, and is only named with its evidence; where nothing explains a difference, that is
what is said. Nobody is accused: a slip, a misread cell and a severe pen are all everyday.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crosscheck.model import (
    APPEAL_MARKING,
    THIRD_MARKING,
    AnonymousNumber,
    CriterionId,
    Given,
    Marking,
    NotAttempted,
    Part,
    WorkId,
)
from crosscheck.procedure import Procedure
from scoring.differences.kinds import Comparison, Discrepancy, Kind, MarkingSeen, WorkSeen, points
from scoring.differences.slips import How, Row, Slip, Stands, mistyped, slips, swapped
from scoring.places import Place
from scoring.severities import Severe, Severity

# --- what is known of cells ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubted:
    """A cell that isn't beyond doubt. might_be: what a machine thought possible; `open`: somebody still has to look;
    decided: a person chose among these."""

    place: Place
    might_be: tuple[Given, ...]
    open: bool
    decided: bool


# --- causes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typing:
    """A slip of whoever typed. other: number of the work whose row it may be."""

    slip: Slip
    other: AnonymousNumber | None = None


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """The account says what this marking gave, not what was decided afterwards."""

    marking: Marking


@dataclass(frozen=True, slots=True)
class Misread:
    """Cells of a score sheet that a machine could take for what the other account says, or that wait for a person."""

    cells: tuple[Doubted, ...]


@dataclass(frozen=True, slots=True)
class SeverityExplains:
    """The two totals differ as the severities of their experts lead to expect. Points; `margin`: 95 %."""

    higher: str
    lower: str
    observed: int
    expected: float
    margin: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Points are beyond doubt on both sides, and severities don't explain it. severities: were they known?"""

    severities: bool


@dataclass(frozen=True, slots=True)
class Follows:
    """It is there because of other differences of the same work, by what they are between."""

    of: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class NotCome:
    """Points have not come in: nothing differs yet. markings: of whom."""

    markings: tuple[Marking, ...]


@dataclass(frozen=True, slots=True)
class Untried:
    """Much of the work wasn't attempted: X in so many of its criteria."""

    criteria: int
    of: int


@dataclass(frozen=True, slots=True)
class OtherMeasure:
    """Nothing in the work explains it, and it needs no slip: a journal sums up months, a work is one day."""


@dataclass(frozen=True, slots=True)
class NotTold:
    """Nothing that is known explains it."""


Cause = (
    Typing
    | EarlierValue
    | Misread
    | SeverityExplains
    | Disagreement
    | Follows
    | NotCome
    | Untried
    | OtherMeasure
    | NotTold
)


@dataclass(frozen=True, slots=True)
class Known:
    """What causes are looked for in. numbers: any number of each work; doubted: by work; stands: what stands, by work;
    forms, own: works whose rows seem swapped in forms, and in own markings. independent: those markings. explained:
    what severities make of a work, once it was asked."""

    procedure: Procedure
    severities: Mapping[str, Severity]
    doubted: Mapping[WorkId, Sequence[Doubted]]
    works: Mapping[WorkId, WorkSeen]
    stands: Mapping[WorkId, Stands]
    own: Mapping[WorkId, Row]
    swapped_forms: Mapping[WorkId, Slip]
    swapped_own: Mapping[WorkId, Slip]
    independent: frozenset[Marking]
    explained: dict[tuple[WorkId, frozenset[Part]], SeverityExplains | bool] = field(default_factory=dict)


def known(
    procedure: Procedure,
    works: Iterable[WorkSeen],
    stands: Mapping[WorkId, Stands],
    severities: Mapping[str, Severity],
    doubted: Iterable[Doubted],
    own: Mapping[WorkId, Row],
) -> Known:
    """What there is to look for causes in."""
    by_work: dict[WorkId, list[Doubted]] = {}
    for one in doubted:
        by_work.setdefault(one.place.work, []).append(one)
    seen = {work.work: work for work in works}
    forms = {w: _asked(procedure, one.school.stated) for w, one in seen.items() if one.school.stated}
    return Known(
        procedure,
        severities,
        by_work,
        seen,
        stands,
        own,
        swapped({w: (row, stands.get(w, {})) for w, row in forms.items()}),
        swapped({w: (row, stands.get(w, {})) for w, row in own.items()}),
        frozenset(procedure.independent()),
    )


def _asked(procedure: Procedure, stated: Row) -> Row:
    """Tasks that schools mark stand nowhere else: there is nothing to hold them against."""
    asked = frozenset(c.id for c in procedure.criteria)
    return {c: one for c, one in stated.items() if c in asked}


def caused(known: Known, found: Iterable[Discrepancy]) -> list[Cause]:
    """The likely cause of each difference, in their order."""
    return [cause(known, one) for one in found]


def cause(known: Known, found: Discrepancy) -> Cause:
    """The likely cause of a difference."""
    match found.kind.comparison:
        case Comparison.OWN if found.accounts:
            return _of_total(found)
        case Comparison.FORM | Comparison.OWN:
            return _of_statement(known, found)
        case Comparison.MARK:
            return Follows(tuple(sorted({a.whose for a in found.accounts if a.whose is not Comparison.MARK})))
        case Comparison.JOURNAL:
            return _of_journal(known, found)
        case Comparison.EXPERTS if found.kind is Kind.MISSING:
            return NotCome(_missing(known.procedure, found))
        case _:
            return _of_markings(known, found)


def _missing(procedure: Procedure, found: Discrepancy) -> tuple[Marking, ...]:
    lacking = {m.marking for m in found.readings if {s.criterion for s in m.scores} != set(found.criteria)}
    seen = {m.marking for m in found.readings}
    return tuple(m for m in procedure.independent() if m in lacking or m not in seen)


# --- between markings ----------------------------------------------------------------------------


def _of_markings(known: Known, found: Discrepancy) -> Cause:
    if cells := _misread(known, found):
        return Misread(cells)
    severe = _severities(known, found)
    if isinstance(severe, SeverityExplains):
        return severe
    return Disagreement(severe)


def _misread(known: Known, found: Discrepancy) -> tuple[Doubted, ...]:
    """Doubtful cells of the markings that differ here: those that somebody still has to look at, and those in which a
    machine saw just what another marking says."""
    doubted = known.doubted.get(found.work)
    if not doubted:
        return ()
    given = {(m.marking, s.criterion): s.given for m in found.readings for s in m.scores}
    cells = []
    for one in doubted:
        here = (one.place.marking, one.place.criterion)
        others = [v for (m, c), v in given.items() if c == here[1] and m != here[0] and v != given.get(here)]
        if here in given and others and (one.open or any(v in one.might_be for v in others)):
            cells.append(one)
    return tuple(cells)


def _severities(known: Known, found: Discrepancy) -> SeverityExplains | bool:
    """Whether severities explain a difference of two independent totals; else whether they were known."""
    if found.kind.comparison is not Comparison.EXPERTS:
        return False
    asked = frozenset([m.part for m in found.readings if m.marking in known.independent])
    key = (found.work, asked)
    if key not in known.explained:  # all tasks of a work share it
        known.explained[key] = _explained(known, *key)
    return known.explained[key]


def _explained(known: Known, work: WorkId, asked: frozenset[Part]) -> SeverityExplains | bool:
    """The same of the two totals of a work, or of these parts of it."""
    markings = known.works[work].markings
    pair = [m for m in markings if m.marking in known.independent and m.part in asked and m.scores]
    if len(pair) != 2:
        return False
    one, other = known.severities.get(pair[0].expert), known.severities.get(pair[1].expert)
    if not (isinstance(one, Severe) and isinstance(other, Severe) and one.group == other.group):
        return False
    margin, expected = math.hypot(one.margin, other.margin), abs(one.points - other.points)
    if expected <= margin:
        return True
    high, low = pair if one.points < other.points else reversed(pair)  # who is less severe gives more
    observed = _total(high) - _total(low)
    if observed > 0 and abs(observed - expected) <= margin:
        return SeverityExplains(high.expert, low.expert, observed, expected, margin)
    return True


def _total(one: MarkingSeen) -> int:
    return sum([points(s.given) for s in one.scores])


# --- what a form or an own marking says ----------------------------------------------------------


def _of_statement(known: Known, found: Discrepancy) -> Cause:
    form = found.kind is Kind.SCHOOL_FORM
    work, stands = known.works[found.work], known.stands.get(found.work, {})
    stated = work.school.stated if form else known.own.get(found.work, {})
    if swap := (known.swapped_forms if form else known.swapped_own).get(found.work):
        other = known.works.get(swap.other) if swap.other else None
        return Typing(swap, other.markings[0].number if other and other.markings else None)
    if cells := _as_stated(known, found):
        return Misread(cells)
    order = [c.id for c in known.procedure.criteria]
    wrong = {d.criterion for d in found.stated}
    fitting = [s for s in slips(order, stated, stands) if wrong & set(s.cells)]
    if fitting and len(fitting[0].cells) > 1:
        return Typing(fitting[0])
    if form and (earlier := _earlier(known, found)):
        return EarlierValue(earlier)
    if form and fitting:  # a key beside the right one explains a copied value, not one that a school gave itself
        return Typing(fitting[0])
    return NotTold() if form else Disagreement(severities=False)


def _as_stated(known: Known, found: Discrepancy) -> tuple[Doubted, ...]:
    """Doubtful cells of what differs here in which a machine saw just what is stated, or that wait for a person."""
    stated = {d.criterion: d.stated for d in found.stated}
    cells = [one for one in known.doubted.get(found.work, ()) if one.place.criterion in stated]
    return tuple(one for one in cells if one.open or stated[one.place.criterion] in one.might_be)


def _of_total(found: Discrepancy) -> Cause:
    """A total alone tells of exchanged digits and of nothing else."""
    stated, stands = (str(one.total) for one in found.accounts)
    return Typing(Slip(How.DIGITS, ())) if mistyped(stated, stands) is How.DIGITS else Disagreement(severities=False)


# --- a mark in the journal -----------------------------------------------------------------------


def _of_journal(known: Known, found: Discrepancy) -> Cause:
    """What of the work itself speaks for the journal: an account of it that makes another mark, or many X."""
    journal, mark = (one.mark or 0 for one in found.accounts)
    boundaries, stands = known.procedure.boundaries, known.stands.get(found.work, {})
    totals = _totals(known, found.work)
    if boundaries is not None and any(abs(journal - boundaries.mark(t)) < abs(journal - mark) for t in totals):
        return Follows((Comparison.EXPERTS,))
    untried = sum(isinstance(one, NotAttempted) for one in stands.values())
    if journal > mark and 2 * untried >= len(stands):
        return Untried(untried, len(stands))
    return OtherMeasure()


def _totals(known: Known, work: WorkId) -> list[int]:
    """Totals of the markings that gave every criterion; where schools mark tasks, none makes a mark by itself."""
    if known.procedure.school_criteria:
        return []
    asked = {c.id for c in known.procedure.criteria}
    return [sum(map(points, given.values())) for given in known.works[work].scores().values() if asked <= given.keys()]


def _earlier(known: Known, found: Discrepancy) -> Marking | None:
    """The marking whose points a form has instead of what was decided afterwards, in every cell that differs."""
    first = [m.marking for m in found.readings if m.marking in known.procedure.independent()]
    for marking in (*dict.fromkeys(first), THIRD_MARKING, APPEAL_MARKING):
        gave = {s.criterion: s.given for m in found.readings if m.marking == marking for s in m.scores}
        if found.stated and all(gave.get(d.criterion) == d.stated for d in found.stated):
            return marking
    return None


def criteria_doubted(cells: Iterable[Doubted]) -> tuple[CriterionId, ...]:
    """The criteria of doubtful cells, each once."""
    return tuple(dict.fromkeys(one.place.criterion for one in cells))
