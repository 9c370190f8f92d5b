"""What the ledger knows of whatever a paper is made for: a procedure, a check point. Frozen values. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

Gettext = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion with its task and its maximum."""

    criterion: str
    task: str
    maximum: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """The procedure, as far as papers tell of it."""

    title: str
    date: datetime.date
    criteria: tuple[Scored, ...]

    @property
    def about(self) -> str:
        return f"{self.title} · {self.date:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class PacketThere:
    """A printed packet of a check point; code: as on its cover. pages: of the whole packet."""

    number: int
    code: str
    works: int
    pages: int
    sheets: int


@dataclass(frozen=True, slots=True)
class PointKnown:
    """A check point. experts: how many are expected there. packets: in order of their numbers."""

    occasion: Occasion
    point: str
    experts: int
    packets: tuple[PacketThere, ...]

    @property
    def works(self) -> int:
        return sum(packet.works for packet in self.packets)

    @property
    def pages(self) -> int:
        return sum(packet.pages for packet in self.packets)

    @property
    def sheets(self) -> int:
        return sum(packet.sheets for packet in self.packets)
