"""A foreign form as data: the values that `templates` reads and `matching` looks for."""

from __future__ import annotations

from dataclasses import dataclass

from crosscheck.geometry import Box
from crosscheck.pageform import GUARD_MM, AnswerZone


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """One side of a foreign form. `reference` is the blank form as an encoded picture of the whole A4 page. What
    stands in `ignore` is never copied and never looked for: print that differs from copy to copy. `guard`:
    millimetres between identity zones and whatever is copied or looked for."""

    page: int
    reference: bytes
    identity: tuple[Box, ...]
    answers: tuple[AnswerZone, ...]
    ignore: tuple[Box, ...] = ()
    guard: float = GUARD_MM

    @property
    def zones(self) -> tuple[Box, ...]:
        """Every place where copies of the form may differ from each other."""
        return (*self.identity, *(answer.box for answer in self.answers), *self.ignore)


@dataclass(frozen=True, slots=True)
class Template:
    """A foreign form of one or more pages."""

    name: str
    pages: tuple[TemplatePage, ...]
