"""Who may not mark what, and why. Pure: allocation, third markings and appeals ask the same questions here.

A conflict bars one expert from a school, a class-set or a single work. Where it comes from is kept,
so that a person can be told why an expert was passed over.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck.model import ClassToken, ExpertId, SchoolToken, WorkId


class Source(enum.Enum):
    """Where a conflict comes from, in the order in which reasons are listed."""

    OWN_SCHOOL = "own_school"
    CLASS_TAUGHT = "class_taught"
    RELATIVE = "relative"
    FORMER_SCHOOL = "former_school"
    TUTOR = "tutor"
    DECLARED = "declared"
    PREVIOUS_MARKER = "previous_marker"
    PANEL = "panel"
    AWAY = "away"  # no conflict of interest: doesn't come to where the works of the school are marked


_RANK = {source: rank for rank, source in enumerate(Source)}


class OwnSchool(enum.Enum):
    """May experts mark works of a school they work in? Classes they teach stay barred either way."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class OfSchool:
    """Every work of a school."""

    school: SchoolToken


@dataclass(frozen=True, slots=True)
class OfClass:
    """Every work of a class-set."""

    class_set: ClassToken


@dataclass(frozen=True, slots=True)
class OfWork:
    """One work."""

    work: WorkId


Target = OfSchool | OfClass | OfWork


@dataclass(frozen=True, slots=True)
class Conflict:
    """`expert` may not mark `target`, because of `source`."""

    expert: ExpertId
    target: Target
    source: Source


@dataclass(frozen=True, slots=True)
class ExpertOrigin:
    """Schools an expert works in and class-sets the expert teaches."""

    expert: ExpertId
    schools: frozenset[SchoolToken]
    classes: frozenset[ClassToken]


@dataclass(frozen=True, slots=True)
class WorkOrigin:
    """School and class-set of a work, as tokens."""

    work: WorkId
    school: SchoolToken
    class_set: ClassToken

    def targets(self) -> tuple[Target, ...]:
        """Everything a conflict that touches this work can be about."""
        return (OfSchool(self.school), OfClass(self.class_set), OfWork(self.work))


def standing_conflicts(
    origins: Iterable[ExpertOrigin], own_school: OwnSchool = OwnSchool.FORBIDDEN
) -> frozenset[Conflict]:
    """Conflicts that follow from where experts work and whom they teach; nobody has to declare them."""
    found: set[Conflict] = set()
    for origin in origins:
        found.update(Conflict(origin.expert, OfClass(taught), Source.CLASS_TAUGHT) for taught in origin.classes)
        if own_school is OwnSchool.FORBIDDEN:
            found.update(Conflict(origin.expert, OfSchool(school), Source.OWN_SCHOOL) for school in origin.schools)
    return frozenset(found)


def previous_marker_conflicts(work: WorkId, markers: Iterable[ExpertId]) -> frozenset[Conflict]:
    """Whoever has read a work never marks it again."""
    return frozenset(Conflict(marker, OfWork(work), Source.PREVIOUS_MARKER) for marker in markers)


def panel_conflicts(work: WorkId, members: Iterable[ExpertId]) -> frozenset[Conflict]:
    """Whoever organised or decided about a work doesn't mark it, nor sit on its appeal."""
    return frozenset(Conflict(member, OfWork(work), Source.PANEL) for member in members)


def away_conflicts(
    places: Mapping[SchoolToken, frozenset[str]], comes_to: Mapping[ExpertId, frozenset[str]]
) -> frozenset[Conflict]:
    """Nobody marks works of a school at a check point that they don't come to; `places`: where each is marked."""
    return frozenset(
        Conflict(expert, OfSchool(school), Source.AWAY)
        for expert, points in comes_to.items()
        for school, at in places.items()
        if points.isdisjoint(at)
    )


def conflicts_between(
    expert: ExpertOrigin,
    declared: Iterable[Conflict],
    work: WorkOrigin,
    previous_markers: Iterable[ExpertId] = (),
    own_school: OwnSchool = OwnSchool.FORBIDDEN,
) -> tuple[Source, ...]:
    """Why this expert may not mark this work: each source once, in the order of `Source`; empty = may.

    Declared conflicts of other experts are passed over, so the whole list may be given.
    """
    everything = (
        standing_conflicts((expert,), own_school)
        | frozenset(declared)
        | previous_marker_conflicts(work.work, previous_markers)
    )
    targets = work.targets()
    return _in_order(c.source for c in everything if c.expert == expert.expert and c.target in targets)


@dataclass(frozen=True, slots=True)
class ConflictIndex:
    """Conflicts ready for many questions: target -> expert -> sources. Build with `index_conflicts`."""

    by_target: Mapping[Target, Mapping[ExpertId, tuple[Source, ...]]]

    def experts_barred_from(self, target: Target) -> frozenset[ExpertId]:
        """Experts barred from exactly this school, class-set or work."""
        return frozenset(self.by_target.get(target, ()))

    def barred(self, work: WorkOrigin) -> frozenset[ExpertId]:
        """Experts who may not mark this work, for whatever reason."""
        return frozenset(expert for target in work.targets() for expert in self.by_target.get(target, ()))

    def sources(self, expert: ExpertId, work: WorkOrigin) -> tuple[Source, ...]:
        """Why the expert may not mark the work: each source once, in order; empty = may."""
        return _in_order(
            source for target in work.targets() for source in self.by_target.get(target, {}).get(expert, ())
        )


def index_conflicts(conflicts: Iterable[Conflict]) -> ConflictIndex:
    """The same conflicts, arranged by what they are about."""
    found: dict[Target, dict[ExpertId, set[Source]]] = {}
    for conflict in conflicts:
        found.setdefault(conflict.target, {}).setdefault(conflict.expert, set()).add(conflict.source)
    return ConflictIndex(
        {target: {expert: _in_order(sources) for expert, sources in who.items()} for target, who in found.items()}
    )


def _in_order(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(sorted(set(sources), key=_RANK.__getitem__))
