"""Who is who: which entries of a list of experts are one person, and what follows. Pure.

Two entries are one person for certain when the full name and a school are the same; they are two when the names
contradict each other. In between a person is asked, but only about what evidence speaks for: a list of a city has
many namesakes.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from crosscheck.conflicts import Conflict, ExpertOrigin
from crosscheck.i18n import N_
from crosscheck.model import ExpertId, Status
from crosscheck.names import Likeness, PersonName, likeness

_FEW = 2  # a family name that only the two entries in question have is a rare one


class Evidence(enum.Enum):
    """What speaks for one person, in words."""

    FULL_NAME = N_("the full names are the same")
    INITIALS = N_("family name and initials are the same")
    PARTS = N_("what is told of the names agrees")
    ONE_LETTER = N_("the names differ by one letter")
    SCHOOL = N_("they work in one school")
    OTHER_SCHOOLS = N_("the schools differ: one person in several schools, or namesakes")
    FORMER_SCHOOL = N_("one of them declares a former school in which the other works")
    RARE = N_("nobody else in the list has this family name")
    SUBJECT = N_("they teach the same subject")


class Apart(enum.Enum):
    """Why two entries are taken for two people."""

    NAMES_DIFFER = "names_differ"
    NOTHING_SPEAKS_FOR_IT = "nothing_speaks_for_it"


@dataclass(frozen=True, slots=True)
class Same:
    """One person for certain: the full name and a school are the same."""


@dataclass(frozen=True, slots=True)
class Different:
    """Two people: the names contradict each other, or no more than initials agree and nothing speaks for one person."""

    why: Apart


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A person must say; `evidence` in the order of `Evidence`."""

    evidence: tuple[Evidence, ...]


Identity = Same | Different | Doubtful


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the list of experts. `former`: schools declared as former ones."""

    code: str
    name: PersonName
    schools: frozenset[str]
    subjects: frozenset[str]
    former: frozenset[str] = frozenset()


def identity(one: Entry, other: Entry, holders: int) -> Identity:
    """What is known of two entries, whichever comes first. `holders`: entries of the list with this family name."""
    alike = likeness(one.name, other.name)
    if alike is Likeness.APART:
        return Different(Apart.NAMES_DIFFER)
    together = not one.schools.isdisjoint(other.schools)
    if alike is Likeness.SAME_FULL:
        return Same() if together else Doubtful((Evidence.FULL_NAME, Evidence.OTHER_SCHOOLS))
    found = [_NAMES[alike]]
    if together:
        return Doubtful((*found, Evidence.SCHOOL))
    if alike is Likeness.NEAR:
        return Different(Apart.NOTHING_SPEAKS_FOR_IT)
    if not (one.former.isdisjoint(other.schools) and other.former.isdisjoint(one.schools)):
        return Doubtful((*found, Evidence.FORMER_SCHOOL))
    if alike is Likeness.INITIALS and holders <= _FEW and not one.subjects.isdisjoint(other.subjects):
        return Doubtful((*found, Evidence.RARE, Evidence.SUBJECT))
    return Different(Apart.NOTHING_SPEAKS_FOR_IT)


_NAMES = {
    Likeness.INITIALS: Evidence.INITIALS,
    Likeness.PARTS: Evidence.PARTS,
    Likeness.NEAR: Evidence.ONE_LETTER,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries by code, the smaller first, and what is known of them."""

    one: str
    other: str
    identity: Same | Doubtful


def pairs(entries: Sequence[Entry]) -> tuple[Pair, ...]:
    """All pairs of a list that are one person or may be, in order of their codes, whatever the order of the list."""
    families = _families(entries)
    found: dict[tuple[str, str], Pair] = {}
    for one, other in _neighbours(entries):
        key = (one.code, other.code)
        known = identity(one, other, families[one.name.family])
        if not isinstance(known, Different):
            found[key] = Pair(*key, known)
    return tuple(found[key] for key in sorted(found))


