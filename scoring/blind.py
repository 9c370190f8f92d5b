"""What several people say of one cell, blind of each other: when it stands. Pure.

A value stands once so many different people said it as the procedure asks for. Each person has one voice: the newest
thing they said. So two who differ need a third, and nobody outvotes anybody by saying it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crosscheck.model import Given


@dataclass(frozen=True, slots=True)
class Struck:
    """It isn't what was proposed; what it is wasn't said."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What this person said before is void."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one person (as `crosscheck.names.person` spells them) said of a cell."""

    who: str
    what: Given | Struck | TakenBack


@dataclass(frozen=True, slots=True)
class Stands:
    """Enough people said the same."""

    given: Given


@dataclass(frozen=True, slots=True)
class Open:
    """So many people said something, and none of them another thing."""

    people: int


@dataclass(frozen=True, slots=True)
class Differs:
    """People said different things, and none of it often enough: somebody who said nothing yet must look."""


Verdict = Stands | Open | Differs


def voices(said: Iterable[Said]) -> Mapping[str, Given]:
    """The newest value that each person stands by; `said` in the order in which it was said."""
    found: dict[str, Given] = {}
    for one in said:
        match one.what:
            case Struck() | TakenBack():
                found.pop(one.who, None)
            case given:
                found[one.who] = given
    return found


def strikers(said: Iterable[Said]) -> frozenset[str]:
    """Who said that it isn't what was proposed, and said nothing since."""
    newest = {one.who: one.what for one in said}
    return frozenset(who for who, what in newest.items() if isinstance(what, Struck))


def verdict(said: Iterable[Said], needed: int) -> Verdict:
    """What the voices come to, when `needed` different people must say the same."""
    by_person = voices(said)
    counted = Counter(by_person.values())
    for given, times in counted.most_common(1):
        rivals = sum(other == times for other in counted.values())
        if times >= needed and rivals == 1:
            return Stands(given)
    return Differs() if len(counted) > 1 else Open(len(by_person))
