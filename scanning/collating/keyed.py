"""Participant codes that people key from paper, twice and blind: when an entry is believed. Pure.

An entry counts once for each person. Two people who name the same work are believed; two who differ call for a third.
When three people name three works nobody is: then somebody must look closer and assign the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crosscheck.model import WorkId
from crosscheck.names import person

MOST_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """Who keyed the code, and the work it is the code of."""

    who: str
    work: WorkId


@dataclass(frozen=True, slots=True)
class Agreed:
    """Two people keyed the code of the same work."""

    work: WorkId


@dataclass(frozen=True, slots=True)
class Open:
    """Nobody or one person has keyed it yet."""

    entries: int


@dataclass(frozen=True, slots=True)
class Differing:
    """Two people keyed different codes: a third one is needed."""


@dataclass(frozen=True, slots=True)
class Hopeless:
    """Three people keyed three codes."""


Judged = Agreed | Open | Differing | Hopeless


def judged(entries: Sequence[Entry]) -> Judged:
    """What the entries about one page come to, whatever their order."""
    by_person = {(person(entry.who), entry.work) for entry in entries}
    votes = Counter(work for _who, work in by_person)
    first = max(votes, key=lambda work: (votes[work], work), default=None)
    if first is not None and votes[first] > 1:
        return Agreed(first)
    people = len({who for who, _work in by_person})
    if people < 2:
        return Open(people)
    return Differing() if people < MOST_ENTRIES else Hopeless()