def _families(entries: Sequence[Entry]) -> Counter[str]:
    """How many people have each family name: one who is entered twice is one."""
    same = (
        (ExpertId(one.code), ExpertId(other.code))
        for one, other in _neighbours(entries)
        if isinstance(identity(one, other, len(entries)), Same)
    )
    persons = persons_of(same)
    return Counter(family for family, _person in {(e.name.family, persons.of(ExpertId(e.code))) for e in entries})


def _neighbours(entries: Iterable[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs that share a school or a family name: no others can be one person."""
    blocks: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.code):
        for school in entry.schools:
            blocks.setdefault(("school", school), []).append(entry)
        blocks.setdefault(("family", entry.name.family), []).append(entry)
    for block in blocks.values():
        yield from combinations(block, 2)


# --- what follows: several codes, one person ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Persons:
    """Which codes of experts stand for one person. Build with `persons_of`."""

    codes: Mapping[ExpertId, frozenset[ExpertId]] = field(default_factory=dict)

    def of(self, expert: ExpertId) -> frozenset[ExpertId]:
        """All codes of the person who has this one."""
        return self.codes.get(expert, frozenset((expert,)))

    def of_all(self, experts: Iterable[ExpertId]) -> frozenset[ExpertId]:
        """All codes of these people."""
        return frozenset(code for expert in experts for code in self.of(expert))


def persons_of(same: Iterable[tuple[ExpertId, ExpertId]]) -> Persons:
    """People from pairs of codes that are one person; who is the same as the same is the same."""
    codes: dict[ExpertId, frozenset[ExpertId]] = {}
    for one, other in same:
        whole = codes.get(one, frozenset((one,))) | codes.get(other, frozenset((other,)))
        codes.update(dict.fromkeys(whole, whole))
    return Persons(codes)


def contradicted(
    same: Iterable[tuple[ExpertId, ExpertId]], different: Iterable[tuple[ExpertId, ExpertId]]
) -> tuple[ExpertId, ExpertId] | None:
    """The first pair that is said to be two people and follows to be one; None when all agree."""
    persons = persons_of(same)
    return next((pair for pair in sorted(different) if pair[1] in persons.of(pair[0])), None)


def common_origins(persons: Persons, origins: Mapping[ExpertId, ExpertOrigin]) -> Mapping[ExpertId, ExpertOrigin]:
    """The same origins, where every code has the schools and classes of its whole person."""

    def whole(origin: ExpertOrigin) -> ExpertOrigin:
        codes = [origins[code] for code in persons.of(origin.expert) if code in origins]
        schools = frozenset(school for code in codes for school in code.schools)
        classes = frozenset(taught for code in codes for taught in code.classes)
        return replace(origin, schools=schools, classes=classes)

    return {expert: whole(origin) for expert, origin in origins.items()}


def common_conflicts(persons: Persons, conflicts: Iterable[Conflict]) -> frozenset[Conflict]:
    """Whatever bars one code of a person bars all of them."""
    return frozenset(replace(c, expert=code) for c in conflicts for code in persons.of(c.expert))


@dataclass(frozen=True, slots=True)
class Standing:
    """What one code says an expert may take and be."""

    expert: ExpertId
    capacity: int
    status: Status
    load: int = 0


_RANK = {Status.ORDINARY: 0, Status.SENIOR: 1, Status.LEAD: 2}


def one_standing(persons: Persons, codes: Iterable[Standing]) -> tuple[Standing, ...]:
    """One standing for each person: the largest capacity (not their sum), the lowest status, all works already given.

    The code with the largest capacity stands for the person, the first one among equals.
    """
    of_person: dict[frozenset[ExpertId], list[Standing]] = {}
    for code in codes:
        of_person.setdefault(persons.of(code.expert), []).append(code)
    found = []
    for group in of_person.values():
        first = min(group, key=lambda code: (-code.capacity, code.expert))
        status = min((code.status for code in group), key=_RANK.__getitem__)
        found.append(replace(first, status=status, load=sum(code.load for code in group)))
    return tuple(sorted(found, key=lambda code: code.expert))
