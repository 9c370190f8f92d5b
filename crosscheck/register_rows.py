"""The rows of a district's register as frozen values, and the spelling of what stands in them."""

from __future__ import annotations

import enum
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

from crosscheck.model import Status
from crosscheck.schoolbook import Alias

# Latin capitals that look like Cyrillic ones: a class is called by what is seen on its door.
_TO_CYRILLIC = str.maketrans("ABCEHKMOPTX", "АВСЕНКМОРТХ")
_CLASS = re.compile(r"(?:[1-9]|1[01])(?!\d)[^\W_]{0,12}")


class Presence(enum.Enum):
    """Whether a participant wrote the work."""

    PRESENT = ""
    ABSENT = "absent"


class ConflictKind(enum.Enum):
    """Why an expert declared that some works are not for them."""

    RELATIVE = "relative"
    FORMER_SCHOOL = "former_school"
    TUTOR = "tutor"
    DECLARED = "declared"
    PANEL = "panel"


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """A class of a school, its name in the one spelling of `class_name`."""

    school: str
    class_name: str

    @property
    def grade(self) -> str:
        """The leading digits of the class."""
        return self.class_name[: len(self.class_name) - len(self.class_name.lstrip("0123456789"))]

    def __str__(self) -> str:
        return f"{self.school}:{self.class_name}"


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school: its number (or short code) and its name."""

    school: str
    name: str


@dataclass(frozen=True, slots=True)
class ClassSetRow:
    """A class-set that takes part, with the number of participants its school declared."""

    class_ref: ClassRef
    declared: int


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A participant's code; `form` is the number of the answer form given out, if it was noted. `variant`: its number,
    `sex`: `m` or `f`; empty where the table doesn't say it."""

    class_ref: ClassRef
    participant: str
    form: int | None
    presence: Presence
    variant: str = ""
    sex: str = ""

    @property
    def said(self) -> dict[str, str]:
        """What the table says beside the code, without what it leaves empty."""
        return {name: text for name, text in (("variant", self.variant), ("sex", self.sex)) if text}


@dataclass(frozen=True, slots=True)
class ExpertRow:
    """An expert as the district lists them. `capacity`: most works on one check day, 0 where `minutes` are stated
    instead. `comes_to`: check points the expert comes to; none stated: the own one."""

    expert: str
    name: str
    schools: tuple[str, ...]
    subjects: tuple[str, ...]
    status: Status
    capacity: int
    check_point: str
    classes: tuple[ClassRef, ...]
    minutes: int | None = None
    comes_to: tuple[str, ...] = ()

    @property
    def comes(self) -> bool:
        """May the expert get any works?"""
        return self.capacity > 0 or bool(self.minutes)


@dataclass(frozen=True, slots=True)
class WholeSchool:
    """A conflict with every work of a school."""

    school: str


@dataclass(frozen=True, slots=True)
class WholeClass:
    """A conflict with every work of a class-set."""

    class_ref: ClassRef


@dataclass(frozen=True, slots=True)
class OneParticipant:
    """A conflict with the work of one participant."""

    participant: str


ConflictTarget = WholeSchool | WholeClass | OneParticipant


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A declared conflict; `note` is the expert's own words, `until` the year in which the expert left a school."""

    expert: str
    kind: ConflictKind
    target: ConflictTarget
    note: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """Pages `first` to `last` of a scanned file are the work of a participant on a foreign form.

    `file` is the file's name in the district's folder of scans, `template` the name of the form's template, if told.
    """

    file: str
    first: int
    last: int
    class_ref: ClassRef
    participant: str
    template: str | None


@dataclass(frozen=True, slots=True)
class SchoolPairRow:
    """Works of `school` go, or went last year, to experts of the school `marked_by`."""

    school: str
    marked_by: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Works of `school` are marked at `check_point`, a place or a place and a day, as the district calls it."""

    school: str
    check_point: str


@dataclass(frozen=True, slots=True)
class DistanceRow:
    """How far it is from a school to a check point or another school: `to` as it is written, `to_school` the school it
    can mean. The unit is the district's (kilometres, minutes)."""

    school: str
    to: str
    to_school: str | None
    distance: int


def to_check_points(rows: Iterable[DistanceRow], check_points: Container[str]) -> bool:
    """Do all of these lead to check points of experts? Else they are ways between schools."""
    return all(row.to in check_points for row in rows)


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the district's tables say; each table in the order of its rows."""

    schools: tuple[SchoolRow, ...]
    class_sets: tuple[ClassSetRow, ...]
    participants: tuple[ParticipantRow, ...]
    experts: tuple[ExpertRow, ...]
    conflicts: tuple[ConflictRow, ...]
    manifest: tuple[ManifestRow, ...]
    aliases: tuple[Alias, ...] = ()
    pairs: tuple[SchoolPairRow, ...] = ()
    last_year: tuple[SchoolPairRow, ...] = ()
    distances: tuple[DistanceRow, ...] = ()
    marked_at: tuple[PlaceRow, ...] = ()


STATUS_WORDS = {
    "ordinary": Status.ORDINARY,
    "senior": Status.SENIOR,
    "lead": Status.LEAD,
    "основной": Status.ORDINARY,
    "старший": Status.SENIOR,
    "ведущий": Status.LEAD,
}


MOST_VARIANTS = 99
SEXES = {
    **dict.fromkeys(("м", "муж", "мужской", "m", "male"), "m"),
    **dict.fromkeys(("ж", "жен", "женский", "f", "female"), "f"),
}


def class_name(text: str) -> str | None:
    """A class in one spelling: `5 a`, `5«А»` and `5-А` are all 5А (Cyrillic). None when it is no class."""
    bare = re.sub(r"[\s\"'«»“”„()-]", "", text).upper().translate(_TO_CYRILLIC)
    return bare if _CLASS.fullmatch(bare) else None
