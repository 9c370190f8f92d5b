"""Frozen values every package speaks in, in the words of the field. Standard library only."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NewType

# Opaque identifiers. None of them says anything about a school, a class or a person: they are
# keyed hashes or serial numbers, and the vault alone links them to what they stand for.
WorkId = NewType("WorkId", str)
SchoolToken = NewType("SchoolToken", str)
ClassToken = NewType("ClassToken", str)
ExpertId = NewType("ExpertId", str)
PageId = NewType("PageId", str)
BlobId = NewType("BlobId", str)
CriterionId = NewType("CriterionId", str)
TaskId = NewType("TaskId", str)
AnonymousNumber = NewType("AnonymousNumber", str)

# A marking is one expert's independent judgement of one work. Independent markings are numbered
# from 1; the others have fixed numbers far from them, so that a procedure may ask for more than two.
Marking = NewType("Marking", int)
FIRST_MARKING = Marking(1)
SECOND_MARKING = Marking(2)
LAST_INDEPENDENT_MARKING = Marking(9)
THIRD_MARKING = Marking(10)
RE_MARKING = Marking(20)  # перепроверка: compared with what stands, and counts in no result
APPEAL_MARKING = Marking(30)
# From here on: of an exemplar work that many experts mark, or of a work that the same expert has a second time. They
# look like independent ones on paper, and count in no result.
FIRST_CONTROL_MARKING = Marking(40)


def is_control(marking: int) -> bool:
    """Is it a marking that says something of its expert, and nothing of the work?"""
    return marking >= FIRST_CONTROL_MARKING


def counts_in_result(marking: int) -> bool:
    """Whether a result may rest on it: hidden works and re-markings are compared with what stands, and wait apart."""
    return not is_control(marking) and marking != RE_MARKING


def is_independent(marking: int) -> bool:
    """Is it one of those that every work gets, and that results are made of?"""
    return marking <= LAST_INDEPENDENT_MARKING


def is_unaided(marking: int) -> bool:
    """Did its expert see no points of others? Third markings, re-markings and appeals are given beside what stands."""
    return is_independent(marking) or is_control(marking)


# A part of a work is what one expert marks of it: the whole work, or some of its tasks where a procedure gives works
# out by task or by page. Parts are numbered from 1; 0 is the whole.
Part = NewType("Part", int)
WHOLE = Part(0)


@dataclass(frozen=True, slots=True, order=True)
class MarkingKey:
    """One marking of one part of one work: what a single expert is asked for."""

    work: WorkId
    marking: Marking
    part: Part = WHOLE


class Status(enum.Enum):
    """Standing of an expert: ordinary (основной), senior (старший), lead (ведущий)."""

    ORDINARY = "ordinary"
    SENIOR = "senior"
    LEAD = "lead"


class MutualMarking(enum.Enum):
    """May experts of two schools mark works of each other's school?"""

    ALLOWED = "allowed"
    NEVER = "never"


class Difficulty(enum.Enum):
    """Level of a task as printed in the specification: Б (basic) or П (advanced)."""

    BASIC = "basic"
    ADVANCED = "advanced"


# --- what an expert gave -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Points:
    """Whole points given for one criterion; never a float, never negative."""

    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError(f"points can't be negative: {self.value}")


@dataclass(frozen=True, slots=True)
class NotAttempted:
    """The expert's X: the pupil did not attempt it. Counts 0 in totals but is not the same as 0."""


Given = Points | NotAttempted


# --- what a machine saw in a cell --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing is marked in the cell. A blank is never a score."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one reading is possible; `candidates` lists them, most likely first (may be empty)."""

    candidates: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Damaged:
    """The cell can't be read at all (cut off, streak, stain)."""


CellReading = Points | NotAttempted | Blank | Ambiguous | Damaged


# --- fate of a scanned page --------------------------------------------------------------------


class Fate(enum.Enum):
    """What became of a scanned page; every page has exactly one fate."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    EXTRA = "extra"
    BLANK = "blank"
    FOREIGN = "foreign"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class PageKey:
    """Page `page` (from 1) of one work."""

    work: WorkId
    page: int


# --- verdict of the markings of one criterion --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """The markings stand together as `final`."""

    final: Given


@dataclass(frozen=True, slots=True)
class Discrepant:
    """The markings differ essentially; `reason` names the rule that says so."""

    reason: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A marking that the procedure asks for is missing; never the same as agreement."""

    missing: tuple[Marking, ...]


Verdict = Agreed | Discrepant | Incomplete
