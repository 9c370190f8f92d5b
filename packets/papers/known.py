"""What is known of whatever a paper is made for: procedure, check point, class-set, appeals. Frozen values. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from crosscheck.labels import Label

Gettext = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion with its task and its maximum."""

    criterion: str
    task: str
    maximum: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """The procedure, as far as papers tell of it. pages: of a work. own: our forms, with codes on every page. marks:
    boundaries of the marks 2 to 5 are known."""

    title: str
    date: datetime.date
    criteria: tuple[Scored, ...]
    pages: int
    own: bool
    marks: bool

    @property
    def about(self) -> str:
        return f"{self.title} · {self.date:%d.%m.%Y}"

    @property
    def maximum(self) -> int:
        return sum(one.maximum for one in self.criteria)


# --- a check point: no school in here -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PacketThere:
    """A printed packet of a check point; code: as on its cover. pages: of the whole packet. expert: the name; empty
    where the coordinator's key didn't open it. print: the one that counts, 1 for the first."""

    number: int
    code: str
    expert: str
    works: int
    pages: int
    sheets: int
    print: int = 1


@dataclass(frozen=True, slots=True)
class ExpertThere:
    """An expert of a check point; the name is empty where the coordinator's key didn't open it."""

    name: str
    packets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointKnown:
    """A check point. experts: in order of their names. packets: in order of their numbers. in_envelope: so many packets
    go into one envelope."""

    occasion: Occasion
    point: str
    experts: tuple[ExpertThere, ...]
    packets: tuple[PacketThere, ...]
    in_envelope: int = 5

    @property
    def works(self) -> int:
        return sum(packet.works for packet in self.packets)

    @property
    def pages(self) -> int:
        return sum(packet.pages for packet in self.packets)

    @property
    def sheets(self) -> int:
        return sum(packet.sheets for packet in self.packets)


# --- a class-set: for its school only -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParticipantThere:
    """A participant by code, never by name. form: number of the answer form, or empty."""

    code: str
    form: str
    absent: bool


@dataclass(frozen=True, slots=True)
class ClassKnown:
    """A class-set of one school. declared: works announced, absent ones included. participants: in order of codes.
    label: what tells a scanner that its accompanying sheet is none of the works; None where there is none."""

    occasion: Occasion
    school: str
    school_name: str
    class_name: str
    declared: int
    participants: tuple[ParticipantThere, ...]
    label: Label | None

    @property
    def present(self) -> tuple[ParticipantThere, ...]:
        return tuple(one for one in self.participants if not one.absent)

    @property
    def absent(self) -> tuple[ParticipantThere, ...]:
        return tuple(one for one in self.participants if one.absent)


# --- the district -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """The vault was opened: when (local time), by whom, which part, what for, how many records, why."""

    at: datetime.datetime
    who: str
    part: str
    purpose: str
    records: int
    why: str


@dataclass(frozen=True, slots=True)
class Handed:
    """Packets that one person gave out, took back or declared lost at a check point on one day (local time)."""

    first: datetime.datetime
    last: datetime.datetime
    who: str
    point: str
    what: str
    packets: int


@dataclass(frozen=True, slots=True)
class AccessKnown:
    """Who had the materials in hand, as far as it was recorded; in order of time."""

    occasion: Occasion
    opened: tuple[Opened, ...]
    handed: tuple[Handed, ...]


@dataclass(frozen=True, slots=True)
class PanelThere:
    """Who of a panel was there, the chair first, of how many; when it met and how it voted, where it is recorded."""

    members: tuple[str, ...]
    size: int
    met: datetime.date | None = None
    votes_for: int = 0
    votes_against: int = 0
    tie: str = ""


@dataclass(frozen=True, slots=True)
class PointsChanged:
    """What an appeal changed: a criterion's points before and after as signs, and why."""

    criterion: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class AppealThere:
    """A recorded appeal. numbers: of the work, as printed. outcome: rejected, technical, marking; empty: none yet.
    panel: None while nobody recorded who is there. changes: empty where points stay, or nothing is decided."""

    appeal: str
    filed: datetime.date
    numbers: tuple[str, ...]
    ground: str
    outcome: str
    reason: str
    panel: PanelThere | None = None
    changes: tuple[PointsChanged, ...] = ()
    recommended: str = ""


@dataclass(frozen=True, slots=True)
class AppealsKnown:
    """The appeals of a procedure, in the order in which they came."""

    occasion: Occasion
    appeals: tuple[AppealThere, ...]


@dataclass(frozen=True, slots=True)
class GroupThere:
    """A control group as it was recorded. how: authority, markers or random. source, approval: documents, where there
    are any; seed: of a lot, over so many works (`population`). numbers: of its works, as printed on the copies that
    are marked again, and before those are given out as on the first ones."""

    name: str
    how: str
    source: str
    approval: str
    seed: str
    population: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemarksKnown:
    """The control groups of a procedure, in the order in which they were named."""

    occasion: Occasion
    groups: tuple[GroupThere, ...]
