"""Who may sit on an appeal, when a panel can decide, and what its votes come to. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from crosscheck.appeal_rules import AppealRules
from crosscheck.names import Likeness, likeness, person, person_name


class Objection(enum.StrEnum):
    """Why somebody can't sit on an appeal."""

    OWN_SCHOOL = "own_school"
    READ_IT = "read_it"
    ORGANISED = "organised"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is to sit. schools: numbers of the schools the person works in; empty for nobody's teacher."""

    name: str
    schools: frozenset[str]


@dataclass(frozen=True, slots=True)
class Beneath:
    """What a panel is held against: school of the work (None: erased), experts who have read it, by name; who keyed or
    settled points of it, and who organised the check, as they signed."""

    school: str | None
    experts: frozenset[str]
    scored: frozenset[str]
    organised: frozenset[str]


# Initials that fit the same family name are taken for the same person: here a doubt speaks against sitting.
_SAME = frozenset({Likeness.SAME_FULL, Likeness.INITIALS})


def objections(members: Iterable[Member], beneath: Beneath) -> tuple[tuple[str, Objection], ...]:
    """Everybody who can't sit, each with the first reason."""
    found: list[tuple[str, Objection]] = []
    seen: set[str] = set()
    for member in members:
        if (reason := _objection(member, beneath, seen)) is not None:
            found.append((member.name, reason))
        seen.add(person(member.name))
    return tuple(found)


def _objection(member: Member, beneath: Beneath, seen: set[str]) -> Objection | None:
    if person(member.name) in seen:
        return Objection.TWICE
    if beneath.school is not None and beneath.school in member.schools:
        return Objection.OWN_SCHOOL
    if any(same(member.name, other) for other in beneath.experts | beneath.scored):
        return Objection.READ_IT
    return Objection.ORGANISED if any(same(member.name, other) for other in beneath.organised) else None


def same(one: str, other: str) -> bool:
    """Do two names as written stand for one person, as far as anybody can tell?"""
    return person(one) == person(other) or likeness(person_name(one), person_name(other)) in _SAME


def quorate(rules: AppealRules, there: int, size: int) -> bool:
    """Are enough of the panel there? Counted exactly: a third of 8 is 3."""
    return there > 0 and there * max(rules.quorum, 1) >= size if rules.quorum else True


class Vote(enum.StrEnum):
    """What a vote came to."""

    FOR = "for"
    AGAINST = "against"
    TIE = "tie"


def voted(rules: AppealRules, votes_for: int, votes_against: int, chair: str) -> Vote:
    """The majority of the votes; where they are even, the chair's, if the procedure has it so. chair: for, against, or
    empty where the chair's voice wasn't named."""
    if votes_for != votes_against:
        return Vote.FOR if votes_for > votes_against else Vote.AGAINST
    return Vote(chair) if rules.chair_breaks_tie and chair else Vote.TIE
