"""Who may sit on an appeal, when a panel can decide, and what its votes come to. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations

from crosscheck.appeal_rules import AppealRules
from crosscheck.names import Likeness, PersonName, likeness, person, person_name
from crosscheck.schoolbook import SchoolBook


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
    settled points of it, and who organised the check, as they signed; and what schools are called."""

    school: str | None
    experts: frozenset[str]
    scored: frozenset[str]
    organised: frozenset[str]
    book: SchoolBook = field(default_factory=SchoolBook)


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody who can't sit, with the first reason. other: whom it is or may be, as that one is written; or empty."""

    name: str
    why: Objection
    other: str = ""


def objections(members: Iterable[Member], beneath: Beneath) -> tuple[Barred, ...]:
    """Everybody who can't sit, each with the first reason."""
    found: list[Barred] = []
    seen: list[str] = []
    for member in members:
        if (barred := _objection(member, beneath, seen)) is not None:
            found.append(barred)
        seen.append(member.name)
    return tuple(found)


def _objection(member: Member, beneath: Beneath, seen: Sequence[str]) -> Barred | None:
    for other in seen:
        if told_alike(member.name, other):
            return Barred(member.name, Objection.TWICE, "" if person(member.name) == person(other) else other)
    if beneath.school is not None and beneath.school in member.schools:
        return Barred(member.name, Objection.OWN_SCHOOL)
    groups = ((beneath.experts | beneath.scored, Objection.READ_IT), (beneath.organised, Objection.ORGANISED))
    for others, why in groups:
        for other in sorted(others):
            if may_be(member.name, other):
                return Barred(member.name, why, other)
    return None


def may_be(one: str, other: str) -> bool:
    """May two names as written stand for one person, in whatever order their parts are? A doubt speaks against
    sitting: initials that fit, parts that are not told and one letter that differs make nobody another person."""
    return _fits(one, other, frozenset(Likeness) - {Likeness.APART})


def told_alike(one: str, other: str) -> bool:
    """Is it one person as far as both names are told: written out here, with initials there, in another order? A letter
    that differs makes another person of somebody whose name is told in full; who isn't one writes the name out."""
    return _fits(one, other, frozenset({Likeness.SAME_FULL, Likeness.INITIALS, Likeness.PARTS}))


def _fits(one: str, other: str, close: frozenset[Likeness]) -> bool:
    if person(one) == person(other):
        return True
    name, known = person_name(one), person_name(other)
    return any(
        likeness(mine, theirs) in close
        for mine in (name, *_family_last(name))
        for theirs in (known, *_family_last(known))
    ) or any(likeness(mine, known) in close and _share_a_word(mine, known) for mine in _orders(name))


def _family_last(name: PersonName) -> Iterator[PersonName]:
    """`Елена Юрьевна Я.`: whole words, then a letter, are a name and the family; letters alone may be in any order."""
    told = [part for part in name.parts if part]
    *before, last = told
    if len(last) == 1 and before and all(len(word) > 1 for word in before):
        yield PersonName(last, before[0], "".join(before[1:]))
    if len(told) > 1 and all(len(word) == 1 for word in told):
        yield from _orders(name)


def _orders(name: PersonName) -> Iterator[PersonName]:
    """The same words in other places; a family name is always told."""
    yield from (PersonName(*order) for order in set(permutations(name.parts)) if order[0] and order != name.parts)


def _share_a_word(one: PersonName, other: PersonName) -> bool:
    """Without a whole word in common, initials in other places would fit nearly anybody."""
    return any(len(mine) > 1 and mine == theirs for mine, theirs in zip(one.parts, other.parts, strict=True))


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
