"""Why does an expert mark a work, or not? From the rules and from the certificate; nothing is solved again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crosscheck.conflicts import Source, WorkOrigin, index_conflicts
from crosscheck.i18n import N_, gettext
from crosscheck.model import ExpertId, Marking, SchoolToken, Status, TaskId, WorkId
from packets.allocation_report import SOURCES, level_in_words
from packets.calling import Calling
from packets.directions import answering_schools
from packets.errors import NoSuchExpertHere, NoSuchWorkHere
from packets.network import Level, Network, levels_of, network_of, tie_level
from packets.problem import (
    ExpertCapacity,
    LevelProof,
    Problem,
    Solution,
    WorkToAssign,
    directions_closed,
    levels_proven,
    paired,
)


@dataclass(frozen=True, slots=True)
class Given:
    """The expert marks the work."""

    marking: Marking


@dataclass(frozen=True, slots=True)
class InConflict:
    """A conflict of interest, by its sources."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class NotThere:
    """The expert doesn't come to a check point where works of that school are marked."""


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """The expert has read the work already, or is barred from it by name."""


@dataclass(frozen=True, slots=True)
class WrongStatus:
    """These markings ask for another status."""

    status: Status


@dataclass(frozen=True, slots=True)
class OtherPair:
    """The procedure gives the works of this school to experts of other schools."""


@dataclass(frozen=True, slots=True)
class SchoolHasRead:
    """Somebody of one of the expert's schools has read the work before."""

    schools: tuple[SchoolToken, ...]


@dataclass(frozen=True, slots=True)
class MarkedThere:
    """Experts of the work's school marked works of the expert's schools in earlier allocations."""

    schools: tuple[SchoolToken, ...]


@dataclass(frozen=True, slots=True)
class OtherPart:
    """Works are given out in parts, and the expert marks these tasks of works and no others."""

    tasks: tuple[TaskId, ...]


@dataclass(frozen=True, slots=True)
class OtherDirection:
    """No two schools mark each other, and between these the other direction was chosen."""

    school: SchoolToken
    other: SchoolToken


@dataclass(frozen=True, slots=True)
class NoRoom:
    """The expert's capacity was used up before this allocation."""

    capacity: int


@dataclass(frozen=True, slots=True)
class Dearer:
    """Allowed; but any allocation with this pair costs at least `more` than the recorded one at `level`, and no less
    at the levels before."""

    level: str
    more: int


@dataclass(frozen=True, slots=True)
class AsGood:
    """Allowed, and no proof says that it would be worse: another choice was made."""

    others: tuple[ExpertId, ...]


Forbidden = InConflict | NotThere | ReadBefore | WrongStatus | OtherPair | SchoolHasRead | MarkedThere | NoRoom
Answer = Given | Forbidden | OtherPart | OtherDirection | Dearer | AsGood


def why(problem: Problem, solution: Solution, work: WorkId, expert: ExpertId) -> tuple[Answer, ...]:
    """Why (not) this expert for this work: every hard rule against it, or else what having it would cost.

    Raises NoSuchWorkHere, NoSuchExpertHere.
    """
    what = next((w for w in problem.works if w.work == work), None)
    who = next((e for e in problem.experts if e.expert == expert), None)
    if what is None:
        raise NoSuchWorkHere(work=work)
    if who is None:
        raise NoSuchExpertHere(expert=expert)
    given = [a.marking for a in solution.assignments if (a.work, a.expert) == (work, expert)]
    if given:
        return (Given(given[0]),)
    return _forbidden(problem, what, who) or (_chosen_otherwise(problem, solution, what, who),)


def _forbidden(problem: Problem, work: WorkToAssign, expert: ExpertCapacity) -> tuple[Answer, ...]:
    index = index_conflicts(problem.conflicts)
    found: list[Answer] = []
    every = index.sources(expert.expert, WorkOrigin(work.work, work.school, work.class_set))
    if sources := tuple(source for source in every if source is not Source.AWAY):
        found.append(InConflict(sources))
    if Source.AWAY in every:
        found.append(NotThere())
    if expert.expert in work.barred:
        found.append(ReadBefore())
    if expert.status not in problem.statuses:
        found.append(WrongStatus(expert.status))
    if not paired(problem, work.school, expert):
        found.append(OtherPair())
    if problem.different_schools and (common := expert.schools & work.used_schools):
        found.append(SchoolHasRead(tuple(sorted(common))))
    if answered := expert.schools & answering_schools(problem).get(work.school, frozenset()):
        found.append(MarkedThere(tuple(sorted(answered))))
    if not expert.room:
        found.append(NoRoom(expert.capacity))
    return tuple(found)


