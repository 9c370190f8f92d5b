"""What experts and schools are called: as the organiser knows them where the coordinator's key told it. Pure.

Without that key an expert is called by the opaque code and the packets that carry it on paper, a school by the
beginning of its token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crosscheck.i18n import gettext
from crosscheck.model import ExpertId, SchoolToken

_SHORT = 6  # characters of a token that people can tell apart


@dataclass(frozen=True, slots=True)
class Calling:
    """schools: numbers. codes, names: of the table experts. packets: as printed, in order."""

    schools: Mapping[SchoolToken, str] = field(default_factory=dict)
    codes: Mapping[ExpertId, str] = field(default_factory=dict)
    names: Mapping[ExpertId, str] = field(default_factory=dict)
    packets: Mapping[ExpertId, tuple[str, ...]] = field(default_factory=dict)

    def school(self, token: SchoolToken) -> str:
        """The school's number, or the beginning of its token."""
        return self.schools.get(token, token[:_SHORT])

    def code(self, expert: ExpertId) -> str:
        """The expert's code, without the name."""
        return self.codes.get(expert, expert)

    def expert(self, expert: ExpertId) -> str:
        """Code and name; without them the opaque code and, where they are printed, the packets."""
        if expert in self.codes:
            return f"{self.codes[expert]} {self.names.get(expert, '')}".strip()
        printed = ", ".join(self.packets.get(expert, ()))
        return gettext("{expert} (packet {packets})").format(expert=expert, packets=printed) if printed else expert

    def experts_meant(self, text: str, experts: Iterable[ExpertId]) -> list[ExpertId]:
        """Who is called so: by code, by number of a packet, by opaque code or its beginning."""
        some = sorted(experts)
        own = [expert for expert in some if expert in self.codes and _same(self.codes[expert], text)]
        own = own or [expert for expert in some if any(_same(packet, text) for packet in self.packets.get(expert, ()))]
        return own or [expert for expert in some if text and expert.startswith(text)]


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.strip().casefold()


def by_number(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts `7` before `12`, and figures before words."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts)
