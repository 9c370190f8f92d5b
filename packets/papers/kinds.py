"""The papers there are: for whom, when, and what one file of each is made for."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from crosscheck.i18n import N_
from packets.papers import points
from packets.papers.blocks import Printed
from packets.papers.known import Gettext, PointKnown


class Audience(enum.Enum):
    """For whom a paper is."""

    ORGANISER = "organiser"
    SCHOOL = "school"
    OBSERVER = "observer"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class OfPoint:
    """One file for each check point, which gets no other's."""

    made: Callable[[PointKnown, Gettext], tuple[Printed, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A paper: its name in commands and files, what it is, for whom and when."""

    name: str
    title: str
    audience: Audience
    when: str
    made_for: OfPoint


KINDS: tuple[Kind, ...] = (
    Kind(
        "check-protocol",
        N_("Protocol of the check: begin, end, who was there, what happened"),
        Audience.ORGANISER,
        N_("during the check"),
        OfPoint(points.protocol),
    ),
)