def _chosen_otherwise(problem: Problem, solution: Solution, work: WorkToAssign, expert: ExpertCapacity) -> Answer:
    others = tuple(a.expert for a in solution.assignments if a.work == work.work)
    proofs, closed = levels_proven(solution.certificate), directions_closed(solution.certificate)
    if not proofs:
        return AsGood(others)
    for direction in ((work.school, other) for other in sorted(expert.schools)):
        if direction in closed:
            return OtherDirection(*direction)
    network = network_of(problem).without_directions(closed)
    levels = list(levels_of(problem, network))
    levels += [tie_level(network, at + 1) for at in range(len(proofs) - len(levels))]
    group = int(network.group_of[next(at for at, w in enumerate(network.works) if w.work == work.work)])
    number = next(at for at, e in enumerate(network.experts) if e.expert == expert.expert)
    idle = all(a.expert != expert.expert for a in solution.assignments)
    for level, proof in zip(levels, proofs, strict=True):
        # A positive price stays positive whatever else is moved (linear duality): that much more, or more than that.
        # Who has nothing yet would also take a first place; others could give a work away for it.
        more = _price(network, level, proof, group, number)
        more += max(0, _first_place(level, proof, number, expert.load)) if idle else 0
        if more > 0:
            return Dearer(level.name, more)
    return AsGood(others)


def _price(network: Network, level: Level, proof: LevelProof, group: int, expert: int) -> int:
    """What one read of a group by an expert costs at a level beyond what it saves elsewhere."""
    part, school = int(network.part[expert]), int(network.school[group])
    begins = next((v for g, p, v in proof.gates if (g, p) == (group, part)), proof.groups[group])
    ends = next((v for s, e, v in proof.lanes if (s, e) == (school, expert)), proof.experts[expert])
    cost = 0 if level.pairs is None else int(level.pairs.at(np.array([group]), np.array([expert]))[0])
    return cost + begins - ends


def _first_place(level: Level, proof: LevelProof, expert: int, load: int) -> int:
    """What the place after `load` costs beyond what it saves."""
    return proof.experts[expert] + (2 * load + 1 if level.places else 0)


# --- in words -------------------------------------------------------------------------------------------


NOBODY_TOLD = Calling()
_WORDS = {
    ReadBefore: N_("has read this work before, or is barred from it by name"),
    NotThere: N_("doesn't come to a check point where works of this school are marked"),
    Given: N_("marks this work: marking {marking}"),
    InConflict: N_("conflict of interest: {sources}"),
    WrongStatus: N_("has the status {status}, and these markings ask for another one"),
    OtherPair: N_("is of a school that doesn't mark the works of this one: the pairs of schools were given"),
    SchoolHasRead: N_("somebody of the same school has read this work before: {schools}"),
    MarkedThere: N_(
        "the work's school marks works of schools of this expert ({schools}), and schools don't mark each other"
    ),
    OtherPart: N_("marks the tasks {tasks} of works and no others: nobody marks two parts"),
    OtherDirection: N_(
        "may mark it, but schools don't mark each other, and between {school} and {other} the other direction was "
        "chosen"
    ),
    NoRoom: N_("has no room: the capacity of {capacity} was used up before"),
    Dearer: N_("may mark it, but it would cost at least {more} more of: {level}"),
    AsGood: N_("may mark it; others were chosen: {others}"),
}


def in_words(answer: Answer, called: Calling = NOBODY_TOLD) -> str:
    """An answer as half a sentence about the expert, in the language in use; `called`: names of schools and experts."""
    words = gettext(_WORDS[type(answer)])
    match answer:
        case Given(marking):
            return words.format(marking=int(marking))
        case InConflict(sources):
            return words.format(sources=", ".join(gettext(SOURCES[source]) for source in sources))
        case WrongStatus(status):
            return words.format(status=status.value)
        case OtherPart(tasks):
            return words.format(tasks=", ".join(tasks))
        case NoRoom(capacity):
            return words.format(capacity=capacity)
        case Dearer(level, more):
            return words.format(more=more, level=level_in_words(level, gettext))
        case OtherDirection(school, other):
            return words.format(school=called.school(school), other=called.school(other))
        case MarkedThere(schools) | SchoolHasRead(schools):
            return words.format(schools=", ".join(map(called.school, schools)))
        case AsGood(others):
            return words.format(others=", ".join(map(called.expert, others)))
        case _:
            return words
