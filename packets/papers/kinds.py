"""The papers there are: for whom, when, and what one file of each is made for."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from crosscheck.i18n import N_
from crosscheck.report import Report
from packets.papers import district, guide, points, schools
from packets.papers.blocks import Printed
from packets.papers.known import AccessKnown, AppealsKnown, ClassKnown, Gettext, Occasion, PointKnown, RemarksKnown


class Audience(enum.Enum):
    """For whom a paper is."""

    ORGANISER = "organiser"
    SCHOOL = "school"
    OBSERVER = "observer"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class OfProcedure:
    """One file; it needs to know the procedure only."""

    made: Callable[[Occasion, Gettext], tuple[Printed, ...]]


class Need(enum.Enum):
    """What must be there before a paper of a check point can be made."""

    NAMES = "names"  # of experts, with the coordinator's key
    PACKETS = "packets"  # printed ones: a check point without gets no such paper


@dataclass(frozen=True, slots=True)
class OfPoint:
    """One file for each check point, which gets no other's."""

    made: Callable[[PointKnown, Gettext], tuple[Printed, ...] | Report]
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class OfSchool:
    """One file for each school, class-set after class-set; no school gets another's. covered: scanned on top of the
    works, so its sheets are numbered as covers."""

    made: Callable[[ClassKnown, Gettext], tuple[Printed, ...]]
    covered: bool = False


@dataclass(frozen=True, slots=True)
class OfAccess:
    """One file: who had the materials."""

    made: Callable[[AccessKnown, Gettext], tuple[Printed, ...]]


@dataclass(frozen=True, slots=True)
class OfAppeals:
    """One file: appeal after appeal."""

    made: Callable[[AppealsKnown, Gettext], tuple[Printed, ...]]


@dataclass(frozen=True, slots=True)
class OfRemarks:
    """One file: control group after control group."""

    made: Callable[[RemarksKnown, Gettext], tuple[Printed, ...]]


MadeFor = OfProcedure | OfPoint | OfSchool | OfAccess | OfAppeals | OfRemarks


@dataclass(frozen=True, slots=True)
class Kind:
    """A paper: its name in commands and files, what it is, for whom and when."""

    name: str
    title: str
    audience: Audience
    when: str
    made_for: MadeFor


ENVELOPE_LABELS = "envelope-labels"
_ORGANISER, _SCHOOL, _OBSERVER, _DISTRICT = Audience
_EVE, _PACKETS, _CHECK, _RESULTS = (
    N_("before the work is written"),
    N_("when packets are printed"),
    N_("during the check"),
    N_("after the results"),
)

KINDS: tuple[Kind, ...] = (
    Kind("scanning-guide", N_("How to scan the works"), _SCHOOL, _EVE, OfProcedure(guide.scanning_guide)),
    Kind(
        "class-cover",
        N_("Accompanying sheet of each class-set"),
        _SCHOOL,
        _EVE,
        OfSchool(schools.class_cover, covered=True),
    ),
    Kind("code-slips", N_("Slips with participant codes, to cut"), _SCHOOL, _EVE, OfSchool(schools.code_slips)),
    Kind(
        "code-register",
        N_("Register of codes and names, filled in by hand, kept in the school"),
        _SCHOOL,
        _EVE,
        OfSchool(schools.code_register),
    ),
    Kind(
        "class-report",
        N_("Report form of each class-set: codes, criteria, maxima"),
        _SCHOOL,
        _RESULTS,
        OfSchool(schools.class_report),
    ),
    Kind(
        "appeal-application",
        N_("Application for an appeal"),
        _SCHOOL,
        _RESULTS,
        OfProcedure(district.appeal_application),
    ),
    Kind(
        "hand-list",
        N_("Packets handed out and returned, with signatures (as `custody lists`)"),
        _ORGANISER,
        _PACKETS,
        OfPoint(points.hand_list, frozenset(Need)),
    ),
    Kind(
        "contacts",
        N_("Seating and contacts of experts"),
        _ORGANISER,
        _PACKETS,
        OfPoint(points.contacts, frozenset({Need.NAMES})),
    ),
    Kind(
        "transfer-act",
        N_("Act of transfer of materials"),
        _ORGANISER,
        _PACKETS,
        OfPoint(points.transfer, frozenset({Need.PACKETS})),
    ),
    Kind(
        ENVELOPE_LABELS,
        N_("Labels for envelopes with packets"),
        _ORGANISER,
        _PACKETS,
        OfPoint(points.envelope_labels, frozenset({Need.PACKETS})),
    ),
    Kind(
        "check-protocol",
        N_("Protocol of the check: begin, end, who was there, what happened"),
        _ORGANISER,
        _CHECK,
        OfPoint(points.protocol),
    ),
    Kind(
        "difficulties",
        N_("Report on organisation and difficulties, task by task"),
        _ORGANISER,
        _CHECK,
        OfPoint(points.difficulties),
    ),
    Kind("observer-list", N_("List of observers"), _OBSERVER, _CHECK, OfPoint(points.observers)),
    Kind("observer-act", N_("Act of observation"), _OBSERVER, _CHECK, OfPoint(points.observer_act)),
    Kind(
        "access-register",
        N_("Register of who had the materials and when"),
        _DISTRICT,
        _RESULTS,
        OfAccess(district.access_register),
    ),
    Kind("remark-protocol", N_("Protocol of re-marking"), _DISTRICT, _RESULTS, OfRemarks(district.remark_protocols)),
    Kind(
        "appeal-decision",
        N_("Decision on each appeal"),
        _DISTRICT,
        _RESULTS,
        OfAppeals(district.appeal_decisions),
    ),
)
