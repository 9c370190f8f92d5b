"""What a school states for one criterion of one participant, and whether it is what stands in the ledger. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from crosscheck.model import CriterionId, Given, NotAttempted, Points


@dataclass(frozen=True, slots=True)
class NotTaught:
    """The school says that the class was not taught this yet: `н/п`, `-` or `—`."""


@dataclass(frozen=True, slots=True)
class NotStated:
    """The cell is empty: the school says nothing. Never 0."""


Stated = Points | NotAttempted | NotTaught | NotStated


def sign(stated: Stated) -> str:
    """How it is stored and compared: `2`, `X`, `-`, or nothing."""
    match stated:
        case Points(value=value):
            return str(value)
        case NotAttempted():
            return "X"
        case NotTaught():
            return "-"
        case NotStated():
            return ""


def of_sign(text: str) -> Stated:
    """The inverse of `sign`."""
    match text:
        case "X":
            return NotAttempted()
        case "-":
            return NotTaught()
        case "":
            return NotStated()
        case _:
            return Points(int(text))


def same(stated: Stated, stands: Given) -> bool:
    """Does the school say what stands? X is not 0. Experts have no sign for "not taught": there they write X."""
    if isinstance(stated, NotTaught):
        return isinstance(stands, NotAttempted)
    return stated == stands


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion for which a school's form says something else than what stands. `answered`: a named person looked
    at just these two values and said that what stands is right."""

    criterion: CriterionId
    stated: Stated
    stands: Given
    answered: bool = False


@dataclass(frozen=True, slots=True)
class SchoolSaid:
    """What a school's form says of one work, and the answers given so far: criterion, sign of what was stated, sign of
    what stood. An answer holds for just these two values."""

    stated: Mapping[CriterionId, Stated]
    answers: frozenset[tuple[CriterionId, str, str]] = frozenset()

    def differences(self, finals: Mapping[CriterionId, Given]) -> tuple[Difference, ...]:
        """Where the form says something else than what stands; criteria that are not settled are not compared."""
        return tuple(
            Difference(c, stated, finals[c], (c, sign(stated), sign(finals[c])) in self.answers)
            for c, stated in self.stated.items()
            if c in finals and not same(stated, finals[c])
        )


NOTHING_SAID = SchoolSaid(MappingProxyType({}))
