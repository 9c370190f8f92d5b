"""What reports of results are made of: the settled result of a work, and the order of names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crosscheck.model import CriterionId, Given

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Aside:
    """What is known of a participant beside scores: sex `m` or `f`, marks from 2 to 5. None where nobody said it, or
    where two said different things: those are named in `unclear`, by the names of these fields."""

    variant: str | None = None
    sex: str | None = None
    term_mark: int | None = None
    journal_mark: int | None = None
    unclear: frozenset[str] = frozenset()


NOTHING_ASIDE = Aside()


@dataclass(frozen=True, slots=True)
class WorkResult:
    """The settled result of one work. `participant`: participant code, or the number before release. journal_mark and
    all below it: as in `Aside`."""

    participant: str
    school: str
    class_set: str
    points: Mapping[CriterionId, Given]
    total: int
    school_mark: int | None
    school_name: str = ""
    journal_mark: int | None = None
    variant: str | None = None
    sex: str | None = None
    term_mark: int | None = None
    unclear: frozenset[str] = frozenset()


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: `7` before `12`, `5А` before `10А`."""
    parts: list[str] = []
    for sign in text:
        if parts and parts[-1].isdecimal() == sign.isdecimal():
            parts[-1] += sign
        else:
            parts.append(sign)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def in_order(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that puts no two different names in one place: `07` and `7` are two schools."""
    return natural(text), text
